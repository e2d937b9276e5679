"""The pane of the variables: keys in, questions and screen out; the answers are those of the real source."""

import json
from collections import OrderedDict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.events import Ask, Control, Leave, Replied, SetTimer
from curses_client.inspected import Look
from curses_client.variables.asking import EXPRESSION
from curses_client.variables.source import listing, looking
from kernel.protocol.messages import (
    CreateSubshellReply,
    CreateSubshellRequest,
    DeleteSubshellRequest,
    ExecuteReply,
    OkReply,
)
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import Client, Journal

REFUSED = OkReply("error", "NoReply", "the kernel has not answered")


class Foreign:
    """An object of the user's whose own code must not be run for the list."""

    def __init__(self) -> None:
        self.x = 1

    def __repr__(self) -> str:
        raise AssertionError

    __len__ = __eq__ = __getattr__ = __repr__  # type: ignore[assignment]


class Kernel:
    """Answers what a client asks, evaluating what it sends as a kernel does."""

    def __init__(self, client: Client, has_subshells: bool = True, **names: Any) -> None:
        self.client, self.has_subshells, self.names = client, has_subshells, names
        self.asked: list[Ask] = []

    def serve(self) -> Client:
        """Answer until nothing is asked any more."""
        for _ in range(20):
            effects, self.client.effects = self.client.effects, []
            for effect in effects:
                self._answer(effect)
            if not self.client.effects:
                return self.client
        raise AssertionError("it never ends")

    def _answer(self, effect: Any) -> None:
        if isinstance(effect, SetTimer):
            self.client.effects.append(effect)
            self.client.expire().effects.remove(effect)
        elif isinstance(effect, Control) and isinstance(effect.content, CreateSubshellRequest):
            reply = CreateSubshellReply("sub") if self.has_subshells else REFUSED
            self.client.send(Replied(effect.tag, reply))
        elif isinstance(effect, Ask):
            self.asked.append(effect)
            self.client.send(Replied(effect.tag, self.reply(effect)))

    def reply(self, effect: Ask) -> ExecuteReply:
        """Return what a kernel says to a question."""
        request: Any = effect.content
        value = eval(request.user_expressions[EXPRESSION], {}, self.names)
        return told(repr(value))

    def press(self, *keys: str) -> list[str]:
        """Press keys, and return the rows of the pane when all is answered."""
        self.client.press(*keys)
        return pane(self.serve())


def told(text: str) -> ExecuteReply:
    return ExecuteReply("ok", 1, user_expressions={EXPRESSION: {"status": "ok", "data": {"text/plain": text}}})


def pane(client: Client) -> list[str]:
    area = next((area for name, area in _panes(client) if name == "variables"), None)
    check(client)
    return (
        []
        if area is None
        else [row[area.col : area.col + area.cols].rstrip() for row in lines(client)[area.row : area.row + area.rows]]
    )


def _panes(client: Client) -> Any:
    from curses_client.layout import layout

    return layout(client.state).panes


def user(cols: int = 80, rows: int = 24, has_subshells: bool = True, **names: Any) -> Kernel:
    return Kernel(Client(cols=cols, rows=rows), has_subshells, **names)


def table(everything: bool = False, **names: Any) -> dict[str, list[Any]]:
    """Return the rows of the list by name."""
    found = json.loads(eval(listing(everything=everything), {}, names))
    return {row[0]: row[1:] for row in found["rows"]}


