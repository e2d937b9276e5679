"""The contents of messages: one frozen dataclass a message type, and the table `CONTENTS` of them.

Source: the Jupyter messaging specification 5.5, and JEPs 65 (welcome), 91 (subshells) and 92 (supported features).
The last section has cshell's own messages: the feed, the queue, and what the supervisor knows about its
worker.  They travel in the same envelope, so that one parser and one signature serve all.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from functools import lru_cache
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.value import Value, made

PROTOCOL_VERSION: Final = "5.5"

Json = dict[str, Any]
MimeBundle = dict[str, Any]


class Header(Value):
    """Who said what, when: the part of a message that its replies and outputs carry as their parent."""

    msg_id: str
    msg_type: str
    session: str = ""
    username: str = ""
    date: str = ""
    version: str = PROTOCOL_VERSION
    subshell_id: str | None = None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Header:
        """Read a header from its JSON object.

        Raises:
            RemoteProtocolError: an identifier or the type is missing or is no string.
        """
        try:
            known = {name: values[name] for name in _HEADER_FIELDS if values.get(name) is not None}
            header = cls(**known)
        except (TypeError, AttributeError):
            raise RemoteProtocolError("a header without msg_id or msg_type") from None
        if not isinstance(header.msg_id, str) or not isinstance(header.msg_type, str):
            raise RemoteProtocolError("a header whose msg_id or msg_type is no string")
        return header

    def as_dict(self) -> Json:
        """Return the JSON object; `subshell_id` only where there is one."""
        values = {name: getattr(self, name) for name in _HEADER_FIELDS}
        if self.subshell_id is None:
            del values["subshell_id"]
        return values


_HEADER_FIELDS: Final = tuple(f.name for f in fields(Header))


class Content(Value):
    """The base of every content; it has no fields of its own."""

    def as_dict(self) -> Json:
        """Return the JSON object of this content; fields that are None are left out."""
        return {name: value for name, value in self.__dict__.items() if value is not None}


# ---- shell -----------------------------------------------------------------------------------------------


class ExecuteRequest(Content):
    """Run code (specification: Execute)."""

    code: str
    silent: bool = False
    store_history: bool = True
    user_expressions: dict[str, str] = field(default_factory=dict)
    allow_stdin: bool = True
    stop_on_error: bool = True


class ExecuteReply(Content):
    """How a cell ended; `ename` to `traceback` only with the status error."""

    status: Literal["ok", "error", "aborted"]
    execution_count: int = 0
    user_expressions: Json | None = None
    payload: list[Json] | None = None
    ename: str | None = None
    evalue: str | None = None
    traceback: list[str] | None = None


class CompleteRequest(Content):
    """Ask what could stand at `cursor_pos`, counted in code points."""

    code: str
    cursor_pos: int


class CompleteReply(Content):
    """Matches that would replace the text from `cursor_start` to `cursor_end`."""

    matches: list[str] = field(default_factory=list)
    cursor_start: int = 0
    cursor_end: int = 0
    metadata: Json = field(default_factory=dict)
    status: str = "ok"


class InspectRequest(Content):
    """Ask for the documentation of the name at `cursor_pos`; level 1 asks for the source too."""

    code: str
    cursor_pos: int
    detail_level: int = 0


class InspectReply(Content):
    """Documentation as a MIME bundle, if there is any."""

    found: bool = False
    data: MimeBundle = field(default_factory=dict)
    metadata: Json = field(default_factory=dict)
    status: str = "ok"


class IsCompleteRequest(Content):
    """Ask whether code could be run as it stands."""

    code: str


class IsCompleteReply(Content):
    """The answer; `indent` is what the next line should begin with when the code is incomplete."""

    status: Literal["complete", "incomplete", "invalid", "unknown"]
    indent: str | None = None


class HistoryRequest(Content):
    """Ask for earlier input: a range of a session, the tail of all, or what matches a pattern."""

    hist_access_type: Literal["range", "tail", "search"] = "tail"
    output: bool = False
    raw: bool = True
    session: int | None = None
    start: int | None = None
    stop: int | None = None
    n: int | None = None
    pattern: str | None = None
    unique: bool = False


class HistoryReply(Content):
    """Entries (session, line, input) or (session, line, [input, output])."""

    history: list[Any] = field(default_factory=list)
    status: str = "ok"


class KernelInfoRequest(Content):
    """Ask what the kernel is."""


class KernelInfoReply(Content):
    """What the kernel is: language, versions, features (JEP 92)."""

    protocol_version: str
    implementation: str
    implementation_version: str
    language_info: Json
    banner: str
    help_links: list[dict[str, str]] = field(default_factory=list)
    supported_features: list[str] = field(default_factory=list)
    debugger: bool = False
    status: str = "ok"


class CommInfoRequest(Content):
    """Ask for the open comms, all or those of one target."""

    target_name: str | None = None


class CommInfoReply(Content):
    """The open comms by their identifier."""

    comms: Json = field(default_factory=dict)
    status: str = "ok"


class CommOpen(Content):
    """Open a comm; both sides send it (specification: Custom messages)."""

    comm_id: str
    target_name: str
    data: Json = field(default_factory=dict)
    target_module: str | None = None


class CommMsg(Content):
    """Something said through a comm."""

    comm_id: str
    data: Json = field(default_factory=dict)


class CommClose(Content):
    """A comm is closed, or was never opened."""

    comm_id: str
    data: Json = field(default_factory=dict)


# ---- control ---------------------------------------------------------------------------------------------


class InterruptRequest(Content):
    """Interrupt what runs."""


class ShutdownRequest(Content):
    """End the kernel; with `restart` its manager starts it again."""

    restart: bool = False


class ShutdownReply(Content):
    """The kernel ends now."""

    restart: bool = False
    status: str = "ok"


class OkReply(Content):
    """A reply that says only whether it worked, and why not."""

    status: Literal["ok", "error"] = "ok"
    ename: str | None = None
    evalue: str | None = None
    traceback: list[str] | None = None


class UsageRequest(Content):
    """Ask what the kernel uses of the machine."""


class UsageReply(Content):
    """Memory in bytes, processor time in percent of one processor; what is not known is left out.

    `memory_limit` is what the control group lets all its processes have, if that is less than there is.
    """

    hostname: str
    pid: int
    kernel_cpu: float | None = None
    kernel_memory: int | None = None
    cpu_count: int | None = None
    host_cpu_percent: float | None = None
    host_virtual_memory: dict[str, float] | None = None
    memory_limit: int | None = None
    status: str = "ok"


class CreateSubshellRequest(Content):
    """Start a subshell: requests that name it run beside the main shell (JEP 91)."""


class CreateSubshellReply(Content):
    """The new subshell's identifier."""

    subshell_id: str
    status: str = "ok"


