"""Runs measurements, the rounds of all programs in turn, and collects what they yield."""

import sys
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

from tests.benchmarks.readings import Batch, Failure, Lack, Measurement, NotMeasured, Plan, Reading, TimeLimit

Tell = Callable[[str], None]


@dataclass(slots=True)
class Results:
    """All readings by key and column, what stands in place of one, and why there are none by measurement and column."""

    readings: dict[tuple[str, str], list[Reading]] = field(default_factory=lambda: defaultdict(list))
    lacks: dict[tuple[str, str], Lack] = field(default_factory=dict)
    failures: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, column: str, batch: Batch) -> None:
        """Take in the readings of one round."""
        for item in batch:
            if isinstance(item, Lack):
                self.lacks[item.key, column] = item
            else:
                self.readings[item.key, column].append(item)


def run(measurement: Measurement, columns: Collection[str], plan: Plan, results: Results, tell: Tell) -> None:
    """Measure what is installed; a program that fails is left out from there on."""
    with ExitStack() as stack:
        running: dict[str, Iterator[Batch]] = {}
        for column, source in measurement.sources.items():
            if column in columns:
                # closing a generator ends the programs that it started
                running[column] = stack.enter_context(closing(source(plan)))  # type: ignore[type-var]
        rounds = 0
        while running:
            rounds += 1
            for column in list(running):
                tell(f"{measurement.name}: {column}, round {rounds}")
                if not _round(measurement.name, column, running[column], results):
                    del running[column]


def _round(name: str, column: str, source: Iterator[Batch], results: Results) -> bool:
    """Measure one round; return whether there will be another."""
    try:
        results.add(column, next(source))
    except StopIteration:
        return False
    except NotMeasured as reason:
        results.notes[name, column] = str(reason)
        return False
    except Exception as error:
        # whatever it is, the others are still to be measured
        results.failures[name, column] = (
            str(error) if isinstance(error, Failure) else f"{type(error).__name__}: {error}"
        )
        if isinstance(error, TimeLimit) and error.seen:
            print(f"{name}: {column}: {error}; the screen was:\n{error.seen}", file=sys.stderr)
        return False
    return True
