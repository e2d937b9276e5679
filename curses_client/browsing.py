"""Moving the cursor in the output: by characters, lines and pages, to cells and errors, and to a mark."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, tell
from curses_client.layout import layout
from curses_client.output_cursor import (
    anchor_of,
    beside,
    bottom_row,
    end_top,
    enter,
    escape,
    in_sight,
    leave,
    order,
    row_away,
    text_at,
    there,
)
from curses_client.scrolling import (
    downwards,
    is_before,
    page_height,
    top_anchor,
    upwards,
)
from curses_client.state import Cursor, State
from curses_client.text.width import column_of, index_at, next_grapheme, previous_grapheme
from curses_client.transcript import Cell

# ---- moving ------------------------------------------------------------------------------------------------


def _moving(step: Callable[[State, Cursor], Cursor]) -> Command:
    def command(state: State) -> Result:
        state, _ = enter(state)
        if state.cursor is None:
            return state, ()
        return in_sight(replace(state, cursor=step(state, state.cursor))), ()

    return command


def _by_lines(count: Callable[[State], int]) -> Command:
    def step(state: State, cursor: Cursor) -> Cursor:
        goal = cursor.goal if cursor.goal is not None else column_of(text_at(state, cursor), cursor.col)
        item, line = _line_away(state, cursor, count(state))
        cursor = replace(cursor, item=item, line=line)
        return replace(cursor, col=index_at(text_at(state, cursor), goal), goal=goal)

    return _moving(step)


def _line_away(state: State, cursor: Cursor, count: int) -> tuple[int, int]:
    """Return the line so many lines away, or the last one there is in that direction."""
    items = state.transcript.items
    item, line = cursor.item, cursor.line + count
    while line < 0:
        before = next((index for index in range(item - 1, -1, -1) if items[index].height), None)
        if before is None:
            return item, 0
        item, line = before, line + items[before].height
    while line >= items[item].height:
        after = next((index for index in range(item + 1, len(items)) if items[index].height), None)
        if after is None:
            return item, items[item].height - 1
        item, line = after, line - items[item].height
    return item, line


def _by_page(direction: int) -> Command:
    """Move pane and cursor by a page, in rows of the screen."""

    def command(state: State) -> Result:
        state, _ = enter(state)
        if state.cursor is None:
            return state, ()
        where = layout(state)
        rows = page_height(state) if abs(direction) == 1 else max(page_height(state) // 2, 1)
        here = anchor_of(state, where, state.cursor)
        walk = (downwards if direction > 0 else upwards)(state, where, here)
        target = row_away(walk, here, rows, skips=direction > 0)
        cursor = replace(state.cursor, item=target.item, line=target.line, col=0, goal=0)
        top = top_anchor(state, where)
        walk = (downwards if direction > 0 else upwards)(state, where, top)
        top = row_away(walk, top, rows, skips=direction > 0)
        end = end_top(state, where)
        return in_sight(replace(state, cursor=cursor, scroll=min(top, end, key=order))), ()

    return command


def _alongside(command: Command) -> Command:
    """Have what is shown of a line that is not broken follow the cursor to the side."""

    def follow(state: State) -> Result:
        state, effects = command(state)
        return beside(state), effects

    return follow


def _left(state: State, cursor: Cursor) -> Cursor:
    return replace(cursor, col=previous_grapheme(text_at(state, cursor), cursor.col), goal=None)


def _right(state: State, cursor: Cursor) -> Cursor:
    text = text_at(state, cursor)
    last = previous_grapheme(text, len(text))
    return replace(cursor, col=max(min(next_grapheme(text, cursor.col), last), cursor.col), goal=None)


def _home(state: State, cursor: Cursor) -> Cursor:
    return replace(cursor, col=0, goal=None)


def _end(state: State, cursor: Cursor) -> Cursor:
    text = text_at(state, cursor)
    return replace(cursor, col=previous_grapheme(text, len(text)), goal=None)


def _first(state: State, cursor: Cursor) -> Cursor:
    return replace(cursor, item=0, line=0, col=0, goal=None)


def _last(state: State, cursor: Cursor) -> Cursor:
    items = state.transcript.items
    return replace(cursor, item=len(items) - 1, line=items[-1].height - 1, col=0, goal=None)


# ---- jumping -----------------------------------------------------------------------------------------------


def go_to(state: State, item: int, line: int = 0, col: int = 0) -> State:
    """Put the cursor on a line, and show what follows it."""
    state, _ = enter(state)
    if state.cursor is None:
        return state
    # what was there may have been cleared
    cursor = there(state, replace(state.cursor, item=item, line=line, col=col, goal=None))
    if cursor is None:
        return replace(state, cursor=None)
    state = replace(state, cursor=cursor)
    where = layout(state)
    here = anchor_of(state, where, cursor)
    top = top_anchor(state, where)
    bottom = bottom_row(state, where, top)
    if is_before(here, top) or is_before(bottom, here):
        # with a little of what is before it
        above = row_away(upwards(state, where, here), here, where.output.rows // 4, skips=False)
        state = replace(state, scroll=min(above, end_top(state, where), key=order))
    return beside(in_sight(state))


def _jumping(found: Callable[[State, int, int], tuple[int, int] | None], step: int, missing: str) -> Command:
    def command(state: State) -> Result:
        state, _ = enter(state)
        if state.cursor is None:
            return state, ()
        place = found(state, state.cursor.item, step)
        return (go_to(state, *place), ()) if place is not None else tell(state, missing)

    return command


def _next_cell(state: State, item: int, step: int) -> tuple[int, int] | None:
    items = state.transcript.items
    assert state.cursor is not None
    if step < 0 and state.cursor.line > 0:
        return item, 0
    item += step
    while 0 <= item < len(items) and not isinstance(items[item], Cell):
        item += step
    return (item, 0) if 0 <= item < len(items) else None


def _next_error(state: State, item: int, step: int) -> tuple[int, int] | None:
    items = state.transcript.items
    assert state.cursor is not None
    here = item, state.cursor.line
    while 0 <= item < len(items):
        line = _error_line(items[item])
        if line is not None and ((item, line) > here if step > 0 else (item, line) < here):
            return item, line
        item += step
    return None


def _error_line(item: object) -> int | None:
    """Return the line at which a cell's error begins; its first one when all that is known is that it failed."""
    if not isinstance(item, Cell) or not item.failed:
        return None
    error = next((part for part in reversed(item.outputs) if part.kind == "error"), None)
    return item.begin(error) if error is not None else 0


