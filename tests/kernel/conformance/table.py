"""The table of cases: what is asked of every kernel, and what it should say."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.kernel.conformance.support import Kernel

# what was said, and what the specification wants to be said
Outcome = tuple[object, object]


@dataclass(frozen=True, slots=True)
class Case:
    """A dialogue with a kernel; `alone` when it leaves a kernel that nobody else can use."""

    play: Callable[[Kernel], Outcome]
    alone: bool = False


CASES: Final[dict[str, Case]] = {}


def case(play: Callable[[Kernel], Outcome]) -> Callable[[Kernel], Outcome]:
    """Put a case into the table under its name."""
    CASES[play.__name__] = Case(play)
    return play


def case_of_its_own(play: Callable[[Kernel], Outcome]) -> Callable[[Kernel], Outcome]:
    """Put a case into the table that needs a kernel of its own."""
    CASES[play.__name__] = Case(play, alone=True)
    return play
