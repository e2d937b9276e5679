"""From one frame to the next: few bytes, and on an emulator the same as drawn from nothing."""

import re
from collections.abc import Sequence
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.cells import PLAIN, Pen, Row
from curses_client.drawing import Frame, draw, printable, uri_of
from curses_client.text.clusters import columns

RED, BOLD, BAR = Pen("31"), Pen("1"), Pen("38;5;250;48;5;236", erases=False)
INVERSE, LINK = Pen("7", erases=False), Pen("4", "https://example.org/", erases=False)
COLS, ROWS = 120, 40


class Emulator:
    """A terminal as the screen finds it: it does not wrap."""

    def __init__(self, cols: int, rows: int) -> None:
        self.screen = pyte.Screen(cols, rows)
        self._stream = pyte.ByteStream(self.screen)
        self._stream.feed(b"\x1b[?7l")

    def feed(self, data: bytes) -> None:
        # pyte would show the address of a link, and leave the cursor where it is when the region ends
        data = re.sub(rb"\x1b]8;[^\x1b]*\x1b\\", b"", data)
        self._stream.feed(data.replace(b"\x1b[r", b"\x1b[r\x1b[H"))

    @property
    def cells(self) -> list[list[Any]]:
        """What is seen: of a blank only what makes it more than nothing."""
        return [
            [self._seen(self.screen.buffer[y][x]) for x in range(self.screen.columns)] for y in range(self.screen.lines)
        ]

    @staticmethod
    def _seen(cell: Any) -> Any:
        if cell.data == " ":
            return cell._replace(fg="default", bold=False, italics=False)
        return cell

    @property
    def cursor(self) -> tuple[int, int] | None:
        cursor = self.screen.cursor
        return None if cursor.hidden else (cursor.x, cursor.y)


def row(*runs: tuple[Pen, str] | str, cols: int = COLS) -> Row:
    """Return runs as a row of so many columns; all characters are narrow."""
    pairs = [(PLAIN, run) if isinstance(run, str) else run for run in runs]
    room = cols - sum(len(text) for _, text in pairs)
    return (*pairs, (PLAIN, " " * room)) if room else tuple(pairs)


def frame(rows: Sequence[Row], cursor: tuple[int, int] | None = None, cols: int = COLS) -> Frame:
    return Frame(rows, cols, cursor)


def shown(*frames: Frame) -> Emulator:
    """Return a terminal after these frames, of which each was drawn on the one before."""
    emulator = Emulator(frames[0].cols, len(frames[0].rows))
    old = None
    for new in frames:
        emulator.feed(draw(old, new))
        old = new
    return emulator


def same(*frames: Frame) -> bytes:
    """Check that the last of the frames is seen as if it was drawn from nothing; return how it was drawn."""
    updated, fresh = shown(*frames), shown(frames[-1])
    assert updated.cells == fresh.cells
    assert updated.screen.display == fresh.screen.display
    assert updated.cursor == fresh.cursor == frames[-1].cursor
    assert updated.screen.margins is None
    return draw(frames[-2], frames[-1])


def line(number: int) -> Row:
    return row((RED, "│ "), f"line {number} of the output of some cell, which is not very long")


def window(output: Sequence[Row], source: str = "", cursor: int = 0) -> Frame:
    """A window as this program fills it: output, a rule, the editor, a rule, the status."""
    rule = row((RED, "─" * COLS))
    status = ((BAR, " ● busy 12 s · python 3.11" + " " * (COLS - 46)), (BAR, " 1:1  host · session"))
    rows = [*output, rule, row((BOLD, "In [7] "), source), rule, status]
    return frame(rows, (7 + cursor, len(output) + 1))


# ---- bytes of what happens most --------------------------------------------------------------------------------


def test_one_new_line_of_output() -> None:
    before, after = (window([line(number) for number in range(first, first + 36)]) for first in (0, 1))
    assert len(same(before, after)) < 130


def test_a_line_behind_the_last_one() -> None:
    few = [line(number) for number in range(10)]
    before, after = window([*few, *[row()] * 26]), window([*few, line(10), *[row()] * 25])
    assert len(same(before, after)) < 100


@pytest.mark.parametrize("lines", [3, -3, 12, -12])
def test_scrolled_by_some_lines(lines: int) -> None:
    before, after = (window([line(number) for number in range(first, first + 36)]) for first in (50, 50 + lines))
    assert len(same(before, after)) < 60 + abs(lines) * 90


