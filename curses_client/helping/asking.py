"""What is asked of the kernel, and when: nothing piles up, whatever is typed and however slow the answers are."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Literal

from curses_client.commanding import Result, say
from curses_client.debugging import is_debuggers
from curses_client.events import Ask, Expired, SetTimer
from curses_client.helping.calls import call_at, is_text, name_at
from curses_client.offers import NO_QUERIES, Query
from curses_client.state import State
from curses_client.text.buffer import Buffer
from curses_client.text.later import later
from kernel.protocol.messages import CompleteRequest, InspectRequest

# seconds without a key after which something is asked that nobody has pressed a key for
PAUSE: Final = 0.15
# seconds after which a missing answer is explained while a cell runs, and how
_LATE: Final = 1.0
_SILENT: Final = "the kernel does not answer while C code runs"
_SILENT_FOREIGN: Final = "this kernel answers when its cell has ended"
# a dot or three letters, in front of the cursor, open the pop-up by themselves
_BEGUN: Final = later(r"(?:[\w)\]]\.|(?<![\w.])[^\W\d]\w{2,}|\.\w+)\Z")
# what there is no documentation of
_UNDOCUMENTED: Final = frozenset({"path", "dict key", "param", "keyword"})

Lane = Literal["by_key", "by_itself"]


def complete(buffer: Buffer, *, back: int = 0, purpose: Literal["complete", "loose", "again", "typing"]) -> Query:
    """Return the request for what could stand `back` code points before the cursor."""
    content = CompleteRequest(buffer.text, buffer.offset - back)
    return Query(purpose, buffer, "complete_request", content)


def inspection(state: State, name: str, position: int) -> InspectRequest:
    """Return the request for what the kernel knows of a name that ends at an offset.

    Python's kernels need the name only; of others nobody knows what belongs to it.
    """
    if is_python(state):
        return InspectRequest(name, len(name))
    return InspectRequest(state.editor.buffer.text, position)


def is_python(state: State) -> bool:
    """Whether the kernel's language is Python."""
    return "python" in state.session.lexer


def ask(state: State, query: Query) -> Result:
    """Ask what a key wants to know; while the kernel owes an answer, the newest question waits."""
    queries = state.queries
    if queries.by_key is None:
        return _sent(state, query, "by_key")
    is_same = (queries.by_key.purpose, queries.by_key.content) == (query.purpose, query.content)
    state = replace(state, queries=replace(queries, following=None if is_same else query))
    return say(state, "the kernel has not answered yet"), ()


def _sent(state: State, query: Query, lane: Lane) -> Result:
    tag = state.tags + 1
    query = replace(query, tag=tag)
    queries = state.queries
    queries = replace(queries, by_key=query) if lane == "by_key" else replace(queries, by_itself=query)
    is_missed = lane == "by_key" or query.purpose == "signature"
    timer = (SetTimer(tag, _LATE),) if is_missed and state.session.state == "busy" else ()
    return replace(state, tags=tag, queries=queries), (Ask(tag, query.msg_type, query.content), *timer)


def late(state: State, event: Expired) -> Result | None:
    """Say why there is no answer yet; None if this timer is for something else, or there is one."""
    queries = state.queries
    waits = any(query is not None and query.tag == event.tag for query in (queries.by_key, queries.by_itself))
    if not waits or state.session.state != "busy" or state.line:
        return None
    return say(state, _SILENT if state.session.is_native else _SILENT_FOREIGN), ()


def dropped(state: State) -> State:
    """Have nothing open that a key has asked for and that is not there yet."""
    by_key = state.queries.by_key
    if by_key is not None and by_key.msg_type == "complete_request":
        by_key = replace(by_key, purpose="dropped")
    return replace(state, queries=replace(state.queries, by_key=by_key, following=None))


def is_typing(state: State) -> bool:
    """Whether the keys go to the editor, and a kernel is there that could be asked."""
    return (
        state.answer is None
        and state.cursor is None
        and state.asking is None
        and state.question is None
        and state.panel is None
        and state.picture is None
        and not state.read_only
        and not state.line
        and state.session.state in ("idle", "busy")
    )


def is_completing(state: State) -> bool:
    """Whether what is typed can be completed: in the editor, or to a debugger."""
    if state.answer is None:
        return is_typing(state)
    return is_debuggers(state.session.prompt) and is_typing(replace(state, answer=None))


# ---- what is wanted without a key --------------------------------------------------------------------------


