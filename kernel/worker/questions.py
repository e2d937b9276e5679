"""Lines that user code asks for: each question waits for its own answer, whatever thread asks."""

from __future__ import annotations

import queue
from collections.abc import Callable
from typing import Any, Final

# what a client sends for Ctrl-D
_END_OF_INPUT: Final = "\x04"


class Questions:
    """The questions that are open."""

    def __init__(self) -> None:
        self._open: dict[str, queue.SimpleQueue[str]] = {}

    def ask(self, send: Callable[[Callable[[str], None]], None]) -> str:
        """Ask and wait; `send` is given what must be called with the question's identifier before it is sent.

        Raises:
            EOFError: the answer is the end of the input.
            KeyboardInterrupt: the wait was interrupted; nobody can answer any more.
        """
        lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        asked: list[str] = []

        def register(msg_id: str) -> None:
            asked.append(msg_id)
            self._open[msg_id] = lines

        try:
            send(register)
            line = lines.get()
        finally:
            for msg_id in asked:
                self._open.pop(msg_id, None)
        if line == _END_OF_INPUT:
            raise EOFError
        return line

    def answer(self, msg_id: str, content: dict[str, Any]) -> None:
        """Take an answer in; one that nobody waits for is dropped."""
        lines = self._open.get(msg_id)
        if lines is not None:
            lines.put(str(content.get("value", "")))
