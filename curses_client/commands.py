"""The commands: each takes the state and returns the next one and the effects that it asks for."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.browsing import BROWSING_COMMANDS
from curses_client.commanding import Command, Result, edited, moved, say
from curses_client.copying import COPYING_COMMANDS
from curses_client.events import (
    AnswerInput,
    Ask,
    Control,
    Leave,
    Redraw,
    SetTimer,
    Submit,
    Suspend,
)
from curses_client.keymap import SECTIONS, help_rows
from curses_client.layout import MATCHES_SHOWN, layout
from curses_client.opening import OPENING_COMMANDS
from curses_client.output_cursor import into_pane
from curses_client.panel import PANEL_COMMANDS
from curses_client.scrolling import page_height, scrolled, to_cell, to_item, to_top
from curses_client.searching import SEARCHING_COMMANDS, typed
from curses_client.state import Choice, Completion, Editor, Message, Question, State, Waiting
from curses_client.text.buffer import TYPING, Buffer, Undo
from curses_client.text.indent import indent_after, is_simple_statement, looks_complete
from curses_client.transcript import Cell
from curses_client.values import VALUES_COMMANDS
from kernel.protocol.messages import (
    CompleteRequest,
    EditRequest,
    InterruptRequest,
    IsCompleteRequest,
    RestartRequest,
    ShutdownRequest,
)

# seconds after which Enter decides by itself whether a cell is complete
DECIDE_AFTER: Final = 0.3
LOOKS_ONLY: Final = "this client only looks · Ctrl-D leaves"
# what a client types into input() to say that there is no more (the worker's convention)
END_OF_FILE: Final = "\x04"


# ---- helpers -----------------------------------------------------------------------------------------------


def insert(state: State, text: str, kind: str = TYPING) -> State:
    """Insert text where the keys go."""
    line = _line(state)
    if line is not None:
        return _with_line(state, line.insert(text.split("\n")[0]))
    return edited(state, state.editor.buffer.insert(text), kind)


def _line(state: State) -> Buffer | None:
    """Return the line that the keys go to, if it is not the editor."""
    return state.asking.buffer if state.asking is not None else state.answer


def _with_line(state: State, buffer: Buffer) -> State:
    return typed(state, buffer) if state.asking is not None else replace(state, answer=buffer)


def _move(step: Callable[[Buffer], Buffer]) -> Command:
    def command(state: State) -> Result:
        line = _line(state)
        if line is not None:
            return _with_line(state, step(line)), ()
        return moved(state, step(state.editor.buffer)), ()

    return command


def _edit(step: Callable[[Buffer], Buffer], kind: str) -> Command:
    def command(state: State) -> Result:
        line = _line(state)
        if line is not None:
            return _with_line(state, step(line)), ()
        return edited(state, step(state.editor.buffer), kind), ()

    return command


def _kill(step: Callable[[Buffer], tuple[Buffer, str]]) -> Command:
    def command(state: State) -> Result:
        line = _line(state)
        if line is not None:
            return _with_line(state, step(line)[0]), ()
        buffer, killed = step(state.editor.buffer)
        state = edited(state, buffer, "kill")
        return replace(state, editor=replace(state.editor, killed=killed or state.editor.killed)), ()

    return command


def _cut(before: Buffer, after: Buffer) -> tuple[Buffer, str]:
    """Return a text after a deletion at the cursor, and what was deleted."""
    start = after.offset
    return after, before.text[start : start + len(before.text) - len(after.text)]


# ---- running -----------------------------------------------------------------------------------------------


def run(state: State) -> Result:
    """Submit what is in the editor and empty it."""
    source = state.editor.buffer.text.rstrip()
    if not source.strip():
        return state, ()
    if state.session.state == "ended":
        return say(state, "the session has ended; its text is kept here", alarming=True), ()
    editor = Editor(Buffer.of(""), Undo(), killed=state.editor.killed)
    history = state.history if state.history[-1:] == (source,) else (*state.history, source)
    replacing = state.replacing
    state = replace(
        state,
        editor=editor,
        history=history,
        completion=None,
        scroll=None,
        waiting=None,
        message=None,
        replacing=None,
    )
    if replacing is not None and replacing in state.session.waiting:
        return state, (Control("edit_request", EditRequest(replacing, source)),)
    return state, (Submit(source, layout(state).text),)


def run_or_newline(state: State) -> Result:
    """Run a complete cell, else make a new line.

    The kernel says which (specification: is_complete), unless it is plain; while there is none, it is decided here.
    """
    buffer = state.editor.buffer
    if not buffer.text.strip():
        return newline(state) if buffer.text else (state, ())
    if not buffer.at_last_line:
        return newline(state)
    text = buffer.text if len(buffer.lines) == 1 else buffer.text[: buffer.offset]
    if len(buffer.lines) == 1 and "python" in state.session.lexer and is_simple_statement(text):
        return run(state)
    if state.session.state not in ("idle", "busy"):
        return run(state) if looks_complete(text) else newline(state)
    tag = state.tags + 1
    waiting = Waiting(tag, "run", buffer)
    ask = Ask(tag, "is_complete_request", IsCompleteRequest(text))
    return replace(state, tags=tag, waiting=waiting, completion=None), (ask, SetTimer(tag, DECIDE_AFTER))


def newline(state: State) -> Result:
    """Make a new line, indented for what is above."""
    buffer = state.editor.buffer
    return edited(state, buffer.newline(indent_after(buffer.lines, buffer.row, buffer.col)), "newline"), ()


# ---- completion --------------------------------------------------------------------------------------------


def complete_or_indent(state: State) -> Result:
    """Ask for completions; at the beginning of a line or with lines selected, indent."""
    buffer = state.editor.buffer
    if buffer.selection is not None or not buffer.lines[buffer.row][: buffer.col].strip():
        if buffer.selection is not None:
            return edited(state, buffer.indent_lines(), "indent"), ()
        return edited(state, buffer.insert(" " * (4 - buffer.col % 4)), "indent"), ()
    tag = state.tags + 1
    ask = Ask(tag, "complete_request", CompleteRequest(buffer.text, buffer.offset))
    return replace(state, tags=tag, waiting=Waiting(tag, "complete", buffer)), (ask,)


def accept_match(state: State) -> Result:
    """Put the selected match into the text."""
    completion = state.completion
    if completion is None:
        return state, ()
    buffer = state.editor.buffer
    text = completion.matches[completion.selected].text
    return edited(state, buffer.replace(completion.start, buffer.offset, text), "complete"), ()


def narrowed(state: State) -> State:
    """Keep the matches that begin with what was typed; close the pop-up when there is none."""
    completion = state.completion
    buffer = state.editor.buffer
    if completion is None:
        return state
    typed = buffer.text[completion.start : buffer.offset] if buffer.offset >= completion.start else None
    if not typed:
        return replace(state, completion=None)
    matches = tuple(match for match in completion.offered if match.text.startswith(typed))
    if not matches or (len(matches) == 1 and matches[0].text == typed):
        return replace(state, completion=None)
    return replace(state, completion=replace(completion, matches=matches, selected=0))


def _select_match(step: int) -> Command:
    def command(state: State) -> Result:
        completion = state.completion
        if completion is None:
            return state, ()
        count = len(completion.matches)
        selected = completion.selected + step
        selected = selected % count if abs(step) == 1 else min(max(selected, 0), count - 1)
        return replace(state, completion=replace(completion, selected=selected)), ()

    return command


def close_matches(state: State) -> Result:
    """Close the pop-up."""
    return replace(state, completion=None), ()


def offer(state: State, start: int, completion: Completion) -> State:
    """Insert what all matches have in common; open the pop-up when there is a choice left."""
    buffer = state.editor.buffer
    common = _common_prefix([match.text for match in completion.matches])
    typed = buffer.text[start : buffer.offset]
    if len(completion.matches) == 1 or (len(common) > len(typed) and common.startswith(typed)):
        state = edited(state, buffer.replace(start, buffer.offset, common), "complete")
    return state if len(completion.matches) == 1 else replace(state, completion=completion)


def _common_prefix(texts: list[str]) -> str:
    low, high = min(texts), max(texts)
    for index, character in enumerate(low):
        if character != high[index : index + 1]:
            return low[:index]
    return low


# ---- history and moving up and down ------------------------------------------------------------------------


def up(state: State) -> Result:
    """Line up, or at the first line the history entry before."""
    if not state.editor.buffer.at_first_line:
        return moved(state, state.editor.buffer.up()), ()
    return _browse(state, -1), ()


def down(state: State) -> Result:
    """Line down, or at the last line the history entry after."""
    if not state.editor.buffer.at_last_line:
        return moved(state, state.editor.buffer.down()), ()
    return _browse(state, +1), ()


def _browse(state: State, step: int) -> State:
    editor = state.editor
    index = len(state.history) if editor.browsing is None else editor.browsing
    target = index + step
    if not 0 <= target <= len(state.history) or target == index:
        return state
    draft = editor.buffer.text if editor.browsing is None else editor.draft
    at_end = target == len(state.history)
    text = draft if at_end else state.history[target]
    undo = editor.undo.record(editor.buffer, "history")
    buffer = Buffer.of(text)
    browsing = None if at_end else target
    return replace(
        state,
        completion=None,
        editor=replace(editor, buffer=buffer, undo=undo, browsing=browsing, draft=draft),
    )


# ---- undo, yank --------------------------------------------------------------------------------------------


def undo(state: State) -> Result:
    """Take the last change back."""
    steps, buffer = state.editor.undo.undo(state.editor.buffer)
    return replace(state, completion=None, editor=replace(state.editor, undo=steps, buffer=buffer)), ()


def redo(state: State) -> Result:
    """Make the change again that was taken back."""
    steps, buffer = state.editor.undo.redo(state.editor.buffer)
    return replace(state, completion=None, editor=replace(state.editor, undo=steps, buffer=buffer)), ()


def yank(state: State) -> Result:
    """Insert what was cut last."""
    return insert(state, state.editor.killed, "yank"), ()


def escape(state: State) -> Result:
    """Drop the selection and follow the output again."""
    if state.replacing is not None:
        # the cell stays in the queue as it was
        state = replace(edited(state, Buffer.of(""), "queue"), replacing=None)
    buffer = replace(state.editor.buffer, mark=None)
    return replace(moved(state, buffer), scroll=None, message=None), ()


# ---- the kernel and the session ----------------------------------------------------------------------------


def interrupt(state: State) -> Result:
    """Interrupt the running cell; with none, clear what is being written."""
    if state.session.running is not None and state.session.state == "busy":
        # it stays until the cell has ended: code that does not react looks like a key that was not seen
        more = "" if state.session.kernel_stays else " F9 restarts if it does not react"
        message = Message(f"interrupting …{more}", math.inf)
        return replace(state, message=message), (Control("interrupt_request", InterruptRequest()),)
    if state.cursor is not None:
        # the editor is out of sight for who reads
        return BROWSING_COMMANDS["read-escape"](state)
    if state.editor.buffer.is_empty:
        return say(state, "nothing runs · Ctrl-D leaves"), ()
    return edited(state, Buffer.of(""), "clear"), ()


def ask_restart(state: State) -> Result:
    """Ask before the kernel is restarted."""
    if state.session.state == "ended":
        return say(state, "the session has ended", alarming=True), ()
    if state.session.kernel_stays:
        return say(
            state, "this session has not started the kernel · restart it where it was started", alarming=True
        ), ()
    if state.read_only:
        return say(state, LOOKS_ONLY), ()
    waiting = len(state.session.waiting)
    label = "yes, its variables are lost"
    if waiting:
        label = "yes, then the waiting cell runs" if waiting == 1 else f"yes, then the {waiting} waiting cells run"
    choices = [Choice("y", label, "restart")]
    if again := len(to_run_again(state)):
        cells = "the cell" if again == 1 else f"the {again} cells"
        choices.append(Choice("a", f"and run {cells} above again", "restart-again"))
    if state.session.state == "dead" and state.transcript.last_notice_with_details() is not None:
        choices.append(Choice("s", "more", "details"))
    return replace(state, question=Question("Restart the kernel?", tuple(choices))), ()


def restart(state: State) -> Result:
    """Restart the kernel."""
    return replace(state, scroll=None), (Control("restart_request", RestartRequest()),)


def to_run_again(state: State) -> list[Cell]:
    """Return the cells that this kernel has run without an error, in the order in which they ran."""
    ran = [cell for cell in state.transcript.cells() if cell.state == "done" and cell.count is not None]
    # the time of a record has milliseconds, in which a cell may have run; counts may begin anew
    return sorted(ran, key=lambda cell: (cell.started or cell.submitted, cell.count or 0))


def restart_again(state: State) -> Result:
    """Restart the kernel, and run again what the former one had run."""
    again = [cell.code for cell in to_run_again(state)]
    return replace(state, scroll=None), (Control("restart_request", RestartRequest(again)),)


def details(state: State) -> Result:
    """Unfold what is known of the kernel's death, or fold it away."""
    notice = state.transcript.last_notice_with_details()
    if notice is None:
        return say(state, "nothing more is known"), ()
    notice.is_open = not notice.is_open
    state.transcript.changed()
    state = to_item(state, state.transcript.items.index(notice)) if notice.is_open else replace(state, scroll=None)
    return into_pane(state) if state.cursor is not None else state, ()


