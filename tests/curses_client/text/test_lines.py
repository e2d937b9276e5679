"""What programs print and which lines remain of it."""

import re
import time
import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.ansi import LIMIT, PLAIN, Style, plain, runs
from curses_client.text.attic import Attic
from curses_client.text.invisible import HIDDEN
from curses_client.text.lines import BLOCK, TAIL, LineStore
from curses_client.text.shelf import Shelf

ALLOWED = re.compile(
    rf"(?:[^\x00-\x1f\x7f-\x9f{HIDDEN}]|\x1b\[[0-9;:]*m|\x1b\]8;;(?:(?:https?|file|mailto):[!-~]*)?\x1b\\)*"
)
RED, BOLD = Style(fg=1), Style(bold=True)
checked = settings(max_examples=75, deadline=None)

SCRIPTS: list[tuple[str, list[str]]] = [
    ("", []),
    ("\n", [""]),
    ("a\nb", ["a", "b"]),
    ("a\n\nb\n", ["a", "", "b"]),
    ("a\r\nb\r\n", ["a", "b"]),
    ("a\r\r\nb", ["a", "b"]),
    ("abc\rX", ["Xbc"]),
    ("abc\b\bX\b\b\b\bY", ["YXc"]),
    ("a\tb\n\tc\n12345678\td", ["a       b", "        c", "12345678        d"]),
    ("a\n\r\tb\rX", ["a", "X       b"]),
    ("漢\tb", ["漢      b"]),
    ("abc\x1b[2DX\x1b[3CY", ["aXc  Y"]),
    ("abc\x1b[GX\x1b[3GY\x1b[0GZ", ["ZbY"]),
    ("abcdef\r\x1b[3C\x1b[K", ["abc"]),
    ("abcdef\x1b[4D\x1b[1K", ["   def"]),
    ("abcdef\x1b[2KX", ["      X"]),
    ("abc\x1b[3Kd\x1b[Ke\x1b[0K", ["abcde"]),
    ("a\nb\nc\x1b[2AX\x1b[BY\x1b[99BZ", ["aX", "b Y", "c  Z"]),
    ("a\nb\nc\x1b[FX\x1b[EY\x1b[99FZ", ["Z", "X", "Y"]),
    ("abc\nd\ne\x1b[2A\x1b[J", ["a"]),
    ("abc\nd\ne\x1b[2A\x1b[JX\nY\n", ["aX", "Y"]),
    ("abc\nd\x1b[2J\x1b[H\x1b[1J\x1b[3Je", ["abc", "de"]),
    ("abc\nd\x1b[A\x1b[2Je", ["aec", "d"]),
    ("a\x1b[99999999Cb", ["a" + " " * 999 + "b"]),
    ("one\ntwo\n\x1b[A\x1b[Athree\n", ["three", "two"]),
    ("漢字\rX", ["X 字"]),
    ("漢字\r\x1b[CX", [" X字"]),
    ("漢字\x1b[3D漢", [" 漢 "]),
    ("e\u0301x\rE", ["Ex"]),
    ("ex\b\u0301", ["e\u0301x"]),
    ("漢x\b\u0301y\rX", ["X y"]),
    ("\u0301a\rb", ["ba"]),
    ("ab\r\u0301", ["\u0301b"]),
    ("\x1b[31mred\x1b[0m\n\x1b[0m", ["red"]),
    ("\x1b[31ma\tb", ["a       b"]),
    ("\x1b[31mred\nred\x1b[1m\n\nboth\x1b[m", ["red", "red", "", "both"]),
    ("\x1b[31mab\rc\x1b[0md\tx\n", ["cd      x"]),
    ("\x1b]8;id=1;http://x.org/\x07link\x1b]8;;\x07 text", ["link text"]),
    (
        "\x1b]8;;http://x.org/\x1b\\two\nlines\x1b]8;;javascript:x\x1b\\ off\r\x1b]8;;\x1b\\O",
        ["two", "Oines off"],
    ),
    ("\x1b]0;title\x07a\x1b[?25lb\x1b(Bc\x1b7d\x07\x00e\x85f\x9bg", ["abcde<U+0085>f<U+009B>g"]),
    ("a\u202eb\u200bc\ud800\n", ["a<U+202E>b<U+200B>c\ufffd"]),
    ("a\x1bPunfinished\nb\x1b[31\nc\x1b]0;x\x1b[31md", ["a␛Punfinished", "b␛[", "c␛]0;xd"]),
    ("\x1bP" + "x" * LIMIT + "\n\x1bP\x1b[31;", ["␛P", "␛P"]),
    ("👩\u200d👩 1\ufe0f\u20e3 a\u200db 1\ufe0f2", ["👩\u200d👩 1\ufe0f\u20e3 a<U+200D>b 1<U+FE0F>2"]),
    ("می\u200cخ a\u200cb c\xad\u3164", ["می\u200cخ a<U+200C>b c<U+00AD><U+3164>"]),
]

