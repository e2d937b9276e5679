"""What follows when the kernel stops, and when it goes on: the pane of the debugger, and the line that it stands in."""

from dataclasses import replace

from curses_client.breakpoints.asking import INFORMED, wanted
from curses_client.breakpoints.setting import forgotten
from curses_client.commanding import Result
from curses_client.debugger import Frame, Step
from curses_client.debugging import Debugging, Stop
from curses_client.files.filing import at_line
from curses_client.files.tabs import index_of, switched
from curses_client.panes import closed, opened
from curses_client.state import State
from curses_client.stepping import with_source


def followed_stop(before: State, state: State) -> Result:
    """Ask where the kernel has stopped; show it once that is known, and no longer when the cell has ended."""
    session, debugger = state.session, state.debugger
    if session.debugs_ended != before.session.debugs_ended:
        debugger = forgotten(debugger)
    elif session.running is None and debugger.frames:
        debugger = replace(debugger, frames=(), branches=())
    if not debugger.frames and state.debugger.frames:
        state = closed(state, "debugger")
    state = replace(state, debugger=debugger)
    if session.stops == state.debugger.seen or session.behind or state.line:
        return _shown(before, state)
    state = replace(state, debugger=replace(state.debugger, seen=session.stops))
    if session.stopped is None or state.read_only:
        return state, ()
    begun = () if state.debugger.is_on else (INFORMED,)
    return wanted(state, *begun, Step("look", "stackTrace", {"threadId": session.stopped}))


def _shown(before: State, state: State) -> Result:
    """Show where the frame stands that is looked at, if it is another one than before, or there again."""
    debugger, here = state.debugger, state.debugger.here
    is_same = debugger.frames is before.debugger.frames and debugger.frame == before.debugger.frame
    if here is None or is_same:
        return state, ()
    is_new = "debugger" not in state.panes.open
    had_keys = state.panes.focus == "debugger"
    # who types goes on typing, and so does who has not run the cell
    is_own = (state.session.running or "").startswith(state.client)
    is_followed = had_keys or (is_own and debugger.key is not None and debugger.key == state.last_key)
    if is_followed:
        state = opened(state, "debugger")
    elif is_new:
        state = replace(state, panes=replace(state.panes, open=(*state.panes.open, "debugger")))
    row = row_in_editor(state, here) if here.path else None
    if is_followed and row is None and (index := index_of(state, here.path)) is not None:
        other = switched(state, index)
        row = row_in_editor(other, here)
        state = other if row is not None else state
    if row is not None:
        state = at_line(state, row + 1) if is_followed else state
        return replace(state, debugging=Debugging()), ()
    stop = Stop(here.file, here.line, here.name, here.count)
    known = Debugging(cell=state.session.running or "", stop=stop)
    return with_source(replace(state, debugging=known), stop)


def row_in_editor(state: State, frame: Frame) -> int | None:
    """Return the row of the editor in which a frame stands, if what is shown there is still what runs."""
    if state.document is None or state.document.path != frame.path:
        return None
    lines = state.editor.buffer.lines
    source = state.debugger.source(frame.file)
    row = (frame.origin.line if frame.origin is not None else frame.line) - 1
    code = source.code.split("\n") if source is not None else None
    if not 0 <= row < len(lines):
        return None
    if code is not None and frame.line <= len(code) and lines[row] != code[frame.line - 1]:
        return None
    return row


def stopped_row(state: State) -> int | None:
    """Return the row of the editor before which the kernel has stopped."""
    here = state.debugger.here
    return row_in_editor(state, here) if here is not None and state.session.stopped is not None else None
