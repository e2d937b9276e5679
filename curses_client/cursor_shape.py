"""What the cursor looks like: with the keys of vi its shape tells the mode, else it is the terminal's own."""

from typing import Literal

from curses_client.state import State

# empty: as the terminal has it
Shape = Literal["", "block", "bar", "underline"]


def shape_of(state: State) -> Shape:
    """Return the shape of the cursor."""
    if state.options.keys != "vi":
        return ""
    if state.asking is not None or state.answer is not None:
        return "bar"
    if state.cursor is not None or state.read_only:
        return "block"
    mode = state.editor.vi.mode
    return "bar" if mode == "insert" else "underline" if mode == "replace" else "block"
