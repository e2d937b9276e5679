"""What the worker can do beside running cells, seen by a client of a real session."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel.protocol.messages import ExecuteRequest, Json, encode
from kernel.protocol.wire import EMPTY
from kernel.supervisor.ladder import _PATIENCE
from tests.kernel.support import DEADLINE, Cell, Client, SessionProcess, parent_of, wait_for

# a request that is answered at all is answered in less than this many seconds
SOON = 10.0
# C code that never looks whether it was interrupted, and holds the interpreter's lock
STUCK = "print('stuck')\nsum(range(10**11))"


def plain(text: str) -> str:
    """A text without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def value(client: Client, code: str) -> str:
    cell = client.run(code)
    assert cell.kinds[-1:] == ["execute_result"], cell
    return str(cell.outputs[-1][1]["data"]["text/plain"])


def printed(client: Client, msg_id: str, text: str) -> Json:
    """Wait until something was printed for a request; return its record."""
    return client.record("stream", lambda content: text in content["text"], parent=msg_id)


def asked(client: Client, msg_id: str, after: int = 0) -> Json:
    """Wait for a question of a request."""
    record = client.record("input_wanted", parent=msg_id, after=after)
    return {"seq": record["seq"], **record["content"]}


class TestThreads:
    """What a thread prints belongs to the cell that started it."""

    START = (
        "import sys, threading\ngo, done = threading.Event(), threading.Event()\n"
        "def work():\n"
        "    go.wait()\n"
        "    print('thread out'); print('thread err', file=sys.stderr)\n"
        "    print('no end', end=''); display('shown')\n"
        "    done.set()\n"
        "threading.Thread(target=work).start()"
    )

    def test_after_its_cell(self, client: Client) -> None:
        first = client.submit(self.START)
        client.cell(first)
        second = client.run("go.set(); _ = done.wait(10)")
        for text in ("thread out\n", "no end"):
            assert printed(client, first, text)["content"]["name"] == "stdout"
        assert printed(client, first, "thread err\n")["content"]["name"] == "stderr"
        assert client.record("display_data", parent=first)["content"]["data"] == {"text/plain": "'shown'"}
        assert second.outputs == []

    def test_while_another_cell_prints_too(self, client: Client) -> None:
        first = client.submit(
            "import sys, threading, time\nstop = threading.Event()\n"
            "def work():\n"
            "    for number in range(200):\n"
            "        print('thread', number); print('thread', number, file=sys.stderr)\n"
            "    stop.set()\n"
            "threading.Timer(0.02, work).start()"
        )
        client.cell(first)
        second = client.submit(
            "number = 0\nwhile not stop.is_set():\n"
            "    print('cell', number); print('cell', number, file=sys.stderr); number += 1"
        )
        cell = client.cell(second)
        printed(client, first, "thread 199\n")
        client.run("pass")
        mine = [record["content"] for record in client.records("stream") if parent_of(record) == first]
        for name in ("stdout", "stderr"):
            lines = "".join(content["text"] for content in mine if content["name"] == name)
            assert lines == "".join(f"thread {number}\n" for number in range(200))
            count = cell.text(name).count("\n")
            assert cell.text(name) == "".join(f"cell {number}\n" for number in range(count))

    def test_parts_of_lines_are_shown_while_another_cell_runs(self, client: Client) -> None:
        first = client.submit(
            "import threading\ngo = threading.Event()\n"
            "def work(): go.wait(); print('half', end=''); threading.Event().wait(60)\n"
            "threading.Thread(target=work, daemon=True).start()"
        )
        client.cell(first)
        second = client.submit("go.set(); input()")
        wanted = asked(client, second)
        assert printed(client, first, "half")["content"]["text"] == "half"
        client.answer("", wanted["request"])
        assert client.cell(second).text() == ""

    def test_a_pool_that_lives_on(self, client: Client) -> None:
        first = client.submit(
            "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)\n"
            "pool.submit(print, 'first').result()"
        )
        assert client.cell(first).text() == "first\n"
        client.run("pool.submit(print, 'second').result()")
        # the thread is that of the first cell
        printed(client, first, "second\n")

    def test_an_exception_in_a_thread(self, client: Client) -> None:
        first = client.submit(
            "import threading\ngo = threading.Event()\n"
            "def work(): go.wait(); 1 / 0\nthread = threading.Thread(target=work); thread.start()"
        )
        client.cell(first)
        assert client.run("go.set(); thread.join()").outputs == []
        assert printed(client, first, "ZeroDivisionError")["content"]["name"] == "stderr"


