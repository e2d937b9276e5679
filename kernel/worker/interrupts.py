"""When a SIGINT becomes a KeyboardInterrupt: while user code runs, and never in the middle of a frame."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """The worker's SIGINT handler.

    It is a handler of our own, so that `asyncio.run` leaves it in place and an `await` can be interrupted.
    """

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self._allowed = False
        self._deferring = 0
        self._pending = False

    def install(self) -> None:
        """Become the handler of SIGINT.  Only the main thread may do this."""
        self._main = threading.get_ident()
        signal.signal(signal.SIGINT, self._handle)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        if not self._allowed:
            return
        if self._deferring:
            self._pending = True
        else:
            raise KeyboardInterrupt

    @contextmanager
    def allowed(self) -> Iterator[None]:
        """Let SIGINT interrupt the block; outside it is ignored."""
        self._pending = False
        self._allowed = True
        try:
            yield
        finally:
            self._allowed = False

    @contextmanager
    def deferred(self) -> Iterator[None]:
        """Hold an interrupt back until the block is done; in other threads this does nothing."""
        if threading.get_ident() != self._main:
            yield
            return
        self._deferring += 1
        try:
            yield
        finally:
            self._deferring -= 1
            if self._pending and not self._deferring:
                self._pending = False
                if self._allowed:
                    raise KeyboardInterrupt
