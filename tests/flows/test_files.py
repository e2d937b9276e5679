"""Files in the editor of the real program."""

import json
import signal

import pytest

from tests.home import Home
from tests.terminal import ALT_ENTER, CTRL_D, ENTER, Terminal

ALT_S, ALT_O = "\x1bs", "\x1bo"
CELLS = "# %% one\nx = 6 * 7\nprint(x)\n\n# %% two\nprint('two', x)\n"


def kept(home: Home, text: str) -> bool:
    """Whether a client has written this down."""
    return any(text in path.read_text() for path in (home.state / "cshell" / "swap").glob("*.json"))


def test_cells_are_run_and_the_file_is_saved(home: Home) -> None:
    path = home.work / "cells.py"
    path.write_text(CELLS)
    with Terminal(home, "cells.py") as terminal:
        terminal.ready()
        terminal.see("[cells.py]", "# %% one ───")
        terminal.type(ALT_ENTER)
        terminal.see("╰ 42")
        terminal.type(ALT_ENTER)
        terminal.see("╰ two 42")
        terminal.type("# the end")
        terminal.see("[cells.py +]")
        terminal.type(ALT_S)
        terminal.see("saved cells.py", "[cells.py]")
        assert path.read_text() == CELLS.replace("print('two', x)\n", "print('two', x)# the end\n")


def test_what_was_not_saved_is_recovered_after_a_kill(home: Home) -> None:
    path = home.work / "a.py"
    path.write_text("first\n")
    with Terminal(home, "./a.py") as terminal:
        terminal.ready()
        terminal.see("[a.py]")
        terminal.type("changed ")
        terminal.wait(lambda: kept(home, "changed first"), "the text on the disk")
        terminal.kill(signal.SIGKILL)
        terminal.exit()
    with Terminal(home, "attach") as terminal:
        # it is there as it was left
        terminal.see("changed first", "[a.py +]", "recovered")
        terminal.type(ALT_S)
        terminal.see("saved a.py")
        assert path.read_text() == "changed first\n"
        assert not kept(home, "changed")


def test_somebody_else_changes_a_file(home: Home) -> None:
    path = home.work / "a.py"
    path.write_text("mine\n")
    with Terminal(home, "a.py") as terminal:
        terminal.ready()
        terminal.see("[a.py]")
        path.write_text("theirs\n")
        terminal.see("a.py was changed by somebody else; this is how it is now", "theirs")
        terminal.type("x")
        terminal.see("xtheirs")
        path.write_text("theirs again\n")
        terminal.see("nothing is written over it unasked")
        terminal.type(ALT_S)
        terminal.see("o write over it")
        terminal.type("r")
        terminal.see("theirs again")
        assert path.read_text() == "theirs again\n"


def test_leaving_asks_for_what_is_not_saved(home: Home) -> None:
    with Terminal(home, "./new.py") as terminal:
        terminal.ready()
        terminal.see("new.py is new")
        terminal.type("x = 1")
        terminal.see("[new.py +]")
        terminal.type("\x1b1")
        terminal.see("[scratch]")
        terminal.type(CTRL_D)
        terminal.see("1 file is not saved, but kept")
        terminal.type("s")
        terminal.see("saved new.py")
        terminal.type(CTRL_D)
        terminal.see("Leave?")
        terminal.type("d")
        assert terminal.exit() == 0
    assert (home.work / "new.py").read_text() == "x = 1\n"


PIPED = """\
import os, sys
reading, writing = os.pipe()
os.write(writing, b"x = 6\\ny = 7")
os.close(writing)
os.dup2(reading, 0)
from curses_client.__main__ import main
sys.exit(main())
"""


def test_a_pipe_is_read_into_the_scratch_buffer_and_the_keys_come_from_the_terminal(home: Home) -> None:
    with Terminal(home, "-", command=("-c", PIPED)) as terminal:
        terminal.ready()
        terminal.see("x = 6", "y = 7")
        terminal.type(ALT_ENTER)
        terminal.run("x * y")
        terminal.see("42")


def test_a_file_is_opened_at_a_line(home: Home) -> None:
    (home.work / "a.py").write_text("".join(f"line_{number}\n" for number in range(1, 60)))
    with Terminal(home, "+40", "a.py") as terminal:
        terminal.see("line_40")
        terminal.wait(lambda: "line_40" in terminal.lines[terminal.cursor[1]], "the cursor in the line")


def test_nobody_waits_for_a_notebook_that_is_read_or_saved(home: Home) -> None:
    pytest.importorskip("jupytext", reason="notebooks need Jupytext")
    path = home.work / "a.ipynb"

    def source() -> str:
        return "".join(json.loads(path.read_text())["cells"][0]["source"])

    cells = [
        {"cell_type": "code", "id": "a", "source": "x = 1", "metadata": {}, "outputs": [], "execution_count": None}
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.type(f"\x1boa.ipynb{ENTER}y = 2")
        # it was typed into the scratch buffer before the notebook was there
        terminal.see("y = 2")
        terminal.see("[a.ipynb]", "x = 1")
        terminal.type("\x1b>")
        # the second one waits for the first
        for letter in "bcd":
            terminal.type(f"{letter}\x1bs")
        terminal.see("saved a.ipynb")
        terminal.wait(lambda: source() == "x = 1bcd", "what was typed last")
        terminal.type("e\x1bs")
        terminal.see("saving a.ipynb")
        terminal.type("\x1b1\x15" + CTRL_D)
        terminal.see("Leave?")
        terminal.type("q")
        terminal.exit()
    assert source() == "x = 1bcde"
