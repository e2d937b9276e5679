"""Programs that people use, as the clients of our kernel: nbclient, qtconsole, jupyter_client's asynchronous client."""

import asyncio
import base64
import contextlib
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager

from tests.kernel.conformance.support import PATIENCE, home_with_kernels
from tests.kernel.support import DEADLINE

NAME = "cshell"
PNG = b"\x89PNG\r\n\x1a\n"

Home = tuple[dict[str, str], KernelSpecManager]


@pytest.fixture
def home() -> Iterator[Home]:
    with home_with_kernels() as found:
        yield found


class TestNbclient:
    """A notebook run from its first cell to its last."""

    def run(self, home: Home, *cells: str, **options: Any) -> Any:
        nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
        from nbformat.v4 import new_code_cell, new_notebook

        environ, finder = home
        notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
        manager = AsyncKernelManager(kernel_name=NAME, kernel_spec_manager=finder)
        client = nbclient.NotebookClient(notebook, km=manager, timeout=DEADLINE, **options)
        client.execute(cwd=environ["HOME"], env=environ)
        return notebook

    def test_output_of_every_kind(self, home: Home) -> None:
        notebook = self.run(
            home,
            "import sys\nprint('out')\nprint('error', file=sys.stderr)\n6 * 7",
            "handle = display('first', display_id='named')",
            "handle.update('second')",
            "from IPython.display import clear_output\nprint('cleared')\nclear_output(wait=True)\nprint('kept')",
        )
        outputs = [cell.outputs for cell in notebook.cells]
        assert [output.output_type for output in outputs[0]] == ["stream", "stream", "execute_result"]
        assert outputs[0][2].data == {"text/plain": "42"}
        assert outputs[1][0].data == {"text/plain": "'second'"}
        assert [output.text for output in outputs[3]] == ["kept\n"]
        assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, 4]
        assert notebook.metadata.language_info.name == "python"

    def test_a_plot(self, home: Home) -> None:
        pytest.importorskip("matplotlib", reason="matplotlib is not installed")
        notebook = self.run(home, "import matplotlib.pyplot as plt\n_ = plt.plot([1, 3, 2])")
        (output,) = notebook.cells[0].outputs
        assert base64.b64decode(output.data["image/png"]).startswith(PNG)

    def test_an_error_that_is_allowed(self, home: Home) -> None:
        notebook = self.run(home, "1 / 0", "'goes on'", allow_errors=True)
        (error,), (result,) = (cell.outputs for cell in notebook.cells)
        assert (error.output_type, error.ename) == ("error", "ZeroDivisionError")
        assert result.data == {"text/plain": "'goes on'"}

    def test_an_error_that_is_not_allowed(self, home: Home) -> None:
        exceptions = pytest.importorskip("nbclient.exceptions", reason="nbclient is not installed")
        with pytest.raises(exceptions.CellExecutionError, match="ZeroDivisionError"):
            self.run(home, "1 / 0", "'never run'")

    def test_a_question_is_refused(self, home: Home) -> None:
        notebook = self.run(home, "input('anybody? ')", allow_errors=True)
        (error,) = notebook.cells[0].outputs
        assert error.ename == "StdinNotImplementedError"

    def test_a_kernel_that_dies(self, home: Home) -> None:
        exceptions = pytest.importorskip("nbclient.exceptions", reason="nbclient is not installed")
        with pytest.raises((exceptions.CellExecutionError, exceptions.DeadKernelError), match="DeadKernelError"):
            self.run(home, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")

    def test_widgets(self, home: Home) -> None:
        pytest.importorskip("ipywidgets", reason="ipywidgets is not installed")
        notebook = self.run(home, "import ipywidgets\nslider = ipywidgets.IntSlider(3)\nslider", "slider.value = 4")
        (output,) = notebook.cells[0].outputs
        model = output.data["application/vnd.jupyter.widget-view+json"]["model_id"]
        state = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
        assert state[model]["model_name"] == "IntSliderModel"
        assert state[model]["state"]["value"] == 4

    def test_a_widget_that_captures_output(self, home: Home) -> None:
        pytest.importorskip("ipywidgets", reason="ipywidgets is not installed")
        notebook = self.run(
            home,
            "import ipywidgets\nout = ipywidgets.Output()\nout",
            "with out:\n    print('captured')",
            "out.outputs == ({'name': 'stdout', 'output_type': 'stream', 'text': 'captured\\n'},)",
        )
        assert notebook.cells[1].outputs == []
        # the client told the kernel what the widget holds
        assert notebook.cells[2].outputs[0].data["text/plain"] == "True"


class TestAsyncClient:
    """jupyter_client's manager and client of coroutines, as servers use them."""

    async def converse(self, home: Home) -> None:
        environ, finder = home
        manager = AsyncKernelManager(kernel_name=NAME, kernel_spec_manager=finder)
        await manager.start_kernel(env=environ, cwd=environ["HOME"])
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=DEADLINE)
            outputs: list[dict[str, Any]] = []
            reply = await client.execute_interactive(
                "name = input('name? ')\nprint('hello', name)",
                timeout=DEADLINE,
                allow_stdin=True,
                stdin_hook=lambda message: client.input("Ada"),
                output_hook=outputs.append,
            )
            assert reply["content"]["status"] == "ok"
            assert "hello Ada\n" in [m["content"]["text"] for m in outputs if m["msg_type"] == "stream"]
            completion = await client.complete("nam", 3, reply=True, timeout=DEADLINE)
            assert "name" in completion["content"]["matches"]

            busy = client.execute("while True: pass")
            # an interrupt that is there before the cell interrupts nothing
            while (await client.get_iopub_msg(timeout=PATIENCE))["msg_type"] != "execute_input":
                pass
            await manager.interrupt_kernel()
            while (reply := await client.get_shell_msg(timeout=PATIENCE))["parent_header"]["msg_id"] != busy:
                pass
            assert reply["content"]["ename"] == "KeyboardInterrupt"

            await manager.restart_kernel()
            await client.wait_for_ready(timeout=DEADLINE)
            reply = await client.execute("name", reply=True, timeout=DEADLINE)
            assert reply["content"]["ename"] == "NameError"
            assert await manager.is_alive()
        finally:
            client.stop_channels()
            await manager.shutdown_kernel()
        assert not await manager.is_alive()

    def test_a_conversation(self, home: Home) -> None:
        asyncio.run(self.converse(home))


