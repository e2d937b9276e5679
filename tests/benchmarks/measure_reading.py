"""Reading a million lines: the client's memory, searching, scrolling, folding, coming back to them."""

import re
import time
from collections.abc import Iterator
from typing import Final

from tests.benchmarks.cells import END, flood
from tests.benchmarks.home import Process
from tests.benchmarks.programs import CSHELL
from tests.benchmarks.readings import Batch, Failure, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import Session, opened
from tests.benchmarks.terminal import Terminal

_LINES: Final = {1: 1_000_000, 10: 10_000_000}
# no two alike, as of a long computation
_LINE: Final = "i, 'of', 10**6, 'step', i*7919%9973, 'loss', i*31%997"
_PRINT_SECONDS: Final = 300.0
_ATTACH_SECONDS: Final = 60.0
_DRAW_SECONDS: Final = 10.0
_SEARCH_SECONDS: Final = 30.0
_PAGES: Final = 120
_QUICK_PAGES: Final = 20
_SEARCHES: Final = 9
# seconds between the keys of a pattern: somebody thinks of it
_PACE: Final = 0.1

_READ: Final = "\x1b[15~"
_TOP: Final = "g"
_FOLD: Final = "\t"
_CANCEL: Final = "\x07"
_PAGE_UP: Final = "\x1b[5~"
_PAGE_DOWN: Final = "\x1b[6~"
_FOLDED: Final = r"… [\d,]+ lines"
_NUMBER: Final = r"^ +(?:╰ )?(\d+) of "

# what is searched for, with the line of its first hit: one that there is once, one in every twentieth line, and an
# expression
_PATTERNS: Final = (
    ("text", "777777", 777_777),
    ("many", "98", 45),
    ("expression", r"[67]{4}8\d", 666_680),
)
_ROWS: Final = (
    *(
        row
        for millions in _LINES
        for row in (
            Row(f"reading.memory.{millions}", f"memory of the client after {millions},000,000 lines", "bytes"),
            Row(f"reading.most.{millions}", "  the most that it ever was", "bytes"),
        )
    ),
    *(
        row
        for key, pattern, _ in _PATTERNS
        for row in (
            Row(
                f"reading.{key}.hit",
                f"search in 1,000,000 lines for {pattern}, last key to its first hit on the screen",
            ),
            Row(f"reading.{key}.count", "  until all are counted"),
        )
    ),
    *(
        row
        for key, label in (("up", "PageUp from the end of 1,000,000 lines"), ("down", "PageDown from their beginning"))
        for row in (
            Row(f"reading.{key}", f"{label}, until it is drawn, p50"),
            Row(f"reading.{key}", "  p99", statistic="p99"),
            Row(f"reading.{key}.bytes", "  bytes to the terminal for a page", "bytes"),
        )
    ),
    Row("reading.attach", "attach to a session of 1,000,000 lines, start to its newest screen"),
    Row("reading.whole", "  until all of it is read"),
    Row("reading.unfold", "  open the fold of these lines, until it is drawn"),
    Row("reading.fold", "  fold them again"),
)


def _own(plan: Plan) -> Iterator[Batch]:
    for number in range(plan.runs):
        with opened(CSHELL) as session:
            batch = _remembered(session, 1)
            for _ in range(plan.each(_SEARCHES, 1)):
                for key, pattern, line in _PATTERNS:
                    batch += _searched(session.terminal, key, pattern, line)
            batch += _scrolled(session.terminal, plan.each(_PAGES, _QUICK_PAGES))
            batch += _came_back(session)
        if not number and not plan.quick:
            # once is enough for what takes a minute
            with opened(CSHELL) as session:
                batch += _remembered(session, 10)
        yield batch


def _remembered(session: Session, millions: int) -> list[Reading]:
    session.run(flood(_LINES[millions], _LINE))
    session.wait_end(_PRINT_SECONDS, session.check_memory)
    session.terminal.wait_idle(_DRAW_SECONDS)
    client = Process(session.terminal.pid, ())
    return [
        Reading(f"reading.memory.{millions}", client.memory("VmRSS")),
        Reading(f"reading.most.{millions}", client.memory("VmHWM")),
    ]


