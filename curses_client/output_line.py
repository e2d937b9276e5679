"""The way to the terminal: what is written leaves as fast as the terminal takes it, and nobody waits for that."""

import os
import select
import time
from typing import Final

from curses_client.loop import Loop

# seconds after which a terminal that takes nothing at all is waited for no longer
PATIENCE: Final = 2.0


class OutputLine:
    """A descriptor of the terminal, as the file that urwid wants.

    The descriptor is blocking but for the moment of a write: its flags are those of the shell's descriptors too,
    whatever ends this program.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unsent = bytearray()
        self._loop: Loop | None = None
        self._is_watched = False
        self._is_stuck = False

    def use(self, loop: Loop) -> None:
        """Have what the terminal does not take at once sent by a loop."""
        self._loop = loop

    @property
    def is_clear(self) -> bool:
        """Whether everything is sent."""
        return not self._unsent

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Send text; a terminal that is gone (EIO after a hang-up) takes everything."""
        self.send(text.encode("utf-8", "replace"))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def send(self, data: bytes) -> None:
        """Send bytes, now as far as the terminal takes them and then with the loop, if there is one."""
        self._unsent += data
        self._push()
        if self._unsent and self._loop is not None and not self._is_watched:
            self._is_watched = True
            self._loop.watch_writing(self._descriptor, self._push)
        elif self._loop is None:
            self.drain()

    def drain(self) -> None:
        """Wait until the terminal has taken everything; what a terminal that is stuck does not take is dropped."""
        poll = select.poll()
        poll.register(self._descriptor, select.POLLOUT)
        end = time.monotonic() + (0 if self._is_stuck else PATIENCE)
        while self._unsent:
            poll.poll(max(end - time.monotonic(), 0) * 1000)
            if self._push():
                end = time.monotonic() + PATIENCE
            elif time.monotonic() >= end:
                self._is_stuck = True
                self._unsent.clear()
        self._unwatch()

    def _push(self) -> bool:
        """Send what the terminal takes now; return whether it took something."""
        sent = 0
        try:
            os.set_blocking(self._descriptor, False)
            try:
                sent = os.write(self._descriptor, self._unsent) if self._unsent else 0
            finally:
                os.set_blocking(self._descriptor, True)
        except BlockingIOError:
            return False
        except OSError:
            sent = len(self._unsent)
        del self._unsent[:sent]
        if not self._unsent:
            self._unwatch()
        self._is_stuck = self._is_stuck and not sent
        return bool(sent)

    def _unwatch(self) -> None:
        if self._is_watched and self._loop is not None:
            self._is_watched = False
            self._loop.unwatch_writing(self._descriptor)
