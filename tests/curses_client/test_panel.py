"""The panel of the queue: keys in, requests and screen out."""

import pytest

from curses_client.events import Control, Record, RecordsRead, Replied, Submit
from kernel.protocol.messages import DropRequest, EditRequest, MoveRequest, OkReply
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import Client, Journal


def busy(*codes: str, cols: int = 80, rows: int = 24) -> Client:
    """A client of a session in which a cell runs, and cells w0, w1 … wait behind it."""
    journal = Journal().session().submit("c", "run()").start("c")
    for number, code in enumerate(codes):
        journal.submit(f"w{number}", code)
    return Client(cols=cols, rows=rows, journal=journal)


def panel(user: Client) -> list[str]:
    """Return the rows of the panel."""
    rows = lines(user)
    first = next((number for number, row in enumerate(rows) if row.startswith(" Queue:")), None)
    return [] if first is None else rows[first : len(rows) - 4]


def test_it_shows_what_waits() -> None:
    user = busy("first()", "second(\n    2,\n)").press("f3")
    assert panel(user) == [
        " Queue: 2 waiting  Enter edit  d drop  J K move  r run skipped again  Esc close",
        "  1  first()",
        "  2  second(  +2 lines",
    ]
    check(user)
    assert panel(user.press("esc")) == []


def test_with_nothing_to_show_it_stays_closed() -> None:
    user = busy().press("f3")
    assert user.state.panel is None
    assert user.message == "no cell waits"


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ("d", DropRequest("w0")),
        ("j d", DropRequest("w1")),
        ("down down down d", DropRequest("w2")),
        ("down up d", DropRequest("w0")),
        ("up d", DropRequest("w0")),
        ("J", MoveRequest("w0", "w2")),
        ("j J", MoveRequest("w1", None)),
        ("j K", MoveRequest("w1", "w0")),
        ("j j K", MoveRequest("w2", "w1")),
    ],
)
def test_what_keys_ask_for(keys: str, asked: DropRequest | MoveRequest) -> None:
    user = busy("0", "1", "2").press("f3", *keys.split())
    assert [effect.content for effect in user.took(Control)] == [asked]


@pytest.mark.parametrize("keys", ["K", "j j J"])
def test_the_first_does_not_move_up_nor_the_last_down(keys: str) -> None:
    assert busy("0", "1", "2").press("f3", *keys.split()).took(Control) == []


def test_the_order_follows_the_session() -> None:
    user = busy("0", "1", "2").press("f3", "j", "J")
    user.journal.add("queue_ordered", order=["w0", "w2", "w1"])
    user.read()
    assert [row[5:] for row in panel(user)[1:]] == ["0", "2", "1"]
    # the selection stays with its cell
    assert user.press("d").took(Control)[-1].content == DropRequest("w1")


def test_it_closes_when_nothing_waits_any_more() -> None:
    user = busy("0").press("f3", "d")
    user.journal.add("cells_dropped", cells=["w0"]).end("w0", "aborted")
    user.read()
    assert user.state.panel is None
    assert user.message == ""
    assert any(line.rstrip().endswith("dropped") for line in lines(user))
    # what was dropped on purpose is not what an error skipped
    assert user.press("f3").message == "no cell waits"


def test_a_cell_that_begins_leaves_the_panel() -> None:
    user = busy("0", "1").press("f3")
    user.journal.end("c").start("w0", 2)
    user.read()
    assert [row[5:] for row in panel(user)[1:]] == ["1"]


