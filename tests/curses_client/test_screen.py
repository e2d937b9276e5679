"""The screen on a real pty: pastes in one piece, nothing typed is lost, a terminal that is gone does no harm."""

import array
import fcntl
import os
import select
import termios
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from curses_client.screen import PASTE_BEGINS, PASTE_ENDS, Descriptor, PastedText, Screen


class Alarms:
    """As much of an event loop as reading keys needs."""

    def __init__(self) -> None:
        self.set: dict[int, Callable[[], Any]] = {}

    def alarm(self, seconds: float, callback: Callable[[], Any]) -> int:
        self.set[len(self.set)] = callback
        return len(self.set) - 1

    def remove_alarm(self, handle: int) -> bool:
        return self.set.pop(handle, None) is not None

    def go_off(self) -> None:
        for handle in list(self.set):
            self.set.pop(handle)()


class Pty:
    """A terminal in raw mode, the screen on it, and the keys that were read."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        self.original = termios.tcgetattr(self.slave)
        # what the program does before anything is drawn
        mode = [*self.original[:6], list(self.original[6])]
        mode[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        termios.tcsetattr(self.slave, termios.TCSANOW, mode)
        self.screen = Screen(self.slave, self.slave, self.original)
        self.alarms = Alarms()
        self.keys: list[Any] = []

    def read(self) -> None:
        codes = self.screen.get_available_raw_input()
        self.screen.parse_input(self.alarms, lambda keys, raw: self.keys.extend(keys), codes)  # type: ignore[arg-type]

    def type(self, *parts: bytes) -> list[Any]:
        for part in parts:
            while part:
                before = self.waiting()
                written = os.write(self.master, part[:4000])
                part = part[written:]
                self.wait_for(before + written)
                self.read()
        return self.keys

    def wait_for(self, count: int) -> None:
        """Wait until so many bytes have come through: a terminal takes its time."""
        end = time.monotonic() + 20
        while self.waiting() < count:
            assert time.monotonic() < end, f"{self.waiting()} of {count} bytes came through"

    def waiting(self) -> int:
        """How many bytes can be read."""
        found = array.array("i", [0])
        fcntl.ioctl(self.slave, termios.FIONREAD, found)
        return found[0]

    def close(self) -> None:
        self.screen.stop()
        for descriptor in (self.master, self.slave):
            if descriptor >= 0:
                os.close(descriptor)


@pytest.fixture
def pty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pty]:
    monkeypatch.setenv("TERM", "xterm-256color")
    terminal = Pty()
    os.set_blocking(terminal.master, False)
    yield terminal
    terminal.close()


@pytest.fixture
def started(pty: Pty) -> Pty:
    pty.screen.start()
    os.read(pty.master, 1 << 16)
    return pty


PASTE = PASTE_BEGINS + b"x = 1\ny\n\x1b[31mz" + PASTE_ENDS
PASTED = "x = 1\ny\n\x1b[31mz"
DATA = b"ab" + PASTE + b"c\x1b[A"
KEYS = ["a", "b", PASTED, "c", "up"]


@pytest.mark.parametrize("at", range(len(DATA) + 1))
def test_a_paste_is_one_event_wherever_it_is_split(started: Pty, at: int) -> None:
    keys = started.type(DATA[:at], DATA[at:])
    assert keys == KEYS
    assert [isinstance(key, PastedText) for key in keys] == [False, False, True, False, False]


def test_a_paste_byte_by_byte(started: Pty) -> None:
    assert started.type(*(bytes([byte]) for byte in DATA)) == KEYS


def test_two_pastes_in_one_read(started: Pty) -> None:
    assert started.type(PASTE + PASTE) == [PASTED, PASTED]


def test_an_empty_paste(started: Pty) -> None:
    assert started.type(PASTE_BEGINS + PASTE_ENDS) == [""]


def test_a_paste_of_characters_that_are_split(started: Pty) -> None:
    data = PASTE_BEGINS + "漢字 é 👩‍👩‍👧".encode() + PASTE_ENDS
    assert started.type(data[:8], data[8:15], data[15:]) == ["漢字 é 👩‍👩‍👧"]


def test_a_paste_that_is_no_text(started: Pty) -> None:
    assert started.type(PASTE_BEGINS + b"\xff\xfe" + PASTE_ENDS) == ["\ufffd\ufffd"]


def test_an_end_without_a_beginning_swallows_nothing(started: Pty) -> None:
    assert started.type(PASTE_ENDS + b"a")[-1] == "a"


def test_a_megabyte_takes_no_time(started: Pty) -> None:
    text = b"x = 1  # some line of a program\n" * 32_768
    begin = time.monotonic()
    keys = started.type(PASTE_BEGINS + text + PASTE_ENDS + b"q")
    assert keys == [text.decode(), "q"]
    assert time.monotonic() - begin < 5


def test_a_paste_without_end_does_not_swallow_keys_for_good(started: Pty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curses_client.screen.PASTE_LIMIT", 1000)
    keys = started.type(PASTE_BEGINS + b"a" * 3000, b"b")
    assert keys[-1] == "b"
    assert "".join(keys) == "a" * 3000 + "b"


def test_a_lone_escape_behind_a_paste_is_a_key(started: Pty) -> None:
    started.type(PASTE + b"\x1b")
    started.alarms.go_off()
    assert started.keys == [PASTED, "esc"]


def test_a_lone_escape_is_a_key_after_a_moment(started: Pty) -> None:
    started.type(b"a\x1b")
    started.alarms.go_off()
    assert started.keys == ["a", "esc"]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"\x1b[<64;10;5M", [("mouse press", 4, 9, 4)]),
        (b"\x1b[<65;1;1M", [("mouse press", 5, 0, 0)]),
        (b"\x1b\r", ["meta enter"]),
        ("é漢".encode(), ["é", "漢"]),
        (b"\x1b[20~\x1bOP", ["f9", "f1"]),
        (b"\x03\x04\x1a\x1c", ["ctrl c", "ctrl d", "ctrl z", "ctrl \\"]),
        (b"\x13\x11", ["ctrl s", "ctrl q"]),
    ],
)
def test_keys(started: Pty, data: bytes, keys: list[object]) -> None:
    assert started.type(data) == keys


def test_what_was_typed_before_the_start_is_not_lost(pty: Pty) -> None:
    os.write(pty.master, b"6*7\r")
    pty.screen.start()
    pty.wait_for(4)
    pty.type(b"x")
    assert pty.keys == ["6", "*", "7", "enter", "x"]


def test_what_is_typed_during_the_start_is_not_lost(pty: Pty, monkeypatch: pytest.MonkeyPatch) -> None:
    write = pty.screen.write

    def type_when_the_screen_is_switched(text: str) -> None:
        if "1049h" in text:
            os.write(pty.master, b"x")
            # an echo says that it went through; without an echo it has been long enough
            select.select([pty.master], [], [], 0.05)
        write(text)

    monkeypatch.setattr(pty.screen, "write", type_when_the_screen_is_switched)
    pty.screen.start()
    pty.wait_for(1)
    pty.type(b"y")
    assert pty.keys == ["x", "y"]


def test_what_was_typed_while_suspended_is_not_lost(started: Pty) -> None:
    started.screen.stop()
    os.write(started.master, b"x")
    started.screen.start()
    started.wait_for(1)
    started.type(b"y")
    assert started.keys == ["x", "y"]


def test_the_mode_is_as_before_when_the_screen_stops(pty: Pty) -> None:
    pty.screen.start()
    assert termios.tcgetattr(pty.slave) != pty.original
    pty.screen.stop()
    assert termios.tcgetattr(pty.slave) == pty.original


def test_signals_are_keys(started: Pty) -> None:
    assert not termios.tcgetattr(started.slave)[3] & termios.ISIG
    assert started.type(b"\x03\x1a\x1c") == ["ctrl c", "ctrl z", "ctrl \\"]


def test_a_terminal_that_is_gone_takes_everything(started: Pty) -> None:
    os.close(started.master)
    started.master = -1
    assert started.screen.output.write("x" * 100_000) == 100_000
    started.screen.stop()


def test_a_slow_terminal_gets_everything() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    output = Descriptor(writing)
    child = os.fork()
    if not child:
        os.close(writing)
        total = 0
        while data := os.read(reading, 1000):
            total += len(data)
        os._exit(0 if total == 300_000 else 1)
    os.close(reading)
    assert output.write("é" * 150_000) == 150_000
    output.flush()
    os.close(writing)
    assert os.waitpid(child, 0)[1] == 0


def test_half_a_surrogate_is_written_as_something() -> None:
    reading, writing = os.pipe()
    Descriptor(writing).write("a\ud800b")
    assert os.read(reading, 100) == b"a?b"
    os.close(reading)
    os.close(writing)
