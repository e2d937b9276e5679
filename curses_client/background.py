"""What takes long and is not for the event loop, each in a process of its own: exporting the session, telling tmux."""

import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from curses_client.events import Copied, Saved

# seconds that tmux has
_PATIENCE: Final = 3.0


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
