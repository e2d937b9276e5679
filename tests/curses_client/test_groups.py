"""Groups of exceptions in Python's own words, taken apart."""

import traceback
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.groups import Raised, is_group, raised

FROM = "The above exception was the direct cause of the following exception:"
LINKS = (FROM, "During handling of the above exception, another exception occurred:")


def of(error: BaseException) -> list[Raised]:
    text = "".join(traceback.format_exception(error))
    assert is_group(text)
    return raised(text, LINKS)


def caught(action: Callable[[], object]) -> Exception:
    try:
        action()
    except Exception as error:
        return error
    raise AssertionError


def caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


GROUP = ExceptionGroup("g", [ValueError("a\nb"), ExceptionGroup("in", [KeyError(1), OSError("o")]), TypeError("t")])


@pytest.mark.parametrize(
    ("error", "found"),
    [
        (
            GROUP,
            [
                ("", "ExceptionGroup: g (3 sub-exceptions)", ""),
                ("1", "ValueError: a|b", ""),
                ("2", "ExceptionGroup: in (2 sub-exceptions)", ""),
                ("2.1", "KeyError: 1", ""),
                ("2.2", "OSError: o", ""),
                ("3", "TypeError: t", ""),
            ],
        ),
        (
            caused(ExceptionGroup("g", [caused(KeyError(1), OSError("o"))]), TypeError("t")),
            [
                ("", "ExceptionGroup: g (1 sub-exception)", ""),
                ("1", "KeyError: 1", ""),
                ("1", "OSError: o", FROM),
                ("", "TypeError: t", FROM),
            ],
        ),
        (
            caused(ValueError("v"), ExceptionGroup("g", [KeyError(1)])),
            [("", "ValueError: v", ""), ("1", "KeyError: 1", ""), ("", "ExceptionGroup: g (1 sub-exception)", FROM)],
        ),
    ],
)
def test_which_exceptions_there_are(error: Exception, found: list[tuple[str, str, str]]) -> None:
    assert [(one.number, "|".join(one.message), one.link) for one in of(error)] == found


def test_of_very_many_the_last_are_counted() -> None:
    found = of(ExceptionGroup("g", [ValueError(number) for number in range(50)]))
    assert found[-1] == Raised("...", ("and 35 more exceptions",), ())


def fail(source: str, file: str) -> None:
    exec(compile(source, file, "exec"), {})


@pytest.mark.parametrize(
    ("source", "file", "heading"),
    [
        ("1 / 0", "<ipython-input-7-abcdef012345>", "Cell In[7], line 1"),
        ("1 / 0", "/a b/c.py", "File /a b/c.py:1"),
        ("def f(): 1 / 0\n\nf()", "/c.py", "File /c.py:1, in f"),
    ],
)
def test_frames_are_those_of_ipython(source: str, file: str, heading: str) -> None:
    found = of(ExceptionGroup("g", [caught(lambda: fail(source, file))]))[1]
    assert found.frames[-1] == heading
    lines = found.frames[0].split("\n")
    assert lines[0].startswith(f"File {__file__}:")
    assert lines[1].startswith("----> ")
    # the marks of Python 3.11 and later are below what they mark
    assert all(line.startswith("  ") for line in lines[2:])


@given(
    st.lists(
        st.sampled_from(
            ["  | ", "  +-+---- 1 ----", "    | x", "    +-----", FROM, "x", "  ", '  File "a", line 1', "+- 9 -"]
        )
    )
)
def test_no_text_is_an_error_and_none_is_lost(lines: list[str]) -> None:
    found = raised("\n".join(lines), LINKS)
    text = "\n".join("\n".join((*one.message, *one.frames)) for one in found)
    assert text.count("x") == sum(line.count("x") for line in lines if line != FROM)
