"""`.gz` and `.zip`: what is inside is read; what is dangerous is refused."""

import gzip
import io
import json
import zipfile

import pytest

from classifier.records import Document, DocumentFailure
from tests.readers.conftest import SPECIMENS, failure, read, read_one


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def test_members_are_read_each_by_what_it_holds():
    archive = zipped(
        {
            "a.txt": b"We act.",
            "b.html": b"<html><body><p>We acted at once.</p>",
            "c/d.jsonl": b'{"text": "One."}\n{"id": "x", "text": "Two."}\n',
            "e.docx": (SPECIMENS / "letter.docx").read_bytes(),
            "__MACOSX/._a.txt": b"\x00\x05",
            "c/.DS_Store": b"\x00",
        }
    )
    found = read(archive, "r.zip")
    assert [item.name for item in found] == ["r.zip!a.txt", "r.zip!b.html", "r.zip!c/d.jsonl:1", "x", "r.zip!e.docx"]
    assert all(isinstance(item, Document) for item in found)


def test_members_named_by_a_path_of_dots_are_read_and_written_nowhere():
    found = read(zipped({"./a.txt": b"We act.", "../../b.txt": b"We act.", ".git/c.txt": b"We act."}), "r.zip")
    assert [item.name for item in found] == ["r.zip!./a.txt", "r.zip!../../b.txt"]


def test_one_bad_member_costs_one_failure():
    found = read(zipped({"a.png": b"\x89PNG", "b.txt": b"We act.", "empty.txt": b""}), "r.zip")
    assert [type(item) for item in found] == [DocumentFailure, Document, DocumentFailure]


def test_a_gzip_keeps_its_own_name():
    assert read_one(gzip.compress(b"We act."), "a.txt.gz").name == "a.txt.gz"
    rows = gzip.compress(b'{"text": "One."}\n{"text": "Two."}\n')
    assert [item.name for item in read(rows, "a.jsonl.gz")] == ["a.jsonl.gz:1", "a.jsonl.gz:2"]


def test_a_gzip_cut_short_gives_its_rows_and_a_failure():
    rows = b"".join(json.dumps({"text": f"Sentence {n * 7919} of the plan."}).encode() + b"\n" for n in range(20_000))
    found = read(gzip.compress(rows)[:-30_000], "a.jsonl.gz")
    assert len(found) > 10
    assert all(isinstance(item, Document) for item in found[:-1])
    assert "damaged or cut short" in found[-1].message  # type: ignore[union-attr]


def test_a_zip_bomb_is_refused():
    bomb = zipped({"a.txt": b"We act. " * 8_000_000})
    assert "as a zip bomb does" in failure(bomb, "r.zip", max_document_bytes=1 << 30)
    assert "as a zip bomb does" in failure(gzip.compress(b"\n" * 64_000_000), "a.jsonl.gz")


def test_an_archive_over_the_size_limit_is_refused():
    assert "more bytes than are allowed" in failure(
        zipped({"a.txt": b"We act. " * 1000}), "r.zip", max_archive_bytes=4000
    )


def test_nested_archives_share_one_limit():
    inner = zipped({"a.txt": b"We act. " * 100}, zipfile.ZIP_STORED)
    found = read(
        zipped({"1.zip": inner, "2.zip": inner, "3.zip": inner}, zipfile.ZIP_STORED), "r.zip", max_archive_bytes=4000
    )
    assert [isinstance(item, Document) for item in found] == [True, True, False]


def test_archives_too_deep_are_refused():
    data = b"We act."
    for level in range(6):
        data = zipped({f"{level}.zip": data})
    assert "too deep" in failure(data, "r.zip")
    assert "too deep" in failure(gzip.compress(gzip.compress(gzip.compress(gzip.compress(b"We act.")))))


def test_an_archive_of_too_many_files_is_read_up_to_the_limit():
    found = read(zipped({f"{n}.txt": b"We act." for n in range(9)}), "r.zip", max_archive_members=3)
    assert [type(item) for item in found] == [Document] * 3 + [DocumentFailure]
    assert "6 more files" in found[-1].message  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("member", "what"),
    [("xl/workbook.xml", "XLSX"), ("ppt/presentation.xml", "PPTX"), ("mimetype", "EPUB")],
)
def test_other_office_files_are_refused_by_name(member, what):
    assert what in failure(zipped({member: b"application/epub+zip"}))


def test_an_empty_archive_is_a_failure():
    assert "holds no files" in failure(zipped({}))


def test_a_damaged_archive_is_a_failure():
    data = zipped({"a.txt": b"We act. " * 1000})
    assert "damaged zip" in failure(data[:-40])
    spoilt = data[:45] + b"\xff\xff\xff\xff" + data[49:]
    assert "damaged" in failure(spoilt)


def test_a_locked_member_is_a_failure():
    data = bytearray(zipped({"a.txt": b"We act."}, zipfile.ZIP_STORED))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    assert "password" in failure(bytes(data))


def office(xml: str, member: str = "word/document.xml") -> bytes:
    return zipped({member: xml.encode(), "[Content_Types].xml": b"<x/>"})


def test_an_entity_bomb_in_a_word_document_is_refused():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "lol">{entities}]><w:document xmlns:w="w"><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:document>'
    assert "document type" in failure(office(bomb))


def test_deep_nesting_in_a_word_document_is_survived():
    deep = "<w:p>" * 50_000 + "<w:t>x</w:t>" + "</w:p>" * 50_000
    assert read_one(office(f'<w:document xmlns:w="w">{deep}</w:document>')).text == "x"


def test_a_small_office_file_that_unpacks_to_a_very_long_text_is_refused():
    paragraphs = "<w:p><w:t>We will act.</w:t></w:p>" * 300_000
    assert "as a zip bomb does" in failure(office(f'<w:document xmlns:w="w">{paragraphs}</w:document>'))


def test_a_word_document_that_unpacks_to_gigabytes_is_one_failure():
    huge = b"<w:t>" + b"x" * 300_000_000
    assert failure(
        office("") and zipped({"word/document.xml": b'<w:document xmlns:w="w">' + huge}), parse_memory_bytes=200 << 20
    )
