"""Enter to the result of a sum, never the same twice."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Measurement, Plan, Reading, Row
from tests.benchmarks.session import opened, sums

CELLS: Final = 30
_QUICK_CELLS: Final = 8

_ROWS: Final = (Row("result", "Enter to the result of a sum"),)


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    questions = sums()
    with opened(program) as session:
        for _ in range(plan.runs):
            batch: list[Reading] = []
            for _ in range(plan.each(CELLS, _QUICK_CELLS)):
                code, value = next(questions)
                session.type_cell(code)
                pressed = session.terminal.press("\r")
                batch.append(Reading("result", session.wait_result(value) - pressed))
                session.wait_rest()
            yield batch


MEASUREMENT: Final = Measurement("result", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
