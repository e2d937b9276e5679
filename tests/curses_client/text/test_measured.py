"""Long lines by columns: against counting every one of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.text import measured as module
from curses_client.text import width, window
from curses_client.text.ansi import PLAIN, Style, encode, plain, runs
from curses_client.text.clusters import clusters
from curses_client.text.measured import Measured, plain_text
from curses_client.text.memory import LONG
from curses_client.text.wrapping import rows_of
from tests.curses_client.text.fuzzing import examples, repeated

pieces = st.sampled_from(
    ["abc ", "漢", "字漢", "e\u0301", "👩\u200d👩\u200d👧", "🇩🇪", "x" * 9, "❤\ufe0f", "⌚\ufe0e", "é"]
)
texts = st.lists(pieces, min_size=1, max_size=30).map("".join)
lines = st.lists(st.tuples(st.sampled_from([PLAIN, Style(fg=1), Style(bold=True)]), texts), min_size=1, max_size=5)


def columns_before(text: str, place: int) -> int:
    return sum(cols for _, cols in clusters(text[:place]))


def test_places_and_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 7)

    @examples(200)
    @given(lines, st.integers(0, 200), st.integers(0, 40))
    def check(styled: list[tuple[Style, str]], column: int, more: int) -> None:
        line = encode(styled)
        found = Measured(line)
        text = plain(line)
        bounds = [0]
        for _, part in runs(line):
            for cluster, _ in clusters(part):
                bounds.append(bounds[-1] + len(cluster))
        widths = [cols for _, part in runs(line) for _, cols in clusters(part)]
        assert found.columns == sum(widths)
        for number, place in enumerate(bounds):
            assert found.column_of(place) == sum(widths[:number])
        place, rest = found.before(column)
        assert place in bounds
        assert found.column_of(place) + rest == column
        row, place, begins = found.around(column, column + more)
        shown = "".join(part for _, part in row)
        assert text[place:].startswith(shown)
        assert begins == found.column_of(place)
        assert begins <= column or begins == found.column_of(rows_of(line, 7).begin(len(rows_of(line, 7)) - 1))
        assert begins + sum(cols for _, cols in clusters(shown)) >= min(column + more, 0)

    repeated(check)


def test_a_long_line_is_measured_as_a_short_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LONG", "_NEAR"):
        monkeypatch.setattr(width, name, 3)
    monkeypatch.setattr(module, "_BLOCK", 5)

    @examples(200)
    @given(texts, st.integers(0, 200))
    def check(text: str, column: int) -> None:
        assert width.columns(text) == sum(cols for _, cols in clusters(text))
        place = 0
        for cluster, _ in clusters(text):
            assert width.column_of(text, place) == columns_before(text, place)
            place += len(cluster)
        index, left = 0, column
        for cluster, cols in clusters(text):
            if cols > left:
                break
            left -= cols
            index += len(cluster)
        assert width.index_at(text, column) == index

    repeated(check)


def test_what_is_seen_of_a_long_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 16)

    @examples(200)
    @given(lines, st.integers(0, 99), st.integers(1, 40), st.integers(0, 12))
    def check(styled: list[tuple[Style, str]], left: int, cols: int, held: int) -> None:
        line = encode(styled)
        monkeypatch.setattr(window, "LONG", 1 << 30)
        expected = window.seen_of(line, lambda row, _: row, left, cols, held)
        monkeypatch.setattr(window, "LONG", 0)
        found = window.seen_of(line, lambda row, _: row, left, cols, held)
        assert [(style, char) for style, text in found for char in text] == [
            (style, char) for style, text in expected for char in text
        ]

    repeated(check)


def test_looks_are_asked_for_by_their_places() -> None:
    line = "漢" * LONG + "needle" + "字" * LONG
    asked: list[tuple[int, str]] = []

    def look(row: list[tuple[Style, str]], place: int) -> list[tuple[Style, str]]:
        asked.append((place, "".join(text for _, text in row)))
        return row

    shown = "".join(text for _, text in window.seen_of(line, look, 2 * LONG - 5, 20))
    assert shown == "…漢漢needle字字字字…"
    assert all(line[place : place + len(text)] == text for place, text in asked)
    assert sum(len(text) for _, text in asked) < 3 * module._BLOCK


def test_plain_text_is_made_once() -> None:
    line = "\x1b[31mred\x1b[0m " * LONG
    assert plain_text(line) == "red " * LONG
    assert plain_text(line) is plain_text(line)
    assert plain_text("\x1b[31mred") == "red"
