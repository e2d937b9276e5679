"""The shell's own part: what becomes of displays, errors, questions and the debugger."""

import builtins
import getpass
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.terminal.interactiveshell import TerminalInteractiveShell

from kernel.protocol.messages import CompleteReply, CompleteRequest, ExecuteReply, ExecuteRequest
from kernel.worker import requests
from kernel.worker.owners import Owner, Owners, own_thread
from kernel.worker.shell import ZMQInteractiveShell, borrowed, jsonable, make_shell, text_of
from tests.kernel.support import DEADLINE, wait_for

pytestmark = pytest.mark.filterwarnings("ignore::IPython.core.completer.ProvisionalCompleterWarning")


class FakeOutbox:
    """Keeps what a cell shows."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []
        self.owners = Owners()

    def begin(self, content: dict[str, Any] | None) -> None:
        """Cells that are shown are known to the test."""

    def publish(self, msg_type: str, content: dict[str, Any], *_more: object) -> None:
        self.shown.append((msg_type, content))

    def contents(self, msg_type: str) -> list[dict[str, Any]]:
        return [content for kind, content in self.shown if kind == msg_type]


class Asked:
    """Answers questions by rote; each one is looked into by a function first, if it has one."""

    def __init__(self) -> None:
        self.answers: list[str | Callable[[], str]] = []
        self.prompts: list[tuple[str, bool]] = []

    def __call__(self, prompt: str, password: bool) -> str:
        self.prompts.append((prompt, password))
        answer = self.answers.pop(0)
        return answer if isinstance(answer, str) else answer()


class Bench:
    """A shell of this process's, and what it shows and asks."""

    def __init__(self, shell: ZMQInteractiveShell) -> None:
        self.shell = shell
        self.outbox = FakeOutbox()
        self.asked = Asked()
        shell.attach(self.outbox, None, self.asked)
        shell.debuggers.clear()
        self.outbox.owners.main = Owner(b"1", b'{"msg_id": "cell"}')

    def run(self, code: str, *answers: str | Callable[[], str], **options: Any) -> ExecuteReply:
        self.asked.answers = list(answers)
        with borrowed(self.shell):
            return requests.execute_here(self.shell, ExecuteRequest(code, **options))

    def complete(self, code: str) -> list[str]:
        """The whole words that could stand at the end of `code`."""
        _, reply = requests.answer(self.shell, "complete_request", CompleteRequest(code, len(code)))
        assert isinstance(reply, CompleteReply), reply
        return [code[: reply.cursor_start] + match for match in reply.matches]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZMQInteractiveShell]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        yield make_shell(own=True)[0]


