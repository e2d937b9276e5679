"""Whatever is printed, and in whatever pieces: the same lines, nothing but text, and no state that grows.

The bounds at which lines are packed are a few lines here, so that every stream meets them.
"""

import re
from pathlib import Path

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.text import lines, rows
from curses_client.text.ansi import LIMIT, plain, runs
from curses_client.text.attic import Attic
from curses_client.text.invisible import HIDDEN
from curses_client.text.lines import LineStore
from curses_client.text.shelf import Shelf
from tests.curses_client.text.fuzzing import (
    RECORDED,
    SECONDS,
    TOKENS,
    cut,
    examples,
    mutated,
    places,
    repeated,
    streams,
)

ALLOWED = re.compile(
    rf"(?:[^\x00-\x1f\x7f-\x9f{HIDDEN}]|\x1b\[[0-9;:]*m|\x1b\]8;;(?:(?:https?|file|mailto):[!-~]*)?\x1b\\)*"
)
pytestmark = pytest.mark.timeout(SECONDS + 120)
BLOCK = 4
anything = st.one_of(streams, mutated())
tails = st.sampled_from([1, 2, 5, 20, 500])


@pytest.fixture(autouse=True)
def narrow_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (rows, lines):
        monkeypatch.setattr(module, "BLOCK", BLOCK)
    monkeypatch.setattr(rows, "_HEAVY", 200)
    monkeypatch.setattr(rows, "_HEAVY_CHUNK", 50)
    monkeypatch.setattr(rows, "_EDITED_ROWS", 2)
    monkeypatch.setattr(rows, "_EDITED_AT_ONCE", 3)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(Attic(tmp_path), fresh=100)


def content(store: LineStore) -> object:
    return [runs(line) for line in store.slice(0, len(store))], store.removed, store.ends_open, store.text()


