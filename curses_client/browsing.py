"""Reading the output with a cursor of its own: moving it, jumping, and opening what it is on."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from os.path import expanduser
from typing import Final

from curses_client.commanding import Command, Result, tell
from curses_client.events import Edit, Submit
from curses_client.layout import Layout, layout
from curses_client.scrolling import (
    downwards,
    has_progress,
    is_before,
    line_at,
    page_height,
    top_anchor,
    upwards,
)
from curses_client.shown import CellLine, Fold, Place, Target
from curses_client.state import Anchor, Cursor, Editor, State
from curses_client.text.ansi import plain
from curses_client.text.buffer import Buffer, editable
from curses_client.text.width import column_of, columns, index_at, next_grapheme, previous_grapheme
from curses_client.text.window import row_at, row_of
from curses_client.transcript import Cell

# columns by which wide lines are moved to the side
_SIDEWAYS: Final = 8


# ---- where the cursor is -----------------------------------------------------------------------------------


def text_at(state: State, cursor: Cursor) -> str:
    """Return the text of the cursor's line."""
    return plain(line_at(state, cursor.item, cursor.line)[1])


def anchor_of(state: State, where: Layout, cursor: Cursor) -> Anchor:
    """Return the row of the screen that the cursor is in."""
    if not state.wraps or not state.transcript.items[cursor.item].wraps(cursor.line):
        return Anchor(cursor.item, cursor.line)
    return Anchor(cursor.item, cursor.line, row_of(text_at(state, cursor), cursor.col, where.text))


def there(state: State, cursor: Cursor) -> Cursor | None:
    """Return the cursor where there is something: output may have been cleared since."""
    items = state.transcript.items
    item = min(cursor.item, len(items) - 1)
    while item >= 0 and not items[item].height:
        item -= 1
    if item < 0:
        return None
    line = min(cursor.line if item == cursor.item else items[item].height, items[item].height - 1)
    cursor = replace(cursor, item=item, line=line)
    return replace(cursor, col=min(cursor.col, len(text_at(state, cursor))))


def in_sight(state: State) -> State:
    """Move the pane as little as possible so that the cursor is in it; nothing else moves it meanwhile."""
    where = layout(state)
    cursor = there(state, state.cursor) if state.cursor is not None else None
    if cursor is None:
        return replace(state, cursor=None)
    state = replace(state, cursor=cursor)
    here, top = anchor_of(state, where, cursor), top_anchor(state, where)
    if is_before(here, top):
        top = here
    else:
        bottom = _bottom(state, where, top)
        if is_before(bottom, here):
            top = _moved(upwards(state, where, here), here, _rows(state, where) - 1, skips=False)
    # a pane that has become higher leaves nothing empty below the end
    return replace(state, scroll=min(top, _end_top(state, where), key=_order))


def _end_top(state: State, where: Layout) -> Anchor:
    """Return the top row that shows the end at the bottom of what is seen of the pane."""
    end = Anchor(len(state.transcript.items), 0)
    return _moved(upwards(state, where, end), end, _rows(state, where), skips=False)


def into_pane(state: State) -> State:
    """Move the cursor as little as possible so that it is in the pane, which was moved."""
    cursor = there(state, state.cursor) if state.cursor is not None else None
    if cursor is None:
        return replace(state, cursor=None)
    where = layout(state)
    top = top_anchor(state, where)
    bottom = _bottom(state, where, top)
    here = anchor_of(state, where, cursor)
    edge = top if is_before(here, top) else bottom if is_before(bottom, here) else None
    if edge is not None:
        cursor = replace(cursor, item=edge.item, line=edge.line, col=0)
    return in_sight(replace(state, cursor=cursor, scroll=top))


def _rows(state: State, where: Layout) -> int:
    """Return how many rows of the pane there are to read in."""
    return where.output - has_progress(state, where)


def _bottom(state: State, where: Layout, top: Anchor) -> Anchor:
    """Return the last row of the pane."""
    return _moved(downwards(state, where, top), top, _rows(state, where) - 1)


def _moved(rows: Iterator[Anchor], start: Anchor, count: int, *, skips: bool = True) -> Anchor:
    """Return the row so many rows away, or the last one there is; `skips` if the start is the first of them."""
    last = deque(islice(rows, max(count + skips, 0)), maxlen=1)
    return last[0] if last else start


