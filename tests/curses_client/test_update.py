"""Dialogues with the pure half of the client: events in, the next state and the effects out."""

from dataclasses import replace
from typing import Any

import pytest

from curses_client.commands import DECIDE_AFTER
from curses_client.events import (
    AnswerInput,
    Ask,
    Control,
    Edit,
    Edited,
    FocusChanged,
    Leave,
    Pasted,
    RecordsRead,
    Replied,
    Resized,
    Ring,
    SetTimer,
    SixelsFound,
    Submit,
    SupervisorEnded,
    Ticked,
)
from kernel.protocol.messages import (
    ColumnsRequest,
    CompleteRequest,
    InterruptRequest,
    IsCompleteRequest,
    OkReply,
    RestartRequest,
)
from tests.curses_client.drawing import lines
from tests.curses_client.support import NOON, Client, Journal, folded, record, shown

# ---- Enter -------------------------------------------------------------------------------------------------


def test_enter_asks_the_kernel_and_sets_a_time() -> None:
    user = Client().write("6*7?").press("enter")
    ask, timer = user.effects
    assert ask == Ask(ask.tag, "is_complete_request", IsCompleteRequest("6*7?"))
    assert timer == SetTimer(ask.tag, DECIDE_AFTER)
    assert user.text == "6*7?"


@pytest.mark.parametrize("text", ["6*7", "import os", "x = '", "f(1); g(2)", "await a"])
def test_a_plain_statement_is_run_without_asking(text: str) -> None:
    user = Client(text).press("enter")
    whole = text != "x = '"
    assert user.took(Submit) == [Submit(text, 76, row=0)] * whole
    assert len(user.took(Ask)) == (not whole)


@pytest.mark.parametrize("text", ["if x: y", "%time 1", "x?", "!ls"])
def test_what_may_go_on_or_is_no_python_is_asked_for(text: str) -> None:
    user = Client(text).press("enter")
    assert user.took(Submit) == []
    assert len(user.took(Ask)) == 1


@pytest.mark.parametrize(
    ("text", "status", "ran", "left"),
    [
        ("6*7?", "complete", ["6*7?"], "|"),
        ("6*7?", "invalid", ["6*7?"], "|"),
        ("6*7?", "unknown", ["6*7?"], "|"),
        ("if x:", "incomplete", [], "if x:\n    |"),
        ("f(1,", "incomplete", [], "f(1,\n    |"),
        ("def f():\n    return 1\n", "complete", ["def f():\n    return 1"], "|"),
    ],
)
def test_enter_follows_the_answer(text: str, status: str, ran: list[str], left: str) -> None:
    user = Client(text).press("enter").complete(status)
    assert user.took(Submit) == [Submit(source, 76, row=0) for source in ran]
    assert user.marked == left


@pytest.mark.parametrize(
    ("lexer", "indent", "left"),
    [("python", "  ", "if x:\n    |"), ("r", "  ", "if x:\n  |"), ("r", None, "if x:\n|"), ("r", "", "if x:\n|")],
)
def test_the_kernel_of_another_language_says_how_to_indent(lexer: str, indent: str | None, left: str) -> None:
    user = Client("if x:", journal=Journal().session(lexer=lexer))
    assert user.press("enter").complete("incomplete", indent).marked == left


@pytest.mark.parametrize(("text", "ran"), [("6*7?", True), ("if x:", False), ("f(", False), ("x = 'a", True)])
def test_without_an_answer_the_client_decides(text: str, ran: bool) -> None:
    user = Client(text).press("enter").expire()
    assert bool(user.took(Submit)) is ran
    assert user.text == ("" if ran else user.text)
    assert user.state.waiting is None


def test_an_answer_that_comes_too_late_changes_nothing() -> None:
    user = Client("6*7?").press("enter")
    ask = user.asked
    user.expire().write("next")
    user.effects.append(ask)
    user.complete()
    assert user.text == "next"
    assert user.took(Submit) == [Submit("6*7?", 76, row=0)]


def test_a_time_that_is_over_too_late_changes_nothing() -> None:
    user = Client("6*7?").press("enter").complete().write("next").expire()
    assert user.text == "next"
    assert len(user.took(Submit)) == 1


@pytest.mark.parametrize(
    ("text", "key", "left"),
    [("", "enter", "|"), ("  ", "enter", "  \n  |"), ("a|\nb", "enter", "a\n|\nb"), ("\n", "enter", "\n\n|")],
)
def test_enter_where_there_is_nothing_to_ask(text: str, key: str, left: str) -> None:
    before, _, after = text.partition("|")
    user = Client(before + after)
    user.press(*["left"] * len(after)).press(key)
    assert user.took(Ask) == []
    assert user.marked == left


