"""One line a finding: for editors and grep, and as GitHub annotations. Knows how each escapes what it must not pass on."""

from collections.abc import Iterator, Mapping
from typing import Any

from classifier.text import printable
from classifier.writers.entries import Entry, shown_probability
from classifier.writers.writer import Writer

_PROPERTY_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
_DATA_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})


def clean(text: str) -> str:
    """Return `text` without characters that a terminal acts on; the common case costs nothing."""
    return text if text.isprintable() else printable(text)


def one_line(text: str) -> str:
    r"""Return `text` printable and on one line.

    >>> one_line("a\n b")
    'a b'
    """
    return " ".join(clean(text).split())


class LineWriter(Writer):
    """`path:line:col: level framing 0.87 text`, a line for each framing of each finding; `path: failed message` for a failure."""

    def add(self, entry: Entry) -> None:
        """Write the entry's lines."""
        for line in _lines(entry):
            self.stream.write(line + "\n")


def _lines(entry: Entry) -> Iterator[str]:
    name = one_line(entry.head["name"])
    if entry.is_failure:
        yield f"{name}: failed {one_line(entry.head['message'])}"
    for finding in entry.findings:
        place, text = f"{name}:{finding['line']}:{finding['column']}", one_line(finding["text"])
        for found in finding["framings"]:
            yield f"{place}: {found['level']} {found['framing']} {shown_probability(found['probability'])} {text}"


class GitHubWriter(Writer):
    """Workflow commands of GitHub Actions: flagged is a warning, unsure a notice, a failure an error."""

    def add(self, entry: Entry) -> None:
        """Write the entry's annotations."""
        if entry.is_failure:
            self._annotate("error", {"file": entry.head["name"], "title": "not scored"}, entry.head["message"])
        for finding in entry.findings:
            for found in finding["framings"]:
                self._annotate_framing(entry.head["name"], finding, found)

    def _annotate_framing(self, name: str, finding: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        title = (
            f"{self.options.names.get(found['framing'], found['framing'])} ({shown_probability(found['probability'])})"
        )
        end = finding["column"] + finding["end"] - finding["start"]
        place = {"file": name, "line": finding["line"], "col": finding["column"], "endColumn": end, "title": title}
        level = "warning" if found["level"] == "flagged" else "notice"
        self._annotate(level, place, finding["text"])

    def _annotate(self, level: str, place: Mapping[str, Any], message: str) -> None:
        shown = ",".join(f"{key}={_escape(str(value), _PROPERTY_ESCAPES)}" for key, value in place.items())
        self.stream.write(f"::{level} {shown}::{_escape(message, _DATA_ESCAPES)}\n")


def _escape(text: str, escapes: Mapping[int, str]) -> str:
    r"""Return `text` as GitHub wants it.

    >>> _escape("a:b\n", _PROPERTY_ESCAPES)
    'a%3Ab%0A'
    """
    return clean(text).translate(escapes)