class DeleteSubshellRequest(Content):
    """End a subshell, once it has done what it was asked."""

    subshell_id: str


class ListSubshellRequest(Content):
    """Ask for the subshells."""


class ListSubshellReply(Content):
    """The identifiers of the subshells; the main shell has none."""

    subshell_id: list[str] = field(default_factory=list)
    status: str = "ok"


class DebugRequest(Content):
    """A request of the Debug Adapter Protocol."""

    type: str
    command: str
    seq: int = 0
    arguments: Json | None = None


class DebugReply(Content):
    """The response of the Debug Adapter Protocol."""

    type: str
    command: str
    success: bool = True
    seq: int = 0
    request_seq: int = 0
    message: str | None = None
    body: Json | None = None


# ---- stdin -----------------------------------------------------------------------------------------------


class InputRequest(Content):
    """The running cell wants a line; a password must not be shown or kept."""

    prompt: str = ""
    password: bool = False


class InputReply(Content):
    """The line that was typed, without its end."""

    value: str = ""


# ---- iopub -----------------------------------------------------------------------------------------------


class Status(Content):
    """Whether the kernel computes for the parent of this message."""

    execution_state: Literal["busy", "idle", "starting", "restarting", "dead"]


class Stream(Content):
    """Text written to standard output or standard error."""

    name: Literal["stdout", "stderr"]
    text: str


class ExecuteInput(Content):
    """The code that runs now, told to every client."""

    code: str
    execution_count: int


class DisplayData(Content):
    """A rich value; `transient` may hold its `display_id`."""

    data: MimeBundle
    metadata: Json = field(default_factory=dict)
    transient: Json = field(default_factory=dict)


