"""A session inside a real program: both keep what is theirs, and the session ends with the program."""

import contextlib
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from kernel.protocol.messages import ExecuteRequest, ShutdownRequest, decode, encode
from kernel.protocol.session import Session, SessionError, find
from kernel.protocol.wire import EMPTY
from tests.kernel.support import DEADLINE, Client, is_running, kind_of, parent_of, private_home, wait_for

# what is answered at all is answered in less than this many seconds
SOON = 5.0

# goes on until its standard input is closed, and answers each line on it with a line
ANSWERING = """
    import sys
    for line in sys.stdin:
        print('program:', eval(line), flush=True)
"""


class Program:
    """A program that has embedded a session, on pipes."""

    def __init__(self, environ: dict[str, str], code: str, name: str = "e") -> None:
        self._errors = tempfile.TemporaryFile(dir=environ["HOME"])  # noqa: SIM115
        self.session = Session.named(name, environ)
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environ,
            cwd=environ["HOME"],
            text=True,
            bufsize=1,
        )

    def client(self) -> Client:
        """A client of the session, as soon as it runs cells."""
        wait_for(self._is_there, "the session")
        found = Client(self.session.connection())
        found.record("kernel_started")
        return found

    def _is_there(self) -> bool:
        assert self.process.poll() is None, self.errors()
        # the last that is written
        return self.session.is_running and self.session.info() is not None

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode()

    def ask(self, expression: str) -> str:
        """The value of an expression in the program, from its own standard output."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(expression + "\n")
        return self.process.stdout.readline().removeprefix("program: ").rstrip("\n")

    def end(self) -> str:
        """Let the program come to its end; return what it printed last."""
        rest, _ = self.process.communicate(timeout=DEADLINE)
        return rest

    def journal(self) -> list[str]:
        return [line.split('"msg_type":"', 1)[1].split('"', 1)[0] for line in self.session.journal.open()]

    def wait_for_the_sessions_end(self) -> None:
        wait_for(lambda: not self.session.is_running and not self.session.runtime.exists(), "the session's end")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        self._errors.close()
        self.wait_for_the_sessions_end()


@pytest.fixture(scope="module")
def home() -> Iterator[dict[str, str]]:
    with private_home() as environ:
        yield environ


def value(client: Client, code: str) -> str:
    cell = client.run(code)
    assert cell.kinds == ["execute_result"], cell
    return str(cell.outputs[0][1]["data"]["text/plain"])


GOING_ON = """
    import signal
    from kernel.embedding import EmbedError, embed
    def mine(*_): pass
    signal.signal(signal.SIGINT, mine)
    shared = [1, 2, 3]
    def embed_again():
        try:
            embed(name='shared', wait=False)
        except EmbedError as error:
            return error
    embedded = embed(name='shared', wait=False)
