"""Reading the output with a cursor: keys in, the line it is on out; and that no keys whatever break it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import (
    MouseDragged,
    Pasted,
    ReadFile,
    RecordsRead,
    Resized,
    SearchGoesOn,
    Submit,
)
from curses_client.layout import layout
from curses_client.outputs import Render
from curses_client.scrolling import end_anchor, top_anchor
from curses_client.shown import Figure, Fold, Line, Look, Rendered
from curses_client.state import Anchor
from curses_client.text.clusters import graphemes
from curses_client.transcript import Cell
from tests.curses_client.drawing import check, drawn, lines
from tests.curses_client.reading import (
    NUMBERS,
    TRACEBACK,
    check_cursor,
    fail,
    keys_of,
    line_of,
    session,
    under_cursor,
)
from tests.curses_client.support import Client, Journal, record

FEW = "".join(f"{number}\n" for number in range(90))


def reading(journal: Journal, keys: str = "", **size: int) -> Client:
    """Begin to read, and press keys."""
    user = Client(journal=journal, **size).press("f5")  # type: ignore[arg-type]
    return user.press(*keys.split(", ")) if keys else user


def pressed(user: Client, keys: str) -> Client:
    return user.press(*(" " if key == "space" else key for key in keys.split(", ")))


# ---- in and out --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["f5"])
def test_reading_begins_at_the_end_and_ends_there(key: str) -> None:
    user = Client("draft", journal=session(FEW)).press(key)
    assert line_of(user.state) == "89"
    user.press("j", "1", "k", key)
    assert (user.state.cursor, user.state.scroll, user.text) == (None, None, "draft")


def test_reading_begins_where_the_pane_is() -> None:
    user = Client(journal=session(FEW)).press("page up", "f5")
    assert user.state.scroll == Anchor(0, 52)
    assert line_of(user.state) == "70"


def test_there_is_nothing_to_read_yet() -> None:
    user = Client("draft").press("f5")
    assert user.state.cursor is None
    assert user.message == "there is no output yet"
    assert user.press("x").text == "draftx"


@pytest.mark.parametrize("key", ["q", "f5", "esc"])
def test_it_is_left(key: str) -> None:
    user = reading(session(FEW)).press(key)
    assert (user.state.cursor, user.state.scroll) == (None, None)
    assert user.press("a").text == "a"


def test_esc_drops_one_thing_after_the_other() -> None:
    user = pressed(reading(session(FEW)), "/, 8, enter, v")
    for left in ((True, False, True), (False, False, True), (False, False, False)):
        user.press("esc")
        state = user.state
        assert (state.search is not None, state.cursor is not None and state.cursor.mark is not None) == left[:2]
        assert (state.cursor is not None) is left[2]


def test_letters_do_not_reach_the_editor() -> None:
    user = Client("draft", journal=session(FEW)).press("f5")
    assert user.press(*"jkhlgGwvVCmnNzxyzq").text == "draft"


def test_ctrl_c_with_nothing_to_interrupt_keeps_what_was_written() -> None:
    assert Client("draft", journal=session(FEW)).press("f5", "ctrl c").text == "draft"


def test_a_paste_is_for_the_editor() -> None:
    user = reading(session(FEW)).send(Pasted("text"))
    assert (user.text, user.state.cursor) == ("text", None)


@pytest.mark.parametrize("key", ["f5", "meta /"])
def test_what_was_typed_for_input_waits(key: str) -> None:
    user = Client()
    user.journal.submit("c", "input()").start("c").add("input_wanted", "c", request="r", prompt="? ")
    user.read().write("ye").press(key).press("esc", "q")
    assert user.press("f2").answer == "ye"


# ---- moving ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("k", "88"),
        ("up, up", "87"),
        ("k, j", "89"),
        ("j", "89"),
        ("g", "cell 0"),
        ("g, k", "cell 0"),
        ("g, j, j", "1"),
        ("g, G", "89"),
        ("ctrl home, ctrl end", "89"),
        ("meta <, meta >", "89"),
        # a page is the pane but for one line
        ("page up", "70"),
        ("b, b", "51"),
        ("ctrl b, page down", "89"),
        ("g, space", "18"),
        ("g, space, b", "cell 0"),
        ("g, ctrl f, ctrl f", "37"),
        ("ctrl u", "80"),
        ("g, ctrl d", "8"),
        ("g, page up", "cell 0"),
        ("page down", "89"),
    ],
)
def test_by_lines_and_pages(keys: str, line: str) -> None:
    user = pressed(reading(session(FEW)), keys)
    assert line_of(user.state) == line
    check_cursor(user)


@pytest.mark.parametrize(
    ("keys", "col"),
    [
        ("l", 1),
        ("l, l, l", 4),
        ("l, l, l, l", 4),
        ("l, l, l, l, l, l, l", 4),
        ("$", 4),
        ("$, h", 2),
        ("end, left, left", 1),
        ("$, 0", 0),
        ("h", 0),
        ("ctrl e, ctrl a", 0),
        ("right, right, home", 0),
        # up and down keep the column on the screen
        ("l, l, j", 3),
        ("l, l, l, j, k", 4),
        ("$, j", 4),
        ("l, l, l, j, j, k, k", 4),
        # the line in between is shorter
        ("$, j, j, l", 1),
    ],
)
def test_by_characters(keys: str, col: int) -> None:
    # 漢 is one character in two columns, é two characters in one
    user = reading(session("a漢e\u0301x\n12345678\n.\n"), "g, j")
    assert pressed(user, keys).state.cursor.col == col  # type: ignore[union-attr]


def test_right_never_moves_left() -> None:
    user = pressed(reading(session("123456\nab\n"), "g, j"), "$, j")
    cols = [user.state.cursor.col for _ in range(3) if user.press("l").state.cursor]  # type: ignore[union-attr]
    assert cols == [2, 2, 2]


def test_pane_and_cursor_move_together_by_pages() -> None:
    user = reading(session(NUMBERS, NUMBERS, NUMBERS), "g, page down")
    assert user.state.scroll == Anchor(0, 19)
    shown, line = lines(user), line_of(user.state)
    assert pressed(user, "page down").state.scroll == Anchor(0, 38)
    assert lines(user)[0] == shown[19]
    assert (lines(user.press("page up")), line_of(user.state)) == (shown, line)


def test_the_pane_moves_no_more_than_it_has_to() -> None:
    user = reading(session(FEW), "k, k, k")
    end = end_anchor(user.state, layout(user.state))
    assert top_anchor(user.state, layout(user.state)) == end
    assert pressed(user, ", ".join(["k"] * 17)).state.scroll == Anchor(0, end.line - 1)


KEYS_OF_THE_PANE = ["meta up", "ctrl up", "meta down", "meta home", "f4", "ctrl page up", "ctrl page down"]


@pytest.mark.parametrize("key", KEYS_OF_THE_PANE)
def test_the_pane_takes_the_cursor_along(key: str) -> None:
    user = reading(session(FEW), "k, k")
    user.journal.add("kernel_died", reason="x", signal="SIGSEGV", stack="a\nb").cell("d", "d", FEW)
    user.read()
    for start in ("g", "G"):
        user.press(start)
        for _ in range(3):
            check_cursor(user.press(key))
    assert user.state.cursor is not None


def test_the_wheel_takes_the_cursor_along() -> None:
    user = reading(session(FEW))
    for _ in range(12):
        check_cursor(user.click(4, 5, 5))
    assert line_of(user.state) != "89"


# ---- jumping -----------------------------------------------------------------------------------------------


def jumbled() -> Journal:
    journal = session("one\n", "two\n")
    fail(journal, "f1", 3)
    journal.add("kernel_died", reason="x", signal="SIGKILL", stack="why\nit died")
    journal.add("kernel_starting").add("kernel_started", pid=3, restarted=True)
    journal.cell("c7", "cell 7", "seven\n", count=7)
    fail(journal, "f2", 8)
    return journal.cell("c9", "cell 9", "nine\n", count=9)


@pytest.mark.parametrize(
    ("keys", "line", "message"),
    [
        ("{", "cell 9", ""),
        ("{, {", "boom()", ""),
        ("{, {, {", "cell 7", ""),
        # a notice is no cell
        ("{, {, {, {, }", "cell 7", ""),
        ("g, }", "cell 1", ""),
        ("g, meta page down, meta page up", "cell 0", ""),
        ("g, {", "cell 0", "there is no other cell"),
        ("}", "nine", "there is no other cell"),
        ("g, e", "ValueError: why", ""),
        ("g, e, e, }", "cell 9", ""),
        ("e", "nine", "there is no other error"),
        ("E, {", "boom()", ""),
        ("E, E, {, {", "cell 1", ""),
        ("E, E, E", "ValueError: why", "there is no other error"),
        ("c, 7, enter", "cell 7", ""),
        ("c, space, 7, space, enter", "cell 7", ""),
        ("c, 5, enter", "nine", "there is no cell 5"),
        ("c, x, enter", "nine", "that is not a number"),
        ("c, enter", "nine", ""),
        ("c, 7, esc", "nine", ""),
        ("c, " + "9, " * 30 + "enter", "nine", "there is no cell 999999999"),
        ("c, " + "space, " * 9 + "7, enter", "cell 7", ""),
        (".", "nine", "no cell runs"),
        ("g, m, G, '", "cell 0", ""),
        ("g, m, G, ', '", "nine", ""),
        ("'", "nine", "nothing is marked"),
        ("g, q, f5, '", "cell 0", ""),
    ],
)
def test_jumps(keys: str, line: str, message: str) -> None:
    user = pressed(reading(jumbled()), keys)
    assert line_of(user.state) == line
    if message:
        assert user.message == message
    check_cursor(user)


def test_from_the_editor_to_where_one_was() -> None:
    user = reading(session(FEW), "g, q").press("meta '")
    assert line_of(user.state) == "cell 0"


def test_the_newest_cell_with_a_count() -> None:
    journal = session("old\n")
    journal.add("kernel_starting").add("kernel_started", pid=3, restarted=True).cell("d", "cell 0 again", count=1)
    assert line_of(pressed(reading(journal), "g, c, 1, enter").state) == "cell 0 again"


def test_to_what_the_running_cell_prints() -> None:
    journal = session(NUMBERS).submit("r", "loop()").start("r", 2).print("r", "a\nb\n").submit("w", "waits")
    user = pressed(reading(journal), "g, .")
    assert line_of(user.state) == "b"


def test_a_jump_shows_what_follows_and_a_little_of_what_was_before() -> None:
    user = pressed(reading(session(*[FEW] * 5)), "g, c, 3, enter")
    shown = lines(user)
    row = next(number for number, text in enumerate(shown) if "cell 2" in text)
    assert 3 <= row <= 6
    assert "12" in shown[row + 13]


def test_a_mark_on_what_was_cleared_since() -> None:
    user = Client()
    user.journal.submit("c", "source").start("c").print("c", FEW)
    user.read().press("f5", "m", "q")
    user.journal.add("clear_output", "c").print("c", "new\n")
    user.read().press("meta '")
    assert line_of(user.state) == "new"
    check_cursor(user)


# ---- while more comes --------------------------------------------------------------------------------------


def test_the_cursor_stays_while_more_comes() -> None:
    user = reading(session(FEW), "k, k")
    shown = lines(user)[:20]
    user.journal.cell("d", "next", NUMBERS)
    user.read()
    assert line_of(user.state) == "87"
    assert lines(user)[:20] == shown


def test_an_output_does_not_fold_under_the_cursor() -> None:
    user = Client()
    user.journal.submit("c", "loop()").start("c").print("c", FEW)
    user.read().press("f5", *["k"] * 40)
    before = line_of(user.state), lines(user)[:19]
    for _ in range(30):
        user.journal.print("c", FEW)
        user.read()
    assert (line_of(user.state), lines(user)[:19]) == before
    user.press("q")
    assert any("lines" in row and "…" in row for row in lines(user.press("page up", "page up", "page up")))


def test_output_that_is_cleared_under_the_cursor() -> None:
    user = Client()
    user.journal.submit("c", "source").start("c").print("c", FEW)
    user.read().press("f5", "v", "k", "k")
    user.journal.add("clear_output", "c").print("c", "new\n")
    check_cursor(user.read())
    assert line_of(user.state) == "new"
    check(user)


def running(rows: int = 24) -> Client:
    user = Client(rows=rows, journal=session(FEW))
    user.journal.submit("r", "loop()").start("r", 2).print("r", FEW + "at 9 %\n")
    return user.read()


@pytest.mark.parametrize(
    "keys", ["f5", "f5, k, j, j", "f5, g, G", "f5, g, page down, page down, page down, G, k", "f5, ."]
)
def test_the_cursor_is_not_behind_what_tells_how_far_the_running_cell_is(keys: str) -> None:
    user = pressed(running(), keys)
    assert "at 9 %" in lines(user)[19]
    assert "●" in lines(user)[19]
    shown = under_cursor(user)
    assert shown is not None
    assert shown.startswith(line_of(user.state))
    if keys.endswith(("G", ".", "f5")):
        assert lines(user)[18].strip() == "at 9 %"


# ---- wide lines --------------------------------------------------------------------------------------------


def table(bundle: Any, metadata: Any, look: Look, opened: frozenset[str]) -> Rendered:
    """Show every value as a table whose first four columns are its index."""
    body = tuple(Line(f"{row:<4}{'0123456789' * 30}") for row in range(3))
    return Rendered(body, wraps=False, held_cols=4)


def folded_table(bundle: Any, metadata: Any, look: Look, opened: frozenset[str]) -> Rendered:
    """Show every value as such a table with a fold below it."""
    body = table(bundle, metadata, look, opened).lines
    return Rendered((*body, Line("… 70 rows", Fold("rows"), stays=True)), wraps=False, held_cols=4)


def with_table(render: Render = table) -> Client:
    user = reading(session("x\n"))
    user.state.transcript.pane.render = render
    user.journal.submit("t", "t").start("t", 2)
    user.journal.add("execute_result", "t", data={"text/html": "<table>"}, metadata={}, execution_count=2).end("t")
    return user.read().press("G", "k")


def test_lines_are_broken_or_moved_along() -> None:
    user = reading(session("x" * 100 + "y" * 100 + "\n"), "g, j")
    assert [row.strip("╰ ") for row in lines(user)[1:4]] == ["x" * 76, "x" * 24 + "y" * 52, "y" * 48]
    user.press("w")
    assert [row.strip("╰ ") for row in lines(user)[1:3]] == ["x" * 75 + "…", ""]
    user.press(">", ">")
    assert lines(user)[1][4:] == "…" + "x" * 74 + "…"
    user.press("<", "<", "<")
    assert user.state.left_col == 0
    assert user.press("w").state.left_col == 0


@pytest.mark.parametrize("keys", ["$", "$, h, h", "$, 0", "l, $, h, 0, l", "/, y", "/, y, enter, n, n"])
def test_a_line_that_is_not_broken_follows_the_cursor(keys: str) -> None:
    user = pressed(reading(session("x" * 100 + "Y" * 100 + "z\n"), "g, j, w"), keys)
    shown = under_cursor(user)
    cursor = user.state.cursor
    assert shown is not None
    assert cursor is not None
    if not keys.startswith("/, y") or "enter" in keys:
        assert shown[0] == line_of(user.state)[cursor.col]


def test_a_table_is_not_broken_and_keeps_its_index() -> None:
    user = with_table()
    assert [row[4:10] for row in lines(user)[3:6]] == ["0   01", "1   01", "2   01"]
    user.press(">")
    assert [row[4:11] for row in lines(user)[3:6]] == ["0   …90", "1   …90", "2   …90"]
    assert lines(user)[3].endswith("…")


def test_what_stands_below_a_table_stays_and_says_that_it_opens() -> None:
    user = with_table(folded_table)
    user.press(">", "G")
    assert user.state.left_col == 8
    assert lines(user)[6].split("  ")[-1].strip() == "Enter opens"
    assert lines(user)[6][4:].startswith("… 70 rows ")
    assert (under_cursor(user) or "").startswith("… 70")
    assert user.press("$").state.left_col == 8


def test_in_a_table_the_cursor_is_where_it_is_shown() -> None:
    user = with_table().press(">", "0")
    # in the index, which stays
    assert (under_cursor(user) or "").startswith("1   …")
    assert drawn(user.press("l", "l")).cursor == (4 + 2, 4)
    user.press("$")
    assert user.state.left_col > 8
    assert (under_cursor(user) or "")[0] == "9"


# ---- the mouse ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cols", "col", "row", "index"),
    [
        ("abcdef", 80, 4, 1, 0),
        ("abcdef", 80, 6, 1, 2),
        ("abcdef", 80, 0, 1, 0),
        ("abcdef", 80, 60, 1, 6),
        ("漢字漢字", 80, 7, 1, 1),
        # 37 columns: a row of 18 ideographs, then one that did not fit
        ("漢" * 40, 41, 4, 2, 18),
        ("漢" * 40, 41, 6, 3, 37),
        ("x" * 100, 41, 5, 2, 38),
    ],
)
def test_a_click_puts_the_cursor_there(text: str, cols: int, col: int, row: int, index: int) -> None:
    user = Client(cols=cols, journal=session(f"{text}\n")).click(1, col, row)
    cursor = user.state.cursor
    assert cursor is not None
    assert (cursor.item, cursor.line, cursor.col) == (0, 1, index)


def test_a_click_in_what_was_moved_along() -> None:
    user = with_table().press(">").click(1, 4 + 10, 3)
    assert user.state.cursor.col == 18  # type: ignore[union-attr]
    assert user.click(1, 4 + 2, 3).state.cursor.col == 2  # type: ignore[union-attr]


@pytest.mark.parametrize("row", [2, 5, 19])
def test_a_click_below_the_last_line_does_nothing(row: int) -> None:
    user = Client("draft", journal=session("a\n")).click(1, 5, row)
    assert (user.state.cursor, user.text) == (None, "draft")


def test_a_click_on_how_far_the_running_cell_is_does_nothing() -> None:
    user = running().press("page up")
    assert user.click(1, 5, 19).state.cursor is None
    assert user.click(1, 5, 18).state.cursor is not None


def test_a_click_opens_what_is_folded_and_leaves_the_keys_where_they_are() -> None:
    user = Client("draft", journal=session(NUMBERS)).press("meta home")
    row = next(number for number, text in enumerate(lines(user)) if "950 lines" in text)
    assert "click opens" in lines(user)[row]
    user.click(1, 10, row)
    assert (user.state.cursor, user.text) == (None, "draft")
    assert lines(user)[row].strip() == "10"


@pytest.mark.parametrize(
    ("drags", "selected"),
    [
        ([(6, 2)], (0, 1, 1)),
        ([(6, 2), (9, 3)], (0, 1, 1)),
        ([(5, 1)], (0, 1, 1)),
        # below the pane there is one more line each time
        ([(5, 23)], (0, 1, 1)),
    ],
)
def test_a_drag_selects(drags: list[tuple[int, int]], selected: tuple[int, int, int]) -> None:
    user = Client(journal=session(FEW)).press("meta home").click(1, 5, 1)
    for col, row in drags:
        check_cursor(user.send(MouseDragged(col, row)))
    cursor = user.state.cursor
    assert cursor is not None
    assert (cursor.mark, cursor.unit) == (selected, "character")
    assert cursor.line == min(drags[-1][1], 20)
    check(user)


def test_a_drag_begins_in_the_output() -> None:
    user = Client("text", journal=session(FEW)).click(1, 2, 21).send(MouseDragged(5, 5))
    assert (user.state.cursor, user.text) == (None, "text")


def test_a_click_in_the_editor_goes_back_there() -> None:
    user = pressed(Client("draft", journal=session(FEW)), "f5, /, 8").click(1, 3, 21)
    assert (user.state.cursor, user.state.asking, user.marked) == (None, None, "dr|aft")
    assert user.write("!").text == "dr!aft"


# ---- opening -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["enter", "o", "tab"])
def test_what_is_folded_opens(key: str) -> None:
    user = reading(session(NUMBERS), "g, " + "j, " * 10 + "j")
    assert line_of(user.state) == "… 950 lines"
    user.press(key)
    assert line_of(user.state) in ("10", "0")
    assert user.state.transcript.items[0].height == 1001
    user.press("tab")
    assert user.state.transcript.items[0].height == 1 + 10 + 1 + 40
    check_cursor(user)


@pytest.mark.parametrize(("keys", "message"), [("g, enter", "nothing opens"), ("g, tab", "not long enough")])
def test_what_does_not_open(keys: str, message: str) -> None:
    assert message in pressed(reading(session("a\n")), keys).message


def test_a_long_source_is_folded() -> None:
    journal = Journal().session().cell("c", "\n".join(f"x{number}" for number in range(100)))
    user = reading(journal, "g")
    assert user.state.transcript.items[0].height == 10 + 1 + 5
    assert user.press("tab").state.transcript.items[0].height == 100
    assert user.press("tab").state.transcript.items[0].height == 16


def test_the_details_of_a_notice_open() -> None:
    user = pressed(reading(jumbled()), "g, }, }, }, k, k")
    while user.state.cursor.item != 3:  # type: ignore[union-attr]
        user.press("k")
    assert user.press("enter").state.transcript.items[3].height == 3
    check(user)
    assert user.press("tab").state.transcript.items[3].height == 1


def error(keys: str) -> Client:
    journal = session("one\n")
    fail(journal, "f", 2)
    return pressed(reading(journal), keys)


@pytest.mark.parametrize(
    ("line", "opened"),
    [
        ("File /home/ada/own.py:12, in g()", ReadFile("/home/ada/own.py", 12)),
        ("---> 12 f(x)", ReadFile("/home/ada/own.py", 12)),
        ("File /usr/lib/python3.11/site-packages/numpy/core.py:7, in f(x)", None),
    ],
)
def test_a_frame_opens_its_file(line: str, opened: ReadFile | None) -> None:
    user = error("E, " + "j, " * 20 + "k")
    user.press("g")
    for _ in range(30):
        if "2 frames in numpy" in line_of(user.state):
            user.press("enter")
        if line_of(user.state) == line:
            break
        user.press("j")
    assert line_of(user.state) == line
    path = "/usr/lib/python3.11/site-packages/numpy/core.py"
    assert user.press("enter").took(ReadFile) == [opened or ReadFile(path, 7)]


def test_a_file_on_another_machine_is_not_opened() -> None:
    user = error("G").set(host="far")
    while "own.py" not in line_of(user.state):
        user.press("k")
    assert user.press("enter").took(ReadFile) == []
    assert "far" in user.message


@pytest.mark.parametrize(("number", "line"), [(1, "x0"), (5, "x4"), (50, "x49"), (100, "x99"), (0, "x0"), (999, "x99")])
def test_a_frame_of_a_cell_goes_to_its_line(number: int, line: str) -> None:
    journal = Journal().session().cell("c", "\n".join(f"x{n}" for n in range(100)), count=2)
    fail(journal, "f", 3, [f"Cell In[2], line {number}", "ValueError: why"])
    user = reading(journal)
    while not line_of(user.state).startswith("Cell In[2]"):
        user.press("k")
    assert line_of(user.press("enter").state) == line
    check_cursor(user)


def test_a_single_frame_folds() -> None:
    user = error("G")
    while line_of(user.state) != "---> 12 f(x)":
        user.press("k")
    height = user.state.transcript.items[-1].height
    assert line_of(user.press("tab").state) == "… File /home/ada/own.py:12, in g()"
    assert user.state.transcript.items[-1].height == height - 1
    check_cursor(user)
    assert line_of(user.press("enter").state) == "File /home/ada/own.py:12, in g()"
    assert user.state.transcript.items[-1].height == height


def test_a_frame_of_a_cell_that_is_not_there() -> None:
    journal = fail(Journal().session(), "f", 3, ["Cell In[99], line 1", "ValueError: why"])
    user = reading(journal)
    while not line_of(user.state).startswith("Cell In[99]"):
        user.press("k")
    assert "there is no cell 99" in user.press("enter").message


def figure(bundle: Any, metadata: Any, look: Look, opened: frozenset[str]) -> Rendered:
    """Show every value as a picture."""
    return Rendered((Line("▀▀▀", Figure("image/png")),))


def test_a_picture_fills_the_screen_and_goes() -> None:
    user = reading(session("x\n"))
    user.state.transcript.pane.render = figure
    user.journal.submit("t", "t").start("t", 2).add("display_data", "t", data={"image/png": "AAAA"}, metadata={}).end(
        "t"
    )
    user.read().press("G", "enter")
    assert user.state.picture is not None
    assert user.state.picture.picture_suffix == ".png"
    check(user)
    # a key that means nothing there does nothing
    assert user.press("j", "x").state.picture is not None
    assert user.press("q").state.picture is None
    assert user.state.cursor is not None


# ---- cells -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "code", "text"), [("", "a\n  b", "a\n  b"), ("mine", "a", "a"), ("", "a\r\n\tb\x1b", "a\n    b")]
)
def test_a_source_goes_to_the_editor(draft: str, code: str, text: str) -> None:
    user = Client(draft, journal=Journal().session().cell("c", code, "out\n")).press("f5", "i")
    assert (user.text, user.state.cursor) == (text, None)
    assert ("Ctrl-_" in user.message) is bool(draft)
    assert user.press("ctrl _").text == draft


def test_a_cell_runs_again() -> None:
    user = Client("draft", journal=session("out\n")).press("f5", "r")
    assert user.took(Submit) == [Submit("cell 0", layout(user.state).text)]
    assert (user.text, user.state.cursor) == ("draft", None)


@pytest.mark.parametrize(("key", "message"), [("i", "no cell here"), ("r", "no cell here")])
def test_a_notice_is_no_cell(key: str, message: str) -> None:
    journal = session("x\n").add("kernel_died", reason="x", signal="SIGKILL")
    user = reading(journal, "G").press(key)
    assert message in user.message
    assert user.took(Submit) == []


def test_in_an_ended_session_nothing_runs_again() -> None:
    user = reading(session("x\n").add("session_ended", reason="x"), "g").press("r")
    assert (user.took(Submit), "ended" in user.message) == ([], True)


def test_who_only_looks_runs_nothing() -> None:
    user = reading(session("x\n")).set(read_only=True).press("r")
    assert user.took(Submit) == []


# ---- any keys ----------------------------------------------------------------------------------------------

printed = st.sampled_from(
    [
        "a\n",
        "word word\n",
        NUMBERS,
        "漢字 e\u0301 👩\u200d👩\u200d👧\n",
        "x" * 300 + "\n",
        "\x1b[31mred\x1b[0m",
        "10%\r20%\r",
        "\n\n",
    ]
)
sources = st.sampled_from(["x = 1", "def f():\n    return 1\n" * 40, "a\nb", ""])
VALUES: list[dict[str, Any]] = [{"text/plain": "v\nw"}, {"text/html": "<b>"}, {"image/png": "AAAA"}]


class Story:
    """A kernel that does anything that one may do, a step at a time."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._cells = 0
        self._running = ""
        self._asks = False

    def step(self, what: int, text: str, source: str) -> None:
        """Have something happen."""
        journal, cell = self._journal, self._running
        if not cell:
            self._cells += 1
            self._running = f"c{self._cells}"
            journal.submit(self._running, source).start(self._running, self._cells)
            return
        match what:
            case 0:
                self._end()
            case 1:
                journal.add("error", cell, ename="ValueError", evalue="why", traceback=TRACEBACK)
                self._end("error")
            case 2:
                journal.add("clear_output", cell, wait=bool(len(text) % 2))
            case 3:
                display = {"display_id": f"d{len(text) % 2}"}
                value = VALUES[len(text) % 3]
                journal.add("display_data", cell, data=value, metadata={}, transient=display)
            case 4:
                display = {"display_id": f"d{len(text) % 2}"}
                value = VALUES[len(source) % 3]
                journal.add("update_display_data", cell, data=value, metadata={}, transient=display)
            case 5:
                self._asks = not self._asks
                kind = "input_wanted" if self._asks else "input_done"
                journal.add(kind, cell, request=f"r{cell}", **({"prompt": "? "} if self._asks else {}))
            case 6:
                journal.add("kernel_died", reason="x", signal="SIGSEGV", stack="a\nb", cell=cell)
                self._end("error")
                journal.add("kernel_starting").add("kernel_started", pid=3, restarted=True)
            case _:
                journal.print(cell, text, "stderr" if what == 7 else "stdout")

    def _end(self, status: str = "ok") -> None:
        if self._asks:
            self._journal.add("input_done", self._running, request=f"r{self._running}")
            self._asks = False
        self._journal.end(self._running, status)
        self._running = ""