def followed(before: State, state: State) -> Result:
    """Have what is wanted now asked for after a pause, and drop what does not fit any more."""
    if before.session.state in ("idle", "busy") and state.session.state not in ("idle", "busy"):
        # a kernel that is gone answers nothing
        state = replace(state, queries=NO_QUERIES, signature=None)
    text, buffer = before.editor.buffer, state.editor.buffer
    same = buffer is text and state.completion is before.completion and state.documentation is before.documentation
    if same and state.signature is before.signature:
        return state, ()
    if state.completion is None and state.options.completion == "typing" and not _is_one_more(text, buffer):
        # the pop-up opens where something is typed, not where the cursor comes by
        state = replace(state, queries=replace(state.queries, tried=buffer))
    if state.signature is not None and buffer is not text:
        call = call_at(buffer)
        if call is None or (call.name, call.open) != (state.signature.name, state.signature.open):
            state = replace(state, signature=None)
    queries = state.queries
    if queries.timer:
        return replace(state, queries=replace(queries, is_stirred=True)), ()
    return (state, ()) if queries.by_itself is not None or wanted(state) is None else _timed(state)


def _is_one_more(text: Buffer, buffer: Buffer) -> bool:
    """Whether a character was typed."""
    return buffer.lines is not text.lines and buffer.row == text.row and buffer.col == text.col + 1


def _timed(state: State) -> Result:
    tag = state.tags + 1
    queries = replace(state.queries, timer=tag, is_stirred=False)
    return replace(state, tags=tag, queries=queries), (SetTimer(tag, PAUSE),)


def paused(state: State) -> Result:
    """Ask when nothing was typed since the timer was set, else wait for another pause."""
    if state.queries.is_stirred:
        return _timed(state)
    return ask_wanted(replace(state, queries=replace(state.queries, timer=0)))


def ask_wanted(state: State) -> Result:
    """Ask what is wanted now."""
    query = wanted(state)
    if query is None:
        return state, ()
    if query.msg_type == "complete_request":
        state = replace(state, queries=replace(state.queries, tried=query.buffer))
    return _sent(state, query, "by_itself")


def wanted(state: State) -> Query | None:
    """Return what is to be asked for the state as it is; None when nothing is missing."""
    if not is_typing(state):
        return None
    return next((query for want in _WANTS if (query := want(state)) is not None), None)


def _more_matches(state: State) -> Query | None:
    """Ask for the pop-up, where it is to open by itself, and where it does not know what begins like the text."""
    buffer, completion = state.editor.buffer, state.completion
    if state.queries.tried is buffer:
        return None
    if completion is not None:
        typed = buffer.text[completion.start : buffer.offset]
        return None if typed.startswith(completion.asked) else complete(buffer, purpose="again")
    line = buffer.lines[buffer.row]
    before, after = line[: buffer.col], line[buffer.col : buffer.col + 1]
    if state.options.completion != "typing" or buffer.selection or after.isalnum() or not _BEGUN.search(before):
        return None
    return None if is_text(before) else complete(buffer, purpose="typing")


def _documentation(state: State) -> Query | None:
    """Ask for what stands beside the pop-up."""
    completion = state.completion
    match = completion.match if completion is not None else None
    if completion is None or match is None or match.text == completion.documented or match.kind in _UNDOCUMENTED:
        return None
    buffer = state.editor.buffer
    chosen = buffer.replace(completion.start, buffer.offset, match.text)
    named = name_at(chosen)
    name = match.text if match.text.startswith("%") or named is None else named[0]
    request = inspection(replace(state, editor=replace(state.editor, buffer=chosen)), name, chosen.offset)
    return Query("match", buffer, "inspect_request", request, match.text)


def _signature(state: State) -> Query | None:
    """Ask for the parameters of the function whose arguments are typed."""
    if not state.options.signatures or not is_python(state):
        return None
    call = call_at(state.editor.buffer)
    known = state.signature
    if call is None or (known is not None and (known.name, known.open) == (call.name, call.open)):
        return None
    request = InspectRequest(call.name, len(call.name))
    return Query("signature", state.editor.buffer, "inspect_request", request, call.name)


def _followed_name(state: State) -> Query | None:
    """Ask for what the pane is to show, when it follows the cursor."""
    document = state.documentation
    named = name_at(state.editor.buffer) if document is not None and document.follows else None
    if document is None or named is None or named[0] in (document.name, document.unknown):
        return None
    request = replace(inspection(state, *named), detail_level=document.request.detail_level)
    return Query("document", state.editor.buffer, "inspect_request", request, named[0])


_WANTS: Final[tuple[Callable[[State], Query | None], ...]] = (
    _more_matches,
    _documentation,
    _signature,
    _followed_name,
)