def _searched(terminal: Terminal, key: str, pattern: str, line: int) -> list[Reading]:
    """Search from the end on, where the first hit is the first one of all."""
    _press(terminal, _READ)
    _press(terminal, "/")
    for letter in pattern[:-1]:
        terminal.press(letter)
        terminal.go_on(_PACE)
    terminal.screen.look()
    pressed = terminal.press(pattern[-1])
    hit, count = _found(terminal, rf"^ +{line} of ", rf"^ /{re.escape(pattern)}\s+[\d,]+ of [\d,]+$")
    _press(terminal, _CANCEL)
    _press(terminal, "q")
    return [Reading(f"reading.{key}.hit", hit - pressed), Reading(f"reading.{key}.count", count - pressed)]


def _found(terminal: Terminal, *patterns: str) -> list[float]:
    """Wait until each pattern was shown; return when.  They are looked for when nothing more comes."""
    found: dict[str, float] = {}
    end = time.perf_counter() + _SEARCH_SECONDS
    while len(found) < len(patterns):
        if time.perf_counter() > end:
            raise TimeLimit("hit of a search", _SEARCH_SECONDS, terminal.screen.text)
        terminal.settle(_SEARCH_SECONDS)
        for pattern, moment in zip(patterns, terminal.screen.first_shown(patterns), strict=True):
            if moment is not None:
                found.setdefault(pattern, moment)
    return [found[pattern] for pattern in patterns]


def _scrolled(terminal: Terminal, pages: int) -> list[Reading]:
    _unfold(terminal)
    _press(terminal, "q")
    last = _LINES[1]
    readings = [*_paged(terminal, "up", _PAGE_UP, pages)]
    if not last - 40 * pages < _first_line(terminal) < last - 30 * pages:
        raise Failure("PageUp does not go a page up")
    _press(terminal, _READ)
    _press(terminal, _TOP)
    readings += _paged(terminal, "down", _PAGE_DOWN, pages)
    if not 30 * (pages - 2) < _first_line(terminal) < 40 * pages:
        raise Failure("PageDown does not go a page down")
    _press(terminal, "q")
    return readings


def _paged(terminal: Terminal, key: str, page: str, pages: int) -> Iterator[Reading]:
    for _ in range(pages):
        took, size = _press(terminal, page)
        yield Reading(f"reading.{key}", took)
        yield Reading(f"reading.{key}.bytes", size)


def _came_back(session: Session) -> list[Reading]:
    terminal = Terminal(("cshell", "attach"), session.home.environ, str(session.home.work))
    try:
        shown = terminal.wait_stream(END, _ATTACH_SECONDS, "last line")
        whole = terminal.wait_idle(_ATTACH_SECONDS)
        unfolded = _unfold(terminal)
        folded, _ = _press(terminal, _FOLD)
        if re.search(_FOLDED, terminal.screen.text) is None:
            raise Failure("the lines are not folded")
        return [
            Reading("reading.attach", shown - terminal.started),
            Reading("reading.whole", whole - terminal.started),
            Reading("reading.unfold", unfolded),
            Reading("reading.fold", folded),
        ]
    finally:
        terminal.close()


def _unfold(terminal: Terminal) -> float:
    """Open the fold of the lines from the last of them; the cursor is in their beginning then."""
    _press(terminal, _READ)
    took, _ = _press(terminal, _FOLD)
    if re.search(_FOLDED, terminal.screen.text) is not None or _first_line(terminal):
        raise Failure("the lines are not unfolded")
    return took


def _press(terminal: Terminal, keys: str) -> tuple[float, int]:
    """Press keys; return the seconds until what they do was drawn, and the bytes of it."""
    before = terminal.received
    pressed = terminal.press(keys)
    return terminal.settle(_DRAW_SECONDS) - pressed, terminal.received - before


def _first_line(terminal: Terminal) -> int:
    """Return the number of the uppermost line on the screen."""
    found = re.search(_NUMBER, terminal.screen.text, re.MULTILINE)
    if found is None:
        raise Failure("no line is shown")
    return int(found[1])


MEASUREMENT: Final = Measurement("reading", _ROWS, {CSHELL.name: _own})
