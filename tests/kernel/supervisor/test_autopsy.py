"""What a report says of a worker's death."""

from pathlib import Path

import pytest

from kernel.protocol.messages import CommMsg, ExecuteRequest
from kernel.supervisor import autopsy
from kernel.supervisor.autopsy import Autopsy
from kernel.supervisor.process import Death
from kernel.supervisor.queue import Cell
from tests.kernel.supervisor.fakes import FakeClient


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often the system killed somebody for want of memory, in its first item."""
    count = [3]
    monkeypatch.setattr(autopsy, "_oom_kills", lambda: count[0])
    return count


def cell(code: str) -> Cell:
    request = ExecuteRequest(code)
    return Cell(FakeClient().message("execute_request", request), request)


class TestReport:
    def test_a_signal(self, kills: list[int]) -> None:
        ran = cell("crash()")
        found = Autopsy().report(Death("SIGSEGV", None, 12345), "Fatal Python error\n\n", ran)
        assert found.as_dict() == {
            "reason": "the kernel was ended by SIGSEGV",
            "signal": "SIGSEGV",
            "cell": ran.msg_id,
            "stack": "Fatal Python error",
            "peak": 12345,
            "code": "crash()",
            "owned": True,
        }

    def test_an_exit_status_of_an_idle_worker(self, kills: list[int]) -> None:
        found = Autopsy().report(Death(None, 3), "", None)
        assert (found.reason, found.exit_status) == ("the kernel was ended by exit status 3", 3)

    def test_an_exit_status_of_0_is_told(self, kills: list[int]) -> None:
        assert Autopsy().report(Death(None, 0), "", None).exit_status == 0

    def test_nobody_knows(self, kills: list[int]) -> None:
        assert Autopsy().report(Death(None, None), "", None).reason == "the kernel was ended by an unknown cause"

    def test_a_message_of_a_comm_has_no_code(self, kills: list[int]) -> None:
        said = CommMsg("c")
        ran = Cell(FakeClient().message("comm_msg", said), said)
        found = Autopsy().report(Death("SIGSEGV", None), "", ran)
        assert (found.cell, found.code) == (ran.msg_id, None)

    def test_long_code_is_cut(self, kills: list[int]) -> None:
        assert Autopsy().report(Death("SIGKILL", None), "", cell("x" * 100_000)).code == "x" * 2000


class TestLastWords:
    def last(self, *texts: str) -> str | None:
        found = Autopsy()
        for text in texts:
            found.printed(text)
        return found.report(Death("SIGKILL", None), "", None).last

    def test_a_few_lines_of_all_that_was_printed(self) -> None:
        assert self.last(*(f"line {number}\n" for number in range(100))) == "\n".join(
            f"line {number}" for number in range(90, 100)
        )

    def test_parts_of_lines(self) -> None:
        assert self.last("half ", "a line\nand ", "another") == "half a line\nand another"

    def test_one_long_text(self) -> None:
        assert self.last("begin " + "x" * 10_000 + " end") == "x" * 1996 + " end"

    def test_a_long_text_behind_a_short_one(self) -> None:
        assert self.last("short", "y" * 5000) == "y" * 2000

    def test_nothing(self) -> None:
        assert self.last() is None
        assert self.last("\n") is None

    def test_those_of_the_worker_before_are_forgotten(self) -> None:
        found = Autopsy()
        found.printed("of the first")
        found.worker_started()
        assert found.report(Death("SIGKILL", None), "", None).last is None


class TestMemory:
    def test_the_system_killed_somebody_meanwhile(self, kills: list[int]) -> None:
        found = Autopsy()
        kills[0] += 1
        report = found.report(Death("SIGKILL", None), "", None)
        assert report.memory == "the system ran out of memory and killed it"
        assert report.reason == "the kernel was ended by SIGKILL: the system ran out of memory and killed it"

    def test_it_did_so_before_this_worker_began(self, kills: list[int]) -> None:
        found = Autopsy()
        kills[0] += 1
        found.worker_started()
        assert found.report(Death("SIGKILL", None), "", None).memory is None

    @pytest.mark.parametrize("death", [Death("SIGSEGV", None), Death(None, 1)])
    def test_another_end_has_another_cause(self, kills: list[int], death: Death) -> None:
        found = Autopsy()
        kills[0] += 1
        assert found.report(death, "", None).memory is None

    def test_kills_of_the_machine_and_of_the_control_group_are_counted(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "vmstat").write_text("nr_free_pages 5\noom_kill 4\n")
        (tmp_path / "memory.events").write_text("low 0\nmax 9\noom 7\noom_kill 2\noom_group_kill 1\n")
        monkeypatch.setattr(autopsy, "group", lambda: tmp_path)
        monkeypatch.setattr(autopsy, "Path", lambda name: tmp_path / Path(name).name)
        assert autopsy._oom_kills() == 6

    def test_a_system_that_does_not_count(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(autopsy, "group", lambda: tmp_path)
        monkeypatch.setattr(autopsy, "Path", lambda name: tmp_path / Path(name).name)
        assert autopsy._oom_kills() == 0

    @pytest.mark.parametrize(
        ("text", "directory"),
        [
            ("0::/user.slice/session-1.scope\n", "/sys/fs/cgroup/user.slice/session-1.scope"),
            ("12:memory:/old\n0::/\n", "/sys/fs/cgroup"),
            ("12:memory:/old\n", "/sys/fs/cgroup"),
        ],
    )
    def test_the_control_group(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, directory: str
    ) -> None:
        (tmp_path / "cgroup").write_text(text)
        places = {"/proc/self/cgroup": tmp_path / "cgroup"}
        monkeypatch.setattr(autopsy, "Path", lambda name: places.get(name, Path(name)))
        assert autopsy.group() == Path(directory)
