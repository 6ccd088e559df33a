"""Rows of tables inside documents. Knows only which pieces belong to the row that is being read.

Leeds | 12 | 4.5        short cells, such as figures, make one piece; cells that hold prose stay apart.
"""

from typing import NamedTuple

from classifier.readers.building import Piece

_SHORT_CELL = 60
_MOST_CELLS = 100


class TableRows(NamedTuple):
    """Pieces that wait for their row of a table to end, and where among them each open row began."""

    cells: list[Piece]
    row_starts: list[int]

    def turn_row(self, is_start: bool) -> None:
        """Begin a row, or end the innermost one, which joins its cells if all of them are short."""
        if is_start:
            self.row_starts.append(len(self.cells))
        elif self.row_starts:
            start = self.row_starts.pop()
            filled = [cell for cell in self.cells[start : start + _MOST_CELLS + 1] if cell.text.strip()]
            if 1 < len(filled) <= _MOST_CELLS and all(map(_is_short, filled)):
                ignored = tuple(name for cell in filled for name in cell.ignored)
                self.cells[start:] = [Piece(" | ".join(cell.text.strip() for cell in filled), ignored=ignored)]

    def finished(self) -> list[Piece]:
        """Return what waits for no row any more."""
        if self.row_starts or not self.cells:
            return []
        done = list(self.cells)
        self.cells.clear()
        return done


def _is_short(cell: Piece) -> bool:
    return len(cell.text) <= _SHORT_CELL and cell.role == "paragraph"
