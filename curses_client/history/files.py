"""The directory of the history: JSON Lines, appended to by all sessions of a machine, read by all machines.

A line is written by one write(2) to a file that is open for appending, under a lock (flock(2)) which keeps others
from putting a new file in its place meanwhile.  The lock is not waited for long: a line that is written without it
is in the file as well, or in the one that has just been put aside.  What is not a line of ours is passed over, so
that a write that was cut short costs one entry.
"""

import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from curses_client.history.entries import Entry, Forgotten, Item, items_of, line_of
from kernel.protocol.session import xdg_directory

# bytes after which a file is put aside for a new one
_FULL: Final = 4 << 20
# bytes that are read at once: some milliseconds of work
_CHUNK: Final = 1 << 18
# files at whose ends the newest entries are, and bytes of each
_NEWEST: Final = 4
_END: Final = 1 << 16
# seconds that somebody else's writing is waited for, and how often it is looked at
_PATIENCE: Final = 0.3
_LOOK: Final = 0.005


def directory_of(environ: Mapping[str, str]) -> Path:
    """Return where the history is."""
    return xdg_directory("XDG_STATE_HOME", ".local/state", environ) / "cshell" / "history"


class Files:
    """The files as one process reads and writes them."""

    def __init__(self, directory: Path, host: str, full: int = _FULL) -> None:
        """Take the directory and the name of this machine; nothing is read or made yet."""
        self._directory = directory
        name = re.sub(r"[^A-Za-z0-9_-]", "_", host.partition(".")[0])[:64] or "unknown"
        self._path = directory / f"{name}.jsonl"
        self._full = full
        # by device and number of a file, which keeps them under another name: how much of it was read
        self._read: dict[tuple[int, int], int] = {}

    # ---- writing -----------------------------------------------------------------------------------------

    def append(self, items: Sequence[Item], size: int) -> None:
        """Write items; of files that are full, those stay that have the newest `size` lines.  Raises OSError."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        data = b"".join(map(line_of, items))
        with self._opened() as (file, is_locked):
            end = os.fstat(file).st_size
            if end and os.pread(file, 1, end - 1) != b"\n":
                # somebody's write was cut short
                data = b"\n" + data
            if os.write(file, data) < len(data):
                if is_locked:
                    os.ftruncate(file, end)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if is_locked and end + len(data) >= self._full:
                self._put_aside(size)

    @contextmanager
    def _opened(self) -> Iterator[tuple[int, bool]]:
        """Open the file of this machine; also say whether nobody else puts it aside meanwhile."""
        end = time.monotonic() + _PATIENCE
        while True:
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            file = os.open(self._path, flags, 0o600)
            try:
                is_locked = _lock(file, end)
                if not is_locked or self._is_current(file):
                    yield file, is_locked
                    return
            finally:
                os.close(file)

    def _is_current(self, file: int) -> bool:
        try:
            return os.fstat(file).st_ino == self._path.stat().st_ino
        except FileNotFoundError:
            return False

    def _put_aside(self, size: int) -> None:
        """Begin a new file, and remove those of this machine whose lines are older than the newest `size`."""
        self._path.rename(self._path.with_suffix(f".{time.time_ns()}.jsonl"))
        lines = 0
        for path in self._aside():
            if lines >= size:
                path.unlink(missing_ok=True)
            else:
                lines += path.read_bytes().count(b"\n")

    def _aside(self) -> list[Path]:
        """Return the files of this machine that were put aside, the newest first."""
        return sorted(self._directory.glob(f"{self._path.stem}.*.jsonl"), reverse=True)

    def forget(self, forgotten: Forgotten, size: int) -> None:
        """Have entries deleted: for all machines by a line that says so, and in the files of this one.

        Raises OSError.
        """
        self.append([forgotten], size)
        with self._opened() as (_, is_locked):
            for path in [*self._aside(), self._path] if is_locked else ():
                self._write_without(path, forgotten)

    def _write_without(self, path: Path, forgotten: Forgotten) -> None:
        lines = path.read_bytes().split(b"\n")
        kept = [line for line in lines if not any(_is_deleted(item, forgotten) for item in items_of([line]))]
        if len(kept) == len(lines):
            return
        part = path.with_suffix(".part")
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.write(b"\n".join(kept))
        part.replace(path)

    # ---- reading -----------------------------------------------------------------------------------------

    def newest(self) -> list[Item]:
        """Return what is at the end of the files; they count as not read.  Raises OSError."""
        found: list[Item] = []
        for path, _ in self._paths()[:_NEWEST]:
            with path.open("rb") as file:
                begin = max(os.fstat(file.fileno()).st_size - _END, 0)
                file.seek(begin)
                # the first line is cut, unless it is the file's first; the last one is not whole
                found += items_of(file.read().split(b"\n")[bool(begin) : -1])
        return found

    def more(self) -> Iterator[list[Item]]:
        """Yield what is in the files that was not read yet, the last line only when it is whole.  Raises OSError."""
        for path, status in self._paths():
            if path.name.count(".") > 1 and self._read.get((status.st_dev, status.st_ino)) == status.st_size:
                # nobody appends to what was put aside
                continue
            try:
                # opening it asks the server of a network's file system, where stat(2) may tell what was seconds ago
                file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            except OSError as error:
                if error.errno in (errno.ENOENT, errno.ELOOP, errno.EACCES):
                    continue
                raise
            try:
                yield from self._more_of(file)
            finally:
                os.close(file)

    def _more_of(self, file: int) -> Iterator[list[Item]]:
        status = os.fstat(file)
        key = status.st_dev, status.st_ino
        at = self._read.get(key, 0)
        if at > status.st_size:
            # it was written anew
            at = 0
        rest = b""
        while data := os.pread(file, _CHUNK, at + len(rest)):
            *lines, last = (rest + data).split(b"\n")
            at += len(rest) + len(data) - len(last)
            rest = last
            if lines:
                yield items_of(lines)
        self._read[key] = at

    def _paths(self) -> list[tuple[Path, os.stat_result]]:
        """Return the files of all machines, the one that was written last first."""
        found = []
        for path in self._directory.glob("*.jsonl"):
            try:
                found.append((path, path.stat()))
            except FileNotFoundError:
                # it got another name in this moment
                continue
        return sorted(found, key=lambda one: one[1].st_mtime_ns, reverse=True)


def _lock(file: int, end: float) -> bool:
    """Lock a file unless others hold it until `end`, on the monotonic clock."""
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                return False
            time.sleep(_LOOK)
        except OSError:
            # a file system without locks
            return False
        else:
            return True


def _is_deleted(item: Item, forgotten: Forgotten) -> bool:
    return isinstance(item, Entry) and forgotten.covers(item)
