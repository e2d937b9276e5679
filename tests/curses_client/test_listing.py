"""`cshell ls`: what it knows of each session, and how that fits on a terminal."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client import listing
from curses_client.text.width import columns
from kernel.protocol.session import Session, SessionInfo, SessionStatus, create, state_root
from tests.curses_client.written import Written
from tests.home import Home

NOW = 1_000_000.0


@pytest.fixture
def home() -> Iterator[Home]:
    with Home() as made:
        yield made


class Alive:
    """Sessions that run as long as their locks are held."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.locks: list[int] = []

    def add(self, name: str, status: SessionStatus | None = None, cwd: str = "/data") -> Session:
        session, lock = create(name, self.home.environ, "/")
        self.locks.append(lock)
        session.write_info(SessionInfo(name, "Python 3", 77, NOW - 3600 + len(self.locks), cwd))
        if status is not None:
            session.status_file.write_bytes(status.encode())
        return session


@pytest.fixture
def alive(home: Home) -> Iterator[Alive]:
    made = Alive(home)
    yield made
    for lock in made.locks:
        os.close(lock)


def shown(home: Home, cols: int | None = None, *, with_ended: bool = False) -> list[str]:
    return listing.table(listing.rows(home.environ, with_ended=with_ended), NOW, str(home.path), cols)


BUSY = SessionStatus("busy", 13, "train(model)", NOW - 72, waiting=2, clients=1)


def test_all_of_it(alive: Alive) -> None:
    alive.add("rides", BUSY, cwd=str(alive.home.path / "data"))
    alive.add("main", SessionStatus("idle", 4))
    assert [line.split() for line in shown(alive.home)] == [
        ["NAME", "KERNEL", "STATE", "AGE", "RUNNING", "QUEUE", "CLIENTS", "MEMORY", "DIRECTORY"],
        ["rides", "Python", "3", "busy", "59", "min", "[13]", "1", "min:", "train(model)", "2", "1", "~/data"],
        ["main", "Python", "3", "idle", "59", "min", "0", "/data"],
    ]


@pytest.mark.parametrize("cols", range(1, 140))
def test_it_fits(alive: Alive, cols: int) -> None:
    alive.add(
        "rides", SessionStatus("busy", 13, "数" * 90, NOW - 72, waiting=2, clients=1), cwd="/a/long/directory" * 3
    )
    alive.add("x" * 40, SessionStatus("idle", 4))
    lines = shown(alive.home, cols)
    assert max(map(columns, lines)) <= cols
    assert all(lines)


def test_what_goes_first_on_a_narrow_terminal(alive: Alive) -> None:
    alive.add("rides", BUSY)
    titles = {cols: shown(alive.home, cols)[0].split() for cols in (100, 80, 60, 40, 20, 10)}
    assert titles[100][-1] == "DIRECTORY"
    assert titles[80][-1] == "MEMORY"
    assert "KERNEL" not in titles[60]
    assert titles[40][:4] == ["NAME", "STATE", "AGE", "RUNNING"]
    assert titles[20] == ["NAME", "STATE", "AGE"]
    assert titles[10] == ["NAME"]


def test_a_cell_is_cut_before_a_column_goes(alive: Alive) -> None:
    alive.add("rides", SessionStatus("busy", 13, "a_long_name = " * 20, NOW - 72))
    lines = shown(alive.home, 100)
    assert "DIRECTORY" in lines[0]
    assert "[13] 1 min: a_long" in lines[1]
    assert "…" in lines[1]


def test_before_it_said_how_it_is(alive: Alive) -> None:
    alive.add("old")
    _, lock = create("young", alive.home.environ, "/")
    alive.locks.append(lock)
    states = {row.name: row.state for row in listing.rows(alive.home.environ, with_ended=False)}
    assert states == {"old": "running", "young": "starting"}
    assert shown(alive.home)[1].split() == ["young", "starting", "0"]


def test_a_page_that_is_being_written(alive: Alive) -> None:
    session = alive.add("a", BUSY)
    session.status_file.write_bytes(BUSY.encode()[:20])
    assert listing.rows(alive.home.environ, with_ended=False)[0].state == "running"


