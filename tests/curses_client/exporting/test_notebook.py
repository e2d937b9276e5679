"""Notebooks: what nbformat says of them, and that their cells and outputs are those that were recorded."""

import json
from typing import Any

import nbformat
import pytest

from curses_client.exporting.notebook import _dumped_value
from tests.curses_client.exporting.given import exported, result
from tests.curses_client.recorded import TQDM, messages
from tests.curses_client.support import Journal


def notebook(journal: Journal, **options: Any) -> Any:
    """Return a notebook that is valid, and written as nbformat itself would."""
    text = exported("ipynb", journal, **options)
    found = nbformat.reads(text, as_version=nbformat.NO_CONVERT)
    nbformat.validate(found)
    assert (found.nbformat, found.nbformat_minor) == (4, 5)
    assert nbformat.writes(found) + "\n" == text
    return found


def outputs(journal: Journal, **options: Any) -> list[Any]:
    """Return the outputs of the first cell."""
    return notebook(journal, **options).cells[0].outputs


def cell() -> Journal:
    return Journal().session().submit("a", "x").start("a", 1)


def test_a_session() -> None:
    journal = (
        Journal().session().cell("a", "for i in range(2):\n    print(i)", "0\n", "1\n").submit("b", "x").start("b", 2)
    )
    found = notebook(result(journal, "b", 2, text="42").end("b"))
    first, second = found.cells
    assert (first.source, first.execution_count, first.id) == ("for i in range(2):\n    print(i)", 1, "cell-1")
    assert first.outputs == [{"output_type": "stream", "name": "stdout", "text": "0\n1\n"}]
    assert second.outputs == [
        {"output_type": "execute_result", "execution_count": 2, "data": {"text/plain": "42"}, "metadata": {}}
    ]
    assert first.metadata.execution["iopub.execute_input"] == "2026-01-01T12:00:00.000000Z"
    assert found.metadata.kernelspec == {"name": "python3", "display_name": "Python 3", "language": "python"}
    assert found.metadata.language_info.pygments_lexer == "ipython3"


def test_nothing_at_all() -> None:
    assert notebook(Journal()).cells == []


def test_a_kernel_of_another_language() -> None:
    journal = Journal().add("session_started", name="m", kernel="ir", language="R", cwd="/", pid=1, lexer="r")
    metadata = notebook(journal.cell("a", "1 + 1")).metadata
    assert metadata.kernelspec == {"name": "ir", "display_name": "ir", "language": "R"}
    assert metadata.language_info == {"name": "R", "pygments_lexer": "r"}


def test_a_kernel_that_says_its_language_later() -> None:
    journal = Journal().add("session_started", name="m", kernel="k", language="", cwd="/", pid=1, lexer="")
    journal.add("kernel_started", pid=0, language="julia", lexer="jl")
    assert notebook(journal).metadata.language_info == {"name": "julia", "pygments_lexer": "jl"}


def test_streams_take_turns() -> None:
    journal = cell().print("a", "a").print("a", "b\n").print("a", "E\n", "stderr").print("a", "c").end("a")
    assert [(one.name, one.text) for one in outputs(journal)] == [
        ("stdout", "ab\n"),
        ("stderr", "E\n"),
        ("stdout", "c"),
    ]


@pytest.mark.parametrize(
    "text",
    ["", "\n", "\n\n", "a\r", "\r\n", "a\r\nb\rc\n", "\x0b\x0c\u2028x", 'q"\\\n', "\x1b[31mé😀\x1b[0m", "x" * 200_000],
)
def test_text_of_all_kinds_in_pieces_of_all_kinds(text: str) -> None:
    for size in (1, 3, 1 << 16):
        journal = cell()
        for start in range(0, len(text), size) if len(text) < 100 or size > 3 else ():
            journal.print("a", text[start : start + size])
        if journal.records[-1].msg_type == "stream":
            assert outputs(journal.end("a"))[0].text == text


def test_the_end_of_a_line_across_what_is_read_at_once() -> None:
    text = "x" * ((1 << 16) - 1) + "\r\n" + "é" * (1 << 16) + "\n"
    assert outputs(cell().print("a", text).end("a"))[0].text == text


def test_lone_surrogates_are_no_text() -> None:
    journal = cell().print("a", "\ud800\n").end("a")
    assert exported("ipynb", journal).encode("utf-8", "replace").decode()


