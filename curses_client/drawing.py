"""What a terminal has to be sent so that it shows a frame, given the one that it shows: rows in, bytes out.

Rows that moved are scrolled, and of the others only the columns that changed are written.  Between frames the
terminal has no attribute set, no scroll region and no link open, and its cursor is where the frame has it.
It does not wrap what is too wide (DECAWM is off), so that what one row does never shows in another.

References: ECMA-48 for the control functions, DEC STD 070 for scroll regions, the OSC 8 hyperlink
specification (Egmont Koblinger), and the specification of synchronized output (mode 2026, Contour).
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from curses_client import shift
from curses_client.cells import PLAIN, Cell, Cells, Pen, Row, cells_of, first_difference, is_certain, spans
from curses_client.text.clusters import clusters

BLANK: Final[Row] = ()
# frames longer than so many bytes hide the cursor while it is elsewhere
_QUICK: Final = 48
# frames longer than so many bytes are shown at once, where the terminal can do that
_LARGE: Final = 256
# frames longer than so many bytes may be shorter with something scrolled
_SCROLLED: Final = 64
# blanks at the end of a row that are written rather than erased
_FEW_BLANKS: Final = 3
# the longest address: what VTE, kitty and iTerm2 all take
_URI: Final = 2000
# a control character in text is no control function
_UNPRINTABLE: Final = str.maketrans(dict.fromkeys([*range(0x20), *range(0x7F, 0xA0)], "?"))

_HIDE, _SHOW = "\x1b[?25l", "\x1b[?25h"
_BEGIN, _END = "\x1b[?2026h", "\x1b[?2026l"


class Frame(NamedTuple):
    """What a terminal shows: rows that all have the same number of columns, and column and row of the cursor."""

    rows: Sequence[Row]
    cols: int
    cursor: tuple[int, int] | None


def uri_of(uri: str) -> str:
    """Return an address that a terminal may be told, nothing for another one."""
    return uri if len(uri) <= _URI and uri.isascii() and uri.isprintable() and " " not in uri else ""


def printable(text: str) -> str:
    """Return text as it can be written."""
    return text if text.isascii() and text.isprintable() else text.translate(_UNPRINTABLE)


def draw(old: Frame | None, new: Frame, *, at_once: bool = False) -> bytes:
    """Return what makes a terminal that shows `old` (None: who knows what) show `new`.

    With `at_once` the terminal has synchronized output.
    """
    if old is None or len(old.rows) != len(new.rows) or old.cols != new.cols:
        first, rest = "", _repainted(new)
        was_visible = False
        before = f"{_HIDE}\x1b[m\x1b[r"
    else:
        first, rest = _updated(old, new)
        was_visible = old.cursor is not None
        before = ""
    is_visible = was_visible
    if was_visible and (new.cursor is None or len(first) + len(rest) > _QUICK):
        before, is_visible = _HIDE, False
    after = _SHOW if new.cursor is not None and not is_visible else ""
    if at_once and len(rest) > _LARGE:
        rest = f"{_BEGIN}{rest}{_END}"
    return f"{before}{first}{rest}{after}".encode("utf-8", "replace")


def _repainted(new: Frame) -> str:
    stroke = _Stroke(None, new.cols)
    for y, row in enumerate(new.rows):
        stroke.rewrite(y, 0, cells_of(row))
    return stroke.finished(new.cursor)


def _updated(old: Frame, new: Frame) -> tuple[str, str]:
    """Return what is to be written first and then; on a slow line, what is typed is not to wait for the rest."""
    first = _Stroke(old.cursor, new.cols)
    rows = list(old.rows)
    if new.cursor is not None and new.cursor[1] < len(rows):
        y = new.cursor[1]
        first.change(y, rows[y], new.rows[y])
        rows[y] = new.rows[y]
    begun = first.finished(None)
    plain = _rewritten(_Stroke(first.at, new.cols), rows, new)
    if len(plain) <= _SCROLLED:
        return begun, plain
    weights = [len("".join(text for _, text in row).rstrip()) for row in new.rows]
    moved = shift.find(rows, new.rows, [weight and weight + 8 for weight in weights])
    if moved is None:
        return begun, plain
    stroke = _Stroke(first.at, new.cols)
    stroke.scroll(moved)
    scrolled = _rewritten(stroke, shift.applied(rows, moved, BLANK), new)
    return begun, min(plain, scrolled, key=len)


def _rewritten(stroke: "_Stroke", old: Sequence[Row], new: Frame) -> str:
    for y, (before, after) in enumerate(zip(old, new.rows, strict=True)):
        stroke.change(y, before, after)
    return stroke.finished(new.cursor)


class _Stroke:
    """One way of the cursor over the screen, and what it leaves there."""

    def __init__(self, cursor: tuple[int, int] | None, cols: int) -> None:
        self._parts: list[str] = []
        # column and row of the cursor where they are known
        self.at = cursor
        self._pen = PLAIN
        self._cols = cols

    def finished(self, cursor: tuple[int, int] | None) -> str:
        """Return what was written, with the cursor moved to where it belongs, if it is said where."""
        self._use(PLAIN)
        if cursor is not None:
            self._move(*cursor)
        return "".join(self._parts)

    def scroll(self, moved: shift.Shift) -> None:
        """Move rows; those that come in are blank."""
        top, bottom, by = moved
        self._parts.append(f"\x1b[{top + 1};{bottom + 1}r")
        # a line feed at the bottom margin and a reverse index at the top one are known to every terminal,
        # which `CSI n S` is not (Linux's console)
        self.at = None
        self._move(0, bottom if by > 0 else top)
        self._parts.append("\n" * by if by > 0 else "\x1bM" * -by)
        self._parts.append("\x1b[r")
        self.at = None

    def change(self, y: int, old: Row, new: Row) -> None:
        """Make one row of another."""
        if old == new:
            return
        before = cells_of(old) if old else Cells([(PLAIN, " ")] * self._cols)
        after = cells_of(new)
        if before.tail != after.tail or len(before.cells) != len(after.cells):
            self.rewrite(y, first_difference(before, after), after)
            return
        blank_from = after.blank_from
        for begin, end in spans(before, after):
            seen = min(end, max(begin, blank_from))
            if end - seen <= _FEW_BLANKS:
                seen = end
            if begin < seen:
                self._move(begin, y)
                self._write(after.cells[begin:seen])
            if seen < end:
                self._move(seen, y)
                self._erase()
                return

    def rewrite(self, y: int, begin: int, row: Cells) -> None:
        """Write a row from a column on, over anything."""
        self._move(begin, y)
        if row.tail:
            # how far it reaches is not known, so that what was there has to go first
            self._erase()
            self._write(row.cells[begin:])
            self._write_tail(len(row.cells), row.tail)
            self.at = None
            return
        blank_from = max(row.blank_from, begin)
        self._write(row.cells[begin:blank_from])
        if blank_from < self._cols:
            self._erase()

    def _move(self, x: int, y: int) -> None:
        if self.at == (x, y):
            return
        ways = [f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H" if y else "\x1b[H"]
        if self.at is not None and self.at[1] == y:
            by = x - self.at[0]
            ways.append(f"\x1b[{x + 1}G" if x else "\x1b[G")
            ways.append("\b" * -by if by < 0 else f"\x1b[{by}C" if by > 1 else "\x1b[C")
        self._parts.append(min(ways, key=len))
        self.at = x, y

    def _erase(self) -> None:
        """Erase to the end of the row, in the terminal's own background."""
        self._use(PLAIN)
        self._parts.append("\x1b[K")

    def _write(self, cells: Sequence[Cell]) -> None:
        for pen, char in cells:
            if pen is not self._pen and not (char == " " and pen is PLAIN and self._pen.erases):
                self._use(pen)
            self._parts.append(char)
        if self.at is not None:
            x = self.at[0] + len(cells)
            # where the cursor is behind the last column depends on the terminal
            self.at = (x, self.at[1]) if x < self._cols else None

    def _write_tail(self, x: int, tail: Row) -> None:
        """Write what follows the cells; what stands behind characters of unsure width is put where it belongs."""
        is_sure = True
        for pen, text in tail:
            self._use(pen)
            for cluster, width in clusters(text):
                was_sure, is_sure = is_sure, is_certain(cluster)
                if is_sure and not was_sure and x < self._cols:
                    self._parts.append(f"\x1b[{x + 1}G")
                self._parts.append(cluster)
                x += width

    def _use(self, pen: Pen) -> None:
        before, self._pen = self._pen, pen
        if pen.sgr != before.sgr:
            reset = "0;" if before.sgr and pen.sgr else ""
            self._parts.append(f"\x1b[{reset}{pen.sgr}m")
        if pen.link != before.link:
            self._parts.append(f"\x1b]8;;{pen.link}\x1b\\")
