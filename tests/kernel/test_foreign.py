"""Kernels of others in sessions of ours: ipykernel, xeus-python and bash_kernel as real processes, and broken ones.

IRkernel and IJulia need an R and a Julia, which nobody installs for a test.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from kernel.protocol import session as sessions
from kernel.protocol.messages import DropRequest, ExecuteRequest, Json, RestartRequest, ShutdownRequest
from tests.kernel.support import (
    DEADLINE,
    Client,
    SessionProcess,
    is_running,
    kind_of,
    parent_of,
    running_session,
    wait_for,
)

pytest.importorskip("jupyter_client", reason="jupyter_client, which starts kernels, is not installed")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")

LOOP = "import time\nprint('begun')\nwhile True: time.sleep(0.01)"


def kernelspec(environ: dict[str, str], name: str, argv: list[str], **more: Any) -> None:
    """Give the home a kernelspec of its own."""
    directory = Path(environ["JUPYTER_DATA_DIR"]) / "kernels" / name
    directory.mkdir(parents=True)
    spec = {"language": "python"} | {"argv": argv, "display_name": name} | more
    (directory / "kernel.json").write_text(json.dumps(spec))


def bash(environ: dict[str, str]) -> None:
    """Give the home bash_kernel, which no install step has made known, as `shell`."""
    argv = [sys.executable, "-m", "bash_kernel", "-f", "{connection_file}"]
    kernelspec(environ, "shell", argv, language="bash")


@contextlib.contextmanager
def session_of(environ: dict[str, str], kernel: str) -> Iterator[SessionProcess]:
    process = SessionProcess.start(environ, "s", "--kernel", kernel)
    try:
        yield process
    finally:
        process.stop()


def pid_of(client: Client) -> int:
    client.record("kernel_started")
    client.read_on()
    return int(client.records("kernel_started")[-1]["content"]["pid"])


@pytest.fixture(scope="module")
def shared() -> Iterator[SessionProcess]:
    """A session in front of ipykernel that the tests of the module share."""
    with running_session("s", "--kernel", "python3") as process:
        yield process


@pytest.fixture
def ipython(shared: SessionProcess) -> Iterator[Client]:
    """A client of it, in which nothing runs."""
    assert shared.process.poll() is None, shared.log()
    with shared.client() as client:
        client.record("kernel_started")
        client.skip()
        yield client


@pytest.fixture
def own() -> Iterator[Client]:
    """A client of a session in front of ipykernel that the test may ruin."""
    with running_session("s", "--kernel", "python3") as process, process.client() as client:
        client.record("kernel_started")
        yield client


class TestCells:
    def test_the_first_records_say_what_the_kernel_is(self, shared: SessionProcess) -> None:
        with shared.client() as client:
            started = client.record("kernel_started")["content"]
            first = next(record["content"] for record in client.journal if kind_of(record) == "session_started")
        assert (first["kernel"], first["language"], first["lexer"]) == ("python3", "python", "python")
        assert (started["language"], started["lexer"], started["restarted"]) == ("python", "ipython3", False)
        assert started["banner"].startswith("Python 3.")
        assert {"text", "url"} <= started["help_links"][0].keys()
        assert is_running(started["pid"])

    def test_a_cell_from_submitted_to_idle(self, ipython: Client) -> None:
        msg_id = ipython.submit("print('out'); 6 * 7")
        ipython.cell(msg_id)
        mine = [record for record in ipython.journal if parent_of(record) == msg_id]
        assert [(record["channel"], kind_of(record)) for record in mine] == [
            ("supervisor", "submitted"),
            ("iopub", "status"),
            ("iopub", "execute_input"),
            ("iopub", "stream"),
            ("iopub", "execute_result"),
            ("shell", "execute_reply"),
            ("iopub", "status"),
        ]
        assert mine[4]["content"]["data"] == {"text/plain": "42"}
        # the very header that the client sent, not what the kernel made of it
        assert {json.dumps(record["parent_header"]) for record in mine} == {json.dumps(mine[0]["parent_header"])}

    def test_the_client_gets_the_reply(self, ipython: Client) -> None:
        assert ipython.ask("shell", "execute_request", {"code": "1"})["status"] == "ok"

    def test_an_error_aborts_what_waits_behind_it(self, ipython: Client) -> None:
        first = ipython.submit("import time; time.sleep(0.2); 1 / 0")
        behind = [ipython.submit(f"print({number})") for number in range(3)]
        assert ipython.cell(first).reply["ename"] == "ZeroDivisionError"
        for msg_id in behind:
            cell = ipython.cell(msg_id)
            assert cell.reply["status"] == "aborted"
            assert cell.outputs == []
        assert ipython.run("'goes on'").reply["status"] == "ok"

    def test_cells_behind_an_error_that_is_allowed_run(self, ipython: Client) -> None:
        for round in range(10):
            first = ipython.submit("1 / 0", stop_on_error=False)
            second = ipython.submit(f"print({round})")
            assert ipython.cell(first).reply["status"] == "error"
            assert ipython.cell(second).text() == f"{round}\n"

    def test_a_cell_right_behind_an_error_runs(self, ipython: Client) -> None:
        for _ in range(10):
            failed = ipython.submit("1 / 0")
            assert ipython.reply_to("shell", failed)["status"] == "error"
            assert ipython.run("6 * 7").reply["status"] == "ok"

    def test_a_waiting_cell_is_dropped(self, ipython: Client) -> None:
        first = ipython.submit("import time; time.sleep(0.5)")
        dropped, kept = ipython.submit("print('dropped')"), ipython.submit("print('kept')")
        ipython.record("submitted", parent=kept)
        assert ipython.ask("control", "drop_request", DropRequest(dropped)) == {"status": "ok"}
        assert ipython.cell(first).reply["status"] == "ok"
        assert ipython.cell(dropped).reply["status"] == "aborted"
        assert ipython.cell(kept).text() == "kept\n"

    def test_what_our_client_begins_with_a_space_is_not_stored(self, ipython: Client) -> None:
        request = ExecuteRequest(" secret = 5")
        ours = b'{"cshell":{"columns":76}}'
        ipython.cell(ipython.send("shell", "execute_request", request, metadata=ours))
        assert ipython.run("secret").outputs[-1][1]["data"] == {"text/plain": "5"}
        wanted = {"hist_access_type": "tail", "n": 2, "output": False, "raw": True}
        tail = ipython.ask("shell", "history_request", wanted)["history"]
        assert tail[-1][2] == "secret"
        assert " secret = 5" not in [entry[2] for entry in tail]

    def test_displays_are_updated(self, ipython: Client) -> None:
        cell = ipython.run("handle = display('first', display_id='named'); handle.update('second')")
        assert cell.kinds == ["display_data", "update_display_data"]
        assert [content["transient"]["display_id"] for _, content in cell.outputs] == ["named", "named"]

    def test_comms_pass(self, ipython: Client) -> None:
        cell = ipython.run(
            "from comm import create_comm\nmine = create_comm(target_name='t', comm_id='c')\n"
            "mine.on_msg(lambda message: mine.send({'echo': message['content']['data']}))"
        )
        assert "comm_open" in cell.kinds
        msg_id = ipython.send("shell", "comm_msg", {"comm_id": "c", "data": {"x": 1}})
        said = ipython.record("comm_msg", parent=msg_id)["content"]
        assert said == {"comm_id": "c", "data": {"echo": {"x": 1}}}
        assert "c" in ipython.ask("shell", "comm_info_request", {})["comms"]

    def test_a_million_characters_in_order(self, ipython: Client) -> None:
        cell = ipython.run("for number in range(20000): print(number)")
        assert cell.text() == "".join(f"{number}\n" for number in range(20000))


class TestInput:
    def test_a_line(self, ipython: Client) -> None:
        msg_id = ipython.submit("print('before'); answer = input('name? '); print('got', answer)")
        wanted = ipython.record("input_wanted", parent=msg_id)["content"]
        assert (wanted["prompt"], wanted["password"]) == ("name? ", False)
        question = ipython.receive("stdin")
        assert question.header.msg_id == wanted["request"]
        ipython.answer("Ada", wanted["request"])
        assert ipython.cell(msg_id).text() == "before\ngot Ada\n"
        done = ipython.record("input_done", parent=msg_id)["content"]
        assert done == {"request": wanted["request"], "value": "Ada"}

    def test_a_password_is_written_nowhere(self, shared: SessionProcess, ipython: Client) -> None:
        msg_id = ipython.submit("import getpass; len(getpass.getpass('secret? '))")
        wanted = ipython.record("input_wanted", parent=msg_id)["content"]
        assert wanted["password"]
        ipython.answer("open sesame", wanted["request"])
        assert ipython.cell(msg_id).outputs[-1][1]["data"] == {"text/plain": "11"}
        for file in shared.session.state.iterdir():
            assert b"open sesame" not in file.read_bytes(), file

    def test_an_interrupt_ends_a_question(self, ipython: Client) -> None:
        msg_id = ipython.submit("input('forgotten? ')")
        ipython.record("input_wanted", parent=msg_id)
        ipython.interrupt()
        assert ipython.cell(msg_id).reply["ename"] == "KeyboardInterrupt"
        assert "value" not in ipython.record("input_done", parent=msg_id)["content"]
        assert ipython.run("1").reply["status"] == "ok"


class TestBeside:
    """What is asked while a cell runs."""

    @pytest.fixture
    def busy(self, ipython: Client) -> Iterator[Client]:
        msg_id = ipython.submit("import time\nname_of_ours = 1\nprint('begun')\nwhile True: time.sleep(0.01)")
        ipython.record("stream", parent=msg_id)
        yield ipython
        ipython.interrupt()
        ipython.cell(msg_id)

    def test_the_kernel_says_what_it_is(self, busy: Client) -> None:
        for channel in ("shell", "control"):
            info = busy.ask(channel, "kernel_info_request", {})
            assert info["implementation"] == "ipython"

    def test_completion(self, busy: Client) -> None:
        reply = busy.ask("shell", "complete_request", {"code": "name_of_o", "cursor_pos": 9})
        assert "name_of_ours" in reply["matches"]

    def test_inspection_and_history(self, busy: Client) -> None:
        assert busy.ask("shell", "inspect_request", {"code": "len", "cursor_pos": 3})["found"]
        assert busy.ask("shell", "is_complete_request", {"code": "if x:"})["status"] == "incomplete"
        history = {"hist_access_type": "tail", "n": 1, "output": False, "raw": True}
        assert busy.ask("shell", "history_request", history)["status"] == "ok"

    def test_what_the_kernel_passes_over_is_refused(self, busy: Client) -> None:
        # ipykernel wants two fields more, and says so in its log only
        reply = busy.ask("shell", "history_request", {"hist_access_type": "tail", "n": 1})
        assert reply["ename"] == "NoReply"

    def test_one_subshell_serves_all(self, busy: Client) -> None:
        for _ in range(3):
            busy.ask("shell", "complete_request", {"code": "le", "cursor_pos": 2})
        assert len(busy.ask("control", "list_subshell_request", {})["subshell_id"]) == 1

    def test_a_subshell_of_the_client_s_own_runs_cells(self, busy: Client) -> None:
        subshell = busy.ask("control", "create_subshell_request", {})["subshell_id"]
        header = busy.author.header("execute_request").as_dict() | {"subshell_id": subshell}
        content = {"code": "print('beside')", "stop_on_error": True}
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        busy.sockets["shell"].send_multipart(busy.wire.frames([], parts))
        assert busy.cell(header["msg_id"]).text() == "beside\n"
        assert busy.ask("control", "delete_subshell_request", {"subshell_id": subshell})["status"] == "ok"

    def test_usage(self, busy: Client) -> None:
        usage = busy.ask("control", "usage_request", {})
        assert usage["pid"] == pid_of(busy) if busy.records("kernel_started") else usage["pid"] > 0
        assert usage["kernel_memory"] > 1_000_000

    def test_the_stack_is_refused_with_a_sentence(self, busy: Client) -> None:
        assert "own kernel" in busy.ask("control", "stack_request", {})["evalue"]

    def test_a_debugger_is_the_kernel_s_own(self, busy: Client) -> None:
        request = {"type": "request", "command": "debugInfo", "seq": 1, "arguments": {}}
        reply = busy.ask("control", "debug_request", request)
        assert "isStarted" in reply["body"]


class TestInterrupts:
    def test_by_signal(self, ipython: Client) -> None:
        msg_id = ipython.submit(LOOP)
        ipython.record("stream", parent=msg_id)
        waiting = ipython.submit("print('never')")
        ipython.interrupt()
        assert ipython.cell(msg_id).reply["ename"] == "KeyboardInterrupt"
        assert ipython.cell(waiting).reply["status"] == "aborted"

    def test_by_message(self, environ: dict[str, str]) -> None:
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        kernelspec(environ, "bymessage", argv, interrupt_mode="message")
        with session_of(environ, "bymessage") as process, process.client() as client:
            msg_id = client.submit(LOOP)
            client.record("stream", parent=msg_id)
            client.interrupt()
            assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"

    def test_one_that_is_not_taken_ends_the_kernel_at_last(self, own: Client) -> None:
        deaf = "import signal, time\nsignal.signal(signal.SIGINT, lambda *_: None)\nprint('deaf')\ntime.sleep(600)"
        msg_id, waiting = own.submit(deaf), own.submit("print('waited')")
        own.record("stream", lambda content: "deaf" in content["text"], parent=msg_id)
        first = pid_of(own)
        own.interrupt()
        time.sleep(1.1)  # what a step of the ladder has
        own.interrupt()
        own.record("stream", lambda content: "not stopped for the interrupt" in content["text"], parent=msg_id)
        time.sleep(1.1)
        own.interrupt()
        assert own.cell(msg_id).reply["ename"] == "DeadKernelError"
        assert own.cell(waiting).text() == "waited\n"
        assert not is_running(first)

    def test_an_idle_kernel_is_left_alone(self, ipython: Client) -> None:
        ipython.interrupt()
        assert ipython.run("'alive'").reply["status"] == "ok"


class TestDeath:
    def test_by_a_signal(self, own: Client) -> None:
        msg_id = own.submit("import os, signal\nprint('last', flush=True)\nos.kill(os.getpid(), signal.SIGKILL)")
        waiting = own.submit("print('kept')")
        died = own.record("kernel_died")["content"]
        assert (died["signal"], died["cell"]) == ("SIGKILL", msg_id)
        assert died["peak"] > 1_000_000
        assert own.cell(msg_id).reply["ename"] == "DeadKernelError"
        own.restart()
        started = own.records("kernel_started")[-1]["content"]
        assert started["restarted"]
        assert own.cell(waiting).text() == "kept\n"

    def test_with_an_exit_status_and_last_words(self, environ: dict[str, str]) -> None:
        # of ipykernel's own output nothing is left: it reads it and publishes it
        launch = "import ipykernel.kernelapp as app; app.launch_new_instance(capture_fd_output=False)"
        kernelspec(environ, "own", [sys.executable, "-c", launch, "-f", "{connection_file}"])
        with session_of(environ, "own") as process, process.client() as client:
            msg_id = client.submit("import os\nos.write(2, b'the last words\\n')\nos._exit(7)")
            died = client.record("kernel_died")["content"]
        assert (died["exit_status"], died["cell"]) == (7, msg_id)
        assert died["reason"] == "the kernel was ended by exit status 7"
        assert "the last words" in died["last"]
        assert died["code"].startswith("import os")

    def test_its_cell_has_begun_and_what_the_next_kernel_says_is_no_output(self, own: Client) -> None:
        own.run("1")
        msg_id = own.submit("import os; os._exit(3)")
        died = own.record("kernel_died")
        started = own.record("execute_input", parent=msg_id)
        assert started["content"]["execution_count"] == 2
        assert started["seq"] < died["seq"]
        for _ in range(3):
            own.restart()
        assert own.run("2").reply["execution_count"] == 1
        says = [(kind_of(r), parent_of(r)) for r in own.journal if r["seq"] > died["seq"] and kind_of(r) == "stream"]
        begins = [r["seq"] for r in own.records("kernel_starting")]
        ends = [r["seq"] for r in own.records("kernel_started")]
        assert len(begins) == len(ends) == 4
        for begin, end in zip(begins, ends, strict=True):
            assert not [r for r in own.journal if begin < r["seq"] < end and kind_of(r) == "stream"], says

    def test_what_is_asked_of_a_dead_kernel_is_refused(self, own: Client) -> None:
        os.kill(pid_of(own), signal.SIGKILL)
        own.record("kernel_died")
        reply = own.ask("shell", "complete_request", {"code": "a", "cursor_pos": 1})
        assert reply["ename"] == "DeadKernelError"
        assert own.ask("shell", "kernel_info_request", {})["implementation"] == "ipython"

    def test_completion_under_way_is_answered(self, own: Client) -> None:
        own.run("class Slow:\n    def __dir__(self):\n        import time; time.sleep(600)\nslow = Slow()")
        asked = own.send("shell", "complete_request", {"code": "slow.a", "cursor_pos": 6})
        own.read_on()
        os.kill(pid_of(own), signal.SIGKILL)
        assert own.reply_to("shell", asked)["ename"] == "DeadKernelError"

    def test_what_it_had_forked_ends_with_it(self, own: Client) -> None:
        cell = own.run("import subprocess\nleft = subprocess.Popen(['sleep', '600'])\nprint(left.pid)")
        left = int(cell.text())
        own.submit("import os; os._exit(1)")
        own.record("kernel_died")
        wait_for(lambda: not is_running(left), "the end of the kernel's child")

    def test_a_restart_ends_a_busy_kernel(self, own: Client) -> None:
        first = pid_of(own)
        msg_id = own.submit(LOOP)
        own.record("stream", parent=msg_id)
        assert own.restart() != first
        assert own.cell(msg_id).reply["ename"] == "DeadKernelError"
        assert own.run("'anew'").reply == own.records("execute_reply")[-1]["content"]
        assert own.records("execute_reply")[-1]["content"]["execution_count"] == 1

    def test_a_restart_runs_cells_again_before_what_waits(self, own: Client) -> None:
        assert own.ask("control", "restart_request", RestartRequest(["x = 6 * 7", "print(x)"])) == {"status": "ok"}
        own.record("stream", lambda content: content["text"] == "42\n")

    def test_restarts_leave_nothing_behind(self, own: Client) -> None:
        pids = [pid_of(own)] + [own.restart() for _ in range(3)]
        assert len(set(pids)) == 4
        assert own.run("1").reply["status"] == "ok"
        assert [is_running(pid) for pid in pids] == [False, False, False, True]


class TestStart:
    def failure_of(self, environ: dict[str, str], kernel: str) -> tuple[str, float]:
        """Start a session that fails; return the reason, and how long it took since the kernel's start."""
        process = SessionProcess.start(environ, "s", "--kernel", kernel)
        process.process.wait(DEADLINE)
        journal = process.journal()
        failed = next(record for record in journal if kind_of(record) == "kernel_failed")
        starting = next(record for record in journal if kind_of(record) == "kernel_starting")
        assert kind_of(journal[-1]) == "session_ended"
        reason = str(journal[-1]["content"]["reason"])
        assert reason.startswith(failed["content"]["reason"])
        assert process.process.returncode == 1
        assert reason in process.log()
        return reason, failed["time"] - starting["time"]

    def test_a_kernel_that_ends_says_what_it_printed(self, environ: dict[str, str]) -> None:
        kernelspec(environ, "broken", ["sh", "-c", "echo no such module >&2; exit 3"])
        reason, _ = self.failure_of(environ, "broken")
        assert "'broken'" in reason
        assert "exit status 3" in reason
        assert "no such module" in reason

    def test_a_program_that_is_missing(self, environ: dict[str, str]) -> None:
        kernelspec(environ, "absent", ["/nonexistent/kernel", "{connection_file}"])
        reason, _ = self.failure_of(environ, "absent")
        assert "/nonexistent/kernel" in reason
        assert "\n" not in reason

    def test_a_kernelspec_that_is_missing(self, environ: dict[str, str]) -> None:
        kernelspec(environ, "other", ["true"])
        told = self.told(environ, "--kernel", "nosuch")
        assert told["error"].startswith("there is no kernelspec 'nosuch'; there are: ")
        assert "other" in told["error"]

    @pytest.mark.parametrize("text", ["{", "[]", '{"argv": 5}', "\udcff"])
    def test_a_kernelspec_that_is_none(self, environ: dict[str, str], text: str) -> None:
        kernelspec(environ, "broken", ["true"])
        file = Path(environ["JUPYTER_DATA_DIR"]) / "kernels" / "broken" / "kernel.json"
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        told = self.told(environ, "--kernel", "broken")
        assert told["error"].startswith("the kernelspec 'broken' cannot be used: ")
        assert "see the log" not in told["error"]

    def test_jupyter_client_that_is_missing(self, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "jupyter_client").mkdir()
        missing = "raise ModuleNotFoundError('hidden', name='jupyter_client')"
        (tmp_path / "jupyter_client" / "__init__.py").write_text(missing)
        told = self.told(environ | {"PYTHONPATH": str(tmp_path)}, "--kernel", "python3")
        # not an extra of cshell's, which may have been installed from a directory
        assert told["error"].endswith(f"get it: {sys.executable} -m pip install jupyter_client")

    def told(self, environ: dict[str, str], *options: str) -> dict[str, str]:
        """What a supervisor reports that makes no session."""
        log = Path(environ["HOME"]) / "log"
        reading, writing = os.pipe()
        command = [sys.executable, "-P", "-m", "kernel", "--report", str(writing), "--log", str(log), *options]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, stdout=output, stderr=output, env=environ, cwd=environ["HOME"], pass_fds=[writing]
            )
        os.close(writing)
        with os.fdopen(reading) as answer:
            told: dict[str, str] = json.loads(answer.readline())
        assert process.wait(DEADLINE) == 1
        assert sessions.running(environ) == []
        return told

    def test_a_kernel_that_knows_no_ipc_gets_ports(self, environ: dict[str, str]) -> None:
        launch = (
            "import json, sys\n"
            "if json.load(open(sys.argv[1]))['transport'] != 'tcp': sys.exit('only tcp is known here')\n"
            "sys.argv[1:1] = ['-f']\n"
            "from ipykernel.kernelapp import launch_new_instance\nlaunch_new_instance()"
        )
        kernelspec(environ, "ports", [sys.executable, "-c", launch, "{connection_file}"])
        with session_of(environ, "ports") as process, process.client() as client:
            assert client.run("6 * 7").outputs[-1][1]["data"] == {"text/plain": "42"}
            client.restart()
            assert client.run("6 * 7").reply["execution_count"] == 1

    def test_a_kernel_that_never_listens_can_be_ended(self, environ: dict[str, str]) -> None:
        kernelspec(environ, "hangs", ["sleep", "600"])
        with session_of(environ, "hangs") as process, process.client() as client:
            asked = client.send("shell", "kernel_info_request", {})
            submitted = client.submit("1")
            client.record("submitted", parent=submitted)
            (keeper,) = wait_for(lambda: psutil.Process(process.process.pid).children())
            (kernel,) = wait_for(keeper.children)
            client.ask("control", "shutdown_request", ShutdownRequest())
            assert process.process.wait(DEADLINE) == 0
            assert not is_running(kernel.pid)
            assert asked

    def test_what_is_asked_early_is_answered(self, environ: dict[str, str]) -> None:
        with session_of(environ, "python3") as process, process.client() as client:
            asked = client.send("shell", "complete_request", {"code": "le", "cursor_pos": 2})
            assert client.run("print('first output')").text() == "first output\n"
            assert "len" in client.reply_to("shell", asked)["matches"]

    def test_nobody_else_can_connect_or_read(self, shared: SessionProcess) -> None:
        runtime = shared.session.runtime
        wait_for((runtime / "kernel.json").exists, "the kernel's connection file")
        assert runtime.stat().st_mode & 0o077 == 0
        assert (runtime / "kernel.json").stat().st_mode & 0o077 == 0
        connection = json.loads((runtime / "kernel.json").read_text())
        assert connection["transport"] == "ipc" or connection["curve_publickey"]
        assert (shared.session.state / "kernel.log").stat().st_mode & 0o077 == 0


