"""Random schedules of what can go wrong while cells print numbered lines; then every line is where it belongs.

CSHELL_SCHEDULES says how many schedules there are, 100 for a thorough run; CSHELL_SEED names the first one.
"""

import json
import mmap
import os
import random
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kernel.protocol.messages import RestartRequest
from kernel.protocol.records import CURRENT, JournalFiles
from kernel.protocol.session import running
from tests.home import DEADLINE, Home
from tests.kernel.support import Client, is_running, kind_of, wait_for
from tests.terminal import CTRL_D, Terminal

SCHEDULES = int(os.environ.get("CSHELL_SCHEDULES", "6"))
SEED = int(os.environ.get("CSHELL_SEED", "1"))
STEPS = 8
# a cell that prints for ever; how many of its prints have returned stands in memory that outlives it
PRINTING = """\
import itertools, mmap, os, time
counter = mmap.mmap(os.open({path!r}, os.O_RDWR), 8)
for number in itertools.count():
    print('cell {cell} line', number)
    counter[:8] = (number + 1).to_bytes(8, 'little')
    time.sleep(0.0003)
"""
LINE = re.compile(r"^cell (\d+) line (\d+)$", re.MULTILINE)


class Cell:
    """A cell that prints, and how far it has come."""

    def __init__(self, directory: Path, number: int) -> None:
        path = directory / f"counter {number}"
        path.write_bytes(bytes(8))
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 8)
        self.number = number
        self.code = PRINTING.format(path=str(path), cell=number)

    @property
    def printed(self) -> int:
        return int.from_bytes(self._map[:8], "little")


