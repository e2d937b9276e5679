"""Tab to the pop-up with the attributes of an object: while nothing runs, and while the kernel computes."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.cells import LOOP
from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import BACKSPACE, Session, opened

_TIMES: Final = 20
_QUICK_TIMES: Final = 4
_LIMIT: Final = 5.0

# nothing else on the screen ends like the attributes that there are
_DEFINES: Final = "Birds = type('Birds', (), {f'bird_{end}': 1 for end in ('lark'[::-1], 'kite'[::-1])})"
_TYPED: Final = "Birds.bird_"
_OFFERED: Final = "etik|kral"
_STATES: Final = (("idle", "idle"), ("busy", "the kernel computes"))
_ROWS: Final = tuple(Row(f"completion.{state}", f"Tab to the completions, {label}") for state, label in _STATES)


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    count, limit = plan.each(_TIMES, _QUICK_TIMES), plan.limit(_LIMIT)
    with opened(program) as session:
        session.run(_DEFINES)
        session.wait_rest()
        for _ in range(plan.runs):
            yield [Reading("completion.idle", _taken(session, limit)) for _ in range(count)]
        for _ in range(plan.runs):
            session.start(LOOP)
            session.probe(limit)
            try:
                batch = [Reading("completion.busy", _taken(session, limit)) for _ in range(count)]
            except TimeLimit:
                # the answer comes when the cell has ended
                yield [Reading("completion.busy", limit, over=True)]
                return
            session.interrupt()
            yield batch


def _taken(session: Session, limit: float) -> float:
    """Type the object's name and press Tab; return the seconds until its attributes are offered, and clear the line."""
    session.type_cell(_TYPED)
    pressed = session.terminal.press("\t")
    seconds = session.terminal.wait_shown(_OFFERED, _OFFERED, limit, "completions") - pressed
    session.terminal.settle(limit)
    session.terminal.press(BACKSPACE * len(_TYPED))
    session.terminal.settle(limit)
    return seconds


MEASUREMENT: Final = Measurement(
    "completion", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS}
)