"""


@pytest.fixture(scope="module")
def program(home: dict[str, str]) -> Iterator[Program]:
    """A program that goes on beside its session, for all tests that leave it as it is."""
    with Program(home, textwrap.dedent(GOING_ON) + textwrap.dedent(ANSWERING), "shared") as found:
        yield found


@pytest.fixture
def client(program: Program) -> Iterator[Client]:
    with program.client() as found:
        found.read_on()
        yield found


class TestInAThread:
    """Without `wait`: the program goes on."""

    def test_cells_see_and_change_the_programs_variables(self, client: Client, program: Program) -> None:
        assert value(client, "shared") == "[1, 2, 3]"
        client.run("made = sum(shared); shared.append(made)")
        assert program.ask("shared, made") == "([1, 2, 3, 6], 6)"
        client.run("del made; _ = shared.pop()")

    def test_each_has_its_own_output(self, client: Client, program: Program) -> None:
        cell = client.run("import sys\nprint('of the cell')\nprint('error', file=sys.stderr)\ndisplay('shown')")
        assert cell.text() == "of the cell\nerror\n"
        assert cell.kinds[-1] == "display_data"
        assert program.ask("print('of the program') or 1") == "of the program"
        assert program.ask("2") == "1"
        # the answer to the question before
        assert program.ask("3") == "2"
        client.run("pass")
        assert not [r for r in client.records("stream") if "program" in r["content"]["text"]]
        program.process.stdout.readline()  # type: ignore[union-attr]
        assert program.errors() == ""

    def test_the_programs_threads_print_to_the_program_while_a_cell_runs(
        self, client: Client, program: Program
    ) -> None:
        msg_id = client.submit("print('cell'); line = input('wait'); print('cell again')")
        wanted = client.record("input_wanted", parent=msg_id)["content"]
        assert program.ask("'while a cell runs'") == "while a cell runs"
        client.answer("", wanted["request"])
        assert client.cell(msg_id).text() == "cell\ncell again\n"

    def test_what_a_cell_prints_in_colour_and_pieces_is_shown_whole(self, client: Client) -> None:
        cell = client.run("print('a', end=''); print('b' * 200_000, end=''); display(1)")
        assert cell.text() == "a" + "b" * 200_000
        assert cell.kinds[-1] == "display_data"

    def test_lines_and_passwords_are_asked_of_the_client(self, client: Client) -> None:
        msg_id = client.submit("import getpass\n[input('name? '), getpass.getpass()]")
        for answer, password in (("Ada", False), ("secret", True)):
            wanted = client.record("input_wanted", lambda c, p=password: c["password"] is p, parent=msg_id)["content"]
            client.answer(answer, wanted["request"])
        assert client.cell(msg_id).outputs[0][1]["data"]["text/plain"] == "['Ada', 'secret']"

    def test_errors_do_not_end_the_program(self, client: Client, program: Program) -> None:
        assert client.run("1 / 0").reply["ename"] == "ZeroDivisionError"
        assert client.run("import sys; sys.exit(3)").reply["ename"] == "SystemExit"
        assert client.run("raise KeyboardInterrupt").reply["ename"] == "KeyboardInterrupt"
        assert program.ask("5") == "5"

    def test_a_loop_is_interrupted(self, client: Client, program: Program) -> None:
        msg_id = client.submit("while True: pass")
        client.begun(msg_id)
        client.interrupt()
        assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"
        assert value(client, "21 * 2") == "42"
        assert program.ask("5") == "5"

    def test_an_interrupt_that_cannot_be_taken_says_when_it_will_be(
        self, client: Client, program: Program, tmp_path: Path
    ) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        msg_id = client.submit(f"open({str(pipe)!r}).read(); print('not reached')")
        client.begun(msg_id)

        def is_said() -> bool:
            client.interrupt()
            client.read_on()
            said = [r for r in client.records("stream") if parent_of(r) == msg_id]
            return any("taken at the next line of Python" in r["content"]["text"] for r in said)

        wait_for(is_said, "what becomes of the interrupt")
        assert "F9" not in "".join(r["content"]["text"] for r in client.records("stream"))
        pipe.open("w").close()
        cell = client.cell(msg_id)
        assert cell.reply["ename"] == "KeyboardInterrupt"
        assert "not reached" not in cell.text()
        assert program.ask("5") == "5"

    def test_that_it_cannot_be_restarted_is_in_the_records(self, client: Client) -> None:
        assert client.record("kernel_started")["content"]["embedded"] is True

    def test_an_interrupt_while_nothing_runs_disturbs_nobody(self, client: Client, program: Program) -> None:
        for _ in range(5):
            client.interrupt()
            assert value(client, "21 * 2") == "42"
        assert program.ask("5") == "5"

    def test_completion_while_a_cell_runs(self, client: Client) -> None:
        msg_id = client.submit("input()")
        wanted = client.record("input_wanted", parent=msg_id)["content"]
        found = client.ask("shell", "complete_request", {"code": "shared.app", "cursor_pos": 10})
        assert [match.rpartition(".")[2] for match in found["matches"]] == ["append"]
        client.answer("", wanted["request"])
        client.cell(msg_id)

    def test_what_it_is_and_uses_is_told(self, client: Client, program: Program) -> None:
        assert client.ask("shell", "kernel_info_request", {})["implementation"] == "cshell"
        usage = client.ask("control", "usage_request", {})
        assert usage["pid"] == program.process.pid
        assert usage["kernel_memory"] > 1_000_000

    def test_it_cannot_be_restarted(self, client: Client, program: Program) -> None:
        assert client.ask("control", "restart_request", {})["ename"] == "EmbeddedError"
        assert value(client, "21 * 2") == "42"

    def test_the_programs_handlers_and_streams_are_its_own(self, client: Client, program: Program) -> None:
        client.run("import sys\nsys.stdout = None")
        assert program.ask("signal.getsignal(signal.SIGINT) is mine") == "True"
        assert program.ask("sys.stdout is sys.__stdout__, sys.displayhook is sys.__displayhook__") == "(True, True)"
        assert program.ask("input is __builtins__.input and 'get_ipython' in globals()") in ("True", "False")

    def test_a_second_session_in_the_same_program(self, client: Client, program: Program, home: dict[str, str]) -> None:
        assert program.ask("(other := embed({'only': 1}, name='other', wait=False)).name") == "other"
        other = Session.named("other", home)
        with Client(other.connection()) as second:
            assert value(second, "only") == "1"
            assert second.run("shared").reply["ename"] == "NameError"
        assert value(client, "len(shared)") == "3"
        assert program.ask("other.close()") == "None"
        wait_for(lambda: not other.is_running, "the end of the second session")
        assert value(client, "len(shared)") == "3"

    def test_a_name_that_is_taken(self, client: Client, program: Program) -> None:
        assert program.ask("embed_again()").startswith("the session 'shared' is running already")


class TestEnds:
    PROGRAM = textwrap.dedent(
        """
        from kernel import embed
        embedded = embed({'x': 1}, name='e', wait=False)
        """
    ) + textwrap.dedent(ANSWERING)

    def test_with_the_program(self, home: dict[str, str]) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            client.run("x")
            program.end()
            assert program.process.returncode == 0
            program.wait_for_the_sessions_end()
            assert program.journal()[-1] == "session_ended"
            assert "kernel_died" not in program.journal()
            assert program.session.log.read_text() == ""
            assert program.errors() == ""

    @pytest.mark.parametrize("code", ["x", "input()", "while True: pass"])
    def test_when_the_program_is_killed(self, home: dict[str, str], code: str) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            supervisor = client.record("session_started")["content"]["pid"]
            msg_id = client.submit(code)
            client.begun(msg_id)
            program.process.kill()
            program.wait_for_the_sessions_end()
            wait_for(lambda: not is_running(supervisor), "the supervisor's end")
            assert program.journal()[-1] == "session_ended"
            assert "execute_reply" in program.journal()
            with pytest.raises(SessionError):
                find("e", home)

    def test_by_a_client_while_the_program_goes_on(self, home: dict[str, str]) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            assert client.ask("control", "shutdown_request", ShutdownRequest())["status"] == "ok"
            program.wait_for_the_sessions_end()
            assert program.ask("6 * 7") == "42"
            assert program.ask("embedded.close()") == "None"
            assert program.ask("embed(name='e', wait=False).name") == "e"
            with program.client() as again:
                assert value(again, "6 * 7") == "42"

    def test_by_a_client_while_a_cell_runs(self, home: dict[str, str]) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            msg_id = client.submit("while True: pass")
            client.begun(msg_id)
            assert client.ask("control", "shutdown_request", ShutdownRequest())["status"] == "ok"
            program.wait_for_the_sessions_end()
            assert program.ask("6 * 7") == "42"
            assert program.errors() == ""

    def test_by_the_program(self, home: dict[str, str]) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            client.run("x")
            assert program.ask("embedded.close()") == "None"
            program.wait_for_the_sessions_end()
            assert program.journal()[-1] == "session_ended"

    def test_the_program_dies_of_a_cell_and_the_session_with_it(self, home: dict[str, str]) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            client.submit("import os; os._exit(7)")
            assert program.process.wait(DEADLINE) == 7
            program.wait_for_the_sessions_end()
            assert program.journal()[-1] == "session_ended"
            assert '"the program that the session was embedded in has ended"' in program.session.journal.read_text()
            assert "restarted" not in program.session.journal.read_text().partition('"execute_input"')[2]

    def test_the_program_ends_the_session_while_a_cell_runs(self, home: dict[str, str]) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            client.begun(client.submit("input()"))
            assert program.ask("embedded.close()") == "None"
            program.wait_for_the_sessions_end()
            reason = "the program that the session was embedded in has ended the session"
            assert f'"{reason}"' in program.session.journal.read_text()


class TestWhatAProgramDoesNotDo:
    """It is refused or done, at once, and breaks nothing."""

    @pytest.fixture
    def program(self, home: dict[str, str]) -> Iterator[Program]:
        with Program(home, TestEnds.PROGRAM) as found:
            yield found

    @pytest.fixture
    def client(self, program: Program) -> Iterator[Client]:
        with program.client() as found:
            yield found

    def check(self, client: Client, program: Program) -> None:
        """The thread that takes answers and interrupts is still there."""
        msg_id = client.submit("input()")
        client.answer("line", client.record("input_wanted", parent=msg_id)["content"]["request"])
        assert client.reply_to("shell", msg_id, within=SOON)["status"] == "ok"
        assert program.errors() == ""

    def test_subshells(self, client: Client, program: Program) -> None:
        reply = client.ask("control", "create_subshell_request", {})
        if reply["status"] == "ok":
            header = encode(client.author.header("execute_request").as_dict() | {"subshell_id": reply["subshell_id"]})
            parts = [header, EMPTY, EMPTY, encode(ExecuteRequest("found = x").as_dict())]
            client.sockets["shell"].send_multipart(client.wire.frames([], parts))
            client.reply_to("shell", decode(header)["msg_id"], within=SOON)
        self.check(client, program)

    def test_the_debugger_of_clients(self, client: Client, program: Program) -> None:
        request = {"type": "request", "command": "debugInfo", "seq": 1}
        client.reply_to("control", client.send("control", "debug_request", request), within=SOON)
        self.check(client, program)

    def test_the_stack(self, client: Client, program: Program) -> None:
        assert client.ask("control", "stack_request", {})["status"] in ("ok", "error")
        self.check(client, program)

    def test_comms(self, client: Client, program: Program) -> None:
        for kind in ("comm_open", "comm_msg", "comm_close"):
            client.send("shell", kind, {"comm_id": "c", "target_name": "nowhere", "data": {}})
        self.check(client, program)


class TestWaiting:
    """With `wait`: the program stands still until the session is ended."""

    PROGRAM = """
        from kernel import embed
        outer = 1
        def stop(argument):
            local = [2]
            embed(name='e')
            return argument, local
        print('program:', stop(5), flush=True)
        print('program:', outer, flush=True)
    """

    def test_it_goes_on_behind_it_with_what_cells_changed(self, home: dict[str, str]) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            assert value(client, "argument, local, outer") == "(5, [2], 1)"
            client.run("local.append(3); argument = 'a copy'")
            assert value(client, "argument") == "'a copy'"
            client.ask("control", "shutdown_request", ShutdownRequest())
            assert program.end() == "program: (5, [2, 3])\nprogram: 1\n"
            assert program.process.returncode == 0
            assert program.errors() == "[embedded as e; enter with: cshell attach e]\n"

    def test_in_a_function_the_modules_variables_are_the_programs_own(self, home: dict[str, str]) -> None:
        code = """
            from kernel import embed
            count, text, other = 1, 'module', 'module'
            def stop(text):
                embed(name='e')
                return count, text, 'made' in globals()
            print('program:', stop('function'), text, other, flush=True)
        """
        with Program(home, code) as program, program.client() as client:
            client.run("count = 42; text = 'cell'; made = 1")
            client.run("def change():\n    global other\n    other = [made, text, sum(made for _ in 'ab')]\nchange()")
            assert value(client, "count, text, other") == "(42, 'cell', [1, 'cell', 2])"
            client.ask("control", "shutdown_request", ShutdownRequest())
            assert program.end() == "program: (42, 'function', False) module [1, 'cell', 2]\n"

    def test_in_a_function_cells_see_what_the_program_changes(self, home: dict[str, str]) -> None:
        code = textwrap.dedent(
            """
            from kernel import embed
            count = 1
            def start(): embed(name='e', wait=False)
            start()
            """
        ) + textwrap.dedent(ANSWERING)
        with Program(home, code) as program, program.client() as client:
            assert value(client, "count") == "1"
            assert program.ask("exec('count = later = 2')") == "None"
            assert value(client, "count, later") == "(2, 2)"
            client.run("later = 3")
            assert program.ask("count, later") == "(2, 3)"

    def test_variables_of_a_module_are_the_programs_own(self, home: dict[str, str]) -> None:
        code = "from kernel import embed\nx = 1\nembed(name='e')\nprint(x, made)"
        with Program(home, code) as program, program.client() as client:
            client.run("x = 2; made = 3")
            client.ask("control", "shutdown_request", ShutdownRequest())
            assert program.end() == "2 3\n"

    @pytest.mark.parametrize("code", ["while True: pass", "import time; time.sleep(60)", "input()"])
    def test_cells_are_interrupted_in_the_main_thread(self, home: dict[str, str], code: str) -> None:
        with Program(home, self.PROGRAM) as program, program.client() as client:
            msg_id = client.submit(code)
            client.begun(msg_id)
            client.interrupt()
            assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"
            assert value(client, "21 * 2") == "42"
            assert program.process.poll() is None

    def test_a_name_is_made_of_the_directory(self, home: dict[str, str], tmp_path: Path) -> None:
        code = f"import os\nos.chdir({str(tmp_path)!r})\nfrom kernel import embed\nembed()"
        name = tmp_path.name[:32].rstrip("-._")
        with Program(home, code, name) as program, program.client() as client:
            assert value(client, "os.getcwd()") == repr(str(tmp_path))
            client.ask("control", "shutdown_request", ShutdownRequest())
            program.end()

    def test_where_no_session_can_be_made(self, home: dict[str, str]) -> None:
        code = (
            "from kernel.embedding import EmbedError, embed\n"
            "try: embed(name='no/name')\nexcept EmbedError as error: print(error)"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], env=home, capture_output=True, text=True, timeout=DEADLINE, check=False
        )
        assert done.stdout.startswith("'no/name' cannot name a session; ")
        assert done.stdout.count("\n") == 1
        assert not list(Path(home["XDG_STATE_HOME"]).rglob("starting-*"))


class Terminal:
    """A program that waits in a session, in a terminal of its own."""

    def __init__(self, environ: dict[str, str], code: str) -> None:
        self.session = Session.named("e", environ)
        self.shown = ""
        self.pid, self._terminal = pty.fork()
        if not self.pid:
            os.chdir(environ["HOME"])
            os.execve(sys.executable, [sys.executable, "-c", textwrap.dedent(code)], environ)

    def press(self, key: bytes) -> None:
        os.write(self._terminal, key)

    def see(self, text: str) -> None:
        """Wait until this is on the screen."""
        end = time.monotonic() + DEADLINE
        while text not in self.shown:
            assert time.monotonic() < end, self.shown
            if select.select([self._terminal], [], [], 0.1)[0]:
                self.shown += os.read(self._terminal, 4096).decode()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._terminal)
        wait_for(lambda: not self.session.runtime.exists(), "the session's end")


class TestTerminal:
    @pytest.fixture
    def terminal(self, home: dict[str, str]) -> Iterator[Terminal]:
        code = """
            import signal
            from kernel import embed
            embed(name='e')
            print('the program goes on', signal.getsignal(signal.SIGINT) is signal.default_int_handler)
            input('wait')
        """
        found = Terminal(home, code)
        yield found
        found.close()

    def test_ctrl_c_ends_an_idle_session_and_the_program_goes_on(self, terminal: Terminal) -> None:
        terminal.see("cshell attach e]")
        with Client(terminal.session.connection()) as client:
            assert value(client, "6 * 7") == "42"
            waiting = client.send("feed", "read_request", {"after": client.read_on()})
            terminal.press(b"\x03")
            terminal.see("the program goes on True")
            records = client.reply_to("feed", waiting)["records"]
            wait_for(lambda: not terminal.session.is_running, "the session's end")
        assert kind_of(records[-1]) in ("session_ended", "kernel_died", "status")
        assert '"session_ended"' in terminal.session.journal.read_text().splitlines()[-1]

    def test_ctrl_c_in_a_cell_ends_the_cell(self, terminal: Terminal) -> None:
        terminal.see("cshell attach e]")
        with Client(terminal.session.connection()) as client:
            msg_id = client.submit("print('begun')\nwhile True: pass")
            client.record("stream", parent=msg_id)
            terminal.press(b"\x03")
            assert client.cell(msg_id).reply["ename"] == "KeyboardInterrupt"
            assert value(client, "6 * 7") == "42"
            assert {parent_of(record) for record in client.records("error")} == {msg_id}
        assert "KeyboardInterrupt" not in terminal.shown
        assert "begun" not in terminal.shown
