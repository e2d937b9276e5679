"""Cutting, copying and putting back: (text with the cursor, keys) -> text with the cursor."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import Control, Copied, Copy
from tests.curses_client.editing.typed import editing
from tests.curses_client.support import Client


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("one two|", "ctrl w/ctrl w/ctrl y", "one two|"),
        ("|one two", "meta d/meta d/ctrl y", "one two|"),
        ("a|\nb\nc", "ctrl k/ctrl k/ctrl k/ctrl k/ctrl y", "a\nb\nc|"),
        ("a b|\nc", "ctrl w/ctrl k/ctrl k/ctrl y", "a b\nc|"),
        # what comes between two cuts keeps them apart
        ("one two|", "ctrl w/left/right/ctrl w/ctrl y", "one |"),
        ("one two|", "ctrl w/left/right/ctrl w/ctrl y/meta y", "two|"),
        ("one two|", "ctrl w/left/right/ctrl w/ctrl y/meta y/meta y", "one |"),
        ("one two|", "ctrl w/left/right/ctrl w/ctrl y/meta y/ctrl _", "|"),
        ("one|", "ctrl w/ctrl y/x/meta y", "onex|"),
        ("a b|", "shift left/ctrl w/ctrl y/ctrl y", "a bb|"),
        ("ab|\ncd", "shift delete/ctrl y/ctrl y", "ab\nab\n|cd"),
        ("ab\ncd|", "shift delete/up/home/ctrl y", "\ncd|ab"),
        ("ab|", "shift delete/ctrl y", "ab|"),
        ("ab|", "meta w/ctrl y", "abab|"),
        ("ab|", "shift left/meta w/end/ctrl y", "abb|"),
        ("ab|", "shift left/meta w/ctrl y", "ab|"),
        ("|", "ctrl y", "|"),
        ("|", "meta y", "|"),
        ("ab|", "right/ctrl k/ctrl y", "ab|"),
    ],
)
def test_cutting_and_putting_back(before: str, keys: str, after: str) -> None:
    assert editing(before).press(*keys.split("/")).marked == after


def test_what_cannot_be_put_back_is_told() -> None:
    assert "nothing was cut" in Client().press("ctrl y").message
    assert "Ctrl-Y" in Client("a").press("meta y").message


def test_what_is_cut_and_copied_on_purpose_is_on_the_clipboard_too() -> None:
    user = editing("ab|c").press("meta w", "shift left", "meta w", "shift delete", "meta d")
    assert user.took(Copy) == [Copy("abc"), Copy("b"), Copy("b")]
    assert user.text == "a"
    assert user.send(Copied(1, False)).message.endswith("only this client has it")


def test_the_ring_outlives_a_run_and_serves_other_lines() -> None:
    user = editing("x|").press("ctrl u").write("1").press("meta enter", "ctrl y")
    assert user.text == "x"
    user.press("f6", "ctrl u", "ctrl y")
    assert user.state.asking is not None
    assert user.state.asking.buffer.text == "x"


def test_the_ring_has_a_bound() -> None:
    user = Client()
    for number in range(100):
        user.write(str(number)).press("ctrl u", "x", "backspace")
    assert user.state.editor.kills.texts[-1] == "99"
    assert len(user.state.editor.kills.texts) == 60


class TestMark:
    @pytest.mark.parametrize(
        ("before", "keys", "after"),
        [
            ("a b c|", "<0>/meta b/meta b/ctrl w", "a |"),
            ("a\nb|", "<0>/up/ctrl w", "a|"),
            ("a|\nb\n", "<0>/down/down/ctrl w", "a|"),
            ("ab|", "<0>/left/esc/left/ctrl w", "|ab"),
            ("ab|", "<0>/left/ctrl g/left/x", "x|ab"),
            ("ab|", "<0>/<0>/left/x", "ax|b"),
            ("ab|", "<0>/x/left/ctrl d", "ab|"),
            ("ab|", "<0>/x/shift left/left/y", "ay|bx"),
            ("ab|", "<0>/left/meta w/left/x", "x|ab"),
        ],
    )
    def test_moves_extend_it(self, before: str, keys: str, after: str) -> None:
        assert editing(before).press(*keys.split("/")).marked == after


class TestModern:
    def test_ctrl_c_copies_what_is_selected(self) -> None:
        user = editing("ab|", keys="modern").press("shift left", "ctrl c", "ctrl c")
        assert user.took(Copy) == [Copy("b"), Copy("b")]
        assert user.press("end", "ctrl v").text == "abb"

    def test_with_nothing_selected_it_interrupts_or_clears(self) -> None:
        user = editing("ab|", keys="modern")
        user.journal.submit("c", "1").start("c")
        assert len(user.read().press("ctrl c").took(Control)) == 1
        assert editing("ab|", keys="modern").press("ctrl c").text == ""

    @pytest.mark.parametrize(
        ("before", "keys", "after"),
        [
            ("ab|", "ctrl a/ctrl x/x/ctrl v", "xab|"),
            ("a|", "x/ctrl z", "a|"),
            ("|", "x/space/y/ctrl z/ctrl Z", "x y|"),
            ("|", "x/ctrl z/ctrl y", "x|"),
        ],
    )
    def test_keys(self, before: str, keys: str, after: str) -> None:
        user = editing(before, keys="modern")
        assert user.press(*(" " if key == "space" else key for key in keys.split("/"))).marked == after

    def test_ctrl_c_interrupts_while_input_is_answered(self) -> None:
        user = editing("ab|", keys="modern").press("shift left")
        user.journal.submit("c", "1").start("c").add("input_wanted", "c", request="r", prompt="", password=False)
        assert len(user.read().press("f2", "ctrl c").took(Control)) == 1


KEYS = ["ctrl w", "meta d", "ctrl k", "ctrl u", "ctrl y", "meta y", "left", "up", "<0>", "meta w", "shift delete", "x"]


@given(st.text("ab \n", max_size=12), st.lists(st.sampled_from(KEYS), max_size=12))
@settings(max_examples=60, deadline=None)
def test_undo_brings_everything_back(text: str, keys: list[str]) -> None:
    user = Client(text)
    user.press(*keys).press(*["ctrl _"] * (len(keys) + 1))
    assert user.text == ""
