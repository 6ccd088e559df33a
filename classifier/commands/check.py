"""`framing check`: which framings does this text use? Knows the command's words; scoring and writing are elsewhere."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classifier.commands.options import FailOnOption, FramingOption, ModelOption, ProbabilityOption
from classifier.errors import ExitCode, InputError, UsageError

if TYPE_CHECKING:
    from classifier.model import Model
    from classifier.records import Document, DocumentFailure, DocumentResult

_LONGEST_NAME = 4096


class CheckFormat(StrEnum):
    """How `framing check` prints."""

    TEXT = "text"
    JSON = "json"


def check(
    source: Annotated[
        str, typer.Argument(metavar="TEXT|PATH|URL|-", help="Text, a file, a web address, or - for standard input.")
    ],
    format: Annotated[CheckFormat, typer.Option("--format", help="For people or for programs.")] = CheckFormat.TEXT,  # noqa: A002
    framing: FramingOption = None,
    min_probability: ProbabilityOption = None,
    fail_on: FailOnOption = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every sentence, with every framing's probability.")
    ] = False,
    model: ModelOption = None,
) -> None:
    """Say which framings a text uses, in which sentences, how surely, and because of which words."""
    from classifier.scoring import ScoreOptions, load_model, score_documents

    loaded = load_model(model)
    known_framings(loaded, [*(framing or ()), *(name for name in fail_on or () if name != "any")])
    options = ScoreOptions(tuple(framing or ()), min_probability, everything)
    outcomes = list(score_documents(documents_of(source), loaded, options))
    _print(outcomes, format, loaded)
    raise typer.Exit(exit_code(outcomes, fail_on or ()))


def documents_of(source: str) -> "Iterator[Document | DocumentFailure]":
    """Yield the documents that `source` names, or the text itself as one; raise `InputError` for a path that is not there."""
    from classifier.readers import read_documents
    from classifier.records import Document
    from classifier.text import normalise

    if source == "-" or source.startswith(("http://", "https://")) or _is_path(source):
        yield from read_documents([source])
    elif _looks_like_path(source):
        raise InputError(
            f"{source}: no such file. If you meant it as text, put it in a sentence or pipe it to `framing check -`."
        )
    elif not source.strip():
        raise InputError("the text is empty. Give text, a path, a URL, or - for standard input.")
    else:
        yield Document("text", normalise(source))


def _is_path(source: str) -> bool:
    try:
        return len(source) < _LONGEST_NAME and Path(source).exists()
    except (OSError, ValueError):
        return False


def _looks_like_path(source: str) -> bool:
    return (
        " " not in source
        and "\n" not in source
        and (Path(source).suffix[1:].isalnum() or source.startswith(("/", "./", "../", "~")))
    )


def known_framings(model: "Model", names: Sequence[str]) -> None:
    """Raise `UsageError`, with the nearest id, for a framing that the model does not have."""
    from classifier.codebook import unknown_name

    for name in names:
        if name not in model.framings:
            raise UsageError(unknown_name("framing", name, model.framings))


def exit_code(outcomes: "Sequence[DocumentResult | DocumentFailure]", fail_on: Sequence[str]) -> ExitCode:
    """Return what the shell should hear: failures first, then framings named by `--fail-on`."""
    from classifier.records import DocumentResult

    scored = [outcome for outcome in outcomes if isinstance(outcome, DocumentResult)]
    if not scored:
        return ExitCode.UNUSABLE
    if len(scored) < len(outcomes):
        return ExitCode.SOME_FAILED
    flagged = {framing for result in scored for framing in result.count("flagged")}
    wanted = flagged if "any" in fail_on else flagged & set(fail_on)
    return ExitCode.FRAMING_FOUND if fail_on and wanted else ExitCode.DONE


def _print(outcomes: "Sequence[DocumentResult | DocumentFailure]", format: CheckFormat, model: "Model") -> None:  # noqa: A002
    import sys

    from classifier.writers import open_writer

    with open_writer(sys.stdout, format.value, model) as writer:
        for outcome in outcomes:
            writer.write(outcome)
