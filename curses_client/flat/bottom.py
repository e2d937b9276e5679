"""The last line, which is the one being typed; what it is for stands in front in words."""

from typing import Final

from curses_client.scrolling import line_at, shown_answer
from curses_client.state import State
from curses_client.text.ansi import in_place, plain
from kernel.protocol.value import Value

_ASKED: Final = {
    "search": "search: ",
    "cell": "go to cell: ",
    "save": "save to: ",
    "export": "export to, .ipynb .py .html or .txt: ",
}


class Bottom(Value):
    """What is asked for, the text, and the index in it where the cursor is."""

    prompt: str
    text: str
    col: int


def bottom(state: State) -> Bottom:
    """Return the last line of a state."""
    if state.question is not None:
        return Bottom("answer: ", "", 0)
    if state.asking is not None:
        line = state.asking.buffer
        return _typed(_ASKED.get(state.asking.purpose, f"{state.asking.purpose}: "), line.text, line.col)
    if state.palette is not None:
        return _typed("command: ", state.palette.query.text, state.palette.query.col)
    if state.help_top is not None:
        return Bottom("help, Space goes on, Esc closes ", "", 0)
    if state.picture is not None:
        return Bottom("picture, s saves it, Esc closes ", "", 0)
    if state.recall is not None:
        return _typed("history: ", state.recall.buffer.text, state.recall.buffer.col)
    if state.panes.focus is not None:
        return Bottom(f"{state.panes.focus}, Esc closes ", "", 0)
    if state.cursor is not None:
        _, text = line_at(state, state.cursor.item, state.cursor.line)
        return _typed("reading: ", plain(text), state.cursor.col)
    if state.answer is not None:
        prompt = state.session.prompt
        return _typed(in_place(prompt.text if prompt is not None else ""), shown_answer(state), state.answer.col)
    buffer = state.editor.buffer
    if state.session.running is not None and buffer.is_empty and state.session.prompt is None:
        # read again below each new line it would only disturb; that it comes back says that the cell has ended
        return Bottom("", "", 0)
    return _typed(editor_prompt(state, buffer.row), buffer.lines[buffer.row], buffer.col)


def _typed(prompt: str, text: str, col: int) -> Bottom:
    return Bottom(prompt, in_place(text), len(in_place(text[:col])))


def editor_prompt(state: State, row: int) -> str:
    """Return what stands in front of a line of the editor."""
    if state.read_only:
        return "read-only: "
    return f"line {row + 1}: " if row else f"In {state.session.count + len(state.session.waiting) + 1}: "
