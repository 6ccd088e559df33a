"""Whatever the bytes, a reader yields documents whose offsets hold and failures, and raises nothing.

`READERS_EXAMPLES=20000 pytest tests/readers/test_hostile.py` is the long run.
"""

import gzip
import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import FramingError
from classifier.readers.building import Piece, build_document
from classifier.readers.isolated import parser_of
from classifier.readers.language import language_note
from classifier.readers.markup import parse_fragment
from classifier.readers.pages import parse_page
from classifier.readers.pdf_layout import Run, lines_of
from classifier.readers.pdf_paragraphs import pieces_of_pages
from classifier.readers.plain import join_wrapped
from classifier.records import Document, DocumentFailure
from tests.readers.conftest import FUZZ, SPECIMENS, check, read

NASTY = "\x00\x1b\x07\u202e\u200b\ud800\udfff\u2028\x85\ufeff\u0301\ufffe\r\n\t =+-@\"'<>&|#{}[]"
HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from(NASTY)), max_size=200)
SAFE_HOSTILE = HOSTILE.map(lambda text: text.encode("utf-8", "replace").decode())
HINTS = ["x", "x.jsonl", "x.csv", "x.tsv", "x.md", "x.eml", "x.html", "x.txt", "x.gz", "x.zip", "x.pdf", "x.parquet"]
STARTS = [
    b"",
    b"{",
    b"[",
    b"<html>",
    b"# a\n",
    b"id,text\n",
    b"From: a\nTo: b\nSubject: c\n\n",
    b"PK\x03\x04",
    b"\x1f\x8b\x08\x00",
    b"PAR1",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"---\n",
]

TAGS = st.sampled_from(
    [
        "div",
        "p",
        "b",
        "a",
        "li",
        "ul",
        "ol",
        "table",
        "tr",
        "td",
        "th",
        "blockquote",
        "q",
        "br",
        "h1",
        "h2",
        "main",
        "article",
        "nav",
        "aside",
        "script",
        "style",
        "svg",
        "template",
        "sup",
        "form",
        "select",
        "head",
        "body",
        "html",
    ]
)
MARKUP = st.lists(
    st.one_of(TAGS.map(lambda t: f"<{t}>"), TAGS.map(lambda t: f"</{t}>"), TAGS.map(lambda t: f'<{t} class="nav" id=a hidden>'), HOSTILE, st.sampled_from(["<!--", "-->", "<!doctype", "&#0;", "&#xD800;", "&lt", "<![CDATA["])),
    max_size=40,
).map("".join)  # fmt: skip

FIELDS = st.one_of(
    HOSTILE,
    st.sampled_from(
        [
            "text",
            "body",
            "content",
            "id",
            "url",
            "title",
            "date",
            "details",
            "parts",
            "value",
            "answerText",
            "questionText",
            "results",
            "links",
            "organisations",
            "base_path",
            "schema_name",
            "withdrawn_notice",
            "public_updated_at",
            "government",
            "description",
        ]
    ),
)

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), HOSTILE),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(FIELDS, inner, max_size=6)),
    max_leaves=12,
)


@FUZZ
@given(st.sampled_from(STARTS), st.binary(max_size=400), st.sampled_from(HINTS))
def test_any_bytes(start, data, name):
    read(start + data, name)


@FUZZ
@given(SAFE_HOSTILE, st.sampled_from(HINTS))
def test_any_text(text, name):
    read(text.encode(), name)


@FUZZ
@given(HOSTILE)
def test_any_row(text):
    [found] = read(json.dumps({"text": text, "id": text[:3], "other": text}), "a.jsonl")
    if isinstance(found, Document):
        json.dumps(dict(found.metadata), ensure_ascii=False).encode()
        found.name.encode()


@FUZZ
@given(JSON)
def test_any_json(value):
    read(json.dumps(value), "a.json")
    read(json.dumps(value) + "\n" + json.dumps(value), "a.jsonl")


@FUZZ
@given(
    st.fixed_dictionaries(
        {
            "details": st.dictionaries(FIELDS, JSON, max_size=4),
            "base_path": JSON,
            "links": JSON,
            "withdrawn_notice": JSON,
        }
    )
)
def test_any_govuk_page(value):
    read(json.dumps(value), "a.json")


@FUZZ
@given(MARKUP)
def test_any_markup(markup):
    data = markup.encode("utf-8", "replace")
    for parsed in (parse_page(data), parse_fragment(data)):
        check(build_document("a", parsed.pieces, title=parsed.title, date=parsed.date, metadata=parsed.metadata))
    read(b"<html>" + data, "a.html")


@FUZZ
@given(st.lists(st.lists(SAFE_HOSTILE, max_size=4), max_size=6), st.sampled_from(["a.csv", "a.tsv", "a"]))
def test_any_table(rows, name):
    read("\n".join(",".join(row) for row in [["id", "text"], *rows]), name)


@FUZZ
@given(st.lists(st.tuples(HOSTILE, st.sampled_from(["paragraph", "heading", "item", "quote"]), st.integers(1, 9))))
def test_offsets_of_any_pieces(pieces):
    check(build_document("a", [Piece(*piece) for piece in pieces]))


@FUZZ
@given(HOSTILE)
def test_joining_lines_moves_nothing(text):
    joined = join_wrapped(text)
    assert len(joined) == len(text)
    assert joined.replace("\n", " ") == text.replace("\n", " ")


@FUZZ
@given(HOSTILE)
def test_any_text_has_a_language_or_none(text):
    assert language_note(text) is None or "not English" in language_note(text)


NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)


@FUZZ
@given(
    st.lists(
        st.lists(
            st.builds(Run, SAFE_HOSTILE.filter(str.strip), NUMBERS, NUMBERS, NUMBERS, st.floats(0.1, 99)), max_size=25
        ),
        max_size=5,
    )
)
def test_any_layout_loses_no_line(pages):
    for page in pages:
        assert sorted("".join("".join(line.text for line in lines_of(page)).split())) == sorted(
            "".join("".join(run.text for run in page).split())
        )
    check(build_document("a", list(pieces_of_pages(pages))))


@FUZZ
@given(
    st.sampled_from(
        ["letter.docx", "notes.odt", "answers.parquet", "hyphenated.pdf", "govuk-speech.html", "news.html"]
    ),
    st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6),
)
def test_any_damage_to_a_specimen(name, changes):
    data = bytearray((SPECIMENS / name).read_bytes())
    for place, new in changes:
        at = int(place * (len(data) - 1))
        data[at : at + len(new)] = new
    if name.endswith(".parquet"):
        read(bytes(data), name)
        return
    kind = {"docx": "docx", ".odt": "odt", ".pdf": "pdf", "html": "page"}[name[-4:]]
    try:
        parsed = parser_of(kind)(bytes(data))
    except FramingError:
        return
    check(build_document("a", parsed.pieces, title=parsed.title, date=parsed.date, metadata=parsed.metadata))


WORD_TAGS = st.sampled_from(
    [
        "w:p",
        "w:r",
        "w:t",
        "w:tr",
        "w:tc",
        "w:del",
        "w:ins",
        "w:tab",
        "w:pStyle",
        "w:numPr",
        "mc:Fallback",
        "text:p",
        "text:h",
        "text:list-item",
        "text:note",
        "text:span",
    ]
)


def element(inner):
    return st.tuples(WORD_TAGS, st.lists(inner, max_size=5)).map(
        lambda e: f"<{e[0]} w:val='Quote'>{''.join(e[1])}</{e[0]}>"
    )


XML = st.recursive(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<&\ufffe\uffff"), max_size=20
    ),
    element,
    max_leaves=20,
)


@FUZZ
@given(XML, st.sampled_from([("docx", "word/document.xml"), ("odt", "content.xml")]))
def test_any_office_xml(xml, kind):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(kind[1], f"<x xmlns:w='w' xmlns:mc='m' xmlns:text='t'>{xml}</x>")
    parsed = parser_of(kind[0])(target.getvalue())
    check(build_document("a", parsed.pieces))


@FUZZ
@given(st.binary(max_size=300), st.integers(0, 300), st.binary(min_size=1, max_size=4))
def test_any_damage_to_an_archive(data, place, change):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", data)
    for packed in (target.getvalue(), gzip.compress(data)):
        spoilt = bytearray(packed)
        spoilt[place : place + len(change)] = change
        read(bytes(spoilt), "a")


RTF = st.lists(
    st.one_of(
        SAFE_HOSTILE,
        st.sampled_from(
            [
                r"\par ",
                r"\u8220?",
                r"\'92",
                r"{\*\x ",
                "{",
                "}",
                r"\bin99 ",
                r"\uc9",
                r"\u-1 ",
                r"\u99999999 ",
                r"\ansicpg0 ",
                r"\fcharset999 ",
                r"{\fonttbl",
                "\\",
                r"\'zz",
            ]
        ),
    )
).map("".join)


@FUZZ
@given(RTF)
def test_any_rich_text(text):
    pytest.importorskip("striprtf")
    try:
        parsed = parser_of("rtf")((r"{\rtf1\ansi " + text).encode("utf-8", "replace"))
    except FramingError:
        return
    check(build_document("a", parsed.pieces))


MAIL = st.lists(
    st.sampled_from(
        [
            "From: a@b\n",
            "To: =?utf-8?b?////?=\n",
            "Date: x\n",
            "Subject: =?x?q?=?=\n",
            "Content-Type: multipart/mixed; boundary=b\n",
            "Content-Type: text/html; charset=\x80\n",
            "Content-Transfer-Encoding: base64\n",
            "Content-Disposition: attachment; filename*=utf-8''%ff\n",
            "Content-Disposition: attachment; filename=a.zip\n",
            "\n",
            "--b\n",
            "--b--\n",
            "PK\x03\x04\n",
            "<p>x",
            "> y\n",
            "-- \n",
            "=?",
            ";\n",
            ":",
        ]
    )
).map("".join)


@FUZZ
@given(MAIL)
def test_any_mail(text):
    read(text.encode("utf-8", "replace"), "a.eml")


@pytest.mark.parametrize("name", HINTS)
def test_a_line_of_ten_megabytes(name):
    found = read(b"We will act, at once. " * 470_000, name)
    assert all(isinstance(item, Document | DocumentFailure) for item in found)


@pytest.mark.parametrize("name", HINTS)
@pytest.mark.parametrize(
    "data",
    [
        b"\x00" * 5000,
        b"(" * 100_000,
        b"<" * 100_000,
        b"[" * 100_000,
        b"> " * 50_000,
        b"*a" * 50_000,
        b"`" * 100_000,
        b"#" * 100_000,
        b"," * 100_000,
        b'"' * 100_000,
        b"\n" * 100_000,
        b"&amp;" * 20_000,
    ],
)
def test_monotonous_input(data, name):
    read(data, name)
