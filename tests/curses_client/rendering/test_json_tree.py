"""JSON as a tree."""

from typing import Any

from curses_client.rendering.json_tree import tree_lines
from curses_client.shown import Fold
from curses_client.text.ansi import plain
from curses_client.text.width import columns


def lines(value: Any, *opened: str, cols: int = 60, expanded: bool = False) -> list[str]:
    return [plain(line.text) for line in tree_lines(value, cols, 256, frozenset(opened), expanded)]


NESTED = {"a": {"b": {"c": {"d": 1}}}}


def test_values() -> None:
    value = {"s": 'a"\n', "n": 1.5, "t": True, "z": None, "e": {}, "l": [], "r": [1, "x", None]}
    assert lines(value) == [
        "▾ {7}",
        r'    s: "a\"\n"',
        "    n: 1.5",
        "    t: true",
        "    z: null",
        "    e: {}",
        "    l: []",
        '    r: [1, "x", null]',
    ]


def test_what_is_deep_is_closed() -> None:
    assert lines(NESTED) == ["▾ {1}", "  ▾ a: {1}", "    ▸ b: {c: {1}}"]
    assert lines(NESTED, "/a/b") == ["▾ {1}", "  ▾ a: {1}", "    ▾ b: {1}", "      ▸ c: {d: 1}"]
    assert lines(NESTED, "/a") == ["▾ {1}", "  ▸ a: {b: {1}}"]
    assert lines(NESTED, expanded=True)[-1] == "          d: 1"
    assert lines(NESTED, "*")[-1] == "          d: 1"


def test_what_is_long_is_closed_and_opens_in_groups() -> None:
    value = {"data": list(range(250))}
    assert lines(value)[1].startswith("  ▸ data: [0, 1, 2,")
    assert lines(value)[1].endswith("…] 250")
    opened = lines(value, "/data")
    assert opened[1:] == ["  ▾ data: [250]", "    ▸ 0…99", "    ▸ 100…199", "    ▸ 200…249"]
    assert lines(value, "/data", "/data//200-250")[4:6] == ["    ▾ 200…249", "        200: 200"]


def test_many_groups_are_grouped() -> None:
    assert len(lines(list(range(1_000_000)), "")) == 101


def test_keys_of_folds_are_pointers() -> None:
    found = tree_lines({"a/b~": {"": {"x": {}}}}, 60, 256, frozenset())
    assert [line.target for line in found] == [Fold(""), Fold("/a~1b~0"), Fold("/a~1b~0/")]


def test_long_strings_open() -> None:
    value = {"text": "word " * 100}
    assert lines(value)[1].endswith('…" 500 characters')
    opened = lines(value, "/text")
    assert opened[1] == "  ▾ text: 500 characters"
    assert "".join(opened[2:]).split() == ["word"] * 100


def test_lines_fit() -> None:
    value = {"k" * 200: {"é" * 200: ["日本" * 300, {"x" * 90: 1}]}}
    for cols in (8, 20, 61):
        assert all(columns(line) <= cols for line in lines(value, "*", cols=cols))
        assert all(columns(line) <= cols for line in lines(value, cols=cols))


def test_there_is_an_end_to_lines() -> None:
    found = lines([[0, {}] for _ in range(100_000)], "*")
    assert len(found) == 20_001
    assert found[-1] == "… more lines: close some folds"
