"""One page, and what LibreOffice made of it: whichever format an office program saves, the same is read."""

import pytest

from classifier.records import Document
from tests.readers.conftest import SPECIMENS, read_one

PIECES = [
    ("heading", "Support at work"),
    (
        "paragraph",
        "Taking part is entirely voluntary1, and nobody’s benefit – £390.06 a month – will be affected “if they say no”.",
    ),
    ("heading", "What we will do"),
    ("item", "Work is the best medicine;"),
    ("item", "name an adviser"),
    ("item", "in every office."),
    ("item", "First, write."),
    ("item", "Then, call."),
    ("quote", "I was never told that my payment had changed."),
    ("paragraph", "Office | Letters"),
    ("paragraph", "Leeds | 1,200"),
    ("paragraph", "A line broken in two. Softhyphen and non breaking."),
]


def pieces_of(name: str) -> tuple[str, list[tuple[str, str]]]:
    document = read_one((SPECIMENS / name).read_bytes(), "x")
    assert isinstance(document, Document)
    return document.title, [(block.role, document.text[block.start : block.end]) for block in document.blocks]


@pytest.mark.parametrize("suffix", ["html", "docx", "odt"])
def test_what_an_office_program_saves_is_read_like_the_page_it_came_from(suffix):
    assert pieces_of(f"support-at-work.{suffix}") == ("Support at work", PIECES)


def test_rich_text_keeps_items_but_knows_no_headings_and_quotations():
    pytest.importorskip("striprtf")
    title, pieces = pieces_of("support-at-work.rtf")
    assert title == "Support at work"
    plain = " ".join(text for _, text in pieces).replace(" |", "")
    assert plain == " ".join(text for _, text in PIECES).replace(" |", "")
    assert [text for role, text in pieces if role == "item"] == [text for role, text in PIECES if role == "item"]
