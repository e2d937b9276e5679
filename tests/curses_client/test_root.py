"""The whole screen: exact widths whatever is shown on whatever size, and a few screens in full."""

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
import urwid.testing
from hypothesis import given, settings
from hypothesis import strategies as st
from urwid.str_util import calc_width

from curses_client.events import Pasted, Replied, Resized, Ticked
from curses_client.widgets.root import Root
from kernel.protocol.messages import HistoryReply
from tests.curses_client.drawing import check, drawn, lines
from tests.curses_client.support import NOON, Client, Journal

checked = settings(max_examples=80, deadline=None)


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Golden screens name a host and a time of day."""
    before = os.environ.get("TZ")
    monkeypatch.setattr("curses_client.widgets.status._HOST", "gpu")
    os.environ["TZ"] = "UTC"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def scene(cols: int, rows: int) -> Client:
    """Return a session with a cell in each state."""
    user = Client(cols=cols, rows=rows, journal=Journal().session("rides", "Python 3.12"))
    journal = user.journal
    journal.submit("a", "df.head()").start("a", 1)
    journal.add("execute_result", "a", execution_count=1, data={"text/plain": "   x\n0  1"}).end("a")
    journal.submit("b", "for i in range(2):\n    work(i)").start("b", 2)
    journal.now += 12.3
    journal.print("b", "0\n").print("b", "slow\n", "stderr").end("b")
    journal.submit("c", "1/0").start("c", 3)
    trace = ["File <stdin>:1", "ZeroDivisionError: division by zero"]
    journal.add("error", "c", ename="ZeroDivisionError", evalue="division by zero", traceback=trace).end("c", "error")
    journal.submit("d", "later()").end("d", "aborted")
    journal.submit("e", "train()").start("e", 4).print("e", "epoch 1\n").submit("f", "evaluate()")
    return user.read().send(Ticked(journal.now + 72))


GOLDEN_80 = """\
 1│ df.head()
  ╰    x
    0  1
 2│ for i in range(2):                                                      12s
  │     work(i)
  ╰ 0
  ! slow
 3✗ 1/0
  ╰ ZeroDivisionError: division by zero
    File <stdin>:1
  ┊ later()                                                             skipped
 4● train()                                                             ● 1m12s
  ╰ epoch 1
  ┊ evaluate()                                                    queued 1 of 1





──── In [6] ──────────────────────────────────────────────── Alt-Enter runs ────
 for x in y:
     f(x)
────────────────────────────────────────────────────────────────────────────────
 ● busy 1m12s  [4]  queue 1  rides@gpu · Python 3.12      ^C interrupt  F1 help"""

GOLDEN_120 = (
    """\
  1 │ df.head()                                                                                                   12:00
    ╰    x
      0  1
  2 │ for i in range(2):                                                                                     12s  12:00
    │     work(i)
    ╰ 0
    ! slow
  3 ✗ 1/0                                                                                                         12:00
    ╰ ZeroDivisionError: division by zero
      File <stdin>:1
    ┊ later()                                                                                                   skipped
  4 ● train()                                                                                                   ● 1m12s
    ╰ epoch 1
    ┊ evaluate()                                                                                          queued 1 of 1
"""
    + "\n" * 21
    + """\
──── In [6] ──────────────────────────────────────────────────────────────────────────────────────── Alt-Enter runs ────
 for x in y:
     f(x)
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
 ● busy 1m12s  [4]  queue 1  rides@gpu · Python 3.12           Alt-? where  ^C interrupt  F9 restart  ^D leave  F1 help"""
)

GOLDEN_20 = """\
● train()   ● 1m12s
╰ epoch 1
──── In [6] ────────
f(1)
 ● busy 1m12s  [4]"""

GOLDEN_EMPTY = (
    """\
      Enter  run what is typed below; a line that is not complete goes on
     Ctrl-O  a new line, wherever the cursor is
     Ctrl-C  interrupt what runs
     Ctrl-D  leave: detach, and come back with cshell attach, or quit
         F1  everything else: find a command by what it does
"""
    + "\n" * 15
    + """\
──── In [1] ────────────────────────────────────────────────────────────────────

