"""What is done with each request, and the state of the worker that does it.

States of the worker: starting, idle, busy, dead.  A restart goes through starting; cells that wait stay in
the queue through all of them.
"""

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
    Header,
    InputDone,
    InputReply,
    InputRequest,
    InputWanted,
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
from kernel.supervisor.info import kernel_info
from kernel.supervisor.process import Death, ForkServer, Launch, Worker
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.queue import Cell, Queue
from kernel.supervisor.streams import Frame, Text
from kernel.worker.channel import HELLO, INPUT, IOPUB, READY, REPLY

State = Literal["starting", "idle", "busy", "dead"]

# seconds that an idle worker has for its exit handlers before it is killed
GRACE: Final = 2.0
# what the worker answers beside a running cell
_ASIDE: Final = frozenset(
    {"complete_request", "inspect_request", "is_complete_request", "history_request", "comm_info_request"}
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is decided by how the kernel was started.

    Under a kernel manager of Jupyter's a dead worker is replaced by itself, and a shutdown before a restart
    ends the supervisor, because the manager starts a new one.  In a session of cshell's both wait for the user.
    """

    manager: bool
    restart_by_itself: bool


@dataclass(slots=True)
class _Ending:
    """A worker that was told to end, and what follows."""

    deadline: float
    restart: bool


@dataclass(slots=True)
class _Asked:
    """The line of input that the running cell waits for."""

    request: Header
    cell: Message
    password: bool


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
    # why the first worker could not be started: one sentence
    failure: str | None = None
    _aside: dict[str, Message] = field(default_factory=dict)
    _main_request: Message | None = None
    _asked: _Asked | None = None
    _ending: _Ending | None = None
    _starts: int = 0
    _output_parent: bytes = EMPTY

    # ---- the worker's life -------------------------------------------------------------------------------

    def start_worker(self) -> None:
        """Ask for a worker."""
        self.state = "starting"
        self.publisher.record("kernel_starting", KernelStarting())
        self.publisher.publish("status", Status("starting"), record=False)
        try:
            self.worker = self.fork_server.launch(self.launch)
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

    def worker_ended(self) -> None:
        """Take in that the worker's process ended or closed its channel."""
        worker = self.worker
        if worker is None or (death := worker.reap()) is None:
            return
        self._deliver(worker.take_rest())
        started = worker.pid is not None
        self._discard()
        ending, self._ending = self._ending, None
        if ending is None and not started:
            self._fail(self.fork_server.complaint() or "the kernel's worker ended before it was ready; see the log")
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
        cell = self.queue.finish()
        if not expected:
            reason = f"the kernel was ended by {death}"
            died = KernelDied(reason, death.signal, death.exit_status, cell.msg_id if cell else None)
            self.publisher.record("kernel_died", died)
        else:
            reason = "the kernel was restarted or shut down"
        self._forget_input()
        if cell is not None:
            error = Error("DeadKernelError", reason, [f"DeadKernelError: {reason}"])
            self.publisher.publish("error", error, cell.message.raw_header)
            self._finish(
                cell,
                ExecuteReply("error", ename=error.ename, evalue=error.evalue, traceback=error.traceback),
            )
            if self.policy.restart_by_itself and cell.request.stop_on_error:
                self._abort_waiting()
        for message in self._aside.values():
            self._idle(message)
        self._aside.clear()
        self._main_request = None
        if not expected:
            self.publisher.publish("status", Status("dead"), record=False)

    def interrupt(self) -> None:
        """Interrupt the cell that runs; a worker that does nothing is left alone."""
        if self.worker is not None and self.state == "busy":
            self.worker.interrupt()

    def end_worker(self, *, restart: bool) -> None:
        """End the worker, then start another or end the supervisor.

        An idle worker runs its exit handlers; a busy one cannot, and is killed.
        """
        if self.worker is not None and self.worker.pid is None:
            # it was never ready: it ends when it finds its channel closed
            self._discard()
        if self.worker is None:
            if restart:
                self.start_worker()
            else:
                self.exit_status = 0
            return
        self._ending = _Ending(time.monotonic() + GRACE, restart)
        if self.state == "idle":
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
            self._input_came(message, content)
        elif channel == "feed" and isinstance(content, ReadRequest):
            self.publisher.read(message, content)

    def _shell(self, message: Message, content: Content) -> None:
        if isinstance(content, ExecuteRequest):
            submitted = Submitted(content.code, content.silent, content.store_history)
            self.publisher.record("submitted", submitted, message.raw_header)
            self.queue.add(Cell(message, content))
            self._next()
        elif isinstance(content, KernelInfoRequest):
            self._at_once("shell", message, "kernel_info_reply", kernel_info())
        elif isinstance(content, ShutdownRequest):
            self._control(message, content)
        elif message.header.msg_type in _ASIDE:
            self._ask_worker(message)
        else:
            raise RemoteProtocolError(f"{message.header.msg_type} is no request for the shell channel")

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
                self._at_once("control", message, "shutdown_reply", ShutdownReply(restart))
                # only a manager that started this process starts it again
                self.end_worker(restart=restart and not self.policy.manager)
            case _:
                raise RemoteProtocolError(f"{message.header.msg_type} is no request for the control channel")

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

    def _ask_worker(self, message: Message) -> None:
        """Have the worker answer: its main thread when that is free, so that answers follow what was run."""
        if self.worker is None:
            self._busy(message)
            content = OkReply("error", "DeadKernelError", "the kernel is dead", [])
            self.publisher.reply("shell", message, message.header.msg_type.replace("request", "reply"), content)
            self._idle(message)
            return
        self._busy(message)
        parts = _worker_parts(message)
        if self.state == "idle" and not self.queue and self._main_request is None:
            self._main_request = message
            self.worker.request(parts)
        else:
            self._aside[message.header.msg_id] = message
            self.worker.request(parts, aside=True)

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
        self._output_parent = cell.message.raw_header
        self.publisher.publish("status", Status("busy"), cell.message.raw_header)
        self.worker.request(_worker_parts(cell.message))

    def _finish(self, cell: Cell, reply: ExecuteReply) -> None:
        """Answer a cell that the worker did not answer."""
        parts = self.publisher.reply("shell", cell.message, "execute_reply", reply)
        self.publisher.record_parts(b"shell", parts)
        self.publisher.publish("status", Status("idle"), cell.message.raw_header)

    def _abort_waiting(self) -> None:
        for cell in self.queue.abort():
            self.publisher.publish("status", Status("busy"), cell.message.raw_header)
            self._finish(cell, ExecuteReply("aborted"))

    # ---- from the worker ---------------------------------------------------------------------------------

    def worker_said(self, frame: Sequence[bytes], worker: Worker) -> None:
        """Take a frame of the worker's: numbered ones wait for their place among the output."""
        if frame[0] == HELLO:
            worker.hello(int(frame[1]))
            self.watch(worker)
            if self._ending is not None:
                worker.kill()
        elif frame[1] == b"0":
            self._answered(frame[2:])
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
            kind, _, *parts = item.parts
            if kind == IOPUB:
                self.publisher.publish_parts(decode(parts[0])["msg_type"], parts[:4], parts[4:])
            elif kind == REPLY:
                self._replied(parts)
            elif kind == INPUT:
                self._input_wanted(parts)
            elif kind == READY:
                self._ready()

    def _replied(self, parts: list[bytes]) -> None:
        """Pass on a reply of the worker's main thread."""
        if self._main_request is not None:
            message, self._main_request = self._main_request, None
            self.publisher.send("shell", message.identities, parts)
            self._idle(message)
            return
        cell = self.queue.finish()
        if cell is None:
            return
        self.state = "idle"
        self._forget_input()
        reply = parse("execute_reply", decode(parts[3]))
        assert isinstance(reply, ExecuteReply)
        self.publisher.send("shell", cell.message.identities, parts)
        self.publisher.record_parts(b"shell", parts)
        self.publisher.publish("status", Status("idle"), cell.message.raw_header)
        if reply.status == "error" and cell.request.stop_on_error:
            self._abort_waiting()
        self._next()

    def _answered(self, parts: Sequence[bytes]) -> None:
        """Pass on a reply of the worker's helper thread."""
        message = self._aside.pop(decode(parts[1])["msg_id"], None)
        if message is not None:
            self.publisher.send("shell", message.identities, parts)
            self._idle(message)

    # ---- input -------------------------------------------------------------------------------------------

    def _input_wanted(self, parts: list[bytes]) -> None:
        cell = self.queue.running
        content = parse("input_request", decode(parts[3]))
        if cell is None or not isinstance(content, InputRequest):
            return
        header = Header.from_dict(decode(parts[0]))
        self._asked = _Asked(header, cell.message, content.password)
        wanted = InputWanted(header.msg_id, content.prompt, content.password)
        self.publisher.record("input_wanted", wanted, cell.message.raw_header)
        self.publisher.send("stdin", cell.message.identities, parts)

    def _input_came(self, message: Message, content: InputReply) -> None:
        """Take the first answer, from whoever it comes: the one who asked may be gone."""
        asked = self._asked
        parent = message.parent
        if asked is None or self.worker is None:
            return
        named = parent is not None and parent.msg_id == asked.request.msg_id
        if not named and message.identities != asked.cell.identities:
            return
        self._asked = None
        value = None if asked.password else content.value
        self.publisher.record("input_done", InputDone(asked.request.msg_id, value), asked.cell.raw_header)
        self.worker.answer(INPUT, encode(content.as_dict()))

    def _forget_input(self) -> None:
        if self._asked is not None:
            done = InputDone(self._asked.request.msg_id)
            self.publisher.record("input_done", done, self._asked.cell.raw_header)
            self._asked = None


def _worker_parts(message: Message) -> list[bytes]:
    parts = [message.raw_header, message.raw_parent, message.raw_metadata, message.raw_content]
    return [*parts, *message.buffers]
