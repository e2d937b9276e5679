"""The call and the name at the cursor, which is where the bar is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.helping.calls import call_at, is_text, name_at
from curses_client.text.buffer import Buffer


def buffer(marked: str) -> Buffer:
    before, _, after = marked.partition("|")
    return Buffer.of(before + after).at(len(before))


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("f(|", "f 0"),
        ("f(a, |", "f 1"),
        ("f(a, b|, c)", "f 1"),
        ("f(a)|", ""),
        ("f|(a)", ""),
        ("x = np.random.choice(|", "np.random.choice 0"),
        ("f(g(1, 2), |", "f 1"),
        ("f(g(1, |", "g 1"),
        ("f((1, |", "f 0"),
        ("f([1, 2, |", "f 0"),
        ("f({'a': 1, |", "f 0"),
        ("f([1, 2], |", "f 1"),
        ("f('a, b', |", "f 1"),
        ("f('a, |", "f 0"),
        ("f('a), |", "f 0"),
        ('f("""a\n, (""", |', "f 1"),
        ("f(1,  # one, two\n  |", "f 1"),
        ("f(  # what, |", ""),
        ("f(a=1, |", "f 0 a"),
        ("f(a=|", "f 0 =a"),
        ("f(1, b = 2|", "f 1 =b"),
        ("f(a == |", "f 0"),
        ("f(a <= 1, |", "f 1"),
        ("f(a := 1, |", "f 1"),
        ("f(x, key=lambda a, b=1: a, |", "f 1 key"),
        ("f(lambda a, b: |", "f 0"),
        ("f(lambda a, |", "f 0"),
        ("def f(|", ""),
        ("class A(|", ""),
        ("if (|", ""),
        ("f(x if (a, |", "f 0"),
        ("return (|", ""),
        ("a().b(|", ""),
        ("a[0](|", ""),
        ("'x'.join(|", ""),
        ("f(\n    1,\n    |\n)", "f 1"),
        ("f(1)\ng(2, |", "g 1"),
        ("print(f'{a, |", "print 0"),
        ("é.ü(|", "é.ü 0"),
        ("a . b(|", "a.b 0"),
        ("", ""),
    ],
)
def test_the_call(text: str, call: str) -> None:
    found = call_at(buffer(text))
    told = ""
    if found is not None:
        told = " ".join(
            [found.name, str(found.position), *found.used, *([f"={found.keyword}"] if found.keyword else [])]
        )
        assert buffer(text).text[found.open] == "("
    assert told == call


def test_a_call_that_begins_far_above_is_not_looked_for() -> None:
    assert call_at(Buffer.of("f(\n" + "1,\n" * 50)) is not None
    assert call_at(Buffer.of("f(\n" + "1,\n" * 500)) is None


def test_where_it_is_in_a_long_text() -> None:
    text = Buffer.of("x\n" * 300 + "f(")
    found = call_at(text)
    assert found is not None
    assert text.text[found.open - 1 :] == "f("


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("np.arra|y", "np.array"),
        ("n|p.array", "np"),
        ("np|.array", "np"),
        ("|np.array", "np"),
        ("x = np.array|", "np.array"),
        ("f(a, |", "f"),
        ("f(a|", "a"),
        ("x = |", None),
        ("1 + |2", None),
        ("", None),
    ],
)
def test_the_name(text: str, name: str | None) -> None:
    found = name_at(buffer(text))
    assert (None if found is None else found[0]) == name


@pytest.mark.parametrize(
    ("line", "is_so"),
    [("x", False), ("# x", True), ("'x", True), ("'x'", False), ("'x' # y", True), ("'#' + y", False), ("'", True)],
)
def test_what_is_no_code(line: str, is_so: bool) -> None:
    assert is_text(line) == is_so


@given(st.text("f(),=[]{}'\"#\\\n :a.lambda", max_size=60), st.integers(0, 60))
def test_any_text_has_a_call_or_none(text: str, at: int) -> None:
    place = Buffer.of(text).at(at)
    found = call_at(place)
    name_at(place)
    assert found is None or place.text[found.open] == "("
