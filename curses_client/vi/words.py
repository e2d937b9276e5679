"""Words and sentences: where the next ones begin and end.

A word is a run of letters, digits and underscores, or of other characters that are no blanks; a WORD is a run of
anything but blanks.  An empty line is a word too.
"""

import re
from bisect import bisect_left, bisect_right
from typing import Final

from curses_client.vi.places import first_character, is_empty_line, line_at, line_start

_BLANK, _OTHER, _WORD = range(3)
# scripts that put no blanks between words: kana, Han, Hangul
_SCRIPTS: Final = (0x3041, 0x30A0, 0x3100, 0x3400, 0xA000, 0xAC00, 0xD7A4)
# accents belong to what they stand on
_MARKS: Final = range(0x300, 0x370)
_SENTENCE_END: Final = re.compile(r"[.!?][)\]\"']*(?:[ \t]+|(?=\n)|\Z)\n?[ \t]*")
_PARAGRAPH: Final = re.compile(r"(?:\A|(?<=[^\n]\n))(?=\n|\Z)|(?:\A|(?<=\n\n))[ \t]*(?=\S)")


def kind(text: str, at: int, big: bool) -> int:
    """Return what kind of character is at a place; line ends are blanks, and so is the end of the text."""
    while 0 < at < len(text) and ord(text[at]) in _MARKS:
        at -= 1
    character = text[at : at + 1]
    if not character or character.isspace():
        return _BLANK
    if not big and ord(character) >= _SCRIPTS[0] and character.isalnum():
        return _WORD + bisect_right(_SCRIPTS, ord(character))
    return _WORD if big or character == "_" or character.isalnum() else _OTHER


def next_start(text: str, at: int, big: bool, *, in_line: bool = False) -> int:
    """Return the start of the next word; with `in_line`, the end of the line after its last word."""
    here = kind(text, at, big)
    at += 1
    if in_line and (text[at : at + 1] in ("", "\n") or text[at - 1] == "\n"):
        return min(at, len(text))
    while here and at < len(text) and kind(text, at, big) == here:
        at += 1
    if in_line and here and text[at : at + 1] in ("", "\n"):
        return min(at, len(text))
    while at < len(text) and not kind(text, at, big) and not is_empty_line(text, at):
        at += 1
    return min(at, len(text))


def next_end(text: str, at: int, big: bool, *, stay: bool = False) -> int:
    """Return the end of this word or the next one, its last character; with `stay`, that may be `at` itself."""
    here = kind(text, at, big)
    last = max(len(text) - 1, 0)
    at += 1
    if here and kind(text, at, big) == here:
        pass
    elif stay and here:
        return at - 1
    else:
        while at < len(text) and not kind(text, at, big):
            at += 1
        here = kind(text, at, big)
    while at < len(text) and kind(text, at, big) == here:
        at += 1
    return min(at - 1, last) if at < len(text) or not text.endswith("\n") else len(text)


def previous_start(text: str, at: int, big: bool) -> int:
    """Return the start of this word or the one before."""
    at -= 1
    while at > 0 and not kind(text, at, big) and not is_empty_line(text, at):
        at -= 1
    here = kind(text, at, big)
    while at > 0 and here and kind(text, at - 1, big) == here:
        at -= 1
    return max(at, 0)


def previous_end(text: str, at: int, big: bool) -> int:
    """Return the end of the word before, its last character."""
    here = kind(text, at, big)
    at -= 1
    while at > 0 and here and kind(text, at, big) == here:
        at -= 1
    while at > 0 and not kind(text, at, big) and not is_empty_line(text, at):
        at -= 1
    return max(at, 0)


def runs(text: str, at: int, big: bool) -> list[tuple[int, int, bool]]:
    """Return the words of the line and what is between them: start, end, and whether it is a word."""
    start, line = line_start(text, at), line_at(text, at)
    found: list[tuple[int, int, bool]] = []
    begin = 0
    for col in range(1, len(line) + 1):
        if col == len(line) or kind(line, col, big) != kind(line, begin, big):
            found.append((start + begin, start + col, bool(kind(line, begin, big))))
            begin = col
    return found


def sentence_starts(text: str) -> list[int]:
    """Return where sentences begin: behind the end of another one, at paragraphs and at the lines between them."""
    starts = {found.end() for found in _SENTENCE_END.finditer(text)}
    starts |= {found.end() for found in _PARAGRAPH.finditer(text)}
    return sorted(at for at in starts if at < len(text) or not at)


def next_sentence(text: str, at: int) -> int:
    """Return the start of the next sentence, or the end of the text."""
    starts = sentence_starts(text)
    # the indentation belongs to what follows it
    index = bisect_right(starts, max(at, first_character(text, at)))
    return starts[index] if index < len(starts) else len(text)


def previous_sentence(text: str, at: int) -> int:
    """Return the start of this sentence, or of the one before; of several empty lines the last one is met first."""
    starts = sentence_starts(text)
    while at > 0 and is_empty_line(text, at) and is_empty_line(text, at - 1):
        at -= 1
    index = bisect_left(starts, at)
    found = starts[index - 1] if index else 0
    while found + 1 < at and is_empty_line(text, found) and is_empty_line(text, found + 1):
        found += 1
    return found
