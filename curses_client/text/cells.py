"""A line as cells: what text that moves the cursor edits."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from curses_client.text.ansi import PLAIN, Style, encode, runs
from curses_client.text.width import character_columns


class Cells:
    """A line as cells: for each column its character, with combining marks, and its style.

    A wide character is followed by an empty cell. Taking a row's line apart gives the same cells again,
    so that it does not matter when a row is packed.
    """

    __slots__ = ("_line", "characters", "styles")

    def __init__(self, line: str) -> None:
        self.characters: list[str] = []
        self.styles: list[Style] = []
        for style, text in runs(line):
            self.write(len(self.characters), text, style)
        self._line: str | None = line

    def line(self) -> str:
        """Return the stored line."""
        if self._line is None:
            self._line = encode(self._runs())
        return self._line

    def write(self, column: int, text: str, style: Style) -> int:
        """Overwrite cells from `column` on; return the column after the text."""
        self.pad(column)
        marks, cells = _cells(text)
        if marks and column:
            target = column - 1 if self.characters[column - 1] else column - 2
            self.characters[target] += marks
        elif marks:
            cells.insert(0, marks)
        end = column + len(cells)
        self._halve(column)
        self._halve(end)
        self.characters[column:end] = cells
        self.styles[column:end] = [style] * len(cells)
        self._line = None
        return end

    def pad(self, column: int) -> None:
        """Fill up with blanks if the row ends before `column`."""
        missing = column - len(self.characters)
        if missing > 0:
            self.characters += " " * missing
            self.styles += [PLAIN] * missing
            self._line = None

    def blank(self, end: int) -> None:
        """Blank the cells before column `end`."""
        end = min(end, len(self.characters))
        self._halve(end)
        self.characters[:end] = " " * end
        self.styles[:end] = [PLAIN] * end
        self._line = None

    def truncate(self, column: int) -> None:
        """Remove the cells from `column` on."""
        self._halve(column)
        del self.characters[column:]
        del self.styles[column:]
        self._line = None

    def _halve(self, column: int) -> None:
        """Replace a wide character by blanks if one of its halves is to go."""
        if 0 < column < len(self.characters) and not self.characters[column]:
            self.characters[column - 1 : column + 1] = "  "

    def _runs(self) -> Iterator[tuple[Style, str]]:
        styles = self.styles
        if not styles or styles.count(styles[0]) == len(styles):
            yield from [(styles[0], "".join(self.characters))] if styles else []
            return
        for style, cells in groupby(zip(styles, self.characters, strict=True), itemgetter(0)):
            yield style, "".join([character for _, character in cells])


def _cells(text: str) -> tuple[str, list[str]]:
    """Split text into cells; marks that belong to a character before the text come separately."""
    if text.isascii():
        return "", list(text)
    begins = [(index, width) for index, one in enumerate(text) if (width := character_columns(one))]
    marks = text[: begins[0][0]] if begins else text
    cells: list[str] = []
    for position, (start, width) in enumerate(begins, 1):
        end = begins[position][0] if position < len(begins) else len(text)
        cells.append(text[start:end])
        if width > 1:
            cells.append("")
    return marks, cells
