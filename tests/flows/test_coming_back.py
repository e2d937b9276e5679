"""Coming back, and others who are there: on real screens."""

import re
import signal

import pytest

from tests.home import Home
from tests.terminal import CTRL_D, ENTER, Terminal

ALT_ENTER = "\x1b\r"
F3, F4, F9 = "\x1bOR", "\x1bOS", "\x1b[20~"
CRASH = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"


def kept(home: Home, text: str) -> bool:
    """Whether a client has written this down."""
    return any(text in path.read_text() for path in (home.journals / "work" / "clients").glob("*.json"))


class TestTypedText:
    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
    def test_what_was_typed_comes_back(self, home: Home, how: int) -> None:
        with Terminal(home) as terminal:
            terminal.ready()
            terminal.paste("def half_typed(\n    arg")
            terminal.see("half_typed(")
            terminal.wait(lambda: kept(home, "half_typed"), "the text on the disk")
            terminal.kill(how)
            terminal.exit()
        with Terminal(home, "attach") as terminal:
            terminal.ready()
            terminal.see("def half_typed(", "    arg")
            terminal.type("=1):\r  pass" + ALT_ENTER)
            terminal.see("│ def half_typed(", "arg=1):")

    def test_two_clients_have_their_own(self, home: Home) -> None:
        with Terminal(home) as one:
            one.ready()
            one.type("mine")
            one.see("mine")
            one.wait(lambda: kept(home, "mine"), "the text on the disk")
            with Terminal(home, "attach") as two:
                two.ready()
                assert "mine" not in two.text

    def test_a_detached_text_comes_back_at_its_cursor(self, home: Home) -> None:
        with Terminal(home) as terminal:
            terminal.ready()
            terminal.type("ad\x1b[D")
            # F10 asks; Ctrl-D would delete
            terminal.type("\x1b[21~")
            terminal.see("Leave?")
            terminal.type("d")
            assert terminal.exit() == 0
        with Terminal(home, "attach") as terminal:
            terminal.ready()
            terminal.type("n")
            terminal.see_line("and")


class TestAway:
    def test_cells_that_ended_while_nobody_looked(self, home: Home) -> None:
        with Terminal(home) as terminal:
            terminal.ready()
            marker = home.path / "go"
            terminal.paste(f"import os, time\nwhile not os.path.exists({str(marker)!r}): time.sleep(0.01)")
            terminal.type(ALT_ENTER)
            terminal.see("● busy")
            terminal.run("1/0")
            terminal.see("queued 1 of 1")
            terminal.wait(lambda: kept(home, '"seen"'), "the client's file")
            terminal.hang_up()
            terminal.exit()
        marker.touch()
        terminal.wait(lambda: " idle" in home.run("ls").stdout, "an idle kernel")
        with Terminal(home, "attach") as terminal:
            terminal.see("you were away")
            assert re.search(r"you were away \d+ s: 1 cell finished, 1 failed", terminal.text)


class TestSeveral:
    def test_each_sees_what_the_other_runs_and_who_it_was(self, home: Home) -> None:
        ada, bob = {"USER": "ada"}, {"USER": "bob"}
        with Terminal(home, environ=ada) as one:
            one.ready()
            with Terminal(home, "attach", environ=bob) as two:
                two.ready()
                one.run("'from ada'")
                theirs = re.compile(r"│ 'from ada'.* ada\b")
                two.wait(lambda: any(map(theirs.search, two.lines)), "the cell and its sender")
                one.see("│ 'from ada'")
                assert not any(map(theirs.search, one.lines))
                two.run("print('asks', input('? '))")
                one.see("asks for input", " bob ")

    def test_any_answers_interrupts_and_restarts(self, home: Home) -> None:
        with Terminal(home) as one:
            one.ready()
            one.run("print('answered', input('name? '))")
            with Terminal(home, "attach") as two:
                two.see("name?")
                two.run("by two")
                one.see("answered by two")
                one.see_no("answered elsewhere")
                one.run("while True: pass")
                two.see("● while True: pass")
                two.type("\x03")
                one.see("KeyboardInterrupt")
                two.type(F9)
                two.see("Restart the kernel?")
                two.type("y")
                one.see("kernel restarted")

    def test_one_that_only_looks(self, home: Home) -> None:
        with Terminal(home) as one:
            one.ready()
            one.run("print('shown')")
            with Terminal(home, "attach", "--read-only") as looks:
                looks.see("╰ shown", "read-only")
                looks.type("1 + 1\r")
                looks.see("only looks")
                looks.type(CTRL_D)
                looks.see("d detach")
                assert "q quit" not in looks.text
                looks.type("d")
                assert looks.exit() == 0
            one.run("'still there'")
            one.see("╰ 'still there'")

    def test_a_stopped_client_disturbs_nobody(self, home: Home) -> None:
        with Terminal(home) as one:
            one.ready()
            with Terminal(home, "attach") as two:
                two.ready()
                two.kill(signal.SIGSTOP)
                one.run("for i in range(30000): print('line', i)")
                one.see("line 29999")
                one.ready()
                two.kill(signal.SIGCONT)
                two.see("line 29999")


class TestQueue:
    def test_a_waiting_cell_is_dropped_and_another_edited(self, home: Home) -> None:
        with Terminal(home) as terminal:
            terminal.ready()
            terminal.run("input('wait ')")
            terminal.see("input() is answered above")
            terminal.type("\x1b")
            terminal.see("F2 answers")
            for code in ("'one'", "'two'", "'three'"):
                terminal.run(code)
            terminal.see("queued 3 of 3")
            terminal.type(F3)
            terminal.see("Queue: 3 waiting")
            terminal.type("d")
            terminal.see("Queue: 2 waiting")
            terminal.type("j" + ENTER)
            terminal.see("queued cell 2")
            terminal.type(" + ' edited'" + ALT_ENTER)
            terminal.see("┊ 'three' + ' edited'")
            terminal.type("\x1bOQ")
            terminal.run("")
            terminal.see("╰ 'two'", "╰ 'three edited'")
            assert "╰ 'one'" not in terminal.text


class TestDeath:
    def test_restart_and_run_the_cells_before_again(self, home: Home) -> None:
        with Terminal(home, rows=40) as terminal:
            terminal.ready()
            terminal.run("x = 40")
            terminal.run("x += 2")
            terminal.run(CRASH)
            terminal.see("kernel died: SIGSEGV", "dead")
            terminal.type("half typed")
            terminal.type(F4)
            terminal.see("Fatal Python error: Segmentation fault")
            terminal.type(F4)
            terminal.see_no("Fatal Python error")
            terminal.type(F9)
            terminal.see("run the 2 cells above again")
            terminal.type("a")
            terminal.see("kernel restarted", "half typed")
            terminal.ready()
            terminal.type("\x15")
            terminal.run("f'x is {x}'")
            terminal.see("╰ 'x is 42'")
