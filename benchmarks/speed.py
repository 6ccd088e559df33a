"""Measures how fast the program starts and scores, beside its peers, in one command: every ratio is of one and the same run.

    pip install -r benchmarks/requirements.txt
    python benchmarks/speed.py --answers ANSWERS.jsonl --labelled LABELLED.jsonl --plain PLAIN_PIPELINE.py

ANSWERS rows: {"url": ..., "text": ...}; LABELLED rows: {"text": ..., "labels": [...]}. PLAIN_PIPELINE.py is the peer for a whole
run: `fit LABELLED MODEL`, then `score MODEL ANSWERS OUT`. `--only start,throughput` leaves the other parts out. What is compared
takes turns, so that other work on the machine falls on both; given are medians, with the least and the most in brackets.
Processor seconds are steadier than seconds on a machine that others use too.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

FRAMING = str(Path(sys.executable).with_name("framing"))
SENTENCE = "Taking part is entirely voluntary, and a job is the best medicine we can prescribe."
REPEATED = 20
FLOOR = """
import sys, orjson
with open(sys.argv[1], "rb") as source, open(sys.argv[2], "wb") as sink:
    for row in map(orjson.loads, source):
        del row["text"]
        sink.write(orjson.dumps({"schema": 1, "type": "document", "name": row.get("url"), "title": "", "date": "", "sentences": 1,
            "flagged_sentences": 0, "unsure_sentences": 0, "flagged": {}, "unsure": {}, "notes": [], "metadata": row,
            "sha256": "0" * 64, "model": "0" * 16}) + b"\\n")
