"""Plain text, Markdown, Rich Text and e-mails."""

from email.message import EmailMessage

import pytest

from classifier.records import Document
from tests.readers.conftest import SPECIMENS, blocks, failure, read, read_one, specimen

WRAPPED = """The Department said on Tuesday that every letter would from now on
name an adviser, and that the telephone would be answered until six
in the evening at each of its offices in England and in Wales.

Campaigners had asked for this since the letters were first changed
three years ago. They want to see it done, they said, before the next
review begins.
"""


def test_plain_text_is_normalised_once():
    document = read_one("\ufeffRt.\u00a0Hon.\r\nNo\u200b 10 cafe\u0301")
    assert document.text == "Rt. Hon.\nNo 10 café"
    assert document.blocks == ()


def test_text_that_is_not_utf8_is_read_as_windows_1252_and_says_so():
    document = read_one("“We act,” he said – once.".encode("cp1252"))
    assert document.text == "“We act,” he said – once."
    assert document.notes == ("not UTF-8: read as Windows-1252",)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_believed(encoding):
    assert read_one("We act – now.".encode(encoding)).text == "We act – now."


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02\x03" * 100,
        bytes(range(256)) * 4,
        b"\x7fELF\x02",
        b"\x89PNG\r\n",
        b"BZh91AY",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    ],
)
def test_binary_data_is_a_failure(data):
    assert failure(data)


def test_an_empty_text_is_a_failure():
    assert failure(b"") == failure(b" \n\t\n") == "empty: it holds no text."


def test_a_stray_nul_does_no_harm():
    assert read_one(b"We will\x00act. " + b"We act. " * 100).text.startswith("We will act.")


def test_a_text_over_the_limit_is_a_failure():
    assert "larger than 1,000 bytes" in failure("We act. " * 200, max_document_bytes=1000)


def test_hard_wrapped_lines_are_joined_without_moving_a_character():
    document = read_one(WRAPPED)
    assert len(document.text) == len(WRAPPED)
    assert document.text.split("\n")[0].endswith("in England and in Wales.")
    assert document.notes == ("hard-wrapped lines were joined",)


def test_a_list_of_lines_is_not_joined():
    text = "\n".join(f"{n}. The office in town {n} answers letters that come before noon" for n in range(9))
    assert read_one(text).text == text


def test_markdown_keeps_its_structure():
    text = '---\ntitle: "Notes"\ndate: 2025-03-18\n---\n# Aim\n\nWe *will* [act](http://x.example).\n\n- one\n- two\n\n> We must.\n'
    document = read_one(text, "a.md")
    assert blocks(document) == [
        ("heading", "Aim"),
        ("paragraph", "We will act."),
        ("item", "one"),
        ("item", "two"),
        ("quote", "We must."),
    ]
    assert (document.title, document.date) == ("Notes", "2025-03-18")


@pytest.mark.parametrize("depth", [5, 15, 60])
def test_markdown_loses_nothing_however_deep_it_lies(depth):
    items = "\n".join(f"{'  ' * level}- item {level}" for level in range(depth))
    text = read_one(f"{items}\n\n{'> ' * depth}We act.\n\nDone.", "a.md").text
    assert text.split("\n") == [*(f"item {level}" for level in range(depth)), "We act.", "Done."]


def test_markdown_nested_beyond_reason_is_a_failure_and_no_shorter_text():
    assert "nested too deeply" in failure(f"{'> ' * 5000}We act.\n\nDone.", "a.md")


def test_markdown_is_recognised_without_its_name():
    assert blocks(read_one("# Aim\n\nWe will act.\n"))[0] == ("heading", "Aim")


def test_rich_text_is_read():
    pytest.importorskip("striprtf")
    data = rb"{\rtf1\ansi\ansicpg1252{\fonttbl\f0 Arial;}{\info{\title Letters}}\f0 We won\'92t wait\'85 \u8220?now\u8221?.\par \bullet\tab one letter\par}"
    document = read_one(data)
    assert blocks(document)[0] == ("paragraph", "We won’t wait… “now”.")
    assert document.title == "Letters"