def test_scrolled_by_a_page() -> None:
    before, after = (window([line(number) for number in range(first, first + 36)]) for first in (150, 186))
    # of each row the number is what differs
    assert len(same(before, after)) < 36 * 14


def test_a_key() -> None:
    before, after = window([line(1)] * 36, "prin", 4), window([line(1)] * 36, "print", 5)
    assert same(before, after) == b"t"


def test_a_key_within_a_line() -> None:
    before, after = window([line(1)] * 36, "a = (1, 2)", 4), window([line(1)] * 36, "a = f(1, 2)", 5)
    assert len(same(before, after)) < 20


def test_a_key_that_colours_a_word() -> None:
    plain = window([line(1)] * 36, "de", 2)
    coloured = Frame([*plain.rows[:37], row((BOLD, "In [7] "), (BOLD, "def")), *plain.rows[38:]], COLS, (10, 37))
    assert len(same(plain, coloured)) < 20


def test_a_cursor_that_moves() -> None:
    before, after = window([line(1)] * 36, "print", 5), window([line(1)] * 36, "print", 4)
    assert same(before, after) == b"\b"


def test_nothing_changes() -> None:
    assert same(window([line(1)]), window([line(1)])) == b""


def test_two_ends_of_a_row() -> None:
    before = frame([row("a" * COLS)])
    after = frame([row("b", "a" * (COLS - 2), "b")])
    assert len(same(before, after)) < 15


def test_a_wide_character_and_something_behind_it() -> None:
    before, after = (frame([(*row(text, " " * 20, text, cols=24), (PLAIN, "  "))], cols=28) for text in "漢字")
    assert same(before, after).count("字".encode()) == 2


def test_what_is_typed_comes_first() -> None:
    before, after = window([line(1)] * 36, "a", 1), window([line(2)] * 36, "ab", 2)
    data = same(before, after)
    assert data.startswith(b"\x1b[?25lb\x1b[1;8H2")


# ---- the cursor and the terminal's modes -----------------------------------------------------------------------


@pytest.mark.parametrize("first", [None, (0, 0), (3, 1)])
@pytest.mark.parametrize("second", [None, (0, 0), (9, 2)])
@pytest.mark.parametrize("rows", [["a", "b", "c"], ["abcdefghij" * 12] * 3])
def test_the_cursor(first: tuple[int, int] | None, second: tuple[int, int] | None, rows: list[str]) -> None:
    data = same(frame([row()] * 3, first), frame([row(text) for text in rows], second))
    if first == second == (0, 0) and rows == ["a", "b", "c"]:
        assert b"\x1b[?25" not in data


def test_a_large_frame_is_shown_at_once_where_the_terminal_can() -> None:
    before, after = frame([row()] * 3), frame([row("abcdefghij" * 12)] * 3)
    data = draw(before, after, at_once=True)
    assert data.startswith(b"\x1b[?2026h")
    assert data.endswith(b"\x1b[?2026l")
    assert b"2026" not in draw(before, after)
    assert b"2026" not in draw(before, frame([row("a"), row(), row()]), at_once=True)


def test_what_is_typed_is_shown_before_what_is_shown_at_once() -> None:
    old, new = window([line(1)] * 36, "a", 1), window([line(number) for number in range(100, 136)], "ab", 2)
    assert draw(old, new, at_once=True).startswith(b"\x1b[?25lb\x1b[?2026h")


@pytest.mark.parametrize("pen", [RED, INVERSE, LINK, BAR])
def test_nothing_is_left_on(pen: Pen) -> None:
    data = draw(frame([row()]), frame([row((pen, "x" * COLS))]))
    assert re.findall(rb"\x1b\[[0-9;]*m", data)[-1] == b"\x1b[m"
    assert data.count(b"\x1b]8;;https") == data.count(b"\x1b]8;;\x1b\\") == bool(pen.link)


def test_a_link_covers_its_text_only() -> None:
    data = draw(frame([row()]), frame([row("see ", (LINK, "this"), " now")]))
    assert b"see \x1b[4m\x1b]8;;https://example.org/\x1b\\this\x1b[m\x1b]8;;\x1b\\ now" in data


def test_an_other_size_is_drawn_from_nothing() -> None:
    old, new = frame([row(cols=10)] * 2, cols=10), frame([row("a", cols=12)] * 2, cols=12)
    assert draw(old, new) == draw(None, new)
    assert draw(old, Frame([*old.rows, old.rows[0]], 10, None)) == draw(None, Frame([*old.rows, old.rows[0]], 10, None))


