"""Which question goes to the kernel when: one at a time, after a pause, and beside a cell where the kernel can that."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import Result
from curses_client.events import Ask, Control, Expired, SetTimer
from curses_client.inspected import Grid, Inspected, Look, Question
from curses_client.layout import layout
from curses_client.state import State
from curses_client.variables.source import listing, looking
from curses_client.viewed import body_rows
from kernel.protocol.messages import CreateSubshellRequest, DeleteSubshellRequest, ExecuteRequest

EXPRESSION: Final = "cshell_variables"
# seconds after a cell has ended: another one may follow at once
_PAUSE: Final = 0.2
# columns of a table's column at least, with what is between two
_LEAST: Final = 4
_MOST: Final = 100


def is_python(state: State) -> bool:
    """Whether the kernel can be asked."""
    return "python" in state.session.lexer


def followed(before: State, state: State) -> Result:
    """Ask what is to be known now, if the pane is open; tidy up when it is closed."""
    inspected = state.inspected
    if "variables" not in state.panes.open:
        return _tidied(state) if inspected.asked is None and inspected.subshell is not None else (state, ())
    if state.session.state not in ("idle", "busy"):
        return _gone(state), ()
    if _has_ended(before, state) or "variables" not in before.panes.open:
        state = replace(state, inspected=replace(inspected, is_stale=True))
    return asked_next(state)


def _has_ended(before: State, state: State) -> bool:
    """Whether a cell has ended, perhaps one of whose beginning nothing was heard before."""
    ran, runs = before.session.running, state.session.running
    return ran != runs if ran is not None else runs is None and state.session.count != before.session.count


def _tidied(state: State) -> Result:
    """End the subshell: it is a thread of the kernel."""
    subshell = state.inspected.subshell
    assert subshell is not None
    state = replace(state, inspected=replace(state.inspected, subshell=None))
    return state, (Control("delete_subshell_request", DeleteSubshellRequest(subshell)),)


def _gone(state: State) -> State:
    """Take in that the kernel is gone, and all that it had."""
    old = state.inspected
    if old.variables is None and not old.views and old.asked is None and old.subshell is None:
        return state
    kept = Inspected(sort=old.sort, filter=old.filter, shows_all=old.shows_all, selected=old.selected)
    return replace(state, inspected=replace(kept, is_stale=True))


def asked_next(state: State) -> Result:
    """Ask what is wanted; for the list, wait a moment first."""
    inspected = _fitted(state)
    state = state if inspected is state.inspected else replace(state, inspected=inspected)
    if inspected.asked is not None or not _can_ask(state):
        return state, ()
    if inspected.wanted is not None:
        return sent(replace(state, inspected=replace(inspected, wanted=None)), inspected.wanted)
    if not inspected.is_stale or inspected.timer:
        return state, ()
    tag = state.tags + 1
    return replace(state, tags=tag, inspected=replace(inspected, timer=tag)), (SetTimer(tag, _PAUSE),)


def _can_ask(state: State) -> bool:
    is_there = is_python(state) and not state.session.behind and not state.line
    # without a subshell a question would wait behind the cells, and then be in the way of the next one
    is_free = state.session.state == "idle" and not state.session.waiting
    return is_there and (is_free or not state.inspected.is_refused)


def _fitted(state: State) -> Inspected:
    """Want as much of the table as there is room for now."""
    inspected, view = state.inspected, state.inspected.view
    if view is None or not isinstance(view.body, Grid) or inspected.asked is not None or inspected.wanted is not None:
        return inspected
    look = sized(state, view.look)
    return inspected if look == view.look else replace(inspected, wanted=Question(0, look))


def sized(state: State, look: Look) -> Look:
    """Return a question for as many rows and columns as the pane has room for."""
    area = layout(state).pane("variables")
    if area is None:
        return look
    return replace(look, rows=body_rows(area.rows, state.inspected.view), cols=min(area.cols // _LEAST + 1, _MOST))


def expired(state: State, event: Expired) -> Result | None:
    """Ask for the list after the pause; None if the timer is another one."""
    inspected = state.inspected
    if not inspected.timer or inspected.timer != event.tag:
        return None
    state = replace(state, inspected=replace(inspected, timer=0))
    is_open = "variables" in state.panes.open and state.session.state in ("idle", "busy")
    if not is_open or inspected.asked is not None or inspected.wanted is not None or not _can_ask(state):
        return state, ()
    return sent(state, Question(0))


def sent(state: State, question: Question) -> Result:
    """Ask the kernel, in a subshell if it has such, which is made for the first question."""
    inspected, tag = state.inspected, state.tags + 1
    makes = inspected.subshell is None and not inspected.is_refused
    question = replace(question, tag=tag, subshell=inspected.subshell, makes=makes)
    is_stale = inspected.is_stale and question.look is not None
    state = replace(state, tags=tag, inspected=replace(inspected, asked=question, is_stale=is_stale))
    if makes:
        return state, (Control("create_subshell_request", CreateSubshellRequest(), tag),)
    look = question.look
    code = listing(everything=inspected.shows_all) if look is None else looking(look)
    request = ExecuteRequest("", silent=True, store_history=False, user_expressions={EXPRESSION: code})
    return state, (Ask(tag, "execute_request", request, inspected.subshell),)


def want(state: State, question: Question) -> Result:
    """Ask as soon as the former question is answered; only the newest one waits."""
    return asked_next(replace(state, inspected=replace(state.inspected, wanted=question)))
