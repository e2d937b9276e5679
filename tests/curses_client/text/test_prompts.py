"""Prompts that were copied with code: text in, code out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.prompts import without_prompts


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (">>> x = 1\n>>> x\n1", "x = 1\nx"),
        (">>> def f():\n...     return 1\n... \n>>> f()\n1", "def f():\n    return 1\n\nf()"),
        ("In [1]: x = 1\n\nIn [2]: x\nOut[2]: 1", "x = 1\nx"),
        ("In [12]: for i in x:\n    ...:     print(i)\n    ...:\n0\n1", "for i in x:\n    print(i)"),
        ("    >>> indented(\n    ...     1)\n    1", "indented(\n    1)"),
        ("julia> 1 + 1\n2", "1 + 1"),
        ("x = 1\n>>> y = 2", "x = 1\ny = 2"),
        (">>> x\n...", "x"),
        (">>> f()\nsome\n... output", "f()"),
        (">>>", ""),
        ("x = 1\ny = 2", "x = 1\ny = 2"),
        ("...", "..."),
        ("a >>> b", "a >>> b"),
        (">>>x", ">>>x"),
    ],
)
def test_prompts(text: str, code: str) -> None:
    assert "\n".join(without_prompts(text.split("\n"))) == code


@given(st.lists(st.sampled_from([">>> a", "... b", "c", "", "In [3]: d", "   ...: e", ">>>"]), min_size=1))
@settings(max_examples=100, deadline=None)
def test_code_behind_prompts_stays_and_no_prompt_does(lines: list[str]) -> None:
    found = without_prompts(lines)
    if any(line.startswith((">>>", "In [")) for line in lines):
        assert [line for line in found if line in ("a", "d")] == [line[-1] for line in lines if line[-1:] in ("a", "d")]
        assert len(found) >= 1
    else:
        assert found == lines
