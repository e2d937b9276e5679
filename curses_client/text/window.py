"""What of a line is seen: marked stretches of it, and the columns that a pane shows when lines are not broken."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from curses_client.text.ansi import runs
from curses_client.text.measured import measured
from curses_client.text.memory import LONG
from curses_client.text.width import ELLIPSIS, column_of, columns, cut, index_at, next_grapheme
from curses_client.text.wrapping import rows_of

A = TypeVar("A")
Mark = tuple[int, int, A]
"""From which index to before which one, and how that looks."""


Look = Callable[[list[tuple[Any, str]], int], list[tuple[A, str]]]
"""Gives the looks of runs that begin at a place in the text of a line."""


def row_of(line: str, index: int, cols: int) -> int:
    """Return in which of the rows that a stored line is broken into the character at `index` of its text is."""
    return rows_of(line, cols).row_of(index)


def row_at(line: str, row: int, cols: int) -> tuple[int, str]:
    """Return where a row that a stored line is broken into begins, and what is in it."""
    rows = rows_of(line, cols)
    return (rows.begin(row), "".join(text for _, text in rows[row])) if row < len(rows) else (0, "")


def with_marks(runs: Iterable[tuple[A, str]], marks: Sequence[Mark[A]]) -> list[tuple[A, str]]:
    """Return runs with stretches of them in another look; the marks are in order and do not overlap."""
    found: list[tuple[A, str]] = []
    at = 0
    for attr, text in runs:
        end = at + len(text)
        position = at
        for start, stop, look in marks:
            if stop <= max(position, start) or start >= end:
                continue
            if start > position:
                found.append((attr, text[position - at : start - at]))
                position = start
            found.append((look, text[position - at : min(stop, end) - at]))
            position = min(stop, end)
        if position < end:
            found.append((attr, text[position - at :]))
        at = end
    return found


def seen(
    runs: Iterable[tuple[A, str]], left: int, cols: int, held: int = 0, more: str = ELLIPSIS
) -> list[tuple[A, str]]:
    """Return the part of a line from column `left` on in `cols` columns; the first `held` ones stay where they are.

    What is cut off at either side shows as an ellipsis.
    """
    runs = list(runs)
    width = sum(columns(text) for _, text in runs)
    if left <= 0 and width <= cols:
        return runs
    return _seen(width, lambda start, stop: _between(runs, start, stop), left, cols, held, more)


def seen_of(line: str, look: Look[A], left: int, cols: int, held: int = 0, more: str = ELLIPSIS) -> list[tuple[A, str]]:
    """Return what `seen` does of a stored line that may be long."""
    if len(line) < LONG:
        return seen(look(runs(line), 0), left, cols, held, more)
    found = measured(line)

    def between(start: int, stop: int) -> list[tuple[A, str]]:
        row, place, column = found.around(start, stop)
        return _between(look(row, place), start - column, stop - column)

    return _seen(found.columns, between, left, cols, held, more)


def _seen(
    width: int, between: Callable[[int, int], list[tuple[A, str]]], left: int, cols: int, held: int, more: str
) -> list[tuple[A, str]]:
    """Return what is seen of a line of so many columns; what is `between` two of them can be asked for."""
    held = min(held, cols // 2)
    begin = held + left
    head = between(0, held) if held else []
    room = cols - held
    body = between(begin, begin + room)
    if left > 0 and body and width > held:
        body = _edge(body, more, at_start=True)
    if width > begin + room and body:
        body = _edge(body, more, at_start=False)
    return [*head, *body]


def _between(runs: Iterable[tuple[A, str]], start: int, stop: int) -> list[tuple[A, str]]:
    """Return what is in columns `start` to before `stop`; half of a wide character is a blank."""
    found: list[tuple[A, str]] = []
    at = 0
    for attr, text in runs:
        width = columns(text)
        if at + width > start and at < stop:
            piece = _piece(text, max(start - at, 0), min(stop - at, width))
            if piece:
                found.append((attr, piece))
        at += width
        if at >= stop:
            break
    return found


def _piece(text: str, start: int, stop: int) -> str:
    """Return the columns from `start` to before `stop`, which is not behind the last one, of a text."""
    first, last = index_at(text, start), index_at(text, stop)
    before = ""
    if column_of(text, first) < start:
        # a wide character across the edge
        before, first = " ", next_grapheme(text, first)
    piece = before + text[first:last]
    return piece + " " * (stop - start - columns(piece)) if last < len(text) else piece


def _edge(runs: list[tuple[A, str]], more: str, *, at_start: bool) -> list[tuple[A, str]]:
    """Return runs with an ellipsis in the place of the first or the last column."""
    attr, text = runs[0 if at_start else -1]
    width = columns(text)
    if at_start:
        head, rest = cut(text, 1)
        rest = rest if head else cut(text, 2)[1]
        text = more + " " * (width - 1 - columns(rest)) + rest
        return [(attr, text), *runs[1:]]
    head = cut(text, width - 1)[0]
    return [*runs[:-1], (attr, head + " " * (width - 1 - columns(head)) + more)]
