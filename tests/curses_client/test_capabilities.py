"""What terminals show beside text."""

import fcntl
import os
import pty
import struct
import termios
from collections.abc import Iterator

import pytest

from curses_client.capabilities import look_of
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
