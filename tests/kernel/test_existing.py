"""Sessions in front of kernels that somebody else started, with a second client beside them."""

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest

from kernel.protocol.messages import Json, ShutdownRequest
from tests.kernel.support import DEADLINE, Client, SessionProcess, is_running, kind_of, parent_of, wait_for

pytest.importorskip("jupyter_client", reason="jupyter_client, which starts kernels, is not installed")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

LOOP = "import time\nprint('begun', flush=True)\nwhile True: time.sleep(0.01)"


@dataclass(slots=True)
class Theirs:
    """A kernel under Jupyter's own manager, and a client of it."""

    manager: KernelManager
    client: BlockingKernelClient
    environ: dict[str, str]

    @classmethod
    def start(cls, environ: dict[str, str], kernel: str = "python3", **options: Any) -> Self:
        file = Path(environ["JUPYTER_RUNTIME_DIR"]) / "kernel-theirs.json"
        manager = KernelManager(kernel_name=kernel, connection_file=str(file), **options)
        manager.start_kernel(env=dict(environ), cwd=environ["HOME"])
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(DEADLINE)
        return cls(manager, client, environ)

    @property
    def pid(self) -> int:
        pid = self.manager.provisioner.pid  # type: ignore[union-attr]
        assert isinstance(pid, int)
        return pid

    def stop(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)

    def submit(self, code: str) -> str:
        return str(self.client.execute(code))

    def published(self, msg_id: str) -> list[Json]:
        """What a direct client sees of a cell, up to its end."""
        found = []
        while True:
            message = self.client.get_iopub_msg(timeout=DEADLINE)
            if message["parent_header"].get("msg_id") == msg_id:
                found.append(message)
                if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                    return found


@contextlib.contextmanager
def session_before(environ: dict[str, str], file: str = "kernel-theirs.json") -> Iterator[SessionProcess]:
    process = SessionProcess.start(environ, "s", "--existing", file)
    try:
        yield process
    finally:
        process.stop()


@pytest.fixture
def theirs(environ: dict[str, str]) -> Iterator[Theirs]:
    started = Theirs.start(environ)
    yield started
    started.stop()


@pytest.fixture
def ours(theirs: Theirs) -> Iterator[Client]:
    """A client of a session in front of it."""
    with session_before(theirs.environ) as process, process.client() as client:
        client.record("kernel_started")
        yield client


class TestOurs:
    def test_cells_run(self, ours: Client) -> None:
        assert ours.run("6 * 7").outputs[-1][1]["data"] == {"text/plain": "42"}
        started = ours.records("kernel_started")[0]["content"]
        assert (started["pid"], started["language"]) == (0, "python")

    def test_a_name_in_the_runtime_directory_will_do(self, theirs: Theirs) -> None:
        with session_before(theirs.environ, "theirs") as process, process.client() as client:
            assert client.run("1").reply["status"] == "ok"

    def test_the_end_of_the_session_leaves_it_alive(self, theirs: Theirs) -> None:
        theirs.client.execute_interactive("x = 42", timeout=DEADLINE)
        with session_before(theirs.environ) as process, process.client() as client:
            client.record("kernel_started")
            msg_id = client.submit("import time; time.sleep(0.5)")
            client.begun(msg_id)
            client.ask("shell", "complete_request", {"code": "x", "cursor_pos": 1})
            client.ask("control", "shutdown_request", ShutdownRequest())
            assert process.process.wait(DEADLINE) == 0
        assert is_running(theirs.pid)
        reply = theirs.client.execute("assert x == 42", reply=True, timeout=DEADLINE)
        assert reply["content"]["status"] == "ok"
        left = theirs.client.session.msg("list_subshell_request", {})
        theirs.client.control_channel.send(left)
        wait_for(lambda: theirs.client.get_control_msg(timeout=DEADLINE)["content"].get("subshell_id") == [])

    def test_it_outlives_a_supervisor_that_is_killed(self, theirs: Theirs) -> None:
        with session_before(theirs.environ) as process, process.client() as client:
            client.run("x = 42")
            process.process.kill()
            process.process.wait(DEADLINE)
        assert theirs.client.execute("assert x == 42", reply=True, timeout=DEADLINE)["content"]["status"] == "ok"

    def test_a_restart_is_refused(self, theirs: Theirs, ours: Client) -> None:
        assert "somebody else" in ours.ask("control", "restart_request", {})["evalue"]
        assert is_running(theirs.pid)

    def test_questions_are_ours(self, ours: Client) -> None:
        msg_id = ours.submit("print('got', input('name? '))")
        wanted = ours.record("input_wanted", parent=msg_id)["content"]
        ours.answer("Ada", wanted["request"])
        assert ours.cell(msg_id).text() == "got Ada\n"

    def test_usage_is_the_kernel_s_own(self, theirs: Theirs, ours: Client) -> None:
        assert ours.ask("control", "usage_request", {})["pid"] == theirs.pid


