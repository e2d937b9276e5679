"""What is done with each request, and the state of the worker that does it.

States of the worker: starting, idle, busy, dead.  A restart goes through starting; cells that wait stay in
the queue through all of them.
"""

import math
import select
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import (
    ColumnsRequest,
    CommClose,
    CommMsg,
    CommOpen,
    Content,
    CreateSubshellReply,
    CreateSubshellRequest,
    DebugRequest,
    DeleteSubshellRequest,
    DropRequest,
    EditRequest,
    ExecuteReply,
    ExecuteRequest,
    InputReply,
    InterruptRequest,
    KernelFailed,
    KernelInfoRequest,
    KernelStarted,
    KernelStarting,
    ListSubshellReply,
    ListSubshellRequest,
    MoveRequest,
    OkReply,
    RestartRequest,
    ShutdownReply,
    ShutdownRequest,
    SourceRequest,
    StackRequest,
    Status,
    Stream,
    UsageRequest,
    decode,
    encode,
    parse,
)
from kernel.protocol.session import SessionStatus
from kernel.protocol.wire import EMPTY, Message
from kernel.supervisor.aside import ASIDE, Aside
from kernel.supervisor.autopsy import Autopsy
from kernel.supervisor.cells import Cells, first_line
from kernel.supervisor.comms import CommsAside
from kernel.supervisor.forking import ForkServer
from kernel.supervisor.info import Info, kernel_info
from kernel.supervisor.input import Input
from kernel.supervisor.ladder import Ladder, Step
from kernel.supervisor.last_words import without_a_word
from kernel.supervisor.process import Death, Launch, Worker
from kernel.supervisor.publisher import Publisher
from kernel.supervisor.queue import Cell, Queue
from kernel.supervisor.sources import around
from kernel.supervisor.stacks import Stacks
from kernel.supervisor.streams import Frame, Text
from kernel.supervisor.subshells import Subshells
from kernel.supervisor.usage import Usage
from kernel.worker.channel import (
    AWAITING,
    BEGUN,
    DONE,
    HELLO,
    INPUT,
    INTERRUPTED,
    IOPUB,
    READY,
    REPLY,
    RETURNED,
)

State = Literal["starting", "idle", "busy", "dead"]

