"""Tables as lines."""

from curses_client.rendering.tables import Cell, Table, cell, fitted, scrolling
from curses_client.rendering.wrapping import stored
from curses_client.text.ansi import PLAIN, Style, plain
from curses_client.text.width import columns


def rows(*texts: str) -> list[list[Cell]]:
    return [[cell(text) for text in row.split("|")] for row in texts]


def test_a_table_to_be_scrolled() -> None:
    table = Table(rows("|name|n"), rows("0|Amstel|1.5", "10|é|22.5"), ["right", "left", "right"], held=1)
    assert scrolling(table) == (["    name       n", " 0  Amstel   1.5", "10  é       22.5"], 4)


def test_a_cell_over_columns_makes_room_for_itself() -> None:
    header = [[cell("a"), cell("long name", span=2)], rows("|x|y")[0]]
    lines, _ = scrolling(Table(header, rows("0|1|2"), ["left", "right", "right"]))
    assert lines == ["a  long name", "     x     y", "0    1     2"]


def test_long_cells_are_cut() -> None:
    lines, _ = scrolling(Table([], [[cell("x" * 100), cell("y")]], ["left", "left"]))
    assert lines == ["x" * 59 + "…  y"]


def test_all_columns_held_is_none_held() -> None:
    assert scrolling(Table([], rows("a|b"), ["left", "left"], held=2))[1] == 0


def test_a_fitted_table() -> None:
    table = Table(rows("a|b"), rows("x y z|one two three four"), ["left", "left"])
    assert [stored(row) for row in map(list, fitted(table, 18)) if row] == [
        "a      b",
        "\x1b[0;2m─────  ───────────\x1b[0m",
        "x y z  one two",
        "       three four",
    ]


def test_too_many_columns_are_left_out() -> None:
    lines = [plain(stored(row)) for row in fitted(Table([], rows("|".join("abcdefghij" * 4)), ["left"] * 40), 20)]
    assert all(columns(line) <= 20 for line in lines)
    assert "".join(lines[-2:]).replace(" ", "").endswith("morecolumns")


def test_a_background_is_kept_at_the_end_of_a_line() -> None:
    red = Style(bg=1)
    table = Table([], [[Cell(((red, "a "),))]], ["left"])
    assert scrolling(table)[0] == [stored([(red, "a ")])]
    assert stored([(PLAIN, "")]) == ""
