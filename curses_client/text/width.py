"""How many columns text takes on the screen, and where in the text a column is.

A position in a text is an index into the string, a column counts screen cells from 0. The unit of both is
the grapheme cluster: it is never split, and it is as wide as urwid's `calc_width` takes it to be. Text is
expected without tabs, other control characters and escape sequences.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from curses_client.text.ansi import ESC, Style, runs

Row = list[tuple[Style, str]]
"""One row of the screen as styled runs."""

ELLIPSIS = "…"


@cache
def _unicode() -> Any:
    # Its tables take 40 ms to load and most sessions show nothing but ASCII at first.
    import wcwidth

    return wcwidth


def columns(text: str) -> int:
    """Return how many columns `text` takes."""
    if text.isascii() and text.isprintable():
        return len(text)
    width: int = _unicode().width(text, control_codes="ignore")
    return width


def character_columns(character: str) -> int:
    """Return how far one code point, regardless of its neighbours, moves the cursor of a terminal."""
    return 1 if character.isascii() else max(_unicode().wcwidth(character), 0)


def cut(text: str, cols: int) -> tuple[str, str]:
    """Return the longest head that fits in `cols` columns and the rest; the head may be empty."""
    index = index_at(text, cols)
    return text[:index], text[index:]


def fit(text: str, cols: int) -> str:
    """Return `text` if it fits in `cols` columns, else as much of it as fits with an ellipsis after it."""
    if columns(text) <= cols:
        return text
    return cut(text, cols - 1)[0] + ELLIPSIS if cols > 0 else ""


def column_of(text: str, index: int) -> int:
    """Return the column at which the character at `index` starts."""
    return columns(text[:index])


def index_at(text: str, column: int) -> int:
    """Return the index of the grapheme cluster that covers `column`, `len(text)` right of the last."""
    if text.isascii():
        return min(max(column, 0), len(text))
    index = 0
    for cluster, width in _clusters(text):
        if width > column:
            return index
        column -= width
        index += len(cluster)
    return len(text)


def next_grapheme(text: str, index: int) -> int:
    """Return where the grapheme cluster at `index` ends, `len(text)` at the end of the text."""
    if text.isascii():
        return min(index + 1, len(text))
    return index + len(next(_graphemes(text, index), ""))


def previous_grapheme(text: str, index: int) -> int:
    """Return where the grapheme cluster before `index` starts, 0 at the start of the text."""
    if text.isascii():
        return max(index - 1, 0)
    start: int = _unicode().grapheme_boundary_before(text, index)
    return start


def wrap_runs(styled: Iterable[tuple[Style, str]], cols: int) -> list[Row]:
    """Break styled runs into rows of at most `cols` columns, at least one row.

    In a window of one column a wide cluster is shown as an ellipsis.
    """
    cols = max(cols, 1)
    row: Row = []
    rows = [row]
    room = cols
    for style, text in styled:
        for piece, width in _pieces(text, room, cols):
            if width > room:
                row = []
                rows.append(row)
                room = cols
            row.append((style, piece))
            room -= width
    return rows


def rows_needed(line: str, cols: int) -> int:
    """Return how many rows of `cols` columns the stored line takes: the length of `wrap_runs`."""
    cols = max(cols, 1)
    if line.isascii() and ESC not in line:
        return max(1, -(-len(line) // cols))
    return len(wrap_runs(runs(line), cols))


def _pieces(text: str, room: int, cols: int) -> Iterator[tuple[str, int]]:
    """Yield the pieces of `text` and their widths: what fits in `room` columns, then rows of `cols`."""
    if text.isascii():
        first = room or cols
        for start, stop in _spans(len(text), first, cols):
            yield text[start:stop], stop - start
        return
    piece: list[str] = []
    used = 0
    for cluster, width in _clusters(text):
        if width > cols:
            cluster, width = ELLIPSIS, 1
        if used + width > room:
            if piece:
                yield "".join(piece), used
            piece = []
            used = 0
            room = cols
        piece.append(cluster)
        used += width
    if piece:
        yield "".join(piece), used


def _spans(length: int, first: int, cols: int) -> Iterator[tuple[int, int]]:
    start, stop = 0, first
    while start < length:
        yield start, min(stop, length)
        start, stop = stop, stop + cols


def _clusters(text: str) -> Iterator[tuple[str, int]]:
    width = _unicode().width
    for cluster in _graphemes(text, 0):
        yield cluster, width(cluster, control_codes="ignore")


def _graphemes(text: str, start: int) -> Iterator[str]:
    """Yield the grapheme clusters from `start` on, in time proportional to what is consumed."""
    iter_graphemes = _unicode().iter_graphemes
    window = 64
    while start < len(text):
        stop = min(start + window, len(text))
        begin = start
        for cluster in iter_graphemes(text[start:stop]):
            # The window may cut its last cluster short: take that one from the next window.
            if start + len(cluster) == stop < len(text):
                break
            start += len(cluster)
            yield cluster
        window = 4096 if start > begin else window * 2