def ask_leave(state: State) -> Result:
    """Ask whether to detach or to quit."""
    if state.session.state == "ended":
        return state, (Leave("ended"),)
    ends = "quit and stop what runs" if state.session.state == "busy" else "quit, the kernel ends"
    if state.session.kernel_stays:
        ends = "quit, the kernel stays"
    choices = (Choice("d", "detach, the session goes on", "detach"), Choice("q", ends, "quit"))
    return replace(state, question=Question("Leave?", choices[:1] if state.read_only else choices)), ()


def detach(state: State) -> Result:
    """Leave the session running."""
    return state, (Leave("detach"),)


def quit_session(state: State) -> Result:
    """End the session."""
    return say(state, "ending the session …"), (
        Control("shutdown_request", ShutdownRequest()),
        Leave("quit"),
    )


def delete_or_leave(state: State) -> Result:
    """Delete to the right; in an empty editor, and where nothing can be run any more, ask how to leave."""
    if state.editor.buffer.is_empty or state.session.state == "ended":
        return ask_leave(state)
    return edited(state, state.editor.buffer.delete_right(), "delete"), ()


# ---- input() -----------------------------------------------------------------------------------------------


def send_answer(state: State) -> Result:
    """Answer the question of `input()`."""
    prompt = state.session.prompt
    if prompt is None or state.answer is None:
        return replace(state, answer=None), ()
    return replace(state, answer=None, scroll=None), (AnswerInput(prompt.request, state.answer.text),)


