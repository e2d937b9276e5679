"""The kernel's engine in this very process, with no other process and no socket: for embedding and for tests.

    >>> engine = InProcessKernel()
    >>> engine.execute("print('hello'); 6 * 7").outputs
    [Stream(name='stdout', text='hello\\n'), ExecuteResult(execution_count=1, data={'text/plain': '42'}, metadata={})]

What a cell shows are the contents of Jupyter's messages, as values of `kernel.protocol.messages`.  Text is what Python
code writes to `sys.stdout` and `sys.stderr`; C code and subprocesses write where the whole process does.  One cell runs
at a time, in the thread that asks.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from kernel.protocol.messages import (
    CompleteReply,
    CompleteRequest,
    Content,
    ExecuteReply,
    ExecuteRequest,
    InspectReply,
    InspectRequest,
    IsCompleteReply,
    IsCompleteRequest,
    Stream,
    read,
)
from kernel.worker import completion, requests
from kernel.worker.owners import Owners
from kernel.worker.shell import borrowed, make_shell

# a prompt, and whether the answer is a password
AskForLine = Callable[[str, bool], str]


@dataclass(frozen=True)
class Execution:
    """What became of a cell: its reply, and what it showed, in order."""

    reply: ExecuteReply
    outputs: list[Content] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it wrote to standard output and standard error."""
        return "".join(output.text for output in self.outputs if isinstance(output, Stream))


class _Collector:
    """Stands where a worker has its outbox: what is published is kept."""

    def __init__(self) -> None:
        self.owners = Owners()
        self.outputs: list[Content] = []

    def begin(self, content: dict[str, Any] | None) -> None:
        """Take note of nothing: who asked knows the code."""

    def publish(
        self,
        msg_type: str,
        content: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        buffers: Sequence[bytes] = (),
    ) -> None:
        """Keep a message's content."""
        self.outputs.append(read(msg_type, content))

    def write(self, name: Literal["stdout", "stderr"], text: str) -> None:
        """Keep text, joined to what was written to the same stream just before."""
        last = self.outputs[-1] if self.outputs else None
        if isinstance(last, Stream) and last.name == name:
            self.outputs[-1] = Stream(name, last.text + text)
        else:
            self.outputs.append(Stream(name, text))


class _Writer(io.TextIOBase):
    """A standard stream whose text goes to the collector."""

    def __init__(self, collector: _Collector, name: Literal["stdout", "stderr"]) -> None:
        self._collector = collector
        self._name = name

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str, /) -> int:
        """Keep the text."""
        if text:
            self._collector.write(self._name, text)
        return len(text)


class InProcessKernel:
    """IPython's engine with the kernel's outputs, in this process.

    Code runs in `namespace`, which is the caller's own dictionary, or in a new one.
    """

    def __init__(self, namespace: dict[str, Any] | None = None) -> None:
        self._collector = _Collector()
        self._shell, _ = make_shell(own=True, namespace=namespace)
        self._ask: AskForLine | None = None
        self._shell.attach(self._collector, None, self._answer)

    @property
    def namespace(self) -> dict[str, Any]:
        """The variables."""
        found: dict[str, Any] = self._shell.user_ns
        return found

    def execute(
        self,
        code: str,
        *,
        silent: bool = False,
        store_history: bool = True,
        user_expressions: dict[str, str] | None = None,
        ask: AskForLine | None = None,
    ) -> Execution:
        """Run a cell to its end.

        `ask` answers `input()` and `getpass()`; without it they raise StdinNotImplementedError in the cell.
        KeyboardInterrupt ends the cell and is in its reply.
        """
        request = ExecuteRequest(
            code,
            silent=silent,
            store_history=store_history,
            user_expressions=user_expressions or {},
            allow_stdin=ask is not None,
        )
        self._collector.outputs = []
        self._ask = ask
        with self._redirected():
            reply = requests.execute_here(self._shell, request)
        return Execution(reply, self._collector.outputs)

    def complete(self, code: str, cursor_pos: int | None = None) -> CompleteReply:
        """Complete at a position in code points, the end by default."""
        return completion.complete(self._shell, CompleteRequest(code, len(code) if cursor_pos is None else cursor_pos))

    def inspect(self, code: str, cursor_pos: int | None = None, detail_level: int = 0) -> InspectReply:
        """Document the name at a position, the end by default; level 1 adds the source."""
        position = len(code) if cursor_pos is None else cursor_pos
        return requests.inspect(self._shell, InspectRequest(code, position, detail_level))

    def is_complete(self, code: str) -> IsCompleteReply:
        """Say whether code could be run as it stands."""
        return requests.is_complete(self._shell, IsCompleteRequest(code))

    def _answer(self, prompt: str, password: bool) -> str:
        assert self._ask is not None
        return self._ask(prompt, password)

    @contextmanager
    def _redirected(self) -> Iterator[None]:
        """Have what the cell prints, asks for and displays; afterwards all is as it was."""
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Writer(self._collector, "stdout"), _Writer(self._collector, "stderr")
        try:
            with borrowed(self._shell):
                yield
        finally:
            sys.stdout, sys.stderr = before