def test_a_full_frame_overwrites_anything() -> None:
    emulator = Emulator(COLS, 3)
    emulator.feed(b"\x1b[41;1m\x1b[2;3r" + b"#" * 1000)
    new = frame([row("a"), row((INVERSE, "b" * COLS)), row("🙂 c")], (1, 1))
    emulator.feed(b"\x1b[1;1H" + draw(None, new))
    assert emulator.cells == shown(new).cells
    assert emulator.screen.margins is None


@pytest.mark.parametrize(
    ("uri", "taken"),
    [
        ("https://example.org/a?b=c;d", True),
        ("file:///tmp/x", True),
        ("https://example.org/a b", False),
        ("https://example.org/\x1b\\", False),
        ("https://example.org/é", False),
        ("https://example.org/\n", False),
        ("", False),
        ("x" * 2000, True),
        ("x" * 2001, False),
    ],
)
def test_addresses(uri: str, taken: bool) -> None:
    assert uri_of(uri) == (uri if taken else "")


def test_control_characters_are_text() -> None:
    assert printable("a\x1b[2J\x00\x7f\x9b\tb\n漢") == "a?[2J????b?漢"


def test_a_character_that_does_not_exist() -> None:
    assert b"?" in draw(None, frame([row("\ud800", cols=5)], cols=5))


# ---- any frames ------------------------------------------------------------------------------------------------

CLUSTERS = {
    "a": 1, "b": 1, " ": 1, "─": 1, "é": 1, "漢": 2, "字": 2, "가": 2, "🙂": 2, "e\u0301": 1, "漢\u0301": 2, "א": 1,
}  # fmt: skip
PENS = [PLAIN, RED, BOLD, BAR, INVERSE, LINK]
WIDTH = 12


@st.composite
def a_row(draw_one: st.DrawFn) -> Row:
    runs: list[tuple[Pen, str]] = []
    room = WIDTH
    while room:
        pen, cluster = draw_one(st.sampled_from(PENS)), draw_one(st.sampled_from([*CLUSTERS]))
        count = draw_one(st.integers(1, 5))
        for _ in range(count):
            if CLUSTERS[cluster] <= room:
                runs.append((pen, cluster))
                room -= CLUSTERS[cluster]
        if room == 1:
            runs.append((pen, " "))
            room = 0
    return tuple(runs)


@st.composite
def frames(draw_one: st.DrawFn) -> list[Frame]:
    pool = draw_one(st.lists(a_row(), min_size=3, max_size=6))
    height = draw_one(st.integers(1, 9))
    rows = draw_one(st.lists(st.sampled_from(pool), min_size=height, max_size=height))
    found = []
    for _ in range(draw_one(st.integers(2, 6))):
        top = draw_one(st.integers(0, height - 1))
        bottom = draw_one(st.integers(top, height - 1))
        by = draw_one(st.integers(-height, height))
        within = rows[top : bottom + 1]
        fresh = draw_one(st.lists(st.one_of(a_row(), st.sampled_from(pool)), min_size=abs(by), max_size=abs(by)))
        within = [*within, *fresh][by:] if by >= 0 else [*fresh, *within][: len(within)]
        rows = [*rows[:top], *within[: bottom + 1 - top], *rows[bottom + 1 :]]
        cursor = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, height - 1))
        found.append(Frame(rows, WIDTH, draw_one(st.none() | cursor)))
    return found


@given(frames())
@settings(deadline=None, max_examples=60)
def test_frames_look_as_if_drawn_from_nothing(sequence: list[Frame]) -> None:
    same(*sequence)


@pytest.mark.parametrize("text", ["👍🏽", "🏳\ufe0f\u200d🌈", "❤\ufe0f", "क्ष", "1\ufe0f\u20e3👍🏽"])
def test_what_stands_behind_characters_of_unsure_width_is_in_its_column(text: str) -> None:
    width = columns(text)
    emulator = shown(frame([((RED, text), (PLAIN, " a" + text + "b|" + " " * (COLS - 2 * width - 4)))], cols=COLS))
    cells = emulator.cells[0]
    assert cells[width + 1].data == "a"
    assert [cells[2 * width + 2].data, cells[2 * width + 3].data] == ["b", "|"]
