"""The journal: one JSON record a line in append-only files, numbered from 1, and bounded."""

import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from kernel.protocol.messages import Content, RecordsDropped, RecordsLost, encode
from kernel.protocol.reading import as_line
from kernel.protocol.records import PREFACE, JournalFiles, number_of, older_name
from kernel.supervisor.bounds import Bounds
from kernel.supervisor.preface import Preface

_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")
# bytes that are written at once, but for a record that is longer
_BATCH: Final = 1 << 20
# what the next file is called until it takes the current one's place
_NEXT: Final = "journal.next"
# bytes of records that wait in memory for a disk that takes nothing
_WAITING: Final = 1 << 24


class Journal:
    """Appends records and reads them back by their number.

    Records are collected by `append` and written by `flush`, once for all that a pass of the loop has to say.
    When the disk refuses them they wait in memory, can be read as ever, and are written when it takes them again.
    What is too much for the memory is dropped, the oldest first, and a record stands in its place that says so.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time, bounds: Bounds | None = None) -> None:
        """Start a journal.  Raises OSError when it cannot be made, or is there."""
        self._path = path
        self._clock = clock
        self._bounds = bounds or Bounds()
        self._file = _made(path)
        self._size = 0
        self._files = JournalFiles(path.parent, lambda: self._file)
        self.head = self._written = 0
        # the number of the oldest record that is there, or will be
        self.first = 1
        # the number of the current file's first record, and when it was begun
        self._first = 1
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
        record = as_line(number, self._clock(), channel, header, parent, metadata, content)
        self._add(number, record)
        if kind:
            self.preface.note(kind, number, record, parent)
        return number

    def _add(self, number: int, record: bytes) -> None:
        self._waiting.append((number, record))
        self._waiting_size += len(record)

    def flush(self) -> None:
        """Write what was added; a failure is kept in `error` and the records in memory."""
        if not self._waiting and self.error is None:
            return
        try:
            self._write()
            self._rotate()
        except OSError as error:
            self.error = error
            self.drop_what_is_too_much()
        else:
            self.error = None

    def _write(self) -> None:
        while self._waiting:
            data = self._batch()
            written = 0
            try:
                while written < len(data):
                    written += os.write(self._file, data[written:])
            finally:
                self._size += written
                self._forget(self._torn + written)

    def _batch(self) -> memoryview:
        """Return the next bytes to be written: a disk that takes none is not offered all that waits each time."""
        lines, size = [], 0
        for _, record in self._waiting:
            lines.append(record)
            size += len(record)
            if size >= _BATCH:
                break
        return memoryview(b"".join(lines))[self._torn :]

    def _forget(self, written: int) -> None:
        """Take out of memory what is in the file now; of the first of the rest, a part may be."""
        while self._waiting and written >= len(self._waiting[0][1]):
            self._written, record = self._waiting.popleft()
            written -= len(record)
            self._waiting_size -= len(record)
            if self._lost is not None and self._lost[1] == self._written:
                self._lost = None
        self._torn = written

    def drop_what_is_too_much(self) -> None:
        """Drop the oldest records that wait, and say so, when they take too much memory."""
        # one of which a part is written stays, and does not count: it may be larger than all that may wait behind it
        torn = self._waiting.popleft() if self._torn else None
        if torn is not None:
            self._waiting_size -= len(torn[1])
            if self._lost is not None and self._lost[1] == torn[0]:
                self._lost = None
        if self._waiting_size > _WAITING:
            self._drop()
        if torn is not None:
            self._waiting.appendleft(torn)
            self._waiting_size += len(torn[1])

    def _drop(self) -> None:
        first, last = self._lost or (self._waiting[0][0], 0)
        while self._waiting_size > _WAITING * 3 // 4 and self._waiting:
            last, record = self._waiting.popleft()
            self._waiting_size -= len(record)
        self._lost = first, last
        reason = os.strerror(self.error.errno or 0) if self.error is not None else ""
        record = _own_line(last, self._clock(), "records_lost", RecordsLost(first, last, reason))
        self._waiting.appendleft((last, record))
        self._waiting_size += len(record)

    # ---- its bounds --------------------------------------------------------------------------------------

    def _rotate(self) -> None:
        """Begin another file when this one has grown or aged enough, and drop the oldest ones.  Raises OSError."""
        age = self._bounds.file_age
        aged = age is not None and self._clock() - self._begun > age
        if self._size < self._bounds.file_size and not (aged and self._size):
            return
        file = _put_in_place(self._path, self._path.with_name(older_name(self._first)))
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
            total -= size
            dropped += 1
        if dropped:
            last = older[dropped][0] - 1 if dropped < len(older) else self._first - 1
            preface = self._preface_lines(last)
            for _, path in older[:dropped]:
                path.unlink(missing_ok=True)
            _keep(preface, self._path.with_name(PREFACE))
            self.head += 1
            content = RecordsDropped(older[0][0], last)
            self.first = last + 1
            self._add(self.head, _own_line(self.head, self._clock(), "records_dropped", content))

    def move(self, path: Path) -> None:
        """Go on under another path: the directory was renamed."""
        self._path = path
        self._files = JournalFiles(path.parent, lambda: self._file)

    # ---- reading -----------------------------------------------------------------------------------------

    def read(self, after: int, limit: int) -> bytes:
        """Return the records behind `after` joined by commas: what fits in `limit` bytes, at least one."""
        after = max(after, 0)
        if after >= self.head:
            return b""
        data = self._files.read(after, limit) if after < self._written else b""
        if data:
            after = number_of(data[data.rfind(b"\n", 0, -1) + 1 :])
        # also when what was written is gone
        if not data or after >= self._written:
            data += self._waiting_behind(after, limit - len(data), at_least_one=not data)
        return data[:-1].replace(b"\n", b",")

    def _waiting_behind(self, after: int, limit: int, *, at_least_one: bool) -> bytes:
        found: list[bytes] = []
        for number, record in self._waiting:
            if number <= after:
                continue
            limit -= len(record)
            if limit < 0 and not (at_least_one and not found):
                break
            found.append(record)
        return b"".join(found)

    def tail(self, limit: int) -> int:
        """Return the number behind which the newest records have about `limit` bytes; 0 when that is all of them."""
        return self._files.tail(max(limit - self._waiting_size, 1))

    def preface_of(self, after: int) -> bytes:
        """Return the records up to `after` that one needs to understand those behind it, joined by commas."""
        return b",".join(line.rstrip(b"\n") for line in self._preface_lines(after))

    def _preface_lines(self, after: int) -> list[bytes]:
        lines = self.preface.lines(after)
        begun = self.preface.begun_before(after)
        if begun and begun not in lines:
            found = [self._files.read(begun - 1, 1), *self._files.preface]
            lines.update((begun, line) for line in found if number_of(line) == begun)
        return [line for _, line in sorted(lines.items())]

    def close(self) -> None:
        """Write what is left and close the file."""
        self.flush()
        os.close(self._file)


def _made(path: Path) -> int:
    """Make a file; what is there already is somebody else's."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _put_in_place(path: Path, older: Path) -> int:
    """Begin the file `path` anew and leave what it was to `older`, or leave it as it is.  Raises OSError."""
    following = path.with_name(_NEXT)
    following.unlink(missing_ok=True)
    # first what needs room on the disk
    file = _made(following)
    try:
        os.rename(path, older)
        try:
            os.rename(following, path)
        except OSError:
            os.rename(older, path)
            raise
    except OSError:
        os.close(file)
        raise
    return file


def _keep(lines: Sequence[bytes], path: Path) -> None:
    """Write lines into a file in place of what was in it; on a full disk, the records are worth more than these."""
    following = path.with_suffix(".next")
    with contextlib.suppress(OSError):
        following.unlink(missing_ok=True)
        file = _made(following)
        try:
            os.write(file, b"".join(lines))
        finally:
            os.close(file)
        following.replace(path)


def _own_line(number: int, now: float, msg_type: str, content: Content) -> bytes:
    """Return a record that the journal writes about itself."""
    header = encode({"msg_id": f"{msg_type}_{number}", "msg_type": msg_type})
    return as_line(number, now, b"supervisor", header, b"{}", b"{}", encode(content.as_dict()))