def answer_end_of_file(state: State) -> Result:
    """Say that there is no more to answer, which raises EOFError."""
    prompt = state.session.prompt
    if prompt is None or state.answer is None:
        return replace(state, answer=None), ()
    if not state.answer.is_empty:
        return replace(state, answer=state.answer.delete_right()), ()
    return replace(state, answer=None), (AnswerInput(prompt.request, END_OF_FILE),)


def leave_answer(state: State) -> Result:
    """Go to the editor; the question waits, and what was typed for it."""
    return say(replace(state, answer=None, unanswered=state.answer), "input() waits · F2 answers it"), ()


def enter_answer(state: State) -> Result:
    """Go to the question that waits."""
    if state.session.prompt is None:
        return say(state, "no input() waits"), ()
    answer = state.answer or state.unanswered or Buffer.of("")
    return replace(state, answer=answer, unanswered=None, completion=None, scroll=None, cursor=None), ()


# ---- output ------------------------------------------------------------------------------------------------


def _scrolling(move: Callable[[State], State]) -> Command:
    """Move the pane; a cursor in the output goes with it."""

    def command(state: State) -> Result:
        state = move(state)
        return into_pane(state) if state.cursor is not None else state, ()

    return command


def _scroll(rows: Callable[[State], int]) -> Command:
    return _scrolling(lambda state: scrolled(state, rows(state)))


