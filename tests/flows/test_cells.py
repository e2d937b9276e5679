"""Running cells in the real program."""

import os
import re
import signal
import time
from collections.abc import Iterator

import pytest

from tests.home import Home
from tests.terminal import (
    ALT_ENTER,
    ALT_HOME,
    CTRL_C,
    CTRL_D,
    CTRL_U,
    ENTER,
    ESC,
    F8,
    F9,
    TAB,
    UP,
    WHEEL_UP,
    Terminal,
)


@pytest.fixture
def terminal(home: Home) -> Iterator[Terminal]:
    with Terminal(home) as made:
        made.ready()
        yield made


def test_a_cell_and_its_result(terminal: Terminal) -> None:
    terminal.run("6*7")
    terminal.see_line("╰ 42")
    terminal.see("1│ 6*7", "In [2]")


def test_a_cell_of_several_lines(terminal: Terminal) -> None:
    terminal.run("def double(x):")
    terminal.run("return x * 2")
    terminal.type(ENTER)
    terminal.see("1│ def double(x):", "│     return x * 2", "In [2]")
    terminal.run("double(21)")
    terminal.see_line("╰ 42")


def test_a_paste_is_run_when_it_is_wanted(terminal: Terminal) -> None:
    terminal.paste("total = 0\rfor i in range(10):\r    total += i\rprint('sum', total)")
    terminal.see("print('sum', total)", "Alt-Enter runs")
    terminal.type(ALT_ENTER)
    terminal.see_line("╰ sum 45")


def test_typing_and_queueing_while_a_long_cell_runs(terminal: Terminal) -> None:
    terminal.run("import time; print('began'); time.sleep(1)")
    terminal.see_line("╰ began")
    terminal.run("print('sec' + 'ond')")
    terminal.see("queued 1 of 1")
    terminal.run("print('th' + 'ird')")
    terminal.see("queued 2 of 2", "queue 2", "● busy")
    terminal.type("half a")
    terminal.see_line("half a")
    assert "second" not in terminal.text
    terminal.see_line("╰ second")
    terminal.see_line("╰ third")
    terminal.see_line("half a")
    terminal.ready()
    order = [terminal.text.index(text) for text in ("began\n", " second", " third")]
    assert order == sorted(order)


def test_an_interrupt(terminal: Terminal) -> None:
    terminal.run("while True: pass")
    terminal.type(ENTER)
    terminal.see("● busy")
    begin = time.monotonic()
    terminal.type(CTRL_C)
    terminal.see("╰ KeyboardInterrupt")
    terminal.ready()
    assert time.monotonic() - begin < 5
    terminal.run("'still' + ' there'")
    terminal.see_line("╰ 'still there'")


def test_an_error(terminal: Terminal) -> None:
    terminal.run("{}['key']")
    terminal.see("1✗ {}['key']", "╰ KeyError: 'key'")


def test_killed_and_restarted(terminal: Terminal) -> None:
    terminal.run("import os; os.getpid()")
    terminal.wait(lambda: re.search(r"╰ \d+$", terminal.text, re.MULTILINE), "a process id")
    found = re.search(r"╰ (\d+)$", terminal.text, re.MULTILINE)
    assert found is not None
    terminal.type("keep me")
    os.kill(int(found[1]), signal.SIGKILL)
    terminal.see("kernel died: SIGKILL", "✗ dead")
    terminal.see_line("keep me")
    terminal.type(F9)
    terminal.see("Restart the kernel?")
    terminal.type("y")
    terminal.see("kernel restarted")
    terminal.ready()
    terminal.type(CTRL_U)
    terminal.run("'again'.upper()")
    terminal.see_line("╰ 'AGAIN'")


def test_killed_by_its_own_cell(terminal: Terminal) -> None:
    terminal.run("import os; print('last words'); os.kill(os.getpid(), 11)")
    terminal.see("kernel died: SIGSEGV in cell 1")
    terminal.type(ALT_HOME)
    terminal.see_line("╰ last words")
    terminal.run("'waits' * 2")
    terminal.see("queued")
    terminal.type(F9)
    terminal.see("the waiting cell")
    terminal.type("y")
    terminal.see_line("╰ 'waitswaits'")


def test_a_restart_that_is_not_wanted(terminal: Terminal) -> None:
    terminal.run("kept = 'still here'")
    terminal.see("In [2]")
    terminal.type(F9)
    terminal.see("Restart the kernel?")
    terminal.type("n")
    terminal.run("kept")
    terminal.see_line("╰ 'still here'")


def test_input_and_getpass(terminal: Terminal) -> None:
    terminal.run("import getpass; name = input('Name: '); word = getpass.getpass('Word: ')")
    terminal.see("Name:", "input() is answered above")
    terminal.run("Ada")
    terminal.see("Name: Ada", "Word:")
    terminal.type("secret")
    terminal.see("Word: ••••••")
    terminal.type(ENTER)
    terminal.ready()
    terminal.run("name, len(word)")
    terminal.see_line("╰ ('Ada', 6)")
    assert b"secret" not in terminal.raw


