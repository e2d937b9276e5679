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

    def _path(self, path: str) -> Path:
        return self._directory / f"{sha256(os.fsencode(path)).hexdigest()[:32]}.json"

    def keep(self, path: str, lines: tuple[str, ...], row: int) -> None:
        """Keep the lines of a file.  Raises OSError; nothing is kept of one that another client has."""
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

    def forget(self, path: str) -> None:
        """Keep nothing of a file: it is saved, or its changes are not wanted."""
        file = self._held.pop(path, None)
        if file is None and not self.is_free(path):
            return
        self._path(path).unlink(missing_ok=True)
        if file is not None:
            os.close(file)

    def is_free(self, path: str) -> bool:
        """Whether no other client has changes of a file."""
        kept = self.find(path)
        return kept is None or not kept.is_held

    def find(self, path: str) -> Recovery | None:
        """Return what is kept of a file by a client that is gone, or that another one has it."""
        if path in self._held:
            return None
        try:
            with self._path(path).open("rb") as file:
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
