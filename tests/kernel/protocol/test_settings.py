"""The rows of the configuration: what values are to be, and what is said of wrong ones."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.protocol.settings import (
    KERNEL_SETTINGS,
    Problem,
    Setting,
    age_of,
    check,
    default_of,
    modules_of,
    nearest,
    sentence,
    size_of,
    syntax_problem,
    text_of,
    toml,
)

ROWS = (Setting("a", "name", text_of, "x", "a name"), Setting("a", "age", age_of, None, "an age", "1 year"))


@pytest.mark.parametrize(
    ("tables", "name", "problems"),
    [
        ({}, "x", []),
        ({"a": {"name": "y"}}, "y", []),
        ({"a": {"name": 3}}, "x", ['[a] name is to be a text, such as "this"; "x" is used']),
        ({"a": {"age": 3}}, "x", ["[a] age is to be a length of time", "; it is left out"]),
        ({"a": 3}, "x", ["a is to be a table: [a]; the defaults are used"]),
        ({"a": {"nam": 3, "name": "y"}}, "y", ["[a] has no setting nam; did you mean name?"]),
        ({"a": {"zzz": 3}}, "x", ["[a] has no setting zzz; it has name, age"]),
        ({"b": {"name": 3}}, "x", []),
    ],
)
def test_what_is_wrong_keeps_its_default(tables: dict[str, Any], name: str, problems: list[str]) -> None:
    values, found = check(tables, ROWS)
    assert values["a", "name"] == name
    assert values["a", "age"] is None
    assert len(found) == bool(problems)
    for part in problems:
        assert part in sentence(found[0], "f", "")


def test_a_sentence_names_the_line_where_it_is_certain() -> None:
    problem = Problem(("a", "name"), "what is wrong", "this is used")
    assert sentence(problem, "f.toml", "\n[a]\nname = 1") == "f.toml, line 3: what is wrong; this is used"
    assert sentence(problem, "f.toml", "[[a]]\nname = 1") == "f.toml: what is wrong; this is used"
    assert sentence(Problem(("x",), "what?", "this is used"), "f", "") == "f: what? this is used"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[a", "f, line 1, column 3: expected ']' at the end of a table declaration; nothing of the file is used"),
        (b"a = 1\nb = x\nc = 1", "f, line 2, column 5: invalid value; nothing"),
        (b"a = 1\na = 2\n", "f, line 2, column 6: cannot overwrite a value; nothing"),
        (b"a = 1\n# \xff", "f, line 2, column 3: this is no UTF-8; nothing"),
        (b"a = " + b"[" * 5000, "f, line 1, column 1: it is nested too deep; nothing"),
    ],
)
def test_what_is_no_toml(data: bytes, said: str) -> None:
    with pytest.raises((ValueError, RecursionError)) as caught:
        tomllib.loads(data.decode())
    assert syntax_problem(caught.value, "f", data).startswith(said)


@pytest.mark.parametrize(
    ("value", "read"), [(["a"], ("a",)), ([], ()), ("a", None), ([1], None), ({}, None), (None, None)]
)
def test_modules(value: object, read: object) -> None:
    if read is None:
        with pytest.raises(ValueError, match="a list of modules"):
            modules_of(value)
    else:
        assert modules_of(value) == read


@pytest.mark.parametrize("text", [5, "5 B", "0.5 MB", "many", "-1 GB", None])
def test_no_sizes(text: object) -> None:
    with pytest.raises(ValueError, match="a size of at least 1 MB"):
        size_of(text)


def test_sizes_and_ages() -> None:
    assert size_of("1.5gb") == 1_500_000_000
    assert age_of("2 Days") == 172_800


@pytest.mark.parametrize("setting", KERNEL_SETTINGS, ids=lambda setting: setting.name)
def test_the_rows_of_the_kernel_hold_together(setting: Setting) -> None:
    default_of(setting)
    assert setting.help
    assert not setting.help.endswith(".")
    if setting.default in (None, []):
        setting.read(setting.example)


def test_what_was_meant() -> None:
    assert nearest("profil", ["preload", "profile"]) == "did you mean profile?"
    assert nearest("zzz", ["preload"]) == ""


def test_what_a_terminal_acts_upon_is_written_as_an_escape() -> None:
    assert toml("\x1b\x9b\x7f\u202e漢") == '"\\u001b\\u009b\\u007f\\u202e漢"'


VALUES = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(codec="utf-8")), st.lists
)


@given(VALUES)
def test_values_are_written_as_they_are_read(value: Any) -> None:
    assert tomllib.loads(f"x = {toml(value)}")["x"] == value
