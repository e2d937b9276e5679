"""The pane with documentation: keys and answers in, requests and screen out."""

from typing import Any

import pytest

from curses_client.events import Ask, Expired, MousePressed, Replied
from kernel.protocol.messages import InspectReply, InspectRequest, OkReply
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import Client, Journal

LONG = "Signature: f(x)\nDocstring:\n" + "\n".join(f"line {number}" for number in range(100))
SOURCE = "Signature: f(x)\nSource:\ndef f(x):\n    return 1"


def client(text: str = "x = np.array", **size: int) -> Client:
    return Client(text, **size)


def tell(user: Client, text: str = "", lane: str = "by_key") -> Client:
    """Answer what was asked."""
    query = getattr(user.state.queries, lane)
    return user.send(Replied(query.tag, InspectReply(bool(text), {"text/plain": text} if text else {})))


def pause(user: Client) -> Client:
    while user.state.queries.timer:
        user.send(Expired(user.state.queries.timer))
    return user


def asks(user: Client) -> list[Any]:
    return [ask.content for ask in user.took(Ask)]


def title(user: Client) -> str:
    return next((line for line in lines(user) if "· documentation" in line or "· source" in line), "")


def test_the_first_press_documents_and_the_second_shows_the_source() -> None:
    user = client().press("f8")
    assert asks(user) == [InspectRequest("np.array", 8)]
    assert title(user) == ""
    assert title(tell(user, "What it is.")).startswith(" np.array · documentation ")
    assert any(line == " What it is." for line in lines(user))
    assert asks(user.press("f8")) == [InspectRequest("np.array", 8, 1)]
    assert title(tell(user, SOURCE)).startswith(" np.array · source")
    check(user)
    assert asks(user.press("f8")) == [InspectRequest("np.array", 8, 0)]
    assert "documentation" in title(tell(user, "What it is."))


def test_a_source_that_is_not_known_changes_nothing() -> None:
    user = tell(tell(client().press("f8"), "What it is.").press("f8"), "What it is.")
    assert user.message == "the source of np.array is not known"
    assert "documentation" in title(user)


def test_a_key_before_the_answer_asks_for_no_source() -> None:
    user = client().press("f8", "f8")
    assert asks(user) == [InspectRequest("np.array", 8)]
    assert user.message == "the kernel has not answered yet"


def test_the_part_of_a_name_at_the_cursor_is_meant() -> None:
    user = client().press(*["left"] * 6, "f8")
    assert asks(user) == [InspectRequest("np", 2)]


@pytest.mark.parametrize("key", ["f8", "meta h"])
def test_in_a_call_it_is_the_function(key: str) -> None:
    assert InspectRequest("f", 1) in asks(client("f(1, ").press(key))


def test_other_languages_are_asked_with_the_text() -> None:
    user = Client("mean(x)", journal=Journal().session(lexer="r")).press(*["left"] * 4, "f8")
    assert asks(user) == [InspectRequest("mean(x)", 4)]


def test_nothing_at_the_cursor_and_nothing_known() -> None:
    assert client("1 + ").press("f8").message == "there is no name at the cursor"
    user = tell(client().press("f8"))
    assert user.message == "nothing is known of np.array"
    assert user.state.documentation is None


def test_a_refusal_is_told() -> None:
    user = client().press("f8")
    user.send(Replied(user.asked.tag, OkReply("error", "E", "the kernel is gone")))
    assert user.message == "the kernel is gone"
    assert user.state.documentation is None


def test_a_kernel_that_is_gone_cannot_tell() -> None:
    user = client()
    user.journal.add("kernel_died", reason="it was killed", signal="SIGKILL")
    assert asks(user.read().press("f8")) == []
    assert user.message == "there is no kernel that could tell"


def test_it_stays_while_one_types_and_goes_with_the_cell() -> None:
    user = tell(client().press("f8"), LONG).write("(1)")
    assert title(user)
    assert title(user.press("meta enter")) == ""


def test_a_late_answer_opens_nothing_again() -> None:
    user = client().press("f8", "meta enter")
    assert title(tell(user, LONG)) == ""


@pytest.mark.parametrize("size", [(80, 24), (40, 10), (250, 70), (160, 20)])
def test_it_scrolls_between_its_ends(size: tuple[int, int]) -> None:
    user = tell(client(cols=size[0], rows=size[1]).press("f8"), LONG)
    assert any("Signature" in line for line in lines(user))
    assert not any("Signature" in line for line in lines(user.press("page down")))
    assert any("Signature" in line for line in lines(user.press("page up", "page up")))
    user.press(*["page down"] * 110)
    assert any("line 99" in line for line in lines(user))
    last = lines(user)
    assert lines(user.press("ctrl down")) == last
    assert lines(user.press("ctrl up")) != last


def test_the_wheel_scrolls_what_it_is_over() -> None:
    user = tell(client().press("f8"), LONG)
    row = next(number for number, line in enumerate(lines(user)) if "Signature" in line)
    assert user.send(MousePressed(5, 3, row)).state.documentation.top == 3  # type: ignore[union-attr]
    assert user.send(MousePressed(5, 3, 0)).state.documentation.top == 3  # type: ignore[union-attr]
    assert user.send(MousePressed(1, 3, row)).state.cursor is None
    assert user.send(MousePressed(4, 3, row)).state.documentation.top == 0  # type: ignore[union-attr]


def test_escape_closes_it_and_leaves_the_text() -> None:
    user = tell(client().press("f8"), LONG).press("esc")
    assert (title(user), user.text) == ("", "x = np.array")


class TestFollowing:
    def following(self) -> Client:
        return tell(client().press("f7"), "What it is.")

    def test_it_follows_the_cursor_after_a_pause(self) -> None:
        user = self.following()
        assert "follows the cursor" in title(user)
        asks(user)
        user.press(*["left"] * 6)
        assert asks(user) == []
        assert asks(pause(user)) == [InspectRequest("np", 2)]
        assert title(tell(user, "A module.", "by_itself")).startswith(" np · documentation")
        assert asks(pause(user)) == []

    def test_it_stays_when_the_cell_is_run(self) -> None:
        assert title(self.following().press("meta enter"))

    def test_what_is_not_known_leaves_it_as_it_is(self) -> None:
        user = pause(self.following().press(*["left"] * 6))
        asks(tell(user, "", "by_itself"))
        assert title(user).startswith(" np.array")
        assert user.message == ""
        assert asks(pause(user.press("left"))) == []

    def test_the_key_lets_it_go(self) -> None:
        user = self.following().press("f7")
        assert "follows" not in title(user)
        asks(user)
        assert asks(pause(user.press(*["left"] * 6))) == []

    def test_a_source_that_is_not_known_is_no_message(self) -> None:
        user = tell(self.following().press("f8"), SOURCE)
        pause(user.press(*["left"] * 6))
        tell(user, "A module.", "by_itself")
        assert user.message == ""
        assert title(user).startswith(" np ·")


@pytest.mark.parametrize("size", [(1, 1), (3, 3), (20, 5), (80, 24), (159, 40), (160, 40), (250, 70)])
def test_it_fits_every_screen(size: tuple[int, int]) -> None:
    hostile = LONG + "\x1b[31mred\x1b[0m \x1b]52;c;x\a \x1b[2J \u202e 漢字 " + "wide " * 100
    user = tell(client(cols=size[0], rows=size[1]).press("f7"), hostile)
    for keys in ([], ["page down"] * 50, ["f3"], ["esc"]):
        check(user.press(*keys))
        check(user, colors=1)