def test_within_a_longer_cell_what_stands_left_of_the_cursor_decides() -> None:
    user = Client("for x in y:\n    f(x)").press("home", "enter")
    assert user.asked.content == IsCompleteRequest("for x in y:\n    ")


# ---- keys typed while the answer is awaited ----------------------------------------------------------------


def test_keys_typed_meanwhile_follow_in_order() -> None:
    user = Client().write("a?").press("enter").write("b = 2").press("left", "x")
    assert user.text == "a?"
    user.complete()
    assert user.took(Submit) == [Submit("a?", 76, row=0)]
    assert user.marked == "b = x|2"


def test_keys_typed_meanwhile_follow_a_new_line() -> None:
    user = Client().write("if x:").press("enter").write("y").complete("incomplete")
    assert user.marked == "if x:\n    y|"


def test_several_cells_typed_ahead_are_asked_for_one_by_one() -> None:
    user = Client().write("a?").press("enter").write("b?").press("enter").write("c?").press("enter").write("d")
    assert len(user.took(Ask)) == 1
    # each answer makes the next question
    for name in "abc":
        tag = user.state.waiting.tag if user.state.waiting else 0
        user.effects.append(Ask(tag, "is_complete_request", IsCompleteRequest(name)))
        user.complete()
    assert user.took(Submit) == [Submit("a?", 76, row=0), Submit("b?", 76, row=0), Submit("c?", 76, row=0)]
    assert user.text == "d"


@pytest.mark.parametrize("how", ["answer", "expiry"])
def test_a_whole_script_typed_at_once_is_run_line_by_line(how: str) -> None:
    lines = [f"line{number}" for number in range(30)]
    user = Client()
    for line in lines:
        user.write(line).press("enter")
    for _ in range(100):
        if user.state.waiting is None:
            break
        user = user.complete() if how == "answer" else user.expire()
    assert user.took(Submit) == [Submit(line, 76, row=0) for line in lines]
    assert user.text == ""


def test_a_paste_meanwhile_follows_too() -> None:
    user = Client("a?").press("enter").send(Pasted("b\nc")).write("d").complete()
    assert user.text == "b\ncd"


def test_the_answer_decides_over_what_is_held_even_if_it_is_ctrl_c() -> None:
    user = Client("a?").press("enter", "b", "ctrl c").complete()
    assert user.took(Submit) == [Submit("a?", 76, row=0)]
    assert user.text == ""


def test_records_that_come_meanwhile_disturb_nothing() -> None:
    user = Client("a?").press("enter", "b")
    user.journal.cell("c0", "print(1)", "1\n")
    user.read().complete()
    assert user.took(Submit) == [Submit("a?", 76, row=0)]
    assert user.text == "b"


# ---- completion --------------------------------------------------------------------------------------------


def test_tab_asks_for_the_whole_text_and_the_place_in_code_points() -> None:
    user = Client("é = 1\nprint(é.re").press("tab")
    assert user.asked == Ask(user.asked.tag, "complete_request", CompleteRequest("é = 1\nprint(é.re", 16))


@pytest.mark.parametrize(
    ("text", "matches", "left", "popup"),
    [
        ("pri", ["print"], "print|", None),
        ("pr", ["print", "private"], "pri|", ["print", "private"]),
        ("p", ["print", "pass"], "p|", ["print", "pass"]),
        ("print", ["print"], "print|", None),
        ("pri", [], "pri|", None),
        ("pri", ["Print"], "Print|", None),
        ("a", ["alpha", "alphabet"], "alpha|", ["alpha", "alphabet"]),
    ],
)
def test_matches(text: str, matches: list[str], left: str, popup: list[str] | None) -> None:
    user = Client(text).press("tab").offer(*matches)
    assert user.marked == left
    assert ([match.text for match in user.state.completion.matches] if user.state.completion else None) == popup


def test_no_matches_are_told() -> None:
    assert Client("zz").press("tab").offer().offer().message == "no completions"


