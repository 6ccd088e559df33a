"""Web pages: the main text and nothing else."""

import pytest

from classifier.readers import ReadOptions
from classifier.readers.apart import pieces_of_fragment
from tests.readers.conftest import blocks, failure, read, read_one, specimen


def test_a_govuk_speech_is_read_without_its_furniture():
    assert blocks(specimen("govuk-speech.html")) == [
        ("heading", "Support at every office"),
        ("paragraph", "The Minister spoke about letters, forms and the telephone."),
        ("paragraph", "Thank you for coming. I’ll be brief."),
        ("heading", "Why letters matter"),
        ("paragraph", "A claimant in Leeds told me:"),
        ("quote", "I was never told that my payment had changed."),
        ("paragraph", "We will do 2 things:"),
        ("item", "name an adviser in every letter"),
        ("item", "answer the telephone until six"),
        ("paragraph", "Office | Letters"),
        ("paragraph", "Leeds | 1,200"),
        ("item", "Checked against delivery."),
    ]


def test_a_govuk_speech_says_what_it_is():
    document = specimen("govuk-speech.html")
    assert document.title == "Support at every office"
    assert document.date == "2025-03-18"
    assert document.notes == ("withdrawn on 2 May 2025",)
    assert document.metadata["url"] == "https://www.gov.uk/government/speeches/support-at-every-office"
    assert document.metadata["organisations"] == ["Department for Forms"]
    assert document.metadata["public_updated_at"].startswith("2025-03-19")


def test_a_news_page_without_semantic_tags_is_read():
    document = specimen("news.html")
    assert [text for _, text in blocks(document)] == [
        "Letters to claimants were late, review finds",
        "Half of the letters sent last year came after the date by which people had to answer them, a review has found.",
        "“We are putting this right,” the Minister said.",
        "She added that each office would name an adviser.",
        "Campaigners said that the Department had known for years, and that “nobody listened”.",
        "The Department will answer the review in June.",
    ]
    assert document.date == "2025-04-02"
    assert document.title == "Letters to claimants were late, review finds"


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><article><h1>Title</h1><p>We will act on this at once.</p></article><article><p>Other.</p></article>",
        "<html><body><div class='no-sidebar has-cookie-banner'><h1>Title</h1><p>We will act on this at once.</p></div>",
        "<html><title>Title - Site</title><body><nav><p>Home</p></nav><main><p>We will act on this at once.</p></main>",
        "<html><body><form><h1>Title</h1><div><div><p>We will act on this at once.</p></div></div></form>",
        "<html><head><title>Title | Site</title></head><body><p>We will act on this at once.",
        "<table><tr><td><h1>Title</h1><p>We will act on this at once.</p></td></tr></table><html>",
    ],
)
def test_the_main_text_is_found_however_the_page_is_built(page):
    assert read_one(page).text == "Title\nWe will act on this at once."


def test_a_page_is_read_in_the_encoding_it_names():
    page = "<html><head><meta charset=windows-1252></head><body><p>The café’s rent.</p>"
    assert read_one(page.encode("cp1252")).text == "The café’s rent."
    assert read_one(page.replace("windows-1252", "utf-8").encode("cp1252")).notes == (
        "not UTF-8: read as Windows-1252",
    )
    assert read_one("<html><p>The café’s rent.".encode("utf-16")).text == "The café’s rent."
    assert "no such character encoding" in failure("<html><meta charset=rot13><p>Act.", "a.html")


def test_the_charset_of_the_caller_wins():
    assert read_one("<html><p>Prawo i ład.".encode("iso-8859-2"), charset="iso-8859-2").text == "Prawo i ład."


def test_a_page_without_text_says_why():
    assert "made by scripts" in failure("<!doctype html><html><body><div id=root></div><script>go()</script>")


def roles(html: str) -> list[tuple[str, str]]:
    return [(piece.role, piece.text) for piece in pieces_of_fragment(html, ReadOptions())]


def test_line_breaks_part_sentences_but_not_a_running_line():
    assert roles("<p>One.<br>Two<br>goes on.<br><br>three</p>") == [
        ("paragraph", "One."),
        ("paragraph", "Two goes on."),
        ("paragraph", "three"),
    ]


def test_nested_roles_are_kept():
    html = "<ul><li><p>a</p><ul><li>b</li></ul></li></ul><blockquote><h3>c</h3><ul><li>d</li></ul></blockquote><dl><dt>e<dd>f</dl>"
    assert roles(html) == [("item", "a"), ("item", "b"), ("quote", "c"), ("quote", "d"), ("item", "e"), ("item", "f")]


def test_words_in_inline_markup_stay_whole():
    assert roles("<p>un<b>paid</b> <a href=x>carers</a>&nbsp;are &lt;not&gt; paid</p>") == [
        ("paragraph", "unpaid carers are <not> paid")
    ]


@pytest.mark.parametrize(
    "html",
    ["<div>x" * 5000, "<p>" + "".join(f"<b id={n}>" for n in range(300)) + "</p><p>x", "<table><tr><td>" * 2000 + "x"],
)
def test_pathological_markup_is_survived(html):
    assert read(html, "a.html")


def test_markup_too_slow_to_parse_costs_one_failure():
    assert "seconds to parse" in failure("<div>x" * 200_000, "a.html", parse_timeout_seconds=1.5)
