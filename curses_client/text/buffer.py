"""The text being edited, its cursor and its selection, as one immutable value.

Every operation returns a new `Buffer`, or the same one when there is nothing to do, so undo is a list of
values and whoever draws can compare two buffers. Positions are (row, column) pairs; columns count code points
and always stand between two grapheme clusters (Unicode Annex 29).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate

from curses_client.text.later import later
from kernel.protocol.value import Value

Position = tuple[int, int]
# The lines before an edit, and how many at their start and at their end it left alone: comparing 10,000 takes 350 us.
Change = tuple[tuple[str, ...], int, int]

INDENT = 4
_CONTROLS = later(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_INDENTATION = later(r"^[ \t]+", re.MULTILINE)
TYPING = "typing"
# all edits of this kind that follow one another are one step, until it is `closed`
SESSION = "session"

_MAX_STEPS = 500
# Each step of a long text holds a tuple of its lines: 2 million references are 16 MB.
_MAX_STEP_LINES = 2_000_000
_WORD_AHEAD = later(r"\W*\w*")


@dataclass(frozen=True, slots=True)
class Buffer:
    """Lines of text with a cursor at (row, col).

    `lines` is never empty and its items hold no line ends. `goal` is the screen column that a run of vertical
    moves tries to keep; `mark` is where the selection began, the cursor being its other end. `change` tells what
    the edit has changed that made these lines, if it is known.
    """

    lines: tuple[str, ...] = ("",)
    row: int = 0
    col: int = 0
    goal: int | None = None
    mark: Position | None = None
    change: Change | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, text: str, end: bool = True) -> Buffer:
        """Make a buffer of `text`, any of the three line ends, with the cursor at its end or its start."""
        lines = tuple(_normal(text).split("\n"))
        return cls(lines, len(lines) - 1, len(lines[-1])) if end else cls(lines)

    @property
    def text(self) -> str:
        """The whole text, its lines joined by newlines."""
        return "\n".join(self.lines)

    @property
    def is_empty(self) -> bool:
        """Whether there is no text at all."""
        return self.lines == ("",)

    @property
    def at_first_line(self) -> bool:
        """Whether moving up has nowhere to go."""
        return self.row == 0

    @property
    def at_last_line(self) -> bool:
        """Whether moving down has nowhere to go."""
        return self.row == len(self.lines) - 1

    @property
    def position(self) -> Position:
        """The cursor as (row, col)."""
        return self.row, self.col

    @property
    def offset(self) -> int:
        """The cursor as a count of code points into `text`, as the Jupyter protocol counts since 5.2."""
        return sum(map(len, self.lines[: self.row])) + self.row + self.col

    @property
    def selection(self) -> tuple[Position, Position] | None:
        """The start and end of the selected text in reading order; None when nothing is selected."""
        if self.mark is None or self.mark == self.position:
            return None
        return min(self.mark, self.position), max(self.mark, self.position)

    @property
    def selected_text(self) -> str:
        """The selected text, empty when nothing is selected."""
        return "" if self.selection is None else self._between(*self.selection)

    def removed(self, after: Buffer) -> str:
        """Return what a deletion took away whose result is `after`: it was at the cursor there."""
        bottom = after.row + len(self.lines) - len(after.lines)
        behind = len(after.lines[after.row]) - after.col
        return self._between(after.position, (bottom, len(self.lines[bottom]) - behind))

    def since(self, offset: int) -> str:
        """Return the text from a count of code points into it up to the cursor; nothing if that is behind it."""
        start = self._positions(offset)[0]
        return self._between(start, self.position) if start < self.position else ""

    def at(self, offset: int) -> Buffer:
        """Put the cursor at a count of code points into `text`; the nearest end if there is no such place."""
        return self._go(*self._positions(offset)[0], select=False)

    def to(self, position: Position, select: bool = False) -> Buffer:
        """Put the cursor at a position, or between the grapheme clusters behind it."""
        return self._go(*position, select=select)

    # -- editing

    def insert(self, text: str) -> Buffer:
        """Put `text` in place of the selection, or at the cursor, and the cursor behind it."""
        start, end = self.selection or (self.position, self.position)
        return self._splice(start, end, _normal(text))

    def newline(self, indent: str = "") -> Buffer:
        """Open a new line at the cursor that begins with `indent`."""
        return self.insert("\n" + indent)

    def delete_left(self, width: int = INDENT) -> Buffer:
        """Delete the selection or what is left of the cursor: in an indentation of spaces, one level."""
        line, col = self.lines[self.row], self.col
        if col and not line[:col].strip(" "):
            return self._delete_to((self.row, (col - 1) // width * width))
        return self._delete_to(self._left())

    def delete_right(self) -> Buffer:
        """Delete the selection or the grapheme right of the cursor; at a line's end, the line's end."""
        return self._delete_to(self._right())

    def delete_word_left(self) -> Buffer:
        """Delete the selection or back to where `word_left` would go."""
        return self._delete_to(self._word_left())

    def delete_word_right(self) -> Buffer:
        """Delete the selection or up to where `word_right` would go."""
        return self._delete_to(self._word_right())

    def kill_line(self) -> tuple[Buffer, str]:
        """Delete to the end of the line, or the line's end itself; also return what was deleted."""
        line = self.lines[self.row]
        end = (self.row, len(line)) if self.col < len(line) else self._right()
        return self._splice(self.position, end, ""), self._between(self.position, end)

    def kill_to_start(self) -> tuple[Buffer, str]:
        """Delete from the start of the line to the cursor; also return what was deleted."""
        start = (self.row, 0)
        return self._splice(start, self.position, ""), self._between(start, self.position)

    def replace(self, start_offset: int, end_offset: int, text: str) -> Buffer:
        """Put `text` in place of a range counted in code points of the whole text, the cursor behind it."""
        start, end = self._positions(start_offset, end_offset)
        return self._splice(start, max(start, end), _normal(text))

    def indent_lines(self, width: int = INDENT) -> Buffer:
        """Move the selected lines, or the cursor's, one level right; of several, not the empty ones."""
        rows = self.touched()
        return self.edit_rows(rows, lambda line: " " * width + line if line or len(rows) == 1 else line)

    def dedent_lines(self, width: int = INDENT) -> Buffer:
        """Move the selected lines, or the cursor's, up to one level to the left."""
        return self.edit_rows(self.touched(), lambda line: _dedented(line, width))

    def transpose(self) -> Buffer:
        """Swap the graphemes around the cursor, or the last two of a line, and step over them."""
        line = self.lines[self.row]
        middle = self.col if self.col < len(line) else _before(line, self.col)
        if middle == 0:
            return self
        start, end = _before(line, middle), _after(line, middle)
        return self._splice((self.row, start), (self.row, end), line[middle:end] + line[start:middle])

    # -- moving: `select` starts or extends the selection, without it the selection is dropped

    def left(self, select: bool = False) -> Buffer:
        """Move over one grapheme, or to the end of the previous line."""
        return self._go(*self._left(), select=select)

    def right(self, select: bool = False) -> Buffer:
        """Move over one grapheme, or to the start of the next line."""
        return self._go(*self._right(), select=select)

    def up(self, select: bool = False) -> Buffer:
        """Move to the line above, near the screen column where the vertical moves began."""
        return self._vertical(-1, select)

    def down(self, select: bool = False) -> Buffer:
        """Move to the line below, near the screen column where the vertical moves began."""
        return self._vertical(+1, select)

    def home(self, select: bool = False) -> Buffer:
        """Move to the first character of the line that is not blank, from there to column 0."""
        line = self.lines[self.row]
        first = len(line) - len(line.lstrip())
        return self._go(self.row, 0 if self.col == first else first, select=select)

    def end(self, select: bool = False) -> Buffer:
        """Move to the end of the line."""
        return self._go(self.row, len(self.lines[self.row]), select=select)

    def word_left(self, select: bool = False) -> Buffer:
        """Move to the start of this or the previous word; from a line's start, to the line above's end."""
        return self._go(*self._word_left(), select=select)

    def word_right(self, select: bool = False) -> Buffer:
        """Move to the end of this or the next word; from a line's end, to the start of the line below."""
        return self._go(*self._word_right(), select=select)

    def top(self, select: bool = False) -> Buffer:
        """Move to the start of the text."""
        return self._go(0, 0, select=select)

    def bottom(self, select: bool = False) -> Buffer:
        """Move to the end of the text."""
        return self._go(len(self.lines) - 1, len(self.lines[-1]), select=select)

    def select_all(self) -> Buffer:
        """Select the whole text, the cursor at its end."""
        return replace(self.bottom(), mark=(0, 0))

    def select_word(self) -> Buffer:
        """Select the word that the cursor is in or at, or the one character behind it."""
        line = self.lines[self.row]
        left = next((col for col in range(self.col, 0, -1) if not _is_word(line[col - 1])), 0)
        right = next((col for col in range(self.col, len(line)) if not _is_word(line[col])), len(line))
        if left == right:
            return self.right(select=True) if self.col < len(line) else self
        return self.to((self.row, left)).to((self.row, right), select=True)

    def select_line(self) -> Buffer:
        """Select the line of the cursor with its end, of the last one without."""
        end = (self.row, len(self.lines[self.row])) if self.at_last_line else (self.row + 1, 0)
        return self.to((self.row, 0)).to(end, select=True)

    # -- the primitives of the above

    def _go(self, row: int, col: int, *, select: bool, goal: int | None = None) -> Buffer:
        mark = (self.mark or self.position) if select else None
        moved = Buffer(self.lines, row, _settled(self.lines[row], col), goal, mark)
        return self if moved == self else moved

    def _vertical(self, step: int, select: bool) -> Buffer:
        row = self.row + step
        goal = _cells(self.lines[self.row], self.col) if self.goal is None else self.goal
        if not 0 <= row < len(self.lines):
            return self._go(self.row, self.col, select=select, goal=goal)
        return self._go(row, _col_at(self.lines[row], goal), select=select, goal=goal)

    def _left(self) -> Position:
        if self.col:
            return self.row, _before(self.lines[self.row], self.col)
        return (self.row - 1, len(self.lines[self.row - 1])) if self.row else self.position

    def _right(self) -> Position:
        line = self.lines[self.row]
        if self.col < len(line):
            return self.row, _after(line, self.col)
        return self.position if self.at_last_line else (self.row + 1, 0)

    def _word_left(self) -> Position:
        if not self.col:
            return self._left()
        line = self.lines[self.row]
        found = _WORD_AHEAD.match(line[: self.col][::-1])
        return self.row, _settled_back(line, self.col - (found.end() if found else 0))

    def _word_right(self) -> Position:
        line = self.lines[self.row]
        if self.col == len(line):
            return self._right()
        found = _WORD_AHEAD.match(line, self.col)
        return self.row, _settled(line, found.end() if found else self.col)

    def _delete_to(self, position: Position) -> Buffer:
        start, end = self.selection or sorted((self.position, position))
        return self._splice(start, end, "")

    def _splice(self, start: Position, end: Position, text: str) -> Buffer:
        """Put normalised `text` in place of what is between two positions, and the cursor behind it."""
        (top, left), (bottom, right) = start, end
        if start == end and not text:
            return self._go(top, left, select=False)
        parts = text.split("\n")
        parts[0] = self.lines[top][:left] + parts[0]
        col = len(parts[-1])
        parts[-1] += self.lines[bottom][right:]
        lines = (*self.lines[:top], *parts, *self.lines[bottom + 1 :])
        change = self.lines, top, len(self.lines) - bottom - 1
        return Buffer(lines, top + len(parts) - 1, _settled(parts[-1], col), change=change)

    def _between(self, start: Position, end: Position) -> str:
        (top, left), (bottom, right) = start, end
        if top == bottom:
            return self.lines[top][left:right]
        return "\n".join((self.lines[top][left:], *self.lines[top + 1 : bottom], self.lines[bottom][:right]))

    def _positions(self, *offsets: int) -> list[Position]:
        """Find the positions of counts of code points into `text`, the nearest end where there is none."""
        start = self.offset - self.col
        if all(start <= offset <= start + len(self.lines[self.row]) for offset in offsets):
            return [(self.row, offset - start) for offset in offsets]
        ends = list(accumulate(map(len, self.lines)))

        def position(offset: int) -> Position:
            row = bisect_left(range(len(ends) - 1), offset, key=lambda row: ends[row] + row)
            start = ends[row] + row - len(self.lines[row])
            return row, min(max(offset - start, 0), len(self.lines[row]))

        return [position(offset) for offset in offsets]

    def touched(self) -> range:
        """Return the rows of the selection, but for one that it only ends at the start of; else the cursor's."""
        if self.selection is None:
            return range(self.row, self.row + 1)
        (top, _), (bottom, right) = self.selection
        return range(top, bottom + 1 if right or bottom == top else bottom)

    def edit_rows(self, rows: range, edit: Callable[[str], str]) -> Buffer:
        """Change the start of each of `rows`; cursor and mark keep their place in the text."""
        edited = tuple(map(edit, self.lines[rows.start : rows.stop]))
        if edited == self.lines[rows.start : rows.stop]:
            return self
        lines = (*self.lines[: rows.start], *edited, *self.lines[rows.stop :])

        def shifted(position: Position) -> Position:
            row, col = position
            # A selection that begins at column 0 goes on covering the whole line.
            moved = max(col + len(lines[row]) - len(self.lines[row]), 0) if col or self.mark is None else 0
            return row, _settled(lines[row], moved)

        row, col = shifted(self.position)
        return Buffer(lines, row, col, mark=self.mark and shifted(self.mark))