class Window:
    """qtconsole's widget without a screen."""

    def __init__(self, home: Home) -> None:
        from qtconsole.manager import QtKernelManager
        from qtconsole.rich_jupyter_widget import RichJupyterWidget
        from qtpy.QtWidgets import QApplication

        environ, finder = home
        self._application = QApplication.instance() or QApplication(["qtconsole"])
        self._manager = QtKernelManager(kernel_name=NAME, kernel_spec_manager=finder)
        self._manager.start_kernel(env=environ, cwd=environ["HOME"])
        self._client = self._manager.client()
        self._client.start_channels()
        self.widget = RichJupyterWidget()
        self.widget.kernel_manager = self._manager
        self.widget.kernel_client = self._client
        self._heard = False
        self._client.iopub_channel.message_received.connect(self._hear)

    def _hear(self, _message: object) -> None:
        self._heard = True

    def begin(self) -> None:
        """Wait for the first prompt, and until what the kernel publishes comes: before that it is lost (PUB and SUB)."""
        self.until(lambda: self.prompts != [], DEADLINE)
        while not self._heard:
            self._client.kernel_info()
            with contextlib.suppress(AssertionError):
                self.until(lambda: self._heard, 0.1)

    @property
    def text(self) -> str:
        return str(self.widget._control.toPlainText())

    @property
    def prompts(self) -> list[str]:
        return re.findall(r"In \[\d+\]: ", self.text)

    def run(self, code: str) -> str:
        """Run a cell to the next prompt; return what the window shows by then."""
        before = len(self.prompts)
        self.widget.execute(code)
        self.until(lambda: len(self.prompts) > before)
        return self.text

    def until(self, condition: Callable[[], bool], within: float = PATIENCE) -> None:
        end = time.monotonic() + within
        while not condition():
            assert time.monotonic() < end, self.text
            self._application.processEvents()
            # the channels have threads of their own
            time.sleep(0.001)

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
        self.widget.deleteLater()
        self._application.processEvents()


class TestQtconsole:
    @pytest.fixture
    def window(self, home: Home) -> Iterator[Window]:
        with mock.patch.dict(os.environ, {"QT_QPA_PLATFORM": "offscreen", "QT_API": "pyside6"}):
            pytest.importorskip("PySide6.QtWidgets", reason="PySide6 is not installed", exc_type=ImportError)
            pytest.importorskip("qtconsole", reason="qtconsole is not installed")
            window = Window(home)
            try:
                window.begin()
                yield window
            finally:
                window.close()

    def test_cells(self, window: Window) -> None:
        assert window.prompts == ["In [1]: "]
        assert "Out[1]: 42" in window.run("6 * 7")
        assert "printed\n" in window.run("print('pri' + 'nted')")
        assert "ZeroDivisionError: division by zero" in window.run("1 / 0")
        assert window.prompts == [f"In [{number}]: " for number in (1, 2, 3, 4)]

    def test_a_plot_is_a_picture(self, window: Window) -> None:
        pytest.importorskip("matplotlib", reason="matplotlib is not installed")
        # how Qt writes an object among text
        assert "\ufffc" in window.run("import matplotlib.pyplot as plt\n_ = plt.plot([1, 3, 2])")

    def test_an_interrupt(self, window: Window) -> None:
        before = len(window.prompts)
        window.widget.execute("print('be' + 'gun')\nwhile True: pass")
        window.until(lambda: "begun" in window.text)
        window.widget.request_interrupt_kernel()
        window.until(lambda: len(window.prompts) > before)
        assert "KeyboardInterrupt" in window.text
