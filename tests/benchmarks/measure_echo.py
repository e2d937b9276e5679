"""A key to its echo: while nothing runs, while the kernel computes, and during a flood of output."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.cells import LOOP, PRINTING
from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Measurement, Plan, Reading, Row, Statistic, TimeLimit
from tests.benchmarks.session import Session, opened

_KEYS: Final = 200
_QUICK_KEYS: Final = 24
_LIMIT: Final = 5.0

_STATES: Final = (("idle", "idle"), ("busy", "the kernel computes"), ("flood", "a flood of output"))
_STATISTICS: Final[tuple[tuple[Statistic, str], ...]] = (("median", "p50"), ("p99", "p99"))
_ROWS: Final = tuple(
    Row(f"echo.{state}", f"key to echo, {label}, {name}", statistic=statistic)
    for state, label in _STATES
    for statistic, name in _STATISTICS
)


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    count, limit = plan.each(_KEYS, _QUICK_KEYS), plan.limit(_LIMIT)
    with opened(program) as session:
        letters = session.letters()
        for _ in range(plan.runs):
            yield _taken("idle", session, letters, count)
        for _ in range(plan.runs):
            session.start(LOOP)
            yield _taken("busy", session, letters, count)
            session.interrupt()
        for _ in range(plan.runs):
            try:
                session.start(PRINTING, limit)
                batch = _taken("flood", session, letters, count, limit)
                session.interrupt()
            except TimeLimit:
                # who is behind now stays behind
                yield [Reading("echo.flood", limit, over=True)]
                return
            yield batch


def _taken(state: str, session: Session, letters: str, count: int, limit: float = _LIMIT) -> Batch:
    return [Reading(f"echo.{state}", seconds) for seconds in session.echoes(count, letters, limit)]


MEASUREMENT: Final = Measurement("echo", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
