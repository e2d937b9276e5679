"""The rest of an earlier entry, in grey behind what begins like it, and how it is taken."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, Generic, TypeVar

from curses_client.commanding import Command, Result, edited
from curses_client.history.entries import Entry
from curses_client.state import State
from curses_client.text.buffer import Buffer

_T = TypeVar("_T")

# characters from which on something is suggested
_LEAST: Final = 2
# entries that are looked at for a key: a millisecond of work
_MOST: Final = 10_000


class _Same(Generic[_T]):
    """A tuple, told from others by what it is and not by what is in it: there may be a hundred thousand things."""

    def __init__(self, items: tuple[_T, ...]) -> None:
        self.items = items

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.items is other.items

    def __hash__(self) -> int:
        return id(self.items)


def suggestion(state: State) -> str:
    """Return what the cursor could go on with at the end of the text; mostly nothing."""
    buffer = state.editor.buffer
    if not buffer.at_last_line or buffer.col != len(buffer.lines[-1]):
        return ""
    if not state.options.suggestions or state.read_only or state.completion is not None or buffer.selection is not None:
        return ""
    if state.answer is not None or state.cursor is not None:
        return ""
    return _rest(_Same(state.history.entries), _Same(buffer.lines))


@lru_cache(maxsize=4)
def _rest(history: _Same[Entry], text: _Same[str]) -> str:
    """Return the rest of the newest entry that begins with the text; of several lines, of one with the last line."""
    lines = text.items
    if len("".join(islice((line.strip() for line in lines if line), _LEAST))) < _LEAST:
        return ""
    for entry in _newest_first(history):
        # what is typed is mostly longer than what could go on with it, and may be a whole file
        if entry.startswith(lines[0]) and entry.count("\n") + 1 >= len(lines):
            begun = "\n".join(lines)
            if entry.startswith(begun) and len(entry) > len(begun):
                return entry[len(begun) :]
    last = lines[-1].lstrip()
    if len(lines) == 1 or len(last) < _LEAST:
        return ""
    for entry in _newest_first(history):
        if last in entry:
            for line in map(str.lstrip, entry.split("\n")):
                if line.startswith(last) and len(line) > len(last):
                    return line[len(last) :]
    return ""


def _newest_first(history: _Same[Entry]) -> Iterator[str]:
    """Yield the texts of the entries that are looked at."""
    return (entry.text for entry in islice(reversed(history.items), _MOST))


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
