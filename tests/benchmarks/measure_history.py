"""The history: reading 100,000 entries, searching them key by key, what they cost in memory."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from curses_client.history.entries import Entry, Item, line_of, ordered
from curses_client.history.files import Files, directory_of
from tests.benchmarks.home import Process
from tests.benchmarks.programs import CSHELL
from tests.benchmarks.readings import Batch, Failure, Measurement, Plan, Reading, Row
from tests.benchmarks.session import Session, opened
from tests.benchmarks.terminal import Terminal

_ENTRIES: Final = 100_000
_ATTACH_SECONDS: Final = 60.0
_DRAW_SECONDS: Final = 10.0
_ROUNDS: Final = 10
# seconds between two keys: somebody types
_PACE: Final = 0.1

_SEARCH: Final = "\x12"
_CLEAR: Final = "\x15"
_ESCAPE: Final = "\x1b"
_UP: Final = "\x1b[A"
# all entries have its first letters, one has all of them; and letters that stand in few entries in this order
_WORDS: Final = "agg value_77777"
_LETTERS: Final = "dfgc54321"

_ROWS: Final = (
    Row("history.read", "100,000 entries of the history, until they are read, without a screen"),
    Row("history.shown", "  attach, start until Ctrl-R shows that there are 100,000"),
    Row("history.memory", "  memory of the client for them", "bytes"),
    Row("history.key", f"  a key of {_WORDS} until what it finds is drawn, p50"),
    Row("history.key", "    p99", statistic="p99"),
    Row("history.letters", f"  a key of {_LETTERS}, which is found letter by letter, p50"),
    Row("history.letters", "    p99", statistic="p99"),
    Row("history.up", "  Up, for the newest entry that begins with what is typed"),
)


def _own(plan: Plan) -> Iterator[Batch]:
    for _ in range(plan.runs):
        with opened(CSHELL) as session:
            session.terminal.wait_idle(_DRAW_SECONDS)
            empty = Process(session.terminal.pid, ()).memory("VmRSS")
            directory = directory_of(session.home.environ)
            _write(directory)
            yield [_read(directory), *_attached(session, empty, plan.each(_ROUNDS, 1))]


def _write(directory: Path) -> None:
    """Write a history of cells as people write them, no two alike."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    begin = time.time() - _ENTRIES * 60
    lines = [
        line_of(
            Entry(
                f"df.groupby('c{n % 977}').agg(value_{n}=('x', 'mean'))",
                begin + n * 60,
                f"session-{n % 7}",
                f"/home/ada/projects/{n % 13}",
                "desk",
                "ipython3",
            )
        )
        for n in range(_ENTRIES)
    ]
    (directory / "desk.jsonl").write_bytes(b"".join(lines))


def _read(directory: Path) -> Reading:
    before = time.perf_counter()
    found: list[Item] = []
    for items in Files(directory, "").more():
        found += items
    entries = ordered(found, _ENTRIES)
    took = time.perf_counter() - before
    if len(entries) != _ENTRIES:
        raise Failure("entries are missing")
    return Reading("history.read", took)


def _attached(session: Session, empty: int, rounds: int) -> Iterator[Reading]:
    terminal = Terminal(("cshell", "attach"), session.home.environ, str(session.home.work))
    try:
        terminal.wait_screen(CSHELL.rests, _ATTACH_SECONDS, "sign that it is idle")
        terminal.press(_SEARCH)
        shown = f"{_ENTRIES:,} · everywhere"
        yield Reading(
            "history.shown", terminal.wait_shown(shown, shown, _ATTACH_SECONDS, "whole history") - terminal.started
        )
        terminal.wait_idle(_DRAW_SECONDS)
        yield Reading("history.memory", Process(terminal.pid, ()).memory("VmRSS") - empty)
        for _ in range(rounds):
            yield from _typed(terminal, "history.key", _WORDS)
            yield from _typed(terminal, "history.letters", _LETTERS)
        yield from _went_up(terminal, rounds)
    finally:
        terminal.close()


def _typed(terminal: Terminal, key: str, pattern: str) -> Iterator[Reading]:
    for letter in pattern:
        terminal.go_on(_PACE)
        yield Reading(key, _press(terminal, letter))
    if "value_" not in terminal.screen.text:
        raise Failure(f"{pattern} is not found")
    _press(terminal, _CLEAR)


def _went_up(terminal: Terminal, rounds: int) -> Iterator[Reading]:
    _press(terminal, _ESCAPE)
    for _ in range(rounds):
        for letter in "df.":
            _press(terminal, letter)
        yield Reading("history.up", _press(terminal, _UP))
        if f"value_{_ENTRIES - 1}" not in terminal.screen.text:
            raise Failure("Up does not show the newest entry")
        _press(terminal, _CLEAR)


def _press(terminal: Terminal, keys: str) -> float:
    """Press keys; return the seconds until all was drawn that they do."""
    before = terminal.received
    pressed = terminal.press(keys)
    terminal.wait(lambda: terminal.received > before, _DRAW_SECONDS, "frame")
    return terminal.settle(_DRAW_SECONDS) - pressed


MEASUREMENT: Final = Measurement("history", _ROWS, {CSHELL.name: _own})
