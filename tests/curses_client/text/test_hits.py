"""Hits of a pattern in lines, and what is put in their place."""

import pytest

from curses_client.text.hits import Hit, hits, hits_of_line, nearest, replaced
from curses_client.text.patience import TooSlow
from curses_client.text.pattern import compiled


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a", [(0, 0, 1), (1, 1, 2), (1, 2, 3)]),
        ("A", [(1, 2, 3)]),
        ("a$", [(0, 0, 1), (1, 2, 3)]),
        ("[", [(2, 0, 1)]),
        ("x*", []),
        ("\\S+", [(0, 0, 1), (1, 0, 3), (2, 0, 1)]),
    ],
)
def test_hits(pattern: str, found: list[Hit]) -> None:
    assert hits(["a", "baA", "["], compiled(pattern)) == found


@pytest.mark.parametrize(
    ("place", "step", "index"), [((0, 0), 1, 0), ((0, 1), 1, 1), ((9, 0), 1, 0), ((0, 0), -1, 1), ((3, 2), -1, 0)]
)
def test_the_nearest_one_round_the_ends(place: tuple[int, int], step: int, index: int) -> None:
    assert nearest([(0, 0, 1), (3, 1, 2)], place, step) == index
    assert nearest([], place, step) is None


@pytest.mark.parametrize(
    ("pattern", "template", "after"),
    [
        ("a", "xx", ["xxbxx", "xx"]),
        ("(a)(b)?", r"<\1>", ["<a><a>", "<a>"]),
        ("a", r"\1", [r"\1b\1", r"\1"]),
        (r"\w", r"\q", [r"\q\q\q", r"\q"]),
        ("a$", "", ["ab", ""]),
    ],
)
def test_replacing(pattern: str, template: str, after: list[str]) -> None:
    lines = ["aba", "a"]
    assert list(replaced(lines, hits(lines, compiled(pattern)), compiled(pattern), template)) == after


def test_an_expression_without_an_end_has_one() -> None:
    slow = compiled("(a+)+$x|(b)")
    with pytest.raises(TooSlow):
        hits(["a" * 60], slow)
    assert hits_of_line("a" * 60, slow) == []
