"""The lines of a store: packed ones, then lines, then the last one in pieces; and those that are being edited."""

from itertools import accumulate
from typing import Final

from curses_client.text.ansi import CODE, ESC, PLAIN, Style, plain, switch
from curses_client.text.archive import Archive
from curses_client.text.cells import Cells
from curses_client.text.shelf import Shelf, default_shelf

BLOCK: Final = 1024
"""Lines of a block: so many are packed, and searched, at once."""

# Rows kept as cells between two calls of freeze, because programs redraw the same ones, and within one.
_EDITED_ROWS: Final = 64
_EDITED_AT_ONCE: Final = 1024

# Characters of the lines that are not packed; usual lines have far less. If they have more, only the last lines are
# left, with half of that, and chunks are smaller.
_HEAVY: Final = 1 << 22
_HEAVY_CHUNK: Final = 1 << 20

_RESET: Final = "\x1b[0m"


class Rows:
    """The lines of a store. Rows are numbered from 0; `last` always exists and may be empty.

    `edited` holds rows as cells while they are likely to be edited again; such a row's place among the
    other lines is stale until it is needed.
    """

    __slots__ = ("_archive", "_base", "_end_style", "_lines", "_pieces", "_shelf", "_weight", "edited")

    def __init__(self, shelf: Shelf | None) -> None:
        self.edited: dict[int, Cells] = {}
        self._shelf = shelf
        # the first `_base` lines are packed in the archive, which is there only if it is needed
        self._archive: Archive | None = None
        self._base = 0
        self._lines: list[str] = []
        self._pieces: list[str] = []
        self._end_style = PLAIN
        # about the characters of `_lines`, hardly ever less
        self._weight = 0

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self._base + len(self._lines)

    @property
    def last_is_fresh(self) -> bool:
        """Whether nothing was ever written to the last row."""
        return not self._pieces and self.last not in self.edited

    @property
    def last_is_empty(self) -> bool:
        """Whether the last row shows nothing."""
        cells = self.edited.get(self.last)
        return not (self._pieces if cells is None else cells.characters)

    def append(self, text: str, style: Style) -> Style:
        """Add lines after the last row, which is not in cells; return the style at the end of `text`."""
        *lines, rest = text.split("\n")
        if ESC in text or style != PLAIN or self._end_style != PLAIN:
            lines, rest, style = self._with_styles(lines, rest, style)
        if lines:
            self._pieces.append(lines[0])
            lines[0] = "".join(self._pieces)
            self._weight += len(lines[0]) + len(text)
            self._lines += lines
            self._pieces = []
        if rest:
            self._pieces.append(rest)
        return style

    def append_piece(self, text: str, style: Style) -> None:
        """Add printable text at the end of the last row, which is not in cells."""
        self._pieces.append(switch(self._end_style, style) + text)
        self._end_style = style

    def finish_last(self) -> None:
        """Begin a new last row."""
        cells = self.edited.get(self.last)
        line = "".join(self._pieces) if cells is None else ""
        self._weight += len(line) if cells is None else len(cells.characters)
        self._lines.append(line)
        self._pieces = []
        self._end_style = PLAIN

    def edit(self, row: int) -> "Cells":
        """Return a row as cells."""
        cells = self.edited.get(row)
        if cells is None:
            if len(self.edited) >= _EDITED_AT_ONCE:
                self._settle()
            while row < self._base:
                self._unpack()
            cells = Cells(self._line(row))
            self.edited[row] = cells
            if row == self.last:
                self._pieces = []
        return cells

    def remove_after(self, row: int) -> None:
        """Make `row`, which is in cells, the last one."""
        self.edited = {number: cells for number, cells in self.edited.items() if number <= row}
        del self._lines[row - self._base :]
        self._pieces = []

    def slice(self, start: int, stop: int) -> list[str]:
        """Return the stored lines from `start` to before `stop`."""
        self._refresh()
        base = self._base
        found = self._archive.slice(start, min(stop, base)) if self._archive is not None and start < base else []
        found += self._lines[max(start - base, 0) : max(stop - base, 0)]
        if start <= self.last < stop:
            found.append(self._line(self.last))
        return found

    def text(self, start: int, stop: int) -> str:
        """Return the stored lines from `start` to before `stop`, at least one, joined by newlines."""
        if self._archive is not None and stop <= self._base:
            return self._archive.text(start, stop)
        return "\n".join(self.slice(start, stop))

    def freeze(self, keep: int) -> None:
        """Pack old lines, but not the last `keep`, unless there is very much in those."""
        ready = len(self._lines) - keep
        if ready >= 2 * BLOCK or len(self.edited) > _EDITED_ROWS:
            self._settle()
        if ready >= 2 * BLOCK:
            self._pack(ready - (self._base + ready) % BLOCK)
        if self._weight > _HEAVY:
            self._lighten()

    def _lighten(self) -> None:
        """Pack more lines if those that are not packed are long; they are unpacked if they are edited."""
        self._settle()
        self._weight = sum(map(len, self._lines))
        if self._weight <= _HEAVY:
            return
        lengths = accumulate(map(len, reversed(self._lines)))
        left = sum(length <= _HEAVY // 2 for length in lengths)
        self._pack(len(self._lines) - left)

    def _pack(self, count: int) -> None:
        """Pack the first `count` lines, in chunks that do not reach across the bounds of blocks."""
        lines = self._lines[:count]
        del self._lines[:count]
        start = 0
        while start < count:
            stop = start + BLOCK - self._base % BLOCK
            self._pack_chunk(lines[start:stop])
            start = stop

    def _pack_chunk(self, lines: list[str]) -> None:
        text = "\n".join(lines)
        if len(text) > _HEAVY_CHUNK and len(lines) > 1:
            middle = len(lines) // 2
            self._pack_chunk(lines[:middle])
            self._pack_chunk(lines[middle:])
            return
        if self._archive is None:
            self._archive = Archive(default_shelf() if self._shelf is None else self._shelf)
        self._archive.add(text, len(lines))
        self._base += len(lines)
        self._weight -= len(text)

    def _unpack(self) -> None:
        """Take the last chunk out of the archive: one of its lines is to be edited."""
        assert self._archive is not None
        lines = self._archive.take()
        self._lines[:0] = lines
        self._base -= len(lines)
        self._weight += sum(map(len, lines))

    def _with_styles(self, lines: list[str], rest: str, style: Style) -> tuple[list[str], str, Style]:
        """Make each line begin with the style that the text before it left."""
        prefix = switch(self._end_style, style)
        carried = style.sgr()
        styled = []
        for line in lines:
            styled.append(prefix + line if line else "")
            if ESC in line:
                style = _style_after(style, line)
                carried = style.sgr()
            prefix = carried
        if lines:
            self._end_style = PLAIN
        after = _style_after(style, rest)
        if not plain(rest):
            return styled, "", after
        self._end_style = after
        return styled, prefix + rest, after

    def _line(self, row: int) -> str:
        if cells := self.edited.get(row):
            return cells.line()
        if row < self.last:
            return self._lines[row - self._base]
        self._pieces = ["".join(self._pieces)] if self._pieces else []
        return self._pieces[0] if self._pieces else ""

    def _refresh(self) -> None:
        """Bring the lines of edited rows up to date."""
        base = self._base
        for row, cells in self.edited.items():
            if row < self.last:
                self._lines[row - base] = cells.line()

    def _settle(self) -> None:
        """Turn all cells into lines."""
        self._refresh()
        if cells := self.edited.get(self.last):
            line = cells.line()
            self._pieces = [line] if line else []
            self._end_style = cells.styles[-1] if line else PLAIN
        self.edited = {}


def _style_after(style: Style, line: str) -> Style:
    if "\x1b]" not in line:
        reset = line.rfind(_RESET)
        if reset >= 0:
            style = Style(link=style.link) if style.link else PLAIN
            line = line[reset + len(_RESET) :]
    if ESC in line:
        for code in CODE.findall(line):
            style = style.apply_code(code)
    return style