class UpdateDisplayData(DisplayData):
    """A new value for everything shown with the same `display_id`."""


class ExecuteResult(Content):
    """The value of a cell's last expression."""

    execution_count: int
    data: MimeBundle
    metadata: Json = field(default_factory=dict)


class Error(Content):
    """An exception, its traceback formatted line by line with colours."""

    ename: str
    evalue: str
    traceback: list[str] = field(default_factory=list)


class ClearOutput(Content):
    """Clear the cell's output, at once or when the next output arrives."""

    wait: bool = False


class DebugEvent(Content):
    """An event of the Debug Adapter Protocol."""

    event: str
    type: str = "event"
    seq: int = 0
    body: Json | None = None


class IopubWelcome(Content):
    """A subscription is in force from here on (JEP 65)."""

    subscription: str


# ---- cshell's own: the feed, the queue, the worker's life ------------------------------------------------


class ReadRequest(Content):
    """Ask the feed for journal records after `after`, about `limit` bytes of them at most.

    Who has read nothing yet may ask for the newest ones first: for about `tail` bytes of them.
    """

    after: int
    limit: int = 1 << 18
    tail: int = 0


class ReadReply(Content):
    """Journal records in order; `head` is the newest sequence number there is, `first` the oldest.

    Where the records do not follow those that were read, `preface` has the earlier ones that one needs to
    understand them: the session, and the cells under way.
    """

    head: int
    records: list[Json]
    first: int = 1
    preface: list[Json] | None = None


class RestartRequest(Content):
    """Replace the worker; the session, its journal and its queue stay.

    The cells `again` run first then, before what waits.
    """

    again: list[str] = field(default_factory=list)


class DropRequest(Content):
    """Take a waiting cell out of the queue."""

    msg_id: str


class MoveRequest(Content):
    """Let a waiting cell run before another one that waits, or last."""

    msg_id: str
    before: str | None = None


class EditRequest(Content):
    """Replace the code of a waiting cell; it keeps its place."""

    msg_id: str
    code: str


class RenameRequest(Content):
    """Give the session another name."""

    name: str


class ColumnsRequest(Content):
    """Say how wide the output is shown from here on, in columns, to what runs and to what waits."""

    columns: int


class StackRequest(Content):
    """Ask where the kernel's main thread stands now; answered also while C code holds the interpreter's lock."""


class StackReply(Content):
    """Frames, the innermost first, each with `file`, `line` and `name`; `text` is all that is known of all threads.

    `source` is the text of the line, if it is in a file: that of a cell is in the journal.
    """

    frames: list[Json] = field(default_factory=list)
    text: str = ""
    status: str = "ok"


class SourceRequest(Content):
    """Ask for what is around a line, from 1, of a file on the kernel's machine; a `~` stands for the user's home."""

    file: str
    line: int


class SourceReply(Content):
    """Lines of the file and the number of the first one, from 1; none of a file that cannot be read."""

    first: int = 1
    lines: list[str] = field(default_factory=list)
    status: str = "ok"


class Submitted(Content):
    """A cell entered the queue; the parent of the record is its request.

    `file` and `line`, from 1, are where it came from, if its client has said so.
    What somebody else's kernel had `begun` before there was a session is one too, whose code nobody knows.
    """

    code: str
    silent: bool = False
    store_history: bool = True
    file: str = ""
    line: int = 0
    begun: bool = False


class CellsDropped(Content):
    """Cells are not to run any more, whether they waited or an error had skipped them."""

    cells: list[str]


class InputWanted(Content):
    """The running cell waits for a line; `request` is what an `input_reply` names as its parent."""

    request: str
    prompt: str = ""
    password: bool = False


class InputDone(Content):
    """The wait for a line is over; `value` is left out when it was a password or nobody answered."""

    request: str
    value: str | None = None


class SessionStarted(Content):
    """The first record: what the session is."""

    name: str
    kernel: str
    language: str
    cwd: str
    pid: int
    lexer: str = "python"


class KernelStarting(Content):
    """A worker is being made."""


