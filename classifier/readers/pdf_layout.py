"""Runs of characters on a page → lines in the order in which one reads them. Knows columns; nothing of words.

┌──────── heading ────────┐      a line across the gutter divides the page into bands;
│ first col   third par   │      in each band the left column is read before the right one
│ second par  fourth par  │
"""

from itertools import pairwise
from typing import NamedTuple

_NARROWEST_GUTTER = 8.0
_NARROWEST_COLUMN = 0.2
_MOST_CROSSING = 0.2
_FEWEST_LINES = 4
_FULL_LINE = 0.4
_STEP = 3.0
_MOST_PLACES = 500  # a page may be said to be a mile wide
_MOST_COLUMNS_DEEP = 2


class Run(NamedTuple):
    """Characters that stand side by side: text, horizontal extent, height of the line's foot above the page's, type size."""

    text: str
    left: float
    right: float
    bottom: float
    size: float


class Line(NamedTuple):
    """A line of a column, and the horizontal extent of the column it belongs to."""

    text: str
    left: float
    right: float
    bottom: float
    size: float
    column_left: float
    column_right: float


Page = list[Run]


def lines_of(runs: list[Run], depth: int = 0) -> list[Line]:
    """Return the lines of a page, column after column."""
    gutter = _gutter(runs) if depth < _MOST_COLUMNS_DEEP else None
    if gutter is None:
        return _lines_of_column(runs)
    found: list[Line] = []
    for band in _bands(runs, gutter):
        left = [run for run in band if run.right <= gutter]
        right = [run for run in band if run.left >= gutter and run.right > gutter]
        across = [run for run in band if run.left < gutter < run.right]
        found += [*_lines_of_column(across), *lines_of(left, depth + 1), *lines_of(right, depth + 1)]
    return found


def _gutter(runs: list[Run]) -> float | None:
    """Return where a page of two or more columns of prose divides, or None for a page of one column."""
    if len(runs) < 2 * _FEWEST_LINES:
        return None
    first, last = min(run.left for run in runs), max(run.right for run in runs)
    narrowest = _NARROWEST_COLUMN * (last - first)
    step = max(_STEP, (last - first) / _MOST_PLACES)
    places = [first + narrowest + step * n for n in range(int((last - first - 2 * narrowest) / step))]
    found = [(-_crossing(runs, x), width, x) for x in places if (width := _gutter_width(runs, x, last - first)) > 0]
    return max(found)[2] if found else None


def _crossing(runs: list[Run], x: float) -> int:
    return sum(run.left < x < run.right for run in runs)


def _gutter_width(runs: list[Run], x: float, whole: float) -> float:
    """Return how wide the empty strip at `x` is, or 0 if what stands on both sides doesn't look like columns of prose."""
    left = [run for run in runs if run.right <= x]
    right = [run for run in runs if run.left >= x]
    crossing = len(runs) - len(left) - len(right)
    if min(len(left), len(right)) < _FEWEST_LINES or crossing > _MOST_CROSSING * len(runs):
        return 0.0
    if not (_is_prose(left, whole) and _is_prose(right, whole) and _stand_side_by_side(left, right)):
        return 0.0
    width = min(run.left for run in right) - max(run.right for run in left)
    return width if width >= _NARROWEST_GUTTER else 0.0


def _is_prose(runs: list[Run], whole: float) -> bool:
    """Return whether most lines of a column are full, as they aren't in a table."""
    column = max(run.right for run in runs) - min(run.left for run in runs)
    widths = sorted(run.right - run.left for run in runs)
    return column >= _NARROWEST_COLUMN * whole and widths[len(widths) // 2] >= _FULL_LINE * column


def _stand_side_by_side(left: list[Run], right: list[Run]) -> bool:
    top = min(max(run.bottom for run in left), max(run.bottom for run in right))
    foot = max(min(run.bottom for run in left), min(run.bottom for run in right))
    return top - foot > 2 * left[0].size


def _bands(runs: list[Run], gutter: float) -> list[list[Run]]:
    """Return the runs from the top down, a new list at each line that crosses the gutter."""
    bands: list[list[Run]] = [[]]
    for run in sorted(runs, key=lambda run: -run.bottom):
        if run.left < gutter < run.right and any(not (r.left < gutter < r.right) for r in bands[-1]):
            bands.append([])
        bands[-1].append(run)
    return bands


def _lines_of_column(runs: list[Run]) -> list[Line]:
    """Return the lines of one column from the top down, runs at one height joined from left to right."""
    if not runs:
        return []
    first, last = min(run.left for run in runs), max(run.right for run in runs)
    ordered = sorted(runs, key=lambda run: -run.bottom)
    groups = [[ordered[0]]]
    for before, run in pairwise(ordered):
        is_same_line = before.bottom - run.bottom < 0.4 * min(before.size, run.size)
        if is_same_line:
            groups[-1].append(run)
        else:
            groups.append([run])
    return [_line(sorted(group, key=lambda run: run.left), first, last) for group in groups]


def _line(runs: list[Run], first: float, last: float) -> Line:
    text = " ".join(run.text for run in runs)
    longest = max(runs, key=lambda run: len(run.text))
    right = max(run.right for run in runs)
    return Line(text, runs[0].left, right, longest.bottom, longest.size, first, last)
