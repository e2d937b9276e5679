"""Floods of output at several rates, and over a slow line: keys meanwhile, bytes to the terminal, how far it is behind."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from tests.benchmarks.cells import END
from tests.benchmarks.printing import PRINTED
from tests.benchmarks.programs import PROGRAMS, Program
from tests.benchmarks.readings import Batch, Failure, Lack, Measurement, NotMeasured, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import Session, opened

_SECONDS: Final = 5.0
_QUICK_SECONDS: Final = 2.0
# seconds before the first key, so that the flood is there, and after the last one, so that it still is
_BEFORE: Final = 0.5
_AFTER: Final = 0.3
_ECHO_LIMIT: Final = 5.0
# seconds after the last line was printed
_END_LIMIT: Final = 20.0
_NOTE: Final = "floods: keys typed while a cell runs are echoed by the terminal's driver, amid the output"


@dataclass(frozen=True, slots=True)
class _Flood:
    """Lines that are printed in a second, 0 for as many as possible; and the bytes that the line carries, 0 for all."""

    key: str
    label: str
    lines: int
    line: int = 0


_FLOODS: Final = (
    _Flood("20k", "a flood of 20,000 lines/s", 20_000),
    _Flood("100k", "a flood of 100,000 lines/s", 100_000),
    _Flood("most", "a flood without a limit", 0),
    _Flood("slow", "a flood without a limit on a line of 60 kB/s", 0, 60_000),
)
_ROWS: Final = tuple(
    row
    for flood in _FLOODS
    for row in (
        Row(f"floods.{flood.key}.echo", f"{flood.label}: key to echo, p50"),
        Row(f"floods.{flood.key}.echo", "  key to echo, p99", statistic="p99"),
        Row(f"floods.{flood.key}.bytes", "  bytes to the terminal in a second", "bytes"),
        Row(f"floods.{flood.key}.behind", "  the screen shows the last line so much later than it was printed"),
        Row(f"floods.{flood.key}.lines", "  lines that the cell printed in a second", "rate"),
    )
)


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    floods = list(_FLOODS)
    for _ in range(plan.runs):
        for flood in list(floods):
            with opened(program) as session:
                batch, in_time = _flooded(session, flood, plan)
            yield batch
            if not in_time:
                # once is enough
                floods.remove(flood)


def _flooded(session: Session, flood: _Flood, plan: Plan) -> tuple[Batch, bool]:
    """Return the readings, and whether the end was shown in time."""
    terminal, key = session.terminal, f"floods.{flood.key}"
    seconds, limit = _QUICK_SECONDS if plan.quick else _SECONDS, plan.limit(_END_LIMIT, 5.0)
    session.can_import()
    letters = session.letters()
    terminal.rate = flood.line
    begun = session.run(f"import printing; printing.paced({flood.lines}, {seconds})")
    before = terminal.received
    terminal.go_on(_BEFORE)
    batch = _echoes(session, f"{key}.echo", letters, begun + seconds - _AFTER, plan.limit(_ECHO_LIMIT))
    try:
        left = max(begun + seconds + limit - time.perf_counter(), 1.0)
        shown = terminal.wait_shown(END, END, left, "last line", session.check_memory)
        when, printed = map(float, (session.home.work / PRINTED).read_text().split())
        end = Reading(f"{key}.behind", max(shown - when, 0.0))
        batch.append(Reading(f"{key}.lines", printed / (when - begun)))
    except Failure:
        shown = time.perf_counter()
        end = Reading(f"{key}.behind", shown - begun - seconds, over=True)
    return [*batch, Reading(f"{key}.bytes", (terminal.received - before) / (shown - begun)), end], not end.over


def _echoes(session: Session, key: str, letters: str, until: float, limit: float) -> list[Reading | Lack]:
    try:
        return [Reading(key, taken) for taken in session.echoes(math.inf, letters, limit, until)]
    except NotMeasured:
        return [Lack(key, "–", _NOTE)]
    except TimeLimit:
        return [Reading(key, limit, over=True)]


MEASUREMENT: Final = Measurement("floods", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
