"""Findings as Markdown, for a note, an issue or a content system. Knows which characters Markdown would act on.

## New duties for jobseekers

release.txt · 2026-03-04 · 12 sentences · 1 flagged

> The scheme is **entirely voluntary**, and nobody will be made to join.

- flagged 0.97: taking part is voluntary (line 3)
"""

import re
from collections.abc import Mapping
from typing import Any

from classifier.writers.entries import Entry, notes_of, shown_probability
from classifier.writers.lines import one_line
from classifier.writers.terminal import counts_of, cue_spans, voice
from classifier.writers.writer import Writer

_ANYWHERE = re.compile(r"[\\`*_\[\]|~$]")
_AT_START = re.compile(r"^(?:\d*(?=[.)])|(?=[#+\-=:]))")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "@": "&#64;", "://": "&#58;//", "www.": "www&#46;"}


class MarkdownWriter(Writer):
    """A heading a document, a quotation a finding (its context in paragraphs around it), a list item for each of its framings."""

    def add(self, entry: Entry) -> None:
        """Write the document's section."""
        head = entry.head
        if entry.is_failure:
            self._paragraph(f"**Not scored:** {escape(head['name'])}: {escape(head['message'])}")
            return
        self._paragraph(f"## {escape(head['title'] or head['name'])}")
        about = [escape(part) for part in (head["name"], head["date"]) if part]
        self._paragraph(" · ".join([*about, counts_of(head)]))
        for note in notes_of(head):
            self._paragraph(f"*{escape(note)}*")
        for finding in entry.findings:
            self._finding(finding)

    def _finding(self, finding: Mapping[str, Any]) -> None:
        context = finding.get("context", {"before": [], "after": []})
        sentences = [escape(text) for text in context["before"]]
        sentences += [marked(finding), *(escape(text) for text in context["after"])]
        self._paragraph("\n>\n".join(f"> {sentence}" for sentence in sentences))
        where = f"page {finding['page']}" if finding["page"] else f"line {finding['line']}"
        place = ", ".join([where, *voice(finding)])
        for found in finding["framings"]:
            name = self.options.names.get(found["framing"], found["framing"])
            probability = shown_probability(found["probability"])
            self.stream.write(f"- {found['level']} {probability}: {escape(name)} ({place})\n")
        self.stream.write("\n")

    def _paragraph(self, text: str) -> None:
        self.stream.write(f"{text}\n\n")


def marked(finding: Mapping[str, Any]) -> str:
    """Return a finding's sentence with its cues in bold."""
    text, at = finding["text"], 0
    pieces = []
    for start, end in cue_spans(finding):
        pieces += [_escape_part(text[at:start], at == 0), "**", _escape_part(text[start:end], False), "**"]
        at = end
    return "".join([*pieces, _escape_part(text[at:], at == 0)])


def escape(text: str) -> str:
    r"""Return `text` on one line, to be read as it is: no markup, HTML, link or mention.

    >>> escape("# <b>1*2</b>")
    '\\# &lt;b&gt;1\\*2&lt;/b&gt;'
    """
    return _escape_part(one_line(text), is_start=True)


def _escape_part(text: str, is_start: bool) -> str:
    """Return a part of a paragraph escaped, its outer spaces kept."""
    before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
    inner = _ANYWHERE.sub(r"\\\g<0>", one_line(text))
    for plain, entity in _ENTITIES.items():
        inner = inner.replace(plain, entity)
    if is_start:
        inner = _AT_START.sub(r"\g<0>\\", inner)
    return f"{before}{inner}{after}" if inner else before
