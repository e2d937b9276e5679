"""How many columns text takes on the screen, and where in the text a column is.

A position in a text is an index into the string, a column counts screen cells from 0. The unit of both is
the grapheme cluster: it is never split, and it is as wide as urwid's `calc_width` takes it to be. Text is
expected without tabs, other control characters and escape sequences.
"""

from typing import Final

from curses_client.text.clusters import JOINS, WIDTHS, clusters, graphemes, unicode
from curses_client.text.clusters import columns as _columns
from curses_client.text.measured import measured
from curses_client.text.memory import LONG
from curses_client.text.wrapping import ELLIPSIS, Row, rows_needed, wrap_line, wrap_runs

__all__ = [
    "ELLIPSIS",
    "Row",
    "character_columns",
    "column_of",
    "columns",
    "cut",
    "fit",
    "index_at",
    "next_grapheme",
    "previous_grapheme",
    "rows_needed",
    "wrap_line",
    "wrap_runs",
]


# columns up to which a place is found by counting them
_NEAR: Final = 1 << 10


def character_columns(character: str) -> int:
    """Return how far one code point, regardless of its neighbours, moves the cursor of a terminal."""
    return 1 if character.isascii() else max(unicode().wcwidth(character), 0)


def columns(text: str) -> int:
    """Return how many columns `text` takes."""
    if len(text) < LONG:
        return _columns(text)
    return len(text) if text.isascii() else measured(text).columns


def cut(text: str, cols: int) -> tuple[str, str]:
    """Return the longest head that fits in `cols` columns and the rest; the head may be empty."""
    index = index_at(text, cols)
    return text[:index], text[index:]


def fit(text: str, cols: int, more: str = ELLIPSIS) -> str:
    """Return `text` if it fits in `cols` columns, else as much of it as fits with an ellipsis after it."""
    if index_at(text, cols) == len(text):
        return text
    return text[: index_at(text, cols - 1)] + more if cols > 0 else ""


def column_of(text: str, index: int) -> int:
    """Return the column at which the character at `index` starts."""
    if min(index, len(text)) < LONG:
        return _columns(text[:index])
    return min(index, len(text)) if text.isascii() else measured(text).column_of(index)


def index_at(text: str, column: int) -> int:
    """Return the index of the grapheme cluster that covers `column`, `len(text)` right of the last."""
    if text.isascii():
        return min(max(column, 0), len(text))
    index = 0
    if len(text) >= LONG and column > _NEAR:
        index, column = measured(text).before(column)
    for cluster, width in clusters(text, index):
        if width > column:
            return index
        column -= width
        index += len(cluster)
    return len(text)


def next_grapheme(text: str, index: int) -> int:
    """Return where the grapheme cluster at `index` ends, `len(text)` at the end of the text."""
    if text.isascii():
        return min(index + 1, len(text))
    return index + len(next(graphemes(text, index), ""))


def previous_grapheme(text: str, index: int) -> int:
    """Return where the grapheme cluster before `index` starts, 0 at the start of the text."""
    if text.isascii():
        return max(index - 1, 0)
    begin = max(index - 1, 0)
    while begin and not _parts(text[begin - 1], text[begin]):
        begin -= 1
    start: int = begin + unicode().grapheme_boundary_before(text[begin:index], index - begin)
    return start


def _parts(before: str, after: str) -> bool:
    """Whether it is certain, without a look at what is around them, that two characters are of two clusters."""
    return WIDTHS[before] < JOINS and 0 < WIDTHS[after] < JOINS
