"""Journals on disk, written as a supervisor writes them."""

import time
from pathlib import Path
from typing import Any

from kernel.protocol.messages import encode, parse
from kernel.protocol.wire import Author
from kernel.supervisor.journal import Bounds, Journal


class Written:
    """A session's journal in its state directory."""

    def __init__(self, directory: Path, bounds: Bounds | None = None) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = directory / "journal.jsonl"
        self.now = time.time()
        self._author = Author("me")
        self._journal = Journal(self.path, clock=lambda: self.now, bounds=bounds)

    @property
    def head(self) -> int:
        """The number of the newest record."""
        return self._journal.head

    def add(self, msg_type: str, parent: str = "", **content: Any) -> "Written":
        """Add one record."""
        value = parse(msg_type, content)
        raw = encode({"msg_id": parent, "msg_type": "execute_request"}) if parent else b"{}"
        _, parts = self._author.parts(msg_type, value, raw)
        self._journal.append(b"iopub", parts, msg_type)
        self._journal.flush()
        return self

    def session(self, name: str = "main", kernel: str = "Python 3") -> "Written":
        """Begin a session whose kernel is ready."""
        self.add("session_started", name=name, kernel=kernel, language="python", cwd="/data", pid=1)
        return self.add("kernel_starting").add("kernel_started", pid=2)

    def submit(self, cell: str, code: str) -> "Written":
        """Put a cell into the queue."""
        return self.add("submitted", cell, code=code)

    def start(self, cell: str, count: int = 1) -> "Written":
        """Have a waiting cell run."""
        self.add("status", cell, execution_state="busy")
        return self.add("execute_input", cell, code="", execution_count=count)

    def print(self, cell: str, text: str, name: str = "stdout") -> "Written":
        """Have a cell print."""
        return self.add("stream", cell, name=name, text=text)

    def finish(self, cell: str, status: str = "ok") -> "Written":
        """End a cell."""
        self.add("execute_reply", cell, status=status)
        return self.add("status", cell, execution_state="idle")

    def run(self, cell: str, code: str, count: int, text: str = "") -> "Written":
        """Have a cell run from its beginning to its end."""
        self.submit(cell, code).start(cell, count)
        if text:
            self.print(cell, text)
        return self.finish(cell)

    def end(self, reason: str = "it was shut down") -> "Written":
        """End the session in order."""
        return self.add("session_ended", reason=reason)
