"""The mouse on pop-ups, the queue, long texts and the names of keys."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.widgets.root import Root
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.support import Client, Journal


def offered(*matches: str, text: str = "x = on", start: int = 4, rows: int = 24) -> Client:
    return Client(text, rows=rows).press("tab").offer(*matches, start=start)


def row_of(user: Client, text: str) -> int:
    return next(number for number, line in enumerate(lines(user)) if text in line)


def test_a_click_selects_a_match_and_another_takes_it() -> None:
    user = offered("once", "only", "one")
    row = row_of(user, "only")
    user.click(1, 6, row)
    assert user.state.completion is not None
    assert user.state.completion.selected == 1
    assert user.text == "x = on"
    user.click(1, 6, row)
    assert user.state.completion is None
    assert user.text == "x = only"


def test_the_match_under_the_mouse_is_the_one_that_is_drawn_there() -> None:
    for row in range(13, 21):
        user = offered(*(f"on{number:02}" for number in range(40))).press(*["tab"] * 20)
        name = next(word for word in lines(user)[row].split() if word.startswith("on"))
        user.click(1, 6, row)
        completion = user.state.completion
        assert (
            user.text == f"x = {name}" if completion is None else completion.matches[completion.selected].text == name
        )


def test_a_click_beside_the_matches_closes_them() -> None:
    assert offered("once", "only").click(1, 6, 21).state.completion is None


def test_the_wheel_goes_along_the_matches() -> None:
    user = offered("once", "only", "one")
    row = row_of(user, "only")
    user.click(5, 6, row).click(5, 6, row).click(5, 6, row)
    assert user.state.completion is not None
    assert user.state.completion.selected == 2
    user.click(4, 6, row)
    assert user.state.completion.selected == 1


def queued(count: int = 5) -> Client:
    journal = Journal().session().submit("a", "slow()").start("a")
    for number in range(count):
        journal.submit(f"q{number}", f"cell_{number}()")
    return Client(journal=journal).press("f3")


def test_a_click_selects_a_cell_of_the_queue() -> None:
    user = queued()
    row = row_of(user, "3  cell_2()")
    user.click(1, 6, row)
    assert user.state.panel == "q2"
    assert any(attr == "popup selected" for attr, _ in attributes(user, row))
    user.click(1, 6, row_of(user, "Queue:"))
    assert user.state.panel == "q2"


def test_the_wheel_goes_along_the_queue() -> None:
    user = queued(30)
    for _ in range(40):
        user.click(5, 6, 18)
        check(user)
    assert user.state.panel == "q29"
    for _ in range(40):
        user.click(4, 6, 18)
    assert user.state.panel == "q0"


def test_the_wheel_goes_along_a_text_that_is_longer_than_the_editor() -> None:
    user = Client("\n".join(f"line {number}" for number in range(40)))
    user.click(4, 5, 18).click(4, 5, 18)
    assert user.state.editor.buffer.row == 33
    assert user.state.scroll is None
    user.click(5, 5, 18)
    assert user.state.editor.buffer.row == 36


def test_over_a_short_text_it_scrolls_the_output() -> None:
    user = Client("short", journal=Journal().session().cell("c", "x", "line\n" * 100)).click(4, 5, 21)
    assert user.state.scroll is not None


def key_at(user: Client, text: str, row: int | None = None) -> str | None:
    """Return the key that is pressed by a click on a text."""
    row = row_of(user, text) if row is None else row
    return Root(user.state, 256).key_at(lines(user)[row].index(text), row)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("F1 help", "f1"),
        ("help", "f1"),
        ("F9 restart", "f9"),
        ("restart", "f9"),
        ("^D leave", "ctrl d"),
        ("Python 3", None),
    ],
)
def test_a_click_on_a_hint_is_the_key(text: str, key: str | None) -> None:
    assert key_at(Client(cols=120), text, 23) == key


@pytest.mark.parametrize(("text", "key"), [("y yes", "y"), ("variables", "y"), ("Esc no", "esc"), ("kernel?", None)])
def test_a_question_is_answered_by_a_click(text: str, key: str | None) -> None:
    assert key_at(Client().press("f9"), text, 23) == key


def test_the_keys_of_the_queue_can_be_clicked() -> None:
    user = queued()
    assert key_at(user, "d drop") == "d"
    assert key_at(user, "Esc close") == "esc"


def test_the_rule_names_keys_too() -> None:
    assert key_at(Client("a\nb"), "Alt-Enter runs") == "meta enter"


def test_what_is_printed_names_no_key() -> None:
    user = Client(journal=Journal().session().cell("c", "x", "F1 help\n"))
    assert key_at(user, "F1 help", row_of(user, "F1 help")) is None


@given(
    st.integers(1, 5), st.integers(0, 130), st.integers(0, 50), st.sampled_from([(80, 24), (20, 5), (3, 2), (120, 40)])
)
@settings(max_examples=60, deadline=None)
def test_the_mouse_harms_nowhere(button: int, col: int, row: int, size: tuple[int, int]) -> None:
    for user in (offered("once", "only"), queued(), Client("a\n" * 30), Client().press("f9")):
        user.set(cols=size[0], rows=size[1])
        Root(user.state, 256).key_at(col, row)
        text = user.text
        check(user.click(button, col % size[0], row % size[1]))
        assert user.text.startswith(text[:5])
