"""`framing agreement`: how far annotators agree. Knows files in and layout out; the figures are in `agreement`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from classifier.commands.options import TableFormat

_COLUMNS = ("kappa", "alpha", "percent", "f1")


def agreement(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="JSON lines with annotator, id and labels (a list).")
    ],
    format: Annotated[TableFormat, typer.Option("--format", help="For people or for programs.")] = TableFormat.TABLE,  # noqa: A002
) -> None:
    """Say how far annotators agree: kappa, alpha, percent and F1, per framing and overall, with 95 % intervals."""
    from classifier.agreement import agreement as figures_of
    from classifier.agreement import parse_annotations
    from classifier.errors import LabelledSetError
    from classifier.labelled_set import read_rows

    annotations = parse_annotations(row for file in files for row in read_rows(file))
    figures = figures_of(annotations)
    if not figures["units_labelled_twice"]:
        raise LabelledSetError("no sentence was labelled by two annotators; agreement needs the same ids from both.")
    typer.echo(json.dumps(figures, ensure_ascii=False, indent=1) if format is TableFormat.JSON else table(figures))


def table(figures: dict[str, Any]) -> str:
    """Return the figures as a plain table of fixed width."""
    from classifier.text import printable

    rows = {**figures["per_framing"], "overall": figures["overall"]}
    width = max(len("framing"), *map(len, rows))
    lines = [
        f"{figures['units_labelled_twice']} sentences labelled twice or more (of {figures['units']}) by {len(figures['annotators'])} annotators",
        "",
        f"{'framing':{width}}{'positives':>11}" + "".join(f"  {name:<25}" for name in _COLUMNS).rstrip(),
    ]
    for name, row in rows.items():
        cells = "".join(f"  {_cell(row[column]):<25}" for column in _COLUMNS)
        lines.append(f"{name:{width}}{row['positives']:>11}{cells}".rstrip())
    return printable("\n".join(lines))


def _cell(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return "undefined"
    low, high = figure["interval"] or (figure["value"],) * 2
    return f"{figure['value']:.3f} [{low:.3f}, {high:.3f}]"
