"""Searching the whole transcript, also what is folded away: for a moment at a time, so that nobody has to wait.

A `Finder` counts the hits of a pattern in each block of each part (`curses_client.text.lines.BLOCK` lines), wherever
it looks.  With these numbers the next hit of any place is found without looking at most of the text again.
"""

import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

from curses_client.outputs import Body, Part
from curses_client.text.lines import BLOCK
from curses_client.text.pattern import compiled
from curses_client.transcript import Transcript

Over = Callable[[], bool]
"""Whether the moment is over for which there was time; asked after each piece of work."""


# so many of the last cells may print: the running one, and those whose threads go on
_PRINTING: Final = 1000
# blocks whose hits are kept: those around the one that is shown
_KEPT: Final = 4
# blocks or items of which all is known cost as much as one block that is looked through
_KNOWN: Final = 50
_UNKNOWN: Final = -1

_Key = tuple[Body, int, int]


class Spot(NamedTuple):
    """A place in the transcript, whatever is folded: item, part of it, line of the part, index in that line."""

    item: int
    part: int
    line: int
    col: int


class _Counted:
    """The hits in each block of a part, as it was in one version."""

    __slots__ = ("body", "counts", "settled", "version")

    def __init__(self, part: Part, counts: Sequence[int] = ()) -> None:
        self.body = part.body
        self.version = part.version
        # blocks of these that can never change
        self.settled = part.settled_blocks
        self.counts = [*counts, *[_UNKNOWN] * (part.blocks - len(counts))]

    def is_of(self, part: Part) -> bool:
        """Whether the part is still what was counted."""
        return self.body is part.body and self.version == part.version

    def renewed(self, part: Part) -> "_Counted":
        """Return what is still true of the part."""
        return _Counted(part, self.counts[: self.settled] if self.body is part.body else ())

    @property
    def sum(self) -> int:
        """The hits that are known."""
        return sum(count for count in self.counts if count > 0)


class _Scan:
    """The hits in one block, as far as they were looked for."""

    def __init__(self, key: _Key, steps: Iterator[list[int]]) -> None:
        self.key = key
        self.begins = array("Q")
        self._steps = steps

    def is_done(self, over: Over) -> bool:
        """Look on, at least a little; return whether that was all."""
        for begins in self._steps:
            self.begins.extend(begins)
            if over():
                return False
        return True


