"""The event loop: keys first, then replies, then output for a bounded time, then a frame when one is due.

urwid's own loops draw only when no descriptor is ready, which under a steady stream of output is never.
"""

import heapq
import select
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final, Protocol

from urwid.event_loop.abstract_loop import EventLoop, ExitMainLoop

FRAME_SECONDS: Final = 1 / 30
# how long sockets may keep the loop from keys, in seconds
BUDGET: Final = 0.002


class Source(Protocol):
    """Something beside the terminal that the loop serves."""

    def fileno(self) -> int:
        """Return the descriptor that is ready when there may be something."""

    def pending(self) -> bool:
        """Whether there is something now, whatever the descriptor says (zmq's is edge-triggered)."""

    def serve(self) -> None:
        """Take one thing in."""


class Loop(EventLoop):
    """An urwid event loop on one persistent epoll (poll where there is none)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._poll: Any = select.epoll() if hasattr(select, "epoll") else select.poll()
        self._is_epoll = hasattr(select, "epoll")
        self._files: dict[int, Callable[[], Any]] = {}
        self._sources: list[Source] = []
        self._alarms: list[tuple[float, int, Callable[[], Any]]] = []
        self._cancelled: set[int] = set()
        self._idle: dict[int, Callable[[], Any]] = {}
        self._numbers = count(1)
        self._next_frame = 0.0
        self._dirty = False

    # ---- what urwid asks for -----------------------------------------------------------------------------

    def alarm(self, seconds: float, callback: Callable[[], Any]) -> tuple[float, int]:
        """Call `callback` once after `seconds`."""
        due, number = self._clock() + seconds, next(self._numbers)
        heapq.heappush(self._alarms, (due, number, callback))
        return due, number

    def remove_alarm(self, handle: tuple[float, int]) -> bool:
        """Forget an alarm."""
        known = any(number == handle[1] for _, number, _ in self._alarms)
        if known:
            self._cancelled.add(handle[1])
        return known

    def watch_file(self, fd: int, callback: Callable[[], Any]) -> int:
        """Call `callback` when the terminal, or what urwid watches beside it, can be read; a frame follows at once."""
        self._files[fd] = callback
        self._poll.register(fd, select.POLLIN)
        return fd

    def remove_watch_file(self, handle: int) -> bool:
        """Stop watching."""
        if self._files.pop(handle, None) is None:
            return False
        try:
            self._poll.unregister(handle)
        except (OSError, ValueError, KeyError):
            # it was closed before
            pass
        return True

    def enter_idle(self, callback: Callable[[], Any]) -> int:
        """Call `callback` for every frame."""
        number = next(self._numbers)
        self._idle[number] = callback
        return number

    def remove_enter_idle(self, handle: int) -> bool:
        """Forget it."""
        return self._idle.pop(handle, None) is not None

    def run(self) -> None:
        """Serve until a callback raises `ExitMainLoop`; other exceptions pass through."""
        self._draw()
        try:
            while True:
                self._pass()
        except ExitMainLoop:
            pass

    # ---- what the program asks for -----------------------------------------------------------------------

    def watch(self, source: Source) -> None:
        """Serve a source; those watched first come first."""
        self._sources.append(source)
        self._poll.register(source.fileno(), select.POLLIN)

    def unwatch(self, source: Source) -> None:
        """Serve it no longer."""
        self._sources.remove(source)
        self._poll.unregister(source.fileno())

    def request_frame(self) -> None:
        """Have a frame drawn when the frame clock allows it."""
        self._dirty = True

    # ---- one pass ----------------------------------------------------------------------------------------

    def _pass(self) -> None:
        ready = self._wait()
        typed = False
        for fd, _ in ready:
            callback = self._files.get(fd)
            if callback is not None:
                callback()
                typed = True
        if typed:
            self._draw()
        self._serve_sources({fd for fd, _ in ready})
        self._serve_alarms()
        if self._dirty and self._clock() >= self._next_frame:
            self._draw()

    def _wait(self) -> list[tuple[int, int]]:
        if any(source.pending() for source in self._sources):
            timeout = 0.0
        else:
            times = [self._alarms[0][0]] if self._alarms else []
            if self._dirty:
                times.append(self._next_frame)
            timeout = max(min(times) - self._clock(), 0.0) if times else -1.0
        if self._is_epoll:
            return self._poll.poll(timeout)  # type: ignore[no-any-return]
        return self._poll.poll(timeout * 1000 if timeout >= 0 else None)  # type: ignore[no-any-return]

    def _serve_sources(self, ready: set[int]) -> None:
        end = self._clock() + BUDGET
        for source in list(self._sources):
            if source.fileno() in ready and source in self._sources and not source.pending():
                # a descriptor that is no zmq socket's says all by itself
                source.serve()
            while source in self._sources and source.pending():
                source.serve()
                if self._clock() >= end:
                    return

    def _serve_alarms(self) -> None:
        while self._alarms and self._alarms[0][0] <= self._clock():
            _, number, callback = heapq.heappop(self._alarms)
            if number in self._cancelled:
                self._cancelled.discard(number)
            else:
                callback()

    def _draw(self) -> None:
        self._dirty = False
        for callback in list(self._idle.values()):
            callback()
        self._next_frame = self._clock() + FRAME_SECONDS