def test_an_error() -> None:
    journal = cell().add("error", "a", ename="E", evalue="v", traceback=["\x1b[31mone\x1b[0m", "two\nthree"])
    assert outputs(journal.end("a", "error")) == [
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[31mone\x1b[0m", "two\nthree"]}
    ]


def test_rich_values_with_their_metadata() -> None:
    data = {"image/png": "aGk=\n", "image/svg+xml": ["<svg>", "</svg>"], "text/html": "<b>\n</b>", "text/plain": "t"}
    journal = cell().add("display_data", "a", data=data, metadata={"image/png": {"width": 3}}).end("a")
    (found,) = outputs(journal)
    assert found.data == {**data, "image/svg+xml": "<svg></svg>"}
    assert found.metadata == {"image/png": {"width": 3}}


def test_what_is_said_to_cshell_is_not_for_others() -> None:
    data = {"text/plain": "t", "application/vnd.cshell.types+json": {}, "application/vnd.other+json": {}}
    (found,) = outputs(cell().add("display_data", "a", data=data).end("a"))
    assert list(found.data) == ["application/vnd.other+json", "text/plain"]


def test_json_that_other_readers_would_refuse() -> None:
    journal = cell().add("display_data", "a", data={"application/json": {"a": [1, float("nan"), -float("inf")]}})
    journal.add("display_data", "a", data={"text/plain": 7, "text/x": {"a": 1}}).end("a")
    found = json.loads(exported("ipynb", journal), parse_constant=pytest.fail)["cells"][0]["outputs"]
    assert found[0]["data"] == {"application/json": {"a": [1, None, None]}}
    assert found[1]["data"] == {"text/plain": ["7"], "text/x": ["{'a': 1}"]}


def test_json_that_is_nested_too_deeply() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    data = {"application/x+json": deep, "text/plain": "deep"}
    (found,) = outputs(cell().add("display_data", "a", data=data).end("a"))
    assert found.data == {"text/plain": "deep"}
    # it may be just not too deep for the spool
    value = {"data": {"application/x+json": deep}, "metadata": {}, "output_type": "display_data"}
    assert json.loads(_dumped_value(value))["data"] == {"text/plain": []}


def test_output_that_was_cleared() -> None:
    journal = cell().print("a", "1\n").add("clear_output", "a").print("a", "2\n")
    assert [one.text for one in outputs(journal)] == ["2\n"]
    journal.add("clear_output", "a", wait=True)
    assert [one.text for one in outputs(journal)] == ["2\n"]
    assert [one.text for one in outputs(journal.print("a", "3\n").end("a"))] == ["3\n"]


def test_displays_that_were_updated() -> None:
    journal = cell()
    for _ in range(2):
        journal.add("display_data", "a", data={"text/plain": "old"}, transient={"display_id": "d"})
    journal.add("display_data", "a", data={"text/plain": "other"}).end("a")
    journal.submit("b", "y").start("b", 2)
    journal.add(
        "update_display_data", "b", data={"text/plain": "new"}, metadata={"m": 1}, transient={"display_id": "d"}
    )
    found = notebook(journal.end("b"), size=1).cells
    assert [one.data["text/plain"] for one in found[0].outputs] == ["new", "new", "other"]
    assert found[0].outputs[0].metadata == {"m": 1}
    assert "transient" not in found[0].outputs[0]
    assert found[1].outputs == []


def test_what_a_cell_prints_after_it_has_ended_is_its_own() -> None:
    journal = Journal().session().cell("a", "x", "1\n").cell("b", "y", count=2).print("a", "late\n")
    assert outputs(journal)[0].text == "1\nlate\n"


def test_output_of_nobody() -> None:
    (found,) = notebook(Journal().session().print("", "lost\n")).cells
    assert (found.source, found.outputs[0].text) == ("", "lost\n")


def test_input_and_its_answer() -> None:
    journal = cell().add("input_wanted", "a", request="q", prompt="Name: ")
    assert outputs(journal)[0].text == "Name: "
    journal.add("input_done", "a", request="q", value="Ada")
    journal.add("input_wanted", "a", request="r", prompt="Password: ", password=True).add(
        "input_done", "a", request="r"
    )
    journal.add("input_wanted", "a", request="s", prompt="More? ")
    journal.add("error", "a", ename="KeyboardInterrupt", evalue="", traceback=[]).end("a", "error")
    assert outputs(journal)[0].text == "Name: Ada\nPassword: \nMore? \n"


def test_a_page_of_help_is_shown() -> None:
    payload = [
        {"source": "page", "data": {"text/plain": "help"}, "start": 0},
        {"source": "set_next_input", "text": "x"},
    ]
    (found,) = outputs(cell().end("a", payload=payload))
    assert (found.output_type, found.data) == ("display_data", {"text/plain": "help"})


def test_widgets_are_text() -> None:
    journal = cell()
    for msg_type, content in messages(TQDM):
        journal.add(msg_type, "a", **content)
    (found,) = outputs(journal.end("a"), size=1)
    assert list(found.data) == ["text/plain"]
    assert "40%" in found.data["text/plain"]
    assert "\x1b" not in found.data["text/plain"]
    assert outputs(journal.add("comm_close", comm_id="hbox-1")) == []


def test_a_view_of_a_widget_that_is_not_known_is_its_text() -> None:
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}}
    journal = cell().add("display_data", "a", data={"text/plain": "Button()", **view})
    journal.add("display_data", "a", data=view)
    assert [one.data for one in outputs(journal)] == [{"text/plain": "Button()"}, {"text/plain": ""}]


