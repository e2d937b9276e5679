"""The signature beside the line being typed: where it stands and what is marked."""

import pytest

from curses_client.events import Expired, Replied
from kernel.protocol.messages import InspectReply
from tests.curses_client.drawing import attributes, check, drawn, lines
from tests.curses_client.support import Client

SHORT = "f(alpha, beta=1)"
LONG = "f(" + ", ".join(f"parameter_{number}={number}" for number in range(30)) + ")"


def shown(text: str, signature: str = SHORT, **size: int) -> Client:
    """Return a client in the editor of which a call is, the cursor where the bar is."""
    before, _, after = text.partition("|")
    user = Client(before + after, **size).press(*["left"] * len(after))
    while user.state.queries.timer:
        user.send(Expired(user.state.queries.timer))
    query = user.state.queries.by_itself
    assert query is not None
    return user.send(Replied(query.tag, InspectReply(True, {"text/plain": f"Signature: {signature}"})))


def row_of(user: Client) -> int:
    return next(number for number, line in enumerate(lines(user)) if "f(" in line and "alpha" in line.replace("_", ""))


def marked(user: Client) -> str:
    """Return what of the screen is marked as the current parameter."""
    rows = range(user.state.rows)
    return "".join(text for row in rows for attr, text in attributes(user, row) if attr == "popup current")


@pytest.mark.parametrize(
    ("text", "parameter"),
    [("f(", "alpha"), ("f(1, ", "beta=1"), ("f(beta=", "beta=1"), ("f(1, 2, ", ""), ("f(1|, 2)", "alpha")],
)
def test_the_current_parameter_is_marked(text: str, parameter: str) -> None:
    user = shown(text)
    assert marked(user) == parameter
    check(user)
    check(user, colors=1)


def test_it_moves_on_with_the_comma_without_a_question() -> None:
    user = shown("f(")
    assert marked(user.write("1,")) == "beta=1"
    assert marked(user.press("backspace")) == "alpha"


def test_it_stands_below_the_last_line_and_covers_no_text() -> None:
    user = shown("x = f(")
    cursor = drawn(user).cursor
    assert cursor is not None
    assert row_of(user) == cursor[1] + 1
    assert lines(user)[row_of(user)].index("f(") == lines(user)[cursor[1]].index("f(")
    assert lines(user)[cursor[1]] == " x = f("


def test_above_a_line_that_has_others_below() -> None:
    user = shown("a\nf(|\nb")
    cursor = drawn(user).cursor
    assert cursor is not None
    assert row_of(user) == cursor[1] - 1
    assert lines(user)[cursor[1] + 1] == " b"


def test_the_popup_and_it_stand_beside_each_other() -> None:
    for rows in (24, 12):
        user = shown("f(al", rows=rows).press("tab").offer("alpha=", "album", "alphabet", start=2)
        text = lines(user)
        assert any("album" in line for line in text)
        assert "beta=1" in text[row_of(user)]
        cursor = drawn(user).cursor
        assert cursor is not None
        assert text[cursor[1]] == " f(al"
        check(user)


@pytest.mark.parametrize("number", [0, 7, 29])
@pytest.mark.parametrize("cols", [20, 40, 80])
def test_of_a_long_one_the_current_parameter_is_in_sight(number: int, cols: int) -> None:
    user = shown("f(" + "0," * number, LONG, cols=cols)
    assert marked(user).rstrip("…") in f"parameter_{number}={number}"
    assert len(marked(user)) >= min(cols - 12, 12)
    check(user)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 3), (20, 5), (80, 24), (250, 70)])
@pytest.mark.parametrize("text", ["f(", "x" * 70 + "= f(1, ", "f(\n1,\n", "\n" * 30 + "f("])
def test_it_fits_every_screen(size: tuple[int, int], text: str) -> None:
    for signature in (SHORT, LONG, "f(x: 'Dict[str, 漢字]' = '\x1b[2J\u202e')", "f()"):
        check(shown(text, signature, cols=size[0], rows=size[1]))
