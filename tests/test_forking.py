"""Results in order, few items ahead, failures told: whatever the processes do."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from classifier.forking import CAN_FORK, map_forked


def square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def refuse_seven(number: int) -> int:
    if number == 7:
        raise ValueError("seven")
    return number


def test_results_come_in_order_from_other_processes():
    if not CAN_FORK:
        return
    results = list(map_forked(square, range(50), 2))
    assert [value for value, _ in results] == [number * number for number in range(50)]
    assert os.getpid() not in {process for _, process in results}


def test_only_a_few_items_are_taken_ahead():
    if not CAN_FORK:
        return
    taken = []
    results = map_forked(square, (taken.append(n) or n for n in range(100)), 2)
    next(results)
    assert len(taken) < 10
    results.close()


def test_a_failure_reaches_the_caller():
    if not CAN_FORK:
        return
    with pytest.raises(ValueError, match="seven"):
        list(map_forked(refuse_seven, range(20), 2))


KILLED = """
import os, time
from classifier.forking import map_forked

def name(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep(0.1)

list(map_forked(name, range(100_000), 2))
"""


def test_processes_end_when_their_parent_is_killed():
    if not CAN_FORK:
        return
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, cwd=root) as parent:
        names = {parent.stdout.readline().strip().decode() for _ in range(6)}
        assert "" not in names
        parent.kill()
        parent.wait()
    until = time.monotonic() + 10
    while (left := [name for name in names if is_running(name)]) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []


def is_running(name: str) -> bool:
    """Return whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
