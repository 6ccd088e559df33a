"""Measures every reader and writer on a large file of its format: `python benchmarks/formats.py`.

Needs `pip install -r benchmarks/requirements.txt`. The files are made here, of the sentences in `examples/texts`; each
measurement is a process of its own, so that its peak memory is its own too (with that of the separate process in which PDF and
office files are parsed). Text is counted in characters, output in bytes. Give names to measure only some:
`python benchmarks/formats.py pdf csv --megabytes 4`.
"""

import argparse
import csv
import gzip
import io
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from email.message import EmailMessage
from html import escape
from pathlib import Path

from classifier.readers import read_documents
from classifier.records import Document
from classifier.sentences import spans

ROOT = Path(__file__).resolve().parent.parent
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODT = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'


def paragraphs(characters: int, seed: int = 0) -> list[str]:
    """Return paragraphs of one to six sentences from the examples, so many characters in all."""
    chance = random.Random(seed)
    sentences = [
        item.text[start:end]
        for item in read_documents([str(ROOT / "examples" / "texts")])
        if isinstance(item, Document)
        for start, end in spans(item.text)
    ]
    made, count = [], 0
    while count < characters:
        made.append(" ".join(chance.choices(sentences, k=chance.randint(1, 6))))
        count += len(made[-1])
    return made


def rows(found: list[str]) -> Iterator[dict[str, str]]:
    """Yield rows of four paragraphs each."""
    for number in range(0, len(found), 4):
        yield {"id": str(number), "date": "2026-03-04", "text": "\n".join(found[number : number + 4])}


def html(found: Iterable[str]) -> bytes:
    """Return a page with a menu and a footer around its text."""
    body = "".join(
        f"<h2>Part {n}</h2><p>{escape(text)}</p>" if n % 9 == 0 else f"<p>{escape(text)}</p>"
        for n, text in enumerate(found)
    )
    menu = "".join(f"<li><a href='/{n}'>Topic {n}</a></li>" for n in range(40))
    return f"<html><head><title>Large</title></head><body><nav><ul>{menu}</ul></nav><main>{body}</main><footer>©</footer></body></html>".encode()


def packed(**members: str | bytes) -> bytes:
    """Return a zip of members, whose names have `__` for `/` and `_dot_` for a full stop."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return target.getvalue()


def docx(found: list[str]) -> bytes:
    """Return a Word document."""
    body = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in found)
    return packed(word__document_dot_xml=f"<w:document {W}><w:body>{body}</w:body></w:document>")


def odt(found: list[str]) -> bytes:
    """Return an OpenDocument text."""
    body = "".join(f"<text:p>{escape(text)}</text:p>" for text in found)
    content = f"<office:document-content {ODT}><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return packed(mimetype="application/vnd.oasis.opendocument.text", content_dot_xml=content)


def rtf(found: list[str]) -> bytes:
    """Return a Rich Text file."""
    text = "\\par\n".join(found)
    return b"{\\rtf1\\ansi " + "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text).encode() + b"}"


def mail(found: list[str]) -> bytes:
    """Return an e-mail with a plain and an HTML part."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.gov.uk", "b@example.org", "Large"
    message.set_content("\n\n".join(found))
    message.add_alternative(html(found).decode(), subtype="html")
    return bytes(message)


def pdf(found: list[str]) -> bytes:
    """Return a PDF of running pages."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    target, style = io.BytesIO(), getSampleStyleSheet()["BodyText"]
    SimpleDocTemplate(target).build([Paragraph(escape(text), style) for text in found])
    return target.getvalue()


def table(found: list[str]) -> bytes:
    """Return a table with commas."""
    target = io.StringIO()
    writer = csv.DictWriter(target, ("id", "date", "text"))
    writer.writeheader()
    writer.writerows(rows(found))
    return target.getvalue().encode()


def jsonl(found: list[str]) -> bytes:
    """Return JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(found)).encode()


