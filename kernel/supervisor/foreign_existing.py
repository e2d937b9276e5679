"""A kernel that somebody else started, known by its connection file."""

import glob
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from kernel.protocol.connection import Connection, ConnectionFileError
from kernel.protocol.session import Session
from kernel.supervisor.foreign import Event, Launched
from kernel.supervisor.kernel_sockets import ConnectError, KernelSockets
from kernel.supervisor.start import StartError


class ExistingKernel:
    """A kernel that somebody else started: it is left alone, as far as its user does not ask for more."""

    owned = False
    # its process may be anywhere
    by_message = True
    pid: int | None = None
    language = ""
    deadline: float | None = None

    def __init__(self, file: str, environ: Mapping[str, str]) -> None:
        """Read its connection file.  Raises StartError."""
        self.file = find_connection_file(file, environ)
        try:
            self._connection = Connection.read(self.file)
            # before there is a session: what zmq makes of the file is known when it has been tried
            KernelSockets(self._connection).close()
        except ConnectionFileError as error:
            raise StartError(str(error)) from None
        except ConnectError as error:
            raise StartError(f"the kernel of {self.file} cannot be reached: {error}") from None
        self.name = self._connection.kernel_name or self.file.stem
        self.label = f"the kernel of {self.file}"
        self._events: list[Event] = []

    def live_in(self, place: Callable[[], Session]) -> None:
        """Do nothing: it lives elsewhere."""

    def start(self) -> None:
        """Do nothing: it runs."""
        self._events.append(Launched(self._connection))

    def answered(self) -> None:
        """Do nothing."""

    def watched(self) -> Mapping[object, int]:
        """Return nothing: all that is known of it comes through its sockets."""
        return {}

    def serve(self) -> list[Event]:
        """Return that it can be connected to, once."""
        events, self._events = self._events, []
        return events

    def signal(self, number: int) -> None:
        """Do nothing."""

    def kill(self) -> None:
        """Do nothing."""

    def output(self) -> str:
        """Return nothing: what it writes goes elsewhere."""
        return ""

    def close(self) -> None:
        """Leave it alive."""


def find_connection_file(name: str, environ: Mapping[str, str]) -> Path:
    """Return the connection file that is meant: a path, or a name or a part of one where Jupyter keeps such files.

    Of several that match, the one used last.  Raises StartError.
    """
    path = Path(name).expanduser()
    if path.exists() or os.sep in name:
        return path.absolute()
    directory = jupyter_runtime(environ)
    pattern = name if "*" in name else f"*{glob.escape(name)}*"
    exact = directory / name
    found = [exact] if exact.is_file() else [file for file in directory.glob(pattern) if file.is_file()]
    if not found:
        raise StartError(f"there is no connection file {name!r}, neither here nor in {directory}")
    return max(found, key=lambda file: file.stat().st_atime)


def jupyter_runtime(environ: Mapping[str, str]) -> Path:
    """Return the directory in which Jupyter keeps connection files (jupyter_core: Runtime files)."""
    if given := environ.get("JUPYTER_RUNTIME_DIR"):
        return Path(given)
    if given := environ.get("JUPYTER_DATA_DIR"):
        return Path(given) / "runtime"
    home = Path(environ.get("HOME") or os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Jupyter" / "runtime"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter" / "runtime"
