"""Characters as they are typed: pairs, and indentation as the language has it."""

from typing import Final

from curses_client.commanding import Command, Result, edited
from curses_client.editing.targets import insert, line_of, with_line
from curses_client.state import State
from curses_client.text import brackets
from curses_client.text.buffer import TYPING, Buffer
from curses_client.text.indent import indent_after as python_indent_after
from curses_client.text.languages import (
    Language,
    code_of_line,
    indent_after,
    is_python,
    language_of,
)


def lexer_of(state: State) -> str:
    """Return the language of what is in the editor: the kernel's, or the one that a cell magic names."""
    first = state.editor.buffer.lines[0]
    if first.startswith("%%") and is_python(state.session.lexer):
        name = first[2:].partition(" ")[0]
        return {"!": "bash", "sx": "bash", "system": "bash"}.get(name, name)
    return state.session.lexer


def language(state: State) -> Language:
    """Return what is known of that language."""
    return language_of(lexer_of(state))


def type_character(state: State, character: str) -> State:
    """Type one character where the keys go."""
    if line_of(state) is not None:
        return insert(state, character)
    buffer = state.editor.buffer
    if state.options.pairs:
        # only who wants them waits for it
        from curses_client.text import pairs

        after = pairs.typed(buffer, character, "".join(language(state).quotes))
        if after is not None:
            return edited(state, after, TYPING)
    if character in brackets.CLOSING and buffer.selection is None and not buffer.lines[buffer.row].strip():
        return edited(state, _closed(buffer, character, language(state)), TYPING)
    return insert(state, character)


def _closed(buffer: Buffer, character: str, language: Language) -> Buffer:
    """Type a closing bracket in an empty line, below the line that opened it."""
    after = buffer.insert(character)
    pair = brackets.pair_of(
        after.lines, (after.row, after.col - 1), lambda row: code_of_line(after.lines[row], language)
    )
    if pair is None or pair.other is None or pair.is_wrong:
        return after
    opening = buffer.lines[pair.other[0]]
    indent = opening[: len(opening) - len(opening.lstrip())]
    lines = (*buffer.lines[: buffer.row], indent + character, *buffer.lines[buffer.row + 1 :])
    return Buffer(lines, buffer.row, len(indent) + 1)


def newline(state: State) -> Result:
    """Make a new line, indented for what is above."""
    buffer = state.editor.buffer
    if is_python(lexer_of(state)):
        indent = python_indent_after(buffer.lines, buffer.row, buffer.col)
    else:
        indent = indent_after(buffer.lines[buffer.row], buffer.col, language(state))
    return edited(state, _opened(buffer, indent), "newline"), ()


def _opened(buffer: Buffer, indent: str) -> Buffer:
    """Make a new line; of an empty pair of brackets the closing one gets a line of its own."""
    line, col = buffer.lines[buffer.row], buffer.col
    after = buffer.newline(indent)
    if buffer.selection is not None or not col or line[col - 1 : col + 1] not in ("()", "[]", "{}"):
        return after
    return after.insert("\n" + line[: len(line) - len(line.lstrip())]).to(after.position)


def delete_left(state: State) -> Result:
    """Delete to the left: a character, a level of indentation, or an empty pair."""
    line = line_of(state)
    if line is not None:
        return with_line(state, line.delete_left()), ()
    buffer = state.editor.buffer
    if state.options.pairs:
        from curses_client.text import pairs

        if (both := pairs.deleted(buffer)) is not None:
            return edited(state, both, "delete"), ()
    return edited(state, buffer.delete_left(language(state).width), "delete"), ()


def indent(state: State) -> Result:
    """Move the touched lines a level to the right."""
    return edited(state, state.editor.buffer.indent_lines(language(state).width), "indent"), ()


def dedent(state: State) -> Result:
    """Move the touched lines up to a level to the left."""
    return edited(state, state.editor.buffer.dedent_lines(language(state).width), "indent"), ()


def tab(state: State) -> Result:
    """Insert blanks up to the next level."""
    buffer, width = state.editor.buffer, language(state).width
    return edited(state, buffer.insert(" " * (width - buffer.col % width)), "indent"), ()


CHARACTERS_COMMANDS: Final[dict[str, Command]] = {
    "newline": newline,
    "delete-left": delete_left,
    "indent": indent,
    "dedent": dedent,
}
