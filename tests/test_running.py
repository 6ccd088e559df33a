import os
import random
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from classifier import running
from classifier.errors import ModelError, OutputError, UsageError
from classifier.journal import Totals, journal_path, open_journal, part_path
from classifier.readers import ReadOptions, cutting, parsed, read_unparsed
from classifier.records import Document, DocumentFailure
from classifier.running import Recipe, digest_of, links, print_batch, score_blocks, write_batch
from classifier.scoring import ScoreOptions

ROOT = Path(__file__).resolve().parent.parent
KILLS = 30
COUNT = 300
SMALL = 400  # characters in a block, so that a short batch has many checkpoints

# What is killed: a batch of its own process, over inputs that are the same each time.
PROCESS = """
import sys
from pathlib import Path
from classifier.records import Document, DocumentFailure
from classifier.running import Recipe, write_batch

def inputs(count):
    for n in range(count):
        if n % 17 == 3:
            yield DocumentFailure(f"scan-{n}.pdf", "InputError", "damaged")
        else:
            text = f"Taking part in scheme {n} is voluntary.\\nA sanction may follow.\\nPlain words £{n}."
            yield Document(f"text-{n}.txt", text, title=f"=T{n}", metadata={"n": n})

if __name__ == "__main__":
    model, out, format, count, resume, size = sys.argv[1:]
    recipe = Recipe(model=Path(model), with_text=True, context=1)
    write_batch(inputs(int(count)), recipe, Path(out), format, resume=resume == "resume", block_characters=int(size))
"""
inputs = {}
exec(PROCESS.replace("__main__", ""), inputs)
inputs = inputs["inputs"]


@pytest.fixture
def recipe(tiny_folder):
    return Recipe(model=tiny_folder, with_text=True, context=1)


def start(model, out, kind, resume=False):
    arguments = [str(model), str(out), kind, str(COUNT), "resume" if resume else "fresh", str(SMALL)]
    return subprocess.Popen([sys.executable, "-c", PROCESS, *arguments], cwd=ROOT)


def kill_after_first_write(process, out, seconds):
    while process.poll() is None and not journal_path(out).exists():
        time.sleep(0.001)
    time.sleep(seconds)
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def whole(tiny_folder, tmp_path_factory):
    """The bytes of an uninterrupted batch in each format, and how long its writing took."""
    folder = tmp_path_factory.mktemp("whole")
    found = {}
    for kind in ("jsonl", "csv"):
        out = folder / f"out.{kind}"
        process = start(tiny_folder, out, kind)
        while not journal_path(out).exists():
            time.sleep(0.001)
        began = time.monotonic()
        assert process.wait() == 0
        found[kind] = out.read_bytes(), time.monotonic() - began
    return found


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_batch_killed_at_a_random_moment_resumes_to_the_same_bytes(seed, whole, recipe, tiny_folder, tmp_path):
    chance = random.Random(seed)
    kind = "jsonl" if seed % 2 else "csv"
    expected, seconds = whole[kind]
    out = tmp_path / f"out.{kind}"
    kill_after_first_write(start(tiny_folder, out, kind), out, chance.uniform(0, seconds))
    if seed % 3 == 0:
        kill_after_first_write(start(tiny_folder, out, kind, resume=True), out, chance.uniform(0, seconds) + 0.3)
    assert not out.exists() or out.read_bytes() == expected
    totals = write_batch(inputs(COUNT), recipe, out, kind, resume=True, block_characters=SMALL)
    assert out.read_bytes() == expected
    assert (totals.documents, totals.failures) == (282, 18)
    assert not part_path(out).exists()
    assert not journal_path(out).exists()


@pytest.mark.parametrize("kind", ["jsonl", "csv", "json", "text", "line", "markdown", "sarif", "github"])
def test_the_size_of_blocks_and_an_interruption_leave_no_trace_in_any_format(kind, recipe, tmp_path):
    write_batch(inputs(40), recipe, tmp_path / "a", kind)
    with pytest.raises(KeyboardInterrupt):
        write_batch(interrupted(inputs(40), 25), recipe, tmp_path / "b", kind, block_characters=100)
    assert not (tmp_path / "b").exists()
    write_batch(inputs(40), recipe, tmp_path / "b", kind, resume=True, block_characters=900)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def interrupted(items, after):
    for number, item in enumerate(items):
        if number == after:
            raise KeyboardInterrupt
        yield item


def test_what_was_scored_is_not_scored_again(recipe, tmp_path, monkeypatch):
    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_batch(interrupted(inputs(40), 30), recipe, out, "jsonl", block_characters=1)
    scored = []
    whole_block = running.score_block
    monkeypatch.setattr(running, "score_block", lambda r, block: scored.extend(block) or whole_block(r, block))
    write_batch(inputs(40), recipe, out, "jsonl", resume=True)
    assert [item.name for item in scored] == [item.name for item in inputs(40)][30:]


