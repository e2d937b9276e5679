"""The editor pane: what is shown of the text, where the cursor is, what is marked."""

import pytest

from curses_client.events import Resized
from curses_client.layout import layout
from tests.curses_client.drawing import attributes, check, drawn, lines
from tests.curses_client.support import Client


def pane(user: Client, lexer: str = "") -> list[str]:
    """Return the rows of the editor."""
    where = layout(user.state)
    return lines(user, lexer)[where.editor_top : where.editor_top + where.editor]


def runs(user: Client, row: int = 0, lexer: str = "") -> list[tuple[object, str]]:
    return attributes(user, layout(user.state).editor_top + row, lexer)


def test_it_grows_with_its_text_up_to_a_third() -> None:
    for count, height in ((1, 1), (3, 3), (8, 8), (9, 8), (100, 8)):
        assert len(pane(Client("\n".join("x" * count)))) == height


@pytest.mark.parametrize(
    ("keys", "first"),
    [
        ([], "12"),
        (["up"] * 7, "12"),
        (["up"] * 8, "11"),
        (["up"] * 15, "4"),
        (["ctrl home"], "0"),
        (["ctrl home", *["down"] * 7], "0"),
        (["ctrl home", *["down"] * 8], "1"),
    ],
)
def test_the_line_of_the_cursor_is_in_sight(keys: list[str], first: str) -> None:
    user = Client("\n".join(map(str, range(20)))).press(*keys)
    shown = pane(user)
    line = user.state.editor.buffer.lines[user.state.editor.buffer.row]
    assert any(row.strip() == line for row in shown)
    col, row = drawn(user).cursor or (0, 0)
    assert lines(user)[row].strip() == line
    assert col == 1 + user.state.editor.buffer.col
    assert shown[0].strip() == first


def test_a_long_line_moves_under_the_cursor() -> None:
    user = Client("0123456789" * 10 + "end", cols=40).press("meta W")
    assert pane(user)[0].endswith("end")
    assert drawn(user).cursor == (39, layout(user.state).editor_top)
    assert pane(user.press("home"))[0].startswith(" 0123456789")


def test_a_long_line_of_wide_characters() -> None:
    for keys in ([], ["meta W"]):
        user = Client("漢字" * 40, cols=40).press(*keys)
        check(user)
        for _ in range(30):
            check(user.press("left"))


def test_colours() -> None:
    user = Client("def f(x): return 'y'  # z")
    assert ("text", "def f(x): return 'y'  # z") in runs(user)
    kinds = {text: attr for attr, text in runs(user, lexer="python")}
    assert (kinds["def"], kinds["'y'"], kinds["# z"]) == ("keyword", "string", "comment")


@pytest.mark.parametrize(
    ("text", "keys", "marked"),
    [
        ("abcd", ["shift left", "shift left"], ["cd"]),
        ("ab\ncd", ["shift up"], ["", "cd"]),
        ("ab\ncd", ["shift up", "shift home"], ["ab ", "cd"]),
        ("abcd", ["shift left", "esc"], [""]),
        ("漢字", ["shift left"], ["字"]),
    ],
)
def test_what_is_selected(text: str, keys: list[str], marked: list[str]) -> None:
    user = Client(text).press(*keys)
    for lexer in ("", "python"):
        found = [
            "".join(part for attr, part in runs(user, row, lexer) if attr == "selection") for row in range(len(marked))
        ]
        assert [part.rstrip() for part in found] == [part.rstrip() for part in marked]


def test_a_small_screen_has_no_margin() -> None:
    user = Client("ab").send(Resized(20, 5))
    assert pane(user) == ["ab"]
    assert drawn(user).cursor == (2, 3)


def test_a_tab_within_a_line_is_one_column() -> None:
    user = Client("a\tb")
    check(user)
    assert pane(user) == [" a b"]
    assert drawn(user).cursor == (4, 21)
