"""The mouse in the editor: presses and movements in, text with the cursor and what is selected out."""

import pytest

from curses_client.events import MouseDragged, Ticked
from curses_client.layout import layout
from tests.curses_client.drawing import check, drawn
from tests.curses_client.support import NOON, Client, Journal


def press(user: Client, col: int, row: int, times: int = 1) -> Client:
    """Press the button on a column of the editor's text, in a row of it."""
    where = layout(user.state)
    for _ in range(times):
        user.click(1, col + where.margin, row + where.editor_top)
    return user


def drag(user: Client, col: int, row: int) -> Client:
    where = layout(user.state)
    return user.send(MouseDragged(col + where.margin, row + where.editor_top))


def selected(user: Client) -> str:
    return user.state.editor.buffer.selected_text


@pytest.mark.parametrize(
    ("col", "row", "marked"),
    [(0, 0, "|one two\n漢字"), (4, 0, "one |two\n漢字"), (70, 0, "one two|\n漢字"), (2, 1, "one two\n漢|字")],
)
def test_a_press_puts_the_cursor_there(col: int, row: int, marked: str) -> None:
    assert press(Client("one two\n漢字"), col, row).marked == marked


def test_moving_selects() -> None:
    user = drag(press(Client("one two\nthree"), 4, 0), 2, 1)
    assert selected(user) == "two\nth"
    assert selected(drag(user, 1, 0)) == "ne "
    assert selected(press(user, 0, 0)) == ""


@pytest.mark.parametrize(("times", "text"), [(1, ""), (2, "two"), (3, "one two\n"), (4, ""), (5, "two")])
def test_pressed_again_at_once_it_selects_more(times: int, text: str) -> None:
    assert selected(press(Client("one two\nthree"), 5, 0, times)) == text


def test_pressed_again_later_or_elsewhere_it_does_not() -> None:
    user = press(Client("one two"), 5, 0)
    user.send(Ticked(NOON + 1))
    assert selected(press(user, 5, 0)) == ""
    assert selected(press(user, 1, 0)) == ""


@pytest.mark.parametrize(("col", "text"), [(3, "one"), (4, "="), (0, "one"), (99, "")])
def test_what_is_no_word_is_one_character(col: int, text: str) -> None:
    assert selected(press(Client("one =="), col, 0, 2)) == text


def test_past_the_edge_there_is_more_to_select() -> None:
    user = Client("\n".join(map(str, range(30))))
    press(user, 0, 3)
    for _ in range(10):
        drag(user, 0, -1)
        check(user)
    assert user.state.editor.buffer.row == 15
    for _ in range(40):
        drag(user, 0, 30)
        check(user)
    assert user.state.editor.buffer.row == 29
    assert selected(user).startswith("25")


def test_the_text_stands_still_under_a_press() -> None:
    user = Client("\n".join(map(str, range(30))))
    top = user.state.editor.top
    press(user, 0, 2)
    assert user.state.editor.top == top
    assert user.state.editor.buffer.lines[user.state.editor.buffer.row] == "24"


def test_rows_of_a_broken_line() -> None:
    user = Client("x" * 78 + "yz")
    press(user, 1, 1)
    assert user.state.editor.buffer.col == 79
    assert drawn(user).cursor == (2, layout(user.state).editor_top + 1)


def test_a_line_that_is_moved() -> None:
    user = Client("x" * 100 + "yz").press("meta W")
    press(user, 70, 0)
    assert user.state.editor.buffer.col == 102 - 8


def test_what_was_pressed_in_the_output_selects_nothing_here() -> None:
    user = Client("text", journal=Journal().session().cell("a", "1", "x\n"))
    press(user, 1, 0)
    user.click(1, 30, 0)
    user.send(MouseDragged(3, layout(user.state).editor_top))
    assert selected(user) == ""
