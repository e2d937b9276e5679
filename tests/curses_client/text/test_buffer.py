"""The editor's buffer: scripts of (text with | as the cursor, operation, text with |)."""

import string
import time
from collections.abc import Callable

import pytest
import wcwidth
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.buffer import TYPING, Buffer, Undo

FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
ACUTE = "e\u0301"

Operation = Callable[[Buffer], Buffer]


def buffer(picture: str) -> Buffer:
    """Read `ab|c` as a cursor, `a[b|c` and `a|b]c` as a selection from the bracket to the cursor."""
    plain = picture.translate({ord(char): None for char in "|[]"})
    made = Buffer.of(plain).at(picture.replace("[", "").replace("]", "").index("|"))
    bracket = next((char for char in "[]" if char in picture), None)
    if bracket is None:
        return made
    mark = Buffer.of(plain).at(picture.replace("|", "").index(bracket)).position
    return Buffer(made.lines, made.row, made.col, mark=mark)


def picture(made: Buffer) -> str:
    text, offset = made.text, made.offset
    if made.selection is None:
        return f"{text[:offset]}|{text[offset:]}"
    start, end = (Buffer(made.lines, *position).offset for position in made.selection)
    if offset == end:
        return f"{text[:start]}[{text[start:end]}|{text[end:]}"
    return f"{text[:start]}|{text[start:end]}]{text[end:]}"


def called(name: str, *args: object, **options: object) -> Operation:
    return lambda made: getattr(made, name)(*args, **options)


def killed(name: str) -> Operation:
    return lambda made: getattr(made, name)()[0]


def check(before: str, operation: str | Operation, after: str) -> None:
    act = called(operation) if isinstance(operation, str) else operation
    assert picture(act(buffer(before))) == after


EDITS: list[tuple[str, str | Operation, str]] = [
    ("a|b", called("insert", "x"), "ax|b"),
    ("a|b", called("insert", "1\r\n2\r3\n"), "a1\n2\n3\n|b"),
    ("a[bc\nd|e", called("insert", "x"), "ax|e"),
    ("a|bc\nd]e", called("insert", ""), "a|e"),
    ("|\u0301a", called("insert", "e"), "e\u0301|a"),
    ("if x:|y", called("newline", "    "), "if x:\n    |y"),
    ("a|b", "delete_left", "|b"),
    ("|ab", "delete_left", "|ab"),
    ("a\n|b", "delete_left", "a|b"),
    ("a[b\nc|d", "delete_left", "a|d"),
    ("        |x", "delete_left", "    |x"),
    ("      |x", "delete_left", "    |x"),
    ("   |     x", "delete_left", "|     x"),
    ("x    |", "delete_left", "x   |"),
    ("\t|x", "delete_left", "|x"),
    (f"a{FAMILY}|b", "delete_left", "a|b"),
    (f"{ACUTE}|", "delete_left", "|"),
    ("a|b", "delete_right", "a|"),
    ("a|\nb", "delete_right", "a|b"),
    ("a|", "delete_right", "a|"),
    (f"|{ACUTE}b", "delete_right", "|b"),
    ("one two|", "delete_word_left", "one |"),
    ("one.two  |x", "delete_word_left", "one.|x"),
    ("a\n|b", "delete_word_left", "a|b"),
    ("a [b c|", "delete_word_left", "a |"),
    ("|one two", "delete_word_right", "| two"),
    ("one| two", "delete_word_right", "one|"),
    ("a|\n  b", "delete_word_right", "a|  b"),
    ("a|bc\nd", killed("kill_line"), "a|\nd"),
    ("a|\nd", killed("kill_line"), "a|d"),
    ("a|", killed("kill_line"), "a|"),
    ("x\nab|c", killed("kill_to_start"), "x\n|c"),
    ("x\n|c", killed("kill_to_start"), "x\n|c"),
    ("a.fo|\nb", called("replace", 2, 4, "foo()"), "a.foo()|\nb"),
    ("|ab\ncd", called("replace", 1, 4, "x\ny"), "ax\ny|d"),
    ("|ab", called("replace", 7, 1, "c"), "abc|"),
    ("a|b", "indent_lines", "    a|b"),
    ("|", "indent_lines", "    |"),
    ("|ab", "indent_lines", "    |ab"),
    ("[a\n\nb|\nc", "indent_lines", "[    a\n\n    b|\nc"),
    ("a[a\nb\n|c", "indent_lines", "    a[a\n    b\n|c"),
    ("      a|", "dedent_lines", "  a|"),
    ("  |  a", "dedent_lines", "|a"),
    ("\ta|", "dedent_lines", "a|"),
    ("    [a\n  b\nc|", "dedent_lines", "[a\nb\nc|"),
    ("a|b", "transpose", "ba|"),
    ("ab|", "transpose", "ba|"),
    ("|ab", "transpose", "|ab"),
    ("a|", "transpose", "a|"),
    (f"a|{FAMILY}", "transpose", f"{FAMILY}a|"),
]

