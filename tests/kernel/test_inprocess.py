"""The engine without process and socket."""

import builtins
import getpass
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kernel.inprocess import InProcessKernel
from kernel.protocol.messages import ClearOutput, DisplayData, Error, ExecuteResult, Stream, UpdateDisplayData
from tests.kernel.support import DEADLINE

pytestmark = [
    pytest.mark.filterwarnings("ignore::IPython.core.completer.ProvisionalCompleterWarning"),
    pytest.mark.filterwarnings("ignore:To exit:UserWarning"),
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InProcessKernel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        yield InProcessKernel()


@pytest.fixture
def engine(made: InProcessKernel) -> InProcessKernel:
    made.execute("%reset -f", store_history=False)
    return made


class TestOutputs:
    def test_everything_in_its_order(self, engine: InProcessKernel) -> None:
        execution = engine.execute(
            "import sys\nprint('one'); print('two')\nprint('error', file=sys.stderr)\nhandle = display(1, display_id='d')\n"
            "handle.update(2)\nprint('three', end='')\nfrom IPython.display import clear_output\nclear_output(True)\n6 * 7"
        )
        assert execution.reply.status == "ok"
        assert execution.outputs == [
            Stream("stdout", "one\ntwo\n"),
            Stream("stderr", "error\n"),
            DisplayData({"text/plain": "1"}, {}, {"display_id": "d"}),
            UpdateDisplayData({"text/plain": "2"}, {}, {"display_id": "d"}),
            Stream("stdout", "three"),
            ClearOutput(wait=True),
            ExecuteResult(execution.reply.execution_count, {"text/plain": "42"}, {}),
        ]
        assert execution.text == "one\ntwo\nerror\nthree"

    def test_each_cell_has_its_own(self, engine: InProcessKernel) -> None:
        first = engine.execute("print(1)")
        assert engine.execute("pass").outputs == []
        assert first.text == "1\n"

    def test_an_error(self, engine: InProcessKernel) -> None:
        execution = engine.execute("print('before')\n1 / 0")
        assert (execution.reply.ename, execution.reply.evalue) == ("ZeroDivisionError", "division by zero")
        shown = execution.outputs[-1]
        assert isinstance(shown, Error)
        assert shown.traceback == execution.reply.traceback

    def test_comms_are_among_them(self, engine: InProcessKernel) -> None:
        execution = engine.execute("import comm\nc = comm.create_comm(target_name='t', data={'a': 1})\nc.close()")
        assert [type(output).__name__ for output in execution.outputs] == ["CommOpen", "CommClose"]

    def test_a_thread_that_prints_meanwhile(self, engine: InProcessKernel) -> None:
        execution = engine.execute(
            "import threading\nthread = threading.Thread(target=print, args=['from a thread'])\nthread.start()\nthread.join()"
        )
        assert execution.text == "from a thread\n"


class TestCells:
    def test_the_namespace_is_the_callers(self) -> None:
        namespace: dict[str, Any] = {"given": 5}
        engine = InProcessKernel(namespace)
        engine.execute("made = given + 1")
        assert namespace["made"] == 6
        assert engine.namespace is namespace

    def test_silent_and_unstored_cells_are_not_counted(self, engine: InProcessKernel) -> None:
        count = engine.execute("1").reply.execution_count
        assert engine.execute("5", silent=True).outputs == []
        engine.execute("2", store_history=False)
        assert engine.execute("3").reply.execution_count == count + 1

    def test_expressions(self, engine: InProcessKernel) -> None:
        reply = engine.execute("x = 5", user_expressions={"six": "x + 1", "bad": "1 / 0"}).reply
        assert reply.user_expressions
        assert reply.user_expressions["six"]["data"] == {"text/plain": "6"}
        assert reply.user_expressions["bad"]["ename"] == "ZeroDivisionError"

    def test_magics_payloads_and_await(self, engine: InProcessKernel) -> None:
        reply = engine.execute("len?").reply
        assert [payload["source"] for payload in reply.payload or []] == ["page"]
        assert engine.execute("import asyncio\nawait asyncio.sleep(0, 'awaited')").outputs[0] == ExecuteResult(
            reply.execution_count + 1, {"text/plain": "'awaited'"}, {}
        )

    def test_an_interrupt_ends_the_cell_and_not_the_program(self, engine: InProcessKernel) -> None:
        reply = engine.execute("import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(60)").reply
        assert reply.ename == "KeyboardInterrupt"
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_exit_ends_nothing(self, engine: InProcessKernel) -> None:
        assert engine.execute("import sys; sys.exit(3)").reply.ename == "SystemExit"
        assert [payload["source"] for payload in engine.execute("exit").reply.payload or []] == ["ask_exit"]

    def test_it_runs_in_the_thread_that_asks(self, engine: InProcessKernel) -> None:
        names: list[str] = []

        def ask() -> None:
            names.append(engine.execute("import threading\nprint(threading.current_thread().name)").text)

        thread = threading.Thread(target=ask, name="asking")
        thread.start()
        thread.join(DEADLINE)
        assert names == ["asking\n"]


class TestQuestions:
    def test_lines_and_passwords(self, engine: InProcessKernel) -> None:
        asked: list[tuple[str, bool]] = []

        def ask(prompt: str, password: bool) -> str:
            asked.append((prompt, password))
            return "answer"

        execution = engine.execute("import getpass\nprint(input('line '), getpass.getpass('secret '))", ask=ask)
        assert execution.text == "answer answer\n"
        assert asked == [("line ", False), ("secret ", True)]

    def test_who_does_not_answer_is_not_asked(self, engine: InProcessKernel) -> None:
        engine.execute("input()", ask=lambda prompt, password: "")
        assert engine.execute("input()").reply.ename == "StdinNotImplementedError"

    def test_an_answer_that_fails_fails_in_the_cell(self, engine: InProcessKernel) -> None:
        def ask(prompt: str, password: bool) -> str:
            raise EOFError

        assert engine.execute("input()", ask=ask).reply.ename == "EOFError"


class TestHelp:
    def test_completion(self, engine: InProcessKernel) -> None:
        engine.execute("import math\nvärde = 1")
        reply = engine.complete("math.sq")
        assert ["math.sq"[: reply.cursor_start] + match for match in reply.matches] == ["math.sqrt"]
        assert engine.complete("vär + 1", 3).matches == ["värde"]

    def test_inspection(self, engine: InProcessKernel) -> None:
        engine.execute("def f(x):\n    'Say nothing.'\n    return x")
        brief, whole = (
            engine.inspect("f").data["text/plain"],
            engine.inspect("f(1)", 1, detail_level=1).data["text/plain"],
        )
        assert "Say nothing." in brief
        assert ("Source:" in brief, "Source:" in whole) == (False, True)
        assert not engine.inspect("nosuchname").found

    def test_completeness(self, engine: InProcessKernel) -> None:
        assert engine.is_complete("if 1:").status == "incomplete"
        assert engine.is_complete("%time 1").status == "complete"


class TestProgram:
    def test_everything_of_the_programs_is_given_back(self, engine: InProcessKernel) -> None:
        def own() -> tuple[object, ...]:
            return sys.stdout, sys.stderr, sys.displayhook, builtins.input, getpass.getpass, sys.breakpointhook

        before = own()
        engine.execute("import sys\nsys.stdout = None\n1 / 0")
        engine.execute("import builtins\nbuiltins.input = None")
        assert own() == before
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_the_programs_handler_is_given_back_after_the_debugger(
        self, engine: InProcessKernel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "breakpointhook", sys.__breakpointhook__)
        before = signal.getsignal(signal.SIGINT)
        try:
            assert engine.execute("breakpoint()\nx = 1", ask=lambda prompt, password: "c").reply.status == "ok"
            assert signal.getsignal(signal.SIGINT) is before
        finally:
            signal.signal(signal.SIGINT, before)

    def test_engines_are_apart(self, engine: InProcessKernel) -> None:
        other = InProcessKernel()
        engine.execute("mine = 1; get_ipython().other = 1")
        execution = other.execute("'mine' in globals(), hasattr(get_ipython(), 'other'), display('shown')")
        assert [output.data["text/plain"] for output in execution.outputs] == [  # type: ignore[attr-defined]
            "'shown'",
            "(False, False, None)",
        ]

    def test_an_engine_may_use_another(self, engine: InProcessKernel) -> None:
        engine.namespace["inner"] = InProcessKernel()
        execution = engine.execute("print('before')\nfound = inner.execute('print(1)').text\nprint('behind', found)")
        assert execution.text == "before\nbehind 1\n\n"
