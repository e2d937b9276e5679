"""Answers of the shell in this process; what it shows goes into a list."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.protocol.messages import (
    CompleteReply,
    CompleteRequest,
    ExecuteReply,
    ExecuteRequest,
    InspectReply,
    InspectRequest,
    IsCompleteReply,
    IsCompleteRequest,
)
from kernel.worker import requests
from kernel.worker.interrupts import Interrupts
from kernel.worker.owners import Owners
from kernel.worker.shell import ZMQInteractiveShell, make_shell

# the worker ignores it for good, but pytest has filters of its own
pytestmark = pytest.mark.filterwarnings("ignore::IPython.core.completer.ProvisionalCompleterWarning")


class FakeOutbox:
    """Keeps what a cell shows."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, dict[str, Any]]] = []
        self.owners = Owners()

    def begin(self, content: dict[str, Any] | None) -> None:
        if content is not None:
            self.shown.append(("execute_input", content))

    def publish(self, msg_type: str, content: dict[str, Any]) -> None:
        self.shown.append((msg_type, content))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZMQInteractiveShell]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        patch.setattr("builtins.input", input)
        patch.setattr("getpass.getpass", lambda: "")
        yield make_shell()[0]
    ZMQInteractiveShell.clear_instance()


@pytest.fixture
def shell(made: ZMQInteractiveShell, tmp_path: Path) -> ZMQInteractiveShell:
    made.attach(FakeOutbox(), Interrupts(), lambda prompt, password: f"answer to {prompt}")  # type: ignore[arg-type]
    made.take_input()
    made.open_history(tmp_path / "history.sqlite")
    made.reset(new_session=False)
    made.execution_count = 1
    return made


def execute(shell: ZMQInteractiveShell, code: str, **options: Any) -> ExecuteReply:
    return requests.execute(shell, ExecuteRequest(code, **options), Interrupts())


def shown(shell: ZMQInteractiveShell) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = shell.outbox.shown  # type: ignore[attr-defined]
    return found


class TestExecute:
    def test_a_value(self, shell: ZMQInteractiveShell) -> None:
        reply = execute(shell, "6 * 7")
        assert (reply.status, reply.execution_count) == ("ok", 1)
        assert [kind for kind, _ in shown(shell)] == ["execute_input", "execute_result"]
        assert shown(shell)[1][1]["data"] == {"text/plain": "42"}

    def test_an_error(self, shell: ZMQInteractiveShell) -> None:
        reply = execute(shell, "1 / 0")
        (_, error) = shown(shell)[1]
        assert (reply.status, reply.ename, reply.evalue) == ("error", "ZeroDivisionError", "division by zero")
        assert error == {"ename": reply.ename, "evalue": reply.evalue, "traceback": reply.traceback}
        assert "\x1b[" in "".join(reply.traceback or [])

    def test_bytes_in_a_bundle(self, shell: ZMQInteractiveShell) -> None:
        execute(shell, "display({'image/png': b'\\x89PNG'}, raw=True)")
        assert shown(shell)[1][1]["data"] == {"image/png": "iVBORw=="}

    def test_an_exception_that_cannot_say_what_it_is(self, shell: ZMQInteractiveShell) -> None:
        reply = execute(shell, "class E(Exception):\n    def __str__(self): 1 / 0\nraise E")
        assert reply.evalue == "<E whose str() failed>"

    @pytest.mark.parametrize(
        ("code", "evalue"),
        [
            ("x = = 1", "invalid syntax"),
            ("compile('x = = 1', 'a.py', 'exec')", "invalid syntax (a.py, line 1)"),
        ],
    )
    def test_a_syntax_error_does_not_say_what_a_cell_is_compiled_under(
        self, shell: ZMQInteractiveShell, code: str, evalue: str
    ) -> None:
        reply = execute(shell, code)
        assert (reply.ename, reply.evalue) == ("SyntaxError", evalue)
        assert "ipython-input" not in "".join(reply.traceback)

    def test_input(self, shell: ZMQInteractiveShell) -> None:
        execute(shell, "a = input('a')")
        assert shell.user_ns["a"] == "answer to a"
        assert execute(shell, "input()", allow_stdin=False).ename == "StdinNotImplementedError"

    def test_payloads(self, shell: ZMQInteractiveShell) -> None:
        reply = execute(shell, "get_ipython().set_next_input('x')\nexit()")
        assert [payload["source"] for payload in reply.payload or []] == ["set_next_input", "ask_exit"]
        assert execute(shell, "1").payload == []

    def test_a_window_that_cannot_be(self, shell: ZMQInteractiveShell) -> None:
        execute(shell, "get_ipython().enable_gui('inline')")
        assert execute(shell, "get_ipython().enable_gui('qt')").ename == "UsageError"


class TestQuestions:
    def test_completion_counts_code_points(self, shell: ZMQInteractiveShell) -> None:
        shell.user_ns["värde"] = 1
        reply = requests.complete(shell, CompleteRequest("'☃'; vär", 8))
        assert isinstance(reply, CompleteReply)
        assert "värde" in reply.matches
        assert (reply.cursor_start, reply.cursor_end) == (5, 8)
        assert requests.complete(shell, CompleteRequest("nosuchname", 10)) == CompleteReply([], 10, 10)

    def test_inspection(self, shell: ZMQInteractiveShell) -> None:
        found = requests.inspect(shell, InspectRequest("len", 3))
        assert isinstance(found, InspectReply)
        assert "number of items" in found.data["text/plain"]
        assert requests.inspect(shell, InspectRequest("nosuchname", 3)) == InspectReply()

    @pytest.mark.parametrize(
        ("code", "reply"),
        [
            ("1", IsCompleteReply("complete")),
            ("if 1:", IsCompleteReply("incomplete", "    ")),
            ("if 1:\n  if 2:", IsCompleteReply("incomplete", "      ")),
            ("%%timeit", IsCompleteReply("incomplete", "")),
            ("x = = 1", IsCompleteReply("invalid")),
        ],
    )
    def test_completeness(self, shell: ZMQInteractiveShell, code: str, reply: IsCompleteReply) -> None:
        assert requests.is_complete(shell, IsCompleteRequest(code)) == reply

    def test_user_code_that_fails_in_an_answer(self, shell: ZMQInteractiveShell) -> None:
        class Hostile:
            def __dir__(self) -> list[str]:
                raise SystemExit

            def __getattr__(self, name: str) -> object:
                raise BaseException

            def __repr__(self) -> str:
                raise KeyboardInterrupt

        shell.user_ns["hostile"] = Hostile()
        for msg_type, request in (
            ("complete_request", CompleteRequest("hostile.", 8)),
            ("inspect_request", InspectRequest("hostile", 7)),
        ):
            reply_type, reply = requests.answer(shell, msg_type, request)
            assert reply_type == msg_type.replace("request", "reply")
            assert reply.as_dict()["status"] in ("ok", "error")
