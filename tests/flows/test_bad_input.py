"""Bad input: one sentence, an exit status that is not 0, and nothing left behind."""

import os
import re
import subprocess
import sys
import termios

import pytest

from kernel.protocol.session import SessionInfo, create
from tests.home import Home
from tests.terminal import CTRL_D, Terminal

_NO_IPYTHON = "raise ModuleNotFoundError(\"No module named 'IPython'\", name='IPython')\n"


def sentence(terminal: Terminal) -> str:
    """Return the only line on the screen of a program that ended, its wrapped parts joined."""
    return "".join(line.ljust(terminal.cols) for line in terminal.lines if line).strip()


def refused(home: Home, *arguments: str, **options: object) -> str:
    """Run the program in a terminal; return what it says when it ends with a status."""
    with Terminal(home, *arguments, **options) as terminal:  # type: ignore[arg-type]
        assert terminal.exit() in (1, 2)
        said = sentence(terminal)
        assert terminal.modes.left_on == []
        assert termios.tcgetattr(terminal.slave) == terminal.original
    assert said.startswith("cshell: ")
    assert "Traceback" not in said
    return said


@pytest.mark.parametrize("arguments", [["--nonsense"], ["frobnicate"], ["kill"]])
def test_a_wrong_command_line(home: Home, arguments: list[str]) -> None:
    assert "see: cshell --help" in refused(home, *arguments)
    assert home.left_behind() == []


def test_a_session_that_does_not_exist(home: Home) -> None:
    assert "there is no running session 'nobody'; none is running" in refused(home, "attach", "nobody")
    assert "no session is running; start one with: cshell" in refused(home, "attach")
    done = home.run("kill", "nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "cshell: there is no running session 'nobody'; none is running\n"
    assert home.left_behind() == []


@pytest.mark.parametrize("name", ["../up", "a b", "-x", "x" * 41, "a/b", "ü"])
def test_a_name_that_cannot_be_one(home: Home, name: str) -> None:
    said = refused(home, f"--session={name}")
    assert re.search(r"cannot (be the )?name", said)
    assert home.left_behind() == []
    home.wait_for_no_processes()


def test_a_name_that_is_taken(home: Home) -> None:
    with Terminal(home, "-s", "mine") as terminal:
        terminal.ready()
        assert "running already" in refused(home, "-s", "mine")
        terminal.run("6*7")
        terminal.see_line("╰ 42")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-s", "a b"], "'a b' cannot name a session"),
        (["--kernel", "nix"], "nix"),
        (["--python", "/nix"], "cannot run /nix: No such file or directory"),
        (["--existing", "/nix.json"], "/nix.json"),
        (["attach", "nix"], "there is no running session 'nix'"),
        (["open", "nix"], "there is no ended session 'nix'"),
    ],
)
def test_what_is_wrong_is_said_before_the_screen_is_taken(home: Home, arguments: list[str], words: str) -> None:
    with Terminal(home, *arguments) as terminal:
        assert terminal.exit() == 1
        assert words in sentence(terminal)
        assert b"\x1b[?1049h" not in terminal.raw
    assert home.left_behind() == []


def test_a_name_that_is_taken_is_said_before_the_screen_is_taken(home: Home) -> None:
    session, lock = create("mine", home.environ, str(home.work))
    with Terminal(home, "-s", "mine") as terminal:
        assert terminal.exit() == 1
        assert "the session 'mine' is running already; enter it with: cshell attach mine" in sentence(terminal)
        assert b"\x1b[?1049h" not in terminal.raw
    os.close(lock)
    session.remove()


def test_a_session_that_has_ended_or_never_was(home: Home) -> None:
    session, lock = create("over", home.environ, str(home.work))
    session.journal.write_text("")
    os.close(lock)
    assert "the session over has ended; show it with: cshell open over" in refused(home, "attach", "over")
    done = home.run("rename", "nope", "foo")
    assert done.returncode == 1
    assert done.stderr == "cshell: there is no session 'nope', running or ended; see: cshell ls --all\n"