class TestEnd:
    def test_the_kernel_ends_with_the_session(self, environ: dict[str, str]) -> None:
        with session_of(environ, "python3") as process, process.client() as client:
            pid = pid_of(client)
            client.ask("control", "shutdown_request", ShutdownRequest())
            assert process.process.wait(DEADLINE) == 0
            assert not is_running(pid)
            assert not process.session.runtime.exists()

    @pytest.mark.parametrize("name", ["python3", "shell"])
    def test_a_supervisor_that_is_killed_takes_it_along(self, environ: dict[str, str], name: str) -> None:
        if name == "shell":
            pytest.importorskip("bash_kernel", reason="bash_kernel is not installed")
            bash(environ)
        with session_of(environ, name) as process, process.client() as client:
            pid = pid_of(client)
            client.run("1")
            family = psutil.Process(process.process.pid).children(recursive=True)
            assert pid in [member.pid for member in family]
            process.process.kill()
            wait_for(lambda: not any(is_running(member.pid) for member in family), "the end of the kernel")

    def test_a_renamed_session_can_restart_its_kernel(self, environ: dict[str, str]) -> None:
        with session_of(environ, "python3") as process:
            with process.client() as client:
                client.record("kernel_started")
                assert client.ask("control", "rename_request", {"name": "t"}) == {"status": "ok"}
                client.restart()
                assert client.run("1").reply["status"] == "ok"
            process.session = sessions.Session.named("t", environ)
        assert (process.session.state / "kernel.log").exists()


