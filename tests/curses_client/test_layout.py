"""What is where on screens of all sizes."""

import pytest

from curses_client.events import Resized
from curses_client.layout import Layout, layout
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
    assert (where.output, where.rule, where.editor, where.lower_rule, where.status) == parts
    assert where.editor_top == where.output + where.rule


@pytest.mark.parametrize("lines", [1, 3, 100])
def test_the_parts_fill_every_screen(lines: int) -> None:
    user = Client("\n" * (lines - 1))
    for cols, rows in SIZES:
        where = layout(user.send(Resized(cols, rows)).state)
        parts = (where.output, where.rule, where.editor, where.lower_rule, where.status)
        assert sum(parts) == rows
        assert min(parts) >= 0
        assert where.editor >= 1
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
