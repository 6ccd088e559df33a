"""Fuzzes the readers, guided by coverage: `python benchmarks/fuzz.py pdf page --minutes 10`; without names, every reader.

Needs `pip install -r benchmarks/requirements.txt` (atheris, which is libFuzzer for Python; Linux or macOS). Each reader runs in
a process of its own, one after another, started again after a crash of native code until its time is over. What must hold:
a reader raises nothing, its offsets and sentences fit its text, its metadata can be written as JSON, and no input of some
kilobytes takes seconds. Every distinct failure is kept as a file in `--out` and printed; the exit code is 1 if there is any.
"""

import argparse
import gzip
import io
import json
import re
import subprocess
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SPECIMENS = ROOT / "tests" / "readers" / "specimens"
SLOW_SECONDS = 2.0
HANG_SECONDS = 30
LIBRARIES = ["classifier", "email", "csv", "zipfile", "gzip", "striprtf", "markdown_it", "mdurl"]

Check = Callable[[bytes], None]
WORDS = {
    "page": "<p> </p> <div <li> <ul> <table> <tr> <td> <blockquote> <q> <br> <h1> <main> <article> <nav <script> <!-- --> hidden class= &#0; &lt <sup> <template>",
    "markdown": "--- # > - * ** ` ``` | [](x) ![ <!-- --> \\ &amp; title: date: 1. ~~~ :--",
    "plain": "\ufeff (a) 1.2 e.g. No. £ “ ” .” … ?!",
    "rtf": "{\\rtf1 \\par \\u8220? \\'92 {\\*\\ { } \\bin9 \\uc1 {\\fonttbl \\ansicpg \\fcharset \\tab \\row \\cell",
    "mail": "From: To: Subject: Date: Content-Type: multipart/mixed; boundary= text/html charset= base64 quoted-printable filename= =?utf-8?q? ?= --b",
    "table": 'text id , ; | " "" body date',
    "json": '"text" "body" "details" "parts" "links" "answerText" "questionText" "value" NaN \\ud800 null [[ {{ <p>',
    "docx": "<w:p> </w:p> <w:r> <w:t> <w:tr> <w:tc> <w:del> <w:ins> <w:tab/> <w:pStyle <w:numPr> w:val= <mc:Fallback> <!DOCTYPE &lt;",
    "odt": "<text:p> </text:p> <text:h> <text:list-item> <text:note> <text:s/> <text:tab/> <table:table-row> <!ENTITY &amp;",
    "pdf": "obj endobj stream endstream xref trailer /Type /Page /Contents /Font BT ET Tj TJ Td Tm /Length /Filter /FlateDecode <feff",
}


def read_as(name: str) -> Check:
    """Return what reads bytes through the dispatch, under a name that settles their kind."""

    def run(data: bytes) -> None:
        from classifier.readers import ReadOptions, read_stream

        for item in read_stream(io.BytesIO(data), name, ReadOptions(max_archive_bytes=1 << 24)):
            hold(item)

    return run


def parse_as(kind: str, wrap: Callable[[bytes], bytes] = bytes) -> Check:
    """Return what parses bytes here, without the separate process that guards users, so that coverage is seen."""

    def run(data: bytes) -> None:
        from classifier.errors import FramingError
        from classifier.readers.building import build_parsed
        from classifier.readers.isolated import parser_of

        try:
            parsed = parser_of(kind)(wrap(data))
        except (FramingError, RecursionError):
            return
        hold(build_parsed("fuzzed", parsed))

    return run


def hold(item: object) -> None:
    """Raise `AssertionError` where a document or failure breaks what every reader promises."""
    from classifier.records import DocumentFailure
    from classifier.sentences import document_spans, quotations
    from classifier.text import normalise

    if isinstance(item, DocumentFailure):
        assert item.message
        return
    text = item.text
    assert text.strip() or item.notes
    assert normalise(text) == text
    text.encode()
    json.dumps(dict(item.metadata), ensure_ascii=False, default=str).encode("utf-8", "replace")
    last = 0
    for block in item.blocks:
        assert last <= block.start < block.end <= len(text)
        assert text[block.start : block.end] == text[block.start : block.end].strip()
        last = block.end
    last = 0
    for start, end in document_spans(item):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        last = end
    assert all(0 <= start < end <= len(text) for start, end in quotations(text))


