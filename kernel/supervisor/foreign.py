"""Somebody else's kernel as a process: what is wanted of it, and what happens to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kernel.protocol.connection import Connection
from kernel.protocol.session import Session
from kernel.supervisor.process import Death


@dataclass(frozen=True, slots=True)
class Launched:
    """The kernel's process runs, or is about to listen at least."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no kernel: one sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The kernel's process is gone."""

    death: Death


Event = Launched | Failed | Ended


class Foreign(Protocol):
    """The process behind the sockets.

    `owned` is whether it was started for this session, and ends with it; `by_message` whether it wants interrupts as
    messages; `pid` is None where its process is not known.
    """

    name: str
    # what sentences call it
    label: str
    language: str
    owned: bool
    by_message: bool
    pid: int | None

    def live_in(self, place: Callable[[], Session]) -> None:
        """Take in whose session this is: in its directories are the sockets and the output."""

    def start(self) -> None:
        """Have it run; `serve` tells what comes of that."""

    def answered(self) -> None:
        """Take in that it has answered."""

    @property
    def deadline(self) -> float | None:
        """When `serve` has something to do in any case (monotonic seconds)."""

    def watched(self) -> Mapping[object, int]:
        """Return the descriptors to be watched, each with zmq's flags of what for."""

    def serve(self) -> list[Event]:
        """Return what has happened."""

    def signal(self, number: int) -> None:
        """Send it a signal, with what it started."""

    def kill(self) -> None:
        """End it, with what it started."""

    def output(self) -> str:
        """Return the end of what it has written to its own standard output and error."""

    def close(self) -> None:
        """Let go of it."""
