"""A limit for regular expressions, some of which would take longer than anybody lives (``(a+)+$``)."""

import signal
from collections.abc import Iterator
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
