"""Tasks of asyncio's that live on between cells, and cells that may start them without `await`.

The main thread has one event loop, made when asyncio is imported.  It runs while the main thread waits for a
request.  While a cell without `await` runs it does not, but asyncio is told that it does, so that `create_task`
works; whoever really runs a loop in such a cell, with `asyncio.run` say, is not kept from it.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from socket import socket
from typing import Any

from IPython.core.async_helpers import get_asyncio_loop

from kernel.worker.imports import when_imported


class Tasks:
    """The main thread's event loop; `begun` is called when there can be tasks."""

    def __init__(self, begun: Callable[[], None]) -> None:
        self._begun = begun
        self._asyncio: Any = None
        self._in_cell = False
        when_imported("asyncio", self._install)

    def _install(self, asyncio: Any) -> None:
        self._asyncio = asyncio
        self._begun()
        for owner, name in (
            (asyncio, "run"),
            (asyncio.BaseEventLoop, "run_until_complete"),
            (asyncio.BaseEventLoop, "run_forever"),
        ):
            setattr(owner, name, self._really(getattr(owner, name)))
        if hasattr(asyncio, "Runner"):
            asyncio.Runner.run = self._really(asyncio.Runner.run)
        if self._in_cell and threading.current_thread() is threading.main_thread():
            self._pretend()

    def _really(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Let a function that runs a loop do so in a cell."""

        @functools.wraps(function)
        def run(*args: Any, **kwargs: Any) -> Any:
            if not self._in_cell or threading.current_thread() is not threading.main_thread():
                return function(*args, **kwargs)
            self._stop_pretending()
            try:
                return function(*args, **kwargs)
            finally:
                if self._asyncio._get_running_loop() is None:
                    self._pretend()

        return run

    def _pretend(self) -> None:
        loop = get_asyncio_loop()
        self._asyncio.set_event_loop(loop)
        self._asyncio._set_running_loop(loop)
        self._in_cell = True

    def _stop_pretending(self) -> None:
        self._in_cell = False
        self._asyncio._set_running_loop(None)

    def enter_cell(self) -> None:
        """Begin a cell in the main thread."""
        self._in_cell = True
        if self._asyncio is not None:
            self._pretend()

    def leave_cell(self) -> None:
        """End a cell in the main thread."""
        self._in_cell = False
        if self._asyncio is not None:
            self._asyncio._set_running_loop(None)

    @property
    def are_possible(self) -> bool:
        """Whether asyncio was imported."""
        return self._asyncio is not None

    def wait(self, sock: socket) -> None:
        """Run what waits until there is something to read."""
        loop = get_asyncio_loop()
        loop.add_reader(sock, loop.stop)
        try:
            loop.run_forever()
        finally:
            loop.remove_reader(sock)
