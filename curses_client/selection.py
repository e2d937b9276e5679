"""Which part of the output is selected."""

from curses_client.state import Cursor
from curses_client.text.width import next_grapheme

Place = tuple[int, int, int]
"""Item, line in it, index in the line."""


def selected(cursor: Cursor) -> tuple[Place, Place] | None:
    """Return the first and the last place that are selected, both included."""
    if cursor.mark is None:
        return None
    here = cursor.item, cursor.line, cursor.col
    return (cursor.mark, here) if cursor.mark <= here else (here, cursor.mark)


def selected_columns(cursor: Cursor, item: int, line: int, text: str) -> tuple[int, int] | None:
    """Return which part of a line with this text is selected: from which index to before which."""
    length = len(text)
    bounds = selected(cursor)
    if bounds is None:
        return None
    (first_item, first_line, first), (last_item, last_line, last) = bounds
    if cursor.unit == "cell":
        return (0, length) if first_item <= item <= last_item else None
    if not (first_item, first_line) <= (item, line) <= (last_item, last_line):
        return None
    if cursor.unit == "line":
        return 0, length
    start = first if (item, line) == (first_item, first_line) else 0
    return min(start, length), next_grapheme(text, last) if (item, line) == (last_item, last_line) else length
