"""`framing codebook`: the framings and their rules, printed. Knows layout only."""

import json
import textwrap
from dataclasses import asdict
from typing import Annotated

import typer

from classifier.codebook import Framing, load_codebook
from classifier.commands.options import CodebookOption, TableFormat
from classifier.places import codebook_path


def codebook(
    format: Annotated[TableFormat, typer.Option("--format", help="For people or for programs.")] = TableFormat.TABLE,  # noqa: A002
    path: CodebookOption = None,
) -> None:
    """Print the framings: what each means, what is not coded, with examples."""
    found = load_codebook(path or codebook_path())
    if format is TableFormat.JSON:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return
    typer.echo(f"{found.title} (codebook {found.version}, {len(found.framings)} framings)\n")
    for framing in found.framings:
        _print_framing(framing)


def _print_framing(framing: Framing) -> None:
    typer.echo(f"{framing.id}: {framing.name}")
    lines = [("code if it", framing.definition), ("not", framing.exclusions)]
    lines += [("yes", example) for example in framing.examples] + [
        ("no", example) for example in framing.counter_examples
    ]
    for label, text in lines:
        typer.echo(textwrap.fill(text, 78, initial_indent=f"  {label:>10}  ", subsequent_indent=" " * 14))
    typer.echo("")
