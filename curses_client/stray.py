"""Keys that are still meant for a question of `input()` which somebody else has answered meanwhile."""

from collections.abc import Iterable
from dataclasses import replace

from curses_client.commanding import Result, say
from curses_client.events import Event, KeyPressed, Pasted, Record, SetTimer
from curses_client.state import SessionView, State
from curses_client.transcript import Prompt
from kernel.protocol.messages import InputDone

# seconds without a key after which what is typed is meant for what is there by then
PAUSE = 0.5
_SAID = "answered elsewhere · pause before you type on"
_TYPING = frozenset({"enter", "backspace", "delete", "left", "right"})


def answered_elsewhere(state: State, before: SessionView, typed: bool, records: Iterable[Record]) -> Result:
    """Have the keys go nowhere until there is a pause if a question was answered that had them (`typed`)."""
    if not typed or not any(_answers(record, before.prompt, state) for record in records):
        return state, ()
    return _waits(say(state, _SAID))


def _answers(record: Record, prompt: Prompt | None, state: State) -> bool:
    """Whether a record tells that a question was answered, and not interrupted."""
    content = record.content
    if prompt is None or not isinstance(content, InputDone) or content.request != prompt.request:
        return False
    cell = state.transcript.cell(record.parent)
    # passwords are not recorded
    return content.value is not None or (prompt.password and cell is not None and not cell.failed)


def is_stray(state: State, event: Event) -> bool:
    """Whether an event is typing that was meant for the question."""
    if state.stray is None:
        return False
    return isinstance(event, Pasted) or (
        isinstance(event, KeyPressed) and (len(event.key) == 1 or event.key in _TYPING)
    )


def dropped(state: State) -> Result:
    """Drop what was typed, and wait for the pause anew."""
    return _waits(state)


def over(state: State) -> State:
    """Take in that there was a pause."""
    is_said = state.message is not None and state.message.text == _SAID
    return replace(state, stray=None, message=None if is_said else state.message)


def _waits(state: State) -> Result:
    tag = state.tags + 1
    return replace(state, tags=tag, stray=tag), (SetTimer(tag, PAUSE),)
