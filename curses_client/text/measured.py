"""Long lines by columns: a place in one is found without counting all the columns before it."""

from array import array
from bisect import bisect_right
from itertools import accumulate
from typing import Final

from curses_client.text.ansi import ESC, plain
from curses_client.text.clusters import columns
from curses_client.text.memory import LONG, remembered
from curses_client.text.wrapping import Row, rows_of

# columns of a block
_BLOCK: Final = 1 << 12


class Measured:
    """A stored line in blocks of columns; a place is an index into its plain text."""

    __slots__ = ("_begins", "_rows")

    def __init__(self, line: str) -> None:
        self._rows = rows_of(line, _BLOCK)
        # the column at which each block begins, and that behind the last one
        widths = (sum(columns(text) for _, text in row) for row in self._rows)
        self._begins = array("Q", accumulate(widths, initial=0))

    @property
    def columns(self) -> int:
        """How many columns the line takes."""
        return self._begins[-1]

    def column_of(self, place: int) -> int:
        """Return the column at which the character at a place starts."""
        block = self._rows.row_of(place)
        text = "".join(text for _, text in self._rows[block])
        return self._begins[block] + columns(text[: place - self._rows.begin(block)])

    def before(self, column: int) -> tuple[int, int]:
        """Return the place at which the block with a column begins, and how many columns before that one."""
        block = self._block_of(column)
        return self._rows.begin(block), column - self._begins[block]

    def around(self, start: int, stop: int) -> tuple[Row, int, int]:
        """Return the blocks with the columns from `start` to before `stop`, and the place and column they begin at."""
        first, last = self._block_of(start), self._block_of(stop)
        row = [run for block in range(first, last + 1) for run in self._rows[block]]
        return row, self._rows.begin(first), self._begins[first]

    def _block_of(self, column: int) -> int:
        return min(max(bisect_right(self._begins, column) - 1, 0), len(self._rows) - 1)


@remembered
def measured(line: str) -> Measured:
    """Return what a long line is by columns; it takes time only once."""
    return Measured(line)


def plain_text(line: str) -> str:
    """Return a stored line's text without its sequences; a long one takes time only once."""
    return plain(line) if len(line) < LONG or ESC not in line else _long_plain(line)


_long_plain = remembered(plain)
