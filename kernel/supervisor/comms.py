"""Messages of comms for a cell that awaits: they need not wait for its end, which may wait for them."""

from __future__ import annotations

from kernel.protocol.messages import Status
from kernel.supervisor.process import Worker
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.queue import Cell, Queue


class CommsAside:
    """Hands over the messages that are next in the queue, one at a time so that they keep their order."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._awaiting = False
        self._handed: Cell | None = None

    def awaits(self, awaiting: bool) -> None:
        """Take in whether the cell in the main thread awaits."""
        self._awaiting = awaiting

    def hand_over(self, queue: Queue, worker: Worker) -> None:
        """Hand over the next message, if it is the next of all and the cell awaits."""
        if not self._awaiting or self._handed is not None:
            return
        self._handed = queue.take_comm()
        if self._handed is not None:
            header = self._handed.message.raw_header
            self._publisher.publish("status", Status("busy"), header, record=False)
            worker.request(self._handed.message, aside=True)

    def take_back(self) -> Cell | None:
        """Return the message that was handed over, when the cell did not await any more or the worker is gone."""
        handed, self._handed = self._handed, None
        return handed

    def done(self, header: bytes) -> bool:
        """Take in that a message was handled; return whether it was handed over here."""
        if self._handed is None or self._handed.message.raw_header != header:
            return False
        self._handed = None
        self._publisher.publish("status", Status("idle"), header, record=False)
        return True
