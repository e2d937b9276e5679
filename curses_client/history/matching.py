"""Which entries a pattern finds: a slice of them at a time, so that nobody has to wait.

A pattern is words in any order, each anywhere in the text; a word in lower case stands for both cases.  Where no
entry has all the words, those are found in which the pattern's letters come in this order, whatever is between them.
"""

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Final

from curses_client.history.entries import Entry

Span = tuple[int, int]

# letters of a text that are looked at for letters in an order, which takes longer than words
_LOOKED_AT: Final = 2000


class Finder:
    """The entries that a pattern finds, the newest first, each text once.  It grows in place: compare its version."""

    def __init__(self, entries: Sequence[Entry], pattern: str, within: Callable[[Entry], bool] | None = None) -> None:
        self.pattern = pattern
        self.entries = entries
        self.found: list[Entry] = []
        self.version = 0
        self._within = within
        self._words = pattern.split()
        # those to be looked at, and how many were
        self._candidates: Sequence[Entry] = entries[::-1]
        self._at = 0
        self._texts: set[str] = set()
        # letters in an order, once no entry has the words
        self._letters: Callable[[str], object] | None = None

    def narrowed(self, pattern: str) -> "Finder":
        """Return what finds a pattern that begins with this one: only what this one found, or has yet to look at."""
        after = Finder((), pattern, self._within)
        after.entries = self.entries
        after._candidates = [*self.found, *self._candidates[self._at :]]
        if self._letters is not None:
            # no entry has even these words
            after._look_for_letters()
        return after

    @property
    def is_complete(self) -> bool:
        """Whether all entries were looked at."""
        return self._at >= len(self._candidates)

    def work(self, count: int) -> None:
        """Look at so many more entries."""
        some = self._candidates[self._at : self._at + count]
        self._at += len(some)
        self.version += 1
        if self._within is not None:
            some = list(filter(self._within, some))
        if self._letters is not None:
            some = [entry for entry in some if self._letters(entry.text[:_LOOKED_AT].lower())]
        else:
            for word in self._words:
                if word == word.lower():
                    some = [entry for entry in some if word in entry.text.lower()]
                else:
                    some = [entry for entry in some if word in entry.text]
        for entry in some:
            if entry.text not in self._texts:
                self._texts.add(entry.text)
                self.found.append(entry)
        if self.is_complete and not self.found and self._words and self._letters is None:
            self._look_for_letters()

    def _look_for_letters(self) -> None:
        self._letters = _in_order("".join(self._words).lower())
        self._at = 0

    def spans(self, text: str) -> list[Span]:
        """Return where in a line what is looked for stands, in order; they may overlap."""
        folded = text.lower()
        if len(folded) != len(text):
            # a letter whose lower case is two
            return []
        if self._letters is not None:
            return _letter_spans("".join(self._words).lower(), folded)
        found = (re.finditer(re.escape(word), folded if word == word.lower() else text) for word in self._words)
        return sorted(match.span() for match in chain.from_iterable(found))


def _in_order(letters: str) -> Callable[[str], object]:
    """Return what tells whether letters come in a text in this order; no step is ever taken back."""
    return re.compile("".join(f"[^{re.escape(letter)}]*+{re.escape(letter)}" for letter in letters)).match


def _letter_spans(letters: str, text: str) -> list[Span]:
    """Return where the letters are in a line, as far as they are in it."""
    found, at = [], 0
    for letter in letters:
        place = text.find(letter, at)
        if place < 0:
            break
        found.append((place, place + 1))
        at = place + 1
    return found
