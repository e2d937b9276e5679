"""The screen on a real pty: pastes in one piece, nothing typed is lost, a terminal that is gone does no harm."""

import array
import fcntl
import math
import os
import select
import termios
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from urwid.display.common import AttrSpec

from curses_client.cells import Linked
from curses_client.in_flight import QUESTION
from curses_client.loop import Loop
from curses_client.pastes import PASTE_BEGINS, PASTE_ENDS, PastedText
from curses_client.screen import Screen
from curses_client.text.ansi import Style
from curses_client.themes.choice import named
from curses_client.themes.dark import DARK
from curses_client.widgets.rows import RowsCanvas
from curses_client.widgets.theme import attr_of, palette

MARK = b"<mark>"


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

    def written(self) -> bytes:
        """Return what the program wrote since the last time: all that comes before a mark behind it."""
        os.write(self.slave, MARK)
        data = b""
        while not data.endswith(MARK):
            assert select.select([self.master], [], [], 20)[0]
            data += os.read(self.master, 1 << 16)
        return data.removesuffix(MARK)

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
        # a terminal that is here no more answers nothing
        self.screen._in_flight.forget()
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
    pty.written()
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
    monkeypatch.setattr("curses_client.pastes.PASTE_LIMIT", 1000)
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


# ---- frames, and when they may be drawn ------------------------------------------------------------------------


def canvas(*texts: str, cursor: tuple[int, int] | None = None, attr: Any = None) -> RowsCanvas:
    return RowsCanvas([[(attr, text.ljust(20))] for text in texts], 20, cursor)


def drawn(pty: Pty, *texts: str, typed: str = "", cursor: tuple[int, int] | None = None, attr: Any = None) -> bytes:
    """Press keys, draw rows of 20 columns; return what was written for them."""
    if typed:
        pty.type(typed.encode())
    pty.screen.draw_screen((20, len(texts)), canvas(*texts, cursor=cursor, attr=attr))
    return pty.written()


def test_what_changed_is_written(started: Pty) -> None:
    first = drawn(started, "one", "two", "three")
    assert b"one" in first
    assert b"three" in first
    assert drawn(started, "one", "two", "threx", typed="x") == b"\x1b[3;5Hx"
    assert drawn(started, "one", "two", "threx") == b""


def test_a_question_follows_what_no_key_caused(started: Pty) -> None:
    assert QUESTION not in drawn(started, "one")
    assert drawn(started, "two").endswith(QUESTION)
    assert QUESTION not in drawn(started, "three", typed="x")


def test_output_waits_for_the_answer_and_keys_do_not(started: Pty) -> None:
    loop = Loop()
    started.screen.use(loop)
    held = loop._held_until
    drawn(started, "one")
    drawn(started, "two")
    assert held() > time.monotonic()
    started.type(b"x")
    assert held() == 0
    drawn(started, "three")
    assert held() > time.monotonic()
    assert started.type(b"\x1b[0n") == ["x"]
    assert held() <= time.monotonic()


def test_nothing_is_drawn_behind_what_is_not_sent(started: Pty) -> None:
    loop = Loop()
    started.screen.use(loop)
    started.screen.output.send(b"x" * (1 << 20))
    assert loop._held_until() == math.inf
    while not started.screen.output.is_clear:
        assert select.select([started.master], [], [], 20)[0]
        os.read(started.master, 1 << 16)
        started.screen.output._push()
    assert loop._held_until() == 0


@pytest.mark.parametrize(("data", "focus"), [(b"\x1b[O", False), (b"\x1b[O\x1b[I", True), (b"\x1b[I", True)])
def test_the_focus_is_no_key(started: Pty, data: bytes, focus: bool) -> None:
    assert started.screen.has_focus is None
    assert started.type(b"a" + data + b"b") == ["a", "b"]
    assert started.screen.has_focus is focus


