"""Journal records in, transcript and view out."""

from time import localtime, strftime

import pytest

from curses_client.state import SessionView
from curses_client.transcript import Cell, Notice, Transcript
from tests.curses_client.support import NOON, Client, Journal, folded, record, shown

CLOCK = strftime("%H:%M", localtime(NOON))


def running(code: str = "code") -> Journal:
    return Journal().session().submit("c", code).start("c")


@pytest.mark.parametrize(
    ("journal", "lines"),
    [
        pytest.param(Journal().session(), [], id="nothing yet"),
        pytest.param(Journal().session().submit("c", "1"), ["[ ] queued", "  source: 1"], id="queued"),
        pytest.param(running("a\nb"), ["[1] running", "  source: a", "  source: b"], id="running"),
        pytest.param(
            running().print("c", "a\nb").print("c", "c\n").end("c"),
            ["[1] done", "  source: code", "  stdout: a", "  stdout: bc"],
            id="one stream goes on",
        ),
        pytest.param(
            running().print("c", "o1\n").print("c", "e\n", "stderr").print("c", "o2\n").end("c"),
            ["[1] done", "  source: code", "  stdout: o1", "  stderr: e", "  stdout: o2"],
            id="streams in order",
        ),
        pytest.param(
            running().add("execute_result", "c", execution_count=1, data={"text/plain": "[1,\n 2]"}).end("c"),
            ["[1] done", "  source: code", "  result: [1,", "  result:  2]"],
            id="result",
        ),
        pytest.param(
            running()
            .add("display_data", "c", data={"text/plain": "d1"})
            .add("display_data", "c", data={"text/plain": "d2"}),
            ["[1] running", "  source: code", "  display: d1", "  display: d2"],
            id="displays",
        ),
        pytest.param(
            running().add("error", "c", ename="E", evalue="why", traceback=["frame", "E: why"]).end("c", "error"),
            ["[1] error", "  source: code", "  error: \x1b[1;31mE: why\x1b[0m", "  error: frame"],
            id="error",
        ),
        pytest.param(
            running().submit("d", "2").end("c", "error").end("d", "aborted"),
            ["[1] error", "  source: code", "[ ] skipped", "  source: 2"],
            id="skipped",
        ),
        pytest.param(
            running().end("c", payload=[{"source": "page", "data": {"text/plain": "help"}}]),
            ["[1] done", "  source: code", "  page: help"],
            id="page",
        ),
        pytest.param(
            running().add("input_wanted", "c", request="r", prompt="who? "),
            ["[1] running", "  source: code", "  input: who? "],
            id="input wanted",
        ),
        pytest.param(
            running()
            .add("input_wanted", "c", request="r", prompt="who? ")
            .add("input_done", "c", request="r", value="me"),
            ["[1] running", "  source: code", "  stdout: who? me"],
            id="input done",
        ),
        pytest.param(
            running()
            .add("input_wanted", "c", request="r", prompt="Password: ", password=True)
            .add("input_done", "c", request="r"),
            ["[1] running", "  source: code", "  stdout: Password: "],
            id="password done",
        ),
        pytest.param(
            running().add("input_wanted", "c", request="r", prompt="who? ").end("c", "error"),
            ["[1] error", "  source: code"],
            id="input interrupted",
        ),
        pytest.param(
            Journal().session().add("submitted", "s", code="secret", silent=True).start("s").end("s"),
            [],
            id="silent",
        ),
        pytest.param(
            Journal().session().print("unknown", "hello\n"),
            ["[ ] done", "  stdout: hello"],
            id="output of no cell",
        ),
    ],
)
def test_cells(journal: Journal, lines: list[str]) -> None:
    assert shown(folded(journal)[1]) == lines


