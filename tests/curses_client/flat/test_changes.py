"""Typing, questions, completion and the rest in the flat mode, as it is read on the terminal."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import FileRead, Pasted, Ticked
from curses_client.flat.changes import changes, greeting
from curses_client.flat.pauses import pause
from curses_client.inspected import Grid, Inspected, Look, Node, Text, Tree, Variable, View
from tests.curses_client.files.support import CELLS, document
from tests.curses_client.flat.printing import Printer
from tests.curses_client.support import NOON, Client, Journal


def test_a_line_is_typed_at_the_bottom() -> None:
    printer = Printer().write("pritn")
    assert printer.marked == "In 1: pritn|"
    assert printer.press("backspace", "backspace").write("nt").marked == "In 1: print|"
    assert printer.press("home").marked == "In 1: |print"
    assert printer.press("right").write("X").marked == "In 1: pX|rint"


def test_what_is_run_stays_and_its_result_is_below() -> None:
    printer = Printer().write("6*7").press("enter")
    printer.user.journal.submit("c", "6*7").start("c").add(
        "execute_result", "c", data={"text/plain": "42"}, execution_count=1
    ).end("c")
    assert printer.read().lines[-3:] == ["In 1: 6*7", "Out 1: 42", "In 2:"]


def test_lines_of_a_cell_follow_each_other() -> None:
    printer = Printer().write("if x:").press("ctrl o").write("y")
    assert printer.lines[-2:] == ["In 1: if x:", "line 2:     y"]
    assert printer.press("up").lines[-1].startswith("In 1: if x:")


def test_a_paste_can_be_read() -> None:
    printer = Printer()
    printer.user.send(Pasted("a = 1\nb = 2\nc = 3"))
    assert printer.print().lines[-3:] == ["In 1: a = 1", "line 2: b = 2", "line 3: c = 3"]


def test_while_a_cell_runs_nothing_is_asked_for() -> None:
    printer = Printer()
    printer.user.journal.submit("c", "slow()").start("c")
    assert printer.read().lines[-1] == ""
    assert printer.write("x").lines[-1] == "In 2: x"


def test_what_comes_while_one_types_leaves_the_line_as_it_is() -> None:
    printer = Printer().write("half")
    printer.user.journal.cell("c", "print(1)", "1\n")
    assert printer.read().press("left").lines[-2] == "1"
    assert printer.marked == "In 2: hal|f"


def test_completions_are_a_line() -> None:
    printer = Printer().write("on").press("tab")
    printer.user.offer("once", "only", "one")
    assert printer.print().lines[-2:] == ["completions: once, only, one (1 of 3)", "In 1: on"]
    assert printer.press("tab").lines[-2] == "only (2 of 3)"
    assert printer.press("enter").marked == "In 1: only|"


def test_many_completions_are_not_all_read() -> None:
    printer = Printer().write("n").press("tab")
    printer.user.offer(*(f"n{number}" for number in range(50)))
    assert printer.print().lines[-2] == "completions: n0, n1, n2, n3, n4, n5, n6, n7, and more (1 of 50)"


def test_a_question_and_its_answers() -> None:
    printer = Printer().press("f9")
    assert printer.lines[-2:] == ["Restart the kernel? y yes, its variables are lost, Esc no", "answer:"]
    assert printer.press("esc").lines[-1] == "In 1:"


def test_a_message() -> None:
    printer = Printer().press("ctrl c")
    assert printer.lines[-2] == "nothing runs · Ctrl-D leaves"
    printer.user.send(Ticked(NOON + 60))
    assert printer.print().lines[-2] == "nothing runs · Ctrl-D leaves"


def test_a_question_of_input_is_answered_behind_it() -> None:
    printer = Printer()
    printer.user.journal.submit("c", "input()").start("c").add("input_wanted", "c", request="r", prompt="who? ")
    assert printer.read().write("ada").marked == "who? ada|"
    assert printer.press("enter").lines[-2] == "who? ada"


def test_a_password_is_not_read_out() -> None:
    printer = Printer()
    printer.user.journal.submit("c", "x").start("c")
    printer.user.journal.add("input_wanted", "c", request="r", prompt="pass: ", password=True)
    assert printer.read().write("geheim").marked == "pass: ••••••|"


def test_reading_puts_the_line_at_the_cursor() -> None:
    printer = Printer(Client(journal=Journal().session().cell("c", "x", "one\ntwo\nthree\n")))
    printer.press("f5")
    assert printer.lines[-2] == "reading the output, q leaves"
    assert printer.press("g").marked == "reading: |x"
    assert printer.press("down").marked == "reading: |one"
    assert printer.press("q").marked == "In 2: |"


def test_a_line_that_is_searched_for() -> None:
    printer = Printer(Client(journal=Journal().session().cell("c", "x", "one\n"))).press("f5", "/").write("on")
    assert printer.marked == "search: on|"


def test_the_queue() -> None:
    journal = Journal().session().submit("a", "slow()").start("a").submit("b", "one()").submit("c", "two()")
    printer = Printer(Client(journal=journal)).press("f3")
    assert printer.lines[-3:-1] == ["queue: Enter edits, d drops, J and K move", "1 of 2: one()"]
    assert printer.press("down").lines[-2] == "2 of 2: two()"


def test_the_variables() -> None:
    table = Grid(("r",), ("a", "b"), ("int64", "str"), (("1", "x"),), 1, 1, 2)
    tree = Tree((Node((0,), "k", "list", "[1]"), Node((1,), "m", "int", "2")))
    found = (Variable("a", "dict", "1", 64, "{}"), Variable("b", "int", value="3"))
    printer = Printer(Client().set(inspected=Inspected(found, 2))).press("meta E")
    assert printer.lines[-3:-1] == ["variables: Enter opens, Esc goes back", "1 of 2: a, dict, 1, {}"]
    assert printer.press("down").lines[-2] == "2 of 2: b, int, 3"
    for body, said in ((table, "r: a 1, b x"), (tree, "1 of 2: k, list, [1]"), (Text(("hello",)), "hello")):
        view = View(Look("a"), "a", body=body)
        before = printer.user.state
        after = replace(before, inspected=Inspected(found, 2, views=(view,)))
        assert changes(before, after) == [said]


def test_the_help_in_pages() -> None:
    printer = Printer().press("f1", "f1")
    assert "Enter: run a complete cell, else make a new line" in printer.lines
    count = len(printer.lines)
    printer.press(" ")
    assert len(set(printer.lines)) > count
    assert printer.lines.count("Enter: run a complete cell, else make a new line") == 1


def test_a_restart() -> None:
    printer = Printer()
    printer.user.journal.add("kernel_starting")
    printer.read()
    printer.user.journal.add("kernel_started", pid=3)
    printer.read()
    assert [line for line in printer.lines if "kernel" in line][-1] == "the kernel is ready"


def test_a_line_that_is_lost_and_back() -> None:
    printer = Printer()
    printer.user.set(line="line lost · trying again")
    assert printer.print().lines[-2] == "line lost · trying again"
    printer.user.set(line="")
    assert printer.print().lines[-2] == "the line is back"


def test_the_file_its_tab_and_its_cell_are_named() -> None:
    printer = Printer()
    printer.user.send(FileRead("/w/a.py", document(CELLS)))
    assert printer.print().lines[-3:-1] == ["in the editor: a.py, tab 2 of 2", "cell 1 of 3: one"]
    assert printer.press("down").lines.count("cell 1 of 3: one") == 1
    assert printer.press("ctrl page down").lines[-2] == "cell 2 of 3"
    assert printer.press("ctrl page down").lines[-2] == "cell 3 of 3: three"
    count = len(printer.lines)
    assert printer.press("meta 1").lines[-2] == "in the editor: the scratch buffer, tab 1 of 2"
    assert printer.press("meta 2").lines[-3:-1] == ["in the editor: a.py, tab 2 of 2", "cell 3 of 3: three"]
    assert len(printer.lines) == count + 3, "no line of one is said as if it was passed in the other"
    assert greeting(printer.user.state)[1:] == ["in the editor: a.py, tab 2 of 2", "cell 3 of 3: three"]
    assert printer.press("meta k").lines[-2] == "in the editor: the scratch buffer"


def test_a_file_that_is_one_cell_has_no_number() -> None:
    printer = Printer()
    printer.user.send(FileRead("/w/a.py", document("a\nb")))
    assert printer.print().press("down").lines[-3:-1] == ["in the editor: a.py, tab 2 of 2", "In 1: a"]


@pytest.mark.parametrize(
    ("typed", "later", "waits"),
    [("pri", 0.2, 0.8), ("pri", 2, 0), ("pri ", 0.2, 0), ("x_", 0, 1), ("", 0, 0), ("(", 0, 0)],
)
def test_output_waits_for_the_end_of_a_word(typed: str, later: float, waits: float) -> None:
    assert pause(Client().write(typed).state, NOON + later) == pytest.approx(waits)


KEYS = st.sampled_from(
    [
        "a",
        "b",
        " ",
        "漢",
        "left",
        "right",
        "home",
        "end",
        "up",
        "down",
        "ctrl o",
        "backspace",
        "ctrl u",
        "ctrl k",
        "delete",
    ]
)


@given(st.lists(KEYS, max_size=30), st.booleans(), st.sampled_from([8, 20, 80]))
@settings(max_examples=60, deadline=None)
def test_the_last_line_is_always_the_one_being_typed(keys: list[str], erases: bool, cols: int) -> None:
    printer = Printer(Client(cols=cols), erases=erases)
    for key in keys:
        printer.press(key)
        buffer = printer.user.state.editor.buffer
        line = buffer.lines[buffer.row]
        if len(line) * 2 + 12 < cols:
            begin = "In 1: " if not buffer.row else f"line {buffer.row + 1}: "
            assert printer.marked.replace("|", "").rstrip() == (begin + line).rstrip()
        assert len(printer.lines) < 390


@pytest.mark.parametrize("cols", [1, 5, 20])
def test_a_narrow_terminal_does_no_harm(cols: int) -> None:
    printer = Printer(Client(cols=cols)).write("a long line of text").press("home", "right", "end")
    printer.press("f9", "esc", "f1", "esc")