class TestOthers:
    def test_what_another_client_runs_reads_like_a_cell(self, theirs: Theirs, ours: Client) -> None:
        msg_id = theirs.submit("print('theirs'); 6 * 7")
        cell = ours.cell(msg_id)
        mine = [record for record in ours.journal if parent_of(record) == msg_id]
        assert [(record["channel"], kind_of(record)) for record in mine] == [
            ("supervisor", "submitted"),
            ("iopub", "status"),
            ("iopub", "execute_input"),
            ("iopub", "stream"),
            ("iopub", "execute_result"),
            ("shell", "execute_reply"),
            ("iopub", "status"),
        ]
        assert mine[0]["content"]["code"] == "print('theirs'); 6 * 7"
        assert cell.reply["status"] == "ok"
        assert cell.reply["execution_count"] == mine[2]["content"]["execution_count"]
        assert len({json.dumps(record["parent_header"]) for record in mine}) == 1

    def test_an_error_of_theirs(self, theirs: Theirs, ours: Client) -> None:
        reply = ours.cell(theirs.submit("1 / 0")).reply
        assert (reply["status"], reply["ename"]) == ("error", "ZeroDivisionError")

    def test_all_that_a_direct_client_sees_is_in_the_journal(self, theirs: Theirs, ours: Client) -> None:
        msg_id = theirs.submit(
            "import sys\nprint('out')\nprint('error', file=sys.stderr)\nhandle = display({'a': 1}, display_id='d')\n"
            "handle.update('later')\nfrom IPython.display import clear_output, HTML\nclear_output(wait=True)\n"
            "display(HTML('<b>x</b>'), metadata={'k': 1})\n'é ☃'"
        )
        seen = [(m["msg_type"], m["content"], m["metadata"], m["header"]["msg_id"]) for m in theirs.published(msg_id)]
        ours.cell(msg_id)
        mine = [r for r in ours.journal if parent_of(r) == msg_id and r["channel"] == "iopub"]
        assert [(kind_of(r), r["content"], r["metadata"], r["header"]["msg_id"]) for r in mine] == seen

    def test_a_cell_of_ours_waits_for_theirs(self, theirs: Theirs, ours: Client) -> None:
        first = theirs.submit("import time; print('theirs', flush=True); time.sleep(1)")
        ours.record("stream", parent=first)
        second = ours.submit("print('ours')")
        ours.cell(second)
        busy = ours.record("status", lambda c: c["execution_state"] == "busy", parent=second)["seq"]
        ended = ours.record("status", lambda c: c["execution_state"] == "idle", parent=first)["seq"]
        assert ended < busy

    def test_their_cell_is_interrupted(self, theirs: Theirs, ours: Client) -> None:
        msg_id = theirs.submit(LOOP)
        ours.record("stream", parent=msg_id)
        ours.interrupt()
        assert ours.cell(msg_id).reply["ename"] == "KeyboardInterrupt"

    def test_a_busy_kernel_is_entered_and_interrupted(self, theirs: Theirs) -> None:
        msg_id = theirs.submit(LOOP)
        theirs.client.get_iopub_msg(timeout=DEADLINE)
        with session_before(theirs.environ) as process, process.client() as client:
            client.record("kernel_started")
            assert client.ask("shell", "kernel_info_request", {})["implementation"] == "ipython"
            wait_for(lambda: (status := process.session.status()) is not None and status.state == "busy", "busy")
            submitted = client.record("submitted", lambda content: content["begun"])
            client.interrupt()
            assert client.cell(parent_of(submitted)).reply["ename"] == "KeyboardInterrupt"
            reply = theirs.client.get_shell_msg(timeout=DEADLINE)
            assert reply["parent_header"]["msg_id"] == msg_id
            wait_for(lambda: (status := process.session.status()) is not None and status.state == "idle", "idle")
            assert client.run("1").reply["status"] == "ok"


class TestItsEnd:
    def test_a_connection_file_of_a_dead_kernel(self, theirs: Theirs) -> None:
        os.kill(theirs.pid, signal.SIGKILL)
        process = SessionProcess.start(theirs.environ, "s", "--existing", "theirs")
        assert process.process.wait(DEADLINE) == 1
        reason = next(r["content"]["reason"] for r in process.journal() if kind_of(r) == "kernel_failed")
        assert "does not answer: it has probably ended" in reason
        assert "kernel-theirs.json" in reason

    def test_a_kernel_that_dies(self, theirs: Theirs, ours: Client) -> None:
        msg_id = ours.submit(LOOP)
        ours.record("stream", parent=msg_id)
        waiting = ours.submit("print('kept')")
        os.kill(theirs.pid, signal.SIGKILL)
        assert "does not answer" in ours.record("kernel_died")["content"]["reason"]
        assert ours.cell(msg_id).reply["ename"] == "DeadKernelError"
        theirs.manager.restart_kernel(now=True)
        assert ours.cell(waiting).text() == "kept\n"
        assert [record["content"]["restarted"] for record in ours.records("kernel_started")] == [False, True]

    def test_a_kernel_that_was_only_stopped(self, theirs: Theirs, ours: Client) -> None:
        ours.run("x = 42")
        os.kill(theirs.pid, signal.SIGSTOP)
        try:
            ours.record("kernel_died")
        finally:
            os.kill(theirs.pid, signal.SIGCONT)
        ours.record("kernel_started", after=ours.read_on())
        assert [record["content"]["restarted"] for record in ours.records("kernel_started")] == [False, False]
        assert ours.run("print(x)").text() == "42\n"

    def test_a_restart_by_its_owner(self, theirs: Theirs, ours: Client) -> None:
        msg_id = ours.submit(LOOP)
        ours.record("stream", parent=msg_id)
        theirs.manager.restart_kernel(now=True)
        restarted = ours.record("kernel_started", lambda content: content["restarted"])
        assert ours.cell(msg_id).reply["ename"] == "DeadKernelError"
        assert ours.records("kernel_died") == []
        assert ours.run("1").reply["execution_count"] == 1
        assert restarted["content"]["language"] == "python"
