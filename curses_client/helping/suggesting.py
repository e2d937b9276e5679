"""The rest of an earlier entry, in grey behind what begins like it, and how it is taken."""

from collections.abc import Callable
from functools import lru_cache
from typing import Final

from curses_client.commanding import Command, Result, edited
from curses_client.state import State
from curses_client.text.buffer import Buffer

# characters from which on something is suggested
_LEAST: Final = 2


def earlier(history: tuple[str, ...]) -> tuple[str, ...]:
    """Return the entries to suggest from, the newest last."""
    return history


def suggestion(state: State) -> str:
    """Return what the cursor could go on with at the end of the text; mostly nothing."""
    buffer = state.editor.buffer
    if not buffer.at_last_line or buffer.col != len(buffer.lines[-1]):
        return ""
    if not state.options.suggestions or state.read_only or state.completion is not None or buffer.selection is not None:
        return ""
    if state.answer is not None or state.cursor is not None:
        return ""
    return _rest(earlier(state.history), buffer.lines)


@lru_cache(maxsize=4)
def _rest(history: tuple[str, ...], lines: tuple[str, ...]) -> str:
    """Return the rest of the newest entry that begins with the text; of several lines, of one with the last line."""
    text = "\n".join(lines)
    if len(text.strip()) < _LEAST:
        return ""
    for entry in reversed(history):
        if entry.startswith(text) and len(entry) > len(text):
            return entry[len(text) :]
    last = lines[-1].lstrip()
    if len(lines) == 1 or len(last) < _LEAST:
        return ""
    for entry in reversed(history):
        if last in entry:
            for line in map(str.lstrip, entry.split("\n")):
                if line.startswith(last) and len(line) > len(last):
                    return line[len(last) :]
    return ""


def or_suggestion(command: Command, part: Callable[[str], str] = str) -> Command:
    """Return a command that takes what is suggested, or a part of it, where there is something; else does its own."""

    def taking(state: State) -> Result:
        rest = part(suggestion(state))
        return (edited(state, state.editor.buffer.insert(rest), "suggestion"), ()) if rest else command(state)

    return taking


def first_word(text: str) -> str:
    """Return the beginning of a text up to where the cursor goes word by word."""
    moved = Buffer.of(text, end=False).word_right()
    return text[: moved.offset]
