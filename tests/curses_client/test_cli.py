"""The command line without a screen: what is printed, and the exit status."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from curses_client import __main__, cli, relay, remote
from curses_client.given import Given
from kernel.protocol import ended
from kernel.protocol.connection import Connection
from kernel.protocol.session import Session, SessionInfo, create, state_root
from tests.curses_client.written import Written
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
        ["--sess", "x"],
        ["open", "a", "b"],
        ["rename"],
        ["rename", "a", "b", "c"],
        ["rm"],
        ["log", "a", "b"],
        ["completion"],
        ["completion", "tcsh"],
        ["-s", "x", "ls"],
        ["--kernel", "ir", "attach"],
        ["--kernel", "ir", "--python", "python3"],
        ["new", "--existing", "x.json", "--python", "python3"],
        ["--kernel", "ir", "new", "--existing", "x.json"],
        ["ls", "--ssh", "host"],
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
        ["NAME", "KERNEL", "STATE", "AGE", "RUNNING", "QUEUE", "CLIENTS", "MEMORY", "DIRECTORY"],
        ["rides", "Python", "3", "running", "1", "h", "0", "/data"],
    ]
    assert lines[0].index("DIRECTORY") == lines[1].index("/data")


def test_what_runs_as_json(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ls", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["pid"]) == ("rides", os.getpid())


def test_all_that_is_kept(session: Session, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    Written(state_root(home.environ) / "over").session("over").end()
    assert cli.main(["ls", "--all"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["NAME", "over", "rides"]
    assert cli.main(["ls", "--names", "ended"]) == 0
    assert capsys.readouterr().out == "over\n"


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
        ("ride", "there is no running session 'ride'; did you mean rides?"),
        ("../rides", "there is no running session '../rides'; did you mean rides?"),
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


def files(*paths: str) -> Given:
    """What is given when files are named."""
    return Given(tuple((path, 0) for path in paths))


def calls(monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> list[tuple[Any, ...]]:
    """Have a function only note how it is called."""
    noted: list[tuple[Any, ...]] = []

    def note(*values: Any, **named: Any) -> int:
        noted.append((*values, {name: value for name, value in named.items() if value not in (None, False, [])}))
        return 7

    monkeypatch.setattr(module, name, note)
    return noted


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        (["new"], (None, {})),
        (["-s", "x"], ("x", {})),
        (["--session=x", "new"], ("x", {})),
        (["-s", "x", "new", "-s", "y", "--python", "p"], ("y", {"python": "p"})),
        (["--python", "p"], (None, {"python": "p"})),
        (["--kernel", "ir"], (None, {"kernel": "ir"})),
        (["new", "--kernel", "ir", "-s", "x"], ("x", {"kernel": "ir"})),
        (["--existing", "k.json"], (None, {"existing": "k.json"})),
        (["attach"], (None, {"attach": True})),
        (["attach", "x", "--read-only"], ("x", {"attach": True, "read_only": True})),
        (["new", "name"], (None, {"given": files("name")})),
        (["a.py"], (None, {"given": files("a.py")})),
        (["./ls", "b.py"], (None, {"given": files("./ls", "b.py")})),
        (["-s", "x", "a.py", "b.ipynb"], ("x", {"given": files("a.py", "b.ipynb")})),
        (["+10", "a.py", "b.py"], (None, {"given": Given((("a.py", 10), ("b.py", 0)))})),
        (["-s", "x", "+10", "a"], ("x", {"given": Given((("a", 10),))})),
        (["--kernel=ir", "a.R"], (None, {"kernel": "ir", "given": files("a.R")})),
    ],
)
def test_what_is_shown(arguments: list[str], call: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    noted = calls(monkeypatch, cli, "show")
    assert cli.main(arguments) == 7
    assert noted == [call]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["+10"], "+10 stands in front of a file, and here is none"),
        (["a.py", "+3"], "+3 stands in front of a file, and here is none"),
        (["-"], "cshell - reads a pipe into the editor, such as: git diff | cshell -"),
    ],
)
def test_what_cannot_be_given(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.isatty", lambda descriptor: True)
    assert cli.main(arguments) == 1
    assert capsys.readouterr().err == f"cshell: {says}\n"


@pytest.mark.parametrize(("arguments", "name"), [(["open"], None), (["open", "x"], "x")])
def test_what_is_opened(arguments: list[str], name: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = calls(monkeypatch, cli, "show_ended")
    assert cli.main(arguments) == 7
    assert noted == [(name, {})]


@pytest.mark.parametrize(
    ("arguments", "call"),
    [
        ([], ("me@host", None, {})),
        (["-s", "x"], ("me@host", "x", {})),
        (["new", "-s", "x", "--kernel", "ir"], ("me@host", "x", {"kernel": "ir"})),
        (["--python", "p", "new"], ("me@host", None, {"python": "p"})),
        (["attach", "x", "--read-only"], ("me@host", "x", {"attach": True, "read_only": True})),
    ],
)
def test_what_is_shown_of_another_machine(
    arguments: list[str], call: tuple[Any, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = calls(monkeypatch, remote, "show")
    assert cli.main(["--ssh", "me@host", *arguments]) == 7
    assert cli.main(["--ssh=me@host", *arguments]) == 7
    assert noted == [call, call]


@pytest.mark.parametrize(
    "rest", [["ls"], ["ls", "--json"], ["kill", "x"], ["--version"], ["log", "x", "-f"], ["completion", "bash"]]
)
def test_what_is_run_on_another_machine(rest: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    noted = calls(monkeypatch, remote, "run")
    assert cli.main(["--ssh", "host", *rest]) == 7
    assert cli.main(["--ssh=host", *rest]) == 7
    assert noted == [("host", rest, {})] * 2


def test_ended_sessions_of_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = calls(monkeypatch, remote, "run")
    assert cli.main(["--ssh", "host", "open", "x"]) == 7
    assert noted == [("host", ["open", "x"], {"screen": True})]


def test_the_host_stands_in_front(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["ls", "--ssh", "far"])
    assert "--ssh HOST stands in front of the command" in capsys.readouterr().err


def test_the_relay_has_words_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = calls(monkeypatch, relay, "main")
    assert cli.main(["relay", "--identity", "ab", "new", "-s", "x"]) == 7
    assert noted == [(["--identity", "ab", "new", "-s", "x"], {})]


class TestEnded:
    def test_removed(self, home: Home, session: Session, capsys: pytest.CaptureFixture[str]) -> None:
        for name in ("a", "b"):
            Written(state_root(home.environ) / name).session(name).end()
        assert cli.main(["rm", "a", "rides", "nobody", "b"]) == 1
        out, err = capsys.readouterr()
        assert out == "[what was kept of a is removed]\n[what was kept of b is removed]\n"
        assert err.splitlines() == [
            "cshell: the session rides is running; end it with: cshell kill rides",
            "cshell: there is no ended session 'nobody'; see: cshell ls --all",
        ]
        assert home.left_behind() == ["run/cshell/rides", "state/cshell/sessions/rides"]

    def test_renamed(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        Written(state_root(home.environ) / "a").session("a").end()
        assert cli.main(["rename", "a", "b"]) == 0
        assert capsys.readouterr().out == "[a is called b now]\n"
        assert home.left_behind() == ["state/cshell/sessions/b"]

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["a", "rides"], "the session rides is running; nothing was changed"),
            (["nobody", "b"], "there is no session 'nobody', running or ended; see: cshell ls --all"),
            (["a", "b/c"], "'b/c' cannot name a session; use up to 40 letters, digits, dots, dashes and underlines"),
        ],
    )
    def test_not_renamed(
        self, home: Home, session: Session, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        Written(state_root(home.environ) / "a").session("a").end()
        assert cli.main(["rename", *arguments]) == 1
        assert capsys.readouterr().err == f"cshell: {says}\n"

    def test_nothing_to_rename(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        assert cli.main(["rename", "b"]) == 1
        assert "no session is running" in capsys.readouterr().err

    def test_printed(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        Written(state_root(home.environ) / "a").session("a").run("c", "x", 1).end()
        assert cli.main(["log", "a"]) == 0
        assert capsys.readouterr().out.startswith("In [1]: x\n")

    def test_opened_without_a_terminal(self, home: Home) -> None:
        done = home.run("open", "a")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.count("\n") == 1


def test_an_encoding_that_lacks_what_is_printed(home: Home) -> None:
    Written(state_root(home.environ) / "a").session("a").run("c", "'数'", 1).end()
    done = home.run("log", "a", environ={"PYTHONIOENCODING": "latin-1"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("In [1]: '?'\n")


@pytest.mark.parametrize("arguments", [["ls"], ["ls", "--json"], ["log", "a"], ["completion", "bash"]])
def test_output_that_goes_nowhere(home: Home, arguments: list[str]) -> None:
    Written(state_root(home.environ) / "a").session("a").run("c", "x", 1, "text " * 10_000).end()
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "curses_client", *arguments],
            env=home.environ,
            cwd=home.work,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "cshell: this cannot be done: No space left on device\n")


def test_what_the_system_refuses(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "ab":
        Written(state_root(home.environ) / name).session(name).end()

    def refuse(session: Any, environ: Any) -> None:
        if session.name == "b":
            raise PermissionError(13, "Permission denied", "/run/b/lock")
        remove(session, environ)

    remove = ended.remove
    monkeypatch.setattr(ended, "remove", refuse)
    assert cli.main(["rm", "a", "b"]) == 1
    # what was done is said
    assert capsys.readouterr() == (
        "[what was kept of a is removed]\n",
        "cshell: this cannot be done: /run/b/lock: Permission denied\n",
    )
