"""`framing score`: many documents, one output. Knows the command's words; the work is in `batching`."""

from pathlib import Path
from typing import Annotated

import typer

from classifier.commands.options import (
    ConfigOption,
    FailOnOption,
    FramingOption,
    IgnoreOption,
    LocalNetworkOption,
    ModelOption,
    ProbabilityOption,
    TextColumnOption,
)


def score(
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help="Files, folders, globs, web addresses, or - for standard input."),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="File to write; its suffix picks the format. With --cluster, a folder. Default: print.",
        ),
    ] = None,
    format: Annotated[str | None, typer.Option("--format", help="Format to write, whatever the suffix.")] = None,  # noqa: A002
    framing: FramingOption = None,
    min_probability: ProbabilityOption = None,
    fail_on: FailOnOption = None,
    jobs: Annotated[int | None, typer.Option("--jobs", "-j", min=1, help="Number of processes.")] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="Dask scheduler whose workers score the inputs: tcp://HOST:PORT.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an interrupted run of the same command.")
    ] = False,
    model: ModelOption = None,
    with_text: Annotated[
        bool | None, typer.Option("--with-text/--without-text", help="Put each document's text into the output.")
    ] = None,
    text_column: TextColumnOption = None,
    local_network: LocalNetworkOption = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Earlier .jsonl output: report only what is new.")
    ] = None,
    ignore: IgnoreOption = None,
    context: Annotated[
        int | None, typer.Option("--context", min=0, help="Sentences to give before and after each finding.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Score documents in bulk: one record a document, one a finding, one a failure."""
    given = {
        "format": format,
        "framing": framing,
        "min-probability": min_probability,
        "fail-on": fail_on,
        "jobs": jobs,
        "cluster": cluster,
        "model": model,
        "with-text": with_text,
        "text-column": text_column,
        "local-network": local_network,
        "baseline": baseline,
        "ignore": ignore,
        "context": context,
    }
    from classifier.batching import score_inputs

    raise typer.Exit(score_inputs(inputs, output, given, resume, config))
