"""What the command does before and after its screen."""

import os
import signal
import termios
from pathlib import Path

import pytest

from curses_client import boot
from curses_client.terminal import Terminal, Terminated, divert_prints, undivert_prints


class Interrupted:
    """A terminal at which a signal arrives while the first frame is drawn."""

    def __init__(self) -> None:
        self.restored = False

    def enter(self) -> None:
        raise Terminated(signal.SIGTERM)

    def restore(self) -> None:
        self.restored = True


def test_a_signal_with_the_first_frame() -> None:
    terminal = Interrupted()
    with pytest.raises(Terminated):
        boot._show(terminal, lambda found: found.enter())  # type: ignore[arg-type]
    assert terminal.restored


@pytest.mark.parametrize(
    ("environ", "is_flat", "first"),
    [
        ({"TERM": "dumb"}, True, b""),
        ({"TERM": ""}, True, b""),
        ({"TERM": "xterm", "CSHELL_FLAT": "1"}, True, b""),
        ({"TERM": "xterm", "LC_ALL": "C"}, False, b" o starting"),
        ({"TERM": "xterm", "LC_ALL": "C.UTF-8"}, False, " ○ starting".encode()),
    ],
)
def test_the_first_frame_is_one_that_the_terminal_can_show(
    environ: dict[str, str], is_flat: bool, first: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CSHELL_FLAT", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    written = drawn_first(monkeypatch)
    assert first in written
    assert (written == b"") is is_flat


def test_a_first_frame_that_was_not_wanted_is_left_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("CSHELL_FLAT", raising=False)
    assert drawn_first(monkeypatch, flatten=True).endswith(b"\x1b[?1049l")
    monkeypatch.setenv("TERM", "dumb")
    assert drawn_first(monkeypatch, flatten=True) == b""


def drawn_first(monkeypatch: pytest.MonkeyPatch, *, flatten: bool = False) -> bytes:
    """Return what is written to the terminal before anything is imported."""
    master, slave = os.openpty()
    monkeypatch.setattr("os.isatty", lambda descriptor: True)
    monkeypatch.setattr("os.dup", lambda descriptor: slave)
    monkeypatch.setattr("termios.tcgetattr", lambda descriptor, get=termios.tcgetattr: get(slave))
    terminal = Terminal()
    terminal.enter()
    if flatten:
        terminal.flatten()
    os.write(slave, b"<end>")
    data = b""
    while not data.endswith(b"<end>"):
        data += os.read(master, 1 << 16)
    os.close(master)
    os.close(slave)
    return data.removesuffix(b"<end>")


def test_complaining_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert boot.complain("it is so") == 1
    assert capsys.readouterr() == ("", "cshell: it is so\n")


def test_prints_are_diverted_and_come_back(tmp_path: Path) -> None:
    """In a process of its own, whose descriptors 1 and 2 are files."""
    before, log = tmp_path / "before", tmp_path / "log"
    child = os.fork()
    if not child:
        status = 1
        try:
            descriptor = os.open(before, os.O_WRONLY | os.O_CREAT)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            os.write(1, b"one ")
            divert_prints(str(log))
            os.write(1, b"out ")
            os.write(2, b"err ")
            undivert_prints()
            os.write(2, b"two ")
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert before.read_bytes() == b"one two "
    assert log.read_bytes() == b"out err "
    assert log.stat().st_mode & 0o077 == 0


def test_a_log_that_cannot_be_written_takes_nothing(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        status = 1
        try:
            divert_prints(str(tmp_path / "missing" / "log"))
            os.write(1, b"gone")
            undivert_prints()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
