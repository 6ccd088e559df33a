"""Every command, query and sample in `docs/` is run, in a folder that holds nothing but the examples."""

import gzip
import html
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from classifier.config import read_file
from classifier.references import hash_of, words_of
from classifier.scoring import load_model
from classifier.selecting import load_selection
from classifier.writers.formats import FORMATS
from tests.test_hydrating import StandIn, response_of, say

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = ["output.md", "formats.md", "batch.md", "recipes/newsroom.md", "recipes/research.md", "recipes/campaign.md"]
MEASURING = ["labelling.md", "quality.md"]
BENCHMARKS = ["splitting.md", "speed.md"]


def pages(names):
    return {name: (ROOT / "docs" / name).read_text(encoding="utf-8") for name in names}


def install(folder, home):
    """Put `framing` of the checkout at `home` on the path of what is run in `folder`."""
    command, program = folder / "bin" / "framing", home / "cli.py"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{program}" "$@"\n')
    command.chmod(0o755)


def run(command, folder, **more):
    """Run a command in `folder`; return what it printed and told, and fail unless it succeeds."""
    path = os.pathsep.join([str(folder / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, **more}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture
def folder(tmp_path):
    """A folder with the examples, and `framing` on the path."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    install(tmp_path, ROOT)
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_says_can_be_done(page, folder):
    follow(page, pages([page])[page], folder)


def test_what_the_read_me_says_can_be_done(folder):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    setting_up, text = text.split("## Check one text")
    automatic = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert [block for _, block in BLOCK.findall(setting_up) if block.strip() not in automatic] == []
    follow("README.md", text.split("## How good is it?")[0], folder)


def follow(page, text, folder):
    """Do what each block of a page says; what it shows as output must be what was printed."""
    printed, samples = "", []
    for language, block in BLOCK.findall(text):
        if language == "sh":
            printed += run(["sh", "-e", "-c", block], folder)
        elif language == "python":
            samples.append(block)
            run([sys.executable, "-c", "".join(samples)], folder)  # with those before it, as in a notebook
        elif language == "sql":
            with closing(sqlite3.connect(folder / "findings.db")) as database:
                assert database.execute(block).fetchall()
        elif language == "toml":
            (folder / "sample.toml").write_text(block)
            assert read_file(folder / "sample.toml").keys() == tomllib.loads(block).keys()
        elif language == "ignore":
            (folder / ".framingignore").write_text(block)
            assert load_selection(load_model().framings, None, folder / ".framingignore").ignored
        elif language == "html":
            (folder / "sample.html").write_text(block)
            assert " 0 flagged, 0 unsure" in run(["framing", "score", "sample.html", "-o", "sample.csv"], folder)
        elif language != "text":  # commands for a cluster, which tests/test_sharding.py gives on one machine
            assert language == "", page
            made_up = [part for part in block.split("\n\n") if timeless(part) not in timeless(printed)]
            assert made_up == [], f"{page} shows what no command printed"


ADDRESS = "https://questions-statements-api.parliament.uk/api/writtenquestions/questions/{}"
FEW = [json.loads(line) for line in (ROOT / "labelled" / "sentences.jsonl").read_bytes().splitlines()[::100]]
SAID = FEW[100:120]
PEER = "import json, pathlib, sys\npathlib.Path(sys.argv[-1]).write_text(json.dumps(sys.argv[2:]))\n"


def reference(number, row, url):
    """Return the reference to a written row, as if its sentence were somebody else's."""
    words = words_of(row["text"])
    of_text = {"id": f"x{number}", "url": url, "words": len(words), "sha256": hash_of(words)}
    labels = {"labels": row["labels"], "stance": row["stance"], "annotators": ["a"]}
    return {**of_text, **labels, "share": 1.0, "route": "random_other"}


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.fixture
def checkout(tmp_path):
    """A checkout with a small labelled set, and beside it every file that the pages on measuring name."""
    for name in ("classifier", "benchmarks", "models"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "cli.py", tmp_path)
    labelled = tmp_path / "labelled"
    labelled.mkdir()
    shutil.copy(ROOT / "labelled" / "codebook.toml", labelled)
    for name in ("sentences.jsonl", "held-out.jsonl"):
        write_lines(labelled / name, FEW)
    addresses = [ADDRESS.format(number) for number in range(len(SAID))]
    write_lines(labelled / "references.jsonl", map(reference, range(len(SAID)), SAID, addresses))
    write_lines(labelled / "critics.jsonl", [reference(0, SAID[0], "file:critic.txt")])
    rows = [{"url": url, "title": "", "text": row["text"]} for url, row in zip(addresses, SAID, strict=True)]
    for name in ("answers.jsonl", "ANSWERS.jsonl"):
        write_lines(tmp_path / name, rows)
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    (tmp_path / "ARTICLES").mkdir()
    (tmp_path / "ARTICLES" / "critic.txt").write_text(SAID[0]["text"])
    for name in ("FILE.jsonl", "LABELLED.jsonl"):
        write_lines(tmp_path / name, FEW[:200])
    for name in ("alice", "bob"):
        write_lines(tmp_path / f"{name}.jsonl", [{"annotator": name, "id": "q1", "labels": ["voluntary_claim"]}])
    (tmp_path / "PLAIN_PIPELINE.py").write_text(PEER)
    install(tmp_path, tmp_path)
    return tmp_path


@pytest.fixture
def service():
    """A stand-in for the Parliament's service, which has the answers that are referred to."""
    stand_in = StandIn()
    for number, row in enumerate(SAID):
        stand_in.answer(str(number), say(response_of(f"<p>{html.escape(row['text'])}</p>", number)))
    yield stand_in.address
    stand_in.server.shutdown()
    stand_in.server.server_close()


@pytest.mark.parametrize("page", MEASURING)
def test_what_a_page_on_measuring_says_can_be_done(page, checkout, service):
    measure(page, checkout, service)


@pytest.mark.benchmarks
@pytest.mark.parametrize("page", BENCHMARKS)
def test_what_a_page_on_benchmarks_says_can_be_done(page, checkout):
    peers = checkout / "peers"
    measure(page, checkout, "", PIP_TARGET=str(peers), PYTHONPATH=os.pathsep.join([str(checkout), str(peers)]))


IN_PASSING = re.compile(r"`((?:framing|python benchmarks)[ /][^`]+)`")
MENTIONED = {"framing evaluate --on", "framing check --all", "framing hydrate", "framing agreement", "framing score"}
MENTIONED |= {"framing check", "framing explain", "framing train"}  # words of a sentence, no commands to be given
SMALL = {"--megabytes 10": "--megabytes 0.02 --repetitions 1", "fuzz.py": "fuzz.py plain rtf --minutes 0.05"}


def in_passing(kind):
    """Return the commands that stand inside sentences of the read-me and the pages."""
    texts = [(ROOT / "README.md").read_text(encoding="utf-8"), *pages([*PAGES, *MEASURING, *BENCHMARKS]).values()]
    found = {command for text in texts for command in IN_PASSING.findall(BLOCK.sub("", text)) if "…" not in command}
    return sorted(command for command in found - MENTIONED if command.startswith(kind))


@pytest.mark.parametrize("command", in_passing("framing"))
def test_a_command_given_in_passing_can_be_run(command, checkout):
    shutil.copytree(checkout / "labelled", checkout / "FOLDER")
    run(["sh", "-c", command], checkout)


AGREED = re.compile(r"^\| (\w+) \| ([\d,]+) \| ([^|]+) \| ([^|]+) \| ([\d,]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)


def test_the_datasheet_shows_the_agreement_that_its_command_prints(folder):
    shown = AGREED.findall((ROOT / "labelled" / "README.md").read_text(encoding="utf-8"))
    printed = []
    for part in ("written", "real"):
        command = ["framing", "agreement", str(ROOT / "labelled" / f"annotations-{part}.jsonl"), "--format", "json"]
        printed.append(json.loads(run(command, folder)))
    for name, *cells in shown:
        rows = [figures["overall"] if name == "overall" else figures["per_framing"].get(name) for figures in printed]
        assert cells == [cell for row in rows for cell in agreement_cells(row)], name
    assert len(shown) == 16


def agreement_cells(row):
    if row is None:
        return ["0", "undefined", "undefined"]
    return [f"{row['positives']:,}", *(figure_cell(row[name]) for name in ("kappa", "alpha"))]


def figure_cell(figure):
    if figure["value"] is None:
        return "undefined"
    low, high = figure["interval"]
    return f"{figure['value']:.3f} [{low:.2f}, {high:.2f}]"


@pytest.mark.benchmarks
def test_the_benchmarks_given_in_passing_can_be_run(checkout):
    shutil.copytree(ROOT / "examples", checkout / "examples")
    shutil.copytree(ROOT / "tests" / "readers" / "specimens", checkout / "tests" / "readers" / "specimens")
    (checkout / "docs").mkdir()
    peers = checkout / "peers"
    more = {"PIP_TARGET": str(peers), "PYTHONPATH": os.pathsep.join([str(checkout), str(peers)])}
    run(["pip", "install", "--quiet", "-r", "benchmarks/requirements.txt"], checkout, **more)
    run(["framing", "hydrate", "--from", "ANSWERS.jsonl.gz"], checkout)
    for command in in_passing("python"):
        for long, short in SMALL.items():
            command = command.replace(long, short)
        run(["sh", "-c", command], checkout, **more)


def measure(page, checkout, service, **more):
    """Run the commands of a page, those that ask the Parliament at `service`; what it shows was measured on other texts."""
    more = {"PYTHONPATH": str(checkout), "XDG_CACHE_HOME": str(checkout / "cache"), "no_proxy": "127.0.0.1"} | more
    commands = [block for language, block in BLOCK.findall(pages([page])[page]) if language == "sh"]
    assert commands
    for block in commands:
        asking = block.replace(" --live", f" --live --service {service} --interval 0")
        run(["sh", "-e", "-c", asking], checkout, **more)


def timeless(text):
    return re.sub(r"\d+\.\d seconds", "some seconds", text)


def test_every_field_of_the_schema_is_explained():
    page = (ROOT / "docs" / "output.md").read_text(encoding="utf-8")
    kinds = json.loads((ROOT / "docs" / "output.schema.json").read_text(encoding="utf-8"))["$defs"]
    named = {name for kind in kinds.values() for name in kind.get("properties", {})}
    assert {name for name in named if f"`{name}`" not in page and f'"{name}"' not in page} == set()


def test_every_format_and_setting_is_on_its_page():
    from classifier.config import OPTIONS

    formats = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [name for name in FORMATS if f"| `{name}` |" not in formats] == []
    pages = "".join((ROOT / "docs" / page).read_text(encoding="utf-8") for page in PAGES)
    unnamed = [name for name in OPTIONS if f"--{name}" not in pages]
    assert unnamed == []
