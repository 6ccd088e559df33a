"""One text → what `framing check` prints, and its exit code. Ties reading, scoring and writing together for a single text.

It is used like grep, so nothing is loaded before it is needed: no reader for a text that is given, no numpy for a few sentences.
"""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.config import load_settings
from classifier.errors import ExitCode, InputError, UsageError
from classifier.model import Model
from classifier.records import Document, DocumentFailure, DocumentResult
from classifier.scoring import ScoreOptions, load_model, score_documents
from classifier.text import normalise
from classifier.writers import Entry, describe, model_fingerprint
from classifier.writers.formats import open_writer

if TYPE_CHECKING:
    from classifier.readers import ReadOptions

ANY = "any"
IGNORE_FILE = Path(".framingignore")
_LONGEST_NAME = 4096

Settings = Mapping[str, Any]
Outcome = DocumentResult | DocumentFailure


def check(
    source: str,
    format: str = "text",  # noqa: A002
    given: Settings | None = None,
    everything: bool = False,
    config: Path | None = None,
) -> ExitCode:
    """Print the findings in what `source` is or names; return what the shell should hear.

    `given` holds the settings of the command line; what it does not say is in a settings file or as `config.OPTIONS` has it.
    """
    settings = settings_of(given or {}, config)
    model = load_model(settings["model"])
    known_framings(model.framings, settings["framing"], settings["fail-on"])
    options = ScoreOptions(tuple(settings["framing"]), settings["min-probability"], everything)
    found = list(score_documents(documents_of(source, settings), model, options))
    outcomes = [(item, {}) for item in found] if everything else _selected(found, model, settings)
    with open_writer(sys.stdout, format, model) as writer:
        for item, withheld in outcomes:
            writer.write(_entry(item, model, withheld))
    return _exit_code([item for item, _ in outcomes], settings["fail-on"])


def settings_of(given: Settings, config: Path | None = None) -> dict[str, Any]:
    """Return the value of every setting, from the command line, a settings file or by default."""
    return {name: setting.value for name, setting in load_settings(given, config=config).items()}


def ignore_file(settings: Settings) -> Path | None:
    """Return the file of findings to ignore: the one in the settings, or the one in the current folder if there is one."""
    found: Path | None = settings["ignore"] or (IGNORE_FILE if IGNORE_FILE.is_file() else None)
    return found


def _selected(found: Sequence[Outcome], model: Model, settings: Settings) -> list[tuple[Outcome, dict[str, int]]]:
    """Return each result without what its own comments or an ignore file settle, and how much that was."""
    ignore = ignore_file(settings)
    if ignore is None and not any(map(_holds_comments, found)):
        return [(item, {}) for item in found]
    from classifier.selecting import load_selection, select

    selection = load_selection(model.framings, None, ignore)
    return [select(item, selection) for item in found]


def _holds_comments(item: Outcome) -> bool:
    if isinstance(item, DocumentFailure):
        return False
    return "<!--" in item.document.text or any(block.ignored for block in item.document.blocks)


def _entry(item: Outcome, model: Model, withheld: Mapping[str, int]) -> Entry:
    return describe(item, model_fingerprint(model.manifest), withheld=withheld)


def _exit_code(outcomes: Sequence[Outcome], fail_on: Sequence[str]) -> ExitCode:
    scored = [outcome for outcome in outcomes if isinstance(outcome, DocumentResult)]
    flagged = {framing for result in scored for framing in result.count("flagged")}
    return exit_code(len(scored), len(outcomes) - len(scored), flagged, fail_on)


def reading_of(settings: Settings) -> "ReadOptions":
    """Return how the settings want inputs to be read."""
    from classifier.readers import ReadOptions

    return ReadOptions(text_column=settings["text-column"], allow_local_network=settings["local-network"])


def documents_of(source: str, settings: Settings) -> Iterator[Document | DocumentFailure]:
    """Yield the documents that `source` names, or the text itself as one; raise `InputError` for a path that is not there."""
    if not source.strip():
        raise InputError("the text is empty. Give text, a path, a URL, or - for standard input.")
    if source == "-" or _is_address(source) or _is_path(source):
        from classifier.readers import read_documents

        yield from read_documents([source], reading_of(settings))
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
