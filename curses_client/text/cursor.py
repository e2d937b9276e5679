"""A cursor that moves over rows and prints, as a terminal's does.

Its screen is of endless width, and its bottom is the last row; the top is the tail's first row.
"""

from collections.abc import Callable
from typing import Final

from curses_client.text.ansi import CODE, PLAIN
from curses_client.text.later import later
from curses_client.text.rows import Rows
from curses_client.text.shelf import Shelf

TAB: Final = 8
"""Columns from one tab stop to the next."""

# Filling up to a cursor sent far to the right, or erasing to it, would otherwise cost any amount.
_FARTHEST_JUMP: Final = 1000

_STEP = later(rf"[\n\r\b\t]|\x1b\[(?P<count>[0-9]*)(?P<final>[A-GJK])|(?P<code>{CODE.pattern})")


class Screen:
    """A cursor and a style over rows; the text it gets has passed the filter.

    `column` is None as long as the cursor is at the end of the last row and that row is not in cells,
    which is the case for nearly all output and makes knowing the column needless.
    """

    __slots__ = ("_tail", "_top", "column", "risen", "row", "rows", "style")

    def __init__(self, tail: int, shelf: Shelf | None = None) -> None:
        self.rows = Rows(shelf)
        self.style = PLAIN
        self.row = 0
        self.column: int | None = None
        # the row that the cursor last went up to, until there is a new one: from there on rows are rewritten
        self.risen: int | None = None
        self._tail = tail
        self._top = 0

    @property
    def frozen(self) -> int:
        """How many rows are out of the cursor's reach for ever."""
        return max(self._top, self.rows.last - self._tail + 1, 0)

    @property
    def appends(self) -> bool:
        """Whether text without cursor movement may be given to `append`."""
        return self.column is None

    @property
    def at_end(self) -> bool:
        """Whether the cursor is after the last character."""
        if self.column is None:
            return True
        cells = self.rows.edited.get(self.row)
        return self.row == self.rows.last and cells is not None and self.column == len(cells.characters)

    def append(self, text: str) -> None:
        """Print text with no other controls than newlines and the sequences of stored lines."""
        self.style = self.rows.append(text, self.style)
        if self.row != self.rows.last:
            self.row = self.rows.last
            self.risen = None

    def emulate(self, text: str) -> None:
        """Print text with cursor movement."""
        position = 0
        for step in _STEP.finditer(text):
            if step.start() > position:
                self._write(text[position : step.start()])
            position = step.end()
            if code := step["code"]:
                self.style = self.style.apply_code(code)
            else:
                _STEPS[step["final"] or step[0]](self, int(step["count"] or 0))
        if position < len(text):
            self._write(text[position:])

    def tidy(self) -> None:
        """Pack what is unlikely to change."""
        at_end = self.at_end
        self.rows.freeze(self._tail)
        if at_end and self.rows.last not in self.rows.edited:
            self.column = None

    def _write(self, text: str) -> None:
        if self.column is None:
            self.rows.append_piece(text, self.style)
        else:
            self.column = self.rows.edit(self.row).write(self.column, text, self.style)

    def newline(self, _: int) -> None:
        """Go to the start of the next row, adding one at the end."""
        if self.row == self.rows.last:
            self.rows.finish_last()
            self.risen = None
        self.row += 1
        self._go_to_column(0)

    def carriage_return(self, _: int) -> None:
        """Go to the start of the row."""
        self._go_to_column(0)

    def tab(self, _: int) -> None:
        """Go to the next tab stop, filling up a row that ends before it."""
        stop = (self._known_column() // TAB + 1) * TAB
        self.rows.edit(self.row).pad(stop)
        self._go_to_column(stop)

    def up(self, count: int) -> None:
        """Go up, not above the tail; lines that were once above it stay out of reach."""
        column = self._known_column()
        self._top = self.frozen
        self.row = self.risen = max(self.row - (count or 1), self._top)
        self._go_to_column(column)

    def down(self, count: int) -> None:
        """Go down, not below the last row."""
        column = self._known_column()
        self.row = min(self.row + (count or 1), self.rows.last)
        self._go_to_column(column)

    def right(self, count: int) -> None:
        """Go right, also past the end of the row."""
        column = self._known_column()
        self._go_to_column(max(column, min(column + (count or 1), _FARTHEST_JUMP)))

    def left(self, count: int) -> None:
        """Go left, not past the start of the row."""
        self._go_to_column(max(self._known_column() - (count or 1), 0))

    def to_column(self, number: int) -> None:
        """Go to a column counted from 1."""
        self._go_to_column(min(max(number, 1), max(_FARTHEST_JUMP, self._known_column() + 1)) - 1)

    def erase_in_row(self, mode: int) -> None:
        """Erase from the cursor to the end (0), from the start to the cursor (1) or the row (2)."""
        if self.column is None and mode == 0:
            return
        column = self._known_column()
        cells = self.rows.edit(self.row)
        if mode == 0:
            cells.truncate(column)
        elif mode == 1 and column <= _FARTHEST_JUMP:
            cells.blank(column + 1)
        elif mode == 2:
            cells.truncate(0)

    def erase_below(self, _: int) -> None:
        """Erase from the cursor to the end; its row becomes the last."""
        self.erase_in_row(0)
        if self.row < self.rows.last:
            self.rows.remove_after(self.row)

    def _known_column(self) -> int:
        if self.column is None:
            empty = self.rows.last_is_empty
            self.column = 0 if empty else len(self.rows.edit(self.row).characters)
        return self.column

    def _go_to_column(self, column: int) -> None:
        fresh = column == 0 and self.row == self.rows.last and self.rows.last_is_fresh
        self.column = None if fresh else column


def _next_row(screen: Screen, count: int) -> None:
    screen.down(count)
    screen.carriage_return(0)


def _previous_row(screen: Screen, count: int) -> None:
    screen.up(count)
    screen.carriage_return(0)


_STEPS: dict[str, Callable[[Screen, int], None]] = {
    "\n": Screen.newline,
    "\r": Screen.carriage_return,
    "\b": Screen.left,
    "\t": Screen.tab,
    "A": Screen.up,
    "B": Screen.down,
    "C": Screen.right,
    "D": Screen.left,
    "E": _next_row,
    "F": _previous_row,
    "G": Screen.to_column,
    "J": Screen.erase_below,
    "K": Screen.erase_in_row,
}
