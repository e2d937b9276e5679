"""What is done with each request, and the state of the worker that does it.

States of the worker: starting, idle, busy, dead.  A restart goes through starting; cells that wait stay in
the queue through all of them.
"""

import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import (
    Content,
    DropRequest,
    Error,
    ExecuteReply,
    ExecuteRequest,
    InputReply,
    InterruptRequest,
    KernelDied,
    KernelFailed,
    KernelInfoRequest,
    KernelStarted,
    KernelStarting,
    OkReply,
    ReadRequest,
    RestartRequest,
    ShutdownReply,
    ShutdownRequest,
    Status,
    Stream,
    Submitted,
    decode,
    encode,
    parse,
)
from kernel.protocol.wire import EMPTY, Message
from kernel.supervisor.aside import ASIDE, Aside, refuse, worker_parts
from kernel.supervisor.forking import ForkServer
from kernel.supervisor.info import kernel_info
from kernel.supervisor.input import Input
from kernel.supervisor.process import Death, Launch, Worker
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.queue import Cell, Queue
from kernel.supervisor.streams import Frame, Text
from kernel.worker.channel import BEGUN, HELLO, INPUT, IOPUB, READY, REPLY

State = Literal["starting", "idle", "busy", "dead"]

# seconds that an idle worker has for its exit handlers before it is killed
GRACE: Final = 2.0


@dataclass(frozen=True, slots=True)
class Policy:
    """What is decided by how the kernel was started.

    Under a kernel manager of Jupyter's a dead worker is replaced by itself, and a shutdown before a restart
    ends the supervisor, because the manager starts a new one.  In a session of cshell's both wait for the
    user.
    """

    manager: bool
    restart_by_itself: bool


@dataclass(slots=True)
class _Ending:
    """A worker that was told to end, and what follows."""

    deadline: float
    restart: bool


