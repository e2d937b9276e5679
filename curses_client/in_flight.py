"""What a terminal was sent and has not shown yet, and when it is to be sent another frame.

Behind a slow line there may be a megabyte of buffers, and what a key does is shown behind everything in them.  So a
terminal is asked whether it is there (`CSI 5 n`), and its answer (`CSI 0 n`) says that it has shown what it was sent
before.  Until then, what changes on the screen by itself waits, and then for as long again as the line was busy, so
that a key finds it free half of the time.  What keys do goes at once, as long as it is little.
"""

import math
import time
from collections import deque
from collections.abc import Callable
from typing import Final

QUESTION: Final = b"\x1b[5n"
# how urwid calls the answer
ANSWER: Final = "status ok"

# seconds after which an answer is not waited for any longer, from a terminal that never gave one and from others
_AT_FIRST: Final = 0.3
_AT_MOST: Final = 1.0
# seconds for which a line is left free at most
_REST: Final = 0.1
# so many questions to a terminal that never answers
_TRIES: Final = 3
# bytes of frames for keys after which a terminal is asked, and that are under way at once
_SOME: Final = 2048
_MANY: Final = 8192


class InFlight:
    """The questions that a terminal has not answered, and the bytes before each of them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._questions: deque[tuple[float, int]] = deque()
        # bytes after the last question
        self._bytes = 0
        self._answers = False
        self._in_vain = 0
        # the shortest time that an answer took: what is longer is due to what was sent
        self._shortest = math.inf
        self._rests_until = 0.0

    @property
    def is_answer_due(self) -> bool:
        """Whether there is a question whose answer is not given up."""
        return bool(self._questions) and self._questions[-1][0] + self._patience > self._clock()

    def sent(self, size: int, *, typed: bool) -> bool:
        """Take in that a frame of so many bytes leaves; return whether it has to end with a question."""
        self._give_up()
        self._bytes += size
        asks = (self._answers or self._in_vain < _TRIES) and (not typed or self._bytes > _SOME)
        if asks:
            self._questions.append((self._clock(), self._bytes))
            self._bytes = 0
        return asks

    def answered(self) -> None:
        """Take in an answer; one that was given up, or that nobody asked for, does no harm."""
        self._answers = True
        if not self._questions:
            return
        asked, _ = self._questions.popleft()
        took = self._clock() - asked
        self._shortest = min(self._shortest, took)
        self._rests_until = self._clock() + min(took - self._shortest, _REST)

    def held_until(self, *, typed: bool) -> float:
        """Return when the next frame may leave if there is no answer until then."""
        if typed and self._bytes + sum(size for _, size in self._questions) < _MANY:
            return 0.0
        if not self._questions:
            return 0.0 if typed else self._rests_until
        return self._questions[0][0] + self._patience

    def forget(self) -> None:
        """Take in that the terminal is somebody else's."""
        self._questions.clear()
        self._bytes = 0
        self._rests_until = 0.0

    @property
    def _patience(self) -> float:
        return _AT_MOST if self._answers else _AT_FIRST

    def _give_up(self) -> None:
        while self._questions and self._questions[0][0] + self._patience <= self._clock():
            self._questions.popleft()
            self._in_vain += 1
