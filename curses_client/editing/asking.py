"""The line in the status line: what follows from typing it, from taking it and from leaving it."""

from dataclasses import replace
from typing import Final

from curses_client import searching
from curses_client.breakpoints.commands import expression_chosen
from curses_client.breakpoints.marking import condition_chosen
from curses_client.commanding import Command, Result
from curses_client.editing.find import ask_replacement, begin_replacing, find_accepted, find_cancelled
from curses_client.editing.lines import go_to_line
from curses_client.state import State
from curses_client.variables import commands as variables


def accept(state: State) -> Result:
    """Do what the line was typed for."""
    if state.asking is None:
        return state, ()
    text, purpose = state.asking.buffer.text, state.asking.purpose
    taken = replace(state, asking=None)
    match purpose:
        case "line":
            return go_to_line(taken, text), ()
        case "variables":
            return variables.chosen(taken, text)
        case "rows":
            return variables.rows_chosen(taken, text)
        case "condition":
            return condition_chosen(taken, text)
        case "evaluate":
            return expression_chosen(taken, text)
        case "find":
            return find_accepted(taken), ()
        case "replace":
            return ask_replacement(taken), ()
        case "replacement":
            return begin_replacing(taken, text), ()
        case _:
            return searching.accept(state)


def cancel(state: State) -> Result:
    """Leave the line; what was looked for with it is left where that began."""
    if state.asking is not None and state.asking.purpose in ("find", "replace", "replacement"):
        return find_cancelled(replace(state, asking=None)), ()
    return searching.cancel(state)


ASKING_COMMANDS: Final[dict[str, Command]] = {"line-accept": accept, "line-cancel": cancel}
