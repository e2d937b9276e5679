"""Starts a supervisor before anything else is imported: its kernel takes longest to be ready.

Only modules that Python has loaded anyway are imported.
"""

import os
import sys


class Spawned:
    """A supervisor that makes its session by itself: its process, and where it reports how that went."""

    def __init__(self, pid: int, report: int, log: str) -> None:
        self.pid = pid
        self.report = report
        self.log = log


def spawn(
    name: str | None,
    python: str | None,
    environ: "os._Environ[str]",
    *,
    kernel: str | None = None,
    existing: str | None = None,
) -> Spawned:
    """Start a supervisor that outlives this process; without a name it chooses one.

    Code is run by the interpreter `python`, by the `kernel` that Jupyter has under this name, or by the one with the
    connection file `existing`; or else the supervisor chooses an interpreter.  Raises OSError.
    """
    log = _log_file(environ)
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)
    # -P: a module of the user's in the working directory must not take the place of ours
    command = [sys.executable, "-P", "-m", "kernel", "--report", str(writing), "--log", log]
    chosen = (("--session", name), ("--python", python), ("--kernel", kernel), ("--existing", existing))
    for option, value in chosen:
        if value is not None:
            command += [option, value]
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, log, flags, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    try:
        pid = os.posix_spawn(sys.executable, command, environ, file_actions=actions, setsid=True)
    finally:
        os.close(writing)
    return Spawned(pid, reading, log)


def _log_file(environ: "os._Environ[str]") -> str:
    """Return where the supervisor logs until it knows its session, whose directory takes the file then."""
    home = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(home):
        home = os.path.join(os.path.expanduser("~"), ".local", "state")
    directory = os.path.join(home, "cshell")
    os.makedirs(directory, mode=0o700, exist_ok=True)
    return os.path.join(directory, f"starting-{os.getpid()}.log")
