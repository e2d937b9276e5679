"""The text of the editor in the user's own one."""

from typing import Final

from curses_client.commanding import Command, Result, edited, say
from curses_client.editing.characters import lexer_of
from curses_client.events import EditText, TextEdited
from curses_client.state import State
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer, editable
from curses_client.text.languages import suffix_of


def edit_elsewhere(state: State) -> Result:
    """Give the text to the user's own editor ($VISUAL, $EDITOR)."""
    buffer = state.editor.buffer
    return state, (EditText(buffer.text, buffer.row + 1, suffix_of(lexer_of(state))),)


def edited_elsewhere(event: TextEdited, state: State) -> State:
    """Take the text back, the cursor in the line where it was; one step of undo."""
    if event.failure is not None:
        if event.kept:
            # a line that stays: the message is gone in a moment
            state.transcript.add_notice(f"what the editor saved is in {sanitise(event.kept)}", alarming=True)
            state.transcript.changed()
        return say(state, sanitise(event.failure), alarming=True)
    before = state.editor.buffer
    after = Buffer.of(editable(event.text.removesuffix("\n")))
    if after.lines == before.lines:
        return say(state, "the text is as it was")
    row = min(before.row, len(after.lines) - 1)
    return edited(state, after.to((row, min(before.col, len(after.lines[row])))), "edit")


EXTERNAL_COMMANDS: Final[dict[str, Command]] = {"edit-elsewhere": edit_elsewhere}