def place_at(state: State, where: Layout, col: int, row: int) -> tuple[int, int, int] | None:
    """Return item, line and index in the line at a place of the pane; None below the last line."""
    if not 0 <= row < where.output - (state.scroll is not None and has_progress(state, where)):
        return None
    rows = downwards(state, where, top_anchor(state, where))
    anchor = next(islice(rows, row, None), None)
    if anchor is None:
        return None
    text = plain(line_at(state, anchor.item, anchor.line)[1])
    item, column = state.transcript.items[anchor.item], max(col - where.gutter, 0)
    if not state.wraps or not item.wraps(anchor.line):
        held = item.held_cols(anchor.line) if isinstance(item, Cell) else 0
        return anchor.item, anchor.line, index_at(text, column if column < held else column + state.left_col)
    begin, shown = row_at(text, anchor.row, where.text)
    return anchor.item, anchor.line, begin + index_at(shown, column)


def enter(state: State) -> Result:
    """Let the keys be for reading the output."""
    if state.cursor is not None:
        return state, ()
    where = layout(state)
    top = top_anchor(state, where)
    rows = where.output if state.scroll is None else _rows(state, where)
    last = _moved(downwards(state, where, top), top, rows - 1)
    state = replace(state, cursor=Cursor(last.item, last.line), completion=None, message=None)
    # what was typed for `input()` waits with the question
    state = replace(state, answer=None, unanswered=state.answer or state.unanswered)
    state = in_sight(state)
    return (state, ()) if state.cursor is not None else tell(state, "there is no output yet")


def leave(state: State) -> Result:
    """Let the keys be for the editor again, and follow the end of the output."""
    if state.search is not None and state.search.revealed is not None:
        # it was opened for the search
        cell, part = state.search.revealed
        part.conceal(state.transcript.pane)
        cell.parts_changed()
        state.transcript.changed()
    state = replace(state, cursor=None, bookmark=state.cursor, scroll=None, search=None, asking=None, left_col=0)
    return state, ()


def escape(state: State) -> Result:
    """Drop the selection, or else the search; else go back to the editor."""
    cursor = state.cursor
    if cursor is not None and cursor.mark is not None:
        return replace(state, cursor=replace(cursor, mark=None)), ()
    if state.search is not None:
        return replace(state, search=None), ()
    return leave(state)


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
        target = _moved(walk, here, rows, skips=direction > 0)
        cursor = replace(state.cursor, item=target.item, line=target.line, col=0, goal=0)
        top = top_anchor(state, where)
        walk = (downwards if direction > 0 else upwards)(state, where, top)
        top = _moved(walk, top, rows, skips=direction > 0)
        end = _end_top(state, where)
        return in_sight(replace(state, cursor=cursor, scroll=min(top, end, key=_order))), ()

    return command


def _order(anchor: Anchor) -> tuple[int, int, int]:
    return anchor.item, anchor.line, anchor.row


def _alongside(command: Command) -> Command:
    """Have what is shown of a line that is not broken follow the cursor to the side."""

    def follow(state: State) -> Result:
        state, effects = command(state)
        return beside(state), effects

    return follow