class Finder:
    """All hits of one pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._pattern = compiled(pattern)
        self.is_literal = self._pattern.is_literal
        self.spans = self._pattern.spans
        self.marks = self._pattern.marks
        self.count = 0
        self.version = 0
        # what is counted of each item, None where nothing is, and its hits as far as they are
        self._items: list[list[_Counted] | None] = []
        self._sums: list[int] = []
        # the first item that is not counted to its end, and the first part and block of it
        self._todo = 0
        self._place = 0, 0
        # not known before the first look
        self._length = 1
        self._seen_in: tuple[object, int] | None = None
        # an item, and how many hits are above it
        self._hits_above = 0, 0
        self._scan: _Scan | None = None
        # where hits begin in the blocks that were asked for last
        self._kept: dict[_Key, array[int]] = {}

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
        for index in range(first, last):
            if self._items[index] is not None:
                self._renew(index, items[index].parts)
        self.count -= sum(self._sums[last:])
        del self._items[last:], self._sums[last:]
        self._resize(len(items))
        if first <= self._todo:
            self._todo, self._place = first, (0, 0)
        if first < self._hits_above[0]:
            self._hits_above = 0, 0
        self.version += 1

    def _resize(self, length: int) -> None:
        self._length = length
        missing = length - len(self._items)
        if missing > 0:
            self._items += [None] * missing
            self._sums += [0] * missing

    def _is_counted(self, index: int, parts: Sequence[Part]) -> bool:
        """Whether an item is as it was when its hits were counted."""
        counted = self._items[index]
        return counted is None or (len(parts) == len(counted) and all(map(_Counted.is_of, counted, parts)))

    def _renew(self, index: int, parts: Sequence[Part]) -> list[_Counted]:
        """Keep what is still true of an item."""
        old = self._items[index] or ()
        kept = [
            (one if one.is_of(part) else one.renewed(part)) if one is not None else _Counted(part)
            for part, one in zip(parts, (*old, *[None] * len(parts)), strict=False)
        ]
        hits = sum(counted.sum for counted in kept)
        if index <= self._todo:
            self._todo, self._place = index, (0, 0)
        if index < self._hits_above[0]:
            self._hits_above = 0, 0
        self.count += hits - self._sums[index]
        self._items[index], self._sums[index] = kept, hits
        return kept

    def work(self, transcript: Transcript, over: Over) -> None:
        """Count more hits until the time is over."""
        items = transcript.items
        self._resize(len(items))
        while self._todo < len(items):
            if not self._count_item(self._todo, items[self._todo].parts, over):
                break
            self._todo, self._place = self._todo + 1, (0, 0)
            if not self._todo % _KNOWN and over():
                break
        self.version += 1

    def _count_item(self, index: int, parts: Sequence[Part], over: Over) -> bool:
        """Count the hits in an item; return whether that was all of it and there is time for more."""
        counted = self._items[index]
        if counted is None or not self._is_counted(index, parts):
            counted = self._renew(index, parts)
        place, block = self._place
        while place < len(counted):
            counts = counted[place].counts
            while block < len(counts):
                if counts[block] == _UNKNOWN:
                    found = self._count(index, counted[place], parts[place], block, over)
                    self._place = place, block + (found is not None)
                    if found is None or over():
                        return False
                block += 1
            place, block = place + 1, 0
        return True

    def _count(self, index: int, counted: _Counted, part: Part, block: int, over: Over) -> int | None:
        """Return the hits in a block; None if the time was over before."""
        found: int | None = counted.counts[block]
        if found != _UNKNOWN:
            return found
        is_begun = self._scan is not None and self._scan.key == _key(part, block)
        found = None if is_begun else self._pattern.count(part.block(block))
        if found is None:
            begins = self._begins(part, block, over)
            if begins is None:
                return None
            found = len(begins)
        counted.counts[block] = found
        self._sums[index] += found
        self.count += found
        if index < self._hits_above[0]:
            self._hits_above = self._hits_above[0], self._hits_above[1] + found
        return found

    def _begins(self, part: Part, block: int, over: Over) -> "array[int] | None":
        """Return where hits begin in the text of a block; None if the time was over before."""
        key = _key(part, block)
        if (kept := self._kept.get(key)) is not None:
            return kept
        if self._scan is None or self._scan.key != key:
            self._scan = _Scan(key, self._pattern.begins(part.block(block)))
        if not self._scan.is_done(over):
            return None
        begins, self._scan = self._scan.begins, None
        return begins

    def _keep(self, part: Part, block: int, begins: "array[int]") -> None:
        """Remember where hits begin in a block, one of which is shown."""
        self._kept.pop(_key(part, block), None)
        if len(self._kept) >= _KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[_key(part, block)] = begins

    # ---- hits --------------------------------------------------------------------------------------------

    def seek(self, transcript: Transcript, start: Spot, step: int, over: Over) -> tuple[Spot | None, Spot | None]:
        """Look for the next hit behind a place, or before it with a `step` of -1, until the time is over.

        Return the hit, or None and the place from which to go on; no place when the end was reached.
        """
        items = transcript.items
        self._resize(len(items))
        known = 0
        for item, place, part, block in self._units(transcript, start, step):
            counted = self._items[item]
            if counted is None or place >= len(counted) or not counted[place].is_of(part):
                counted = self._renew(item, items[item].parts)
            known = known + 1 if counted[place].counts[block] == 0 else 0
            if known % _KNOWN:
                continue
            found = self._count(item, counted[place], part, block, over)
            is_here = (item, place, block) == (start.item, start.part, start.line // BLOCK)
            if found is None or (found and (begins := self._begins(part, block, over)) is None):
                return None, start if is_here else _edge(item, place, block - step, step)
            if found:
                assert begins is not None
                self._keep(part, block, begins)
                hit = _in_block(begins, part.block(block), block, start if is_here else None, step)
                if hit is not None:
                    return Spot(item, place, *hit), None
            if over():
                return None, _edge(item, place, block, step)
        return None, None

    def _units(self, transcript: Transcript, start: Spot, step: int) -> Iterator[tuple[int, int, Part, int]]:
        """Yield item, part and block from a place on, in either direction."""
        items = transcript.items
        index = min(start.item, len(items) - 1)
        while 0 <= index < len(items):
            parts = items[index].parts
            is_first = index == start.item
            if step > 0:
                first = start.part if is_first else 0
            else:
                first = min(start.part, len(parts) - 1) if is_first else len(parts) - 1
            for place in range(first, len(parts) if step > 0 else -1, step):
                part = parts[place]
                last = part.blocks - 1
                block = start.line // BLOCK if is_first and place == start.part else (0 if step > 0 else last)
                if step < 0:
                    block = min(block, last)
                for number in range(block, last + 1) if step > 0 else range(block, -1, -1):
                    yield index, place, part, number
            index += step

    def number(self, transcript: Transcript, hit: Spot) -> int:
        """Return which hit it is, from 1; 0 while not everything before it is counted."""
        if self._todo <= hit.item:
            return 0
        counted = self._items[hit.item] or []
        block = hit.line // BLOCK
        parts = transcript.items[hit.item].parts
        if hit.part >= min(len(parts), len(counted)) or block >= min(
            len(counted[hit.part].counts), parts[hit.part].blocks
        ):
            # it was cleared
            return 0
        before = self._above(hit.item) + sum(one.sum for one in counted[: hit.part])
        before += sum(counted[hit.part].counts[:block])
        part = parts[hit.part]
        begins = self._kept.get(_key(part, block))
        text = part.block(block)
        if begins is None:
            begins = array("Q", chain.from_iterable(self._pattern.begins(text)))
        self._keep(part, block, begins)
        return before + bisect_right(begins, _offset(text, hit.line - block * BLOCK, hit.col))

    def _above(self, item: int) -> int:
        """Return how many hits there are above an item; every frame asks for it."""
        last, hits = self._hits_above
        if item >= last:
            hits += sum(islice(self._sums, last, item))
        else:
            hits -= sum(islice(self._sums, item, last))
        self._hits_above = item, hits
        return hits


def _key(part: Part, block: int) -> _Key:
    """Return by what the hits of a block are remembered for as long as they are the same."""
    return part.body, part.version if block >= part.settled_blocks else -1, block


def _edge(item: int, place: int, block: int, step: int) -> Spot:
    """Return the place behind all of a block, or before it with a `step` of -1."""
    if step > 0:
        return Spot(item, place, (block + 1) * BLOCK, -1)
    return Spot(item, place, block * BLOCK - 1, sys.maxsize)


def _in_block(begins: Sequence[int], text: str, block: int, start: Spot | None, step: int) -> tuple[int, int] | None:
    """Return line and index of the first hit of a block that is behind the start, or of the last one before it."""
    number = 0 if step > 0 else len(begins) - 1
    if start is not None:
        offset = _offset(text, start.line - block * BLOCK, start.col)
        number = bisect_right(begins, offset) if step > 0 else bisect_left(begins, offset) - 1
    if not 0 <= number < len(begins):
        return None
    begin = begins[number]
    return block * BLOCK + text.count("\n", 0, begin), begin - text.rfind("\n", 0, begin) - 1


def _offset(text: str, line: int, col: int) -> int:
    """Return the index in a text of an index in one of its lines; before the line where that is negative.

    A line that is behind the text is at its end.
    """
    begin = 0
    for _ in range(line):
        begin = text.find("\n", begin) + 1
        if not begin:
            return len(text)
    end = text.find("\n", begin)
    return begin + min(col, (end if end >= 0 else len(text)) - begin)
