"""What keys do where the kernel has stopped."""

from dataclasses import replace
from typing import Final

from curses_client.breakpoints.answering import looking
from curses_client.breakpoints.asking import wanted
from curses_client.breakpoints.setting import ended
from curses_client.commanding import LOOKS_ONLY, Command, Result, say, tell
from curses_client.debugger import Branch, Frame, Step
from curses_client.files.filing import opened
from curses_client.panes import closed, toggled
from curses_client.state import Asking, State
from curses_client.text.buffer import Buffer

_GOES_ON: Final = "nothing has stopped at a breakpoint"


def open_pane(state: State) -> Result:
    """Go to where the kernel has stopped, or back to the editor."""
    return (toggled(state, "debugger"), ()) if state.debugger.frames else tell(state, _GOES_ON)


def _go(command: str) -> Command:
    """Have the kernel go on, one line or to the next breakpoint."""

    def go(state: State) -> Result:
        if state.session.stopped is None:
            return tell(state, _GOES_ON)
        if state.read_only:
            return tell(state, LOOKS_ONLY)
        state = replace(state, debugger=replace(state.debugger, key=state.last_key))
        if command == "continue":
            # the keys are the pane's again where it stops the next time
            state = _left(state)
        return wanted(state, Step("go", command, {"threadId": state.session.stopped}))

    return go


def _left(state: State) -> State:
    return toggled(state, "debugger") if state.panes.focus == "debugger" else state


def end(state: State) -> Result:
    """Have the kernel go on and stop nowhere; what is marked in the text is set again when it runs."""
    if state.read_only:
        return tell(state, LOOKS_ONLY)
    if not state.debugger.is_on and state.session.stopped is None:
        return tell(state, "the debugger is not at work")
    state, effects = ended(closed(state, "debugger"))
    return say(state, "the kernel goes on without breakpoints"), effects


def _move(step: int) -> Command:
    def move(state: State) -> Result:
        last = max(len(state.debugger.rows) - 1, 0)
        selected = min(max(state.debugger.selected + step, 0), last)
        return replace(state, debugger=replace(state.debugger, selected=selected)), ()

    return move


def enter(state: State) -> Result:
    """Look at the selected call, or go to its line if it is looked at; open or close a variable."""
    row = _selected(state)
    if isinstance(row, Branch):
        return _folded(state, row) if row.is_open else unfold(state)
    if row is None:
        return state, ()
    if row is not state.debugger.here:
        return _to_frame(state, state.debugger.frames.index(row))
    return _to_line(state, row)


def _to_line(state: State, frame: Frame) -> Result:
    if state.host:
        return tell(state, f"the file is on {state.host}")
    line = frame.origin.line if frame.origin is not None else frame.line
    if not frame.path:
        return tell(state, "this cell came from no file; it is shown beside")
    return opened(_left(state), frame.path, line)


def _frame(step: int) -> Command:
    def to_frame(state: State) -> Result:
        place = state.debugger.frame + step
        if not 0 <= place < len(state.debugger.frames):
            return tell(state, "there is no call further out" if step > 0 else "this is the innermost call")
        return _to_frame(state, place)

    return to_frame


def _to_frame(state: State, place: int) -> Result:
    state = replace(state, debugger=replace(state.debugger, frame=place, selected=place, branches=()))
    return looking(state)


def _selected(state: State) -> Frame | Branch | None:
    rows = state.debugger.rows
    return rows[state.debugger.selected] if state.debugger.selected < len(rows) else None


def unfold(state: State) -> Result:
    """Show what is in the selected variable."""
    row = _selected(state)
    if not isinstance(row, Branch) or not row.reference or row.is_open:
        return state, ()
    return wanted(state, Step("look", "variables", {"variablesReference": row.reference}, reference=row.reference))


def fold(state: State) -> Result:
    """Close the selected variable, or go to the one that it is in."""
    row = _selected(state)
    if not isinstance(row, Branch):
        return state, ()
    if row.is_open:
        return _folded(state, row)
    rows, place = state.debugger.rows, state.debugger.selected
    while place > 0 and isinstance(inner := rows[place], Branch) and inner.depth >= row.depth:
        place -= 1
    return replace(state, debugger=replace(state.debugger, selected=place)), ()


def _folded(state: State, branch: Branch) -> Result:
    branches = state.debugger.branches
    place = branches.index(branch)
    last = place + 1
    while last < len(branches) and branches[last].depth > branch.depth:
        last += 1
    branches = (*branches[:place], replace(branch, is_open=False), *branches[last:])
    return replace(state, debugger=replace(state.debugger, branches=branches)), ()


def ask_expression(state: State) -> Result:
    """Ask for an expression to be evaluated in the call that is looked at."""
    if state.session.stopped is None:
        return tell(state, _GOES_ON)
    return replace(state, asking=Asking("evaluate", Buffer.of("")), message=None), ()


def expression_chosen(state: State, text: str) -> Result:
    """Have an expression evaluated in the call that is looked at, and its value shown above the variables."""
    here = state.debugger.here
    if not text.strip() or here is None:
        return state, ()
    return wanted(
        state, Step("evaluate", "evaluate", {"expression": text.strip(), "frameId": here.id, "context": "watch"})
    )


def close(state: State) -> Result:
    """Give the keys back to the editor; the kernel stays where it is."""
    return _left(state), ()


STOPPED_COMMANDS: Final[dict[str, Command]] = {
    "debugger": open_pane,
    "debug-next": _go("next"),
    "debug-in": _go("stepIn"),
    "debug-out": _go("stepOut"),
    "debug-continue": _go("continue"),
    "debug-end": end,
    "debug-down": _move(+1),
    "debug-up": _move(-1),
    "debug-enter": enter,
    "debug-unfold": unfold,
    "debug-fold": fold,
    "debug-caller": _frame(+1),
    "debug-callee": _frame(-1),
    "debug-evaluate": ask_expression,
    "debug-close": close,
}
