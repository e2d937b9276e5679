"""Breakpoints that a client leaves, for whoever comes back."""

from dataclasses import replace

from curses_client.debugger import Breakpoint, KeptBreakpoint
from curses_client.files.tabs import all_tabs
from curses_client.state import State


def kept_breakpoints(state: State) -> tuple[KeptBreakpoint, ...]:
    """Return the breakpoints of all that is open."""
    return tuple(
        (tab.document.path if tab.document is not None else "", mark.row, mark.condition)
        for tab in all_tabs(state)
        for mark in tab.editor.breakpoints
    )


def put_back(state: State) -> State:
    """Put the breakpoints that were left in what the editor shows now where they were."""
    shown = state.document.path if state.document is not None else ""
    last = len(state.editor.buffer.lines)
    found = [Breakpoint(row, condition) for path, row, condition in state.marked if path == shown and 0 <= row < last]
    if not found:
        return state
    left = tuple(kept for kept in state.marked if kept[0] != shown)
    return replace(state, marked=left, editor=replace(state.editor, breakpoints=tuple(found)))
