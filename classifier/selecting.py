"""Which findings to pass on: not those in a baseline, not those somebody asked to ignore; and the sentences around the rest.

Knows sentences by their words (`writers.sentence_id`), never by their line. An ignore file holds a framing (or `any`) and
a sentence, or the id that the output gives it, on each line:

    # agreed with the press office, 3 March
    voluntary_claim  Taking part is entirely voluntary.
    any              9f2c1a7be0d34c55

In a text, `<!-- framing: ignore voluntary_claim -->` does the same for its own line or, alone on a line, for the next one; in
a page, for its own paragraph or the next (`remarks`).
"""

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from classifier.codebook import unknown_name
from classifier.errors import UsageError
from classifier.records import Document, DocumentFailure, DocumentResult, SentenceResult
from classifier.remarks import COMMENT, ignored_names
from classifier.sentences import document_spans
from classifier.text import line_and_column
from classifier.writers import sentence_id
from classifier.writers.entries import Context

ANY = "any"
_ID = re.compile(r"[0-9a-f]{16}")

Key = tuple[str, str]
Lines = Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Selection:
    """What to withhold: pairs of framing (or `any`) and sentence id. `framings` are the ids that may be named."""

    framings: tuple[str, ...] = ()
    known: frozenset[Key] = frozenset()
    ignored: frozenset[Key] = frozenset()


def load_selection(framings: tuple[str, ...], baseline: Path | None, ignore: Path | None) -> Selection:
    """Read a baseline and an ignore file; raise `UsageError` that names the line which makes no sense."""
    known = read_baseline(baseline) if baseline else frozenset()
    return Selection(framings, known, read_ignored(ignore, framings) if ignore else frozenset())


def read_baseline(path: Path) -> frozenset[Key]:
    """Return the framing and sentence id of every finding in the JSON Lines of an earlier run."""
    found: set[Key] = set()
    for number, line in enumerate(_lines_of(path), 1):
        if line.strip():
            found.update(_baseline_keys(line, f"{path}:{number}"))
    return frozenset(found)


def _baseline_keys(line: str, where: str) -> Iterable[Key]:
    try:
        record = json.loads(line)
        if record["type"] != "finding":
            return []
        name = sentence_id(record["text"])
        return [(found["framing"], name) for found in record["framings"]]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{where}: not a record of `framing score`. A baseline is the .jsonl output of an earlier run."
        ) from error


def read_ignored(path: Path, framings: Sequence[str]) -> frozenset[Key]:
    """Return the framing and sentence id of every line of an ignore file."""
    lines = [(number, line.strip()) for number, line in enumerate(_lines_of(path), 1)]
    wanted = [(number, line) for number, line in lines if line and not line.startswith("#")]
    return frozenset(_ignored_key(line, f"{path}:{number}", framings) for number, line in wanted)


def _ignored_key(line: str, where: str, framings: Sequence[str]) -> Key:
    framing, *others = line.split(maxsplit=1)
    if framing not in (*framings, ANY):
        raise UsageError(f"{where}: {unknown_name('framing', framing, (*framings, ANY))}")
    if not others:
        raise UsageError(f"{where}: after the framing, give the sentence to ignore or the id of a finding.")
    return framing, others[0] if _ID.fullmatch(others[0]) else sentence_id(others[0])


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{path}: can't be read ({reason}).") from error


def select(
    item: DocumentResult | DocumentFailure, selection: Selection
) -> tuple[DocumentResult | DocumentFailure, dict[str, int]]:
    """Return the result without what is to be withheld, and how many framings were withheld for which reason."""
    if isinstance(item, DocumentFailure):
        return item, {}
    lines: Lines = {}
    text = item.document.text
    if item.document.blocks or ("<" in text and "<!--" in text):  # one character is found far sooner than four
        item, lines = _with_comments(item, selection.framings)
    if not item.results or not (lines or selection.known or selection.ignored):
        return item, {}
    counts = {"ignored": 0, "baseline": 0}
    kept = [_select_framings(result, selection, lines, counts) for result in item.results]
    results = tuple(result for result in kept if result.framings)
    return replace(item, results=results), {reason: count for reason, count in counts.items() if count}


def _select_framings(
    result: SentenceResult, selection: Selection, lines: Lines, counts: dict[str, int]
) -> SentenceResult:
    name = sentence_id(result.sentence.text)
    on_line = lines.get(result.line, frozenset())
    kept = []
    for score in result.framings:
        if {score.framing, ANY} & on_line or {(score.framing, name), (ANY, name)} & selection.ignored:
            counts["ignored"] += 1
        elif (score.framing, name) in selection.known:
            counts["baseline"] += 1
        else:
            kept.append(score)
    return result if len(kept) == len(result.framings) else replace(result, framings=tuple(kept))


def _with_comments(item: DocumentResult, framings: Sequence[str]) -> tuple[DocumentResult, Lines]:
    """Return the result without sentences that are only such a comment, and what is ignored on which line."""
    is_marked = any(block.ignored for block in item.document.blocks)
    if not is_marked and not ignored_names(item.document.text):
        return item, {}
    lines, notes = ignored_lines(item.document, framings)
    results = tuple(result for result in item.results if COMMENT.sub("", result.sentence.text).strip())
    document = replace(item.document, notes=(*item.document.notes, *notes))
    return replace(item, document=document, results=results), lines


def ignored_lines(document: Document, framings: Sequence[str]) -> tuple[Lines, list[str]]:
    """Return the framings that comments ignore, by 1-based line, and a note for each name that is no framing."""
    lines: dict[int, frozenset[str]] = {}
    notes: list[str] = []
    waiting: frozenset[str] = frozenset()
    marked = {
        line_and_column(document.text, block.start)[0]: block.ignored for block in document.blocks if block.ignored
    }
    for number, line in enumerate(document.text.split("\n"), 1):
        named = ignored_names(line).union(marked.get(number, ()))
        unknown = sorted(named - {*framings, ANY})
        notes += [f"line {number}: {unknown_name('framing', name, (*framings, ANY))}" for name in unknown]
        waiting |= named
        if waiting and COMMENT.sub("", line).strip():
            lines[number], waiting = waiting, frozenset()
    return lines, notes


def contexts(item: DocumentResult | DocumentFailure, size: int) -> list[Context]:
    """Return, for each finding, the `size` sentences before it and after it."""
    if size < 1 or isinstance(item, DocumentFailure) or not item.results:
        return []
    spans = document_spans(item.document)
    texts = [item.document.text[start:end] for start, end in spans]
    places = [bisect_left(spans, (result.sentence.start, result.sentence.end)) for result in item.results]
    return [(texts[max(at - size, 0) : at], texts[at + 1 : at + 1 + size]) for at in places]
