"""`cshell log` of journals on disk; what it prints of records is `test_printout`'s."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from curses_client import log
from kernel.protocol.session import Session, SessionError, SessionInfo, create, state_root
from kernel.supervisor.journal import Bounds
from tests.curses_client.written import Written
from tests.home import DEADLINE, Home


@pytest.fixture
def home() -> Iterator[Home]:
    with Home() as made:
        yield made


def printed(home: Home, name: str | None, capsys: pytest.CaptureFixture[str]) -> list[str]:
    log.show(name, home.environ, follow=False)
    return capsys.readouterr().out.splitlines()


def test_one_that_has_ended(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    Written(state_root(home.environ) / "work").session().run("a", "x", 1, "text\n").end()
    lines = printed(home, "work", capsys)
    assert lines[:3] == ["In [1]: x", "text", ""]
    assert lines[3].startswith("── session ended ")


def test_one_that_was_lost(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    Written(state_root(home.environ) / "work").session().submit("a", "x").start("a").print("a", "text\n")
    lines = printed(home, None, capsys)
    assert lines[:2] == ["In [1]: x", "text"]
    assert lines[2] == "── had not ended ──"
    assert "its supervisor ended without a word; recorded until " in lines[-1]


def test_one_whose_beginning_was_dropped(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Written(state_root(home.environ) / "work", Bounds(size=8192)).session()
    for number in range(100):
        journal.run(f"c{number}", f"cell {number}", number)
    lines = printed(home, "work", capsys)
    assert "older records were dropped" in lines[0]
    assert lines.count("In [99]: cell 99") == 1
    assert not [line for line in lines[1:] if "missing" in line or "dropped" in line]


def test_records_that_are_none_to_this_client(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Written(state_root(home.environ) / "work").session().submit("a", "x").start("a")
    with journal.path.open("ab") as file:
        head = journal.head
        file.write(b'{"seq":%d,"time":1.0,nonsense}\n' % (head + 1))
        file.write(b'{"seq":%d,"time":1.0,"header":{"msg_type":"of_tomorrow"}}\n' % (head + 2))
    journal._journal.head = head + 2
    journal.print("a", "text\n").finish("a").end()
    assert printed(home, "work", capsys)[:3] == ["In [1]: x", "text", ""]


def test_none(home: Home) -> None:
    with pytest.raises(SessionError, match="there is no session, running or ended"):
        log.show(None, home.environ, follow=False)
    with pytest.raises(SessionError, match="there is no session 'a'; see: cshell ls --all"):
        log.show("a", home.environ, follow=False)


def test_who_reads_it_may_have_enough(home: Home) -> None:
    journal = Written(state_root(home.environ) / "work").session().submit("a", "x").start("a")
    for number in range(20000):
        journal.print("a", f"{number}\n")
    command = f"{sys.executable} -m curses_client log work | head -n 2; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], env=home.environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["In [1]: x", "0", "141"]
    assert done.stderr == ""


class Follower:
    """`cshell log --follow` in a process of its own."""

    def __init__(self, home: Home, *arguments: str) -> None:
        command = [sys.executable, "-u", "-m", "curses_client", "log", "--follow", *arguments]
        self.process = subprocess.Popen(
            command,
            env=home.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            # a shell ignores it for what it runs in the background, the tests perhaps
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.lines: list[str] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in iter(self.process.stdout.readline, ""):
            self.lines.append(line.rstrip("\n"))

    def see(self, line: str) -> None:
        end = time.monotonic() + DEADLINE
        while line not in self.lines:
            assert time.monotonic() < end, self.lines
            time.sleep(0.01)

    def exit(self) -> int:
        status = self.process.wait(DEADLINE)
        self._thread.join(DEADLINE)
        return status


@pytest.fixture
def supervisor(home: Home) -> Iterator[tuple[Session, subprocess.Popen[bytes]]]:
    """A session whose supervisor is a process that does nothing."""
    session, lock = create("work", home.environ, "/")
    process = subprocess.Popen(["sleep", "1000"])
    session.write_info(SessionInfo("work", "Python 3", process.pid, time.time(), "/"))
    yield session, process
    process.kill()
    process.wait()
    os.close(lock)


Supervisor = tuple[Session, "subprocess.Popen[bytes]"]


class TestFollow:
    def test_until_the_session_ends(self, home: Home, supervisor: Supervisor) -> None:
        session, _ = supervisor
        journal = Written(session.state).session().run("a", "x", 1, "one\n")
        follower = Follower(home, "work")
        follower.see("one")
        journal.submit("b", "y").start("b", 2).print("b", "two\nthr")
        follower.see("two")
        assert "thr" not in follower.lines
        journal.print("b", "ee\n").finish("b").end()
        assert follower.exit() == 0
        assert follower.lines[:7] == ["In [1]: x", "one", "", "In [2]: y", "two", "three", ""]
        assert follower.lines[7].startswith("── session ended ")

    def test_until_its_supervisor_dies(self, home: Home, supervisor: Supervisor) -> None:
        session, process = supervisor
        Written(session.state).session().submit("a", "x").start("a").print("a", "half")
        follower = Follower(home)
        follower.see("In [1]: x")
        process.kill()
        process.wait()
        assert follower.exit() == 0
        assert "half" in follower.lines
        assert "recorded until" in follower.lines[-1]

    def test_under_another_name(self, home: Home, supervisor: Supervisor) -> None:
        session, _ = supervisor
        journal = Written(session.state).session().run("a", "x", 1, "one\n")
        follower = Follower(home, "work")
        follower.see("one")
        session.state.rename(session.state.with_name("other"))
        journal._journal.move(session.state.with_name("other") / "journal.jsonl")
        journal.run("b", "y", 2, "two\n")
        follower.see("two")
        journal.end()
        assert follower.exit() == 0

    def test_files_that_change(self, home: Home, supervisor: Supervisor) -> None:
        session, _ = supervisor
        journal = Written(session.state, Bounds(size=1 << 16)).session()
        follower = Follower(home, "work")
        for number in range(1, 60):
            journal.run(f"c{number}", f"cell {number}", number, f"{number} {'.' * 60}\n")
            follower.see(f"In [{number}]: cell {number}")
        assert len(list(session.state.glob("journal.*.jsonl"))) > 1
        journal.end()
        assert follower.exit() == 0
        assert not [line for line in follower.lines if "missing" in line]

    def test_what_is_not_recorded_yet_is_waited_for(
        self, home: Home, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _, process = supervisor
        waits: list[float] = []
        look = select.select

        def looked(reading: list[int], writing: list[int], failing: list[int], seconds: float) -> object:
            waits.append(seconds)
            if len(waits) == 4:
                process.kill()
                process.wait()
            return look(reading, writing, failing, seconds)

        monkeypatch.setattr(log.select, "select", looked)
        log.show("work", home.environ, follow=True)
        assert waits[0] == 0.0
        assert min(waits[1:]) > 0.0
        assert "ended without a word; nothing is recorded" in capsys.readouterr().out

    def test_where_there_is_no_proc(
        self, home: Home, supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        session, process = supervisor
        Written(session.state).session().run("a", "x", 1, "one\n")
        exists = Path.exists
        monkeypatch.setattr(Path, "exists", lambda path: not str(path).startswith("/proc/") and exists(path))
        process.kill()
        process.wait()
        log.show("work", home.environ, follow=True)
        assert "recorded until" in capsys.readouterr().out

    def test_ctrl_c(self, home: Home, supervisor: Supervisor) -> None:
        session, _ = supervisor
        Written(session.state).session().run("a", "x", 1, "one\n")
        follower = Follower(home, "work")
        follower.see("one")
        follower.process.send_signal(signal.SIGINT)
        assert follower.exit() == 130
        assert follower.process.stderr is not None
        assert follower.process.stderr.read() == ""

    def test_one_that_is_starting(self, home: Home) -> None:
        _, lock = create("young", home.environ, "/")
        with pytest.raises(SessionError, match="still starting"):
            log.show("young", home.environ, follow=True)
        os.close(lock)

    def test_one_that_has_ended(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        Written(state_root(home.environ) / "over").session().run("a", "x", 1).end()
        log.show("over", home.environ, follow=True)
        assert capsys.readouterr().out.startswith("In [1]: x\n")


def test_memory_does_not_grow_with_the_journal(home: Home, tmp_path: Path) -> None:
    journal = Written(state_root(home.environ) / "work").session()
    line = "x" * 100
    for number in range(1, 400):
        journal.run(f"c{number}", "x", number, f"{line}\n" * 500)
    journal.end()
    script = (
        "import sys, resource\nfrom curses_client import cli\ncli.main(['log', 'work'])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    peaks = []
    Written(state_root(home.environ) / "small").session().run("a", "x", 1).end()
    for code in (script, script.replace("'work'", "'small'")):
        with (tmp_path / "out").open("w") as out:
            done = subprocess.run(
                [sys.executable, "-c", code],
                env=home.environ,
                stdout=out,
                stderr=subprocess.PIPE,
                timeout=60,
                check=True,
            )
        peaks.append(json.loads(done.stderr))
    assert (state_root(home.environ) / "work" / "journal.jsonl").stat().st_size > 20_000_000
    # in KB: what is read at once, and nothing of the rest
    assert peaks[0] - peaks[1] < 16_000
