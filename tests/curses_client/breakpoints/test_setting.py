"""What the kernel is told of breakpoints before a cell runs, and when they change."""

from curses_client.events import Submit
from tests.curses_client.breakpoints.support import CELL, PATH, SCRIPT, Kernel, script, to_row
from tests.curses_client.files.support import opened
from tests.curses_client.support import Client


def test_without_one_a_cell_runs_at_once_and_nobody_asks_the_debugger() -> None:
    kernel = Kernel(opened(SCRIPT).press("meta enter"))
    assert len(kernel.client.took(Submit)) == 1
    assert kernel.answer() == []


def test_a_cell_waits_until_they_are_set() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    assert client.took(Submit) == []
    assert client.message == "setting breakpoints …"
    assert kernel.answer() == [
        "debugInfo",
        "initialize",
        "attach",
        "configurationDone",
        "setBreakpoints",
        "dumpCell",
        "setBreakpoints",
    ]
    assert kernel.set_in(PATH) == [{"line": 3}]
    assert kernel.set_in(CELL.format(0)) == [{"line": 2}]
    (submitted,) = client.took(Submit)
    assert submitted.source == SCRIPT.partition("\n# %% two")[0].partition("\n")[2]
    assert client.message == ""


def test_what_is_known_is_not_told_again() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    kernel.answer()
    client.took(Submit)
    client.press("ctrl enter")
    assert kernel.answer() == []
    assert len(client.took(Submit)) == 1


def test_the_lines_are_those_of_what_is_run() -> None:
    kernel = script(6)
    client = kernel.client.press("ctrl enter")
    kernel.answer()
    assert [cell.source for cell in client.took(Submit)] == ["mean([1, 2])"]
    # the cell begins behind its mark and an empty line
    assert kernel.set_in(CELL.format(0)) == [{"line": 1}]


def test_of_a_whole_file_each_cell_has_its_own_and_the_order_stays() -> None:
    kernel = script(2)
    client = kernel.client
    to_row(client, 6).press("meta *", "meta R")
    kernel.answer()
    assert [cell.source.partition("(")[0] for cell in client.took(Submit)] == ["def mean", "mean"]
    assert kernel.set_in(CELL.format(0)) == [{"line": 2}]
    assert kernel.set_in(CELL.format(1)) == [{"line": 1}]


def test_what_is_run_meanwhile_comes_after_it() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    to_row(client, 6).press("ctrl enter")
    assert client.took(Submit) == []
    kernel.answer()
    assert [cell.source.partition("(")[0] for cell in client.took(Submit)] == ["def mean", "mean"]


def test_a_line_alone_and_a_selection() -> None:
    kernel = script(6)
    kernel.client.press("meta l")
    kernel.answer()
    assert kernel.set_in(CELL.format(0)) == [{"line": 1}]
    kernel = script(2)
    to_row(kernel.client, 1).press("home", "shift down", "shift down", "shift down", "meta l")
    kernel.answer()
    assert kernel.set_in(CELL.format(0)) == [{"line": 2}]


def test_the_scratch_buffer() -> None:
    kernel = Kernel(Client("x = 1\ny = 2").press("meta *", "meta enter"))
    assert kernel.answer()[4:] == ["dumpCell", "setBreakpoints"]
    assert kernel.set_in(CELL.format(0)) == [{"line": 2}]
    assert [cell.source for cell in kernel.client.took(Submit)] == ["x = 1\ny = 2"]


def test_a_condition_is_told() -> None:
    kernel = Kernel(to_row(opened(SCRIPT), 2))
    client = kernel.client.press("f1").write("breakpoint with a condition").press("enter").write("total > 2")
    client.press("enter", "ctrl enter")
    kernel.answer()
    assert kernel.set_in(CELL.format(0)) == [{"line": 2, "condition": "total > 2"}]


def test_one_that_is_taken_away_while_the_debugger_is_at_work() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    kernel.answer()
    to_row(client, 2).press("meta *")
    assert kernel.answer() == ["setBreakpoints", "setBreakpoints"]
    assert kernel.set_in(PATH) == []
    assert kernel.set_in(CELL.format(0)) == []


def test_all_that_are_taken_away_end_it() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    kernel.answer()
    client.press("f1").write("breakpoints-clear").press("enter")
    assert kernel.answer() == ["disconnect"]
    client.took(Submit)
    client.press("ctrl enter")
    assert len(client.took(Submit)) == 1


def test_what_is_run_while_it_ends_begins_it_again() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    kernel.answer()
    client.took(Submit)
    client.press("f1").write("breakpoints-clear").press("enter")
    to_row(client, 2).press("meta *", "ctrl enter")
    assert kernel.answer()[:3] == ["disconnect", "debugInfo", "initialize"]
    assert len(client.took(Submit)) == 1


def test_a_file_here_is_none_on_another_machine() -> None:
    kernel = script(2)
    kernel.client.set(host="far").press("ctrl enter")
    kernel.answer()
    assert kernel.set_in(PATH) == []
    assert kernel.set_in(CELL.format(0)) == [{"line": 2}]


def test_another_kernel_knows_none_of_them() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    kernel.answer()
    client.took(Submit)
    client.journal.add("kernel_started", pid=3, restarted=True)
    client.read().press("ctrl enter")
    assert kernel.answer()[:2] == ["debugInfo", "initialize"]


def test_what_another_client_has_begun_goes_on() -> None:
    kernel = script(2)
    kernel.info = {"isStarted": True, "breakpoints": [{"source": PATH, "breakpoints": [{"line": 3}]}]}
    kernel.client.press("ctrl enter")
    assert kernel.answer() == ["debugInfo", "setBreakpoints", "dumpCell", "setBreakpoints"]
    assert kernel.set_in(PATH) == [{"line": 3}]


def test_a_breakpoint_that_another_client_has_set_in_a_cell_is_taken_away() -> None:
    kernel = script(2)
    kernel.info = {"isStarted": True, "breakpoints": [{"source": CELL.format(0), "breakpoints": [{"line": 2}]}]}
    client = kernel.client.press("ctrl enter")
    kernel.answer()
    kernel.client.took(Submit)
    to_row(client, 2).press("meta *", "ctrl enter")
    kernel.answer()
    assert kernel.set_in(CELL.format(0)) == []
