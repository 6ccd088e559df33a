"""Running heads and page numbers of a PDF. Knows that they stand at the top or foot of page after page.

DWP Annual Report 2024/25        ← the same on many pages
…
14 | Chapter 2                   ← the same but for its number
"""

import re
from collections import Counter

from classifier.readers.pdf_layout import Page, Run

_EDGE_LINES = 3
_FEWEST_PAGES = 3
_FIGURES = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"(?:page\s*)?[-–—|\[(]?\s*(?:\d{1,4}|[ivxl]{1,7})\s*[-–—|\])]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)
_NEAR = 6.0


def without_furniture(pages: list[Page]) -> list[Page]:
    """Return the pages without running heads, running feet and page numbers."""
    edges = [_edge_runs(page) for page in pages]
    seen = Counter(key for page in edges for key in {_key(run) for run in page})
    needed = _FEWEST_PAGES if len(pages) > _FEWEST_PAGES else 2
    kept = []
    for page, edge in zip(pages, edges, strict=True):
        dropped = {run for run in edge if seen[_key(run)] >= needed}
        dropped |= {run for run in _outermost(page) if _PAGE_NUMBER.fullmatch(run.text)}
        kept.append([run for run in page if run not in dropped])
    return kept


def _edge_runs(page: Page) -> list[Run]:
    """Return the runs of the first and last lines of a page."""
    heights = sorted({round(run.bottom) for run in page})
    edges = {*heights[:_EDGE_LINES], *heights[-_EDGE_LINES:]}
    return [run for run in page if round(run.bottom) in edges]


def _outermost(page: Page) -> list[Run]:
    if not page:
        return []
    top, foot = max(run.bottom for run in page), min(run.bottom for run in page)
    return [run for run in page if run.bottom > top - 2 or run.bottom < foot + 2]


def _key(run: Run) -> tuple[str, int]:
    """Return what is the same for a running head on every page: its words without figures, and its height."""
    return _FIGURES.sub("#", run.text.lower()), round(run.bottom / _NEAR)