def go_to_running(state: State) -> Result:
    """Go to the end of what the running cell has printed."""
    cell = state.transcript.cell(state.session.running) if state.session.running else None
    if cell is None:
        return tell(state, "no cell runs")
    item = next(index for index, one in enumerate(state.transcript.items) if one is cell)
    return go_to(state, item, cell.height - 1), ()


def go_to_count(state: State, count: int, line: int = 0) -> Result:
    """Go to the newest cell with an execution count."""
    items = state.transcript.items
    for item in range(len(items) - 1, -1, -1):
        cell = items[item]
        if isinstance(cell, Cell) and cell.count == count:
            source = cell.parts[0]
            line = min(max(line, 0), len(source.body) - 1)
            if source.index(source.shown(line)) != line:
                source.reveal(line, state.transcript.pane)
                cell.parts_changed()
                state.transcript.changed()
            return go_to(state, item, source.shown(line)), ()
    return tell(state, f"there is no cell {count}")


def set_bookmark(state: State) -> Result:
    """KeepPanes this place."""
    return tell(replace(state, bookmark=state.cursor), "marked · ' comes back here")


def go_to_bookmark(state: State) -> Result:
    """Go where the cursor was last, or was marked; the same key comes back."""
    target = state.bookmark
    if target is None:
        return tell(state, "nothing is marked")
    before = state.cursor
    state = go_to(state, target.item, target.line, target.col)
    return replace(state, bookmark=before or state.bookmark), ()


_NO_MORE_CELLS: Final = "there is no other cell"
_NO_ERROR: Final = "there is no other error"

BROWSING_COMMANDS: Final[dict[str, Command]] = {
    "read": enter,
    "read-leave": leave,
    "read-escape": escape,
    "read-up": _by_lines(lambda _: -1),
    "read-down": _by_lines(lambda _: +1),
    "read-left": _alongside(_moving(_left)),
    "read-right": _alongside(_moving(_right)),
    "read-home": _alongside(_moving(_home)),
    "read-end": _alongside(_moving(_end)),
    "read-top": _moving(_first),
    "read-bottom": _moving(_last),
    "read-page-up": _by_page(-1),
    "read-page-down": _by_page(+1),
    "read-half-page-up": _by_page(-2),
    "read-half-page-down": _by_page(+2),
    "read-previous-cell": _jumping(_next_cell, -1, _NO_MORE_CELLS),
    "read-next-cell": _jumping(_next_cell, +1, _NO_MORE_CELLS),
    "read-previous-error": _jumping(_next_error, -1, _NO_ERROR),
    "read-next-error": _jumping(_next_error, +1, _NO_ERROR),
    "read-running": go_to_running,
    "read-mark": set_bookmark,
    "read-go-to-mark": go_to_bookmark,
}