HOSTILE = [
    "\x1b]52;c;aGVsbG8=\x07",
    "\x1b]52;c;?\x1b\\",
    "\x1b]0;title\x07\x1b]2;title\x1b\\\x1b[21t\x1b[20t",
    "\x1b[5n\x1b[6n\x1b[c\x1b[>c\x1b[=c\x1bZ\x1b[?15n\x1b[>q\x05",
    "\x1bP$qm\x1b\\\x1bP+q544e\x1b\\",
    "\x1bPunterminated",
    "\x1b_Gi=1;AAAA",
    "\x1b^private\x07\x1bXstart of string",
    "\x1b]1337;File=:AAAA",
    "\x90q\x9c\x9b31m\x9d0;t\x07\x9e\x9f\x98\x84\x85",
    "\x1b[?1000h\x1b[?1002h\x1b[?1004h\x1b[?1006h\x1b[?2004h\x1b[>1u\x1b[<u\x1b[>4;2m",
    "\x1b[?1049h\x1b[?47h\x1b[2J\x1b[3J\x1b[H\x1b[1;1H\x1b[1;5r\x1bc\x1b[!p\x1b#8",
    "\u202etxt.exe\u202c\u2066\u2067\u2068\u2069\u061c\u200e\u200f",
    "\u200b\u2060\ufeff\u2028\u2029\U000e0020\U000e007f\u2064\ufff9",
    "\x1b]8;;javascript:alert(1)\x1b\\x\x1b]8;;\x1b\\",
    "\x1b]8;;http://x\u202e.org\x1b\\x\x1b]8;;http://a b\x07y\x1b]8;;",
    "\x1b\x1b[31m\x1b[\x1b]\x1bP\x1b\\\x1b",
    "\x0e\x0f\x0b\x0c\x1a\x18\x7f\x00",
    "\ud83d\ude00\udcff",
    "\x1b[38;2;999;;;;;::::m\x1b[1;2A\x1b[>2;3m",
    "\x1b[31m\x1b[5i\x1b[4i\x1b[1 q\x1b[?5W\x1b[4h\x1b[20l",
]


def fed(*chunks: str, tail: int = 500) -> LineStore:
    store = LineStore(tail)
    for chunk in chunks:
        store.feed(chunk)
    return store


def content(store: LineStore) -> object:
    return [runs(line) for line in store.slice(0, len(store))], store.removed, store.ends_open, store.text()


def assert_harmless(lines: Iterable[str]) -> None:
    for line in lines:
        assert ALLOWED.fullmatch(line), line
        line.encode()


@pytest.mark.parametrize(("printed", "lines"), SCRIPTS)
def test_scripts(printed: str, lines: list[str]) -> None:
    store = fed(printed)
    assert [plain(line) for line in store.slice(0, 99)] == lines
    assert len(store) == len(lines)


@pytest.mark.parametrize("printed", [printed for printed, _ in SCRIPTS] + HOSTILE)
def test_every_split_gives_the_same(printed: str) -> None:
    whole = content(fed(printed))
    for position in range(1, len(printed)):
        assert content(fed(printed[:position], printed[position:])) == whole, position
    assert content(fed(*printed)) == whole


@pytest.mark.parametrize("vector", HOSTILE)
def test_hostile_output_leaves_nothing_but_text(vector: str) -> None:
    for printed in (f"before {vector} after\n", f"a\r{vector}b\n{vector}", f"{vector * 3}\n"):
        store = fed(printed)
        assert_harmless(store.slice(0, len(store)))
        assert store.removed


def test_hostile_output_cannot_swallow_what_follows() -> None:
    for vector in HOSTILE:
        text = fed(f"kept\n{vector}\nfollows\n").text()
        assert text.startswith("kept\n"), vector
        assert text.endswith("\nfollows\n"), vector