def runs(*command: str) -> bool:
    """Whether a process has this command line."""
    return any(process.info["cmdline"] == list(command) for process in psutil.process_iter(["cmdline"]))


class TestOtherLanguages:
    """Kernels that are no ipykernel, or only half of one."""

    def test_bash(self, environ: dict[str, str]) -> None:
        pytest.importorskip("bash_kernel", reason="bash_kernel is not installed")
        bash(environ)
        with session_of(environ, "shell") as process, process.client() as client:
            started = client.record("kernel_started")["content"]
            assert (started["language"], started["lexer"]) == ("bash", "bash")
            assert client.run("x=6; echo $((x * 7))").text() == "42\n"
            assert client.run("false").reply["status"] == "error"
            assert "echo" in client.ask("shell", "complete_request", {"code": "ech", "cursor_pos": 3})["matches"]
            msg_id = client.submit("echo begun; sleep 598")
            client.record("stream", parent=msg_id)
            # bash itself leaves an interrupt to the command that it is about to start
            wait_for(lambda: runs("sleep", "598"), "the command's process")
            waiting = client.submit("echo not run")
            client.interrupt()
            assert client.cell(msg_id).reply["status"] in ("error", "aborted", "abort")
            # it ran and failed, whatever the kernel calls that
            assert client.cell(waiting).reply["status"] == "aborted"
            assert client.run("echo $x").text() == "6\n"

    def test_xeus(self, environ: dict[str, str]) -> None:
        pytest.importorskip("xpython_launcher", reason="xeus-python is not installed")
        argv = [sys.executable, "-m", "xpython_launcher", "-f", "{connection_file}"]
        kernelspec(environ, "xeus", argv)
        with session_of(environ, "xeus") as process, process.client() as client:
            started = client.record("kernel_started")["content"]
            assert "xeus" in started["banner"]
            assert client.run("print('out'); 6 * 7").kinds[-1] == "execute_result"
            assert client.run("1 / 0").reply["status"] == "error"
            msg_id = client.submit("print('got', input('name? '))")
            wanted = client.record("input_wanted", parent=msg_id)["content"]
            client.answer("Ada", wanted["request"])
            assert client.cell(msg_id).text() == "got Ada\n"
            client.submit("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
            assert client.record("kernel_died")["content"]["signal"] == "SIGKILL"
            client.restart()
            assert client.run("6 * 7").reply["status"] == "ok"
            assert process.log() == ""


class TestJupyterClients:
    def test_one_of_ours_sees_what_one_of_the_kernel_s_own_sees(self, shared: SessionProcess, ipython: Client) -> None:
        direct = connected(shared.session.runtime / "kernel.json")
        through = connected(shared.session.connection_file)
        try:
            msg_id = ipython.submit("import sys\nprint('out')\nprint('é', file=sys.stderr)\ndisplay(1)\n1 / 0")
            ipython.cell(msg_id)
            seen, passed = published(direct, msg_id), published(through, msg_id)
        finally:
            for client in (direct, through):
                client.stop_channels()
        recorded = [
            (kind_of(r), r["content"], r["metadata"], r["header"]["msg_id"])
            for r in ipython.journal
            if parent_of(r) == msg_id and r["channel"] == "iopub"
        ]
        assert recorded == passed == seen

    def test_a_blocking_client_converses(self, shared: SessionProcess) -> None:
        client = connected(shared.session.connection_file)
        try:
            asked = client.execute("answer = input('name? ')", allow_stdin=True)
            assert client.get_stdin_msg(timeout=DEADLINE)["content"]["prompt"] == "name? "
            client.input("Ada")
            reply = client.get_shell_msg(timeout=DEADLINE)
            assert (reply["parent_header"]["msg_id"], reply["content"]["status"]) == (asked, "ok")
            assert "answer" in client.complete("answ", reply=True, timeout=DEADLINE)["content"]["matches"]
        finally:
            client.stop_channels()


def connected(file: Path) -> Any:
    from jupyter_client.blocking.client import BlockingKernelClient

    client = BlockingKernelClient(connection_file=str(file))
    client.load_connection_file()
    client.start_channels()
    client.wait_for_ready(DEADLINE)
    return client


def published(client: Any, msg_id: str) -> list[tuple[str, Json, Json, str]]:
    """What a client of Jupyter's hears of a cell, up to its end."""
    found: list[tuple[str, Json, Json, str]] = []
    while not found or found[-1][:2] != ("status", {"execution_state": "idle"}):
        message = client.get_iopub_msg(timeout=DEADLINE)
        if message["parent_header"].get("msg_id") == msg_id:
            found.append((message["msg_type"], message["content"], message["metadata"], message["header"]["msg_id"]))
    return found
