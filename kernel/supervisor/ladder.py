"""What an interrupt does when the one before it was not taken: a signal, then a look at the stack, then the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

# seconds that a step has to work before the next request goes further
_PATIENCE: Final = 1.0


class Step(Enum):
    """What to do about an interrupt request."""

    SIGNAL = "signal"
    DUMP = "dump"
    KILL = "kill"


@dataclass
class Ladder:
    """The steps taken for the cell that runs.

    A worker that runs Python takes an interrupt at once and says so, whatever user code then makes of it.  C code
    that never looks does not: only then do further requests go further.
    """

    _taken: Step | None = None
    _since: float = 0.0

    def reset(self) -> None:
        """Begin anew: another cell runs, or the worker took the interrupt."""
        self._taken = None

    def next(self, now: float) -> Step:
        """Return what is to be done about a request at `now` (monotonic seconds)."""
        if self._taken is None:
            step = Step.SIGNAL
        elif now - self._since < _PATIENCE:
            # an impatient user, or several clients: the step before has had no time yet
            return Step.SIGNAL
        else:
            step = Step.DUMP if self._taken is Step.SIGNAL else Step.KILL
        self._taken, self._since = step, now
        return step
