"""A transcript as text: what is printed of cells that have ended, and of one that runs."""

from typing import Any

from curses_client.events import Record
from curses_client.printout import Printout
from tests.curses_client.support import Journal


def printed(journal: Journal, *, live: bool = False, words: str | None = "", size: int = 1000, **options: Any) -> str:
    """Return what is printed of records that come `size` at a time; no `words`, no end."""
    pieces: list[str] = []
    printout = Printout(pieces.append, live=live, **options)
    for start in range(0, len(journal.records), size):
        printout.take(journal.records[start : start + size])
    if words is not None:
        printout.end(words)
    return "".join(pieces)


def lines(journal: Journal, **options: Any) -> list[str]:
    return printed(journal, **options).splitlines()


def session() -> Journal:
    journal = Journal().session()
    journal.submit("a", "for i in range(3):\n    print(i)").start("a", 1).print("a", "0\n1\n2\n").end("a")
    journal.submit("b", "x").start("b", 2).add("execute_result", "b", execution_count=2, data={"text/plain": "42"}).end(
        "b"
    )
    return journal


WHOLE = [
    "In [1]: for i in range(3):",
    "   ...:     print(i)",
    "0",
    "1",
    "2",
    "",
    "In [2]: x",
    "Out[2]: 42",
]


def test_cells() -> None:
    for size in (1, 2, 3, 1000):
        for live in (False, True):
            assert lines(session(), size=size, live=live) == WHOLE


def test_a_result_of_several_lines() -> None:
    journal = Journal().session().submit("a", "x").start("a", 12)
    journal.add("execute_result", "a", execution_count=12, data={"text/plain": "[1,\n 2]"}).end("a")
    assert lines(journal) == ["In [12]: x", "Out[12]:", "[1,", " 2]"]


def test_an_error_has_no_colours() -> None:
    journal = Journal().session().submit("a", "1/0").start("a", 1)
    journal.add("error", "a", ename="ZeroDivisionError", evalue="division by zero", traceback=["\x1b[31mTrace\x1b[0m"])
    journal.end("a", "error")
    text = printed(journal)
    assert "ZeroDivisionError: division by zero" in text
    assert "\x1b" not in text


def test_colours_on_a_terminal_end_with_their_line() -> None:
    journal = (
        Journal()
        .session()
        .submit("a", "x")
        .start("a")
        .print("a", "\x1b[31mred\n\x1b]0;title\x07\x1b[2Jplain\n")
        .end("a")
    )
    shown = printed(journal, colours=True).splitlines()
    assert shown[1].startswith("\x1b[31mred")
    assert shown[1].endswith("\x1b[0m\x1b]8;;\x1b\\")
    assert "title" not in "".join(shown)
    assert "\x1b[2J" not in "".join(shown)


def test_source_and_prompts_cannot_command_a_terminal() -> None:
    journal = Journal().session().submit("a", "x = '\x1b[2J\u202e'").start("a")
    journal.add("input_wanted", "a", request="q", prompt="\x1b]0;t\x07Name: ")
    text = printed(journal, colours=True)
    assert "Name: " in text
    assert not set("\x1b\u202e\x07") & set(text)


def test_a_progress_bar_is_printed_as_it_ended() -> None:
    journal = Journal().session().submit("a", "bar").start("a")
    for percent in range(0, 101, 10):
        journal.print("a", f"\r{percent}%", "stderr")
    journal.print("a", "\n", "stderr").end("a")
    assert lines(journal) == ["In [1]: bar", "100%"]
    assert lines(journal, size=1, live=True) == ["In [1]: bar", "100%"]


def test_a_display_is_printed_as_it_became() -> None:
    journal = Journal().session().submit("a", "d").start("a")
    journal.add("display_data", "a", data={"text/plain": "first"}, transient={"display_id": "d"})
    journal.add("update_display_data", "a", data={"text/plain": "last"}, transient={"display_id": "d"}).end("a")
    assert lines(journal, size=1) == ["In [1]: d", "last"]


def test_output_that_was_cleared() -> None:
    journal = Journal().session().submit("a", "c").start("a").print("a", "gone\n")
    journal.add("clear_output", "a").print("a", "kept\n").end("a")
    assert lines(journal, size=1) == ["In [1]: c", "kept"]
    # what was printed cannot be taken back
    assert lines(journal, size=1, live=True) == ["In [1]: c", "gone", "kept"]


def test_what_a_cell_prints_after_it_has_ended() -> None:
    journal = session().print("a", "late\n").submit("c", "y").start("c", 3).end("c").print("a", "later\n")
    later = ["", "── cell 1, later ──", "late", "", "In [3]: y", "", "── cell 1, later ──", "later"]
    for live in (False, True):
        assert lines(journal, size=1, live=live)[len(WHOLE) :] == later


def test_what_happened_to_the_kernel() -> None:
    journal = session().add("kernel_died", reason="it crashed", signal="SIGSEGV", stack="File x, line 1 in f")
    journal.add("kernel_starting").add("kernel_started", pid=3, restarted=True)
    found = lines(journal)[len(WHOLE) :]
    assert found[1] == "── kernel died: SIGSEGV ──"
    assert "File x, line 1 in f" in found
    assert any(line.startswith("── kernel restarted ") for line in found)
    assert "F9" not in "".join(found)


