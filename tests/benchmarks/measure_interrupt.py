"""Ctrl-C to a prompt that can be used again: in a loop, in a sleep, in a printing loop."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.cells import LOOP, PRINTING, SLEEP
from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import opened

_LIMIT: Final = 15.0
# how long the printing loop runs before it is interrupted, in seconds
_PRINTING: Final = 1.0

_CELLS: Final = (("loop", LOOP, 0.0), ("sleep", SLEEP, 0.0), ("printing", PRINTING, _PRINTING))
_ROWS: Final = (
    Row("interrupt.loop", "Ctrl-C to a usable prompt, while True: pass"),
    Row("interrupt.sleep", "Ctrl-C to a usable prompt, time.sleep(100)"),
    Row("interrupt.printing", "Ctrl-C to a usable prompt, a printing loop"),
)


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    limit = plan.limit(_LIMIT)
    with opened(program) as session:
        for key, cell, seconds in _CELLS:
            for _ in range(plan.runs):
                try:
                    session.start(cell, limit)
                    session.terminal.go_on(seconds)
                    reading = Reading(f"interrupt.{key}", session.interrupt(limit))
                except TimeLimit:
                    reading = Reading(f"interrupt.{key}", limit, over=True)
                yield [reading]
                if reading.over:
                    return


MEASUREMENT: Final = Measurement(
    "interrupt", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS}
)
