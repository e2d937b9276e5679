"""Columns on the screen, compared with urwid's."""

import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from urwid.str_util import calc_text_pos, calc_width, move_next_char, move_prev_char

from curses_client.text.ansi import PLAIN, Style, encode
from curses_client.text.width import (
    column_of,
    columns,
    cut,
    fit,
    index_at,
    next_grapheme,
    previous_grapheme,
    rows_needed,
    wrap_runs,
)

SAMPLES = [
    "",
    "abc",
    "é e\u0301 \u0301",
    "漢字かな한글",
    "ᄒ\u1161\u11ab",
    "👍🏽 👩‍👩‍👧 🇩🇪🇫 ❤\ufe0f ☂\ufe0e 1\ufe0f\u20e3",
    "क्षि กำ \u0600",
    "a\u200db \u200d\u200d",
    "\U0010eeee\u0305\u030d",
    "ﷺ \u00ad \u3000",
]
RED = Style(fg=1)

pieces = st.one_of(
    st.sampled_from("ab 漢é\u0301\u200d\ufe0f👩👍🏽🇩🇪❤क्ष한ᄀ\u1161"),
    st.characters(exclude_categories=["Cc", "Cs"]),
)
texts = st.text(pieces, max_size=20)
ascii_texts = st.text("ab c", max_size=20)
checked = settings(max_examples=100, deadline=None)


@pytest.mark.parametrize("text", SAMPLES)
def test_samples_are_as_wide_as_urwid_takes_them(text: str) -> None:
    assert columns(text) == calc_width(text, 0, len(text))


@checked
@given(texts, st.integers(0, 20))
def test_columns_agree_with_urwid(text: str, column: int) -> None:
    assert columns(text) == calc_width(text, 0, len(text))
    assert index_at(text, column) == calc_text_pos(text, 0, len(text), column)[0]
    for index in range(len(text)):
        assert next_grapheme(text, index) == move_next_char(text, index, len(text))
        assert previous_grapheme(text, index + 1) == move_prev_char(text, 0, index + 1)
        assert column_of(text, index) == calc_width(text, 0, index)


@checked
@given(st.one_of(texts, ascii_texts), st.integers(0, 12))
def test_cut_and_fit(text: str, cols: int) -> None:
    head, rest = cut(text, cols)
    assert head + rest == text
    assert columns(head) <= cols
    assert not rest or columns(text[: next_grapheme(text, len(head))]) > cols
    assert columns(fit(text, cols)) <= cols
    assert (fit(text, cols) == text) == (columns(text) <= cols)


def test_fit_marks_what_is_left_out() -> None:
    assert fit("abcdef", 4) == "abc…"
    assert fit("漢字漢字", 4) == "漢…"
    assert fit("abc", 0) == ""


def test_ends_of_the_text() -> None:
    for text in ("abc", "é漢c"):
        assert next_grapheme(text, 3) == 3
        assert previous_grapheme(text, 0) == 0
        assert index_at(text, 99) == 3
        assert index_at(text, -1) == 0


def test_a_column_inside_a_wide_character_belongs_to_it() -> None:
    assert [index_at("a漢b", column) for column in range(5)] == [0, 1, 1, 2, 3]


def test_long_clusters_and_texts() -> None:
    zalgo = "e" + "\u0301" * 10_000
    assert next_grapheme(f"a{zalgo}b", 1) == 10_002
    assert columns(f"漢{zalgo}" * 3) == 9
    assert len(wrap_runs([(PLAIN, "漢" * 100_000)], 80)) == 2_500


@checked
@given(
    st.lists(
        st.tuples(st.sampled_from([PLAIN, RED]), st.one_of(texts.filter(bool), ascii_texts.filter(bool))),
        max_size=4,
    ),
    st.integers(2, 9),
)
def test_wrapped_rows_hold_everything_and_fit(styled: list[tuple[Style, str]], cols: int) -> None:
    rows = wrap_runs(styled, cols)
    assert "".join(text for row in rows for _, text in row) == "".join(text for _, text in styled)
    assert all(sum(columns(text) for _, text in row) <= cols for row in rows)
    assert all(row for row in rows) or rows == [[]]
    for row, following in pairwise(rows):
        first = following[0][1]
        used = sum(columns(text) for _, text in row)
        assert used + columns(first[: next_grapheme(first, 0)]) > cols


@checked
@given(st.one_of(texts, ascii_texts), st.one_of(texts, ascii_texts), st.integers(0, 9))
def test_rows_needed_is_the_number_of_rows(first: str, second: str, cols: int) -> None:
    for styled in ([(PLAIN, first + second)], [(PLAIN, first), (RED, second)]):
        styled = [(style, text) for style, text in styled if text]
        assert rows_needed(encode(styled), cols) == len(wrap_runs(styled, cols))


def test_wrapping() -> None:
    assert wrap_runs([], 5) == [[]]
    assert wrap_runs([(PLAIN, "abcd"), (RED, "efgh")], 3) == [
        [(PLAIN, "abc")],
        [(PLAIN, "d"), (RED, "ef")],
        [(RED, "gh")],
    ]
    assert wrap_runs([(PLAIN, "a漢b")], 2) == [[(PLAIN, "a")], [(PLAIN, "漢")], [(PLAIN, "b")]]
    assert wrap_runs([(PLAIN, "漢a")], 1) == [[(PLAIN, "…")], [(PLAIN, "a")]]


def test_ascii_text_needs_no_tables() -> None:
    script = (
        "import sys\n"
        "from curses_client.text.width import columns, fit, wrap_runs, next_grapheme, index_at\n"
        "columns('abc'), fit('abcdef', 3), wrap_runs([], 3), next_grapheme('abc', 1), index_at('abc', 1)\n"
        "assert 'wcwidth' not in sys.modules and 'urwid' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
