"""200,000 lines printed by one cell: how long, how much of it on the line, and the memory of each process."""

import math
import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Failure, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import Session, opened

_CELL: Final = "for i in range(200_000): print(i, 'x'*30)"
_LAST: Final = "199999 x{30}"
_LIMIT: Final = 30.0
_QUICK_LIMIT: Final = 5.0
# a program that takes more is ended before it takes the machine down
_MEMORY_LIMIT: Final = 3 << 30

_ROLES: Final = ("client", "supervisor", "fork server", "kernel")
_ROWS: Final = (
    Row("flood", "200,000 lines printed, until the prompt is usable"),
    Row("flood.bytes", "  bytes written to the terminal meanwhile", "bytes"),
    *(Row(f"flood.{role}", f"  most memory, {role}", "bytes") for role in _ROLES),
)


class _TooLarge(Failure):
    """A process takes so much memory that it has to be ended."""


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    for _ in range(plan.runs):
        with opened(program) as session:
            batch, in_time = _flooded(session, plan.limit(_LIMIT, _QUICK_LIMIT))
        yield batch
        if not in_time:
            # once is enough
            return


def _flooded(session: Session, limit: float) -> tuple[Batch, bool]:
    """Return the readings, and whether there was an end in time."""
    terminal = session.terminal
    kernel = session.kernel_pid()
    before = terminal.received
    pressed = session.run(_CELL)
    try:
        # the sign that it is idle must come behind the last line
        terminal.wait_stream(f"{_LAST}(?s:.*){session.program.idle}", limit, "last line", lambda: _weigh(session))
        took = session.probe(limit) - pressed
        batch = [Reading("flood", took), Reading("flood.bytes", terminal.received - before)]
    except (TimeLimit, _TooLarge):
        waited = time.perf_counter() - pressed
        took = math.inf
        batch = [Reading("flood", waited, over=True), Reading("flood.bytes", terminal.received - before, over=True)]
    for role, process in session.by_role(kernel).items():
        batch.append(Reading(f"flood.{role}", process.memory("VmHWM")))
    return batch, took < math.inf


def _weigh(session: Session) -> None:
    for process in session.home.processes():
        if process.memory("VmRSS") > _MEMORY_LIMIT:
            raise _TooLarge(f"a process takes more than {_MEMORY_LIMIT >> 30} GB")


MEASUREMENT: Final = Measurement("flood", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
