"""Light or dark, found from a terminal that tells its background."""

import pytest

from tests.home import Home
from tests.terminal import CTRL_D, ESC, Terminal

# the status line's background in the light theme, and in the dark one
LIGHT, DARK = b"48;5;253", b"48;5;236"


@pytest.mark.parametrize(
    ("background", "environ", "seen", "other"),
    [
        ("ffff/ffff/ffff", {}, LIGHT, DARK),
        ("fdfd/f6f6/e3e3", {"COLORFGBG": "15;0"}, LIGHT, b"none"),
        ("0000/2b2b/3636", {}, DARK, LIGHT),
        ("", {}, DARK, LIGHT),
        ("", {"COLORFGBG": "0;15"}, LIGHT, DARK),
        ("ffff/ffff/ffff", {"NO_COLOR": "1"}, b"\x1b[", b"48;5;"),
    ],
)
def test_the_theme_suits_it(home: Home, background: str, environ: dict[str, str], seen: bytes, other: bytes) -> None:
    with Terminal(home, environ=environ, background=background) as terminal:
        terminal.ready()
        terminal.type("abc")
        terminal.see_line("abc")
        assert seen in terminal.raw
        assert other not in terminal.raw
        terminal.type("\x15" + CTRL_D)
        terminal.see("q quit")
        terminal.type("q")
        assert terminal.exit() == 0
        assert terminal.modes.left_on == []


def test_an_answer_that_comes_late_is_not_typed(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.wait(lambda: b"]11;?" in terminal.raw, "the question")
        terminal.type("a\x1b]11;rgb:ffff/ff")
        terminal.look()
        terminal.type("ff/ffff" + ESC)
        terminal.look()
        terminal.type("\\b")
        terminal.see("ab")
        assert "rgb" not in terminal.text


def test_a_start_that_fails_leaves_no_answer_to_the_shell(home: Home) -> None:
    (home.path / "config").write_text("")
    with Terminal(home, "-s", "a" * 300, background="ffff/ffff/ffff") as terminal:
        assert terminal.exit() == 1
        assert terminal.waiting() == b""
