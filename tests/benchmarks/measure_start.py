"""From the exec of a program to its first sign of life, to its prompt, and to the first result."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Lack, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import BACKSPACE, PROBE, START_SECONDS, launched

_ROWS: Final = (
    Row("start.paint", "exec to the first character painted"),
    Row("start.prompt", "exec to the prompt (a key is echoed)"),
    Row("start.ahead", "exec to the first result, typed ahead"),
    Row("start.after", "exec to the first result, typed at the prompt"),
)
_CELL: Final = "40+2\r"
_VALUE: Final = 42
# what was typed ahead is run by then, or never
_LOST_SECONDS: Final = 5.0
_QUICK_LOST_SECONDS: Final = 4.0


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    limit = plan.limit(_LOST_SECONDS, _QUICK_LOST_SECONDS)
    takes_keys = True
    for _ in range(plan.runs):
        ahead = _typed_ahead(program, limit) if takes_keys else []
        takes_keys = any(isinstance(item, Reading) for item in ahead)
        yield [*ahead, *_typed_at_the_prompt(program)]


def _typed_ahead(program: Program, limit: float) -> Batch:
    """Type the cell at the moment of the exec; no key may be lost."""
    with launched(program, _CELL) as session:
        try:
            shown = session.wait_result(_VALUE, limit)
        except TimeLimit:
            return [Lack("start.ahead", "keys lost", "start: what is typed before there is a prompt is lost")]
        return [Reading("start.ahead", shown - session.terminal.started)]


def _typed_at_the_prompt(program: Program) -> Batch:
    """Type a letter as soon as something like a prompt can be seen, then the cell when the letter is echoed."""
    with launched(program) as session:
        terminal = session.terminal
        terminal.wait_stream(program.prompt, START_SECONDS, "prompt")
        assert terminal.painted is not None
        terminal.press(PROBE)
        echoed = session.wait_echo(PROBE, START_SECONDS)
        terminal.press(BACKSPACE + _CELL)
        shown = session.wait_result(_VALUE, START_SECONDS)
        return [
            Reading("start.paint", terminal.painted - terminal.started),
            Reading("start.prompt", echoed - terminal.started),
            Reading("start.after", shown - terminal.started),
        ]


MEASUREMENT: Final = Measurement("start", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
