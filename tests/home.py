"""A private home of one test: its directories, its environment, and the end of whatever runs in it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

# an answer that takes longer than this never comes, however busy the machine is
DEADLINE = 30.0

_DROPPED = (
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "XDG_",
    "IPYTHON",
    "JUPYTER",
    "PYTHONSTARTUP",
    "PYTHONINSPECT",
    "NO_COLOR",
    "COLORTERM",
    "COLUMNS",
    "LINES",
)


class Home:
    """Directories of one test under a short path (a socket's path has 107 bytes), removed at the end."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="cs"))
        self.runtime = self.path / "run"
        self.state = self.path / "state"
        self.work = self.path / "work"
        for directory in (self.runtime, self.state, self.work):
            directory.mkdir(mode=0o700)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
        self.environ = {
            **kept,
            "HOME": str(self.path),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CONFIG_HOME": str(self.path / "config"),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end_processes()
        shutil.rmtree(self.path, ignore_errors=True)

    # ---- files ---------------------------------------------------------------------------------------------

    @property
    def sessions(self) -> Path:
        """The runtime directories of all sessions."""
        return self.runtime / "cshell"

    @property
    def journals(self) -> Path:
        """The state directories of all sessions."""
        return self.state / "cshell" / "sessions"

    def left_behind(self) -> list[str]:
        """Return the runtime and state directories of sessions that are there."""
        return sorted(
            str(entry.relative_to(self.path))
            for directory in (self.sessions, self.journals)
            if directory.is_dir()
            for entry in directory.iterdir()
        )

    # ---- processes -----------------------------------------------------------------------------------------

    def run(
        self, *arguments: str, environ: Mapping[str, str] | None = None, stdin: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `cshell` without a terminal."""
        return subprocess.run(
            [sys.executable, "-m", "curses_client", *arguments],
            env={**self.environ, **(environ or {})},
            cwd=self.work,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def processes(self) -> list[int]:
        """Return the processes that live in this home, told by their environment."""
        return list(_with_environ(f"XDG_RUNTIME_DIR={self.runtime}".encode()))

    def wait_for_no_processes(self) -> None:
        """Wait until all of them ended by themselves."""
        end = time.monotonic() + DEADLINE
        while found := self.processes():
            assert time.monotonic() < end, f"these live on: {found}"
            time.sleep(0.01)

    def end_processes(self) -> None:
        """End them, and wait until they are gone."""
        end = time.monotonic() + DEADLINE
        while (found := self.processes()) and time.monotonic() < end:
            for pid in found:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.005)


def _with_environ(entry: bytes) -> Iterator[int]:
    for directory in Path("/proc").iterdir():
        if not directory.name.isdigit():
            continue
        try:
            if entry in (directory / "environ").read_bytes().split(b"\0"):
                yield int(directory.name)
        except OSError:
            # it ended meanwhile, or is somebody else's
            continue