@pytest.mark.parametrize(
    "damage", ["cut part", "alter part", "cut journal", "junk in journal", "no part", "no journal"]
)
def test_a_damaged_remainder_is_cut_back_to_what_is_sound(damage, recipe, tmp_path):
    write_batch(inputs(40), recipe, tmp_path / "whole.jsonl", "jsonl")
    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_batch(interrupted(inputs(40), 30), recipe, out, "jsonl", block_characters=1)
    part, journal = part_path(out), journal_path(out)
    if damage == "cut part":
        os.truncate(part, part.stat().st_size // 2)
    elif damage == "alter part":
        data = bytearray(part.read_bytes())
        data[len(data) // 2] ^= 1
        part.write_bytes(data)
    elif damage == "cut journal":
        os.truncate(journal, journal.stat().st_size - 10)
    elif damage == "junk in journal":
        journal.write_bytes(journal.read_bytes()[:-200] + b"\n\xff{[\n")
    else:
        (part if damage == "no part" else journal).unlink()
    write_batch(inputs(40), recipe, out, "jsonl", resume=True)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_a_run_killed_between_its_last_two_steps_is_taken_as_done(recipe, tmp_path, monkeypatch):
    out = tmp_path / "out.jsonl"
    monkeypatch.setattr("classifier.journal.discard", lambda out: None)
    write_batch(inputs(10), recipe, out, "jsonl")
    monkeypatch.undo()
    before = out.read_bytes()
    assert journal_path(out).exists()
    monkeypatch.setattr(running, "score_block", lambda r, block: pytest.fail("scored again"))
    totals = write_batch(inputs(10), recipe, out, "jsonl", resume=True)
    assert out.read_bytes() == before
    assert totals.documents == 9


def test_without_resume_an_interrupted_run_starts_again(recipe, tmp_path):
    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_batch(interrupted(inputs(40), 30), recipe, out, "jsonl", block_characters=1)
    write_batch(inputs(5), recipe, out, "jsonl")
    assert out.read_text().count('"type":"document"') == 4


def test_resuming_with_other_settings_or_inputs_is_refused(recipe, tmp_path):
    out = tmp_path / "out.jsonl"
    with pytest.raises(KeyboardInterrupt):
        write_batch(interrupted(inputs(40), 30), recipe, out, "jsonl", block_characters=1)
    other = replace(recipe, scoring=ScoreOptions(minimum_probability=0.1))
    with pytest.raises(UsageError, match="other settings"):
        write_batch(inputs(40), other, out, "jsonl", resume=True)
    changed = [Document("new.txt", "New.") if n == 7 else item for n, item in enumerate(inputs(40))]
    with pytest.raises(UsageError, match="inputs have changed"):
        write_batch(changed, recipe, out, "jsonl", resume=True)
    with pytest.raises(UsageError, match="inputs have changed"):
        write_batch(inputs(3), recipe, out, "jsonl", resume=True)
    write_batch(inputs(40), recipe, out, "jsonl", resume=True)
    assert out.exists()


def test_two_runs_never_write_one_output(recipe, tmp_path):
    out = tmp_path / "out.jsonl"
    with open_journal(out, "x", resume=False), pytest.raises(UsageError, match="another run"):
        write_batch(inputs(3), recipe, out, "jsonl")


def test_an_earlier_output_stays_until_the_new_one_is_whole(recipe, tmp_path):
    out = tmp_path / "out.csv"
    out.write_text("yesterday")
    with pytest.raises(KeyboardInterrupt):
        write_batch(interrupted(inputs(40), 30), recipe, out, "csv", block_characters=1)
    assert out.read_text() == "yesterday"
    write_batch(inputs(40), recipe, out, "csv", resume=True)
    assert out.read_text().startswith("record,name")


@pytest.mark.parametrize("kind", ["jsonl", "csv"])
def test_a_full_disk_keeps_what_was_scored(kind, recipe, tmp_path):
    write_batch(inputs(200), recipe, tmp_path / "whole", kind)
    out, before = tmp_path / f"out.{kind}", resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
        with pytest.raises(OutputError, match="--resume"):
            write_batch(inputs(200), recipe, out, kind, block_characters=SMALL)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert not out.exists()
    assert part_path(out).stat().st_size > 30_000
    write_batch(inputs(200), recipe, out, kind, resume=True, block_characters=SMALL)
    assert out.read_bytes() == (tmp_path / "whole").read_bytes()


def test_an_output_in_a_folder_that_is_not_there_is_an_output_error(recipe, tmp_path):
    with pytest.raises(OutputError, match="-o"):
        write_batch(inputs(3), recipe, tmp_path / "no" / "out.jsonl", "jsonl")


def test_many_processes_write_the_same_bytes_as_one(recipe, tmp_path):
    write_batch(inputs(60), recipe, tmp_path / "one.jsonl", "jsonl", block_characters=SMALL)
    write_batch(inputs(60), recipe, tmp_path / "two.jsonl", "jsonl", jobs=2, block_characters=SMALL)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.fixture
def mixed(tmp_path):
    """A folder of good rows, bad rows, blank lines, a row too long and other files; and how to read it anew, still unread."""
    folder = tmp_path / "in"
    folder.mkdir()
    row = '{{"id": "{0}-{1}", "text": "Taking part in scheme {1} is voluntary.\\nPlain words."}}'
    bad = ["", "no row", '{"text": 3}', '{"text": "' + "A sanction may follow. " * 60 + '"}']
    for name in ("a", "d"):
        lines = [bad[n % 4] if n % 5 == 4 else row.format(name, n) for n in range(60)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines))
    (folder / "b.txt").write_text("A sanction may follow.")
    (folder / "c.zip").write_bytes(b"PK\x03\x04 damaged")
    return lambda: read_unparsed([str(folder)], ReadOptions(max_document_bytes=1000))


def test_unread_rows_make_the_same_bytes_in_one_process_and_in_many(mixed, recipe, tmp_path, monkeypatch):
    write_batch(parsed(mixed()), recipe, tmp_path / "parsed.jsonl", "jsonl")
    monkeypatch.setattr(cutting, "_RUN_BYTES", 900)
    for jobs in (1, 2):
        totals = write_batch(mixed(), recipe, tmp_path / f"{jobs}.jsonl", "jsonl", jobs=jobs, block_characters=SMALL)
        assert (totals.documents, totals.failures) == (97, 19)
        assert (tmp_path / f"{jobs}.jsonl").read_bytes() == (tmp_path / "parsed.jsonl").read_bytes()


@pytest.mark.parametrize("runs", [[700, 1100], [1100, 700], [1 << 20, 700]])
def test_an_interrupted_batch_of_unread_rows_resumes_wherever_its_runs_end(runs, mixed, recipe, tmp_path, monkeypatch):
    write_batch(mixed(), recipe, tmp_path / "whole.jsonl", "jsonl")
    out = tmp_path / "out.jsonl"
    for run in runs:
        monkeypatch.setattr(cutting, "_RUN_BYTES", run)
        with pytest.raises(KeyboardInterrupt):
            write_batch(interrupted(mixed(), 2), recipe, out, "jsonl", resume=True, block_characters=SMALL)
    with pytest.raises(UsageError, match="inputs have changed"):
        write_batch(islice(mixed(), 1, None), recipe, out, "jsonl", resume=True)
    write_batch(mixed(), recipe, out, "jsonl", jobs=2, resume=True)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_joblib_decides_where_blocks_are_scored(recipe, tmp_path):
    joblib = pytest.importorskip("joblib")
    write_batch(inputs(60), recipe, tmp_path / "one.jsonl", "jsonl")
    with joblib.parallel_config(backend="threading", n_jobs=3):
        write_batch(inputs(60), recipe, tmp_path / "three.jsonl", "jsonl", jobs=None, block_characters=SMALL)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "three.jsonl").read_bytes()


