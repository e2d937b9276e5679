"""The end of the log, for sentences about a process that ended without a word of its own."""

import os
import stat
from typing import Final

# bytes at the end of the log in which its last line is looked for
_TAIL: Final = 1 << 12
# the log is this process's standard error, and that of what it starts; by this name also when it was moved
_LOG: Final = "/proc/self/fd/2"


def without_a_word(what: str) -> str:
    """Return the sentence that says that `what` ended, with what it left in the log."""
    last = _last_line()
    return f"{what} ended without a word" + (f"; the last line of the log is: {last}" if last else "")


def _last_line() -> str:
    try:
        # a terminal's or a pipe's end would be waited for
        if not stat.S_ISREG(os.fstat(2).st_mode):
            return ""
        with open(_LOG, "rb") as log:
            log.seek(max(os.fstat(log.fileno()).st_size - _TAIL, 0))
            lines = log.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
