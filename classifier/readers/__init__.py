"""Bytes → documents. One reader for each format, one dispatch by what the bytes hold; the name is only a hint.

A reader is a function `(stream, name, options) -> Iterator[Document | DocumentFailure]`. It normalises text once, through
`classifier.text.normalise`, and never raises for one bad record: it yields a `DocumentFailure` and goes on.
"""

from classifier.readers.dispatch import parsed, read_stream
from classifier.readers.options import ReadOptions, UnreadRows
from classifier.readers.sources import read_documents, read_unparsed

__all__ = ["ReadOptions", "UnreadRows", "parsed", "read_documents", "read_stream", "read_unparsed"]
