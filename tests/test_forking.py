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


def die_at_seven(number: int) -> int:
    if number == 7:
        os.kill(os.getpid(), 9)
    return number


def grow(number: int) -> bytes:
    return bytes([number]) * number * 300_000


def wait_first(number: int) -> int:
    time.sleep(0.3 * (number == 0))
    return number


def test_a_process_that_is_ended_from_outside_is_told_of():
    if not CAN_FORK:
        return
    with pytest.raises(ChildProcessError, match="ended from outside"):
        list(map_forked(die_at_seven, range(20), 2))


def test_a_failure_remembers_where_it_happened():
    if not CAN_FORK:
        return
    with pytest.raises(ValueError) as failure:
        list(map_forked(refuse_seven, [7], 1))
    assert "in refuse_seven" in failure.value.__notes__[0]


def test_values_of_any_size_are_passed_both_ways():
    if not CAN_FORK:
        return
    sizes = [3, 200, 0, 1, 255, 2]
    assert list(map_forked(grow, sizes, 2)) == [grow(n) for n in sizes]
    assert list(map_forked(len, [grow(n) for n in sizes], 3)) == [n * 300_000 for n in sizes]


def test_while_a_result_is_awaited_few_others_wait_for_it():
    if not CAN_FORK:
        return
    taken = []
    results = map_forked(wait_first, (taken.append(n) or n for n in range(100)), 2)
    assert next(results) == 0
    assert len(taken) < 10
    assert list(results) == list(range(1, 100))


def test_nothing_is_left_behind():
    if not CAN_FORK:
        return
    before = sorted(Path("/proc/self/fd").iterdir())
    for _ in range(3):
        list(map_forked(square, range(4), 2))
        next(map_forked(square, range(100), 2))
    assert sorted(Path("/proc/self/fd").iterdir()) == before


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
