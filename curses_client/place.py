"""The place of a client's one relay beside a session: a file whose lock (flock(2)) it holds for as long as it lives."""

import fcntl
import os
import signal
import time
from pathlib import Path
from typing import Final

# seconds in which a former relay is gone, and how often that is looked for
_PATIENCE: Final = 5.0
_LOOK: Final = 0.005


class PlaceTakenError(Exception):
    """The former relay does not end."""


class Place:
    """A place that is held; a relay whose line is dead may not know it yet, and is ended for its successor."""

    def __init__(self, path: Path) -> None:
        """Take the place.

        Raises:
            OSError: the file cannot be made.
            PlaceTakenError: it does not become free.
        """
        self._path = path
        end = time.monotonic() + _PATIENCE
        while not self._take():
            if time.monotonic() > end:
                raise PlaceTakenError
            time.sleep(_LOOK)

    def _take(self) -> bool:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # the one before may have removed it since it was opened
            if self._path.stat().st_ino == os.fstat(self._file).st_ino:
                os.ftruncate(self._file, 0)
                os.pwrite(self._file, str(os.getpid()).encode(), 0)
                return True
        except BlockingIOError:
            self._end_holder()
        except FileNotFoundError:
            pass
        os.close(self._file)
        return False

    def _end_holder(self) -> None:
        """End the relay that holds the place: it wrote its process id there."""
        try:
            os.kill(int(os.pread(self._file, 20, 0)), signal.SIGKILL)
        except (ValueError, ProcessLookupError):
            # it has not written it yet, or ended in this moment
            pass

    def leave(self) -> None:
        """Give the place up and leave nothing behind."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError:
            # the session has ended, or has another name
            pass
        os.close(self._file)
