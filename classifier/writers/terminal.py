"""Findings for people at a terminal. Knows width, colour and how to mark cues; strips whatever could move the cursor.

letter.txt · 12 sentences · 1 flagged

  3:1   The scheme is *entirely voluntary*, and nobody will be made to join.
        flagged  0.97  taking part is voluntary (voluntary_claim)
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from classifier.writers.entries import Entry, notes_of, shown_probability
from classifier.writers.lines import clean, one_line
from classifier.writers.writer import Writer

_STYLES = {"cue": "\x1b[1;36m", "flagged": "\x1b[1;31m", "unsure": "\x1b[33m", "name": "\x1b[1m", "quiet": "\x1b[2m"}
_RESET = "\x1b[0m"
_INDENT = 10
_NARROWEST = 20
_LONGEST_SHOWN = 1200


class TextWriter(Writer):
    """A paragraph a document: its name and counts, then each finding with its framings."""

    def add(self, entry: Entry) -> None:
        """Write the document's paragraph."""
        for line in self._lines(entry):
            self.stream.write(line.rstrip() + "\n")

    def _lines(self, entry: Entry) -> Iterator[str]:
        head = entry.head
        if entry.is_failure:
            yield from self._wrap(
                self._words(f"{head['name']}: not scored: {head['message']}"), 0, self.options.width, 2
            )
            return
        yield from self._opening(one_line(head["name"]), counts_of(head))
        if head["title"]:
            yield from self._wrap(self._words(head["title"]), 0, self.options.width)
        for note in notes_of(head):
            yield from self._wrap(self._words(f"note: {note}"), 0, self.options.width, 2)
        for finding in entry.findings:
            yield ""
            yield from self._finding(finding)
        if entry.findings:
            yield ""

    def _opening(self, name: str, counts: str) -> Iterator[str]:
        """Yield the name and the counts, on one line if they fit."""
        if cells(f"{name} · {counts}") <= self.options.width:
            yield f"{self._style('name', name)} · {counts}"
            return
        yield from self._wrap([(word, self._style("name", word)) for word in name.split()], 0, self.options.width, 2)
        yield f"  {counts}"

    def _finding(self, finding: Mapping[str, Any]) -> Iterator[str]:
        context = finding.get("context", {"before": [], "after": []})
        for text in context["before"]:
            yield from self._quiet(text)
        place = f"{finding['line']}:{finding['column']}"
        lines = list(self._wrap(self._marked_words(finding), _INDENT, self.options.width))
        yield f"  {place:<{_INDENT - 3}} " + lines[0].strip() if lines else f"  {place}"
        yield from lines[1:]
        for text in context["after"]:
            yield from self._quiet(text)
        for found in finding["framings"]:
            yield from self._framing(found, len(finding["framings"]) > 1)
        about = voice(finding) + ([f"page {finding['page']}"] if finding["page"] else [])
        if about:
            yield " " * _INDENT + " · ".join(about)

    def _framing(self, found: Mapping[str, Any], with_cues: bool) -> Iterator[str]:
        """Yield a framing's level, probability and name; its own cues too, where a sentence has several framings."""
        framing, level = found["framing"], found["level"]
        name = self.options.names.get(framing)
        words = self._words(f"{name} ({framing})" if name else framing)
        if with_cues and found["cues"]:
            words += self._words("← " + ", ".join(cue["text"] for cue in found["cues"]))
        lines = list(self._wrap(words, _INDENT + 15, self.options.width))
        opening = f"{self._style(level, format(level, '<7'))}  {shown_probability(found['probability'])}"
        yield f"{' ' * _INDENT}{opening}  {lines[0].strip()}"
        yield from lines[1:]

    def _quiet(self, text: str) -> Iterator[str]:
        for line in self._wrap(self._words(text), _INDENT, self.options.width):
            yield self._style("quiet", line)

    def _marked_words(self, finding: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Return the sentence's words as (plain, shown), the words of a cue marked."""
        text, spans = clip(finding["text"], cue_spans(finding))
        if self.options.colour:
            return [self._coloured(word, at, spans) for at, word in _words_at(text)]
        marked = with_marks(text, spans, "*", "*")
        return self._words(marked)

    def _coloured(self, word: str, at: int, spans: Sequence[tuple[int, int]]) -> tuple[str, str]:
        inside = [(max(s - at, 0), min(e - at, len(word))) for s, e in spans if s < at + len(word) and e > at]
        plain = clean(word)
        return plain, with_marks(plain, inside, _STYLES["cue"], _RESET)

    def _words(self, text: str) -> list[tuple[str, str]]:
        return [(word, word) for word in one_line(text).split()]

    def _style(self, style: str, text: str) -> str:
        return f"{_STYLES[style]}{text}{_RESET}" if self.options.colour and style in _STYLES else text

    def _wrap(self, words: Sequence[tuple[str, str]], indent: int, width: int, hanging: int = 0) -> Iterator[str]:
        """Yield the shown words in lines whose plain form fits into `width`, each indented."""
        room = max(width - indent - hanging, _NARROWEST)
        line, used, pad = "", 0, indent
        for plain, shown in words:
            needed = cells(plain)
            if line and used + 1 + needed > room:
                yield " " * pad + line
                line, used, pad = "", 0, indent + hanging
            line, used = (f"{line} {shown}", used + 1 + needed) if line else (shown, needed)
        if line:
            yield " " * pad + line


def counts_of(head: Mapping[str, Any]) -> str:
    """Return a document's counts in words.

    >>> counts_of({"sentences": 3, "flagged_sentences": 0, "unsure_sentences": 1})
    '3 sentences · nothing flagged · 1 unsure'
    """
    flagged, unsure = head["flagged_sentences"], head["unsure_sentences"]
    plural = "" if head["sentences"] == 1 else "s"
    parts = [f"{head['sentences']:,} sentence{plural}", f"{flagged:,} flagged" if flagged else "nothing flagged"]
    return " · ".join([*parts, f"{unsure:,} unsure"] if unsure else parts)


def voice(finding: Mapping[str, Any]) -> list[str]:
    """Return whose voice it is, where that is not plainly the document's own."""
    parts = ["in quotation marks"] if finding["quoted"] else []
    if finding["stance"] == "contested":
        parts.append(f"contested {shown_probability(finding['contested_probability'])}")
    return parts


def cue_spans(finding: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the cues of every framing as one sorted list of spans within the sentence, neighbours joined."""
    first = finding["start"]
    merged: list[tuple[int, int]] = []
    for start, end in sorted((c["start"] - first, c["end"] - first) for f in finding["framings"] for c in f["cues"]):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def clip(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """Return at most about 1,200 characters around the first span, and the spans that lie in them."""
    if len(text) <= _LONGEST_SHOWN:
        return text, list(spans)
    first = max(spans[0][0] - _LONGEST_SHOWN // 3, 0) if spans else 0
    last = first + _LONGEST_SHOWN
    shown = ("…" if first else "") + text[first:last] + ("…" if last < len(text) else "")
    shift = first - (1 if first else 0)
    return shown, [(start - shift, end - shift) for start, end in spans if end <= last]


def with_marks(text: str, spans: Sequence[tuple[int, int]], before: str, after: str) -> str:
    """Return `text` with `before` and `after` around each span.

    >>> with_marks("is good", [(3, 7)], "*", "*")
    'is *good*'
    """
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], before, text[start:end], after]
        at = end
    return "".join([*pieces, text[at:]])


def _words_at(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for word in text.split():
        at = text.index(word, at)
        yield at, word
        at += len(word)


def cells(text: str) -> int:
    """Return how many columns of a terminal `text` takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
