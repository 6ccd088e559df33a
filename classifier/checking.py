"""One text → what `framing check` prints, and its exit code. Ties reading, scoring and writing together for a single text.

It is used like grep, so nothing is loaded before it is needed: no reader for a text that is given, no numpy for a few sentences.
"""

import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from classifier.errors import ExitCode, InputError, UsageError
from classifier.records import Document, DocumentFailure, DocumentResult
from classifier.scoring import ScoreOptions, load_model, score_documents
from classifier.text import normalise
from classifier.writers.formats import open_writer

ANY = "any"
_LONGEST_NAME = 4096


def check(
    source: str,
    format: str = "text",  # noqa: A002
    options: ScoreOptions | None = None,
    fail_on: Sequence[str] = (),
    model: Path | None = None,
    local_network: bool = False,
) -> ExitCode:
    """Print the findings in what `source` is or names; return what the shell should hear."""
    options = options or ScoreOptions()
    loaded = load_model(model)
    known_framings(loaded.framings, options.framings, fail_on)
    outcomes = list(score_documents(documents_of(source, local_network), loaded, options))
    with open_writer(sys.stdout, format, loaded) as writer:
        for outcome in outcomes:
            writer.write(outcome)
    scored = [outcome for outcome in outcomes if isinstance(outcome, DocumentResult)]
    flagged = {framing for result in scored for framing in result.count("flagged")}
    return exit_code(len(scored), len(outcomes) - len(scored), flagged, fail_on)


def documents_of(source: str, local_network: bool = False) -> Iterator[Document | DocumentFailure]:
    """Yield the documents that `source` names, or the text itself as one; raise `InputError` for a path that is not there."""
    if not source.strip():
        raise InputError("the text is empty. Give text, a path, a URL, or - for standard input.")
    if source == "-" or _is_address(source) or _is_path(source):
        from classifier.readers import ReadOptions, read_documents

        yield from read_documents([source], ReadOptions(allow_local_network=local_network))
    elif _looks_like_path(source):
        raise InputError(
            f"{source}: no such file. If you meant it as text, put it in a sentence or pipe it to `framing check -`."
        )
    else:
        yield Document("text", normalise(source))


def _is_address(source: str) -> bool:
    if "://" not in source[:8]:
        return False
    from classifier.readers.sources import is_address  # loads every reader: asked only of what looks like an address

    return is_address(source)


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


def known_framings(framings: Sequence[str], wanted: Sequence[str], fail_on: Sequence[str]) -> None:
    """Raise `UsageError`, with the nearest id, for a name that is no framing; `fail_on` may also say `any`."""
    for name in (*wanted, *(name for name in fail_on if name != ANY)):
        if name not in framings:
            from classifier.codebook import unknown_name

            raise UsageError(unknown_name("framing", name, tuple(framings)))


def exit_code(scored: int, failed: int, flagged: Collection[str], fail_on: Sequence[str]) -> ExitCode:
    """Return what the shell should hear of so many documents: failures first, then flagged framings named by `--fail-on`."""
    if not scored:
        return ExitCode.UNUSABLE
    if failed:
        return ExitCode.SOME_FAILED
    is_wanted = bool(flagged) if ANY in fail_on else not set(fail_on).isdisjoint(flagged)
    return ExitCode.FRAMING_FOUND if is_wanted else ExitCode.DONE
