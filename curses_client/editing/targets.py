"""Where the keys go, the editor or a line elsewhere, and the moves and edits that are the same in all of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, edited, moved
from curses_client.editing.find import find_typed
from curses_client.recall import recall_typed
from curses_client.searching import typed
from curses_client.state import Palette, State
from curses_client.text.buffer import TYPING, Buffer

# a move, which selects if told so
Move = Callable[[Buffer, bool], Buffer]


def insert(state: State, text: str, kind: str = TYPING) -> State:
    """Insert text where the keys go."""
    line = line_of(state)
    if line is not None:
        return with_line(state, line.insert(text.split("\n")[0]))
    return edited(state, state.editor.buffer.insert(text), kind)


def line_of(state: State) -> Buffer | None:
    """Return the line that the keys go to, if it is not the editor."""
    if state.palette is not None:
        return state.palette.query
    if state.asking is not None:
        return state.asking.buffer
    return state.recall.buffer if state.recall is not None else state.answer


def with_line(state: State, buffer: Buffer) -> State:
    """Put a changed line in the place of the one that the keys go to."""
    if state.palette is not None:
        same = buffer.lines == state.palette.query.lines
        return replace(state, palette=Palette(buffer, state.palette.selected if same else 0))
    if state.asking is None:
        return recall_typed(state, buffer) if state.recall is not None else _with_answer(state, buffer)
    return find_typed(state, buffer) if state.asking.purpose in ("find", "replace") else typed(state, buffer)


def _with_answer(state: State, buffer: Buffer) -> State:
    is_same = state.answer is not None and buffer.lines == state.answer.lines
    return replace(state, answer=buffer, answered=state.answered if is_same else None, completion=None)


def move(step: Move) -> Command:
    """Make a command of a move; behind a mark that was set it selects."""

    def command(state: State) -> Result:
        line = line_of(state)
        if line is not None:
            return with_line(state, step(line, False)), ()
        return moved(state, step(state.editor.buffer, state.editor.is_marking)), ()

    return command


def selecting(step: Move) -> Command:
    """Make a command of a move that selects."""
    return move(lambda buffer, _: step(buffer, True))


def edit(step: Callable[[Buffer], Buffer], kind: str) -> Command:
    """Make a command of an edit, which undo takes back as a step of its `kind`."""

    def command(state: State) -> Result:
        line = line_of(state)
        if line is not None:
            return with_line(state, step(line)), ()
        return edited(state, step(state.editor.buffer), kind), ()

    return command


def set_mark(state: State) -> Result:
    """Begin a selection here that all moves extend; again here, end it."""
    buffer = state.editor.buffer
    if state.editor.is_marking and buffer.mark == buffer.position:
        return moved(state, replace(buffer, mark=None)), ()
    editor = replace(state.editor, buffer=replace(buffer, mark=buffer.position), is_marking=True)
    return replace(state, completion=None, editor=editor), ()


TARGETS_COMMANDS: Final[dict[str, Command]] = {
    "left": move(Buffer.left),
    "right": move(Buffer.right),
    "home": move(Buffer.home),
    "end": move(Buffer.end),
    "word-left": move(Buffer.word_left),
    "word-right": move(Buffer.word_right),
    "top": move(Buffer.top),
    "bottom": move(Buffer.bottom),
    "select-left": selecting(Buffer.left),
    "select-right": selecting(Buffer.right),
    "select-up": selecting(Buffer.up),
    "select-down": selecting(Buffer.down),
    "select-home": selecting(Buffer.home),
    "select-end": selecting(Buffer.end),
    "select-word-left": selecting(Buffer.word_left),
    "select-word-right": selecting(Buffer.word_right),
    "select-top": selecting(Buffer.top),
    "select-bottom": selecting(Buffer.bottom),
    "select-all": move(lambda buffer, _: buffer.select_all()),
    "set-mark": set_mark,
    "delete-right": edit(Buffer.delete_right, "delete"),
    "transpose": edit(Buffer.transpose, "transpose"),
}