@dataclass(slots=True)
class Dispatcher:
    """Takes messages from clients and from the worker, and says what follows from them."""

    publisher: Publisher
    fork_server: ForkServer
    launch: Launch
    policy: Policy
    watch: Callable[[Worker], None]
    unwatch: Callable[[Worker], None]
    state: State = "starting"
    worker: Worker | None = None
    queue: Queue = field(default_factory=Queue)
    # set when the process is to end: its exit status
    exit_status: int | None = None
    # why no worker could be started: one sentence
    failure: str | None = None
    _aside: Aside = field(init=False)
    _input: Input = field(init=False)
    _ending: _Ending | None = None
    _starts: int = 0
    _output_parent: bytes = EMPTY
    # whether the running cell has begun in the worker; an interrupt before that waits for it
    _begun: bool = False
    _interrupt_waits: bool = False

    def __post_init__(self) -> None:
        self._aside = Aside(self.publisher)
        self._input = Input(self.publisher)

    # ---- the worker's life -------------------------------------------------------------------------------

    def start_worker(self) -> None:
        """Ask for a worker."""
        self.state = "starting"
        self.publisher.record("kernel_starting", KernelStarting())
        self.publisher.publish("status", Status("starting"), record=False)
        try:
            self.worker = Worker.launched(self.fork_server, self.launch)
        except OSError as error:
            self._fail(self.fork_server.complaint() or f"the kernel cannot be started: {error}")
            return
        self.watch(self.worker)

    def fork_server_spoke(self) -> None:
        """Take in that the fork server ended: without it, a worker that was asked for will not come."""
        complaint = self.fork_server.complaint()
        if complaint is not None and self.worker is not None and self.worker.pid is None:
            self._discard()
            self._fail(complaint)

    def _fail(self, reason: str) -> None:
        self.state = "dead"
        self._aside.fail(reason)
        self.publisher.record("kernel_failed", KernelFailed(reason))
        self.publisher.publish("status", Status("dead"), record=False)
        if self._starts == 0 or self.policy.manager:
            self.failure = reason
            self.exit_status = 1

    def _ready(self) -> None:
        assert self.worker is not None
        assert self.worker.pid is not None
        self._starts += 1
        self.state = "idle"
        self.publisher.record("kernel_started", KernelStarted(self.worker.pid, restarted=self._starts > 1))
        self.publisher.publish("status", Status("idle"), record=False)
        self._next()

    def worker_ended(self, *, gone: bool = False) -> None:
        """Take in that the worker's process ended, or only closed its channel; `gone`: it ended, somehow."""
        worker = self.worker
        if worker is None:
            return
        if worker.pid is not None and worker.death is None and not gone:
            # user code closed the channel under it: nothing can be said to it any more
            worker.kill()
            return
        # what it started would print into a session that does not know it any more
        worker.kill()
        self._deliver(worker.take_rest())
        started = worker.pid is not None
        death = worker.death or Death(None, None)
        self._discard()
        ending, self._ending = self._ending, None
        if ending is None and not started:
            reason = "the kernel's worker ended before it was ready; see the log"
            self._fail(self.fork_server.complaint() or reason)
            return
        self._bury(death, expected=ending is not None)
        if ending is not None and not ending.restart:
            self.exit_status = 0
        elif ending is not None or self.policy.restart_by_itself:
            self.publisher.publish("status", Status("restarting"), record=False)
            self.start_worker()

    def _discard(self) -> None:
        assert self.worker is not None
        self.unwatch(self.worker)
        self.worker.close()
        self.worker = None

    def _bury(self, death: Death, *, expected: bool) -> None:
        """Say what died, and answer what it did not."""
        self.state = "dead"
        self._begun = False
        cell = self.queue.finish()
        reason = "the kernel was restarted or shut down"
        if not expected:
            reason = f"the kernel was ended by {death}"
            died = KernelDied(reason, death.signal, death.exit_status, cell.msg_id if cell else None)
            self.publisher.record("kernel_died", died)
        self._input.forget()
        if cell is not None:
            error = Error("DeadKernelError", reason, [f"DeadKernelError: {reason}"])
            self.publisher.publish("error", error, cell.message.raw_header)
            self._finish(
                cell,
                ExecuteReply("error", ename=error.ename, evalue=error.evalue, traceback=error.traceback),
            )
            if self.policy.restart_by_itself and cell.request.stop_on_error:
                self.abort_waiting()
        self._aside.fail(reason)
        if not expected:
            self.publisher.publish("status", Status("dead"), record=False)

    def interrupt(self) -> None:
        """Interrupt what runs; a worker that does nothing is left alone."""
        if self.worker is None:
            return
        if self._aside.in_main or self._begun:
            self.worker.interrupt()
        self._interrupt_waits = self.state == "busy" and not self._begun

    def _cell_begun(self) -> None:
        self._begun = True
        if self._interrupt_waits:
            self.interrupt()

    def end_worker(self, *, restart: bool) -> None:
        """End the worker, then start another or end the supervisor.

        An idle worker runs its exit handlers; a busy one cannot, and is killed.
        """
        if self.worker is not None and self.worker.pid is None:
            # it was never ready: it ends when it finds its channel closed
            self._discard()
            self._aside.fail("the kernel was restarted or shut down")
        if self.worker is None:
            if restart:
                self.start_worker()
            else:
                self.exit_status = 0
            return
        self._ending = _Ending(time.monotonic() + GRACE, restart)
        if self.state == "idle" and not self._aside.in_main:
            self.worker.shut_down()
        else:
            self.worker.kill()

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do (monotonic seconds)."""
        return None if self._ending is None else self._ending.deadline

    def tick(self) -> None:
        """Kill a worker that did not end in time."""
        if self._ending is None or self.worker is None or time.monotonic() < self._ending.deadline:
            return
        self._ending.deadline += GRACE
        self.worker.kill()

    # ---- from clients ------------------------------------------------------------------------------------

    def client_sent(self, channel: str, message: Message) -> None:
        """Do what a client asks.  Raises RemoteProtocolError when the request makes no sense."""
        content = message.content
        if channel == "shell":
            self._shell(message, content)
        elif channel == "control":
            self._control(message, content)
        elif channel == "stdin" and isinstance(content, InputReply):
            if self.worker is not None and self._input.came(message, content):
                self.worker.answer(INPUT, encode(content.as_dict()))
        elif channel == "feed" and isinstance(content, ReadRequest):
            self.publisher.read(message, content)

    def refuse(self, channel: str, message: Message, reason: str) -> None:
        """Answer a request that makes no sense; what is no request is dropped."""
        if message.header.msg_type.endswith("_request"):
            reply = OkReply("error", "RemoteProtocolError", reason, [])
            refuse(self.publisher, channel, message, reply)

    def _shell(self, message: Message, content: Content) -> None:
        match content:
            case ExecuteRequest():
                submitted = Submitted(content.code, content.silent, content.store_history)
                self.publisher.record("submitted", submitted, message.raw_header)
                self.queue.add(Cell(message, content))
                self._next()
            case KernelInfoRequest():
                self._at_once("shell", message, "kernel_info_reply", kernel_info())
            case ShutdownRequest(restart):
                self._shut_down("shell", message, restart)
            case _ if message.header.msg_type not in ASIDE:
                raise RemoteProtocolError(f"{message.header.msg_type} is no request for the shell channel")
            case _ if self.worker is None:
                reply = OkReply("error", "DeadKernelError", "the kernel is dead", [])
                refuse(self.publisher, "shell", message, reply)
            case _:
                self._aside.ask(message, self.worker, free=self.state == "idle" and not self.queue)

    def _control(self, message: Message, content: Content) -> None:
        match content:
            case KernelInfoRequest():
                self._at_once("control", message, "kernel_info_reply", kernel_info())
            case InterruptRequest():
                self.interrupt()
                self._at_once("control", message, "interrupt_reply", OkReply())
            case RestartRequest():
                self._at_once("control", message, "restart_reply", OkReply())
                self.end_worker(restart=True)
            case DropRequest(msg_id):
                self._drop(message, msg_id)
            case ShutdownRequest(restart):
                self._shut_down("control", message, restart)
            case _:
                raise RemoteProtocolError(f"{message.header.msg_type} is no request for the control channel")

    def _shut_down(self, channel: str, message: Message, restart: bool) -> None:
        self._at_once(channel, message, "shutdown_reply", ShutdownReply(restart))
        # only a manager that started this process starts it again
        self.end_worker(restart=restart and not self.policy.manager)

    def _at_once(self, channel: str, message: Message, msg_type: str, content: Content) -> None:
        self._busy(message)
        self.publisher.reply(channel, message, msg_type, content)
        self._idle(message)

    def _drop(self, message: Message, msg_id: str) -> None:
        cell = self.queue.drop(msg_id)
        if cell is None:
            reply = OkReply("error", "NotWaiting", "the cell does not wait any more", [])
        else:
            self._finish(cell, ExecuteReply("aborted"))
            reply = OkReply()
        self._at_once("control", message, "drop_reply", reply)

    def _busy(self, message: Message) -> None:
        self.publisher.publish("status", Status("busy"), message.raw_header, record=False)

    def _idle(self, message: Message) -> None:
        self.publisher.publish("status", Status("idle"), message.raw_header, record=False)

    # ---- cells -------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Hand the next cell to the worker if it is free."""
        if self.worker is None or self.state != "idle" or self._ending is not None:
            return
        cell = self.queue.start()
        if cell is None:
            return
        self.state = "busy"
        self._begun = self._interrupt_waits = False
        self._output_parent = cell.message.raw_header
        self.publisher.publish("status", Status("busy"), cell.message.raw_header)
        self.worker.request(worker_parts(cell.message))

    def _finish(self, cell: Cell, reply: ExecuteReply) -> None:
        """Answer a cell that the worker did not answer."""
        parts = self.publisher.reply("shell", cell.message, "execute_reply", reply)
        self.publisher.record_parts(b"shell", parts)
        self.publisher.publish("status", Status("idle"), cell.message.raw_header)

    def abort_waiting(self) -> None:
        """Answer all cells that wait: they will not run."""
        for cell in self.queue.abort():
            self.publisher.publish("status", Status("busy"), cell.message.raw_header)
            self._finish(cell, ExecuteReply("aborted"))

    # ---- from the worker ---------------------------------------------------------------------------------

    def worker_said(self, frame: Sequence[bytes], worker: Worker) -> None:
        """Take a frame of the worker's: numbered ones wait for their place among the output."""
        kind, number, *parts = frame
        if kind == HELLO:
            worker.hello(int(parts[0]))
            self.watch(worker)
        elif number == b"0":
            self._aside.helper_replied(parts)
        else:
            worker.add(frame)

    def deliver(self) -> None:
        """Pass on what the worker printed and said, as far as it is in order."""
        if self.worker is not None:
            self._deliver(self.worker.take())

    def _deliver(self, items: Iterable[Text | Frame]) -> None:
        for item in items:
            if isinstance(item, Text):
                self.publisher.publish("stream", Stream(item.name, item.text), self._output_parent)
                continue
            try:
                self._frame(item.parts)
            except RemoteProtocolError as error:
                # user code can put anything into what the worker says
                print(f"dropped what the worker said: {error}", file=sys.stderr, flush=True)

    def _frame(self, frame: Sequence[bytes]) -> None:
        kind, _, *parts = frame
        if kind == BEGUN:
            self._cell_begun()
        if kind in (IOPUB, BEGUN) and parts:
            self.publisher.publish_parts(decode(parts[0])["msg_type"], parts[:4], parts[4:])
        elif kind == REPLY and not self._aside.main_replied(parts):
            self._replied(parts)
        elif kind == INPUT and self.queue.running is not None:
            self._input.wanted(parts, self.queue.running.message)
        elif kind == READY:
            self._ready()

    def _replied(self, parts: list[bytes]) -> None:
        """Pass on how the running cell ended."""
        cell = self.queue.finish()
        if cell is None:
            return
        self.state = "idle"
        self._begun = False
        self._input.forget()
        try:
            reply = parse("execute_reply", decode(parts[3]))
            assert isinstance(reply, ExecuteReply)
        except RemoteProtocolError as error:
            reply = ExecuteReply("error", ename="RemoteProtocolError", evalue=str(error), traceback=[])
            self._finish(cell, reply)
        else:
            self.publisher.send("shell", cell.message.identities, parts)
            self.publisher.record_parts(b"shell", parts)
            self.publisher.publish("status", Status("idle"), cell.message.raw_header)
        if reply.status == "error" and cell.request.stop_on_error:
            self.abort_waiting()
        self._next()
