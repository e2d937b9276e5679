"""The prompt of a debugger: what was typed to it before, completions, and the source around the line it stands at."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Final

from curses_client.commanding import Command, Result, tell
from curses_client.debugging import Debugging, Stop, is_debuggers, source_lines, stop_of
from curses_client.events import Control, Replied
from curses_client.helping.completing import complete_here
from curses_client.remembering import is_of_session
from curses_client.state import Browsing, State
from curses_client.text.buffer import Buffer
from curses_client.transcript import Cell
from kernel.protocol.messages import SourceReply, SourceRequest

# lines of output in which the place is looked for
_LOOK_BACK: Final = 500


def at_debugger(state: State) -> bool:
    """Whether the answer that is typed is for a debugger."""
    return state.answer is not None and is_debuggers(state.session.prompt)


# ---- what was typed before ---------------------------------------------------------------------------------


def before(state: State) -> Result:
    """Show what was typed to a debugger before that begins with what stands before the cursor."""
    if state.answer is None or not at_debugger(state):
        return tell(state, "only what debuggers are told is kept")
    browsing = state.answered or _begun(state, state.answer)
    place = browsing.place + 1
    if place >= len(browsing.texts):
        return state, ()
    return _shown(state, replace(browsing, place=place), Buffer.of(browsing.texts[place]))


def after(state: State) -> Result:
    """Show what was typed after it, and in the end what was being typed."""
    browsing = state.answered
    if browsing is None:
        return state, ()
    if browsing.place == 1:
        return _shown(state, None, browsing.draft)
    place = browsing.place - 1
    return _shown(state, replace(browsing, place=place), Buffer.of(browsing.texts[place]))


def _begun(state: State, answer: Buffer) -> Browsing:
    """Take what fits, each text once: of this session first, then of others, the newest first."""
    prefix, entries = answer.text[: answer.col], state.history.debugger
    fitting = [entry for entry in reversed(entries) if entry.text.startswith(prefix)]
    ordered = sorted(fitting, key=lambda entry: not is_of_session(state, entry))
    others = dict.fromkeys(entry.text for entry in ordered if entry.text != answer.text)
    return Browsing(prefix, answer, entries, texts=(answer.text, *others))


def _shown(state: State, browsing: Browsing | None, answer: Buffer) -> Result:
    return replace(state, answer=answer, answered=browsing, completion=None), ()


def complete(state: State) -> Result:
    """Complete what is typed to a debugger."""
    if not at_debugger(state):
        return tell(state, "Tab completes what a debugger is told")
    return complete_here(state)


# ---- where it stands ---------------------------------------------------------------------------------------


def followed_debugger(before: State, state: State) -> Result:
    """Find out where the debugger stands when it asks anew, and ask for the source there if it is not known."""
    prompt = state.session.prompt
    if state.debugging.cell and state.session.running != before.session.running:
        state = replace(state, debugging=Debugging())
    if prompt is before.session.prompt and state.session.behind is before.session.behind:
        return state, ()
    wanted = is_debuggers(prompt) and state.options.debugger_source and not state.session.behind
    if prompt is None or not wanted or prompt.request == state.debugging.request:
        return state, ()
    cell = next((cell for cell in reversed(list(state.transcript.cells())) if cell.prompt is prompt), None)
    stop = stop_of(islice(_output(cell), _LOOK_BACK)) if cell is not None else None
    if cell is None or stop is None:
        return state, ()
    known = replace(state.debugging, request=prompt.request, cell=cell.msg_id, stop=stop)
    if known.knows(stop):
        return replace(state, debugging=known), ()
    return with_source(replace(state, debugging=known), stop)


def _output(cell: Cell) -> Iterator[str]:
    """Yield the lines that a cell has printed, the last one first."""
    for part in reversed(cell.outputs):
        if part.kind == "stdout":
            for index in reversed(range(len(part.body))):
                yield part.body.line(index)


def with_source(state: State, stop: Stop) -> Result:
    """Take the source of a cell from the transcript; ask for that of a file."""
    if stop.count is not None:
        cells = reversed(list(state.transcript.cells()))
        source = next((cell.source for cell in cells if cell.count == stop.count), ())
        known = replace(state.debugging, file=stop.file, first=1, lines=source_lines(source), asked=0)
        return replace(state, debugging=known), ()
    tag = state.tags + 1
    request = Control("source_request", SourceRequest(stop.file, stop.line), tag)
    return replace(state, tags=tag, debugging=replace(state.debugging, asked=tag)), (request,)


def source_came(state: State, event: Replied) -> Result | None:
    """Take in the source around the place where the debugger stands; None if this answers something else."""
    debugging, content = state.debugging, event.content
    if not event.tag or event.tag != debugging.asked:
        return None
    debugging = replace(debugging, asked=0)
    if isinstance(content, SourceReply) and debugging.stop is not None:
        lines = source_lines(content.lines)
        debugging = replace(debugging, file=debugging.stop.file, first=content.first, lines=lines)
    return replace(state, debugging=debugging), ()


STEPPING_COMMANDS: Final[dict[str, Command]] = {
    "answer-before": before,
    "answer-after": after,
    "answer-complete": complete,
}
