"""At a debugger's prompt: keys and replies in, requests and screen out."""

import pytest

from curses_client.events import AnswerInput, Ask, Control, HistoryRead, Remember, Replied
from curses_client.history.entries import DEBUGGER, Entry
from curses_client.options import Options
from kernel.protocol.messages import CompleteRequest, OkReply, SourceReply, SourceRequest
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import Client, Journal

CODE = "def f():\n    breakpoint()\n    return 1\nf()"
FILE = tuple(f"line {number}" for number in range(100, 200))


def stopped(place: str = "/home/user/rides.py(120)train()", prompt: str = "ipdb> ", **screen: int) -> Client:
    """A client whose running cell stands in a debugger."""
    journal = Journal().session().submit("c", CODE).start("c")
    user = Client(journal=journal, **screen)
    return ask(user, "q1", place, prompt)


def ask(user: Client, request: str, place: str = "", prompt: str = "ipdb> ") -> Client:
    """Have the debugger say where it stands, and ask."""
    if place:
        user.journal.print("c", f"> {place}\n----> 1 source\n")
    user.journal.add("input_wanted", "c", request=request, prompt=prompt)
    return user.read()


def answered(user: Client, request: str, value: str) -> Client:
    """Have the session take the answer."""
    user.journal.add("input_done", "c", request=request, value=value)
    return user.read()


def source(user: Client) -> Client:
    """Answer the request for source."""
    wanted = [effect for effect in user.effects if isinstance(effect, Control)][-1]
    return user.send(Replied(wanted.tag, SourceReply(100, list(FILE))))


def pane(user: Client) -> list[str]:
    """Return the rows of the pane."""
    rows = lines(user)
    first = next((number for number, row in enumerate(rows) if row.endswith("the debugger")), None)
    return [] if first is None else rows[first : len(rows) - 4]


class TestSource:
    def test_the_source_around_the_line_is_asked_for_and_shown(self) -> None:
        user = stopped()
        assert [effect.content for effect in user.took(Control)] == [SourceRequest("/home/user/rides.py", 120)]
        user = source(stopped())
        assert pane(user)[0].startswith(" rides.py:120 in train")
        assert pane(user)[3:6] == [" 119   line 119", " 120 ▸ line 120", " 121   line 121"]
        check(user)
        check(user, lexer="python")

    def test_it_follows_each_step_and_asks_only_for_what_it_does_not_know(self) -> None:
        user = source(stopped()).write("n").press("enter")
        user.took(Control)
        answered(user, "q1", "n")
        assert " 120 ▸ line 120" in pane(user)
        ask(user, "q2", "/home/user/rides.py(121)train()")
        assert " 121 ▸ line 121" in pane(user)
        answered(user, "q2", "p x")
        ask(user, "q3")
        assert " 121 ▸ line 121" in pane(user)
        assert user.took(Control) == []
        answered(user, "q3", "s")
        ask(user, "q4", "/home/user/other.py(1)g()")
        assert [effect.content for effect in user.took(Control)] == [SourceRequest("/home/user/other.py", 1)]

    def test_the_source_of_a_cell_is_in_the_transcript(self) -> None:
        user = stopped("<ipython-input-1-ab>(3)f()")
        assert user.took(Control) == []
        assert pane(user)[:5] == [
            " In [1]:3 in f                                                     the debugger",
            " 1   def f():",
            " 2       breakpoint()",
            " 3 ▸     return 1",
            " 4   f()",
        ]

    def test_it_goes_with_the_cell(self) -> None:
        user = source(stopped())
        answered(user, "q1", "c").journal.end("c")
        assert pane(user.read()) == []

    def test_it_can_be_closed(self) -> None:
        user = source(stopped()).press("meta X")
        assert (pane(user), user.answer) == ([], "")
        answered(user, "q1", "n")
        assert pane(ask(user, "q2", "/home/user/rides.py(121)train()")) == []

    def test_who_does_not_want_it_has_none(self) -> None:
        journal = Journal().session().submit("c", CODE).start("c")
        user = Client(journal=journal).set(options=Options(debugger_source=False))
        assert ask(user, "q1", "/a.py(1)f()").took(Control) == []

    @pytest.mark.parametrize("reply", [SourceReply(), OkReply("error", "RemoteProtocolError", "no", [])])
    def test_where_there_is_none_nothing_is_shown(self, reply: SourceReply | OkReply) -> None:
        user = stopped()
        user.send(Replied(user.took(Control)[-1].tag, reply))
        assert (pane(user), user.message) == ([], "")

    def test_other_questions_have_no_source(self) -> None:
        assert stopped(prompt="name: ").took(Control) == []

    def test_who_only_looks_sees_it(self) -> None:
        journal = Journal().session().submit("c", CODE).start("c")
        user = Client(journal=journal).set(read_only=True)
        assert pane(source(ask(user, "q1", "/a.py(120)f()"))) != []

    @pytest.mark.parametrize(("cols", "rows"), [(20, 5), (1, 1), (40, 10), (120, 40), (250, 70)])
    def test_it_fits_any_screen(self, cols: int, rows: int) -> None:
        check(source(stopped(cols=cols, rows=rows)))


