"""200,000 lines printed by one cell: how long, how much of it on the line, and the memory of each process."""

import math
import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.cells import flood
from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import Session, TooLarge, opened

_CELL: Final = flood(200_000, "i, 'x'*30")
_LIMIT: Final = 30.0
_QUICK_LIMIT: Final = 5.0

_ROLES: Final = ("client", "supervisor", "fork server", "kernel")
_ROWS: Final = (
    Row("flood", "200,000 lines printed, until the prompt is usable"),
    Row("flood.bytes", "  bytes written to the terminal meanwhile", "bytes"),
    *(Row(f"flood.{role}", f"  most memory, {role}", "bytes") for role in _ROLES),
)


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
        session.wait_end(limit, session.check_memory)
        took = session.probe(limit) - pressed
        batch = [Reading("flood", took), Reading("flood.bytes", terminal.received - before)]
    except (TimeLimit, TooLarge):
        waited = time.perf_counter() - pressed
        took = math.inf
        batch = [Reading("flood", waited, over=True), Reading("flood.bytes", terminal.received - before, over=True)]
    for role, process in session.by_role(kernel).items():
        batch.append(Reading(f"flood.{role}", process.memory("VmHWM")))
    return batch, took < math.inf


MEASUREMENT: Final = Measurement("flood", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