@pytest.mark.parametrize(
    ("steps", "lines"),
    [
        (["print a", "clear"], []),
        (["print a", "clear", "print b"], ["b"]),
        (["print a", "clear wait"], ["a"]),
        (["print a", "clear wait", "print b"], ["b"]),
        (["print a", "clear wait", "print b", "print c"], ["b", "c"]),
        (["print a", "clear wait", "clear wait", "show x"], ["x"]),
        (["print a", "clear wait", "clear", "print b"], ["b"]),
        (["show x", "update y"], ["y"]),
        (["show x", "show x", "update y"], ["y", "y"]),
        (["update y", "show x"], ["x"]),
        (["show x", "print a", "update y"], ["y", "a"]),
        (["show x", "clear", "update y"], []),
        (["show x", "clear", "show z", "update y"], ["y"]),
    ],
)
def test_clearing_and_updating(steps: list[str], lines: list[str]) -> None:
    journal = running()
    for step in steps:
        verb, _, word = step.partition(" ")
        match verb:
            case "print":
                journal.print("c", f"{word}\n")
            case "clear":
                journal.add("clear_output", "c", wait=bool(word))
            case _:
                kind = "display_data" if verb == "show" else "update_display_data"
                journal.add(kind, "c", data={"text/plain": word}, transient={"display_id": "d"})
    assert [line.partition(": ")[2] for line in shown(folded(journal)[1])[2:]] == lines


@pytest.mark.parametrize(
    ("journal", "state", "running", "waiting"),
    [
        (Journal(), "starting", None, ()),
        (Journal().session(), "idle", None, ()),
        (Journal().session().submit("c", "1"), "idle", None, ("c",)),
        (running(), "busy", "c", ()),
        (running().submit("d", "2").submit("e", "3"), "busy", "c", ("d", "e")),
        (running().submit("d", "2").end("c"), "idle", None, ("d",)),
        (running().submit("d", "2").end("c").start("d", 2), "busy", "d", ()),
        (running().submit("d", "2").end("d", "aborted"), "busy", "c", ()),
        (running().add("kernel_died", reason="x", signal="SIGKILL", cell="c"), "dead", "c", ()),
        (running().add("kernel_died", reason="x", signal="SIGKILL", cell="c").end("c", "error"), "dead", None, ()),
        (Journal().session().add("kernel_starting"), "restarting", None, ()),
        (Journal().session().add("kernel_starting").add("kernel_started", pid=3, restarted=True), "idle", None, ()),
        (running().submit("d", "2").add("session_ended", reason="shutdown"), "ended", None, ()),
        (Journal().add("kernel_starting").add("kernel_failed", reason="no IPython"), "dead", None, ()),
    ],
)
def test_the_view(journal: Journal, state: str, running: str | None, waiting: tuple[str, ...]) -> None:
    view, _ = folded(journal)
    assert (view.state, view.running, view.waiting) == (state, running, waiting)
    assert view.seq == len(journal.records)


def test_what_the_session_is() -> None:
    view, _ = folded(Journal().session("na\x1b[31mme", "Python\n3", "ipython").cell("c", "1", count=7))
    assert (view.name, view.kernel, view.lexer, view.count) == ("name", "Python⏎3", "ipython", 7)


def test_how_long_a_cell_took() -> None:
    journal = Journal().session().submit("c", "1")
    journal.now += 10
    journal.start("c")
    journal.now += 2.5
    _, transcript = folded(journal.end("c"))
    cell = transcript.cell("c")
    assert cell is not None
    assert (cell.submitted, cell.started, cell.finished) == (NOON, NOON + 10, NOON + 12.5)


@pytest.mark.parametrize(
    ("death", "notice"),
    [
        ({"signal": "SIGSEGV", "cell": "c"}, "kernel died: SIGSEGV in cell 4"),
        ({"signal": "SIGKILL"}, "kernel died: SIGKILL "),
        ({"exit_status": 3, "cell": "c"}, "kernel died: exit status 3 in cell 4"),
        ({"exit_status": 0}, "kernel died: exit status 0"),
        ({"cell": "nobody"}, "kernel died: unknown cause "),
    ],
)
def test_how_a_kernel_died(death: dict[str, object], notice: str) -> None:
    journal = Journal().session().submit("c", "1").start("c", 4).add("kernel_died", reason="it did", **death)
    _, transcript = folded(journal)
    last = transcript.items[-1]
    assert isinstance(last, Notice)
    assert last.alarming
    assert last.text.startswith(notice)
    assert "F9" in last.text


