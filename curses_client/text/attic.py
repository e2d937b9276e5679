"""A place for bytes that are rarely looked at: one file per process, without a name.

Nobody but this process can open the file, and the system removes it with the process, however that ends. A disk
that refuses is no error: what it does not take stays in memory.
"""

import errno
import os
from functools import cache
from pathlib import Path
from typing import Final

from kernel.protocol.session import xdg_directory

_BUFFER: Final = 1 << 18
"""So many bytes wait before they are written: much is thrown away before it ever comes to that."""

_RETRY: Final = 1 << 23
"""So many more bytes wait before a disk that refused is asked again."""

_SMALLEST: Final = 1024


class Attic:
    """Keeps bytes in an unlinked file in `directory`, or in memory if that is None or cannot be written.

    Space that is freed is used again; once nothing is left in the file, it is emptied. Not for use by several
    threads at once. After a fork the child reads what is there, but writes nothing: it keeps its own in memory.
    """

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self._file = -1
        self._owner = os.getpid()
        self._last = 0
        # by ticket: what is not in the file (yet), and where in it the rest is: first byte, number of bytes
        self._waiting: dict[int, bytes] = {}
        self._places: dict[int, tuple[int, int]] = {}
        self._in_memory = 0
        self._patience = _BUFFER
        self._end = 0
        # by their size: where unused extents start
        self._unused: dict[int, list[int]] = {}

    def __del__(self) -> None:
        if self._file >= 0:
            os.close(self._file)

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._waiting) + len(self._places)

    @property
    def in_memory(self) -> int:
        """How many of the bytes kept are in memory."""
        return self._in_memory

    @property
    def on_disk(self) -> int:
        """How many bytes the file has, in use or not."""
        return os.fstat(self._file).st_size if self._file >= 0 else 0

    def put(self, data: bytes) -> int:
        """Keep `data`; return the ticket for it."""
        self._last += 1
        self._waiting[self._last] = data
        self._in_memory += len(data)
        if self._in_memory >= self._patience:
            self._write_out()
        return self._last

    def get(self, ticket: int) -> bytes:
        """Return what was put.

        Raises:
            KeyError: there is no such ticket (any more).
            OSError: the disk does not give back what it took.
        """
        data = self._waiting.get(ticket)
        if data is not None:
            return data
        start, length = self._places[ticket]
        data = os.pread(self._file, length, start)
        while len(data) < length:
            more = os.pread(self._file, length - len(data), start + len(data))
            if not more:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            data += more
        return data

    def free(self, ticket: int) -> None:
        """Forget what was put; KeyError if there is no such ticket (any more)."""
        data = self._waiting.pop(ticket, None)
        if data is not None:
            self._in_memory -= len(data)
            return
        start, length = self._places.pop(ticket)
        if self._places:
            self._give_back(start, length)
        elif self._owner == os.getpid():
            self._empty()

    def _write_out(self) -> None:
        """Move to the file what waits, as far as the disk takes it."""
        try:
            self._open()
            for ticket in list(self._waiting):
                self._move(ticket)
        except OSError:
            # At a full disk a try costs little, but on a network it may take long: not at each put.
            self._patience = self._in_memory + _RETRY
        else:
            self._patience = _BUFFER

    def _open(self) -> None:
        """Make the file unless there is one; OSError if this process has none to write to."""
        if self._directory is None or self._owner != os.getpid():
            raise OSError(errno.EROFS, os.strerror(errno.EROFS))
        if self._file < 0:
            self._file = _nameless_file(self._directory)

    def _move(self, ticket: int) -> None:
        data = self._waiting[ticket]
        start = self._extent(len(data))
        try:
            _write(self._file, data, start)
        except OSError:
            self._give_back(start, len(data))
            raise
        self._places[ticket] = (start, len(data))
        del self._waiting[ticket]
        self._in_memory -= len(data)

    def _extent(self, length: int) -> int:
        """Return where there is room: an unused extent of that size, else the end of the file."""
        size = _extent_size(length)
        if starts := self._unused.get(size):
            return starts.pop()
        start = self._end
        self._end += size
        return start

    def _give_back(self, start: int, length: int) -> None:
        size = _extent_size(length)
        if start + size == self._end:
            self._end = start
        else:
            self._unused.setdefault(size, []).append(start)

    def _empty(self) -> None:
        self._unused.clear()
        self._end = 0
        try:
            os.ftruncate(self._file, 0)
        except OSError:
            # What is there is overwritten then.
            pass


def _extent_size(length: int) -> int:
    """Return how much room is made for `length` bytes: of few sizes, so that what is freed fits what comes later.

    There are four sizes to each doubling. An extent is never split, so of no size are there ever more than were in
    use at once.
    """
    length = max(length, _SMALLEST)
    step = 1 << (length - 1).bit_length() - 3
    return -(-length // step) * step


def _write(file: int, data: bytes, start: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, start)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        view = view[written:]
        start += written


def _nameless_file(directory: Path) -> int:
    """Return a descriptor of a new file that only this process can open; OSError if there can be none."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    flag = getattr(os, "O_TMPFILE", 0)
    if flag:
        try:
            return os.open(directory, flag | os.O_RDWR | os.O_EXCL, 0o600)
        except OSError:
            # Not every file system can: a network's or an overlay may not.
            pass
    # It loads a dozen modules that are hardly ever needed.
    import tempfile

    file, name = tempfile.mkstemp(prefix="attic-", dir=directory)
    os.unlink(name)
    return file


@cache
def default_attic() -> Attic:
    """Return this process's attic, in the user's cache or, if that cannot be written, where temporary files go."""
    directory = xdg_directory("XDG_CACHE_HOME", ".cache", os.environ) / "cshell"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        usable = os.access(directory, os.W_OK | os.X_OK)
    except (OSError, RuntimeError):
        usable = False
    if usable:
        return Attic(directory)
    import tempfile

    try:
        return Attic(Path(tempfile.gettempdir()))
    except OSError:
        return Attic(None)
