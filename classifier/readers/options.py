"""What a caller can ask of the readers. Knows no format."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from classifier.records import Document, DocumentFailure

Found = Iterator[Document | DocumentFailure]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Limits and hints. `text_column` None means: guess when obvious. Sizes are in bytes."""

    text_column: str | None = None
    max_document_bytes: int = 64 * 1024 * 1024


Reader = Callable[[BinaryIO, str, ReadOptions], Found]
