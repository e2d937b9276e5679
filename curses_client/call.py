"""A run of ssh in the event loop, which it never keeps waiting."""

import select
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from curses_client.ssh import Ssh
from curses_client.transport import Watcher


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a pipe as the loop wants it."""

    descriptor: int
    serve: Callable[[], None]

    def fileno(self) -> int:
        """Return the descriptor."""
        return self.descriptor

    def pending(self) -> bool:
        """Say that only the descriptor knows."""
        return False


class Call:
    """One run of ssh: `take` gets what comes from the other side, no bytes at its end."""

    def __init__(self, ssh: Ssh, loop: Watcher, take: Callable[[bytes], None]) -> None:
        self.ssh = ssh
        self._loop = loop
        self._take = take
        self._output = _End(ssh.stdout, self._read)
        self._complaints = _End(ssh.stderr, self._hear)
        self._input = _End(ssh.stdin, self._write)
        self._watched = [self._output, self._complaints]
        for end in self._watched:
            loop.watch(end)
        self._unsent = bytearray()

    def send(self, data: bytes) -> None:
        """Send now what can be sent now, and the rest when there is room."""
        self._unsent += data
        if self._input not in self._watched:
            self._write()

    def flush(self, seconds: float) -> None:
        """Wait until all is sent, but not longer than some seconds."""
        end = time.monotonic() + seconds
        while self._unsent and (left := end - time.monotonic()) > 0:
            select.select([], [self.ssh.stdin], [], left)
            self._write()

    def drop(self) -> None:
        """Leave the loop, once all that ssh has said is heard."""
        while self._complaints in self._watched and self._heard():
            pass
        for end in list(self._watched):
            self._unwatch(end)

    def _read(self) -> None:
        data = self.ssh.read()
        if data is not None:
            self._take(data)

    def _write(self) -> None:
        try:
            del self._unsent[: self.ssh.write(self._unsent)]
        except OSError:
            # ssh has ended, which its output says too
            self._unsent.clear()
        if self._unsent and self._input not in self._watched:
            self._watched.append(self._input)
            self._loop.watch(self._input, select.POLLOUT)
        elif not self._unsent and self._input in self._watched:
            self._unwatch(self._input)

    def _hear(self) -> None:
        self._heard()

    def _heard(self) -> bool:
        """Put what ssh complains of where this program's own complaints go; return whether there was something."""
        text = self.ssh.hear()
        if text is None:
            self._unwatch(self._complaints)
        elif text:
            print(text, end="", file=sys.stderr, flush=True)
        return bool(text)

    def _unwatch(self, end: _End) -> None:
        self._watched.remove(end)
        self._loop.unwatch(end)
