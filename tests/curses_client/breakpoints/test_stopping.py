"""Where the kernel has stopped is shown, and who types is left alone."""

from tests.curses_client.breakpoints.support import CELL, SCRIPT, Kernel, script, started, to_row
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.files.support import opened
from tests.curses_client.support import Client


def stopped(cols: int = 80, rows: int = 24) -> Kernel:
    """A client whose cell has stopped in the function of a script."""
    kernel = script(2, cols, rows)
    kernel.client.press("ctrl enter")
    started(kernel)
    return kernel.stop(("mean", CELL.format(0), 2), ("<module>", CELL.format(0), 1))


def test_the_line_is_marked_in_the_editor() -> None:
    client = stopped().client
    row = next(number for number, line in enumerate(lines(client)) if line.startswith("▸    total = sum(values)"))
    assert ("title", "    total = sum(values)") in [(attr, text.rstrip()) for attr, text in attributes(client, row)]
    assert client.state.editor.buffer.row == 2
    assert "stopped" in lines(client)[-1]
    check(client)


def test_who_has_pressed_nothing_since_has_the_keys_there() -> None:
    assert stopped().client.state.panes.focus == "debugger"


def test_who_types_goes_on_typing() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    started(kernel)
    client.set(now=client.state.now + 1).press("meta >", "x")
    kernel.stop(("mean", CELL.format(0), 2))
    assert client.state.panes.focus is None
    assert client.state.editor.buffer.row == 6
    assert any(line.endswith("F12 goes there") for line in lines(client))


def test_what_is_in_no_file_that_is_open_is_shown_beside() -> None:
    kernel = Kernel(Client("x = 1\ny = 2").press("meta *", "meta enter"))
    client = started(kernel)
    kernel.stop(("<module>", CELL.format(0), 2))
    rows = lines(client)
    assert any("In [1]:2" in row and row.endswith("the debugger") for row in rows)
    assert any(row.endswith("▸ y = 2") for row in rows)


def test_text_that_is_another_one_than_what_runs_is_not_marked() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    started(kernel)
    to_row(client, 2).write("# ")
    kernel.stop(("mean", CELL.format(0), 2))
    assert not any(row.startswith("▸") for row in lines(client))


def test_it_goes_with_the_cell() -> None:
    kernel = stopped()
    client = kernel.client
    kernel.go_on()
    assert client.state.panes.open == ("debugger",)
    assert any(row.startswith(" Going on") for row in lines(client))
    client.journal.end("c")
    client.read()
    assert client.state.panes.open == ()
    assert client.state.panes.focus is None
    assert not any(row.startswith("▸") for row in lines(client))


def test_a_kernel_that_dies_there() -> None:
    kernel = stopped()
    client = kernel.client
    client.journal.add("kernel_died", reason="it was killed", signal="SIGKILL")
    client.read()
    assert client.state.panes.open == ()
    assert client.state.session.stopped is None


def test_another_client_sees_it_and_can_look() -> None:
    journal = Client().journal
    journal.submit("c", "f()").start("c")
    journal.add("debug_event", "c", event="stopped", body={"threadId": 1, "reason": "breakpoint"})
    kernel = Kernel(Client(journal=journal))
    kernel.frames = [{"id": 1, "name": "f", "source": {"path": "/w/b.py"}, "line": 4}]
    assert kernel.answer() == ["debugInfo", "stackTrace", "scopes", "variables"]
    assert kernel.client.state.panes.focus is None
    assert any(row.startswith(" Stopped at b.py:4") for row in lines(kernel.client))


def test_who_has_not_run_the_cell_goes_on_typing() -> None:
    kernel = script(2)
    client = kernel.client.set(client="me").press("ctrl enter")
    started(kernel, cell="other_1")
    kernel.stop(("mean", CELL.format(0), 2))
    assert client.state.panes.focus is None


def test_one_that_only_looks_asks_nothing() -> None:
    client = opened(SCRIPT).set(read_only=True)
    client.journal.submit("c", "f()").start("c")
    client.journal.add("debug_event", "c", event="stopped", body={"threadId": 1, "reason": "breakpoint"})
    client.read()
    assert Kernel(client).answer() == []
    assert "stopped" in lines(client)[-1]


def test_an_exception_is_named() -> None:
    kernel = script(2, cols=120)
    kernel.client.press("ctrl enter")
    client = started(kernel)
    kernel.stop(("mean", CELL.format(0), 2), reason="exception")
    assert any(row.startswith(" Stopped at a.py:3 · exception") for row in lines(client))


def test_all_sizes() -> None:
    for cols, rows in ((1, 1), (20, 5), (40, 10), (80, 24), (250, 70)):
        check(stopped(cols, rows).client)
