"""What commands are made of: their type, and the small steps that several of them take."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.events import Effect
from curses_client.state import Message, State
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
