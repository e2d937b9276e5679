"""Searching the whole transcript, also what is folded away: a block of lines at a time, so that nobody has to wait.

A `Finder` counts the hits of a pattern in each block of each part (`curses_client.text.lines.BLOCK` lines).  With
these numbers the next hit of any place is found without looking at most of the text again.
"""

import re
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import Final, NamedTuple

from curses_client.outputs import Part
from curses_client.text.lines import BLOCK
from curses_client.text.patience import TooSlow, limited
from curses_client.transcript import Transcript

Span = tuple[int, int]
# characters that mean something in a regular expression
_SPECIAL: Final = re.compile(r"[][\\.^$*+?{}|()]")
# places of a text as a whole, what looks behind and ahead, and what gives nothing back: with these a block is no
# replacement for its lines
_BY_LINE: Final = re.compile(r"\\[AZ]|\(\?|[*+?}]\+")
# what is found in a line begins at most so many characters before what is shown of it
_AROUND: Final = 1 << 14
# so many of the last cells may print: the running one, and those whose threads go on
_PRINTING: Final = 1000
# blocks that are known to hold nothing cost so much of one that is looked through
_KNOWN: Final = 0.02


class Spot(NamedTuple):
    """A place in the transcript, whatever is folded: item, part of it, line of the part, index in that line."""

    item: int
    part: int
    line: int
    col: int


class _Counted:
    """The hits in each block of a part, as it was in one version."""

    __slots__ = ("body", "counts", "settled", "version")

    def __init__(self, part: Part) -> None:
        self.body = part.body
        self.version = part.version
        self.counts: list[int] = []
        # blocks of these that can never change
        self.settled = 0

    def is_of(self, part: Part) -> bool:
        """Whether the part is still what was counted."""
        return self.body is part.body and self.version == part.version

    def renewed(self, part: Part) -> "_Counted":
        """Return what is still true of the part."""
        after = _Counted(part)
        if self.body is part.body:
            after.settled = self.settled
            after.counts = self.counts[: self.settled]
        return after