@pytest.fixture
def sigint() -> Iterator[None]:
    """Give back the handler that pdb takes away for good when it goes on."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def bench(made: ZMQInteractiveShell, monkeypatch: pytest.MonkeyPatch, sigint: None) -> Bench:
    monkeypatch.delenv("PYTHONBREAKPOINT", raising=False)
    monkeypatch.setattr(sys, "breakpointhook", sys.__breakpointhook__)
    made.reset(new_session=False)
    made.execution_count = 1
    return Bench(made)


class TestValues:
    def test_bytes_become_base64_and_the_rest_stays(self) -> None:
        assert jsonable({"image/png": b"\x89PNG", "text/plain": "x"}) == {"image/png": "iVBORw==", "text/plain": "x"}

    def test_what_an_exception_says(self) -> None:
        class Mute(Exception):
            def __str__(self) -> str:
                raise ValueError

        assert text_of(ValueError("told")) == "told"
        assert text_of(Mute()) == "<Mute whose str() failed>"


class TestOutputs:
    def test_a_display_and_its_update(self, bench: Bench) -> None:
        bench.run("handle = display(1, display_id='d')\nhandle.update(2)")
        kinds = [(kind, content["data"]["text/plain"], content["transient"]) for kind, content in bench.outbox.shown]
        assert kinds == [("display_data", "1", {"display_id": "d"}), ("update_display_data", "2", {"display_id": "d"})]

    def test_a_result_has_the_count_of_its_cell(self, bench: Bench) -> None:
        bench.run("pass")
        bench.run("6 * 7")
        (result,) = bench.outbox.contents("execute_result")
        assert (result["execution_count"], result["data"]) == (2, {"text/plain": "42"})

    def test_help_is_a_payload_and_not_printed(self, bench: Bench) -> None:
        reply = bench.run("len?")
        assert [item["source"] for item in reply.payload or []] == ["page"]
        assert bench.outbox.shown == []

    def test_a_later_payload_of_a_source_takes_the_place_of_the_first(self, bench: Bench) -> None:
        reply = bench.run("len?\nprint?\nget_ipython().set_next_input('x')")
        pages = [item["data"]["text/plain"] for item in reply.payload or [] if item["source"] == "page"]
        assert len(pages) == 1
        assert "Prints the values" in pages[0]
        assert [item["source"] for item in reply.payload or []] == ["page", "set_next_input"]

    def test_payloads_belong_to_the_cell_that_runs_in_this_thread(self, bench: Bench) -> None:
        other = Owner(b"2", b"{}")

        def work() -> None:
            own_thread(other)
            bench.shell.set_next_input("of another")

        thread = threading.Thread(target=work)
        thread.start()
        thread.join(DEADLINE)
        assert bench.run("get_ipython().set_next_input('mine')").payload == [
            {"source": "set_next_input", "text": "mine", "replace": False}
        ]
        assert other.payload[0]["text"] == "of another"

    def test_libraries_find_the_request_that_runs(self, bench: Bench) -> None:
        assert bench.shell.kernel.get_parent()["header"] == {"msg_id": "cell"}
        assert bench.shell.kernel.comm_manager is bench.shell.comms.manager
        assert bench.shell.config["IPKernelApp"]
        assert type(bench.shell).__name__ == "ZMQInteractiveShell"


class TestErrors:
    def test_a_group_and_its_cause_are_shown_as_python_shows_them(self, bench: Bench) -> None:
        reply = bench.run(
            "try: raise ExceptionGroup('many', [ValueError('first')])\n"
            "except ExceptionGroup as group: raise KeyError('last') from group"
        )
        text = "\n".join(reply.traceback or [])
        assert (reply.ename, len(bench.outbox.contents("error"))) == ("KeyError", 1)
        assert "ValueError: first" in text
        assert "direct cause" in text
        assert f"{os.sep}IPython{os.sep}" not in text

    def test_the_reply_has_the_traceback_that_was_shown(self, bench: Bench) -> None:
        reply = bench.run("1 / 0")
        assert bench.outbox.contents("error")[0]["traceback"] == reply.traceback
        assert bench.run("pass").traceback is None

    def test_an_interrupted_await_is_a_keyboard_interrupt(self, bench: Bench) -> None:
        reply = bench.run("import asyncio\nawait asyncio.sleep(0)\nraise KeyboardInterrupt")
        assert reply.ename == "KeyboardInterrupt"
        assert "CancelledError" not in "\n".join(reply.traceback or [])


class TestQuestions:
    def test_input_and_password(self, bench: Bench) -> None:
        bench.run("import getpass\nfound = input('a'), getpass.getpass(), getpass.getpass('b')", "1", "2", "3")
        assert bench.shell.user_ns["found"] == ("1", "2", "3")
        assert bench.asked.prompts == [("a", False), ("Password: ", True), ("b", True)]

    def test_a_prompt_that_is_no_text(self, bench: Bench) -> None:
        bench.run("input(5)", "")
        assert bench.asked.prompts == [("5", False)]

    def test_a_client_that_does_not_answer_is_not_asked(self, bench: Bench) -> None:
        assert bench.run("input()", allow_stdin=False).ename == "StdinNotImplementedError"
        assert bench.asked.prompts == []


STOPPING = "def f():\n    local_name = 'x'\n    breakpoint()\n    return 1\nf()"


class TestDebugger:
    def test_breakpoint_stops_where_it_stands(self, bench: Bench) -> None:
        bench.run("def f(inner):\n    breakpoint()\n    return inner\nresult = f(5)", "p inner * 2", "c")
        assert [prompt for prompt, _ in bench.asked.prompts] == ["ipdb> ", "ipdb> "]
        assert bench.shell.user_ns["result"] == 5

    def test_a_hook_of_the_users_is_left_in_place(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        called: list[int] = []
        monkeypatch.setattr(sys, "breakpointhook", lambda: called.append(1))
        bench.run("breakpoint()")
        assert called == [1]

    def test_pythonbreakpoint_is_honoured(self, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONBREAKPOINT", "0")
        assert bench.run("breakpoint()").status == "ok"
        assert bench.asked.prompts == []

    def test_completion_knows_the_frame_and_the_commands(self, bench: Bench) -> None:
        found: dict[str, list[str]] = {}

        def look() -> str:
            found.update({code: bench.complete(code) for code in ("local_na", "wh", "local_name.up", "out")})
            return "q"

        bench.run("outside = 1\ndef f():\n    local_name = 'x'\n    breakpoint()\n    return 1\nf()", look)
        assert found["local_na"] == ["local_name"]
        assert {"where", "whatis"} <= set(found["wh"])
        assert found["local_name.up"] == ["local_name.upper"]
        assert "outside" in found["out"]

    def test_completion_is_the_namespaces_again_afterwards(self, bench: Bench) -> None:
        bench.run(STOPPING, "c")
        assert bench.complete("local_na") == []
        assert "where" not in bench.complete("whe")

    def test_the_last_error_is_looked_at(self, bench: Bench) -> None:
        bench.run("def f(inner): 1 / 0")
        bench.run("f(5)")
        assert bench.run("%debug", "seen = inner", "q").status == "ok"
        assert len(bench.asked.prompts) == 2

    def test_the_end_of_input_leaves_it(self, bench: Bench) -> None:
        def end() -> str:
            raise EOFError

        assert bench.run("breakpoint()\nx = 1\ny = 2", end).ename == "BdbQuit"
        assert bench.run("6 * 7").status == "ok"

    def test_a_question_that_is_answered_later_leaves_no_old_debugger_behind(self, bench: Bench) -> None:
        other = OtherThread(bench)
        bench.run(STOPPING, lambda: other.ask() or "c")
        other.answer()
        assert bench.complete("local_na") == []
        assert "where" not in bench.complete("whe")

    def test_a_question_of_another_thread_does_not_hide_the_debugger(self, bench: Bench) -> None:
        other, found = OtherThread(bench), []

        def look() -> str:
            other.ask()
            found.append(bench.complete("local_na"))
            other.answer()
            found.append(bench.complete("local_na"))
            return "c"

        bench.run(STOPPING, look)
        assert found == [["local_name"]] * 2


class OtherThread:
    """A subshell's thread that asks for a line while the debugger in the main thread does."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._go = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        own_thread(Owner(b"2", b"{}", allow_stdin=True))
        self._bench.shell.raw_input("in a subshell")

    def _wait(self) -> str:
        assert self._go.wait(DEADLINE)
        return ""

    def ask(self) -> None:
        self._bench.asked.answers.insert(0, self._wait)
        self._thread.start()
        wait_for(lambda: ("in a subshell", False) in self._bench.asked.prompts)

    def answer(self) -> None:
        self._go.set()
        self._thread.join(DEADLINE)


