"""The bytes of requests: plain, and wrapped for what stands between us and the terminal."""

import base64
import re

import pytest

from curses_client.osc import CLIPBOARD_LIMIT, copying, notification, through

XTERM = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-1000/default,1,0"}
SCREEN = {"TERM": "screen.xterm-256color", "STY": "1.pts-0.host"}


def unwrapped(data: bytes) -> bytes:
    """Return what GNU screen would pass on."""
    pieces = re.findall(rb"\x1bP(.*?)\x1b\\", data, re.DOTALL)
    assert b"".join(b"\x1bP" + piece + b"\x1b\\" for piece in pieces) == data
    return b"".join(pieces)


def test_copying() -> None:
    assert copying("é\n", XTERM) == b"\x1b]52;c;" + base64.b64encode("é\n".encode()) + b"\a"
    assert copying("", XTERM) == b"\x1b]52;c;\a"
    assert copying("\ud800", XTERM) == b"\x1b]52;c;Pw==\a"


def test_copying_in_tmux_whatever_its_settings() -> None:
    assert copying("a", TMUX) == b"\x1b]52;c;YQ==\a\x1bPtmux;\x1b\x1b]52;c;YQ==\a\x1b\\"


def test_copying_in_screen() -> None:
    data = copying("x" * 10_000, SCREEN)
    assert data is not None
    assert unwrapped(data) == copying("x" * 10_000, XTERM)
    assert max(len(piece) for piece in data.split(b"\x1b\\")) + 2 <= 256


@pytest.mark.parametrize("environ", [XTERM, TMUX, SCREEN])
def test_too_much_to_copy(environ: dict[str, str]) -> None:
    most = CLIPBOARD_LIMIT // 4 * 3
    assert copying("x" * most, environ) is not None
    assert copying("x" * (most + 1), environ) is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        (XTERM, b"\x1b]x\a"),
        (TMUX, b"\x1bPtmux;\x1b\x1b]x\a\x1b\\"),
        (SCREEN, b"\x1bP\x1b]x\a\x1b\\"),
        ({"TERM": "screen-256color"}, b"\x1bP\x1b]x\a\x1b\\"),
        ({"TERM": "screen-256color", "TMUX": "x"}, b"\x1bPtmux;\x1b\x1b]x\a\x1b\\"),
        ({}, b"\x1b]x\a"),
    ],
)
def test_through(environ: dict[str, str], expected: bytes) -> None:
    assert through(b"\x1b]x\a", environ) == expected


def test_a_notification() -> None:
    assert notification("work", "cell 3 is done", XTERM) == (
        b"\x1b]777;notify;work;cell 3 is done\a\x1b]9;work: cell 3 is done\a"
    )
    assert notification("work", "", XTERM).endswith(b"\x1b]9;work\a")


@pytest.mark.parametrize("term", ["xterm-kitty", "xterm-ghostty", "foot", "wezterm"])
def test_one_notification_where_both_would_be_shown(term: str) -> None:
    assert notification("work", "done", {"TERM": term}) == b"\x1b]777;notify;work;done\a"


def test_each_notification_is_wrapped() -> None:
    assert notification("a", "b", TMUX).count(b"\x1bPtmux;") == 2


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("a;b", "c;d"),
        ("\x1b]52;c;YQ==\a", "\x1b\\\x07\x9c"),
        ("4;1;50", "\n\n"),
        ("\u202eevil", "\ud800"),
        ("x" * 999, "y" * 999),
    ],
)
def test_a_notification_is_nothing_else(title: str, body: str) -> None:
    data = notification(title, body, XTERM)
    first, second, rest = data.split(b"\a")
    assert rest == b""
    assert first.startswith(b"\x1b]777;notify;")
    assert re.match(rb"\x1b]9;[^0-9;]", second)
    assert len(data) < 1200
    assert first.count(b";") == 3
    assert all(char.isprintable() for char in data.decode().replace("\x1b", "").replace("\a", ""))
    assert data.count(b"\x1b") == 2


def test_a_notification_without_a_title() -> None:
    assert b"notify;cshell;done" in notification("42", "done", XTERM)
