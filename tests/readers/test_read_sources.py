"""Files, folders, globs, standard input, languages."""

import io
import os
import sys

import pytest

from classifier.readers import read_documents
from classifier.readers.language import language_note
from classifier.records import Document, DocumentFailure


def names(*sources: str) -> list[str]:
    return [item.name for item in read_documents(sources)]


@pytest.fixture
def folder(in_folder):
    (in_folder / "b").mkdir()
    (in_folder / ".git").mkdir()
    for name in ("b/2.txt", "b/1.txt", "a.txt", ".hidden", ".git/x"):
        (in_folder / name).write_text("We act.")
    return in_folder


def test_a_folder_is_read_in_order_without_hidden_files(folder):
    assert names(".") == ["a.txt", "b/1.txt", "b/2.txt"]


def test_a_glob_is_expanded(folder):
    assert names("b/*.txt") == ["b/1.txt", "b/2.txt"]
    assert names("**/*.txt") == ["a.txt", "b/1.txt", "b/2.txt"]
    assert isinstance(next(read_documents(["*.pdf"])), DocumentFailure)


def test_a_folder_that_matches_a_glob_is_read_as_one(folder):
    assert names("*") == ["a.txt", "b/1.txt", "b/2.txt"]


def test_a_link_that_leads_nowhere_is_a_failure(folder):
    (folder / "b" / "3.txt").symlink_to("nowhere.txt")
    found = list(read_documents(["b"]))
    assert [type(item) for item in found] == [Document, Document, DocumentFailure]


def test_a_file_whose_name_looks_like_a_glob_is_read(folder):
    (folder / "a[1].txt").write_text("We act.")
    assert names("a[1].txt") == ["a[1].txt"]


def test_what_is_missing_is_a_failure_in_its_place(folder):
    found = list(read_documents(["a.txt", "nowhere.txt", "b/1.txt", "nul\0.txt"]))
    assert [type(item) for item in found] == [Document, DocumentFailure, Document, DocumentFailure]
    assert found[1].message == "no such file or folder."


def test_an_empty_folder_is_a_failure(in_folder):
    assert "holds no files" in next(read_documents(["."])).message


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_listed_is_a_failure(folder):
    (folder / "b").chmod(0)
    try:
        assert any(isinstance(item, DocumentFailure) for item in read_documents(["."]))
    finally:
        (folder / "b").chmod(0o700)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes as a name")
def test_a_name_of_any_bytes_can_be_shown(in_folder):
    with open(b"caf\xe9.txt", "w") as file:  # noqa: PTH123 - a name that no string is
        file.write("We act.")
    assert names(".") == ["caf\ufffd.txt"]


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"text": "We act."}\n')))
    assert names("-") == ["<stdin>"] or names("-")


def test_a_stream_given_by_the_caller_stays_open():
    from classifier.readers import ReadOptions, read_stream

    stream = io.BytesIO(b"We act.")
    list(read_stream(stream, "a", ReadOptions()))
    assert not stream.closed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "Welsh",
            "Mae’r llythyr yn dweud bod y swyddfa ar agor ac y bydd rhywun yn ateb y ffôn i bawb sydd am gael help.",
        ),
        ("Arabic", "ستنشر الحكومة التقرير في شهر يونيو وسيقرأه الجميع قبل نهاية العام"),
        ("Urdu", "حکومت یہ رپورٹ جون میں شائع کرے گی اور سب لوگ اسے پڑھیں گے"),
        ("Polish", "Urząd napisał, że list jest gotowy i że nie ma powodu, aby na niego czekać do końca roku."),
        ("French", "Le ministère a écrit que la lettre est prête et que les bureaux sont ouverts pour tous."),
    ],
)
def test_a_text_in_another_language_is_noted(language, text):
    assert language_note(text) == f"not English: looks like {language}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "We act.",
        "Table 1 | 12 | 14",
        "Letters: Leeds, Cardiff, Belfast, Derry, Hull, York, Bath, Ely, Wells, Truro, Ripon, Ayr",
        "a " * 50,
    ],
)
def test_a_short_or_unclear_text_is_not_noted(text):
    assert language_note(text) is None


def test_importing_the_readers_loads_no_library():
    import subprocess

    heavy = "{'selectolax', 'orjson', 'pypdfium2', 'pyarrow', 'pandas', 'numpy', 'markdown_it', 'striprtf', 'docx'}"
    code = f"import sys, classifier.readers; print({heavy} & {{name.split('.')[0] for name in sys.modules}})"
    root = os.pathsep.join(path for path in sys.path if path)
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": root}, check=True
    )
    assert shown.stdout.strip() == "set()"