def test_a_stale_session(home: Home) -> None:
    session, lock = create("stale", home.environ, str(home.work))
    session.connection_file.write_text("{}")
    os.close(lock)
    assert "there is no running session 'stale'" in refused(home, "attach", "stale")
    assert not session.runtime.exists()
    done = home.run("ls")
    assert (done.returncode, done.stdout) == (0, "no session is running\n")
    with Terminal(home, "-s", "stale") as terminal:
        terminal.ready()


def test_a_runtime_directory_that_is_open_to_others(home: Home) -> None:
    home.sessions.mkdir(mode=0o755)
    for arguments in ([], ["attach"]):
        said = refused(home, *arguments)
        assert "is open to others; close it with: chmod 700" in said
    done = home.run("ls")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert list(home.sessions.iterdir()) == []
    home.wait_for_no_processes()


def test_a_runtime_directory_that_is_a_link(home: Home) -> None:
    (home.path / "elsewhere").mkdir(mode=0o700)
    home.sessions.symlink_to(home.path / "elsewhere")
    assert "is not a directory" in refused(home)
    home.wait_for_no_processes()


def test_a_state_directory_that_cannot_be_written(home: Home) -> None:
    (home.path / "file").write_text("")
    said = refused(home, environ={"XDG_STATE_HOME": str(home.path / "file")})
    assert str(home.path / "file") in said.replace("\n", "")
    home.wait_for_no_processes()


@pytest.mark.parametrize("text", ["", "not json", "[]", '{"transport": "ipc"}', "\x00\xff"])
def test_a_malformed_connection_file(home: Home, text: str) -> None:
    session, lock = create("broken", home.environ, str(home.work))
    session.connection_file.write_text(text)
    session.write_info(SessionInfo("broken", "Python 3", os.getpid(), 1.0, "/"))
    assert "the connection file" in refused(home, "attach", "broken")
    os.close(lock)


@pytest.mark.parametrize("stdin", [None, "6*7\n"])
def test_without_a_terminal(home: Home, stdin: str | None) -> None:
    done = home.run(stdin=stdin)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "cshell: cshell needs a terminal for its input and output; nothing was started\n"
    assert home.left_behind() == []
    home.wait_for_no_processes()


def test_output_that_is_no_terminal(home: Home) -> None:
    with Terminal(home, command=("-c", "import time; time.sleep(60)")) as terminal:
        done = subprocess.run(
            [sys.executable, "-m", "curses_client"],
            stdin=terminal.slave,
            capture_output=True,
            env=home.environ,
            timeout=30,
            check=False,
        )
    assert done.returncode == 1
    assert b"needs a terminal" in done.stderr


# not strict: whether the client joins in time is a race, which test_launcher loses on purpose
def test_a_kernel_that_cannot_start(home: Home) -> None:
    front = home.path / "front"
    front.mkdir()
    (front / "IPython.py").write_text(_NO_IPYTHON)
    path = os.pathsep.join(filter(None, (str(front), home.environ.get("PYTHONPATH"))))
    said = refused(home, environ={"PYTHONPATH": path})
    assert "IPython" in said
    assert home.left_behind() == []
    assert home.run("ls").stdout == "no session is running\n"
    home.end_processes()


@pytest.mark.parametrize(("cols", "rows"), [(20, 5), (1, 1), (3, 2), (250, 70)])
def test_a_window_of_any_size(home: Home, cols: int, rows: int) -> None:
    with Terminal(home, cols=cols, rows=rows) as terminal:
        terminal.wait(lambda: terminal.modes.private.get("2004"), "a program that reads")
        terminal.run("6*7")
        if rows > 2:
            terminal.wait(lambda: "42" in terminal.text, "the result")
        terminal.type(CTRL_D)
        if cols > 3:
            terminal.see("q")
        terminal.type("q")
        assert terminal.exit() == 0
        assert terminal.modes.left_on == []
