"""The worker's answers, one function a message type, in the table `ANSWERS`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from IPython.utils.tokenutil import token_at_cursor

from kernel.protocol.messages import (
    CommInfoReply,
    CommInfoRequest,
    Content,
    ExecuteReply,
    ExecuteRequest,
    HistoryReply,
    HistoryRequest,
    InspectReply,
    InspectRequest,
    IsCompleteReply,
    IsCompleteRequest,
    OkReply,
)
from kernel.worker.channel import ChannelClosed
from kernel.worker.completion import complete
from kernel.worker.interrupts import Interrupts
from kernel.worker.outbox import Outbox
from kernel.worker.shell import ZMQInteractiveShell, text_of

COMM_TYPES: Final = frozenset({"comm_open", "comm_msg", "comm_close"})

# seconds that a history request waits for a slow disk
_HISTORY_WAIT: Final = 5.0


def execute(shell: ZMQInteractiveShell, request: ExecuteRequest, interrupts: Interrupts) -> ExecuteReply:
    """Run a cell in the main thread; what it shows goes out while it runs."""
    shell.adopt_history()
    interrupts.install()
    try:
        try:
            interrupts.expected = True
            return execute_here(shell, request)
        finally:
            interrupts.allowed = interrupts.expected = False
    except KeyboardInterrupt as interrupt:
        # the signal came between the cell and here
        shell.show_interrupt(interrupt)
        return _reply(shell, interrupt, {})


def execute_here(shell: ZMQInteractiveShell, request: ExecuteRequest) -> ExecuteReply:
    """Run a cell in whatever thread this is."""
    shell.running.allow_stdin = request.allow_stdin
    shell.running.traceback = []
    shown = {"code": request.code, "execution_count": shell.execution_count}
    shell.outbox.begin(None if request.silent else shown)
    error, expressions = _run(shell, request)
    return _reply(shell, error, expressions)


def _reply(shell: ZMQInteractiveShell, error: BaseException | None, expressions: dict[str, Any]) -> ExecuteReply:
    # the kernel's counter, which a cell that is not stored leaves alone (specification: Execution counter)
    count = shell.execution_count - 1
    payload = shell.payload_manager.read_payload()
    shell.payload_manager.clear_payload()
    if error is None:
        return ExecuteReply("ok", count, user_expressions=expressions, payload=payload)
    return ExecuteReply(
        "error",
        count,
        user_expressions={},
        payload=payload,
        ename=type(error).__name__,
        evalue=text_of(error),
        traceback=list(shell.running.traceback),
    )


def _run(shell: ZMQInteractiveShell, request: ExecuteRequest) -> tuple[BaseException | None, dict[str, Any]]:
    """Run a cell; return what it raised, and the values of the expressions that were asked for."""
    result = shell.run_cell(
        request.code,
        store_history=request.store_history and not request.silent,
        silent=request.silent,
    )
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        return error, {}
    return None, shell.user_expressions(request.user_expressions)


def inspect(shell: ZMQInteractiveShell, request: InspectRequest) -> InspectReply:
    """Document the name at the cursor."""
    name = token_at_cursor(request.code, request.cursor_pos)
    try:
        bundle = shell.object_inspect_mime(name, detail_level=request.detail_level)
    except KeyError:
        return InspectReply()
    if not shell.enable_html_pager:
        bundle.pop("text/html", None)
    return InspectReply(True, bundle)


def is_complete(shell: ZMQInteractiveShell, request: IsCompleteRequest) -> IsCompleteReply:
    """Say whether code is complete, with IPython's own syntax."""
    status, indent = shell.input_transformer_manager.check_complete(request.code)
    return IsCompleteReply(status, " " * (indent or 0) if status == "incomplete" else None)


def history(shell: ZMQInteractiveShell, request: HistoryRequest) -> HistoryReply:
    """Return earlier input (specification: History)."""
    shell.adopt_history(wait=_HISTORY_WAIT)
    manager = shell.history_manager
    options = {"raw": request.raw, "output": request.output}
    if request.hist_access_type == "range":
        found = manager.get_range(request.session or 0, request.start or 1, request.stop, **options)
    elif request.hist_access_type == "search":
        found = manager.search(request.pattern or "*", n=request.n, unique=request.unique, **options)
    else:
        found = manager.get_tail(request.n or 10, include_latest=True, **options)
    return HistoryReply(list(found))


def comm_info(shell: ZMQInteractiveShell, request: CommInfoRequest) -> CommInfoReply:
    """Name the open comms."""
    return CommInfoReply(shell.comms.open(request.target_name))


def answer(shell: ZMQInteractiveShell, msg_type: str, request: Content) -> tuple[str, Content]:
    """Answer a request other than a cell; return the reply's type and content."""
    reply_type, function = ANSWERS[msg_type]
    try:
        return reply_type, function(shell, request)
    # user code runs in here: __getattr__, __dir__ and __repr__ may raise anything
    except BaseException as error:
        return reply_type, failure(error)


def send(outbox: Outbox, reply_type: str, raw_header: bytes, reply: Content) -> None:
    """Send a reply to the request with this header.  Raises ChannelClosed."""
    try:
        outbox.reply(reply_type, raw_header, reply.as_dict())
    except ChannelClosed:
        raise
    # what user code put into it cannot be written as JSON
    except Exception as error:
        outbox.reply(reply_type, raw_header, failure(error).as_dict())


def failure(error: BaseException) -> OkReply:
    """Return the content of a reply that could not be given."""
    return OkReply("error", type(error).__name__, text_of(error), [])


# what both the main thread and the helper thread can answer
ANSWERS: Final[dict[str, tuple[str, Callable[[ZMQInteractiveShell, Any], Content]]]] = {
    "complete_request": ("complete_reply", complete),
    "inspect_request": ("inspect_reply", inspect),
    "is_complete_request": ("is_complete_reply", is_complete),
    "history_request": ("history_reply", history),
    "comm_info_request": ("comm_info_reply", comm_info),
}
