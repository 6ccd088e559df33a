"""`framing evaluate`: how right is the model? Knows which rows to judge and how to print the figures."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from classifier.commands.options import CodebookOption, ModelOption, TableFormat
from classifier.errors import UsageError


def evaluate(
    on: Annotated[
        Path | None, typer.Option("--on", help="JSON lines with text, labels, stance; one sentence a row.")
    ] = None,
    labelled: Annotated[
        Path | None, typer.Option("--labelled", help="Folder of the labelled set to cross-validate on.")
    ] = None,
    format: Annotated[TableFormat, typer.Option("--format", help="For people or for programs.")] = TableFormat.TABLE,  # noqa: A002
    baselines: Annotated[
        bool, typer.Option("--baselines", help="With --on: compare with simpler methods, in one table.")
    ] = False,
    model: ModelOption = None,
    codebook: CodebookOption = None,
) -> None:
    """Judge the model on labelled sentences: by grouped cross-validation, or on the rows of a file."""
    from classifier import building
    from classifier.config import load_settings
    from classifier.places import codebook_path, labelled_path, model_path

    folder = labelled or labelled_path()
    judged = load_settings({"model": model})["model"].value or model_path()
    if baselines:
        if on is None:
            raise UsageError("--baselines needs --on FILE: the rows that all methods are judged on.")
        compared = building.compare(on, folder, judged, codebook or codebook_path())
        typer.echo(json.dumps(compared, indent=1) if format is TableFormat.JSON else comparison_table(compared))
        return
    if on:
        figures = building.evaluate_on(on, judged, codebook or codebook_path())
    else:
        figures = building.cross_validate(folder, codebook or folder / "codebook.toml")
    if format is TableFormat.JSON:
        typer.echo(json.dumps(figures, indent=1))
    else:
        typer.echo(figures_table(figures))


def comparison_table(compared: dict[str, dict[str, Any]]) -> str:
    """Return one line a method: micro-F1, precision, recall and macro average precision, with 95 % intervals."""
    keys = ("micro_f1", "micro_precision", "micro_recall", "macro_ap_5")
    lines = [f"{'method':16}" + "".join(f"{key:>24}" for key in keys)]
    for name, figures in compared.items():
        cells = [f"{_number(figures[key])}{_interval(figures, key)}" for key in keys]
        lines.append(f"{name:16}" + "".join(f"{cell:>24}" for cell in cells))
    return "\n".join(lines)


def figures_table(figures: dict[str, Any]) -> str:
    """Return the figures as a plain table of fixed width."""
    lines = [
        f"{figures['sentences']} sentences",
        "",
        f"{'framing':28}{'support':>8}{'precision':>11}{'recall':>8}{'F1':>7}{'AP':>7}",
    ]
    for name, row in figures["per_framing"].items():
        wide = [f"{_number(row[key])}{_interval(row, key, 2)}" for key in ("precision", "recall")]
        lines.append(
            f"{name:28}{row['support']:>8}{wide[0]:>23}{wide[1]:>23}{_number(row['f1']):>7}{_number(row['ap']):>7}"
        )
    lines.append("")
    for key in ("micro_f1", "micro_precision", "micro_recall", "macro_f1", "macro_ap", "macro_ap_5"):
        lines.append(f"{key:28}{_number(figures[key]):>8}{_interval(figures, key)}")
    stance = figures["stance"]
    lines.append(
        f"{'contested_f1':28}{_number(stance['contested_f1']):>8}{_interval(figures, 'contested_f1')}  ({stance['support']} contested)"
    )
    for key in ("ece", "brier"):
        lines.append(f"{key:28}{_number(figures['calibration'][key], 4):>8}{_interval(figures, key, 4)}")
    return "\n".join(lines)


def _number(value: float | None, places: int = 3) -> str:
    return "-" if value is None else f"{value:.{places}f}"


def _interval(figures: dict[str, Any], key: str, places: int = 3) -> str:
    low, high = figures.get("intervals", {}).get(key, (None, None))
    return "" if low is None else f"   [{_number(low, places)}, {_number(high, places)}]"