class Undo(Value):
    """What can be undone and redone: buffers as they were, the nearest last.

    Bounded to 500 steps, fewer for a text of more than 4,000 lines.
    """

    past: tuple[Buffer, ...] = ()
    future: tuple[Buffer, ...] = ()
    typed_at: Position | None = None
    is_open: bool = False

    def record(self, before: Buffer, kind: str) -> Undo:
        """Keep `before`, which an edit has just changed; forget what had been undone.

        Single characters typed one behind the other, of the kind `TYPING`, make one step for each word with
        the blank that follows it; those of the kind `SESSION` make one step. Any other kind is a step of its own.
        """
        if kind == SESSION and self.is_open:
            return replace(self, future=())
        typed_at = before.position if kind == TYPING else None
        if typed_at and self._continues_word(before):
            return Undo(self.past, (), typed_at)
        steps = max(2, min(_MAX_STEPS, _MAX_STEP_LINES // len(before.lines)))
        # a step holds no lines but its own
        past = (*self.past[1 - steps :], replace(before, change=None))
        return Undo(past, (), typed_at, kind == SESSION)

    def closed(self) -> Undo:
        """Begin a new step with the next edit."""
        return replace(self, is_open=False) if self.is_open else self

    def undo(self, current: Buffer) -> tuple[Undo, Buffer]:
        """Take back the last step; `current` itself when there is none."""
        if not self.past:
            return self, current
        return Undo(self.past[:-1], (*self.future, current)), self.past[-1]

    def redo(self, current: Buffer) -> tuple[Undo, Buffer]:
        """Do again what was undone last; `current` itself when there is nothing."""
        if not self.future:
            return self, current
        return Undo((*self.past, current), self.future[:-1]), self.future[-1]

    def _continues_word(self, before: Buffer) -> bool:
        if self.typed_at is None or before.selection or not self.past:
            return False
        row, col = self.typed_at
        return before.position == (row, col + 1) and not before.lines[row][col].isspace()


def editable(text: str) -> str:
    """Return text from elsewhere as the editor takes it.

    Line ends are newlines, tabs that indent are blanks, and control characters other than tabs are left out.
    """
    text = _CONTROLS.sub("", _normal(text))
    if "\t" not in text:
        return text
    return _INDENTATION.sub(lambda match: match[0].expandtabs(INDENT), text)


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _dedented(line: str, width: int) -> str:
    blank = len(line[:width]) - len(line[:width].lstrip(" "))
    return line[1:] if line.startswith("\t") else line[blank:]


# wcwidth costs 40 ms to import, so the functions below do it when they meet the first line that is not ASCII.


def _before(line: str, col: int) -> int:
    """The start of the grapheme that ends at `col`."""
    if line.isascii():
        return max(col - 1, 0)
    from wcwidth import grapheme_boundary_before

    return int(grapheme_boundary_before(line, col))


def _after(line: str, col: int) -> int:
    """The end of the grapheme that starts at `col`."""
    if line.isascii():
        return min(col + 1, len(line))
    return col + len(next(_graphemes(line, col), ""))


def _settled(line: str, col: int) -> int:
    """The first grapheme boundary at or after `col`."""
    start = _settled_back(line, col)
    return start if start == col or line.isascii() else _after(line, start)


def _settled_back(line: str, col: int) -> int:
    """The last grapheme boundary at or before `col`."""
    return min(col, len(line)) if line.isascii() or col >= len(line) else _before(line, col + 1)


def _cells(line: str, col: int) -> int:
    """How many cells of the screen the text left of `col` takes."""
    if line.isascii():
        return col
    return sum(map(_cells_of, _graphemes(line[:col])))


def _col_at(line: str, cells: int) -> int:
    """The last grapheme boundary with at most `cells` cells of the screen left of it."""
    if line.isascii():
        return min(cells, len(line))
    col = 0
    for grapheme in _graphemes(line):
        cells -= _cells_of(grapheme)
        if cells < 0:
            break
        col += len(grapheme)
    return col


def _graphemes(line: str, start: int = 0) -> Iterator[str]:
    from wcwidth import iter_graphemes

    return iter(iter_graphemes(line, start))


def _cells_of(grapheme: str) -> int:
    from wcwidth import wcswidth

    return max(0, int(wcswidth(grapheme)))
