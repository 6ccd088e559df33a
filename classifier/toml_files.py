"""A TOML file → its table, or what is wrong with it. Knows the format; knows no key."""

from pathlib import Path
from typing import Any

from classifier.errors import FramingError


def read_toml(path: Path, failure: type[FramingError]) -> dict[str, Any]:
    """Return what a file holds; raise `failure` that names the file and the reason where it can't be read."""
    import tomllib  # a run without any such file is sooner at work

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise failure(f"{path}: can't be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise failure(f"{path}: not a valid TOML file ({error}).") from error
