"""The rest of an earlier entry, in grey behind what begins like it, and how it is taken."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from curses_client.commanding import Command, Result, edited
from curses_client.history.entries import Entry
from curses_client.state import State
from curses_client.text.buffer import Buffer

# characters from which on something is suggested
_LEAST: Final = 2
# entries that are looked at for a key: a millisecond of work
_MOST: Final = 10_000


class _Same:
    """Entries, told from others by what they are and not by what is in them: there may be a hundred thousand."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.entries is other.entries

    def __hash__(self) -> int:
        return id(self.entries)

    def newest_first(self) -> Iterator[str]:
        """Yield the texts of those that are looked at."""
        return (entry.text for entry in islice(reversed(self.entries), _MOST))


def suggestion(state: State) -> str:
    """Return what the cursor could go on with at the end of the text; mostly nothing."""
    buffer = state.editor.buffer
    if not buffer.at_last_line or buffer.col != len(buffer.lines[-1]):
        return ""
    if not state.options.suggestions or state.read_only or state.completion is not None or buffer.selection is not None:
        return ""
    if state.answer is not None or state.cursor is not None:
        return ""
    return _rest(_Same(state.history.entries), buffer.lines)


@lru_cache(maxsize=4)
def _rest(history: _Same, lines: tuple[str, ...]) -> str:
    """Return the rest of the newest entry that begins with the text; of several lines, of one with the last line."""
    text = "\n".join(lines)
    if len(text.strip()) < _LEAST:
        return ""
    for entry in history.newest_first():
        if entry.startswith(text) and len(entry) > len(text):
            return entry[len(text) :]
    last = lines[-1].lstrip()
    if len(lines) == 1 or len(last) < _LEAST:
        return ""
    for entry in history.newest_first():
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