def test_kinds_are_shown_where_they_fit() -> None:
    user = Client("p").press("tab").offer("pa", "pb", types=("function", "<unknown>"))
    assert user.state.completion is not None
    assert [match.kind for match in user.state.completion.matches] == ["function", ""]
    user = Client("p").press("tab").offer("pa", "pb", types=("function",))
    assert user.state.completion is not None
    assert [match.kind for match in user.state.completion.matches] == ["", ""]


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ("enter", "one|"),
        ("tab, enter", "once|"),
        ("down, down, enter", "only|"),
        ("tab, tab, tab, enter", "one|"),
        ("shift tab, enter", "only|"),
        ("page down, enter", "only|"),
        ("page down, page up, enter", "one|"),
        ("l, enter", "only|"),
        ("c, e", "once|"),
        ("c, backspace, tab, enter", "once|"),
        ("esc", "on|"),
        ("ctrl g, !", "on!|"),
        ("x", "onx|"),
        ("backspace, backspace", "|"),
        ("left", "o|n"),
        ("l, tab, enter", "only|"),
    ],
)
def test_the_popup(keys: str, left: str) -> None:
    user = Client("on").press("tab").offer("one", "once", "only")
    user.press(*keys.split(", "))
    assert user.marked == left
    assert user.state.completion is None


@pytest.mark.parametrize(
    ("typed", "matches"), [("", ["one", "once", "only"]), ("c", ["once"]), ("l", ["only"]), ("z", None)]
)
def test_typing_narrows_the_popup(typed: str, matches: list[str] | None) -> None:
    user = Client("on").press("tab").offer("one", "once", "only").write(typed)
    found = user.state.completion
    assert (None if found is None else [match.text for match in found.matches]) == matches


def test_taking_typed_text_back_widens_it_again() -> None:
    user = Client("on").press("tab").offer("one", "once", "only").press("c", "backspace")
    assert user.state.completion is not None
    assert len(user.state.completion.matches) == 3


def test_a_match_replaces_from_where_the_kernel_says() -> None:
    user = Client("x = np.arr + 1").press(*["left"] * 4).press("tab").offer("array", "arrange", start=7)
    assert user.press("enter").marked == "x = np.array| + 1"


@pytest.mark.parametrize("start", [-5, 0, 99])
def test_a_senseless_place_does_no_harm(start: int) -> None:
    user = Client("ab").press("tab").offer("abc", "abd", start=start).press("enter")
    assert user.marked.endswith("|")


@pytest.mark.parametrize("key", ["c", "left", "backspace"])
def test_a_late_answer_in_a_changed_text_is_dropped(key: str) -> None:
    user = Client("ab").press("tab", key)
    before = user.marked
    assert user.offer("abc", "abd").marked == before
    assert user.state.completion is None


def test_a_click_drops_the_answer_too() -> None:
    user = Client("ab").press("tab").click(1, 1, 21).offer("abc")
    assert user.text == "ab"


# ---- interrupting, questions -------------------------------------------------------------------------------


def busy(draft: str = "draft") -> Client:
    user = Client(draft)
    user.journal.submit("c", "while 1: pass").start("c")
    return user.read()


@pytest.mark.parametrize(
    ("make", "effects", "text"),
    [
        (busy, [Control("interrupt_request", InterruptRequest())], "draft"),
        (lambda: Client("draft"), [], ""),
        (lambda: Client(""), [], ""),
    ],
)
def test_ctrl_c(make: Any, effects: list[object], text: str) -> None:
    user = make().press("ctrl c")
    assert (user.effects, user.text) == (effects, text)


def test_ctrl_c_twice_interrupts_twice() -> None:
    assert len(busy().press("ctrl c", "ctrl c").took(Control)) == 2


def test_a_dead_kernel_is_not_interrupted() -> None:
    user = busy()
    user.journal.add("kernel_died", reason="it was killed", signal="SIGKILL", cell="c").end("c", "error")
    assert user.read().press("ctrl c").took(Control) == []


def test_a_question_takes_one_key_and_nothing_else_does() -> None:
    user = Client("draft").press("f9", "x")
    assert (user.state.question, user.text, user.effects) == (None, "draft", [])
    assert user.press("x").text == "draftx"


def test_a_paste_is_no_answer() -> None:
    user = Client("draft").press("f9").send(Pasted("y"))
    assert (user.state.question, user.text, user.effects) == (None, "draft", [])


def test_a_refusal_is_told() -> None:
    user = Client().send(Replied(0, OkReply("error", "RuntimeError", "the kernel is \x1b[31mnot there")))
    assert user.message == "the kernel is not there"
    assert user.send(Replied(0, OkReply("ok"))).message == "the kernel is not there"


# ---- input() -----------------------------------------------------------------------------------------------


def test_input_takes_the_keys_when_it_asks_and_gives_them_back() -> None:
    user = busy(draft="")
    user.journal.add("input_wanted", "c", request="r", prompt="? ")
    user.read().write("yes").press("enter")
    assert user.took(AnswerInput) == [AnswerInput("r", "yes")]
    assert user.write("!").text == "!"


