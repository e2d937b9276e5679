"""The completion pop-up and the help."""

import pytest

from curses_client.events import Resized
from curses_client.keymap import help_lines, help_rows
from curses_client.layout import MATCHES_SHOWN
from tests.curses_client.drawing import attributes, check, drawn, lines
from tests.curses_client.support import Client, Journal


def offered(text: str, *matches: str, start: int = 0, types: tuple[str, ...] = (), **size: int) -> Client:
    return Client(text, **size).press("tab").offer(*matches, start=start, types=types)  # type: ignore[arg-type]


def popup(user: Client) -> list[str]:
    """Return the rows of the pop-up alone."""
    rows = []
    for number in range(user.state.rows):
        parts = [text for attr, text in attributes(user, number) if str(attr).startswith("popup")]
        if parts:
            rows.append("".join(parts).rstrip())
    return rows


def test_it_stands_above_the_line_and_not_over_it() -> None:
    user = offered("x = on", "once", "only", start=4)
    assert lines(user)[21] == " x = on"
    assert [row.split() for row in popup(user)] == [["once"], ["only"]]
    assert "popup" in {attr for attr, _ in attributes(user, 20)}


def test_its_text_begins_in_the_column_of_what_is_completed() -> None:
    user = offered("x = on", "once", "only", start=4)
    column = lines(user)[21].index("on")
    assert all(row.index("on") == column for row in lines(user)[19:21])


def test_what_stands_before_the_last_dot_is_not_repeated() -> None:
    user = offered("np.ar", "np.array", "np.arange", start=0)
    assert [row.split() for row in popup(user)] == [["array"], ["arange"]]
    column = lines(user)[21].index("ar")
    assert all(row.index("ar") == column for row in lines(user)[19:21])


def test_kinds_stand_beside() -> None:
    rows = popup(offered("p", "pa", "pbcd", types=("function", "module")))
    assert [row.split() for row in rows] == [["pa", "function"], ["pbcd", "module"]]
    assert rows[0].index("function") == rows[1].index("module") - 2


def test_the_selected_match_is_marked() -> None:
    user = offered("o", "once", "only").press("tab")
    for row, chosen in ((19, False), (20, True)):
        found = {attr for attr, text in attributes(user, row) if attr is not None and text.strip()}
        assert ("popup selected" in found) == chosen


def test_of_many_matches_some_are_shown_with_a_bar() -> None:
    names = [f"name{number:02}" for number in range(50)]
    user = offered("na", *names)
    rows = popup(user)
    assert len(rows) == MATCHES_SHOWN
    assert rows[0].endswith("█")
    assert rows[-1].endswith("│")
    rows = popup(user.press(*["tab"] * 49))
    assert "name49" in rows[-1]
    assert rows[-1].endswith("█")


@pytest.mark.parametrize("size", [(80, 24), (20, 5), (10, 4), (5, 3), (80, 3), (3, 3)])
def test_it_fits_on_every_screen(size: tuple[int, int]) -> None:
    user = offered(
        "value.", "value.alpha", "value.beta" * 12, "value.漢字", cols=size[0], rows=size[1], types=("kind",) * 3
    )
    check(user)
    for _ in range(3):
        check(user.press("tab"))


@pytest.mark.parametrize("size", [(80, 24), (20, 5), (10, 4), (80, 40)])
def test_the_line_being_typed_is_never_covered(size: tuple[int, int]) -> None:
    for before in (0, 1, 5, 20):
        user = Client("\n" * before + "ab", cols=size[0], rows=size[1])
        row = (drawn(user).cursor or (0, 0))[1]
        line = lines(user)[row]
        user.press("tab").offer(*(f"abc{number}" for number in range(30)), start=before)
        assert "ab" in line
        cursor = drawn(user).cursor
        assert cursor is not None
        assert lines(user)[cursor[1]].startswith(line)


def test_it_moves_away_from_the_right_edge() -> None:
    user = offered("x" * 70 + ".a", "x" * 70 + ".alpha_and_more", "x" * 70 + ".alpha_and_less")
    check(user)
    assert "alpha_and_less" in "\n".join(popup(user))


def test_a_resize_closes_it() -> None:
    assert offered("o", "once", "only").send(Resized(60, 20)).state.completion is None


def test_the_help_shows_every_key() -> None:
    user = Client(cols=120, rows=400).press("f1", "f1")
    text = "\n".join(lines(user))
    for keys, what in help_lines():
        if what:
            assert what in text
        assert keys.split(",")[0] in text


def test_the_help_scrolls_to_its_end() -> None:
    user = Client().press("f1", "f1")
    assert "Keys" in lines(user)[0]
    assert "Editor" in lines(user)[1]
    user.press(*["page down"] * 20)
    text = "\n".join(lines(user))
    assert help_lines()[-1][1] in text


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (20, 5), (33, 10), (80, 24)])
def test_the_help_fits_on_every_screen(size: tuple[int, int]) -> None:
    user = Client(cols=size[0], rows=size[1]).press("f1", "f1")
    check(user)
    check(user.press("page down", "page down"))


def test_the_help_can_be_read_on_80_columns() -> None:
    user = Client().press("f1", "f1")
    seen = ""
    for _ in help_rows(80):
        assert not any("…" in line for line in lines(user))
        seen += "\n".join(lines(user))
        user.press("down")
    for keys, what in help_lines():
        assert what in seen, keys


def test_the_kernels_documentation_is_at_the_end_of_the_help() -> None:
    journal = Journal()
    journal.add("session_started", name="s", kernel="R", language="R", cwd="/", pid=1)
    links = [{"text": "R\x1b[2J", "url": "https://example.org/R"}, {"text": "no address"}, 5]
    journal.add("kernel_started", pid=2, help_links=links, lexer="r")
    user = Client(journal=journal)
    assert user.state.session.lexer == "r"
    user.press("f1", "f1")
    for _ in range(100):
        user.press("page down")
    shown = "\n".join(lines(user))
    assert "The kernel's documentation" in shown
    assert "https://example.org/R" in shown
    assert "no address" not in shown
