"""Where the kernel has stopped at a breakpoint, in lines: the place, its source, and the row that is selected."""

from curses_client.breakpoints.stopping import stopped_row
from curses_client.debugger import Branch, Frame
from curses_client.state import State
from curses_client.text.ansi import in_place

_KEYS = "debugger: n next line, s into the call, r out of it, c goes on, e evaluates, Esc goes to the editor"


def stopped_lines(before: State, after: State) -> list[str]:
    """Return where the kernel has stopped now, and which row is selected there."""
    said = [] if _place(after) in ([], _place(before)) else _place(after)
    if after.panes.focus != "debugger":
        return said
    is_new = before.panes.focus != "debugger"
    row = _row(after)
    return [*said, *([_KEYS] if is_new else []), *([row] if row and (is_new or row != _row(before)) else [])]


def _place(state: State) -> list[str]:
    here = state.debugger.here
    if here is None or state.session.stopped is None:
        return []
    name = "" if here.name == "<module>" else f" in {here.name}"
    line = _source(state)
    return [f"stopped at {here.place}{name}{f': {line}' if line else ''}"]


def _source(state: State) -> str:
    row, debugging = stopped_row(state), state.debugging
    if row is not None:
        return in_place(state.editor.buffer.lines[row]).strip()
    if debugging.stop is not None and debugging.knows(debugging.stop):
        return debugging.lines[debugging.stop.line - debugging.first].strip()
    return ""


def _row(state: State) -> str:
    rows, place = state.debugger.rows, state.debugger.selected
    if place >= len(rows):
        return ""
    row: Frame | Branch = rows[place]
    told = f"call {row.place} {row.name}" if isinstance(row, Frame) else f"{row.name}, {row.type}, {row.value}"
    return f"{place + 1} of {len(rows)}: {told}"
