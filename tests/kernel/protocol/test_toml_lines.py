"""At which line each key of a TOML file stands, checked against what tomllib reads."""

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.protocol.settings import Key
from kernel.protocol.toml_lines import line_of

FILE = '''\
# a = "in a comment"
first = 1 # second = 2
["quoted table"]
"a key" = "b = 3 # no comment"
'single' = 'c = [4'

[notify]
after = 30
long = """
how = "not here"
[keys]
"""
how = "bell" # here
literal = \'\'\'
[other]
x = 1\'\'\'\'
list = [
    "one", # two = 2
    { inner = 1 },
    [ 3,
      4 ],
]
dotted.name.x = 5
inline = { one = 1, two.three = [ "a", { b = 1 } ], "four" = { five = '}' } }
last = 2026-01-01T10:00:00.5Z
[keys.reading]
"ctrl t" = "x" \t
"\\u0041\\t" = 1
[[many]]
name = 1
[many.under]
name = 2
[ keys . "editor" ]
z = +1.5e3
'''


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("first", 2),
        ("second", None),
        ("a", None),
        ("quoted table", 3),
        ("quoted table/a key", 4),
        ("quoted table/single", 5),
        ("notify", 7),
        ("notify/after", 8),
        ("notify/long", 9),
        ("notify/how", 13),
        ("notify/literal", 14),
        ("other", None),
        ("notify/x", None),
        ("notify/list", 17),
        ("notify/two", None),
        ("notify/list/inner", None),
        ("notify/dotted/name/x", 23),
        ("notify/inline", 24),
        ("notify/inline/one", 24),
        ("notify/inline/two/three", 24),
        ("notify/inline/two/three/b", None),
        ("notify/inline/four/five", 24),
        ("notify/last", 25),
        ("keys/reading", 26),
        ("keys/reading/ctrl t", 27),
        ("keys/reading/A\t", 28),
        ("many", None),
        ("many/name", None),
        ("many/under/name", None),
        ("keys/editor/z", 34),
    ],
)
def test_lines(key: str, line: int | None) -> None:
    tomllib.loads(FILE)
    assert line_of(FILE, tuple(key.split("/"))) == line


@pytest.mark.parametrize(
    "text", ["", "=", "[", "[[", "a", "a =", "a = {", "a = [", '"', "'''", "]}", "a = { b", "[a\n"]
)
def test_what_is_no_toml_does_no_harm(text: str) -> None:
    assert line_of(text, ("x",)) is None


NAMES = st.sampled_from(["a", "b-c", '"d e"', "'f.g'", '"h#i"'])
VALUES = st.sampled_from(
    [
        "1",
        "true",
        "1.5",
        '"x = 1 # y"',
        "'[z]'",
        '"""\nq = 1\n"""',
        "'''\n[t]\n'''",
        "[\n1,\n# w = 2\n2]",
        "{ k = 1, l.m = [] }",
    ]
)
LINES = st.one_of(
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("[{}.{}]".format, NAMES, NAMES),
    st.sampled_from(["", "# a = 1", "  "]),
)


def leaves(table: dict[str, Any], above: Key = ()) -> list[Key]:
    found = []
    for name, value in table.items():
        found += leaves(value, (*above, name)) if isinstance(value, dict) and value else [(*above, name)]
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=8))
def test_every_key_that_tomllib_reads_has_the_line_in_which_it_stands(lines: list[str]) -> None:
    text = "\n".join(lines) + "\n"
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    for key in leaves(tables):
        line = line_of(text, key)
        assert line is not None
        assert key[-1] in text.split("\n")[line - 1]


@given(st.text(alphabet="[]{}=,.\"'#ab\\\n ", max_size=40))
def test_nothing_raises_or_runs_for_ever(text: str) -> None:
    assert line_of(text, ("no such key",)) is None
