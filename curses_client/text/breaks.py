"""Where the rows begin that a text is broken into, a megabyte of it as fast as can be."""

from array import array
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from curses_client.text.clusters import JOINS, WIDTHS, clusters, even_width
from curses_client.text.memory import LONG, Memory

Breaks = tuple[Sequence[int], int]
"""Where in a text rows begin, but for the first, and how many columns the last one uses."""

# characters whose widths are looked up at once
_AHEAD: Final = 1 << 13


def breaks(text: str, room: int, cols: int) -> Breaks:
    """Return where in `text` rows begin, the first row having `room` columns, and how many the last one uses.

    The latter includes those that were not in the first row's room.  Of a long text that grows it takes time only
    for what is new.
    """
    length = len(text)
    if text.isascii():
        found = range(room, length, cols)
        return found, length - found[-1] if found else cols - room + length
    if length < LONG:
        return _found(text, room, cols, array("Q"))
    key = (text, room, cols)
    remembered = MEMORY.get(key)
    if remembered is None:
        remembered = _found(text, room, cols, _known(text, room, cols))
        MEMORY.put(key, remembered)
    return remembered


def _known(text: str, room: int, cols: int) -> "array[int]":
    """Return the breaks of what may be this text's beginning, but for the last: its cluster may have grown."""
    last = MEMORY.last()
    if last is None or last[1:] != (room, cols) or not text.startswith(last[0]):
        return array("Q")
    known, _ = MEMORY.take(last)
    return array("Q", known[:-1])


def _found(text: str, room: int, cols: int, found: "array[int]") -> Breaks:
    """Return the breaks of a text, the first of which may be found already."""
    length = len(text)
    start, left = (found[-1], cols) if found else (0, room)
    likely = ahead = cols + 1
    while True:
        if cols > 1:
            begin = start
            start, left = _simple_rows(text, start, left, cols, ahead, found)
            # where characters join, looking far ahead is for nothing
            ahead = min(ahead * 2, _AHEAD) if start > begin else cols + 1
        stop, used = _row_end(text, start, left, cols, likely)
        likely = stop - start + 2
        if stop == length:
            return found, used if found else cols - room + used
        found.append(stop)
        start, left = stop, cols


def _simple_rows(text: str, start: int, room: int, cols: int, ahead: int, found: "array[int]") -> tuple[int, int]:
    """Add where the rows end that are in the next characters, as long as none of these joins another.

    Return where the first row begins that is left, and its room.
    """
    piece = text[start : start + ahead]
    if width := even_width(piece):
        # what follows the last one may make it narrow
        ends = range(room // width, len(piece) - 1, cols // width)
        found.extend(start + end for end in ends)
        return (start + ends[-1], cols) if ends else (start, room)
    sums = list(accumulate(map(WIDTHS.__getitem__, piece)))
    begin = before = 0
    while True:
        stop = bisect_right(sums, before + room, begin)
        if stop == len(piece):
            return start + begin, room
        used = sums[stop - 1] if stop else 0
        width = sums[stop] - used
        if width >= JOINS or (width > 1 and used - before < room and _is_joined(text, start + stop)):
            return start + begin, room
        found.append(start + stop)
        begin, before, room = stop, used, cols


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


MEMORY: Final[Memory[Breaks]] = Memory()
