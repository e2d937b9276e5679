"""Sessions that run, and their ends: with real processes and real locks."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest

from curses_client import launcher
from curses_client.launcher import Outcome, Started, enter, farewell, join, kill, wait_for_end
from curses_client.spawn import Spawned
from kernel.protocol.connection import Connection
from kernel.protocol.session import Session, SessionError, SessionInfo, create, running
from tests.home import Home

_SLEEPER = "import signal, time\n{}\nprint('up', flush=True)\ntime.sleep(60)"
_DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"

Run = Callable[..., tuple[Session, "subprocess.Popen[str]"]]


@pytest.fixture
def home() -> Iterator[Home]:
    with Home() as made:
        yield made


@pytest.fixture
def run(home: Home) -> Run:
    """Run a session whose supervisor is a process that only holds its lock."""

    def start(name: str = "main", begin: str = "", started: float = 1.0) -> tuple[Session, "subprocess.Popen[str]"]:
        session, lock = create(name, home.environ, str(home.work))
        Connection.local(session.runtime, "key", "").write(session.connection_file)
        process = subprocess.Popen(
            [sys.executable, "-c", _SLEEPER.format(begin)],
            env=home.environ,
            pass_fds=(lock,),
            stdout=subprocess.PIPE,
            text=True,
        )
        os.close(lock)
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        session.write_info(SessionInfo(name, "Python 3", process.pid, started, str(home.work)))
        return session, process

    return start


def test_a_running_session_is_entered_by_its_name(home: Home, run: Run) -> None:
    session, process = run("one")
    found = enter("one", home.environ)
    assert (found.session, found.pid, found.is_new) == (session, process.pid, False)
    assert found.connection == Connection.read(session.connection_file)
    assert os.path.dirname(found.log) == str(session.state)
    process.kill()
    process.wait()


def test_without_a_name_it_is_the_one_that_was_started_last(home: Home, run: Run) -> None:
    processes = [run("b", started=200.0)[1], run("a", started=300.0)[1], run("c", started=100.0)[1]]
    assert enter(None, home.environ).session.name == "a"
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.parametrize("name", ["nobody", None])
def test_what_does_not_run_is_not_entered(home: Home, name: str | None) -> None:
    with pytest.raises(SessionError, match="running"):
        enter(name, home.environ)


def test_a_session_that_has_just_begun(home: Home) -> None:
    _, lock = create("young", home.environ, str(home.work))
    for action in (enter, kill):
        with pytest.raises(SessionError, match="still starting"):
            action("young", home.environ)
    os.close(lock)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"transport": "pigeon"}', '{"ip": 3, "shell_port": 1}'])
def test_a_malformed_connection_file(home: Home, run: Run, text: str) -> None:
    session, process = run()
    session.connection_file.write_text(text)
    with pytest.raises(SessionError, match="connection file") as failed:
        enter("main", home.environ)
    assert "\n" not in str(failed.value)
    process.kill()
    process.wait()


def test_a_session_is_ended_in_order(home: Home, run: Run) -> None:
    session, process = run()
    kill("main", home.environ)
    assert process.wait(10) == -signal.SIGTERM
    assert running(home.environ) == []
    assert not session.runtime.exists()
    assert session.state.exists()


def test_a_session_that_does_not_listen_is_ended_by_force(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, process = run(begin=_DEAF)
    monkeypatch.setattr(launcher, "END_SECONDS", 0.05)
    begin = time.monotonic()
    # the process is a child here and stays a zombie until it is waited for
    kill("main", home.environ)
    assert process.wait(10) == -signal.SIGKILL
    assert time.monotonic() - begin < 5


def test_a_supervisor_that_was_killed_leaves_no_session(home: Home, run: Run) -> None:
    session, process = run()
    process.kill()
    process.wait()
    assert running(home.environ) == []
    assert not session.runtime.exists()
    with pytest.raises(SessionError, match="no running session"):
        kill("main", home.environ)


def test_waiting_for_the_end_of_a_process() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not wait_for_end(process.pid, 0)
    process.kill()
    assert wait_for_end(process.pid, 30)
    process.wait()
    assert wait_for_end(process.pid, 0)


@pytest.mark.parametrize(
    ("outcome", "failure", "log", "status", "text"),
    [
        ("detach", None, "", 0, "[detached from main; come back with: cshell attach main]"),
        ("quit", None, "", 0, "[main ended]"),
        ("ended", None, "", 0, "[main ended]"),
        ("failed", "no IPython", "x\n", 1, "cshell: the kernel could not be started: no IPython"),
        ("failed", None, "one\nlast word\n\n", 1, "cshell: the kernel could not be started: last word"),
        ("failed", None, "", 1, "cshell: the kernel could not be started: its supervisor ended without a word"),
    ],
)
def test_what_is_said_at_the_end(
    home: Home, outcome: Outcome, failure: str | None, log: str, status: int, text: str
) -> None:
    session, lock = create("main", home.environ, str(home.work))
    os.close(lock)
    session.log.write_text(log)
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    started = Started(session, Connection.local(session.runtime, "", ""), process.pid, is_new=True, read_only=False)
    assert farewell(started, outcome, failure) == (status, text)
    assert session.state.exists() == (outcome != "failed")


def test_what_is_said_of_a_session_that_was_renamed(home: Home) -> None:
    session, lock = create("main", home.environ, str(home.work))
    os.close(lock)
    started = Started(session, Connection.local(session.runtime, "", ""), 1, is_new=True, read_only=False)
    assert started.called("other").farewell("detach", None) == (
        0,
        "[detached from other; come back with: cshell attach other]",
    )
    for name in ("", "main", "../main", "a\nb"):
        assert started.called(name) is started


def test_what_has_the_name_of_a_session_that_failed_is_left_alone(home: Home) -> None:
    session, lock = create("main", home.environ, str(home.work))
    os.close(lock)
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    started = Started(session, Connection.local(session.runtime, "", ""), process.pid, is_new=True, read_only=False)
    # it was renamed before it failed, and somebody has begun another one under its first name
    os.rename(session.runtime, session.runtime.with_name("other"))
    os.rename(session.state, session.state.with_name("other"))
    another, lock = create("main", home.environ, str(home.work))
    started.called("other").farewell("failed", "no IPython")
    assert another.is_running
    assert not session.state.with_name("other").exists()
    # also when this client was not told of the name
    started.farewell("failed", "no IPython")
    assert another.is_running
    assert another.state.exists()
    os.close(lock)


def test_a_session_that_does_not_end_is_not_said_to_have_ended(home: Home, run: Run) -> None:
    session, process = run(begin=_DEAF)
    started = Started(session, session.connection(), process.pid, is_new=True, read_only=False)
    status, text = farewell(started, "quit", None)
    assert status == 1
    assert "cshell kill main" in text
    process.kill()
    process.wait()


# ---- a new session reports how its start went --------------------------------------------------------------


def reporting(home: Home, line: str, log: str = "") -> Spawned:
    reading, writing = os.pipe()
    os.write(writing, line.encode())
    os.close(writing)
    file = home.path / "starting.log"
    file.write_text(log)
    return Spawned(os.getpid(), reading, str(file))


def test_a_new_session_is_joined(home: Home) -> None:
    session, lock = create("new", home.environ, str(home.work))
    connection = Connection.local(session.runtime, "key", "")
    connection.write(session.connection_file)
    started = join(reporting(home, '{"name": "new"}\n'), home.environ)
    os.close(lock)
    assert started == Started(session, connection, os.getpid(), is_new=True, read_only=False)


@pytest.mark.parametrize(
    ("line", "log", "says"),
    [
        ('{"error": "the name is taken"}\n', "", "the name is taken"),
        ("", "Traceback\nImportError: no zmq\n\n", "ImportError: no zmq"),
        ("", "", "it ended without a word"),
        ("{\n", "", "reports nonsense"),
    ],
)
def test_a_session_that_could_not_begin(home: Home, line: str, log: str, says: str) -> None:
    spawned = reporting(home, line, log)
    with pytest.raises(SessionError, match=says):
        join(spawned, home.environ)
    assert not os.path.exists(spawned.log)


def test_a_session_that_ended_before_it_was_joined(home: Home) -> None:
    session, lock = create("new", home.environ, str(home.work))
    session.log.write_text("IPython is not installed\n")
    os.close(lock)
    spawned = reporting(home, '{"name": "new"}\n')
    session.remove_runtime()
    with pytest.raises(SessionError, match="IPython is not installed"):
        join(spawned, home.environ)