# what leaves the reading mode is rare, or little would be read
MEANT = keys_of("reading", "line", "picture", "output")
KEYS = [key for key in MEANT if key not in ("q", "f5", "esc", "r", "i", "ctrl c")] * 3 + [*MEANT, *"aex1.[(^"]

steps = st.one_of(
    st.tuples(st.just("key"), st.sampled_from(KEYS)),
    st.tuples(st.just("key"), st.sampled_from(KEYS)),
    st.tuples(st.just("key"), st.sampled_from(KEYS)),
    st.tuples(st.just("record"), st.tuples(st.integers(0, 11), printed, sources)),
    st.tuples(
        st.just("size"),
        st.one_of(
            st.sampled_from([(1, 1), (2, 2), (3, 1), (1, 9), (20, 5), (80, 24), (250, 70)]),
            st.tuples(st.integers(1, 90), st.integers(1, 40)),
        ),
    ),
    st.tuples(st.just("search"), st.none()),
    st.tuples(st.just("click"), st.tuples(st.integers(1, 6), st.integers(0, 250), st.integers(0, 70))),
    st.tuples(st.just("drag"), st.tuples(st.integers(0, 250), st.integers(0, 70))),
)


def perform(user: Client, story: Story, what: str, value: Any) -> None:
    match what:
        case "key":
            user.press(value)
        case "record":
            story.step(*value)
            user.read()
        case "size":
            user.send(Resized(*value))
        case "search":
            user.send(SearchGoesOn())
        case "click":
            button, col, row = value
            user.click(button, col % user.state.cols, row % user.state.rows)
        case "drag":
            user.send(MouseDragged(value[0] % user.state.cols, value[1] % user.state.rows))


