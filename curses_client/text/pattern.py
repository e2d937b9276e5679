"""What is searched for: plain text or a regular expression, looked for a piece of text at a time."""

import re
import warnings
from collections.abc import Iterator
from contextlib import nullcontext
from functools import lru_cache
from itertools import islice
from typing import Final

from curses_client.text.later import later
from curses_client.text.patience import TooSlow, limited

Span = tuple[int, int]
# characters that mean something in a regular expression
SPECIAL: Final = later(r"[][\\.^$*+?{}|()]")
# places of a text as a whole, what looks behind and ahead, and what gives nothing back: with these a piece is no
# replacement for its lines
_BY_LINE: Final = later(r"\\[AZ]|\(\?|[*+?}]\+")
# characters that are looked through at once: a millisecond for most expressions
_PIECE: Final = 1 << 15
# hits that are taken at once
_HITS: Final = 1000
# what an expression finds in a line begins at most so many characters before what is shown of it
_AROUND: Final = 1 << 11


class Pattern:
    """Letters in lower case stand for both cases; what is no expression is plain text."""

    def __init__(self, pattern: str) -> None:
        # an escape such as \S is no capital
        self.folds_case = (letters := re.sub(r"\\.", "", pattern)) == letters.lower()
        flags = re.MULTILINE | (re.IGNORECASE if self.folds_case else 0)
        self.text = pattern
        self.is_literal = not SPECIAL.search(pattern)
        try:
            with warnings.catch_warnings():
                # of what may mean something else some day: there is no place to show that
                warnings.simplefilter("ignore")
                self.regex = re.compile(pattern, flags)
        except (re.error, OverflowError, RecursionError):
            self.is_literal = True
            self.regex = re.compile(re.escape(pattern), flags)
        self._by_line = not self.is_literal and _BY_LINE.search(pattern) is not None

    def spans(self, line: str) -> list[Span]:
        """Return where it is in one line."""
        return [match.span() for match in self.regex.finditer(line) if match.end() > match.start()]

    def marks(self, line: str, start: int, stop: int) -> list[Span]:
        """Return where it is in the part of a line that is shown, and around it.

        It is nowhere if that takes too long to find out.
        """
        more = len(self.text) if self.is_literal else _AROUND
        around = max(start - more, 0), stop + more
        try:
            with nullcontext() if self.is_literal else limited():
                return [match.span() for match in self.regex.finditer(line, *around) if match[0]]
        except TooSlow:
            return []

    def count(self, text: str) -> int | None:
        """Return how often it is in lines, or None where only `begins` can tell."""
        if self.is_literal and not self.folds_case:
            return text.count(self.text)
        # elsewhere there are letters of more than two cases
        if self.is_literal and text.isascii() and self.text.isascii():
            return text.lower().count(self.text)
        return None

    def begins(self, text: str) -> Iterator[list[int]]:
        """Yield where in lines it begins, a few places at a time, and none where a piece of them has none."""
        if self.is_literal:
            yield from self._literal_begins(text)
            return
        at = 0
        while at <= len(text):
            stop = text.find("\n", at if self._by_line else at + _PIECE)
            lines = text[at : stop if stop >= 0 else len(text)]
            if "\n" in lines:
                yield [at + start for start, _ in self._spans(lines)]
            else:
                yield from self._begins_in_line(lines, at)
            at += len(lines) + 1

    def _literal_begins(self, text: str) -> Iterator[list[int]]:
        at = 0
        while at < len(text):
            stop = at + _PIECE
            found = [match.start() for match in self.regex.finditer(text, at, stop + len(self.text) - 1)]
            yield found
            at = max(stop, found[-1] + len(self.text)) if found else stop

    def _begins_in_line(self, line: str, offset: int) -> Iterator[list[int]]:
        matches = self.regex.finditer(line)
        while some := list(islice(matches, _HITS)):
            yield [offset + match.start() for match in some if match[0]]
        yield []

    def _spans(self, lines: str) -> list[Span]:
        """Return where it is in some lines."""
        found = self.spans(lines)
        if not any("\n" in lines[start:stop] for start, stop in found):
            return found
        found, begin = [], 0
        for line in lines.split("\n"):
            found += [(begin + start, begin + stop) for start, stop in self.spans(line)]
            begin += len(line) + 1
        return found


@lru_cache(maxsize=64)
def compiled(text: str) -> Pattern:
    """Return the pattern of what was typed."""
    return Pattern(text)
