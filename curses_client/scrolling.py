"""Where in the transcript the output pane is, and how it moves, in rows of the screen.

A place is an `Anchor`: an item, a line in it, a screen row of that line.  Nothing here looks at more lines than
are moved over, so that a transcript of any length scrolls alike.
"""

from collections.abc import Iterator
from dataclasses import replace

from curses_client.layout import Layout, layout
from curses_client.state import Anchor, State
from curses_client.text.ansi import in_place
from curses_client.text.width import rows_needed
from curses_client.transcript import Cell, LineKind


def shown_answer(state: State) -> str:
    """Return what is typed into `input()` as it is shown: a password as dots."""
    if state.answer is None:
        return ""
    prompt = state.session.prompt
    text = state.answer.text
    return state.signs.secret * len(text) if prompt is not None and prompt.password else in_place(text)


def line_at(state: State, item: int, line: int) -> tuple[LineKind, str]:
    """Return a line of the transcript as it is shown, and what it is."""
    kind, text = state.transcript.items[item].line(line)
    if kind == "input":
        text = f"{text}{shown_answer(state)} "
    return kind, text


def _rows(state: State, where: Layout, item: int, line: int) -> int:
    if not state.wraps or not state.transcript.items[item].wraps(line):
        return 1
    return rows_needed(line_at(state, item, line)[1], where.text)


def downwards(state: State, where: Layout, anchor: Anchor) -> Iterator[Anchor]:
    """Yield the anchor and every row below it, to the end."""
    items = state.transcript.items
    item, line, row = anchor.item, anchor.line, anchor.row
    while item < len(items):
        height = items[item].height
        while line < height:
            for number in range(row, _rows(state, where, item, line)):
                yield Anchor(item, line, number)
            row = 0
            line += 1
        item, line = item + 1, 0


def upwards(state: State, where: Layout, anchor: Anchor) -> Iterator[Anchor]:
    """Yield every row above the anchor, to the beginning."""
    items = state.transcript.items
    item, line, row = anchor.item, anchor.line, anchor.row
    while item >= 0:
        for number in range(row - 1, -1, -1):
            yield Anchor(item, line, number)
        line -= 1
        while line < 0:
            item -= 1
            if item < 0:
                return
            line = items[item].height - 1
        row = _rows(state, where, item, line)


def end_anchor(state: State, where: Layout) -> Anchor:
    """Return the top row that shows the end at the bottom of the pane."""
    anchor = Anchor(len(state.transcript.items), 0)
    for count, above in enumerate(upwards(state, where, anchor), 1):
        anchor = above
        if count == where.output.rows:
            return anchor
    return Anchor(0, 0)


def top_anchor(state: State, where: Layout) -> Anchor:
    """Return the row at the top of the pane."""
    return _there(state, where, state.scroll) if state.scroll is not None else end_anchor(state, where)


def _there(state: State, where: Layout, anchor: Anchor) -> Anchor:
    """Return the nearest row that is there: output may have been cleared, or wrapped otherwise, since."""
    items = state.transcript.items
    if anchor.item >= len(items):
        return Anchor(len(items), 0)
    height = items[anchor.item].height
    if anchor.line >= height:
        return Anchor(anchor.item, max(height - 1, 0))
    return Anchor(anchor.item, anchor.line, min(anchor.row, _rows(state, where, anchor.item, anchor.line) - 1))


def has_progress(state: State, where: Layout) -> bool:
    """Whether the pane's last row, unless it follows the end, tells how far the running cell is."""
    cell = state.transcript.cell(state.session.running) if state.session.running is not None else None
    return where.output.rows >= 4 and cell is not None and cell.started is not None and bool(cell.outputs)


def is_before(a: Anchor, b: Anchor) -> bool:
    """Whether one row is above another."""
    return (a.item, a.line, a.row) < (b.item, b.line, b.row)


def scrolled(state: State, rows: int) -> State:
    """Move the pane by rows, down when positive; at the end it follows again."""
    where = layout(state)
    anchor = top_anchor(state, where)
    if rows < 0:
        for count, above in enumerate(upwards(state, where, anchor), 1):
            anchor = above
            if count == -rows:
                break
    else:
        for count, below in enumerate(downwards(state, where, anchor)):
            anchor = below
            if count == rows:
                break
    return _at(state, where, anchor)


def _at(state: State, where: Layout, anchor: Anchor) -> State:
    end = end_anchor(state, where)
    return replace(state, scroll=anchor if is_before(anchor, end) else None)


def settled(state: State) -> State:
    """Stay where the pane is after the screen has changed, or follow the end if that is in it now."""
    if state.scroll is None:
        return state
    where = layout(state)
    return _at(state, where, top_anchor(state, where))


def to_top(state: State) -> State:
    """Move to the first line, and when the older ones are read to the first of those."""
    if state.older is not None:
        state = replace(state, older=replace(state.older, to_top=True))
    return _at(state, layout(state), Anchor(0, 0))


def to_item(state: State, item: int) -> State:
    """Move an item to the top of the pane, or into it where the end is near."""
    return _at(state, layout(state), Anchor(item, 0))


def to_cell(state: State, step: int) -> State:
    """Move the next or the former cell to the top of the pane."""
    where = layout(state)
    anchor = top_anchor(state, where)
    item = anchor.item
    if step > 0 or (anchor.line, anchor.row) == (0, 0):
        item += step
    items = state.transcript.items
    while 0 <= item < len(items) and not isinstance(items[item], Cell):
        item += step
    return _at(state, where, Anchor(min(max(item, 0), len(items)), 0))


def page_height(state: State) -> int:
    """How far a page is: the pane's height less one line that stays."""
    return max(layout(state).output.rows - 1, 1)
