"""How a kernel becomes known: it says what it is, and what it publishes is heard, before it is given a cell."""

import time
from typing import Final

from kernel.protocol.messages import KernelInfoRequest
from kernel.protocol.wire import Message
from kernel.supervisor.broker_requests import Requests

# seconds between two questions to a kernel that answers, but publishes nothing that reaches us yet
_AGAIN: Final = 0.1
# and after which one is taken for a kernel that publishes little
_SILENT: Final = 3.0
# seconds in which a free kernel answers on shell as it does on control
_BUSY: Final = 0.3


class Handshake:
    """Asks what the kernel is: on control too where somebody else may have it compute, which keeps shell waiting.

    The first thing published tells that our subscription has reached it (JEP 65): before that, output would be lost.
    """

    def __init__(self, requests: Requests, *, owned: bool) -> None:
        self._requests = requests
        self._owned = owned
        self.info: bytes | None = None
        # the kernel's own session identifier, which another process in its place does not have
        self.session = ""
        self.heard = False
        # whether it is under way
        self.pending = False
        self._asked = 0.0
        self._answered = 0.0
        self._shell: str | None = None

    def begin(self) -> None:
        """Ask."""
        self.info, self.session, self.heard = None, "", False
        self.pending, self._shell = True, None
        self._ask()

    def fail(self) -> None:
        """Take in that there is no kernel any more."""
        self.pending, self._shell = False, None

    def _ask(self) -> None:
        self._asked = time.monotonic()
        content = KernelInfoRequest().as_dict()
        if not self._owned:
            self._requests.own("control", "kernel_info_request", content, self._came)
        if self._shell is None:
            self._shell = self._requests.own("shell", "kernel_info_request", content, self._shell_came)

    def _shell_came(self, reply: Message) -> None:
        self._shell = None
        self._came(reply)

    def _came(self, reply: Message) -> None:
        if self.info is None:
            self._answered = time.monotonic()
        parent = reply.parent
        if parent is None or reply.header.session != parent.session:
            # some kernels sign with the session of whoever asked
            self.session = reply.header.session
        self.info = reply.raw_content

    @property
    def is_new(self) -> bool:
        """Whether a kernel of ours has been started and is not known yet."""
        return self.pending and self._owned

    @property
    def busy(self) -> bool:
        """Whether the kernel computes for somebody: it has not answered on shell."""
        return self._shell is not None

    def completed(self, now: float) -> bool:
        """Whether all is known by now that is to be known; it is over then."""
        if self.info is None or not self.pending:
            return False
        free = not self.busy or (not self._owned and now >= self._answered + _BUSY)
        self.pending = not (free and (self.heard or now >= self._answered + _SILENT))
        return not self.pending

    @property
    def deadline(self) -> float | None:
        """When there is something to do (monotonic seconds)."""
        return self._asked + _AGAIN if self.pending and self.info is not None else None

    def tick(self, now: float) -> None:
        """Ask again: the answer was published before there was anybody to hear it."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.heard:
            self._asked = now
        else:
            self._ask()
