"""The editor pane: what is shown of the text, where the cursor is, what is marked."""

import pytest

from curses_client.events import Resized
from curses_client.layout import layout
from curses_client.widgets import editor
from curses_client.widgets.root import Root
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


# ---- long lines --------------------------------------------------------------------------------------------


def test_a_long_line_is_broken_at_the_edge() -> None:
    user = Client("x = '" + "0123456789" * 8 + "'\nend")
    assert pane(user) == [" x = '" + "0123456789" * 7 + "012", "↪3456789'", " end"]
    assert drawn(user).cursor == (4, layout(user.state).editor_top + 2)
    check(user, lexer="python")
    assert drawn(user.press("up", "end")).cursor == (9, layout(user.state).editor_top + 1)
    assert drawn(user.press("home")).cursor == (1, layout(user.state).editor_top)


def test_a_line_that_fills_its_row_has_room_for_the_cursor() -> None:
    user = Client("x" * 78)
    assert drawn(user).cursor == (79, layout(user.state).editor_top)
    assert len(pane(user)) == 1
    assert len(pane(user.write("y"))) == 2


def test_a_line_of_more_rows_than_there_are_keeps_the_cursor_in_sight() -> None:
    user = Client("".join(chr(65 + number % 26) for number in range(78 * 20)))
    for keys in ([], ["home"], ["end"], ["home", *["right"] * 700], ["ctrl home"]):
        user.press(*keys)
        check(user)
        col, row = drawn(user).cursor or (0, 0)
        at = user.state.editor.buffer.col
        expected = user.text[at : at + 1]
        assert lines(user)[row][col : col + 1] == expected
        assert len(pane(user)) == 8


@pytest.mark.parametrize("size", [(20, 5), (5, 3), (1, 1), (21, 6), (120, 40)])
def test_long_lines_fit_every_screen(size: tuple[int, int]) -> None:
    user = Client("漢字 x\t" * 40 + "\n" + "y" * 200, cols=size[0], rows=size[1])
    for key in ("up", "end", "home", "meta W", "end", "meta a", "ctrl w", "ctrl y", "meta y"):
        check(user.press(key), lexer="python")


# ---- brackets and hits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "look", "marked"),
    [
        ("f(a)", "bracket", ["(", ")"]),
        ("f(')'", "bracket", []),
        ("f)", "bracket wrong", [")"]),
        ("f(a]", "bracket wrong", ["(", "]"]),
        ("# )", "bracket wrong", []),
        ("f(", "bracket", []),
    ],
)
def test_brackets_at_the_cursor(text: str, look: str, marked: list[str]) -> None:
    assert [part for attr, part in runs(Client(text), lexer="python") if attr == look] == marked


def test_without_colours_brackets_are_shown_too() -> None:
    assert [part for attr, part in runs(Client("f(a)")) if attr == "bracket"] == ["(", ")"]


def test_rows_drawn_before_are_drawn_anew_when_they_change() -> None:
    user = Client("def f():\n    return 1")
    root = Root(user.state, 256)
    root.use_lexer("python")
    for keys in (["x"], ["home"], ["shift end"], ["meta a"], ["esc"], ["meta W"], ["(", ")"], ["ctrl s", "r"], ["esc"]):
        root.show(user.press(*keys).state)
        size = user.state.cols, user.state.rows
        fresh = Root(user.state, 256)
        fresh.use_lexer("python")
        assert list(root.render(size).content()) == list(fresh.render(size).content())


# ---- long texts --------------------------------------------------------------------------------------------


def test_a_long_text_is_coloured_from_near_until_all_of_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    user = Client("s = '''\n" + "x = 'y'\n" * 500)
    root = Root(user.state, 256)
    root.use_lexer("python")
    size = user.state.cols, user.state.rows
    monkeypatch.setattr(editor, "BUDGET", 0.0)
    row = layout(user.state).editor_top
    first = list(root.render(size).content())[row]
    assert root.is_unfinished
    assert ("string", None, b"'y'") in first
    # a key does not wait
    root.show(user.press("(").state)
    assert b"(" in list(root.render(size).content())[row + 7][1][2]
    for _ in range(100):
        if not root.is_unfinished:
            break
        root.render(size)
    assert ("string", None, b"x = 'y'") in list(root.render(size).content())[row]