class KernelStarted(Content):
    """A worker is ready for code; the rest is what somebody else's kernel says of itself.

    `pid` is 0 for a kernel whose process is not known here, `lexer` a name for Pygments, and `owned` whether it was
    started for this session: one that was not is neither restarted nor ended here.  Nor is one that is `embedded`: a
    program that the session was made in.
    """

    pid: int
    restarted: bool = False
    language: str = ""
    lexer: str = ""
    banner: str = ""
    help_links: list[Json] = field(default_factory=list)
    owned: bool = True
    embedded: bool = False


class KernelDied(Content):
    """A worker ended by itself: `signal` by name or an exit status, and what is known of why.

    `stack` is the text of Python's faulthandler, or what another kernel wrote into its own log last, `memory` one
    sentence if memory ran out, `peak` the most memory it had in bytes, `last` the last lines it printed, `code` the
    cell that ran; `owned` as in `KernelStarted`.
    """

    reason: str
    signal: str | None = None
    exit_status: int | None = None
    cell: str | None = None
    stack: str | None = None
    memory: str | None = None
    peak: int | None = None
    last: str | None = None
    code: str | None = None
    owned: bool = True


class KernelFailed(Content):
    """A worker could not be started; `reason` is one sentence, `said` the end of what it wrote into its own log."""

    reason: str
    said: str | None = None


class SessionEnded(Content):
    """The last record of a session that ended in order, with the count of its last kernel's cells."""

    reason: str
    execution_count: int | None = None


class SessionRenamed(Content):
    """The session has another name from here on."""

    name: str


class CellEdited(Content):
    """A waiting cell has other code; the parent of the record is its request."""

    code: str


class QueueOrdered(Content):
    """The order in which the waiting cells will run: the identifiers of their requests."""

    order: list[str]


class Recording(Content):
    """Whether the journal can be written; if not, `reason` says why in a few words."""

    ok: bool
    reason: str = ""


class RecordsLost(Content):
    """Stands in the place of records that could not be written; its own number is `last`."""

    first: int
    last: int
    reason: str = ""


class RecordsDropped(Content):
    """The oldest records were removed to keep the journal within its bounds."""

    first: int
    last: int


CONTENTS: Final[Mapping[str, type[Content]]] = {
    "execute_request": ExecuteRequest,
    "execute_reply": ExecuteReply,
    "complete_request": CompleteRequest,
    "complete_reply": CompleteReply,
    "inspect_request": InspectRequest,
    "inspect_reply": InspectReply,
    "is_complete_request": IsCompleteRequest,
    "is_complete_reply": IsCompleteReply,
    "history_request": HistoryRequest,
    "history_reply": HistoryReply,
    "kernel_info_request": KernelInfoRequest,
    "kernel_info_reply": KernelInfoReply,
    "comm_info_request": CommInfoRequest,
    "comm_info_reply": CommInfoReply,
    "comm_open": CommOpen,
    "comm_msg": CommMsg,
    "comm_close": CommClose,
    "interrupt_request": InterruptRequest,
    "interrupt_reply": OkReply,
    "shutdown_request": ShutdownRequest,
    "shutdown_reply": ShutdownReply,
    "usage_request": UsageRequest,
    "usage_reply": UsageReply,
    "create_subshell_request": CreateSubshellRequest,
    "create_subshell_reply": CreateSubshellReply,
    "delete_subshell_request": DeleteSubshellRequest,
    "delete_subshell_reply": OkReply,
    "list_subshell_request": ListSubshellRequest,
    "list_subshell_reply": ListSubshellReply,
    "debug_request": DebugRequest,
    "debug_reply": DebugReply,
    "input_request": InputRequest,
    "input_reply": InputReply,
    "status": Status,
    "stream": Stream,
    "execute_input": ExecuteInput,
    "display_data": DisplayData,
    "update_display_data": UpdateDisplayData,
    "execute_result": ExecuteResult,
    "error": Error,
    "clear_output": ClearOutput,
    "debug_event": DebugEvent,
    "iopub_welcome": IopubWelcome,
    "read_request": ReadRequest,
    "read_reply": ReadReply,
    "restart_request": RestartRequest,
    "restart_reply": OkReply,
    "drop_request": DropRequest,
    "drop_reply": OkReply,
    "move_request": MoveRequest,
    "move_reply": OkReply,
    "edit_request": EditRequest,
    "edit_reply": OkReply,
    "rename_request": RenameRequest,
    "rename_reply": OkReply,
    "columns_request": ColumnsRequest,
    "columns_reply": OkReply,
    "source_request": SourceRequest,
    "source_reply": SourceReply,
    "stack_request": StackRequest,
    "stack_reply": StackReply,
    "submitted": Submitted,
    "cells_dropped": CellsDropped,
    "input_wanted": InputWanted,
    "input_done": InputDone,
    "session_started": SessionStarted,
    "kernel_starting": KernelStarting,
    "kernel_started": KernelStarted,
    "kernel_died": KernelDied,
    "kernel_failed": KernelFailed,
    "session_ended": SessionEnded,
    "session_renamed": SessionRenamed,
    "cell_edited": CellEdited,
    "queue_ordered": QueueOrdered,
    "recording": Recording,
    "records_lost": RecordsLost,
    "records_dropped": RecordsDropped,
}