def beside(state: State) -> State:
    """Move to the side as little as possible so that the cursor is in sight."""
    cursor = state.cursor
    item = state.transcript.items[cursor.item] if cursor is not None else None
    if cursor is None or item is None or (state.wraps and item.wraps(cursor.line)):
        return state
    room = layout(state).text
    held = min(item.held_cols(cursor.line), room // 2) if isinstance(item, Cell) else 0
    text, left = text_at(state, cursor), state.left_col
    at = column_of(text, cursor.col)
    # the columns at both edges may be the ellipses of what is cut off
    if left and held <= at <= held + left:
        left = 0 if at < room - 1 else at - held - 1
    elif at > left + room - 2 and (left or columns(text) > room):
        left = max(at - room + 2, 0)
    return replace(state, left_col=left)


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
    bottom = _bottom(state, where, top)
    if is_before(here, top) or is_before(bottom, here):
        # with a little of what is before it
        above = _moved(upwards(state, where, here), here, where.output // 4, skips=False)
        state = replace(state, scroll=min(above, _end_top(state, where), key=_order))
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
    """Remember this place."""
    return tell(replace(state, bookmark=state.cursor), "marked · ' comes back here")


def go_to_bookmark(state: State) -> Result:
    """Go where the cursor was last, or was marked; the same key comes back."""
    target = state.bookmark
    if target is None:
        return tell(state, "nothing is marked")
    before = state.cursor
    state = go_to(state, target.item, target.line, target.col)
    return replace(state, bookmark=before or state.bookmark), ()


# ---- opening -----------------------------------------------------------------------------------------------


def target_at(state: State, item: int, line: int) -> Target | None:
    """Return what opens from a line."""
    items = state.transcript.items
    return items[item].target(line) if item < len(items) and line < items[item].height else None


def open_target(state: State, item: int, line: int) -> Result:
    """Open what a line stands for."""
    match target_at(state, item, line):
        case Fold() as fold:
            state.transcript.items[item].toggle(line, fold)
            state.transcript.changed()
            return in_sight(state) if state.cursor is not None else state, ()
        case Place(path, number):
            if state.host:
                return tell(state, f"the file is on {state.host}: edit it there", alarming=True)
            # IPython writes the home directory as people do
            return state, (Edit(expanduser(path), number),)
        case CellLine(count, number):
            return go_to_count(state, count, number - 1)
    cell = state.transcript.items[item]
    part, _ = cell.at(line) if isinstance(cell, Cell) else (None, 0)
    if part is not None and part.picture_suffix:
        return replace(state, picture=part), ()
    return tell(state, "nothing opens from this line")


def close_picture(state: State) -> Result:
    """Go back from a picture."""
    return replace(state, picture=None), ()


def open_here(state: State) -> Result:
    """Open what the cursor is on: what is folded, a file at a frame's line, a picture."""
    return open_target(state, state.cursor.item, state.cursor.line) if state.cursor is not None else (state, ())


def toggle_here(state: State) -> Result:
    """Fold the long source or output that the cursor is in, or open it."""
    cursor = state.cursor
    item = state.transcript.items[cursor.item] if cursor is not None else None
    if cursor is None or item is None:
        return state, ()
    if not isinstance(item, Cell):
        return open_here(state)
    if isinstance(item.target(cursor.line), Fold):
        return open_here(state)
    part, _ = item.at(cursor.line)
    if part is None or not part.is_long:
        return tell(state, "this is not long enough to be folded")
    part.fold(state.transcript.pane, opened=not part.is_open)
    item.parts_changed()
    state.transcript.changed()
    return go_to(state, cursor.item, item.begin(part)), ()


# ---- cells -------------------------------------------------------------------------------------------------


def _cell_here(state: State) -> Cell | None:
    item = state.transcript.items[state.cursor.item] if state.cursor is not None else None
    return item if isinstance(item, Cell) and item.code else None


def to_editor(state: State) -> Result:
    """Put the cell's source into the editor."""
    cell = _cell_here(state)
    if cell is None:
        return tell(state, "there is no cell here")
    state, _ = leave(state)
    undo = state.editor.undo.record(state.editor.buffer, "recall")
    had_text = not state.editor.buffer.is_empty
    state = replace(state, editor=Editor(Buffer.of(editable(cell.code)), undo, state.editor.killed))
    return tell(state, "Ctrl-_ brings back what you were typing") if had_text else (state, ())


def run_again(state: State) -> Result:
    """Run the cell again, as a new one."""
    cell = _cell_here(state)
    if cell is None:
        return tell(state, "there is no cell here")
    if state.session.state == "ended":
        return tell(state, "the session has ended", alarming=True)
    state, _ = leave(state)
    history = state.history if state.history[-1:] == (cell.code,) else (*state.history, cell.code)
    return replace(state, history=history), (Submit(cell.code, layout(state).text),)


# ---- wide lines --------------------------------------------------------------------------------------------


def toggle_wrap(state: State) -> Result:
    """Break long lines at the pane's edge, or move along them."""
    state = replace(state, wraps=not state.wraps, left_col=0)
    return tell(
        in_sight(state), "long lines are broken" if state.wraps else "long lines go on: < and > move along them"
    )


def _sideways(direction: int) -> Command:
    def command(state: State) -> Result:
        where = layout(state)
        seen = islice(downwards(state, where, top_anchor(state, where)), where.output)
        widest = max((columns(plain(line_at(state, place.item, place.line)[1])) for place in seen), default=0)
        most = max(widest - where.text // 2, 0)
        return replace(state, left_col=min(max(state.left_col + direction * _SIDEWAYS, 0), most)), ()

    return command


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
    "read-open": open_here,
    "picture-close": close_picture,
    "read-toggle": toggle_here,
    "read-to-editor": to_editor,
    "read-run-again": run_again,
    "read-wrap": toggle_wrap,
    "read-scroll-left": _sideways(-1),
    "read-scroll-right": _sideways(+1),
}
