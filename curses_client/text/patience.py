"""How long work may take: moments between keys, and a limit for what cannot be divided.

Some regular expressions would take longer than anybody lives (``(a+)+$``).
"""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 1.0


class TooSlow(Exception):
    """It took too long."""


def _raise(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Have what is done meanwhile raise TooSlow after so many seconds, also a match of `re`: that looks for signals.

    In another thread than the main one, which takes signals, there is no limit.
    """
    try:
        before = signal.signal(signal.SIGALRM, _raise)
    except ValueError:
        yield
        return
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Moment:
    """Some time for a piece of work; called, it says whether that is over."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def __call__(self) -> bool:
        """Whether it is over."""
        return self._clock() >= self._end
