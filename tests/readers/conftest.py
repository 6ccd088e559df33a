"""Small builders for the readers' tests."""

import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from classifier.readers import ReadOptions, read_stream
from classifier.records import Document, DocumentFailure

SPECIMENS = Path(__file__).parent / "specimens"

# `READERS_EXAMPLES=20000 pytest tests/readers/test_hostile.py` is the long run.
FUZZ = settings(
    deadline=None,
    max_examples=int(os.environ.get("READERS_EXAMPLES", "60")),
    suppress_health_check=list(HealthCheck),
)


def read(data: bytes | str, name: str = "file", **options: Any) -> list[Document | DocumentFailure]:
    """Return all that the readers find in some bytes, having checked what must hold of anything they find."""
    raw = data.encode() if isinstance(data, str) else data
    found = list(read_stream(BytesIO(raw), name, ReadOptions(**options)))
    for item in found:
        check(item)
    return found


def read_one(data: bytes | str, name: str = "file", **options: Any) -> Document:
    [document] = read(data, name, **options)
    assert isinstance(document, Document), document
    return document


def failure(data: bytes | str, name: str = "file", **options: Any) -> str:
    [found] = read(data, name, **options)
    assert isinstance(found, DocumentFailure), found
    return found.message


def specimen(name: str) -> Document:
    return read_one((SPECIMENS / name).read_bytes(), name)


def blocks(document: Document) -> list[tuple[str, str]]:
    return [(block.role, document.text[block.start : block.end]) for block in document.blocks]


def check(item: Document | DocumentFailure) -> None:
    """What holds of everything that a reader yields."""
    from classifier.text import normalise

    assert item.name is not None
    if isinstance(item, DocumentFailure):
        assert item.message
        return
    assert item.text.strip() or item.notes in {("holds no text",), ("not answered yet",)}
    assert normalise(item.text) == item.text
    item.text.encode()
    end = 0
    for block in item.blocks:
        assert end <= block.start < block.end <= len(item.text)
        assert "\n" not in item.text[block.start : block.end]
        assert item.text[block.start : block.end].strip() == item.text[block.start : block.end]
        end = block.end


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path
