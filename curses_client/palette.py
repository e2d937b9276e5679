"""The palette: every command by what it does, its name and its keys, narrowed as one types."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Final, get_args

from curses_client.arrangement import PaneName
from curses_client.binding import Binding, Context
from curses_client.commanding import Command, Result
from curses_client.documentation import has_documentation
from curses_client.keymap import BINDINGS, commands, keys_of
from curses_client.layout import layout
from curses_client.options import Options
from curses_client.queued import panel_cells
from curses_client.state import Palette, State
from curses_client.text.buffer import Buffer
from kernel.protocol.value import Value

# what a new user needs: a command, and what its key does
LESSONS: Final = (
    ("run-or-newline", "run what is typed below; a line that is not complete goes on"),
    ("newline", "a new line, wherever the cursor is"),
    ("interrupt", "interrupt what runs"),
    ("delete-or-leave", "leave: detach, and come back with cshell attach, or quit"),
    ("palette", "everything else: find a command by what it does"),
)
# how many of the commands that were run last come first
_RECENT: Final = 5
# rows of the palette from which there is room for the lessons
_TEACHES_FROM: Final = 12
_MORE_ROWS: Final = 10
_LOOKS_ONLY: Final = "this client only looks"
_NOT_STOPPED: Final = "nothing has stopped at a breakpoint"
# where the keys can go when the palette is opened; what is for other places can never be run from it
_PLACES: Final[frozenset[Context]] = frozenset({"editor", "answer", "reading", "output", *get_args(PaneName)})
_ELSEWHERE: Final[dict[Context, str]] = {
    "editor": "that is for the editor",
    "reading": "that is for reading the output",
    "answer": "no input() is being answered",
    "queue": "the queue is not shown",
    "variables": "the variables are not shown",
    "where": "it is not shown where the cell stands",
    "debugger": _NOT_STOPPED,
    "documentation": "no documentation is shown",
}
# how one gets to where a command is for
_WAYS: Final[dict[Context, str]] = {
    "reading": "read",
    "queue": "queue",
    "variables": "variables",
    "where": "where",
    "debugger": "debugger",
    "answer": "answer-enter",
    "documentation": "document",
}
# commands that edit nothing
_LOOKING: Final = frozenset({"escape", "delete-or-leave"})


def _has_output(state: State) -> bool:
    return any(item.height for item in state.transcript.items)


def _lives(state: State) -> bool:
    return state.session.state != "ended"


def _is_ours(state: State) -> bool:
    return not state.session.kernel_stays


def _has_stopped(state: State) -> bool:
    return state.session.stopped is not None


def _debugs(state: State) -> bool:
    return state.debugger.is_on or state.session.stopped is not None


def _acts(state: State) -> bool:
    return not state.read_only


# what must be so for a command to make sense, and what is said when it is not
_Want = tuple[Callable[[State], object], str]
_RESTARTS: Final[tuple[_Want, ...]] = (
    (_lives, "the session has ended"),
    (_is_ours, "this session has not started the kernel"),
    (_acts, _LOOKS_ONLY),
)
_STOPPED: Final[tuple[_Want, ...]] = ((_has_stopped, _NOT_STOPPED), (_acts, _LOOKS_ONLY))
_WANTS: Final[dict[str, tuple[_Want, ...]]] = {
    "debug-end": ((_debugs, "the debugger is not at work"), (_acts, _LOOKS_ONLY)),
    **dict.fromkeys(("debug-next", "debug-in", "debug-out", "debug-continue", "debugger"), _STOPPED),
    "run": ((_lives, "the session has ended"),),
    "run-anyway": ((_lives, "the session has ended"),),
    "run-or-newline": ((_lives, "the session has ended"),),
    "answer-enter": ((lambda state: state.session.prompt, "no input() waits"),),
    "details": ((lambda state: state.transcript.last_notice_with_details(), "nothing more is known"),),
    "queue": ((panel_cells, "no cell waits"),),
    "read": ((_has_output, "there is no output yet"),),
    "read-search": ((_has_output, "there is no output yet"),),
    "read-go-to-mark": ((lambda state: state.bookmark, "nothing is marked"),),
    "read-running": ((lambda state: state.session.running, "no cell runs"),),
    "read-next-hit": ((lambda state: state.search or state.sought, "nothing is searched for"),),
    "read-previous-hit": ((lambda state: state.search or state.sought, "nothing is searched for"),),
    "yank": ((lambda state: state.editor.kills.texts, "nothing was cut or copied"),),
    "ask-restart": _RESTARTS,
    "restart": _RESTARTS,
    "restart-again": _RESTARTS,
    "quit": ((_acts, _LOOKS_ONLY),),
}


class Entry(Value):
    """A command as it is listed; `why` is why it makes no sense now, if it makes none."""

    name: str
    help: str
    keys: tuple[str, ...]
    why: str


def place(state: State) -> Context:
    """Return where the keys go when the palette is closed."""
    if state.panes.focus is not None:
        return state.panes.focus
    if state.cursor is not None:
        return "reading"
    return "editor" if state.answer is None else "answer"


@cache
def _places(name: str) -> frozenset[Context]:
    """Return where a command can be run."""
    return frozenset(row.context for row in (*BINDINGS, commands()[name]) if row.command == name)


@cache
def listed() -> tuple[Binding, ...]:
    """Return the commands that can be run from here at some time: not those of a question, or of what lies over all."""
    return tuple(row for row in commands().values() if not row.is_answer and _places(row.command) & _PLACES)


def why_not(state: State, row: Binding) -> str:
    """Return why a command makes no sense now; nothing if it does."""
    here, places = place(state), _places(row.command)
    reached = {here, "output", "documentation"} if has_documentation(state) else {here, "output"}
    if not places & reached:
        way = keys_of(_WAYS.get(row.context, ""), state.options, "output")
        return _ELSEWHERE[row.context] + (f" · {way[0]}" if way else "")
    if state.read_only and here == "editor" and "output" not in places and row.command not in _LOOKING:
        return _LOOKS_ONLY
    return next((why for wanted, why in _WANTS.get(row.command, ()) if not wanted(state)), "")


def entries(state: State) -> list[Entry]:
    """Return the commands that fit what is typed, the best one first; what makes no sense now comes last."""
    assert state.palette is not None
    words = state.palette.query.text.lower().split()
    here, recent = place(state), state.recent
    found = []
    for number, row in enumerate(listed()):
        keys = keys_of(row.command, state.options, here, "output", row.context)
        scores = [_score(word, row, keys) for word in words]
        if None in scores:
            continue
        entry = Entry(row.command, row.help, keys, why_not(state, row))
        last = recent.index(row.command) if row.command in recent and not words else _RECENT
        # what works everywhere is looked for here more often than the moves of the editor
        order = sum(score or 0 for score in scores), row.context != "output", number
        found.append(((bool(entry.why), last, *order), entry))
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0])]


def _score(word: str, row: Binding, keys: tuple[str, ...]) -> int | None:
    """Return how badly a word fits a command; None if it does not."""
    name, text = row.command, row.help.lower()
    if name.startswith(word) or word in row.words.split():
        return 0
    if f"-{word}" in name or f" {word}" in f" {text}":
        return 1
    if word in name or word in text or any(word in key.lower() for key in keys):
        return 2
    letters = iter(name)
    return 3 if all(letter in letters for letter in word) else None


def lessons(options: Options) -> list[tuple[str, str]]:
    """Return what a new user needs: keys, and what they do."""
    shown = ((keys_of(name, options, "editor", "output"), text) for name, text in LESSONS)
    return [(keys[0], text) for keys, text in shown if keys]


# ---- what is seen of it ------------------------------------------------------------------------------------


def teaches(state: State) -> bool:
    """Whether the lessons stand above the commands."""
    palette = state.palette
    return palette is not None and palette.query.is_empty and state.rows >= _TEACHES_FROM and state.cols >= 40


def window(state: State, count: int) -> tuple[int, int, int]:
    """Return the row of the first command that is seen, which one that is, and how many of `count` are seen."""
    assert state.palette is not None
    top = 1 + (len(lessons(state.options)) + 1 if teaches(state) else 0)
    room = max(state.rows - layout(state).status - top, 1)
    seen = min(room, count)
    first = min(max(state.palette.selected - room // 2, 0), max(count - room, 0))
    return top, first, seen


def entry_at(state: State, row: int) -> int | None:
    """Return which command is shown in a row of the screen."""
    top, first, seen = window(state, len(entries(state)))
    return first + row - top if 0 <= row - top < seen else None


# ---- the commands ------------------------------------------------------------------------------------------


def open_palette(state: State) -> Result:
    """Show the commands."""
    return replace(state, palette=Palette(Buffer.of("")), completion=None, message=None), ()


def close(state: State) -> Result:
    """Go back to where it was opened."""
    return replace(state, palette=None), ()


def selected(state: State) -> Entry | None:
    """Return the command that is selected."""
    if state.palette is None:
        return None
    found = entries(state)
    return found[min(state.palette.selected, len(found) - 1)] if found else None


def select(state: State, number: int) -> State:
    """Select a command by its place in the list."""
    palette = state.palette
    return state if palette is None else replace(state, palette=replace(palette, selected=number), message=None)


def _step(step: int) -> Command:
    def command(state: State) -> Result:
        if state.palette is None or not (count := len(entries(state))):
            return state, ()
        number = state.palette.selected + step
        number = number % count if abs(step) == 1 else min(max(number, 0), count - 1)
        return select(state, number), ()

    return command


def ran(state: State, name: str) -> State:
    """Close it, and remember which command was chosen."""
    recent = (name, *(other for other in state.recent if other != name))[:_RECENT]
    return replace(state, palette=None, recent=recent)


PALETTE_COMMANDS: Final[dict[str, Command]] = {
    "palette": open_palette,
    "palette-close": close,
    "palette-next": _step(+1),
    "palette-previous": _step(-1),
    "palette-page-down": _step(+_MORE_ROWS),
    "palette-page-up": _step(-_MORE_ROWS),
}
