"""PDF: columns, running heads, divided words, pages; and the separate process it is parsed in."""

import importlib.util
import sys

import pytest

from classifier.errors import InputError
from classifier.readers import ReadOptions, apart, isolated
from classifier.readers.apart import parse_apart
from classifier.readers.pdf_layout import Run, lines_of
from tests.readers.conftest import SPECIMENS, blocks, failure, specimen

needs_pdf = pytest.mark.skipif(importlib.util.find_spec("pypdfium2") is None, reason="pypdfium2 is not installed")


@needs_pdf
def test_columns_are_read_one_after_the_other_and_divided_words_made_whole():
    assert [text for _, text in blocks(specimen("hyphenated.pdf"))] == [
        "The Department has been reviewing the rules for long-term support. The reviewers found that most letters were hard to "
        "read and that few were answered.",
        "We will rewrite them all. The new letters will be shorter, and people who took part in the review will read them "
        "first. No letter will be sent before they have agreed that it is clear.",
    ]


@needs_pdf
def test_headings_items_and_pages_are_kept():
    document = specimen("white-paper.pdf")
    found = [(block.page, block.role, document.text[block.start : block.end][:20]) for block in document.blocks]
    assert found[:6] == [
        (1, "heading", "Support at work"),
        (1, "paragraph", "We have published a "),
        (1, "heading", "What we will do"),
        (1, "item", "name one adviser for"),
        (1, "item", "answer every letter."),
        (2, "heading", "Chapter 1"),
    ]
    assert document.blocks[-1].page == 3
    assert document.title == "Support at work"
    assert document.metadata["pages"] == 3


@needs_pdf
def test_running_heads_and_page_numbers_are_dropped():
    text = specimen("white-paper.pdf").text
    assert "A Plan for Every Office" not in text
    assert not any(line.strip().isdigit() for line in text.split("\n"))


@needs_pdf
def test_a_paragraph_goes_on_over_the_end_of_a_column():
    paragraphs = [text for role, text in blocks(specimen("white-paper.pdf")) if role == "paragraph"]
    assert all(paragraph.endswith(".") for paragraph in paragraphs)


@needs_pdf
def test_a_scan_and_a_locked_file_say_so():
    assert "OCR" in failure((SPECIMENS / "scan.pdf").read_bytes())
    assert "password" in failure((SPECIMENS / "locked.pdf").read_bytes())


@needs_pdf
@pytest.mark.parametrize("cut", [9, 400, 1500])
def test_a_pdf_cut_short_is_a_failure_or_what_is_left(cut):
    assert failure((SPECIMENS / "hyphenated.pdf").read_bytes()[:cut], "a.pdf")


def test_a_missing_library_names_the_extra(monkeypatch):
    monkeypatch.setattr(apart, "find_spec", lambda name: None)
    assert failure(b"%PDF-1.7\n") == 'PDF needs an extra library: pip install "framing[pdf]"'
    assert "framing[office]" in failure(rb"{\rtf1 x}")
    assert "framing[parquet]" in failure(b"PAR1xxxxPAR1")


def column(left: float, top: float, lines: int, width: float = 200) -> list[Run]:
    return [Run(f"line {left}.{n}", left, left + width, top - 12 * n, 10) for n in range(lines)]


def test_a_line_across_the_columns_divides_the_page():
    head = [Run("across", 50, 500, 700, 10)]
    between = [Run("between", 50, 500, 500, 10)]
    runs = [*column(50, 680, 6), *column(300, 680, 6), *column(50, 480, 6), *column(300, 480, 6), *head, *between]
    order = [line.text.split(".")[0] for line in lines_of(runs)]
    assert order == ["across", *["line 50"] * 6, *["line 300"] * 6, "between", *["line 50"] * 6, *["line 300"] * 6]


def test_three_columns_are_read_in_order():
    runs = [*column(350, 700, 9, 130), *column(50, 700, 9, 130), *column(200, 700, 9, 130)]
    assert [line.left for line in lines_of(runs)] == [50.0] * 9 + [200.0] * 9 + [350.0] * 9


def test_a_table_is_read_row_by_row():
    runs = [*column(50, 700, 8, 60), *column(300, 700, 8, 20), *column(480, 700, 8, 20)]
    assert len(lines_of(runs)) == 8


def test_a_page_that_says_it_is_miles_wide_is_read_like_any_other():
    far = [Run("far away", 4e9, 4e9 + 100, 90, 10)]
    assert len(lines_of([*column(50, 700, 9), *column(300, 700, 9), *far])) > 9


def test_a_parser_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    assert_fails_with(
        "seconds to parse", "import time; time.sleep(60)", monkeypatch, tmp_path, parse_timeout_seconds=0.5
    )


def test_a_parser_that_crashes_costs_one_failure(monkeypatch, tmp_path):
    assert_fails_with("its parser stopped", "import os; os.abort()", monkeypatch, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
def test_a_parser_that_takes_too_much_memory_is_ended():
    bomb = b"<p>" + b"<b id=1>" * 10 + b"x</p>" * 3_000_000
    with pytest.raises(InputError, match="memory"):
        parse_apart("page", bomb, ReadOptions(parse_memory_bytes=150 * 1024 * 1024))


def assert_fails_with(message, code, monkeypatch, tmp_path, **options):
    """Put a program of our own where the interpreter is, so that the separate process does something else."""
    program = tmp_path / "python"
    program.write_text(f"#!{sys.executable}\n{code}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(InputError, match=message):
        parse_apart("pdf", b"%PDF-", ReadOptions(**options))


def test_every_kind_that_is_parsed_apart_has_its_parser():
    for kind in ("docx", "odt", "page", "fragment", "markdown", "pdf", "rtf"):
        assert callable(isolated.parser_of(kind))
