"""Tables as lines: wide ones to be scrolled, with their header and first columns held, or fitted to the screen."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Final, Literal

from curses_client.rendering.colours import DIM
from curses_client.rendering.wrapping import padded, row_columns, stored, wrapped
from curses_client.text.ansi import PLAIN, Style
from curses_client.text.width import ELLIPSIS, Row, columns, cut
from kernel.protocol.value import Value

Align = Literal["left", "right", "center"]

_GAP: Final = 2
# a longer cell of a table that is scrolled is cut off
_WIDEST: Final = 60
_NARROWEST: Final = 4


class Cell(Value):
    """Sanitised text of one line with its styles, and over how many columns it goes."""

    row: tuple[tuple[Style, str], ...] = ()
    span: int = 1
    align: Align | None = None


class Table(Value):
    """Cells, the header's first; a cell that goes over several rows is followed by empty ones below.

    The first `held` columns say what the row is about.
    """

    header: Sequence[Sequence[Cell]]
    rows: Sequence[Sequence[Cell]]
    aligns: Sequence[Align]
    held: int = 0


def cell(text: str, style: Style = PLAIN, span: int = 1) -> Cell:
    """Return a cell of sanitised text in one style."""
    return Cell(((style, text),) if text else (), span)


def scrolling(table: Table) -> tuple[list[str], int]:
    """Return a table as lines as wide as they are, the header's first, and the width of the columns to hold."""
    rows = [[_shortened(cell) for cell in row] for row in (*table.header, *table.rows)]
    widths = _widths(rows, len(table.aligns))
    lines = [stored(_trimmed(_line(row, widths, table.aligns))) for row in rows]
    held = sum(widths[: table.held]) + _GAP * table.held
    return lines, held if table.held < len(widths) else 0


def fitted(table: Table, cols: int) -> list[Row]:
    """Return a table as rows of at most `cols` columns: cells are wrapped, columns left out if they are too many."""
    count = len(table.aligns)
    most = max((cols + _GAP) // (_NARROWEST + _GAP), 1)
    all_rows = [*table.header, *table.rows]
    widths = _widths(all_rows, count)
    left_out = 0
    if sum(widths) + _GAP * (count - 1) > cols and count > most:
        left_out = count - most
        widths = _widths([_first(row, most) for row in all_rows], most)
        all_rows = [_first(row, most) for row in all_rows]
    widths = _narrowed(widths, cols - _GAP * (len(widths) - 1))
    found: list[Row] = []
    for number, row in enumerate(all_rows):
        found += _wrapped_line(row, widths, table.aligns)
        if number + 1 == len(table.header):
            found.append([(DIM, (" " * _GAP).join("─" * width for width in widths))])
    if left_out:
        found += wrapped([(DIM, f"… {left_out} more columns")], cols)
    return found


def _first(row: Sequence[Cell], count: int) -> list[Cell]:
    """Return the cells of a row in the first `count` columns."""
    starts = [0, *accumulate(cell.span for cell in row)]
    return [
        Cell(cell.row, min(cell.span, count - start), cell.align)
        for cell, start in zip(row, starts, strict=False)
        if start < count
    ]


def _widths(rows: Iterable[Sequence[Cell]], count: int) -> list[int]:
    """Return how wide the columns are for all that is in them."""
    widths = [0] * count
    spanning = []
    for row in rows:
        column = 0
        for cell in row:
            if column >= count:
                break
            width = row_columns(cell.row)
            if cell.span == 1:
                widths[column] = max(widths[column], width)
            else:
                spanning.append((column, min(cell.span, count - column), width))
            column += cell.span
    for column, span, width in spanning:
        missing = width - sum(widths[column : column + span]) - _GAP * (span - 1)
        # what is missing is shared, the last ones get more
        for number in range(span if missing > 0 else 0):
            widths[column + number] += (missing + number) // span
    return widths


def _narrowed(widths: list[int], room: int) -> list[int]:
    """Return widths that fit in `room` columns: the widest are narrowed first, to the same width."""
    narrow, wide = 1, max(widths, default=1)
    while narrow < wide:
        middle = (narrow + wide + 1) // 2
        if sum(min(width, middle) for width in widths) <= room:
            narrow = middle
        else:
            wide = middle - 1
    limit = narrow
    spare = max(room - sum(min(width, limit) for width in widths), 0)
    found = []
    for width in widths:
        more = min(spare, width - limit, 1) if width > limit else 0
        spare -= more
        found.append(min(width, limit + more))
    return found


def _line(row: Sequence[Cell], widths: Sequence[int], aligns: Sequence[Align]) -> Row:
    line: Row = []
    column = 0
    for cell in row:
        if column >= len(widths):
            break
        if column:
            line.append((PLAIN, " " * _GAP))
        width = _spanned(widths, column, cell.span)
        line += padded(list(cell.row), width, _align(cell, column, aligns))
        column += cell.span
    return line


def _wrapped_line(row: Sequence[Cell], widths: Sequence[int], aligns: Sequence[Align]) -> list[Row]:
    blocks: list[tuple[list[Row], int, Align]] = []
    column = 0
    for cell in row:
        if column >= len(widths):
            break
        width = _spanned(widths, column, cell.span)
        blocks.append((wrapped(cell.row, width), width, _align(cell, column, aligns)))
        column += cell.span
    lines: list[Row] = []
    for number in range(max((len(block) for block, _, _ in blocks), default=0)):
        line: Row = []
        for block, width, align in blocks:
            if line:
                line.append((PLAIN, " " * _GAP))
            line += padded(block[number] if number < len(block) else [], width, align) or [(PLAIN, "")]
        lines.append(_trimmed(line))
    return lines


def _spanned(widths: Sequence[int], column: int, span: int) -> int:
    widths = widths[column : column + span]
    return sum(widths) + _GAP * (len(widths) - 1)


def _align(cell: Cell, column: int, aligns: Sequence[Align]) -> Align:
    if cell.align:
        return cell.align
    return aligns[column] if cell.span == 1 else "left"


def _shortened(cell: Cell) -> Cell:
    """Return a cell that is not wider than cells should be."""
    if row_columns(cell.row) <= _WIDEST:
        return cell
    room = _WIDEST - 1
    row: Row = []
    for style, text in cell.row:
        head, rest = cut(text, room)
        row.append((style, head + ELLIPSIS if rest else head))
        room -= columns(head)
        if rest:
            break
    return Cell(tuple(row), cell.span, cell.align)


def _trimmed(row: Row) -> Row:
    """Return a row without blanks at its end, unless they have a colour."""
    row = list(row)
    while row and row[-1][0] == PLAIN and not row[-1][1].rstrip(" "):
        row.pop()
    if row and row[-1][0] == PLAIN:
        row[-1] = PLAIN, row[-1][1].rstrip(" ")
    return row