def check_reading(user: Client) -> None:
    """Check that the screen is whole, and that the cursor stands on the character that it is said to be on."""
    check_cursor(user)
    check(user)
    state = user.state
    cursor, where = state.cursor, layout(state)
    is_covered = state.help_top is not None or state.picture is not None or state.palette is not None
    # a pane that has the keys marks a row of its own
    is_covered = is_covered or state.panes.focus is not None
    if cursor is None or is_covered or state.question is not None or state.asking is not None or not where.output.rows:
        return
    shown = under_cursor(user)
    assert shown is not None, "the cursor is not on the screen"
    item = state.transcript.items[cursor.item]
    if isinstance(item, Cell) and state.wraps and item.wraps(cursor.line) and state.cols > 8:
        assert shown.startswith(next(graphemes(line_of(state)[cursor.col :], 0), ""))


@given(
    st.lists(st.tuples(st.integers(0, 11), printed, sources), max_size=20),
    st.sampled_from([(80, 24), (20, 10), (250, 70), (3, 5)]),
    st.lists(steps, max_size=30),
)
@settings(max_examples=100, deadline=None)
def test_any_keys_while_anything_happens(
    before: list[tuple[int, str, str]], size: tuple[int, int], then: list[tuple[str, Any]]
) -> None:
    journal = Journal().session()
    story = Story(journal)
    for step in before:
        story.step(*step)
    user = Client("draft", cols=size[0], rows=size[1], journal=journal)
    user.state.transcript.pane.render = _any_value
    user.press("f5")
    for what, value in then:
        was_reading, text = user.state.cursor is not None, user.text
        perform(user, story, what, value)
        check_reading(user)
        # one key takes a source into the editor, and says how what was there comes back
        if was_reading and (what, value) != ("key", "i"):
            assert user.text == text


