"""When a SIGINT becomes a KeyboardInterrupt: while user code runs, and never in the middle of a frame.

CPython looks for signals when a function begins, when a loop jumps back and after calls, so what must not be
torn apart by an exception is a plain assignment: a context manager could be interrupted on its way in or out.
"""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Final

# seconds in which a handler runs unless the main thread is in a system call
_HANDLED_WITHIN: Final = 0.02
_TRIES: Final = 50
_OWN_FILES: Final = os.path.dirname(__file__) + os.sep


class Interrupts:
    """The worker's SIGINT handler.

    It is a handler of our own, so that `asyncio.run` leaves it in place and an `await` can be interrupted.
    `allowed` is whether a SIGINT raises; outside user code it is ignored.
    """

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self.allowed = False
        self._shielded = 0
        self._pending = False
        # how often the handler ran
        self._handled = 0

    def install(self) -> None:
        """Become the handler of SIGINT, whatever user code made of it.  Only the main thread may do this."""
        self._main = threading.get_ident()
        self._pending = False
        if signal.getsignal(signal.SIGINT) != self._handle:
            signal.signal(signal.SIGINT, self._handle)

    def watch(self) -> None:
        """See to it, in a thread of its own, that no interrupt is slept through.

        CPython takes note of a signal and runs its handler later.  One that comes between its last look and a
        system call that blocks is handled only when that call ends; another signal interrupts the call.
        """
        noticed, notice = socket.socketpair()
        notice.setblocking(False)
        signal.set_wakeup_fd(notice.detach(), warn_on_full_buffer=False)
        threading.Thread(target=self._watch, args=[noticed], name="cshell signals", daemon=True).start()

    def _watch(self, noticed: socket.socket) -> None:
        handled = self._handled
        while numbers := noticed.recv(64):
            if signal.SIGINT in numbers:
                tries = 0
                while not self._is_handled(handled) and tries < _TRIES:
                    signal.pthread_kill(self._main, signal.SIGINT)
                    tries += 1
            handled = self._handled

    def _is_handled(self, before: int) -> bool:
        """Whether the handler ran since, or is no longer ours to wait for."""
        time.sleep(_HANDLED_WITHIN)
        return self._handled != before or signal.getsignal(signal.SIGINT) != self._handle

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        self._handled += 1
        if not self.allowed:
            return
        if self._shielded:
            self._pending = True
        else:
            raise KeyboardInterrupt

    def shield(self, action: Callable[[], None]) -> None:
        """Do `action` and hold an interrupt back until it is done; other threads have none to hold back."""
        if threading.get_ident() != self._main:
            action()
            return
        self._shielded += 1
        try:
            action()
        finally:
            self._shielded -= 1
        if self._pending and not self._shielded:
            self._pending = False
            if self.allowed:
                raise KeyboardInterrupt


def without_worker(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback that ends in the user's code.

    What follows there in the worker's own, such as the handler that raised KeyboardInterrupt or the wait for a line
    in `input()`, tells the user nothing.
    """
    last_of_user, frame = None, traceback
    while frame is not None:
        if not frame.tb_frame.f_code.co_filename.startswith(_OWN_FILES):
            last_of_user = frame
        frame = frame.tb_next
    if last_of_user is not None:
        last_of_user.tb_next = None
    return traceback
