"""Journal records in, transcript and view out."""

from time import localtime, strftime
from typing import Any

import pytest

from curses_client.session import fold
from curses_client.state import SessionView
from curses_client.text.lines import LineStore
from curses_client.transcript import Cell, Notice, Transcript
from tests.curses_client import recorded
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
            running().print("c", "a\x1bPsecret").end("c"),
            ["[1] done", "  source: code", "  stdout: a␛Psecret"],
            id="an escape sequence without its end",
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
            running().print("c", "begun\n").end("c", "aborted"),
            ["[1] error", "  source: code", "  stdout: begun", "  error: \x1b[1;31mInterrupted\x1b[0m"],
            id="interrupted in the words of bash_kernel",
        ),
        pytest.param(
            running().submit("d", "2").end("c", "error").add("status", "d", execution_state="busy").end("d", "aborted"),
            ["[1] error", "  source: code", "[ ] skipped", "  source: 2"],
            id="skipped, with the status of one that runs",
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
        # its kernel was gone before it began
        (
            Journal().session().submit("c", "1").add("status", "c", execution_state="busy").add("kernel_starting"),
            "restarting",
            None,
            ("c",),
        ),
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
        ({"signal": "SIGHUP", "cell": "nobody"}, "kernel died: SIGHUP "),
        ({"signal": "SIGKILL", "memory": "the system ran out"}, "kernel died: SIGKILL, the system ran out "),
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


def test_the_memory_of_a_kernel_that_died_is_told_in_any_case() -> None:
    _, transcript = folded(running().add("kernel_died", reason="r", signal="SIGKILL", peak=612_000_000))
    notice = transcript.last_notice_with_details()
    assert notice is not None
    assert notice.text == "kernel died: SIGKILL · F9 restarts it · F4 shows more"
    assert notice.details == ("It had 612 MB of memory at most.",)


def test_what_a_kernel_said_that_could_not_be_started_is_folded_away() -> None:
    failed = {"reason": "it was ended by exit status 1", "said": "Traceback:\n  File x\n\nImportError: no"}
    _, transcript = folded(running().add("kernel_failed", **failed))
    notice = transcript.last_notice_with_details()
    assert notice is not None
    assert notice.height == 1
    assert "exit status 1 · F4 shows more" in notice.text
    # the sentence too: the rule may be cut
    assert notice.details == (failed["reason"], "Traceback:", "  File x", "", "ImportError: no")
    assert notice.unsaid == notice.details[1:]


def test_a_kernel_of_somebody_elses_that_is_gone() -> None:
    _, transcript = folded(
        running().add("kernel_died", reason="the kernel of x.json does not answer any more", owned=False)
    )
    assert shown(transcript)[-1] == "  notice: the kernel of x.json does not answer any more"


def test_the_stack_of_a_kernel_that_died_is_folded_away_in_its_notice() -> None:
    stack = (
        'Fatal Python error: Aborted\n\n  File "mine.py", line 1 in f\n  File "/x/IPython/core/shell.py", line 2 in run'
    )
    died = {"reason": "it did", "signal": "SIGABRT", "cell": "c", "stack": stack, "peak": 1_440_000_000}
    _, transcript = folded(running().add("kernel_died", **died))
    notice = transcript.last_notice_with_details()
    assert notice is not None
    assert notice.text == "kernel died: SIGABRT in cell 1 · F9 restarts it · F4 shows where"
    assert notice.height == 1
    notice.is_open = True
    assert shown(transcript)[3:] == [
        "  detail: Fatal Python error: Aborted",
        "  detail: ",
        '  detail:   File "mine.py", line 1 in f',
        "  detail: It had 1.4 GB of memory at most.",
    ]


def test_a_cell_whose_submission_was_not_read() -> None:
    journal = Journal()
    journal.add("session_started", name="s", kernel="k", language="python", cwd="/", pid=1)
    journal.add("execute_input", "c", code="a\nb", execution_count=7).print("c", "text\n")
    view, transcript = folded(journal)
    assert (view.state, view.running, view.count) == ("busy", "c", 7)
    assert shown(transcript) == ["[7] running", "  source: a", "  source: b", "  stdout: text"]
    view, transcript = folded(journal.end("c"))
    assert (view.state, view.running) == ("idle", None)
    assert shown(transcript)[0] == "[7] done"


def test_what_was_begun_before_the_session() -> None:
    journal = Journal().session().add("submitted", "c", code="", begun=True).add("status", "c", execution_state="busy")
    view, transcript = folded(journal.print("c", "text\n"))
    assert (view.state, view.running) == ("busy", "c")
    assert shown(transcript) == ["[ ] running", "  source: # begun before this session", "  stdout: text"]
    # it is no code that could be run again
    assert [cell.code for cell in transcript.cells()] == [""]


def test_records_that_are_missing() -> None:
    journal = running().print("c", "a")
    # the first three were read from the memory
    first = len(journal.records) - 2
    journal.add("records_lost", first=first, last=first + 1202, reason="No space left on device").print("c", "b\n")
    text = shown(folded(journal)[1])
    # where they are missing: in the output of the cell that runs
    assert text[-3:] == [
        "  stdout: a",
        "  stderr: ── 1,200 records are missing here: No space left on device ──",
        "  stdout: b",
    ]


def test_a_record_that_is_missing_between_cells() -> None:
    journal = running().end("c")
    head = len(journal.records)
    journal.add("records_lost", first=head + 1, last=head + 1, reason="No space left on device")
    assert shown(folded(journal)[1])[-1] == "  notice: 1 record is missing here: No space left on device"


def test_records_that_are_missing_and_were_read_from_the_memory() -> None:
    journal = running()
    journal.add("records_lost", first=2, last=len(journal.records), reason="No space left on device")
    assert not any("missing" in line for line in shown(folded(journal)[1]))


def test_whether_the_disk_takes_anything() -> None:
    journal = running().add("recording", ok=False, reason="No space left on device")
    assert folded(journal)[0].unrecorded == "No space left on device"
    assert folded(journal.add("recording", ok=True))[0].unrecorded == ""


def test_another_name() -> None:
    assert folded(running().add("session_renamed", name="oth\x1b[1mer"))[0].name == "other"


def test_the_order_of_the_queue() -> None:
    journal = running().submit("a", "1").submit("b", "2").submit("x", "3").add("queue_ordered", order=["x", "a", "b"])
    view, transcript = folded(journal)
    assert view.waiting == ("x", "a", "b")
    assert [cell.msg_id for cell in transcript.cells() if cell.state == "running"] == ["c"]
    assert [item.msg_id for item in transcript.items if isinstance(item, Cell)] == ["c", "x", "a", "b"]


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


def test_the_stack_of_a_death_names_cells_as_users_do() -> None:
    stack = 'Fatal Python error: Segmentation fault\n  File "<ipython-input-22-4809472a3eb5>", line 1 in <module>'
    _, transcript = folded(running().add("kernel_died", reason="r", signal="SIGSEGV", cell="c", stack=stack))
    notice = transcript.last_notice_with_details()
    assert notice is not None
    assert notice.details[1] == "  Cell In[22], line 1 in <module>"


def test_what_the_next_kernel_says_of_itself_is_shown_below_the_restart() -> None:
    journal = Journal().session().print("", "of the first", "stderr")
    journal.add("kernel_died", reason="r", exit_status=3).add("kernel_starting").add(
        "kernel_started", pid=2, restarted=True
    )
    _, transcript = folded(journal.print("", "of the second", "stderr"))
    kinds = [type(item).__name__ for item in transcript.items]
    assert kinds == ["Cell", "Notice", "Notice", "Cell"]


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


# ---- widgets ---------------------------------------------------------------------------------------------------


def widgets(*recordings: str) -> Journal:
    journal = running()
    for recording in recordings:
        for msg_type, content in recorded.messages(recording):
            journal.add(msg_type, "c", **content)
    return journal


def view(model_id: str, text: str = "plain", **content: Any) -> dict[str, Any]:
    return {"data": {"text/plain": text, "application/vnd.jupyter.widget-view+json": {"model_id": model_id}}, **content}


def label(journal: Journal, model_id: str, value: str, **state: Any) -> Journal:
    data = {"state": {"_model_name": "LabelModel", "value": value, **state}}
    return journal.add("comm_open", "c", comm_id=model_id, target_name="jupyter.widget", data=data)


def change(journal: Journal, model_id: str, parent: str = "c", **state: Any) -> Journal:
    return journal.add("comm_msg", parent, comm_id=model_id, data={"method": "update", "state": state})


@pytest.mark.parametrize(
    ("recordings", "lines"),
    [
        ([recorded.TQDM], ["display: Loading:  40%|████      | 4/10 [00:00<00:00, 19.22it/s]"]),
        ([recorded.TQDM_NO_LEAVE], []),
        ([recorded.TQDM_NO_LEAVE, recorded.TQDM_NO_TOTAL], ["display: gen: 3/? [00:00<00:00, 469.27it/s]"]),
        ([recorded.OUTPUT], ["display: more", "display: later", "stdout: outside"]),
        (
            [recorded.INTERACT],
            ["display: x: 3", "display: x is 3", "display: 6", "result: <function __main__.f(x)>"],
        ),
        ([recorded.DISTRIBUTED], []),
        ([recorded.DASK], ["stdout: [########################################] | 100% Completed | 154.64 ms"]),
    ],
)
def test_widgets_are_shown_as_text(recordings: list[str], lines: list[str]) -> None:
    assert shown(folded(widgets(*recordings))[1])[2:] == [f"  {line}" for line in lines]


def test_a_form_is_a_result() -> None:
    assert shown(folded(widgets(recorded.FORMS))[1])[2:5] == [
        "  result: n: 3",
        "  result: name: hi",
        "  result: ok: True",
    ]


EVERYTHING = [value for name, value in vars(recorded).items() if name.isupper()]


def test_widgets_read_in_pieces_are_those_read_at_once() -> None:
    journal = widgets(*EVERYTHING)
    whole = shown(folded(journal)[1])
    view, transcript = SessionView(), Transcript()
    for item in journal.records:
        view = fold(view, transcript, [item])
    assert shown(transcript) == whole
    assert len(whole) > 30


def test_many_changes_read_at_once_are_one_rewrite(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = widgets(recorded.TQDM)
    view, transcript = SessionView(), Transcript()
    asked = []
    text = transcript.models.text
    monkeypatch.setattr(transcript.models, "text", lambda model_id: asked.append(model_id) or text(model_id))
    view = fold(view, transcript, journal.records)
    assert asked == ["hbox-1"]
    number = len(journal.records)
    for count in range(100):
        change(journal, "html-1", value=f"now {count}")
        label(journal, f"unseen{count}", "x")
    fold(view, transcript, journal.records[number:])
    assert asked == ["hbox-1", "hbox-1"]
    assert shown(transcript)[2:] == ["  display: now 99|████      | 4/10 [00:00<00:00, 19.22it/s]"]
    fold(view, transcript, running().print("c", "x").records)
    assert asked == ["hbox-1", "hbox-1"]


def test_a_view_changes_in_its_place() -> None:
    journal = label(running(), "a", "1").add("display_data", "c", **view("a")).print("c", "after\n")
    label(journal, "b", "x").add("execute_result", "c", execution_count=1, **view("a"))
    client = Client(journal=journal)
    assert shown(client.state.transcript)[2:] == ["  display: 1", "  stdout: after", "  result: 1"]
    change(journal, "a", "another request", value="2\n3")
    client.read()
    assert shown(client.state.transcript)[2:] == [
        *("  display: 2", "  display: 3", "  stdout: after"),
        *("  result: 2", "  result: 3"),
    ]
    journal.add("comm_close", "c", comm_id="a", data={})
    client.read()
    assert shown(client.state.transcript)[2:] == ["  stdout: after"]


def test_of_an_unknown_model_the_text_is_shown() -> None:
    journal = running().add("display_data", "c", **view("a"))
    assert shown(folded(journal)[1])[2:] == ["  display: plain"]
    # as when the beginning of the journal is gone, or the model was closed before
    assert shown(folded(change(journal, "a", value="x"))[1])[2:] == ["  display: plain"]
    closed = label(running(), "a", "1").add("comm_close", "c", comm_id="a").add("display_data", "c", **view("a"))
    assert shown(folded(closed)[1])[2:] == ["  display: plain"]


def test_a_display_may_become_a_view_and_another_one() -> None:
    shown_as = {"transient": {"display_id": "d"}}
    journal = label(label(running(), "a", "1"), "b", "2")
    journal.add("display_data", "c", data={"text/plain": "0"}, **shown_as)
    client = Client(journal=journal)
    for model_id, text in (("a", "1"), ("a", "1"), ("b", "2"), ("unknown", "plain")):
        journal.add("update_display_data", "c", **view(model_id, **shown_as))
        client.read()
        assert shown(client.state.transcript)[2:] == [f"  display: {text}"]
    change(change(journal, "a", value="old"), "b", value="old")
    client.read()
    assert shown(client.state.transcript)[2:] == ["  display: plain"]
    journal.add("update_display_data", "c", **view("a", **shown_as))
    assert shown(client.read().state.transcript)[2:] == ["  display: old"]


def test_a_view_that_was_cleared_does_not_come_back() -> None:
    journal = label(running(), "a", "1").add("display_data", "c", **view("a")).add("clear_output", "c", wait=False)
    assert shown(folded(change(journal, "a", value="2"))[1])[2:] == []
    journal.add("display_data", "c", **view("a"))
    assert shown(folded(change(journal, "a", value="3"))[1])[2:] == ["  display: 3"]


def test_what_is_not_shown_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown_as = {"transient": {"display_id": "d"}}
    journal = label(running(), "a", "1").add("display_data", "c", **view("a", **shown_as))
    for _ in range(100):
        journal.add("update_display_data", "c", **view("a", **shown_as))
    session, transcript = folded(journal)
    stores: list[str] = []
    feed = LineStore.feed
    monkeypatch.setattr(LineStore, "feed", lambda self, text: stores.append(text) or feed(self, text))
    fold(session, transcript, change(Journal(), "a", value="2").records)
    assert stores == ["2"]
    fold(session, transcript, Journal().add("clear_output", "c").records)
    fold(session, transcript, change(Journal(), "a", value="3").records)
    assert stores == ["2"]


def test_clearing_an_output_widget_leaves_the_cell_alone() -> None:
    journal = widgets(recorded.INTERACT.partition("execute_result")[0]).print("c", "kept\n")
    change(journal, "output-2", msg_id="d").submit("d", "2").start("d").print("d", "in\n")
    journal.add("clear_output", "d", wait=True).print("d", "x is 4\n")
    change(journal, "output-2", "d", msg_id="").print("d", "out\n")
    assert [line for line in shown(folded(journal)[1]) if "source" not in line] == [
        *("[1] running", "  display: x: 3", "  display: x is 4", "  stdout: kept"),
        *("[1] running", "  stdout: out"),
    ]


def test_what_a_kernel_says_after_its_death_is_shown_in_the_cell() -> None:
    journal = label(running(), "o", "", _model_name="OutputModel", msg_id="c")
    journal.add("kernel_died", reason="x", signal="SIGKILL", cell="c").print("c", "last words")
    assert shown(folded(journal)[1])[2] == "  stdout: last words"


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


def test_a_cell_whose_end_is_told_by_its_status_alone_does_not_run_for_ever() -> None:
    # read from behind its reply on
    journal = Journal().session().add("execute_input", "c", code="x", execution_count=7)
    journal.add("status", "c", execution_state="idle")
    view, transcript = SessionView(), Transcript()
    view = fold(view, transcript, journal.records)
    assert (view.state, view.running, view.count) == ("idle", None, 7)
    cell = transcript.cell("c")
    assert cell is not None
    assert cell.state == "done"
    # a reply that comes behind it says more
    view = fold(view, transcript, [record(90, "execute_reply", "c", status="error")])
    assert (view.state, cell.state, view.seq) == ("idle", "error", 90)


def test_what_waits_leaves_the_queue_in_any_order() -> None:
    journal = Journal().session()
    for cell in "abcd":
        journal.submit(cell, cell)
    journal.start("c").end("c").start("a").end("a").end("d", "aborted")
    view = fold(SessionView(), Transcript(), journal.records)
    assert (view.state, view.waiting) == ("idle", ("b",))
