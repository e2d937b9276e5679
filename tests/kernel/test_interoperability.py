"""Jupyter's own tests of a kernel, and Jupyter's own console, against our kernelspec."""

import codecs
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from unittest import mock

import jupyter_kernel_test
import pyte
import pytest

from tests.kernel.support import DEADLINE, SessionProcess, private_home, running_session
from tests.kernel.test_kernel import install_kernelspec


@pytest.fixture(scope="module", autouse=True)
def jupyter_home() -> Iterator[dict[str, str]]:
    """A home whose JUPYTER_PATH has our kernelspec, for this process and what it starts."""
    with private_home() as environ:
        specs = Path(environ["HOME"]) / "specs"
        install_kernelspec(specs)
        environ["JUPYTER_PATH"] = str(specs)
        with mock.patch.dict(os.environ, environ):
            yield environ


class KernelTest(jupyter_kernel_test.KernelTests):
    kernel_name = "cshell"
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('test', file=sys.stderr)"
    completion_samples = [
        {"text": "zi", "matches": {"zip"}},
        {"text": "print(le", "matches": {"len"}},
    ]
    complete_code_samples = ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n", "!ls", "%time x"]
    incomplete_code_samples = ["print('''hello", "def f(x):\n  x*2", "if True:", "%%timeit"]
    invalid_code_samples = ["import = 7q", "x = = 1"]
    code_page_something = "zip?"
    code_generate_error = "raise RuntimeError('here')"
    code_execute_result = [
        {"code": "1+2+3", "result": "6"},
        {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"},
        {"code": "'x' * 3", "result": "'xxx'"},
    ]
    code_display_data = [
        {"code": "from IPython.display import HTML, display; display(HTML('<b>test</b>'))", "mime": "text/html"},
        {"code": "from IPython.display import Math, display; display(Math('x'))", "mime": "text/latex"},
    ]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output; clear_output()"


class WelcomeTest(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "cshell"
    support_iopub_welcome = True


class Terminal:
    """A program in a terminal of 100 columns and 30 rows."""

    def __init__(self, command: list[str], environ: dict[str, str]) -> None:
        self._fd, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environ | {"TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
            cwd=environ["HOME"],
            start_new_session=True,
        )
        os.close(theirs)
        self._screen = pyte.Screen(100, 30)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def wait_for(self, text: str) -> None:
        """Wait until the screen shows `text`."""
        end = time.monotonic() + DEADLINE
        while text not in "\n".join(self._screen.display):
            ready, _, _ = select.select([self._fd], [], [], max(0.0, end - time.monotonic()))
            assert ready, "\n".join(self._screen.display)
            self._stream.feed(self._decoder.decode(os.read(self._fd, 1 << 16)))

    def close(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(DEADLINE)
        os.close(self._fd)


def run_a_cell(terminal: Terminal) -> None:
    terminal.wait_for("In [1]:")
    terminal.type("'4' + '2'\r")
    terminal.wait_for("Out[1]: '42'")
    terminal.type("print('pri' + 'nted')\r")
    terminal.wait_for("printed")
    terminal.wait_for("In [3]:")


CONSOLE = [sys.executable, "-m", "jupyter_console"]


class TestConsole:
    @pytest.fixture
    def session(self) -> Iterator[SessionProcess]:
        with running_session() as process:
            yield process

    def test_of_a_running_session(self, session: SessionProcess) -> None:
        terminal = Terminal([*CONSOLE, "--existing", str(session.session.connection_file)], session.environ)
        try:
            run_a_cell(terminal)
        finally:
            terminal.close()
        with session.client() as client:
            assert client.record("execute_result")["content"]["data"] == {"text/plain": "'42'"}
            assert client.run("'still here'").reply["status"] == "ok"

    def test_of_a_kernel_of_its_own(self, jupyter_home: dict[str, str]) -> None:
        terminal = Terminal([*CONSOLE, "--kernel", "cshell"], jupyter_home)
        try:
            run_a_cell(terminal)
            terminal.type("exit\r")
            assert terminal.process.wait(DEADLINE) == 0
        finally:
            terminal.close()