class TestTasks:
    """asyncio's loop runs between cells."""

    def test_a_task_lives_on_between_cells(self, client: Client) -> None:
        first = client.submit(
            "import asyncio\nasync def tick():\n"
            "    for number in range(3):\n        print('tick', number); await asyncio.sleep(0.01)\n"
            "task = asyncio.create_task(tick())"
        )
        client.cell(first)
        printed(client, first, "tick 2\n")
        assert client.run("await task").text() == ""

    def test_one_that_prints_while_another_cell_awaits(self, client: Client) -> None:
        first = client.submit(
            "import asyncio\ngo = asyncio.Event()\n"
            "async def later(): await go.wait(); print('of the first')\ntask = asyncio.create_task(later())"
        )
        client.cell(first)
        second = client.run("go.set(); print('of the second'); await task")
        assert second.text() == "of the second\n"
        assert printed(client, first, "of the first\n")

    def test_the_cell_that_imports_asyncio_makes_a_task_without_await(self, client: Client) -> None:
        assert value(client, "import sys; 'asyncio' in sys.modules") == "False"
        msg_id = client.submit("import asyncio\nasync def work(): print('done')\ntask = asyncio.create_task(work())")
        assert client.cell(msg_id).reply["status"] == "ok"
        printed(client, msg_id, "done\n")

    def test_a_look_for_asyncio_before_its_import(self, client: Client) -> None:
        client.run("import importlib.util\nimportlib.util.find_spec('asyncio')")
        msg_id = client.submit("import asyncio\nasync def work(): print('done')\ntask = asyncio.create_task(work())")
        assert client.cell(msg_id).reply["status"] == "ok"
        printed(client, msg_id, "done\n")

    @pytest.mark.parametrize("runs", ["asyncio.run(work())", "asyncio.get_event_loop().run_until_complete(work())"])
    def test_a_cell_runs_a_loop_of_its_own(self, client: Client, runs: str) -> None:
        code = f"import asyncio\nasync def work():\n    await asyncio.sleep(0)\n    print('ran')\n    return 5\n{runs}"
        for _ in range(2):
            cell = client.run(code)
            assert cell.text() == "ran\n"
            assert cell.outputs[-1][1]["data"]["text/plain"] == "5"
        assert client.run("task = asyncio.create_task(work()); await task").text() == "ran\n"

    def test_a_task_that_fails_is_shown_and_the_rest_goes_on(self, client: Client) -> None:
        first = client.submit(
            "import asyncio\nasync def fail(): raise SystemExit\n"
            "async def tick():\n    await asyncio.sleep(0.05)\n    print('still here')\n"
            "tasks = [asyncio.create_task(fail()), asyncio.create_task(tick())]"
        )
        client.cell(first)
        client.record("error", lambda content: content["ename"] == "SystemExit")
        # nothing is asked of the kernel meanwhile
        printed(client, first, "still here\n")

    def test_a_task_that_hangs_is_ended_by_a_second_interrupt_of_the_cell_behind_it(self, client: Client) -> None:
        first = client.submit(
            "import asyncio\nasync def hang():\n    print('hangs')\n    while True: pass\n"
            "task = asyncio.create_task(hang())"
        )
        client.cell(first)
        printed(client, first, "hangs\n")
        second = client.submit("import time\ntime.sleep(60)")
        client.record("submitted", parent=second)
        for _ in range(2):
            # the first one waits for the cell's beginning, and ends it then
            client.interrupt()
        assert client.cell(second).reply["ename"] == "KeyboardInterrupt"
        assert value(client, "6 * 7") == "42"


# ---- subshells -------------------------------------------------------------------------------------------


def create(client: Client) -> str:
    return str(client.ask("control", "create_subshell_request", {})["subshell_id"])


def submit(client: Client, subshell: str, code: str, **options: bool) -> str:
    """Have a cell run in a subshell."""
    header = client.author.header("execute_request").as_dict() | {"subshell_id": subshell}
    parts = [encode(header), EMPTY, EMPTY, encode(ExecuteRequest(code, **options).as_dict())]
    client.sockets["shell"].send_multipart(client.wire.frames([], parts))
    return str(header["msg_id"])


def run(client: Client, subshell: str, code: str) -> Cell:
    return client.cell(submit(client, subshell, code))


@pytest.fixture
def busy(client: Client) -> Iterator[str]:
    """A main shell that computes until the test has ended."""
    msg_id = client.submit("flag = []\nprint('busy')\nwhile not flag: pass\nprint('free')")
    printed(client, msg_id, "busy")
    yield msg_id
    client.restart()


