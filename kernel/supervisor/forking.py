"""The supervisor's end of the fork server; it imports little, so that the server can be started first."""

import json
import os
import signal
import socket
import sys
from collections.abc import Sequence

_WORDS_LIMIT = 1 << 16


class ForkServer:
    """The warm process that workers come from (`kernel.forkserver`)."""

    def __init__(self, python: str = sys.executable) -> None:
        self._python = python
        self._mode = "fork" if sys.platform == "linux" else "spare"
        self.socket: socket.socket | None = None

    @property
    def is_own(self) -> bool:
        """Whether workers have this process's interpreter."""
        return self._python == sys.executable

    def start(self) -> None:
        """Start it if it does not run; it warms up by itself."""
        if self.socket is not None:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        theirs.set_inheritable(True)
        # what this process ignores is not to be ignored by what user code starts;
        # -P: a module of the user's in the working directory must not take the place of ours
        command = [self._python, "-P", "-m", "kernel.forkserver", str(theirs.fileno()), self._mode]
        os.posix_spawn(
            self._python,
            command,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
            setsigdef=[signal.SIGHUP, signal.SIGINT, signal.SIGTERM],
        )
        theirs.close()
        ours.setblocking(False)
        self.socket = ours

    def launch(self, assignment: dict[str, str], descriptors: Sequence[int]) -> None:
        """Ask for a worker with these descriptors; it says when it is ready.

        Raises:
            OSError: the fork server is gone.
        """
        self.start()
        assert self.socket is not None
        socket.send_fds(self.socket, [json.dumps(assignment).encode()], list(descriptors))
        if self._mode == "spare":
            # that process is the worker now; the next one warms up while this one runs
            self.socket.close()
            self.socket = None
            self.start()

    def complaint(self) -> str | None:
        """Return what it said before it ended, and forget it; None if it has not ended."""
        if self.socket is None:
            return None
        try:
            said = _words(self.socket)
        except BlockingIOError:
            return None
        self.socket.close()
        self.socket = None
        return said.decode("utf-8", "replace") or "the fork server ended without a word; see the log"


def _words(sock: socket.socket) -> bytes:
    """Return its last words.  Raises BlockingIOError while there are none."""
    for _ in range(2):
        try:
            return sock.recv(_WORDS_LIMIT)
        except ConnectionResetError:
            # it ended with a request unread, which is told before what it said
            continue
    return b""
