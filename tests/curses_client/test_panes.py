"""The parts of the screen: keys and the mouse in, areas and the screen out."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.arrangement import Panes
from curses_client.events import Control, KeepPanes, MouseDragged, Resized
from curses_client.layout import Area, Layout, layout, stands_beside
from kernel.protocol.messages import ColumnsRequest
from tests.curses_client.drawing import check, drawn, lines
from tests.curses_client.files.support import opened
from tests.curses_client.support import Client, Journal
from tests.curses_client.test_layout import filled

KEYS = ["f12", "meta m", "meta B", "meta +", "meta -", "meta 0", "meta X", "f3", "f5", "esc", "j", "x"]


def user(cols: int = 80, rows: int = 24, waiting: int = 2) -> Client:
    """A client with something in its output, and cells that wait."""
    journal = Journal().session().cell("a", "a()", "one\n", "two\n").submit("c", "run()").start("c", 2)
    for number in range(waiting):
        journal.submit(f"w{number}", f"w{number}()")
    return Client(cols=cols, rows=rows, journal=journal)


def where(client: Client) -> Layout:
    return layout(client.state)


# ---- which part has the keys -------------------------------------------------------------------------------


def test_the_keys_go_from_part_to_part() -> None:
    client = user().press("f3", "f3")
    assert client.state.panes == Panes(open=("queue",))
    assert client.press("f12").state.cursor is not None
    client.press("f12")
    assert (client.state.cursor, client.state.panes.focus) == (None, "queue")
    assert client.press("f12").state.panes.focus is None
    assert client.write("x").text == "x"


def test_without_output_and_panes_the_editor_keeps_them() -> None:
    client = Client().press("f12")
    assert (client.state.cursor, client.state.panes.focus) == (None, None)


def test_a_pane_that_is_open_does_not_take_the_keys() -> None:
    client = user().press("f3", "f3").write("d")
    assert client.text == "d"
    assert any(row.startswith(" Queue: 2 waiting") and row.endswith("F3 goes there") for row in lines(client))
    check(client)


@pytest.mark.parametrize("key", ["meta X", "esc", "q"])
def test_a_pane_is_closed(key: str) -> None:
    client = user().press("f3", key)
    assert client.state.panes == Panes()
    assert where(client) == where(user())


def test_nothing_to_close() -> None:
    assert user().press("meta X").message == "no pane is open"


# ---- where the parts are -----------------------------------------------------------------------------------


def test_a_pane_has_the_rows_that_it_needs_below_the_output() -> None:
    client = user().press("f3")
    assert where(client).panes == (("queue", Area(0, 17, 80, 3)),)
    assert where(client).output == Area(0, 0, 80, 17)


def test_and_half_of_them_at_most() -> None:
    assert where(user(waiting=50).press("f3")).panes == (("queue", Area(0, 10, 80, 10)),)


def test_on_a_wide_screen_it_has_a_column() -> None:
    client = user(cols=250, rows=70).press("f3")
    assert where(client).panes == (("queue", Area(168, 0, 82, 69)),)
    assert where(client).output.cols == where(client).editor.cols == 167
    assert lines(client)[0][167:].startswith("│ Queue: 2 waiting")
    check(client)


def test_the_editor_beside_the_output() -> None:
    client = user(cols=120, rows=40).write("x = 1").press("meta B")
    assert where(client).editor == Area(0, 1, 60, 38)
    assert where(client).output == Area(61, 0, 59, 39)
    assert lines(client)[0].startswith("──── In [")
    assert lines(client)[1].startswith(" x = 1")
    assert "│ " in lines(client)[1]
    assert drawn(client).cursor == (6, 1)
    assert where(client.press("meta B")).output.cols == 120
    check(client)


def test_what_runs_is_told_how_wide_it_is_shown_now() -> None:
    client = user(cols=120, rows=40)
    client.press("meta B")
    assert [effect.content for effect in client.took(Control)] == [ColumnsRequest(where(client).text)]


def test_there_is_no_room_beside_on_a_narrow_screen() -> None:
    client = user(cols=50).press("meta B")
    assert client.message == "that takes 61 columns"
    assert not client.state.panes.beside


def test_what_stands_beside_goes_below_when_the_window_becomes_narrow() -> None:
    client = user(cols=120, rows=40).press("meta B").send(Resized(50, 40))
    assert where(client).output.cols == where(client).editor.cols == 50
    assert where(client.send(Resized(120, 40))).output.cols == 59


# ---- sizes -------------------------------------------------------------------------------------------------


def test_the_editor_grows_and_shrinks() -> None:
    client = user(rows=40)
    sizes = [where(client.press(key)).editor.rows for key in ("meta +", "meta =", "meta -", "meta -", "meta -")]
    assert sizes == [3, 5, 3, 1, 1]
    assert client.took(KeepPanes)[-1].panes == client.state.panes


def test_while_the_output_is_read_it_is_what_grows() -> None:
    client = user(rows=40).press("meta +", "meta +", "f5")
    before = where(client).output.rows
    assert where(client.press("meta +")).output.rows == before + 2


def test_a_pane_grows() -> None:
    client = user(waiting=50).press("f3")
    assert where(client.press("meta +")).output.rows == 8
    assert where(client.press("meta -", "meta -")).output.rows == 12


def test_a_column_grows() -> None:
    client = user(cols=250, rows=70).press("f3")
    assert [where(client.press(key)).panes[0][1].cols for key in ("meta +", "meta +", "meta -")] == [88, 94, 88]


def test_sizes_go_with_the_window() -> None:
    client = user(cols=120, rows=40).press("meta B", *["meta +"] * 5)
    wide = where(client).editor.cols / 120
    client.send(Resized(200, 50))
    assert abs(where(client).editor.cols / 200 - wide) < 0.02


def test_by_default_again() -> None:
    client = user(cols=120, rows=40).press("meta B", "meta +", "meta 0")
    assert client.state.panes == Panes()


# ---- alone on the screen -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "name"),
    [("meta m", "editor"), ("f5,meta m", "output"), ("f3,meta m", "queue"), ("f3,f3,meta m", "editor")],
)
def test_the_part_that_has_the_keys_is_alone(keys: str, name: str) -> None:
    client = user().press(*keys.split(","))
    assert client.state.panes.zoomed == name
    area = {"editor": where(client).editor, "output": where(client).output, "queue": where(client).pane("queue")}[name]
    assert area is not None
    assert area.rows >= 19
    check(client)
    assert client.press("meta m").state.panes.zoomed is None


def test_the_one_that_gets_the_keys_is_alone_then() -> None:
    client = user().press("f3", "meta m", "f12")
    assert client.state.panes.zoomed == "editor"
    assert client.press("f12").state.panes.zoomed == "output"


def test_one_that_is_closed_is_alone_no_longer() -> None:
    assert user().press("f3", "meta m", "esc").state.panes == Panes()


# ---- the mouse ---------------------------------------------------------------------------------------------


def test_the_rule_above_the_editor_is_dragged() -> None:
    client = user(rows=40).click(1, 10, 36)
    assert client.state.dragged == "editor"
    assert where(client.send(MouseDragged(10, 30))).editor.rows == 7
    assert where(client.send(MouseDragged(10, 100))).editor.rows == 1


def test_the_rule_beside_the_editor_is_dragged() -> None:
    client = user(cols=120, rows=40).press("meta B").click(1, 60, 20).send(MouseDragged(40, 20))
    assert where(client).editor.cols == 40
    assert client.click(1, 100, 5).state.dragged is None


def test_the_title_of_a_pane_below_is_dragged() -> None:
    client = user(waiting=50).press("f3").click(1, 5, 10).send(MouseDragged(5, 6))
    assert where(client).panes == (("queue", Area(0, 6, 80, 14)),)


def test_the_edge_of_a_column_is_dragged() -> None:
    client = user(cols=250, rows=70).press("f3").click(1, 167, 10).send(MouseDragged(199, 10))
    assert where(client).panes == (("queue", Area(200, 0, 50, 69)),)


def test_a_click_gives_the_keys() -> None:
    client = user(cols=250, rows=70).press("f3", "f3")
    assert client.click(1, 200, 5).state.panes.focus == "queue"
    assert client.click(1, 10, where(client).editor.row).state.panes.focus is None


def test_the_output_beside_the_editor_is_clicked_where_it_is() -> None:
    client = user(cols=120, rows=40).press("meta B").click(1, 61 + where(user()).gutter, 1)
    assert client.state.cursor is not None
    assert drawn(client).cursor == (61 + where(client).gutter, 1)


# ---- whatever happens --------------------------------------------------------------------------------------


@given(
    st.integers(1, 260),
    st.integers(1, 80),
    st.lists(
        st.sampled_from(KEYS)
        | st.tuples(st.integers(0, 260), st.integers(0, 80))
        | st.builds(Resized, st.integers(1, 260), st.integers(1, 80)),
        max_size=12,
    ),
)
@settings(max_examples=150, deadline=None)
def test_the_parts_fill_the_screen(cols: int, rows: int, steps: list[str | tuple[int, int] | Resized]) -> None:
    client = user(cols, rows)
    for step in steps:
        if isinstance(step, str):
            client.press(step)
        elif isinstance(step, Resized):
            client.send(step)
        else:
            client.click(1, *step)
            client.send(MouseDragged(step[1], step[0]))
        filled(where(client))
        check(client)


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_shares_of_any_size_leave_room_for_all(share: float) -> None:
    panes = Panes(open=("queue",), editor_cols=share, editor_rows=share, side_cols=share, side_rows=share)
    for beside in (False, True):
        for cols, rows in ((250, 70), (80, 24), (20, 5), (1, 1)):
            client = user(cols, rows)
            client.set(panes=replace(panes, beside=beside))
            filled(where(client))
            check(client)


@pytest.mark.parametrize(
    ("panes", "cols", "is_beside"), [("beside", 80, True), ("below", 250, False), ("auto", 250, True)]
)
def test_where_the_editor_is_can_be_configured(panes: str, cols: int, is_beside: bool) -> None:
    client = opened(cols=cols, rows=40)
    client.set(options=replace(client.state.options, panes=panes))
    assert stands_beside(client.state) is is_beside
    # the key is the last word
    client.press("meta B")
    assert stands_beside(client.state) is not is_beside
    check(client)