class TestList:
    def test_a_row_a_variable(self) -> None:
        rows = user(b=[1, 2], a="text").press("meta E")
        assert rows[0].startswith(" Variables: 2 by name")
        assert [row.split() for row in rows[1:4]] == [
            ["name", "type", "shape", "size", "value"],
            ["a", "str", "4", f"{49 + 4}", "B", "'text'"],
            ["b", "list", "2", f"{[1, 2].__sizeof__() + 16}", "B", "[1,", "2]"],
        ]

    def test_it_is_asked_again_after_a_cell_and_once(self) -> None:
        kernel = user(a=1)
        kernel.press("meta E", "meta E")
        kernel.names["b"] = 2
        kernel.client.journal.cell("c", "b = 2")
        kernel.client.read()
        kernel.serve()
        assert [row.split()[0] for row in pane(kernel.client)[2:4]] == ["a", "b"]
        assert len(kernel.asked) == 2
        assert kernel.press("down")
        assert len(kernel.asked) == 2

    def test_questions_go_to_a_subshell_which_ends_with_the_pane(self) -> None:
        kernel = user(a=1)
        kernel.press("meta E")
        assert [ask.subshell for ask in kernel.asked] == ["sub"]
        kernel.client.press("esc")
        assert [effect.content for effect in kernel.client.took(Control)] == [DeleteSubshellRequest("sub")]

    def test_who_detaches_leaves_no_thread_behind(self) -> None:
        kernel = user(a=1)
        kernel.press("meta E", "meta E")
        kernel.client.press("ctrl d", "d")
        assert [type(effect) for effect in kernel.client.effects] == [Control, Leave]

    def test_without_subshells_a_busy_kernel_is_left_alone(self) -> None:
        kernel = user(has_subshells=False, a=1)
        kernel.client.journal.submit("c", "run()").start("c")
        kernel.client.read()
        assert kernel.press("meta E")[1] == " the kernel tells them when it is idle"
        assert kernel.asked == []
        kernel.client.journal.end("c")
        kernel.client.read()
        kernel.serve()
        assert [ask.subshell for ask in kernel.asked] == [None]
        assert pane(kernel.client)[2].split()[0] == "a"

    def test_nothing_is_asked_while_a_question_is_under_way(self) -> None:
        client = Client().press("meta E")
        client.expire()
        client.press("meta E", "meta E", "a", "enter", "down")
        assert len([effect for effect in client.effects if isinstance(effect, (Ask, Control))]) == 1

    def test_order_and_filter(self) -> None:
        kernel = user(a=[0] * 100, b="x", c=1, abc=2.5)
        kernel.press("meta E")
        names = lambda rows: [row.split()[0] for row in rows[2:] if row]  # noqa: E731
        assert names(kernel.press()) == ["a", "abc", "b", "c"]
        assert names(kernel.press("s")) == ["abc", "c", "a", "b"]
        assert names(kernel.press("s"))[0] == "a"
        assert names(kernel.press("s", "/", "a", "b")) == ["abc"]
        assert names(kernel.press("enter")) == ["abc"]
        assert names(kernel.press("esc")) == ["a", "abc", "b", "c"]
        assert kernel.press("esc") == []

    def test_modules_functions_and_classes_are_shown_by_a_key(self) -> None:
        kernel = user(m=json, f=len, C=Client, _x=1, a=1)
        assert kernel.press("meta E")[0].startswith(" Variables: 1 ")
        assert kernel.press("a")[0].startswith(" Variables: 5 ")

    def test_other_languages(self) -> None:
        client = Client(journal=Journal().session(lexer="r")).press("meta E")
        assert client.message == "only Python's kernels tell their variables"
        assert client.state.panes.open == ()


class TestSource:
    def test_code_of_the_users_is_not_run(self) -> None:
        foreign = Foreign()
        assert table(a=foreign, b=[foreign], c={"k": foreign})["a"] == ["Foreign", "", None, "x=1"]

    @pytest.mark.parametrize(
        ("value", "row"),
        [
            (1 << 5000, ["int", "", "an integer of 5001 bits"]),
            ("x" * 1000, ["str", "1000", "'" + "x" * 99]),
            ({}, ["dict", "0", "{}"]),
            (OrderedDict(a=(1, [2, [3]])), ["OrderedDict", "1", "{'a': (1, […])}"]),
            (range(3), ["range", "3", "range(0, 3)"]),
        ],
    )
    def test_values_are_short(self, value: object, row: list[str]) -> None:
        kind, shape, _, short = table(a=value)["a"]
        assert [kind, shape, short] == row

    def test_very_many_names_are_bounded(self) -> None:
        found = json.loads(eval(listing(everything=False), {}, {f"n{number}": 1 for number in range(3000)}))
        assert (len(found["rows"]), found["count"]) == (500, 3000)

    def test_what_holds_itself_ends(self) -> None:
        a: list[Any] = []
        a.append(a)
        assert table(a=a)["a"][3] == "[[[…]]]"


