"""Where all stores of the process keep packed text: the newest as it is, older text compressed in the attic.

Compressing takes longer than printing, so that what most cells print is not: it costs no time, and little memory.
How much is not compressed is counted over all stores, because a session may have a hundred thousand.
"""

import zlib
from collections import OrderedDict
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import Final, TypeVar

from curses_client.text.attic import Attic, default_attic

FRESH: Final = 1 << 23
"""So many bytes are kept uncompressed."""

# Texts that are kept ready: one screen may show the end of one and the beginning of the next, or some that are one
# long line each, which take so many characters at most.
_READY: Final = 2
_READY_LONG: Final = 8
_READY_CHARACTERS: Final = 1 << 24
# A chunk of usual lines is smaller: with room for it, decompressing is a quarter faster.
_ROOM: Final = 1 << 16

_T = TypeVar("_T")


class Shelf:
    """Keeps texts, each for a ticket, until the tickets are discarded; `fresh` bytes of them as they are."""

    def __init__(self, attic: Attic, fresh: int = FRESH) -> None:
        self._attic = attic
        self._allowed = fresh
        self._last = 0
        # what is not compressed, the oldest first; and the attic's ticket of what is
        self._fresh: OrderedDict[int, bytes] = OrderedDict()
        self._size = 0
        self._stored: dict[int, int] = {}
        self._texts: dict[int, str] = {}
        self._lines: dict[int, list[str]] = {}
        self._discarded: list[int] = []
        self._busy = False

    def __len__(self) -> int:
        """Count the texts."""
        return len(self._fresh) + len(self._stored)

    def put(self, text: str) -> int:
        """Keep `text`, which has no surrogates; return the ticket for it."""
        data = text.encode()
        self._busy = True
        try:
            self._last += 1
            self._fresh[self._last] = data
            self._size += len(data)
            while self._size > self._allowed:
                ticket, data = self._fresh.popitem(last=False)
                self._stored[ticket] = self._attic.put(zlib.compress(data, 1))
                self._size -= len(data)
        finally:
            self._busy = False
        self._sweep()
        return self._last

    def text(self, ticket: int) -> str | None:
        """Return what was put, or None if the disk has lost it."""
        text = self._texts.get(ticket)
        if text is not None:
            return text
        self._busy = True
        try:
            text = self._read(ticket)
            if text is not None:
                _keep(self._texts, ticket, text, sum(map(len, self._texts.values())) + len(text))
        finally:
            self._busy = False
        self._sweep()
        return text

    def lines(self, ticket: int) -> list[str] | None:
        """Return the lines of what was put, which are not to be changed, or None if the disk has lost them."""
        lines = self._lines.get(ticket)
        if lines is None and (text := self.text(ticket)) is not None:
            lines = text.split("\n")
            self._busy = True
            try:
                _keep(self._lines, ticket, lines, sum(map(len, chain(lines, *self._lines.values()))))
            finally:
                self._busy = False
            self._sweep()
        return lines

    def discard(self, tickets: Iterable[int]) -> None:
        """Forget what was put for these tickets.

        A finalizer may call this, and so at any moment, also in the midst of `put`: it is then done at the end.
        """
        self._discarded += tickets
        if not self._busy:
            self._sweep()

    def _read(self, ticket: int) -> str | None:
        data = self._fresh.get(ticket)
        if data is not None:
            return data.decode()
        try:
            return zlib.decompress(self._attic.get(self._stored[ticket]), bufsize=_ROOM).decode()
        except (OSError, zlib.error, UnicodeDecodeError):
            return None

    def _sweep(self) -> None:
        if not self._discarded:
            return
        self._busy = True
        try:
            while self._discarded:
                self._forget(self._discarded.pop())
        finally:
            self._busy = False

    def _forget(self, ticket: int) -> None:
        self._texts.pop(ticket, None)
        self._lines.pop(ticket, None)
        data = self._fresh.pop(ticket, None)
        if data is None:
            self._attic.free(self._stored.pop(ticket))
        else:
            self._size -= len(data)


def _keep(ready: dict[int, _T], ticket: int, value: _T, characters: int) -> None:
    """Keep a value ready, with which all have so many characters, or in place of those that came first."""
    while len(ready) >= (_READY_LONG if characters < _READY_CHARACTERS else _READY):
        del ready[next(iter(ready))]
    ready[ticket] = value


@cache
def default_shelf() -> Shelf:
    """Return this process's shelf."""
    return Shelf(default_attic())
