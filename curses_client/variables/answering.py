"""The kernel's answers as values; what makes no sense changes nothing."""

import ast
import json
from dataclasses import replace
from typing import Any, Final

from curses_client.commanding import Result, say
from curses_client.events import Replied
from curses_client.inspected import Grid, Look, Node, Question, Text, Tree, Variable, View
from curses_client.state import State
from curses_client.text.ansi import in_place, sanitise
from curses_client.variables.asking import EXPRESSION, asked_next, sent
from kernel.protocol.messages import Content, CreateSubshellReply, ExecuteReply, OkReply

# characters of an answer that are read
_LONGEST: Final = 2_000_000
_SENSELESS: Final = "the kernel's answer makes no sense"


class _Refused(Exception):
    """There is no answer; the text says why."""


def answered(state: State, event: Replied) -> Result | None:
    """Take in an answer, and ask what is wanted next; None if it answers something else."""
    question = state.inspected.asked
    if question is None or question.tag != event.tag:
        return None
    state = replace(state, inspected=replace(state.inspected, asked=None))
    content = event.content
    if question.makes:
        made = content.subshell_id if isinstance(content, CreateSubshellReply) else None
        inspected = replace(state.inspected, subshell=made, is_refused=made is None)
        return asked_next(replace(state, inspected=replace(inspected, wanted=inspected.wanted or question)))
    if question.subshell is not None and isinstance(content, OkReply) and content.ename == "SubshellNotFound":
        # the kernel is another one
        return sent(replace(state, inspected=replace(state.inspected, subshell=None)), question)
    try:
        values = _values(content)
        state = _listed(state, values) if question.look is None else _looked(state, question, question.look, values)
    except _Refused as refused:
        state = _failed(state, question, sanitise(str(refused)))
    except (KeyError, TypeError, ValueError, AttributeError):
        state = _failed(state, question, _SENSELESS)
    return asked_next(state)


def _values(content: Content) -> dict[str, Any]:
    """Return what an expression's value says."""
    if isinstance(content, OkReply):
        raise _Refused(content.evalue or content.ename or "refused")
    if not isinstance(content, ExecuteReply) or content.status != "ok":
        raise _Refused("the kernel has dropped the question")
    found = (content.user_expressions or {})[EXPRESSION]
    if found.get("status") == "error":
        raise _Refused(f"{found.get('ename')}: {found.get('evalue')}")
    text = found["data"]["text/plain"]
    if len(text) > _LONGEST:
        raise _Refused("the kernel's answer is too long")
    try:
        values = json.loads(ast.literal_eval(text))
    except (SyntaxError, MemoryError, RecursionError):
        raise _Refused(_SENSELESS) from None
    if not isinstance(values, dict):
        raise _Refused(_SENSELESS)
    if values.get("failure"):
        raise _Refused(str(values["failure"]))
    return values


def _clean(value: object) -> str:
    """Return a text that is safe in one row."""
    return in_place(sanitise(str(value)))


def _failed(state: State, question: Question, why: str) -> State:
    inspected, look = state.inspected, question.look
    if look is None:
        return replace(state, inspected=replace(inspected, failure=why))
    view = inspected.view
    if view is None or not _is_of(view, look):
        return state
    if view.body is not None:
        # what is shown stays, and is not asked for again
        view = replace(view, look=replace(view.look, rows=look.rows, cols=look.cols))
        state = say(state, why, alarming=True)
    else:
        view = replace(view, failure=why)
    return replace(state, inspected=replace(inspected, views=(*inspected.views[:-1], view)))


def _listed(state: State, values: dict[str, Any]) -> State:
    rows = tuple(
        Variable(_clean(name), _clean(kind), _clean(shape), size if isinstance(size, int) else None, _clean(value))
        for name, kind, shape, size, value in values["rows"]
    )
    inspected = replace(state.inspected, variables=rows, count=int(values["count"]), failure="")
    view = inspected.view
    if view is not None and isinstance(view.body, Grid) and inspected.wanted is None:
        # what is shown of a table may have changed as well
        inspected = replace(inspected, wanted=Question(0, view.look))
    return replace(state, inspected=inspected)


def _is_of(view: View, look: Look) -> bool:
    return view.look.name == look.name and look.path[: len(view.look.path)] == view.look.path


def _looked(state: State, question: Question, look: Look, values: dict[str, Any]) -> State:
    """Show what was asked for, unless the user has gone elsewhere meanwhile."""
    inspected = state.inspected
    view = inspected.view
    if view is None or not _is_of(view, look):
        return state
    if question.unfolds and isinstance(view.body, Tree):
        view = replace(view, body=_unfolded(view.body, look.path, _nodes(look.path, values)))
    elif look.path == view.look.path:
        view = _filled(view, look, values)
    return replace(state, inspected=replace(inspected, views=(*inspected.views[:-1], view)))


def _filled(view: View, look: Look, values: dict[str, Any]) -> View:
    kind, about = values["kind"], _clean(values["type"])
    if kind == "grid":
        grid = _grid(values)
        look = replace(look, first=int(values["first"]))
        selected = min(max(view.selected, 0), max(grid.cols - 1, 0))
        about = f"{about} {grid.total:,}×{grid.cols:,}"
        return replace(view, look=look, about=about, body=grid, selected=selected, failure="")
    if kind == "tree":
        about = f"{about} of {values['count']:,}"
        return replace(view, look=look, about=about, body=Tree(_nodes(look.path, values)), failure="")
    lines = tuple(_clean(line) for line in str(values["text"]).expandtabs().split("\n"))
    return replace(view, look=look, about=about, body=Text(lines), failure="")


def _grid(values: dict[str, Any]) -> Grid:
    names = tuple(map(_clean, values["columns"]))
    rows = tuple(tuple(map(_clean, row)) for row in values["rows"])
    index, dtypes = tuple(map(_clean, values["index"])), tuple(map(_clean, values["dtypes"]))
    if len(index) != len(rows) or len(dtypes) != len(names) or any(len(row) != len(names) for row in rows):
        raise ValueError("rows of different length")
    return Grid(index, names, dtypes, rows, int(values["count"]), int(values["total"]), int(values["cols"]))


def _nodes(path: tuple[int, ...], values: dict[str, Any]) -> tuple[Node, ...]:
    found = [
        Node((*path, place), _clean(key), _clean(kind), _clean(value), bool(is_box))
        for place, (key, kind, value, is_box) in enumerate(values["items"])
    ]
    if (left := int(values["count"]) - len(found)) > 0:
        found.append(Node((*path, -1), "", "", f"… {left:,} more"))
    return tuple(found)


def _unfolded(tree: Tree, path: tuple[int, ...], nodes: tuple[Node, ...]) -> Tree:
    place = next((place for place, node in enumerate(tree.nodes) if node.path == path), None)
    if place is None or tree.nodes[place].is_open:
        return tree
    return Tree((*tree.nodes[:place], replace(tree.nodes[place], is_open=True), *nodes, *tree.nodes[place + 1 :]))
