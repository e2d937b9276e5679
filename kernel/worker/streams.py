"""The worker's standard streams: text on descriptors 1 and 2, which are pipes to the supervisor."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import nullcontext
from io import TextIOWrapper
from typing import Any, ContextManager, Final, Protocol

from kernel.worker.owners import Owner

STDOUT: Final = 1
STDERR: Final = 2
# how our streams are made: a lone surrogate in what is printed must not raise
TEXT: Final[dict[str, Any]] = {"encoding": "utf-8", "errors": "backslashreplace", "line_buffering": True}


class Marking(Protocol):
    """What a stream needs of the outbox."""

    @property
    def lock(self) -> ContextManager[Any]:
        """What is held while something is written for another request; who has it may take it again."""

    def sync(self) -> None:
        """Mark that what was printed so far comes before what is printed next, whatever pipe it goes to."""

    def foreign(self) -> Owner | None:
        """Return the request that this thread or task writes for, unless it is the main thread's."""

    def write_foreign(self, descriptor: int, text: str, owner: Owner) -> None:
        """Write text for a request that is not the main thread's."""

    def flush_later(self) -> None:
        """See to it that text without the end of its line is written a moment later."""


class _Unmarked:
    """Stands in until there is somebody to mark the pipes."""

    lock = nullcontext()

    def sync(self) -> None:
        """Do nothing."""

    def foreign(self) -> Owner | None:
        """Return None: nothing is told apart yet."""
        return None

    def write_foreign(self, descriptor: int, text: str, owner: Owner) -> None:
        """Not called."""

    def flush_later(self) -> None:
        """Not called."""


class _Lines:
    """Holds a thread's text back until its line is complete: `print` writes the line's end by itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # by thread: whose it is, and the beginning of its line
        self._begun: dict[int, tuple[Owner, str]] = {}

    def write(self, marking: Marking, owner: Owner, text: str) -> int:
        """Write whole lines; the rest waits a moment."""
        thread = threading.get_ident()
        with marking.lock:
            before, begun = self._begun.pop(thread, (owner, ""))
            if before != owner and begun:
                marking.write_foreign(self._descriptor, begun, before)
                begun = ""
            whole = begun + text
            at = whole.rfind("\n") + 1
            if at:
                marking.write_foreign(self._descriptor, whole[:at], owner)
            if at < len(whole):
                self._begun[thread] = (owner, whole[at:])
                marking.flush_later()
        return len(text)

    def flush(self, marking: Marking) -> None:
        """Write what waits, whoever wrote it."""
        with marking.lock:
            while self._begun:
                _, (owner, text) = self._begun.popitem()
                marking.write_foreign(self._descriptor, text, owner)


class OutputStream(TextIOWrapper):
    """Standard output while the main thread is the only one that writes: as fast as Python's own."""


class SharedOutputStream(OutputStream):
    """Standard output while threads or tasks of other requests may write too; each keeps its place."""

    marking: Marking
    lines: _Lines

    def write(self, text: str, /) -> int:
        """Write text for whom this thread or task belongs to."""
        owner = self.marking.foreign()
        return super().write(text) if owner is None else self.lines.write(self.marking, owner, text)

    def flush(self) -> None:
        """Write out what is held back."""
        self.lines.flush(self.marking)
        super().flush()


class ErrorStream(TextIOWrapper):
    """Standard error, each of whose lines keeps its place among what is written to standard output.

    Two pipes alone do not tell what came first, so both of them are marked before and after.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marking: Marking = _Unmarked()
        self._lines = _Lines(STDERR)
        self._begun = False

    def write(self, text: str, /) -> int:
        """Write text; it is shown when its line ends or when it is flushed."""
        owner = self.marking.foreign()
        if owner is not None:
            return self._lines.write(self.marking, owner, text)
        if not self._begun:
            self.marking.sync()
            self._begun = True
        count = super().write(text)
        if text.endswith("\n"):
            self.flush()
        return count

    def flush(self) -> None:
        """Write out what is held back."""
        self._lines.flush(self.marking)
        super().flush()
        if self._begun:
            self._begun = False
            self.marking.sync()


class Streams:
    """Standard output and standard error of this process."""

    def __init__(self) -> None:
        """Put new text streams on the standard descriptors in place of Python's."""
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        self._output = OutputStream(os.fdopen(STDOUT, "wb", closefd=False), **TEXT)
        self._errors = ErrorStream(os.fdopen(STDERR, "wb", closefd=False), **TEXT)
        sys.stdout, sys.stderr = self._output, self._errors
        # libraries that save and restore the streams look for these
        vars(sys).update(__stdin__=sys.stdin, __stdout__=sys.stdout, __stderr__=sys.stderr)

    def mark(self, marking: Marking) -> None:
        """Let the outbox mark what is written."""
        self._errors.marking = marking

    def share(self) -> None:
        """Tell from now on who writes; a write costs three times as much then."""
        if type(self._output) is OutputStream:
            shared = vars(self._output)
            shared.update(marking=self._errors.marking, lines=_Lines(STDOUT))
            # user code may hold the stream, so it is this very object that changes
            self._output.__class__ = SharedOutputStream


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
    for standard, pipe in ((STDOUT, stdout), (STDERR, stderr)):
        try:
            os.fstat(standard)
        except OSError:
            os.dup2(pipe, standard)
