"""The subshells' requests: each has a queue of its own beside the main shell's (JEP 91)."""

from __future__ import annotations

from collections.abc import Iterator

from kernel.protocol.wire import new_id
from kernel.supervisor.process import Worker
from kernel.supervisor.queue import Cell, Queue
from kernel.worker.channel import CLOSE_SUBSHELL, OPEN_SUBSHELL


class Subshells:
    """The queues of the worker's subshells, which end with it."""

    def __init__(self) -> None:
        self._queues: dict[str, Queue] = {}
        # those that were deleted while a cell ran in them
        self._ending: list[Queue] = []

    def __iter__(self) -> Iterator[str]:
        """Yield the identifiers."""
        return iter(self._queues)

    def create(self, worker: Worker) -> str:
        """Start a subshell; return its identifier."""
        subshell = new_id()
        self._queues[subshell] = Queue()
        worker.tell(OPEN_SUBSHELL, subshell.encode())
        return subshell

    def delete(self, subshell: str, worker: Worker) -> list[Cell]:
        """End a subshell when it has done what runs in it; return what waited and will not run.

        Raises:
            KeyError: there is no such subshell.
        """
        queue = self._queues.pop(subshell)
        worker.tell(CLOSE_SUBSHELL, subshell.encode())
        if queue.running is not None:
            self._ending.append(queue)
        return list(queue.abort())

    def queue(self, subshell: str) -> Queue | None:
        """Return the queue of a subshell."""
        return self._queues.get(subshell)

    def queue_of(self, msg_id: str) -> Queue | None:
        """Return the queue whose running cell came with this request."""
        queues = (*self._queues.values(), *self._ending)
        return next((queue for queue in queues if queue.running and queue.running.msg_id == msg_id), None)

    def ended(self, queue: Queue) -> None:
        """Take in that a queue's cell has ended."""
        if queue in self._ending:
            self._ending.remove(queue)

    def clear(self) -> list[Cell]:
        """Forget all of a worker that is gone; return the cells that are not answered."""
        left: list[Cell] = []
        for queue in (*self._queues.values(), *self._ending):
            running = queue.finish()
            left += [*([running] if running else []), *queue.abort()]
        self._queues.clear()
        self._ending.clear()
        return left