"""


@dataclass(frozen=True)
class Run:
    """One run of a command: seconds, processor seconds with those of its children, and the peak of its largest process in MB."""

    seconds: float
    processor: float
    peak: float


def run(command: Sequence[str]) -> Run:
    """Run a command to its end, without its output; raise if it fails.

    A process's peak is at least that of the one it came from, which is why this one loads numpy only for the parts that come last.
    """
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def in_turns(commands: dict[str, list[str]], repetitions: int) -> dict[str, list[Run]]:
    """Run every command once to warm up, then each in its turn, `repetitions` times."""
    for command in commands.values():
        run(command)
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(repetitions):
        for name, command in commands.items():
            found[name].append(run(command))
    return found


def shown(values: Sequence[float], places: int = 2) -> str:
    """Return the median, with the least and the most."""
    return f"{statistics.median(values):.{places}f} [{min(values):.{places}f}, {max(values):.{places}f}]"


def ratio(one: Sequence[Run], other: Sequence[Run], what: str) -> str:
    """Return how many times more of `what` one command takes than another, turn by turn."""
    return shown([getattr(a, what) / getattr(b, what) for a, b in zip(one, other, strict=True)])


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def runs_table(found: dict[str, list[Run]], against: str, inverse: bool = False) -> str:
    """Return what each command took, and the ratios to one of them."""
    rows = []
    for name, runs in found.items():
        pair = (found[against], runs) if inverse else (runs, found[against])
        figures = [shown([getattr(r, what) for r in runs]) for what in ("seconds", "processor")]
        rows.append(
            [name, *figures, ratio(*pair, "seconds"), ratio(*pair, "processor"), shown([r.peak for r in runs], 0)]
        )
    how = f"{against} / it" if inverse else f"it / {against}"
    return table(["", "seconds", "processor seconds", f"seconds, {how}", f"processor, {how}", "peak MB"], rows)


def start(options: argparse.Namespace, folder: Path) -> str:
    """Return what a check of one sentence costs from cold."""
    commands = {
        "import numpy, typer": [sys.executable, "-c", "import numpy, typer"],
        "framing check SENTENCE": [FRAMING, "check", SENTENCE],
        "python -c pass": [sys.executable, "-c", "pass"],
    }
    return runs_table(in_turns(commands, 4 * options.repetitions), "import numpy, typer")


def throughput(options: argparse.Namespace, folder: Path) -> str:
    """Return what scoring all answers costs, beside the plain pipeline and the floor, in one process and two."""
    answers, plain = str(options.answers), [sys.executable, str(options.plain)]
    subprocess.run([*plain, "fit", str(options.labelled), str(folder / "plain")], check=True, stderr=subprocess.DEVNULL)
    score = [FRAMING, "score", answers, "-o", str(folder / "out.jsonl")]
    commands = {
        "plain pipeline": [*plain, "score", str(folder / "plain"), answers, str(folder / "plain.jsonl")],
        "framing score": score,
        "framing score --jobs 2": [*score, "--jobs", "2"],
        "floor": [sys.executable, "-c", FLOOR, answers, str(folder / "floor.jsonl")],
    }
    found = in_turns(commands, options.repetitions)
    gain = ratio(found["framing score"], found["framing score --jobs 2"], "seconds")
    return runs_table(found, "plain pipeline", inverse=True) + f"\nOne process / two: {gain} in seconds.\n"


def memory(options: argparse.Namespace, folder: Path) -> str:
    """Return the peaks for the answers once and many times over."""
    many = folder / "many.jsonl"
    with many.open("wb") as sink:
        for _ in range(REPEATED):
            sink.write(options.answers.read_bytes())
    rows = []
    for jobs in ("1", "2"):
        once, often = (
            run([FRAMING, "score", str(path), "-o", str(folder / "out.jsonl"), "--jobs", jobs])
            for path in (options.answers, many)
        )
        rows.append(
            [jobs, f"{once.peak:.0f}", f"{often.peak:.0f}", f"{often.peak / once.peak:.2f}", f"{often.seconds:.1f}"]
        )
    many.unlink()
    return table(["jobs", "peak MB, once", f"peak MB, {REPEATED} times", "ratio", "seconds"], rows)


def alone(options: argparse.Namespace, folder: Path) -> str:
    """Return how many sentences a second are scored, already split and in memory, beside fastText."""
    import speed_inside

    found = speed_inside.against_fasttext(options.answers, options.labelled, folder, options.repetitions)
    peer = found["fastText predict"]
    rows = [
        [name, shown(rates, 0), shown([a / b for a, b in zip(rates, peer, strict=True)])]
        for name, rates in found.items()
    ]
    return table(["", "sentences a processor second", "times fastText"], rows)


def stages(options: argparse.Namespace, folder: Path) -> str:
    """Return where the processor's time goes."""
    import speed_inside

    runs = [speed_inside.stages(options.answers) for _ in range(options.repetitions)]
    medians = {name: statistics.median(one[name] for one in runs) for name in runs[0]}
    total = sum(medians.values())
    rows = [[name, f"{1000 * seconds:.0f}", f"{seconds / total:.0%}"] for name, seconds in medians.items()]
    return table(["stage", "milliseconds", "share"], [*rows, ["all", f"{1000 * total:.0f}", "100%"]])


def growth(options: argparse.Namespace, folder: Path) -> str:
    """Return how the time to score pre-split sentences grows with their number, the framings and the features."""
    import speed_inside

    found = speed_inside.growth(options.answers, options.repetitions)
    return "\n".join(
        table([what, "processor seconds"], [[k, shown(v)] for k, v in rows]) for what, rows in found.items()
    )


def parity(options: argparse.Namespace, folder: Path) -> str:
    """Return how far the probabilities are from those that scikit-learn's counts lead to, on every sentence of the answers."""
    import speed_inside

    count, worst = speed_inside.worst_difference(options.answers)
    return f"{count:,} sentences, every probability within {worst:.1e} of the one by scikit-learn's counts.\n"


PARTS: dict[str, Callable[[argparse.Namespace, Path], str]] = {
    "start": start,
    "throughput": throughput,
    "memory": memory,
    "alone": alone,
    "stages": stages,
    "growth": growth,
    "parity": parity,
}


def main() -> None:
    """Read the options and print each part as it is done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--answers", type=Path, required=True, help="JSON lines with url and text")
    parser.add_argument(
        "--labelled", type=Path, required=True, help="JSON lines with text and labels, to fit the peers on"
    )
    parser.add_argument("--plain", type=Path, required=True, help="the plain pipeline's script")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, with commas between")
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.only.split(","):
            print(f"## {name}\n\n{PARTS[name](options, Path(folder))}", flush=True)


if __name__ == "__main__":
    main()
