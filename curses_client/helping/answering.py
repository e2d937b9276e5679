"""The kernel's answers to what was asked for who is typing: shown where they still fit, else dropped."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Result, say, typed_text
from curses_client.events import Replied
from curses_client.helping.asking import ask, ask_wanted, complete, is_completing, is_python
from curses_client.helping.calls import call_at
from curses_client.helping.completing import narrowed, offer, offered, word_before
from curses_client.helping.inspection import lines_of, sections
from curses_client.helping.signatures import digest, parameters_of
from curses_client.offers import Documentation, Query, Signature
from curses_client.state import State
from curses_client.text.ansi import plain, sanitise
from curses_client.text.buffer import Buffer
from kernel.protocol.messages import CompleteReply, Content, InspectReply, InspectRequest, OkReply


def answered(state: State, event: Replied) -> Result | None:
    """Take in an answer, and ask what waits for it; None if it answers nothing that was asked here."""
    queries, content = state.queries, event.content
    if queries.by_key is not None and queries.by_key.tag == event.tag:
        query, following = queries.by_key, queries.following
        state = replace(state, queries=replace(queries, by_key=None, following=None))
        state, effects = _TAKES[query.purpose](state, query, content)
        if isinstance(content, OkReply) and content.status == "error":
            state = say(state, sanitise(content.evalue or content.ename or "refused"), alarming=True)
        if following is not None and following.buffer == typed_text(state):
            state, more = ask(state, following)
            effects = (*effects, *more)
        return state, effects
    if queries.by_itself is not None and queries.by_itself.tag == event.tag:
        query = queries.by_itself
        state, effects = _TAKES[query.purpose](replace(state, queries=replace(queries, by_itself=None)), query, content)
        state, more = ask_wanted(state)
        return state, (*effects, *more)
    return None


def typed_since(asked: Buffer, now: Buffer) -> str | None:
    """Return what was typed at the cursor since then; None if the text is another one or the cursor elsewhere."""
    then, text, more = asked.text, now.text, now.offset - asked.offset
    if more < 0 or len(text) - len(then) != more or now.selection is not None:
        return None
    if text[: asked.offset] != then[: asked.offset] or text[now.offset :] != then[asked.offset :]:
        return None
    return text[asked.offset : now.offset]


# ---- completions -------------------------------------------------------------------------------------------


def _completions(state: State, query: Query, content: Content) -> Result:
    """Open the pop-up for Tab, or put what is certain into the text, if nothing was typed since."""
    typed = typed_since(query.buffer, typed_text(state))
    if not isinstance(content, CompleteReply) or not _goes_on(typed) or not is_completing(state):
        return state, ()
    completion = offered(query.buffer, content)
    if completion is None:
        word = word_before(query.buffer)
        if typed or not word:
            return say(state, "no completions"), ()
        return ask(state, complete(query.buffer, back=len(word), purpose="loose"))
    if not typed:
        return offer(state, completion), ()
    return narrowed(replace(state, completion=completion)), ()


def _loose(state: State, query: Query, content: Content) -> Result:
    """Open the pop-up with what has the letters that were typed, where nothing begins with them."""
    after = _open(state, query, content)
    return (say(state, "no completions"), ()) if after.completion is None else (after, ())


def _again(state: State, query: Query, content: Content) -> Result:
    """Replace what is in the pop-up, or open it."""
    return _open(state, query, content), ()


def _unasked(state: State, query: Query, content: Content) -> Result:
    """Open the pop-up that nobody has asked for."""
    return (state, ()) if state.completion is not None else (_open(state, query, content, is_chosen=False), ())


def _open(state: State, query: Query, content: Content, *, is_chosen: bool = True) -> State:
    typed = typed_since(query.buffer, typed_text(state))
    if not isinstance(content, CompleteReply) or not _goes_on(typed) or not is_completing(state):
        return state
    completion = offered(query.buffer, content)
    if completion is None:
        return replace(state, completion=None)
    if query.purpose == "loose":
        # everything is known that could stand there
        completion = replace(completion, asked="")
    return narrowed(replace(state, completion=replace(completion, selected=0 if is_chosen else None)))


def _goes_on(typed: str | None) -> bool:
    """Whether what was typed since the question goes on with the same word."""
    return typed is not None and (not typed or typed.replace("_", "a").isalnum())


# ---- documentation -----------------------------------------------------------------------------------------


def _lines(content: Content) -> tuple[str, ...]:
    return lines_of(content.data) if isinstance(content, InspectReply) and content.found else ()


def _of_match(state: State, query: Query, content: Content) -> Result:
    """Keep the documentation of a match: it is shown beside the pop-up while that one is selected."""
    completion = state.completion
    if completion is None:
        return state, ()
    known = replace(completion, documented=query.subject, documentation=digest(_lines(content), query.subject))
    return replace(state, completion=known), ()


def _of_call(state: State, query: Query, content: Content) -> Result:
    """Show the signature, if the cursor is in a call of that name still."""
    call = call_at(state.editor.buffer)
    if call is None or call.name != query.subject:
        return state, ()
    parameters = parameters_of("\n".join(map(plain, _lines(content))), call.name)
    signature = Signature(call.name, call.open, parameters or (), parameters is not None)
    return replace(state, signature=signature), ()


def _in_pane(state: State, query: Query, content: Content) -> Result:
    """Show what is known of a name in the pane, if that is open and still waits for it or follows."""
    document, request = state.documentation, query.content
    if document is None or not isinstance(request, InspectRequest):
        return state, ()
    if document.request != request and not document.follows:
        return state, ()
    lines = _lines(content)
    if not lines:
        return _unknown(state, document, query.subject), ()
    is_pressed = document.request == request
    has_source = "Source" in sections("\n".join(map(plain, lines))) or not is_python(state)
    if is_pressed and request.detail_level and not has_source:
        state = say(state, f"the source of {sanitise(query.subject)} is not known")
        request = replace(request, detail_level=0)
    top = document.top if is_pressed and document.lines == lines else 0
    shown = replace(document, name=query.subject, request=request, lines=lines, top=top, unknown=None)
    return replace(state, documentation=shown), ()


def _unknown(state: State, document: Documentation, name: str) -> State:
    if document.follows and document.lines:
        return replace(state, documentation=replace(document, unknown=name))
    return say(replace(state, documentation=None), f"nothing is known of {sanitise(name)}")


def _dropped(state: State, query: Query, content: Content) -> Result:
    return state, ()


_TAKES: Final[dict[str, Callable[[State, Query, Content], Result]]] = {
    "complete": _completions,
    "loose": _loose,
    "again": _again,
    "typing": _unasked,
    "match": _of_match,
    "signature": _of_call,
    "document": _in_pane,
    "dropped": _dropped,
}
