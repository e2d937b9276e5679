"""Frames read from what faulthandler writes."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from kernel.protocol.messages import encode
from kernel.protocol.wire import Message
from kernel.supervisor.stacks import Stacks, frames_of, shown
from tests.kernel.supervisor.fakes import Bench, FakeClient
from tests.kernel.support import DEADLINE

ENGINE = "/lib/python3.11/site-packages/IPython/core/interactiveshell.py"
STACK = f"""\
Thread 0x00007f0000000001 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 320 in wait
  File "/home/user/helpers.py", line 5 in serve

Current thread 0x00007f0000000002 (most recent call first):
  File "/usr/lib/python3.11/json/decoder.py", line 337 in decode
  File "/home/user/analysis.py", line 12 in load
  File "<ipython-input-1-abc>", line 1 in <module>
  File "{ENGINE}", line 3490 in run_code
  File "/x/kernel/worker/shell.py", line 200 in run_code
  File "{ENGINE}", line 3300 in run_cell
  File "/x/kernel/worker/main.py", line 150 in _serve_main
  File "/x/kernel/forkserver.py", line 60 in main
  File "<frozen runpy>", line 88 in _run_code
"""


def frame(file: str, line: int | None, name: str) -> dict[str, object]:
    return {"file": file, "line": line, "name": name}


def test_the_main_thread_down_to_the_engine() -> None:
    assert frames_of(STACK) == [
        frame("/usr/lib/python3.11/json/decoder.py", 337, "decode"),
        frame("/home/user/analysis.py", 12, "load"),
        frame("<ipython-input-1-abc>", 1, "<module>"),
    ]


def test_what_the_engine_does_above_the_users_code_is_part_of_it() -> None:
    magic = f'  File "{ENGINE}", line 2400 in run_line_magic\n'
    text = STACK.replace('  File "/home/user/analysis.py"', magic + '  File "/home/user/analysis.py"')
    assert [found["name"] for found in frames_of(text)] == ["decode", "run_line_magic", "load", "<module>"]


@pytest.mark.parametrize(
    "start",
    [
        '  File "<frozen runpy>", line 88 in _run_code\n  File "<frozen runpy>", line 198 in _run_module_as_main\n',
        # another interpreter is started with a script
        '  File "<string>", line 16 in <module>\n',
        "",
    ],
)
def test_a_worker_that_waits_has_no_frames_of_the_users(start: str) -> None:
    text = (
        "Current thread 0x1 (most recent call first):\n"
        '  File "/x/kernel/worker/channel.py", line 150 in receive\n'
        '  File "/x/kernel/worker/main.py", line 150 in _serve_main\n'
        '  File "/x/kernel/forkserver.py", line 60 in main\n'
        '  File "/x/kernel/forkserver.py", line 127 in <module>\n'
        f"{start}"
    )
    assert frames_of(text) == []


@pytest.mark.parametrize(
    "text", ["", "nonsense\n", "Current thread 0x1 (most recent call first):\n  <no Python frame>"]
)
def test_what_is_no_stack_has_no_frames(text: str) -> None:
    assert frames_of(text) == []


def test_a_line_that_is_not_known() -> None:
    assert frames_of('Thread 0x1:\n  File "<string>", line ??? in f') == [frame("<string>", None, "f")]


def test_names_that_look_like_something_else() -> None:
    text = 'Thread 0x1:\n  File "/a "b", line 3 in c", line 5 in f.<locals>.<lambda>\n'
    assert frames_of(text) == [frame('/a "b", line 3 in c', 5, "f.<locals>.<lambda>")]


def test_what_this_python_really_writes() -> None:
    code = """\
        import faulthandler, signal, sys, threading
        faulthandler.register(signal.SIGUSR2, all_threads=True)
        ready, go = threading.Event(), threading.Event()
        def other_thread():
            ready.set()
            go.wait()
        thread = threading.Thread(target=other_thread)
        thread.start()
        ready.wait()
        def innermost(): signal.raise_signal(signal.SIGUSR2)
        def outer(): innermost()
        outer()
        go.set()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=DEADLINE, check=True
    )
    assert "other_thread" in done.stderr
    assert [found["name"] for found in frames_of(done.stderr)] == ["innermost", "outer", "<module>"]
    assert [found["line"] for found in frames_of(done.stderr)] == [10, 11, 12]


class FakeWorker:
    """Writes what the test has it write."""

    def __init__(self) -> None:
        self.text = ""
        self.dumps = 0

    def dump_stack(self) -> None:
        self.dumps += 1

    def faults_text(self) -> str:
        text, self.text = self.text, ""
        return text


