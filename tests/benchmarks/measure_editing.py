"""A key to its echo at the end of texts of 10, 1,000 and 10,000 lines, what is drawn for it, a megabyte, a long file.

Keys are pressed when the program has done all that it does with a pasted text, such as colouring it.
"""

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.benchmarks.programs import CSHELL, PROGRAMS, Program
from tests.benchmarks.readings import Batch, Lack, Measurement, Plan, Reading, Row, Statistic, TimeLimit
from tests.benchmarks.session import BACKSPACE, ECHO_SECONDS, Session, opened

_SIZES: Final = (10, 1000, 10_000)
_KEYS: Final = 100
_QUICK_KEYS: Final = 12
# keys whose bytes are counted one by one
_COUNTED: Final = "abcdefgh"
_LIMIT: Final = 30.0
_MEGABYTE: Final = 1_000_000
_FILE_LINES: Final = 50_000
_OPEN: Final = "\x1bo"
_END: Final = "the_end"
_CODE: Final = 'value_{0} = [function({0}, key="text {0}"), ({0}, None)]  # comment'
_TOO_SLOW: Final = "editing: a text of so many lines is not there in time"

_STATISTICS: Final[tuple[tuple[Statistic, str], ...]] = (("median", "p50"), ("p99", "p99"))
_ROWS: Final = (
    *(
        Row(f"editing.{size}", f"key to echo, a text of {size:,} lines, {name}", statistic=statistic)
        for size in _SIZES
        for statistic, name in _STATISTICS
    ),
    Row("editing.bytes", f"  bytes to the terminal for a key, a text of {_SIZES[-1]:,} lines", "bytes"),
    Row("editing.paste", "paste of a megabyte until its last line is shown"),
    Row("editing.open", "open a file of 50,000 lines, Enter until its first lines are shown"),
)


def _text(lines: int) -> str:
    """Return code of so many lines, of which the last one can be told from all others."""
    return "\n".join([*map(_CODE.format, range(lines - 1)), _END])


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    count, limit = plan.each(_KEYS, _QUICK_KEYS), plan.limit(_LIMIT, _LIMIT)
    sizes: list[int] = list(_SIZES)
    pastes = True
    for _ in range(plan.runs):
        batch: list[Reading | Lack] = []
        for size in list(sizes):
            found = list(_keys(program, size, count, limit))
            batch += found
            if any(isinstance(item, Lack) for item in found):
                # nor will it be the next time
                sizes.remove(size)
        if pastes:
            reading = _paste(program, limit)
            batch.append(reading)
            pastes = not reading.over
        if program is CSHELL:
            batch.append(_open())
        yield batch


def _keys(program: Program, size: int, count: int, limit: float) -> Iterator[Reading | Lack]:
    key = f"editing.{size}"
    with opened(program) as session:
        try:
            _fill(session, _text(size), limit)
            until = session.terminal.wait_idle(limit) + limit
            echoes = session.echoes(count, session.letters(), limit, until)
        except TimeLimit:
            yield Lack(key, "–", _TOO_SLOW)
            return
        yield from (Reading(key, seconds) for seconds in echoes)
        if size == _SIZES[-1]:
            yield from _bytes(session)


def _bytes(session: Session) -> Iterator[Reading]:
    terminal = session.terminal
    for key in _COUNTED:
        before = terminal.received
        terminal.press(key)
        terminal.settle(ECHO_SECONDS)
        yield Reading("editing.bytes", terminal.received - before)
    terminal.press(BACKSPACE * len(_COUNTED))


def _paste(program: Program, limit: float) -> Reading:
    with opened(program) as session:
        try:
            lines = _MEGABYTE // len(_CODE.format(1000))
            return Reading("editing.paste", _fill(session, _text(lines), limit))
        except TimeLimit:
            return Reading("editing.paste", limit, over=True)


def _open() -> Reading:
    """Open a file; the others are no editors of files."""
    with opened(CSHELL) as session:
        (session.home.work / "long.py").write_text(_text(_FILE_LINES))
        terminal = session.terminal
        terminal.press(_OPEN)
        terminal.settle(ECHO_SECONDS)
        terminal.press("long.py")
        terminal.settle(ECHO_SECONDS)
        pressed = terminal.press("\r")
        first = _CODE.format(0).partition(" ")[0]
        return Reading("editing.open", terminal.wait_shown(first, first, _LIMIT, "first line of a file") - pressed)


def _fill(session: Session, text: str, limit: float) -> float:
    """Paste a text and wait until its end is shown; return the seconds from the paste's first byte on."""
    begun = session.terminal.paste(text, limit)
    return session.terminal.wait_shown(_END, _END, limit, "end of a paste") - begun


MEASUREMENT: Final = Measurement("editing", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
