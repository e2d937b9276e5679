"""The command line without a screen: what is printed, and the exit status."""

import os
import time
from collections.abc import Iterator

import pytest

from curses_client import __main__, cli
from kernel.protocol.connection import Connection
from kernel.protocol.session import Session, SessionInfo, create
from tests.home import Home


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with Home() as made:
        for name, value in made.environ.items():
            monkeypatch.setenv(name, value)
        yield made


@pytest.fixture
def session(home: Home) -> Iterator[Session]:
    """A session that runs as long as its lock is held."""
    made, lock = create("rides", home.environ, str(home.work))
    Connection.local(made.runtime, "key", "").write(made.connection_file)
    made.write_info(SessionInfo("rides", "Python 3", os.getpid(), time.time() - 3600, "/data"))
    yield made
    os.close(lock)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["-x"],
        ["nonsense"],
        ["ls", "--nonsense"],
        ["ls", "extra"],
        ["kill"],
        ["attach", "a", "b"],
        ["-s"],
        ["new", "-s"],
        ["new", "name"],
    ],
)
def test_a_wrong_command_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    out, err = capsys.readouterr()
    assert ended.value.code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("cshell: ")
    assert err.endswith("see: cshell --help\n")


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["attach", "--help"], ["kill", "-h"]])
def test_help(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 0
    assert "usage: cshell" in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([option]) == 0
    assert capsys.readouterr().out.startswith("cshell 0.")


def test_nothing_runs(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls"]) == 0
    assert capsys.readouterr().out == "no session is running\n"


def test_what_runs(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines] == [
        ["NAME", "PID", "AGE", "DIRECTORY"],
        ["rides", str(os.getpid()), "1", "h", "/data"],
    ]
    assert lines[0].index("PID") == lines[1].index(str(os.getpid()))


def test_what_is_starting(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    _, lock = create("young", home.environ, str(home.work))
    assert cli.main(["ls"]) == 0
    assert "young" in capsys.readouterr().out
    assert cli.main(["kill", "young"]) == 1
    assert "still starting" in capsys.readouterr().err
    os.close(lock)


def test_a_directory_cannot_command_the_terminal(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    session.write_info(SessionInfo("rides", "Python 3", os.getpid(), time.time(), "/data/\x1b]0;title\x07\x1b[2J"))
    cli.main(["ls"])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nobody", "there is no running session 'nobody'; running: rides"),
        ("../rides", "there is no running session '../rides'; running: rides"),
        ("", "there is no running session ''; running: rides"),
    ],
)
def test_a_session_that_does_not_exist(
    session: Session, name: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["kill", name]) == 1
    assert capsys.readouterr().err == f"cshell: {says}\n"


@pytest.mark.parametrize("arguments", [[], ["new"], ["attach"], ["-s", "x"]])
def test_without_a_terminal_nothing_is_started(
    home: Home, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.isatty", lambda descriptor: False)
    monkeypatch.setattr("sys.argv", ["cshell", *arguments])
    assert __main__.main() == 1
    out, err = capsys.readouterr()
    assert (out, err) == ("", "cshell: cshell needs a terminal for its input and output; nothing was started\n")
    assert home.left_behind() == []


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (40, "40 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (86399, "23 h"),
        (86400, "1 d"),
        (8640000, "100 d"),
    ],
)
def test_ages(seconds: float, text: str) -> None:
    assert cli.age(seconds) == text
