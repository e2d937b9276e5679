"""The cursor in the output: where it is on the screen, and the pane that goes with it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from curses_client.commanding import Result, tell
from curses_client.layout import Layout, layout
from curses_client.scrolling import (
    downwards,
    has_progress,
    is_before,
    line_at,
    top_anchor,
    upwards,
)
from curses_client.shown import ALL_COLUMNS
from curses_client.state import Anchor, Cursor, State
from curses_client.text.measured import plain_text
from curses_client.text.width import column_of, columns, index_at
from curses_client.text.window import row_at, row_of
from curses_client.transcript import Cell


def text_at(state: State, cursor: Cursor) -> str:
    """Return the text of the cursor's line."""
    return plain_text(line_at(state, cursor.item, cursor.line)[1])


def anchor_of(state: State, where: Layout, cursor: Cursor) -> Anchor:
    """Return the row of the screen that the cursor is in."""
    if not state.wraps or not state.transcript.items[cursor.item].wraps(cursor.line):
        return Anchor(cursor.item, cursor.line)
    return Anchor(cursor.item, cursor.line, row_of(line_at(state, cursor.item, cursor.line)[1], cursor.col, where.text))


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
        bottom = bottom_row(state, where, top)
        if is_before(bottom, here):
            top = row_away(upwards(state, where, here), here, rows_seen(state, where) - 1, skips=False)
    # a pane that has become higher leaves nothing empty below the end
    return replace(state, scroll=min(top, end_top(state, where), key=order))


def opened_in_sight(state: State, item: int, line: int, before: int) -> State:
    """Move the pane so that what was opened at a line is in it, as far as the line stays.

    `before` is how high the item was.
    """
    if state.cursor is None:
        return state
    grown = state.transcript.items[item].height - before
    if grown > 0:
        last = replace(state.cursor, item=item, line=line + grown, col=0)
        state = replace(in_sight(replace(state, cursor=last)), cursor=state.cursor)
    return in_sight(state)


def end_top(state: State, where: Layout) -> Anchor:
    """Return the top row that shows the end at the bottom of what is seen of the pane."""
    end = Anchor(len(state.transcript.items), 0)
    return row_away(upwards(state, where, end), end, rows_seen(state, where), skips=False)


def into_pane(state: State) -> State:
    """Move the cursor as little as possible so that it is in the pane, which was moved."""
    cursor = there(state, state.cursor) if state.cursor is not None else None
    if cursor is None:
        return replace(state, cursor=None)
    where = layout(state)
    top = top_anchor(state, where)
    bottom = bottom_row(state, where, top)
    here = anchor_of(state, where, cursor)
    edge = top if is_before(here, top) else bottom if is_before(bottom, here) else None
    if edge is not None:
        cursor = replace(cursor, item=edge.item, line=edge.line, col=0)
    return in_sight(replace(state, cursor=cursor, scroll=top))


def rows_seen(state: State, where: Layout) -> int:
    """Return how many rows of the pane there are to read in."""
    return where.output.rows - has_progress(state, where)


def bottom_row(state: State, where: Layout, top: Anchor) -> Anchor:
    """Return the last row of the pane."""
    return row_away(downwards(state, where, top), top, rows_seen(state, where) - 1)


def row_away(rows: Iterator[Anchor], start: Anchor, count: int, *, skips: bool = True) -> Anchor:
    """Return the row so many rows away, or the last one there is; `skips` if the start is the first of them."""
    last = deque(islice(rows, max(count + skips, 0)), maxlen=1)
    return last[0] if last else start


def place_at(state: State, where: Layout, col: int, row: int) -> tuple[int, int, int] | None:
    """Return item, line and index in the line at a place of the pane; None below the last line."""
    if not 0 <= row < where.output.rows - (state.scroll is not None and has_progress(state, where)):
        return None
    rows = downwards(state, where, top_anchor(state, where))
    anchor = next(islice(rows, row, None), None)
    if anchor is None:
        return None
    line = line_at(state, anchor.item, anchor.line)[1]
    item, column = state.transcript.items[anchor.item], max(col - where.gutter, 0)
    if not state.wraps or not item.wraps(anchor.line):
        held = item.held_cols(anchor.line) if isinstance(item, Cell) else 0
        column += state.left_col if column >= held else 0
        return anchor.item, anchor.line, index_at(plain_text(line), column)
    begin, shown = row_at(line, anchor.row, where.text)
    return anchor.item, anchor.line, begin + index_at(shown, column)


def enter(state: State) -> Result:
    """Let the keys be for reading the output."""
    if state.cursor is not None:
        return state, ()
    where = layout(state)
    top = top_anchor(state, where)
    rows = where.output.rows if state.scroll is None else rows_seen(state, where)
    last = row_away(downwards(state, where, top), top, rows - 1)
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


def order(anchor: Anchor) -> tuple[int, int, int]:
    """Return by what rows are put in their order."""
    return anchor.item, anchor.line, anchor.row


def beside(state: State) -> State:
    """Move to the side as little as possible so that the cursor is in sight."""
    cursor = state.cursor
    item = state.transcript.items[cursor.item] if cursor is not None else None
    if cursor is None or item is None or (state.wraps and item.wraps(cursor.line)):
        return state
    room = layout(state).text
    text, left = text_at(state, cursor), state.left_col
    held = item.held_cols(cursor.line) if isinstance(item, Cell) else 0
    if held == ALL_COLUMNS:
        return state
    held = min(held, room // 2)
    at = column_of(text, cursor.col)
    # the columns at both edges may be the ellipses of what is cut off
    if left and held <= at <= held + left:
        left = 0 if at < room - 1 else at - held - 1
    elif at > left + room - 2 and (left or columns(text) > room):
        left = max(at - room + 2, 0)
    return replace(state, left_col=left)
