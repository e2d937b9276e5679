"""Lines broken into rows of the screen.

A line may have megabytes, of which a pane shows some rows at a time.  Where the rows of such a line begin is found
once and remembered for the lines that were asked for last, and its rows are made when they are looked at.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import Any, Final, overload

from curses_client.text.ansi import CODE, ESC, PLAIN, Style, runs, switch
from curses_client.text.clusters import JOINS, WIDTHS, clusters

Row = list[tuple[Style, str]]
"""One row of the screen as styled runs."""

ELLIPSIS = "…"

LONG: Final = 1 << 14
"""Characters from which on a line is long, and what was found out about it is remembered."""

# Characters of the long texts about which it is, if there are several.
_ENOUGH: Final = 1 << 22

_Breaks = tuple[Sequence[int], int]


def wrap_runs(styled: Iterable[tuple[Any, str]], cols: int) -> Sequence[list[tuple[Any, str]]]:
    """Break runs of any looks into rows of at most `cols` columns, at least one row.

    In a window of one column a wide cluster is shown as an ellipsis.
    """
    rows = _Rows([(style, text) for style, text in styled if text], max(cols, 1))
    return rows if len(rows) > LONG // 100 else list(rows)


def wrap_line(line: str, cols: int) -> Sequence[Row]:
    """Break a stored line into rows, as `wrap_runs` does its runs; a long one takes time only once."""
    if len(line) < LONG or ESC not in line:
        return wrap_runs(runs(line), cols)
    return _long_rows(line, max(cols, 1))


def rows_needed(line: str, cols: int) -> int:
    """Return how many rows of `cols` columns the stored line takes: the length of `wrap_line`."""
    cols = max(cols, 1)
    if line.isascii() and ESC not in line:
        return max(1, -(-len(line) // cols))
    return len(wrap_line(line, cols))


class _LazyRows(Sequence[Row]):
    """Rows that are made when they are looked at."""

    __slots__ = ()

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        numbers = range(len(self))[index]
        return self._row(numbers) if isinstance(numbers, int) else [self._row(number) for number in numbers]

    def __iter__(self) -> Iterator[Row]:
        return map(self._row, range(len(self)))

    def _row(self, number: int) -> Row:
        raise NotImplementedError


class _Rows(_LazyRows):
    """The rows of styled runs."""

    __slots__ = ("_breaks", "_cols", "_runs", "_until")

    def __init__(self, styled: Row, cols: int) -> None:
        self._runs = styled
        self._cols = cols
        # where in each run rows begin, and how many do so in it and those before
        self._breaks: list[Sequence[int]] = []
        self._until: list[int] = []
        used = total = 0
        for _, text in styled:
            breaks, used = _MEMORY.breaks(text, cols - used, cols)
            total += len(breaks)
            self._breaks.append(breaks)
            self._until.append(total)

    def __len__(self) -> int:
        return 1 + self._until[-1] if self._until else 1

    def _row(self, number: int) -> Row:
        if len(self) == 1:
            first, start, last, stop = 0, 0, len(self._runs), 0
        else:
            first, start = self._begin(number) if number else (0, 0)
            last, stop = self._begin(number + 1) if number + 1 < len(self) else (len(self._runs), 0)
        row: Row = []
        for index in range(first, min(last + 1, len(self._runs))):
            style, text = self._runs[index]
            part = text[start if index == first else 0 : stop if index == last else None]
            if part:
                row.append((style, _shown(part, self._cols)))
        return row

    def _begin(self, number: int) -> tuple[int, int]:
        """Return where a row begins that is not the first: in which run, and where in it."""
        run = bisect_left(self._until, number)
        before = self._until[run - 1] if run else 0
        return run, self._breaks[run][number - before - 1]


class _StoredRows(_LazyRows):
    """The rows of a stored line with many runs: each is again a stored line, the part of this one."""

    __slots__ = ("_cols", "_line", "_starts", "_styles")

    def __init__(self, line: str, cols: int) -> None:
        self._line = line
        self._cols = cols
        # where each row begins, and the style there
        self._starts = array("Q", [0])
        self._styles = [PLAIN]
        used = 0
        for style, pieces in _stretches(line):
            text = "".join(part for _, part in pieces)
            breaks, used = _breaks(text, cols - used, cols)
            self._starts.extend(_places(breaks, pieces))
            self._styles += [style] * len(breaks)

    def __len__(self) -> int:
        return len(self._starts)

    def _row(self, number: int) -> Row:
        stop = self._starts[number + 1] if number + 1 < len(self._starts) else None
        part = self._line[self._starts[number] : stop]
        return [(style, _shown(text, self._cols)) for style, text in runs(switch(PLAIN, self._styles[number]) + part)]


_long_rows = lru_cache(maxsize=4)(_StoredRows)


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


def _places(breaks: Sequence[int], pieces: list[tuple[int, str]]) -> Iterator[int]:
    """Return where in the line the places in the joined pieces are."""
    if not breaks:
        return
    number = passed = 0
    for place in breaks:
        while place - passed >= len(pieces[number][1]):
            passed += len(pieces[number][1])
            number += 1
        yield pieces[number][0] + place - passed


def _breaks(text: str, room: int, cols: int, known: Sequence[int] = ()) -> _Breaks:
    """Return where in `text` rows begin, the first row having `room` columns, and how many the last one uses.

    The latter includes those that were not in the first row's room. The first breaks may be known already.
    """
    length = len(text)
    if text.isascii():
        breaks = range(room, length, cols)
        return breaks, length - breaks[-1] if breaks else cols - room + length
    found = array("Q", known)
    start, room = (known[-1], cols) if known else (0, room)
    likely = cols + 1
    while True:
        stop, used = _row_end(text, start, room, cols, likely)
        likely = stop - start + 2
        if stop == length:
            return found, used if found else cols - room + used
        found.append(stop)
        start, room = stop, cols


def _row_end(text: str, start: int, room: int, cols: int, length: int) -> tuple[int, int]:
    """Return where a row ends that begins at `start` and has `room` of `cols` columns, and how many it uses.

    It is likely to have less than `length` characters.
    """
    # in a window of one column nothing wide has its width
    while cols > 1:
        piece = text[start : start + length]
        if piece.isascii() and (room < len(piece) or start + len(piece) == len(text)):
            stop = min(start + room, len(text))
            return stop, stop - start
        sums = list(accumulate(map(WIDTHS.__getitem__, piece)))
        stop = bisect_right(sums, room)
        used = sums[stop - 1] if stop else 0
        if stop < len(piece):
            width = sums[stop] - used
            if width < JOINS and (width == 1 or used == room or not _is_joined(text, start + stop)):
                return start + stop, used
            break
        if start + stop == len(text):
            return start + stop, used
        # It is longer than the one before, or there are marks, which take no columns.
        length = max(length * 2, cols + 1)
    return _row_end_by_clusters(text, start, room, cols)


def _is_joined(text: str, index: int) -> bool:
    """Whether what comes after a character and its marks may change its width."""
    index += 1
    while index < len(text) and WIDTHS[text[index]] == 0:
        index += 1
    return index < len(text) and WIDTHS[text[index]] == JOINS


def _row_end_by_clusters(text: str, start: int, room: int, cols: int) -> tuple[int, int]:
    used = 0
    for cluster, width in clusters(text, start):
        width = 1 if width > cols else width
        if used + width > room:
            break
        used += width
        start += len(cluster)
    return start, used


def _shown(text: str, cols: int) -> str:
    """Return what is shown of a row's part: a cluster wider than a row as an ellipsis."""
    if text.isascii() or (cols > 1 and JOINS not in map(WIDTHS.__getitem__, text)):
        return text
    return "".join(ELLIPSIS if width > cols else cluster for cluster, width in clusters(text))


