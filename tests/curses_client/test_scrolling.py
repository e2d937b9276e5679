"""Moving through the transcript row by row on screens of any size."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import Resized
from curses_client.layout import layout
from curses_client.scrolling import downwards, end_anchor, page_height, scrolled, to_cell, to_top, top_anchor, upwards
from curses_client.state import Anchor, State
from tests.curses_client.support import Client, Journal

checked = settings(max_examples=60, deadline=None)

SIZES = [(1, 1), (2, 2), (3, 1), (1, 9), (20, 5), (80, 24), (250, 70)]


def with_cells(*outputs: str, cols: int = 80, rows: int = 24) -> Client:
    journal = Journal().session()
    for number, text in enumerate(outputs):
        journal.cell(f"c{number}", f"cell {number}", text, count=number + 1)
    user = Client(cols=cols, rows=rows, journal=journal)
    for cell in user.state.transcript.cells():
        # all of it is to be moved over
        cell.outputs[0].fold(user.state.transcript.pane, opened=True)
    return user


def rows_of(state: State) -> list[tuple[int, int, int]]:
    return [(a.item, a.line, a.row) for a in downwards(state, layout(state), Anchor(0, 0))]


def first_line(state: State) -> str:
    anchor = top_anchor(state, layout(state))
    return state.transcript.items[anchor.item].line(anchor.line)[1]


NUMBERS = "".join(f"{number}\n" for number in range(1000))


def test_the_pane_follows_the_end() -> None:
    user = with_cells(NUMBERS)
    assert first_line(user.state) == "980"
    user.journal.cell("d", "next", "more\n")
    assert first_line(user.read().state) == "982"


def test_scrolled_it_stays_while_more_comes() -> None:
    user = with_cells(NUMBERS).press("page up")
    assert first_line(user.state) == "961"
    user.journal.cell("d", "next", NUMBERS)
    assert first_line(user.read().state) == "961"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("page up", "961"),
        ("page up, page up", "942"),
        ("page up, page up, page down", "961"),
        ("meta up", "979"),
        ("ctrl up, ctrl up, ctrl down", "979"),
        ("meta home", "cell 0"),
        ("meta home, page down", "18"),
        ("meta home, meta up", "cell 0"),
        ("meta page up", "cell 0"),
    ],
)
def test_keys(keys: str, line: str) -> None:
    user = with_cells(NUMBERS).press(*keys.split(", "))
    assert first_line(user.state) == line
    assert user.state.scroll is not None


@pytest.mark.parametrize(
    "keys",
    ["page up, page down", "meta home, meta end", "meta up, meta down", "page up, esc", "page down", "meta down"],
)
def test_back_at_the_end_it_follows_again(keys: str) -> None:
    assert with_cells(NUMBERS).press(*keys.split(", ")).state.scroll is None


def test_from_cell_to_cell() -> None:
    user = with_cells(NUMBERS, NUMBERS, NUMBERS)
    seen = []
    for _ in range(4):
        user.press("meta page up")
        seen.append(first_line(user.state))
    assert seen == ["cell 2", "cell 1", "cell 0", "cell 0"]
    user.press("meta page down")
    assert first_line(user.state) == "cell 1"
    assert user.press("meta page down", "meta page down").state.scroll is None


def test_from_cell_to_cell_past_a_notice() -> None:
    user = with_cells(NUMBERS)
    user.journal.add("kernel_starting").add("kernel_started", pid=3, restarted=True).cell("d", "next", NUMBERS)
    user.read().press("meta page up", "meta page up")
    assert first_line(user.state) == "cell 0"
    assert first_line(user.press("meta page down").state) == "next"


def test_what_fits_does_not_scroll() -> None:
    user = with_cells("1\n2\n").press("page up", "meta up", "meta home", "meta page up")
    assert user.state.scroll is None


def test_an_empty_transcript_does_not_scroll() -> None:
    for key in ("page up", "page down", "meta home", "meta end", "meta page up", "meta page down"):
        assert Client().press(key).state.scroll is None


def test_wrapped_lines_are_moved_over_row_by_row() -> None:
    user = with_cells("x" * 1000 + "\n", cols=24, rows=10)
    where = layout(user.state)
    anchors = rows_of(user.state)
    assert anchors[1:4] == [(0, 1, 0), (0, 1, 1), (0, 1, 2)]
    assert len(anchors) == 1 + -(-1000 // where.text)


def test_a_page_leaves_one_line_to_go_on_reading_from() -> None:
    user = with_cells(NUMBERS)
    assert page_height(user.state) == layout(user.state).output.rows - 1


pieces = st.sampled_from(
    [
        "a",
        "word ",
        "漢字",
        "👩‍👩‍👧",
        "e\u0301",
        "\u0301",
        "\x1b[31mred\x1b[0m",
        "\t",
        "x" * 50,
        "\n",
        "\n\n",
        "\r",
        "\x1b[2A",
    ]
)
outputs = st.lists(st.lists(pieces, max_size=25).map("".join), min_size=1, max_size=5)
sizes = st.one_of(st.sampled_from(SIZES), st.tuples(st.integers(1, 40), st.integers(1, 30)))


@given(outputs, sizes)
@checked
def test_upwards_is_downwards_backwards(texts: list[str], size: tuple[int, int]) -> None:
    state = with_cells(*texts, cols=size[0], rows=size[1]).state
    where = layout(state)
    down = list(downwards(state, where, Anchor(0, 0)))
    up = list(upwards(state, where, Anchor(len(state.transcript), 0)))
    assert up == down[::-1]
    assert all((a.item, a.line, a.row) < (b.item, b.line, b.row) for a, b in pairwise(down))


@given(outputs, sizes, st.integers(1, 30), st.integers(1, 30))
@checked
def test_down_undoes_up(texts: list[str], size: tuple[int, int], first: int, second: int) -> None:
    state = with_cells(*texts, cols=size[0], rows=size[1]).state
    state = scrolled(state, -first)
    before = state.scroll
    above = len(list(upwards(state, layout(state), top_anchor(state, layout(state)))))
    if layout(state).output.rows and second <= above:
        assert scrolled(scrolled(state, -second), second).scroll == before


@given(outputs, sizes)
@checked
def test_far_enough_down_is_the_end_and_far_enough_up_the_top(texts: list[str], size: tuple[int, int]) -> None:
    state = with_cells(*texts, cols=size[0], rows=size[1]).state
    top = scrolled(state, -10_000)
    assert top.scroll == to_top(state).scroll
    assert scrolled(top, 10_000).scroll is None


@given(outputs, sizes)
@checked
def test_at_the_end_the_pane_is_full(texts: list[str], size: tuple[int, int]) -> None:
    state = with_cells(*texts, cols=size[0], rows=size[1]).state
    where = layout(state)
    if where.output.rows:
        below = list(downwards(state, where, end_anchor(state, where)))
        assert len(below) == min(where.output.rows, len(rows_of(state)))


@given(outputs, sizes, sizes, st.lists(st.sampled_from([-40, -7, -3, -1, 1, 3, 7, 40, None]), max_size=12))
@checked
def test_any_walk_on_any_size_works(
    texts: list[str], size: tuple[int, int], other: tuple[int, int], steps: list[int | None]
) -> None:
    state = with_cells(*texts, cols=size[0], rows=size[1]).state
    for number, step in enumerate(steps):
        state = to_cell(state, -1 if number % 2 else 1) if step is None else scrolled(state, step)
        if number == 5:
            state = replace(state, cols=other[0], rows=other[1])
        assert list(downwards(state, layout(state), top_anchor(state, layout(state))))


def test_a_long_transcript_scrolls_like_a_short_one() -> None:
    """Only the lines that are moved over are looked at, not the 200,000 others."""
    user = with_cells("some line\n" * 200_000)
    looked_at = 0
    cell = user.state.transcript.items[0]

    class Counting:
        height = cell.height

        def wraps(self, index: int) -> bool:
            return cell.wraps(index)

        def line(self, index: int) -> object:
            nonlocal looked_at
            looked_at += 1
            return cell.line(index)

    user.state.transcript.items[0] = Counting()  # type: ignore[assignment]
    user.press("page up")
    assert looked_at < 200


# ---- the place is gone -------------------------------------------------------------------------------------


def test_a_narrower_screen_keeps_the_line() -> None:
    user = with_cells("".join(f"{number} {'x' * 70}\n" for number in range(100))).press("page up")
    before = first_line(user.state)
    assert first_line(user.send(Resized(30, 24)).state) == before


@pytest.mark.parametrize("key", ["page up", "meta up"])
def test_output_that_is_cleared_under_the_pane(key: str) -> None:
    user = Client()
    user.journal.submit("c", "source").start("c").print("c", NUMBERS)
    user.read().press("page up")
    user.journal.add("clear_output", "c").print("c", "new\n")
    user.read().press(key)
    assert first_line(user.state) in ("source", "new")


def test_a_wider_screen_has_no_empty_rows() -> None:
    user = with_cells("x" * 2000 + "\n" + NUMBERS, cols=24, rows=10).press("meta home", *["meta down"] * 40)
    assert user.state.scroll is not None
    assert user.state.scroll.row > 20
    user.send(Resized(300, 10))
    before = rows_of(user.state)
    place = top_anchor(user.press("meta up").state, layout(user.state))
    assert (place.item, place.line, place.row) in before
