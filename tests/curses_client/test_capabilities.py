"""What terminals show beside text."""

import fcntl
import os
import pty
import struct
import termios
from collections.abc import Iterator

import pytest

from curses_client.capabilities import depth_of, look_of, says_light
from curses_client.shown import Look

# no descriptor
_NONE = 99_999


@pytest.fixture
def terminal() -> Iterator[int]:
    master, slave = pty.openpty()
    yield slave
    os.close(master)
    os.close(slave)


def resize(terminal: int, *size: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", *size))


@pytest.mark.parametrize(
    ("environ", "colors", "pictures"),
    [
        ({"TERM": "xterm-256color"}, 256, "blocks"),
        ({"TERM": "linux"}, 16, "blocks"),
        ({"TERM": "linux"}, 8, "none"),
        ({"TERM": "vt100"}, 1, "none"),
        ({}, 256, "blocks"),
        ({"TERM": "xterm-kitty"}, 1 << 24, "kitty"),
        ({"TERM": "xterm-ghostty"}, 1 << 24, "kitty"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "ghostty"}, 256, "kitty"),
        ({"TERM": "foot"}, 1 << 24, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, 256, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}, 256, "sixel"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, 256, "blocks"),
        # what is between keeps it to itself
        ({"TERM": "xterm-kitty", "TMUX": "/tmp/tmux"}, 256, "blocks"),
        ({"TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm", "TMUX": "x"}, 256, "blocks"),
        ({"TERM": "foot", "STY": "1.pts"}, 256, "blocks"),
        # NO_COLOR
        ({"TERM": "xterm-kitty"}, 1, "none"),
    ],
)
def test_pictures(environ: dict[str, str], colors: int, pictures: str) -> None:
    found = look_of(environ, colors, _NONE)
    assert (found.pictures, found.colors) == (pictures, colors)


@pytest.mark.parametrize(
    ("size", "character"),
    [
        ((24, 80, 800, 480), (10, 20)),
        # what is left at the edges
        ((24, 80, 807, 491), (10, 20)),
        ((24, 80, 0, 0), (8, 16)),
        ((0, 0, 800, 480), (8, 16)),
        ((0, 0, 0, 0), (8, 16)),
        ((24, 80, 79, 480), (8, 16)),
    ],
)
def test_the_size_of_a_character(terminal: int, size: tuple[int, int, int, int], character: tuple[int, int]) -> None:
    resize(terminal, *size)
    assert look_of({}, 256, terminal).character == character


def test_no_terminal() -> None:
    assert look_of({}, 256, _NONE) == Look(colors=256, pictures="blocks")


def test_a_file_is_no_terminal() -> None:
    reading, writing = os.pipe()
    assert look_of({}, 256, reading).character == (8, 16)
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(
    ("environ", "has", "bright_is_bold", "used"),
    [
        ({"TERM": "xterm-256color"}, 256, False, 256),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, 256, False, 1),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, 256, False, 256),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, 1 << 24, False, 1 << 24),
        ({"TERM": "xterm-direct"}, 1 << 24, False, 1 << 24),
        ({"TERM": "xterm"}, 16, False, 16),
        ({"TERM": "linux"}, 16, True, 8),
        ({"TERM": "screen"}, 16, True, 8),
        ({"TERM": "screen-256color"}, 256, True, 256),
        ({"TERM": "rxvt-88color"}, 88, False, 16),
        ({"TERM": "vt100"}, 16, True, 1),
        ({"TERM": "vt220"}, 16, True, 1),
        ({"TERM": "xterm-mono"}, 16, False, 1),
        ({"TERM": "vt100", "COLORTERM": "1"}, 256, True, 256),
        ({"TERM": "dumb"}, 1, True, 1),
    ],
)
def test_no_more_colours_are_used_than_there_are(
    environ: dict[str, str], has: int, bright_is_bold: bool, used: int
) -> None:
    assert depth_of(environ, has, bright_is_bold=bright_is_bold) == used


@pytest.mark.parametrize(
    ("value", "is_light"),
    [
        ("15;0", False),
        ("0;15", True),
        ("0;default;15", True),
        ("12;8", False),
        ("0;7", True),
        ("", False),
        ("x", False),
    ],
)
def test_the_background_as_the_terminal_says_it(value: str, is_light: bool) -> None:
    assert says_light({"COLORFGBG": value}) is is_light