@pytest.mark.parametrize(
    ("answer", "has_sixels"),
    [(b"\x1b[?64;1;4;22c", True), (b"\x1b[?1;2c", False), (b"\x1b[?4;6c", False), (b"\x1b[?62;4c\x1b[?1;2c", True)],
)
def test_what_a_terminal_says_of_sixels_is_no_key(started: Pty, answer: bytes, has_sixels: bool) -> None:
    assert started.type(b"a", answer[:3], answer[3:] + b"b") == ["a", "b"]
    assert started.screen.has_sixels is has_sixels


def test_a_terminal_is_asked_what_it_is(pty: Pty) -> None:
    pty.screen.start()
    assert b"\x1b[c" in pty.written()
    pty.screen.stop()


def test_a_loop_is_told_whether_there_were_keys(started: Pty) -> None:
    def parsed(text: bytes) -> Any:
        return started.screen.parse_input(started.alarms, lambda keys, raw: None, list(text))  # type: ignore[arg-type]

    assert parsed(b"a") is True
    assert parsed(b"\x1b[0n\x1b[I") is False
    assert parsed(b"\x1b[0na") is True


@pytest.mark.parametrize("said", [b"\x1b[0n", b"\x1b[I", b"\x1b[O", b"\x1b[0n\x1b[O"])
def test_escape_is_not_lost_in_front_of_what_the_terminal_says(started: Pty, said: bytes) -> None:
    assert started.type(b"\x1b" + said + b"a") == ["esc", "a"]


@pytest.mark.parametrize("text", ["status ok", "focus out"])
def test_a_paste_is_never_taken_for_an_answer(started: Pty, text: str) -> None:
    assert started.type(PASTE_BEGINS + text.encode() + PASTE_ENDS) == [text]
    assert started.screen.has_focus is None


def test_keys_are_kept_from_a_program_that_asks_for_them(started: Pty) -> None:
    assert started.screen.parse_input(None, None, list(b"\x1b[0na"))[0] == ["a"]


@pytest.mark.parametrize("disturb", [lambda screen: screen.clear(), lambda screen: (screen.stop(), screen.start())])
def test_drawn_anew(started: Pty, disturb: Callable[[Screen], object]) -> None:
    drawn(started, "one", "two")
    disturb(started.screen)
    started.written()
    again = drawn(started, "one", "two")
    assert b"one" in again
    assert b"two" in again


def test_after_a_resize_it_is_drawn_anew_and_not_before_it_is_known(started: Pty) -> None:
    drawn(started, "one")
    started.screen._sigwinch_handler()
    assert drawn(started, "two") == b""
    started.read()
    assert started.keys == ["window resize"]
    assert b"two" in drawn(started, "two")


def test_colours(started: Pty) -> None:
    screen = started.screen
    screen.set_terminal_properties(colors=256)
    screen.register_palette([("bar", "black", "light gray", "standout", "h252,bold", "h237"), ("dim", "default", "")])
    drawn(started, "")
    assert b"\x1b[38;5;252;1;48;5;237mx" in drawn(started, "x", attr="bar")
    assert b"\x1b[38;5;49mz" in drawn(started, "z", attr=AttrSpec("h49", "default", 256))
    assert b"\x1b[48;5;49mz" in drawn(started, "z", attr=AttrSpec("default", "h49", 256))
    assert b"\x1b[31;4mz" in drawn(started, "z", attr=AttrSpec("dark red,underline", "", 256))
    screen.set_terminal_properties(colors=1)
    assert b"\x1b[7mx" in drawn(started, "x", attr="bar")


def test_a_palette_that_changes_is_seen(started: Pty) -> None:
    started.screen.register_palette_entry("word", "dark red", "")
    assert b"\x1b[31mx" in drawn(started, "x", attr="word")
    started.screen.register_palette_entry("word", "dark green", "")
    assert b"\x1b[32mx" in drawn(started, "x", attr="word")


