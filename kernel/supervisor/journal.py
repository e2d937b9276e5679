"""The journal: one JSON record a line in append-only files, numbered from 1, and bounded."""

import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kernel.protocol.messages import Content, RecordsDropped, RecordsLost, encode
from kernel.protocol.records import JournalFiles, number_of, older_name
from kernel.supervisor.bounds import Bounds
from kernel.supervisor.preface import Preface

_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")
_CHUNK: Final = 1 << 20
# bytes of records that wait in memory for a disk that takes nothing
_WAITING: Final = 1 << 24


class Journal:
    """Appends records and reads them back by their number.

    Records are collected by `append` and written by `flush`, once for all that a pass of the loop has to say.
    When the disk refuses them they wait in memory, can be read as ever, and are written when it takes them again.
    What is too much for the memory is dropped, the oldest first, and a record stands in its place that says so.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, bounds: Bounds | None = None) -> None:
        """Start a journal, or go on with the one in the file.  Raises OSError when it cannot be made."""
        self._path = path
        self._clock = clock
        self._bounds = bounds or Bounds()
        self._file = _opened(path)
        self._size = _cut_torn_line(self._file)
        self._files = JournalFiles(path.parent)
        self.head = self._written = self._files.last
        # the number of the oldest record that is there, or will be
        self.first = self._files.first or self.head + 1
        # the number of the current file's first record, and when it was begun
        self._first = self.head + 1 if not self._size else number_of(os.pread(self._file, 64, 0))
        self._begun = clock()
        # numbers and lines that are not written yet; of the first one, so many bytes are
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._torn = 0
        self._waiting_size = 0
        # the numbers of what was dropped; a record with the last one waits in its place
        self._lost: tuple[int, int] | None = None
        self.preface = Preface()
        # why the disk takes nothing now
        self.error: OSError | None = None

    # ---- writing -----------------------------------------------------------------------------------------

    def append(self, channel: bytes, parts: Sequence[bytes], kind: str = "") -> int:
        """Add a record of the four parts of a message, joined as they are; return its number.

        `kind` is its message type, if that matters to who begins to read behind it.
        """
        # a client may have sent JSON with line ends, which are white space in JSON
        header, parent, metadata, content = (part.translate(_ONE_LINE) for part in parts)
        self.head = number = self.head + 1
        line = _line(number, self._clock(), channel, header, parent, metadata, content)
        self._waiting.append((number, line))
        self._waiting_size += len(line)
        if kind:
            self.preface.note(kind, number, line, parent)
        return number

    def flush(self) -> None:
        """Write what was added; a failure is kept in `error` and the records in memory."""
        if not self._waiting:
            return
        try:
            self._write()
        except OSError as error:
            self.error = error
            self._drop_what_is_too_much()
            return
        self.error = None
        self._rotate()

    def _write(self) -> None:
        lines = [line for _, line in self._waiting]
        data = memoryview(b"".join(lines))[self._torn :]
        written = self._torn
        try:
            while data:
                count = os.write(self._file, data)
                data = data[count:]
                written += count
                self._size += count
        finally:
            self._forget(written)

    def _forget(self, written: int) -> None:
        """Take out of memory what is in the file now; of the first of the rest, a part may be."""
        while self._waiting and written >= len(self._waiting[0][1]):
            self._written, line = self._waiting.popleft()
            written -= len(line)
            self._waiting_size -= len(line)
            if self._lost is not None and self._lost[1] == self._written:
                self._lost = None
        self._torn = written

    def _drop_what_is_too_much(self) -> None:
        if self._waiting_size <= _WAITING:
            return
        # the record of which a part is written stays
        torn = [self._waiting.popleft()] if self._torn else []
        first, last = self._lost or (self._waiting[0][0], 0)
        while self._waiting_size > _WAITING * 3 // 4 and self._waiting:
            last, line = self._waiting.popleft()
            self._waiting_size -= len(line)
        self._lost = first, last
        reason = os.strerror(self.error.errno or 0) if self.error is not None else ""
        line = _own_line(last, self._clock(), "records_lost", RecordsLost(first, last, reason))
        self._waiting.extendleft([(last, line), *torn])
        self._waiting_size += len(line)

    # ---- its bounds --------------------------------------------------------------------------------------

    def _rotate(self) -> None:
        """Begin another file when this one has grown or aged enough, and drop the oldest ones."""
        age = self._bounds.file_age
        aged = age is not None and self._clock() - self._begun > age
        if self._size < self._bounds.file_size and not (aged and self._size):
            return
        try:
            os.rename(self._path, self._path.with_name(older_name(self._first)))
            file = _opened(self._path)
        except OSError as error:
            self.error = error
            return
        os.close(self._file)
        self._file, self._size, self._first, self._begun = file, 0, self.head + 1, self._clock()
        self._drop_older()

    def _drop_older(self) -> None:
        """Remove the oldest files that are over the bounds, and say so in a record."""
        older = self._files.older()
        sizes = [path.stat().st_size for _, path in older]
        total = sum(sizes)
        dropped = 0
        for (_, path), size in zip(older, sizes, strict=True):
            too_old = self._bounds.age is not None and self._clock() - path.stat().st_mtime > self._bounds.age
            if total + self._bounds.file_size <= self._bounds.size and not too_old:
                break
            path.unlink(missing_ok=True)
            total -= size
            dropped += 1
        if dropped:
            last = older[dropped][0] - 1 if dropped < len(older) else self._first - 1
            self.head += 1
            content = RecordsDropped(older[0][0], last)
            self.first = last + 1
            line = _own_line(self.head, self._clock(), "records_dropped", content)
            self._waiting.append((self.head, line))
            self._waiting_size += len(line)

    def move(self, path: Path) -> None:
        """Go on under another path: the directory was renamed."""
        self._path = path
        self._files = JournalFiles(path.parent)

    # ---- reading -----------------------------------------------------------------------------------------

    def read(self, after: int, limit: int) -> bytes:
        """Return the records behind `after` joined by commas: what fits in `limit` bytes, at least one."""
        after = max(after, 0)
        if after >= self.head:
            return b""
        data = self._files.read(after, limit) if after < self._written else b""
        if data:
            after = number_of(data[data.rfind(b"\n", 0, -1) + 1 :])
        if after >= self._written:
            data += self._waiting_behind(after, limit - len(data), at_least_one=not data)
        return data[:-1].replace(b"\n", b",")

    def _waiting_behind(self, after: int, limit: int, *, at_least_one: bool) -> bytes:
        found: list[bytes] = []
        for number, line in self._waiting:
            if number <= after:
                continue
            limit -= len(line)
            if limit < 0 and not (at_least_one and not found):
                break
            found.append(line)
        return b"".join(found)

    def tail(self, limit: int) -> int:
        """Return the number behind which the newest records have about `limit` bytes; 0 when that is all of them."""
        return self._files.tail(max(limit - self._waiting_size, 1))

    def preface_of(self, after: int) -> bytes:
        """Return the records up to `after` that one needs to understand those behind it, joined by commas."""
        lines = self.preface.lines(after)
        begun = self.preface.begun_before(after)
        if begun and begun not in lines and (line := self._files.read(begun - 1, 1)) and number_of(line) == begun:
            lines[begun] = line
        return b",".join(line.rstrip(b"\n") for _, line in sorted(lines.items()))

    def close(self) -> None:
        """Write what is left and close the file."""
        self.flush()
        os.close(self._file)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _cut_torn_line(file: int) -> int:
    """Cut off a last line that was not written to its end; return the file's length."""
    end = size = os.fstat(file).st_size
    while end:
        start = max(end - _CHUNK, 0)
        at = os.pread(file, end - start, start).rfind(b"\n")
        if at >= 0:
            end = start + at + 1
            break
        end = start
    if end < size:
        os.ftruncate(file, end)
    return end


def _line(
    number: int, now: float, channel: bytes, header: bytes, parent: bytes, metadata: bytes, content: bytes
) -> bytes:
    return b'{"seq":%d,"time":%.3f,"channel":"%b","header":%b,"parent_header":%b,"metadata":%b,"content":%b}\n' % (
        number,
        now,
        channel,
        header,
        parent,
        metadata,
        content,
    )


def _own_line(number: int, now: float, msg_type: str, content: Content) -> bytes:
    """Return a record that the journal writes about itself."""
    header = encode({"msg_id": f"{msg_type}_{number}", "msg_type": msg_type})
    return _line(number, now, b"supervisor", header, b"{}", b"{}", encode(content.as_dict()))
