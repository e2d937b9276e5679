"""The commands: each takes the state and returns the next one and the effects that it asks for."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.beside import aside
from curses_client.breakpoints.commands import STOPPED_COMMANDS
from curses_client.breakpoints.marking import MARKING_COMMANDS
from curses_client.browsing import BROWSING_COMMANDS
from curses_client.commanding import LOOKS_ONLY, Command, Result, edited, moved, say
from curses_client.configuring import CONFIGURING_COMMANDS
from curses_client.copying import COPYING_COMMANDS
from curses_client.editing.asking import ASKING_COMMANDS
from curses_client.editing.characters import CHARACTERS_COMMANDS, indent, newline, tab
from curses_client.editing.external import EXTERNAL_COMMANDS
from curses_client.editing.find import FIND_COMMANDS
from curses_client.editing.kills import KILLS_COMMANDS, copy
from curses_client.editing.lines import LINES_COMMANDS
from curses_client.editing.targets import TARGETS_COMMANDS
from curses_client.events import (
    AnswerInput,
    Ask,
    Control,
    Effect,
    Leave,
    ReadConfiguration,
    Redraw,
    SetTimer,
    Submit,
    Suspend,
)
from curses_client.files.filing import FILING_COMMANDS
from curses_client.files.foreign import FOREIGN_COMMANDS
from curses_client.files.running import (
    RUNNING_COMMANDS,
    next_section,
    previous_section,
    run_and_advance,
    run_section,
)
from curses_client.files.tabs import TABS_COMMANDS, unsaved
from curses_client.helping.asking import dropped
from curses_client.helping.completing import COMPLETING_COMMANDS, complete_here
from curses_client.helping.documenting import DOCUMENTING_COMMANDS, after_run
from curses_client.helping.suggesting import first_word, or_suggestion
from curses_client.hints import ends_session, key_for
from curses_client.keymap import SECTIONS, help_rows
from curses_client.layout import layout
from curses_client.opening import OPENING_COMMANDS
from curses_client.output_cursor import into_pane
from curses_client.palette import PALETTE_COMMANDS, lessons, ran, selected
from curses_client.panel import PANEL_COMMANDS
from curses_client.panes import PANES_COMMANDS
from curses_client.peeking import PEEKING_COMMANDS
from curses_client.recall import RECALL_COMMANDS, take
from curses_client.remembering import REMEMBERING_COMMANDS, answered_debugger, remembered
from curses_client.scrolling import page_height, scrolled, to_cell, to_item, to_top
from curses_client.searching import SEARCHING_COMMANDS
from curses_client.state import Choice, Editor, Message, Question, State, Waiting
from curses_client.stepping import STEPPING_COMMANDS, at_debugger
from curses_client.text.buffer import Buffer, Undo
from curses_client.text.indent import is_simple_statement, looks_complete
from curses_client.theming import THEMING_COMMANDS
from curses_client.transcript import Cell
from curses_client.values import VALUES_COMMANDS
from curses_client.variables.commands import VARIABLES_COMMANDS
from kernel.protocol.messages import (
    EditRequest,
    InterruptRequest,
    IsCompleteRequest,
    RestartRequest,
    ShutdownRequest,
)

# seconds after which Enter decides by itself whether a cell is complete
DECIDE_AFTER: Final = 0.3
# what a client types into input() to say that there is no more (the worker's convention)
END_OF_FILE: Final = "\x04"


# ---- running -----------------------------------------------------------------------------------------------


def run(state: State) -> Result:
    """Submit what is in the editor and empty it; ask first if all it does is to end the session.

    Of a file, run the cell and go to the next one.
    """
    if state.document is not None:
        return run_and_advance(state)
    source = state.editor.buffer.text.rstrip()
    if ends_session(state, source) and not state.read_only and state.session.state != "ended":
        return replace(ask_end(state, source.strip()), waiting=None, completion=None), ()
    return run_anyway(state)


def run_anyway(state: State) -> Result:
    """Submit what is in the editor and empty it, whatever it does."""
    source = state.editor.buffer.text.rstrip()
    if not source.strip():
        return state, ()
    if state.session.state == "ended":
        return say(state, "the session has ended; its text is kept here", alarming=True), ()
    editor = Editor(Buffer.of(""), Undo(), kills=state.editor.kills, vi=state.editor.vi.fresh())
    state, remember = remembered(state, source)
    replacing = state.replacing
    state = replace(
        state,
        editor=editor,
        completion=None,
        documentation=after_run(state.documentation),
        scroll=None,
        waiting=None,
        message=None,
        replacing=None,
        find=None,
    )
    if replacing is not None and replacing in state.session.waiting:
        return state, (*remember, Control("edit_request", EditRequest(replacing, source)))
    return state, (*remember, Submit(source, layout(state).text, row=0))


def run_aside(state: State) -> Result:
    """Run what is selected, the line in a file, or what is typed, beside the cell that runs; with none, as ever."""
    if state.session.running is not None:
        return aside(state)
    is_part = state.document is not None or state.editor.buffer.selection is not None
    return RUNNING_COMMANDS["run-lines"](state) if is_part else run(state)


def run_recalled(state: State) -> Result:
    """Run the selected entry of the history; a longer text that is being written stays."""
    written = state.editor
    state, _ = take(state)
    if state.recall is not None:
        return state, ()
    state, effects = run(state)
    return replace(state, editor=written) if len(written.buffer.lines) > 1 else state, effects


def run_and_stay(state: State) -> Result:
    """Submit what is in the editor; of a file, run the cell and stay in it."""
    return run(state) if state.document is None else run_section(state)


def run_or_newline(state: State) -> Result:
    """Run a complete cell, else make a new line.

    The kernel says which (specification: is_complete), unless it is plain; while there is none, it is decided here.
    """
    buffer = state.editor.buffer
    if state.document is not None:
        return newline(state)
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
    waiting = Waiting(tag, buffer)
    ask = Ask(tag, "is_complete_request", IsCompleteRequest(text))
    return replace(state, tags=tag, waiting=waiting, completion=None), (ask, SetTimer(tag, DECIDE_AFTER))


def complete_or_indent(state: State) -> Result:
    """Complete what is typed; at the beginning of a line or with lines selected, indent."""
    buffer = state.editor.buffer
    if buffer.selection is not None:
        return indent(state)
    return complete_here(state) if buffer.lines[buffer.row][: buffer.col].strip() else tab(state)


# ---- undo --------------------------------------------------------------------------------------------------


def undo(state: State) -> Result:
    """Take the last change back."""
    steps, buffer = state.editor.undo.undo(state.editor.buffer)
    return replace(state, completion=None, editor=replace(state.editor, undo=steps, buffer=buffer, browsing=None)), ()


def redo(state: State) -> Result:
    """Make the change again that was taken back."""
    steps, buffer = state.editor.undo.redo(state.editor.buffer)
    return replace(state, completion=None, editor=replace(state.editor, undo=steps, buffer=buffer, browsing=None)), ()


def escape(state: State) -> Result:
    """Drop the selection and follow the output again."""
    if state.replacing is not None:
        # the cell stays in the queue as it was
        state = replace(edited(state, Buffer.of(""), "queue"), replacing=None)
    buffer = replace(state.editor.buffer, mark=None)
    return replace(moved(dropped(state), buffer), scroll=None, message=None, find=None), ()


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
    if state.editor.buffer.is_empty or state.document is not None:
        leaves = f" · {key_for(state, 'delete-or-leave')} leaves" if state.document is None else ""
        return say(state, f"nothing runs{leaves}"), ()
    return edited(state, Buffer.of(""), "clear"), ()


def copy_or_interrupt(state: State) -> Result:
    """Copy what is selected; with nothing selected, interrupt."""
    return interrupt(state) if state.editor.buffer.selection is None else copy(state)


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
    choices: tuple[Choice, ...] = (Choice("d", "detach, the session goes on", "detach"), Choice("q", ends, "quit"))
    text, files = "Leave?", len(unsaved(state))
    if state.read_only:
        choices = choices[:1]
    if files:
        text = f"{files} file{'s are' if files > 1 else ' is'} not saved, but kept. Leave?"
        choices = (Choice("s", "save first", "file-save-all"), *choices)
    return replace(state, question=Question(text, choices)), ()


def ask_end(state: State, source: str) -> State:
    """Ask how to leave whoever typed what ends the session."""
    state, _ = ask_leave(state)
    assert state.question is not None
    text = f"{source} ends the session. Leave?"
    if state.session.kernel_stays:
        text = f"{source} may end a kernel that is not this session's. Leave?"
    choices = (*state.question.choices, Choice("r", f"run {source}", "run-anyway"))
    return replace(state, question=Question(text, choices))


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
    is_over = state.editor.buffer.is_empty or state.session.state == "ended"
    if is_over and state.document is None:
        return ask_leave(state)
    return edited(state, state.editor.buffer.delete_right(), "delete"), ()


# ---- input() -----------------------------------------------------------------------------------------------


def send_answer(state: State) -> Result:
    """Answer the question of `input()`."""
    prompt = state.session.prompt
    if prompt is None or state.answer is None:
        return replace(state, answer=None), ()
    text = state.answer.text
    remember: tuple[Effect, ...] = ()
    if at_debugger(state):
        state, remember = answered_debugger(state, text)
    state = replace(state, answer=None, answered=None, completion=None, scroll=None)
    return state, (*remember, AnswerInput(prompt.request, text))


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
    state = replace(state, answer=None, unanswered=state.answer, answered=None, completion=None)
    return say(state, "input() waits · F2 answers it"), ()


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


def _in_file(do: Command, otherwise: Command) -> Command:
    """Do something else while a file is written in."""

    def command(state: State) -> Result:
        is_in_file = state.document is not None and state.cursor is None and state.panes.focus is None
        return do(state) if is_in_file else otherwise(state)

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
    rows = help_rows(state.cols, state.session.links, state.options)
    title = SECTIONS["reading" if state.cursor is not None else "editor"]
    last = max(len(rows) - (state.rows - 2), 0)
    return replace(state, help_top=min(rows.index((title, "")), last), completion=None), ()


def first_steps(state: State) -> Result:
    """Show below the output what an empty session shows."""
    if state.cursor is None and not any(state.transcript.cells()):
        return say(state, "that is what stands above, until a cell has run"), ()
    lines = tuple(f"{keys:>9}  {text}" for keys, text in lessons(state.options))
    state.transcript.add_notice("first steps", details=lines, is_open=True)
    state.transcript.changed()
    return output_end(state)


def run_chosen(state: State) -> Result:
    """Run the command that is selected in the palette, where that was opened; or say why that makes no sense."""
    entry = selected(state)
    if entry is None:
        return say(state, "no command fits"), ()
    if entry.why:
        return say(state, entry.why), ()
    return COMMANDS[entry.name](ran(state, entry.name))


def help_from_palette(state: State) -> Result:
    """Show all keys instead of the commands."""
    return open_help(replace(state, palette=None))


def close_help(state: State) -> Result:
    """Go back."""
    return replace(state, help_top=None), ()


def _scroll_help(lines: Callable[[State], int]) -> Command:
    def command(state: State) -> Result:
        last = max(len(help_rows(state.cols, state.session.links, state.options)) - (state.rows - 2), 0)
        top = min(max((state.help_top or 0) + lines(state), 0), last)
        return replace(state, help_top=top), ()

    return command


COMMANDS: Final[dict[str, Command]] = {
    "run": run,
    "aside": run_aside,
    "run-and-stay": run_and_stay,
    "run-or-newline": run_or_newline,
    "run-anyway": run_anyway,
    "delete-or-leave": delete_or_leave,
    "undo": undo,
    "redo": redo,
    "escape": escape,
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
    "previous-cell": _in_file(previous_section, _scrolling(lambda state: to_cell(state, -1))),
    "next-cell": _in_file(next_section, _scrolling(lambda state: to_cell(state, +1))),
    "output-top": _scrolling(to_top),
    "output-end": output_end,
    "redraw": lambda state: (state, (Redraw(),)),
    "reload-configuration": lambda state: (state, (ReadConfiguration(),)),
    "suspend": lambda state: (state, (Suspend(),)),
    "help": open_help,
    "first-steps": first_steps,
    "palette-run": run_chosen,
    "palette-help": help_from_palette,
    "help-down": _scroll_help(lambda _: +1),
    "help-up": _scroll_help(lambda _: -1),
    "help-page-down": _scroll_help(lambda state: state.rows - 3),
    "help-page-up": _scroll_help(lambda state: 3 - state.rows),
    "help-close": close_help,
    "copy-or-interrupt": copy_or_interrupt,
    **TARGETS_COMMANDS,
    **KILLS_COMMANDS,
    **PALETTE_COMMANDS,
    **CHARACTERS_COMMANDS,
    **LINES_COMMANDS,
    **FIND_COMMANDS,
    **ASKING_COMMANDS,
    **EXTERNAL_COMMANDS,
    **COMPLETING_COMMANDS,
    "complete-or-indent": complete_or_indent,
    **DOCUMENTING_COMMANDS,
    "right": or_suggestion(TARGETS_COMMANDS["right"]),
    "end": or_suggestion(TARGETS_COMMANDS["end"]),
    "word-right": or_suggestion(TARGETS_COMMANDS["word-right"], first_word),
    **PANEL_COMMANDS,
    **PANES_COMMANDS,
    **PEEKING_COMMANDS,
    **STEPPING_COMMANDS,
    **MARKING_COMMANDS,
    **STOPPED_COMMANDS,
    **TABS_COMMANDS,
    **FILING_COMMANDS,
    **FOREIGN_COMMANDS,
    **RUNNING_COMMANDS,
    **REMEMBERING_COMMANDS,
    **RECALL_COMMANDS,
    "recall-run": run_recalled,
    **BROWSING_COMMANDS,
    **OPENING_COMMANDS,
    **SEARCHING_COMMANDS,
    **COPYING_COMMANDS,
    **VALUES_COMMANDS,
    **VARIABLES_COMMANDS,
    **THEMING_COMMANDS,
    **CONFIGURING_COMMANDS,
}
