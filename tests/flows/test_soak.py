"""A kernel that prints without end and clients that come and go: nothing grows.

CSHELL_SOAK says for how many seconds, 3600 for a thorough run; the figures are printed at the end (`pytest -s`).
"""

import os
import random
import signal
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from kernel.protocol.session import running
from tests.home import Home
from tests.terminal import CTRL_D, Terminal

SECONDS = float(os.environ.get("CSHELL_SOAK", "12"))
# the journal is rotated many times
CONFIG = '[journal]\nsize = "2 MB"\n'
PRINTING = "import itertools, time\rfor n in itertools.count(): print('line', n, 'x' * 40); time.sleep(0.001)\r\r"
# what may come late, after the first tenth of the time: caches, buffers of a size that was not needed before
MEMORY_MARGIN = 8 << 20


@dataclass(frozen=True)
class Sample:
    """What a process holds."""

    memory: int
    descriptors: int

    @classmethod
    def of(cls, pid: int) -> "Sample":
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return cls(pages * os.sysconf("SC_PAGE_SIZE"), len(os.listdir(f"/proc/{pid}/fd")))


def come_and_go(home: Home, choice: random.Random) -> None:
    """Attach, look, and leave in one of the ways."""
    with Terminal(home, "attach", cols=choice.randrange(60, 200), rows=choice.randrange(10, 60)) as visitor:
        visitor.see(" line ")
        way = choice.choice(("detach", "kill", "hang up"))
        if way == "detach":
            visitor.type(CTRL_D + "d")
            assert visitor.exit() == 0
        elif way == "kill":
            visitor.kill(signal.SIGKILL)
            visitor.exit()
        else:
            visitor.hang_up()
            visitor.exit()


def roles(home: Home) -> dict[str, int]:
    """Return the processes of the session's other side."""
    (session,) = running(home.environ)
    info, status = session.info(), session.status()
    assert info is not None
    assert status is not None
    assert status.pid is not None
    return {"supervisor": info.pid, "kernel": status.pid}


@pytest.mark.timeout(SECONDS * 2 + 120)
def test_nothing_grows(home: Home) -> None:
    directory = home.path / "config" / "cshell"
    directory.mkdir(parents=True)
    (directory / "config.toml").write_text(CONFIG)
    choice = random.Random(1)
    samples: dict[str, list[Sample]] = {}
    visits = 0
    with Terminal(home) as stays:
        stays.ready()
        stays.type(PRINTING)
        stays.see("line 100")
        pids = roles(home) | {"client": stays.pid}
        begun = time.monotonic()
        while time.monotonic() < begun + SECONDS:
            come_and_go(home, choice)
            visits += 1
            pause = time.monotonic() + min(SECONDS / 1000, 3.0)
            while time.monotonic() < pause:
                stays.look()
            for role, pid in pids.items():
                samples.setdefault(role, []).append(Sample.of(pid))
        stays.see("line ")
    (session,) = running(home.environ)
    assert sum(path.stat().st_size for path in session.state.glob("journal*.jsonl")) < 3_000_000
    warm = max(len(samples["client"]) // 10, 2)
    print(f"\n{SECONDS:g} seconds, {visits} visits")
    for role, found in samples.items():
        early, late = found[:warm], found[-warm:]
        print(role, "MB:", *(f"{max(s.memory for s in part) / 1e6:.1f}" for part in (early, late)), end="  ")
        # a file that is just being read is open for a moment; one that leaks stays, and raises the median
        usual = [statistics.median_low([s.descriptors for s in part]) for part in (early, late)]
        print("descriptors:", *usual)
        assert usual[1] <= usual[0], role
        if role != "client":
            # a client that stays holds what was shown, as a terminal does
            assert max(s.memory for s in late) < max(s.memory for s in early) + MEMORY_MARGIN, role
