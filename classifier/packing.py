"""Sums of rows: exact ones, and ones that are never too low at a fraction of the cost. Knows numbers; knows no words.

A row of sixteen numbers is 128 bytes to fetch and sixteen additions. Rounded up to whole steps, from -255 to 255, a number
fits nine bits. Four lie side by side in one 64-bit integer, 16 bits apart, so that one addition adds four. What is added is
`steps + 256`, which is above 0, so that no lane borrows from the next; and up to 128 rows can't fill a lane:

    |  259  |  256  |  248  |  511  |      holds 3, 0, -8 and 255 steps
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.hashing import Integers

Floats = NDArray[np.float64]
Rows = NDArray[np.floating[Any]]

MOST_ROWS = 128
_LANES = 4
_ZERO = 256
_MOST_STEPS = 255
_SLACK = 1e-3  # in steps: more than what the arithmetic of float32 may be off by
_ROOM = 1.25  # rows that come later may be this much larger before every row is packed anew
_PIECE = 4096  # rows that are worked on at a time: memory that is used again is faster than memory that is new
_ABREAST = 64  # rows that are compared as one: numpy is slow at short ones


def exact_sums(rows: Rows, numbers: Integers, edges: Integers) -> Floats:
    """Return, for each i, the sum of `rows[numbers[edges[i] : edges[i + 1]]]`."""
    sums = np.zeros((len(edges) - 1, rows.shape[1]))
    filled = np.flatnonzero(edges[1:] > edges[:-1])
    if len(filled):
        sums[filled] = np.add.reduceat(rows.take(numbers, axis=0).astype(np.float64), edges[filled], axis=0)
    return sums


class PackedRows:
    """The rows of a table that may grow, rounded up and packed. A row lies in one stretch of memory: it is one fetch.

    select: what of the rows is wanted.
    """

    def __init__(self, rows: Rows, select: Callable[[Rows], Rows] = np.asarray) -> None:
        self._select = select
        largest = np.max([_largest(piece) for piece in self._pieces(rows)], axis=0)
        self._steps = np.where(largest > 0, largest * _ROOM / _MOST_STEPS, 1.0)
        self._rows = np.concatenate([self._packed(piece) for piece in self._pieces(rows)])

    def _pieces(self, rows: Rows) -> Iterator[Rows]:
        """Yield what is wanted of the rows, some at a time, and be it none."""
        return (self._select(rows[first : first + _PIECE]) for first in range(0, max(1, len(rows)), _PIECE))

    def put(self, rows: Rows, first: int) -> bool:
        """Replace the rows from `first` on; return False, and do nothing, where they are too many or too large."""
        rows = self._select(rows)
        last = first + len(rows)
        if last > len(self._rows) or (np.abs(rows) > _MOST_STEPS * self._steps).any():
            return False
        self._rows[first:last] = self._packed(rows)
        return True

    def _packed(self, rows: Rows) -> NDArray[np.uint64]:
        lanes = np.zeros((len(rows), -(-rows.shape[1] // _LANES) * _LANES), dtype=np.uint16)
        steps = rows * (1 / self._steps).astype(np.float32)
        steps += _ZERO + _SLACK
        lanes[:, : rows.shape[1]] = np.ceil(steps, out=steps)
        return lanes.view(np.uint64)

    def sums(self, numbers: Integers, edges: Integers) -> Floats:
        """Return what `exact_sums` would, or a little more; nonsense where more than `MOST_ROWS` rows are summed."""
        counts = np.diff(edges)
        filled = np.flatnonzero(counts)
        width = self._rows.shape[1]
        lanes = np.zeros((len(counts), width), dtype=np.uint64)
        if len(filled):
            whole_rows = self._rows.view(f"V{8 * width}").ravel()
            fetched = whole_rows.take(numbers).view(np.uint64).reshape(-1, width)
            for lane in range(width):
                lanes[filled, lane] = np.add.reduceat(fetched[:, lane], edges[filled])
        steps = lanes.view(np.uint16)[:, : len(self._steps)] - float(_ZERO) * counts[:, None]
        return np.asarray(steps * self._steps)


def _largest(rows: Rows) -> Rows:
    """Return the largest absolute value in each column."""
    sizes = np.abs(rows)
    whole = len(rows) - len(rows) % _ABREAST
    abreast = sizes[:whole].reshape(-1, _ABREAST * rows.shape[1]).max(axis=0, initial=0.0).reshape(_ABREAST, -1)
    return np.asarray(np.concatenate([abreast, sizes[whole:]]).max(axis=0))