────────────────────────────────────────────────────────────────────────────────
 ○ idle  [ ]  main@gpu · Python 3                 F9 restart  ^D leave  F1 help"""
)


def test_golden_80x24() -> None:
    user = scene(80, 24).send(Pasted("for x in y:\n    f(x)"))
    assert "\n".join(lines(user)) == GOLDEN_80


def test_golden_120x40() -> None:
    user = scene(120, 40).send(Pasted("for x in y:\n    f(x)"))
    assert "\n".join(lines(user)) == GOLDEN_120


def test_golden_20x5() -> None:
    user = scene(20, 5).send(Pasted("f(1)")).press("meta up")
    assert "\n".join(lines(user)) == GOLDEN_20


def test_golden_empty() -> None:
    assert "\n".join(lines(Client())) == GOLDEN_EMPTY


def test_the_cursor_is_where_is_typed() -> None:
    user = Client("ab\ncd")
    assert drawn(user).cursor == (3, 21)
    assert drawn(user.press("up", "home")).cursor == (1, 20)
    assert drawn(Client("漢字")).cursor == (5, 21)
    assert drawn(Client("x" * 200)).cursor == (45, 21)
    assert drawn(Client("x" * 200).press("meta W")).cursor == (79, 21)
    assert drawn(Client("ab").press("f9")).cursor is None
    assert drawn(Client("ab").press("f1", "f1")).cursor is None


def test_the_cursor_is_where_input_is_answered() -> None:
    user = Client()
    user.journal.submit("c", "input()").start("c").print("c", "hello\n")
    user.journal.add("input_wanted", "c", request="r", prompt="Name: ")
    user.read()
    assert drawn(user).cursor == (10, 2)
    assert drawn(user.write("Ada").press("left")).cursor == (12, 2)
    assert lines(user)[2] == "    Name: Ada"


def test_a_password_is_dots() -> None:
    user = Client()
    user.journal.submit("c", "getpass()").start("c")
    user.journal.add("input_wanted", "c", request="r", prompt="Password: ", password=True)
    user.read().write("secret")
    assert lines(user)[1] == "  ╰ Password: ••••••"
    assert "secret" not in "\n".join(lines(user))
    assert drawn(user).cursor == (20, 1)


def test_a_long_answer_wraps_with_its_cursor() -> None:
    user = Client(cols=30, rows=12)
    user.journal.submit("c", "input()").start("c").add("input_wanted", "c", request="r", prompt="? ")
    user.read().write("x" * 60)
    col, row = drawn(user).cursor or (0, 0)
    assert lines(user)[row].rstrip().endswith("x")
    assert (col, row) == (len(lines(user)[row]), row)


# ---- any size ----------------------------------------------------------------------------------------------

SIZES = [(1, 1), (1, 2), (2, 1), (2, 3), (3, 4), (5, 5), (20, 5), (21, 16), (31, 17), (80, 24), (100, 30), (250, 70)]


@pytest.mark.parametrize(("cols", "rows"), SIZES)
def test_every_row_is_as_wide_as_the_screen(cols: int, rows: int) -> None:
    user = scene(cols, rows)
    check(user)
    check(user.send(Pasted("def f(x):\n    return '漢字'\n" * 20)), lexer="python")
    check(user.press("page up", "meta home"))
    check(user.press("f1", "f1"))
    check(user.press("esc", "f9"))
    check(user.press("esc", "f10"))
    check(user.press("esc", "meta enter"))
    check(user.press("x", "tab").offer("xylophone", "xyz", *(f"x{number}" for number in range(40))))


@pytest.mark.parametrize("colors", [1, 16, 256, 1 << 24])
def test_every_number_of_colours(colors: int) -> None:
    user = scene(80, 24)
    user.journal.print("e", "\x1b[31mred \x1b[38;5;100mx\x1b[48;2;1;2;3my\x1b[7;1mz\x1b[0m\n")
    check(user.read(), colors, "python")


_ROWS = [1, 2, 3, 4, 5]


@pytest.mark.parametrize("rows", _ROWS)
def test_the_line_being_typed_is_always_there(rows: int) -> None:
    user = scene(20, rows).write("typed")
    assert any("typed" in line for line in lines(user))
    assert drawn(user).cursor is not None


pieces = st.sampled_from(
    [
        *"aZ0 .",
        "word ",
        "漢",
        "ｗ",
        "한",
        "😀",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "❤️",
        "e\u0301",
        "\u0301",
        "\u200d",
        "\u200b",
        "\u202e",
        "\u2066",
        "\ufeff",
        "\u2028",
        "\x00",
        "\x07",
        "\x08",
        "\x7f",
        "\x9b31m",
        "\x1b",
        "\x1b[31m",
        "\x1b[0m",
        "\x1b[2J",
        "\x1b[10A",
        "\x1b[99C",
        "\x1b]0;title\x07",
        "\x1b]8;;http://x\x1b\\",
        "\x1bPq#0\x1b\\",
        "\x1b[",
        "\x1b[38;5",
        "\t",
        "\r",
        "\n",
        "ᄒ\u1161\u11ab",
        "ก็็็็",
        "﷽",
        "\U000e0041",
        "x" * 40,
    ]
)
hostile = st.lists(pieces, max_size=12).map("".join)
sizes = st.one_of(st.sampled_from(SIZES), st.tuples(st.integers(1, 60), st.integers(1, 30)))


@given(
    size=sizes,
    texts=st.lists(hostile, min_size=6, max_size=6),
    names=st.tuples(hostile, hostile),
    password=st.booleans(),
)
@checked
def test_hostile_output_names_and_prompts(
    size: tuple[int, int], texts: list[str], names: tuple[str, str], password: bool
) -> None:
    journal = Journal().session(*names).submit("a", texts[0]).start("a").print("a", texts[1])
    journal.print("a", texts[2], "stderr").add("execute_result", "a", execution_count=1, data={"text/plain": texts[3]})
    journal.add("error", "a", ename=texts[4], evalue=texts[5], traceback=texts).end("a", "error")
    journal.add("kernel_died", reason=texts[0], signal=texts[1] or None, cell="a")
    journal.submit("b", "input()").start("b", 2)
    journal.add("input_wanted", "b", request="r", prompt=texts[0], password=password)
    user = Client(cols=size[0], rows=size[1], journal=journal)
    check(user)
    check(user.press("page up"))
    check(user.press("esc", "meta home"), lexer="python")


@given(
    size=sizes, matches=st.lists(hostile, min_size=2, max_size=12), kinds=st.lists(hostile, max_size=12), text=hostile
)
@checked
def test_hostile_completions(size: tuple[int, int], matches: list[str], kinds: list[str], text: str) -> None:
    user = Client("x.", cols=size[0], rows=size[1]).press("tab")
    user.offer(*matches, start=1, types=tuple((kinds * 12)[: len(matches)]) if kinds else ())
    if user.state.editor.buffer.text.isprintable():
        check(user)
        check(user.press("tab", "page down"))


printable = st.lists(pieces.filter(str.isprintable), max_size=12).map("".join)


@given(size=sizes, text=st.lists(printable, max_size=8).map("\n".join), lefts=st.integers(0, 30), lexer=st.booleans())
@checked
def test_any_text_in_the_editor(size: tuple[int, int], text: str, lefts: int, lexer: bool) -> None:
    user = Client(text, cols=size[0], rows=size[1])
    check(user, lexer="python" if lexer else "")
    check(user.press(*["left"] * lefts, "shift left", "shift up"), lexer="python" if lexer else "")


@pytest.mark.parametrize(
    "text",
    [
        "a\x1b[2Jb",
        "a\x00b",
        "a\x9bb",
        "\x7f",
        "a\ud800b",
        "a\u202eb",
        "a\u2028b",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("how", ["pasted", "loaded", "recalled"])
def test_hostile_text_in_the_editor(text: str, how: str) -> None:
    user = Client()
    if how == "pasted":
        user.send(Pasted(text))
    elif how == "loaded":
        user.journal.submit("c", "%load x").start("c").end("c", payload=[{"source": "set_next_input", "text": text}])
        user.read()
    else:
        user.send(Replied(0, HistoryReply([[1, 1, text]]))).press("up")
    check(user)


# ---- with urwid --------------------------------------------------------------------------------------------


def test_it_is_a_box_widget_to_urwid() -> None:
    user = scene(40, 12)
    root = Root(user.state, 256)
    assert root.selectable()
    assert root.sizing() == frozenset({urwid.widget.constants.Sizing.BOX})
    text = urwid.testing.render_text(root, (40, 12))
    assert len(text) == 12


def test_a_size_that_the_state_does_not_know_yet_is_drawn_too() -> None:
    user = scene(80, 24)
    root = Root(user.state, 256)
    for size in ((40, 12), (1, 1), (200, 60), (80, 25), (81, 24)):
        canvas = root.render(size)
        assert (canvas.cols(), canvas.rows()) == size
        for row in canvas.content():
            assert sum(calc_width(part, 0, len(part)) for _, _, part in row) == size[0]


def test_what_is_drawn_follows_the_state() -> None:
    user = Client()
    root = Root(user.state, 256)

    def shown() -> str:
        return "\n".join(urwid.testing.render_text(root, (user.state.cols, user.state.rows)))

    assert "In [1]" in shown()
    for event, text in (
        (lambda: user.journal.cell("c", "6*7", "42\n") and user.read(), "42"),
        (lambda: user.write("typed"), "typed"),
        (lambda: user.press("f9"), "Restart the kernel?"),
        (lambda: user.press("esc", "f1", "f1"), "run as it is; in a file the cell"),
        (lambda: user.press("esc").send(Resized(60, 10)), "In [2]"),
        (lambda: user.journal.add("kernel_died", reason="x", signal="SIGSEGV") and user.read(), "SIGSEGV"),
    ):
        event()
        root.show(user.state)
        assert text in shown()


def test_an_elapsed_time_goes_on() -> None:
    user = Client()
    user.journal.submit("c", "slow()").start("c")
    root = Root(user.read().state, 256)
    seen: list[Any] = []
    for seconds in (0, 5, 65, 3700):
        root.show(user.send(Ticked(NOON + seconds)).state)
        seen.append(urwid.testing.render_text(root, (80, 24))[0].split("● ")[-1].strip())
    assert seen == ["0s", "5s", "1m05s", "1h01m"]
