"""The event loop: keys first, then replies, then output for a bounded time, then a frame when one is due.

urwid's own loops draw only when no descriptor is ready, which under a steady stream of output is never.
"""

import heapq
import math
import select
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final, Protocol

from urwid.event_loop.abstract_loop import EventLoop, ExitMainLoop

# at most so many frames a second while sources have more than can be taken in, and while they have not
FLOOD_FRAMES: Final = 30
FRAMES: Final = 60
# frames that may follow each other at once after a rest: what a key causes comes in two or three steps
BURST: Final = 4
# seconds for which what comes together is gathered into one frame
GATHER: Final = 0.002
# how long sockets may keep the loop from keys, in seconds
BUDGET: Final = 0.002


class Source(Protocol):
    """Something beside the terminal that the loop serves."""

    def fileno(self) -> int:
        """Return the descriptor that is ready when there may be something; -1 where only `pending` knows."""

    def pending(self) -> bool:
        """Whether there is something now, whatever the descriptor says (zmq's is edge-triggered)."""

    def serve(self) -> None:
        """Take one thing in."""


class FrameClock:
    """When a frame may be drawn: a bucket of `BURST` frames, filled again at the frame rate."""

    def __init__(self, now: float) -> None:
        # when the next frame is to be drawn; None when nothing has changed
        self.due: float | None = None
        # frames that may be drawn at once, as of `_counted`
        self._allowed = float(BURST)
        self._counted = now
        self._rate = FRAMES

    def request(self, now: float) -> None:
        """Take in that something changed."""
        if self.due is None:
            self._fill(now)
            wait = max(1 - self._allowed, 0) / self._rate
            self.due = now + max(wait, GATHER)

    def drawn(self, now: float, rate: int) -> None:
        """Take in that a frame is drawn, and how many a second there may be from here on."""
        self._fill(now)
        self._allowed -= 1
        self._rate = rate

    def _fill(self, now: float) -> None:
        self._allowed = min(self._allowed + (now - self._counted) * self._rate, BURST)
        self._counted = now


class Loop(EventLoop):
    """An urwid event loop on one persistent epoll (poll where there is none)."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._poll: Any = select.epoll() if hasattr(select, "epoll") else select.poll()
        self._is_epoll = hasattr(select, "epoll")
        self._files: dict[int, Callable[[], Any]] = {}
        self._writers: dict[int, Callable[[], Any]] = {}
        # before when no frame can be drawn unless something is read or written meanwhile
        self._held_until: Callable[[], float] = lambda: 0.0
        self._sources: list[Source] = []
        self._alarms: list[tuple[float, int, Callable[[], Any]]] = []
        self._cancelled: set[int] = set()
        self._idle: dict[int, Callable[[], Any]] = {}
        self._after_frame: Callable[[], Any] = lambda: None
        self._numbers = count(1)
        self._clock_of_frames = FrameClock(clock())
        self._is_flooded = False

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
        """Call `callback` when the terminal, or what urwid watches beside it, can be read.

        A frame follows at once, unless the callback returns False: what it read is not to be seen.
        """
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
        try:
            # what the terminal has told already is in the first frame
            for fd, _ in self._poll.poll(0):
                if fd in self._files:
                    self._files[fd]()
            self._draw()
            while True:
                self._pass()
        except ExitMainLoop:
            pass

    # ---- what the program asks for -----------------------------------------------------------------------

    def watch(self, source: Source, events: int = select.POLLIN) -> None:
        """Serve a source; those watched first come first.  With POLLOUT, its descriptor is to be written to."""
        self._sources.append(source)
        if source.fileno() >= 0:
            self._poll.register(source.fileno(), events)

    def unwatch(self, source: Source) -> None:
        """Serve it no longer."""
        self._sources.remove(source)
        if source.fileno() >= 0:
            self._poll.unregister(source.fileno())

    def after_frame(self, callback: Callable[[], Any]) -> None:
        """Call `callback` when a frame was drawn, which may lack something."""
        self._after_frame = callback

    def request_frame(self) -> None:
        """Have a frame drawn when the frame clock allows it."""
        self._clock_of_frames.request(self._clock())

    def watch_writing(self, fd: int, callback: Callable[[], Any]) -> None:
        """Call `callback` when the terminal takes something; the descriptor is not one that is read."""
        self._writers[fd] = callback
        self._poll.register(fd, select.POLLOUT)

    def unwatch_writing(self, fd: int) -> None:
        """Stop watching."""
        del self._writers[fd]
        try:
            self._poll.unregister(fd)
        except (OSError, ValueError, KeyError):
            # it was closed before
            pass

    def hold_frames(self, until: Callable[[], float]) -> None:
        """Draw no frame before the time that `until` returns whenever it is asked; infinite is no time."""
        self._held_until = until

    # ---- one pass ----------------------------------------------------------------------------------------

    def _pass(self) -> None:
        ready = self._wait()
        typed = False
        for fd, _ in ready:
            callback = self._files.get(fd)
            if callback is not None:
                typed = callback() is not False or typed
            elif fd in self._writers:
                self._writers[fd]()
        if typed and self._clock() >= self._held_until():
            # what a key does is shown at once, and costs the output no frame
            self._draw()
        elif typed:
            self._clock_of_frames.due = self._clock()
        self._serve_sources({fd for fd, _ in ready})
        self._serve_alarms()
        due = self._due()
        if due is not None and self._clock() >= due:
            self._clock_of_frames.drawn(self._clock(), FLOOD_FRAMES if self._is_flooded else FRAMES)
            self._draw()

    def _wait(self) -> list[tuple[int, int]]:
        if any(source.pending() for source in self._sources):
            timeout = 0.0
        else:
            times = [self._alarms[0][0]] if self._alarms else []
            if (due := self._due()) is not None:
                times.append(due)
            timeout = max(min(times) - self._clock(), 0.0) if times else -1.0
        if self._is_epoll:
            return self._poll.poll(timeout)  # type: ignore[no-any-return]
        return self._poll.poll(timeout * 1000 if timeout >= 0 else None)  # type: ignore[no-any-return]

    def _due(self) -> float | None:
        """Return when the next frame is to be drawn, as far as that is a matter of time."""
        due = self._clock_of_frames.due
        if due is None:
            return None
        due = max(due, self._held_until())
        return due if due < math.inf else None

    def _serve_sources(self, ready: set[int]) -> None:
        end = self._clock() + BUDGET
        self._is_flooded = False
        for source in list(self._sources):
            if source.fileno() in ready and source in self._sources and not source.pending():
                # a descriptor that is no zmq socket's says all by itself
                source.serve()
            while source in self._sources and source.pending():
                source.serve()
                if self._clock() >= end:
                    self._is_flooded = True
                    return

    def _serve_alarms(self) -> None:
        # what an alarm sets anew has its turn in the next pass, behind keys and frames
        last = next(self._numbers)
        while self._alarms and self._alarms[0][0] <= self._clock() and self._alarms[0][1] < last:
            _, number, callback = heapq.heappop(self._alarms)
            if number in self._cancelled:
                self._cancelled.discard(number)
            else:
                callback()

    def _draw(self) -> None:
        self._clock_of_frames.due = None
        for callback in list(self._idle.values()):
            callback()
        self._after_frame()
