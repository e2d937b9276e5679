"""What can be done with the line that the cursor in the output is on: open it, take or run its cell, see more of it."""

from dataclasses import replace
from itertools import islice
from os.path import expanduser, join
from typing import Final

from curses_client.browsing import go_to, go_to_count
from curses_client.commanding import Command, Result, tell
from curses_client.events import Submit
from curses_client.files.filing import opened
from curses_client.files.tabs import to_scratch
from curses_client.layout import layout
from curses_client.output_cursor import (
    in_sight,
    leave,
    opened_in_sight,
)
from curses_client.remembering import remembered
from curses_client.scrolling import (
    downwards,
    line_at,
    top_anchor,
)
from curses_client.shown import CellLine, Fold, Place, Target
from curses_client.state import Editor, State
from curses_client.text.buffer import Buffer, editable
from curses_client.text.measured import plain_text
from curses_client.text.width import columns
from curses_client.transcript import Cell

# columns by which wide lines are moved to the side
_SIDEWAYS: Final = 8


def target_at(state: State, item: int, line: int) -> Target | None:
    """Return what opens from a line."""
    items = state.transcript.items
    return items[item].target(line) if item < len(items) and line < items[item].height else None


def open_target(state: State, item: int, line: int) -> Result:
    """Open what a line stands for."""
    match target_at(state, item, line):
        case Fold() as fold:
            before = state.transcript.items[item].height
            state.transcript.items[item].toggle(line, fold)
            state.transcript.changed()
            return opened_in_sight(state, item, line, before), ()
        case Place(path, number):
            # IPython writes the home directory as people do
            return _open_place(state, expanduser(path), number)
        case CellLine(count, number):
            return go_to_count(state, count, number - 1)
    cell = state.transcript.items[item]
    part, _ = cell.at(line) if isinstance(cell, Cell) else (None, 0)
    if part is not None and part.picture_suffix:
        return replace(state, picture=part), ()
    return tell(state, "nothing opens from this line")


def open_standing(state: State) -> Result:
    """Open the line that is selected where the running cell stands, and give the keys to what is there."""
    choices = state.standing.choices
    if not choices:
        return tell(state, "it is not known yet where the cell stands")
    spot = choices[state.standing.place].spot
    state = replace(state, panes=replace(state.panes, focus=None, zoomed=None))
    if spot.count is not None:
        return go_to_count(state, spot.count, spot.line - 1)
    if spot.file.startswith("<"):
        return tell(state, f"{spot.file} is no file")
    return _open_place(state, join(state.session.cwd, expanduser(spot.file)), spot.line)


def _open_place(state: State, path: str, line: int) -> Result:
    """Open a file of the kernel's machine in the editor, at a line."""
    if state.host:
        return tell(state, f"the file is on {state.host}: edit it there", alarming=True)
    return opened(replace(state, scroll=None), path, line)


def close_picture(state: State) -> Result:
    """Go back from a picture."""
    return replace(state, picture=None), ()


def open_here(state: State) -> Result:
    """Open what the cursor is on: what is folded, a file at a frame's line, a picture."""
    return open_target(state, state.cursor.item, state.cursor.line) if state.cursor is not None else (state, ())


def toggle_here(state: State) -> Result:
    """Fold the long source or output, or the frame, that the cursor is in, or open it."""
    cursor = state.cursor
    item = state.transcript.items[cursor.item] if cursor is not None else None
    if cursor is None or item is None:
        return state, ()
    if not isinstance(item, Cell):
        return open_here(state)
    if isinstance(item.target(cursor.line), Fold):
        return open_here(state)
    part, shown = item.at(cursor.line)
    if part is not None and (fold := part.frame(shown)) is not None:
        begin = next(line for line in range(shown, -1, -1) if not line or part.frame(line - 1) != fold)
        item.toggle(cursor.line, fold)
        state.transcript.changed()
        return go_to(state, cursor.item, item.begin(part) + begin), ()
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
    state = to_scratch(leave(state)[0])
    undo = state.editor.undo.record(state.editor.buffer, "recall")
    had_text = not state.editor.buffer.is_empty
    buffer = Buffer.of(editable(cell.code))
    vi = state.editor.vi.fresh(buffer.text, buffer.offset)
    state = replace(state, editor=Editor(buffer, undo, state.editor.kills, vi=vi))
    return tell(state, "Ctrl-_ brings back what you were typing") if had_text else (state, ())


def run_again(state: State) -> Result:
    """Run the cell again, as a new one."""
    cell = _cell_here(state)
    if cell is None:
        return tell(state, "there is no cell here")
    if state.session.state == "ended":
        return tell(state, "the session has ended", alarming=True)
    state, _ = leave(state)
    state, remember = remembered(state, cell.code)
    return state, (*remember, Submit(cell.code, layout(state).text, cell.origin))


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
        seen = islice(downwards(state, where, top_anchor(state, where)), where.output.rows)
        widest = max((columns(plain_text(line_at(state, place.item, place.line)[1])) for place in seen), default=0)
        most = max(widest - where.text // 2, 0)
        return replace(state, left_col=min(max(state.left_col + direction * _SIDEWAYS, 0), most)), ()

    return command


OPENING_COMMANDS: Final[dict[str, Command]] = {
    "read-open": open_here,
    "where-open": open_standing,
    "picture-close": close_picture,
    "read-toggle": toggle_here,
    "read-to-editor": to_editor,
    "read-run-again": run_again,
    "read-wrap": toggle_wrap,
    "read-scroll-left": _sideways(-1),
    "read-scroll-right": _sideways(+1),
}
