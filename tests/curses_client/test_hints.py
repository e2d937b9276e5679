"""What is said after mistakes that many make, and that nobody has to read it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.binding import Binding
from curses_client.events import Control, Leave, Remember, Submit
from curses_client.hints import hinted
from curses_client.options import Options
from kernel.protocol.messages import ShutdownRequest
from tests.curses_client.support import Client, Journal


def failing(source: str, error: str, **values: object) -> Client:
    """Return a client whose cell ended with this error, or well if that is empty."""
    user = Client().set(**values)
    user.journal.submit("c", source).start("c")
    if error:
        user.journal.add("error", "c", ename=error, evalue="", traceback=[]).end("c", "error", ename=error)
    else:
        user.journal.end("c")
    return user.read()


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        ("python foo.py --x", "SyntaxError", "%run foo.py runs a file here · !python foo.py runs it by itself"),
        ("python3.11 a/b.py", "SyntaxError", "%run a/b.py runs a file here · !python a/b.py runs it by itself"),
        ("pip install pandas", "SyntaxError", "%pip install pandas installs into this environment"),
        ("python -m pip install x y", "SyntaxError", "%pip install x y installs into this environment"),
        ("git status", "SyntaxError", "!git status runs it in the shell"),
        ("ls", "NameError", "!ls runs it in the shell"),
        ("vim foo.py", "SyntaxError", "%edit foo.py opens a file in your editor"),
        (":wq", "SyntaxError", "Ctrl-D leaves: the session can go on"),
        ("q", "NameError", "Ctrl-D leaves: the session can go on"),
        ("cshell", "NameError", "that is for a shell · Ctrl-D leaves: the session can go on"),
        ("cshell attach x", "SyntaxError", "that is for a shell · Ctrl-D leaves: the session can go on"),
        ("cshell ls -a", "SyntaxError", "!cshell ls -a runs it in the shell"),
        ("clear", "NameError", "Ctrl-L paints the screen anew"),
        ("help", "", "F1 finds any command · name? tells what is known of a name"),
        # what is right, or wrong in its own way, is left alone
        ("git status", "ValueError", ""),
        ("git", "", ""),
        ("find = 3 +", "SyntaxError", ""),
        ("make(x)", "NameError", ""),
        ("x = 1\ngit status", "SyntaxError", ""),
        ("1 +", "SyntaxError", ""),
        ("python", "NameError", ""),
        ("help(x)", "", ""),
    ],
)
def test_mistakes(source: str, error: str, said: str) -> None:
    assert failing(source, error).message == said


@pytest.mark.parametrize(
    ("name", "said"),
    [("pritn", "did you mean print?"), ("valeu", "did you mean value?"), ("zzzz", ""), ("wrogn", ""), ("x", "")],
)
def test_a_name_that_is_near(name: str, said: str) -> None:
    user = Client()
    user.journal.cell("a", "value = 3").submit("b", "wrong = 1/0").start("b").end("b", "error", ename="X")
    user.journal.submit("c", f"if 1:\n    {name}(1)").start("c", 2)
    text = f"name '{name}' is not defined"
    user.journal.add("error", "c", ename="NameError", evalue=text, traceback=[])
    user.journal.end("c", "error", ename="NameError", evalue=text)
    assert user.read().message == said


def test_what_python_has_said_is_not_said_again() -> None:
    text = "name 'pritn' is not defined. Did you mean: 'print'?"
    assert hinted(Client().state, "pritn", "NameError", text).message is None


def test_a_hint_names_the_users_own_key() -> None:
    own = (Binding(("f7",), "redraw", "editor", ""), Binding(("ctrl l",), "", "output", ""))
    assert failing("clear", "NameError", options=Options(bound=own)).message == "F7 paints the screen anew"


def test_hints_can_be_turned_off() -> None:
    silent = Options(hints=False)
    assert failing("git status", "SyntaxError", options=silent).message == ""
    assert Client().set(options=silent).press("f11").message == ""
    assert Client("exit()").set(options=silent).press("enter").took(Submit) == [Submit("exit()", 76, row=0)]


def test_others_mistakes_and_other_languages_are_no_business() -> None:
    assert failing("git status", "SyntaxError", client="me").message == ""
    user = Client(journal=Journal().session(lexer="r"))
    user.journal.submit("c", "git status").start("c").end("c", "error", ename="SyntaxError")
    assert user.read().message == ""


def test_what_failed_while_nobody_was_here_is_no_news() -> None:
    journal = Journal().session()
    journal.submit("c", "git status").start("c")
    journal.add("error", "c", ename="SyntaxError", evalue="", traceback=[]).end("c", "error", ename="SyntaxError")
    assert Client(journal=journal).message == ""


@pytest.mark.parametrize("source", ["exit", "exit()", "quit", "quit( )", "exit();", "exit() "])
@pytest.mark.parametrize("key", ["enter", "meta enter"])
def test_what_ends_a_session_is_asked_about(source: str, key: str) -> None:
    user = Client(source).press(key)
    assert user.effects == []
    assert user.state.question is not None
    assert user.state.question.text == f"{source.strip()} ends the session. Leave?"
    assert user.press("esc").text == source


@pytest.mark.parametrize(
    ("answer", "effects"),
    [
        ("d", [Leave("detach")]),
        ("q", [Control("shutdown_request", ShutdownRequest()), Leave("quit")]),
        ("r", [Submit("exit()", 76, row=0)]),
    ],
)
def test_what_is_done_then(answer: str, effects: list[object]) -> None:
    user = Client("exit()").press("enter", answer)
    user.took(Remember)
    assert user.effects == effects


@pytest.mark.parametrize("source", ["exit(keep_kernel=True)", "exit = 3", "x\nexit()", "sys.exit()", "exit_code"])
def test_what_may_be_something_else_is_run(source: str) -> None:
    assert Client(source).press("meta enter").took(Submit) == [Submit(source, 76, row=0)]


def test_a_kernel_that_stays_is_somebody_elses() -> None:
    user = Client("exit()")
    user.set(session=type(user.state.session)(state="idle", kernel_stays=True)).press("meta enter")
    assert user.state.question is not None
    assert user.state.question.text == "exit() may end a kernel that is not this session's. Leave?"


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("f11", "F11 does nothing here · F1 finds a command"),
        ("ctrl q", "Ctrl-Q does nothing here · F1 finds a command"),
        ("focus in", ""),
        ("\x00", ""),
        ("status ok", ""),
    ],
)
def test_a_key_that_does_nothing(key: str, said: str) -> None:
    user = Client("ab").press(key)
    assert (user.message, user.marked) == (said, "ab|")


def test_how_to_leave_is_said_with_the_users_key() -> None:
    own = (Binding(("f8",), "delete-or-leave", "editor", ""), Binding(("ctrl d",), "", "editor", ""))
    assert Client().set(options=Options(bound=own)).press("ctrl c").message == "nothing runs · F8 leaves"


@given(st.text(max_size=40), st.sampled_from(["SyntaxError", "NameError", ""]))
def test_no_cell_raises(source: str, error: str) -> None:
    hinted(Client().state, source, error)
