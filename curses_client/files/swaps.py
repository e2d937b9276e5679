"""What is not saved of files, kept on disk until it is: for when a client, a machine or a line goes away.

A file's changes are in ``$XDG_STATE_HOME/cshell/swap/``, which nobody else can read, under a name made of its path.
The client that changes it holds a lock (flock(2)) for as long as it lives, however it ends.
"""

import fcntl
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Any

from curses_client.events import Recovery
from kernel.protocol.session import xdg_directory


class Swaps:
    """The files of one client."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._directory = xdg_directory("XDG_STATE_HOME", ".local/state", environ) / "cshell" / "swap"
        self._held: dict[str, int] = {}
        # those of clients that are gone, of which the user has not said what becomes of them
        self._undecided: set[str] = set()

    def _path(self, path: str) -> Path:
        return self._directory / f"{sha256(os.fsencode(path)).hexdigest()[:32]}.json"

    def _aside(self, path: str) -> Path:
        """Return where changes are that nobody has decided about when there were others."""
        return self._path(path).with_suffix(".old")

    def keep(self, path: str, lines: tuple[str, ...], row: int) -> None:
        """Keep the lines of a file.  Raises OSError; nothing is kept of one that another client has."""
        if path in self._undecided:
            self._undecided.discard(path)
            if self._path(path).exists():
                # they are offered again the next time
                self._path(path).replace(self._aside(path))
        file = self._hold(path)
        if file is None:
            return
        data = json.dumps({"path": path, "lines": lines, "row": row, "time": time()}).encode()
        # what a write leaves that was cut short cannot be read as JSON, so that the former one has to stay until then
        beside = self._path(path).with_suffix(f".{os.getpid()}")
        new = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(new, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with os.fdopen(os.dup(new), "wb") as stream:
                stream.write(data)
            beside.replace(self._path(path))
        except OSError:
            os.close(new)
            beside.unlink(missing_ok=True)
            raise
        os.close(file)
        self._held[path] = new

    def _hold(self, path: str) -> int | None:
        if path in self._held:
            return self._held[path]
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self._path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return None
        self._held[path] = file
        return file

    def take_over(self, path: str) -> None:
        """Take in that changes of a client that is gone are this client's now."""
        self._undecided.discard(path)
        if not self._path(path).exists() and self._aside(path).exists():
            self._aside(path).replace(self._path(path))

    def forget(self, path: str) -> None:
        """Keep nothing of a file: it is saved, or the changes that were found are not wanted."""
        file = self._held.pop(path, None)
        if file is None and not self.is_free(path):
            return
        self._undecided.discard(path)
        if file is None and not self._path(path).exists():
            self._aside(path).unlink(missing_ok=True)
        self._path(path).unlink(missing_ok=True)
        if file is not None:
            os.close(file)

    def close(self) -> None:
        """Leave what is kept to whoever comes."""
        for file in self._held.values():
            os.close(file)
        self._held.clear()

    def is_free(self, path: str) -> bool:
        """Whether no other client has changes of a file."""
        kept = self.find(path)
        return kept is None or not kept.is_held

    def find(self, path: str) -> Recovery | None:
        """Return what is kept of a file by a client that is gone, or that another one has it."""
        if path in self._held:
            return None
        found = _read(path, self._path(path)) or _read(path, self._aside(path))
        if found is not None and not found.is_held:
            self._undecided.add(path)
        return found


def _read(path: str, kept: Path) -> Recovery | None:
    """Read what is kept of a file; None if that is nothing that makes sense."""
    try:
        with kept.open("rb") as file:
            is_held = not _lock(file.fileno())
            values: Any = json.loads(file.read())
        lines = tuple(str(line) for line in values["lines"])
        return Recovery(path, lines or ("",), int(values["row"]), float(values["time"]), is_held)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
