"""The journal: one JSON record a line in an append-only file, numbered from 1."""

import os
import time
from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

# what one read of the file asks for at least; most records are much smaller
_RECORD_LIMIT: Final = 1 << 26
_CHUNK: Final = 1 << 20
_ONE_LINE: Final = bytes.maketrans(b"\r\n", b"  ")


class Journal:
    """Appends records and reads them back by their number.

    Records are collected by `append` and written by `flush`, once for all that a pass of the loop has to say.
    When the disk refuses them they stay in memory, can be read as ever, and are written when it takes them
    again.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        """Start a journal, or go on with the one in the file.  Raises OSError when it cannot be made."""
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._clock = clock
        # where each record begins, and where the next one will
        self._starts = array("Q", [0])
        self._written = self._take_up()
        self._unwritten = bytearray()
        self.error: OSError | None = None

    def _take_up(self) -> int:
        """Find the records that are there, cut off a torn last one, and return the file's length."""
        position = 0
        while data := os.pread(self._file, _CHUNK, position):
            at = data.find(b"\n")
            while at >= 0:
                self._starts.append(position + at + 1)
                at = data.find(b"\n", at + 1)
            position += len(data)
        if position > self._starts[-1]:
            os.ftruncate(self._file, self._starts[-1])
        return self._starts[-1]

    @property
    def head(self) -> int:
        """The number of the newest record; 0 when there is none."""
        return len(self._starts) - 1

    def append(self, channel: bytes, parts: Sequence[bytes]) -> int:
        """Add a record of the four parts of a message, joined as they are; return its number."""
        number = self.head + 1
        # a client may have sent JSON with line ends, which are white space in JSON
        header, parent, metadata, content = (part.translate(_ONE_LINE) for part in parts)
        line = b'{"seq":%d,"time":%.3f,"channel":"%b","header":%b,"parent_header":%b,"metadata":%b,"content":%b}\n' % (
            number,
            self._clock(),
            channel,
            header,
            parent,
            metadata,
            content,
        )
        self._unwritten += line
        self._starts.append(self._starts[-1] + len(line))
        return number

    def flush(self) -> None:
        """Write what was added; a failure is kept in `error` and the records in memory."""
        while self._unwritten:
            try:
                count = os.write(self._file, self._unwritten)
            except OSError as error:
                self.error = error
                return
            del self._unwritten[:count]
            self._written += count
        self.error = None

    def read(self, after: int, limit: int) -> bytes:
        """Return the records behind `after` joined by commas: what fits in `limit` bytes, at least one."""
        if after >= self.head:
            return b""
        first = max(after, 0)
        last = first + 1
        while last < self.head and self._starts[last + 1] - self._starts[first] <= limit:
            last += 1
        data = self._bytes(self._starts[first], self._starts[last])
        return data[:-1].replace(b"\n", b",")

    def _bytes(self, start: int, stop: int) -> bytes:
        stored = b""
        while start + len(stored) < min(stop, self._written):
            missing = min(stop, self._written) - start - len(stored)
            stored += os.pread(self._file, min(missing, _RECORD_LIMIT), start + len(stored))
        if stop <= self._written:
            return stored
        offset = max(start - self._written, 0)
        return stored + bytes(self._unwritten[offset : stop - self._written])

    def close(self) -> None:
        """Write what is left and close the file."""
        self.flush()
        os.close(self._file)