def _any_value(bundle: Any, metadata: Any, look: Look, opened: frozenset[str]) -> Rendered:
    return (figure if "image/png" in bundle else table)(bundle, metadata, look, opened)


# ---- what was before, read later ---------------------------------------------------------------------------


def test_the_cursor_keeps_its_line_when_what_was_before_is_read() -> None:
    old = [record(number + 1, kind, "a", **content) for number, (kind, content) in enumerate(_cell("old", 1))]
    new = [record(number + 11, kind, "b", **content) for number, (kind, content) in enumerate(_cell("new", 2))]
    user = Client(journal=Journal())
    user.send(RecordsRead(tuple(new), 20, preface=()))
    user.press("f5", "k")
    before = line_of(user.state)
    user.send(RecordsRead(tuple(old + new), 20, older=True, complete=True, preface=()))
    check_cursor(user)
    assert line_of(user.state) == before


def _cell(text: str, count: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        ("submitted", {"code": text}),
        ("execute_input", {"code": "", "execution_count": count}),
        ("stream", {"name": "stdout", "text": f"{text} 1\n{text} 2\n"}),
        ("execute_reply", {"status": "ok"}),
    ]


def test_a_drag_below_the_pane_while_a_cell_runs() -> None:
    """The row that tells how far it is covers the last one."""
    journal = session(FEW).submit("z", "z").start("z", 9).print("z", NUMBERS)
    user = Client(journal=journal).click(1, 5, 10)
    for _ in range(3):
        check_cursor(user.send(MouseDragged(0, 20)))


def test_what_is_opened_is_in_sight_as_far_as_there_is_room() -> None:
    user = Client(rows=20)
    user.journal.cell("a", "a()", *[f"line {number}\n" for number in range(200)])
    user.read().press("f5", "g", *["j"] * 11)
    assert "… 150 lines" in under_cursor_row(user)
    user.press("enter")
    assert lines(user)[:3] == ["    line 10", "    line 11", "    line 12"]
    assert drawn(user).cursor == (4, 0)


def under_cursor_row(user: Client) -> str:
    """Return the row of the screen that the cursor is in."""
    cursor = drawn(user).cursor
    assert cursor is not None
    return lines(user)[cursor[1]]
