"""A private home for one run of one program, and the processes that live in it."""

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks.readings import Failure

_MAP_SECONDS: Final = 60.0
_END_SECONDS: Final = 5.0
_KEPT: Final = ("PATH", "PYTHONPATH", "LOGNAME", "USER")


@dataclass(frozen=True, slots=True)
class Process:
    """A running process."""

    pid: int
    command: tuple[str, ...]

    def memory(self, name: str) -> int:
        """Return a figure of proc_pid_status(5) in bytes: VmRSS is what it holds now, VmHWM the most it ever held."""
        return _kilobytes(f"/proc/{self.pid}/status", name)

    def wait_until_mapped(self, part: str) -> None:
        """Wait until a file whose path has this part is in its memory.  Raises Failure."""
        deadline = time.monotonic() + _MAP_SECONDS
        while part not in Path(f"/proc/{self.pid}/maps").read_text():
            if time.monotonic() > deadline:
                raise Failure(f"{part} is not loaded")
            time.sleep(0.01)

    def share(self) -> int:
        """Return what it holds in bytes, pages shared with others divided among them (Pss)."""
        return _kilobytes(f"/proc/{self.pid}/smaps_rollup", "Pss")


@dataclass(frozen=True, slots=True)
class Home:
    """A directory that stands for everything a user has."""

    path: Path

    @property
    def work(self) -> Path:
        """The working directory; cshell names its session after it."""
        return self.path / "work"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of programs that live here."""
        values = {name: os.environ[name] for name in _KEPT if name in os.environ}
        values["PATH"] = os.pathsep.join((os.path.dirname(sys.executable), values.get("PATH", os.defpath)))
        directories = {
            "HOME": "",
            "XDG_RUNTIME_DIR": "run",
            "XDG_STATE_HOME": "state",
            "XDG_CONFIG_HOME": "config",
            "XDG_CACHE_HOME": "cache",
            "XDG_DATA_HOME": "data",
            "JUPYTER_CONFIG_DIR": "jupyter/config",
            "JUPYTER_DATA_DIR": "jupyter/data",
            "JUPYTER_RUNTIME_DIR": "jupyter/run",
            "IPYTHONDIR": "ipython",
        }
        values |= {name: str(self.path / below) for name, below in directories.items()}
        return values | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "TMPDIR": str(self.path)}

    def processes(self) -> list[Process]:
        """Return every process that was started with this home, whoever its parent is now."""
        mark = f"HOME={self.path}".encode()
        found = []
        for entry in os.listdir("/proc"):
            if entry.isdigit() and int(entry) != os.getpid():
                try:
                    environ = Path("/proc", entry, "environ").read_bytes()
                    command = Path("/proc", entry, "cmdline").read_bytes()
                except OSError:
                    # it ended, or is somebody else's
                    continue
                if mark in environ.split(b"\0"):
                    found.append(Process(int(entry), tuple(command.decode().split("\0")[:-1])))
        return found

    def clear(self) -> None:
        """End every process that lives here.  Raises Failure if one does not end."""
        deadline = time.monotonic() + _END_SECONDS
        while living := self.processes():
            for process in living:
                try:
                    os.kill(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if time.monotonic() > deadline:
                raise Failure(f"processes {[process.pid for process in living]} do not end")
            time.sleep(0.005)


@contextmanager
def private_home() -> Iterator[Home]:
    """Make a home; at the end, nothing of it and nobody in it is left."""
    # short, for the path of a socket has room for 107 bytes
    home = Home(Path(tempfile.mkdtemp(prefix="cb-")))
    try:
        home.work.mkdir()
        (home.path / "run").mkdir(mode=0o700)
        yield home
    finally:
        home.clear()
        shutil.rmtree(home.path, ignore_errors=True)


def _kilobytes(path: str, name: str) -> int:
    try:
        text = Path(path).read_text()
    except OSError:
        return 0
    lines = (line for line in text.splitlines() if line.startswith(f"{name}:"))
    return next((int(line.split()[1]) * 1024 for line in lines), 0)
