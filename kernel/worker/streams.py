"""The worker's standard streams: text on descriptors 1 and 2, which are pipes to the supervisor."""

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper
from typing import Any, cast


class ErrorStream(TextIOWrapper):
    """Standard error, each of whose lines keeps its place among what is written to standard output.

    Two pipes alone do not tell what came first, so `sync` marks both of them before and after.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sync: Callable[[], None] = _no_sync
        self._begun = False

    def write(self, text: str, /) -> int:
        """Write text; it is shown when its line ends or when it is flushed."""
        if not self._begun:
            self.sync()
            self._begun = True
        count = super().write(text)
        if text.endswith("\n"):
            self.flush()
        return count

    def flush(self) -> None:
        """Write out what is held back."""
        super().flush()
        if self._begun:
            self._begun = False
            self.sync()


def _no_sync() -> None:
    """Stand in until there is somebody to mark the pipes."""


def open_streams() -> ErrorStream:
    """Put new text streams on the standard descriptors in place of Python's; return standard error."""
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = _text_stream(TextIOWrapper, 1)
    errors = cast(ErrorStream, _text_stream(ErrorStream, 2))
    sys.stderr = errors
    # libraries that save and restore the streams look for these
    vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)
    return errors


def _text_stream(kind: type[TextIOWrapper], descriptor: int) -> TextIOWrapper:
    # a lone surrogate in what is printed must not raise
    file = os.fdopen(descriptor, "wb", closefd=False)
    return kind(file, encoding="utf-8", errors="backslashreplace", line_buffering=True)


def flush() -> None:
    """Write out what Python holds back of standard output and standard error, whatever they are by now."""
    flush_stdout()
    _flush(sys.stderr)


def flush_stdout() -> None:
    """Write out what Python holds back of standard output."""
    _flush(sys.stdout)


def _flush(stream: Any) -> None:
    try:
        stream.flush()
    # user code replaced or closed it: it may raise anything
    except Exception:
        pass


def repair(stdout: int, stderr: int) -> None:
    """Open again what user code closed of the standard streams; what it pointed elsewhere stays there."""
    for standard, pipe in ((1, stdout), (2, stderr)):
        try:
            os.fstat(standard)
        except OSError:
            os.dup2(pipe, standard)
