"""How many bytes of records a client asks for at once over a line whose round trips take their time."""

import math
import time
from collections.abc import Callable
from typing import Final

from curses_client.transport import READ_LIMIT

# what people wait for comes behind the records that are under way
_MOST: Final = 1 << 19
# seconds that more bytes may take longer than few, and from which on they are too many
_CHEAP: Final = 0.1
_DEAR: Final = 0.3


class Pace:
    """How much is asked for at once: more for as long as it takes hardly longer than little."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._asked = 0.0
        self._shortest = math.inf
        self.limit = READ_LIMIT

    def asked(self) -> None:
        """Take in that a request leaves."""
        self._asked = self._clock()

    def answered(self, size: int) -> None:
        """Take in that its answer of `size` bytes is here."""
        took = self._clock() - self._asked
        self._shortest = min(self._shortest, took)
        longer = took - self._shortest
        if size > self.limit // 2 and longer < _CHEAP:
            self.limit = min(self.limit * 2, _MOST)
        elif size > READ_LIMIT and longer > _DEAR:
            self.limit = max(self.limit // 2, READ_LIMIT)