def test_input_does_not_tear_what_is_being_typed() -> None:
    user = busy()
    user.journal.add("input_wanted", "c", request="r", prompt="? ")
    assert user.read().write("!").text == "draft!"
    assert "F2" in user.message
    assert user.press("f2").write("yes").answer == "yes"


def test_two_questions_in_a_row() -> None:
    user = busy(draft="")
    user.journal.add("input_wanted", "c", request="r1", prompt="a? ")
    user.read().write("1").press("enter")
    user.journal.add("input_done", "c", request="r1", value="1").add("input_wanted", "c", request="r2", prompt="b? ")
    user.read().write("2").press("enter")
    assert user.took(AnswerInput) == [AnswerInput("r1", "1"), AnswerInput("r2", "2")]


def test_a_question_that_was_answered_elsewhere_gives_the_keys_back() -> None:
    user = busy()
    user.journal.add("input_wanted", "c", request="r", prompt="? ")
    user.read().press("f2").write("ye")
    user.journal.add("input_done", "c", request="r", value="no")
    assert user.read().answer is None
    # as soon as nothing is typed any more that was meant for it (see test_stray)
    assert user.press("end").write("!").text == "draft!"


def test_an_interrupt_while_input_waits() -> None:
    user = busy()
    user.journal.add("input_wanted", "c", request="r", prompt="? ")
    user.read().press("ctrl c")
    assert user.took(Control) == [Control("interrupt_request", InterruptRequest())]
    user.journal.add("input_done", "c", request="r").end("c", "error")
    assert user.read().answer is None


def test_questions_of_the_past_do_not_take_the_keys() -> None:
    journal = Journal().session().submit("c", "input()").start("c")
    journal.add("input_wanted", "c", request="r", prompt="? ").add("input_done", "c", request="r", value="x").end("c")
    user = Client(journal=journal)
    assert user.answer is None


def test_coming_back_to_a_question_that_waits() -> None:
    journal = Journal().session().submit("c", "input()").start("c")
    user = Client(journal=journal.add("input_wanted", "c", request="r", prompt="? "))
    assert user.answer == ""


def test_coming_back_to_a_question_behind_many_records() -> None:
    user = busy(draft="")
    user.journal.add("input_wanted", "c", request="r", prompt="? ")
    event = user.journal.read()
    user.send(type(event)(event.records, event.head + 1))
    user.journal.print("c", "beside\n")
    user.read()
    assert user.answer == ""


@pytest.mark.parametrize("text", ["one\ntwo", "one\rtwo", "one\r\ntwo"])
def test_of_a_paste_an_answer_takes_the_first_line(text: str) -> None:
    user = busy(draft="")
    user.journal.add("input_wanted", "c", request="r", prompt="? ")
    assert user.read().send(Pasted(text)).answer == "one"


# ---- mouse, paste, resize, time ----------------------------------------------------------------------------


def printed(lines: int, **size: int) -> Client:
    user = Client(**size)  # type: ignore[arg-type]
    user.journal.cell("c", "source", "".join(f"{number}\n" for number in range(lines)))
    return user.read()


def test_the_wheel_scrolls_three_lines_and_back_to_the_end() -> None:
    user = printed(100).click(4, 5, 5)
    assert user.state.scroll is not None
    first = user.state.scroll.line
    assert user.click(4, 5, 5).state.scroll.line == first - 3
    assert user.click(5, 5, 5).click(5, 5, 5).state.scroll is None


def test_the_wheel_scrolls_the_help() -> None:
    user = printed(100).press("f1", "f1").click(5, 5, 5).click(5, 5, 5).click(4, 5, 5)
    assert (user.state.help_top, user.state.scroll) == (1, None)


@pytest.mark.parametrize(
    ("col", "row", "marked"),
    [
        (1, 19, "|ab\ncdef\ng"),
        (2, 19, "a|b\ncdef\ng"),
        (1, 20, "ab\n|cdef\ng"),
        (3, 20, "ab\ncd|ef\ng"),
        (79, 20, "ab\ncdef|\ng"),
        (1, 21, "ab\ncdef\n|g"),
        (5, 2, "ab\ncdef\ng|"),
        (5, 22, "ab\ncdef\ng|"),
        (5, 23, "ab\ncdef\ng|"),
    ],
)
def test_a_click_puts_the_cursor_there(col: int, row: int, marked: str) -> None:
    assert Client("ab\ncdef\ng").click(1, col, row).marked == marked


def test_a_click_in_an_editor_that_scrolled() -> None:
    user = Client("\n".join(f"line{number}" for number in range(30)))
    assert user.click(1, 1, 21).marked.endswith("|line29")
    assert user.click(1, 1, 14).marked.partition("|")[2].startswith("line22\n")


