"""What a client keeps on disk for whoever comes back: the text that was not run, and how far the session was seen.

Each client has a file in the session's directory and holds a lock on it (flock(2)) for as long as it lives, however
it ends.  A client that comes later takes over the newest file that nobody holds.
"""

import contextlib
import errno
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

from curses_client.coming_back import Kept

# files of clients that are gone, and identifiers of former clients, of which so many are kept
_FILES: Final = 20
_FORMER: Final = 100


class Keeper:
    """One client's file."""

    def __init__(self, path: Path, file: int) -> None:
        """Take a file that this process holds.  Raises OSError."""
        self._name = path.name
        # the directory may get another name meanwhile, and its name another directory
        self._directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._file = file

    def keep(self, kept: Kept) -> None:
        """Write down what is to be kept.  Raises OSError."""
        data = json.dumps(asdict(kept)).encode()
        # in place, because the lock is on this very file; in one call, so that a SIGKILL leaves it whole
        if os.pwrite(self._file, data, 0) < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.ftruncate(self._file, len(data))

    def close(self) -> None:
        """Leave the file to whoever comes back."""
        os.close(self._directory)
        os.close(self._file)

    def remove(self) -> None:
        """Leave nothing: the session has ended with this client."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._name, dir_fd=self._directory)
        self.close()


def begin(directory: Path, client: str) -> tuple[Keeper, Kept | None]:
    """Take over the newest file that nobody holds, or make one; return what was kept in it.  Raises OSError."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path, file in _left_behind(directory):
        kept = Kept.read(_content(file))
        if kept is not None:
            return Keeper(path, file), kept
        path.unlink(missing_ok=True)
        os.close(file)
    path = directory / f"{client}.json"
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return Keeper(path, file), None


def is_held(directory: Path) -> bool:
    """Whether another client is there."""
    for path in directory.glob("*.json"):
        file = _locked(path)
        if file is None:
            return True
        os.close(file)
    return False


def tidy(directory: Path) -> None:
    """Remove what nobody comes back for in the directory of a session that is over: files without text, and itself."""
    for path, file in _left_behind(directory):
        kept = Kept.read(_content(file))
        if kept is None or not kept.text:
            path.unlink(missing_ok=True)
        os.close(file)
    # only if nothing else is in it
    with contextlib.suppress(OSError):
        directory.rmdir()


def heirs(kept: Kept | None, client: str) -> tuple[str, ...]:
    """Return the identifiers of a client and of those that it takes over from."""
    return (*(kept.clients if kept is not None else ()), client)[-_FORMER:]


def _left_behind(directory: Path) -> Iterator[tuple[Path, int]]:
    """Yield the files whose clients are gone, the newest first, each locked; too many of them are removed."""
    found = sorted(((_age(path), path) for path in directory.glob("*.json")), reverse=True)
    for number, (_, path) in enumerate(found):
        file = _locked(path)
        if file is None:
            continue
        if number >= _FILES:
            path.unlink(missing_ok=True)
            os.close(file)
            continue
        yield path, file


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _locked(path: Path) -> int | None:
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # it may have been removed by somebody who had the lock until now
        if os.fstat(file).st_nlink:
            return file
    except OSError:
        pass
    os.close(file)
    return None


def _content(file: int) -> bytes:
    data = b""
    while part := os.pread(file, 1 << 20, len(data)):
        data += part
    return data
