"""Running heads and page numbers of a PDF. Knows that they stand at the top or foot of page after page.

DWP Annual Report 2024/25        ← the same on many pages
…
14 | Chapter 2                   ← the same but for its number
"""

import re
from itertools import pairwise

from classifier.readers.pdf_layout import Page, Run

_EDGE_LINES = 3
_FEWEST_PAGES = 3
_FIGURES = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[-–—|\[(]?\s*(?:\d{1,4}|[ivxl]{1,7})\s*[-–—|\])]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)
_NEAR = 6.0
_LARGE = 1.15

Key = tuple[str, int]


def without_furniture(pages: list[Page]) -> list[Page]:
    """Return the pages without running heads, running feet and page numbers."""
    edges = [_edge_runs(page) for page in pages]
    repeated = _repeated(edges)
    heights = {height for _, height in repeated}
    kept = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {run for run in edge if _key(run) in repeated}
        # A head that is on few pages, since its chapter is short, stands where the others stand.
        dropped |= {
            r for r in _outermost(page) if _PAGE_NUMBER.fullmatch(r.text) or (r in edge and _key(r)[1] in heights)
        }
        kept.append([run for run in page if run not in dropped])
    return kept


def _repeated(edges: list[list[Run]]) -> set[Key]:
    """Return what stands in the same place on at least three pages that follow each other, or on both of two pages."""
    pages_of: dict[Key, list[int]] = {}
    for number, edge in enumerate(edges):
        for key in {_key(run) for run in edge}:
            pages_of.setdefault(key, []).append(number)
    needed = 2 if len(edges) == 2 else _FEWEST_PAGES
    return {key for key, numbers in pages_of.items() if _longest_row(numbers) >= needed}


def _longest_row(numbers: list[int]) -> int:
    """Return how many of the page numbers follow each other, left and right pages counting as neighbours of their like.

    >>> _longest_row([2, 4, 6, 20, 31])
    3
    """
    longest = row = 1
    for before, number in pairwise(numbers):
        row = row + 1 if number - before <= 2 else 1
        longest = max(longest, row)
    return longest


def _edge_runs(page: Page) -> list[Run]:
    """Return the runs of the first and last lines of a page that aren't set larger than its text, as headings are."""
    heights = sorted({round(run.bottom) for run in page})
    edges = {*heights[:_EDGE_LINES], *heights[-_EDGE_LINES:]}
    sizes = sorted(run.size for run in page)
    return [run for run in page if round(run.bottom) in edges and run.size <= _LARGE * sizes[len(sizes) // 2]]


def _outermost(page: Page) -> list[Run]:
    if not page:
        return []
    top, foot = max(run.bottom for run in page), min(run.bottom for run in page)
    return [run for run in page if run.bottom > top - 2 or run.bottom < foot + 2]


def _key(run: Run) -> Key:
    """Return what is the same for a running head on every page: its words without figures, and its height."""
    return _FIGURES.sub("#", run.text.lower()), round(run.bottom / _NEAR)
