"""Where the files that ship with the program lie. Knows paths; opens nothing.

An installed copy carries the codebook and the default model inside the package; a source checkout keeps them
in `labelled/` and `models/` beside it.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_INSTALLED = _PACKAGE / "data"
_CHECKOUT = _PACKAGE.parent


def codebook_path() -> Path:
    """Return the path of the codebook that ships with the program."""
    installed = _INSTALLED / "codebook.toml"
    return installed if installed.exists() else _CHECKOUT / "labelled" / "codebook.toml"


def model_path(name: str = "default") -> Path:
    """Return the folder of a model that ships with the program."""
    installed = _INSTALLED / "models" / name
    return installed if installed.exists() else _CHECKOUT / "models" / name


def labelled_path() -> Path:
    """Return the folder of the labelled set in a source checkout (an installed copy has none)."""
    return _CHECKOUT / "labelled"
