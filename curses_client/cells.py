"""The cells of a row: which columns of it a terminal is sure to have changed, and which have to be written.

Terminals differ in how wide they take emoji, combining characters and scripts that are shaped to be.  So only
characters that have one width everywhere become cells.  From the first other one on, the rest of a row is its
tail, which is compared and written as a whole.
"""

from collections.abc import Hashable
from functools import lru_cache
from typing import Final, NamedTuple

# first and last characters that are one column wide wherever they are shown: letters, punctuation, arrows,
# mathematics, boxes and shapes, braille
_NARROW: Final = (
    " ~", "\u00a1\u00ac", "\u00ae\u02ff", "\u0370\u0377", "\u037b\u037d", "\u0391\u03a1", "\u03a3\u0481",
    "\u048a\u052f", "\u2010\u2027", "\u2030\u205e", "\u20a0\u20bf", "\u2190\u22ff", "\u23ce\u23ce", "\u2400\u2426",
    "\u2500\u25fc", "\u2713\u2713", "\u2717\u2717", "\u2800\u28ff",
)  # fmt: skip
# and two columns: kana, Han, Hangul syllables, fullwidth forms
_WIDE: Final = (
    "\u3001\u3029", "\u3041\u3096", "\u30a1\u30fa", "\u3400\u4dbf", "\u4e00\u9fff", "\uac00\ud7a3", "\uff01\uff60",
)  # fmt: skip
# columns that are written again when that saves a cursor movement
_GAP: Final = 6


class Pen(NamedTuple):
    """What a terminal writes with: parameters of SGR, and the address that OSC 8 links to."""

    sgr: str = ""
    link: str = ""
    # whether a blank looks like an erased cell
    erases: bool = True


Run = tuple[Pen, str]
Row = tuple[Run, ...]
Cell = tuple[Pen, str]


class Linked(NamedTuple):
    """An attribute of a canvas with a hyperlink; only text that is drawn with it links to anything."""

    attr: Hashable
    uri: str


PLAIN: Final = Pen()
_BLANK: Final = (PLAIN, " ")


class Cells(NamedTuple):
    """A row by columns: the second column of a wide character is an empty cell."""

    cells: list[Cell]
    # what follows the cells in runs, as its width is the terminal's secret
    tail: Row = ()

    @property
    def blank_from(self) -> int:
        """The column from which on nothing is seen."""
        end = len(self.cells)
        if not self.tail:
            while end and self.cells[end - 1] == _BLANK:
                end -= 1
        return end


def cells_of(row: Row) -> Cells:
    """Return a row by columns."""
    cells: list[Cell] = []
    for number, (pen, text) in enumerate(row):
        if text.isascii():
            cells += (
                [_BLANK if char == " " else (pen, char) for char in text] if pen.erases else [(pen, c) for c in text]
            )
            continue
        for index, char in enumerate(text):
            width = _width(char)
            if not width:
                return Cells(cells, _tail(cells, ((pen, text[index:]), *row[number + 1 :])))
            cells.append(_BLANK if char == " " and pen.erases else (pen, char))
            if width == 2:
                cells.append((pen, ""))
    return Cells(cells)


def is_certain(cluster: str) -> bool:
    """Whether a grapheme cluster is as wide on every terminal."""
    return len(cluster) == 1 and _width(cluster) > 0


@lru_cache(maxsize=8192)
def _width(char: str) -> int:
    """Return how many columns a character takes, 0 where that depends on the terminal."""
    if any(first <= char <= last for first, last in _NARROW):
        return 1
    return 2 if any(first <= char <= last for first, last in _WIDE) else 0


def _tail(cells: list[Cell], rest: Row) -> Row:
    """Return the tail that begins with `rest`, with the cell before it, which it may combine with, moved into it."""
    if not cells:
        return rest
    last = cells.pop()
    if not last[1]:
        last = cells.pop()
    pen, text = rest[0]
    return ((pen, last[1] + text), *rest[1:]) if pen == last[0] else (last, *rest)


def first_difference(old: Cells, new: Cells) -> int:
    """Return the first column in which they differ, the shorter one's length if there is none before."""
    column = 0
    for before, after in zip(old.cells, new.cells, strict=False):
        if before != after:
            break
        column += 1
    return column


def spans(old: Cells, new: Cells) -> list[tuple[int, int]]:
    """Return the columns, from and to, that differ between rows with the same tail and as many cells."""
    found: list[tuple[int, int]] = []
    before, after = old.cells, new.cells
    begin = end = -1
    for column, cell in enumerate(after):
        if cell == before[column]:
            continue
        if begin < 0:
            begin = column
        elif column - end > _GAP:
            found.append((begin, end))
            begin = column
        end = column + 1
    if begin >= 0:
        found.append((begin, end))
    # a wide character is written whole
    return [(begin, end + (end < len(after) and not after[end][1])) for begin, end in found]
