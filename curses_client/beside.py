"""Running something beside the cell that runs: in a subshell, a thread with the same names (JEP 91)."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import LOOKS_ONLY, Result, tell
from curses_client.events import Control, Effect, Leave, Replied, Submit
from curses_client.files.running import run_lines
from curses_client.helping.documenting import after_run
from curses_client.layout import layout
from curses_client.remembering import remembered
from curses_client.state import Editor, State
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import Buffer, Undo
from kernel.protocol.messages import CreateSubshellReply, CreateSubshellRequest, DeleteSubshellRequest, OkReply

FOREIGN: Final = "only a kernel of cshell's own runs something beside its cell"


def aside(state: State) -> Result:
    """Run what is selected, the line in a file, or what is typed, in the subshell, once there is one."""
    if state.read_only:
        return tell(state, LOOKS_ONLY)
    if not state.session.is_native:
        return tell(state, FOREIGN)
    if not state.editor.buffer.text.strip():
        return tell(state, "there is nothing to run here")
    if state.subshell:
        return _submitted(state)
    if state.subshell_asked:
        return tell(state, "the kernel has not answered yet")
    tag = state.tags + 1
    request = Control("create_subshell_request", CreateSubshellRequest(), tag)
    return replace(state, tags=tag, subshell_asked=tag), (request,)


def _submitted(state: State) -> Result:
    buffer = state.editor.buffer
    if state.document is not None or buffer.selection is not None:
        state, effects = run_lines(state)
        return state, tuple(
            replace(effect, subshell=state.subshell) if isinstance(effect, Submit) else effect for effect in effects
        )
    source = buffer.text.rstrip()
    editor = Editor(Buffer.of(""), Undo(), kills=state.editor.kills, vi=state.editor.vi.fresh())
    state, remember = remembered(state, source)
    state = replace(state, editor=editor, completion=None, documentation=after_run(state.documentation))
    state = replace(state, scroll=None, find=None, message=None)
    return state, (*remember, Submit(source, layout(state).text, subshell=state.subshell))


def subshell_came(state: State, event: Replied) -> Result | None:
    """Run in the new subshell what it was asked for; None if this answers something else."""
    if not event.tag or event.tag != state.subshell_asked:
        return None
    state, content = replace(state, subshell_asked=0), event.content
    if isinstance(content, CreateSubshellReply):
        return aside(replace(state, subshell=content.subshell_id))
    said = content.evalue if isinstance(content, OkReply) else ""
    return tell(state, sanitise(said or FOREIGN), alarming=True)


def without_subshells(state: State, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """Have the subshells of this client end before it leaves: each is a thread of a kernel that may live on."""
    if not any(isinstance(effect, Leave) and effect.how != "ended" for effect in effects):
        return effects
    subshells = filter(None, (state.subshell, state.inspected.subshell))
    return (*(Control("delete_subshell_request", DeleteSubshellRequest(each)) for each in subshells), *effects)
