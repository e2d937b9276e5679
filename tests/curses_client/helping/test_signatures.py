"""Signatures in what kernels say of functions, and which parameter an argument is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.helping.calls import Call, call_at
from curses_client.helping.signatures import current, digest, parameters_of, shown
from curses_client.text.buffer import Buffer


def written(text: str, name: str = "f") -> str | None:
    """Return the parameters as they are shown; None if none are told."""
    found = parameters_of(text, name)
    return None if found is None else ", ".join(part for part, _ in shown(found))


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("Signature: f(a, b=1)\nDocstring: x", "a, b=1"),
        ("Signature: f()", ""),
        ("Signature: f(a, /, b, *, c=2, **more)", "a, /, b, *, c=2, **more"),
        ("Signature: f(*args, c=2)", "*args, c=2"),
        ("Signature: f(a, /)", "a, /"),
        ("Signature: f(a, **more)", "a, **more"),
        (
            "Signature:\nf(\n    a: 'dict[str, int]' = {},\n    *,\n    b: str = ', ',\n) -> 'int'\nDocstring: x",
            "a={}, *, b=', '",
        ),
        ("Signature: f(a=(1, 2), b=[3, 4])", "a=(1, 2), b=[3, 4]"),
        ("Signature: f(a=')', b='\\')')", "a=')', b='\\')'"),
        ("Init signature: A(self, x)", "x"),
        ("Init signature: A(x)", "x"),
        ("Signature: f(self, x)", "self, x"),
        ("Call signature: f(x)", "x"),
        (
            "Init signature: f(self, /, *args, **kwargs)\nDocstring:     \nf(a) -> x\nf(a, b[, c]) -> x\n\nf(q, r, s, t)",
            "a, b, c",
        ),
        ("Init signature: f(self, /, *args, **kwargs)\nDocstring: what it is", None),
        ("Docstring:\nf(a, *[, key=func]) -> value", "a, *, key=func"),
        ("Docstring:\nf([x]) -> int", "x"),
        ("Docstring:\nother(a)", None),
        ("Type: int", None),
        ("Signature: f(a, b", None),
        ("", None),
        ("f(a, b)\n\nArguments: R has its own", None),
    ],
)
def test_parameters(text: str, result: str | None) -> None:
    assert written(text) == result


def test_what_a_value_is_to_be_is_told_of_one() -> None:
    found = parameters_of("Signature: f(a: int, b: 'str | None' = None)", "f")
    assert found is not None
    assert [part for part, _ in shown(found, 1)] == ["a", "b: 'str | None' = None"]


@pytest.mark.parametrize(
    ("signature", "text", "name"),
    [
        ("a, b", "f(", "a"),
        ("a, b", "f(1, ", "b"),
        ("a, b", "f(1, 2, ", None),
        ("a, b", "f(b=", "b"),
        ("a, b", "f(b=1, ", "a"),
        ("a, b", "f(a=1, ", "b"),
        ("a, b", "f(1, c=", None),
        ("a, **more", "f(1, c=", "more"),
        ("a, *rest, c", "f(1, 2, 3, ", "rest"),
        ("*rest", "f(", "rest"),
        ("a, *, c", "f(1, ", None),
        ("a, *, c", "f(1, c=", "c"),
        ("a, *, c, d", "f(1, c=2, ", "d"),
        ("", "f(", None),
    ],
)
def test_which_parameter_it_is(signature: str, text: str, name: str | None) -> None:
    parameters = parameters_of(f"Signature: f({signature})", "f")
    call = call_at(Buffer.of(text))
    assert parameters is not None
    assert call is not None
    found = current(parameters, call)
    assert (None if found is None else parameters[found].name) == name


@given(st.text("f(a,b=1)[]{}'\"*/: \n\\", max_size=80), st.integers(0, 5), st.sampled_from(["", "a", "b"]))
def test_any_text_is_a_signature_or_none(text: str, position: int, keyword: str) -> None:
    for field in ("Signature", "Init signature", "Docstring"):
        found = parameters_of(f"{field}: {text}", "f")
        if found is not None:
            place = current(found, Call("f", 0, position, (), keyword))
            assert place is None or 0 <= place < len(found)


@pytest.mark.parametrize(
    ("lines", "result"),
    [
        (
            ("Signature: \x1b[31ma.f\x1b[0m(x: int = 1)", "Docstring: What it does.", "File: x", "Type: function"),
            ("f(x=1)", "", "What it does."),
        ),
        (("Type: int", "String form: 5", "Docstring:", "A number.", "More."), ("int", "5", "", "A number.", "More.")),
        (("Signature: f()", "Docstring: <no docstring>"), ("f()",)),
        (("mean  package:base", "Arithmetic mean"), ("mean  package:base", "Arithmetic mean")),
        ((), ()),
    ],
)
def test_a_digest(lines: tuple[str, ...], result: tuple[str, ...]) -> None:
    assert digest(lines, "f") == result
