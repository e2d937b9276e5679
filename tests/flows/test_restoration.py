"""The terminal is given back as it was, whatever ends the program: read from the raw bytes and the tty's mode."""

import os
import signal
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.home import Home
from tests.terminal import CTRL_D, F1, F9, Terminal


def leave(key: str) -> Callable[[Terminal], None]:
    def action(terminal: Terminal) -> None:
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type(key)

    return action


def sent(signum: int) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.kill(signum)


def restored(terminal: Terminal) -> None:
    """Check that nothing is left on."""
    assert terminal.modes.left_on == []
    assert terminal.modes.private["1049"] is False
    assert termios.tcgetattr(terminal.slave) == terminal.original


@pytest.mark.parametrize(
    ("end", "status"),
    [
        (leave("q"), 0),
        (leave("d"), 0),
        (sent(signal.SIGTERM), -signal.SIGTERM),
        (sent(signal.SIGHUP), -signal.SIGHUP),
        (sent(signal.SIGINT), -signal.SIGINT),
        (sent(signal.SIGQUIT), -signal.SIGQUIT),
    ],
    ids=["quit", "detach", "SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT"],
)
def test_after_the_end(home: Home, end: Callable[[Terminal], None], status: int) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        assert termios.tcgetattr(terminal.slave) != terminal.original
        for mode in ("1049", "2004", "1000", "1006"):
            assert terminal.modes.private[mode]
        end(terminal)
        assert terminal.exit() == status
        restored(terminal)


@pytest.mark.parametrize("keys", [F1, F9])
def test_a_signal_while_something_is_open(home: Home, keys: str) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.type(keys)
        terminal.see("command:" if keys == F1 else "Restart")
        terminal.kill(signal.SIGTERM)
        assert terminal.exit() == -signal.SIGTERM
        restored(terminal)


def test_a_signal_in_a_flood(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.type("while True: print('x' * 70)\r\r")
        terminal.see("x" * 70)
        terminal.kill(signal.SIGTERM)
        assert terminal.exit() == -signal.SIGTERM
        restored(terminal)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_in_the_first_moment(home: Home, signum: int) -> None:
    with Terminal(home) as terminal:
        terminal.wait(lambda: set(home.processes()) - {terminal.pid}, "the supervisor's process")
        terminal.kill(signum)
        assert terminal.exit() == -signum
        restored(terminal)


def test_a_signal_to_a_client_that_attaches(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        with Terminal(home, "attach") as other:
            other.ready()
            other.kill(signal.SIGHUP)
            assert other.exit() == -signal.SIGHUP
            restored(other)
        terminal.run("6*7")
        terminal.see_line("╰ 42")


_BROKEN = """\
import sys
if "curses_client" in " ".join(sys.orig_argv):
    raise RuntimeError("broken on purpose")
# the kernel gets the real one
here = __file__.rpartition("/")[0]
sys.path.remove(here)
del sys.modules[__name__]
import pygments
sys.path.insert(0, here)
"""


def in_front(home: Home, module: str, text: str) -> dict[str, str]:
    """Return an environment in which a module is another one."""
    directory = home.path / "front"
    directory.mkdir(exist_ok=True)
    Path(directory / f"{module}.py").write_text(text)
    path = home.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(directory), path)))}


def test_after_an_exception(home: Home) -> None:
    """A library that the client needs is broken, which is found out while the screen is on."""
    with Terminal(home, environ=in_front(home, "pygments", _BROKEN)) as terminal:
        assert terminal.exit() == 1
        restored(terminal)
        assert "RuntimeError: broken on purpose" in terminal.text


# as much of a shell as job control needs: it starts the client, and brings it back at Enter
_SHELL = """\
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
pid = os.fork()
if not pid:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.executable, [sys.executable, "-m", "curses_client"])
_, status = os.waitpid(pid, os.WUNTRACED)
if os.WIFSTOPPED(status):
    os.tcsetpgrp(0, os.getpgrp())
    print("[stopped]", flush=True)
    sys.stdin.readline()
    os.tcsetpgrp(0, pid)
    os.killpg(pid, signal.SIGCONT)
    os.waitpid(pid, 0)
"""


def test_suspended_and_brought_back(home: Home) -> None:
    with Terminal(home, command=("-c", _SHELL)) as terminal:
        terminal.ready()
        terminal.type("\x1a")
        terminal.see("[stopped]")
        restored(terminal)
        terminal.type("\n")
        terminal.wait(lambda: terminal.modes.private["2004"], "the screen again")
        terminal.run("6*7")
        terminal.see_line("╰ 42")


def test_continued_after_somebody_else_stopped_it(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        ours = termios.tcgetattr(terminal.slave)
        terminal.kill(signal.SIGSTOP)
        os.waitid(os.P_PID, terminal.pid, os.WSTOPPED | os.WNOWAIT)
        # what a shell does
        termios.tcsetattr(terminal.slave, termios.TCSANOW, terminal.original)
        os.write(terminal.slave, b"\r\n[1]+  Stopped\r\n")
        terminal.see("[1]+  Stopped")
        terminal.kill(signal.SIGCONT)
        terminal.see_no("Stopped")
        terminal.wait(lambda: termios.tcgetattr(terminal.slave) == ours, "the mode again")
        terminal.run("6*7")
        terminal.see_line("╰ 42")


def test_without_a_shell_to_bring_it_back_it_is_not_stopped(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        before = terminal.raw.count(b"\x1b[?2004h")
        terminal.type("\x1a")
        terminal.wait(lambda: terminal.raw.count(b"\x1b[?2004h") > before, "the screen again")
        terminal.run("6*7")
        terminal.see_line("╰ 42")


_NOISY = """\
import os, sys
if "curses_client" in " ".join(sys.orig_argv):
    print("noise on stdout")
    print("noise on stderr", file=sys.stderr)
    os.write(1, b"noise on 1\\n")
    os.write(2, b"noise on 2\\n")
here = __file__.rpartition("/")[0]
sys.path.remove(here)
del sys.modules[__name__]
import pygments
sys.path.insert(0, here)
"""


def test_what_a_library_prints_goes_to_the_log(home: Home) -> None:
    with Terminal(home, environ=in_front(home, "pygments", _NOISY)) as terminal:
        terminal.ready()
        terminal.run("6*7")
        terminal.see_line("╰ 42")
        log = home.journals / "work" / "client.log"
        terminal.wait(lambda: log.exists() and "noise on 2" in log.read_text(), "the log")
        leave("q")(terminal)
        assert terminal.exit() == 0
        assert b"noise" not in terminal.raw
        restored(terminal)
    text = log.read_text()
    for name in ("stdout", "stderr", "1", "2"):
        assert f"noise on {name}\n" in text
    assert log.stat().st_mode & 0o077 == 0
