"""Labels on public sentences without their text, and the search that finds each sentence again. Knows words and hashes, no source.

    {"id": "q00002", "url": "https://…/questions/1655850", "words": 41, "sha256": "04b40d…", "labels": [], "stance": null,
     "route": "random_other", "share": 0.00576, "annotators": ["a"]}

A word is a run of letters, digits and underscores (`\\w+`) of the lower-cased text. The hash is the SHA-256 of the words joined
by one space, in UTF-8, so that neither white space nor punctuation nor markup matters. `share` is the part of its pool that the
`route` took.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from classifier.codebook import Codebook
from classifier.errors import LabelledSetError
from classifier.labelled_set import check_stance, framings_of, read_rows
from classifier.text import normalise

_ADDRESSES = ("https://", "http://", "file:")
_WORD = re.compile(r"\w+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OPENING = re.compile(r"(?:(?<=\s)|^)[(\[“‘\"'£$€]+$")
_CLOSING = re.compile(r"[.,;:!?…)\]%”’\"']*")
# Text taken out of markup may have spaces where tags stood: "see GOV.UK ."
_SPACE_BEFORE_CLOSING = re.compile(r" +(?=[.,;:!?…)\]%”])")
_SPACE_AFTER_OPENING = re.compile(r"(?<=[(\[“£]) +")


@dataclass(frozen=True, slots=True)
class Reference:
    """A labelled sentence by its fingerprint: where it stands, how many words it has, and the hash of them."""

    id: str
    url: str
    words: int
    sha256: str
    labels: tuple[str, ...]
    stance: str | None
    route: str
    share: float
    annotators: tuple[str, ...]


def load_references(path: Path, codebook: Codebook) -> list[Reference]:
    """Return the rows of a references file; raise `LabelledSetError` that names file and line of the first bad one."""
    found: list[Reference] = []
    seen: set[str | tuple[str, str]] = set()
    for where, row in read_rows(path):
        reference = parse_reference(row, codebook, where)
        if reference.id in seen:
            raise LabelledSetError(f"{where}: id '{reference.id}' stands twice.")
        if (reference.url, reference.sha256) in seen:
            raise LabelledSetError(f"{where}: this sentence of {reference.url} stands twice.")
        seen |= {reference.id, (reference.url, reference.sha256)}
        found.append(reference)
    return found


def parse_reference(row: dict[str, Any], codebook: Codebook, where: str) -> Reference:
    """Return one reference; raise `LabelledSetError` naming `where` and the field that is wrong."""
    _check_fields(row, where)
    labels = framings_of(row, "labels", codebook, where)
    check_stance(row, labels, where)
    return Reference(
        id=row["id"],
        url=row["url"],
        words=row["words"],
        sha256=row["sha256"],
        labels=labels,
        stance=row.get("stance"),
        route=row["route"],
        share=float(row["share"]),
        annotators=tuple(row["annotators"]),
    )


def _check_fields(row: dict[str, Any], where: str) -> None:
    if "text" in row:
        raise LabelledSetError(f"{where}: a reference must not hold the text; it belongs in hydrated.jsonl.")
    for name, (is_right, rule) in _RULES.items():
        if not is_right(row.get(name)):
            raise LabelledSetError(f"{where}: '{name}' must be {rule}.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_RULES = {
    "id": (_is_text, "a name of its own"),
    "url": (lambda value: _is_text(value) and value.startswith(_ADDRESSES), "a web address, or file: and a name"),
    "words": (lambda value: type(value) is int and value > 0, "a whole number above 0"),
    "sha256": (lambda value: _is_text(value) and _SHA256.fullmatch(value), "64 hexadecimal digits in lower case"),
    "route": (_is_text, "the name of a sampling route"),
    "share": (lambda value: _is_number(value) and 0 < value <= 1, "a number above 0 and at most 1"),
    "annotators": (
        lambda value: isinstance(value, list) and value and all(map(_is_text, value)) and len(set(value)) == len(value),
        "a list of names, each once",
    ),
}


def words_of(text: str) -> list[str]:
    """Return the words that a reference counts and hashes.

    >>> words_of("The Government’s WorkWell pilot, 2024–26.")
    ['the', 'government', 's', 'workwell', 'pilot', '2024', '26']
    """
    return _WORD.findall(text.lower())


def hash_of(words: Sequence[str]) -> str:
    """Return the SHA-256, in hexadecimal digits, of the words joined by one space.

    >>> hash_of(["work", "is", "good"])[:12]
    '721a54fd64f8'
    """
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def find(reference: Reference, document_text: str) -> str | None:
    """Return the sentence that `reference` stands for, on one line, or None if the document does not hold it.

    It runs from the first word to the last, with the marks that open directly before and close directly after it.
    """
    document = _wordy(document_text)
    for first in range(len(document.spans) - reference.words + 1):
        last = first + reference.words - 1
        window = document.joined[document.starts[first] : document.starts[last + 1] - 1]
        if hashlib.sha256(window).hexdigest() == reference.sha256:
            return _with_marks(document.text, document.spans[first][0], document.spans[last][1])
    return None


@dataclass(frozen=True, slots=True)
class _Wordy:
    """A document's text, the span of each word in it, all words joined as bytes, and where each starts in those."""

    text: str
    spans: list[tuple[int, int]]
    joined: bytes
    starts: list[int]


@lru_cache(maxsize=4)
def _wordy(document_text: str) -> _Wordy:
    text = on_one_line(document_text)
    lowered = text.lower()
    # One character in lower case may be two (İ): each place in `lowered` knows its place in `text`.
    place = range(len(text)) if len(lowered) == len(text) else [i for i, c in enumerate(text) for _ in c.lower()]
    matches = list(_WORD.finditer(lowered))
    words = [match.group().encode() for match in matches]
    spans = [(place[match.start()], place[match.end() - 1] + 1) for match in matches]
    starts = list(accumulate((len(word) + 1 for word in words), initial=0))
    return _Wordy(text, spans, b" ".join(words), starts)


def on_one_line(text: str) -> str:
    r"""Return `text` normalised, with single spaces, and none where only a tag can have left one.

    >>> on_one_line("See ( Guidance ) on\nGOV.UK .")
    'See (Guidance) on GOV.UK.'
    """
    line = " ".join(normalise(text).split())
    return _SPACE_AFTER_OPENING.sub("", _SPACE_BEFORE_CLOSING.sub("", line))


def _with_marks(text: str, start: int, end: int) -> str:
    opening = _OPENING.search(text, max(0, start - 4), start)
    closing = _CLOSING.match(text, end)
    return text[opening.start() if opening else start : closing.end() if closing else end]
