"""What commands are made of: their type, and the small steps that several of them take."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from curses_client.events import Effect
from curses_client.state import Asking, Message, State
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import SESSION, Buffer

Result = tuple[State, tuple[Effect, ...]]
Command = Callable[[State], Result]

MESSAGE_SECONDS: Final = 5.0
LOOKS_ONLY: Final = "this client only looks · Ctrl-D leaves"


def say(state: State, text: str, *, alarming: bool = False) -> State:
    """Show a message in the status line for a while."""
    return replace(state, message=Message(text, state.now + MESSAGE_SECONDS, alarming))


def tell(state: State, text: str, *, alarming: bool = False) -> Result:
    """Do nothing but show a message."""
    return say(state, text, alarming=alarming), ()


def ask_again(state: State, purpose: Literal["open", "write", "save", "export"], text: str, why: str) -> Result:
    """Have the line back that was typed and led to nothing, unless the keys go elsewhere by now, and say why."""
    is_free = state.asking is None and state.palette is None and state.question is None
    if is_free:
        state = replace(state, asking=Asking(purpose, Buffer.of(sanitise(text))), completion=None)
    return tell(state, why, alarming=True)


def edited(state: State, buffer: Buffer, kind: str) -> State:
    """Put a changed text into the editor, so that it can be undone."""
    editor = state.editor
    if buffer.lines is editor.buffer.lines:
        return moved(state, buffer)
    if state.options.keys == "vi" and editor.vi.is_inserting:
        kind = SESSION
    undo = editor.undo.record(editor.buffer, kind)
    editor = replace(editor, buffer=buffer, undo=undo, browsing=None, is_marking=False)
    return replace(state, completion=None, editor=editor)


def typed_text(state: State) -> Buffer:
    """Return what completions are for: the answer that is typed, or what is in the editor."""
    return state.editor.buffer if state.answer is None else state.answer


def completed(state: State, buffer: Buffer) -> State:
    """Put that with a completion in it."""
    return edited(state, buffer, "complete") if state.answer is None else replace(state, answer=buffer, completion=None)


def moved(state: State, buffer: Buffer) -> State:
    """Put the cursor elsewhere."""
    is_marking = state.editor.is_marking and buffer.mark is not None
    return replace(state, completion=None, editor=replace(state.editor, buffer=buffer, is_marking=is_marking))
