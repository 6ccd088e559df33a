"""`framing score`: many documents, one output. Knows the command's words; reading, scoring and writing are elsewhere."""

import io
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from classifier.commands.options import FailOnOption, FramingOption, ModelOption, ProbabilityOption
from classifier.config import load_settings
from classifier.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from classifier.journal import Totals
    from classifier.readers import ReadOptions
    from classifier.running import Recipe

IGNORE_FILE = Path(".framingignore")
_BAR_SECONDS = 0.1
_BACK = "\r"
_CLEAR = "\r\x1b[2K"


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
    text_column: Annotated[
        str | None, typer.Option("--text-column", help="Column or field that holds the text.")
    ] = None,
    local_network: Annotated[
        bool | None,
        typer.Option("--local-network/--no-local-network", help="Read web addresses on the local network too."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", help="Earlier .jsonl output: report only what is new.")
    ] = None,
    ignore: Annotated[
        Path | None, typer.Option("--ignore", help="File of findings to ignore (default: .framingignore).")
    ] = None,
    context: Annotated[
        int | None, typer.Option("--context", min=0, help="Sentences to give before and after each finding.")
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="Settings file to use, instead of looking for one.")
    ] = None,
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
    settings = {name: setting.value for name, setting in load_settings(given, config=config).items()}
    run = _run_on_cluster if settings["cluster"] else _run
    totals = run(inputs, output, resume, settings)
    raise typer.Exit(exit_code(totals, settings["fail-on"]))


def _run(inputs: Sequence[str], output: str | None, resume: bool, settings: dict[str, Any]) -> "Totals":
    from classifier.readers import read_documents
    from classifier.running import print_batch, write_batch
    from classifier.writers import choose_format

    if resume and output is None:
        raise UsageError("--resume needs a file to go on with; name it with -o.")
    out = Path(output) if output else None
    format = choose_format(out, settings["format"])  # noqa: A001
    recipe = recipe_of(settings)
    documents = read_documents(inputs, reading_of(settings))
    started = time.monotonic()
    bar = progress_bar() if out or not sys.stdout.isatty() else None
    try:
        if out is None:
            totals = print_batch(documents, recipe, printing(), format, settings["jobs"], bar)
        else:
            totals = write_batch(documents, recipe, out, format, settings["jobs"], resume, bar)
    except KeyboardInterrupt:
        if out is not None:
            typer.echo("framing: what was scored is kept; go on with the same command and --resume", err=True)
        raise
    _tell_summary(totals, started, output, bar)
    return totals


def _run_on_cluster(inputs: Sequence[str], output: str | None, resume: bool, settings: dict[str, Any]) -> "Totals":
    """Score on a Dask cluster; what an earlier run has done is always gone on with, so `resume` changes nothing."""
    from classifier.sharding import on_cluster, score_shards

    if output is None or settings["format"] not in (None, "jsonl"):
        raise UsageError(
            "--cluster writes parts of JSON Lines into a folder; name it with -o DIR/ and leave out --format."
        )
    started, bar = time.monotonic(), progress_bar()
    with on_cluster(settings["cluster"]):
        totals = score_shards(inputs, recipe_of(settings), output, reading_of(settings), on_progress=bar)
    _tell_summary(totals, started, output, bar)
    return totals


def _tell_summary(totals: "Totals", started: float, output: str | None, bar: "Callable[[Totals], None] | None") -> None:
    summary = f"{counted(totals)}, {time.monotonic() - started:.1f} seconds"
    summary = f"{summary} → {output}" if output else summary
    typer.echo(f"{_CLEAR if bar else ''}{summary}", err=True)


def printing() -> TextIO:
    """Return standard output, made to print any character, if need be as a question mark."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return sys.stdout


def reading_of(settings: dict[str, Any]) -> "ReadOptions":
    """Return how the settings want inputs to be read."""
    from classifier.readers import ReadOptions

    return ReadOptions(text_column=settings["text-column"], allow_local_network=settings["local-network"])


def recipe_of(settings: dict[str, Any]) -> "Recipe":
    """Return the recipe that the settings describe; raise `UsageError` for a framing that the model does not have."""
    from classifier.commands.check import known_framings
    from classifier.running import Recipe, prepare
    from classifier.scoring import ScoreOptions

    ignore = settings["ignore"] or (IGNORE_FILE if IGNORE_FILE.is_file() else None)
    scoring = ScoreOptions(tuple(settings["framing"]), settings["min-probability"])
    model, baseline, ignore = (
        path and Path(path).absolute() for path in (settings["model"], settings["baseline"], ignore)
    )
    recipe = Recipe(model, scoring, settings["with-text"], settings["context"], baseline, ignore)
    known_framings(prepare(recipe)[0], [*settings["framing"], *(name for name in settings["fail-on"] if name != "any")])
    return recipe


def exit_code(totals: "Totals", fail_on: Sequence[str]) -> ExitCode:
    """Return what the shell should hear: failures first, then framings named by `--fail-on`."""
    if not totals.documents:
        return ExitCode.UNUSABLE
    if totals.failures:
        return ExitCode.SOME_FAILED
    wanted = totals.framings if "any" in fail_on else totals.framings.keys() & set(fail_on)
    return ExitCode.FRAMING_FOUND if fail_on and wanted else ExitCode.DONE


def counted(totals: "Totals") -> str:
    """Return the totals in words."""
    return (
        f"{totals.documents:,} documents, {totals.sentences:,} sentences, {totals.flagged:,} flagged, "
        f"{totals.unsure:,} unsure, {totals.failures:,} failures"
    )


def progress_bar() -> "Callable[[Totals], None] | None":
    """Return what shows the totals on standard error while they grow; None where that is no terminal."""
    if not sys.stderr.isatty():
        return None
    last = 0.0

    def show(totals: "Totals") -> None:
        nonlocal last
        if time.monotonic() - last > _BAR_SECONDS:
            last = time.monotonic()
            sys.stderr.write(f"{_CLEAR}{counted(totals)}{_BACK}")
            sys.stderr.flush()

    return show
