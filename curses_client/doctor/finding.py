"""What the doctor finds."""

import subprocess
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

# seconds that a program has to answer
_PATIENCE: Final = 20.0


class Finding(NamedTuple):
    """One thing that was looked at, and how to mend it if it is not as it should be."""

    state: Literal["ok", "doubtful", "broken"]
    what: str
    mend: str = ""


def ok(what: str) -> Finding:
    """Return that something is as it should be."""
    return Finding("ok", what)


def doubtful(what: str, mend: str = "") -> Finding:
    """Return that something works, but not as well as it could."""
    return Finding("doubtful", what, mend)


def broken(what: str, mend: str = "") -> Finding:
    """Return that something keeps sessions from working."""
    return Finding("broken", what, mend)


def answer(command: Sequence[str], *, cwd: str | None = None) -> tuple[int, str]:
    """Run a program; return its exit status and what it says, 127 where it cannot be run."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            cwd=cwd,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 127, "it does not answer"
    except OSError as error:
        return 127, error.strerror or str(error)
    return done.returncode, done.stdout.strip()
