"""What goes into the history, and going through it entry by entry: keys in, text and effects out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import Ask, Control, HistoryNotWritten, HistoryRead, Remember, Replied, Submit, Ticked
from curses_client.history.entries import Entry, Forgotten
from curses_client.options import Options
from kernel.protocol.messages import EditRequest, HistoryReply, HistoryRequest
from tests.curses_client.drawing import lines
from tests.curses_client.support import NOON, Client, Journal


def past(*texts: str, session: str = "", lexer: str = "") -> tuple[Entry, ...]:
    """Entries that were run before noon, in this order."""
    return tuple(Entry(text, NOON - 1000 + place, session, lexer=lexer) for place, text in enumerate(texts))


def knowing(*texts: str, text: str = "") -> Client:
    """A client with a history."""
    return Client(text).send(HistoryRead(past(*texts), is_whole=True))


def texts(user: Client) -> list[str]:
    return [entry.text for entry in user.state.history.entries]


# ---- what is kept ------------------------------------------------------------------------------------------


class TestKeeping:
    def test_what_is_run_with_when_and_where(self) -> None:
        user = Client("x = 1").set(machine="here", now=NOON + 5).press("meta enter")
        entry = Entry("x = 1", NOON + 5, "main", "/", "here", "python")
        assert user.took(Remember) == [Remember((entry,))]
        assert user.state.history.entries == (entry,)

    def test_of_a_session_elsewhere_the_machine_is_named(self) -> None:
        user = Client("x").set(host="gpu-7").press("meta enter")
        assert user.took(Remember)[0].items[0].session == "main@gpu-7"

    @pytest.mark.parametrize("source", [" x = 1", "  \n x"])
    def test_what_begins_with_a_space_is_run_and_not_kept(self, source: str) -> None:
        user = Client(source).press("meta enter")
        assert len(user.took(Submit)) == 1
        assert user.took(Remember) == []
        assert texts(user) == []

    def test_the_same_again_is_kept_once_in_a_row(self) -> None:
        user = Client()
        for source in "aaba":
            user.write(source).press("meta enter").send(Ticked(user.state.now + 1))
        assert texts(user) == ["a", "b", "a"]
        assert len(user.took(Remember)) == 3

    def test_the_same_in_another_session_is_kept(self) -> None:
        user = Client("a").send(HistoryRead(past("a", session="other"))).press("meta enter")
        assert len(user.took(Remember)) == 1

    def test_a_cell_of_the_queue_that_was_edited(self) -> None:
        journal = Journal().session().submit("c", "run()").start("c").submit("w", "x = 1")
        user = Client(journal=journal).press("f3", "enter", "2", "meta enter")
        assert [effect.content for effect in user.took(Control)] == [EditRequest("w", "x = 12")]
        assert texts(user) == ["x = 12"]

    @pytest.mark.parametrize("password", [False, True])
    def test_no_answer_to_input(self, password: bool) -> None:
        journal = Journal().session().submit("c", "input()").start("c")
        journal.add("input_wanted", "c", request="r", prompt="?", password=password)
        user = Client(journal=journal).write("open sesame").press("enter")
        assert user.answer is None
        assert user.took(Remember) == []
        assert texts(user) == []

    def test_nothing_of_a_client_that_only_looks(self) -> None:
        user = Client().set(read_only=True).write("x").press("meta enter")
        assert user.took(Remember) == []

    def test_in_memory_only(self) -> None:
        user = Client("x").set(options=Options(history_size=0)).press("meta enter")
        assert user.took(Remember) == []
        assert user.press("up").text == "x"

    def test_no_more_than_are_wanted(self) -> None:
        user = Client().set(options=Options(history_size=3)).send(HistoryRead(past(*"abcdef"), is_whole=True))
        assert texts(user) == ["d", "e", "f"]
        user.write("g").press("meta enter")
        assert texts(user) == ["e", "f", "g"]


class TestReading:
    def test_what_others_run_comes_in_its_order(self) -> None:
        user = knowing("a", "c").send(HistoryRead((Entry("b", NOON - 999.5),)))
        assert texts(user) == ["a", "b", "c"]

    def test_what_was_run_while_it_was_read_stays_the_newest(self) -> None:
        user = Client("mine").press("meta enter").send(HistoryRead(past("old", "older"), is_whole=True))
        assert texts(user) == ["old", "older", "mine"]

    def test_what_is_read_back_is_there_once(self) -> None:
        user = Client("mine").press("meta enter")
        before = user.state.history.entries
        user.send(HistoryRead(before))
        assert user.state.history.entries is before

    def test_what_another_client_deleted(self) -> None:
        user = knowing("a", "b", "a").send(HistoryRead((Forgotten.of("a", NOON),)))
        assert texts(user) == ["b"]

    def test_what_cannot_be_written_is_said_and_stays(self) -> None:
        user = Client("x").press("meta enter").send(HistoryNotWritten("No space left on device"))
        assert "history not written: No space left on device" in lines(user)[-1]
        assert user.press("up").text == "x"
        assert "history" not in lines(user.send(HistoryNotWritten("")))[-1]


class TestKernel:
    def asked(self, user: Client) -> list[object]:
        return [effect.content for effect in user.took(Ask)]

    def test_it_is_asked_when_nothing_is_known(self) -> None:
        user = Client().send(HistoryRead((), is_whole=True))
        assert self.asked(user) == [HistoryRequest(n=5000)]
        user.send(HistoryRead((), is_whole=True)).read()
        assert self.asked(user) == []

    def test_it_is_asked_once_it_is_ready(self) -> None:
        user = Client(journal=Journal().add("session_started", name="s", kernel="", language="", cwd="/", pid=1))
        assert self.asked(user.send(HistoryRead((), is_whole=True))) == []
        user.journal.add("kernel_started", pid=2)
        assert len(self.asked(user.read())) == 1

    @pytest.mark.parametrize(("lexer", "asks"), [("ipython3", False), ("bash", True), ("", False)])
    def test_it_is_asked_once_for_each_language(self, lexer: str, asks: bool) -> None:
        user = Client().send(HistoryRead(past("a", lexer=lexer), is_whole=True))
        assert bool(self.asked(user)) is asks

    def test_what_was_run_here_first_is_no_reason_not_to(self) -> None:
        user = Client("x").press("meta enter").send(HistoryRead((), is_whole=True))
        assert len(self.asked(user)) == 1

    def test_what_it_remembers_is_older_than_all_else(self) -> None:
        user = Client("mine").press("meta enter")
        user.effects.clear()
        found = [[1, 1, "old"], [1, 2, "new"], [1, 3, "old"], [1, 4, " secret"], [1, 5], ["", 0, ["in", "out"]]]
        user.send(Replied(0, HistoryReply(found)))
        assert texts(user) == ["new", "old", "mine"]
        assert [[item.text for item in effect.items] for effect in user.took(Remember)] == [["new", "old"]]


# ---- from entry to entry -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        ("up", "two"),
        ("up, up", "one"),
        ("up, up, up, up", "one"),
        ("up, down", "draft"),
        ("up, up, down, down", "draft"),
        ("down", "draft"),
        ("up, down, down, down, up, up", "one"),
        ("up, up, down", "two"),
        ("meta p, meta p, meta n", "two"),
        ("up, ctrl _", "draft"),
        ("up, ctrl _, up", "two"),
    ],
)
def test_the_draft_is_kept(keys: str, left: str) -> None:
    assert knowing("one", "two", text="draft").press("home", *keys.split(", ")).text == left


@pytest.mark.parametrize(
    ("typed", "keys", "left"),
    [
        ("df", "up", "df.b|"),
        ("df", "up, up", "df.a|"),
        ("df", "up, up, up", "df.a|"),
        ("df", "up, up, down", "df.b|"),
        ("df", "up, down", "df|"),
        ("df.a", "up", "df.a|"),
        ("d", "up, left, up", "df.a|"),
        # the one that is shown is where the next search begins
        ("d", "up, backspace, up", "df.b|"),
        ("zz", "up", "zz|"),
        ("   ", "up", "df.b|"),
        ("x\nd", "up", "x|\nd"),
        ("x\nd", "meta p", "x\nd|"),
    ],
)
def test_by_what_stands_before_the_cursor(typed: str, keys: str, left: str) -> None:
    user = Client(typed).send(HistoryRead(past("df.a", "x", "df.a", "y", "df.b"), is_whole=True))
    assert user.press(*keys.split(", ")).marked == left


def test_that_there_is_none_is_said() -> None:
    assert knowing("a", text="zz").press("up").message == "nothing in the history begins with this"


def test_an_entry_that_was_changed_becomes_the_draft() -> None:
    user = knowing("one", "two").press("up", "!", "home", "up", "up", "down", "down")
    assert user.text == "two!"


def test_longer_entries_are_whole_and_in_nobodys_way() -> None:
    user = knowing("one", "a\nb", text="draft").press("home", "up")
    assert user.marked == "a|\nb"
    assert user.press("up").marked == "one|"
    assert user.press("down").marked == "a\nb|"
    assert user.press("up").marked == "a|\nb"
    assert user.press("down", "down").marked == "|draft"


def test_entries_of_this_session_come_first() -> None:
    user = Client()
    for source in ("mine 1", "mine 2"):
        user.write(source).press("meta enter").send(Ticked(user.state.now + 1))
    user.send(HistoryRead((*past("old"), Entry("theirs", NOON + 100, "other")), is_whole=True))
    found = [user.press("up").text for _ in range(5)]
    assert found == ["mine 2", "mine 1", "theirs", "old", "old"]


def test_a_former_session_of_this_name_is_another_one() -> None:
    user = Client().send(HistoryRead((Entry("former", 1.0, "main"), Entry("other", 2.0, "x")), is_whole=True))
    assert user.press("up").text == "other"


def test_only_in_the_language_of_the_session() -> None:
    entries = (Entry("ls", 1.0, lexer="bash"), Entry("x = 1", 2.0, lexer="ipython3"), Entry("cat", 3.0, lexer="bash"))
    user = Client().send(HistoryRead(entries, is_whole=True))
    assert [user.press("up").text for _ in range(2)] == ["x = 1", "x = 1"]


def test_what_comes_meanwhile_disturbs_nobody() -> None:
    user = knowing("one", "two").press("up").send(HistoryRead((Entry("new", NOON + 9),)))
    assert user.press("up").text == "one"
    assert user.press("down", "down").text == ""
    assert user.press("up").text == "new"


def test_what_is_read_later_is_found_at_the_end() -> None:
    user = Client().send(HistoryRead(past("two"))).press("up")
    user.send(HistoryRead((Entry("one", 1.0), *past("two")), is_whole=True))
    assert user.press("up").text == "one"


def test_what_is_harmful_does_not_reach_the_editor() -> None:
    assert knowing("a\x1b[2Jb\r\nc").press("up").text == "a[2Jb\nc"


KEYS = st.sampled_from(["up", "down", "meta p", "meta n", "left", "home", "end", "x", "backspace", "meta enter"])


@settings(deadline=None)
@given(st.lists(st.text("ab\n", min_size=1, max_size=5), max_size=6), st.lists(KEYS, max_size=30))
def test_whatever_is_pressed_the_draft_can_be_had_again(entries: list[str], keys: list[str]) -> None:
    user = knowing(*entries, text="draft").press("home", *keys)
    # a cell that is run takes its undo along
    ran = {effect.source for effect in user.took(Submit)}
    seen = {user.text}
    while user.state.editor.undo.past:
        seen.add(user.press("ctrl _").text)
    assert ran or "draft" in seen