def message(**parts: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Press Office <press@office.example>"
    mail["To"] = "news@desk.example"
    mail["Subject"] = "Letters – what changes"
    mail["Date"] = "Tue, 18 Mar 2025 10:00:00 +0000"
    if "plain" in parts:
        mail.set_content(parts["plain"])
    if "html" in parts:
        mail.add_alternative(parts["html"], subtype="html")
    return mail


def test_an_email_is_its_text_with_its_headers_as_metadata():
    document = read_one(
        bytes(message(plain="We will act – at once.\n\n> Will you act?\n\n-- \nPress Office\n")), "a.eml"
    )
    assert blocks(document) == [("paragraph", "We will act – at once."), ("quote", "Will you act?")]
    assert (document.title, document.date) == ("Letters – what changes", "2025-03-18")
    assert document.metadata["from"] == "Press Office <press@office.example>"


@pytest.mark.parametrize(
    "below",
    ["> Will you act?\n", "On Monday, the Office wrote:\n> Will you act?\n", "From: the Office\n\nWill you act?\n"],
)
def test_a_signature_hides_nothing_of_the_message_that_is_answered_below_it(below):
    text = read_one(bytes(message(plain=f"We will act.\n\n-- \nA. Writer\nPress Office\n\n{below}")), "a.eml").text
    assert text.startswith("We will act.\n")
    assert text.endswith("Will you act?")
    assert "Press Office" not in text


def test_what_is_too_long_to_be_a_signature_is_text():
    notes = "".join(f"{number}. We will act.\n\n" for number in range(1, 20))
    assert (
        "19. We will act." in read_one(bytes(message(plain=f"Ends\n\n--\nNotes to editors\n\n{notes}")), "a.eml").text
    )


def test_every_part_of_an_email_is_read_to_its_end():
    mail = message()
    mail.make_mixed()
    for text in ("We will act.\n-- \nA. Writer\n", "We will act again.\n"):
        part = EmailMessage()
        part.set_content(text)
        mail.attach(part)
    assert read_one(bytes(mail), "a.eml").text == "We will act.\nWe will act again."


def test_an_email_is_recognised_without_its_name():
    assert read_one(bytes(message(plain="We will act."))).title == "Letters – what changes"


def test_a_stub_gives_way_to_the_page_beside_it():
    html = (
        "<html><body><h1>Letters</h1><p>We will name an adviser in every letter, the Minister said.</p></body></html>"
    )
    mail = message(plain="View in browser.", html=html)
    assert read_one(bytes(mail), "a.eml").text.startswith("Letters\nWe will name")
    mail = message(plain="We will name an adviser in every letter, the Minister said.", html=html)
    assert read_one(bytes(mail), "a.eml").text == "We will name an adviser in every letter, the Minister said."


def test_documents_attached_to_an_email_are_read():
    mail = message(plain="See the notes.")
    mail.add_attachment(
        (SPECIMENS / "notes.odt").read_bytes(), maintype="application", subtype="octet-stream", filename="notes.odt"
    )
    mail.add_attachment(b"\x89PNG....", maintype="image", subtype="png", filename="logo.png")
    found = read(bytes(mail), "a.eml")
    assert [item.name for item in found] == ["a.eml", "a.eml!notes.odt", "a.eml!logo.png"]
    assert [isinstance(item, Document) for item in found] == [True, True, False]


def test_an_email_with_broken_headers_is_read():
    raw = b"From: =?utf-8?b?!!?= <x>\nSubject: =?nope?q?=ff?=\nDate: never\nContent-Type: text/plain; charset=nope\n\nWe act.\n"
    found = read(raw, "a.eml")
    assert len(found) == 1


def test_an_email_whose_header_names_its_encoding_in_bytes_that_are_no_name_is_read():
    [document] = read(b"From: a@b\nSubject: =?u\xff-8?q?Plan?=\nTo: c@d\n\nWe act.\n", "a.eml")
    assert document.text == "We act."


def test_a_word_document_is_read():
    assert blocks(specimen("letter.docx")) == [
        ("heading", "Letter to claimants"),
        ("heading", "What changes"),
        ("paragraph", "Payments go on while a review is open, and nobody has to apply again."),
        ("item", "bring the letter"),
        ("item", "bring proof of address"),
        ("quote", "“We were never told,” one claimant wrote."),
        ("paragraph", "Office | Open until"),
        ("paragraph", "Leeds | six"),
        ("paragraph", "The line is open until six."),
    ]
    assert (specimen("letter.docx").title, specimen("letter.docx").date) == ("Letter to claimants", "2025-03-18")


def test_an_opendocument_text_is_read():
    assert blocks(specimen("notes.odt")) == [
        ("heading", "Notes for editors"),
        ("paragraph", "The scheme began in April, in ten offices."),
        ("item", "Leeds was the first."),
        ("item", "Cardiff was the last."),
        ("quote", "“It helped me to stay in work,” said one of them."),
    ]