MOVES: list[tuple[str, str | Operation, str]] = [
    ("a|b", "left", "|ab"),
    ("a\n|b", "left", "a|\nb"),
    ("|a", "left", "|a"),
    (f"a{FAMILY}|", "left", f"a|{FAMILY}"),
    (f"|{ACUTE}b", "right", f"{ACUTE}|b"),
    ("\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}|", "left",
     "|\N{REGIONAL INDICATOR SYMBOL LETTER D}\N{REGIONAL INDICATOR SYMBOL LETTER E}"),
    ("a|\nb", "right", "a\n|b"),
    ("b|", "right", "b|"),
    ("abc\nde|f", "up", "ab|c\ndef"),
    ("ab|c", "up", "ab|c"),
    ("ab|c\nd", "down", "abc\nd|"),
    ("ab|c", "down", "ab|c"),
    ("中文|x\nabcdef", "down", "中文x\nabcd|ef"),
    ("abc|d\n中文", "down", "abcd\n中|文"),
    ("    ab|", "home", "    |ab"),
    ("    |ab", "home", "|    ab"),
    ("|    ab", "home", "    |ab"),
    ("  |ab\nc", "end", "  ab|\nc"),
    ("foo.bar|", "word_left", "foo.|bar"),
    ("foo.|bar", "word_left", "|foo.bar"),
    ("a\n|b", "word_left", "a|\nb"),
    ("|foo.bar", "word_right", "foo|.bar"),
    ("foo|.bar", "word_right", "foo.bar|"),
    ("a|\n b", "word_right", "a\n| b"),
    (f"|caf{ACUTE}", "word_right", f"caf{ACUTE}|"),
    ("a\nb|\nc", "top", "|a\nb\nc"),
    ("a\nb|\nc", "bottom", "a\nb\nc|"),
    ("a\nb|\nc", "select_all", "[a\nb\nc|"),
    ("a|b", called("right", select=True), "a[b|"),
    ("a[b|c", called("right", select=True), "a[bc|"),
    ("a[b|c", "right", "abc|"),
    ("a|b", called("left", select=True), "|a]b"),
    ("ab\nc|d", called("up", select=True), "a|b\nc]d"),
    ("a b|", called("word_left", select=True), "a |b]"),
    ("a|b", called("end", select=True), "a[b|"),
    ("ab\nc|", called("top", select=True), "|ab\nc]"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "operation", "after"), EDITS + MOVES)
def test_operation(before: str, operation: str | Operation, after: str) -> None:
    check(before, operation, after)


@pytest.mark.parametrize("name", ["delete_left", "left", "up", "word_left", "home", "top"])
def test_at_the_start_of_the_text_nothing_changes(name: str) -> None:
    made = Buffer.of("", end=False)
    moved = called(name)(made)
    assert (moved.lines, moved.position) == (("",), (0, 0))
    assert moved.lines is made.lines


def test_a_run_of_vertical_moves_returns_to_its_column() -> None:
    made = buffer("abcdef\na\n\nabc|def")
    assert picture(made.up().up().up()) == "abc|def\na\n\nabcdef"
    assert picture(made.up().left().up()) == "a|bcdef\na\n\nabcdef"


def test_kill_returns_what_it_deleted() -> None:
    assert buffer("a|bc\nd").kill_line()[1] == "bc"
    assert buffer("a|\nd").kill_line()[1] == "\n"
    assert buffer("ab|c").kill_to_start()[1] == "ab"
    assert buffer("|").kill_line() == (Buffer(), "")


def test_of_and_the_questions_it_answers() -> None:
    made = Buffer.of("a\r\nb\rc")
    assert made.lines == ("a", "b", "c")
    assert (made.row, made.col) == (2, 1)
    assert made.at_last_line
    assert not made.at_first_line
    assert Buffer.of("ab\nc", end=False).position == (0, 0)
    assert Buffer.of("").is_empty
    assert not Buffer.of("\n").is_empty
    assert buffer("a[b\nc|d").selected_text == "b\nc"
    assert buffer("a|b").selected_text == ""


def test_offsets_count_code_points_and_are_clamped_to_the_text() -> None:
    made = Buffer.of(f"a{FAMILY}\nb")
    assert made.offset == 8
    assert made.at(-5).position == (0, 0)
    assert made.at(99).position == (1, 1)
    assert made.at(7).position == (1, 0)
    assert made.at(3).position == (0, 6), "not inside of a grapheme"


def typed(made: Buffer, undo: Undo, text: str) -> tuple[Buffer, Undo]:
    for char in text:
        undo = undo.record(made, TYPING)
        made = made.insert(char)
    return made, undo


def test_undo_takes_typing_back_word_by_word() -> None:
    made, undo = typed(Buffer(), Undo(), "ab cd")
    undo, made = undo.undo(made)
    assert picture(made) == "ab |"
    undo, made = undo.undo(made)
    assert picture(made) == "|"
    assert undo.undo(made) == (undo, made)
    undo, made = undo.redo(made)
    undo, made = undo.redo(made)
    assert picture(made) == "ab cd|"
    assert undo.redo(made) == (undo, made)


