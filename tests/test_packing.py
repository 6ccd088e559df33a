"""Rough sums are never too low, and never much too high."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.packing import MOST_ROWS, PackedRows, exact_sums

ROWS = 40


@given(st.integers(0, 2**32 - 1), st.lists(st.integers(0, MOST_ROWS), max_size=8), st.sampled_from([1e-6, 1.0, 1e6]))
@settings(deadline=None)
def test_a_rough_sum_lies_between_the_exact_one_and_a_step_more_for_each_row(seed, counts, size):
    draw = np.random.default_rng(seed)
    rows = draw.normal(scale=size, size=(ROWS, 6))
    numbers, edges = draw.integers(ROWS, size=sum(counts)), np.cumsum([0, *counts])
    exact, rough = exact_sums(rows, numbers, edges), PackedRows(rows).sums(numbers, edges)
    step = np.abs(rows).max(axis=0) * 1.25 / 127
    assert exact.shape == rough.shape == (len(counts), 6)
    assert (rough >= exact - 1e-9 * size).all()
    assert (rough <= exact + 1.001 * step * np.array([*counts], dtype=float).reshape(-1, 1) + 1e-9 * size).all()


def test_rows_can_be_put_in_later_unless_they_are_too_many_or_too_large():
    rows = np.zeros((4, 3))
    rows[0] = 10.0
    packed = PackedRows(rows)
    assert packed.put(np.full((2, 3), -12.0), 2)
    assert (packed.sums(np.array([0, 2, 3]), np.array([0, 3])) >= -14.0).all()
    assert not packed.put(np.full((2, 3), 1.0), 3)
    assert not packed.put(np.full((1, 3), 13.0), 1)
