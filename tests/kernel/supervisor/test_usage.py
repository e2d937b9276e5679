"""What a process and its children use of the machine, as /proc has it or as it really is."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel.supervisor import usage
from kernel.supervisor.usage import Usage
from tests.kernel.support import wait_for

TICKS = os.sysconf("SC_CLK_TCK")


class FakeProc:
    """A directory like /proc."""

    def __init__(self, path: Path) -> None:
        self.path = path
        (path / "self").mkdir()
        (path / "self" / "stat").write_text("")
        (path / "meminfo").write_text("MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 400 kB\nHugePages_Total: 0\n")
        self.host(idle=0, busy=0)

    def host(self, *, idle: int, busy: int) -> None:
        (self.path / "stat").write_text(f"cpu  {busy} 0 0 {idle} 0 0 0 0 0 0\ncpu0 1 2 3 4\n")

    def process(self, pid: int, parent: int, ticks: int, *, pss: int | None = 1, name: str = "python") -> None:
        directory = self.path / str(pid)
        directory.mkdir(exist_ok=True)
        rest = ["S", str(parent), *["0"] * 9, str(ticks), "0", *["0"] * 20]
        (directory / "stat").write_text(f"{pid} ({name}) {' '.join(rest)}\n")
        if pss is not None:
            (directory / "smaps_rollup").write_text(
                f"00-ff ---p 0 [rollup]\nRss: 99 kB\nPss: {pss} kB\nPss_Dirty: 9 kB\n"
            )
        else:
            (directory / "statm").write_text("50 7 3 1 0 5 0\n")


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeProc:
    monkeypatch.setattr(usage, "_PROC", tmp_path)
    return FakeProc(tmp_path)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, in its first item."""
    now = [100.0]
    monkeypatch.setattr(usage.time, "monotonic", lambda: now[0])
    return now


class TestProcessor:
    def test_percentages_are_of_the_time_since_the_last_question(self, proc: FakeProc, clock: list[float]) -> None:
        measured = Usage()
        proc.process(10, 1, 0)
        assert measured.reply(10).kernel_cpu == 0.0
        for ticks, seconds, percent in ((TICKS, 2.0, 50.0), (3 * TICKS, 1.0, 200.0), (3 * TICKS, 1.0, 0.0)):
            proc.process(10, 1, ticks)
            clock[0] += seconds
            assert measured.reply(10).kernel_cpu == percent

    def test_children_and_their_children_count(self, proc: FakeProc, clock: list[float]) -> None:
        measured = Usage()
        for pid, parent in ((10, 1), (11, 10), (12, 11), (13, 1)):
            proc.process(pid, parent, 0)
        measured.reply(10)
        for pid, parent in ((10, 1), (11, 10), (12, 11), (13, 1)):
            proc.process(pid, parent, TICKS)
        clock[0] += 1
        assert measured.reply(10).kernel_cpu == 300.0

    def test_a_child_that_ended_takes_nothing_away(self, proc: FakeProc, clock: list[float]) -> None:
        measured = Usage()
        proc.process(10, 1, 0)
        proc.process(11, 10, 50 * TICKS)
        measured.reply(10)
        for file in (proc.path / "11").iterdir():
            file.unlink()
        proc.process(10, 1, TICKS)
        clock[0] += 1
        assert measured.reply(10).kernel_cpu == 100.0

    def test_a_name_that_is_made_to_confuse(self, proc: FakeProc, clock: list[float]) -> None:
        measured = Usage()
        proc.process(10, 1, 0, name="a) R 1 (b")
        measured.reply(10)
        proc.process(10, 1, TICKS, name="a) R 1 (b")
        clock[0] += 1
        assert measured.reply(10).kernel_cpu == 100.0

    def test_the_machine(self, proc: FakeProc, clock: list[float]) -> None:
        measured = Usage()
        proc.process(10, 1, 0)
        assert measured.reply(10).host_cpu_percent == 0.0
        proc.host(idle=75, busy=25)
        assert measured.reply(10).host_cpu_percent == 25.0


class TestMemory:
    def test_what_processes_share_counts_in_part(self, proc: FakeProc) -> None:
        proc.process(10, 1, 0, pss=5)
        proc.process(11, 10, 0, pss=7)
        assert Usage().reply(10).kernel_memory == 12 * 1024

    def test_where_that_is_not_told(self, proc: FakeProc) -> None:
        proc.process(10, 1, 0, pss=None)
        assert Usage().reply(10).kernel_memory == 7 * os.sysconf("SC_PAGE_SIZE")

    def test_the_machine(self, proc: FakeProc) -> None:
        proc.process(10, 1, 0)
        assert Usage().reply(10).host_virtual_memory == {
            "total": 1000 * 1024,
            "available": 400 * 1024,
            "percent": 60.0,
            "used": 600 * 1024,
            "free": 100 * 1024,
        }

    def test_a_process_that_is_gone_uses_nothing(self, proc: FakeProc) -> None:
        found = Usage().reply(10)
        assert (found.kernel_memory, found.kernel_cpu) == (0, 0.0)


def test_without_a_worker_it_is_only_the_machine() -> None:
    found = Usage().reply(None).as_dict()
    assert set(found) == {"hostname", "pid", "cpu_count", "status"}
    assert (found["pid"], found["cpu_count"]) == (0, os.cpu_count())


def test_where_there_is_no_proc_psutil_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usage, "_PROC", tmp_path)
    found = Usage().reply(os.getpid())
    assert found.kernel_memory
    assert found.kernel_memory > 1_000_000
    assert found.host_virtual_memory
    assert found.host_virtual_memory["total"] == psutil.virtual_memory().total
    assert Usage().reply(2**22 + 1).kernel_memory is None
    monkeypatch.setitem(sys.modules, "psutil", None)
    assert Usage().reply(os.getpid()).kernel_memory is None


class TestReally:
    @pytest.fixture
    def busy(self) -> Iterator[int]:
        """A process with a child that computes and holds memory."""
        code = (
            "import os\nheld = b'x' * 50_000_000\n"
            "if os.fork() == 0: held = b'y' * 60_000_000\n"
            "print('ready', flush=True)\n"
            "while os.getppid() != 1: pass"
        )
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(2):
                process.stdout.readline()
            family = psutil.Process(process.pid).children()
            yield process.pid
            process.kill()
            for child in family:
                child.kill()

    def test_the_numbers_are_those_of_the_system(self, busy: int) -> None:
        measured = Usage()
        found = measured.reply(busy)
        assert found.kernel_memory is not None
        assert 100_000_000 < found.kernel_memory < 400_000_000
        wait_for(lambda: (measured.reply(busy).kernel_cpu or 0) > 0, "time that is counted")
        assert found.host_virtual_memory is not None
        assert found.host_virtual_memory["total"] == psutil.virtual_memory().total
        assert measured.reply(busy).pid == busy


@pytest.mark.parametrize(
    ("outer", "inner", "limit"),
    [("4096", "max", 4096), ("4096", "1024", 1024), ("max", None, None), ("1024", "4096", 1024)],
)
def test_the_least_limit_of_the_control_groups_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proc: FakeProc, outer: str, inner: str | None, limit: int | None
) -> None:
    directory = tmp_path / "outer" / "inner"
    directory.mkdir(parents=True)
    (directory.parent / "memory.max").write_text(outer + "\n")
    if inner is not None:
        (directory / "memory.max").write_text(inner + "\n")
    monkeypatch.setattr(usage, "group", lambda: directory)
    proc.process(10, 1, 0)
    assert Usage().reply(10).memory_limit == limit
