"""The request to restart the kernel to the first result of the new one."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.programs import PROGRAMS, Program, Restart
from tests.benchmarks.readings import Batch, Measurement, Plan, Reading, Row
from tests.benchmarks.session import CELL_SECONDS, Session, opened, sums

_ROWS: Final = (Row("restart", "restart of the kernel to the first result"),)


def _readings(program: Program, restart: Restart, plan: Plan) -> Iterator[Batch]:
    questions = sums()
    with opened(program) as session:
        for _ in range(plan.runs):
            yield [Reading("restart", _restarted(session, restart, *next(questions)))]
            session.wait_rest()


def _restarted(session: Session, restart: Restart, code: str, value: int) -> float:
    """Answer the last question, and count from there."""
    terminal = session.terminal
    for keys, shows in restart.ask:
        terminal.press(keys)
        terminal.wait_screen(shows, CELL_SECONDS, "question before a restart")
    confirmed = terminal.press(restart.confirm)
    # not typed right behind it: on its way to the kernel, a cell may overtake the request to replace it
    terminal.wait_stream(restart.done, CELL_SECONDS, "restarted kernel")
    terminal.press(code + session.program.run)
    return session.wait_result(value) - confirmed


MEASUREMENT: Final = Measurement(
    "restart",
    _ROWS,
    {program.name: partial(_readings, program, program.restart) for program in PROGRAMS if program.restart},
)