def test_a_click_does_not_split_a_wide_character() -> None:
    assert Client("漢字").click(1, 2, 21).marked in ("|漢字", "漢|字")


@pytest.mark.parametrize("button", [2, 3, 6, 7])
def test_other_buttons_do_nothing(button: int) -> None:
    user = Client("ab")
    before = user.state
    assert user.click(button, 1, 21).state == before


def test_a_paste_is_one_step_and_runs_nothing() -> None:
    user = Client("x = ").send(Pasted("[1,\r\n\t2]\r")).press("left")
    assert (user.text, user.effects) == ("x = [1,\n    2]\n", [])
    assert user.press("ctrl _").text == "x = "


def test_a_paste_replaces_the_selection() -> None:
    assert Client("abc").press("shift left", "shift left").send(Pasted("X")).text == "aX"


def test_a_paste_of_a_megabyte_is_taken_at_once() -> None:
    text = "x = 1  # some line\n" * 55_000
    assert Client().send(Pasted(text)).text == text


def test_a_resize_keeps_text_and_place() -> None:
    user = printed(100).press("page up").write("ab").send(Resized(20, 5), Resized(250, 70))
    assert (user.state.cols, user.state.rows, user.text) == (250, 70, "ab")


def test_a_message_goes_with_time() -> None:
    user = Client().press("f2")
    assert user.send(Ticked(NOON + 1)).message
    assert user.send(Ticked(NOON + 60)).message == ""


def test_typing_while_scrolled_leaves_the_place_and_running_goes_to_the_end() -> None:
    user = printed(100).press("page up")
    place = user.state.scroll
    user.write("1+1")
    assert user.state.scroll == place
    assert user.press("meta enter").state.scroll is None


@pytest.mark.parametrize("key", ["meta z", "f12", "ctrl q", "<0>", "focus in", "meta x", "ctrl shift f5", "\x00"])
def test_keys_without_a_meaning_do_nothing(key: str) -> None:
    assert Client("ab").press(key).marked == "ab|"


# ---- what cells want in the editor, and the end ------------------------------------------------------------


def finished(payload: dict[str, Any], text: str = "") -> Client:
    user = Client(text)
    user.journal.submit("c", "%load x").start("c").end("c", payload=[payload])
    return user.read()


@pytest.mark.parametrize(
    ("payload", "before", "after"),
    [
        ({"source": "set_next_input", "text": "new"}, "", "new"),
        ({"source": "set_next_input", "text": "new"}, "typed", "typed"),
        ({"source": "set_next_input", "text": "new", "replace": True}, "typed", "new"),
        ({"source": "set_next_input", "text": 3}, "", ""),
        ({"source": "something else"}, "", ""),
    ],
)
def test_a_cell_puts_text_into_the_editor(payload: dict[str, Any], before: str, after: str) -> None:
    user = finished(payload, before)
    assert user.text == after
    assert user.press("ctrl _").text in (before, after, "")


@pytest.mark.parametrize(("line", "at"), [(7, 7), (None, 0), ("x", 0)])
def test_a_cell_opens_a_file_in_the_users_editor(line: object, at: int) -> None:
    user = finished({"source": "edit_magic", "filename": "/a/b.py", "line_number": line})
    assert user.took(Edit) == [Edit("/a/b.py", at)]


@pytest.mark.parametrize(
    ("event", "text", "message"),
    [
        (Edited("/a/b.py", "x = 1\n"), "", "edited b.py"),
        (Edited("/tmp/ipython_edit_1/f.py", "def f():\n    pass\n"), "def f():\n    pass", ""),
        (Edited("/tmp/ipython_edit_1/f.py", "\n"), "", "edited f.py"),
        (Edited("/a/b.py", "x = 1", "cannot run the editor x"), "", "cannot run the editor x"),
    ],
)
def test_the_users_editor_has_ended(event: Edited, text: str, message: str) -> None:
    user = finished({}).send(event)
    assert user.text == text
    assert message in user.message


def test_exit_asks_how_to_leave() -> None:
    assert finished({"source": "ask_exit"}).state.question is not None


def test_the_end_of_the_supervisor_keeps_everything() -> None:
    user = busy().send(SupervisorEnded())
    assert user.state.session.state == "ended"
    assert (user.text, user.state.session.running) == ("draft", None)
    assert "ended" in user.message
    again = len(user.state.transcript)
    assert len(user.send(SupervisorEnded()).state.transcript) == again