class TestOpening:
    def test_a_tree_level_by_level(self) -> None:
        kernel = user(a={"k": [1, (2,)], "s": "text"})
        kernel.press("meta E")
        assert kernel.press("enter")[1:3] == [" ▸ k: list  [1, (2)]", "   s: str  'text'"]
        assert kernel.press("right")[1:4] == [" ▾ k: list  [1, (2)]", "     0: int  1", "   ▸ 1: tuple  (2)"]
        assert kernel.press("left")[1:3] == [" ▸ k: list  [1, (2)]", "   s: str  'text'"]
        # a leaf is opened by itself
        assert kernel.press("down", "enter")[1] == " text"
        assert kernel.press("esc")[2] == "   s: str  'text'"
        assert kernel.press("esc")[0].startswith(" Variables")

    def test_a_level_has_so_many_items(self) -> None:
        kernel = user(a=list(range(1000)))
        kernel.press("meta E")
        kernel.press("enter")
        assert kernel.press("end")[-1].split() == ["…", "800", "more"]

    def test_others_say_what_they_are_only_when_asked(self) -> None:
        kernel = user(a=Foreign())
        kernel.press("meta E")
        assert kernel.press("enter")[1].startswith(" AssertionError")

    def test_a_variable_that_is_gone(self) -> None:
        kernel = user(a=1)
        kernel.press("meta E")
        del kernel.names["a"]
        assert kernel.press("enter")[1] == " there is no a any more"

    @pytest.mark.parametrize("cols", [20, 40, 80, 200])
    def test_a_table_by_pages(self, cols: int) -> None:
        np = pytest.importorskip("numpy")
        kernel = user(cols=cols, a=np.arange(300).reshape(100, 3))
        kernel.press("meta E")
        assert kernel.press("enter")[3].split()[:2] == ["0", "0"]
        first = kernel.press("page down")[3].split()
        assert int(first[1]) == 3 * int(first[0]) > 0
        assert kernel.press("end")[-1].split()[0] == "99"

    def test_a_table_is_sorted_and_filtered_by_the_kernel(self) -> None:
        pd = pytest.importorskip("pandas")
        kernel = user(df=pd.DataFrame({"a": range(50), "b": [number % 7 for number in range(50)]}))
        kernel.press("meta E")
        kernel.press("enter")
        assert kernel.press("right", "s", "s")[3].split() == ["6", "6", "6"]
        assert kernel.press("f", *"a > 47", "enter")[3:5] == [" 48     48      6", " 49     49      0"]
        assert kernel.press("f", "ctrl u", *"a >", "enter")[3] == " 48     48      6"
        assert kernel.client.message.startswith("SyntaxError")

    def test_an_array_is_filtered_by_its_values(self) -> None:
        np = pytest.importorskip("numpy")
        kernel = user(a=np.arange(20))
        kernel.press("meta E")
        kernel.press("enter")
        assert kernel.press("f", *"a > 17", "enter")[3:5] == [" 18     18", " 19     19"]

    @pytest.mark.parametrize(("cols", "rows"), [(20, 5), (20, 8), (40, 10), (250, 70)])
    def test_it_fits_every_screen(self, cols: int, rows: int) -> None:
        kernel = user(cols, rows, a={"数" * 30: "\x1b[31m\u202e" * 9}, b="\x1b]0;x\x07\n" * 9)
        kernel.press("meta E")
        for keys in (("enter",), ("down",), ("enter",), ("esc",), ("esc",), ("down", "enter"), ("page down",)):
            kernel.press(*keys)
            check(kernel.client)

    def test_the_mouse_selects_and_opens(self) -> None:
        kernel = user(a=1, b="text")
        kernel.press("meta E")
        row = next(number for number, row in enumerate(lines(kernel.client)) if row.startswith(" b "))
        kernel.client.click(1, 3, row)
        assert kernel.client.state.inspected.selected == "b"
        kernel.client.click(1, 3, row)
        kernel.serve()
        assert pane(kernel.client)[1] == " text"

    def test_the_wheel_goes_down(self) -> None:
        kernel = user(**{f"n{number:02}": number for number in range(40)})
        kernel.press("meta E")
        kernel.client.click(5, 3, 15)
        assert kernel.client.state.inspected.selected == "n03"


@given(st.text() | st.recursive(st.integers() | st.text(), lambda inner: st.lists(inner)).map(json.dumps).map(repr))
def test_no_answer_is_too_strange(text: str) -> None:
    client = Client().press("meta E").expire()
    client.send(Replied(client.took(Control)[-1].tag, CreateSubshellReply("sub")))
    client.send(Replied(client.asked.tag, told(text)))
    assert client.state.inspected.failure
    check(client)


def test_a_look_is_an_expression() -> None:
    assert json.loads(eval(looking(Look("a")), {}, {"a": 5})) == {"kind": "text", "type": "int", "text": "5"}


class TestAnotherKernel:
    def test_all_is_forgotten_but_how_the_user_looks_at_it(self) -> None:
        kernel = user(a=1)
        kernel.press("meta E", "s")
        kernel.client.journal.add("kernel_starting")
        kernel.client.read()
        state = kernel.client.state.inspected
        assert (state.variables, state.subshell, state.sort) == (None, None, "type")
        kernel.names = {"b": 2}
        kernel.client.journal.add("kernel_started", pid=3, restarted=True)
        kernel.client.read()
        kernel.serve()
        assert pane(kernel.client)[2].split()[0] == "b"

    def test_a_subshell_that_is_gone_is_made_anew(self) -> None:
        kernel = user(a=1)
        kernel.press("meta E")
        kernel.client.press("enter")
        gone = kernel.client.took(Ask)[-1]
        kernel.client.send(Replied(gone.tag, OkReply("error", "SubshellNotFound", "there is no subshell")))
        kernel.serve()
        assert pane(kernel.client)[1] == " 1"
        assert [ask.subshell for ask in kernel.asked] == ["sub", "sub"]

    def test_an_answer_to_what_was_left_changes_nothing(self) -> None:
        kernel = user(a={"k": 1})
        kernel.press("meta E")
        kernel.client.press("enter")
        asked = kernel.client.took(Ask)[-1]
        kernel.client.press("esc").send(Replied(asked.tag, kernel.reply(asked)))
        assert kernel.client.state.inspected.views == ()
        assert pane(kernel.client)[0].startswith(" Variables: 1")