def assert_consistent(store: LineStore) -> None:
    """All ways to read a store give the same, and what it has is harmless."""
    found = store.slice(0, len(store))
    assert len(found) == len(store)
    assert [store.line(index) for index in range(len(store))] == found
    assert store.blocks == -(-len(found) // BLOCK)
    assert store.frozen_blocks <= store.blocks
    texts = [plain(line) for line in found]
    for number in range(store.blocks):
        assert store.block(number) == "\n".join(texts[number * BLOCK : (number + 1) * BLOCK])
    for index, text in enumerate(texts[-3:], max(len(texts) - 3, 0)):
        assert store.part(index, 0, len(text)) == text
        assert store.part(index, 2, 5) == text[2:5]
    for line in found:
        assert ALLOWED.fullmatch(line), line
        line.encode()


def test_any_split_gives_the_same_lines(shelf: Shelf) -> None:
    @examples(150)
    @given(anything, places, tails)
    def check(text: str, at: list[int], tail: int) -> None:
        whole = LineStore(tail, shelf)
        whole.feed(text)
        assert_consistent(whole)
        pieces = LineStore(tail, shelf)
        for piece in cut(text, at):
            pieces.feed(piece)
        assert content(pieces) == content(whole)
        single = LineStore(tail, shelf)
        for character in text:
            single.feed(character)
        assert content(single) == content(whole)
        assert_consistent(single)

    repeated(check)


def test_frozen_blocks_never_change(shelf: Shelf) -> None:
    @examples(100)
    @given(st.lists(st.one_of(anything, st.just("\n" * 9)), max_size=12), tails)
    def check(chunks: list[str], tail: int) -> None:
        store = LineStore(tail, shelf)
        frozen: list[str] = []
        for chunk in chunks:
            store.feed(chunk)
            assert store.frozen_blocks >= len(frozen)
            now = [store.block(number) for number in range(store.frozen_blocks)]
            assert now[: len(frozen)] == frozen
            frozen = now

    repeated(check)


def test_no_state_grows(shelf: Shelf) -> None:
    @examples(100)
    @given(anything, st.integers(1, 20), tails)
    def check(text: str, times: int, tail: int) -> None:
        store = LineStore(tail, shelf)
        for _ in range(times):
            store.feed(text)
            assert len(store._pending) <= LIMIT
            assert len(store._screen.rows.edited) <= 3
        store.clear()
        assert content(store) == ([], 0, False, "")
        store.feed("\n\x1b\\\n")
        store.clear()
        del store
        assert len(shelf) == 0

    repeated(check)


@pytest.mark.parametrize("text", [*TOKENS, *RECORDED])
def test_what_shows_nothing_takes_nothing(text: str) -> None:
    """However often it is printed: sequences, a line that is overwritten, a cursor that moves."""
    store = LineStore()
    for _ in range(20):
        store.feed(text)
    before, shown = state_size(store), sum(map(len, store.slice(0, len(store))))
    for _ in range(200):
        store.feed(text)
    if sum(map(len, store.slice(0, len(store)))) == shown and "\n" not in text:
        assert state_size(store) <= before + LIMIT


def state_size(store: LineStore) -> int:
    held = store._screen.rows
    cells = sum(sum(map(len, row.characters)) + len(row.styles) for row in held.edited.values())
    pieces = held._pieces + held._lines
    return len(store._pending) + cells + sum(map(len, pieces)) + len(pieces)


# ---- against a terminal --------------------------------------------------------------------------------------------

COLUMNS, HEIGHT = 240, 60

# What a store does otherwise than a terminal, and on purpose: the stream, its lines here, a terminal's.
DIFFERENCES = {
    "no absolute positions: they would overwrite what was printed": ("ab\ncd\x1b[HX", ["ab", "cdX"], ["Xb", "cd"]),
    "nothing printed is erased from above": ("ab\ncd\x1b[2Je", ["ab", "cde"], ["", "  e"]),
    "lines have no end": ("x" * (COLUMNS + 2), ["x" * (COLUMNS + 2)], ["x" * COLUMNS, "xx"]),
    "the bottom is the last line": ("ab\x1b[BX", ["abX"], ["ab", "  X"]),
    "a form feed is no new line": ("a\x0cb", ["ab"], ["a", "b"]),
    "no saved cursor": ("ab\x1b7cd\x1b8X", ["abcdX"], ["abXd"]),
    "no reverse line feed": ("a\nb\x1bMX", ["a", "bX"], ["aX", "b"]),
    "no insertion, deletion": ("abc\r\x1b[2P", ["abc"], ["c"]),
}


def emulated(text: str, height: int = HEIGHT) -> list[str]:
    screen = pyte.Screen(COLUMNS, height)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(text)
    return [row.rstrip() for row in screen.display]


def shown(store: LineStore) -> list[str]:
    return [plain(line).rstrip() for line in store.slice(0, len(store))]


@pytest.mark.parametrize("name", DIFFERENCES)
def test_differences_to_a_terminal(name: str) -> None:
    text, ours, theirs = DIFFERENCES[name]
    store = LineStore()
    store.feed(text)
    assert shown(store) == ours
    screen = emulated(text)
    assert screen == theirs + [""] * (HEIGHT - len(theirs))


# Without what is named above, what is wide or combines (pyte overwrites halves of characters otherwise), and moving
# down, which has a test of its own on a screen that is full.
COMMON = tuple(
    token
    for token in TOKENS
    if re.fullmatch(r"(?:[ -~]|[\n\r\b\t]|\x1b\[(?:[0-9;]*m|[0-9]{0,2}[ACDFG]|[012]?K|J))+", token) and token != "8;;"
)
PRINTED = tuple(text for text in RECORDED if re.fullmatch(r"(?:[ -~\n\r\b\t]|\x1b\[[0-9;?]*[ACDKhlm])+", text))
DOWN = ("\x1b[B", "\x1b[3B", "\x1b[E", "\x1b[2E")


def same_as_a_terminal(text: str, at: list[int], height: int, *, full: bool) -> None:
    start = "\n" * (height - 1) if full else ""
    if not full and text.count("\n") >= height:
        return
    store = LineStore(height)
    for piece in [start, *cut(text, at)]:
        store.feed(piece)
    mine = shown(store) + ([] if store.ends_open or not len(store) else [""])
    longest = max(map(len, mine), default=0)
    if longest >= COLUMNS - 100:
        return
    mine = mine[-height:] if full else mine + [""] * (height - len(mine))
    assert mine == emulated(start + text, height)


def test_same_as_a_terminal(shelf: Shelf) -> None:
    common = st.lists(st.sampled_from(COMMON), max_size=30).map("".join)

    @examples(150)
    @given(st.one_of(common, mutated(PRINTED, COMMON)), places)
    def check(text: str, at: list[int]) -> None:
        if re.search(r"\x1b(?!\[(?:[0-9;]*m|\?25[hl]|[0-9]{0,2}[ACDFG]|[012]?K|J))", text) is None:
            same_as_a_terminal(text, at, HEIGHT, full=False)

    repeated(check)


def test_same_as_a_terminal_that_is_full(shelf: Shelf) -> None:
    # erasing below is left out: there the last line, and with it the screen, would move up
    tokens = [token for token in (*COMMON, *DOWN) if token != "\x1b[J"]
    common = st.lists(st.sampled_from(tokens), max_size=30).map("".join)

    @examples(150)
    @given(st.one_of(common, mutated(PRINTED, tuple(tokens))), places, st.sampled_from([2, 8, 24]))
    def check(text: str, at: list[int], height: int) -> None:
        if re.search(r"\x1b(?!\[(?:[0-9;]*m|\?25[hl]|[0-9]{0,2}[A-G]|[012]?K))", text) is None:
            same_as_a_terminal(text, at, height, full=True)

    repeated(check)
