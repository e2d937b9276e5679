"""The history of one client: read and written in a thread, because a home on a network may take seconds for both.

What others write is looked for when the client asks for it.  No notification of the system would tell: inotify(7)
knows nothing of what other machines write to a network's file system.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Final

from curses_client.history.entries import Entry, Forgotten, Item, ordered
from curses_client.history.files import Files

# seconds that what was run last has to get to the disk when the client ends
_LAST_SECONDS: Final = 1.0


class Store:
    """Tells what is read; as a source of the loop, it does so in the loop's own thread."""

    def __init__(
        self,
        files: Files,
        size: int,
        read: Callable[[tuple[Item, ...], bool], None],
        failed: Callable[[str], None],
    ) -> None:
        """Take the files, how many entries there may be, and whom to tell what is read and why nothing is written.

        With what is read goes whether it is all there is; no reason is told when it is written again.
        """
        self._files = files
        self._size = size
        self._tell_read, self._tell_failed = read, failed
        self._jobs: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._told: deque[Callable[[], Any]] = deque()
        # what came from the client, and what of it is not on the disk
        self._added: deque[Item] = deque()
        self._unwritten: list[Item] = []
        self._is_failing = False
        self._is_loaded = False
        self._is_looking = threading.Event()
        self._reading, self._writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        # it does not keep a client that is left
        self._thread = threading.Thread(target=self._run, name="cshell history", daemon=True)
        self._thread.start()

    # ---- what the client asks ------------------------------------------------------------------------------

    def begin(self) -> None:
        """Read the newest entries."""
        self._jobs.put(lambda: self._tell(self._files.newest(), is_whole=False))

    def load(self) -> None:
        """Read all entries."""
        self._jobs.put(self._load)

    def look(self) -> None:
        """Read what was written since, by whomever; what could not be written is tried again."""
        if not self._is_looking.is_set():
            self._is_looking.set()
            self._jobs.put(self._look)

    def add(self, items: Sequence[Item]) -> None:
        """Write entries, or have some deleted."""
        self._added.extend(items)
        self._jobs.put(self._write)

    def close(self) -> None:
        """Write what is left, if the disk takes it in a moment, and end."""
        self._jobs.put(None)
        self._thread.join(_LAST_SECONDS)

    # ---- in the thread -------------------------------------------------------------------------------------

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            # a directory that is missing or cannot be read has nothing to tell
            with suppress(OSError):
                job()

    def _load(self) -> None:
        found: list[Item] = []
        try:
            for items in self._files.more():
                found += items
                self._write()
        finally:
            self._is_loaded = True
            self._tell(ordered(found, self._size), is_whole=True)

    def _look(self) -> None:
        self._is_looking.clear()
        self._write()
        for items in self._files.more() if self._is_loaded else ():
            self._tell(items, is_whole=False)

    def _write(self) -> None:
        while self._added:
            self._unwritten.append(self._added.popleft())
        if not self._unwritten:
            return
        try:
            while self._unwritten:
                self._write_some()
        except OSError as error:
            if not self._is_failing:
                reason = error.strerror or str(error)
                self._say(lambda: self._tell_failed(reason))
            self._is_failing = True
        else:
            if self._is_failing:
                self._say(lambda: self._tell_failed(""))
            self._is_failing = False

    def _write_some(self) -> None:
        """Write the entries before the next deletion, or make the deletion."""
        first = self._unwritten[0]
        if isinstance(first, Forgotten):
            self._files.forget(first, self._size)
            del self._unwritten[0]
            return
        count = next((n for n, item in enumerate(self._unwritten) if isinstance(item, Forgotten)), None)
        entries = [item for item in self._unwritten[:count] if isinstance(item, Entry)]
        self._files.append(entries, self._size)
        del self._unwritten[: len(entries)]

    def _tell(self, items: Sequence[Item], *, is_whole: bool) -> None:
        found = tuple(items)
        if found or is_whole:
            self._say(lambda: self._tell_read(found, is_whole))

    def _say(self, told: Callable[[], Any]) -> None:
        self._told.append(told)
        # as many bytes as a pipe holds are enough to wake anybody
        with suppress(BlockingIOError):
            os.write(self._writing, b".")

    # ---- as the loop wants it ------------------------------------------------------------------------------

    def fileno(self) -> int:
        """Return the descriptor that is ready when there is something to tell."""
        return self._reading

    def pending(self) -> bool:
        """Whether there is something to tell."""
        return bool(self._told)

    def serve(self) -> None:
        """Tell one thing."""
        with suppress(BlockingIOError):
            os.read(self._reading, 1 << 12)
        if self._told:
            self._told.popleft()()
