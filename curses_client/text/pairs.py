"""Brackets and quotes that are typed in pairs."""

import re
from typing import Final

from curses_client.text.buffer import Buffer

_CLOSES: Final = {"(": ")", "[": "]", "{": "}", '"': '"', "'": "'", "`": "`"}
_OPENS: Final = {")": "(", "]": "[", "}": "{"}
_QUOTES: Final = "\"'`"
# what a pair may stand in front of
_ROOM: Final = frozenset(" \t)]},;:.")
# the prefixes of Python's strings, and nothing that could be the end of a name
_PREFIX: Final = re.compile(r"(?:.*\W)?(?:[rbuf]|[rb][br]|[rf][fr])", re.IGNORECASE)


def typed(buffer: Buffer, character: str, quotes: str = _QUOTES) -> Buffer | None:
    """Return a text in which a character was typed as one of a pair; None where it is to be typed as any other.

    `quotes` are those of the language.
    """
    if character in _QUOTES and character not in quotes:
        return None
    if buffer.selection is not None:
        return _around(buffer, character) if character in _CLOSES else None
    line, col = buffer.lines[buffer.row], buffer.col
    left, right = line[:col], line[col:]
    if right[:1] == character and (character in _OPENS or character in _QUOTES) and _is_closed(line, character):
        return buffer.right()
    if character in _QUOTES:
        closing = _closing(left, right, character)
        return None if closing is None else _with_behind(buffer, character, closing)
    if character in _CLOSES and (not right or right[0] in _ROOM):
        return _with_behind(buffer, character, _CLOSES[character])
    return None


def deleted(buffer: Buffer) -> Buffer | None:
    """Return a text from which the two of an empty pair are deleted; None where the cursor is in none."""
    line, col = buffer.lines[buffer.row], buffer.col
    if buffer.selection is not None or not col or _CLOSES.get(line[col - 1]) != line[col : col + 1]:
        return None
    return buffer.delete_right().delete_left()


def _is_closed(line: str, character: str) -> bool:
    """Whether a line needs no closing bracket more, so that the one that is there was meant."""
    return character in _QUOTES or line.count(_OPENS[character]) <= line.count(character)


def _closing(left: str, right: str, quote: str) -> str | None:
    """Return what is to stand behind a quote that is typed, if anything is."""
    if right and right[0] not in _ROOM:
        return None
    if left.endswith(quote * 2) and not left.endswith(quote * 3):
        # the third one, behind two that were typed as a pair
        return quote * 3
    before = left[-1:]
    if before == quote or before == "\\" or left.count(quote) % 2:
        return None
    if (before.isalnum() or before == "_") and not _PREFIX.fullmatch(left):
        return None
    return quote


def _with_behind(buffer: Buffer, character: str, closing: str) -> Buffer:
    after = buffer.insert(character)
    place = after.position
    return after.insert(closing).to(place)


def _around(buffer: Buffer, character: str) -> Buffer:
    """Put a pair around the selection, which stays."""
    assert buffer.selection is not None
    assert buffer.mark is not None
    (top, left), (bottom, right) = buffer.selection
    after = buffer.insert(f"{character}{buffer.selected_text}{_CLOSES[character]}")
    start, end = (top, left + 1), (bottom, right + (top == bottom))
    if buffer.position < buffer.mark:
        start, end = end, start
    return after.to(start).to(end, select=True)
