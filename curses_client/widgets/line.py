"""One line of the transcript as the pane shows it: its rows, with what is found and selected in them."""

from collections.abc import Callable, Sequence
from typing import Any, overload

from curses_client.selection import selected_columns
from curses_client.state import Anchor, State
from curses_client.text.measured import plain_text
from curses_client.text.memory import LONG
from curses_client.text.width import columns
from curses_client.text.window import Look, Mark, with_marks
from curses_client.text.wrapping import Rows
from curses_client.transcript import LineKind
from curses_client.widgets.rows import Attr, Run


class Line(Sequence[list[Run]]):
    """The rows of a line, given their looks when they are looked at: of one of megabytes only what is seen."""

    def __init__(self, rows: Rows, look: Look[Attr]) -> None:
        self._rows = rows
        self._look = look

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> list[Run]: ...

    @overload
    def __getitem__(self, index: slice) -> list[list[Run]]: ...

    def __getitem__(self, index: int | slice) -> list[Run] | list[list[Run]]:
        numbers = range(len(self._rows))[index]
        return self._row(numbers) if isinstance(numbers, int) else [self._row(number) for number in numbers]

    def column(self, place: int, row: int) -> int | None:
        """Return the column of the character at a place of the text, if it is in that row."""
        if self._rows.row_of(place) != row:
            return None
        text = "".join(text for _, text in self._rows[row])
        return columns(text[: place - self._rows.begin(row)])

    def _row(self, number: int) -> list[Run]:
        return self._look(self._rows[number], self._rows.begin(number))


class Marks:
    """What is found and selected in a line of the transcript."""

    def __init__(self, state: State, place: Anchor, kind: LineKind, line: str) -> None:
        self._state = state
        self._place = place
        self._text = ""
        self._selected: tuple[int, int] | None = None
        if kind not in ("fold", "notice") and state.cursor is not None:
            self._text = plain_text(line)
            self._selected = selected_columns(state.cursor, place.item, place.line, self._text)
        # all that is found in it, where that is found at once
        self._found = self._hits(0, len(self._text)) if len(self._text) < LONG else None

    def look(self, attr: Callable[[Any, str], Attr]) -> Look[Attr]:
        """Return what gives runs their looks, `attr` where there is no mark."""

        def look(row: list[tuple[Any, str]], place: int) -> list[Run]:
            runs = [(attr(style, text), text) for style, text in row]
            marks = self._between(place, place + sum(len(text) for _, text in runs))
            return with_marks(runs, marks) if marks else runs

        return look

    def _between(self, start: int, stop: int) -> list[Mark[Attr]]:
        """Return the marks between two places, counted from the first one."""
        marks = self._hits(start, stop) if self._found is None else self._found
        if self._selected is not None:
            # what is selected hides what is found
            first, last = self._selected
            marks = [mark for mark in marks if mark[1] <= first or mark[0] >= last]
            marks = sorted([*marks, (first, last, "selection")], key=lambda mark: mark[0])
        return [(begin - start, end - start, look) for begin, end, look in marks if begin < stop and end > start]

    def _hits(self, start: int, stop: int) -> list[Mark[Attr]]:
        state = self._state
        if state.search is None or state.cursor is None or not self._text:
            return []
        is_here = (self._place.item, self._place.line) == (state.cursor.item, state.cursor.line)
        return [
            (begin, end, "hit current" if is_here and begin <= state.cursor.col < end else "hit")
            for begin, end in state.search.finder.marks(self._text, start, stop)
        ]