def parquet(found: list[str]) -> bytes:
    """Return a Parquet table."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    target = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows(found))), target, row_group_size=5000)
    return target.getvalue()


def govuk(found: list[str]) -> bytes:
    """Return a page of the Content API."""
    parts = [
        {"title": f"Part {n}", "body": "".join(f"<p>{escape(text)}</p>" for text in found[n::5])} for n in range(5)
    ]
    return json.dumps(
        {"title": "Large", "base_path": "/a", "schema_name": "guide", "details": {"parts": parts}}
    ).encode()


def parliament(found: list[str]) -> bytes:
    """Return a page of results of the written-questions service."""
    answers = (
        {"id": n, "questionText": "To ask.", "answerText": f"<p>{escape(row['text'])}</p>"}
        for n, row in enumerate(rows(found))
    )
    return json.dumps({"results": [{"value": answer, "links": []} for answer in answers]}).encode()


def archive(found: list[str]) -> bytes:
    """Return a zip of web pages of four paragraphs."""
    return packed(**{f"{row['id']}_dot_html": html(row["text"].split("\n")) for row in rows(found)})


# How each file is made, and how much of the text that was asked for it gets: parsers of whole documents are slower.
READERS: dict[str, tuple[Callable[[list[str]], bytes], float]] = {
    "txt": (lambda found: "\n\n".join(found).encode(), 1),
    "md": (
        lambda found: "\n\n".join(
            f"## Part\n\n{text}" if n % 9 == 0 else text for n, text in enumerate(found)
        ).encode(),
        0.25,
    ),
    "html": (html, 0.25),
    "govuk.json": (govuk, 0.25),
    "parliament.json": (parliament, 0.25),
    "pdf": (pdf, 0.05),
    "docx": (docx, 0.25),
    "odt": (odt, 0.25),
    "rtf": (rtf, 0.05),
    "eml": (mail, 0.25),
    "csv": (table, 1),
    "jsonl": (jsonl, 1),
    "parquet": (parquet, 1),
    "jsonl.gz": (lambda found: gzip.compress(jsonl(found), 6), 1),
    "zip": (archive, 0.25),
}
WRITERS = ("text", "line", "json", "csv", "markdown", "sarif", "github", "parquet", "sqlite")


def read(path: Path) -> tuple[int, int]:
    """Return how many documents and characters a file holds."""
    documents = characters = 0
    for item in read_documents([str(path)]):
        if not isinstance(item, Document):
            raise SystemExit(f"{item.name}: {item.message}")
        documents, characters = documents + 1, characters + len(item.text)
    return documents, characters


def write(lines: Path, kind: str) -> tuple[int, int]:
    """Draw a file of one format from record lines; return how many records there were and how many bytes came of them."""
    from classifier.scoring import load_model
    from classifier.writers import options_for, place_file

    out = lines.with_name(f"out.{kind}")
    place_file(lines, out, kind, options_for(None, load_model()))
    size = out.stat().st_size
    out.unlink()
    return sum(b'"type":"document"' in line[:60] for line in lines.open("rb")), size


def child(what: str, path: Path, kind: str) -> None:
    """Do one measurement in this process and print it."""
    began = time.perf_counter()
    count, size = read(path) if what == "read" else write(path, kind)
    seconds = time.perf_counter() - began
    memory = max(own_peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    print(json.dumps([count, size, seconds, memory / 1024]))


def own_peak() -> int:
    """Return the most memory that this process has used, in KiB; what Linux says of itself leaves out that of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(next(line for line in status.read_text().splitlines() if line.startswith("VmHWM")).split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def measured(what: str, path: Path, kind: str, repetitions: int) -> str:
    """Return a line of the table: medians of some measurements."""
    found = []
    for _ in range(repetitions):
        command = [sys.executable, __file__, "--child", what, str(path), kind]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"{kind:16} failed: {done.stderr.strip()[-200:]}"
        found.append(json.loads(done.stdout))
    count, size = found[0][:2]
    seconds = statistics.median(row[2] for row in found)
    memory = max(row[3] for row in found)
    return (
        f"{kind:16}{path.stat().st_size / 1e6:>10.1f}{count:>12,}{size / 1e6:>10.1f}{seconds:>10.2f}"
        f"{size / 1e6 / seconds:>10.1f}{count / seconds:>14,.0f}{memory:>10.0f}"
    )


def main() -> None:
    """Make the files, measure, and print two tables."""
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), sys.argv[4])
        return
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=f"any of {', '.join([*READERS, *WRITERS])} (default: all)")
    parser.add_argument("--megabytes", type=float, default=20, help="text in each large file of rows (default: 20)")
    parser.add_argument("--repetitions", type=int, default=3)
    asked = parser.parse_args()
    wanted = asked.names or [*READERS, *WRITERS]
    with tempfile.TemporaryDirectory() as folder:
        print(
            f"{'read':16}{'file, MB':>10}{'documents':>12}{'text, MB':>10}{'seconds':>10}{'MB/s':>10}{'documents/s':>14}{'peak, MB':>10}"
        )
        for kind in [kind for kind in READERS if kind in wanted]:
            make, share = READERS[kind]
            path = Path(folder) / f"large.{kind}"
            path.write_bytes(make(paragraphs(int(asked.megabytes * share * 1e6))))
            print(measured("read", path, kind, asked.repetitions), flush=True)
        if not set(WRITERS) & set(wanted):
            return
        lines = Path(folder) / "records.jsonl"
        rows_file = Path(folder) / "rows.jsonl"
        rows_file.write_bytes(jsonl(paragraphs(int(asked.megabytes * 0.25e6))))
        subprocess.run(
            [sys.executable, "cli.py", "score", rows_file, "-o", lines], cwd=ROOT, check=True, capture_output=True
        )
        print(
            f"\n{'write':16}{'in, MB':>10}{'documents':>12}{'out, MB':>10}{'seconds':>10}{'MB/s':>10}{'documents/s':>14}{'peak, MB':>10}"
        )
        for kind in [kind for kind in WRITERS if kind in wanted]:
            print(measured("write", lines, kind, asked.repetitions), flush=True)


if __name__ == "__main__":
    main()