class TestNewestFirst:
    """A long session: the newest records are shown while the older ones are read."""

    def journal(self) -> Journal:
        journal = Journal().session()
        for number in range(1, 6):
            journal.cell(f"c{number}", f"code {number}", f"line {number}\n", count=number)
        return journal

    def newest(self, journal: Journal, count: int) -> tuple[Client, RecordsRead]:
        whole = journal.read(again=True)
        user = Client(journal=Journal())
        preface = (whole.records[0], whole.records[2])
        user.send(RecordsRead(whole.records[-count:], whole.head, preface))
        return user, whole

    def test_they_are_shown_at_once_and_the_rest_behind_them(self) -> None:
        user, whole = self.newest(self.journal(), 6)
        assert [cell.count for cell in user.state.transcript.cells()] == [5]
        assert not user.state.session.behind
        assert any("still being read" in line for line in shown(user.state.transcript))
        user.send(RecordsRead(whole.records[:20], whole.head, older=True))
        assert [cell.count for cell in user.state.transcript.cells()] == [5]
        user.send(RecordsRead(whole.records[20:], whole.head, older=True, complete=True))
        assert [cell.count for cell in user.state.transcript.cells()] == [1, 2, 3, 4, 5]
        assert user.state.older is None
        assert shown(user.state.transcript) == shown(folded(self.journal())[1])

    def test_what_comes_meanwhile_is_shown_at_once(self) -> None:
        journal = self.journal()
        user, whole = self.newest(journal, 6)
        journal.read()
        journal.submit("new", "new").start("new", 6).print("new", "while reading\n")
        more = journal.read()
        user.send(more)
        assert any("while reading" in line for line in shown(user.state.transcript))
        assert user.state.session.running == "new"
        user.send(RecordsRead(whole.records + more.records, more.head, older=True, complete=True))
        assert [cell.count for cell in user.state.transcript.cells()] == [1, 2, 3, 4, 5, 6]
        assert user.state.session.running == "new"

    def test_a_place_that_somebody_looks_at_stays(self) -> None:
        journal = self.journal()
        for number in range(6, 20):
            journal.cell(
                f"c{number}", f"code {number}", "".join(f"{number}-{row}\n" for row in range(10)), count=number
            )
        user, whole = self.newest(journal, 40)
        user.press("page up", "page up")
        before = lines(user)[:10]
        user.send(RecordsRead(whole.records, whole.head, older=True, complete=True))
        assert lines(user)[:10] == before

    def test_who_wants_the_first_line_gets_it_when_it_is_read(self) -> None:
        journal = self.journal()
        for number in range(6, 20):
            journal.cell(f"c{number}", f"code {number}", "line\n" * 10, count=number)
        user, whole = self.newest(journal, 40)
        user.press("meta home")
        user.send(RecordsRead(whole.records, whole.head, older=True, complete=True))
        assert lines(user)[0].rstrip().endswith(" code 1")

    def test_older_ones_that_were_dropped(self) -> None:
        whole = self.journal().read(again=True)
        user = Client(journal=Journal())
        user.send(RecordsRead(whole.records[10:], whole.head, whole.records[:1], dropped=10))
        assert shown(user.state.transcript)[0].startswith("  notice: 10 older records were dropped")
        assert user.state.older is None

    def test_what_was_dropped_before_a_slow_reader_came_to_it(self) -> None:
        journal = Journal().session().submit("a", "loop").start("a").print("a", "1\n").submit("b", "later")
        user = Client(journal=journal)
        preface = tuple(journal.records[:6])
        seq = len(journal.records) + 5
        printed = record(seq, "stream", "a", name="stdout", text="2\n")
        user.send(RecordsRead((printed,), seq, preface, dropped=4))
        # what was read is not taken in twice
        assert shown(user.state.transcript) == [
            "[1] running",
            "  source: loop",
            "  stdout: 1",
            "  stderr: ── 4 older records were dropped to keep the journal within its bounds ──",
            "  stdout: 2",
            "[ ] queued",
            "  source: later",
        ]
        assert user.state.session.waiting == ("b",)


class TestOnlyLooking:
    @pytest.mark.parametrize("keys", ["x", "ctrl c", "f9 y", "f3", "enter", "meta enter", "tab"])
    def test_nothing_is_asked_of_the_session(self, keys: str) -> None:
        user = Client(journal=Journal().session().submit("c", "run()").start("c")).set(read_only=True)
        user.press(*keys.split())
        assert [effect for effect in user.effects if isinstance(effect, (Submit, Control, AnswerInput))] == []
        assert user.text == ""

    def test_typing_says_so(self) -> None:
        assert "only looks" in Client().set(read_only=True).press("x").message
        assert "only looks" in Client().set(read_only=True).send(Pasted("text")).message

    def test_scrolling_and_leaving_work(self) -> None:
        user = Client(journal=Journal().session().cell("c", "1", "line\n" * 100)).set(read_only=True)
        assert user.press("page up").state.scroll is not None
        assert user.press("ctrl d", "d").took(Leave) == [Leave("detach")]


