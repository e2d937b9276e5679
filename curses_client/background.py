"""What takes long and is not for the event loop: exporting the session, in a process of its own."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

from curses_client.events import Saved


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
