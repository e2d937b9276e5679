"""What takes long and is not for the event loop: exporting the session, telling tmux, converting notebooks."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread
from typing import Final, Generic, TypeVar

from curses_client.events import Copied, Saved

_T = TypeVar("_T")

# seconds that tmux has
_PATIENCE: Final = 3.0


class Work(Generic[_T]):
    """A function that runs in a thread of its own."""

    def __init__(self, do: Callable[[], _T]) -> None:
        """Begin."""
        self._do = do
        self._found: _T | None = None
        self._failure: BaseException | None = None
        self._thread = Thread(target=self._run, name="cshell work")
        self._thread.start()

    def _run(self) -> None:
        try:
            self._found = self._do()
        except BaseException as error:
            self._failure = error

    def result(self) -> _T | None:
        """Return what the function has returned, which is not None; None as long as it runs.

        What it has raised is raised here.
        """
        return None if self._thread.is_alive() else self.wait()

    def wait(self) -> _T | None:
        """Wait for it, and return it."""
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._found


class Export:
    """A running ``cshell export``."""

    def __init__(self, name: str, host: str, path: str, *, over: bool) -> None:
        """Export the session of this name, at a host if one is named, to a file."""
        self._path = path
        # open as long as the process is
        self._said = TemporaryFile()  # noqa: SIM115
        self._process: subprocess.Popen[bytes] | None = None
        self._result: Saved | None = None
        target = Path(path).expanduser()
        if not over and (target.exists() or target.is_symlink()):
            self._result = Saved(path, exists=True)
            return
        there = ["--ssh", host] if host else []
        command = [sys.executable, "-P", "-m", "curses_client", *there, "export", name, "-o", str(target)]
        try:
            self._process = subprocess.Popen(
                [*command, *(["--force"] if over else [])],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._said,
                start_new_session=True,
            )
        except OSError as error:
            self._result = Saved(path, error.strerror or str(error))

    def result(self) -> Saved | None:
        """Return what became of it; None as long as it goes on."""
        if self._result is None and self._process is not None and self._process.poll() is not None:
            self._said.seek(0)
            lines = self._said.read().decode(errors="replace").strip().splitlines() or ["it ended without a word"]
            failure = lines[-1].removeprefix("cshell: ") if self._process.returncode else ""
            self._result = Saved(self._path, failure)
            self._said.close()
        return self._result


class ToTmux:
    """A running ``tmux load-buffer``: with its default settings tmux takes nothing from what is inside of it."""

    def __init__(self, text: str, copied: Copied) -> None:
        """Give text to tmux, which passes it on to its terminal; `copied` is what became of it otherwise."""
        self._copied = copied
        self._until = time.monotonic() + _PATIENCE
        self._process: subprocess.Popen[bytes] | None = None
        try:
            # a pipe would be full before tmux reads it
            with TemporaryFile() as file:
                file.write(text.encode("utf-8", "replace"))
                file.seek(0)
                self._process = subprocess.Popen(
                    ["tmux", "load-buffer", "-w", "-"],
                    stdin=file,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
        except OSError:
            pass

    def result(self) -> Copied | None:
        """Return what became of the text; None as long as that is not known."""
        status: int | None = 1
        if self._process is not None:
            status = self._process.poll()
            if status is None and time.monotonic() >= self._until:
                self._process.kill()
                status = self._process.wait()
        return None if status is None else Copied(self._copied.lines, self._copied.ok, by_tmux=status == 0)