class TestAfterADeath:
    def dead(self, cell: str | None = "c") -> Client:
        journal = Journal().session().cell("a", "x = 1\n\ty", count=1).submit("b", "2").start("b", 2)
        journal.add("error", "b", ename="E", evalue="", traceback=[]).end("b", "error")
        journal.submit("c", "die()").start("c", 3)
        stack = {"signal": "SIGSEGV", "stack": 'Fatal Python error: Segmentation fault\n\n  File "x.py", line 5 in f'}
        died = {"cell": cell} if cell is not None else {}
        journal.add("kernel_died", reason="it did", **stack, **died).end("c", "error")
        return Client(journal=journal)

    def test_restart_and_run_again_what_ran_before(self) -> None:
        user = self.dead().write("typing").press("f9", "a")
        (asked,) = user.took(Control)
        # the source as it was submitted, without what failed and what killed it
        assert asked.content == RestartRequest(["x = 1\n\ty"])
        assert user.text == "typing"

    def test_what_ran_is_run_again_in_the_order_in_which_it_ran(self) -> None:
        journal = Journal().session().cell("a", "x = 1").submit("b", "z = y + x").submit("c", "y = x")
        journal.add("queue_ordered", order=["c", "b"])
        journal.start("c", 2).end("c").start("b", 3).end("b").submit("d", "die()").start("d", 4)
        # nothing of it has run
        journal.submit("e", "w").add("kernel_died", reason="it did", signal="SIGKILL", cell="d").end("d", "error")
        (asked,) = Client(journal=journal).press("f9", "a").took(Control)
        assert asked.content == RestartRequest(["x = 1", "y = x", "z = y + x"])

    def test_the_stack_is_unfolded_and_folded(self) -> None:
        user = self.dead()
        assert not any("line 5 in f" in line for line in lines(user))
        user.press("f9", "s")
        assert any("line 5 in f" in line for line in lines(user))
        user.press("f4")
        assert not any("line 5 in f" in line for line in lines(user))

    def test_results_of_a_former_kernel_are_not_run_again(self) -> None:
        user = self.dead()
        user.journal.add("kernel_starting").add("kernel_started", pid=5, restarted=True)
        user.read().press("f9")
        assert user.state.question is not None
        assert [choice.key for choice in user.state.question.choices] == ["y"]

    def test_nothing_to_unfold(self) -> None:
        assert Client().press("f4").message == "nothing more is known"


# ---- what runs follows the pane's width --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "effects"),
    [
        ((100, 24), [Control("columns_request", ColumnsRequest(94))]),
        ((40, 24), [Control("columns_request", ColumnsRequest(36))]),
        # as wide as before
        ((80, 50), []),
        ((1, 1), [Control("columns_request", ColumnsRequest(1))]),
    ],
)
def test_a_running_cell_is_told_how_wide_it_is_shown(size: tuple[int, int], effects: list[object]) -> None:
    assert busy().send(Resized(*size)).effects == effects


@pytest.mark.parametrize("values", [{"read_only": True}, {"line": "lost"}])
def test_nobody_is_told_who_cannot_be(values: dict[str, Any]) -> None:
    assert busy().set(**values).send(Resized(100, 24)).effects == []


def test_what_does_not_run_is_not_told() -> None:
    user = Client().send(Resized(100, 24))
    user.journal.cell("c", "done")
    assert user.read().send(Resized(80, 24)).effects == []


# ---- leaving a question ------------------------------------------------------------------------------------


def asked_for_input() -> Client:
    user = busy(draft="")
    user.journal.add("input_wanted", "c", request="r", prompt="? ")
    return user.read()


def test_what_was_typed_for_input_waits_while_the_editor_has_the_keys() -> None:
    user = asked_for_input().write("yes, ").press("esc")
    assert (user.answer, user.message) == (None, "input() waits · F2 answers it")
    assert user.write("x = 1").text == "x = 1"
    assert user.press("f2").answer == "yes, "
    user.write("sir").press("enter")
    assert user.took(AnswerInput) == [AnswerInput("r", "yes, sir")]
    assert user.text == "x = 1"


def test_it_waits_through_a_second_time_and_while_the_output_is_read() -> None:
    user = asked_for_input().write("a").press("esc", "f2").write("b").press("f5", "k", "q", "f2")
    assert user.write("c").answer == "abc"


