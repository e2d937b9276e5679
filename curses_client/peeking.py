"""Looking where the running cell stands: the pane that shows it, and the samples that are asked for while it does."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, tell
from curses_client.events import Control, Replied, SetTimer
from curses_client.layout import layout
from curses_client.panes import closed
from curses_client.standing import SAMPLE_SECONDS, Standing, frames_of, sampled_by
from curses_client.state import State
from curses_client.text.ansi import sanitise
from kernel.protocol.messages import OkReply, StackReply, StackRequest

FOREIGN: Final = "only a kernel of cshell's own tells where it stands"
# what a kernel answers that is not there now, and may be there the next time
_LATER: Final = frozenset({"NoStack", "DeadKernelError"})


def open_where(state: State) -> Result:
    """Show where the running cell stands, beside what is typed; if it is shown, close it."""
    if "where" in state.panes.open:
        return close_where(state)
    if not state.session.is_native:
        return tell(state, FOREIGN)
    if state.session.running is None and not state.standing.samples:
        return tell(state, "no cell runs")
    if state.session.running is not None:
        # nobody has looked since the samples that are there
        state = replace(state, standing=Standing(asked=state.standing.asked, timer=state.standing.timer))
    after = replace(state, panes=replace(state.panes, open=(*state.panes.open, "where"), zoomed=None))
    return (after, ()) if layout(after).pane("where") is not None else tell(state, "there is no room to show it")


def close_where(state: State) -> Result:
    """Show it no longer."""
    return closed(state, "where"), ()


def _step(step: int) -> Command:
    """Select the line below, or above."""

    def command(state: State) -> Result:
        standing = state.standing
        place = min(max(standing.place + step, 0), max(len(standing.choices) - 1, 0))
        return replace(state, standing=replace(standing, selected=place)), ()

    return command


def _is_wanted(state: State) -> bool:
    """Whether somebody looks where a cell stands that runs."""
    session = state.session
    runs = session.running is not None and session.state == "busy" and not session.behind and not state.line
    return runs and "where" in state.panes.open and layout(state).pane("where") is not None


def sampled(state: State) -> Result:
    """Ask where the running cell stands, if that is wanted, a while after the last answer."""
    standing = state.standing
    if standing.asked or standing.timer or not _is_wanted(state):
        return state, ()
    tag = state.tags + 1
    state = replace(state, tags=tag, standing=replace(standing, asked=tag))
    return state, (Control("stack_request", StackRequest(), tag),)


def rested(state: State) -> State:
    """Take in that the pause after an answer is over."""
    return replace(state, standing=replace(state.standing, timer=0))


def stood(state: State, event: Replied) -> Result | None:
    """Take in where the cell stands; None if this answers something else."""
    if event.tag != state.standing.asked or not event.tag:
        return None
    content, running = event.content, state.session.running
    state = replace(state, standing=replace(state.standing, asked=0))
    if isinstance(content, OkReply) and content.status == "error" and content.ename not in _LATER:
        return tell(closed(state, "where"), sanitise(content.evalue or FOREIGN), alarming=True)
    standing = state.standing
    if isinstance(content, StackReply) and content.frames and running is not None:
        frames = frames_of(content.frames, lambda count, line: _cell_line(state, count, line))
        standing = sampled_by(standing, running, frames)
    tag = state.tags + 1
    return replace(state, tags=tag, standing=replace(standing, timer=tag)), (SetTimer(tag, SAMPLE_SECONDS),)


def _cell_line(state: State, count: int, line: int) -> str:
    """Return a line, from 1, of the newest cell with a count."""
    cells = reversed(list(state.transcript.cells()))
    source = next((cell.source for cell in cells if cell.count == count), ())
    return source[line - 1] if 0 < line <= len(source) else ""


PEEKING_COMMANDS: Final[dict[str, Command]] = {
    "where": open_where,
    "where-next": _step(+1),
    "where-previous": _step(-1),
    "where-close": close_where,
}