class Schedule:
    """A session, a client on a screen, and what happens to them."""

    def __init__(self, home: Home, seed: int) -> None:
        self.home = home
        self.random = random.Random(seed)
        self.cells: list[Cell] = []
        self.done: list[str] = []
        # cells whose supervisor was killed: what was under way to it is in no journal
        self.cut_off: set[int] = set()
        self._start()

    # ---- the session ---------------------------------------------------------------------------------------

    def _start(self) -> None:
        self.terminal = Terminal(self.home)
        self.terminal.ready()
        (self.session,) = running(self.home.environ)
        self._next_cell()

    def _client(self) -> Client:
        return Client(self.session.connection())

    def _next_cell(self) -> None:
        cell = Cell(self.home.path, len(self.cells))
        self.cells.append(cell)
        with self._client() as client:
            msg_id = client.submit(cell.code)
            client.record("submitted", parent=msg_id)
        self._prints(50)

    def _prints(self, more: int) -> None:
        """Wait until the cell has printed so many more lines."""
        cell = self.cells[-1]
        reached, end = cell.printed + more, time.monotonic() + DEADLINE
        while cell.printed < reached:
            assert time.monotonic() < end, (self.done, self.terminal.text)
            self.terminal.look()

    @property
    def supervisor(self) -> int:
        info = self.session.info()
        assert info is not None
        return info.pid

    # ---- what happens --------------------------------------------------------------------------------------

    def attach(self) -> None:
        """Come back with another client; it shows the newest line."""
        self.terminal.close()
        self.terminal = Terminal(self.home, "attach")
        number = self.cells[-1].number
        self.terminal.see(f"cell {number} line")

    def kill_client(self) -> None:
        self.terminal.kill(signal.SIGKILL)
        self.terminal.exit()
        self.attach()

    def hang_up(self) -> None:
        self.terminal.hang_up()
        self.terminal.exit()
        self.attach()

    def detach(self) -> None:
        self.terminal.type(CTRL_D)
        # what the answers mean is left out in a narrow window
        self.terminal.see("Leave?")
        self.terminal.type("d")
        assert self.terminal.exit() == 0
        self.attach()

    def resize(self) -> None:
        self.terminal.resize(self.random.randrange(30, 250), self.random.randrange(6, 70))

    def kill_worker(self) -> None:
        status = self.session.status()
        assert status is not None
        assert status.pid is not None
        os.kill(status.pid, signal.SIGKILL)
        self._shown("state", "dead")
        with self._client() as client:
            client.ask("control", "restart_request", RestartRequest())
        self._shown("state", "idle")
        self._next_cell()

    def kill_supervisor(self) -> None:
        status = self.session.status()
        assert status is not None
        assert status.pid is not None
        worker = status.pid
        self.cut_off.add(self.cells[-1].number)
        os.kill(self.supervisor, signal.SIGKILL)
        self.terminal.see("✗ ended")
        # the kernel goes along: it prints no more
        wait_for(lambda: not is_running(worker), "the kernel's end")
        self.terminal.type(CTRL_D)
        self.terminal.exit()
        self.terminal.close()
        self._start()

    def fill_disk(self) -> None:
        """Let the journal's file take nothing more for a while."""
        journal = self.session.state / CURRENT
        _, hard = resource.prlimit(self.supervisor, resource.RLIMIT_FSIZE)
        resource.prlimit(self.supervisor, resource.RLIMIT_FSIZE, (journal.stat().st_size + 500, hard))
        self._shown("recording", False)
        self._prints(300)
        resource.prlimit(self.supervisor, resource.RLIMIT_FSIZE, (hard, hard))
        self._shown("recording", True)

    def _shown(self, name: str, value: object) -> None:
        end = time.monotonic() + DEADLINE
        while getattr(self.session.status(), name, None) != value:
            assert time.monotonic() < end, f"{name} is not {value}"
            self.terminal.look()

    EVENTS: tuple[Callable[["Schedule"], None], ...] = (
        kill_client,
        hang_up,
        detach,
        resize,
        kill_worker,
        kill_supervisor,
        fill_disk,
    )

    def run(self) -> None:
        for _ in range(STEPS):
            event = self.random.choice(self.EVENTS)
            self.done.append(event.__name__)
            event(self)
            self._prints(self.random.randrange(1, 100))

    # ---- what must hold ------------------------------------------------------------------------------------

    def recorded(self) -> dict[int, list[int]]:
        """Return the numbers that are in the journals, by cell, in the order in which they stand there."""
        found: dict[int, list[int]] = {cell.number: [] for cell in self.cells}
        for directory in self._journals():
            text = "".join(_texts(directory))
            for cell, number in LINE.findall(text):
                found[int(cell)].append(int(number))
        return found

    def _journals(self) -> Iterator[Path]:
        """Yield the directories of all sessions, the newest last: an ended one of the same name was moved aside."""
        root = self.home.journals
        yield from sorted(root.iterdir(), key=lambda path: (path / CURRENT).stat().st_mtime)

    def check(self) -> None:
        self.terminal.close()
        counts = {cell.number: cell.printed for cell in self.cells}
        with self._client() as client:
            client.interrupt()
        self._shown("state", "idle")
        for cell, numbers in self.recorded().items():
            assert numbers == list(range(len(numbers))), (cell, self.done)
            if cell not in self.cut_off:
                assert len(numbers) >= counts[cell], (cell, len(numbers), counts[cell], self.done)
        self._check_what_is_said_of_the_dead()

    def _check_what_is_said_of_the_dead(self) -> None:
        """Check that a journal without an end says up to when it was written."""
        *former, _ = self._journals()
        lost = [path for path in former if b'"session_ended"' not in (path / CURRENT).read_bytes().splitlines()[-1]]
        assert len(lost) == len(self.cut_off)
        for path in lost:
            assert "recorded until" in self.home.run("log", path.name).stdout


def _texts(directory: Path) -> Iterator[str]:
    """Yield what was printed, as a journal has it."""
    files, after = JournalFiles(directory), 0
    while data := files.read(after, 1 << 20):
        for line in data.splitlines():
            record = json.loads(line)
            after = record["seq"]
            if kind_of(record) == "stream":
                yield record["content"]["text"]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(SEED, SEED + SCHEDULES))
def test_nothing_is_lost_whatever_happens(home: Home, seed: int) -> None:
    schedule = Schedule(home, seed)
    try:
        schedule.run()
        schedule.check()
    finally:
        schedule.terminal.close()