def test_it_is_forgotten_with_its_question() -> None:
    user = asked_for_input().write("old").press("esc")
    user.journal.add("input_done", "c", request="r", value="x")
    user.read()
    user.journal.add("input_wanted", "c", request="r2", prompt="? ")
    assert user.read().press("f2").answer == ""


def test_it_is_forgotten_when_the_next_question_comes_at_once() -> None:
    user = asked_for_input().write("old").press("esc").write("x")
    user.journal.add("input_done", "c", request="r", value="y")
    user.journal.add("input_wanted", "c", request="r2", prompt="? ")
    assert user.read().press("f2").answer == ""


def test_it_waits_after_a_click_in_the_editor() -> None:
    assert asked_for_input().write("yes").click(1, 2, 21).press("f2").answer == "yes"


# ---- a long cell has ended ---------------------------------------------------------------------------------


def finished_after(seconds: float, *, status: str = "ok", source: str = "train()", **values: Any) -> list[Any]:
    """Have a cell run for so long, and return what the user is told."""
    user = Client().set(**{"rings_after": 30.0, **values})
    user.journal.submit("c", source).start("c", 3)
    user.read()
    user.journal.now += seconds
    user.send(Ticked(user.journal.now))
    user.journal.end("c", status)
    return user.read().took(Ring)


@pytest.mark.parametrize(
    ("seconds", "values", "rings"),
    [
        (31, {}, True),
        (30, {}, True),
        (29, {}, False),
        # somebody who types looks, unless the terminal says that they do not
        (31, {"last_key": NOON + 20}, False),
        (31, {"last_key": NOON}, True),
        (31, {"last_key": NOON + 20, "has_focus": False}, True),
        (29, {"has_focus": False}, False),
        (31, {"tells_focus": True}, False),
        (31, {"tells_focus": True, "has_focus": False}, True),
        (31, {"rings_after": None, "has_focus": False}, False),
        (0, {"rings_after": 0.0}, True),
        # another user's cell, another client's of the same user
        (31, {"client": "me", "has_focus": False}, False),
        (31, {"client": "me", "former": frozenset({"c"})}, True),
    ],
)
def test_when_the_user_is_told(seconds: float, values: dict[str, Any], rings: bool) -> None:
    assert bool(finished_after(seconds, **values)) is rings


@pytest.mark.parametrize(
    ("options", "ring"),
    [
        ({}, Ring("cell 3 finished", "train() · 1m02s")),
        ({"status": "error"}, Ring("cell 3 failed", "train() · 1m02s")),
        ({"source": "\n\n  a\nb"}, Ring("cell 3 finished", "a · 1m02s")),
        ({"source": "x" * 500}, Ring("cell 3 finished", "x" * 60 + " · 1m02s")),
        ({"source": " "}, Ring("cell 3 finished", " · 1m02s")),
        ({"source": "a\x1b]0;t\x07\u202e"}, Ring("cell 3 finished", "a<U+202E> · 1m02s")),
    ],
)
def test_what_the_user_is_told(options: dict[str, Any], ring: Ring) -> None:
    assert finished_after(62, **options) == [ring]


def test_keys_and_focus_are_noticed() -> None:
    user = Client().send(Ticked(NOON + 5)).press("x")
    assert user.state.last_key == NOON + 5
    assert not user.state.tells_focus
    assert user.send(FocusChanged(False)).state.has_focus is False
    assert user.state.tells_focus
    assert user.send(FocusChanged(True)).state.has_focus is True


def test_a_terminal_with_sixels_is_shown_pictures_in_them() -> None:
    user = Client()
    before = user.state.look
    assert user.send(SixelsFound()).state.look == replace(before, pictures="sixel")


def test_a_skipped_cell_rings_for_nobody() -> None:
    user = Client().set(rings_after=0.0)
    user.journal.submit("c", "x").end("c", "aborted")
    assert user.read().took(Ring) == []


def test_what_ended_before_one_came_rings_for_nobody() -> None:
    journal = Journal().session().submit("c", "train()").start("c")
    journal.now += 3600
    journal.end("c")
    late = Client(journal=Journal())
    late.set(rings_after=30.0, now=NOON + 7200)
    late.send(journal.read(again=True))
    assert late.took(Ring) == []


# ---- the end of the supervisor while somebody reads --------------------------------------------------------


def test_the_supervisor_ends_under_the_cursor() -> None:
    user = asked_for_input().press("f5", "G").send(SupervisorEnded())
    user.press("k", "j", "y")
    assert user.state.cursor is not None
