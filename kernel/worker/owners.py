"""What output belongs to: the request whose code made it, also in a thread or task that lives on after it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final

from kernel.protocol.wire import EMPTY

# where a thread keeps the owner of what it writes
_ATTRIBUTE: Final = "_cshell_owner"
# how the names of our threads begin, and those of them that run no code of the user's
_OURS: Final = "cshell "
_QUIET: Final = ("cshell history",)


class Owner:
    """A request: its number in the output pipes, its raw header, the parent of what is published for it, and more.

    `allow_stdin` is whether its client answers questions, `payload` what it is to do with the reply, `traceback` the
    lines of the last error that was shown.
    """

    def __init__(self, number: bytes, header: bytes, *, allow_stdin: bool = False) -> None:
        self.number = number
        self.header = header
        self.allow_stdin = allow_stdin
        self.payload: list[dict[str, Any]] = []
        self.traceback: list[str] = []


NOBODY: Final = Owner(b"0", EMPTY)
_context: ContextVar[Owner | None] = ContextVar("cshell_owner", default=None)


class Owners:
    """Tells whose output it is that is written here and now.

    The main thread's is the request that it works on.  A task that asyncio made keeps its context, and a thread
    remembers who started it.
    """

    def __init__(self) -> None:
        self.main = NOBODY

    def begin(self, owner: Owner) -> None:
        """Take in that the main thread works on another request."""
        self.main = owner
        _context.set(owner)

    def current(self) -> Owner:
        """Return whose output this thread writes now."""
        return _context.get() or getattr(threading.current_thread(), _ATTRIBUTE, None) or self.main


def context_of(owner: Owner) -> Context:
    """Return a context in which what is written belongs to `owner`."""
    context = copy_context()
    context.run(_context.set, owner)
    return context


def own_thread(owner: Owner) -> None:
    """Let what this thread writes, and what it starts, belong to `owner`."""
    setattr(threading.current_thread(), _ATTRIBUTE, owner)


def follow_threads(owners: Owners, started: Callable[[], None]) -> None:
    """Have each thread of the user's remember who started it; `started` is called before one starts.

    Our own ones, and those that IPython starts in them, print nothing of a cell's.
    """
    start = threading.Thread.start

    def start_owned(self: threading.Thread, *args: Any, **kwargs: Any) -> None:
        owner = owners.current()
        ours = owner is NOBODY or self.name.startswith(_OURS) or threading.current_thread().name in _QUIET
        if not ours and not hasattr(self, _ATTRIBUTE):
            setattr(self, _ATTRIBUTE, owner)
            started()
        start(self, *args, **kwargs)

    start_owned.__doc__ = start.__doc__
    threading.Thread.start = start_owned  # type: ignore[method-assign]
