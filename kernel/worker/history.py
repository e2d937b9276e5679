"""IPython's history in a file of our own, which may cost history when it fails, and nothing else."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell

# seconds to wait for another kernel that is writing
_TIMEOUT: Final = 2.0
# seconds for which cells gather before they are written
_PAUSE: Final = 0.2
_OPTIONS: Final = {"check_same_thread": False, "timeout": _TIMEOUT}
_MEMORY: Final = ":memory:"


class SessionHistory(HistoryManager):  # type: ignore[misc]
    """History with the running session under its real number."""

    db_input_cache: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._unsaved = threading.Event()
        self._writing = threading.Lock()
        # the numbers of cells that are in no file
        self.unkept: set[int] = set()
        # IPython's thread would write after each cell, and be in the way of the next one
        super().__init__(*args, db_cache_size=sys.maxsize, **kwargs)

    def store_inputs(self, *args: Any, **kwargs: Any) -> None:
        """Remember a cell; it is written when `keep` comes to it."""
        super().store_inputs(*args, **kwargs)
        self._unsaved.set()

    def keep(self) -> None:
        """Write what is run, a moment later; this does not return."""
        pause = threading.Event()
        while True:
            self._unsaved.wait()
            self._unsaved.clear()
            pause.wait(_PAUSE)
            with self._writing:
                self._write()

    def _write(self) -> None:
        try:
            self.writeout_cache()
        except sqlite3.Error:
            # the next try may find the disk in a better state
            pass

    def _writeout_input_cache(self, conn: sqlite3.Connection) -> None:
        self.db_input_cache = [cell for cell in self.db_input_cache if cell[0] not in self.unkept]
        super()._writeout_input_cache(conn)

    def stop(self, within: float) -> None:
        """Write what is left, and nothing more: SQLite crashes when a file is closed under a thread that uses it."""
        if self._writing.acquire(timeout=within):
            self._write()

    def _get_range_session(self, *args: Any, **kwargs: Any) -> Iterator[tuple[int, int, Any]]:
        # IPython gives session 0 for the running one, which no other request about it would find
        for _, line, entry in super()._get_range_session(*args, **kwargs):
            yield self.session_number, line, entry

    def continue_from(self, former: HistoryManager) -> None:
        """Take over what was run before this one was open; the user's `In` and `Out` are these objects."""
        for name in ("input_hist_parsed", "input_hist_raw", "output_hist", "output_hist_reprs", "dir_hist"):
            setattr(self, name, getattr(former, name))
        self.db_input_cache = [*former.db_input_cache, *self.db_input_cache]
        self._unsaved.set()


def open_history(shell: InteractiveShell, path: Path) -> SessionHistory:
    """Open the history in the SQLite file `path`; where that cannot be used, in memory, and say so once."""
    try:
        _prepare(path)
        return _history(shell, str(path))
    except Exception as error:
        reason = getattr(error, "strerror", None) or error
        print(f"This session's history will not be kept: cannot use {path}: {reason}", file=sys.stderr)
        return _history(shell, _MEMORY)


def _history(shell: InteractiveShell, file: str) -> SessionHistory:
    return SessionHistory(shell=shell, parent=shell, hist_file=file, enabled=True, connection_options=_OPTIONS)


def _prepare(path: Path) -> None:
    """Make sure that the file can be written; a broken one is moved aside.

    IPython would move a file aside that is only locked.  Raises OSError or sqlite3.Error.
    """
    os.makedirs(path.parent, mode=0o700, exist_ok=True)
    try:
        _try_writing(path)
    except sqlite3.OperationalError:
        # locked, or in a directory that cannot be written
        raise
    except sqlite3.DatabaseError:
        path.replace(path.with_suffix(".broken"))
        _try_writing(path)


def _try_writing(path: Path) -> None:
    # what was typed is the user's own: SQLite would let others read it
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path, timeout=_TIMEOUT)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.rollback()
    finally:
        connection.close()
