"""A session as cshell starts it: supervisor, fork server and worker as real processes, through their sockets."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel.protocol import session as sessions
from kernel.protocol.messages import DropRequest, ExecuteRequest, InputReply, InterruptRequest, Json, ShutdownRequest
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

COUNTING = "import itertools\nfor number in itertools.count(): print('line', number)"


def worker_pid(client: Client) -> int:
    client.read_on()
    return int(client.records("kernel_started")[-1]["content"]["pid"])


def error_of(client: Client, code: str) -> str:
    reply = client.run(code).reply
    assert reply["status"] == "error", reply
    return str(reply["ename"])


class TestJournal:
    def test_the_first_records_say_what_the_session_is(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.record("kernel_started")
            first = client.journal[:3]
        assert [kind_of(record) for record in first] == [
            "session_started",
            "kernel_starting",
            "kernel_started",
        ]
        assert first[0]["content"]["name"] == "s"
        assert first[0]["content"]["pid"] == session.process.pid
        assert [record["seq"] for record in client.journal] == list(range(1, len(client.journal) + 1))

    def test_a_cell_from_submitted_to_idle(self, client: Client) -> None:
        msg_id = client.submit("print('out'); 6 * 7")
        client.cell(msg_id)
        mine = [record for record in client.journal if parent_of(record) == msg_id]
        assert [(record["channel"], kind_of(record)) for record in mine] == [
            ("supervisor", "submitted"),
            ("iopub", "status"),
            ("iopub", "execute_input"),
            ("iopub", "stream"),
            ("iopub", "execute_result"),
            ("shell", "execute_reply"),
            ("iopub", "status"),
        ]
        assert mine[0]["content"]["code"] == "print('out'); 6 * 7"
        assert mine[4]["content"]["data"] == {"text/plain": "42"}

    def test_every_reader_reads_all_from_0(self, session: SessionProcess) -> None:
        with session.client() as first, session.client() as second, session.client() as third:
            first.run("print('for all')")
            head = first.read_on()
            for reader in (second, third):
                reader.read_on()
                assert reader.journal[:head] == first.journal[:head]

    def test_a_reader_waits_and_is_answered_when_there_is_something(self, client: Client) -> None:
        head = client.read_on()
        waiting = client.send("feed", "read_request", {"after": head})
        client.submit("1")
        reply = client.reply_to("feed", waiting)
        assert [record["seq"] for record in reply["records"]][:1] == [head + 1]

    def test_a_limit_gives_some_and_at_least_one(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("print('x' * 50000)")
            client.read_on()
            seen: list[Json] = []
            while len(seen) < len(client.journal):
                reply = client.read(len(seen), limit=1)
                assert reply["head"] >= len(client.journal)
                assert reply["records"]
                seen += reply["records"]
            assert seen[: len(client.journal)] == client.journal

    def test_file_and_feed_are_the_same(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("print('é ☃')")
            client.read_on()
            head = len(client.journal)
            assert session.journal()[:head] == client.journal


class TestOutput:
    def test_python_c_subprocess_and_errors_come_in_order(self, client: Client) -> None:
        cell = client.run(
            "import ctypes, os, subprocess, sys\n"
            "libc = ctypes.CDLL(None)\n"
            "for round in range(3):\n"
            "    print('python', round)\n"
            "    libc.puts(b'c')\n"
            "    os.system('echo shell')\n"
            "    print('error', round, file=sys.stderr)\n"
            "    subprocess.run(['echo', 'subprocess'])\n"
            "    display(round)\n"
        )
        shown = [c["text"] if kind == "stream" else c["data"]["text/plain"] for kind, c in cell.outputs]
        once = "python {0}\nc\nshell\nerror {0}\nsubprocess\n{0}"
        assert "".join(shown) == "".join(once.format(round) for round in range(3))

    def test_text_without_a_newline_is_shown_while_the_cell_runs(self, client: Client) -> None:
        msg_id = client.submit("import sys, time\nprint('half', end='')\ntime.sleep(60)")
        client.record("stream", lambda content: content["text"] == "half", parent=msg_id)
        client.interrupt()
        assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"

    def test_more_than_the_pipes_hold_comes_before_the_message_behind_it(self, client: Client) -> None:
        cell = client.run(
            "import sys\n"
            "for number in range(3):\n"
            "    print('o' * 3_000_000); print('e' * 3_000_000, file=sys.stderr); display(number)"
        )
        assert cell.text("stdout") == ("o" * 3_000_000 + "\n") * 3
        assert cell.text("stderr") == ("e" * 3_000_000 + "\n") * 3
        kinds = [kind for kind in cell.kinds if kind == "display_data"]
        assert len(kinds) == 3
        assert cell.kinds[-1] == "display_data"

    def test_threads_print_and_display_together(self, client: Client) -> None:
        cell = client.run(
            "import threading, sys\n"
            "def work(name):\n"
            "    for number in range(200):\n"
            "        print(f'{name}:{number}\\n', end='')\n"
            "        print(f'{name}:{number}', file=sys.stderr)\n"
            "        display(number)\n"
            "threads = [threading.Thread(target=work, args=[name]) for name in 'ab']\n"
            "for thread in threads: thread.start()\n"
            "for thread in threads: thread.join()"
        )
        lines = cell.text("stdout").splitlines()
        for name in "ab":
            assert [line for line in lines if line.startswith(name)] == [f"{name}:{n}" for n in range(200)]
        assert cell.kinds.count("display_data") == 400

    def test_a_child_that_makes_the_pipes_non_blocking_costs_nothing(self, client: Client) -> None:
        cell = client.run(
            "import os\nos.set_blocking(1, False)\n"
            "for number in range(50): display(number); os.system('echo x')\n"
            "os.set_blocking(1, True)"
        )
        assert cell.kinds.count("display_data") == 50
        assert cell.text() == "x\n" * 50

    def test_what_a_forked_child_prints_and_displays_is_shown_once(self, client: Client) -> None:
        cell = client.run(
            "import os\nprint('before', end='')\npid = os.fork()\n"
            "if pid == 0:\n    print(' child'); display('shown')\n    os._exit(0)\n"
            "_ = os.waitpid(pid, 0)\nprint('parent')"
        )
        assert cell.text() == "before child\n'shown'\nparent\n"
        assert client.run("'still here'").outputs[-1][1]["data"]["text/plain"] == "'still here'"

    def test_a_forked_child_that_ends_the_cell_ends_with_it(self, client: Client) -> None:
        cell = client.run("import os\nchild = os.fork()\nif child == 0: raise RuntimeError('in the child')")
        assert cell.reply["status"] == "ok"
        status = client.run("os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])")
        assert status.outputs[-1][1]["data"]["text/plain"] == "1"
        later = [c["text"] for kind, c in (*cell.outputs, *status.outputs) if kind == "stream"]
        assert "in the child" in "".join(later)

    def test_multiprocessing(self, client: Client) -> None:
        cell = client.run(
            "import multiprocessing\n"
            "def double(x):\n    print('working')\n    return 2 * x\n"
            "context = multiprocessing.get_context('fork')\n"
            "with context.Pool(2) as pool: print(pool.map(double, range(4)))\n"
            "def ask():\n"
            "    try: input()\n"
            "    except EOFError as error: print('no input:', error)\n"
            "process = context.Process(target=ask); process.start(); process.join()"
        )
        assert cell.reply["status"] == "ok"
        assert cell.text().count("working\n") == 4
        assert "[0, 2, 4, 6]\n" in cell.text()
        assert "no input: a child process of the kernel has no input\n" in cell.text()

    def test_streams_that_user_code_closed_are_open_again(self, client: Client) -> None:
        # history is open and none is written: its files would take the free numbers
        client.ask("shell", "history_request", {"n": 1})
        cell = client.run("import os\nos.close(1); os.close(2)", store_history=False)
        assert cell.reply["status"] == "ok"
        assert client.run("os.write(1, b'raw\\n'); print('printed')").text() == "raw\nprinted\n"

    def test_redirected_descriptors_stay_redirected(self, client: Client, tmp_path: Path) -> None:
        file = tmp_path / "out"
        client.run(
            f"import os\nkept = os.dup(1)\nfile = os.open({str(file)!r}, os.O_CREAT | os.O_WRONLY)\n"
            "_ = os.dup2(file, 1)"
        )
        cell = client.run("print('to the file'); display(1)")
        assert cell.kinds == ["display_data"]
        client.run("_ = os.dup2(kept, 1)")
        assert client.run("print('back')").text() == "back\n"
        assert file.read_text() == "to the file\n"

    @pytest.mark.parametrize(
        "replacement",
        [
            "None",
            "io.StringIO()",
            "type('S', (), {'write': print, 'flush': lambda self: 1 / 0})()",
            "closed",
        ],
    )
    def test_replaced_streams_break_only_what_is_printed_there(self, client: Client, replacement: str) -> None:
        client.run("import io, sys\nclosed = io.StringIO(); closed.close()")
        client.run(f"former = sys.stdout, sys.stderr\nsys.stdout = sys.stderr = {replacement}")
        assert client.run("21 * 2").outputs[-1][1]["data"] == {"text/plain": "42"}
        client.run("sys.stdout, sys.stderr = former")
        assert client.run("print('back')").text() == "back\n"

    def test_closed_python_streams_do_not_end_the_worker(self, client: Client) -> None:
        client.run("import sys\nsys.stdout.close(); sys.stderr.close()")
        assert client.run("21 * 2").outputs[-1][1]["data"] == {"text/plain": "42"}


@pytest.fixture
def long_numbers() -> Iterator[None]:
    """Let this process read numbers of any length, as the journal may hold them."""
    limit = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(limit)


class TestErrors:
    @pytest.mark.parametrize(
        "code",
        [
            "import getpass; getpass.getpass(123)",
            "import sys; sys.set_int_max_str_digits(0)\n"
            "get_ipython().payload_manager.write_payload({'source': 'x', 'n': 10**5000})",
            "import sys; sys.set_int_max_str_digits(0); display({'application/json': {'n': 10**5000}}, raw=True)",
        ],
    )
    def test_nothing_that_user_code_sends_ends_the_supervisor(self, code: str, long_numbers: None) -> None:
        # in a session of its own, as others could not read its journal
        with running_session() as session, session.client() as client:
            msg_id = client.submit(code)
            if "getpass" in code:
                wanted = client.record("input_wanted", parent=msg_id)
                client.answer("secret", wanted["content"]["request"])
            client.cell(msg_id)
            assert client.run("21 * 2").reply["status"] == "ok"

    def test_an_abandoned_question_does_not_stop_the_next_one(self, client: Client) -> None:
        msg_id = client.submit("import asyncio; await asyncio.to_thread(input, 'one ')")
        client.record("input_wanted", parent=msg_id)
        client.interrupt()
        client.cell(msg_id)
        msg_id = client.submit("input('two ')")
        wanted = client.record("input_wanted", parent=msg_id)
        client.answer("here", wanted["content"]["request"])
        assert client.cell(msg_id).outputs[-1][1]["data"] == {"text/plain": "'here'"}

    def test_a_group_of_exceptions_is_one_message(self, client: Client) -> None:
        cell = client.run("raise ExceptionGroup('many', [ValueError('first'), TypeError('second')])")
        assert cell.kinds == ["error"]
        assert cell.reply["ename"] == "ExceptionGroup"
        text = "\n".join(cell.reply["traceback"])
        assert "ValueError: first" in text
        assert "TypeError: second" in text
        assert "IPython/core" not in text

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("1 / 0", "ZeroDivisionError"),
            ("def f(): return f()\nf()", "RecursionError"),
            ("import sys\nsys.exit(3)", "SystemExit"),
            ("if", "SyntaxError"),
            ("  x = 1\n y = 2", "IndentationError"),
            ("class E(Exception):\n    def __str__(self): raise ValueError\nraise E", "E"),
            ("raise BaseException('base')", "BaseException"),
            ("import asyncio\nraise asyncio.CancelledError", "CancelledError"),
            ("raise GeneratorExit", "GeneratorExit"),
            ("x = '\\x00'\n\x00", "SyntaxError"),
            ("await undefined", "NameError"),
            ("%nosuchmagic", None),
        ],
    )
    def test_an_error_is_published_and_replied(self, client: Client, code: str, name: str | None) -> None:
        cell = client.run(code)
        if name is not None:
            assert cell.reply["status"] == "error"
            assert cell.reply["ename"] == name
            assert cell.reply["traceback"]
            assert "error" in cell.kinds
        assert client.run("'alive'").reply["status"] == "ok"

    def test_surrogates_in_code_and_output(self, client: Client) -> None:
        cell = client.run("print(chr(0xd800)); chr(0xd800)")
        assert cell.reply["status"] == "ok"
        assert cell.text() == "\\ud800\n"
        client.run("'\ud800'")
        assert client.run("1").reply["status"] == "ok"

    def test_values_that_are_no_json(self, client: Client) -> None:
        for data in ("{(1, 2): 3}", "{'x': float('nan')}", "{'x': object()}"):
            cell = client.run(f"display({{'application/json': {data}}}, raw=True)")
            assert cell.kinds == ["display_data"], data
        cell = client.run("d = {}; d['d'] = d\ndisplay({'application/json': d}, raw=True)")
        assert cell.reply["ename"] == "RecursionError"

    def test_user_expressions(self, client: Client) -> None:
        reply = client.run("x = 5", user_expressions={"six": "x + 1", "bad": "1 / 0"}).reply
        assert reply["user_expressions"]["six"]["data"] == {"text/plain": "6"}
        assert reply["user_expressions"]["bad"]["ename"] == "ZeroDivisionError"


class TestCells:
    def test_magics_help_shell_and_await(self, client: Client) -> None:
        assert client.run("!echo from the shell").text() == "from the shell\n"
        assert client.run("files = !echo caught\nfiles").outputs[-1][1]["data"]["text/plain"] == "['caught']"
        assert client.run("%who").text() == "files\t \n"
        assert "text/plain" in client.run("len?").reply["payload"][0]["data"]
        awaited = client.run("import asyncio\nawait asyncio.sleep(0, 'awaited')")
        assert awaited.outputs[-1][1]["data"]["text/plain"] == "'awaited'"
        assert client.run("asyncio.run(asyncio.sleep(0, 1))").reply["status"] == "ok"
        assert client.run("%%capture caught\nprint(1); display(2)").kinds == []
        assert client.run("caught.stdout").outputs[-1][1]["data"]["text/plain"] == "'1\\n'"

    def test_in_and_out(self, client: Client) -> None:
        client.run("5")
        assert client.run("_ + 1").outputs[-1][1]["data"]["text/plain"] == "6"
        assert client.run("In[1], Out[1], _1").outputs[-1][1]["data"]["text/plain"] == "('5', 5, 5)"

    def test_displays_can_be_updated_and_cleared(self, client: Client) -> None:
        cell = client.run(
            "from IPython.display import clear_output, display\n"
            "handle = display('one', display_id='d')\nhandle.update('two')\nclear_output(wait=True)"
        )
        assert cell.kinds == ["display_data", "update_display_data", "clear_output"]
        assert cell.outputs[1][1]["transient"] == {"display_id": "d"}
        assert cell.outputs[2][1] == {"wait": True}

    def test_a_silent_cell_shows_nothing_of_itself(self, client: Client) -> None:
        msg_id = client.submit("5", silent=True)
        assert client.cell(msg_id).outputs == []
        assert not [r for r in client.records("execute_input") if parent_of(r) == msg_id]
        assert client.run("6").reply["execution_count"] == 1

    def test_interpreter_as_users_expect_it(self, client: Client, lasting_session: SessionProcess) -> None:
        home = lasting_session.environ["HOME"]
        shown = client.run("import os, sys\nos.getcwd(), sys.argv, sys.path[0], __name__").outputs[-1][1]
        assert shown["data"]["text/plain"] == repr((home, [""], "", "__main__"))

    def test_exit_asks_the_client(self, client: Client) -> None:
        reply = client.run("exit").reply
        assert reply["status"] == "ok"
        assert [payload["source"] for payload in reply["payload"]] == ["ask_exit"]

    def test_numbers_of_messages_never_repeat(self, client: Client) -> None:
        for _ in range(2):
            client.run("display(1)")
            client.restart()
        client.run("display(1)")
        client.read_on()
        numbers = [record["header"]["msg_id"] for record in client.journal]
        assert len(numbers) == len(set(numbers))


class TestQueue:
    def test_cells_run_one_after_the_other(self, client: Client) -> None:
        ids = [client.submit(f"print({number})") for number in range(20)]
        assert [client.cell(msg_id).text() for msg_id in ids] == [f"{number}\n" for number in range(20)]

    def test_an_error_aborts_what_waits(self, client: Client) -> None:
        client.send("shell", "execute_request", {"code": "import time; time.sleep(0.2); 1/0"})
        waiting = client.submit("print('never')")
        assert client.cell(waiting).reply["status"] == "aborted"
        assert client.run("print('later')").text() == "later\n"

    def test_an_error_that_is_not_to_stop_anything(self, client: Client) -> None:
        client.submit("import time; time.sleep(0.1); 1/0", stop_on_error=False)
        assert client.run("print('next')").text() == "next\n"

    def test_a_waiting_cell_can_be_dropped(self, client: Client) -> None:
        running = client.submit("input()")
        client.record("input_wanted")
        waiting = client.submit("print('dropped')")
        kept = client.submit("print('kept')")
        # the control channel is served before the shell channel
        client.record("submitted", parent=kept)
        assert client.ask("control", "drop_request", DropRequest(waiting)) == {"status": "ok"}
        assert client.record("cells_dropped")["content"] == {"cells": [waiting]}
        # what an error skipped can be dropped as well: every client is told
        assert client.ask("control", "drop_request", DropRequest(waiting)) == {"status": "ok"}
        assert client.ask("control", "drop_request", DropRequest(running))["ename"] == "NotWaiting"
        assert client.cell(waiting).reply["status"] == "aborted"
        client.send("stdin", "input_reply", InputReply("go"))
        assert client.cell(kept).text() == "kept\n"


class TestInput:
    def test_the_asking_client_answers(self, client: Client) -> None:
        msg_id = client.submit("name = input('name? '); print('hello', name)")
        question = client.receive("stdin")
        assert question.header.msg_type == "input_request"
        assert question.content.as_dict() == {"prompt": "name? ", "password": False}
        client.send("stdin", "input_reply", InputReply("Ada"))
        assert client.cell(msg_id).text() == "hello Ada\n"

    def test_another_client_answers_and_the_journal_has_no_password(
        self, client: Client, lasting_session: SessionProcess
    ) -> None:
        msg_id = client.submit("from getpass import getpass\nsecret = getpass(); len(secret)")
        with lasting_session.client() as other:
            wanted = other.record("input_wanted", parent=msg_id)["content"]
            assert wanted["password"] is True
            other.answer("swordfish", wanted["request"])
            done = other.record("input_done", parent=msg_id)["content"]
        assert done == {"request": wanted["request"]}
        assert client.cell(msg_id).outputs[-1][1]["data"]["text/plain"] == "9"
        assert b"swordfish" not in lasting_session.session.journal.read_bytes()

    def test_a_question_waits_for_a_client_whose_stdin_connects_last(self, lasting_session: SessionProcess) -> None:
        with lasting_session.client(channels=("shell", "control", "feed")) as client:
            msg_id = client.submit("input('late? ')")
            client.record("input_wanted", parent=msg_id)
            client.connect("stdin")
            assert client.receive("stdin").content.as_dict() == {"prompt": "late? ", "password": False}
            client.send("stdin", "input_reply", InputReply("in time"))
            assert client.cell(msg_id).reply["status"] == "ok"

    def test_only_the_question_that_is_open_is_answered(self, client: Client) -> None:
        msg_id = client.submit("[input(), input()]")
        first = client.record("input_wanted", parent=msg_id)["content"]["request"]
        client.answer("wrong", "another question")
        client.answer("one", first)
        second = client.record("input_wanted", lambda c: c["request"] != first, parent=msg_id)["content"]
        client.answer("late", first)
        client.answer("two", second["request"])
        assert client.cell(msg_id).outputs[-1][1]["data"]["text/plain"] == "['one', 'two']"

    def test_end_of_file(self, client: Client) -> None:
        msg_id = client.submit("input()")
        client.answer("\x04", client.record("input_wanted", parent=msg_id)["content"]["request"])
        assert client.cell(msg_id).reply["ename"] == "EOFError"

    def test_a_client_that_allows_no_questions(self, client: Client) -> None:
        assert client.run("input()", allow_stdin=False).reply["ename"] == "StdinNotImplementedError"


def is_called(process: psutil.Process, name: str) -> bool:
    try:
        return bool(process.name() == name)
    except psutil.NoSuchProcess:
        return False


def wait_for_child(client: Client, name: str) -> None:
    """Wait until the kernel runs a program: a shell that is about to start one may drop an interrupt."""
    worker = psutil.Process(client.records("kernel_started")[-1]["content"]["pid"])
    wait_for(lambda: any(is_called(child, name) for child in worker.children(recursive=True)), name)


class TestInterrupt:
    @pytest.mark.parametrize(
        "code",
        [
            "while True: pass",
            "import time\ntime.sleep(60)",
            "while True: print('again')",
            "while True: display('again')",
            "import sys\nwhile True: print('again', file=sys.stderr)",
            "input()",
            "import getpass\ngetpass.getpass()",
            "import asyncio\nawait asyncio.sleep(60)",
            "import asyncio\nwhile True: await asyncio.sleep(0.001)",
            "async def wait():\n    while True: pass\nawait wait()",
            "import asyncio\nasyncio.run(asyncio.sleep(60))",
            "import subprocess\nsubprocess.run(['sleep', '60'])",
            "import threading\nthreading.Event().wait()",
            "%sx sleep 60\nimport time\ntime.sleep(60)",
            "!sleep 60\nimport time\ntime.sleep(60)",
        ],
    )
    def test_a_cell_is_interrupted(self, client: Client, code: str) -> None:
        msg_id = client.submit(code)
        client.begun(msg_id)
        if code.startswith(("%sx", "!")):
            wait_for_child(client, "sleep")
        end = client.send("control", "interrupt_request", InterruptRequest())
        client.reply_to("control", end)
        cell = client.cell(msg_id)
        assert cell.reply["ename"] == "KeyboardInterrupt", cell.reply
        assert cell.kinds.count("error") == 1
        assert client.run("'alive'").reply["status"] == "ok"

    def test_os_system(self, client: Client) -> None:
        msg_id = client.submit("import os\nprint('x', flush=True)\nos.system('echo here; sleep 60')")
        client.record("stream", lambda content: "here" in content["text"], parent=msg_id)
        wait_for_child(client, "sleep")
        client.interrupt()
        assert client.cell(msg_id).outputs[-1][1]["data"]["text/plain"] == "2"

    def test_an_interrupt_right_behind_the_request_is_not_lost(self, client: Client) -> None:
        for _ in range(20):
            msg_id = client.submit("import time; time.sleep(60)")
            client.record("submitted", parent=msg_id)
            client.interrupt()
            assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"

    def test_an_idle_kernel_does_not_mind(self, client: Client) -> None:
        for _ in range(50):
            client.interrupt()
            assert client.run("1").reply["status"] == "ok"

    def test_an_awaiting_cell_does_not_go_on_in_the_next(self, client: Client) -> None:
        msg_id = client.submit("import asyncio\nwhile True:\n    print('tick'); await asyncio.sleep(0.001)")
        client.record("stream", parent=msg_id)
        client.interrupt()
        assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"
        assert client.run("await asyncio.sleep(0.05)").text() == ""

    def test_a_handler_of_the_users_own_lasts_one_cell(self, client: Client) -> None:
        msg_id = client.submit(
            # Python refuses a print in a handler that came in the middle of another one
            "import os, signal, time\nsignal.signal(signal.SIGINT, lambda *_: os.write(1, b'mine\\n'))\n"
            "print('set')\nend = time.monotonic() + 0.3\nwhile time.monotonic() < end: time.sleep(0.01)"
        )
        client.record("stream", parent=msg_id)
        client.interrupt()
        assert "mine" in client.cell(msg_id).text()
        client.run("_ = signal.signal(signal.SIGINT, signal.SIG_IGN)")
        msg_id = client.submit("while True: pass")
        client.begun(msg_id)
        client.interrupt()
        assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"


class TestAside:
    def test_answers_while_a_cell_runs(self, client: Client) -> None:
        client.run("import math\nvalue = 5")
        msg_id = client.submit("input()")
        wanted = client.record("input_wanted", parent=msg_id)["content"]
        found = client.ask("shell", "complete_request", {"code": "math.sq", "cursor_pos": 7})
        completed = ["math.sq"[: found["cursor_start"]] + match for match in found["matches"]]
        assert completed == ["math.sqrt"]
        assert client.ask("shell", "inspect_request", {"code": "value", "cursor_pos": 5})["found"]
        assert client.ask("shell", "is_complete_request", {"code": "if 1:"})["status"] == "incomplete"
        tail = client.ask("shell", "history_request", {"hist_access_type": "tail", "n": 2})
        assert [entry[2] for entry in tail["history"]] == ["import math\nvalue = 5", "input()"]
        assert client.ask("shell", "kernel_info_request", {})["implementation"] == "cshell"
        assert client.ask("shell", "comm_info_request", {})["comms"] == {}
        client.answer("", wanted["request"])
        client.cell(msg_id)

    def test_a_completion_that_hangs_blocks_neither_input_nor_restart(self, client: Client) -> None:
        client.run("import time\nclass Slow:\n    def __dir__(self):\n        time.sleep(60)\nslow = Slow()")
        msg_id = client.submit("input()")
        wanted = client.record("input_wanted", parent=msg_id)["content"]
        hanging = client.send("shell", "complete_request", {"code": "slow.", "cursor_pos": 5})
        client.answer("line", wanted["request"])
        assert client.cell(msg_id).reply["status"] == "ok"
        client.restart()
        assert client.reply_to("shell", hanging)["ename"] == "DeadKernelError"

    def test_a_completion_that_hangs_in_the_main_thread_can_be_interrupted(self, client: Client) -> None:
        client.run(
            "import time\nclass Slow:\n    def __dir__(self):\n        print('asked')\n        time.sleep(60)\n"
            "slow = Slow()"
        )
        head = client.read_on()
        hanging = client.send("shell", "complete_request", {"code": "slow.", "cursor_pos": 5})
        client.record("stream", lambda content: "asked" in content["text"], after=head)
        client.interrupt()
        client.reply_to("shell", hanging)
        assert client.run("1").reply["status"] == "ok"

    def test_what_our_client_begins_with_a_space_is_in_no_history(self, client: Client) -> None:
        ours = b'{"cshell":{"columns":76}}'
        for code, metadata in ((" theirs = 1", b"{}"), (" ours = 2", ours), ("plain = 3", ours)):
            request = ExecuteRequest(code)
            client.cell(client.send("shell", "execute_request", request, metadata=metadata))
        # it counts, and its value is there, as of any other cell
        last = client.run("ours").reply["execution_count"]
        tail = client.ask("shell", "history_request", {"hist_access_type": "tail", "n": 3})["history"]
        kept = [(last - 3, " theirs = 1"), (last - 1, "plain = 3"), (last, "ours")]
        assert [(number, code) for _, number, code in tail] == kept

    def test_history(self, client: Client) -> None:
        for code in ("first = 1", "second = 2", "first + second"):
            client.run(code)
        ask = {"hist_access_type": "tail", "n": 3, "output": True}
        tail = client.ask("shell", "history_request", ask)["history"]
        assert [line for _, _, (line, _) in tail] == ["first = 1", "second = 2", "first + second"]
        session = tail[0][0]
        ask = {"hist_access_type": "range", "session": session, "start": 2, "stop": 3}
        assert client.ask("shell", "history_request", ask)["history"] == [[session, 2, "second = 2"]]
        ask = {"hist_access_type": "search", "pattern": "first*", "n": 2}
        found = client.ask("shell", "history_request", ask)["history"]
        assert [entry[2] for entry in found] == ["first = 1", "first + second"]
        client.restart()
        ask = {"hist_access_type": "range", "session": session}
        former = client.ask("shell", "history_request", ask)["history"]
        assert [entry[:2] for entry in former] == [[session, 1], [session, 2], [session, 3]]


class TestBadRequests:
    @pytest.mark.parametrize(
        ("channel", "msg_type", "content"),
        [
            ("shell", "execute_request", b"{}"),
            ("shell", "execute_request", b"not json"),
            ("shell", "execute_request", b"[" * 100_000),
            ("shell", "execute_request", b'"\xff"'),
            ("shell", "execute_request", '{"code": "1"}'.encode("utf-16")),
            ("shell", "execute_request", {"code": 5}),
            ("shell", "execute_request", {"code": "1", "user_expressions": []}),
            ("shell", "complete_request", {"code": "a"}),
            ("shell", "history_request", {"n": "many"}),
            ("shell", "nonsense_request", {}),
            ("shell", "read_request", {"after": 0}),
            ("shell", "session_started_request", {}),
            ("control", "execute_request", {"code": "1"}),
            ("control", "drop_request", {}),
            ("feed", "read_request", {"after": "x"}),
            ("feed", "read_request", {"after": 1.5}),
        ],
    )
    def test_a_broken_request_is_answered_with_an_error(
        self, client: Client, channel: str, msg_type: str, content: Json | bytes
    ) -> None:
        if channel == "feed":
            client.sockets["feed"].linger = 0
        reply = client.ask(channel, msg_type, content)
        assert reply["status"] == "error"
        assert reply["ename"] == "RemoteProtocolError"
        assert client.run("'alive'").reply["status"] == "ok"

    def test_what_makes_no_sense_in_the_worker(self, client: Client) -> None:
        expected = {"ok", "error"}
        for values in (
            {"hist_access_type": "nonsense"},
            {"hist_access_type": "range", "session": 10**30},
            {"hist_access_type": "tail", "n": -1},
            {"hist_access_type": "search", "pattern": "\ud800"},
        ):
            assert client.ask("shell", "history_request", values)["status"] in expected
        for position in (-5, 10**9):
            values = {"code": "a.b", "cursor_pos": position}
            assert client.ask("shell", "complete_request", values)["status"] == "ok"
            assert client.ask("shell", "inspect_request", values)["status"] in expected
        assert client.run("'alive'").reply["status"] == "ok"

    def test_frames_that_are_no_messages_are_dropped(self, client: Client) -> None:
        for channel in ("shell", "control", "stdin", "feed"):
            sock = client.sockets[channel]
            sock.send(b"")
            sock.send(b"nonsense")
            sock.send_multipart([b"<IDS|MSG>"])
            sock.send_multipart([b"<IDS|MSG>", b"0" * 64, b"{}", b"{}", b"{}", b"{}"])
            for header in (b"{}", b"[]", b"x", b'{"msg_id": 1, "msg_type": "execute_request"}'):
                sock.send_multipart(client.wire.frames([], [header, b"{}", b"{}", b"{}"]))
        client.send("stdin", "execute_request", {"code": "1"})
        client.send("stdin", "input_reply", {"value": 5}, parent=b"x")
        client.send("shell", "comm_open", {"comm_id": "x"})
        assert client.run("'alive'").reply["status"] == "ok"


class TestRestart:
    def test_a_new_namespace_and_count(self, client: Client) -> None:
        client.run("x = 1")
        client.restart()
        cell = client.run("x")
        assert cell.reply["ename"] == "NameError"
        assert cell.reply["execution_count"] == 1

    def test_exit_handlers_of_an_idle_worker_run(self, client: Client, tmp_path: Path) -> None:
        file = tmp_path / "left"
        client.run(
            f"import atexit, pathlib\natexit.register(lambda: pathlib.Path({str(file)!r}).touch())\n"
            "_ = atexit.register(print, 'good bye')"
        )
        head = client.read_on()
        client.restart()
        assert file.exists()
        client.record("stream", lambda content: content["text"] == "good bye\n", after=head)

    def test_a_busy_worker_is_killed_and_the_queue_goes_on(self, client: Client) -> None:
        head = client.read_on()
        msg_id = client.submit("while True: pass")
        client.begun(msg_id)
        waiting = client.submit("print('after the restart')")
        client.record("submitted", parent=waiting)
        client.restart()
        assert client.cell(msg_id).reply["ename"] == "DeadKernelError"
        assert client.cell(waiting).text() == "after the restart\n"
        assert not [record for record in client.records("kernel_died") if record["seq"] > head]

    def test_a_stopped_worker_is_replaced(self, client: Client) -> None:
        os.kill(worker_pid(client), signal.SIGSTOP)
        client.restart()
        client.submit("input()")
        client.record("input_wanted")
        os.kill(worker_pid(client), signal.SIGSTOP)
        client.restart()
        assert client.run("1").reply["status"] == "ok"

    def test_impatient_users(self, client: Client) -> None:
        for _ in range(10):
            client.send("control", "restart_request", {})
            client.submit("1", stop_on_error=False)
        assert client.run("'here'").reply["status"] == "ok"

    def test_workers_end_in_order_however_early(self, client: Client) -> None:
        head = client.read_on()
        for _ in range(20):
            client.restart()
        client.run("1")
        client.restart()
        said = [record["content"]["text"] for record in client.records("stream") if record["seq"] > head]
        assert said == []

    def test_nothing_is_left_of_former_workers(self, client: Client, lasting_session: SessionProcess) -> None:
        client.run("import subprocess\nchild = subprocess.Popen(['sleep', '600'])\n!sleep 601 &")
        for _ in range(3):
            client.restart()
        supervisor = psutil.Process(lasting_session.process.pid)

        def commands() -> list[str]:
            return [process.name() for process in supervisor.children(recursive=True)]

        wait_for(lambda: len(commands()) == 2, "the fork server and one worker alone")
        opened = supervisor.num_fds()
        for _ in range(5):
            client.restart()
        assert supervisor.num_fds() <= opened


class TestDeath:
    def test_sigkill_while_printing_loses_no_line(self, client: Client) -> None:
        pid = worker_pid(client)
        msg_id = client.submit(COUNTING)
        waiting = client.submit("print('kept')")
        client.record("stream", lambda content: "line 20000\n" in content["text"], parent=msg_id)
        os.kill(pid, signal.SIGKILL)
        cell = client.cell(msg_id)
        assert cell.reply["status"] == "error"
        assert cell.reply["ename"] == "DeadKernelError"
        assert "SIGKILL" in cell.reply["evalue"]
        lines = cell.text("stdout").split("\n")
        whole, last = lines[:-1], lines[-1]
        assert whole == [f"line {number}" for number in range(len(whole))]
        assert f"line {len(whole)}".startswith(last)
        died = client.record("kernel_died", lambda content: content["cell"] == msg_id)["content"]
        assert died["signal"] == "SIGKILL"
        assert "exit_status" not in died
        client.restart()
        assert client.cell(waiting).text() == "kept\n"

    def test_what_a_dying_worker_said_last_is_shown(self, client: Client) -> None:
        cell = client.run(
            "import os\nprint('last words', end='', flush=True)\ndisplay('x' * 1_000_000)\nos.kill(os.getpid(), 9)"
        )
        assert cell.text() == "last words"
        assert len(cell.outputs[1][1]["data"]["text/plain"]) == 1_000_002

    def test_segmentation_fault(self, client: Client) -> None:
        head = client.read_on()
        cell = client.run("import os, signal\nprint('the last line')\nos.kill(os.getpid(), signal.SIGSEGV)")
        assert "SIGSEGV" in cell.reply["evalue"]
        died = client.record("kernel_died", after=head)["content"]
        assert died["signal"] == "SIGSEGV"
        assert died["code"].startswith("import os, signal")
        assert "Fatal Python error: Segmentation fault" in died["stack"]
        assert "<module>" in died["stack"]
        assert died["last"] == "the last line"
        assert died["peak"] > 10_000_000

    def test_exit_status(self, client: Client) -> None:
        head = client.read_on()
        cell = client.run("import os\nos._exit(3)")
        assert cell.reply["evalue"] == "the kernel was ended by exit status 3"
        died = client.record("kernel_died", after=head)["content"]
        assert died["exit_status"] == 3
        assert "signal" not in died

    def test_children_that_hold_the_pipes_do_not_hide_the_death(self, client: Client) -> None:
        cell = client.run(
            "import os, time\n"
            "if os.fork() == 0:\n    os.setsid()\n    while True: print('flood')\n"
            "print('parent'); os._exit(4)"
        )
        assert cell.reply["evalue"] == "the kernel was ended by exit status 4"

    def test_a_worker_whose_channel_user_code_closed_is_ended(self, client: Client) -> None:
        cell = client.run("import os\nos.closerange(3, 1000)")
        assert cell.reply["ename"] == "DeadKernelError"
        client.restart()
        assert client.run("1").reply["status"] == "ok"

    def test_requests_to_a_dead_kernel(self, client: Client) -> None:
        client.run("import os; os._exit(1)")
        reply = client.ask("shell", "complete_request", {"code": "a", "cursor_pos": 1})
        assert reply["ename"] == "DeadKernelError"
        assert client.ask("shell", "kernel_info_request", {})["status"] == "ok"
        client.interrupt()
        waiting = client.submit("print('at last')")
        client.record("submitted", parent=waiting)
        client.restart()
        assert client.cell(waiting).text() == "at last\n"

    def test_orphans_are_no_zombies_of_the_supervisors(self, client: Client, lasting_session: SessionProcess) -> None:
        client.run("import os\nos.system('(sleep 0.01 &) ; (sleep 0.02 &)')")
        supervisor = psutil.Process(lasting_session.process.pid)
        wait_for(lambda: len(supervisor.children(recursive=True)) == 2, "the orphans' end")


class TestForkServer:
    def test_its_death_costs_nothing_but_time(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("1")
            worker = worker_pid(client)
            (server,) = [
                process.pid for process in psutil.Process(session.process.pid).children() if process.pid != worker
            ]
            os.kill(server, signal.SIGKILL)
            assert client.run("'undisturbed'").reply["status"] == "ok"
            client.restart()
            assert client.run("1").reply["status"] == "ok"


class TestEnd:
    @pytest.mark.parametrize("code", ["1", "while True: pass", "input()"])
    def test_sigterm_ends_all(self, session: SessionProcess, code: str) -> None:
        with session.client() as client:
            msg_id = client.submit(code)
            client.begun(msg_id)
            waiting = client.submit("2")
            client.record("submitted", parent=waiting)
            worker = worker_pid(client)
            session.process.send_signal(signal.SIGTERM)
            assert session.process.wait(DEADLINE) == 0
        wait_for(lambda: not is_running(worker))
        journal = session.journal()
        assert kind_of(journal[-1]) == "session_ended"
        answered = {parent_of(r) for r in journal if kind_of(r) == "execute_reply"}
        assert answered == {msg_id, waiting}
        assert not session.session.runtime.exists()
        assert session.log() == ""

    def test_shutdown_request(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("1")
            waiting = client.send("feed", "read_request", {"after": client.read_on()})
            reply = client.ask("control", "shutdown_request", ShutdownRequest())
            assert reply == {"status": "ok", "restart": False}
            last = client.reply_to("feed", waiting)["records"]
            assert session.process.wait(DEADLINE) == 0
            assert kind_of(last[-1]) == "session_ended"
        assert not session.session.runtime.exists()

    @pytest.mark.parametrize(
        "code", ["1", "while True: pass", "import ctypes\nctypes.PyDLL(None).sleep(600)  # holds the GIL"]
    )
    def test_sigkill_of_the_supervisor_ends_the_worker(self, session: SessionProcess, code: str) -> None:
        with session.client() as client:
            msg_id = client.submit(code)
            client.begun(msg_id)
            processes = psutil.Process(session.process.pid).children(recursive=True)
            session.process.kill()
            session.process.wait(DEADLINE)
        for process in processes:
            wait_for(lambda pid=process.pid: not is_running(pid), "the end of all processes")
        assert not session.session.is_running
        assert sessions.running(session.environ) == []
        assert not session.session.runtime.exists()
        assert session.journal()

    def test_sighup_and_sigint_are_not_its_end(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("1")
            os.killpg(session.process.pid, signal.SIGHUP)
            msg_id = client.submit("import time\ntime.sleep(60)")
            client.begun(msg_id)
            os.killpg(session.process.pid, signal.SIGINT)
            assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"
            client.restart()
            assert client.run("1").reply["status"] == "ok"

    def test_the_session_is_running_from_its_creation_to_its_end(self, session: SessionProcess) -> None:
        assert session.session.is_running
        session.stop()
        assert not session.session.is_running

    def test_user_code_does_not_hold_the_session(self, session: SessionProcess) -> None:
        with session.client() as client:
            client.run("import subprocess\n_ = subprocess.Popen('sleep 60', shell=True, start_new_session=True)")
            supervisor = psutil.Process(session.process.pid)
            (sleeping,) = wait_for(
                lambda: [p for p in supervisor.children(recursive=True) if p.name() == "sleep"], "a sleeper"
            )
            session.process.kill()
            session.process.wait(DEADLINE)
            assert not session.session.is_running
            sleeping.kill()


class TestBadStarts:
    def run(self, environ: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-P", "-m", "kernel", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=DEADLINE)

    @pytest.mark.parametrize(
        "arguments",
        [[], ["-f"], ["--session", "x"], ["-f", "x", "--session", "x", "--report", "0"], ["--nonsense", "x"]],
    )
    def test_usage(self, environ: dict[str, str], arguments: list[str]) -> None:
        result = self.run(environ, *arguments)
        assert result.returncode == 2
        assert result.stderr.startswith("usage: python -m kernel")
        assert self.run(environ, "--help").stdout == result.stderr

    @pytest.mark.parametrize("report", ["x", "77", "-1"])
    def test_a_report_that_is_none(self, environ: dict[str, str], report: str) -> None:
        result = self.run(environ, "--report", report, "--log", "log")
        assert result.returncode == 2
        assert result.stderr.count("\n") == 1

    def test_without_ipython(self, environ: dict[str, str]) -> None:
        modules = Path(environ["HOME"]) / "modules"
        modules.mkdir()
        (modules / "IPython.py").write_text("raise ModuleNotFoundError('gone', name='IPython')")
        session = SessionProcess.start(environ | {"PYTHONPATH": str(modules)})
        assert session.process.wait(DEADLINE) == 1
        assert session.log() == (
            f"IPython is not installed for {sys.executable}; install it with: {sys.executable} -m pip install IPython\n"
        )
        assert not session.session.runtime.exists()
        assert [kind_of(record) for record in session.journal()][-2:] == ["kernel_failed", "session_ended"]

    def test_a_worker_that_cannot_start(self, environ: dict[str, str]) -> None:
        modules = Path(environ["HOME"]) / "modules"
        modules.mkdir()
        (modules / "IPython.py").write_text("import os; os._exit(1)")
        session = SessionProcess.start(environ | {"PYTHONPATH": str(modules)})
        assert session.process.wait(DEADLINE) == 1
        assert session.log().count("\n") == 1
        assert not session.session.runtime.exists()

    def test_a_name_that_is_taken(self, environ: dict[str, str]) -> None:
        first = SessionProcess.start(environ)
        try:
            reading, report = os.pipe()
            options = ["--report", str(report), "--log", str(Path(environ["HOME"]) / "log"), "--session", "s"]
            command = [sys.executable, "-P", "-m", "kernel", *options]
            result = subprocess.run(
                command, env=environ, capture_output=True, text=True, timeout=DEADLINE, pass_fds=[report]
            )
            os.close(report)
            with os.fdopen(reading) as told:
                reason = json.loads(told.readline())["error"]
            assert result.returncode == 1
            assert result.stderr == f"{reason}\n"
            assert "running already" in reason
            assert first.session.is_running
        finally:
            first.stop()


class TestHistoryFile:
    def history(self, environ: dict[str, str]) -> Path:
        directory = Path(environ["XDG_STATE_HOME"]) / "cshell"
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return directory / "history.sqlite"

    def check(self, environ: dict[str, str], complaint: str) -> None:
        session = SessionProcess.start(environ)
        try:
            with session.client() as client:
                client.run("here = 1")
                tail = client.ask("shell", "history_request", {"hist_access_type": "tail", "n": 5})
                assert [entry[2] for entry in tail["history"]] == ["here = 1"]
                ask = {"hist_access_type": "range", "session": tail["history"][0][0]}
                assert client.ask("shell", "history_request", ask)["history"] == tail["history"]
                if complaint:
                    client.record("stream", lambda content: complaint in content["text"])
        finally:
            session.stop()

    def test_locked(self, environ: dict[str, str]) -> None:
        import sqlite3

        connection = sqlite3.connect(self.history(environ))
        connection.execute("create table t (x)")
        connection.execute("begin exclusive")
        self.check(environ, "database is locked")
        connection.close()

    def test_a_session_that_ends_before_it_is_open(self, environ: dict[str, str]) -> None:
        import sqlite3

        file = self.history(environ)
        connection = sqlite3.connect(file)
        connection.execute("create table t (x)")
        connection.execute("begin exclusive")
        session = SessionProcess.start(environ)
        with session.client() as client:
            client.run("early = 1")
        connection.commit()
        session.stop()
        assert connection.execute("select source_raw from history").fetchall() == [("early = 1",)]
        connection.close()

    def test_corrupt(self, environ: dict[str, str]) -> None:
        file = self.history(environ)
        file.write_bytes(b"this is no database" * 5000)
        self.check(environ, "")
        assert file.with_suffix(".broken").exists()

    def test_no_place_for_it(self, environ: dict[str, str]) -> None:
        self.history(environ).mkdir()
        self.check(environ, "history will not be kept")