def test_cells_that_have_not_ended() -> None:
    journal = session().submit("c", "y").start("c", 3).print("c", "half").submit("d", "z")
    rest = ["", "In [3]: y", "half", "── runs ──", "", "In [ ]: z", "── waits ──"]
    assert lines(journal)[len(WHOLE) :] == rest
    over = lines(journal, words="its supervisor ended")[len(WHOLE) :]
    assert [line for line in over if line.startswith("──")] == [
        "── had not ended ──",
        "── not run ──",
        "── its supervisor ended ──",
    ]


def test_what_nobody_knows_the_end_of() -> None:
    journal = Journal().session().submit("a", "slow").start("a").print("a", "1\n")
    pieces: list[str] = []
    printout = Printout(pieces.append)
    printout.take(journal.records)
    printout.end("the disk is full", is_known=False)
    assert "".join(pieces).splitlines() == ["In [1]: slow", "1", "", "── the disk is full ──"]


def test_a_cell_that_was_skipped() -> None:
    journal = Journal().session().submit("a", "1/0").submit("b", "x").start("a").end("a", "error").end("b", "aborted")
    assert lines(journal)[-2:] == ["In [ ]: x", "── not run ──"]


def test_a_subshells_cell_comes_in_its_place() -> None:
    journal = Journal().session().submit("a", "slow").start("a", 1).submit("b", "fast").start("b", 2).end("b").end("a")
    assert lines(journal, size=1) == ["In [1]: slow", "", "In [2]: fast"]


class TestLive:
    def test_output_is_printed_while_the_cell_runs(self) -> None:
        journal = Journal().session().submit("a", "slow").start("a").print("a", "one\ntwo\nthr")
        assert lines(journal, live=True, words=None) == ["In [1]: slow", "one", "two"]
        assert lines(journal, words=None) == []

    def test_a_line_without_an_end_is_shown_on_a_terminal(self) -> None:
        journal = Journal().session().submit("a", "bar").start("a").print("a", "10%")
        assert printed(journal, live=True, words=None, cols=80).endswith("10%")
        text = printed(journal.print("a", "\r20%").end("a"), live=True, size=1, cols=80)
        assert text.endswith("10%\r\x1b[K20%\r\x1b[K20%\n")

    def test_such_a_line_is_cut_or_it_could_not_be_taken_back(self) -> None:
        journal = Journal().session().submit("a", "bar").start("a").print("a", "x" * 100)
        assert printed(journal, live=True, words=None, cols=10).splitlines()[-1] == "x" * 9

    def test_a_cell_that_waits_is_not_printed_before_it_begins(self) -> None:
        journal = Journal().session().submit("a", "slow").start("a").submit("b", "x")
        assert lines(journal, live=True, words=None) == ["In [1]: slow"]


class TestMissing:
    def test_at_the_beginning(self) -> None:
        journal = session()
        pieces: list[str] = []
        printout = Printout(pieces.append)
        printout.begin(4, ())
        printout.take(journal.records[3:])
        assert pieces[0] == "── 3 older records were dropped to keep the journal within its bounds ──\n"
        assert "".join(pieces).splitlines()[2:] == WHOLE

    def test_within_a_cell(self) -> None:
        journal = Journal().session().submit("a", "loop").start("a", 1)
        begun = len(journal.records)
        for number in range(6):
            journal.print("a", f"{number}\n")
        journal.end("a")
        pieces: list[str] = []
        printout = Printout(pieces.append)
        # the first two lines that it printed are gone
        printout.begin(begun + 3, journal.records[:begun])
        for record in journal.records[begun + 2 :]:
            printout.take([record])
        assert "".join(pieces).splitlines()[2:] == ["In [1]: loop", "2", "3", "4", "5"]

    def test_within_a_cell_of_which_nothing_is_known(self) -> None:
        journal = Journal()
        for number in range(4):
            journal.print("a", f"{number}\n")
        assert lines(journal.end("a"), size=1) == ["0", "1", "2", "3"]

    def test_in_the_output_of_what_runs(self) -> None:
        journal = Journal().session().submit("a", "loop").start("a", 1).print("a", "1\n").print("a", "2\n")
        journal.print("a", "3\n").end("a")
        del journal.records[-4]
        assert lines(journal) == ["In [1]: loop", "1", "── 1 record is missing here ──", "3"]

    def test_in_between(self) -> None:
        journal = session()
        records = [record for record in journal.records if record.seq not in (4, 5)]
        pieces: list[str] = []
        printout = Printout(pieces.append)
        printout.take(records)
        assert "── 2 records are missing here ──\n" in pieces

    def test_a_record_that_stands_in_their_place(self) -> None:
        journal = session()
        first = len(journal.records) + 1
        lost = journal.add("records_lost", first=first, last=first + 8, reason="No space left").records.pop()
        values = {name: getattr(lost, name) for name in Record.__dataclass_fields__}
        journal.records.append(Record(**{**values, "seq": first + 8}))
        text = printed(journal)
        assert "9 records are missing here: No space left" in text
        assert text.count("missing") == 1


def test_many_cells_are_not_kept() -> None:
    journal = Journal().session()
    for number in range(1, 1001):
        journal.submit(f"c{number}", f"cell {number}").start(f"c{number}", number).print(f"c{number}", "x\n").end(
            f"c{number}"
        )
    pieces: list[str] = []
    printout = Printout(pieces.append)
    for start in range(0, len(journal.records), 50):
        printout.take(journal.records[start : start + 50])
        assert len(printout._transcript) < 300
    assert "".join(pieces).count("\nx\n") == 1000
