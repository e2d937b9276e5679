"""The modes of vi in the editor: what a key means there, what it asks of the client, and how modes follow the text.

The machine of the modes (`vi`) is imported in the functions: who has other keys does not wait for it.
"""

import os.path
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from curses_client.commanding import Command, Result, edited, moved, say
from curses_client.commands import COMMANDS
from curses_client.editing.characters import lexer_of
from curses_client.events import Copy, Effect, KeyPressed, Save
from curses_client.files.filing import opened
from curses_client.keymap import bindings, bound
from curses_client.layout import editor_rows, layout
from curses_client.state import Asking, Editor, Saving, State
from curses_client.text.ansi import sanitise
from curses_client.text.buffer import SESSION, Buffer, editable
from curses_client.text.indent import looks_complete
from curses_client.text.languages import is_python

if TYPE_CHECKING:
    from curses_client.vi.values import Asked, Scene

# commands of the editor that the normal mode has too: all others type or edit
_ALSO: Final = frozenset({"run", "find", "replace"})
_ALT: Final = "meta "


def prepare() -> None:
    """Load the machine, which takes 20 ms, before the first key needs it."""
    from curses_client.vi import lines, machine  # noqa: F401


def pressed(state: State, key: str, otherwise: Callable[[State, str], Result]) -> Result:
    """Take a key; `otherwise` takes the one that has no meaning of its own in an insertion."""
    if key.startswith(_ALT) and len(key) == len(_ALT) + 1:
        # The bytes of Alt-x are those of Esc and x, and a slow line brings both at once.  Who uses vi means Esc:
        # Alt is left for keys with names, such as Enter.
        state, effects = pressed(state, "esc", otherwise)
        state, more = pressed(state, key[-1], otherwise)
        return state, (*effects, *more)
    result = _special(state, key) or _by_machine(state, key)
    if result is not None:
        return result
    return otherwise(state, key) if state.editor.vi.is_inserting else _elsewhere(state, key)


def _special(state: State, key: str) -> Result | None:
    """Take the keys that end something: Ctrl-C never takes text away, and Ctrl-D leaves where there is none."""
    editor = state.editor
    if key == "ctrl c":
        runs = state.session.running is not None and state.session.state == "busy"
        is_idle = editor.vi.mode == "normal" and not editor.vi.pending
        if runs or (is_idle and editor.buffer.is_empty):
            return COMMANDS["interrupt"](state)
        return (say(state, "nothing runs"), ()) if is_idle else None
    if key == "ctrl d" and (editor.buffer.is_empty or state.session.state == "ended"):
        return COMMANDS["delete-or-leave"](state)
    return None


def _by_machine(state: State, key: str) -> Result | None:
    vi = state.editor.vi
    if vi.mode == "insert" and not vi.pending and len(key) == 1:
        # a character: there are many of them
        return None
    from curses_client.vi.machine import press

    scene = press(_scene(state), key)
    return None if scene is None else _taken(state, scene)


