"""What outputs are shown as: lines, and what is behind a line that can be opened."""

from typing import Final, Literal

from kernel.protocol.value import Value

# how pictures reach the screen: as coloured blocks, or by one of the protocols that some terminals have
Pictures = Literal["none", "blocks", "kitty", "sixel"]


class Look(Value):
    """What rich output is fitted to: the pane's columns, the terminal's colours, how it shows pictures."""

    cols: int = 80
    # for a picture that is to be as large as it can: rows that it may fill
    rows: int | None = None
    # 1, 16, 256 or 16777216
    colors: int = 256
    pictures: Pictures = "none"
    # width and height of a character in pixels
    character: tuple[int, int] = (8, 16)


class Fold(Value):
    """Something that opens and closes; the key is its own within one output."""

    key: str


EVERYTHING: Final = frozenset({"*"})
"""Stands for the keys of all folds of an output."""


class Place(Value):
    """A line of a file, counted from 1."""

    path: str
    line: int


class CellLine(Value):
    """A line of the source of the cell with an execution count, from 1."""

    count: int
    line: int


class Figure(Value):
    """A picture that can be seen full screen, or saved; its data is the output's, of this MIME type."""

    mime: str


Target = Fold | Place | CellLine | Figure


class Line(Value):
    """A stored line (`curses_client.text.ansi`), and what opens from it."""

    text: str
    target: Target | None = None
    # whether it stays where it is when a table around it is moved to the side
    stays: bool = False


ALL_COLUMNS: Final = 1 << 30
"""More than any line has."""


class Transmission(Value):
    """A picture that the terminal has to be given before lines with its placeholders mean anything (kitty)."""

    number: int
    png: bytes
    cols: int
    rows: int


class Rendered(Value):
    """An output as lines.

    A table is not wrapped: its first `held_cols` columns and `header` lines stay while the rest of it is scrolled.
    """

    lines: tuple[Line, ...]
    wraps: bool = True
    held_cols: int = 0
    # the lines of the header: from the first of these numbers to before the second
    header: tuple[int, int] = (0, 0)
    transmission: Transmission | None = None
