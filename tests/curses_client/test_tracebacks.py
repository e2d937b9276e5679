"""Errors taken apart: what comes first, what is folded, what opens from a line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.shown import CellLine, Fold, Place
from curses_client.text.ansi import plain
from curses_client.tracebacks import Traceback, error_text
from tests.curses_client.reading import LIBRARY, TRACEBACK

OWN = "File /home/ada/own.py:{0}, in g()\n---> {0} f(x)"
CELL = "Cell In[{0}], line {1}\n----> {1} boom()"
FROM = "The above exception was the direct cause of the following exception:"
DURING = "During handling of the above exception, another exception occurred:"


def shown(error: Traceback) -> list[str]:
    return [plain(line) for line in error.slice(0, len(error))]


def of(*pieces: str, **options: Any) -> Traceback:
    return Traceback("E", "why", [*pieces, "E: why"], **options)


# ---- folding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        # one's own frames are shown, those of libraries are not
        ((CELL.format(1, 1), LIBRARY.format(5, 5)), ["Cell In[1], line 1", "----> 1 boom()", "… 1 frame in numpy"]),
        (
            (CELL.format(1, 1), LIBRARY.format(5, 5), LIBRARY.format(6, 6), OWN.format(3)),
            [
                "Cell In[1], line 1",
                "----> 1 boom()",
                "… 2 frames in numpy",
                "File /home/ada/own.py:3, in g()",
                "---> 3 f(x)",
            ],
        ),
        # with none of one's own the innermost is better than nothing
        (
            (LIBRARY.format(5, 5), LIBRARY.format(6, 6)),
            [
                "… 1 frame in numpy",
                "File /usr/lib/python3.11/site-packages/numpy/core.py:6, in f(x)",
                "---> 6 return x",
            ],
        ),
        (
            (LIBRARY.format(6, 6),),
            ["File /usr/lib/python3.11/site-packages/numpy/core.py:6, in f(x)", "---> 6 return x"],
        ),
        ((), []),
    ],
)
def test_frames(pieces: tuple[str, ...], lines: list[str]) -> None:
    assert shown(of(*pieces)) == ["E: why", *lines]


def test_folded_frames_open_one_by_one() -> None:
    error = of(LIBRARY.format(1, 1), OWN.format(2), LIBRARY.format(3, 3), LIBRARY.format(4, 4))
    folds = [index for index in range(len(error)) if isinstance(error.target(index), Fold)]
    assert [shown(error)[index] for index in folds] == ["… 1 frame in numpy", "… 2 frames in numpy"]
    target = error.target(folds[1])
    assert isinstance(target, Fold)
    error.toggle(target.key)
    lines = shown(error)
    assert [line for line in lines if line[:1] in "…▾"] == ["… 1 frame in numpy", "▾ 2 frames in numpy"]
    assert "---> 4 return x" in lines
    assert "---> 1 return x" not in lines
    error.toggle(target.key)
    assert "---> 4 return x" not in shown(error)


def test_all_at_once() -> None:
    error = of(LIBRARY.format(1, 1), OWN.format(2), LIBRARY.format(3, 3))
    before = shown(error)
    error.open_all()
    assert shown(error) == [plain(line) for line in error.whole()]
    assert [line for line in shown(error) if line.startswith("…")] == []
    error.close_all()
    assert shown(error) == before
    # one of what a search has opened closes it
    error.open_all()
    error.toggle("frames 0 1")
    assert shown(error) == before


def test_without_folds_all_frames_are_shown() -> None:
    lines = shown(of(LIBRARY.format(1, 1), OWN.format(2), folds=False))
    assert "---> 1 return x" in lines
    assert not any("frame" in line for line in lines)


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("/usr/lib/python3.11/site-packages/numpy/core.py", "numpy"),
        ("/usr/lib/python3/dist-packages/numpy.py", "numpy"),
        ("~/venv/lib/python3.11/site-packages/a/b/c.py", "a"),
        ("/usr/lib/python3.11/json/decoder.py", "json"),
        ("/usr/lib64/python3.11/json/decoder.py", "json"),
        ("/opt/lib/python3.13t/json/decoder.py", "json"),
        ("/opt/lib/pypy3.9/ast.py", "ast"),
        ("/usr/lib/python3.11/ast.py", "ast"),
        ("pandas/_libs/index.pyx", "pandas"),
        ("<frozen runpy>", "runpy"),
        ("<frozen importlib._bootstrap>", "importlib"),
        ("/home/ada/own.py", ""),
        ("~/own.py", ""),
        ("own.py", ""),
        ("/home/ada/x.pyx", ""),
        ("/home/ada/lib/python3-project/own.py", ""),
        ("/home/ada/lib/python3/own.py", "own"),
        ("<string>", ""),
    ],
)
def test_whose_frame_it_is(path: str, package: str) -> None:
    lines = shown(of(CELL.format(1, 1), f"File {path}:7, in f(x)\n----> 7 x"))
    assert lines[3:] == ([f"… 1 frame in {package}"] if package else [f"File {path}:7, in f(x)", "----> 7 x"])


def test_many_libraries() -> None:
    pieces = [f"File /x/site-packages/{name}/a.py:1, in f()" for name in ("a", "b", "a", "c", "d", "e")]
    assert shown(of(CELL.format(1, 1), *pieces))[3] == "… 6 frames in a, b, c and others"


def test_single_frames_fold() -> None:
    error = of(CELL.format(1, 1), OWN.format(2), LIBRARY.format(3, 3))
    whole = shown(error)
    assert [error.fold(index) is not None for index in range(len(whole))] == [False, True, True, True, True, False]
    fold = error.fold(4)
    assert fold is not None
    error.toggle(fold.key)
    assert shown(error)[3:5] == ["… File /home/ada/own.py:2, in g()", "… 1 frame in numpy"]
    assert error.target(3) == error.fold(3) == fold
    assert len(error.whole()) == len(whole) + 2
    error.annotate(Place("/home/ada/own.py", 2), "x = 1")
    assert shown(error)[4] == "      ↳ x = 1"
    error.toggle(fold.key)
    assert [line for line in shown(error) if "↳" not in line] == whole
    error.open_all()
    error.toggle(fold.key)
    assert "… File /home/ada/own.py:2, in g()" in shown(error)
    assert "---> 3 return x" in shown(error)
    error.close_all()
    assert [line for line in shown(error) if "↳" not in line] == whole


def test_a_group_is_shown_like_other_errors() -> None:
    group = [
        "  + Exception Group Traceback (most recent call last):",
        '  |   File "<ipython-input-2-abc>", line 8, in <module>\n  |     raise g',
        "  | ExceptionGroup: why (1 sub-exception)",
        "  +-+---------------- 1 ----------------",
        "    | Traceback (most recent call last):",
        '    |   File "<ipython-input-1-abc>", line 4, in f\n    |     x()\n    |     ^^^',
        '    |   File "/usr/lib/python3.11/json/decoder.py", line 7, in x\n    |     1 / 0',
        "    | ZeroDivisionError: division by zero",
        "    +------------------------------------",
    ]
    error = Traceback("ExceptionGroup", "why (1 sub-exception)", group)
    assert shown(error) == [
        "ExceptionGroup: why (1 sub-exception)",
        "Cell In[2], line 8",
        "----> 8 raise g",
        "",
        "1. ZeroDivisionError: division by zero",
        "Cell In[1], line 4, in f",
        "----> 4 x()",
        "        ^^^",
        "… 1 frame in json",
    ]
    assert error.failing(6) == CellLine(1, 4)
    # a line of code that begins with a number is not one of the file
    opened = [Place("/usr/lib/python3.11/json/decoder.py", 7)] * 2
    error.open_all()
    assert [error.target(index) for index in (9, 10)] == opened


# ---- what opens from a line --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("piece", "targets"),
    [
        (OWN.format(12), [Place("/home/ada/own.py", 12)] * 2),
        ("File ~/a b.py:3\n  1 x\n  2 y\n> 3 z", [Place("~/a b.py", line) for line in (3, 1, 2, 3)]),
        ("File /a:9/b.py:3, in f()", [Place("/a:9/b.py", 3)]),
        ("Cell In[4], line 2\n  1 x\n----> 2 y", [CellLine(4, line) for line in (2, 1, 2)]),
        ("Cell In [4], line 2", [CellLine(4, 2)]),
        ("Cell In[4], line 2, in f(x)", [CellLine(4, 2)]),
        ("File /x.py:3, in f()\n(...)\n   12 text", [Place("/x.py", line) for line in (3, 3, 12)]),
        ("File <string>:3, in f()\n  3 x", [None, None]),
        ("File /x.py:99999999999999999999, in f()", [None]),
        ("File /x.py, line 3", [None]),
        ("Cell In[x], line 2", [None]),
        ("anything", [None]),
        ("\x1b[32mFile \x1b[39m\x1b[32m/x.py:3\x1b[39m, in f()", [Place("/x.py", 3)]),
    ],
)
def test_targets(piece: str, targets: list[object]) -> None:
    error = of(piece)
    assert [error.target(index) for index in range(len(error))] == [None, *targets]


# ---- chains ------------------------------------------------------------------------------------------------


def test_the_newest_comes_first_and_behind_it_what_led_to_it() -> None:
    pieces = ["---", "A  Traceback (most recent call last)", OWN.format(1), "A: first", f"\n{FROM}\n"]
    pieces += ["B  Traceback (most recent call last)", OWN.format(2), "B: second", f"\n{DURING}\n"]
    lines = shown(of(*pieces, "E  Traceback (most recent call last)", OWN.format(3)))
    heads = [line for line in lines if not line.startswith(("File", "--->"))]
    assert heads == ["E: why", "", "while handling B: second", "", "caused by A: first"]
    assert [line[-1:] for line in lines if line.startswith("File")] == [")"] * 3
    assert lines.index("---> 3 f(x)") < lines.index("---> 2 f(x)") < lines.index("---> 1 f(x)")


def test_below_a_long_one_the_message_is_repeated() -> None:
    assert shown(of("\n".join("x" * 12)))[-1] == "x"
    assert shown(of("\n".join("x" * 13)))[-1] == "E: why"
    # of a long message what it begins with
    lines = shown(Traceback("E", "why\nnot", ["\n".join("x" * 13), "E: why\nnot"]))
    assert (lines[:2], lines[-1]) == (["E: why", "not"], "E: why")


# ---- other kernels, and what nobody expects ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("ename", "evalue", "pieces", "lines"),
    [
        ("E", "why", ["", "frame", "E: why"], ["E: why", "frame"]),
        ("E", "why", ["\n", "frame", "E: why"], ["E: why", "frame"]),
        ("", "", ["a", "b"], ["", "a", "b"]),
        ("E", "", ["a", "b"], ["E", "a", "b"]),
        ("E", "why", ["---", "frame", "E: why"], ["E: why", "frame"]),
        ("E", "why", ["-----", "E   Traceback (most recent call last)", "E: why"], ["E: why"]),
        ("E", "why", ["a", FROM], ["E: why", "", "caused by a"]),
        ("E", "why", [FROM], ["E: why", "", "caused by "]),
    ],
)
def test_pieces_of_other_kernels(ename: str, evalue: str, pieces: list[str], lines: list[str]) -> None:
    assert shown(Traceback(ename, evalue, pieces)) == lines


def test_an_endless_one_is_shortened() -> None:
    text = error_text("E", "why", ["x" * (1 << 20), "y" * (1 << 20)])
    assert len(text) < 1.2 * (1 << 20)
    assert "xxx" in text
    assert "yyy" in text
    assert "…" in text


HOSTILE = [
    "\x1b[2J",
    "\x1b]0;t\x07",
    "\u202e",
    "File ",
    "/x/site-packages/\x1b[2J/a.py",
    ":3",
    ", in f()",
    "\n",
    "---> 3",
    FROM,
    "-",
    "E: ",
]


hostile = st.lists(st.sampled_from(HOSTILE), max_size=8).map("".join)


@given(hostile, hostile, st.lists(hostile, max_size=6))
def test_anything_is_harmless(ename: str, evalue: str, pieces: list[str]) -> None:
    error = Traceback(ename, evalue, pieces)
    for _ in range(2):
        for line in error.slice(0, len(error)):
            assert plain(line).isprintable()
            assert "\x1b[2J" not in line
        targets = [error.target(index) for index in range(len(error))]
        for target in targets:
            if isinstance(target, Place):
                assert target.path.isprintable()
            if isinstance(target, Fold):
                error.toggle(target.key)
        error.open_all()
    assert [error.line(index) for index in range(len(error))] == error.whole()


def test_nothing_is_left_out_of_the_whole() -> None:
    whole = "\n".join(map(plain, Traceback("ValueError", "why", TRACEBACK).whole()))
    missing = [line for piece in TRACEBACK[2:] for line in piece.split("\n") if line not in whole]
    assert missing == []
