"""`framing config`: which settings hold here, and where each came from. Knows how to print them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from classifier.codebook import load_codebook, unknown_name
from classifier.commands.options import ConfigOption, TableFormat
from classifier.config import Setting, load_settings
from classifier.errors import UsageError
from classifier.places import codebook_path, model_path


def config(
    format: Annotated[TableFormat, typer.Option("--format", help="For people or for programs.")] = TableFormat.TABLE,  # noqa: A002
    file: ConfigOption = None,
) -> None:
    """Show each setting, its value, and whether it comes from a file or is the default."""
    settings = load_settings({}, config=file)
    check_framings(settings)
    if format is TableFormat.JSON:
        rows = {name: {"value": _json(setting), "source": setting.source} for name, setting in settings.items()}
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for name, setting in settings.items():
        typer.echo(f"{name:16} {shown(setting):28} {setting.source}")


def shown(setting: Setting) -> str:
    """Return a value for people.

    >>> shown(Setting(["a", "b"], "default")), shown(Setting(None, "default"))
    ('a, b', '-')
    """
    value = setting.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or value == []:
        return "-"
    return ", ".join(value) if isinstance(value, list) else str(value)


def check_framings(settings: dict[str, Setting]) -> None:
    """Raise `UsageError`, with the nearest id, for a framing in the settings that the model does not have."""
    known = framings_of(settings["model"].value)
    for name, extra in (("framing", ()), ("fail-on", ("any",))):
        for framing in settings[name].value:
            if framing not in (*known, *extra):
                raise UsageError(f"{settings[name].source}: {name}: {unknown_name('framing', framing, known)}")


def framings_of(model: Path | None) -> tuple[str, ...]:
    """Return the framings of a model by its manifest alone, or those of the codebook where there is no model yet."""
    manifest = (Path(model) if model else model_path()) / "manifest.json"
    try:
        return tuple(json.loads(manifest.read_bytes())["outputs"][:-1])
    except FileNotFoundError:
        return load_codebook(codebook_path()).ids
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{manifest}: can't be read ({error}).") from error


def _json(setting: Setting) -> object:
    return str(setting.value) if isinstance(setting.value, Path) else setting.value