class TestHistory:
    def said(self, *texts: str) -> Client:
        user = stopped()
        for number, text in enumerate(texts, 1):
            user.write(text).press("enter")
            answered(user, f"q{number}", text)
            ask(user, f"q{number + 1}")
        return user

    @pytest.mark.parametrize(
        ("typed", "keys", "answer"),
        [
            ("", "up", "where"),
            ("", "up up", "p x"),
            ("", "up up up up up", "n"),
            ("", "up up down", "where"),
            ("", "up down", ""),
            ("p", "up", "p x"),
            ("p", "up down", "p"),
            ("z", "up", "z"),
            ("", "down", ""),
            ("", "ctrl p ctrl p ctrl n", "where"),
        ],
    )
    def test_going_through_it(self, typed: str, keys: str, answer: str) -> None:
        pressed = keys.replace("ctrl ", "ctrl_").split()
        user = self.said("n", "p x", "where").write(typed)
        assert user.press(*(key.replace("_", " ") for key in pressed)).answer == answer

    def test_an_edit_begins_anew(self) -> None:
        user = self.said("n", "p x", "where").press("up", "up", "backspace", "y", "up")
        assert user.answer == "p y"

    def test_what_is_sent_is_what_is_shown(self) -> None:
        user = self.said("p x")
        user.took(AnswerInput)
        assert [effect.value for effect in user.press("up", "enter").took(AnswerInput)] == ["p x"]

    def test_steps_are_not_written_to_disk(self) -> None:
        written = [effect.items for effect in self.said("n", "p x", "n").took(Remember)]
        assert [[(entry.text, entry.lexer) for entry in items] for items in written] == [[("p x", DEBUGGER)]]

    def test_it_is_apart_from_what_is_run(self) -> None:
        user = self.said("p x")
        user.send(HistoryRead((Entry("p former", 1.0, lexer=DEBUGGER), Entry("p_cell", 2.0, lexer="python")), True))
        assert [entry.text for entry in user.state.history.entries] == ["p_cell"]
        assert user.press("up", "up").answer == "p former"
        user.press("esc", "up")
        assert user.text == "p_cell"

    def test_answers_to_programs_are_not_kept(self) -> None:
        user = stopped(prompt="secret: ").write("hunter2").press("enter")
        assert user.state.history.debugger == ()
        assert ask(answered(user, "q1", ""), "q2", prompt="more: ").press("up").answer == ""
        assert user.message == "only what debuggers are told is kept"


class TestCompletion:
    def test_the_kernel_is_asked_for_what_is_typed(self) -> None:
        user = stopped().write("p tot").press("tab")
        assert user.asked.content == CompleteRequest("p tot", 5)
        assert user.offer("total", start=2).answer == "p total"
        assert user.text == ""

    def test_a_choice_is_shown_and_taken(self) -> None:
        user = stopped().write("p it").press("tab").offer("item", "items", start=2)
        assert user.answer == "p item"
        assert any("items" in row for row in lines(user))
        check(user)
        assert user.press("tab", "enter").answer == "p items"
        assert user.state.completion is None
        assert [effect.value for effect in user.press("enter").took(AnswerInput)] == ["p items"]

    def test_it_is_narrowed_by_typing_and_closed_by_moving(self) -> None:
        user = stopped().write("i").press("tab").offer("item", "itab", "iter", start=0)
        assert (user.answer, user.state.completion is not None) == ("it", True)
        user.write("e")
        assert user.state.completion is not None
        assert [match.text for match in user.state.completion.matches] == ["item", "iter"]
        assert user.press("left").state.completion is None

    def test_an_answer_that_comes_too_late_is_dropped(self) -> None:
        user = stopped().write("it").press("tab")
        answered(user, "q1", "c").journal.end("c")
        user.read().offer("item", "iter")
        assert (user.state.completion, user.text) == (None, "")

    def test_it_closes_when_somebody_else_answers(self) -> None:
        user = stopped().write("it").press("tab").offer("item", "iter")
        assert answered(user, "q1", "c").state.completion is None

    def test_other_questions_are_not_completed(self) -> None:
        user = stopped(prompt="name: ").write("it").press("tab")
        assert (user.took(Ask), user.message) == ([], "Tab completes what a debugger is told")


def test_the_title_says_what_the_keys_do() -> None:
    assert any("the debugger is answered above" in row and "Tab completes" in row for row in lines(stopped()))