@pytest.mark.parametrize(
    ("printed", "line"),
    [("a\x1bPsecret", "a␛Psecret"), ("a\x1b[31", "a␛["), ("❤\ufe0f", "❤\ufe0f"), ("a\u200d", "a<U+200D>")],
)
def test_what_waits_at_the_end_is_shown(printed: str, line: str) -> None:
    store = fed(printed)
    store.end()
    assert plain(store.line(0)) == line
    store.feed("b")
    assert plain(store.line(0)) == line + "b"


@pytest.mark.parametrize("start", ["\x1bP", "\x1b]8;;http://", "\x1b]0;", "\x1b_", "\x1b[", "\x1b[31 "])
def test_an_endless_sequence_takes_no_memory(start: str) -> None:
    fill = " " if start.endswith(" ") else "1"
    chunked = fed(start, *[fill * 1000] * 20)
    assert len(chunked._pending) <= LIMIT
    chunked.feed("\nfree")
    assert content(chunked) == content(fed(start + fill * 20_000 + "\nfree"))
    assert chunked.line(1) == "free"
    assert chunked.removed == 1


@pytest.mark.parametrize(("start", "end"), [("\x1b[", "m"), ("\x1b]8;;http://", "\x07")])
def test_an_overlong_sequence_has_no_effect(start: str, end: str) -> None:
    printed = f"{start}{'1' * LIMIT}{end}text"
    for position in (0, 1, 3, LIMIT - 1, LIMIT, LIMIT + 1, len(printed) - 5, len(printed) - 4):
        store = fed(printed[:position], printed[position:])
        assert content(store) == ([[(PLAIN, "text")]], 1, True, "text")


def test_every_line_carries_its_style() -> None:
    store = fed("\x1b[31ma\nb\x1b[0;1m\nc\n", "d\n\x1b[m", "e")
    assert [runs(line) for line in store.slice(0, 9)] == [
        [(RED, "a")],
        [(RED, "b")],
        [(BOLD, "c")],
        [(BOLD, "d")],
        [(PLAIN, "e")],
    ]


def test_a_reset_leaves_the_link_open() -> None:
    link = Style(link="http://x")
    store = fed("\x1b]8;;http://x\x07\x1b[31ma\x1b[0mb\nc", "\x1b[0m\nd")
    assert runs(store.line(0)) == [(link._replace(fg=1), "a"), (link, "b")]
    assert [runs(line) for line in store.slice(1, 3)] == [[(link, "c")], [(link, "d")]]


def test_links_are_kept_for_harmless_targets_only() -> None:
    good = ["http://a", "HTTPS://a?b;c", "file:///x", "mailto:x@y"]
    bad = ["javascript:x", "data:,x", "x", "ssh://a", "http://ä", "http://a b"]
    for target in good + bad:
        for end in ("\x07", "\x1b\\"):
            store = fed(f"\x1b]8;;{target}{end}text\x1b]8;;{end}")
            link = target if target in good else ""
            assert runs(store.line(0)) == [(PLAIN._replace(link=link), "text")]
            assert store.removed == (target in bad)
    store = fed("\x1b]8;;http://good\x07a\x1b]8;;bad:x\x07b")
    assert runs(store.line(0)) == [(Style(link="http://good"), "a"), (PLAIN, "b")]


def test_overwriting_takes_the_new_style() -> None:
    store = fed("abcdef\r", "\x1b[31mXY\x1b[1C\x1b[0mZ")
    assert runs(store.line(0)) == [(RED, "XY"), (PLAIN, "cZef")]


def test_nested_progress_bars() -> None:
    # What tqdm prints for an inner bar below an outer one, leave=True and leave=False.
    store = fed("before\n")
    for outer in range(3):
        store.feed(f"\router {outer}/3 [{'█' * outer}{' ' * (2 - outer)}]")
        for inner in range(4):
            store.feed("\n")
            store.feed(f"\rinner {inner}/4")
            store.feed("\x1b[A")
        store.feed("\n\r         \r\x1b[A")
    assert store.text() == "before\nouter 2/3 [██]\n         "
    store.feed("\nafter\nmore")
    assert [line.rstrip() for line in store.slice(0, 9)] == ["before", "outer 2/3 [██]", "after", "more"]


def test_live_display_that_shrinks() -> None:
    store = fed("one\ntwo\nthree\n", "\x1b[3A\x1b[J", "done\n", "next\n")
    assert store.text() == "done\nnext\n"