def as_member(member: str) -> Callable[[bytes], bytes]:
    """Return what puts bytes into an office file as its main part, so that the fuzzer need not learn to zip."""

    def wrap(data: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(member, data)
        return target.getvalue()

    return wrap


def as_utf8(data: bytes) -> bytes:
    """Return bytes as their reader passes them to the parser."""
    return data.decode("utf-8", "replace").encode()


def gzipped(data: bytes) -> None:
    """Read the bytes as a gzip file, and as the contents of one."""
    read_as("fuzzed.gz")(b"\x1f\x8b" + data)
    read_as("fuzzed.gz")(gzip.compress(data, 1))


TARGETS: dict[str, Check] = {
    "plain": read_as("fuzzed.txt"),
    "page": parse_as("page", as_utf8),
    "markdown": parse_as("markdown", as_utf8),
    "json": read_as("fuzzed.json"),
    "jsonl": read_as("fuzzed.jsonl"),
    "table": read_as("fuzzed.csv"),
    "mail": read_as("fuzzed.eml"),
    "docx": parse_as("docx", as_member("word/document.xml")),
    "odt": parse_as("odt", as_member("content.xml")),
    "rtf": parse_as("rtf"),
    "pdf": parse_as("pdf"),
    "parquet": read_as("fuzzed.parquet"),
    "gzip": gzipped,
    "zip": read_as("fuzzed.zip"),
}


def seeds(kind: str, more: Path | None) -> Iterator[bytes]:
    """Yield what the fuzzer begins with: our own specimens of the kind, and the files of `more`."""
    text = "The Rt. Hon. Member said: “We will act.” £1.5bn by 9 a.m.\n\n- one;\n- two.\n"
    files = {"pdf": "*.pdf", "page": "*.html", "parquet": "*.parquet"}
    yield from (path.read_bytes() for path in sorted(SPECIMENS.glob(files.get(kind, "none"))))
    if kind in {"docx", "odt"}:
        member, name = ("word/document.xml", "letter.docx") if kind == "docx" else ("content.xml", "notes.odt")
        with zipfile.ZipFile(SPECIMENS / name) as archive:
            yield archive.read(member)
    if kind == "zip":
        yield (SPECIMENS / "letter.docx").read_bytes()
        yield as_member("a.txt")(text.encode())
    if kind == "json":
        yield from (path.read_bytes() for path in sorted((ROOT / "examples" / "texts").glob("*.json")))
    if kind == "mail":
        yield (
            "From: a@example.gov.uk\nTo: b@example.org\nSubject: =?utf-8?q?Plan_=C2=A31bn?=\nMIME-Version: 1.0\n"
            f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>{text}</p>\n--b\n"
            "Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n\nid,text\n1,We will.\n--b--\n"
        ).encode()
    rows = {
        "jsonl": '{"id": "1", "text": "We will."}\n',
        "table": 'id,text\n1,"We will."\n',
        "rtf": "{\\rtf1\\ansi We will.\\par}",
    }
    yield rows.get(kind, text).encode()
    if more:
        yield from (path.read_bytes()[:200_000] for path in sorted(more.rglob("*")) if path.is_file())


def fuzz_here(kind: str, seconds: int, out: Path, corpus: Path) -> None:
    """Fuzz one reader in this process; does not return."""
    import atheris

    with atheris.instrument_imports(include=LIBRARIES):
        for name in ("readers.dispatch", "readers.isolated", "readers.building", "sentences", "text"):
            __import__(f"classifier.{name}")
        for module in (
            "archives",
            "docx",
            "jsonl",
            "json_documents",
            "mail",
            "markdown",
            "odt",
            "pages",
            "parquet",
            "pdf",
            "rtf",
            "tables",
        ):
            __import__(f"classifier.readers.{module}")
        __import__("striprtf.striprtf"), __import__("markdown_it")
    atheris.Setup(arguments(kind, seconds, out, corpus), recorded(TARGETS[kind], out / kind))
    atheris.Fuzz()


def arguments(kind: str, seconds: int, out: Path, corpus: Path) -> list[str]:
    """Return libFuzzer's arguments; the words of a format are its dictionary."""
    words = corpus.parent / f"{kind}.dict"
    found = WORDS.get({"jsonl": "json"}.get(kind, kind), "id text").split()
    words.write_text("".join(f'"{_quoted(word)}"\n' for word in found))
    limits = [f"-max_total_time={seconds}", f"-timeout={HANG_SECONDS}", "-rss_limit_mb=3000", "-max_len=60000"]
    return [
        "fuzz",
        *limits,
        f"-dict={words}",
        f"-artifact_prefix={out / kind}-native-",
        "-print_final_stats=1",
        str(corpus),
    ]


def _quoted(word: str) -> str:
    """Return a word as libFuzzer's dictionaries write it: all of it in hexadecimal digits."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def recorded(check: Check, prefix: Path) -> Check:
    """Return `check` made to keep each distinct failure, and each much slower input, as a file instead of stopping."""
    seen: set[str] = set()
    slowest = SLOW_SECONDS

    def run(data: bytes) -> None:
        nonlocal slowest
        began = time.perf_counter()
        try:
            check(data)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            name = f"{type(error).__name__}-{Path(where.filename).stem}-{where.lineno}"
            if name not in seen:
                seen.add(name)
                Path(f"{prefix}-{name}").write_bytes(data)
                traceback.print_exc()
        if (taken := time.perf_counter() - began) > 2 * slowest:
            slowest = taken
            Path(f"{prefix}-slow-{taken:.1f}s").write_bytes(data)

    return run


def fuzz(kind: str, minutes: float, out: Path, more: Path | None) -> str:
    """Fuzz one reader for some minutes in processes of its own; return a line that says what came of it."""
    deadline, runs, cover = time.monotonic() + 60 * minutes, 0, "0"
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, seed in enumerate(seeds(kind, more)):
            (corpus / str(number)).write_bytes(seed)
        while (left := int(deadline - time.monotonic())) > 0:
            command = [sys.executable, __file__, "--child", kind, str(left), str(out), str(corpus)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
            runs += sum(map(int, re.findall(r"number_of_executed_units: (\d+)", done.stderr)))
            cover = (re.findall(r"cov: (\d+)", done.stderr) or [cover])[-1]
            (out / f"{kind}.log").write_text(done.stderr[-20_000:])
            if not runs:
                return f"{kind:10} did not start: {done.stderr[-300:]}"
    found = sorted(path.name for path in out.glob(f"{kind}-*"))
    return f"{kind:10} {minutes:5.1f} min  {runs:>9,} inputs  {cover:>6} edges  {', '.join(found) or 'nothing found'}"


def main() -> None:
    """Fuzz the readers named, one after another."""
    if sys.argv[1:2] == ["--child"]:
        kind, seconds, out, corpus = sys.argv[2:]
        fuzz_here(kind, int(seconds), Path(out), Path(corpus))
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("kinds", nargs="*", metavar="READER", help=f"any of {', '.join(TARGETS)} (default: all)")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--out", type=Path, default=Path("fuzzed"), help="folder for failures (default: fuzzed)")
    parser.add_argument("--seeds", type=Path, help="folder with more files to begin with")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for kind in asked.kinds or TARGETS:
        print(fuzz(kind, asked.minutes, asked.out.resolve(), asked.seeds), flush=True)
    sys.exit(any(asked.out.glob("*-*")))


if __name__ == "__main__":
    main()