class TestAsking:
    """Who asks is told when the whole stack has come, or as far as it came in time."""

    BOTTOM = '  File "<frozen runpy>", line 198 in _run_module_as_main\n'

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Bench:
        return Bench(tmp_path)

    @pytest.fixture
    def stacks(self, bench: Bench) -> Stacks:
        return Stacks(bench.publisher)

    @pytest.fixture
    def worker(self) -> Any:
        return FakeWorker()

    def request(self, client: str = "client") -> Message:
        return FakeClient(client).message("stack_request", {})

    def told(self, bench: Bench) -> list[tuple[str, dict[str, Any]]]:
        bench.publisher.flush()
        return [(to, content) for _, to, _, content in bench.sockets.take("control")]

    def test_a_stack_that_has_come_to_its_end_is_told_at_once(self, stacks: Stacks, worker: Any, bench: Bench) -> None:
        stacks.ask(worker, self.request())
        assert worker.dumps == 1
        worker.text = STACK
        stacks.come(worker)
        stacks.tell(time.monotonic())
        assert self.told(bench) == []
        worker.text = self.BOTTOM
        stacks.come(worker)
        stacks.tell(time.monotonic())
        ((_, content),) = self.told(bench)
        assert [found["name"] for found in content["frames"]] == ["decode", "load", "<module>"]
        assert content["text"] == STACK + self.BOTTOM
        assert stacks.deadline is None

    def test_one_without_a_known_end_is_told_when_no_more_comes(
        self, stacks: Stacks, worker: Any, bench: Bench
    ) -> None:
        stacks.ask(worker, self.request())
        before = stacks.deadline
        worker.text = STACK
        stacks.come(worker)
        deadline = stacks.deadline
        assert before is not None
        assert deadline is not None
        assert deadline < before
        stacks.tell(deadline)
        assert [content["status"] for _, content in self.told(bench)] == ["ok"]

    def test_nothing_comes_in_time(self, stacks: Stacks, worker: Any, bench: Bench) -> None:
        stacks.ask(worker, self.request())
        stacks.come(worker)
        deadline = stacks.deadline
        assert deadline is not None
        stacks.tell(deadline - 0.01)
        assert self.told(bench) == []
        stacks.tell(deadline)
        ((_, content),) = self.told(bench)
        assert (content["status"], content["ename"]) == ("error", "NoStack")

    def test_the_worker_ends_meanwhile(self, stacks: Stacks, worker: Any, bench: Bench) -> None:
        stacks.ask(worker, self.request("one"))
        stacks.ask(worker, self.request("two"))
        stacks.tell()
        assert [(to, content["status"]) for to, content in self.told(bench)] == [("one", "error"), ("two", "error")]

    def test_the_rest_of_an_earlier_stack_is_nobodys(self, stacks: Stacks, worker: Any, bench: Bench) -> None:
        worker.text = "of an earlier one\n"
        stacks.ask(worker, self.request())
        worker.text = STACK + self.BOTTOM
        stacks.come(worker)
        stacks.tell()
        assert "earlier" not in self.told(bench)[0][1]["text"]

    def test_the_text_of_a_crash_is_left_for_the_report(self, stacks: Stacks, worker: Any) -> None:
        worker.text = "Fatal Python error"
        stacks.come(worker)
        assert worker.faults_text() == "Fatal Python error"

    def test_a_user_whose_interrupt_is_not_taken_reads_it(self, stacks: Stacks, worker: Any, bench: Bench) -> None:
        cell = encode({"msg_id": "cell"})
        stacks.ask(worker, None, cell)
        worker.text = STACK + self.BOTTOM
        stacks.come(worker)
        stacks.tell()
        bench.publisher.flush()
        (record,) = bench.records()
        assert record["parent_header"] == {"msg_id": "cell"}
        assert "\n  load, line 12 of /home/user/analysis.py\n" in record["content"]["text"]
        assert "Interrupt once more" in record["content"]["text"]


class TestShown:
    def test_one_line_a_frame(self) -> None:
        assert shown([frame("/a.py", 3, "f"), frame("<ipython-input-12-4809472a3eb5>", 2, "<module>")]) == (
            "  f, line 3 of /a.py\n  <module>, line 2 of Cell In[12]"
        )

    def test_no_more_than_fit(self) -> None:
        lines = shown([frame("/a.py", number, "f") for number in range(10)], limit=3).splitlines()
        assert len(lines) == 4
        assert lines[-1] == "  and 7 more"

    def test_nothing(self) -> None:
        assert shown([]) == ""
