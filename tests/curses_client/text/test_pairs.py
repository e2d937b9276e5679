"""Pairs that are typed: the edges that the commands' test does not reach."""

from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.buffer import Buffer
from curses_client.text.pairs import deleted, typed


def test_a_letter_is_typed_as_any_other() -> None:
    assert typed(Buffer.of("a"), "b") is None
    assert typed(Buffer.of("a").select_all(), "b") is None
    assert typed(Buffer.of("a"), "'", '"') is None


@given(st.text("()[]{}\"'` ab", max_size=10), st.integers(0, 10), st.sampled_from("()[]{}\"'`"))
@settings(max_examples=300, deadline=None)
def test_what_was_there_stays(text: str, at: int, character: str) -> None:
    before = Buffer.of(text).at(at)
    after = typed(before, character)
    if after is not None:
        left, right = text[: before.col], text[before.col :]
        assert after.text.startswith(left)
        assert after.text.endswith(right)
        assert after.text[: after.offset] == left + character
    gone = deleted(before)
    if gone is not None:
        assert gone.text == text[: before.col - 1] + text[before.col + 1 :]
