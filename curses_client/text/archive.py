"""The lines of a store that are unlikely to be looked at or to change, packed in chunks on the shelf."""

from bisect import bisect_right
from typing import Final

from curses_client.text.shelf import Shelf

LOST: Final = "␀ the disk has lost this line of output"
"""What is shown for a line that was written to the disk and cannot be read any more."""


class Archive:
    """Lines packed in chunks, added and removed at the end; what it keeps on the shelf goes with it."""

    __slots__ = ("_shelf", "_starts", "_tickets")

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._tickets: list[int] = []
        # the number of the first line of each chunk, and behind the last one
        self._starts = [0]

    def __del__(self) -> None:
        self._shelf.discard(self._tickets)

    def __len__(self) -> int:
        """Count the lines."""
        return self._starts[-1]

    def add(self, text: str, count: int) -> None:
        """Add one chunk: `count` lines, at least one, joined by newlines."""
        self._tickets.append(self._shelf.put(text))
        self._starts.append(self._starts[-1] + count)

    def take(self) -> list[str]:
        """Remove the last chunk; return its lines."""
        lines = self._lines(len(self._tickets) - 1).copy()
        self._starts.pop()
        self._shelf.discard([self._tickets.pop()])
        return lines

    def slice(self, start: int, stop: int) -> list[str]:
        """Return the lines from `start` to before `stop`, both within the archive."""
        found: list[str] = []
        while start < stop:
            number = self._chunk_of(start)
            first = self._starts[number]
            part = self._lines(number)[start - first : stop - first]
            found += part
            start += len(part)
        return found

    def text(self, start: int, stop: int) -> str:
        """Return the lines from `start` to before `stop`, at least one, joined by newlines.

        This takes least if they are one chunk.
        """
        number = self._chunk_of(start)
        if self._starts[number : number + 2] == [start, stop]:
            return self._text(number)
        return "\n".join(self.slice(start, stop))

    def _chunk_of(self, line: int) -> int:
        return bisect_right(self._starts, line) - 1

    def _lines(self, number: int) -> list[str]:
        return self._shelf.lines(self._tickets[number]) or [LOST] * self._count(number)

    def _text(self, number: int) -> str:
        text = self._shelf.text(self._tickets[number])
        return "\n".join([LOST] * self._count(number)) if text is None else text

    def _count(self, number: int) -> int:
        return self._starts[number + 1] - self._starts[number]
