"""`framing train`: labelled sentences → a model folder. Knows the files that go in and come out."""

from pathlib import Path
from typing import Annotated

import typer

from classifier.commands.options import CodebookOption


def train(
    labelled: Annotated[
        Path | None,
        typer.Option("--labelled", help="Folder with codebook.toml and labelled *.jsonl (default: labelled/)."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Folder to write the model to.")] = Path("models/default"),
    codebook: CodebookOption = None,
    rate: Annotated[
        float,
        typer.Option(
            "--rate",
            min=0.0001,
            max=0.5,
            help="Share of sentences that carry a given framing where the model will be used.",
        ),
    ] = 0.02,
) -> None:
    """Fit, calibrate and write a model; two runs on the same rows write the same bytes."""
    from classifier.building import build_model
    from classifier.places import labelled_path

    folder = labelled or labelled_path()
    summary = build_model(folder, codebook or folder / "codebook.toml", out, rate)
    typer.echo(summary, err=True)
