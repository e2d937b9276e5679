"""What is asked for who is typing, and what becomes of the answers: keys and answers in, requests and state out."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.events import Ask, Expired, FocusChanged, Pasted, Replied, SetTimer
from curses_client.helping.asking import PAUSE
from curses_client.options import Options
from kernel.protocol.messages import CompleteReply, CompleteRequest, InspectReply, InspectRequest, OkReply
from tests.curses_client.support import Client, Journal

F = "Signature: f(alpha, beta=1)\nDocstring: What it does."


def client(text: str = "", journal: Journal | None = None, **options: Any) -> Client:
    user = Client(text, journal=journal)
    return user.set(options=replace(Options(), **options))


def pause(user: Client) -> Client:
    """Let the time be over in which nothing is typed."""
    while user.state.queries.timer:
        user.send(Expired(user.state.queries.timer))
    return user


def asks(user: Client) -> list[Any]:
    """Take out the contents of the requests that were sent."""
    return [ask.content for ask in user.took(Ask)]


def tell(user: Client, text: str = "", lane: str = "by_itself") -> Client:
    """Answer what was asked last by itself, or by a key."""
    query = getattr(user.state.queries, lane)
    reply = InspectReply(True, {"text/plain": text}) if text else InspectReply()
    return user.send(Replied(query.tag, reply))


class TestSignature:
    def test_it_is_asked_for_when_typing_pauses_in_a_call(self) -> None:
        user = client().write("f")
        assert user.took(SetTimer) == []
        user.write("(1")
        assert [timer.seconds for timer in user.took(SetTimer)] == [PAUSE]
        assert asks(user) == []
        assert asks(pause(user)) == [InspectRequest("f", 1)]
        signature = tell(user, F).state.signature
        assert signature is not None
        assert [parameter.name for parameter in signature.parameters] == ["alpha", "beta"]

    def test_a_call_is_asked_for_once(self) -> None:
        user = tell(pause(client().write("f(")), F)
        user.took(SetTimer)
        user.write("1, beta=").press("left", "right")
        assert user.took(SetTimer) == []
        assert user.state.signature is not None

    def test_a_function_that_tells_nothing_is_asked_once_too(self) -> None:
        user = tell(pause(client().write("f(")))
        asks(user)
        assert asks(pause(user.write("1, 2"))) == []
        assert user.state.signature is not None
        assert not user.state.signature.is_shown

    @pytest.mark.parametrize("keys", ["1, )", "home", "backspace", "ctrl u", "meta enter"])
    def test_it_goes_with_the_call(self, keys: str) -> None:
        user = tell(pause(client().write("f(")), F)
        assert user.press(*keys.split(", ")).state.signature is None

    def test_escape_closes_it_for_this_call(self) -> None:
        user = tell(pause(client().write("f(")), F).press("esc")
        asks(user)
        assert user.state.signature is not None
        assert not user.state.signature.is_shown
        assert asks(pause(user.write("1, "))) == []
        assert asks(pause(user.write("g("))) == [InspectRequest("g", 1)]

    def test_an_answer_for_another_call_is_dropped(self) -> None:
        user = pause(client().write("f(")).write("g(")
        assert tell(user, F).state.signature is None

    def test_it_is_not_asked_of_kernels_of_other_languages(self) -> None:
        user = client(journal=Journal().session(lexer="r")).write("f(1")
        assert asks(pause(user)) == []

    def test_it_can_be_switched_off(self) -> None:
        assert asks(pause(client(signatures=False).write("f(1"))) == []


class TestTraffic:
    def test_one_request_is_under_way_and_the_newest_follows(self) -> None:
        user = pause(client().write("f("))
        assert asks(user) == [InspectRequest("f", 1)]
        for name in "ghi":
            pause(user.write(f"{name}("))
        assert asks(user) == []
        tell(user, F)
        assert asks(user) == [InspectRequest("i", 1)]
        assert user.state.signature is None
        signature = tell(user, F.replace("f(", "i(")).state.signature
        assert signature is not None
        assert signature.name == "i"

    def test_one_timer_runs_however_much_is_typed(self) -> None:
        user = client().write("f(" + "x" * 50)
        assert len(user.took(SetTimer)) == 1
        # it was typed since, so another pause is waited for
        user.send(Expired(user.state.queries.timer))
        assert len(user.took(SetTimer)) == 1
        assert asks(user) == []
        user.send(Expired(user.state.queries.timer))
        assert asks(user) == [InspectRequest("f", 1)]

    def test_tab_asks_once_and_the_newest_follows(self) -> None:
        user = client().write("a").press("tab", "tab").write("b").press("tab").write("c").press("tab")
        assert asks(user) == [CompleteRequest("a", 1)]
        assert user.message == "the kernel has not answered yet"
        user.send(Replied(user.state.queries.by_key.tag, CompleteReply(["abc"], 0, 1)))  # type: ignore[union-attr]
        assert asks(user) == [CompleteRequest("abc", 3)]

    def test_what_waits_is_dropped_when_the_text_has_changed(self) -> None:
        user = client().write("a").press("tab", "b", "tab", "!")
        asks(user)
        user.send(Replied(user.state.queries.by_key.tag, CompleteReply([], 0, 1)))  # type: ignore[union-attr]
        assert asks(user) == []

    def test_a_kernel_that_is_gone_owes_nothing(self) -> None:
        user = pause(client().write("f(").press("tab"))
        tag = user.state.queries.by_itself.tag  # type: ignore[union-attr]
        user.journal.add("kernel_died", reason="it was killed", signal="SIGKILL")
        user.read()
        assert user.state.queries.by_key is None
        assert user.send(Replied(tag, InspectReply(True, {"text/plain": F}))).state.signature is None
        user.journal.add("kernel_starting").add("kernel_started", pid=3)
        asks(user.read())
        assert asks(user.press("tab")) == [CompleteRequest("f(", 2)]

    def test_a_refusal_of_what_nobody_has_asked_for_is_not_told(self) -> None:
        user = pause(client().write("f("))
        user.send(Replied(user.state.queries.by_itself.tag, OkReply("error", "E", "no")))  # type: ignore[union-attr]
        assert user.message == ""

    def test_a_refusal_of_tab_is(self) -> None:
        user = client().write("a").press("tab")
        user.send(Replied(user.state.queries.by_key.tag, OkReply("error", "E", "no")))  # type: ignore[union-attr]
        assert user.message == "no"

    @pytest.mark.parametrize("values", [{"read_only": True}, {"line": "lost"}])
    def test_nothing_is_asked_where_nothing_can_be_answered(self, values: dict[str, Any]) -> None:
        user = client().set(**values)
        assert asks(pause(user.send(Pasted("f(")))) == []

    def test_what_does_not_touch_the_text_asks_nothing(self) -> None:
        user = tell(pause(client().write("f(")), F)
        user.took(SetTimer)
        assert user.send(FocusChanged(False)).took(SetTimer) == []


class TestLateAnswers:
    @pytest.mark.parametrize(
        ("keys", "text", "is_open"),
        [
            ("", "al|", True),
            ("l", "al|", True),
            ("l, backspace", "al|", True),
            ("x", "ax|", False),
            ("left", "|a", False),
            ("backspace", "|", False),
            ("(", "a(|", False),
            ("ctrl o", "a\n|", False),
            ("esc", "a|", False),
            ("f9", "a|", False),
        ],
    )
    def test_the_popup_opens_where_the_text_goes_on(self, keys: str, text: str, is_open: bool) -> None:
        user = client().write("a").press("tab", *filter(None, keys.split(", ")))
        user.send(Replied(user.state.queries.by_key.tag, CompleteReply(["alpha", "album"], 0, 1)))  # type: ignore[union-attr]
        assert user.marked == text
        assert (user.state.completion is not None) == is_open

    def test_a_late_answer_puts_nothing_into_the_text(self) -> None:
        user = client().write("a").press("tab", "l")
        user.send(Replied(user.state.queries.by_key.tag, CompleteReply(["alpha"], 0, 1)))  # type: ignore[union-attr]
        assert user.text == "al"
        assert user.press("enter").text == "alpha"

    @given(st.lists(st.sampled_from([*"ab(.\"'", "left", "backspace", "tab", "enter", "esc", "f8", "answer", "pause"])))
    def test_nothing_that_is_typed_is_lost(self, steps: list[str]) -> None:
        """Whatever is asked and answered when, text changes by keys only, or where Tab or Enter took a match."""
        user = client(completion="typing")
        for step in steps:
            before = user.text
            if step == "pause":
                pause(user)
                assert user.text == before
            elif step == "answer":
                for query in (user.state.queries.by_itself, user.state.queries.by_key):
                    if query is not None and query.purpose != "complete":
                        reply = CompleteReply(["abba", "baab"]) if "complete" in query.msg_type else InspectReply(True)
                        user.send(Replied(query.tag, reply))
                        assert user.text == before
            else:
                user.press(step)
                if user.state.waiting is not None:
                    user.send(Expired(user.state.waiting.tag))
                if len(step) == 1:
                    assert len(user.text) == len(before) + 1


class TestTyping:
    def typing(self, text: str) -> Client:
        return client(completion="typing").write(text)

    @pytest.mark.parametrize(
        ("text", "is_asked"),
        [
            ("np.", True),
            ("np.a", True),
            ("wor", True),
            ("f(wor", True),
            ("12.", True),
            ("wo", False),
            ("x", False),
            ("wor ", False),
            (". ", False),
            ("# wor", False),
            ("'wor", False),
        ],
    )
    def test_when_it_opens_by_itself(self, text: str, is_asked: bool) -> None:
        user = pause(self.typing(text))
        assert (CompleteRequest(text, len(text)) in asks(user)) == is_asked

    def test_by_default_it_waits_for_tab(self) -> None:
        assert asks(pause(client().write("np."))) == []

    def opened(self) -> Client:
        user = pause(self.typing("wor"))
        query = user.state.queries.by_itself
        assert query is not None
        return user.send(Replied(query.tag, CompleteReply(["world", "worth", "work"], 0, 3)))

    @pytest.mark.parametrize(
        ("keys", "text"),
        [
            ("enter", ""),
            ("tab, enter", "world"),
            ("tab, tab, enter", "worth"),
            ("t, tab", "worth"),
            ("shift tab, enter", "work"),
            ("esc", "wor"),
            ("up", "wor"),
        ],
    )
    def test_one_that_opened_by_itself_leaves_the_editor_its_keys(self, keys: str, text: str) -> None:
        user = self.opened()
        assert user.state.completion is not None
        assert user.state.completion.selected is None
        assert user.press(*keys.split(", ")).text == text

    def test_it_is_not_asked_for_where_the_cursor_comes_by(self) -> None:
        user = self.typing("word ")
        asks(pause(user))
        assert asks(pause(user.press("left"))) == []

    def test_the_same_text_is_asked_for_once(self) -> None:
        user = pause(self.typing("wor"))
        asks(user)
        user.send(Replied(user.state.queries.by_itself.tag, CompleteReply()))  # type: ignore[union-attr]
        assert asks(pause(user)) == []
        assert user.message == ""


def busy(**values: Any) -> Client:
    user = Client(journal=Journal().session().submit("c", "solve()").start("c"))
    return user.set(session=replace(user.state.session, **values))


SILENT = "the kernel does not answer while C code runs"


class TestSilence:
    def test_after_a_second_it_is_said_why_nothing_is_completed(self) -> None:
        user = busy().write("on").press("tab")
        assert [timer.seconds for timer in user.took(SetTimer)] == [1.0]
        query = user.state.queries.by_key
        assert query is not None
        assert user.send(Expired(query.tag)).message == SILENT
        user.offer("once", "only")
        assert user.state.completion is not None

    def test_a_signature_is_missed_too(self) -> None:
        user = pause(busy().write("f("))
        query = user.state.queries.by_itself
        assert query is not None
        assert user.send(Expired(query.tag)).message == SILENT

    def test_another_kernel_answers_when_its_cell_has_ended(self) -> None:
        user = busy(is_native=False).write("on").press("tab").expire()
        assert user.message == "this kernel answers when its cell has ended"

    def test_an_answer_that_is_there_needs_no_word(self) -> None:
        user = busy().write("on").press("tab").offer("once", "only").expire()
        assert user.message == ""

    def test_an_idle_kernel_is_asked_without_a_timer(self) -> None:
        assert client().write("on").press("tab").took(SetTimer) == []
