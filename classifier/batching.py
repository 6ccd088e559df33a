"""Many inputs → one output, and the exit code. Ties settings, readers, the run and what is told of it together.

`framing score` is this and its options. numpy is loaded only when there is something to score.
"""

import gc
import io
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TextIO

from classifier.checking import exit_code, ignore_file, known_framings, reading_of, settings_of
from classifier.errors import ExitCode, UsageError
from classifier.journal import Totals
from classifier.readers import read_unparsed
from classifier.running import Recipe, prepare, print_batch, write_batch
from classifier.scoring import ScoreOptions
from classifier.writers import choose_format

_BAR_SECONDS = 0.1
_KEPT_BYTES = 1 << 23
_BACK = "\r"
_CLEAR = "\r\x1b[2K"


def score_inputs(
    inputs: Sequence[str],
    output: str | Path | None,
    given: Mapping[str, Any],
    resume: bool = False,
    config: Path | None = None,
) -> ExitCode:
    """Score `inputs` into `output`, or print the findings; return what the shell should hear.

    `given` holds the settings of the command line; what it does not say is in a settings file or as `config.OPTIONS` has it.
    """
    settings = settings_of(given, config)
    run = _run_on_cluster if settings["cluster"] else _run
    totals = run(inputs, output, resume, settings)
    return exit_code(totals.documents, totals.failures, totals.framings, settings["fail-on"])


def _run(inputs: Sequence[str], output: str | Path | None, resume: bool, settings: dict[str, Any]) -> Totals:
    output = None if str(output) == "-" else output
    if resume and output is None:
        raise UsageError("--resume needs a file to go on with; name it with -o.")
    out = Path(output) if output else None
    format = choose_format(out, settings["format"])  # noqa: A001
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # numpy, not yet loaded, would start threads only to wait
    recipe = recipe_of(settings)
    documents = read_unparsed(inputs, replace(reading_of(settings), output=out))
    gc.set_threshold(100_000)  # a batch makes many objects and hardly a cycle of them
    bytearray(_KEPT_BYTES)  # the GNU allocator then keeps what is given back, up to twice as much, for the next block
    started = time.monotonic()
    bar = progress_bar() if out or not sys.stdout.isatty() else None
    try:
        if out is None:
            totals = print_batch(documents, recipe, printing(), format, settings["jobs"], bar)
        else:
            totals = write_batch(documents, recipe, out, format, settings["jobs"], resume, bar)
    except KeyboardInterrupt:
        if out is not None:
            print("framing: what was scored is kept; go on with the same command and --resume", file=sys.stderr)
        raise
    _tell_summary(totals, started, output, bar)
    return totals


def _run_on_cluster(inputs: Sequence[str], output: str | Path | None, resume: bool, settings: dict[str, Any]) -> Totals:
    """Score on a Dask cluster; what an earlier run has done is always gone on with, so `resume` changes nothing."""
    from classifier.sharding import on_cluster, score_shards

    if output is None or settings["format"] not in (None, "jsonl"):
        raise UsageError(
            "--cluster writes parts of JSON Lines into a folder; name it with -o DIR/ and leave out --format."
        )
    started, bar = time.monotonic(), progress_bar()
    with on_cluster(settings["cluster"]):
        totals = score_shards(inputs, recipe_of(settings), str(output), reading_of(settings), on_progress=bar)
    _tell_summary(totals, started, output, bar)
    return totals


def _tell_summary(
    totals: Totals, started: float, output: str | Path | None, bar: Callable[[Totals], None] | None
) -> None:
    summary = f"{counted(totals)}, {time.monotonic() - started:.1f} seconds"
    summary = f"{summary} → {output}" if output else summary
    print(f"{_CLEAR if bar else ''}{summary}", file=sys.stderr)


def printing() -> TextIO:
    """Return standard output, made to print any character, if need be as a question mark."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return sys.stdout


def recipe_of(settings: dict[str, Any]) -> Recipe:
    """Return the recipe that the settings describe; raise `UsageError` for a framing that the model does not have."""
    scoring = ScoreOptions(tuple(settings["framing"]), settings["min-probability"])
    model, baseline, ignore = (
        path and Path(path).absolute() for path in (settings["model"], settings["baseline"], ignore_file(settings))
    )
    recipe = Recipe(model, scoring, settings["with-text"], settings["context"], baseline, ignore)
    known_framings(prepare(recipe)[0].framings, settings["framing"], settings["fail-on"])
    return recipe


def counted(totals: Totals) -> str:
    """Return the totals in words."""
    return (
        f"{_number(totals.documents, 'document')}, {_number(totals.sentences, 'sentence')}, {totals.flagged:,} flagged, "
        f"{totals.unsure:,} unsure, {_number(totals.failures, 'failure')}"
    )


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def progress_bar() -> Callable[[Totals], None] | None:
    """Return what shows the totals on standard error while they grow; None where that is no terminal."""
    if not sys.stderr.isatty():
        return None
    last = 0.0

    def show(totals: Totals) -> None:
        nonlocal last
        if time.monotonic() - last > _BAR_SECONDS:
            last = time.monotonic()
            sys.stderr.write(f"{_CLEAR}{counted(totals)}{_BACK}")
            sys.stderr.flush()

    return show
