"""What of a line is seen: marked stretches of it, and the columns that a pane shows when lines are not broken."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from curses_client.text.width import ELLIPSIS, columns, cut, wrap_runs

A = TypeVar("A")
Mark = tuple[int, int, A]
"""From which index to before which one, and how that looks."""


def row_of(text: str, index: int, cols: int) -> int:
    """Return in which of the rows that a plain text is broken into the character at `index` is."""
    if text.isascii():
        return min(index, max(len(text) - 1, 0)) // max(cols, 1)
    seen = 0
    rows = wrap_runs([(None, text)], cols)
    for number, row in enumerate(rows):
        seen += sum(len(piece) for _, piece in row)
        if index < seen:
            return number
    return len(rows) - 1


def row_at(text: str, row: int, cols: int) -> tuple[int, str]:
    """Return where a row that a plain text is broken into begins, and what is in it."""
    if text.isascii():
        begin = row * max(cols, 1)
        return begin, text[begin : begin + max(cols, 1)]
    begin = 0
    for number, pieces in enumerate(wrap_runs([(None, text)], cols)):
        shown = "".join(piece for _, piece in pieces)
        if number == row:
            return begin, shown
        begin += len(shown)
    return len(text), ""


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
    held = min(held, cols // 2)
    begin = held + left
    head = _between(runs, 0, held)
    room = cols - held
    body = _between(runs, begin, begin + room)
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
            skipped = max(start - at, 0)
            head, rest = cut(text, skipped)
            # a wide character across the edge
            blank = skipped - columns(head)
            if blank:
                rest = " " + cut(rest, 2)[1]
            room = stop - max(at, start)
            piece = cut(rest, room)[0]
            if columns(rest) > room:
                piece += " " * (room - columns(piece))
            if piece:
                found.append((attr, piece))
        at += width
        if at >= stop:
            break
    return found


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