class TestBorrowing:
    def test_a_programs_own_shell_and_builtins_are_given_back(self, bench: Bench) -> None:
        before = builtins.input, getpass.getpass, sys.displayhook, sys.breakpointhook
        others = [kind._instance for kind in (InteractiveShell, TerminalInteractiveShell, ZMQInteractiveShell)]
        with suppress(ZeroDivisionError), borrowed(bench.shell):
            assert InteractiveShell.instance() is bench.shell
            assert builtins.input == bench.shell.raw_input
            1 / 0  # noqa: B018
        assert (builtins.input, getpass.getpass, sys.displayhook, sys.breakpointhook) == before
        assert [kind._instance for kind in (InteractiveShell, TerminalInteractiveShell, ZMQInteractiveShell)] == others

    def test_an_own_shell_is_not_the_process_s_one_shell(self, made: ZMQInteractiveShell) -> None:
        assert not ZMQInteractiveShell.initialized() or ZMQInteractiveShell.instance() is not made

    def test_a_namespace_is_the_callers(self) -> None:
        namespace = {"given": 5}
        shell, _ = make_shell(own=True, namespace=namespace)
        shell.run_cell("made = given + 1", silent=True)
        assert namespace["made"] == 6


class TestAwaiting:
    def test_a_subshell_has_a_loop_of_its_own(self, bench: Bench) -> None:
        loops: list[object] = []
        bench.shell.user_ns["loops"] = loops
        code = "import asyncio\nawait asyncio.sleep(0)\nloops.append(asyncio.get_running_loop())"
        bench.run(code)
        replies: list[ExecuteReply] = []
        # run where the owner of what is published does not matter
        thread = threading.Thread(target=lambda: replies.append(bench.run(code)))
        thread.start()
        thread.join(DEADLINE)
        assert [reply.status for reply in replies] == ["ok"]
        assert len(set(map(id, loops))) == 2