def test_the_cursor_stays_in_the_tail() -> None:
    store = fed("".join(f"{number}\n" for number in range(100)), tail=10)
    for _ in range(20):
        store.feed("\x1b[50A\x1b[JX")
    assert store.slice(0, 99) == [*map(str, range(91)), "X" * 20]


def test_moving_far_costs_little() -> None:
    huge = "9" * 4000
    store = fed(f"a\nb\x1b[{huge}A\x1b[{huge}Cc\x1b[{huge}Bd\x1b[{huge}De\x1b[{huge}Gf")
    assert [len(line) for line in store.slice(0, 9)] == [1001, 1002]
    long_row = fed("x" * 1_000_000 + "\b\b")
    start = time.process_time()
    long_row.feed("\x1b[1Kx\x1b[2D" * 2000)
    assert time.process_time() - start < 1


def test_appending_goes_on_after_edits() -> None:
    store = fed("a\rb", "c\nd\n", "\x1b[31me\n", "\x1b[0mf\x1b[A\x1b[Cg\n", "h\n", "i")
    assert [plain(line) for line in store.slice(0, 9)] == ["bc", "d", "e g", "h", "i"]


def test_length_and_open_end() -> None:
    store = LineStore()
    states = []
    for chunk in ("a", "b\n", "\x1b[31m", "\x1b[0m", "c", "\r\x1b[K", "d", "\n"):
        store.feed(chunk)
        states.append((len(store), store.ends_open))
    assert states == [
        (1, True),
        (1, False),
        (1, False),
        (1, False),
        (2, True),
        (1, False),
        (2, True),
        (2, False),
    ]


def test_reading() -> None:
    store = fed("a\nb\nc")
    assert store.line(2) == "c"
    assert store.slice(-5, 2) == ["a", "b"]
    assert store.slice(2, 99) == ["c"]
    assert store.slice(2, 1) == []
    for index in (-1, 3):
        with pytest.raises(IndexError):
            store.line(index)


def test_version_and_clear() -> None:
    store = fed("\x1b[31ma\x07\x1b[3")
    before = store.version
    store.feed("")
    assert store.version == before
    store.clear()
    assert store.version > before
    assert (len(store), store.removed, store.text()) == (0, 0, "")
    store.feed("1mb")
    assert store.slice(0, 1) == ["1mb"]


def test_many_lines_are_all_there() -> None:
    expected = [f"{number} é \x1b[31mred\x1b[0m" if number % 3 else str(number) for number in range(10_000)]
    printed = "\n".join(expected) + "\n"
    store = fed(*[printed[start : start + 5000] for start in range(0, len(printed), 5000)])
    assert len(store) == 10_000
    assert [runs(line) for line in store.slice(0, 10_000)] == [runs(line) for line in expected]
    assert [store.line(index) for index in range(0, 10_000, 500)] == expected[::500]
    assert store.slice(1020, 1030) == expected[1020:1030]
    assert fed(printed).slice(0, 10_000) == expected


def test_edits_survive_packing() -> None:
    store = LineStore()
    expected = []
    for number in range(6000):
        store.feed(f"x{number}\rline\n")
        expected.append(f"line{str(number)[3:]}")
    assert store.slice(0, 6000) == expected


def test_style_goes_on_after_packing() -> None:
    store = fed("x\ry\n" * 100 + "\x1b[31ma\rb", "\x1b[0m", "c")
    assert runs(store.line(100)) == [(RED, "b"), (PLAIN, "c")]


