"""IPython's shell with our outputs: results, displays, errors and pages become messages."""

import builtins
import getpass
import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from IPython.core import page, payloadpage
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError, UsageError
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from kernel.worker.outbox import Outbox, flush

AskForLine = Callable[[str, bool], str]


def jsonable(bundle: dict[str, Any]) -> dict[str, Any]:
    """Return a MIME bundle as JSON can carry it: bytes in base64 (specification: display_data)."""
    return {
        mime: b64encode(data).decode("ascii") if isinstance(data, bytes) else data
        for mime, data in bundle.items()
    }


class MessageDisplayHook(DisplayHook):  # type: ignore[misc]
    """The value of a cell's last expression as an `execute_result`."""

    def write_output_prompt(self) -> None:
        """Write none: clients draw their own."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Publish the value's representations."""
        self.shell.outbox.publish(
            "execute_result",
            {
                "execution_count": self.prompt_count,
                "data": jsonable(format_dict),
                "metadata": md_dict or {},
            },
        )

    def finish_displayhook(self) -> None:
        """Nothing was written, so nothing ends."""
        self._is_active = False


class MessageDisplayPublisher(DisplayPublisher):  # type: ignore[misc]
    """`display(...)` and its relatives as messages."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_ignored: Any,
    ) -> None:
        """Publish a MIME bundle, or a new value for the display that `transient` names."""
        self.shell.outbox.publish(
            "update_display_data" if update else "display_data",
            {"data": jsonable(data), "metadata": metadata or {}, "transient": transient or {}},
        )

    def clear_output(self, wait: bool = False) -> None:
        """Clear the running cell's output."""
        self.shell.outbox.publish("clear_output", {"wait": bool(wait)})


class SessionHistory(HistoryManager):  # type: ignore[misc]
    """IPython's history in a file of our own, with the running session under its real number."""

    def _get_range_session(self, *args: Any, **kwargs: Any) -> Iterator[tuple[int, int, Any]]:
        # IPython gives session 0 for the running one, which no other request about it would find
        for _, line, entry in super()._get_range_session(*args, **kwargs):
            yield self.session_number, line, entry


class ZMQInteractiveShell(InteractiveShell):  # type: ignore[misc]
    """The shell that runs in a worker.

    The name is the one that libraries look for to tell a Jupyter kernel from a terminal.
    """

    displayhook_class = Type(MessageDisplayHook)
    display_pub_class = Type(MessageDisplayPublisher)
    outbox: Outbox = AnyTrait()
    ask_for_line: AskForLine = AnyTrait()
    allow_stdin = AnyTrait(False)
    # the lines of the last error's message, for the reply
    last_traceback: list[str] = AnyTrait()

    def attach(self, outbox: Outbox, ask_for_line: AskForLine) -> None:
        """Send what the user's code shows to `outbox`, and let `input()` ask through `ask_for_line`."""
        self.outbox = outbox
        self.ask_for_line = ask_for_line
        builtins.input = self.raw_input
        getpass.getpass = self.getpass

    def open_history(self, path: str) -> None:
        """Keep history in the SQLite file `path`; whatever is wrong with it costs history and nothing else."""
        try:
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            self.history_manager = SessionHistory(shell=self, parent=self, hist_file=path, enabled=True)
        except Exception:
            self.log.warning("history is not kept: %s cannot be used", path, exc_info=True)
            return
        self.configurables.append(self.history_manager)

    # ---- input -------------------------------------------------------------------------------------------

    def raw_input(self, prompt: object = "") -> str:
        """Stand in for `input()`."""
        return self._ask(str(prompt), password=False)

    def getpass(self, prompt: str = "Password: ", stream: object = None, **_ignored: Any) -> str:
        """Stand in for `getpass.getpass()`; Python 3.14's `echo_char` changes nothing here."""
        return self._ask(prompt, password=True)

    def _ask(self, prompt: str, password: bool) -> str:
        if not self.allow_stdin:
            raise StdinNotImplementedError("this client does not answer input(), so it was not asked")
        flush()
        return self.ask_for_line(prompt, password)

    # ---- output ------------------------------------------------------------------------------------------

    @contextmanager
    def _tee(self, channel: str) -> Iterator[None]:
        # IPython would keep all that is printed in memory: 80 to 120 MB a million lines
        yield

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.last_traceback = [str(line) for line in stb]
        self.outbox.publish(
            "error",
            {"ename": etype.__name__, "evalue": _text_of(evalue), "traceback": self.last_traceback},
        )

    def _format_exception_for_storage(self, exception: BaseException, *_args: Any, **_kwargs: Any) -> Any:
        # the traceback was formatted a moment ago for its message; IPython would do it again for %notebook
        return {
            "output_type": "error",
            "ename": type(exception).__name__,
            "evalue": _text_of(exception),
            "traceback": self.last_traceback,
        }

    def init_hooks(self) -> None:
        """Send what would go to a pager to the client."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(payloadpage.page), 99)

    def set_next_input(self, text: str, replace: bool = False) -> None:
        """Put text into the client's editor."""
        self.payload_manager.write_payload({"source": "set_next_input", "text": text, "replace": replace})

    def ask_exit(self) -> None:
        """Ask the client to end the session, for `exit` and `quit`."""
        self.payload_manager.write_payload({"source": "ask_exit", "keepkernel": False})

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept the inline backend; there is no window to draw in."""
        if gui not in (None, "inline", "agg", "none"):
            raise UsageError(f"the {gui} event loop cannot run in this kernel; use %matplotlib inline or agg")

    # a subprocess writes to the worker's own pipes, in order with everything else
    system = InteractiveShell.system_raw


def _text_of(exception: BaseException) -> str:
    try:
        return str(exception)
    except Exception:
        return f"<{type(exception).__name__} whose str() failed>"


def make_shell() -> ZMQInteractiveShell:
    """Return the shell, ready but for what belongs to one worker: its output, its input, its history."""
    config = Config()
    config.HistoryManager.enabled = False
    config.Completer.use_jedi = False
    # some libraries look for this section to tell a kernel from a terminal
    config.IPKernelApp.cshell = True
    shell = cast(ZMQInteractiveShell, ZMQInteractiveShell.instance(config=config))
    shell.last_traceback = []
    return shell


