"""Where the kernel has stopped, in words."""

from curses_client.flat.changes import changes
from curses_client.state import State
from tests.curses_client.breakpoints.support import CELL, script, started


def test_the_place_is_said_with_its_line_and_the_selected_row() -> None:
    kernel = script(2)
    client = kernel.client.press("ctrl enter")
    before: State = started(kernel).state
    kernel.stop(("mean", CELL.format(0), 2), ("<module>", CELL.format(0), 1))
    assert changes(before, client.state) == [
        "stopped at a.py:3 in mean: total = sum(values)",
        "debugger: n next line, s into the call, r out of it, c goes on, e evaluates, Esc goes to the editor",
        "1 of 5: call a.py:3 mean",
    ]
    before = client.state
    client.press("down")
    assert changes(before, client.state) == ["2 of 5: values, list, [1, 2]"]
    before = client.state
    kernel.go_on()
    assert changes(before, client.state) == []