def test_end_of_file_for_input(terminal: Terminal) -> None:
    terminal.run("input('? ')")
    terminal.see("input() is answered above")
    terminal.type(CTRL_D)
    terminal.see("EOFError")


def test_an_interrupt_while_input_waits(terminal: Terminal) -> None:
    terminal.run("input('? ')")
    terminal.see("input() is answered above")
    terminal.type(CTRL_C)
    terminal.see("KeyboardInterrupt")
    terminal.ready()


def test_completion(terminal: Terminal) -> None:
    terminal.run("alpha_one = 1; alpha_two = 2")
    terminal.see("In [2]")
    terminal.type("alp" + TAB)
    terminal.see("alpha_one", "alpha_two", "In [2]")
    terminal.see_line("alpha_")
    terminal.type(TAB + ENTER)
    terminal.see_line("alpha_two")
    terminal.type(ENTER)
    terminal.see_line("╰ 2")


def test_completion_while_the_kernel_is_busy(terminal: Terminal) -> None:
    terminal.run("alpha_one = 1; import time; print('began'); time.sleep(30)")
    terminal.see_line("╰ began")
    terminal.type("x = alpha_o" + TAB)
    terminal.see_line("x = alpha_one")
    terminal.type(CTRL_C)
    terminal.see("KeyboardInterrupt")


def test_help_while_typing_and_while_the_kernel_is_busy(terminal: Terminal) -> None:
    terminal.run("def scaled(values, *, by_factor=2):")
    terminal.type("'Values, scaled.'; return values" + ALT_ENTER)
    terminal.see("In [2]")
    terminal.run("import time; print('began'); time.sleep(60)")
    terminal.see_line("╰ began")
    terminal.type("scaled(")
    terminal.see("scaled(values, *, by_factor=2)")
    terminal.type("[1], byf" + TAB)
    terminal.see("by_factor=  param")
    terminal.type(ENTER + "3" + F8)
    terminal.see("scaled · documentation", "Values, scaled.")
    terminal.type(F8)
    terminal.see("scaled · source", "return values")
    terminal.type(CTRL_C)
    terminal.see("KeyboardInterrupt")


def test_history_goes_on_in_the_next_session(home: Home) -> None:
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.run("remembered = 12345")
        terminal.see("In [2]")
        terminal.type(UP)
        terminal.see_line("remembered = 12345")
        terminal.type(CTRL_U + CTRL_D)
        terminal.see("Leave?")
        terminal.type("q")
        assert terminal.exit() == 0
    with Terminal(home) as terminal:
        terminal.ready()
        terminal.press_until(UP, "remembered = 12345")


def test_keys_typed_before_the_program_reads_are_not_lost(home: Home) -> None:
    with Terminal(home, typed="6*7\r'typed' + ' ahead'\r") as terminal:
        terminal.see_line("╰ 42")
        terminal.see_line("╰ 'typed ahead'")


def test_output_is_scrolled_with_the_wheel(terminal: Terminal) -> None:
    terminal.run("for i in range(200): print('line', i)")
    terminal.type(ENTER)
    terminal.see_line("line 199")
    terminal.type(WHEEL_UP * 3)
    terminal.see_no("line 199")
    terminal.see("scrolled")
    terminal.type(ESC)
    terminal.see_line("line 199")


def test_a_flood_ends_with_its_last_line_and_keys_are_heard(terminal: Terminal) -> None:
    terminal.run("for i in range(200_000): print('line', i)")
    terminal.type(ENTER)
    terminal.see("● busy")
    terminal.type("typed meanwhile")
    terminal.see_line("typed meanwhile")
    terminal.see_line("line 199999")
    # 30 frames a second at most: a screen of 24 rows for each, not 200,000 lines
    assert len(terminal.raw) < 1 << 20


def test_sizes_while_output_runs(terminal: Terminal) -> None:
    terminal.run("import time")
    terminal.see("In [2]")
    terminal.run("for i in range(10**9): print('漢字', i, 'x' * (i % 300)); time.sleep(0.002)")
    terminal.type(ENTER)
    for cols, rows in ((20, 5), (80, 24), (250, 70), (40, 12), (1, 1), (80, 24)):
        terminal.resize(cols, rows)
        if rows > 1:
            terminal.wait(lambda: "●" in terminal.status_line, f"{cols}x{rows}")
    terminal.type("unhurt")
    terminal.see_line("unhurt")
    terminal.type(CTRL_C)
    terminal.see("KeyboardInterrupt")


def test_magics_help_and_commands(terminal: Terminal) -> None:
    terminal.run("!echo from the shell")
    terminal.see_line("╰ from the shell")
    terminal.run("%pwd")
    terminal.see("/work'")
    terminal.run("len?")
    terminal.see("Return the number of items in a container.")


def test_an_exception_group_says_what_it_is(terminal: Terminal) -> None:
    terminal.run("raise ExceptionGroup('many', [ValueError('first'), TypeError('second')])")
    terminal.see("ExceptionGroup: many", "first", "second", "✗")
