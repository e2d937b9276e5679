"""Search in the text: a regular expression, or what is none as it is."""

import re
import warnings
from typing import Final

from curses_client.text.patience import TooSlow, limited

_WORD: Final = re.compile(r"\w+")
_OTHER: Final = re.compile(r"[^\w\s]+")


def compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern to search for; lower case finds upper case too."""
    flags |= re.MULTILINE | (0 if pattern != pattern.lower() else re.IGNORECASE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError):
        return re.compile(re.escape(pattern), flags)


def look_for(text: str, pattern: str, at: int, step: int, times: int) -> int | None:
    """Return the hit that is so many hits behind a place, or before it; after the last one comes the first."""
    if not pattern:
        return None
    try:
        with limited():
            # nothing can be put on a hit behind the end
            hits = [found.start() for found in compiled(pattern).finditer(text) if found.start() < max(len(text), 1)]
    except TooSlow:
        return None
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