def _scene(state: State) -> "Scene":
    from curses_client.vi.values import Context, Scene

    buffer, where = state.editor.buffer, layout(state)
    seen = editor_rows(state, where)
    context = Context(lexer_of(state), max(where.editor.rows // 2, 1), seen[0][0], seen[-1][0])
    return Scene(state.editor.vi, buffer.text, buffer.offset, buffer.goal, context)


def _elsewhere(state: State, key: str) -> Result:
    """Take a key that means nothing in the normal mode: what it does everywhere, or nothing."""
    if key in ("esc", "ctrl g"):
        return _escape(state)
    name = bound(state.options, key, "output")
    if name is None and (found := bound(state.options, key, "editor")) in _ALSO:
        name = found
    return COMMANDS[name](state) if name is not None else (state, ())


def _escape(state: State) -> Result:
    """Follow the output, and mark no hits; a cell of the queue stays here, for Esc is pressed without thinking."""
    replacing = state.replacing
    vi = replace(state.editor.vi, shows_hits=False)
    state = replace(state, replacing=None, editor=replace(state.editor, vi=vi))
    state, effects = COMMANDS["escape"](state)
    return replace(state, replacing=replacing), effects


# ---- what the machine leaves -------------------------------------------------------------------------------


def _taken(state: State, scene: "Scene") -> Result:
    """Take in the text, the cursor and the mode, and do what is asked."""
    before = state.editor.vi
    if scene.failed and before.playing is not None:
        scene = replace(scene, asked=(), vi=replace(scene.vi, playing=None))
    text = state.editor.buffer.text
    if scene.text == text:
        state = moved(state, replace(state.editor.buffer.at(scene.at), goal=scene.goal))
    else:
        kind = SESSION if scene.vi.is_inserting or before.is_inserting else "vi"
        state = edited(state, replace(Buffer.of(scene.text).at(scene.at), goal=scene.goal), kind)
    undo = state.editor.undo if scene.vi.is_inserting else state.editor.undo.closed()
    state = replace(state, editor=replace(state.editor, vi=scene.vi, undo=undo))
    effects: tuple[Effect, ...] = ()
    for asked in scene.asked:
        state, more = _do(state, asked)
        effects = (*effects, *more)
    return state, effects


def _do(state: State, asked: "Asked") -> Result:
    from curses_client.vi.values import Named, Open, Run, Say, Type, Write, Yank

    match asked:
        case Run(name, times):
            return _run(state, _OWN.get(name) or COMMANDS[name], times)
        case Named(name):
            return _run_named(state, name)
        case Yank(text):
            return state, (Copy(text),)
        case Type(sign, text):
            return replace(state, asking=Asking("vi", Buffer.of(text), sign=sign), message=None), ()
        case Say(text):
            return say(state, sanitise(text)), ()
        case Open(path):
            return opened(state, os.path.abspath(os.path.expanduser(path)))
        case Write(path):
            saving = Saving(path, f"{state.editor.buffer.text}\n".encode())
            return replace(state, saving=saving), (Save(path, saving.data, over=False),)


def _run(state: State, command: Command, times: int) -> Result:
    """Run a command so often, or until it changes nothing."""
    effects: tuple[Effect, ...] = ()
    for _ in range(times):
        before = state
        state, more = command(state)
        effects = (*effects, *more)
        if state == before:
            break
    return state, effects


def _run_named(state: State, name: str) -> Result:
    """Run a command that has a key somewhere where there is text; so those of Alt are there, which is Esc here."""
    names = {row.command for row in bindings("vi") if row.context in ("editor", "output")}
    if name in names:
        return COMMANDS[name](state)
    return say(state, f"no command: {sanitise(name)} · :help has all of them"), ()


def _run_cell(state: State) -> Result:
    """Run the cell from wherever the cursor is; where it is not complete, go on writing at its end."""
    text = state.editor.buffer.text
    if not text.strip():
        return state, ()
    if is_python(lexer_of(state)) and looks_complete(f"{text}\n"):
        return COMMANDS["run"](state)
    bottom = state.editor.buffer.bottom()
    vi = state.editor.vi.fresh(text, bottom.offset)
    state = moved(replace(state, editor=replace(state.editor, vi=vi)), bottom)
    return COMMANDS["newline" if is_python(lexer_of(state)) else "run-or-newline"](state)


def _leave(state: State) -> Result:
    """Leave a cell of the queue as it was, or else the client."""
    return COMMANDS["escape" if state.replacing is not None else "ask-leave"](state)


def _save_and_leave(state: State) -> Result:
    """Save the file and close it; where there is none, leave."""
    return COMMANDS["file-save-and-close"](state) if state.document is not None else _leave(state)


def _drop_and_leave(state: State) -> Result:
    """Close the file without its changes; where there is none, leave."""
    return COMMANDS["file-drop"](state) if state.document is not None else _leave(state)


def _wrapping(wraps: bool) -> Command:
    return lambda state: (replace(state, options=replace(state.options, wrap=wraps)), ())


_OWN: Final[dict[str, Command]] = {
    "vi-run": _run_cell,
    "vi-leave": _leave,
    "vi-save-and-leave": _save_and_leave,
    "vi-drop-and-leave": _drop_and_leave,
    "vi-wrap": _wrapping(True),
    "vi-no-wrap": _wrapping(False),
}


def copied(editor: Editor, text: str) -> Editor:
    """Have what was copied anywhere in the register of the clipboard too."""
    from curses_client.vi.registers import CLIPBOARD
    from curses_client.vi.values import Register

    text = editable(text)
    registers = {**editor.vi.registers, CLIPBOARD: Register(text.removesuffix("\n"), text.endswith("\n"))}
    return replace(editor, vi=replace(editor.vi, registers=registers))


# ---- macros ------------------------------------------------------------------------------------------------


def recorded(state: State, key: str) -> State:
    """Take in that the user has pressed a key: it is recorded where keys are, and no macro runs any more."""
    vi = state.editor.vi
    if not vi.recording and vi.playing is None:
        return state
    from curses_client.vi import macros

    return replace(state, editor=replace(state.editor, vi=macros.recorded(replace(vi, playing=None), key)))


def with_macro(before: State, result: Result, press: Callable[[State, str], Result]) -> Result:
    """Press the keys of the macro that a key has asked for, as one step for undo; one within it is part of it."""
    state, effects = result
    if before.editor.vi.playing is not None or state.editor.vi.playing is None:
        return result
    from curses_client.vi.macros import MOST

    for _ in range(MOST):
        if not (keys := state.editor.vi.playing):
            break
        if state.waiting is not None:
            held = (*state.waiting.held, *map(KeyPressed, keys))
            state = replace(state, waiting=replace(state.waiting, held=held))
            break
        state, more = press(_playing(state, keys[1:]), keys[0])
        effects = (*effects, *more)
    else:
        state = say(state, f"the macro is stopped after {MOST:,} keys", alarming=True)
    return _as_one_step(before, _playing(state, None)), effects


def _playing(state: State, keys: tuple[str, ...] | None) -> State:
    return replace(state, editor=replace(state.editor, vi=replace(state.editor.vi, playing=keys)))


def _as_one_step(before: State, state: State) -> State:
    old, new = before.editor, state.editor
    if state.tab != before.tab or new.vi.is_inserting or new.buffer.lines is old.buffer.lines:
        return state
    return replace(state, editor=replace(new, undo=old.undo.record(old.buffer, "macro").closed()))


# ---- the line in the status line ---------------------------------------------------------------------------


def line_taken(state: State) -> Result:
    """Do what the line says that was typed for ``:``, ``/`` or ``?``."""
    from curses_client.vi.lines import carried_out
    from curses_client.vi.machine import given

    asking = state.asking
    if asking is None:
        return state, ()
    state = replace(state, asking=None)
    text = asking.buffer.text
    return _taken(state, carried_out(_scene(state), text) if asking.sign == ":" else given(_scene(state), text))


def line_left(state: State) -> Result:
    """Forget the line, and the command that waits for it."""
    vi = replace(state.editor.vi, pending=())
    return replace(state, asking=None, editor=replace(state.editor, vi=vi)), ()


# ---- how modes follow the text -----------------------------------------------------------------------------


def followed(before: Editor, after: Editor) -> Editor:
    """Return the editor with its mode as fits what has happened to the text."""
    if after.vi is before.vi and after.buffer != before.buffer:
        if after.vi.is_inserting:
            return _inserted(before, after)
        if after.buffer.selection is not None:
            return _selected(after)
        after = replace(after, vi=replace(after.vi, mode="normal"))
    if after.vi.mode != "normal" or after.vi.once == "here":
        return after
    return _on_character(after)


def _selected(editor: Editor) -> Editor:
    """Select in vi's way what the mouse has selected: with the character that the cursor is on."""
    assert editor.buffer.selection is not None
    start, end = editor.buffer.selection
    first, last = editor.buffer.to(start), editor.buffer.to(end).left()
    forward = editor.buffer.position == end
    vi = replace(editor.vi, mode="visual", anchor=(first if forward else last).offset)
    return replace(editor, vi=vi, buffer=last if forward else first)


def _inserted(before: Editor, after: Editor) -> Editor:
    """Begin another insertion where the cursor was moved, or where the text is another one."""
    is_other = after.buffer.lines is not before.buffer.lines
    if after.browsing != before.browsing or (not is_other and after.buffer.position != before.buffer.position):
        mode = after.vi.mode
        vi = replace(after.vi.fresh(after.buffer.text, after.buffer.offset), mode=mode, marks=after.vi.marks)
        return replace(after, vi=vi, undo=after.undo.closed())
    if is_other and after.vi.insertion.covered:
        # what was written over lies no longer where it was
        return replace(after, vi=replace(after.vi, insertion=replace(after.vi.insertion, covered=())))
    return after


def _on_character(editor: Editor) -> Editor:
    """Put the cursor on a character, as the normal mode has it."""
    buffer = editor.buffer
    if not buffer.col or buffer.col < len(buffer.lines[buffer.row]):
        return editor
    # the goal of vertical moves stays
    return replace(editor, buffer=replace(buffer.left(), goal=buffer.goal))
