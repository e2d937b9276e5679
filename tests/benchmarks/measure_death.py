"""SIGKILL of the kernel until the screen says so."""

import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import opened

_LIMIT: Final = 10.0
# seconds in which the program shows all that came before, so that nothing else is on its way to the screen
_SETTLED: Final = 0.2

_ROWS: Final = (Row("death", "SIGKILL of the kernel until the screen says so"),)


def _readings(program: Program, dead: str, plan: Plan) -> Iterator[Batch]:
    limit = plan.limit(_LIMIT)
    for _ in range(plan.runs):
        with opened(program) as session:
            kernel = session.kernel_pid()
            session.terminal.go_on(_SETTLED)
            session.terminal.mark()
            killed = time.perf_counter()
            os.kill(kernel, signal.SIGKILL)
            try:
                reading = Reading("death", session.terminal.wait_stream(dead, limit, "notice") - killed)
            except TimeLimit:
                reading = Reading("death", limit, over=True)
        yield [reading]
        if reading.over:
            return


MEASUREMENT: Final = Measurement(
    "death", _ROWS, {program.name: partial(_readings, program, program.dead) for program in PROGRAMS if program.dead}
)
