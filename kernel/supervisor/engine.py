"""What the supervisor's loop wants of a kernel, its own or somebody else's."""

from collections.abc import Mapping
from typing import Protocol

from kernel.protocol.session import SessionStatus
from kernel.protocol.wire import Message
from kernel.supervisor.process import Death


class Engine(Protocol):
    """A kernel: takes what clients ask, and publishes what comes of it.

    Its descriptors and zmq sockets are watched by the loop, which calls `serve` after each look at them.
    """

    @property
    def kernel_name(self) -> str:
        """What the kernel is called."""

    @property
    def language(self) -> str:
        """The language that it runs, as the kernelspec names it."""

    @property
    def lexer(self) -> str:
        """The name of Pygments' lexer for it."""

    @property
    def exit_status(self) -> int | None:
        """With what the process is to end, once it is to."""

    @property
    def failure(self) -> str | None:
        """Why no kernel could be started: one sentence."""

    @property
    def deadline(self) -> float | None:
        """When `serve` has something to do in any case (monotonic seconds)."""

    @property
    def status(self) -> SessionStatus:
        """How the kernel is; what the kernel does not know is left at its default."""

    def begin(self) -> None:
        """Start the kernel."""

    def watched(self) -> Mapping[object, int]:
        """Return what is to be watched until the next look, each with zmq's flags of what for."""

    def serve(self, ready: Mapping[object, int]) -> None:
        """Take in what has come, and do what is due."""

    def client_sent(self, channel: str, message: Message) -> None:
        """Do what a client asks.  Raises RemoteProtocolError when the request makes no sense."""

    def child_ended(self, pid: int, death: Death) -> None:
        """Take in that a child of this process ended."""

    def interrupt(self) -> None:
        """Interrupt what runs."""

    def end(self) -> None:
        """End the kernel and then the process."""

    def abort_waiting(self) -> None:
        """Answer all cells that wait: they will not run."""