_NONE: Final = type(None)
# `int | None` is a type of its own since Python 3.10
_UNIONS: Final = (Union, getattr(types, "UnionType", Union))


def read(msg_type: str, values: Json) -> Content:
    """Read a content that was checked before: fields are taken as they are."""
    kind = CONTENTS[msg_type]
    return kind(**{name: values[name] for name in kind.__dataclass_fields__ if values.get(name) is not None})


def parse(msg_type: str, values: object) -> Content:
    """Read the content of a message; fields that the table does not know are ignored.

    Raises:
        RemoteProtocolError: the type is unknown, a required field is missing, or a field has a wrong type.
    """
    if msg_type not in CONTENTS:
        raise RemoteProtocolError(f"unknown message type {msg_type!r}")
    if not isinstance(values, dict):
        raise RemoteProtocolError(f"the content of {msg_type} is no object")
    found = {}
    for name, allowed, required in _checks(msg_type):
        value = values.get(name)
        if value is None and (_NONE in allowed or not required):
            continue
        if type(value) not in allowed:
            # JSON has one kind of number: a float that is whole may stand for an int
            if isinstance(value, float) and value.is_integer() and int in allowed and float not in allowed:
                value = int(value)
            if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
                raise RemoteProtocolError(f"{msg_type}: {name} is missing or of a wrong type")
        found[name] = value
    return made(CONTENTS[msg_type], found)


@lru_cache(maxsize=None)
def _checks(msg_type: str) -> tuple[tuple[str, tuple[type, ...], bool], ...]:
    """For each field of a content: its name, the types its JSON value may have, whether it must be there."""
    kind = CONTENTS[msg_type]
    hints = get_type_hints(kind)
    return tuple(
        (f.name, _json_types(hints[f.name]), f.default is MISSING and f.default_factory is MISSING)
        for f in fields(kind)
    )


def _json_types(hint: Any) -> tuple[type, ...]:
    origin = get_origin(hint)
    if hint is Any:
        return (object,)
    if origin in _UNIONS:
        return tuple(kind for part in get_args(hint) for kind in _json_types(part))
    if origin is Literal:
        return tuple({type(value) for value in get_args(hint)})
    if hint is float:
        return (float, int)
    return (origin or hint,)


def encode(value: object) -> bytes:
    """Return compact JSON in UTF-8 on one line; what JSON does not know becomes its `str`.

    NaN and infinities, which JSON lacks, become null; lone surrogates become question marks.

    Raises:
        RecursionError: it contains itself.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    except (ValueError, TypeError):
        text = json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "replace")


def _finite(value: object) -> object:
    """Return `value` with NaN and infinities replaced by None, and with keys that JSON can have."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value


def decode(data: bytes) -> Json:
    """Read a JSON object.

    Raises:
        RemoteProtocolError: it is no JSON, or no object.
    """
    try:
        # json alone would take UTF-16 too, which cannot be joined into a record of the journal
        value = json.loads(str(data, "utf-8"))
    except (ValueError, RecursionError):
        raise RemoteProtocolError("a frame that is no JSON") from None
    if not isinstance(value, dict):
        raise RemoteProtocolError("a frame that is no JSON object")
    return value