def output_end(state: State) -> Result:
    """Go to the end of the output and follow it."""
    if state.cursor is not None:
        return BROWSING_COMMANDS["read-leave"](state)
    return replace(state, scroll=None), ()


# ---- help --------------------------------------------------------------------------------------------------


def open_help(state: State) -> Result:
    """Show all keys, first those of the moment."""
    rows = help_rows(state.cols, state.session.links)
    title = SECTIONS["reading" if state.cursor is not None else "editor"]
    last = max(len(rows) - (state.rows - 2), 0)
    return replace(state, help_top=min(rows.index((title, "")), last), completion=None), ()


def close_help(state: State) -> Result:
    """Go back."""
    return replace(state, help_top=None), ()


def _scroll_help(lines: Callable[[State], int]) -> Command:
    def command(state: State) -> Result:
        last = max(len(help_rows(state.cols, state.session.links)) - (state.rows - 2), 0)
        top = min(max((state.help_top or 0) + lines(state), 0), last)
        return replace(state, help_top=top), ()

    return command


COMMANDS: Final[dict[str, Command]] = {
    "run": run,
    "run-or-newline": run_or_newline,
    "newline": newline,
    "complete-or-indent": complete_or_indent,
    "dedent": _edit(Buffer.dedent_lines, "indent"),
    "left": _move(Buffer.left),
    "right": _move(Buffer.right),
    "up": up,
    "down": down,
    "home": _move(Buffer.home),
    "end": _move(Buffer.end),
    "word-left": _move(Buffer.word_left),
    "word-right": _move(Buffer.word_right),
    "top": _move(Buffer.top),
    "bottom": _move(Buffer.bottom),
    "select-left": _move(lambda buffer: buffer.left(select=True)),
    "select-right": _move(lambda buffer: buffer.right(select=True)),
    "select-up": _move(lambda buffer: buffer.up(select=True)),
    "select-down": _move(lambda buffer: buffer.down(select=True)),
    "select-home": _move(lambda buffer: buffer.home(select=True)),
    "select-end": _move(lambda buffer: buffer.end(select=True)),
    "select-all": _move(Buffer.select_all),
    "delete-left": _edit(Buffer.delete_left, "delete"),
    "delete-right": _edit(Buffer.delete_right, "delete"),
    "delete-or-leave": delete_or_leave,
    "delete-word-left": _kill(lambda buffer: _cut(buffer, buffer.delete_word_left())),
    "delete-word-right": _kill(lambda buffer: _cut(buffer, buffer.delete_word_right())),
    "kill-line": _kill(Buffer.kill_line),
    "kill-to-start": _kill(Buffer.kill_to_start),
    "yank": yank,
    "transpose": _edit(Buffer.transpose, "transpose"),
    "undo": undo,
    "redo": redo,
    "escape": escape,
    "match-next": _select_match(+1),
    "match-previous": _select_match(-1),
    "match-page-down": _select_match(+MATCHES_SHOWN),
    "match-page-up": _select_match(-MATCHES_SHOWN),
    "match-accept": accept_match,
    "match-close": close_matches,
    "answer-send": send_answer,
    "answer-end-of-file": answer_end_of_file,
    "answer-leave": leave_answer,
    "answer-enter": enter_answer,
    "interrupt": interrupt,
    "ask-restart": ask_restart,
    "restart": restart,
    "restart-again": restart_again,
    "details": details,
    "ask-leave": ask_leave,
    "detach": detach,
    "quit": quit_session,
    "page-up": _scroll(lambda state: -page_height(state)),
    "page-down": _scroll(page_height),
    "line-up": _scroll(lambda _: -1),
    "line-down": _scroll(lambda _: +1),
    "wheel-up": _scroll(lambda _: -3),
    "wheel-down": _scroll(lambda _: +3),
    "previous-cell": _scrolling(lambda state: to_cell(state, -1)),
    "next-cell": _scrolling(lambda state: to_cell(state, +1)),
    "output-top": _scrolling(to_top),
    "output-end": output_end,
    "redraw": lambda state: (state, (Redraw(),)),
    "suspend": lambda state: (state, (Suspend(),)),
    "help": open_help,
    "help-down": _scroll_help(lambda _: +1),
    "help-up": _scroll_help(lambda _: -1),
    "help-page-down": _scroll_help(lambda state: state.rows - 3),
    "help-page-up": _scroll_help(lambda state: 3 - state.rows),
    "help-close": close_help,
    **PANEL_COMMANDS,
    **BROWSING_COMMANDS,
    **OPENING_COMMANDS,
    **SEARCHING_COMMANDS,
    **COPYING_COMMANDS,
    **VALUES_COMMANDS,
}
