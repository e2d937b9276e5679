"""The journal's files, read: one JSON record a line, numbered upwards; the oldest ones are in files of their own.

The newest records are in ``journal.jsonl``; when that has grown enough it becomes ``journal.NUMBER.jsonl``, named after
its first record.  A reader needs no index: the place of a record is found by halving, because the numbers grow.
When the oldest files are dropped, ``preface.jsonl`` has of their records what one needs to understand the others.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

CURRENT: Final = "journal.jsonl"
PREFACE: Final = "preface.jsonl"
_OLDER: Final = re.compile(r"journal\.([0-9]+)\.jsonl")
_BEGINNING: Final = b'{"seq":'
# bytes between which a record is looked for one by one
_NEAR: Final = 1 << 16
# readers whose places are remembered
_KNOWN: Final = 64


def older_name(first: int) -> str:
    """Return the name of the file whose first record has the number `first`."""
    return f"journal.{first:012d}.jsonl"


def number_of(line: bytes) -> int:
    """Return the number of a record; 0 for what is none."""
    if not line.startswith(_BEGINNING):
        return 0
    digits = line[len(_BEGINNING) : len(_BEGINNING) + 20].partition(b",")[0]
    return int(digits) if digits.isdigit() else 0


class JournalFiles:
    """Reads a journal in the directory of its session, also while it is written.

    Who writes it names the descriptor of the newest file, `held`, which stays readable when the file is removed.
    """

    def __init__(self, directory: Path, held: Callable[[], int] | None = None) -> None:
        self._directory = directory
        self._held = held
        # where the record behind a number begins: the file's first record, and the offset in it
        self._known: dict[int, tuple[int, int]] = {}

    # ---- what there is -----------------------------------------------------------------------------------

    def older(self) -> list[tuple[int, Path]]:
        """Return the files that are not written any more, each with the number of its first record."""
        try:
            names = os.listdir(self._directory)
        except OSError:
            return []
        found = [(int(match[1]), self._directory / name) for name in names if (match := _OLDER.fullmatch(name))]
        return sorted(found)

    def _firsts(self) -> list[int]:
        """Return the numbers of the first records of all files."""
        firsts = [first for first, _ in self.older()]
        current = self._first_in(self._directory / CURRENT) if self._held is None else _first_of(self._held())
        # the current file may have become an older one between the two looks
        return [*firsts, current] if current and current not in firsts else firsts

    def _first_in(self, path: Path) -> int:
        try:
            with path.open("rb") as file:
                return _first_of(file.fileno())
        except OSError:
            return 0

    @property
    def first(self) -> int:
        """The number of the oldest record there is; 0 when there is none."""
        return next(iter(self._firsts()), 0)

    @property
    def preface(self) -> list[bytes]:
        """The lines that one needs to understand what is there, of records that were dropped."""
        try:
            return (self._directory / PREFACE).read_bytes().splitlines(keepends=True)
        except OSError:
            return []

    @property
    def last(self) -> int:
        """The number of the newest whole record; 0 when there is none."""
        for first in reversed(self._firsts()):
            line = self._last_line(first)
            if line:
                return number_of(line)
        return 0

    @property
    def size(self) -> int:
        """How many bytes all files have."""
        total = 0
        for path in (*(path for _, path in self.older()), self._directory / CURRENT):
            try:
                total += path.stat().st_size
            except OSError:
                continue
        return total

    def _last_line(self, first: int) -> bytes:
        file = self._opened(first)
        if file is None:
            return b""
        try:
            size, step = os.fstat(file).st_size, _NEAR
            while True:
                start = max(size - step, 0)
                data = os.pread(file, size - start, start)
                end = data.rfind(b"\n")
                begin = data.rfind(b"\n", 0, max(end, 0)) + 1
                if end >= 0 and (begin or not start):
                    return data[begin:end]
                if not start:
                    return b""
                step *= 4
        finally:
            os.close(file)

    def _opened(self, first: int) -> int | None:
        """Open the file whose first record has this number: it may be renamed at any moment."""
        if self._held is not None and _first_of(self._held()) == first:
            return os.dup(self._held())
        for name in (older_name(first), CURRENT, older_name(first)):
            path = self._directory / name
            try:
                file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            except OSError:
                continue
            if name != CURRENT or _first_of(file) == first:
                return file
            os.close(file)
        return None

    # ---- reading -----------------------------------------------------------------------------------------

    def read(self, after: int, limit: int) -> bytes:
        """Return the lines of the records behind `after`: what fits in `limit` bytes, at least one if there is one.

        They are of one file; the next call goes on in the next one.
        """
        place = self._known.pop(after, None) or self._place(after)
        while place is not None:
            first, offset = place
            data = self._lines(first, offset, limit)
            if data:
                self._remember(number_of(data[data.rfind(b"\n", 0, -1) + 1 :]), (first, offset + len(data)))
                return data
            following = next((other for other in self._firsts() if other > first), None)
            if following is None and data is not None:
                self._remember(after, place)
                return b""
            # the end of a file, or one that is gone by now
            place = (following, 0) if following is not None else None
        return b""

    def _remember(self, after: int, place: tuple[int, int]) -> None:
        self._known[after] = place
        if len(self._known) > _KNOWN:
            del self._known[next(iter(self._known))]

    def _lines(self, first: int, offset: int, limit: int) -> bytes | None:
        """Return whole lines from a place on; None when the file is gone."""
        file = self._opened(first)
        if file is None:
            return None
        try:
            return _whole_lines(file, offset, limit)
        finally:
            os.close(file)

    def _place(self, after: int) -> tuple[int, int] | None:
        """Find the first record behind a number, or where it will be."""
        firsts = self._firsts()
        if not firsts:
            return None
        first = max((other for other in firsts if other <= after + 1), default=firsts[0])
        file = self._opened(first)
        if file is None:
            return None
        try:
            return first, _offset_behind(file, after)
        finally:
            os.close(file)

    def tail(self, limit: int) -> int:
        """Return the number behind which the newest records have about `limit` bytes; 0 when that is all of them."""
        newest = True
        for first in reversed(self._firsts()):
            file = self._opened(first)
            if file is None:
                continue
            try:
                size = os.fstat(file).st_size
                if size > limit:
                    begin = _next_line(file, size - limit)
                    number = number_of(os.pread(file, 64, begin)) if begin is not None else 0
                    # no record begins so late: it is the last one, or what is in the newer files
                    return number - 1 if number else number_of(self._last_line(first)) - newest
            finally:
                os.close(file)
            limit -= size
            newest = False
        return 0


def _first_of(file: int) -> int:
    """Return the number of a file's first record; 0 when it has none."""
    return number_of(os.pread(file, 64, 0))


