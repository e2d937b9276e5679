"""Commands one by one: (text with the cursor, keys) -> text with the cursor, and what is asked for."""

import pytest

from curses_client.commands import COMMANDS, END_OF_FILE
from curses_client.events import AnswerInput, Control, Leave, Redraw, Submit, Suspend
from kernel.protocol.messages import InterruptRequest, RestartRequest, ShutdownRequest
from tests.curses_client.support import Client, Journal


def client(marked: str) -> Client:
    """Return a client whose editor holds the text, the cursor where the bar is."""
    before, _, after = marked.partition("|")
    result = Client(before + after)
    for _ in after:
        result.press("left")
    return result


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("ab|", "left", "a|b"),
        ("a|b", "ctrl f", "ab|"),
        ("ab\nc|d", "up", "a|b\ncd"),
        ("a|b\ncd", "down", "ab\nc|d"),
        ("    ab|", "home", "    |ab"),
        ("    |ab", "home", "|    ab"),
        ("|ab\ncd", "end", "ab|\ncd"),
        ("foo bar|", "meta b", "foo |bar"),
        ("|foo bar", "meta f", "foo| bar"),
        ("ab\ncd|", "meta <", "|ab\ncd"),
        ("|ab\ncd", "ctrl end", "ab\ncd|"),
        ("ab|", "backspace", "a|"),
        ("a|b", "delete", "a|"),
        ("a|b", "ctrl d", "a|"),
        ("foo bar|", "ctrl w", "foo |"),
        ("|foo bar", "meta d", "| bar"),
        ("a|bc\nd", "ctrl k", "a|\nd"),
        ("abc|d", "ctrl u", "|d"),
        ("ab|", "ctrl t", "ba|"),
        ("ab|", "ctrl o", "ab\n|"),
        ("|ab", "tab", "    |ab"),
        ("  |ab", "tab", "    |ab"),
        ("    ab|", "shift tab", "ab|"),
        ("if x:|", "ctrl o", "if x:\n    |"),
        ("e\u0301|", "backspace", "|"),
        ("漢字|", "left", "漢|字"),
    ],
)
def test_moving_and_editing(before: str, keys: str, after: str) -> None:
    assert client(before).press(keys).marked == after


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("one two|", ["ctrl u", "ctrl y", "ctrl y"], "one twoone two|"),
        ("|one", ["ctrl k", "x", "ctrl y"], "xone|"),
        ("", ["a", "b", "ctrl _"], "|"),
        ("", ["a", "b", "ctrl _", "meta z"], "ab|"),
        ("ab|", ["shift left", "x"], "ax|"),
        ("ab\ncd|", ["shift up", "backspace"], "ab|"),
        ("ab|", ["shift home", "delete"], "|"),
        ("ab|", ["shift left", "esc", "x"], "ax|b"),
        ("a\nb|", ["shift up", "shift home", "tab"], "|    a\n    b"),
    ],
)
def test_several_keys(before: str, keys: list[str], after: str) -> None:
    assert client(before).press(*keys).marked == after


def test_running_empties_the_editor_and_remembers() -> None:
    user = client("x = 1\n|").press("meta enter")
    assert user.took(Submit) == [Submit("x = 1", 76, row=0)]
    assert user.text == ""
    assert [entry.text for entry in user.state.history.entries] == ["x = 1"]
    assert user.press("ctrl _").text == ""


@pytest.mark.parametrize("text", ["", "   ", "\n \n"])
def test_nothing_is_not_run(text: str) -> None:
    assert Client(text).press("meta enter").took(Submit) == []


@pytest.mark.parametrize("key", ["meta enter", "ctrl enter", "shift enter"])
def test_incomplete_code_can_be_run_as_it_is(key: str) -> None:
    assert client("if x:|").press(key).took(Submit) == [Submit("if x:", 76, row=0)]


def test_the_same_again_is_remembered_once() -> None:
    user = Client()
    for _ in range(3):
        user.write("1").press("meta enter")
    assert [entry.text for entry in user.state.history.entries] == ["1"]
    assert len(user.took(Submit)) == 3


def test_an_ended_session_keeps_the_text() -> None:
    user = Client("x")
    user.journal.add("session_ended", reason="shutdown")
    assert user.read().press("meta enter").took(Submit) == []
    assert user.text == "x"
    assert "ended" in user.message


@pytest.mark.parametrize(
    ("answer", "effects"),
    [
        ("d", [Leave("detach")]),
        ("q", [Control("shutdown_request", ShutdownRequest()), Leave("quit")]),
        ("D", [Leave("detach")]),
        ("esc", []),
        ("n", []),
        ("enter", []),
        ("ctrl d", []),
    ],
)
@pytest.mark.parametrize("key", ["ctrl d", "f10"])
def test_leaving_asks_first(key: str, answer: str, effects: list[object]) -> None:
    user = Client().press(key)
    assert user.state.question is not None
    assert user.effects == []
    assert user.press(answer).effects == effects
    assert user.state.question is None
    assert user.text == ""


@pytest.mark.parametrize(("answer", "is_sure"), [("y", True), ("Y", True), ("n", False), ("esc", False)])
def test_restarting_asks_first(answer: str, is_sure: bool) -> None:
    user = Client("kept").press("f9", answer)
    assert user.effects == [Control("restart_request", RestartRequest())] * is_sure
    assert user.text == "kept"


