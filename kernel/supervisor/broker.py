"""Somebody else's kernel as an engine of the supervisor: a broker between their five sockets and ours.

What clients ask is sent on in the very frames that came, signed with the kernel's key; what the kernel answers and
publishes comes back under the headers that the clients sent.  Queue, journal and feed are those of our own kernel.
"""

import signal
import time
from collections.abc import Mapping
from typing import Final

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import (
    ColumnsRequest,
    CommClose,
    CommMsg,
    CommOpen,
    Content,
    DebugRequest,
    DropRequest,
    EditRequest,
    ExecuteRequest,
    InputReply,
    InterruptRequest,
    KernelInfoRequest,
    MoveRequest,
    OkReply,
    RestartRequest,
    ShutdownReply,
    ShutdownRequest,
    SourceRequest,
    StackRequest,
    Stream,
    UsageRequest,
)
from kernel.protocol.session import SessionStatus
from kernel.protocol.wire import EMPTY, Message
from kernel.supervisor.aside import ASIDE
from kernel.supervisor.broker_life import Life
from kernel.supervisor.broker_requests import parts_of
from kernel.supervisor.cells import first_line
from kernel.supervisor.foreign import Foreign
from kernel.supervisor.ladder import Ladder, Step
from kernel.supervisor.process import Death
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.queue import Cell, without_history
from kernel.supervisor.sources import around
from kernel.supervisor.usage import Usage

# what is asked on the control channel and done by the kernel
_OF_KERNEL: Final = frozenset(
    {"debug_request", "create_subshell_request", "delete_subshell_request", "list_subshell_request"}
)
_UNTAKEN: Final = "the kernel has not stopped for the interrupt, which was sent again; "
_LAST_STEP: Final = "the next one ends the kernel and starts another"
_THEIRS: Final = "the kernel was started by somebody else, and can be restarted only there"
_NOT_OURS: Final = "it belongs to somebody else, so that it is not ended here"


