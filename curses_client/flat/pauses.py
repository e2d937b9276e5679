"""When output is said while somebody types: not within a word, which would be read aloud in two parts."""

from typing import Final

from curses_client.state import State
from curses_client.text.buffer import Buffer

# seconds without a key after which a word is no longer being typed
_PAUSE: Final = 1.0


def pause(state: State, now: float) -> float:
    """Return for how many seconds output is to wait for the end of the word that is being typed; 0 for none."""
    typed = state.editor.buffer if state.answer is None else state.answer
    return max(state.last_key + _PAUSE - now, 0.0) if _is_in_word(typed) else 0.0


def _is_in_word(typed: Buffer) -> bool:
    before = typed.lines[typed.row][: typed.col][-1:]
    return before.isalnum() or before == "_"
