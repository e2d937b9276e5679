"""The life of somebody else's kernel: it starts, becomes known, dies, and may start again.

Phases: starting, ready, dead.  Cells that wait stay in the queue through all of them.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from kernel.protocol.connection import Connection
from kernel.protocol.messages import KernelDied, KernelFailed, KernelStarting, ShutdownRequest, Status
from kernel.protocol.wire import Author, Message
from kernel.supervisor.autopsy import Autopsy
from kernel.supervisor.broker_cells import HandedCells
from kernel.supervisor.broker_handshake import Handshake
from kernel.supervisor.broker_incoming import Incoming
from kernel.supervisor.broker_info import Info
from kernel.supervisor.broker_others import Others
from kernel.supervisor.broker_parents import Parents
from kernel.supervisor.broker_requests import Requests
from kernel.supervisor.cells import Cells
from kernel.supervisor.foreign import Ended, Event, Failed, Foreign, Launched
from kernel.supervisor.input import Input
from kernel.supervisor.kernel_sockets import ConnectError, KernelSockets
from kernel.supervisor.process import Death
from kernel.supervisor.publisher import Publisher

Phase = Literal["starting", "ready", "dead"]

# seconds that an idle kernel has to end by itself before it is killed
_GRACE: Final = 2.0
# seconds in which what a dead kernel has sent arrives
_LAST_WORDS: Final = 0.5
# seconds between two heartbeats; how many go unanswered before a kernel is taken for dead, without a connection to it
# or with one, and before it is none
_BEAT: Final = 1.0
_GONE: Final = 3
_MISSED: Final = 5
_NEVER: Final = 4
# lines of a kernel's own output that a report repeats, and the sentence of one that could not be started
_LINES: Final = 24
_LAST_LINES: Final = 3
ENDED: Final = "the kernel was restarted or shut down"
_REPLACED: Final = "the kernel was restarted by whom it belongs to"
_LOST: Final = "the kernel does not answer any more"


@dataclass(slots=True)
class _Ending:
    """A kernel that was told to end, and what follows."""

    deadline: float
    restart: bool
    reason: str


class Life:
    """One kernel after the other, with all that concerns the one there is."""

    def __init__(self, publisher: Publisher, kernel: Foreign, username: str) -> None:
        self.publisher = publisher
        self.kernel = kernel
        self.phase: Phase = "starting"
        # set when the process is to end: its exit status
        self.exit_status: int | None = None
        # why no kernel could be started: one sentence
        self.failure: str | None = None
        self.sockets: KernelSockets | None = None
        author = Author(username)
        self.cells = Cells(publisher)
        self.info = Info(publisher, author)
        self.input = Input(publisher)
        self.parents = Parents()
        self.handed = HandedCells(publisher, self.cells)
        self.others = Others(publisher, author)
        self.requests = Requests(publisher, author, self.parents, self.info)
        self.handshake = Handshake(self.requests, owned=kernel.owned)
        self.incoming = Incoming(
            publisher, self.parents, self.handed, self.requests, self.others, self.input, self.handshake
        )
        # what was asked of a kernel that was not ready yet
        self.early: list[tuple[str, Message]] = []
        self._autopsy = Autopsy()
        self._ending: _Ending | None = None
        # the death of a kernel whose last words may still be under way, and until when
        self._grave: tuple[Death, float] | None = None
        self._starts = 0
        # whether there is a process, or will be
        self._runs = False
        # by what the kernel that was ready last is known
        self._session = ""
        self._anew = False
        self._connection: Connection | None = None
        self._connections = 0
        self._beat_at = 0.0

    @property
    def busy(self) -> bool:
        """Whether the kernel computes, for whomever."""
        return self.cells.queue.running is not None or self.others.running or self.handshake.busy

    @property
    def is_free(self) -> bool:
        """Whether the kernel can be given a cell."""
        return self.phase == "ready" and self._ending is None and self._grave is None

    @property
    def deadline(self) -> float | None:
        """When `serve` has something to do in any case (monotonic seconds)."""
        times = (
            self.kernel.deadline,
            self.handed.deadline,
            self.requests.deadline,
            self.input.deadline,
            self.handshake.deadline,
            self._ending.deadline if self._ending is not None else None,
            self._grave[1] if self._grave is not None else None,
            None if self.kernel.owned or self.sockets is None else self._beat_at,
        )
        return min((moment for moment in times if moment is not None), default=None)

    def watched(self) -> Mapping[object, int]:
        """Return what is to be watched until the next look."""
        wanted = dict(self.kernel.watched())
        if self.sockets is not None:
            wanted.update(self.sockets.watched)
        return wanted

    def serve(self, ready: Mapping[object, int]) -> None:
        """Take in what has come, and do what is due."""
        for event in self.kernel.serve():
            self._happened(event)
        sockets, now = self.sockets, time.monotonic()
        if sockets is not None:
            sockets.serve(ready)
            self.incoming.receive(sockets, ready, whole=self._grave is not None)
            if self.handshake.completed(now):
                self._known()
            self.handshake.tick(now)
            if not self.handshake.busy:
                # it has answered on shell, and before that, whatever it computed was over
                self.others.nothing_before()
            self.requests.tick(now)
            self.input.tick(now)
            if not self.kernel.owned and self.sockets is sockets:
                self._look_after(sockets, now)
            if self._grave is not None and (now >= self._grave[1] or not sockets.connected):
                self._buried(self._grave[0])
        if self._ending is not None and now >= self._ending.deadline:
            self._ending.deadline = now + _GRACE
            self.kernel.kill()

    # ---- its beginning -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Have a kernel started, or connect to the one there is."""
        self.phase, self._runs = "starting", True
        self.publisher.record("kernel_starting", KernelStarting())
        self.publisher.publish("status", Status("starting"), record=False)
        self.kernel.start()
        for event in self.kernel.serve():
            self._happened(event)

    def _happened(self, event: Event) -> None:
        match event:
            case Launched(connection):
                if self._open(connection):
                    self.handshake.begin()
            case Failed(reason) if self._runs:
                self._runs = False
                self._fail(reason)
            case Ended(death) if self._runs:
                self._runs = False
                self._ended(death)

    def _open(self, connection: Connection) -> bool:
        """Connect anew: nothing that was meant for the kernel before reaches this one.  Return whether that can be."""
        self._close()
        self._connection, self._connections = connection, 0
        try:
            self.sockets = KernelSockets(connection)
        except ConnectError as error:
            self.kernel.kill()
            self._runs = False
            self._fail(f"{self.kernel.label} cannot be reached: {error}")
            return False
        self.requests.open(self.sockets)
        return True

    def _close(self) -> None:
        self.handshake.fail()
        if self.sockets is not None:
            self.sockets.close()
            self.sockets = None

    def _fail(self, reason: str, said: str = "") -> None:
        """Take in that there is no kernel, and will be none; `said` is what the sentence is too short for."""
        self._close()
        ending, self._ending = self._ending, None
        self.phase = "dead"
        self._refuse(reason)
        self.info.refuse(reason)
        self.publisher.record("kernel_failed", KernelFailed(reason, said or None))
        self.publisher.publish("status", Status("dead"), record=False)
        if ending is not None:
            self._go_on(ending)
        elif self._starts == 0:
            lines = [line.strip() for line in said.splitlines() if line.strip()]
            self.failure = f"{reason}; it said: {'; '.join(lines[-_LAST_LINES:])}" if lines else reason
            self.over(1)

    def _known(self) -> None:
        """Take in that the kernel has said what it is, at its beginning or when it was connected to again."""
        handshake = self.handshake
        assert handshake.info is not None
        same = handshake.session == self._session != ""
        if self.phase == "ready":
            if not same:
                self._replaced()
            elif not handshake.busy:
                # what it has answered meanwhile is lost with the connection
                self.handed.expect_no_more()
            return
        self._starts += 1
        restarted = self._starts > 1 and (self.kernel.owned or self._anew or not same)
        self._session, self.phase = handshake.session, "ready"
        self._anew = self.incoming.replaced = False
        if restarted:
            self.cells.count = 0
        self._autopsy.worker_started()
        self.kernel.answered()
        self.info.known(handshake.info)
        started = self.info.started(self.kernel.pid, restarted=restarted, owned=self.kernel.owned)
        self.publisher.record("kernel_started", started)
        self.publisher.publish("status", Status("idle"), record=False)
        if handshake.busy and self.cells.queue.running is None and not self.others.running:
            self.others.begun_before()

    # ---- its end -----------------------------------------------------------------------------------------

    def end_kernel(self, *, restart: bool, reason: str = ENDED) -> None:
        """End the kernel, then start another or end the supervisor; somebody else's is left alive.

        An idle kernel may end by itself; a busy one cannot, and is killed.
        """
        ending = _Ending(time.monotonic() + _GRACE, restart, reason)
        if not self.kernel.owned:
            self.requests.leave()
            self._bury("the session was ended; the kernel goes on")
            self.over(0)
        elif not self._runs:
            if self._grave is None:
                self._go_on(ending)
            else:
                self._ending = ending
        elif self.is_free and self.cells.queue.running is None and not self.requests.waits:
            self._ending = ending
            self.requests.own("control", "shutdown_request", ShutdownRequest(restart).as_dict(), lambda _: None)
        else:
            self._ending = ending
            self.kernel.kill()

    def _go_on(self, ending: _Ending) -> None:
        if ending.restart:
            self.publisher.publish("status", Status("restarting"), record=False)
            self.start()
        else:
            self.over(0)

    def over(self, status: int) -> None:
        """End the process, and with it a kernel of its own."""
        self._close()
        self.kernel.close()
        self.exit_status = status

    def _ended(self, death: Death) -> None:
        """Take in that the process ended."""
        if self.phase == "ready":
            self._grave = death, time.monotonic() + _LAST_WORDS
        elif self._ending is not None:
            self._buried(death)
        else:
            self._fail(f"{self.kernel.label} was ended by {death} before it was ready", self._said())

    def _buried(self, death: Death) -> None:
        """Say how the kernel died, unless that was wanted."""
        self._grave = None
        self.handed.begin_all()
        ending, self._ending = self._ending, None
        if ending is not None:
            self._bury(ending.reason)
            self._go_on(ending)
        else:
            died = self._report(death)
            self.publisher.record("kernel_died", died)
            self._bury(died.reason)
            self.publisher.publish("status", Status("dead"), record=False)

    def _said(self) -> str:
        """Return the last lines that the kernel wrote into its own log."""
        return "\n".join(self.kernel.output().splitlines()[-_LINES:])

    def _report(self, death: Death) -> KernelDied:
        """Return what is known of a death that nobody asked for."""
        self._autopsy.printed(self.kernel.output())
        died = replace(self._autopsy.report(death, self._said(), self.cells.queue.running), owned=self.kernel.owned)
        return died if death.signal or death.exit_status is not None else replace(died, reason="the kernel is gone")

    def _bury(self, reason: str) -> None:
        """Answer what the kernel did not."""
        self._close()
        self.phase = "dead"
        self.cells.queue.finish()
        self.incoming.forget()
        for handed in self.handed.clear():
            if handed.reply is not None:
                self.handed.finish(handed)
            else:
                # also when nothing was heard of it: it may have begun, and is not to run twice
                self.cells.fail(handed.cell, reason)
        self.others.fail(reason)
        self._refuse(reason)

    def _refuse(self, reason: str) -> None:
        self.requests.fail(reason)
        early, self.early = self.early, []
        for channel, message in early:
            if message.header.msg_type.endswith("_request"):
                self.publisher.refuse(channel, message, "DeadKernelError", reason)

    # ---- a kernel of somebody else's ---------------------------------------------------------------------

    def _look_after(self, sockets: KernelSockets, now: float) -> None:
        """See whether a kernel lives that is no child of ours, and whether it is still the same."""
        if self.incoming.replaced and self.phase == "ready":
            self._replaced()
            return
        if self.phase == "dead" and sockets.beats:
            self.phase = "starting"
            self.publisher.record("kernel_starting", KernelStarting())
            self.handshake.begin()
        if sockets.connections != self._connections:
            again, self._connections = self._connections > 0, sockets.connections
            if again and self.phase == "ready" and not self.handshake.pending:
                self.handshake.begin()
        if now >= self._beat_at:
            self._beat_at = now + _BEAT
            missed = sockets.unanswered
            sockets.beat()
            self._missed(missed, connected=sockets.connected)

    def _missed(self, beats: int, *, connected: bool) -> None:
        """Take in that the kernel did not return so many beats; some kernels do not while they compute."""
        if self.phase == "dead" or (connected and self.busy):
            return
        if self._starts == 0:
            if beats >= _NEVER and self.handshake.info is None:
                self._fail(f"{self.kernel.label} does not answer: it has probably ended")
        elif beats >= (_MISSED if connected else _GONE):
            self.publisher.record("kernel_died", replace(self._report(Death(None, None)), reason=_LOST))
            self._bury(_LOST)
            self.publisher.publish("status", Status("dead"), record=False)
            # it may come back
            assert self._connection is not None
            self._open(self._connection)

    def _replaced(self) -> None:
        """Take in that another process has taken the kernel's place: its owner restarted it."""
        self._bury(_REPLACED)
        assert self._connection is not None
        self.phase, self._anew = "starting", True
        self.publisher.record("kernel_starting", KernelStarting())
        self.publisher.publish("status", Status("restarting"), record=False)
        if self._open(self._connection):
            self.handshake.begin()