def test_states_that_want_attention(alive: Alive) -> None:
    alive.add("a", SessionStatus("busy", asks=True))
    alive.add("b", SessionStatus("idle", recording=False))
    lines = shown(alive.home)
    assert "asks" in lines[1]
    assert "idle, not recorded" in lines[2]


def test_nothing_commands_the_terminal(alive: Alive) -> None:
    evil = "\x1b]0;title\x07\x1b[2J\u202e"
    session = alive.add("a", SessionStatus("busy\x1b[2J", 1, evil, NOW), cwd=evil)
    session.write_info(SessionInfo("a", evil, 1, NOW, evil))
    text = "\n".join([*shown(alive.home), *shown(alive.home, 80)])
    assert not set("\x1b\x07\u202e") & set(text)


def test_memory_of_a_process() -> None:
    own = listing.memory(os.getpid())
    assert own is not None
    assert 1 << 20 < own < 1 << 34
    assert listing.memory(None) is None
    assert listing.memory(1 << 30) is None


def test_those_that_have_ended(alive: Alive) -> None:
    root = state_root(alive.home.environ)
    for name, in_order in (("over", True), ("gone", False)):
        journal = Written(root / name)
        journal.now = NOW - (7200 if in_order else 60)
        journal.session(name)
        if in_order:
            journal.end()
        os.utime(journal.path, (journal.now, journal.now))
    alive.add("rides", BUSY)
    lines = shown(alive.home, with_ended=True)
    assert [line.split()[0] for line in lines] == ["NAME", "over", "gone", "rides"]
    assert lines[1].split()[3:7] == ["ended", "2", "h", "ago"]
    assert "lost" in lines[2]
    assert "recorded until" in lines[2]
    assert len(shown(alive.home)) == 2


def test_json_has_the_same_keys_for_all(alive: Alive) -> None:
    Written(state_root(alive.home.environ) / "over").session("over").end()
    session = alive.add("rides", SessionStatus("busy", 13, "数", NOW, 2, clients=1, pid=os.getpid()))
    session.state.mkdir(parents=True, exist_ok=True)
    session.journal.write_text("records")
    found = json.loads(listing.as_json(listing.rows(alive.home.environ, with_ended=True)))
    assert [list(row) for row in found] == [list(listing.Row.__dataclass_fields__)] * 2
    over, rides = found
    assert (over["state"], over["pid"], over["directory"], over["connection_file"]) == ("ended", None, "/data", None)
    assert over["started"] <= over["ended"] <= time.time()
    assert rides["kernel_pid"] == os.getpid()
    assert rides["memory"] > 0
    assert (rides["pid"], rides["cell"], rides["since"], rides["queue"]) == (77, "数", NOW, 2)
    assert Path(rides["connection_file"]) == session.connection_file
    assert Path(rides["journal"]) == session.journal
    assert rides["size"] == len("records")


def test_names_for_shells(alive: Alive) -> None:
    root = state_root(alive.home.environ)
    for name in ("over", "x" * 40 + ".20261122-135959", "$(touch x)", "a b"):
        Written(root / name).session(name).end()
    alive.add("rides")
    assert listing.names(alive.home.environ, "running") == ["rides"]
    assert set(listing.names(alive.home.environ, "ended")) == {"over", "x" * 40 + ".20261122-135959"}
    assert set(listing.names(alive.home.environ, "all")) == {"rides", "over", "x" * 40 + ".20261122-135959"}


def test_it_loads_nothing_large(alive: Alive) -> None:
    alive.add("rides", BUSY)
    script = (
        "import os, sys\nfrom curses_client import cli\ncli.main(['ls', '--all'])\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], env=alive.home.environ, capture_output=True, text=True, timeout=60, check=True
    )
    packages = {name.partition(".")[0] for name in done.stderr.split()}
    assert "rides" in done.stdout
    assert packages & {"urwid", "zmq", "IPython", "asyncio", "pygments", "subprocess", "socket", "wcwidth"} == set()
