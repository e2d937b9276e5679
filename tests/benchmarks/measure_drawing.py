"""What it takes to draw: a line, a key, a picture, a million lines; and a million lines without a screen."""

import re
import time
from collections.abc import Iterator
from functools import partial
from typing import Final

from curses_client.text.lines import LineStore
from tests.benchmarks import pictures
from tests.benchmarks.cells import flood
from tests.benchmarks.programs import CSHELL, PROGRAMS, Program
from tests.benchmarks.readings import Batch, Failure, Lack, Measurement, Plan, Reading, Row, TimeLimit
from tests.benchmarks.session import ECHO_SECONDS, Session, TooLarge, opened
from tests.benchmarks.terminal import Terminal

_LINES: Final = 1_000_000
_LIMIT: Final = 60.0
_QUICK_LIMIT: Final = 10.0
_NEW_LINES: Final = 20
# seconds between two lines, in which all that one makes is drawn, and less than that in which no more comes
_PAUSE: Final = 0.3
_QUIET: Final = 0.1
_KEYS: Final = "abcdefgh"
_PICTURES: Final = (("plot", "a plot", pictures.plot), ("photo", "a photograph", pictures.photograph))
_PICTURE_SECONDS: Final = 10.0
_BLOCK: Final = re.compile("[▀▄]")
# half blocks that no program shows for its own ornament
_BLOCKS: Final = 200
_NO_PICTURE: Final = "drawing: pictures are not shown in a terminal without graphics"
# as long as what the client is sent at once
_CHUNK: Final = 1 << 16

_ROWS: Final = (
    Row("drawing.line", "bytes to the terminal for one new line of 50 columns, on a full screen", "bytes"),
    Row("drawing.key", "bytes to the terminal for a key in the editor", "bytes"),
    *(
        row
        for key, label, _ in _PICTURES
        for row in (
            Row(f"drawing.{key}", f"a picture of {pictures.WIDTH}x{pictures.HEIGHT}, {label}: Enter until it is drawn"),
            Row(f"drawing.{key}.bytes", "  bytes to the terminal for it", "bytes"),
        )
    ),
    Row(
        "drawing.pane", "lines/s through the pane: a million short ones, Enter until idle and the last is shown", "rate"
    ),
    Row(
        "drawing.store",
        "  into the client's store of lines alone, 37 columns each, without a kernel and a screen",
        "rate",
    ),
)


def _readings(program: Program, plan: Plan) -> Iterator[Batch]:
    shows_pictures = takes_million = True
    for _ in range(plan.runs):
        with opened(program, {"COLORTERM": "truecolor"}) as session:
            session.can_import()
            batch: list[Reading | Lack] = [*_keys(session.terminal), *_new_lines(session)]
            if shows_pictures:
                batch += _pictures(session, plan)
                shows_pictures = not any(isinstance(item, Lack) for item in batch)
        if takes_million:
            with opened(program) as session:
                reading = _million(session, plan)
            batch.append(reading)
            takes_million = not reading.over
        if program is CSHELL:
            batch.append(_stored())
        yield batch


def _keys(terminal: Terminal) -> Iterator[Reading]:
    for key in _KEYS:
        before = terminal.received
        terminal.press(key)
        terminal.settle(ECHO_SECONDS)
        yield Reading("drawing.key", terminal.received - before)
    for _ in _KEYS:
        terminal.press("\x7f")
    terminal.settle(ECHO_SECONDS)


def _new_lines(session: Session) -> Iterator[Reading]:
    """Measure each line of a cell that prints one now and then, from the second one on: by then the screen is full."""
    terminal = session.terminal
    session.run(f"import printing; printing.one_by_one({_NEW_LINES}, {_PAUSE})")
    first = "step 1000: "
    terminal.wait_shown(first, first, ECHO_SECONDS, "line of a running cell")
    terminal.settle(ECHO_SECONDS, _QUIET)
    for _ in range(_NEW_LINES - 3):
        before = terminal.received
        if terminal.read(ECHO_SECONDS) is None:
            raise TimeLimit("next line", ECHO_SECONDS, terminal.screen.text)
        terminal.settle(ECHO_SECONDS, _QUIET)
        yield Reading("drawing.line", terminal.received - before)
    session.wait_rest()


def _pictures(session: Session, plan: Plan) -> Iterator[Reading | Lack]:
    terminal = session.terminal
    session.run("import IPython.display")
    terminal.settle(ECHO_SECONDS, 2 * _PAUSE)
    for key, _, make in _PICTURES:
        (session.home.work / f"{key}.png").write_bytes(make())
        session.type_cell(f"printing.picture('{key}.png')")
        before = terminal.received
        pressed = terminal.press(session.program.run)
        try:
            terminal.wait(
                lambda: len(_BLOCK.findall(terminal.stream)) > _BLOCKS, plan.limit(_PICTURE_SECONDS), "picture"
            )
        except TimeLimit:
            for name in (key, f"{key}.bytes"):
                yield Lack(f"drawing.{name}", "–", _NO_PICTURE)
            continue
        drawn = terminal.settle(_PICTURE_SECONDS, _PAUSE)
        yield Reading(f"drawing.{key}", drawn - pressed)
        yield Reading(f"drawing.{key}.bytes", terminal.received - before)


def _million(session: Session, plan: Plan) -> Reading:
    limit = plan.limit(_LIMIT, _QUICK_LIMIT)
    pressed = session.run(flood(_LINES, "i"))
    try:
        return Reading("drawing.pane", _LINES / (session.wait_end(limit, session.check_memory) - pressed))
    except (TimeLimit, TooLarge):
        return Reading("drawing.pane", _LINES / limit, over=True)


def _stored() -> Reading:
    text = "".join(f"{number} {'x' * 30}\n" for number in range(_LINES))
    chunks = [text[begin : begin + _CHUNK] for begin in range(0, len(text), _CHUNK)]
    store = LineStore()
    before = time.perf_counter()
    for chunk in chunks:
        store.feed(chunk)
    took = time.perf_counter() - before
    if len(store) != _LINES:
        raise Failure("the store has lost lines")
    return Reading("drawing.store", _LINES / took)


MEASUREMENT: Final = Measurement("drawing", _ROWS, {program.name: partial(_readings, program) for program in PROGRAMS})
