"""JSON Lines, one record a line, and JSON, one object for the whole run. Knows layout; the records come ready."""

from typing import TextIO

from classifier.writers.encoding import encode, encode_entries
from classifier.writers.entries import SCHEMA, Entry
from classifier.writers.writer import WriteOptions, Writer


class JsonLinesWriter(Writer):
    """A document or failure record a line, each document followed by its findings."""

    def add(self, entry: Entry) -> None:
        """Write the entry's lines."""
        self.stream.write(encode_entries([entry]).decode())


class JsonWriter(Writer):
    """`{"schema": 1, "documents": [{…, "findings": […]}], "failures": […]}`, streamed; failures are kept until the end."""

    def __init__(self, stream: TextIO, options: WriteOptions) -> None:
        super().__init__(stream, options)
        self._failures: list[str] = []
        self._separator = "\n"

    def begin(self) -> None:
        """Open the object and its list of documents."""
        self.stream.write(f'{{"schema": {SCHEMA}, "documents": [')

    def add(self, entry: Entry) -> None:
        """Write a document with its findings inside; keep a failure for the end."""
        if entry.is_failure:
            self._failures.append(encode(entry.head))
            return
        self.stream.write(self._separator + encode({**entry.head, "findings": list(entry.findings)}))
        self._separator = ",\n"

    def end(self) -> None:
        """Write the failures and close the object."""
        failures = ",\n".join(self._failures)
        self.stream.write(f'\n], "failures": [{failures}]}}\n')
