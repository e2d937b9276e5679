"""What a measurement is made of: rows, readings, and the ways in which there may be none."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Unit = Literal["time", "bytes", "rate"]
Statistic = Literal["median", "p99"]


class NotMeasured(Exception):
    """A program cannot do what is to be measured in this and the following rounds; the text is a note."""


class Failure(Exception):
    """A program did not do what it should; the text is short enough for a cell of the table."""


class TimeLimit(Failure):
    """Something did not happen before its deadline."""

    def __init__(self, what: str, seconds: float, seen: str = "") -> None:
        super().__init__(f"no {what} in {seconds:g} s")
        self.seconds = seconds
        # what stood on the screen instead
        self.seen = seen


class Reading(NamedTuple):
    """One measured value, in seconds, bytes or lines a second; with `over` it is a limit that was exceeded."""

    key: str
    value: float
    over: bool = False


class Lack(NamedTuple):
    """No value, and what stands in its place; the note stands below the table."""

    key: str
    cell: str
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: a statistic over all readings of a key."""

    key: str
    label: str
    unit: Unit = "time"
    statistic: Statistic = "median"


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured."""

    runs: int
    quick: bool = False

    def each(self, whole: int, quick: int) -> int:
        """Return how many of `whole` repetitions belong to one round; `quick` is all there are when quick."""
        return quick if self.quick else -(-whole // self.runs)

    def limit(self, seconds: float, quick: float = 3.0) -> float:
        """Return how long to wait for a program that may never get there."""
        return quick if self.quick else seconds


Batch = Sequence[Reading | Lack]
Source = Callable[[Plan], Iterator[Batch]]


@dataclass(frozen=True, slots=True)
class Measurement:
    """Rows that are measured together, and for each column the generator of its rounds."""

    name: str
    rows: tuple[Row, ...]
    sources: Mapping[str, Source]
