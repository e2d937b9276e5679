"""What was typed, found in what is offered: (typed, offered) -> what is left, the best first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.helping.matching import find, ranked
from curses_client.offers import Match


def left(typed: str, *texts: str) -> list[str]:
    """Return what is left of the texts."""
    return [match.text for match in ranked(map(Match, texts), typed)]


def marked(typed: str, text: str) -> str:
    """Return a text with brackets around what was typed."""
    found = find(typed, text)
    assert found is not None
    return "".join(f"[{letter}]" if at in found[1] else letter for at, letter in enumerate(text)).replace("][", "")


@pytest.mark.parametrize(
    ("typed", "texts", "result"),
    [
        ("", "b a", "b a"),
        ("re", "read_csv core reset", "read_csv reset core"),
        ("rcsv", "read_csv to_csv recursive_vector", "read_csv recursive_vector"),
        ("rc", "arc read_csv rc_params", "rc_params read_csv arc"),
        ("df", "shadof DataFrame df", "df DataFrame shadof"),
        ("DF", "DataFrame df", "DataFrame"),
        ("ca", "Cat cat", "cat Cat"),
        ("x", "abc", ""),
        ("aa", "a", ""),
        ("ab", "a_x_b aXXXb a_b", "a_x_b a_b aXXXb"),
        ("_p", "_private __prefix", "_private __prefix"),
        ("l2", "label2 layer_2 l2", "l2 label2 layer_2"),
    ],
)
def test_what_is_left_and_in_which_order(typed: str, texts: str, result: str) -> None:
    assert left(typed, *texts.split()) == result.split()


@pytest.mark.parametrize(
    ("typed", "text", "result"),
    [
        ("rcsv", "read_csv", "[r]ead_[csv]"),
        ("dfr", "DataFrame", "[D]ata[Fr]ame"),
        ("re", "core", "co[re]"),
        ("xis", "axis_index_s", "a[xis]_index_s"),
        ("ae", "abcabe", "abc[a]b[e]"),
        ("read", "read_csv", "[read]_csv"),
        ("", "abc", "abc"),
    ],
)
def test_which_characters_are_marked(typed: str, text: str, result: str) -> None:
    assert marked(typed, text) == result


@given(st.text(max_size=6), st.text(max_size=30))
def test_the_marks_are_what_was_typed(typed: str, text: str) -> None:
    found = find(typed, text)
    if found is not None:
        assert "".join(text[at] for at in found[1]).lower() == typed.lower()
        assert list(found[1]) == sorted(set(found[1]))


@given(st.text("abAB_.", max_size=8), st.text("abAB_.", max_size=12))
def test_letters_in_order_are_always_found(typed: str, text: str) -> None:
    letters = iter(text if typed != typed.lower() else text.lower())
    assert (find(typed, text) is not None) == (all(letter in letters for letter in typed) or text.startswith(typed))


@given(st.text("abAB_.", min_size=1, max_size=8), st.text("abAB_.", max_size=12))
def test_what_is_left_only_shrinks_while_letters_are_added(typed: str, text: str) -> None:
    if find(typed.lower(), text) is not None:
        assert find(typed[:-1].lower(), text) is not None


def test_text_made_to_be_slow_is_not() -> None:
    assert find("a" * 20 + "b", "a" * 100_000) is None