class TestEditing:
    def test_a_waiting_cell_is_edited_in_the_editor_and_put_back(self) -> None:
        user = busy("x = 1", "y").press("f3", "enter")
        assert user.text == "x = 1"
        assert "queued cell 1" in "\n".join(lines(user))
        user.press("2", "meta enter")
        assert [effect.content for effect in user.took(Control)] == [EditRequest("w0", "x = 12")]
        assert user.took(Submit) == []
        assert user.text == ""

    def test_it_may_have_begun_meanwhile(self) -> None:
        user = busy("x = 1").press("f3", "enter")
        user.journal.end("c").start("w0", 2)
        user.read().press("2", "meta enter")
        assert user.took(Control) == []
        assert [effect.source for effect in user.took(Submit)] == ["x = 12"]

    def test_it_may_begin_while_the_request_is_under_way(self) -> None:
        user = busy("x = 1").press("f3", "enter", "2", "meta enter")
        user.send(Replied(0, OkReply("error", "NotWaiting", "the cell does not wait any more", [])))
        assert user.message == "the cell does not wait any more"
        # what was typed is not lost
        assert user.press("up").text == "x = 12"

    def test_escape_leaves_it_as_it_was(self) -> None:
        user = busy("x = 1").press("f3", "enter", "2", "esc")
        assert user.text == ""
        assert user.write("y").press("meta enter").took(Submit)[0].source == "y"

    def test_what_is_being_typed_is_not_torn(self) -> None:
        user = busy("x = 1").write("typing").press("f3", "enter")
        assert user.text == "typing"
        assert "not empty" in user.message

    def test_all_clients_see_the_new_code(self) -> None:
        user = busy("x = 1")
        user.journal.add("cell_edited", "w0", code="x = 2\ny = 3")
        user.read()
        cell = user.state.transcript.cell("w0")
        assert cell is not None
        assert cell.source == ("x = 2", "y = 3")


class TestSkipped:
    def skipped(self) -> Client:
        user = busy("0", "1")
        user.journal.add("error", "c", ename="E", evalue="", traceback=[]).end("c", "error")
        user.journal.end("w0", "aborted").end("w1", "aborted")
        return user.read()

    def test_those_of_a_former_kernel_are_nobodys_any_more(self) -> None:
        user = self.skipped()
        user.journal.add("kernel_starting").add("kernel_started", pid=5, restarted=True)
        assert user.read().press("f3").state.panel is None
        user.journal.submit("d", "1/0").start("d", 1).submit("e", "2")
        user.journal.add("error", "d", ename="E", evalue="", traceback=[]).end("d", "error").end("e", "aborted")
        assert user.read().message == "a cell was skipped · F3 r runs it"

    def test_they_are_run_again_in_order(self) -> None:
        user = self.skipped()
        assert user.message == "2 cells were skipped · F3 r runs them"
        user.press("f3")
        assert panel(user)[0].startswith(" Queue: 0 waiting, 2 skipped")
        user.press("r")
        assert [effect.source for effect in user.took(Submit)] == ["0", "1"]
        assert user.state.panel is None
        # a fact of the session: no other client offers them again
        assert [effect.content for effect in user.took(Control)] == [DropRequest("w0"), DropRequest("w1")]
        user.journal.add("cells_dropped", cells=["w0"]).add("cells_dropped", cells=["w1"])
        user.read()
        assert user.press("f3").message == "no cell waits"

    def test_one_of_them_is_left_out(self) -> None:
        user = self.skipped().press("f3", "d")
        user.journal.add("cells_dropped", cells=["w0"])
        user.read().press("r")
        assert [effect.source for effect in user.took(Submit)] == ["1"]
        assert [effect.content for effect in user.took(Control)] == [DropRequest("w0"), DropRequest("w1")]


def test_who_sent_it() -> None:
    user = busy()
    theirs = Record(99, 0.0, "submitted", "m", "other_1", "supervisor", user.journal.records[3].content, {}, "ada")
    user.set(client="me").send(RecordsRead((theirs,), 99)).press("f3")
    assert panel(user)[1].endswith("ada")
    user.set(former=frozenset({"other"}))
    assert not panel(user)[1].endswith("ada")


@pytest.mark.parametrize(("cols", "rows"), [(20, 5), (40, 8), (80, 24), (250, 70)])
def test_it_fits_every_screen(cols: int, rows: int) -> None:
    user = busy(*[f"cell_number({number})" for number in range(40)], cols=cols, rows=rows).press("f3")
    for _ in range(41):
        check(user.press("j"))
    assert any("cell_number(39)" in row for row in lines(user)) or cols < 30


def test_a_client_that_only_looks_changes_nothing() -> None:
    user = busy("0", "1").set(read_only=True).press("f3", "d", "J", "r")
    assert user.took(Control) == user.took(Submit) == []


def test_typed_text_stays_while_it_is_open() -> None:
    user = busy("0").write("typing").press("f3", "x", "y")
    assert user.text == "typing"
