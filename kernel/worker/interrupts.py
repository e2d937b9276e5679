"""When a SIGINT becomes a KeyboardInterrupt: while user code runs, and never in the middle of a frame.

CPython looks for signals when a function begins, when a loop jumps back and after calls, so what must not be
torn apart by an exception is a plain assignment: a context manager could be interrupted on its way in or out.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Final

# seconds after a SIGINT at which the main thread is woken from a system call that it went into meanwhile
_WAKE_AFTER: Final = (0.005, 0.02, 0.1, 0.5)
# what asyncio has taken from its queues there would be lost, and with it whoever waits for it
_LOOPS: Final = frozenset({"asyncio.base_events", "asyncio.events"})
# how often that is waited for: a callback of C code that takes longer cannot be told from asyncio
_POSTPONED: Final = 40
# no program uses the last one of the real-time signals, and macOS has none
_WAKE: Final = getattr(signal, "SIGRTMAX", signal.SIGURG)
_SWALLOWED: Final = b"!"
_OWN_FILES: Final = os.path.dirname(__file__) + os.sep


class Interrupts:
    """The worker's SIGINT handler.

    It is a handler of our own, so that `asyncio.run` leaves it in place and an `await` can be interrupted.
    `allowed` is whether a SIGINT raises.  Until then, while it is `expected`, it is kept: what IPython does
    before the user's code begins catches a KeyboardInterrupt and goes on.  Otherwise it is ignored.
    """

    def __init__(self) -> None:
        self._main = threading.get_ident()
        self.expected = False
        self.allowed = False
        self._shielded = 0
        self._pending = False
        # whether one is to be raised once more: Python has dropped it, as in __del__, or asyncio was at work
        self._again = False
        # how often in a row asyncio was
        self._postponed = 0
        # how many there were
        self.handled = 0
        # what was there before, to be given back
        self._before: tuple[Any, Any, int] | None = None
        self._noticed, self._notice = socket.socketpair()
        self._notice.setblocking(False)

    def install(self) -> None:
        """Become the handler of SIGINT, whatever user code made of it.  Only the main thread may do this."""
        self._main = threading.get_ident()
        self._pending = self._again = False
        self._postponed = 0
        handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
        if handler != self._handle:
            signal.signal(signal.SIGINT, self._handle)
        if signal.getsignal(_WAKE) != self._wake:
            signal.signal(_WAKE, self._wake)
        if sys.unraisablehook != self._unraisable:
            self._report_unraisable = sys.unraisablehook
            sys.unraisablehook = self._unraisable
        # a loop of asyncio's with signal handlers takes it away
        wakeup = signal.set_wakeup_fd(self._notice.fileno(), warn_on_full_buffer=False)
        if self._before is None:
            self._before = handler, hook, wakeup

    def restore(self) -> None:
        """Give back what was there before the first `install`, in a program that lives on without us."""
        if self._before is not None:
            handler, sys.unraisablehook, wakeup = self._before
            if handler is not None:
                signal.signal(signal.SIGINT, handler)
            signal.set_wakeup_fd(wakeup)
            self._before = None

    def take_from_pdb(self, pdb: Any) -> None:
        """Have Python's debugger leave SIGINT to us: after its `continue` it would stop again, not end the cell."""
        pdb.Pdb.sigint_handler = lambda debugger, signum, frame: self._handle(signum, frame)

    def watch(self, taken: Callable[[], None]) -> None:
        """See to it, in a thread of its own, that no interrupt is slept through; call `taken` when one is handled.

        CPython takes note of a signal and runs its handler later.  One that comes between its last look and a
        system call that blocks is handled only when that call ends; another signal interrupts the call.
        """
        threading.Thread(target=self._watch, args=[taken], name="cshell signals", daemon=True).start()

    def _watch(self, taken: Callable[[], None]) -> None:
        handled = 0
        while numbers := self._noticed.recv(64):
            if signal.SIGINT in numbers or _SWALLOWED in numbers:
                begun, left = time.monotonic(), list(_WAKE_AFTER)
                while left or self._again:
                    # what was postponed is tried again soon, what may be slept through less and less often
                    due = time.monotonic() + _WAKE_AFTER[0] if self._again else begun + left.pop(0)
                    time.sleep(max(0.0, due - time.monotonic()))
                    signal.pthread_kill(self._main, _WAKE)
                    if self.handled != handled:
                        handled = self.handled
                        taken()

    def _wake(self, signum: int, frame: FrameType | None) -> None:
        """Do what was missed; that this handler runs at all is what made the SIGINT's run."""
        if self._again:
            self._again = False
            self._handle(signal.SIGINT, frame)

    def _unraisable(self, unraisable: Any) -> None:
        """Raise an interrupt once more that came where nothing can be raised."""
        if self.allowed and issubclass(unraisable.exc_type, KeyboardInterrupt):
            self._again = True
            self._notice.send(_SWALLOWED)
        else:
            self._report_unraisable(unraisable)

    def _handle(self, signum: int, frame: FrameType | None) -> None:
        # the second one while one is kept is meant for what keeps it
        is_kept = self._shielded or (self.expected and not self.allowed and not self._pending)
        raises = not is_kept and (self.allowed or self.expected)
        if raises and self._postponed < _POSTPONED and _tears_loop(frame):
            # `_watch` has it come again
            self._postponed += 1
            self._again = True
            return
        self.handled += 1
        self._postponed = 0
        if is_kept:
            self._pending = True
        elif raises:
            self._pending = False
            raise KeyboardInterrupt

    def allow(self) -> None:
        """Let interrupts through from here on.  Raises KeyboardInterrupt for the one that was kept."""
        self.allowed = True
        self._raise_kept()

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
        if self.allowed and not self._shielded:
            self._raise_kept()

    def _raise_kept(self) -> None:
        if self._pending:
            self._pending = False
            raise KeyboardInterrupt


def _tears_loop(frame: FrameType | None) -> bool:
    """Whether asyncio itself is at work, and not what it runs or waits for."""
    return frame is not None and frame.f_globals.get("__name__") in _LOOPS


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
