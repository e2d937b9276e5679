"""Indentation of new lines and completeness of cells, as tables of source text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.indent import indent_after, looks_complete

# The source with | where Enter is pressed, and the width of the new line's indentation.
INDENTS = [
    ("|", 0),
    ("x = 1|", 0),
    ("    x = 1|", 4),
    ("    |x = 1", 4),
    ("  |  x = 1", 2),
    ("    |", 4),
    ("|    x", 0),
    ("if x:|", 4),
    ("if x:  # why: because|", 4),
    ("if x:\n    y\n|", 0),
    ("if x:\n    y|", 4),
    ("    for x in y:|", 8),
    ("if x: return|", 0),
    ("x = ':'|", 0),
    ("x = 1  # note:|", 0),
    ("# note:|", 0),
    ("x = '#' if y else ':' ; z(|", 4),
    ("x = '('|", 0),
    ("x = 'it\\'s (' + y|", 0),
    ('x = "\'("|', 0),
    ("x = 'unfinished (|", 0),
    ("f(|)", 4),
    ("f(a,|", 4),
    ("    f(a, [|", 8),
    ("f(\n    a,|", 4),
    ("f(\n    a,\n    b)|", 0),
    ("f(\n    a,\n)|", 0),
    ("f(\n    g(\n        x\n    ),|", 4),
    ("f(a,\n        g(x,\n            y),|", 8),
    ("f(a, g(x,\n         y),|", 4),
    ("x = f(a,\n      b)|", 0),
    ("x = {\n    'a': 1,|", 4),
    ("x = {\n    'a':|", 4),
    ("def f(\n    a,\n):|", 4),
    ("    def f(a,\n          b) -> int:|", 8),
    ("x = 1 + \\|", 4),
    ("x = 1 + \\\n    2|", 0),
    ("if a and \\\n        b:|", 4),
    ("    return x|", 0),
    ("        return f(\n            x\n        )|", 4),
    ("    return f(|", 8),
    ("    pass|", 0),
    ("    raise ValueError|", 0),
    ("        break|", 4),
    ("        continue  # next|", 4),
    ("    returned = 1|", 4),
    ("return|", 0),
    ("  return|", 0),
    ("\treturn|", 0),
    ("\tif x:|", 2),
    ("x = '''\n  some text:|", 2),
    ("x = '''\n  return (\n'''|", 0),
    ("    x = '''\nif:\n''' + f(|", 8),
    ('    """What is it: (?"""|', 4),
    ("x = 'a\\\nb (' + f(|", 4),
    ("!echo it's (:|", 0),
    ("%cd (|", 0),
    ("x = !ls (|", 0),
    ("foo(? |", 4),
    (")|", 0),
    ("x = (]|", 0),
]


@pytest.mark.parametrize(("source", "width"), INDENTS)
def test_indent_after(source: str, width: int) -> None:
    before, _, _ = source.partition("|")
    row, col = before.count("\n"), len(before.split("\n")[-1])
    assert len(indent_after(source.replace("|", "").split("\n"), row, col)) == width


def test_tabs_are_kept() -> None:
    assert indent_after(["\tif x:"], 0, 6) == "\t\t"


def test_what_is_open_far_above_is_found_up_to_the_definition() -> None:
    filler = ["    x = 'it is ('  # ("] * 250
    lines = ["def f():", *filler[:50], "    g('''", *filler, "  text ("]
    assert indent_after(lines, len(lines) - 1, 8) == "  "


def test_indentation_in_ten_thousand_lines_costs_a_few_milliseconds() -> None:
    lines = ("def f(a, b):\n" + "    x = g(a, 'b', [c])  # note\n" * 9).split("\n")[:-1] * 1_000
    best = 1.0
    for _ in range(3):
        start = time.perf_counter()
        assert indent_after(lines, 9_999, len(lines[-1])) == "    "
        best = min(best, time.perf_counter() - start)
    assert best < 0.01


COMPLETE = [
    "",
    "\n",
    "# only a comment",
    "x = 1",
    "x = 1\ny = 2",
    "f(\n    a,\n)",
    "x = '''a\n'''",
    "if x:\n    y\n",
    "if x:\n    y\n    ",
    "if x:\n    y\n\nz = 1",
    "for x in y: z\n",
    "class A:\n    @property\n    def b(self):\n        pass\n\n",
    "async with a:\n    await b\n",
    "await f()",
    "x = = 1",
    "x = 'unfinished",
    "else:",
    "x = ]",
    "return 1",
    "x\x00",
    "\ud800",
    "x is 1",
    "'\\d'",
    "%matplotlib inline",
    "%timeit f(",
    "!ls (",
    "files = !ls (",
    "now = %time (",
    "f?",
    "f.g??",
    "?f",
    "if x:\n    %cd ..\n",
    "%%time",
    "\n%%time",
    "%%bash\nfor x in y\n",
    "(" * 500 + ")" * 500,
]
INCOMPLETE = [
    "x = (",
    "f(a,\n",
    "x = [\n\n",
    "x = '''a",
    "x = '''a\n\n",
    '"""Is it?',
    "x = 1 + \\",
    "if x:",
    "if x:\n",
    "if x:  # why?",
    "if x:\n    y",
    "if x:\n    y\n# end",
    "if x: y",
    "try:\n    x\n",
    "@decorator",
    "def f():\n    '''What?",
    "async with a:\n    b",
    "if x:\n    !ls",
    "%cd ..\nif x:",
    "%%bash\nls",
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("source", COMPLETE)
def test_looks_complete(source: str) -> None:
    assert looks_complete(source)


@pytest.mark.parametrize("source", INCOMPLETE)
def test_looks_incomplete(source: str) -> None:
    assert not looks_complete(source)


PIECES = st.sampled_from(
    [*"()[]{}'\"\\#:%!?= \n", "'''", '"""', "    ", "if x", "return", "f", "\t", "é", "\x00", "\ud800"]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_any_text_has_an_indentation_and_an_answer(source: str) -> None:
    lines = source.split("\n")
    for row, line in enumerate(lines):
        assert not indent_after(lines, row, len(line)).strip(" \t")
    assert looks_complete(source) in (True, False)
