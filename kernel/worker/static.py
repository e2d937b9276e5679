"""Completion by static analysis, for what a cell that is being typed defines and has not run: jedi, if installed."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Final

# seconds that a completion waits for the analysis: a module that it has not read yet takes it a while
_PATIENCE: Final = 1.0
# and for the first one, when jedi is loaded too, which takes a second: who asks then asks for the only time, perhaps
_FIRST: Final = 4.0
_SERVER: Final = os.path.join(os.path.dirname(__file__), "static_server.py")
# first characters of a line that is no Python
_MAGIC: Final = ("%", "!", "?")


@dataclass(frozen=True)
class Found:
    """A completion that replaces `length` characters before the cursor."""

    text: str
    length: int
    type: str


class StaticAnalysis:
    """The process that analyses; it is started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[dict[str, Any]] = queue.Queue()
        self._count = 0
        # what was asked last: an answer that came too late serves who asks the same again
        self._asked: tuple[str, int] | None = None
        self._asking = threading.Lock()
        self._missing: bool | None = None

    def complete(self, code: str, position: int) -> list[Found]:
        """Return what could stand at a position in code points; nothing when that takes too long."""
        if not self._is_ready() or not self._asking.acquire(blocking=False):
            return []
        try:
            return self._ask(code, position)
        except (OSError, ValueError):
            # it has ended; another one is started for the next request
            self._process = self._asked = None
            return []
        finally:
            self._asking.release()

    def _is_ready(self) -> bool:
        if self._missing is None:
            self._missing = find_spec("jedi") is None
        return not self._missing

    def _ask(self, code: str, position: int) -> list[Found]:
        patience = _PATIENCE if self._process is not None else _FIRST
        process = self._process or self._start()
        assert process.stdin is not None
        if self._asked != (code, position):
            self._asked = (code, position)
            self._count += 1
            before = code[:position].split("\n")
            request = {"id": self._count, "code": _python(code), "line": len(before), "column": len(before[-1])}
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        try:
            while (answer := self._answers.get(timeout=patience))["id"] != self._count:
                # the answer to a request that was not waited for, or none any more
                if answer["id"] is None:
                    raise OSError("the analysis has ended")
        except queue.Empty:
            return []
        self._asked = None
        return [Found(**found) for found in answer["found"]]

    def _start(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, _SERVER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._process, self._answers = process, queue.Queue()
        given = process, self._answers
        threading.Thread(target=_read, args=given, name="cshell analysis", daemon=True).start()
        return process


def _read(process: subprocess.Popen[str], answers: queue.Queue[dict[str, Any]]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        answers.put(json.loads(line))
    answers.put({"id": None})


def _python(code: str) -> str:
    """Return code with its lines of magics and shell commands made comments, at the same positions."""
    lines = code.split("\n")
    return "\n".join("#" + line[1:] if line.startswith(_MAGIC) else line for line in lines)
