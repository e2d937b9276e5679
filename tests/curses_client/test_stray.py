"""Typing that was meant for a question which another client has answered."""

import pytest

from curses_client.events import AnswerInput, Event, Expired, KeyPressed, Pasted, SetTimer
from tests.curses_client.support import Client, Journal


def asked() -> Client:
    """A client that is asked a question, and has typed a part of its answer."""
    journal = Journal().session().submit("c", "ask()").start("c").add("input_wanted", "c", request="r1", prompt="a? ")
    return Client(journal=journal).write("hun")


def answered(user: Client, *, again: bool) -> Client:
    """Another client answers it, and the next question may come at once."""
    user.journal.add("input_done", "c", request="r1", value="x")
    if again:
        user.journal.add("input_wanted", "c", request="r2", prompt="b? ")
    return user.read()


def pause(user: Client) -> Client:
    """Let the last timer run out."""
    return user.send(Expired(user.took(SetTimer)[-1].tag))


@pytest.mark.parametrize("stray", [KeyPressed("t"), KeyPressed("enter"), KeyPressed("backspace"), Pasted("ter2\n")])
def test_what_is_typed_on_is_no_answer_to_the_next_question(stray: Event) -> None:
    user = answered(asked(), again=True)
    assert user.message == "answered elsewhere · pause before you type on"
    user.send(stray, KeyPressed("enter"))
    assert user.took(AnswerInput) == []
    assert user.state.answer is not None
    assert user.state.answer.is_empty
    pause(user).write("ok").press("enter")
    assert user.took(AnswerInput) == [AnswerInput("r2", "ok")]


def test_what_is_typed_on_is_no_code() -> None:
    user = answered(asked(), again=False).write("ter2").press("enter")
    assert (user.text, user.state.answer) == ("", None)
    assert pause(user).message == ""
    assert user.write("x").text == "x"


def test_it_is_said_until_the_pause_also_when_the_cell_ends() -> None:
    user = answered(asked(), again=False)
    user.journal.end("c")
    assert "pause" in user.read().message
    assert pause(user).message == ""


def test_each_key_has_the_pause_begin_anew() -> None:
    user = answered(asked(), again=False)
    first = user.took(SetTimer)[-1].tag
    user.write("t").send(Expired(first)).write("e")
    assert user.text == ""


def test_a_key_that_is_no_text_ends_it() -> None:
    user = answered(asked(), again=True).press("f2").write("now").press("enter")
    assert user.took(AnswerInput) == [AnswerInput("r2", "now")]


def test_an_answer_of_ones_own_is_nobody_elses() -> None:
    user = asked().press("enter")
    answered(user, again=True).write("b").press("enter")
    assert user.took(AnswerInput) == [AnswerInput("r1", "hun"), AnswerInput("r2", "b")]


def test_a_question_that_was_interrupted_was_not_answered() -> None:
    user = asked()
    user.journal.add("error", "c", ename="KeyboardInterrupt", evalue="", traceback=[])
    user.journal.add("input_done", "c", request="r1").end("c", "error")
    assert user.read().write("x").text == "x"


def test_a_password_of_which_only_the_end_is_recorded() -> None:
    journal = Journal().session().submit("c", "ask()").start("c")
    user = Client(journal=journal.add("input_wanted", "c", request="r", prompt="", password=True)).write("hun")
    user.journal.add("input_done", "c", request="r").print("c", "welcome")
    assert user.read().write("ter2").press("enter").text == ""
