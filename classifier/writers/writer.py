"""What every writer is: something that takes entries one at a time and ends its output properly. Knows no format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO

from classifier.writers.entries import Entry


@dataclass(frozen=True, slots=True)
class WriteOptions:
    """What a writer may need to know besides the entries. `names` maps a framing's id to the name people say."""

    names: Mapping[str, str] = field(default_factory=dict)
    model: str = ""
    settings: str = ""
    colour: bool = False
    width: int = 80


class Writer:
    """Writes entries to a text stream as they come. A format overrides `begin`, `add` and `end`."""

    def __init__(self, stream: TextIO, options: WriteOptions) -> None:
        self.stream = stream
        self.options = options

    def begin(self) -> None:
        """Write what stands before the first entry."""

    def add(self, entry: Entry) -> None:
        """Write one entry."""
        raise NotImplementedError

    def end(self) -> None:
        """Write what stands after the last entry."""