@pytest.mark.parametrize(
    ("waiting", "said"), [(0, "lost"), (1, "then the waiting cell runs"), (2, "then the 2 waiting cells run")]
)
def test_the_question_tells_what_a_restart_means(waiting: int, said: str) -> None:
    user = Client()
    user.journal.submit("c0", "1").start("c0")
    for number in range(waiting):
        user.journal.submit(f"c{number + 1}", "2")
    user.read().press("f9")
    assert user.state.question is not None
    assert said in user.state.question.choices[0].label


def test_an_ended_session_is_left_without_a_question() -> None:
    user = Client()
    user.journal.add("session_ended", reason="shutdown")
    assert user.read().press("ctrl d").effects == [Leave("ended")]
    assert "ended" in user.press("f9").message


def test_interrupting() -> None:
    user = Client("half a thought")
    user.journal.submit("c", "while 1: pass").start("c")
    user.read().press("ctrl c")
    assert user.effects == [Control("interrupt_request", InterruptRequest())]
    assert user.text == "half a thought"


def test_with_nothing_to_interrupt_the_editor_is_cleared_and_can_be_brought_back() -> None:
    user = Client("half a thought").press("ctrl c")
    assert (user.effects, user.text) == ([], "")
    assert user.press("ctrl _").text == "half a thought"
    assert "Ctrl-D" in Client().press("ctrl c").message


@pytest.mark.parametrize(("key", "effect"), [("ctrl l", Redraw()), ("ctrl z", Suspend())])
def test_what_the_screen_does(key: str, effect: object) -> None:
    assert Client().press(key).effects == [effect]


def test_the_help_scrolls_between_its_ends() -> None:
    user = Client(rows=10).press("f1", "f1")
    assert user.state.help_top == 0
    assert user.press("up").state.help_top == 0
    assert user.press("down", "j").state.help_top == 2
    assert user.press(" ").state.help_top == 9
    assert user.press("b").state.help_top == 2
    user.press(*["page down"] * 50)
    last = user.state.help_top
    assert user.press("down").state.help_top == last
    assert user.press("x").text == ""
    assert user.press("q").state.help_top is None
    assert user.press("x").text == "x"


# ---- input() -----------------------------------------------------------------------------------------------


def asked(password: bool = False) -> Client:
    """Return a client whose running cell asks for a line, and who goes to it from a draft."""
    user = Client("draft")
    user.journal.submit("c", "input()").start("c")
    user.journal.add("input_wanted", "c", request="r1", prompt="Name: ", password=password)
    return user.read().press("f2")


def test_an_answer_is_sent_once() -> None:
    user = asked().write("Ada").press("enter")
    assert user.effects == [AnswerInput("r1", "Ada")]
    assert user.answer is None
    assert user.text == "draft"


def test_an_empty_answer_is_an_answer() -> None:
    assert asked().press("enter").effects == [AnswerInput("r1", "")]


@pytest.mark.parametrize(
    ("typed", "keys", "answer"),
    [
        ("abc", ["left", "backspace"], "ac"),
        ("abc", ["home", "delete"], "bc"),
        ("abc", ["ctrl u"], ""),
        ("abc", ["home", "ctrl k"], ""),
        ("abc", ["ctrl a", "x"], "xabc"),
        ("a b", ["ctrl w"], "a "),
        ("abc", ["left", "ctrl d"], "ab"),
        ("abc", ["up", "tab", "down"], "abc"),
    ],
)
def test_an_answer_is_edited(typed: str, keys: list[str], answer: str) -> None:
    assert asked().write(typed).press(*keys).answer == answer


def test_end_of_file() -> None:
    assert asked().press("ctrl d").effects == [AnswerInput("r1", END_OF_FILE)]


def test_the_question_waits_while_the_editor_is_used() -> None:
    user = asked().write("Ad").press("esc")
    assert user.answer is None
    assert "F2" in user.message
    assert user.write("!").text == "draft!"
    assert user.press("f2").answer == "Ad"
    assert user.write("am").press("enter").took(AnswerInput) == [AnswerInput("r1", "Adam")]


def test_no_question_no_answer() -> None:
    user = Client().press("f2")
    assert user.answer is None
    assert "no input()" in user.message


@pytest.mark.parametrize("name", sorted(COMMANDS))
@pytest.mark.parametrize("make", [Client, lambda: Client("a\nb"), asked], ids=["empty", "text", "asked"])
def test_every_command_can_be_run_at_any_time(name: str, make: object) -> None:
    state, effects = COMMANDS[name](make().state)  # type: ignore[operator]
    assert state.cols == 80
    assert isinstance(effects, tuple)


def test_a_session_in_a_program_offers_no_restart() -> None:
    journal = Journal()
    journal.add("session_started", name="s", kernel="k", language="python", cwd="/", pid=1)
    journal.add("kernel_started", pid=5, embedded=True).submit("c", "time.sleep(60)").start("c")
    user = Client(journal=journal).press("ctrl c")
    assert user.message == "interrupting …"
    user.press("f9")
    assert user.state.question is None
    assert user.message == "this session has not started the kernel · restart it where it was started"


def test_a_kernel_of_somebody_elses_stays_when_the_session_ends() -> None:
    journal = Journal()
    journal.add("session_started", name="s", kernel="k", language="python", cwd="/", pid=1)
    journal.add("kernel_started", pid=0, owned=False)
    user = Client(journal=journal).press("ctrl d")
    assert user.state.question is not None
    assert [choice.label for choice in user.state.question.choices][1] == "quit, the kernel stays"
