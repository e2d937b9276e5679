"""The history in the event loop: read when there is time, and looked at while somebody types or searches it."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from curses_client.events import Event, HistoryNotWritten, HistoryRead
from curses_client.history.entries import Item
from curses_client.loop import Loop
from curses_client.state import State

if TYPE_CHECKING:
    from curses_client.history.store import Store

# between two looks at what other sessions have run, and after the last key for how long there is another
_LOOK_SECONDS: Final = 0.5
_TYPING_SECONDS: Final = 1.0


class Memory:
    """What this client knows of the history, and adds to it."""

    def __init__(self, state: Callable[[], State], loop: Loop, dispatch: Callable[[Event], None]) -> None:
        """Take what tells the state, the loop, and whom to tell what is read."""
        self._state = state
        self._loop = loop
        self._dispatch = dispatch
        self._store: Store | None = None
        self._is_looking = False

    def begin(self) -> None:
        """Read the newest entries; nothing is read or written where the user wants that, and for who only looks."""
        state = self._state()
        size = state.options.history_size
        if state.read_only or not size:
            self._read((), is_whole=True)
            return
        # by now the first frame is there
        from curses_client.history.files import Files, directory_of
        from curses_client.history.store import Store

        files = Files(directory_of(os.environ), state.machine)
        self._store = Store(files, size, self._read, self._failed)
        self._loop.watch(self._store)
        self._store.begin()

    def _read(self, items: tuple[Item, ...], is_whole: bool) -> None:
        self._dispatch(HistoryRead(items, is_whole))

    def _failed(self, reason: str) -> None:
        self._dispatch(HistoryNotWritten(reason))

    def load(self) -> None:
        """Read all entries."""
        if self._store is not None:
            self._store.load()

    def add(self, items: tuple[Item, ...]) -> None:
        """Write entries, or have some deleted."""
        if self._store is not None:
            self._store.add(items)

    def look(self) -> None:
        """Look what other sessions have run, now and for as long as somebody types or searches."""
        if self._store is None or self._is_looking:
            return
        self._is_looking = True
        self._store.look()
        self._loop.alarm(_LOOK_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._is_looking = False
        state = self._state()
        if state.recall is not None or time.time() - state.last_key < _TYPING_SECONDS:
            self.look()

    def close(self) -> None:
        """Write what is left."""
        if self._store is not None:
            self._store.close()
