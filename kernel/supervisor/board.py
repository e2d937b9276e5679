"""How the session is, on a page that `cshell ls` reads without asking anybody."""

import os
from pathlib import Path

from kernel.protocol.session import SessionStatus


class Board:
    """Writes a session's status over the one before, when it has changed."""

    def __init__(self, path: Path) -> None:
        """Make the file.  Raises OSError."""
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        self._shown: SessionStatus | None = None

    def show(self, status: SessionStatus) -> None:
        """Write the status down; a full disk keeps the last one."""
        if status == self._shown:
            return
        try:
            os.pwrite(self._file, status.encode(), 0)
            self._shown = status
        except OSError:
            pass

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._file)
