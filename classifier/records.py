"""The facts that travel through the program, as frozen dataclasses. Knows no file, model or framing.

Every offset is a 0-based, half-open count of characters (Unicode code points) in `Document.text`:
`document.text[sentence.start:sentence.end] == sentence.text`, always.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["flagged", "unsure", "below"]
Stance = Literal["asserted", "contested"]


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a document that has one role: a paragraph, a heading, a list item or a quotation.

    `ignored` holds the framings, or `any`, that a comment in the source asks to ignore there.
    """

    start: int
    end: int
    role: Literal["paragraph", "heading", "item", "quote"]
    page: int | None = None
    ignored: tuple[str, ...] = ()


@dataclass(slots=True)  # frozen like the others in all but name, for that would take three times as long to make
class Document:
    """A text to score, normalised once, with what is known of where it came from.

    `metadata` holds JSON values only. `blocks` is empty where the source had no structure: the text is then split at line ends.
    """

    name: str
    text: str
    title: str = ""
    date: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    blocks: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what pickle needs to send a document to another process; field by field would take three times as long."""
        return Document, (self.name, self.text, self.title, self.date, self.metadata, self.blocks, self.notes)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document: `text == document.text[start:end]`."""

    start: int
    end: int
    text: str
    quoted: bool = False
    role: str = "paragraph"
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """A span of the document that raised a framing's log-odds by `weight` (natural logarithm, calibrated)."""

    start: int
    end: int
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class FramingScore:
    """One framing's calibrated probability for one sentence, its level and the words behind it."""

    framing: str
    probability: float
    level: Level
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class SentenceResult:
    """A sentence with its framings, most probable first. `line` and `column` are 1-based."""

    sentence: Sentence
    framings: tuple[FramingScore, ...]
    line: int
    column: int
    stance: Stance | None = None
    contested_probability: float | None = None


@dataclass(slots=True)  # frozen in all but name, like `Document`
class DocumentResult:
    """What was found in one document: its sentence count and the sentences that are flagged or unsure."""

    document: Document
    sentence_count: int
    results: tuple[SentenceResult, ...]

    def count(self, level: Level) -> dict[str, int]:
        """Return how many sentences reached `level`, by framing, alphabetically."""
        found = [s.framing for r in self.results for s in r.framings if s.level == level]
        return {framing: found.count(framing) for framing in sorted(set(found))}


@dataclass(frozen=True, slots=True)
class DocumentFailure:
    """An input that could not be read or scored: never a score of 0."""

    name: str
    error: str
    message: str