def test_output_that_a_widget_takes_is_the_widgets() -> None:
    journal = cell().add(
        "comm_open", comm_id="o", target_name="jupyter.widget", data={"state": {"_model_name": "OutputModel"}}
    )
    journal.add("display_data", "a", data={"application/vnd.jupyter.widget-view+json": {"model_id": "o"}})
    journal.add("comm_msg", comm_id="o", data={"method": "update", "state": {"msg_id": "a"}}).print("a", "inside\n")
    journal.add("comm_msg", comm_id="o", data={"method": "update", "state": {"msg_id": ""}}).print("a", "outside\n")
    widget, stream = outputs(journal.end("a"))
    assert "inside" in widget.data["text/plain"]
    assert stream.text == "outside\n"


def test_what_did_not_run_or_has_not_ended() -> None:
    journal = Journal().session().submit("a", "1/0").submit("b", "skipped").start("a").end("a", "error")
    journal.add("status", "b", execution_state="busy").end("b", "aborted")
    journal.submit("c", "slow").start("c", 2).submit("d", "waits")
    found = notebook(journal).cells
    assert [one.metadata.get("cshell", {}).get("state") for one in found] == [None, "skipped", "runs", "waits"]
    assert [one.execution_count for one in found] == [1, None, 2, None]
    assert ["execution" in one.metadata for one in found] == [True, False, True, False]
    assert [one.id for one in found] == ["cell-1", "cell-x1", "cell-2", "cell-x2"]
    lost = notebook(journal, words=("its supervisor ended without a word", 1.0)).cells
    assert [one.metadata.get("cshell", {}).get("state") for one in lost[:4]] == [None, "skipped", "lost", "skipped"]
    assert "its supervisor ended without a word" in lost[4].source


def test_counts_begin_anew_with_each_kernel() -> None:
    journal = (
        Journal()
        .session()
        .cell("a", "x", "1\n")
        .add("kernel_died", reason="r", signal="SIGSEGV", stack="  File <b>*x*")
    )
    journal.add("kernel_starting").add("kernel_started", pid=3, restarted=True).cell("b", "y", "2\n")
    found = notebook(journal).cells
    assert [one.id for one in found] == ["cell-1", "notice-2", "notice-3", "cell-1-2"]
    assert [one.cell_type for one in found] == ["code", "markdown", "markdown", "code"]
    assert [one.outputs[0].text for one in (found[0], found[3])] == ["1\n", "2\n"]
    # nothing that Markdown or a browser reads
    assert found[1].source == "**kernel died\\: SIGSEGV**\n\n\xa0\xa0File \\<b\\>\\*x\\*  "


def test_records_that_are_missing() -> None:
    journal = Journal().session().cell("a", "x", "1\n")
    del journal.records[:4]
    found = notebook(journal, begins=5).cells
    assert "4 older records were dropped" in found[0].source
    assert found[1].outputs[0].text == "1\n"
    del journal.records[1]
    assert "1 record is missing here" in notebook(journal, begins=5).cells[1].source


def test_records_that_are_missing_in_the_output_of_a_cell() -> None:
    journal = Journal().session().submit("a", "x").start("a").print("a", "1\n").print("a", "2\n").print("a", "3\n")
    journal.end("a")
    del journal.records[7]
    (found,) = notebook(journal).cells
    assert [one.text for one in found.outputs] == ["1\n", "── 1 record is missing here ──\n", "3\n"]


def test_a_gap_that_a_record_tells_of() -> None:
    journal = Journal().session().submit("a", "x").start("a").print("a", "1\n")
    journal.add("records_lost", first=7, last=7, reason="No space left on device").print("a", "3\n").end("a")
    (found,) = notebook(journal).cells
    assert "1 record is missing here: No space left" in found.outputs[1].text