class Broker:
    """The engine: what clients ask, and what runs."""

    def __init__(self, publisher: Publisher, kernel: Foreign, username: str) -> None:
        self._publisher = publisher
        self._kernel = kernel
        self._life = Life(publisher, kernel, username)
        self._cells = self._life.cells
        self._ladder = Ladder()
        self._usage = Usage()
        # when the running cell was given to the kernel (seconds since the epoch)
        self._since: float | None = None

    # ---- what the loop asks ------------------------------------------------------------------------------

    @property
    def kernel_name(self) -> str:
        """What the kernel is called."""
        return self._kernel.name

    @property
    def language(self) -> str:
        """The language that it runs, as the kernelspec or the kernel itself names it."""
        return self._life.info.language or self._kernel.language

    @property
    def lexer(self) -> str:
        """The name of Pygments' lexer for it."""
        return self._life.info.lexer or self._kernel.language.lower()

    @property
    def exit_status(self) -> int | None:
        """With what the process is to end, once it is to."""
        return self._life.exit_status

    @property
    def failure(self) -> str | None:
        """Why no kernel could be started: one sentence."""
        return self._life.failure

    @property
    def deadline(self) -> float | None:
        """When `serve` has something to do in any case (monotonic seconds)."""
        return self._life.deadline

    @property
    def status(self) -> SessionStatus:
        """How the kernel is."""
        life, cell = self._life, self._cells.queue.running
        handed = life.handed.of(cell.msg_id) if cell is not None else None
        # a cell of ours waits in the kernel for what runs there
        waits = handed is not None and not handed.begun and life.others.running
        if waits:
            cell = None
        code = cell.code if cell is not None else life.others.code
        return SessionStatus(
            ("busy" if life.busy else "idle") if life.phase == "ready" else life.phase,
            count=self._cells.count + (cell is not None),
            cell=first_line(code),
            since=self._since if cell is not None else life.others.since,
            waiting=len(self._cells.queue) + waits,
            asks=life.input.waits,
            pid=self._kernel.pid,
        )

    def begin(self) -> None:
        """Start the kernel, or connect to it."""
        self._life.start()

    def watched(self) -> Mapping[object, int]:
        """Return what is to be watched until the next look."""
        return self._life.watched()

    def serve(self, ready: Mapping[object, int]) -> None:
        """Take in what the kernel said, and do what is due."""
        self._life.serve(ready)
        for handed, status in self._life.handed.ended():
            if handed.beside:
                continue
            self._cells.queue.finish()
            if status == "error" and handed.cell.stops_on_error:
                self._cells.abort()
        if self._life.is_free:
            self._next()

    def child_ended(self, pid: int, death: Death) -> None:
        """Do nothing: the kernel is no child of this process."""

    def end(self) -> None:
        """End the kernel, unless it is somebody else's, and then the process."""
        self._life.end_kernel(restart=False)

    def abort_waiting(self) -> None:
        """Answer all cells that wait: they will not run."""
        self._cells.abort()

    # ---- cells -------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Give the kernel what it was not ready for, and the next cell if it has none of ours."""
        life = self._life
        early, life.early = life.early, []
        for channel, message in early:
            self._send(channel, message)
        cell = self._cells.queue.start()
        if cell is not None:
            self._since = time.time()
            self._ladder.reset()
            self._hand_over(cell)

    def _hand_over(self, cell: Cell, *, beside: bool = False) -> None:
        life = self._life
        cell = without_history(cell)
        assert life.sockets is not None
        life.parents.sent(cell.message)
        life.handed.add(cell, beside=beside)
        life.sockets.send("shell", parts_of(cell.message), cell.message.buffers)

    # ---- interrupts --------------------------------------------------------------------------------------

    def interrupt(self) -> None:
        """Interrupt what runs; a kernel of ours that does nothing is left alone."""
        life = self._life
        if not life.is_free or (self._kernel.owned and not life.busy and not life.requests.waits):
            return
        step = self._ladder.next(time.monotonic())
        if step is Step.KILL and self._kernel.owned:
            life.end_kernel(restart=True, reason="the kernel was ended because it did not take the interrupt")
            return
        if self._kernel.by_message:
            life.requests.own("control", "interrupt_request", InterruptRequest().as_dict(), lambda _: None)
        else:
            self._kernel.signal(signal.SIGINT)
        if step is not Step.SIGNAL:
            text = f"{_UNTAKEN}{_LAST_STEP if self._kernel.owned else _NOT_OURS}\n"
            cell = self._cells.queue.running
            self._publisher.publish("stream", Stream("stderr", text), cell.message.raw_header if cell else EMPTY)

    # ---- from clients ------------------------------------------------------------------------------------

    def client_sent(self, channel: str, message: Message) -> None:
        """Do what a client asks.  Raises RemoteProtocolError when the request makes no sense."""
        content = message.content
        life = self._life
        if channel == "shell":
            self._shell(message, content)
        elif channel == "control":
            self._control(message, content)
        elif channel == "stdin" and isinstance(content, InputReply) and life.sockets is not None:
            life.incoming.answer(life.sockets, message, content)

    def _shell(self, message: Message, content: Content) -> None:
        match content:
            case ExecuteRequest() if message.header.subshell_id is None:
                self._cells.queue.add(self._cells.submitted(message, content))
                if self._life.is_free:
                    self._next()
            case ExecuteRequest() if self._life.is_free:
                self._hand_over(self._cells.submitted(message, content), beside=True)
            case ExecuteRequest():
                self._publisher.refuse("shell", message, "SubshellNotFound", "the kernel has no such subshell now")
            case KernelInfoRequest():
                self._kernel_info("shell", message)
            case ShutdownRequest(restart):
                self._shut_down("shell", message, restart)
            case CommOpen() | CommMsg() | CommClose():
                self._forward("shell", message)
            case _ if message.header.msg_type in ASIDE:
                self._forward("shell", message)
            case _:
                raise RemoteProtocolError(f"{message.header.msg_type} is no request for the shell channel")

    def _control(self, message: Message, content: Content) -> None:
        match content:
            case KernelInfoRequest():
                self._kernel_info("control", message)
            case UsageRequest() if self._kernel.owned:
                self._publisher.answer("control", message, "usage_reply", self._usage.reply(self._kernel.pid))
            case InterruptRequest():
                self.interrupt()
                self._publisher.answer("control", message, "interrupt_reply", OkReply())
            case RestartRequest() if not self._kernel.owned:
                self._publisher.refuse("control", message, "ForeignKernelError", _THEIRS)
            case RestartRequest(again):
                self._publisher.answer("control", message, "restart_reply", OkReply())
                self._cells.submitted_again(message, again)
                self._life.end_kernel(restart=True)
            case DropRequest() | MoveRequest() | EditRequest():
                self._cells.asked(message, content)
            case ShutdownRequest(restart):
                self._shut_down("control", message, restart)
            case ColumnsRequest():
                # there is no message by which a kernel of Jupyter's could be told
                self._publisher.answer("control", message, "columns_reply", OkReply())
            case SourceRequest(file, line):
                self._publisher.answer("control", message, "source_reply", around(file, line))
            case StackRequest():
                reason = "where the kernel stands is known of cshell's own kernel only"
                self._publisher.refuse("control", message, "NotSupported", reason)
            case _ if message.header.msg_type in _OF_KERNEL or isinstance(content, UsageRequest):
                self._forward_control(message)
            case _:
                raise RemoteProtocolError(f"{message.header.msg_type} is no request for the control channel")

    def _forward_control(self, message: Message) -> None:
        if isinstance(message.content, DebugRequest) and not self._life.info.has_debugger:
            # most kernels say nothing to what they do not know
            self._publisher.refuse("control", message, "NotSupported", f"{self._kernel.label} has no debugger")
        else:
            self._forward("control", message)

    def _kernel_info(self, channel: str, message: Message) -> None:
        if self._life.phase == "dead" and not self._life.info.is_known:
            self._publisher.refuse(channel, message, "DeadKernelError", "the kernel is dead")
        else:
            self._life.info.ask(channel, message)

    def _shut_down(self, channel: str, message: Message, restart: bool) -> None:
        if restart and not self._kernel.owned:
            self._publisher.refuse(channel, message, "ForeignKernelError", _THEIRS)
            return
        self._publisher.answer(channel, message, "shutdown_reply", ShutdownReply(restart))
        self._life.end_kernel(restart=restart)

    def _forward(self, channel: str, message: Message) -> None:
        """Send a message on; what comes before the kernel is ready waits, what comes too late is refused."""
        life = self._life
        if life.is_free:
            self._send(channel, message)
        elif life.phase == "starting":
            life.early.append((channel, message))
        elif message.header.msg_type.endswith("_request"):
            self._publisher.refuse(channel, message, "DeadKernelError", "the kernel is dead")

    def _send(self, channel: str, message: Message) -> None:
        requests = self._life.requests
        if message.header.msg_type in ASIDE:
            requests.ask_aside(message, busy=self._life.busy)
        elif message.header.msg_type.endswith("_request"):
            requests.ask(channel, message)
        else:
            requests.tell(message)
