"""A cluster of one scheduler and two worker processes on loopback; workers, runs and inputs that fail; any fsspec address."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from classifier.errors import OutputError, UsageError
from classifier.readers import ReadOptions, read_documents
from classifier.running import Recipe, identity_of, write_batch
from classifier.sharding import on_cluster, score_shards
from classifier.shards import Parts, list_shards, read_shard

ROOT = Path(__file__).resolve().parent.parent
SHARDS = 10
ROWS = 2000

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__DAEMON": "false"}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(*arguments, cwd=ROOT):
    return subprocess.Popen(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def stop(process):
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A scheduler of its own process."""
    port = free_port()
    place = tmp_path_factory.mktemp("scheduler")
    process = start(
        "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", cwd=place
    )
    until(lambda: answers(port))
    yield f"tcp://127.0.0.1:{port}"
    stop(process)


@pytest.fixture
def workers(address, tmp_path):
    """Two worker processes; a killed one is not started again."""
    options = [
        "--host",
        "127.0.0.1",
        "--nthreads",
        1,
        "--no-nanny",
        "--no-dashboard",
        "--local-directory",
        tmp_path / "dask",
    ]
    found = [start("-m", "distributed.cli.dask_worker", address, *options, cwd=tmp_path) for _ in range(2)]
    yield found
    for process in found:
        stop(process)


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(holds, seconds=60):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Shards of rows, an unreadable file and an empty row among them."""
    folder = tmp_path_factory.mktemp("texts")
    for number in range(SHARDS):
        rows = (
            {"id": f"{number}-{n}", "text": f"Taking part in scheme {n} is voluntary. A sanction may follow. Plain."}
            for n in range(ROWS)
        )
        (folder / f"rows-{number:02}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 damaged")
    return folder


@pytest.fixture(scope="module")
def expected(texts, tiny_folder, tmp_path_factory):
    """The records of one process, sorted."""
    out = tmp_path_factory.mktemp("one") / "out.jsonl"
    write_batch(read_documents([str(texts)]), Recipe(model=tiny_folder), out, "jsonl")
    return sorted(out.read_bytes().splitlines())


def command(address, texts, out, model):
    return ["cli.py", "score", texts, "-o", f"{out}/", "--cluster", address, "--model", model]


def parts_in(folder):
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def records_in(folder):
    return sorted(line for part in parts_in(folder) for line in part.read_bytes().splitlines())


def is_at_work(out):
    return out.is_dir() and len(parts_in(out)) >= 1 and any(path.name.endswith(".unfinished") for path in out.iterdir())


def test_a_worker_killed_in_mid_run_costs_nothing(address, workers, texts, expected, tiny_folder, tmp_path):
    out = tmp_path / "parts"
    run = start(*command(address, texts, out, tiny_folder))
    until(lambda: is_at_work(out))
    workers[0].send_signal(signal.SIGKILL)
    _, shown = run.communicate(timeout=120)
    assert run.returncode == 3, shown
    assert f"{SHARDS * ROWS:,} documents, " in shown
    assert "1 failure" in shown
    assert len(list(out.iterdir())) == len(parts_in(out)) == SHARDS + 1
    assert records_in(out) == expected


def test_a_killed_run_leaves_no_half_part_and_a_second_one_does_only_what_is_missing(
    address, workers, texts, expected, tiny_folder, tmp_path
):
    out = tmp_path / "parts"
    run = start(*command(address, texts, out, tiny_folder))
    until(lambda: is_at_work(out))
    stop(run)
    before = {path: path.stat().st_mtime_ns for path in parts_in(out)}
    assert 0 < len(before) < SHARDS + 1
    assert set(records_in(out)) <= set(expected)
    again = start(*command(address, texts, out, tiny_folder))
    _, shown = again.communicate(timeout=120)
    assert again.returncode == 3, shown
    assert f"{SHARDS * ROWS:,} documents, " in shown
    assert records_in(out) == expected
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_scheduler_that_is_not_there_is_named(texts, tiny_folder, tmp_path):
    run = start(*command(f"tcp://127.0.0.1:{free_port()}", texts, tmp_path / "parts", tiny_folder))
    _, shown = run.communicate(timeout=120)
    assert run.returncode == 2
    assert "no Dask scheduler answers" in shown
    assert "Traceback" not in shown


def test_the_extra_is_named_where_it_is_missing(tmp_path):
    code = "import sys; sys.modules['distributed'] = None; import cli; cli.main()"
    arguments = ["score", "x", "-o", str(tmp_path), "--cluster", "tcp://127.0.0.1:1"]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'framing[cluster]'" in done.stderr


def test_a_cluster_without_workers_is_refused(address, monkeypatch):
    monkeypatch.setattr("classifier.sharding.CONNECT_SECONDS", 2)
    with pytest.raises(UsageError, match="dask worker"), on_cluster(address):
        pytest.fail("not reached")


def test_a_worker_with_another_model_is_told_of_where_the_run_was_started(
    address, workers, few, tmp_path, tiny_folder, monkeypatch
):
    monkeypatch.setattr("classifier.sharding.identity_of", lambda recipe: f"{identity_of(recipe)}, but here only")
    with on_cluster(address), pytest.raises(UsageError, match="another model"):
        score_shards([str(few)], Recipe(model=tiny_folder), str(tmp_path / "parts"))


@pytest.fixture
def few(tmp_path):
    """Two small inputs."""
    folder = tmp_path / "few"
    folder.mkdir()
    (folder / "a.txt").write_text("It is voluntary.")
    (folder / "b.txt").write_text("A sanction may follow.")
    return folder


@pytest.fixture
def recipe(tiny_folder):
    return Recipe(model=tiny_folder)


def names_in(out):
    return [path.name.partition("-")[0] for path in parts_in(out)]


def test_parts_have_the_same_names_each_time_and_others_when_anything_changes(few, recipe):
    first = list_shards([str(few)], "x")
    assert first == list_shards([str(few)], "x") == list_shards([f"{few}/*.txt", str(few / "a.txt")], "x")
    assert {shard.part for shard in list_shards([str(few)], "y")}.isdisjoint(shard.part for shard in first)
    (few / "a.txt").write_text("It is not voluntary.")
    changed = list_shards([str(few)], "x")
    assert (changed[0].part != first[0].part, changed[1].part) == (True, first[1].part)


def test_a_changed_input_replaces_its_part_and_a_new_one_is_added(few, recipe, tmp_path):
    out = tmp_path / "out"
    assert score_shards([str(few)], recipe, str(out), jobs=1).documents == 2
    (out / ".a-000000000000-111111111111.jsonl.beef.unfinished").write_text("another address")
    (few / "a.txt").write_text("A sanction may follow. Or not.")
    (few / "c.txt").write_text("Plain.")
    totals = score_shards([str(few)], recipe, str(out), jobs=1)
    assert (totals.documents, totals.sentences, names_in(out)) == (3, 4, ["a", "b", "c"])
    assert any("beef" in path.name for path in out.iterdir())


def test_what_a_lost_worker_left_unfinished_is_tidied_away(few, recipe, tmp_path):
    out = tmp_path / "out"
    score_shards([str(few)], recipe, str(out), jobs=1)
    left = out / f".{parts_in(out)[0].name}.beef.unfinished"
    left.write_text('{"half')
    score_shards([str(few)], recipe, str(out), jobs=1)
    assert not left.exists()


def test_a_part_appears_whole_or_not_at_all(tmp_path):
    parts = Parts(str(tmp_path))
    with suppress(KeyboardInterrupt), parts.writing("a.jsonl") as stream:
        stream.write(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with parts.writing("a.jsonl") as stream:
        stream.write(b"whole")
        assert parts.names() & {"a.jsonl"} == set()
    assert (tmp_path / "a.jsonl").read_bytes() == b"whole"


def test_an_input_that_is_not_there_is_a_failure_in_its_part_until_it_is(recipe, tmp_path):
    out, missing = tmp_path / "out", tmp_path / "later.txt"
    assert score_shards([str(missing)], recipe, str(out), jobs=1).failures == 1
    missing.write_text("It is voluntary.")
    totals = score_shards([str(missing)], recipe, str(out), jobs=1)
    assert (totals.documents, totals.failures, names_in(out)) == (1, 0, ["later"])


def test_inputs_and_parts_may_lie_wherever_fsspec_reaches(few, recipe):
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.put(str(few), "/shards", recursive=True)
    totals = score_shards(["memory://shards", "memory://shards/none.txt"], recipe, "memory://found/", jobs=1)
    assert (totals.documents, totals.failures) == (2, 1)
    assert len(memory.ls("/found")) == 3
    assert score_shards(["memory://shards/*.txt"], recipe, "memory://found", jobs=1).documents == 2
    failed = list(read_shard("memory://shards/none.txt", ReadOptions()))
    assert [item.name for item in failed] == ["memory://shards/none.txt"]


def test_an_address_of_an_unknown_kind_and_standard_input_are_refused(recipe, tmp_path):
    with pytest.raises(UsageError, match="nope"):
        score_shards(["nope://a/b"], recipe, str(tmp_path / "out"), jobs=1)
    with pytest.raises(UsageError, match="standard input"):
        score_shards(["-"], recipe, str(tmp_path / "out"), jobs=1)


def test_parts_that_this_machine_does_not_see_are_an_output_error(few, recipe, tmp_path, monkeypatch):
    monkeypatch.setattr("classifier.sharding.make_part", lambda *_: pytest.fail("scored here"))
    elsewhere = tmp_path / "a file"
    elsewhere.write_text("")
    with pytest.raises(OutputError, match="folder"):
        score_shards([str(few)], recipe, str(elsewhere), jobs=1)
