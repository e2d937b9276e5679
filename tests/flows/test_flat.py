"""The flat mode in the real program: on a terminal that only prints, and for who reads the screen aloud."""

import time

import pytest

from tests.home import Home
from tests.terminal import CTRL_D, Terminal


def use(terminal: Terminal) -> None:
    """Have it run something, fail, answer and leave."""
    terminal.see("the kernel is ready")
    terminal.type("6*7")
    terminal.see_line("In 1: 6*7")
    terminal.run("")
    terminal.see("Out 1: 42")
    terminal.run("1/0")
    terminal.see("error in 2: ZeroDivisionError: division by zero")
    terminal.wait(lambda: terminal.lines[terminal.cursor[1]] == "In 3:", "the line to type in")
    terminal.run("name = input('who? ')")
    terminal.wait(lambda: terminal.lines[terminal.cursor[1]] == "who?", "the question at the cursor")
    terminal.run("ada")
    terminal.wait(lambda: terminal.lines[terminal.cursor[1]] == "In 4:", "the next line")
    terminal.run("name")
    terminal.see("Out 4: 'ada'")
    terminal.type(CTRL_D)
    terminal.see("Leave? d detach, the session goes on, q quit")
    terminal.type("q")
    assert terminal.exit() == 0
    assert "ended]" in terminal.text


@pytest.mark.parametrize("kind", ["dumb", "", "unknown"])
def test_a_terminal_that_only_prints_is_sent_no_escape_sequence(home: Home, kind: str) -> None:
    with Terminal(home, environ={"TERM": kind}) as terminal:
        use(terminal)
        assert b"\x1b" not in terminal.raw
        assert terminal.modes.left_on == []


def test_for_a_screen_reader_no_screen_is_switched_to_and_nothing_is_drawn_over(home: Home) -> None:
    with Terminal(home, environ={"CSHELL_FLAT": "1"}) as terminal:
        use(terminal)
        assert b"?1049h" not in terminal.raw
        assert b"\x1b[2J" not in terminal.raw
        assert terminal.modes.left_on == []


def test_it_can_be_stopped_and_brought_back(home: Home) -> None:
    with Terminal(home, "-s", "work", environ={"TERM": "dumb"}) as terminal:
        terminal.see("the kernel is ready")
        terminal.run("x = 'here before'")
        terminal.wait(lambda: terminal.lines[terminal.cursor[1]] == "In 2:", "the next line")
        terminal.type(CTRL_D + "d")
        assert terminal.exit() == 0
    with Terminal(home, "attach", "work", environ={"TERM": "dumb"}) as terminal:
        terminal.see_line("In 1: x = 'here before'")
        terminal.run("x")
        terminal.see("Out 2: 'here before'")


def test_output_waits_for_the_end_of_a_word_that_is_typed(home: Home) -> None:
    with Terminal(home, environ={"CSHELL_FLAT": "1"}) as terminal:
        terminal.see("the kernel is ready")
        terminal.run("import time")
        terminal.wait(lambda: terminal.lines[terminal.cursor[1]] == "In 2:", "the next line")
        terminal.run("[(time.sleep(0.05), print('tick', i)) for i in range(60)] and None")
        terminal.see("tick 1")
        begin = len(terminal.raw)
        for number in range(1, len("value") + 1):
            typed = "value"[:number]
            terminal.type(typed[-1])
            terminal.wait(lambda typed=typed: terminal.raw.endswith(typed.encode()), "the letters as they are typed")
            # slower than what is printed
            time.sleep(0.1)
        assert b"tick" not in bytes(terminal.raw[begin:]).partition(b"v")[2]
        terminal.see("tick 59")
        terminal.wait(lambda: terminal.lines[terminal.cursor[1]] == "In 3: value", "the word below it")