def test_a_move_another_edit_and_an_undo_each_begin_a_step() -> None:
    made, undo = typed(Buffer(), Undo(), "abc")
    made, undo = typed(made.top(), undo, "x")
    assert len(undo.past) == 2
    undo = undo.record(made, "delete")
    made, undo = typed(made.delete_left(), undo, "y")
    assert len(undo.past) == 4
    undo, made = undo.undo(made)
    made, undo = typed(made, undo, "z")
    assert picture(made) == "z|abc"
    assert undo.future == ()


def test_undo_is_bounded_by_steps_and_by_lines() -> None:
    def steps(made: Buffer, count: int) -> int:
        undo = Undo()
        for _ in range(count):
            undo = undo.record(made, "paste")
        return len(undo.past)

    assert steps(Buffer.of("a"), 600) == 500
    assert steps(Buffer.of("\n" * 19_999), 150) == 100


ALPHABET = st.sampled_from(
    [*string.ascii_letters[:4], " ", "    ", "\n", "\r\n", "\t", "(", "中", FAMILY, ACUTE, "\u0301"]
)
TEXTS = st.lists(ALPHABET, max_size=12).map("".join)
EDITING = st.one_of(
    TEXTS.map(lambda text: called("insert", text)),
    st.tuples(st.integers(0, 30), st.integers(0, 30), TEXTS).map(lambda args: called("replace", *args)),
    st.sampled_from(["kill_line", "kill_to_start"]).map(killed),
    st.sampled_from(
        [
            *("newline", "delete_left", "delete_right", "delete_word_left", "delete_word_right"),
            *("indent_lines", "dedent_lines", "transpose"),
        ]
    ).map(called),
)
MOVING = st.tuples(
    st.sampled_from(
        ["left", "right", "up", "down", "home", "end", "word_left", "word_right", "top", "bottom"],
    ),
    st.booleans(),
).map(lambda move: called(move[0], select=move[1]))


def boundaries(line: str) -> set[int]:
    stops, col = {0}, 0
    for grapheme in wcwidth.iter_graphemes(line):
        col += len(grapheme)
        stops.add(col)
    return stops


@settings(deadline=None, max_examples=150)
@given(TEXTS, st.lists(EDITING | MOVING, max_size=20))
def test_any_script_leaves_the_cursor_in_the_text_between_graphemes(text: str, script: list[Operation]) -> None:
    made = Buffer.of(text)
    for operation in script:
        made = operation(made)
        assert made.lines == tuple(made.text.split("\n"))
        assert "\r" not in made.text
        for row, col in filter(None, (made.position, made.mark)):
            assert col in boundaries(made.lines[row])
        assert made.at(made.offset).position == made.position


@settings(deadline=None, max_examples=100)
@given(TEXTS, st.lists(EDITING | MOVING, max_size=20))
def test_undoing_any_script_returns_the_beginning_and_redoing_the_end(text: str, script: list[Operation]) -> None:
    made, undo = Buffer.of(text), Undo()
    for operation in script:
        after = operation(made)
        if after.lines != made.lines:
            undo = undo.record(made, TYPING)
        made = after
    end = made
    steps = len(undo.past)
    for _ in range(steps):
        undo, made = undo.undo(made)
    assert made.text == Buffer.of(text).text
    for _ in range(steps):
        undo, made = undo.redo(made)
    assert made == end


def test_a_key_in_ten_thousand_lines_costs_less_than_a_millisecond() -> None:
    made = Buffer.of("    value = function(argument)  # comment\n" * 10_000).at(200_000)
    for operation in (
        called("insert", "x"),
        called("newline", "    "),
        called("delete_left"),
        called("word_left"),
        called("down"),
    ):
        best = min(_seconds(operation, made) for _ in range(10))
        assert best < 0.001


def _seconds(operation: Operation, made: Buffer) -> float:
    start = time.perf_counter()
    operation(made)
    return time.perf_counter() - start


@given(st.text("ab\n漢", max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_the_text_between_a_place_and_the_cursor(text: str, at: int, start: int) -> None:
    buffer = Buffer.of(text).at(at)
    assert buffer.since(start) == text[start : buffer.offset]


@given(st.text("ab \n", max_size=20), st.integers(0, 20), st.sampled_from(["word_left", "word_right", "left", "right"]))
def test_what_a_deletion_took_away(text: str, at: int, name: str) -> None:
    before = Buffer.of(text).at(at)
    after = getattr(before, f"delete_{name}")()
    removed = before.removed(after)
    assert after.text[: after.offset] + removed + after.text[after.offset :] == text


def test_an_edit_tells_what_it_left_alone() -> None:
    before = Buffer.of("a\nb\nc\nd").at(2)
    after = before.insert("x\ny")
    assert after.change == (before.lines, 1, 2)
    assert after.left().change is None
    assert Undo().record(after, "paste").past[0].change is None