class Finder:
    """All hits of one pattern.  Letters in lower case stand for both cases; what is no expression is plain text."""

    def __init__(self, pattern: str) -> None:
        # an escape such as \S is no capital
        self._folds_case = (letters := re.sub(r"\\.", "", pattern)) == letters.lower()
        flags = re.MULTILINE | (re.IGNORECASE if self._folds_case else 0)
        self.pattern = pattern
        self.is_literal = not _SPECIAL.search(pattern)
        try:
            with warnings.catch_warnings():
                # of what may mean something else some day: there is no place to show that
                warnings.simplefilter("ignore")
                self._regex = re.compile(pattern, flags)
        except (re.error, OverflowError, RecursionError):
            self.is_literal = True
            self._regex = re.compile(re.escape(pattern), flags)
        self._by_line = not self.is_literal and _BY_LINE.search(pattern) is not None
        self.count = 0
        self.version = 0
        self._items: list[list[_Counted]] = []
        # the first item that is not counted to its end
        self._todo = 0
        # not known before the first look
        self._length = 1
        self._seen_in: tuple[object, int] | None = None
        # an item, and how many hits are above it
        self._hits_above = 0, 0

    @property
    def is_complete(self) -> bool:
        """Whether everything is counted."""
        return self._todo >= self._length

    # ---- counting ----------------------------------------------------------------------------------------

    def changed(self, transcript: Transcript) -> None:
        """Take in that the transcript has changed: what is new at its end, or has changed, is to be counted."""
        items = transcript.items
        last = min(len(self._items), len(items))
        state = transcript.pane.stamp, transcript.pane.refilled
        # an earlier cell may still print, and what is shown of a value further up may be another one
        begin = max(last - _PRINTING, 0) if state == self._seen_in else 0
        self._seen_in = state
        first = next((n for n in range(begin, last) if not self._is_counted(n, items[n].parts)), last)
        for index in range(first, len(self._items)):
            parts = items[index].parts if index < len(items) else []
            old = self._items[index]
            kept = [
                old[place] if place < len(old) and old[place].is_of(part) else _renewed(old, place, part)
                for place, part in enumerate(parts)
            ]
            self.count += _sum(kept) - _sum(old)
            self._items[index] = kept
        del self._items[len(items) :]
        self._todo = min(self._todo, first)
        if first < self._hits_above[0]:
            self._hits_above = 0, 0
        self._length = len(items)
        self.version += 1

    def _is_counted(self, index: int, parts: Sequence[Part]) -> bool:
        """Whether an item is as it was when its hits were counted."""
        counted = self._items[index]
        return len(parts) == len(counted) and all(map(_Counted.is_of, counted, parts))

    def work(self, transcript: Transcript, blocks: int) -> None:
        """Count the hits in so many more blocks."""
        items = transcript.items
        self._length = len(items)
        while blocks > 0 and self._todo < len(items):
            parts = items[self._todo].parts
            if self._todo == len(self._items):
                self._items.append([])
            counted = self._items[self._todo]
            for place, part in enumerate(parts):
                if place == len(counted):
                    counted.append(_Counted(part))
                blocks -= self._count_part(counted[place], part, blocks)
                if blocks <= 0:
                    break
            else:
                self._todo += 1
                blocks -= 1 if not parts else 0
        self.version += 1

    def _count_part(self, counted: _Counted, part: Part, blocks: int) -> int:
        """Count the hits in at most so many blocks of a part; return in how many."""
        done = len(counted.counts)
        for block in range(done, min(done + blocks, part.blocks)):
            found = self._count(part.block(block))
            counted.counts.append(found)
            self.count += found
        counted.settled = min(part.settled_blocks, len(counted.counts))
        return len(counted.counts) - done

    def _count(self, text: str) -> int:
        if self.is_literal and not self._folds_case:
            return text.count(self.pattern)
        # elsewhere there are letters of more than two cases
        if self.is_literal and text.isascii() and self.pattern.isascii():
            return text.lower().count(self.pattern)
        return len(self._spans(text))

    # ---- hits --------------------------------------------------------------------------------------------

    def spans(self, text: str) -> list[Span]:
        """Return where the pattern is in one line."""
        return [match.span() for match in self._regex.finditer(text) if match.end() > match.start()]

    def marks(self, text: str, start: int, stop: int) -> list[Span]:
        """Return where the pattern is in the part of a line that is shown, and around it.

        It is nowhere if that takes too long to find out.
        """
        around = max(start - _AROUND, 0), stop + _AROUND
        try:
            with nullcontext() if self.is_literal else limited():
                return [match.span() for match in self._regex.finditer(text, *around) if match[0]]
        except TooSlow:
            return []

    def _spans(self, text: str) -> list[Span]:
        """Return where the pattern is in the lines of a block."""
        if not self._by_line:
            found = self.spans(text)
            if not any("\n" in text[start:stop] for start, stop in found):
                return found
        found, begin = [], 0
        for line in text.split("\n"):
            found += [(begin + start, begin + stop) for start, stop in self.spans(line)]
            begin += len(line) + 1
        return found

    def seek(self, transcript: Transcript, start: Spot, step: int, blocks: int) -> tuple[Spot | None, Spot | None]:
        """Look for the next hit behind a place, or before it with a `step` of -1, in so many blocks.

        Return the hit, or None and the place from which to go on; no place when the end was reached.
        """
        left = float(blocks)
        for item, place, part, block in self._units(transcript, start, step):
            if not self._known_empty(item, place, part, block):
                hit = self._in_block(item, place, part, block, start, step)
                if hit is not None:
                    return hit, None
                left -= 1
            left -= _KNOWN
            if left <= 0:
                if step > 0:
                    return None, Spot(item, place, (block + 1) * BLOCK, -1)
                return None, Spot(item, place, block * BLOCK - 1, sys.maxsize)
        return None, None

    def _units(self, transcript: Transcript, start: Spot, step: int) -> Iterator[tuple[int, int, Part, int]]:
        """Yield item, part and block from a place on, in either direction."""
        items = transcript.items
        index = min(start.item, len(items) - 1)
        while 0 <= index < len(items):
            parts = items[index].parts
            is_first = index == start.item
            first = min(start.part, len(parts) - 1) if is_first else (0 if step > 0 else len(parts) - 1)
            for place in range(first, len(parts) if step > 0 else -1, step):
                part = parts[place]
                last = part.blocks - 1
                block = start.line // BLOCK if is_first and place == start.part else (0 if step > 0 else last)
                if step < 0:
                    block = min(block, last)
                for number in range(block, last + 1) if step > 0 else range(block, -1, -1):
                    yield index, place, part, number
            index += step

    def _known_empty(self, item: int, place: int, part: Part, block: int) -> bool:
        if item >= len(self._items) or place >= len(self._items[item]):
            return False
        counted = self._items[item][place]
        return block < len(counted.counts) and not counted.counts[block] and counted.is_of(part)

    def _in_block(self, item: int, place: int, part: Part, block: int, start: Spot, step: int) -> Spot | None:
        """Return the first hit of a block that is behind the start, or the last one before it."""
        found = self._hits(item, place, part, block)
        if step > 0:
            return next((spot for spot in found if spot > start), None)
        before = [spot for spot in found if spot < start]
        return before[-1] if before else None

    def _hits(self, item: int, place: int, part: Part, block: int) -> Iterator[Spot]:
        text = part.block(block)
        if self.is_literal and self._folds_case and self.pattern not in text.lower():
            # many times faster than an expression for both cases
            return
        line, begin = block * BLOCK, 0
        for start, _ in self._spans(text):
            line += text.count("\n", begin, start)
            begin = start
            yield Spot(item, place, line, start - text.rfind("\n", 0, start) - 1)

    def number(self, transcript: Transcript, hit: Spot) -> int:
        """Return which hit it is, from 1; 0 while not everything before it is counted."""
        if self._todo <= hit.item and not (self._todo == hit.item and self.is_complete):
            return 0
        counted = self._items[hit.item]
        block = hit.line // BLOCK
        parts = transcript.items[hit.item].parts
        if hit.part >= min(len(parts), len(counted)) or block >= len(counted[hit.part].counts):
            # it was cleared
            return 0
        before = self._above(hit.item) + _sum(counted[: hit.part]) + sum(counted[hit.part].counts[:block])
        part = parts[hit.part]
        return before + sum(spot <= hit for spot in self._hits(hit.item, hit.part, part, block))

    def _above(self, item: int) -> int:
        """Return how many hits there are above an item; every frame asks for it."""
        last, hits = self._hits_above
        if item >= last:
            hits += sum(map(_sum, islice(self._items, last, item)))
        else:
            hits -= sum(map(_sum, islice(self._items, item, last)))
        self._hits_above = item, hits
        return hits


def _sum(counted: Sequence[_Counted]) -> int:
    return sum(sum(part.counts) for part in counted)


def _renewed(old: Sequence[_Counted], place: int, part: Part) -> _Counted:
    return old[place].renewed(part) if place < len(old) else _Counted(part)