class TestSubshells:
    def test_it_runs_cells_while_the_main_shell_computes(self, client: Client, busy: str) -> None:
        subshell = create(client)
        cell = run(client, subshell, "import sys\nprint('out'); print('err', file=sys.stderr)\ndisplay(1)\n6 * 7")
        assert (cell.text("stdout"), cell.text("stderr")) == ("out\n", "err\n")
        assert cell.kinds[-2:] == ["display_data", "execute_result"]
        run(client, subshell, "flag.append(1)")
        assert client.cell(busy).text() == "busy\nfree\n"

    def test_await_in_it(self, client: Client, busy: str) -> None:
        subshell = create(client)
        assert run(client, subshell, "import asyncio\nprint(await asyncio.sleep(0.01, 'slept'))").text() == "slept\n"
        assert run(client, subshell, "print(asyncio.run(asyncio.sleep(0, 'ran')))").text() == "ran\n"

    def test_errors_in_it(self, client: Client, busy: str) -> None:
        subshell = create(client)
        cell = run(client, subshell, "1 / 0")
        assert (cell.reply["ename"], cell.kinds) == ("ZeroDivisionError", ["error"])
        assert cell.reply["traceback"] == cell.outputs[0][1]["traceback"]
        for code, name in (("import sys; sys.exit(3)", "SystemExit"), ("raise KeyboardInterrupt", "KeyboardInterrupt")):
            assert run(client, subshell, code).reply["ename"] == name
        assert run(client, subshell, "print('alive')").text() == "alive\n"

    def test_an_error_aborts_what_waits_in_it_and_nowhere_else(self, client: Client, busy: str) -> None:
        subshell, other = create(client), create(client)
        asking = submit(client, subshell, "input(); 1 / 0")
        wanted = asked(client, asking)
        waiting, in_main = submit(client, subshell, "2"), client.submit("3")
        client.answer("", wanted["request"])
        assert client.cell(asking).reply["status"] == "error"
        assert client.cell(waiting).reply["status"] == "aborted"
        assert run(client, other, "flag.append(1)").reply["status"] == "ok"
        assert client.cell(in_main).reply["status"] == "ok"

    def test_questions_of_both_shells_at_once(self, client: Client) -> None:
        subshell = create(client)
        main = client.submit("line = input('main? '); print('main', line)")
        beside = submit(client, subshell, "other = input('sub? '); print('sub', other)")
        of_main, of_sub = asked(client, main), asked(client, beside)
        assert (of_main["prompt"], of_sub["prompt"]) == ("main? ", "sub? ")
        client.answer("second", of_sub["request"])
        assert client.cell(beside).text() == "sub second\n"
        client.answer("first", of_main["request"])
        assert client.cell(main).text() == "main first\n"

    def test_a_question_of_the_debugger_and_one_beside_it(self, client: Client) -> None:
        client.run("def f():\n    local_name = 1\n    breakpoint()\n    return local_name")
        main = client.submit("f()")
        in_main = asked(client, main)
        subshell = create(client)
        beside = submit(client, subshell, "input('sub? ')")
        in_sub = asked(client, beside)
        client.answer("c", in_main["request"])
        assert client.cell(main).outputs[-1][1]["data"]["text/plain"] == "1"
        client.answer("", in_sub["request"])
        client.cell(beside)
        reply = client.ask("shell", "complete_request", {"code": "local_na", "cursor_pos": 8})
        assert (reply["status"], reply.get("matches")) == ("ok", [])

    def test_a_busy_one_is_deleted_when_its_cell_has_ended(self, client: Client, busy: str) -> None:
        subshell = create(client)
        running = submit(client, subshell, "print(input())")
        wanted = asked(client, running)
        waiting = submit(client, subshell, "print('never')")
        client.record("submitted", parent=waiting)
        assert client.ask("control", "delete_subshell_request", {"subshell_id": subshell}) == {"status": "ok"}
        assert client.cell(waiting).reply["status"] == "aborted"
        assert client.ask("control", "list_subshell_request", {})["subshell_id"] == []
        client.answer("to its end", wanted["request"])
        assert client.cell(running).text() == "to its end\n"

    def test_they_are_listed(self, client: Client) -> None:
        names = [create(client) for _ in range(3)]
        assert client.ask("control", "list_subshell_request", {})["subshell_id"] == names
        client.ask("control", "delete_subshell_request", {"subshell_id": names[1]})
        assert client.ask("control", "list_subshell_request", {})["subshell_id"] == [names[0], names[2]]
        client.restart()
        assert client.ask("control", "list_subshell_request", {})["subshell_id"] == []

    def test_one_that_is_none(self, client: Client) -> None:
        reply = client.ask("control", "delete_subshell_request", {"subshell_id": "nowhere"})
        assert reply["ename"] == "SubshellNotFound"
        reply = client.reply_to("shell", submit(client, "nowhere", "1"), SOON)
        assert (reply["status"], reply["ename"]) == ("error", "SubshellNotFound")

    def test_a_completion_in_it_while_it_is_busy(self, client: Client, busy: str) -> None:
        subshell = create(client)
        asking = submit(client, subshell, "import math; input()")
        wanted = asked(client, asking)
        header = client.author.header("complete_request").as_dict() | {"subshell_id": subshell}
        parts = [encode(header), EMPTY, EMPTY, encode({"code": "math.sq", "cursor_pos": 7})]
        client.sockets["shell"].send_multipart(client.wire.frames([], parts))
        assert [m.rpartition(".")[2] for m in client.reply_to("shell", header["msg_id"], SOON)["matches"]] == ["sqrt"]
        client.answer("", wanted["request"])
        client.cell(asking)

    @pytest.mark.parametrize(
        "end", ["import os; os._exit(3)", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"]
    )
    def test_the_workers_death_fails_what_ran_in_all_of_them(self, client: Client, busy: str, end: str) -> None:
        subshell, other = create(client), create(client)
        running = submit(client, other, "input()")
        asked(client, running)
        waiting = submit(client, other, "print('never')")
        client.record("submitted", parent=waiting)
        cells = [client.cell(msg_id) for msg_id in (submit(client, subshell, end), running, waiting, busy)]
        assert {cell.reply["ename"] for cell in cells} == {"DeadKernelError"}

    def test_a_restart_fails_what_ran_in_them(self, client: Client) -> None:
        subshell = create(client)
        running = submit(client, subshell, "input()")
        asked(client, running)
        client.restart()
        assert client.cell(running).reply["ename"] == "DeadKernelError"
        assert client.run("1").reply["status"] == "ok"

    def test_threads_of_a_subshell_belong_to_its_cell(self, client: Client, busy: str) -> None:
        subshell = create(client)
        cell = run(
            client,
            subshell,
            "import threading\nthread = threading.Thread(target=print, args=['of a thread'])\nthread.start(); thread.join()",
        )
        assert cell.text() == "of a thread\n"


# ---- comms -----------------------------------------------------------------------------------------------

TARGET = """
import comm
def opened(comm, message):
    def echo(message):
        comm.send({'got': message['content']['data'], 'sizes': [len(b) for b in message['buffers']]},
                  metadata={'meta': 1}, buffers=[bytes(b)[::-1] for b in message['buffers']])
    comm.on_msg(echo)
    comm.send({'opened': message['content']['data']})
comm.get_comm_manager().register_target('echo', opened)
"""


class TestComms:
    def say(self, client: Client, kind: str, content: Json, *buffers: bytes) -> str:
        header = client.author.header(kind)
        parts = [encode(header.as_dict()), EMPTY, EMPTY, encode(content)]
        client.sockets["shell"].send_multipart(client.wire.frames([], parts, buffers))
        return header.msg_id

    def heard(self, client: Client, kind: str, parent: str | None = None) -> tuple[Json, list[bytes]]:
        """Wait for a comm's message on iopub, with its buffers."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            message = client.receive("iopub")
            if message.header.msg_type == kind and parent in (None, json.loads(message.raw_parent).get("msg_id")):
                return json.loads(message.raw_content), list(message.buffers)
        raise AssertionError(f"no {kind} came")

    def test_buffers_go_both_ways(self, client: Client) -> None:
        client.run(TARGET)
        opened = self.say(client, "comm_open", {"comm_id": "c", "target_name": "echo", "data": {"a": 1}})
        assert self.heard(client, "comm_msg", opened)[0]["data"] == {"opened": {"a": 1}}
        big = os.urandom(1_000_000)
        said = self.say(client, "comm_msg", {"comm_id": "c", "data": {"x": [1]}}, b"abc", b"", big)
        content, buffers = self.heard(client, "comm_msg", said)
        assert content["data"] == {"got": {"x": [1]}, "sizes": [3, 0, 1_000_000]}
        assert buffers == [b"cba", b"", big[::-1]]
        assert client.ask("shell", "comm_info_request", {})["comms"] == {"c": {"target_name": "echo"}}

    def test_an_unknown_target_is_closed(self, client: Client) -> None:
        client.run("1")
        opened = self.say(client, "comm_open", {"comm_id": "c", "target_name": "nowhere", "data": {}})
        assert self.heard(client, "comm_close", opened)[0]["comm_id"] == "c"
        # it is forgotten after it was published
        wait_for(lambda: client.ask("shell", "comm_info_request", {})["comms"] == {}, "no comm")
        assert client.run("1").reply["status"] == "ok"

    def test_they_wait_for_the_cell_that_runs(self, client: Client) -> None:
        client.run(TARGET)
        running = client.submit("line = input()")
        wanted = asked(client, running)
        opened = self.say(client, "comm_open", {"comm_id": "c", "target_name": "echo", "data": {}})
        client.answer("", wanted["request"])
        assert self.heard(client, "comm_msg", opened)[0]["data"] == {"opened": {}}
        client.cell(running)

    def test_a_handler_that_hangs_is_interrupted(self, client: Client) -> None:
        client.run(
            "import comm\ndef opened(comm, message):\n    print('hangs')\n    while True: pass\n"
            "comm.get_comm_manager().register_target('hang', opened)"
        )
        opened = self.say(client, "comm_open", {"comm_id": "c", "target_name": "hang", "data": {}})
        printed(client, opened, "hangs\n")
        client.interrupt()
        assert client.run("1").reply["status"] == "ok"

    def test_what_a_look_for_the_package_costs(self, client: Client) -> None:
        client.run("import importlib.util\n_ = importlib.util.find_spec('comm')\nimport comm")
        cell = client.submit("c = comm.create_comm(target_name='t', data={'v': 1})")
        assert self.heard(client, "comm_open", cell)[0]["data"] == {"v": 1}


# ---- what is told of the worker --------------------------------------------------------------------------


class TestUsage:
    def test_the_worker_and_its_children(self, client: Client) -> None:
        pid = int(value(client, "import os; os.getpid()"))
        before = client.ask("control", "usage_request", {})
        assert before["pid"] == pid
        client.run("data = b'x' * 100_000_000")
        after = client.ask("control", "usage_request", {})
        assert after["kernel_memory"] - before["kernel_memory"] > 90_000_000
        assert after["host_virtual_memory"]["total"] > after["kernel_memory"]

    def test_while_it_computes(self, client: Client, busy: str) -> None:
        client.ask("control", "usage_request", {})
        wait_for(lambda: client.ask("control", "usage_request", {})["kernel_cpu"] > 1, "time that is counted")

    def test_a_dead_one_uses_nothing(self, client: Client) -> None:
        client.run("import os; os._exit(1)")
        usage = client.ask("control", "usage_request", {})
        assert (usage["status"], usage["pid"], "kernel_memory" in usage) == ("ok", 0, False)


class TestStack:
    def stack(self, client: Client) -> Json:
        return client.reply_to("control", client.send("control", "stack_request", {}), SOON)

    @pytest.mark.parametrize(
        "waits",
        [
            "time.sleep(60)",
            "sum(range(10**11))",
            "re.match('(a*)*b', 'a' * 40)",
            # a library that does not release the lock
            "ctypes.PyDLL(None).system(b'exec sleep 60')",
        ],
    )
    def test_where_it_stands(self, client: Client, waits: str) -> None:
        msg_id = client.submit(
            f"import ctypes, re, time\ndef inner():\n    print('here')\n    {waits}\ndef outer():\n    inner()\nouter()"
        )
        printed(client, msg_id, "here\n")
        frames: list[Json] = []

        def inside() -> bool:
            # it may have been seen on its way there
            stack = self.stack(client)
            assert stack["status"] == "ok", stack
            frames[:] = stack["frames"]
            return (
                bool(frames) and (frames[0]["name"] == "inner" or "re" in frames[0]["file"]) and frames[-3]["line"] == 4
            )

        wait_for(inside, "the wait")
        assert [frame["name"] for frame in frames[-3:]] == ["inner", "outer", "<module>"]
        assert [frame["line"] for frame in frames[-3:]] == [4, 6, 7]
        client.restart()

    def test_all_threads_are_in_the_text(self, client: Client) -> None:
        msg_id = client.submit(
            "import threading\ndef other_thread(): threading.Event().wait(60)\n"
            "threading.Thread(target=other_thread, daemon=True).start()\ninput()"
        )
        asked(client, msg_id)
        # both may have been seen on their way there
        stack = wait_for(
            lambda: "other_thread" in (found := self.stack(client))["text"] and found["frames"] and found,
            "a stack with both",
        )
        assert "other_thread" not in [frame["name"] for frame in stack["frames"]]
        assert stack["frames"][-1]["name"] == "<module>"

    def test_several_who_ask_are_all_answered(self, client: Client, busy: str) -> None:
        ids = [client.send("control", "stack_request", {}) for _ in range(3)]
        for msg_id in ids:
            assert client.reply_to("control", msg_id, SOON)["frames"][-1]["name"] == "<module>"

    def test_an_idle_worker_stands_nowhere(self, client: Client) -> None:
        client.run("1")
        # a worker that has just begun may still start its threads
        stack = wait_for(lambda: not (found := self.stack(client))["frames"] and found, "a worker that stands nowhere")
        assert stack["status"] == "ok"
        assert "receive" in stack["text"]

    def test_a_dead_one_is_not_asked(self, client: Client) -> None:
        client.run("import os; os._exit(1)")
        assert self.stack(client)["ename"] == "DeadKernelError"


class TestLadder:
    """C code that never looks for an interrupt."""

    def stuck(self, client: Client) -> str:
        """Have such code run."""
        msg_id = client.submit(STUCK)
        printed(client, msg_id, "stuck\n")

        def inside() -> bool:
            frames = client.ask("control", "stack_request", {}).get("frames")
            return bool(frames) and frames[-1]["line"] == 2

        wait_for(inside, "the call")
        return msg_id

    def interrupts(self, client: Client, number: int) -> float:
        """Interrupt as often, each time when the step before has had its time."""
        for index in range(number):
            client.interrupt()
            # the supervisor took note of it before it answered
            begun = time.monotonic()
            if index < number - 1:
                wait_for(lambda begun=begun: time.monotonic() > begun + _PATIENCE)
        return begun

    def test_the_second_one_tells_where_it_stands_and_the_third_replaces_it(self, client: Client) -> None:
        client.run("kept = 1")
        msg_id = self.stuck(client)
        waiting = client.submit("print('behind'); 'kept' in globals()")
        begun = self.interrupts(client, 2)
        told = printed(client, msg_id, "does not take the interrupt")["content"]
        assert told["name"] == "stderr"
        assert "<module>, line 2 of " in told["text"]
        assert "Interrupt once more to end it" in told["text"]
        head = client.read_on()
        wait_for(lambda: time.monotonic() > begun + _PATIENCE)
        client.interrupt()
        assert client.cell(msg_id).reply["ename"] == "DeadKernelError"
        client.record("kernel_started", lambda content: content["restarted"], after=head)
        cell = client.cell(waiting)
        assert cell.text() == "behind\n"
        assert cell.outputs[-1][1]["data"]["text/plain"] == "False"
        assert not [record for record in client.records("kernel_died") if record["seq"] > head]

    def test_impatience_ends_nothing(self, client: Client) -> None:
        msg_id = self.stuck(client)
        for _ in range(20):
            client.interrupt()
        assert client.ask("control", "stack_request", {})["frames"][-1]["line"] == 2
        client.read_on()
        mine = [record for record in client.records("stream") if parent_of(record) == msg_id]
        assert "".join(record["content"]["text"] for record in mine) == "stuck\n"
        client.restart()

    def test_user_code_that_catches_interrupts_is_not_ended(self, client: Client) -> None:
        msg_id = client.submit(
            "import time\nfor number in range(3):\n"
            "    try: print('ready', number); time.sleep(60)\n"
            "    except KeyboardInterrupt: print('caught', number)\nprint('alive')"
        )
        for number in range(3):
            printed(client, msg_id, f"ready {number}\n")
            begun = time.monotonic()
            client.interrupt()
            printed(client, msg_id, f"caught {number}\n")
            if number < 2:
                wait_for(lambda begun=begun: time.monotonic() > begun + _PATIENCE)
        cell = client.cell(msg_id)
        assert cell.text().endswith("alive\n")
        assert cell.text("stderr") == ""

    def test_the_next_cell_begins_at_the_bottom(self, client: Client) -> None:
        first = client.submit("while True: pass")
        client.begun(first)
        client.interrupt()
        client.cell(first)
        self.stuck(client)
        client.interrupt()
        assert client.ask("control", "stack_request", {})["status"] == "ok"
        assert client.read_on()
        assert not [r for r in client.records("stream") if "does not take" in r["content"]["text"]]
        client.restart()


class TestDeath:
    def died(self, client: Client, code: str) -> Json:
        head = client.read_on()
        msg_id = client.submit(code)
        died: Json = client.record("kernel_died", after=head)["content"]
        assert died["cell"] == msg_id
        assert died["code"] == code
        assert client.cell(msg_id).reply["evalue"] == died["reason"]
        return died

    def test_a_crash_in_c_code(self, client: Client) -> None:
        died = self.died(
            client,
            "import ctypes\nprint('one'); print('two')\ndata = b'x' * 200_000_000\n"
            "def crash(): ctypes.string_at(0)\ncrash()",
        )
        assert (died["signal"], died["reason"]) == ("SIGSEGV", "the kernel was ended by SIGSEGV")
        assert "exit_status" not in died
        assert died["stack"].startswith("Fatal Python error: Segmentation fault")
        assert "in crash" in died["stack"]
        assert died["last"] == "one\ntwo"
        assert died["peak"] > 200_000_000

    @pytest.mark.parametrize(
        ("code", "name", "words"),
        [
            ("import os; os.abort()", "SIGABRT", "Fatal Python error: Aborted"),
            ("import os; os.kill(os.getpid(), 9)", "SIGKILL", None),
            ("import os; os.kill(os.getpid(), 15)", "SIGTERM", None),
        ],
    )
    def test_signals(self, client: Client, code: str, name: str, words: str | None) -> None:
        died = self.died(client, code)
        assert died["signal"] == name
        assert (words in died["stack"]) if words else "stack" not in died
        assert died["peak"] > 10_000_000
        assert "last" not in died

    def test_an_exit_status(self, client: Client) -> None:
        died = self.died(client, "import os\nprint('half', end='', flush=True)\nos._exit(3)")
        assert (died["exit_status"], died["last"], "signal" in died, "stack" in died) == (3, "half", False, False)

    def test_a_stack_that_somebody_asked_for_is_not_the_stack_of_the_death(self, client: Client) -> None:
        head = client.read_on()
        msg_id = client.submit("import os\ninput()\nos._exit(3)")
        wanted = asked(client, msg_id)
        assert client.ask("control", "stack_request", {})["status"] == "ok"
        client.answer("", wanted["request"])
        assert "stack" not in client.record("kernel_died", after=head)["content"]

    def test_a_stack_that_is_asked_for_while_it_dies_is_answered(self, client: Client) -> None:
        pid = int(value(client, "import os; os.getpid()"))
        os.kill(pid, signal.SIGSTOP)
        asking = client.send("control", "stack_request", {})
        os.kill(pid, signal.SIGKILL)
        assert client.reply_to("control", asking, SOON)["status"] in ("error", "ok")


# ---- the debugger ----------------------------------------------------------------------------------------


class TestDebugger:
    FUNCTION = "def f(argument):\n    local_name = argument * 2\n{stop}    return local_name\n"

    def commands(self, client: Client, msg_id: str, *lines: str) -> Cell:
        seq = 0
        for line in lines:
            wanted = asked(client, msg_id, after=seq)
            assert wanted["prompt"] == "ipdb> "
            seq = wanted["seq"]
            client.answer(line, wanted["request"])
        return client.cell(msg_id)

    @pytest.mark.parametrize("stop", ["    breakpoint()\n", "    import pdb; pdb.set_trace()\n"])
    def test_it_stops_and_goes_on(self, client: Client, stop: str) -> None:
        msg_id = client.submit(self.FUNCTION.format(stop=stop) + "f(21)")
        seq, lines = 0, ["p local_name", "w", "c"]
        for line in lines:
            wanted = asked(client, msg_id, after=seq)
            assert wanted["prompt"].endswith("db> ") or wanted["prompt"] == "(Pdb) "
            seq = wanted["seq"]
            client.answer(line, wanted["request"])
        cell = client.cell(msg_id)
        assert "42\n" in plain(cell.text())
        assert "f(21)" in plain(cell.text()).replace("\n", "") or "<module>" in plain(cell.text())
        assert cell.outputs[-1][1]["data"]["text/plain"] == "42"

    def test_the_last_error(self, client: Client) -> None:
        client.run("def f(argument):\n    return 1 / argument\n")
        client.run("f(0)")
        cell = self.commands(client, client.submit("%debug"), "p argument + 7", "q")
        assert "7\n" in cell.text()

    def test_a_cell_under_the_debugger(self, client: Client) -> None:
        cell = self.commands(client, client.submit("%%debug\nx = 1\ny = 2"), "n", "c")
        assert cell.reply["status"] == "ok"

    def test_completion_knows_locals_and_commands(self, client: Client) -> None:
        msg_id = client.submit(self.FUNCTION.format(stop="    breakpoint()\n") + "f(21)")
        wanted = asked(client, msg_id)
        found = {
            code: client.ask("shell", "complete_request", {"code": code, "cursor_pos": len(code)})["matches"]
            for code in ("local_na", "argu", "whe", "f")
        }
        assert found["local_na"] == ["local_name"]
        assert "argument" in found["argu"]
        assert "where" in found["whe"]
        assert "f" in found["f"]
        client.answer("c", wanted["request"])
        client.cell(msg_id)
        assert client.ask("shell", "complete_request", {"code": "local_na", "cursor_pos": 8})["matches"] == []

    def test_an_interrupt_ends_what_is_typed_and_not_the_debugger(self, client: Client) -> None:
        """As in IPython: it asks again."""
        msg_id = client.submit("breakpoint()\nx = 1\ny = 2")
        first = asked(client, msg_id)
        client.interrupt()
        again = asked(client, msg_id, after=first["seq"])
        client.answer("q", again["request"])
        assert client.cell(msg_id).reply["ename"] == "BdbQuit"

    @pytest.mark.parametrize("stop", ["breakpoint()", "import pdb; pdb.set_trace()"])
    def test_an_interrupt_of_what_goes_on_ends_it_or_stops_in_it(self, client: Client, stop: str) -> None:
        client.run("def loop():\n    print('go' 'es on')\n    while True: pass")
        msg_id = client.submit(f"{stop}\nloop()")
        wanted = asked(client, msg_id)
        client.answer("c", wanted["request"])
        printed(client, msg_id, "goes on\n")
        client.interrupt()
        end = time.monotonic() + SOON
        while True:
            head = client.read_on()
            if any(parent_of(record) == msg_id for record in client.records("execute_reply")):
                break
            again = [r for r in client.records("input_wanted") if parent_of(r) == msg_id and r["seq"] > wanted["seq"]]
            if again:
                frames = "".join(r["content"]["text"] for r in client.records("stream") if r["seq"] > wanted["seq"])
                assert "loop()" in plain(frames), "it stands in another place than the user's code"
                client.answer("q", again[0]["content"]["request"])
                client.cell(msg_id)
                break
            assert time.monotonic() < end, f"neither, after {head} records"
        assert client.run("'alive'").reply["status"] == "ok"

    def test_the_end_of_input_leaves_it(self, client: Client) -> None:
        msg_id = client.submit("breakpoint()\nx = 1\ny = 2")
        self.commands(client, msg_id, "\x04")
        assert client.run("21 * 2").reply["status"] == "ok"

    def test_a_client_without_answers(self, client: Client) -> None:
        assert client.run("breakpoint()\nx = 1", allow_stdin=False).reply["status"] == "error"
        assert client.run("21 * 2").reply["status"] == "ok"


class TestMagics:
    def test_edit_less_and_man(self, client: Client, tmp_path: Path) -> None:
        (tmp_path / "script.py").write_text("x = 1\n")
        edited, shown = client.run(f"%edit {tmp_path}/script.py"), client.run(f"%less {tmp_path}/script.py")
        assert [p["filename"] for p in edited.reply["payload"]] == [str(tmp_path / "script.py")]
        assert plain(shown.reply["payload"][0]["data"]["text/plain"]).startswith("x = 1")
        assert client.run("%less /no/such/file").reply["payload"] == []
        page = client.run("%man no-such-page-at-all")
        assert "no-such-page-at-all" in page.reply["payload"][0]["data"]["text/plain"] or page.kinds

    def test_store_keeps_values_over_a_restart(self, client: Client) -> None:
        client.run("kept = {'a': [1, 2]}\n%store kept")
        client.restart()
        assert value(client, "%store -r kept\nkept") == "{'a': [1, 2]}"
        client.run("%store -z")

    def test_autoreload(self, client: Client, tmp_path: Path) -> None:
        module = tmp_path / "reloaded_module.py"
        module.write_text("value = 1\n")
        client.run(f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(tmp_path)!r})")
        assert client.run("%load_ext autoreload\n%autoreload 2").reply["status"] == "ok"
        assert value(client, "import reloaded_module\nreloaded_module.value") == "1"
        module.write_text("value = 2 + 0\n")
        os.utime(module, (time.time() + 10, time.time() + 10))
        assert value(client, "reloaded_module.value") == "2"

    def test_a_window_needs_a_display(self, client: Client) -> None:
        client.run("import os; os.environ.pop('DISPLAY', None); os.environ.pop('WAYLAND_DISPLAY', None)")
        cell = client.run("%gui tk")
        assert "needs a display" in cell.text() + str(cell.reply.get("evalue"))
        assert client.run("%gui").reply["status"] == "ok"


# ---- configuration ---------------------------------------------------------------------------------------


class Configured:
    """A home with files in it, and the sessions that are started there."""

    def __init__(self, environ: dict[str, str]) -> None:
        self.environ = environ
        self.path = Path(environ["HOME"])
        environ["XDG_CONFIG_HOME"] = str(self.path / "config")
        environ["PYTHONPATH"] = str(self.path / "modules")
        self._sessions: list[SessionProcess] = []

    def write(self, name: str, text: str) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))
        return file

    def profile(self, name: str, text: str) -> None:
        self.write(f"ipython/profile_default/{name}", text)

    def config(self, text: str) -> None:
        self.write("config/cshell/config.toml", text)

    @contextlib.contextmanager
    def session(self) -> Iterator[tuple[SessionProcess, Client]]:
        process = SessionProcess.start(self.environ)
        try:
            with process.client() as client:
                client.record("kernel_started")
                yield process, client
        finally:
            process.stop()

    def refusal(self) -> str:
        """Why there is no session; what its client is told."""
        told, report = os.pipe()
        done = subprocess.run(
            [sys.executable, "-P", "-m", "kernel", "--report", str(report), "--log", str(self.path / "log")],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            pass_fds=[report],
            check=False,
        )
        os.close(report)
        with os.fdopen(told) as answer:
            error = str(json.loads(answer.read())["error"])
        assert done.stderr == f"{error}\n"
        return error


@pytest.fixture
def home(environ: dict[str, str]) -> Configured:
    return Configured(environ)


class TestProfile:
    def test_startup_files_configuration_extensions_and_pythonstartup(self, home: Configured) -> None:
        home.write("modules/extending.py", "def load_ipython_extension(shell): print('extended')")
        home.profile("startup/00.py", "import os; from_startup = 1; print('startup')")
        home.profile("startup/01.ipy", "where = %pwd")
        home.profile(
            "ipython_config.py",
            """
            c.InteractiveShellApp.extensions = ['extending']
            c.InteractiveShellApp.exec_lines = ['from_line = 2']
            c.InteractiveShell.ast_node_interactivity = 'all'
            """,
        )
        home.environ["PYTHONSTARTUP"] = str(home.write("start.py", "from_pythonstartup = 3"))
        with home.session() as (_, client):
            cell = client.run("from_startup, from_line, from_pythonstartup\nwhere")
            shown = [content["data"]["text/plain"] for kind, content in cell.outputs if kind == "execute_result"]
            assert shown == ["(1, 2, 3)", repr(str(home.path))]
            assert "".join(r["content"]["text"] for r in client.records("stream")) == "extended\nstartup\n"
            # and again in the next worker
            client.restart()
            assert client.run("from_startup").reply["status"] == "ok"

    def test_a_broken_configuration_costs_one_sentence(self, home: Configured) -> None:
        home.profile("ipython_config.py", "c.broken = = 1")
        with home.session() as (process, client):
            assert value(client, "6 * 7") == "42"
            (said,) = [record["content"] for record in client.records("stream")]
            assert said["name"] == "stderr"
            assert said["text"].startswith(
                f"IPython's profile default in {home.path}/ipython is not used: SyntaxError: "
            )
            assert said["text"].count("\n") == 1
        assert process.log() == ""

    def test_a_startup_file_that_fails_or_exits(self, home: Configured) -> None:
        home.profile("startup/00.py", "1 / 0")
        with home.session() as (_, client):
            client.record("error", lambda content: content["ename"] == "ZeroDivisionError")
            assert value(client, "6 * 7") == "42"
            home.profile("startup/00.py", "import sys; sys.exit(3)")
            client.restart()
            client.record("error", lambda content: content["ename"] == "SystemExit")
            assert value(client, "6 * 7") == "42"

    def test_a_startup_file_that_hangs_is_interrupted(self, home: Configured) -> None:
        home.profile("startup/00.py", "print('hangs')\nwhile True: pass")
        process = SessionProcess.start(home.environ)
        try:
            with process.client() as client:
                client.record("stream", lambda content: "hangs" in content["text"])
                client.interrupt()
                client.record("kernel_started")
                assert value(client, "6 * 7") == "42"
        finally:
            process.stop()

    def test_another_profile(self, home: Configured) -> None:
        home.write("ipython/profile_mine/startup/00.py", "mine = 5")
        home.config('[kernel]\nprofile = "mine"\n')
        with home.session() as (_, client):
            assert value(client, "mine") == "5"


class TestConfig:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("[kernel]\npreload = 5\n", "preload is to be a list of modules"),
            ("[kernel]\nnonsense = 5\n", "has no setting nonsense"),
        ],
    )
    def test_a_broken_one_is_one_sentence(self, home: Configured, text: str, words: str) -> None:
        home.config(text)
        refusal = home.refusal()
        assert words in refusal
        assert str(home.path / "config/cshell/config.toml") in refusal
        assert "\n" not in refusal


class TestPreload:
    def notes(self, process: SessionProcess) -> str:
        """All that the user can read of a session: its journal and its log."""
        return process.session.journal.read_text() + process.log()

    def test_the_next_kernel_has_it_imported_already(self, home: Configured) -> None:
        home.write("modules/slow_to_import.py", "import os\npid = os.getpid()")
        home.config('[kernel]\npreload = ["slow_to_import"]\n')
        with home.session() as (process, client):

            def imported() -> bool:
                client.restart()
                return value(client, "import sys; 'slow_to_import' in sys.modules") == "True"

            wait_for(imported, "a worker of a server that has preloaded")
            assert value(client, "import os, slow_to_import; slow_to_import.pid == os.getpid()") == "False"
            assert value(client, "'slow_to_import' in globals() and len(dir()) > 0") == "True"
        assert process.log() == ""

    def test_names_that_are_none_are_noted_and_the_others_come(self, home: Configured) -> None:
        home.write("modules/broken_module.py", "1 / 0")
        home.write("modules/sound_module.py", "")
        home.config('[kernel]\npreload = ["no_such_module", "broken_module", "sound_module"]\n')
        with home.session() as (process, client):

            def imported() -> bool:
                client.restart()
                return value(client, "import sys; 'sound_module' in sys.modules") == "True"

            wait_for(imported, "a worker of a server that has preloaded")
            notes = wait_for(lambda: process.log().count("\n") >= 2 and process.log())
            said = client.record("stream", lambda content: content["text"].startswith("preload: "))
            client.read_on()
        assert said["content"]["text"] == (
            "preload: no_such_module cannot be imported: ModuleNotFoundError: No module named 'no_such_module'; "
            "broken_module cannot be imported: ZeroDivisionError: division by zero\n"
        )
        assert sum(record["content"]["text"].startswith("preload: ") for record in client.records("stream")) == 1
        assert notes.splitlines()[:2] == [
            "preload: no_such_module cannot be imported: ModuleNotFoundError: No module named 'no_such_module'",
            "preload: broken_module cannot be imported: ZeroDivisionError: division by zero",
        ]

    def test_a_module_that_exits_does_not_end_the_session(self, home: Configured) -> None:
        home.write("modules/exiting_module.py", "raise SystemExit(3)")
        home.write("modules/sound_module.py", "")
        home.config('[kernel]\npreload = ["exiting_module", "sound_module"]\n')
        with home.session() as (process, client):

            def imported() -> bool:
                client.restart()
                return value(client, "import sys; 'sound_module' in sys.modules") == "True"

            wait_for(imported, "a worker of a server that has preloaded", within=SOON)
            assert "exiting_module cannot be imported" in self.notes(process)

    def test_a_module_that_starts_a_thread_is_never_forked_and_the_reason_is_told(self, home: Configured) -> None:
        home.write(
            "modules/threaded_module.py",
            "import threading\nthread = threading.Thread(target=threading.Event().wait, daemon=True)\nthread.start()",
        )
        home.config('[kernel]\npreload = ["threaded_module"]\n')
        with home.session() as (process, client):
            wait_for(lambda: "spare" in self.server_arguments(process), "a server that does not fork")
            client.restart()
            assert value(client, "import threaded_module; threaded_module.thread.is_alive()") == "True"
            assert "threaded_module starts a thread" in self.notes(process)

    def test_a_restart_that_is_asked_for_while_such_a_module_is_imported(self, home: Configured) -> None:
        home.write(
            "modules/threaded_module.py",
            f"""
            import pathlib, threading
            home = pathlib.Path({str(home.path)!r})
            (home / "begun").touch()
            while not (home / "go").exists(): pass
            threading.Thread(target=threading.Event().wait, daemon=True).start()
            """,
        )
        home.config('[kernel]\npreload = ["threaded_module"]\n')
        with home.session() as (_, client):
            wait_for((home.path / "begun").exists, "the import")
            head = client.read_on()
            client.ask("control", "restart_request", {})
            client.record("kernel_starting", after=head)
            (home.path / "go").touch()
            assert not self.failed(client, head), client.records("kernel_failed")[-1]["content"]
            assert value(client, "6 * 7") == "42"

    def server_arguments(self, process: SessionProcess) -> list[str]:
        """The command line of the session's fork servers."""
        found = []
        for child in psutil.Process(process.process.pid).children():
            with contextlib.suppress(psutil.Error):
                found += child.cmdline()
        return found

    def failed(self, client: Client, head: int) -> bool:
        """Whether the kernel that comes next could not be started."""
        found = wait_for(
            lambda: (
                client.read_on() > head
                and [r for r in client.records("kernel_failed") + client.records("kernel_started") if r["seq"] > head]
            )
        )
        return "reason" in found[0]["content"]

    def test_what_cannot_be_forked_is_not_even_tried_and_the_reason_is_told(self, home: Configured) -> None:
        home.write("modules/torch.py", "import os\npid = os.getpid()")
        home.config('[kernel]\npreload = ["torch"]\n')
        with home.session() as (process, client):

            def own() -> bool:
                client.restart()
                loaded = value(client, "import sys; 'torch' in sys.modules") == "True"
                return loaded and value(client, "import os, torch; torch.pid == os.getpid()") == "True"

            wait_for(own, "a worker that imported the module itself")
            assert "torch cannot be used in a process that was forked" in self.notes(process)


def test_shell_commands_know_the_variables_of_where_they_stand(client: Client) -> None:
    code = """cmd, handled, name = "c", "h", "n"
def f():
    local = "l"
    !echo $cmd {handled} $local {name * 2} '$name'
    out = !echo $local $cmd
    return out
f()"""
    cell = client.run(code)
    assert cell.text() == "c h l nn $name\n"
    assert cell.outputs[-1][1]["data"]["text/plain"] == "['l c']"
