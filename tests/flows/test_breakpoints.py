"""Breakpoints in the real program, with debugpy in our kernel and in somebody else's."""

import json
import re
import sys
from collections.abc import Iterator

import pytest

from tests.home import Home
from tests.terminal import CTRL_C, CTRL_U, ENTER, ESC, Terminal

SCRIPT = """\
# %% functions
def mean(values):
    total = sum(values)
    return total / len(values)

# %% use
ages = [3, 4, 5]
found = mean(ages)
print("mean", found)
"""
BREAKPOINT, RUN_FILE, GO_TO_LINE, SCRATCH = "\x1b*", "\x1bR", "\x1bg", "\x1b1"


def marked(terminal: Terminal, sign: str) -> list[str]:
    """Return the lines of the editor with a sign in their margin."""
    return [line[1:].strip() for line in terminal.lines if line.startswith(sign)]


@pytest.fixture(params=["cshell", "python3", "xpython"])
def terminal(request: pytest.FixtureRequest, home: Home) -> Iterator[Terminal]:
    (home.work / "ages.py").write_text(SCRIPT)
    if request.param != "cshell":
        pytest.importorskip({"python3": "ipykernel", "xpython": "xeus_python_shell"}[request.param])
    kernel = () if request.param == "cshell" else ("--kernel", request.param)
    with Terminal(home, *kernel, "ages.py", cols=100, rows=34) as terminal:
        terminal.ready()
        terminal.see("total = sum(values)")
        yield terminal


def to_line(terminal: Terminal, number: int) -> None:
    terminal.type(f"{GO_TO_LINE}{number}{ENTER}")


def test_stop_step_look_and_go_on(terminal: Terminal) -> None:
    to_line(terminal, 3)
    terminal.type(BREAKPOINT)
    terminal.wait(lambda: marked(terminal, "●") == ["total = sum(values)"], "the breakpoint")
    terminal.type(RUN_FILE)
    terminal.see("Stopped at ages.py:3", "mean", "values: list  [3, 4, 5]")
    assert "stopped" in terminal.status_line
    assert marked(terminal, "▸")[-1:] == ["total = sum(values)"]
    # the call that it was called from, and back
    terminal.type("u")
    terminal.see("Called at ages.py:8", "ages: list  [3, 4, 5]")
    terminal.type("d")
    terminal.see("Stopped at ages.py:3")
    terminal.type("n")
    terminal.see("Stopped at ages.py:4", "total: int  12")
    terminal.type("e")
    terminal.see("evaluate")
    terminal.type(f"total * 2{ENTER}")
    terminal.see("total * 2: int  24")
    terminal.type("r")
    terminal.see("Stopped at ages.py:8")
    terminal.type("c")
    terminal.see("mean 4.0")
    terminal.wait(lambda: "idle" in terminal.status_line, "the end of the cell")
    terminal.see_no("Stopped at")


def test_stepping_in(terminal: Terminal) -> None:
    to_line(terminal, 8)
    terminal.type(BREAKPOINT + RUN_FILE)
    terminal.see("Stopped at ages.py:8")
    terminal.type("s")
    terminal.see("Stopped at ages.py:3", "values: list  [3, 4, 5]")
    terminal.type("x")
    terminal.see("mean 4.0")
    terminal.wait(lambda: "idle" in terminal.status_line, "the end of the cell")
    # it is still marked, and set again when it runs again
    assert marked(terminal, "●") == ["found = mean(ages)"]
    terminal.type(RUN_FILE)
    terminal.see("Stopped at ages.py:8")


def test_an_interrupt_ends_the_cell_where_it_stands(terminal: Terminal) -> None:
    if "xpython" in terminal.status_line:
        pytest.skip("xeus-python ends when it is interrupted at a breakpoint")
    to_line(terminal, 3)
    terminal.type(BREAKPOINT + RUN_FILE)
    terminal.see("Stopped at ages.py:3")
    terminal.type(CTRL_C)
    terminal.see("KeyboardInterrupt")
    terminal.wait(lambda: "idle" in terminal.status_line, "the end of the cell")
    terminal.see_no("Stopped at")


def test_a_function_of_the_scratch_buffer_and_a_condition(home: Home) -> None:
    with Terminal(home, cols=100, rows=34) as terminal:
        terminal.ready()
        terminal.paste("def double(n):\n    return 2 * n")
        terminal.type("\x1bx")
        terminal.see("command:")
        terminal.type(f"breakpoint-condition{ENTER}")
        terminal.see("stop here if")
        terminal.type(f"n == 7{ENTER}")
        terminal.wait(lambda: marked(terminal, "●") == ["return 2 * n"], "the breakpoint")
        terminal.type("\x1b\r")
        terminal.see("In [2]")
        terminal.run("sum(map(double, range(10)))")
        terminal.see("Stopped at In [1]:2", "n: int  7")
        assert marked(terminal, "▸") == []
        terminal.see("▸     return 2 * n")
        terminal.type("c")
        terminal.see("╰ 90")


def test_a_module_stops_where_its_file_is_marked(home: Home) -> None:
    (home.work / "shapes.py").write_text("def area(w, h):\n    size = w * h\n    return size\n")
    with Terminal(home, "shapes.py", cols=100, rows=34) as terminal:
        terminal.ready()
        terminal.see("size = w * h")
        to_line(terminal, 2)
        terminal.type(BREAKPOINT + SCRATCH)
        terminal.see("[scratch]")
        terminal.run("import shapes; shapes.area(6, 7)")
        terminal.see("Stopped at shapes.py:2", "w: int  6")
        terminal.wait(lambda: marked(terminal, "▸")[-1:] == ["size = w * h"], "the line in the file")
        terminal.type("c")
        terminal.see("╰ 42")


def test_who_comes_back_finds_it_where_it_stands(home: Home) -> None:
    (home.work / "ages.py").write_text(SCRIPT)
    with Terminal(home, "ages.py", cols=100, rows=34) as terminal:
        terminal.ready()
        terminal.see("total = sum(values)")
        to_line(terminal, 3)
        terminal.type(BREAKPOINT + RUN_FILE)
        terminal.see("Stopped at ages.py:3")
    with Terminal(home, "attach", cols=100, rows=34) as terminal:
        terminal.see("stopped", "values: list  [3, 4, 5]")
        terminal.type("\x1bx")
        terminal.see("command:")
        terminal.type(f"debug-continue{ENTER}")
        terminal.see("mean 4.0")
        terminal.wait(lambda: "idle" in terminal.status_line, "the end of the cell")


def test_a_kernel_without_a_debugger(home: Home) -> None:
    pytest.importorskip("bash_kernel", reason="bash_kernel is not installed")
    data = home.path / "jupyter"
    directory = data / "kernels" / "shell"
    directory.mkdir(parents=True)
    argv = [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"]
    (directory / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "shell", "language": "bash"}))
    environ = {"JUPYTER_DATA_DIR": str(data)}
    with Terminal(home, "--kernel", "shell", cols=100, rows=34, environ=environ) as terminal:
        terminal.ready()
        terminal.type("echo one" + BREAKPOINT)
        terminal.wait(lambda: marked(terminal, "●") == ["echo one"], "the breakpoint")
        terminal.type(ENTER)
        # bash_kernel says that it has one, as what it is made of does, and does not answer
        terminal.see("not run: the kernel has not answered the debug_request")
        terminal.wait(lambda: any(re.match(r".?echo one$", line.strip()) for line in terminal.lines), "the text again")
        terminal.type(CTRL_U + ESC)
