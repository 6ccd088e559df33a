"""Results in order, few items ahead, failures told: whatever the processes do."""

import os

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