# seconds that an idle worker has for its exit handlers before it is killed
GRACE: Final = 2.0
_ENDED: Final = "the kernel was restarted or shut down"
_PROGRAM_ENDED: Final = "the program that the session was embedded in has ended"
_PROGRAM_LEFT: Final = "the program that the session was embedded in has ended the session"
# seconds in which the process of a program ends that has closed its channel by ending
_ENDING: Final = 0.1
_EMBEDDED_UNTAKEN: Final = (
    "The interrupt was sent again. In a program's thread it is taken at the next line of Python: a call that waits or "
    "computes outside of Python, such as time.sleep(60), comes to its end first. The program is not ended for it.\n"
)
# what is asked on the control channel and done by the worker
_OF_WORKER: Final = frozenset(
    {
        "stack_request",
        "debug_request",
        "create_subshell_request",
        "delete_subshell_request",
        "list_subshell_request",
    }
)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is decided by how the kernel was started.

    Under a kernel manager of Jupyter's a dead worker is replaced by itself, and a shutdown before a restart
    ends the supervisor, because the manager starts a new one.  In a session of cshell's both wait for the
    user.
    """

    manager: bool
    restart_by_itself: bool
    # whether the worker is a program that a session was embedded in, and goes on when the session ends
    embedded: bool = False


@dataclass(slots=True)
class _Ending:
    """A worker that was told to end, and what follows."""

    deadline: float
    restart: bool
    reason: str


@dataclass(slots=True)
class Dispatcher:
    """Takes messages from clients and from the worker, and says what follows from them."""

    publisher: Publisher
    fork_server: ForkServer
    launch: Launch
    policy: Policy
    state: State = "starting"
    worker: Worker | None = None
    _cells: Cells = field(init=False)
    # set when the process is to end: its exit status
    exit_status: int | None = None
    # why no worker could be started: one sentence
    failure: str | None = None
    _aside: Aside = field(init=False)
    _input: Input = field(init=False)
    _info: Info = field(init=False)
    _stacks: Stacks = field(init=False)
    _comms: CommsAside = field(init=False)
    _ending: _Ending | None = None
    _starts: int = 0
    # when the running cell began (seconds since the epoch)
    _since: float = 0.0
    _output_parent: bytes = EMPTY
    # whether the running cell has begun in the worker; an interrupt before that waits for it
    _begun: bool = False
    _interrupt_waits: bool = False
    # what was asked of a worker that was not ready yet
    _early: list[Message] = field(default_factory=list)
    # the cell that was put back because its worker died before it began
    _returned: str | None = None
    _ladder: Ladder = field(default_factory=Ladder)
    _subshells: Subshells = field(default_factory=Subshells)
    _usage: Usage = field(default_factory=Usage)
    _autopsy: Autopsy = field(default_factory=Autopsy)

    def __post_init__(self) -> None:
        self._cells = Cells(self.publisher)
        self._aside = Aside(self.publisher)
        self._input = Input(self.publisher)
        self._info = Info(self.publisher, is_own=self.fork_server.is_own)
        self._stacks = Stacks(self.publisher)
        self._comms = CommsAside(self.publisher)

    @property
    def queue(self) -> Queue:
        """The cells of the main shell."""
        return self._cells.queue

    @property
    def status(self) -> SessionStatus:
        """How the kernel is."""
        cell = self.queue.running
        return SessionStatus(
            self.state,
            count=self._cells.count + (self.state == "busy"),
            cell=first_line(cell.code) if cell is not None else "",
            since=self._since if cell is not None else None,
            waiting=len(self.queue),
            asks=self._input.waits,
            pid=self.worker.pid if self.worker is not None else None,
        )

    # ---- the worker's life -------------------------------------------------------------------------------

    def start_worker(self) -> None:
        """Ask for a worker."""
        self.state = "starting"
        self.publisher.record("kernel_starting", KernelStarting())
        self.publisher.publish("status", Status("starting"), record=False)
        try:
            self.worker = Worker.launched(self.fork_server, self.launch, embedded=self.policy.embedded)
        except OSError as error:
            self._fail(self.fork_server.complaint() or f"the kernel cannot be started: {error}")
            return

    def fork_server_spoke(self) -> None:
        """Take in that the fork server ended: without it, a worker that was asked for will not come."""
        complaint = self.fork_server.complaint()
        if self.state in ("idle", "busy"):
            self._tell_notice()
        if complaint is not None and self.worker is not None and self.worker.pid is None:
            self._discard()
            if self.fork_server.runs:
                # it does not fork any more, and another one does what it was asked
                self.start_worker()
            else:
                self._fail(complaint)

    def _fail(self, reason: str) -> None:
        self.state = "dead"
        self._aside.fail(reason)
        self._refuse_early(reason)
        self._info.known(None)
        self.publisher.record("kernel_failed", KernelFailed(reason))
        self.publisher.publish("status", Status("dead"), record=False)
        if self._starts == 0 or self.policy.manager:
            self.failure = reason
            self.exit_status = 1

    def _ready(self) -> None:
        assert self.worker is not None
        assert self.worker.pid is not None
        self._starts += 1
        self._cells.count = 0
        self.state = "idle"
        self._autopsy.worker_started()
        links = kernel_info(self.worker.versions).help_links
        started = KernelStarted(self.worker.pid, restarted=self._starts > 1, help_links=list(links))
        self.publisher.record("kernel_started", replace(started, embedded=self.policy.embedded))
        self.publisher.publish("status", Status("idle"), record=False)
        early, self._early = self._early, []
        for message in early:
            self._control_worker(message, message.content, self.worker)
        self._tell_notice()
        self._next()

    def _tell_notice(self) -> None:
        """Say what the fork server has to say of what was to be preloaded."""
        if self.fork_server.notice is not None:
            self.publisher.publish("stream", Stream("stderr", f"{self.fork_server.notice}\n"))
            self.fork_server.notice = None

    def worker_ended(self, *, gone: bool = False) -> None:
        """Take in that the worker's process ended, or only closed its channel; `gone`: it ended, somehow."""
        worker = self.worker
        if worker is None:
            return
        if worker.pid is not None and worker.death is None and not gone and not worker.embedded:
            # user code closed the channel under it: nothing can be said to it any more
            worker.kill()
            return
        # what it started would print into a session that does not know it any more
        worker.kill()
        self._deliver(worker.take_rest())
        started = worker.pid is not None
        death = worker.death or Death(None, None)
        self._stacks.come(worker)
        self._stacks.tell()
        stack = worker.faults_text()
        ending, self._ending = self._ending, None
        # asked while its process is still watched
        left = _left(worker, gone=gone) if ending is None and self.policy.embedded else ""
        self._discard()
        if ending is None and not started:
            self._fail(self.fork_server.complaint() or without_a_word("the kernel's worker"))
            return
        if ending is not None or self.policy.embedded:
            self._bury(ending.reason if ending is not None else left)
        else:
            self._bury(self._report_death(death, stack))
            self.publisher.publish("status", Status("dead"), record=False)
        if self.policy.embedded or (ending is not None and not ending.restart):
            self.exit_status = 0
        elif ending is not None or self.policy.restart_by_itself:
            self.publisher.publish("status", Status("restarting"), record=False)
            self.start_worker()

    def _discard(self) -> None:
        assert self.worker is not None
        self.worker.close()
        self.worker = None

    def _report_death(self, death: Death, stack: str) -> str:
        """Write down what is known of a death that nobody asked for; return the reason."""
        begun = self.queue.running if self._begun else None
        died = self._autopsy.report(death, stack, begun)
        self.publisher.record("kernel_died", died)
        if self.policy.manager and died.stack:
            # Jupyter's clients know no report, but show what stands on standard error
            self.publisher.publish("stream", Stream("stderr", died.stack + "\n"), self._output_parent)
        return died.reason

    def _bury(self, reason: str) -> None:
        """Answer what the worker did not."""
        self.state = "dead"
        cell = self.queue.finish()
        if cell is not None and not self._begun and cell.msg_id != self._returned:
            # nothing of it has run: it is the next one's, but not for ever
            self._returned = cell.msg_id
            self.queue.put_back(cell)
            cell = None
        self._begun = False
        self._input.forget()
        self._comms.awaits(False)
        for lost in (cell, self._comms.take_back(), *self._subshells.clear()):
            if lost is not None:
                self._fail_cell(lost, reason)
        if cell is not None and self.policy.restart_by_itself and cell.stops_on_error:
            self.abort_waiting()
        self._aside.fail(reason)
        self._refuse_early(reason)

    def _refuse_early(self, reason: str) -> None:
        early, self._early = self._early, []
        for message in early:
            self.publisher.refuse("control", message, "DeadKernelError", reason)

    def _fail_cell(self, cell: Cell, reason: str) -> None:
        if cell.code is None:
            self.publisher.publish("status", Status("idle"), cell.message.raw_header, record=False)
        else:
            self._cells.fail(cell, reason)

    def interrupt(self) -> None:
        """Interrupt what runs; a worker that does nothing is left alone."""
        worker = self.worker
        if worker is None:
            return
        waits = self.state == "busy" and not self._begun
        if waits and not self._interrupt_waits:
            self._interrupt_waits = True
            self._ladder.next(time.monotonic())
        elif waits or self._begun or self._aside.in_main or self.state == "starting":
            # a startup file, or a task between two cells, may be what keeps a cell from its beginning
            self._go_further(worker)

    def _go_further(self, worker: Worker) -> None:
        step = self._ladder.next(time.monotonic())
        if self.policy.embedded:
            worker.interrupt()
            if step is not Step.SIGNAL:
                self.publisher.publish("stream", Stream("stderr", _EMBEDDED_UNTAKEN), self._output_parent)
            return
        if step is Step.KILL:
            self.end_worker(restart=True, reason="the kernel was ended because it did not take the interrupt")
            return
        worker.interrupt()
        if step is Step.DUMP:
            self._stacks.ask(worker, None, self._output_parent)

    @property
    def wants_stack(self) -> bool:
        """Whether a stack is waited for; that of a crash is read when the worker has ended."""
        return self._stacks.deadline is not None

    def faults_came(self) -> None:
        """Take in what faulthandler has written of a stack that somebody waits for."""
        if self.worker is not None:
            self._stacks.come(self.worker)

    def _cell_begun(self) -> None:
        self._begun = True
        if self._interrupt_waits and self.worker is not None:
            self._interrupt_waits = False
            self.worker.interrupt()

    def end_worker(self, *, restart: bool, reason: str = _ENDED) -> None:
        """End the worker, then start another or end the supervisor.

        An idle worker runs its exit handlers; a busy one cannot, and is killed.
        """
        if self.worker is not None and self.worker.pid is None:
            # it was never ready: it ends when it finds its channel closed
            self._discard()
            self._aside.fail(_ENDED)
        if self.worker is None:
            if restart:
                self.start_worker()
            else:
                self.exit_status = 0
            return
        # who asks again does not give it more time
        since = self._ending.deadline if self._ending is not None else math.inf
        self._ending = _Ending(min(time.monotonic() + GRACE, since), restart, reason)
        if self.policy.embedded:
            # it ends the session when it has ended the cell
            self.worker.interrupt()
            self.worker.shut_down()
        elif self.state == "idle" and not self._aside.in_main:
            self.worker.shut_down()
        else:
            self.worker.kill()

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do (monotonic seconds)."""
        ending = self._ending.deadline if self._ending is not None else None
        times = (self._stacks.deadline, self._input.deadline, ending)
        return min((moment for moment in times if moment is not None), default=None)

    def tick(self) -> None:
        """Kill a worker that did not end in time; tell the stacks that have come; ask again who was not there."""
        now = time.monotonic()
        self._stacks.tell(now)
        self._input.tick(now)
        if self._ending is None or self.worker is None or now < self._ending.deadline:
            return
        self._ending.deadline += GRACE
        if self.policy.embedded:
            self.exit_status = 0
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
            request = self._input.came(message, content) if self.worker is not None else None
            if self.worker is not None and request is not None:
                self.worker.tell(INPUT, encode(content.as_dict()), request.encode())

    def _shell(self, message: Message, content: Content) -> None:
        subshell = message.header.subshell_id
        if subshell is not None and self._subshells.queue(subshell) is None:
            self._refuse_subshell("shell", message, subshell)
            return
        match content:
            case ExecuteRequest():
                self._run(self._cells.submitted(message, content), subshell)
            case CommOpen() | CommMsg() | CommClose():
                if self.worker is not None:
                    self._run(Cell(message, content))
            case KernelInfoRequest():
                self._info.ask("shell", message)
            case ShutdownRequest(restart):
                self._shut_down("shell", message, restart)
            case _ if message.header.msg_type not in ASIDE:
                raise RemoteProtocolError(f"{message.header.msg_type} is no request for the shell channel")
            case _ if self.worker is None:
                self.publisher.refuse("shell", message, "DeadKernelError", "the kernel is dead")
            case _:
                free = self.state == "idle" and not self.queue and subshell is None
                self._aside.ask(message, self.worker, free=free)

    def _run(self, cell: Cell, subshell: str | None = None) -> None:
        """Let a cell run when its turn comes."""
        if subshell is None:
            self.queue.add(cell)
            self._next()
            self._next_comm()
            return
        queue = self._subshells.queue(subshell)
        assert queue is not None
        queue.add(cell)
        self._next_in(queue)

    def _next_comm(self) -> None:
        """Let a message of a comm be handled beside the cell that runs, which perhaps awaits just that."""
        if self.worker is not None:
            self._comms.hand_over(self.queue, self.worker)

    def _next_in(self, queue: Queue) -> None:
        """Hand a subshell its next cell if it is free."""
        cell = queue.start()
        if cell is not None and self.worker is not None:
            self.publisher.publish("status", Status("busy"), cell.message.raw_header)
            self.worker.request(cell.message, aside=True)

    def _control(self, message: Message, content: Content) -> None:
        match content:
            case KernelInfoRequest():
                self._info.ask("control", message)
            case UsageRequest():
                pid = self.worker.pid if self.worker is not None else None
                self.publisher.answer("control", message, "usage_reply", self._usage.reply(pid))
            case InterruptRequest():
                self.interrupt()
                self.publisher.answer("control", message, "interrupt_reply", OkReply())
            case RestartRequest() if self.policy.embedded:
                reason = "the session is embedded in a program, which cannot be started again"
                self.publisher.refuse("control", message, "EmbeddedError", reason)
            case RestartRequest(again):
                self.publisher.answer("control", message, "restart_reply", OkReply())
                self._cells.submitted_again(message, again)
                self.end_worker(restart=True)
            case DropRequest() | MoveRequest() | EditRequest():
                self._cells.asked(message, content)
            case ColumnsRequest(columns):
                self.queue.resize(message.header.session, columns)
                if self.worker is not None:
                    self.worker.resize(columns)
                self.publisher.answer("control", message, "columns_reply", OkReply())
            case SourceRequest(file, line):
                self.publisher.answer("control", message, "source_reply", around(file, line))
            case ShutdownRequest(restart):
                self._shut_down("control", message, restart)
            case _ if message.header.msg_type not in _OF_WORKER:
                raise RemoteProtocolError(f"{message.header.msg_type} is no request for the control channel")
            case _:
                self._ask_worker(message, content)

    def _ask_worker(self, message: Message, content: Content) -> None:
        """Do what needs a worker, if there is one, or when there is."""
        if self.policy.embedded:
            self.publisher.refuse("control", message, "EmbeddedError", "a program that embeds a session has none")
        elif self.worker is None:
            self.publisher.refuse("control", message, "DeadKernelError", "the kernel is dead")
        elif self.state == "starting":
            # a debugger in a front end asks as soon as the kernel says what it is
            self._early.append(message)
        else:
            self._control_worker(message, content, self.worker)

    def _control_worker(self, message: Message, content: Content, worker: Worker) -> None:
        match content:
            case StackRequest():
                self._stacks.ask(worker, message)
            case DebugRequest():
                self._aside.ask(message, worker, free=False, channel="control")
            case CreateSubshellRequest():
                created = CreateSubshellReply(self._subshells.create(worker))
                self.publisher.answer("control", message, "create_subshell_reply", created)
            case DeleteSubshellRequest(subshell):
                self._delete_subshell(message, subshell, worker)
            case ListSubshellRequest():
                self.publisher.answer(
                    "control", message, "list_subshell_reply", ListSubshellReply(list(self._subshells))
                )

    def _refuse_subshell(self, channel: str, message: Message, subshell: str) -> None:
        self.publisher.refuse(channel, message, "SubshellNotFound", f"there is no subshell {subshell}")

    def _delete_subshell(self, message: Message, subshell: str, worker: Worker) -> None:
        try:
            waiting = self._subshells.delete(subshell, worker)
        except KeyError:
            self._refuse_subshell("control", message, subshell)
            return
        self._cells.abort(waiting)
        self.publisher.answer("control", message, "delete_subshell_reply", OkReply())

    def _shut_down(self, channel: str, message: Message, restart: bool) -> None:
        self.publisher.answer(channel, message, "shutdown_reply", ShutdownReply(restart))
        # only a manager that started this process starts it again
        self.end_worker(restart=restart and not self.policy.manager)

    # ---- cells -------------------------------------------------------------------------------------------

    def _next(self) -> None:
        """Hand the next cell to the worker if it is free."""
        if self.worker is None or self.state != "idle" or self._ending is not None:
            return
        cell = self.queue.start()
        if cell is None:
            return
        self.state = "busy"
        self._since = time.time()
        # a comm's callbacks can be interrupted at once
        self._begun = cell.code is None
        self._interrupt_waits = False
        self._ladder.reset()
        self._output_parent = cell.message.raw_header
        self.publisher.publish("status", Status("busy"), cell.message.raw_header, record=cell.code is not None)
        self.worker.request(cell.message)

    def abort_waiting(self) -> None:
        """Answer all cells that wait: they will not run."""
        self._cells.abort()

    # ---- from the worker ---------------------------------------------------------------------------------

    def worker_said(self, frame: Sequence[bytes], worker: Worker) -> None:
        """Take a frame of the worker's: numbered ones wait for their place among the output."""
        kind, number, *parts = frame
        if kind == HELLO:
            worker.hello(int(parts[0]), parts[1])
            self._info.known(worker.versions)
        elif kind == INTERRUPTED:
            self._ladder.reset()
        elif kind == AWAITING:
            self._comms.awaits(parts[0] == b"1")
            self._next_comm()
        elif kind == RETURNED:
            self._comm_returned()
        elif number == b"0":
            self._aside.helper_replied(parts)
        else:
            worker.add(frame)

    def _comm_returned(self) -> None:
        """Take back a message for which the cell did not await any more."""
        cell = self._comms.take_back()
        if cell is not None:
            self.queue.put_back(cell)
            self._next()

    def deliver(self) -> None:
        """Pass on what the worker printed and said, as far as it is in order."""
        if self.worker is not None:
            self._deliver(self.worker.take())

    def _deliver(self, items: Iterable[Text | Frame]) -> None:
        for item in items:
            if isinstance(item, Text):
                self._text(item)
                continue
            try:
                self._frame(item.parts)
            except RemoteProtocolError as error:
                # user code can put anything into what the worker says
                print(f"dropped what the worker said: {error}", file=sys.stderr, flush=True)

    def _text(self, item: Text) -> None:
        owner = self.worker.header_of(item.owner) if self.worker is not None else None
        self._autopsy.printed(item.text)
        self.publisher.publish("stream", Stream(item.name, item.text), owner or self._output_parent)

    def _frame(self, frame: Sequence[bytes]) -> None:
        kind, _, *parts = frame
        if kind == BEGUN:
            parent, *parts = parts
            if self.queue.running is not None and parent == self.queue.running.message.raw_header:
                self._cell_begun()
        if kind in (IOPUB, BEGUN) and parts:
            self.publisher.publish_parts(decode(parts[0])["msg_type"], parts[:4], parts[4:])
        elif kind == REPLY:
            self._main_replied(parts)
        elif kind == DONE:
            self._done(parts[0])
        elif kind == INPUT:
            queue = self._queue_of(parts)
            if queue is not None and queue.running is not None:
                self._input.wanted(parts, queue.running.message)
        elif kind == READY:
            self._ready()

    def _queue_of(self, parts: Sequence[bytes]) -> Queue | None:
        """Return the queue whose running cell is the parent of a message."""
        msg_id = decode(parts[1]).get("msg_id", "")
        if self.queue.running is not None and self.queue.running.msg_id == msg_id:
            return self.queue
        return self._subshells.queue_of(msg_id)

    def _main_replied(self, parts: list[bytes]) -> None:
        queue = self._queue_of(parts)
        if queue is not None:
            self._replied(queue, parts)
        else:
            self._aside.main_replied(parts)

    def _done(self, header: bytes) -> None:
        """Take in that a message of a comm was handled."""
        if self._comms.done(header):
            self._next_comm()
            return
        cell = self.queue.finish()
        if cell is not None:
            self._begun = False
            self.publisher.publish("status", Status("idle"), cell.message.raw_header, record=False)
            self.state = "idle"
            self._next()

    def _replied(self, queue: Queue, parts: list[bytes]) -> None:
        """Pass on how a cell ended, and begin the next one of its queue."""
        cell = queue.finish()
        assert cell is not None
        if queue is self.queue:
            self.state = "idle"
            self._begun = False
        self._input.forget(cell.message)
        try:
            reply = parse("execute_reply", decode(parts[3]))
            assert isinstance(reply, ExecuteReply)
        except RemoteProtocolError as error:
            reply = ExecuteReply("error", ename="RemoteProtocolError", evalue=str(error), traceback=[])
            self._cells.finish(cell, reply)
        else:
            self._cells.count = reply.execution_count
            self.publisher.send("shell", cell.message.identities, parts)
            self.publisher.record_parts(b"shell", parts)
            self.publisher.publish("status", Status("idle"), cell.message.raw_header)
        if reply.status == "error" and cell.stops_on_error:
            self._cells.abort(queue.abort())
        if queue is self.queue:
            self._next()
        else:
            self._subshells.ended(queue)
            self._next_in(queue)


def _left(worker: Worker, *, gone: bool) -> str:
    """Return why a program has left the session that is embedded in it; how it ended only its own parent knows."""
    if not gone and worker.pidfd is not None:
        # its channels are closed a moment before it has ended
        gone = bool(select.select([worker.pidfd], [], [], _ENDING)[0])
    return _PROGRAM_ENDED if gone else _PROGRAM_LEFT
