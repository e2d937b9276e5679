"""The signs: of one width, chosen for the terminal, and nothing but ASCII where they are to be."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.signs import ASCII, CONSOLE, UNICODE, Signs, signs_of
from curses_client.terminal import is_ascii
from curses_client.text.width import columns
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import NOON, Client, Journal

NAMES = tuple(Signs.__dataclass_fields__)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("signs", [ASCII, CONSOLE], ids=["ascii", "console"])
def test_a_sign_is_as_wide_in_every_set(signs: Signs, name: str) -> None:
    assert len(signs.of(name)) == len(UNICODE.of(name)) == columns(signs.of(name)) == columns(UNICODE.of(name))


@pytest.mark.parametrize("name", NAMES)
def test_ascii_is_ascii(name: str) -> None:
    assert ASCII.of(name).isascii()
    assert not UNICODE.of(name).isascii()


@pytest.mark.parametrize("signs", [UNICODE, ASCII, CONSOLE], ids=["unicode", "ascii", "console"])
def test_states_of_cells_are_told_apart(signs: Signs) -> None:
    states = [signs.of(name) for name in ("done", "running", "queued", "error", "lost")]
    assert len(set(states)) == len(states)


@given(st.text())
def test_what_is_said_is_as_long(text: str) -> None:
    for signs in (UNICODE, ASCII, CONSOLE):
        assert len(signs.said(text)) == len(text)
    assert UNICODE.said(text) == text


@pytest.mark.parametrize(
    ("choice", "environ", "signs"),
    [
        ("auto", {}, UNICODE),
        ("auto", {"LANG": "C.UTF-8"}, UNICODE),
        ("auto", {"LANG": "de_DE.utf8"}, UNICODE),
        ("auto", {"LANG": "C"}, UNICODE),
        ("auto", {"LANG": "de_DE@euro"}, ASCII),
        ("auto", {"LANG": "en_US.ISO-8859-1"}, ASCII),
        ("auto", {"LC_ALL": "C", "LANG": "en_US.UTF-8"}, ASCII),
        ("auto", {"LC_CTYPE": "ru_RU.KOI8-R", "LANG": "en_US.UTF-8"}, ASCII),
        ("auto", {"LANG": "C.UTF-8", "TERM": "linux"}, CONSOLE),
        ("ascii", {"LANG": "C.UTF-8"}, ASCII),
        ("unicode", {"LC_ALL": "C", "TERM": "linux"}, UNICODE),
    ],
)
def test_the_signs_of_a_terminal(choice: str, environ: dict[str, str], signs: Signs) -> None:
    assert signs_of(choice, environ, is_ascii=is_ascii(environ)) is signs  # type: ignore[arg-type]


def everything() -> Client:
    journal = Journal().session().cell("a", "print(1)", "1\n" * 80).cell("b", "1/0", count=2)
    journal.submit("c", "x").start("c", 3).end("c", "error", ename="E", evalue="e", traceback=[])
    journal.submit("d", "slow()").start("d", 4).submit("e", "y").submit("f", "z")
    journal.add("kernel_died", reason="x", signal="SIGSEGV", running="d", stack="a\nb")
    return Client(journal=journal)


def asked() -> Client:
    user = Client()
    user.journal.submit("c", "input()").start("c").add("input_wanted", "c", request="r", prompt="? ", password=True)
    return user.read().write("abc")


SCREENS: tuple[tuple[str, Callable[[], Client]], ...] = (
    ("empty", Client),
    ("cells", everything),
    ("reading", lambda: everything().press("f5", "g")),
    ("search", lambda: everything().press("f5", "/").write("1.")),
    ("running", lambda: Client(journal=Journal().session().submit("c", "1").start("c")).set(now=NOON + 5)),
    ("queue", lambda: Client(journal=Journal().session().submit("a", "1").start("a").submit("b", "2")).press("f3")),
    ("completion", lambda: Client("n").press("tab").offer(*(f"name{n:02}" * 20 for n in range(50)))),
    ("question", lambda: Client().press("f9")),
    ("password", asked),
    ("message", lambda: Client().press("ctrl c")),
    ("help", lambda: Client().press("f1")),
    ("scrolled", lambda: everything().press("page up")),
    ("long", lambda: Client(journal=Journal().session().cell("a", "x", "é".encode().hex() * 99)).press("f5", "w")),
    ("lost line", lambda: Client().set(line="line lost · trying again")),
)


@pytest.mark.parametrize(("make"), [make for _, make in SCREENS], ids=[name for name, _ in SCREENS])
@pytest.mark.parametrize("cols", [20, 80, 120])
def test_in_ascii_nothing_else_is_drawn(make: Callable[[], Client], cols: int) -> None:
    user = make().set(signs=ASCII, cols=cols)
    check(user)
    assert "\n".join(lines(user)).isascii()


def test_what_a_cell_prints_is_shown_as_it_is() -> None:
    user = Client(journal=Journal().session().cell("a", "print('│…')", "│…●\n")).set(signs=ASCII)
    assert any("│…●" in line for line in lines(user))
