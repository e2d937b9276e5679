"""The cells of a script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.files.sections import Section, code_of, is_mark, section_at, sections


@pytest.mark.parametrize("line", ["# %%", "#%%", "# %% title", "  # %%", "// %%", "-- %% [markdown]", "# %%\ttab"])
def test_a_mark(line: str) -> None:
    assert is_mark(line)


@pytest.mark.parametrize("line", ["", "%%time", "# %%%", "x = 1  # %%", "#  %%", "# %", "'# %%'"])
def test_no_mark(line: str) -> None:
    assert not is_mark(line)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(0, 1, False, "")]),
        ("a\nb", [(0, 2, False, "")]),
        ("# %%\na", [(0, 2, True, "")]),
        ("a\n# %% one\nb\n# %%\n", [(0, 1, False, ""), (1, 3, True, "one"), (3, 5, True, "")]),
        ("\n\n# %% one\nb", [(2, 4, True, "one")]),
        ("# %% [markdown] words\n# a", [(0, 2, True, "words")]),
    ],
)
def test_the_cells(text: str, found: list[tuple[int, int, bool, str]]) -> None:
    assert [(one.first, one.last, one.mark, one.title) for one in sections(text.split("\n"))] == found


def test_text_is_nothing_to_run() -> None:
    assert [one.is_text for one in sections(["# %% [markdown]", "# a", "# %%", "b", "# %% [raw]"])] == [
        True,
        False,
        True,
    ]


def test_what_is_run_of_a_cell() -> None:
    lines = ["# %% one", "", "a", "", "b", "", "", "# %%"]
    assert code_of(lines, sections(lines)[0]) == "a\n\nb"


@given(st.lists(st.sampled_from(["# %%", "a", ""]), min_size=1), st.data())
def test_the_cell_of_a_row_is_the_one_among_all(lines: list[str], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(lines) - 1))
    found = [one for one in sections(lines) if one.first <= row < one.last]
    here = section_at(lines, row)
    assert found == [here] or (not here.mark and not "".join(lines[: here.last]).strip())
    assert here.first <= row < here.last
    assert isinstance(here, Section)