def _whole_lines(file: int, offset: int, limit: int) -> bytes:
    """Return the whole lines that fit in `limit` bytes, at least one if there is one."""
    data = b""
    wanted = limit
    while True:
        more = os.pread(file, wanted, offset + len(data))
        data += more
        end = data.rfind(b"\n", 0, limit) + 1 or data.find(b"\n") + 1
        if end or not more:
            return data[:end]
        wanted = len(data)


def _next_line(file: int, offset: int) -> int | None:
    """Return where the first line behind an offset begins; None when there is none."""
    while data := os.pread(file, _NEAR, offset):
        end = data.find(b"\n")
        if end >= 0:
            return offset + end + 1
        offset += len(data)
    return None


def _offset_behind(file: int, after: int) -> int:
    """Return where the first record with a number above `after` begins, or will begin."""
    low, high = 0, os.fstat(file).st_size
    while high - low > _NEAR:
        middle = (low + high) // 2
        begin = _next_line(file, middle)
        if begin is None or begin >= high:
            high = middle
        elif number_of(os.pread(file, 64, begin)) <= after:
            low = begin
        else:
            high = middle
    while 0 < number_of(os.pread(file, 64, low)) <= after:
        begin = _next_line(file, low)
        if begin is None:
            break
        low = begin
    return low