@pytest.mark.parametrize(
    ("environ", "busy", "dim", "popup"),
    [
        ({"TERM": "xterm-256color"}, b"38;5;113;1;48;5;236", b"38;5;245", b"38;5;252;48;5;237"),
        (
            {"TERM": "xterm-direct"},
            b"38;2;135;215;95;1;48;2;48;48;48",
            b"38;2;138;138;138",
            b"38;2;208;208;208;48;2;58",
        ),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, b"38;2;135;215;95;1;48;2;48;48;48", b"38;2;138", b"38;2;208"),
        ({"TERM": "xterm"}, b"92;1", b"90", b"30;47"),
        ({"TERM": "linux"}, b"32;1", b"2", b"30;47"),
        ({"TERM": "screen"}, b"32;1", b"2", b"30;47"),
        ({"TERM": "screen-256color"}, b"38;5;113;1;48;5;236", b"38;5;245", b"38;5;252;48;5;237"),
        ({"TERM": "vt100"}, b"1", b"", b""),
        ({"TERM": "dumb"}, b"1", b"", b""),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, b"1", b"", b""),
        ({"TERM": "xterm-256color", "NO_COLOR": "", "COLORTERM": ""}, b"38;5;113", b"38;5;245", b"38;5;252"),
    ],
    ids=str,
)
def test_what_is_written_for_a_terminal(
    environ: dict[str, str], busy: bytes, dim: bytes, popup: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "COLORTERM", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM_PROGRAM", "WT_SESSION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    terminal = Pty()
    os.set_blocking(terminal.master, False)
    colors = terminal.screen.use_colors(os.environ)
    terminal.screen.register_palette(palette(DARK, colors))
    terminal.screen.start()
    drawn(terminal, "")
    for attr, begin in (("status busy", busy), ("popup", popup), ("dim", dim)):
        data = drawn(terminal, attr[0] * 4, attr=attr)
        assert (b"m" + attr[:1].encode() not in data) if not begin else b"\x1b[" + begin in data, data
        # bold black is not to be seen where bold makes nothing brighter
        assert b"1;30" not in data
    terminal.close()


def test_a_theme_that_paints_leaves_nothing_of_the_terminals_own(started: Pty) -> None:
    started.screen.set_terminal_properties(colors=256)
    started.screen.register_palette(palette(named("solarized-dark"), 256))
    data = drawn(started, "ab", cursor=(0, 0))
    assert b"48;5;" in data
    assert b"\x1b[K" not in data
    user = attr_of(Style(fg=1), 256)
    assert b"\x1b[31;48;5;" in drawn(started, "cd", cursor=(0, 0), attr=user)


def test_the_background_is_told_between_keys(started: Pty) -> None:
    assert started.screen.ground.is_light is None
    assert started.type(b"a\x1b]11;rgb:ffff/ffff/", b"ffff\x1b", b"\\b") == ["a", "b"]
    assert started.screen.ground.is_light
    assert not started.alarms.set


def test_what_only_begins_like_it_is_typed_after_a_moment(started: Pty) -> None:
    assert started.type(b"\x1b]") == []
    started.alarms.go_off()
    assert started.keys == ["meta ]"]


def test_a_terminal_without_an_answer_has_every_key_at_once(started: Pty) -> None:
    assert started.type(b"\x1b[?62;22c", b"\x1b]") == ["meta ]"]


def test_it_is_asked_again_when_the_colours_change(started: Pty) -> None:
    started.type(b"\x1b]11;rgb:ffff/ffff/ffff\a")
    started.written()
    assert started.type(b"\x1b[?997;1n") == []
    assert b"\x1b]11;?" in started.written()
    started.type(b"\x1b]11;rgb:00/00/00\a")
    assert started.screen.ground.is_light is False


def test_it_is_no_longer_told_of_changes_when_it_is_left(started: Pty) -> None:
    started.screen.stop()
    assert b"\x1b[?2031l" in started.written()


@pytest.mark.parametrize("term", ["linux", "vt100"])
def test_a_terminal_that_would_show_it_is_not_asked(pty: Pty, term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", term)
    pty.screen.start()
    assert b"]11;" not in pty.written()


def test_a_link(started: Pty) -> None:
    drawn(started, "")
    started.screen.register_palette_entry("word", "dark red", "")
    data = drawn(started, "x", attr=Linked("word", "https://example.org/"))
    assert b"\x1b[31m\x1b]8;;https://example.org/\x1b\\x" in data
    assert b"]8;" not in drawn(started, "y", attr=Linked("word", "not an address"))


def test_without_a_name_of_urwids_urwid_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr("curses_client.screen._USED", ("_no_such_name",))
    terminal = Pty()
    try:
        terminal.screen.start()
        assert b"\x1b[?7l" not in terminal.written()
        terminal.screen.register_palette_entry("word", "dark red", "")
        data = drawn(terminal, "one", "two", attr=Linked("word", "https://example.org/"))
        assert b"\x1b[0;31;49mone" in data
        assert b"two" in drawn(terminal, "one", "two!")
    finally:
        terminal.close()


def test_the_terminal_does_not_wrap_while_it_is_ours(pty: Pty) -> None:
    pty.screen.start()
    assert b"\x1b[?7l" in pty.written()
    pty.screen.stop()
    assert b"\x1b[?7h" in pty.written()


def test_a_screen_that_is_not_started_draws_nothing(pty: Pty) -> None:
    with pytest.raises(RuntimeError):
        pty.screen.draw_screen((20, 1), canvas("one"))


def test_an_answer_that_is_under_way_is_not_for_the_shell(started: Pty) -> None:
    drawn(started, "one")
    drawn(started, "two")
    answered = threading.Event()

    def answer() -> None:
        answered.set()
        os.write(started.master, b"\x1b[0n")

    threading.Timer(0.02, answer).start()
    started.screen.stop()
    assert answered.is_set()
    assert started.waiting() == 0


def test_a_terminal_that_does_not_answer_keeps_nobody(started: Pty) -> None:
    drawn(started, "one")
    drawn(started, "two")
    begin = time.monotonic()
    started.screen.stop()
    assert time.monotonic() - begin < 2


def test_what_the_terminal_can_do_beside_that(started: Pty, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    assert started.screen.copy("a")
    assert started.written() == b"\x1b]52;c;YQ==\a"
    assert not started.screen.copy("a" * 100_000)
    assert started.written() == b""
    started.screen.ring()
    assert started.written() == b"\a"
    started.screen.notify("work", "done")
    assert b"work: done" in started.written()


# ---- the cursor's shape, and Esc ---------------------------------------------------------------------------


def test_the_cursor_has_the_shape_of_the_mode_and_its_own_at_the_end(pty: Pty) -> None:
    pty.screen.start()
    pty.written()
    for shape in ("bar", "bar", "block", "underline", "block"):
        pty.screen.shape_cursor(shape)
    assert pty.written() == b"\x1b[6 q\x1b[2 q\x1b[4 q\x1b[2 q"
    pty.screen.stop()
    assert b"\x1b[0 q" in pty.written()
    pty.screen.start()
    pty.written()
    pty.screen.shape_cursor("block")
    assert pty.written() == b"\x1b[2 q"


def test_a_cursor_that_was_left_alone_is_left_alone_at_the_end(pty: Pty) -> None:
    pty.screen.shape_cursor("block")
    pty.screen.start()
    pty.screen.shape_cursor("")
    pty.screen.stop()
    assert b" q" not in pty.written()


@pytest.mark.parametrize("term", ["linux", "vt220", "fbterm"])
def test_a_terminal_that_may_not_know_shapes_is_not_asked(pty: Pty, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    pty.screen.start()
    monkeypatch.setenv("TERM", term)
    pty.screen.shape_cursor("bar")
    pty.screen.stop()
    assert b" q" not in pty.written()


def test_a_lone_esc_is_a_key_after_a_short_time_where_it_is_pressed_all_the_time(pty: Pty) -> None:
    pty.screen.start()
    pty.screen.decide_on_esc(soon=False)
    later = pty.screen.complete_wait
    pty.screen.decide_on_esc(soon=True)
    assert pty.screen.complete_wait <= 0.05 < later
    assert pty.type(b"\x1b") == []
    pty.alarms.go_off()
    assert pty.keys == ["esc"]