def restarted(journal: Journal) -> Journal:
    return journal.add("kernel_starting").add("kernel_started", pid=3, restarted=True)


def test_a_restart_loses_results_and_keeps_what_waits() -> None:
    journal = Journal().session().cell("a", "1").submit("b", "2").start("b", 2).end("b", "error")
    journal.submit("x", "3").end("x", "aborted").submit("c", "4")
    view, transcript = folded(restarted(journal))
    assert [cell.state for cell in transcript.cells()] == ["lost", "lost", "skipped", "queued"]
    assert view.waiting == ("c",)
    assert view.count == 0


def test_a_notice_stands_above_the_cells_that_wait() -> None:
    journal = Journal().session().cell("a", "1").submit("b", "2").submit("c", "3")
    _, transcript = folded(restarted(journal))
    texts = [item.text if isinstance(item, Notice) else item.msg_id for item in transcript.items]
    assert texts == ["a", f"kernel restarted {CLOCK}", "b", "c"]


def test_a_notice_stands_below_a_cell_that_runs() -> None:
    journal = running().submit("d", "2").add("kernel_died", reason="x", cell="c")
    _, transcript = folded(journal)
    assert [type(item) for item in transcript.items] == [Cell, Notice, Cell]


def test_results_after_a_restart_are_no_longer_lost() -> None:
    journal = restarted(Journal().session().cell("a", "1")).cell("b", "2")
    assert [cell.state for cell in folded(journal)[1].cells()] == ["lost", "done"]


def test_the_prompt_waits_for_its_cell_only() -> None:
    journal = running().add("input_wanted", "c", request="r", prompt="\x1b[1mwho\x1b[0m\n? ", password=True)
    view, transcript = folded(journal)
    cell = transcript.cell("c")
    assert cell is not None
    assert view.prompt is cell.prompt
    assert (view.prompt.request, view.prompt.text, view.prompt.password) == ("r", "who⏎? ", True)


def test_reading_in_pieces_is_reading_at_once() -> None:
    journal = Journal().session().cell("a", "1", "x\n", "y", "z\n").submit("b", "2").start("b", 2)
    journal.add("display_data", "b", data={"text/plain": "d"}, transient={"display_id": "i"})
    journal.add("update_display_data", "b", data={"text/plain": "D"}, transient={"display_id": "i"}).end("b")
    whole = Client(journal=journal)
    pieces = Client(journal=Journal())
    for item in journal.records:
        pieces.journal.records.append(item)
        pieces.read()
    assert shown(pieces.state.transcript) == shown(whole.state.transcript)
    assert pieces.state.session == whole.state.session


def test_a_transcript_says_that_it_changed() -> None:
    transcript = Transcript()
    version = transcript.version
    user = Client()
    before = user.state.transcript.version
    user.journal.print("c", "x")
    assert user.read().state.transcript.version > before
    assert version == 0


@pytest.mark.parametrize(
    "content",
    [
        {"data": {}},
        {"data": {"text/plain": ["a", "b"]}},
        {"data": {"text/plain": 3}},
        {"data": {"image/png": 7}},
        {"data": {"x": {"y": [1]}}, "transient": {"display_id": 5}},
    ],
)
def test_values_of_a_wrong_type_do_no_harm(content: dict[str, object]) -> None:
    journal = running().add("display_data", "c", **content).add("update_display_data", "c", **content)
    folded(journal.end("c"))


@pytest.mark.parametrize("status", ["ok", "error", "aborted", "abort"])
def test_a_cell_ends_whatever_its_status(status: str) -> None:
    view, _ = folded(running().end("c", status))
    assert view.running is None


def test_records_are_read_by_their_type() -> None:
    assert record(5, "stream", "c", name="stderr", text="x").content.as_dict() == {"name": "stderr", "text": "x"}
    assert SessionView().state == "starting"