@pytest.mark.parametrize(
    "piece", ["0123456789", "0123\t56789", "é漢4567890", "\x1b[31m01\x1b[0m", "01234\b\b", "\rx\x1b[99C"]
)
@pytest.mark.parametrize("size", [200, 1 << 16])
def test_a_line_of_megabytes_takes_linear_time(piece: str, size: int) -> None:
    printed = piece * (500_000 // len(piece))
    store = LineStore()
    start = time.process_time()
    for position in range(0, len(printed), size):
        store.feed(printed[position : position + size])
    assert len(store) == 1
    assert time.process_time() - start < 3


# ---- much of it ---------------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(Attic(tmp_path), fresh=1 << 20)


def test_blocks_are_read_as_plain_text(shelf: Shelf) -> None:
    store = LineStore(shelf=shelf)
    assert (store.blocks, store.frozen_blocks) == (0, 0)
    expected = [f"{number} é \x1b[31mred" if number % 3 else f"plain {number}" for number in range(100_000)]
    for start in range(0, len(expected), 700):
        store.feed("".join(f"{line}\x1b[m\n" for line in expected[start : start + 700]))
    texts = [line.replace("\x1b[31m", "") for line in expected]
    assert store.blocks == 98
    assert store.frozen_blocks == (100_000 - 500 + 1) // BLOCK == 97
    for number in range(98):
        assert store.block(number) == "\n".join(texts[number * BLOCK : (number + 1) * BLOCK])
    for number in (-1, 98):
        with pytest.raises(IndexError):
            store.block(number)
    assert len(shelf._stored) > 10
    store.clear()
    assert (store.blocks, store.frozen_blocks, len(shelf)) == (0, 0, 0)


def test_the_last_block_grows() -> None:
    store = fed("a")
    assert (store.blocks, store.block(0)) == (1, "a")
    store.feed("\x1b[31mb\nc\rd")
    assert (store.blocks, store.block(0)) == (1, "ab\nd")
    store.feed("\n" * BLOCK)
    assert (store.blocks, store.block(1)) == (2, "")


def test_what_was_packed_goes_with_its_store(shelf: Shelf) -> None:
    stores = [LineStore(shelf=shelf) for _ in range(3)]
    for store in stores:
        store.feed("x" * 50 + "\n")
        store.feed(f"{'y' * 50}\n" * 50_000)
    assert len(shelf) > 100
    stores.clear()
    del store
    assert len(shelf) == 0


@pytest.mark.parametrize("length", [10, 2_000, 100_000, 3_000_000])
def test_lines_of_any_length_are_packed_and_edited(shelf: Shelf, length: int) -> None:
    count = 30_000_000 // length if length > 1000 else 5000
    store = LineStore(shelf=shelf)
    for number in range(count):
        store.feed(f"{number:06} {chr(97 + number % 26) * length}\n")
    held = sum(map(len, store._screen.rows._lines))
    assert held <= 1 << 22
    back = min(TAIL - 1, count)
    store.feed(f"\x1b[{back}Aedited\x1b[{back}B\rend")
    assert len(store) == count + 1
    assert store.line(count - back).startswith("edited " + chr(97 + (count - back) % 26))
    for number in {0, count // 2, count - 1} - {count - back}:
        assert store.line(number) == f"{number:06} {chr(97 + number % 26) * length}"
    assert store.line(count) == "end"
    # a block is whole chunks, so that reading it takes no splitting where lines are of usual lengths
    starts = store._screen.rows._archive._starts
    assert {*range(0, starts[-1], BLOCK)} <= {*starts}


def test_a_store_of_a_line_is_small() -> None:
    tracemalloc.start()
    stores = [LineStore() for _ in range(500)]
    empty = tracemalloc.get_traced_memory()[0] / 500
    for number, store in enumerate(stores):
        store.feed(f"{number}\n")
    line = tracemalloc.get_traced_memory()[0] / 500
    tracemalloc.stop()
    # measured: 450 and 520
    assert empty < 700
    assert line < 900


def test_parts_of_a_line() -> None:
    store = fed("0123456789\n01\x1b[31m234\x1b[0;1m\x1b[4m5678\x1b[m9\n\n")
    for index in (0, 1):
        for start in range(-1, 12):
            for stop in range(-1, 12):
                assert store.part(index, start, stop) == "0123456789"[max(start, 0) : max(stop, 0)]
    assert store.part(2, 0, 5) == ""
    with pytest.raises(IndexError):
        store.part(3, 0, 1)


@pytest.mark.parametrize("line", ["0123456789" * 500_000, "漢字" * 250_000, "01234\x1b[31m56789\x1b[m" * 100_000])
def test_a_line_of_megabytes_is_read_quickly(line: str) -> None:
    store = fed(f"a\n{line}\nb\n")
    start = time.process_time()
    for _ in range(100):
        store.slice(0, 3)
        store.line(1)
        store.part(1, 1000, 1100)
    assert time.process_time() - start < 1


def test_many_lines_are_taken_quickly(shelf: Shelf) -> None:
    text = "".join(f"line {number:06} with some text of about fifty characters\n" for number in range(1200))
    store = LineStore(shelf=shelf)
    start = time.process_time()
    for _ in range(250):
        store.feed(text)
    # measured: 0.06 to 0.15 s
    assert time.process_time() - start < 1
    start = time.process_time()
    found = [store.block(number).count("zebra") for number in range(store.blocks)]
    # measured: 0.03 to 0.05 s
    assert time.process_time() - start < 0.5
    assert sum(found) == 0


# ---- against a terminal -------------------------------------------------------------------------------------------

tokens = st.sampled_from(
    [
        *("a", "bc", "def ghi", "漢", "\n", "\r", "\b", "\t", "\r\n"),
        *("\x1b[31m", "\x1b[1m", "\x1b[0m", "\x1b[39m", "\x1b[K", "\x1b[1K", "\x1b[2K"),
        *("\x1b[A", "\x1b[2A", "\x1b[C", "\x1b[9C", "\x1b[D", "\x1b[4D", "\x1b[F", "\x1b[G", "\x1b[7G"),
    ]
)
narrow = tokens.filter(lambda token: token != "漢")
downwards = st.sampled_from(["\x1b[B", "\x1b[3B", "\x1b[E", "\x1b[2E"])
others = st.sampled_from(
    [
        "\x1b]8;;http://x\x07",
        "\x1b]8;;\x1b\\",
        "\x1b]0;t\x1b\\",
        "\x1b[?25l",
        "\x1b[J",
        "\u202e",
        "\x07",
        "\x1b",
    ]
)
COLOURS = {"default": None, "red": 1}


def emulated(lines: int, printed: str) -> pyte.Screen:
    screen = pyte.Screen(250, lines)
    screen.set_mode(pyte.modes.LNM)
    pyte.Stream(screen).feed(printed)
    return screen


def assert_same_screen(screen: pyte.Screen, rows: list[str]) -> None:
    assert [row.rstrip() for row in screen.display] == [plain(row).rstrip() for row in rows]
    for number, row in enumerate(rows):
        column = 0
        for style, text in runs(row):
            for character in text:
                cell = screen.buffer[number][column]
                if character != " ":
                    assert (style.fg, style.bold) == (COLOURS[cell.fg], cell.bold)
                column += 1


@checked
@given(st.lists(st.one_of(narrow, downwards), max_size=25), st.integers(1, 30))
def test_same_as_a_terminal_that_scrolls(printed: list[str], size: int) -> None:
    text = "".join(printed)
    height = 8
    start = "\n" * (height - 1)
    store = fed(start, *[text[at : at + size] for at in range(0, len(text), size)], tail=height)
    rows = [*store.slice(0, len(store)), *([] if store.ends_open else [""])]
    assert_same_screen(emulated(height, start + text), rows[-height:])


@checked
@given(st.lists(st.one_of(narrow, st.just("\x1b[J")), max_size=25), st.integers(1, 30))
def test_same_as_a_terminal_with_room_below(printed: list[str], size: int) -> None:
    text = "".join(printed)
    store = fed(*[text[at : at + size] for at in range(0, len(text), size)])
    rows = store.slice(0, len(store))
    assert_same_screen(emulated(26, text), rows + [""] * (26 - len(rows)))


@checked
@given(st.lists(st.one_of(tokens, downwards, others), max_size=30), st.integers(1, 12))
def test_random_output_in_random_pieces(printed: list[str], size: int) -> None:
    text = "".join(printed)
    whole = fed(text)
    assert content(fed(*[text[at : at + size] for at in range(0, len(text), size)])) == content(whole)
    assert_harmless(whole.slice(0, len(whole)))


@checked
@given(st.lists(st.text(st.one_of(st.sampled_from("\x1b[]8;mAKJ\\\n\r\x07\ud800"), st.characters()))))
def test_any_text_is_taken_and_made_harmless(chunks: list[str]) -> None:
    store = fed(*chunks)
    assert_harmless(store.slice(0, len(store)))
    assert content(store) == content(fed("".join(chunks)))


@pytest.mark.parametrize(
    "text", ["👩\u200d\x1b[31m👩\u200d👧\n", "1\ufe0f\x1b[1m\u20e3x\n", "👩\u200d\x1b[31mx\n", "👩\u200dx\n"]
)
def test_what_joins_across_a_sequence_is_the_same_however_it_comes(text: str) -> None:
    whole, single = LineStore(), LineStore()
    whole.feed(text)
    for character in text:
        single.feed(character)
    assert plain(single.line(0)) == plain(whole.line(0))
