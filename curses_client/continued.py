"""That the process goes on after somebody else had stopped it (SIGCONT): the terminal is the shell's by then."""

import os
import signal
from collections.abc import Callable
from types import FrameType


class Continued:
    """Tells it in the loop, and not in the midst of a frame (a source, see `curses_client.transport`)."""

    def __init__(self, told: Callable[[], object]) -> None:
        """Call `told` each time from now on."""
        self._told = told
        self._reading, self._writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._former = signal.signal(signal.SIGCONT, self._came)

    def _came(self, signum: int, frame: FrameType | None) -> None:
        # one that is not read yet says it for all
        self.forget()
        os.write(self._writing, b"!")

    def forget(self) -> bool:
        """Take back what was not told yet; return whether that was anything."""
        try:
            return bool(os.read(self._reading, 1))
        except BlockingIOError:
            return False

    def fileno(self) -> int:
        """Return the descriptor that is ready when the process was continued."""
        return self._reading

    def pending(self) -> bool:
        """Say that the descriptor says it."""
        return False

    def serve(self) -> None:
        """Tell it, once."""
        if self.forget():
            self._told()

    def close(self) -> None:
        """Listen no longer."""
        signal.signal(signal.SIGCONT, self._former)
        os.close(self._reading)
        os.close(self._writing)
