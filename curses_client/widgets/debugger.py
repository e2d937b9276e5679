"""The pane of the debugger: the calls, and the variables of the one that is looked at."""

from curses_client.debugger import Branch, Frame
from curses_client.layout import Area
from curses_client.state import State
from curses_client.text.width import fit
from curses_client.viewed import window
from curses_client.widgets.rows import Row, padded, with_right

_KEYS = "n next  s in  r out  c go on  e evaluate  Esc"
_FEWER_KEYS = "n s r c  Esc"


def debugger_rows(state: State, area: Area) -> list[Row]:
    """Return the rows of the pane: its title, then what `Debugger.rows` has."""
    if area.rows < 1:
        return []
    debugger, room = state.debugger, area.rows - 1
    found = debugger.rows
    first = window(debugger.selected, len(found), room)
    rows = [_title_row(state, area.cols)]
    for place, row in enumerate(found[first : first + room], first):
        is_chosen = place == debugger.selected and state.panes.focus == "debugger"
        rows.append(_row(state, row, area.cols, is_chosen=is_chosen))
    return [*rows, *[padded([("popup", "")], area.cols, "popup")] * (area.rows - len(rows))]


def _title_row(state: State, cols: int) -> Row:
    here, session = state.debugger.here, state.session
    title = f" {'Called' if state.debugger.frame else 'Stopped'} at {here.place}" if here is not None else ""
    if session.stopped is None or here is None:
        title = " Going on"
    elif session.stopped_of not in ("", "step", "breakpoint"):
        title += f" {state.signs.between} {session.stopped_of}"
    keys = "F12 goes there"
    if state.panes.focus == "debugger":
        keys = _KEYS if len(_KEYS) + len(title) + 3 <= cols else _FEWER_KEYS
    return with_right(
        [("status", fit(title, max(cols - len(keys) - 2, 1), state.signs.more))],
        [("status dim", f"{keys} ")],
        cols,
        "status",
    )


def _row(state: State, row: Frame | Branch, cols: int, *, is_chosen: bool) -> Row:
    if isinstance(row, Frame):
        is_here = row is state.debugger.here
        sign = state.signs.opened if is_here else state.signs.closed
        name = "" if row.name == "<module>" else f"  {row.name}"
        text, attr = f" {sign} {row.place}{name}", "popup mark" if is_here else "popup"
    else:
        sign = (state.signs.opened if row.is_open else state.signs.closed) if row.reference else " "
        told = f"{row.name}: {row.type}  {row.value}" if row.type else f"{row.name}  {row.value}"
        text, attr = f"   {'  ' * row.depth}{sign} {told}", "popup"
    if is_chosen:
        attr = "popup selected"
    return padded([(attr, fit(text, cols, state.signs.more))], cols, attr)
