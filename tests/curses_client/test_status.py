"""The status line, the rule, and questions, on wide screens and narrow ones."""

import pytest

from curses_client.events import Resized, Ticked
from tests.curses_client.drawing import attributes, lines
from tests.curses_client.support import NOON, Client, Journal


@pytest.fixture(autouse=True)
def host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curses_client.widgets.status._HOST", "gpu")


def status(user: Client, cols: int = 80) -> str:
    return lines(user.send(Resized(cols, 24)))[-1]


def rule(user: Client, cols: int = 80) -> str:
    return next(line for line in lines(user.send(Resized(cols, 24))) if line.startswith("────"))


def dead() -> Journal:
    return Journal().session().add("kernel_died", reason="x", signal="SIGKILL")


@pytest.mark.parametrize(
    ("journal", "shown"),
    [
        (Journal(), " ○ starting  [ ]"),
        (Journal().session(), " ○ idle  [ ]"),
        (Journal().session().cell("c", "1", count=7), " ○ idle  [7]"),
        (Journal().session().submit("c", "1").start("c", 3), " ● busy  [3]"),
        (Journal().session().submit("c", "1").start("c", 3).submit("d", "2"), " ● busy  [3]  queue 1"),
        (Journal().session().add("kernel_starting"), " ○ restarting  [ ]"),
        (dead(), " ✗ dead: SIGKILL  [ ]"),
        (Journal().session().add("session_ended", reason="x"), " ✗ ended  [ ]"),
    ],
)
def test_states(journal: Journal, shown: str) -> None:
    assert status(Client(journal=journal)).startswith(shown)


@pytest.mark.parametrize(("seconds", "text"), [(0, " ● busy  ["), (1, " ● busy 1s "), (72, " ● busy 1m12s ")])
def test_the_time_of_the_running_cell(seconds: float, text: str) -> None:
    user = Client()
    user.journal.submit("c", "1").start("c")
    assert status(user.read().send(Ticked(NOON + seconds))).startswith(text)


@pytest.mark.parametrize(
    ("cols", "text"),
    [
        (120, " ○ idle  [ ]  main@gpu · Python 3"),
        (60, " ○ idle  [ ]  main@gpu · Python 3"),
        (40, " ○ idle  [ ]  main · Python 3"),
        (24, " ○ idle  [ ]  main"),
        (14, " ○ idle  [ ]"),
        (8, " ○ idle"),
        (3, " ○"),
    ],
)
def test_what_does_not_fit_is_left_out_from_the_right(cols: int, text: str) -> None:
    assert status(Client(), cols).startswith(text)


@pytest.mark.parametrize(
    ("cols", "hint"), [(120, "F9 restart  ^D leave  F1 help"), (80, "F1 help"), (45, "F1 help"), (30, "")]
)
def test_hints(cols: int, hint: str) -> None:
    assert status(Client(), cols).endswith(hint)


def test_the_hints_are_those_of_the_moment() -> None:
    busy = Journal().session().submit("c", "1").start("c", 3)
    assert status(Client(journal=busy), 120).endswith("^C interrupt  F9 restart  ^D leave  F1 help")
    for cols in (80, 50, 36):
        assert status(Client(journal=dead()), cols).rstrip().endswith(("F9 restart", "F1 help"))
        assert "F9 restart" in status(Client(journal=dead()), cols)


def test_a_message_goes_before_hints() -> None:
    user = Client().press("f2")
    assert "no input() waits" in status(user)
    assert "F1 help" not in status(user)
    assert "no input" in status(user, 30)


def test_an_alarming_message_looks_so() -> None:
    user = Client()
    user.journal.add("session_ended", reason="x")
    user.read().press("f9")
    assert ("status dead", "   the session has ended") in attributes(user, -1)


def test_scrolled() -> None:
    user = Client()
    user.journal.cell("c", "x", "line\n" * 100)
    assert "scrolled · Esc follows" in status(user.read().press("page up"))


@pytest.mark.parametrize("cols", [120, 80, 60, 40, 24])
@pytest.mark.parametrize("key", ["f9", "f10"])
def test_a_question_keeps_its_answers(key: str, cols: int) -> None:
    line = status(Client().press(key), cols)
    for answer in ("y yes",) if key == "f9" else ("d detach", "q quit"):
        assert answer in line


@pytest.mark.parametrize(
    ("key", "busy"),
    [
        ("f9", False),
        ("f9", True),
        ("f10", False),
        ("f10", True),
    ],
)
def test_a_question_is_readable_on_80_columns(key: str, busy: bool) -> None:
    user = Client()
    if busy:
        user.journal.submit("a", "1").start("a").submit("b", "2")
    assert "…" not in status(user.read().press(key))


@pytest.mark.parametrize(
    ("make", "left", "right"),
    [
        (lambda: Client(), "──── In [1] ──", "──"),
        (lambda: Client("a\nb"), "──── In [1] ──", " Alt-Enter runs ────"),
        (lambda: asked(), "──── input() is answered above ──", " Esc comes back here ────"),
        (lambda: asked().press("esc"), "──── the kernel asks for input ──", " F2 answers ────"),
    ],
)
def test_the_rule_says_what_the_editor_is_for(make: object, left: str, right: str) -> None:
    line = rule(make())  # type: ignore[operator]
    assert line.startswith(left)
    assert line.endswith(right)
    assert len(line) == 80


def asked() -> Client:
    user = Client()
    user.journal.submit("c", "input()").start("c").add("input_wanted", "c", request="r", prompt="? ")
    return user.read()


def test_the_status_says_that_input_waits() -> None:
    assert "asks for input" in status(asked())
