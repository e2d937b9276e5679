"""Search in the text: a regular expression, or what is none as it is."""

import re
from typing import Final

from curses_client.text.patience import TooSlow, limited
from curses_client.text.pattern import compiled

_WORD: Final = re.compile(r"\w+")
_OTHER: Final = re.compile(r"[^\w\s]+")


def look_for(text: str, pattern: str, at: int, step: int, times: int) -> int | None:
    """Return the hit that is so many hits behind a place, or before it; after the last one comes the first."""
    if not pattern:
        return None
    try:
        with limited():
            hits = [found.start() for found in compiled(pattern).regex.finditer(text)]
    except TooSlow:
        return None
    # the cursor cannot be put behind the end
    hits = [hit for hit in hits if hit < max(len(text), 1)]
    if not hits:
        return None
    behind = sum(hit <= at for hit in hits)
    before = sum(hit < at for hit in hits)
    index = behind + times - 1 if step > 0 else before - times
    return hits[index % len(hits)]


def word_pattern(text: str, at: int) -> tuple[str, int]:
    """Return the pattern of the word under the cursor or behind it in the line, and where the word begins."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : end if end >= 0 else len(text)]
    for kind in (_WORD, _OTHER):
        for found in kind.finditer(line):
            if start + found.end() > at:
                escaped = re.escape(found.group())
                # the word itself, in whatever case it is
                return (rf"\b(?-i:{escaped})\b" if kind is _WORD else escaped), start + found.start()
    return "", at
