"""The pop-up while one types: keys and answers in, matches and text out."""

import pytest

from curses_client.events import Ask, Expired, Replied
from kernel.protocol.messages import CompleteReply, CompleteRequest, InspectReply
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.support import Client

NUMPY = (".arange", ".array", ".asarray", ".read_csv")


def opened(text: str, *matches: str, start: int = 0, types: tuple[str, ...] = (), **size: int) -> Client:
    return Client(text, **size).press("tab").offer(*matches, start=start, types=types)  # type: ignore[arg-type]


def pause(user: Client) -> Client:
    while user.state.queries.timer:
        user.send(Expired(user.state.queries.timer))
    return user


def texts(user: Client) -> list[str]:
    return [] if user.state.completion is None else [match.text for match in user.state.completion.matches]


def newest(user: Client) -> CompleteRequest:
    content = user.asked.content
    assert isinstance(content, CompleteRequest)
    return content


def test_letters_may_be_left_out() -> None:
    user = opened("np.", *NUMPY, start=2)
    assert texts(user) == ["arange", "array", "asarray", "read_csv"]
    assert texts(user.write("ara")) == ["arange", "array", "asarray"]
    assert texts(user.press("backspace", "backspace", "backspace").write("rc")) == ["read_csv"]
    assert user.press("enter").text == "np.read_csv"


def test_what_was_typed_is_marked() -> None:
    user = opened("np.", *NUMPY, start=2).write("rcs")
    row = next(number for number, line in enumerate(lines(user)) if "read_csv" in line)
    assert [text for attr, text in attributes(user, row) if str(attr).endswith("mark")] == ["r", "cs"]


def test_a_sign_closes_it() -> None:
    assert texts(opened("np.", *NUMPY, start=2).write("ar(")) == []
    assert texts(opened('open("', "my file", "my-file").write("my ")) == []
    assert texts(opened('open("', "my file", "my-file", "other", start=6).write("my ")) == ["my file"]


@pytest.mark.parametrize("sign", [".", "/"])
def test_behind_a_dot_or_a_slash_the_kernel_is_asked_anew(sign: str) -> None:
    user = opened("np", "np", "npz").write(sign)
    assert newest(user) == CompleteRequest(f"np{sign}", 3)
    assert texts(user.offer("one", "other", start=3)) == ["one", "other"]
    assert user.text == f"np{sign}"


def test_in_a_directory_it_goes_on() -> None:
    user = opened('open("s', "sub/", "six", start=6, types=("path", "path")).press("enter")
    assert user.text == 'open("sub/'
    assert newest(user) == CompleteRequest('open("sub/', 10)
    # nothing is put into the text that nobody has chosen
    assert texts(user.offer("sub/only.py", start=6)) == ["only.py"]
    assert user.press("enter").text == 'open("sub/only.py'


def test_an_empty_directory_is_no_message() -> None:
    user = opened('open("s', "sub/", "six", start=6).press("enter").offer(start=10)
    assert (user.message, user.text) == ("", 'open("sub/')


def test_text_that_is_taken_back_is_asked_for_anew() -> None:
    user = opened("np.ara", ".arange", ".arah", start=2)
    user.took(Ask)
    assert texts(user.press("backspace")) == ["arange", "arah"]
    pause(user)
    assert newest(user) == CompleteRequest("np.ar", 5)
    query = user.state.queries.by_itself
    assert query is not None
    user.send(Replied(query.tag, CompleteReply([".arange", ".array"], 2, 5)))
    assert texts(user) == ["arange", "array"]


def test_where_nothing_begins_like_the_text_its_letters_are_looked_for() -> None:
    user = Client("pd.rcsv").press("tab").offer()
    assert newest(user) == CompleteRequest("pd.rcsv", 3)
    assert texts(user.offer(".concat", ".read_csv", ".read_excel", start=2)) == ["read_csv"]
    assert user.text == "pd.rcsv"
    assert user.press("enter").text == "pd.read_csv"


def test_nothing_is_said_of_a_text_without_letters() -> None:
    user = Client("f(").press("tab").offer()
    assert user.message == "no completions"
    assert len(user.took(Ask)) == 1


class TestDocumentation:
    def test_it_is_asked_for_and_stands_beside(self) -> None:
        user = pause(opened("np.a", ".arange", ".array", start=2))
        assert user.asked.content.as_dict() == {"code": "np.arange", "cursor_pos": 9, "detail_level": 0}
        query = user.state.queries.by_itself
        assert query is not None
        text = "Signature: np.arange(start, stop=None)\nDocstring:\nEvenly \x1b[31mspaced\x1b[0m values.\x1b[2J"
        user.send(Replied(query.tag, InspectReply(True, {"text/plain": text})))
        shown = "\n".join(lines(user))
        assert "│ arange(start, stop=None)" in shown
        assert "│ Evenly spaced values." in shown
        check(user)
        # the next one is asked for, and this one not shown beside it
        assert "Evenly" not in "\n".join(lines(user.press("tab")))
        pause(user)
        assert user.asked.content.as_dict()["code"] == "np.array"

    def test_until_it_is_there_the_signature_is(self) -> None:
        user = Client("np.a").press("tab")
        entries = [{"type": "function", "signature": "(start, stop)"}, {"type": "function"}]
        metadata = {"_jupyter_types_experimental": entries}
        user.send(Replied(user.asked.tag, CompleteReply([".arange", ".array"], 2, 4, metadata)))
        assert "│ arange(start, stop)" in "\n".join(lines(user))

    @pytest.mark.parametrize("kind", ["path", "dict key", "param", "keyword"])
    def test_there_is_none_of_what_is_no_object(self, kind: str) -> None:
        user = opened("o", "one", "other", types=(kind, kind))
        user.took(Ask)
        assert pause(user).took(Ask) == []

    def test_an_answer_for_another_match_is_dropped(self) -> None:
        user = pause(opened("o", "one", "other"))
        query = user.state.queries.by_itself
        assert query is not None
        user.press("tab").send(Replied(query.tag, InspectReply(True, {"text/plain": "of one"})))
        assert "of one" not in "\n".join(lines(user))

    @pytest.mark.parametrize("size", [(20, 5), (30, 8), (60, 16), (80, 24), (250, 70)])
    @pytest.mark.parametrize("indent", [0, 40, 70])
    def test_it_fits_or_is_left_out(self, size: tuple[int, int], indent: int) -> None:
        text = "x" * indent + " = o"
        user = opened(
            text, "one" * 5, "other", start=len(text) - 1, cols=size[0], rows=size[1], types=("function",) * 2
        )
        pause(user)
        query = user.state.queries.by_itself
        assert query is not None
        long = "Signature: one()\nDocstring:\n" + "\n".join(["word " * 40, "漢字" * 60] * 20)
        user.send(Replied(query.tag, InspectReply(True, {"text/plain": long})))
        check(user)
        check(user, colors=1)
