"""What is where on screens of all sizes."""

import pytest

from curses_client.events import Resized
from curses_client.layout import Area, Layout, layout
from tests.curses_client.support import Client

SIZES = [(cols, rows) for cols in (1, 2, 5, 20, 21, 31, 80, 99, 100, 250) for rows in (*range(1, 20), 24, 40, 70)]


def of(cols: int, rows: int, lines: int = 1) -> Layout:
    return layout(Client("\n" * (lines - 1)).send(Resized(cols, rows)).state)


@pytest.mark.parametrize(
    ("cols", "rows", "lines", "parts"),
    [
        # output, rule, editor, lower rule, status
        (80, 24, 1, (20, 1, 1, 1, 1)),
        (80, 24, 5, (16, 1, 5, 1, 1)),
        (80, 24, 50, (13, 1, 8, 1, 1)),
        (120, 40, 50, (24, 1, 13, 1, 1)),
        (250, 70, 1, (66, 1, 1, 1, 1)),
        (80, 16, 1, (12, 1, 1, 1, 1)),
        (80, 15, 1, (12, 1, 1, 0, 1)),
        (20, 5, 1, (2, 1, 1, 0, 1)),
        (20, 4, 1, (1, 1, 1, 0, 1)),
        (20, 3, 1, (1, 0, 1, 0, 1)),
        (20, 2, 1, (0, 0, 1, 0, 1)),
        (20, 1, 1, (0, 0, 1, 0, 0)),
    ],
)
def test_rows(cols: int, rows: int, lines: int, parts: tuple[int, ...]) -> None:
    where = of(cols, rows, lines)
    rules = [rule.area.row for rule in where.rules]
    upper, lower = rules.count(where.output.rows), rules.count(rows - 2)
    assert (where.output.rows, upper, where.editor.rows, lower, where.status) == parts
    assert where.editor.row == where.output.rows + len(rules) - lower


def filled(where: Layout) -> None:
    """Check that each place of the screen is in one part."""
    areas = [where.output, where.editor, *(area for _, area in where.panes), *(rule.area for rule in where.rules)]
    areas.append(Area(0, where.rows - where.status, where.cols, where.status))
    assert all(min(area.col, area.row, area.cols, area.rows) >= 0 for area in areas)
    assert sum(area.cols * area.rows for area in areas) == where.cols * where.rows
    for row in range(where.rows):
        spans = sorted((area.col, area.col + area.cols) for area in areas if 0 <= row - area.row < area.rows)
        assert [0, *(end for _, end in spans)] == [*(begin for begin, _ in spans), where.cols]


@pytest.mark.parametrize("lines", [1, 3, 100])
def test_the_parts_fill_every_screen(lines: int) -> None:
    user = Client("\n" * (lines - 1))
    for cols, rows in SIZES:
        where = layout(user.send(Resized(cols, rows)).state)
        filled(where)
        assert where.editor.rows >= 1
        assert where.text >= 1
        assert where.margin < max(cols, 2)


@pytest.mark.parametrize(
    ("cols", "count", "gutter"), [(80, 1, 4), (80, 99, 4), (80, 1234, 6), (120, 1, 6), (120, 12345, 8), (20, 5, 2)]
)
def test_the_gutter_holds_the_count(cols: int, count: int, gutter: int) -> None:
    user = Client(cols=cols)
    user.journal.submit("c", "1").start("c", count)
    where = layout(user.read().state)
    assert where.gutter == gutter
    assert where.gutter + where.text == cols
