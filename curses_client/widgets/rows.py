"""Rows of attributed text: padding, cutting, laying one over another, and the canvas made of them."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any

from urwid.canvas import Canvas

from curses_client.layout import Area
from curses_client.text.width import columns, cut

Attr = Hashable
Run = tuple[Attr, str]
Row = list[Run]


def padded(row: Iterable[Run], cols: int, attr: Attr = None) -> Row:
    """Return the row cut or filled with blanks to exactly `cols` columns."""
    result: Row = []
    room = cols
    for run_attr, text in row:
        width = columns(text)
        if width > room:
            text = cut(text, room)[0]
            width = columns(text)
        if text:
            result.append((run_attr, text))
        room -= width
        if room <= 0:
            break
    if room > 0:
        result.append((attr, " " * room))
    return result


def with_right(row: Row, right: Sequence[Run], cols: int, attr: Attr = None) -> Row:
    """Return the row with `right` at its right edge, if both fit with a blank between them."""
    left_width = sum(columns(text) for _, text in row)
    right_width = sum(columns(text) for _, text in right)
    if not right_width or left_width + right_width + 1 > cols:
        return padded(row, cols, attr)
    return [*row, (attr, " " * (cols - left_width - right_width)), *right]


def overlaid(row: Row, over: Row, col: int, cols: int) -> Row:
    """Return the row with `over` on it from column `col` on."""
    width = sum(columns(text) for _, text in over)
    left = padded(row, col)
    right = _behind(row, col + width)
    return padded([*left, *over, *right], cols)


def composed(blocks: Iterable[tuple[Area, Sequence[Row]]], cols: int, rows: int) -> list[Row]:
    """Return the rows of a screen whose parts are drawn already; they do not overlap."""
    result: list[Row] = []
    parts = sorted((block for block in blocks if block[0].rows > 0), key=lambda block: block[0].col)
    for row in range(rows):
        runs: Row = []
        for area, drawn in parts:
            if 0 <= row - area.row < area.rows:
                runs += drawn[row - area.row] if row - area.row < len(drawn) else [(None, " " * area.cols)]
        result.append(runs or [(None, " " * cols)])
    return result


def _behind(row: Row, col: int) -> Row:
    """Return what of the row is from column `col` on."""
    result: Row = []
    at = 0
    for attr, text in row:
        width = columns(text)
        if at >= col:
            result.append((attr, text))
        elif at + width > col:
            head, tail = cut(text, col - at)
            # half of a wide character that lies across the edge
            result.append((attr, " " * max(at + columns(head) - col, 0) + tail))
        at += width
    return result


class RowsCanvas(Canvas):
    """A canvas of ready rows: nothing is computed when the screen reads it."""

    # what is drawn follows from a state, not from the widget and its size
    cacheable = False

    def __init__(self, rows: Sequence[Row], cols: int, cursor: tuple[int, int] | None) -> None:
        super().__init__()
        self._content = [[(attr, None, text.encode()) for attr, text in row] for row in rows]
        self._cols = cols
        if cursor is not None:
            self.cursor = cursor

    def cols(self) -> int:
        """Return the width in columns."""
        return self._cols

    def rows(self) -> int:
        """Return the height in rows."""
        return len(self._content)

    def content(self, *_args: Any, **_kwargs: Any) -> Iterator[list[tuple[Any, Any, bytes]]]:
        """Yield the rows.  It is never asked for a part: there is one canvas for the whole screen."""
        return iter(self._content)
