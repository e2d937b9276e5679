"""Where the worker stands: the text of Python's faulthandler, which answers also while C code holds the lock."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any, Final

from kernel.protocol.messages import StackReply, Stream
from kernel.protocol.wire import Message
from kernel.supervisor.process import Worker
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.sources import with_sources

# seconds that faulthandler has to write a stack, and the pause that tells that it has written it all
_SECONDS: Final = 5.0
_PAUSE: Final = 0.5

_FRAME: Final = re.compile(r'  File "(?P<file>.*)", line (?P<line>\d+|\?\?\?) in (?P<name>.*)')
# where the main thread's stack ends, which faulthandler writes last
_BOTTOM: Final = re.compile(r'(in _run_module_as_main|File "<string>", line \d+ in <module>)\n\Z')
# how IPython names what it compiles
_CELL: Final = re.compile(r"<ipython-input-(?P<count>\d+)-[0-9a-f]*>")
_THREAD: Final = re.compile(r"(?:Current thread|Thread) 0x[0-9a-f]+")
# what of a stack is below the user's code: IPython's frames and ours
_ENGINE: Final = re.compile(r"[/\\](?:IPython[/\\]|kernel[/\\](?:worker[/\\]|forkserver))")


@dataclass
class _Asked:
    """Who waits for a stack: a client, or the user whose interrupt is not taken, with the header of their cell."""

    request: Message | None
    cell: bytes
    deadline: float
    text: str = ""
    # until when more of it may come
    settled: float | None = None

    @property
    def due(self) -> float:
        """When it is told as far as it has come (monotonic seconds)."""
        return self.settled or self.deadline


class Stacks:
    """The stacks that are being written."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._asked: list[_Asked] = []

    @property
    def deadline(self) -> float | None:
        """When `tell` has something to do (monotonic seconds); None when no stack is waited for."""
        return min((asked.due for asked in self._asked), default=None)

    def ask(self, worker: Worker, request: Message | None, cell: bytes = b"") -> None:
        """Have a stack written for a client's request, or for the user of the cell with this header."""
        if not self._asked:
            # of nobody who waits now
            worker.faults_text()
        worker.dump_stack()
        self._asked.append(_Asked(request, cell, time.monotonic() + _SECONDS))

    def come(self, worker: Worker) -> None:
        """Take in what faulthandler has written."""
        text = worker.faults_text() if self._asked else ""
        if text:
            now = time.monotonic()
            for asked in self._asked:
                asked.text += text
                asked.settled = now if _BOTTOM.search(asked.text) else now + _PAUSE

    def tell(self, now: float | None = None) -> None:
        """Tell the stacks that are due at `now`, or all: the worker has ended."""
        due = [asked for asked in self._asked if now is None or asked.due <= now]
        self._asked = [asked for asked in self._asked if asked not in due]
        for asked in due:
            frames = frames_of(asked.text)
            if asked.request is None:
                self._publisher.publish("stream", Stream("stderr", _advice(frames)), asked.cell)
            elif asked.text:
                reply = StackReply(with_sources(frames), asked.text)
                self._publisher.answer("control", asked.request, "stack_reply", reply)
            else:
                self._publisher.refuse("control", asked.request, "NoStack", "the kernel does not tell")


def _advice(frames: list[dict[str, Any]]) -> str:
    """Return what the user is told when an interrupt is not taken."""
    place = f" It stands here:\n{shown(frames)}\n" if frames else "\n"
    return (
        f"The kernel does not take the interrupt: it runs code that does not look for any.{place}"
        "Interrupt once more to end it and start another one; its variables are lost then, the queue is kept.\n"
    )


def frames_of(text: str) -> list[dict[str, Any]]:
    """Return the frames of the main thread, which faulthandler writes last, the innermost first.

    Frames of the engine below the user's code are left out; each has `file`, `line` (None if unknown) and `name`.
    """
    frames: list[dict[str, Any]] = []
    for line in text.splitlines():
        if _THREAD.match(line):
            frames = []
        elif found := _FRAME.match(line):
            number = found["line"]
            frames.append(
                {"file": found["file"], "line": int(number) if number.isdigit() else None, "name": found["name"]}
            )
    # IPython's code may be among the user's, below a magic say, but what runs the cell is below all of it
    below = [index for index, frame in enumerate(frames) if _is_runner(frame)]
    if not below:
        below = [index for index, frame in enumerate(frames) if _ENGINE.search(frame["file"])]
    frames = frames[: below[0]] if below else frames
    while frames and _ENGINE.search(frames[-1]["file"]):
        del frames[-1]
    return frames


def _is_runner(frame: dict[str, Any]) -> bool:
    """Whether this is the frame of IPython's that runs the user's code."""
    return frame["name"] == "run_code" and bool(_ENGINE.search(frame["file"]))


def shown(frames: list[dict[str, Any]], limit: int = 8) -> str:
    """Return frames as lines for the user, the innermost first."""
    lines = [f"  {frame['name']}, line {frame['line']} of {_place(frame['file'])}" for frame in frames[:limit]]
    if len(frames) > limit:
        lines.append(f"  and {len(frames) - limit} more")
    return "\n".join(lines)


def _place(file: str) -> str:
    """Return what users call a file: a cell has a name that only Python needs."""
    match = _CELL.fullmatch(file)
    return f"Cell In[{match['count']}]" if match else file
