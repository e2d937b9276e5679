"""What cells print and how they end is said once, in words."""

from curses_client.flat.news import News, _left_out
from tests.curses_client.flat.printing import Printer
from tests.curses_client.support import NOON, Client, Journal


def said(journal: Journal) -> list[str]:
    """Return what is said of a session that is read at once."""
    return News().of(Client(journal=journal).state)


def test_a_cell_its_output_and_its_result() -> None:
    journal = Journal().session().cell("a", "print(1)", "1\n2\n")
    journal.submit("b", "6 * 7").start("b", 2).add("execute_result", "b", data={"text/plain": "42"}, execution_count=2)
    assert said(journal.end("b")) == ["In 1: print(1)", "1", "2", "In 2: 6 * 7", "Out 2: 42"]


def test_an_error_is_a_word() -> None:
    journal = Journal().session().submit("a", "1/0").start("a", 7)
    journal.add("error", "a", ename="ZeroDivisionError", evalue="division by zero", traceback=[])
    lines = said(journal.end("a", "error"))
    assert lines[:2] == ["In 7: 1/0", "error in 7: ZeroDivisionError: division by zero"]


def test_stderr_is_a_word() -> None:
    journal = Journal().session().submit("a", "x").start("a").print("a", "careful\nvery\n", name="stderr").end("a")
    assert said(journal) == ["In 1: x", "stderr: careful", "very"]


def test_a_line_is_said_when_it_is_whole() -> None:
    printer = Printer()
    printer.user.journal.submit("a", "x").start("a").print("a", "10 %")
    assert "10 %" not in printer.read().lines
    printer.user.journal.print("a", "\r20 %\nnext")
    assert printer.read().lines[-2:] == ["20 %", ""]
    printer.user.journal.end("a")
    assert printer.read().lines[-2:] == ["next", "In 2:"]


def test_nothing_is_said_twice() -> None:
    journal = Journal().session().cell("a", "print(1)", "1\n")
    user, news = Client(journal=journal), News()
    assert news.of(user.state)
    assert news.of(user.state) == []
    user.state.transcript.changed()
    assert news.of(user.state) == []


def test_how_long_it_took_if_it_was_long() -> None:
    journal = Journal().session().submit("a", "slow()").start("a")
    journal.now = NOON + 90
    assert said(journal.end("a"))[-1] == "done 1 in 1m30s"


def test_what_waits_and_what_is_skipped() -> None:
    printer = Printer()
    printer.user.journal.submit("a", "slow()").start("a").submit("b", "one\ntwo")
    assert printer.read().lines[-2:] == ["queued 1 of 1: one and 1 more line", ""]
    printer.user.journal.end("a", "error").add("execute_reply", "b", status="aborted")
    printer.read()
    assert "error in 1" in printer.lines


def test_what_waited_is_named_when_it_runs() -> None:
    printer = Printer()
    printer.user.journal.submit("a", "slow()").start("a").submit("b", "next()")
    printer.read()
    printer.user.journal.end("a").start("b", 2)
    assert printer.read().lines[-2:] == ["In 2: next()", ""]


def test_cleared_output_is_said_anew() -> None:
    printer = Printer()
    printer.user.journal.submit("a", "x").start("a").print("a", "one\n")
    printer.read()
    printer.user.journal.add("clear_output", "a", wait=True).print("a", "two\nthree\n")
    assert printer.read().lines[-3:] == ["two", "three", ""]


def test_of_a_flood_the_last_lines_are_said() -> None:
    journal = Journal().session().cell("a", "x", "".join(f"line {number}\n" for number in range(5000)))
    lines = said(journal)
    assert len(lines) < 70
    assert lines[-1] == "line 4999"
    assert any("lines are left out here, F5 reads them" in line for line in lines)


def test_one_line_that_is_left_out() -> None:
    assert _left_out(1) == "1 line is left out here, F5 reads it"
    assert _left_out(2000) == "2,000 lines are left out here, F5 reads them"


def test_the_death_of_a_kernel() -> None:
    journal = Journal().session().submit("a", "x").start("a")
    journal.add("kernel_died", reason="it ended", signal="SIGSEGV")
    lines = said(journal)
    assert any(line.startswith("kernel died: SIGSEGV") for line in lines)


def test_what_a_kernel_prints_does_no_harm() -> None:
    journal = Journal().session().cell("a", "x", "\x1b[31mred\x1b[0m\x1b[2J\u202e\x07\n")
    (_, line) = said(journal)
    assert line.startswith("red")
    assert "\x1b" not in line
    assert "\u202e" not in line
