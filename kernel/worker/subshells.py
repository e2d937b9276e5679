"""Subshells: threads that run cells beside the main thread, in the same namespace (JEP 91)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Final

Serve = Callable[["list[bytes]"], None]

_END: Final[list[bytes]] = []


class Subshells:
    """The subshells by their identifier; `serve` does in their thread what a request asks."""

    def __init__(self, serve: Serve) -> None:
        self._serve = serve
        self._requests: dict[bytes, queue.SimpleQueue[list[bytes]]] = {}

    def open(self, subshell: bytes) -> None:
        """Start a subshell."""
        requests: queue.SimpleQueue[list[bytes]] = queue.SimpleQueue()
        self._requests[subshell] = requests
        name = f"cshell subshell {subshell.decode()[:8]}"
        threading.Thread(target=self._run, args=[requests], name=name, daemon=True).start()

    def close(self, subshell: bytes) -> None:
        """End a subshell after what it was asked before."""
        self._requests.pop(subshell).put(_END)

    def ask(self, subshell: bytes, parts: list[bytes]) -> None:
        """Hand a request to a subshell."""
        self._requests[subshell].put(parts)

    def _run(self, requests: queue.SimpleQueue[list[bytes]]) -> None:
        while (parts := requests.get()) is not _END:
            self._serve(parts)
