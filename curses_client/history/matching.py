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
# an entry and its text in lower case
_Pair = tuple[str, Entry]

# letters of a text that are looked at for letters in an order, which takes longer than words
_LOOKED_AT: Final = 2000
# so many times as many entries are looked at for words as are prepared in the same time
_FASTER: Final = 5


class _Texts:
    """The entries that are searched, the newest first and each text once, in both cases; prepared bit by bit."""

    def __init__(self, entries: Sequence[Entry], within: Callable[[Entry], bool] | None) -> None:
        self.entries = entries
        self.pairs: list[_Pair] = []
        self._within = within
        self._met: set[str] = set()
        self._left = len(entries)

    @property
    def is_complete(self) -> bool:
        """Whether all are prepared."""
        return not self._left

    def prepare(self, count: int) -> None:
        """Prepare so many more."""
        some = self.entries[max(self._left - count, 0) : self._left]
        self._left -= len(some)
        met = self._met
        for entry in reversed(some if self._within is None else list(filter(self._within, some))):
            text = entry.text
            if text not in met:
                met.add(text)
                folded = text.lower()
                # most are in lower case already, and need not be there twice
                self.pairs.append((text if folded == text else folded, entry))


class Finder:
    """The entries that a pattern finds, the newest first.  It grows in place: compare its version."""

    def __init__(self, entries: Sequence[Entry], pattern: str, within: Callable[[Entry], bool] | None = None) -> None:
        """Search all entries, or those that are `within`."""
        self._begin(_Texts(entries, within), pattern)

    def _begin(self, texts: _Texts, pattern: str) -> None:
        self.pattern = pattern
        self.version = 0
        self._texts = texts
        self._words = pattern.split()
        self._found: list[_Pair] = []
        # what is looked at, if not all texts, and how far that is
        self._candidates: list[_Pair] | None = None
        self._at = 0
        # letters in an order, once no entry has the words
        self._letters: Callable[[str], object] | None = None

    def again(self, pattern: str) -> "Finder":
        """Return what finds another pattern in the same entries: of one that goes on, only in what this one found."""
        after = Finder.__new__(Finder)
        after._begin(self._texts, pattern)
        if not pattern.startswith(self.pattern) or not self.is_complete:
            return after
        if self._letters is not None:
            # no entry has even these words
            after._look_for_letters()
            after._candidates = self._found
        elif self._found:
            after._candidates = self._found
        return after

    # ---- what is found -------------------------------------------------------------------------------------

    @property
    def entries(self) -> Sequence[Entry]:
        """What is searched."""
        return self._texts.entries

    @property
    def count(self) -> int:
        """How many are found."""
        return len(self._found)

    def found(self, first: int, last: int) -> list[Entry]:
        """Return those from one place to another."""
        return [entry for _, entry in self._found[first:last]]

    def place(self, wanted: Entry) -> int | None:
        """Return the place of an entry among them."""
        return next((place for place, (_, entry) in enumerate(self._found) if entry == wanted), None)

    # ---- searching -----------------------------------------------------------------------------------------

    @property
    def is_complete(self) -> bool:
        """Whether all entries were looked at."""
        if self._candidates is not None:
            return self._at >= len(self._candidates)
        return self._texts.is_complete and self._at >= len(self._texts.pairs)

    def work(self, count: int) -> None:
        """Look at more entries, for as long as it takes to prepare so many."""
        self.version += 1
        self._step(count)
        if self.is_complete and not self._found and self._words and self._letters is None:
            self._look_for_letters()
            self._step(count)

    def _step(self, count: int) -> None:
        if self._candidates is None and not self._texts.is_complete:
            self._texts.prepare(count)
        candidates = self._texts.pairs if self._candidates is None else self._candidates
        some = candidates[self._at : self._at + (count * _FASTER if self._letters is None else count)]
        self._at += len(some)
        self._found += self._matching(some)

    def _matching(self, some: list[_Pair]) -> list[_Pair]:
        if self._letters is not None:
            return [pair for pair in some if self._letters(pair[0][:_LOOKED_AT])]
        # what was typed last says most
        for word in reversed(self._words):
            if word == word.lower():
                some = [pair for pair in some if word in pair[0]]
            else:
                some = [pair for pair in some if word in pair[1].text]
        return some

    def _look_for_letters(self) -> None:
        self._letters = _in_order("".join(self._words).lower())
        # an entry that has not all the words may have the letters
        self._candidates = None
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
