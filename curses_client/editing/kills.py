"""What is cut and copied: a ring of texts, the newest of which is put back, or an older one in its place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, edited, tell
from curses_client.editing.targets import line_of, with_line
from curses_client.events import Copy
from curses_client.state import Kills, State
from curses_client.text.buffer import Buffer

# texts that are remembered
_MOST: Final = 60


def _kill(step: Callable[[Buffer], Buffer], *, backward: bool = False) -> Command:
    """Make a command that cuts; what is cut right after another cut joins it, `backward` at its front."""

    def command(state: State) -> Result:
        line = line_of(state)
        if line is not None:
            return with_line(state, step(line)), ()
        before = state.editor.buffer
        return _killed(state, step(before), backward=backward), ()

    return command


def _killed(state: State, after: Buffer, *, backward: bool = False) -> State:
    before, kills = state.editor.buffer, state.editor.kills
    text = before.removed(after)
    if not text:
        return state
    texts = kills.texts
    if kills.cut is before:
        text = text + texts[-1] if backward else texts[-1] + text
        texts = texts[:-1]
    state = edited(state, after, "kill")
    kills = Kills((*texts[1 - _MOST :], text), cut=state.editor.buffer)
    return replace(state, editor=replace(state.editor, kills=kills))


def _whole_lines(buffer: Buffer) -> Buffer:
    """Select the line of the cursor with its end, of the last one with the end before it."""
    row = buffer.row
    if not buffer.at_last_line:
        return replace(buffer, row=row + 1, col=0, mark=(row, 0), goal=None)
    start = (row - 1, len(buffer.lines[row - 1])) if row else (0, 0)
    return replace(buffer, col=len(buffer.lines[row]), mark=start, goal=None)


def cut(state: State) -> Result:
    """Cut what is selected, or the whole line, also to the terminal's clipboard."""
    buffer = state.editor.buffer
    chosen = buffer if buffer.selection is not None else _whole_lines(buffer)
    text = chosen.selected_text
    if not text:
        return state, ()
    return _killed(state, chosen.insert("")), (Copy(text),)


def copy(state: State) -> Result:
    """Copy what is selected, or the line, to the ring and to the terminal's clipboard."""
    buffer = state.editor.buffer
    text = buffer.selected_text or buffer.lines[buffer.row]
    if not text:
        return tell(state, "there is nothing to copy")
    kills = Kills((*state.editor.kills.texts[1 - _MOST :], text))
    return replace(state, editor=replace(state.editor, kills=kills, is_marking=False)), (Copy(text),)


def yank(state: State) -> Result:
    """Put back what was cut or copied last."""
    kills = state.editor.kills
    if not kills.texts:
        return tell(state, "nothing was cut yet")
    text = kills.texts[-1]
    line = line_of(state)
    if line is not None:
        return with_line(state, line.insert(text.split("\n")[0])), ()
    before = state.editor.buffer
    start = before.selection[0] if before.selection is not None else before.position
    state = edited(state, before.insert(text), "yank")
    kills = Kills(kills.texts, yanked=(state.editor.buffer, start, 1))
    return replace(state, editor=replace(state.editor, kills=kills)), ()


def yank_older(state: State) -> Result:
    """Put what was cut before in the place of what has just been put back, round and round."""
    kills = state.editor.kills
    if kills.yanked is None or kills.yanked[0] is not state.editor.buffer:
        return tell(state, "nothing was put back just now · Ctrl-Y does")
    before, start, age = kills.yanked
    age = age % len(kills.texts) + 1
    # one step of undo with what it takes the place of
    after = replace(before, mark=start).insert(kills.texts[-age])
    kills = Kills(kills.texts, yanked=(after, start, age))
    return replace(state, editor=replace(state.editor, buffer=after, kills=kills)), ()


KILLS_COMMANDS: Final[dict[str, Command]] = {
    "delete-word-left": _kill(Buffer.delete_word_left, backward=True),
    "delete-word-right": _kill(Buffer.delete_word_right),
    "kill-line": _kill(lambda buffer: buffer.kill_line()[0]),
    "kill-to-start": _kill(lambda buffer: buffer.kill_to_start()[0], backward=True),
    "cut": cut,
    "copy": copy,
    "yank": yank,
    "yank-older": yank_older,
}
