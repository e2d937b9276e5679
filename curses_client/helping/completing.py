"""The completion pop-up: what is in it, and its commands."""

from dataclasses import replace
from typing import Any, Final

from curses_client.commanding import Command, Result, completed, typed_text
from curses_client.helping.asking import ask, complete, dropped
from curses_client.helping.matching import ranked
from curses_client.layout import MATCHES_SHOWN
from curses_client.offers import Completion, Match
from curses_client.state import State
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer
from curses_client.text.later import later
from kernel.protocol.messages import CompleteReply

_TYPES_KEY: Final = "_jupyter_types_experimental"
# behind these the kernel is to be asked anew
_OPENERS: Final = (".", "/")
_WORD: Final = later(r"[^\W\d]\w*\Z")
# the keys that a pop-up takes in which nothing is selected yet
_SELECTING: Final = frozenset({"tab", "shift tab", "esc", "ctrl g"})


def word_before(buffer: Buffer) -> str:
    """Return the name that ends at the cursor, as far as it is in front of it."""
    found = _WORD.search(buffer.lines[buffer.row][: buffer.col])
    return found[0] if found is not None else ""


def offered(asked: Buffer, content: CompleteReply) -> Completion | None:
    """Return what the kernel offers for a text as a pop-up; None when it is nothing.

    What stands in the text up to a dot or a slash, and all matches begin with, is left out.
    """
    matches = _matches(content) if content.status == "ok" else ()
    if not matches:
        return None
    start = min(max(content.cursor_start, 0), asked.offset)
    typed = asked.text[start : asked.offset]
    path = typed[: max(map(typed.rfind, _OPENERS)) + 1]
    if path and all(match.text.startswith(path) for match in matches):
        start, typed = start + len(path), typed[len(path) :]
        matches = tuple(replace(match, text=match.text[len(path) :]) for match in matches)
    return Completion(start, matches, matches, asked=typed)


def _matches(content: CompleteReply) -> tuple[Match, ...]:
    entries: Any = content.metadata.get(_TYPES_KEY, ())
    if not isinstance(entries, (list, tuple)) or len(entries) != len(content.matches):
        entries = [{}] * len(content.matches)
    return tuple(
        Match(sanitise(text), _told(entry, "type").replace("<unknown>", ""), _told(entry, "signature"))
        for text, entry in zip(content.matches, entries, strict=True)
        if text
    )


def _told(entry: Any, name: str) -> str:
    value = entry.get(name) if isinstance(entry, dict) else None
    return sanitise(value) if isinstance(value, str) else ""


def offer(state: State, completion: Completion) -> State:
    """Insert what all matches have in common; open the pop-up when there is a choice left."""
    buffer = typed_text(state)
    common = _common_prefix([match.text for match in completion.matches])
    typed = buffer.text[completion.start : buffer.offset]
    if len(completion.matches) == 1 or (len(common) > len(typed) and common.startswith(typed)):
        state = completed(state, buffer.replace(completion.start, buffer.offset, common))
    return state if len(completion.matches) == 1 else narrowed(replace(state, completion=completion))


def _common_prefix(texts: list[str]) -> str:
    low, high = min(texts), max(texts)
    for index, character in enumerate(low):
        if character != high[index : index + 1]:
            return low[:index]
    return low


def narrowed(state: State) -> State:
    """Keep the matches that have what was typed; close the pop-up when there is none, or nothing more to say."""
    completion, buffer = state.completion, typed_text(state)
    if completion is None:
        return state
    typed = buffer.text[completion.start : buffer.offset]
    if buffer.offset < completion.start or "\n" in typed or (not typed and completion.asked):
        return replace(state, completion=None)
    matches = ranked(completion.offered, typed)
    if not matches or (len(matches) == 1 and matches[0].text == typed):
        return replace(state, completion=None)
    selected = None if completion.selected is None else 0
    return replace(state, completion=replace(completion, matches=matches, selected=selected))


def typed_on(state: State, completion: Completion, character: str) -> Result:
    """Have the pop-up follow a character that was typed; behind a dot or a slash the kernel is asked anew."""
    after = narrowed(replace(state, completion=completion))
    found = after.completion
    if found is not None and not _is_of_word(character) and found.matches[0].marks != _first(found, state):
        # letters may be left out, signs may not
        after = replace(after, completion=None)
    if after.completion is None and character in _OPENERS and completion.selected is not None:
        return ask(after, complete(typed_text(state), purpose="again"))
    return after, ()


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _first(completion: Completion, state: State) -> tuple[int, ...]:
    return tuple(range(typed_text(state).offset - completion.start))


# ---- commands ----------------------------------------------------------------------------------------------


def complete_here(state: State) -> Result:
    """Ask for completions."""
    return ask(state, complete(typed_text(state), purpose="complete"))


def takes(completion: Completion, key: str) -> bool:
    """Whether a key is the pop-up's; one that has opened by itself leaves the editor its keys."""
    return completion.selected is not None or key in _SELECTING


def accept_match(state: State) -> Result:
    """Put the selected match into the text; in a directory the pop-up goes on."""
    completion = state.completion
    match = completion.match if completion is not None else None
    if completion is None or match is None:
        return replace(state, completion=None), ()
    buffer = typed_text(state)
    state = completed(state, buffer.replace(completion.start, buffer.offset, match.text))
    if match.text.endswith(_OPENERS):
        return ask(state, complete(typed_text(state), purpose="again"))
    return state, ()


def _select_match(step: int) -> Command:
    def command(state: State) -> Result:
        completion = state.completion
        if completion is None:
            return state, ()
        count = len(completion.matches)
        if completion.selected is None:
            state = replace(state, completion=replace(completion, selected=0 if step > 0 else count - 1))
            return accept_match(state) if count == 1 else (state, ())
        selected = completion.selected + step
        selected = selected % count if abs(step) == 1 else min(max(selected, 0), count - 1)
        return replace(state, completion=replace(completion, selected=selected)), ()

    return command


def close_matches(state: State) -> Result:
    """Close the pop-up."""
    return dropped(replace(state, completion=None)), ()


COMPLETING_COMMANDS: Final[dict[str, Command]] = {
    "match-next": _select_match(+1),
    "match-previous": _select_match(-1),
    "match-page-down": _select_match(+MATCHES_SHOWN),
    "match-page-up": _select_match(-MATCHES_SHOWN),
    "match-accept": accept_match,
    "match-close": close_matches,
}
