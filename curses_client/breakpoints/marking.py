"""Breakpoints in the text: they are put on lines, and go with them when the text changes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from curses_client.breakpoints.setting import ended, synced
from curses_client.commanding import Command, Result, say, tell
from curses_client.debugger import Breakpoint
from curses_client.files.sections import is_mark
from curses_client.files.tabs import all_tabs, with_tab
from curses_client.state import Asking, State
from curses_client.text.buffer import Buffer
from curses_client.text.difference import difference

_NO_CODE: Final = "there is no code in this line to stop at"


def toggle(state: State) -> Result:
    """Put a breakpoint on the cursor's line, or take it away."""
    return toggled(state, state.editor.buffer.row)


def toggled(state: State, row: int) -> Result:
    """Put a breakpoint on a row of the editor, or take it away."""
    others = tuple(mark for mark in state.editor.breakpoints if mark.row != row)
    if len(others) < len(state.editor.breakpoints):
        return synced(_marked(state, others))
    return _put(state, row, "")


def ask_condition(state: State) -> Result:
    """Ask for the condition of a breakpoint on the cursor's line."""
    row = state.editor.buffer.row
    known = next((mark.condition for mark in state.editor.breakpoints if mark.row == row), "")
    return replace(state, asking=Asking("condition", Buffer.of(known)), completion=None, message=None), ()


def condition_chosen(state: State, text: str) -> Result:
    """Put a breakpoint with a condition on the cursor's line; without one, it always stops there."""
    return _put(state, state.editor.buffer.row, text.strip())


def _put(state: State, row: int, condition: str) -> Result:
    line = state.editor.buffer.lines[row].strip()
    if not line or is_mark(line) or (line.startswith("#") and "python" in state.session.lexer):
        return tell(state, _NO_CODE)
    others = tuple(mark for mark in state.editor.breakpoints if mark.row != row)
    return synced(_marked(state, (*others, Breakpoint(row, condition))))


def clear(state: State) -> Result:
    """Take all breakpoints away, also those in cells that have run."""
    for index, tab in enumerate(all_tabs(state)):
        if tab.editor.breakpoints:
            state = with_tab(state, index, lambda tab: replace(tab, editor=replace(tab.editor, breakpoints=())))
    state = say(state, "there are no breakpoints any more")
    return ended(state) if state.debugger.is_on else (state, ())


def _marked(state: State, marks: Sequence[Breakpoint]) -> State:
    found = tuple(sorted(marks, key=lambda mark: mark.row))
    return replace(state, editor=replace(state.editor, breakpoints=found))


# ---- with the text -----------------------------------------------------------------------------------------


def carried(before: State, state: State) -> State:
    """Have the breakpoints go with their lines when the text of the editor has changed."""
    marks, old, new = state.editor.breakpoints, before.editor.buffer.lines, state.editor.buffer.lines
    if not marks or old is new or marks is not before.editor.breakpoints or state.tab != before.tab:
        return state
    head, tail = difference(old, new, state.editor.buffer.change)
    changed = new[head : len(new) - tail]

    def new_row(row: int) -> int | None:
        if row < head:
            return row
        if row >= len(old) - tail:
            return row + len(new) - len(old)
        # in what was changed: where the same line is, or else the one that has come in its place
        if old[row] in changed:
            return head + changed.index(old[row])
        place = row - head
        return row if place < len(changed) and changed[place].strip() else None

    found = {row: mark for mark in marks if (row := new_row(mark.row)) is not None}
    return _marked(state, [replace(mark, row=row) for row, mark in found.items()])


MARKING_COMMANDS: Final[dict[str, Command]] = {
    "breakpoint": toggle,
    "breakpoint-condition": ask_condition,
    "breakpoints-clear": clear,
}
