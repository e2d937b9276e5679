"""What the terminal tells of its background, between keys, late and in pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.ground import QUESTION, Ground
from curses_client.terminal import GROUND_QUESTION, can_be_asked

WHITE, BLACK = b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", b"\x1b]11;rgb:0000/0000/0000\x07"
ATTRIBUTES = b"\x1b[?62;22c"


def test_the_first_question_is_the_same() -> None:
    assert GROUND_QUESTION.encode() == QUESTION


def asked() -> Ground:
    ground = Ground()
    assert ground.ask() == QUESTION
    return ground


@pytest.mark.parametrize(
    ("answer", "is_light"),
    [
        (WHITE, True),
        (BLACK, False),
        (b"\x1b]11;rgb:ff/ff/ff\x07", True),
        (b"\x1b]11;rgb:f/f/f\x07", True),
        (b"\x1b]11;rgba:fdfd/f6f6/e3e3/ffff\x07", True),
        (b"\x1b]11;rgb:0000/2b2b/3636\x07", False),
        (b"\x1b]11;rgb:0000/0000/ffff\x07", False),
        (b"\x1b]11;nonsense\x07", None),
    ],
)
def test_answers(answer: bytes, is_light: bool | None) -> None:
    ground = asked()
    assert ground.take(answer) == b""
    assert ground.is_light is is_light
    assert not ground.is_awaited


@given(st.lists(st.integers(1, len(WHITE) - 1)), st.sampled_from([WHITE, BLACK]))
def test_an_answer_in_pieces_is_never_typed(cuts: list[int], answer: bytes) -> None:
    ground = asked()
    places = [0, *sorted(set(cuts)), len(answer)]
    seen, waiting = b"", b""
    for begin, end in pairwise(places):
        # a lone escape waits in the screen for what follows it
        left = waiting + answer[begin:end]
        waiting = b""
        taken = ground.take(left)
        if taken == b"\x1b":
            taken, waiting = b"", taken
        seen += taken
    assert seen + waiting == b""
    assert ground.is_light is (answer is WHITE)


def test_an_answer_whose_escape_was_taken_for_the_key_is_none_either() -> None:
    ground = asked()
    assert ground.take(b"\x1b") == b"\x1b"
    assert ground.take(b"]11;rgb:ffff/f") == b""
    assert ground.take(b"fff/ffff\x1b\\x") == b"x"
    assert ground.is_light


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_what_is_typed_around_it_stays(before: bytes, after: bytes) -> None:
    ground = asked()
    assert ground.take(before.replace(b"]", b"") + WHITE + after) == before.replace(b"]", b"") + after


@given(st.lists(st.binary(max_size=12), max_size=8))
def test_nothing_typed_is_lost(pieces: list[bytes]) -> None:
    ground = asked()
    seen = b"".join(map(ground.take, pieces)) + ground.release()
    assert seen == b"".join(pieces) or b"]11;" in b"".join(pieces)


def test_a_terminal_that_does_not_answer_is_waited_for_no_longer_than_others() -> None:
    ground = asked()
    assert ground.take(ATTRIBUTES) == ATTRIBUTES
    assert not ground.is_awaited
    assert ground.take(b"\x1b]") == b"\x1b]"
    assert ground.ask() == b""


def test_what_was_kept_back_and_goes_on_otherwise_was_typed() -> None:
    ground = asked()
    assert ground.take(b"\x1b]1") == b""
    assert ground.is_held
    assert ground.take(b"x") == b"\x1b]1x"
    assert ground.take(b"a\x1b]") == b"a"
    assert ground.release() == b"\x1b]"
    assert not ground.is_held


def test_it_can_be_asked_again_when_it_has_answered() -> None:
    ground = asked()
    ground.take(WHITE)
    assert ground.ask() == QUESTION
    ground.take(BLACK)
    assert ground.is_light is False


@pytest.mark.parametrize(
    ("term", "can"),
    [
        ("xterm-256color", True),
        ("screen", True),
        ("tmux-256color", True),
        ("foot", True),
        ("linux", False),
        ("linux-16color", False),
        ("dumb", False),
        ("vt100", False),
        ("", False),
    ],
)
def test_terminals_that_would_show_the_question_are_not_asked(term: str, can: bool) -> None:
    assert can_be_asked({"TERM": term}) is can
