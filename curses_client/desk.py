"""The files in the event loop: read, written, watched and kept; nobody waits for a notebook, which is converted."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from curses_client.document import NOTEBOOK
from curses_client.events import Event, FileChanged, FileWritten, Pasted, ReadFile, TabChosen, WriteFile
from curses_client.files.tabs import all_tabs, documents
from curses_client.given import Given
from curses_client.loop import Loop
from curses_client.state import State

if TYPE_CHECKING:
    from curses_client.background import Work
    from curses_client.files.filer import Filer

_T = TypeVar("_T")

# between two looks at files that are open, and at a conversion that is under way
_WATCH_SECONDS: Final = 2.0
_LOOK_SECONDS: Final = 0.1


class Desk:
    """What this client does with files."""

    def __init__(self, state: Callable[[], State], loop: Loop, dispatch: Callable[[Event], None]) -> None:
        """Take what tells the state, the loop, and whom to tell what was done."""
        self._state = state
        self._loop = loop
        self._dispatch = dispatch
        self._filer: Filer | None = None
        self._is_watching = False
        # whether the loop runs, so that something can be done beside it
        self._is_looping = False
        # what is done with notebooks, by their paths, and what is to be written once that is over
        self._working: dict[str, Work[Any]] = {}
        self._unwritten: dict[str, WriteFile] = {}

    @property
    def _files(self) -> "Filer":
        """What reads and writes files, loaded when there is one."""
        if self._filer is None:
            from curses_client.files.filer import Filer

            self._filer = Filer(os.environ)
        return self._filer

    def begin(self, left: Sequence[str], tab: int, given: Given) -> None:
        """Open the files that were open when the user left, as they were left, and what is given now."""
        for path in left:
            self._dispatch(replace(self._files.read(path, 0), comes_back=True))
        before = len(all_tabs(self._state()))
        for path, line in given.files:
            if os.path.abspath(path) not in left:
                self._dispatch(self._files.read(os.path.abspath(path), line))
        if len(all_tabs(self._state())) > before:
            # the first of them is in front
            tab = before
        if left or given.files:
            self._dispatch(TabChosen(tab))
        if given.text:
            self._dispatch(TabChosen(0))
            self._dispatch(Pasted(given.text))
        self._is_looping = True

    # ---- reading and writing -------------------------------------------------------------------------------

    def read(self, wanted: ReadFile) -> None:
        """Read a file."""
        read = lambda: replace(self._files.read(wanted.path, wanted.line), typed=wanted.typed)  # noqa: E731
        self._do(wanted.path, read, self._dispatch)

    def write(self, wanted: WriteFile) -> None:
        """Write a file; one with which something is done just now is written behind that."""
        path = wanted.document.path
        if path in self._working:
            self._unwritten[path] = wanted
        else:
            self._do(path, self._files.writing(wanted, self._state()), self._wrote)

    def _wrote(self, done: FileWritten) -> None:
        self._files.wrote(done)
        self._dispatch(done)

    def _do(self, path: str, do: Callable[[], _T], then: Callable[[_T], None]) -> None:
        """Do something with a file, and something with what that gives; for a notebook nobody waits."""
        if not path.endswith(NOTEBOOK) or not self._is_looping:
            then(do())
            return
        from curses_client.background import Work

        work = self._working[path] = Work(do)

        def look() -> None:
            if self._working.get(path) is not work:
                # the loop has ended meanwhile
                return
            found = work.result()
            if found is None:
                self._loop.alarm(_LOOK_SECONDS, look)
                return
            del self._working[path]
            then(found)
            self._write_again(path)

        self._loop.alarm(_LOOK_SECONDS, look)

    def _write_again(self, path: str) -> None:
        """Write what was to be written while something else was done with the file."""
        wanted = self._unwritten.pop(path, None)
        if wanted is not None:
            known = (document for document in documents(self._state()) if document.path == path)
            self.write(replace(wanted, document=next(known, wanted.document)))

    # ---- what others do, and what is not saved -------------------------------------------------------------

    def watch(self) -> None:
        """Look from now on whether somebody else has changed what is open; nobody tells that of a file on a network."""
        if not self._is_watching and self._state().tabs:
            self._is_watching = True
            self._loop.alarm(_WATCH_SECONDS, self._look)

    def _look(self) -> None:
        self._is_watching = False
        self.watch()
        if not self._state().tabs:
            return
        for path in [document.path for document in self._files.changed(self._state())]:
            if path not in self._working:
                self._do(path, partial(self._files.reread, path), self._reread)

    def _reread(self, changes: Sequence[FileChanged]) -> None:
        for changed in changes:
            self._dispatch(changed)

    def keep(self) -> None:
        """Keep what is not saved.  Raises OSError."""
        if self._state().tabs or self._filer is not None:
            self._files.keep(self._state())

    def take_over(self, path: str) -> None:
        """Take in that the changes that were kept of a file are in the editor."""
        self._files.take_over(path)

    def forget(self, path: str) -> None:
        """Keep nothing of a file."""
        self._files.forget(path)

    def complete(self, text: str) -> None:
        """Complete a path."""
        self._dispatch(self._files.complete(text))

    def finish(self) -> None:
        """Have what is being written be written, now that the loop has ended."""
        self._is_looping = False
        for path, work in list(self._working.items()):
            del self._working[path]
            found = work.wait()
            if isinstance(found, FileWritten):
                self._wrote(found)
            self._write_again(path)

    def close(self) -> None:
        """Leave what is not saved to whoever comes."""
        if self._filer is not None:
            self._filer.close()
