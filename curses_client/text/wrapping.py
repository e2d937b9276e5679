"""Lines broken into rows of the screen.

A line may have megabytes, of which a pane shows some rows at a time.  Where the rows of such a line begin is found
once and remembered for the lines that were asked for last, and its rows are made when they are looked at.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, overload

from curses_client.text.ansi import CODE, ESC, PLAIN, Style, runs, switch
from curses_client.text.breaks import breaks
from curses_client.text.clusters import JOINS, WIDTHS, clusters
from curses_client.text.memory import LONG, remembered

Row = list[tuple[Style, str]]
"""One row of the screen as styled runs."""

ELLIPSIS = "…"

# rows from which on not all of them are made at once
_MANY: Final = 160


def wrap_runs(styled: Iterable[tuple[Any, str]], cols: int) -> Sequence[list[tuple[Any, str]]]:
    """Break runs of any looks into rows of at most `cols` columns, at least one row.

    In a window of one column a wide cluster is shown as an ellipsis.
    """
    rows = rows_of_runs(styled, cols)
    return rows if len(rows) > _MANY else list(rows)


def wrap_line(line: str, cols: int) -> Sequence[Row]:
    """Break a stored line into rows, as `wrap_runs` does its runs; a long one takes time only once."""
    rows = rows_of(line, cols)
    return rows if len(rows) > _MANY else list(rows)


def rows_needed(line: str, cols: int) -> int:
    """Return how many rows of `cols` columns the stored line takes: the length of `wrap_line`."""
    cols = max(cols, 1)
    if len(line) < LONG and line.isascii() and ESC not in line:
        return max(1, -(-len(line) // cols))
    return len(rows_of(line, cols))


def rows_of_runs(styled: Iterable[tuple[Any, str]], cols: int) -> "Rows":
    """Return what `wrap_runs` does, as rows that know where in the text they are."""
    return _RunRows([(style, text) for style, text in styled if text], max(cols, 1))


def rows_of(line: str, cols: int) -> "Rows":
    """Return what `wrap_line` does, as rows that know where in the text they are."""
    if len(line) < LONG:
        return rows_of_runs(runs(line), cols)
    return _long_rows(line, max(cols, 1))


class Rows(Sequence[list[tuple[Any, str]]]):
    """Rows that are made when they are looked at.  A place is an index into the plain text of all of them."""

    __slots__ = ()

    def begin(self, number: int) -> int:
        """Return the place at which a row begins."""
        raise NotImplementedError

    def row_of(self, place: int) -> int:
        """Return the row that a place is in; one behind the text is in the last row."""
        raise NotImplementedError

    def _row(self, number: int) -> list[tuple[Any, str]]:
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> list[tuple[Any, str]]: ...

    @overload
    def __getitem__(self, index: slice) -> list[list[tuple[Any, str]]]: ...

    def __getitem__(self, index: int | slice) -> list[tuple[Any, str]] | list[list[tuple[Any, str]]]:
        numbers = range(len(self))[index]
        return self._row(numbers) if isinstance(numbers, int) else [self._row(number) for number in numbers]

    def __iter__(self) -> Iterator[list[tuple[Any, str]]]:
        return map(self._row, range(len(self)))


class _RunRows(Rows):
    """The rows of styled runs."""

    __slots__ = ("_breaks", "_cols", "_offsets", "_runs", "_until")

    def __init__(self, styled: list[tuple[Any, str]], cols: int) -> None:
        self._runs = styled
        self._cols = cols
        # where in each run rows begin, and how many do so in it and those before
        self._breaks: list[Sequence[int]] = []
        self._until: list[int] = []
        # the place at which each run begins
        self._offsets: list[int] = []
        used = total = offset = 0
        for _, text in styled:
            found, used = breaks(text, cols - used, cols)
            total += len(found)
            self._breaks.append(found)
            self._until.append(total)
            self._offsets.append(offset)
            offset += len(text)

    def __len__(self) -> int:
        return 1 + self._until[-1] if self._until else 1

    def begin(self, number: int) -> int:
        """Return the place at which a row begins."""
        run, index = self._begin(number)
        return self._offsets[run] + index if self._offsets else 0

    def row_of(self, place: int) -> int:
        """Return the row that a place is in; one behind the text is in the last row."""
        if not self._runs:
            return 0
        run = bisect_right(self._offsets, place) - 1
        before = self._until[run - 1] if run else 0
        return before + bisect_right(self._breaks[run], place - self._offsets[run])

    def _row(self, number: int) -> list[tuple[Any, str]]:
        first, start = self._begin(number)
        last, stop = self._begin(number + 1) if number + 1 < len(self) else (len(self._runs), 0)
        row: list[tuple[Any, str]] = []
        for index in range(first, min(last + 1, len(self._runs))):
            style, text = self._runs[index]
            part = text[start if index == first else 0 : stop if index == last else None]
            if part:
                row.append((style, _shown(part, self._cols)))
        return row

    def _begin(self, number: int) -> tuple[int, int]:
        """Return where a row begins: in which run, and where in it."""
        if number == 0:
            return 0, 0
        run = bisect_left(self._until, number)
        before = self._until[run - 1] if run else 0
        return run, self._breaks[run][number - before - 1]


class _StoredRows(Rows):
    """The rows of a stored line with many runs: each is again a stored line, the part of this one."""

    __slots__ = ("_cols", "_line", "_places", "_starts", "_styles")

    def __init__(self, line: str, cols: int) -> None:
        self._line = line
        self._cols = cols
        # the place at which each row begins, where that is in the line, and the style there
        self._places = array("Q", [0])
        self._starts = array("Q", [0])
        self._styles = [PLAIN]
        used = passed = 0
        for style, pieces in _stretches(line):
            text = "".join(part for _, part in pieces)
            found, used = breaks(text, cols - used, cols)
            self._places.extend(passed + place for place in found)
            self._starts.extend(_places(found, pieces))
            self._styles += [style] * len(found)
            passed += len(text)

    def __len__(self) -> int:
        return len(self._starts)

    def begin(self, number: int) -> int:
        """Return the place at which a row begins."""
        return self._places[number]

    def row_of(self, place: int) -> int:
        """Return the row that a place is in; one behind the text is in the last row."""
        return bisect_right(self._places, place) - 1

    def _row(self, number: int) -> Row:
        stop = self._starts[number + 1] if number + 1 < len(self._starts) else None
        part = self._line[self._starts[number] : stop]
        return [(style, _shown(text, self._cols)) for style, text in runs(switch(PLAIN, self._styles[number]) + part)]


@remembered
def _long_rows(line: str, cols: int) -> Rows:
    return _StoredRows(line, cols) if ESC in line else rows_of_runs(runs(line), cols)


def _stretches(line: str) -> Iterator[tuple[Style, list[tuple[int, str]]]]:
    """Yield what `runs` does, but each text in the pieces that it has in the line, with their places."""
    pieces: list[tuple[int, str]] = []
    style = current = PLAIN
    begin = 0
    for code in CODE.finditer(line):
        if code.start() > begin:
            if current != style and pieces:
                yield style, pieces
                pieces = []
            style = current
            pieces.append((begin, line[begin : code.start()]))
        current = current.apply_code(code[0])
        begin = code.end()
    if begin < len(line):
        if current != style and pieces:
            yield style, pieces
            pieces = []
        style = current
        pieces.append((begin, line[begin:]))
    if pieces:
        yield style, pieces


def _places(found: Sequence[int], pieces: list[tuple[int, str]]) -> Iterator[int]:
    """Return where in the line the places in the joined pieces are."""
    if not found:
        return
    number = passed = 0
    for place in found:
        while place - passed >= len(pieces[number][1]):
            passed += len(pieces[number][1])
            number += 1
        yield pieces[number][0] + place - passed


def _shown(text: str, cols: int) -> str:
    """Return what is shown of a row's part: a cluster wider than a row as an ellipsis."""
    if text.isascii() or (cols > 1 and JOINS not in map(WIDTHS.__getitem__, text)):
        return text
    return "".join(ELLIPSIS if width > cols else cluster for cluster, width in clusters(text))