class _Memory:
    """What `_breaks` found in long texts, the last ones that were asked for."""

    def __init__(self) -> None:
        self._found: OrderedDict[tuple[str, int, int], _Breaks] = OrderedDict()
        self._size = 0

    def breaks(self, text: str, room: int, cols: int) -> _Breaks:
        """Return what `_breaks` does; of a text that grows it takes time only for what is new."""
        if len(text) < LONG or text.isascii():
            return _breaks(text, room, cols)
        key = (text, room, cols)
        found = self._found.get(key)
        if found is None:
            found = _breaks(text, room, cols, self._known(*key))
            self._found[key] = found
            self._size += len(text)
            while self._size > _ENOUGH and len(self._found) > 1:
                self._forget(next(iter(self._found)))
        else:
            self._found.move_to_end(key)
        return found

    def _known(self, text: str, room: int, cols: int) -> Sequence[int]:
        """Return the breaks of what may be this text's beginning, but for the last: its cluster may have grown."""
        last = next(reversed(self._found), None)
        if last is None or last[1:] != (room, cols) or not text.startswith(last[0]):
            return ()
        breaks, _ = self._found[last]
        self._forget(last)
        return breaks[:-1]

    def _forget(self, key: tuple[str, int, int]) -> None:
        del self._found[key]
        self._size -= len(key[0])


_MEMORY: Final = _Memory()