@pytest.mark.filterwarnings("ignore")
def test_a_dask_cluster_writes_the_same_bytes(recipe, tmp_path):
    distributed = pytest.importorskip("distributed")
    joblib = pytest.importorskip("joblib")
    write_batch(inputs(60), recipe, tmp_path / "one.jsonl", "jsonl")
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None)
    with cluster, distributed.Client(cluster), joblib.parallel_config(backend="dask"):
        write_batch(inputs(60), recipe, tmp_path / "dask.jsonl", "jsonl", jobs=None, block_characters=SMALL)
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "dask.jsonl").read_bytes()


def test_memory_holds_a_few_blocks_however_many_documents_there_are(recipe):
    taken = []

    def counted():
        for item in inputs(200):
            taken.append(item)
            yield item

    first = next(score_blocks(running.blocks(counted(), block_characters=SMALL), recipe, 1))
    assert first.count == len(taken) < 10


def test_progress_is_told_after_each_block(recipe, tmp_path):
    seen = []
    tell = lambda totals: seen.append(totals.documents)  # noqa: E731
    write_batch(inputs(40), recipe, tmp_path / "out.csv", "csv", on_progress=tell, block_characters=SMALL)
    assert seen == sorted(seen)
    assert seen[-1] == 37
    assert len(seen) > 3


def test_findings_can_be_printed_as_they_come(recipe, capsys):
    totals = print_batch(inputs(4), recipe, sys.stdout, "line")
    assert totals == Totals(3, 9, 6, 0, 1, {"sanctions": 3, "voluntary_claim": 3})
    assert "text-0.txt:1:1: flagged voluntary_claim 0.99 Taking part" in capsys.readouterr().out


def test_a_model_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ModelError, match="nowhere"):
        write_batch(inputs(3), Recipe(model=tmp_path / "nowhere"), tmp_path / "out.jsonl", "jsonl")
    assert list(tmp_path.iterdir()) == []


def test_the_chain_depends_on_every_input_and_their_order():
    one, two, failed = Document("a", "x"), Document("b", "x"), DocumentFailure("a", "E", "x")
    chains = {chained(a, b) for a in (one, two, failed) for b in (one, two, failed)}
    assert len(chains) == 9


def chained(*items):
    return links(items, [digest_of(item) for item in items])
