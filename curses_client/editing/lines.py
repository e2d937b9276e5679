"""Changes of whole lines and words, and moves over many of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, edited, moved, say, tell
from curses_client.editing.characters import language
from curses_client.editing.targets import move
from curses_client.state import Asking, State
from curses_client.text import brackets, changes
from curses_client.text.buffer import Buffer
from curses_client.text.languages import code_of_line


def _change(step: Callable[[Buffer], Buffer], kind: str) -> Command:
    return lambda state: (edited(state, step(state.editor.buffer), kind), ())


def toggle_comment(state: State) -> Result:
    """Make comments of the touched lines, or code of comments."""
    comment = language(state).comment
    if not comment:
        return tell(state, "nothing is known of this language's comments")
    return edited(state, changes.toggle_comment(state.editor.buffer, comment), "comment"), ()


def strip_prompts(state: State) -> Result:
    """Take out the prompts of a copied session, and what was printed; of what is selected, or of everything."""
    # rarely needed
    from curses_client.text.prompts import without_prompts

    buffer = state.editor.buffer
    chosen = buffer if buffer.selection is not None else buffer.select_all()
    lines = chosen.selected_text.split("\n")
    code = without_prompts(lines)
    if code == lines:
        return tell(state, "there is no prompt (>>> or In [1]:) here")
    dropped = len(lines) - len(code)
    state = edited(state, chosen.insert("\n".join(code)), "prompts")
    return tell(
        state, f"{dropped} line{'s' * (dropped != 1)} without a prompt dropped" if dropped else "prompts taken out"
    )


# ---- places ------------------------------------------------------------------------------------------------


def _to_bracket(*, select: bool) -> Command:
    """Move to the bracket that belongs to the one at the cursor, so that the next time leads back."""

    def command(state: State) -> Result:
        buffer, known = state.editor.buffer, language(state)
        place = brackets.bracket_at(buffer.lines, buffer.row, buffer.col)
        if place is None:
            return tell(state, "there is no bracket at the cursor")
        pair = brackets.pair_of(buffer.lines, place, lambda row: code_of_line(buffer.lines[row], known))
        if pair is None or pair.other is None:
            return tell(state, "no bracket near here belongs to this one")
        row, col = pair.other
        # behind one that closes, in front of one that opens
        target = row, col + (buffer.lines[row][col] in brackets.CLOSING)
        return moved(state, buffer.to(target, select or state.editor.is_marking)), ()

    return command


def ask_line(state: State) -> Result:
    """Ask for the number of a line to go to."""
    return replace(state, asking=Asking("line", Buffer.of("")), completion=None, message=None), ()


def go_to_line(state: State, text: str) -> State:
    """Go to the line with this number."""
    if not text.strip().isdecimal():
        return say(state, "that is not a number") if text.strip() else state
    return moved(state, changes.to_line(state.editor.buffer, int(text.strip()[:9])))


def toggle_wrap(state: State) -> Result:
    """Break long lines at the edge, or move them under the cursor."""
    wrap = not state.options.wrap
    state = replace(state, options=replace(state.options, wrap=wrap))
    return tell(state, "long lines are broken" if wrap else "long lines move under the cursor")


LINES_COMMANDS: Final[dict[str, Command]] = {
    "block-up": move(changes.block_up),
    "block-down": move(changes.block_down),
    "matching-bracket": _to_bracket(select=False),
    "select-to-bracket": _to_bracket(select=True),
    "go-to-line": ask_line,
    "duplicate": _change(changes.duplicate, "duplicate"),
    "move-lines-up": _change(lambda buffer: changes.move_lines(buffer, -1), "move"),
    "move-lines-down": _change(lambda buffer: changes.move_lines(buffer, +1), "move"),
    "join-lines": _change(changes.join, "join"),
    "toggle-comment": toggle_comment,
    "upper-case": _change(lambda buffer: changes.change_case(buffer, str.upper), "case"),
    "lower-case": _change(lambda buffer: changes.change_case(buffer, str.lower), "case"),
    "title-case": _change(lambda buffer: changes.change_case(buffer, str.title), "case"),
    "strip-prompts": strip_prompts,
    "wrap-editor": toggle_wrap,
}
