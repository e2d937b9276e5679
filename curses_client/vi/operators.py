"""The operators: each row is a key and what it does with the part of the text that a motion or an object takes."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from curses_client.text.buffer import INDENT, Buffer
from curses_client.text.changes import toggle_comment
from curses_client.text.indent import indent_after
from curses_client.text.languages import indent_after as other_indent_after
from curses_client.text.languages import is_python, language_of
from curses_client.vi import motions, places, registers, words
from curses_client.vi.objects import BY_KEY as OBJECTS
from curses_client.vi.objects import object_at
from curses_client.vi.places import BLANKS
from curses_client.vi.values import Command, Insertion, Scene, Span
from kernel.protocol.value import Value

# levels of indentation that a count makes at most
_LEVELS: Final = 100

Apply = Callable[[Scene, Span], Scene]


class Operator(Value):
    """A row of the table."""

    key: str
    apply: Apply
    help: str


# ---- what an operator is given -----------------------------------------------------------------------------


def span_of(scene: Scene) -> tuple[Scene, Span] | None:
    """Return the part of the text that the command's motion or object takes, and the scene that it is taken in."""
    command = scene.command
    key = command.motion
    if key == command.key:
        return _lines_here(scene)
    if key in OBJECTS:
        span = object_at(key, scene.text, scene.at, command.times)
        return None if span is None else (scene, span)
    if command.key == "c" and key in ("w", "W") and words.kind(scene.text, scene.at, False):
        return scene, Span(scene.at, _changed_word(scene, key == "W"))
    motion = motions.BY_KEY[key]
    target = motion.find(scene, Command(key, command.count, argument=command.argument))
    if target is None:
        return None
    start, end = sorted((scene.at, target.at))
    match target.kind or motion.kind:
        case "lines":
            return scene, Span(start, end, linewise=True)
        case "inclusive":
            return scene, _whole_lines(scene, Span(start, places.after(scene.text, end)))
        case _:
            return scene, _whole_lines(scene, _without_line_end(scene.text, start, end))


def _lines_here(scene: Scene) -> tuple[Scene, Span] | None:
    """Return as many lines as the count says, from the cursor's on."""
    target = motions.BY_KEY["_"].find(scene, Command("_", scene.command.count))
    if target is None:
        return None
    at = scene.at if scene.command.key == "y" else min(scene.at, places.first_character(scene.text, scene.at))
    return replace(scene, at=at), Span(at, target.at, linewise=True)


def _changed_word(scene: Scene, big: bool) -> int:
    """Return the end of the word that is to be changed: the blanks behind it stay."""
    at = scene.at
    for turn in range(scene.command.times):
        at = words.next_end(scene.text, at, big, stay=not turn)
    return places.after(scene.text, at)


def _without_line_end(text: str, start: int, end: int) -> Span:
    """Return what is before `end`, without the line end right before it: whole lines if there is nothing else."""
    if text[end - 1 : end] != "\n" or "\n" not in text[start:end]:
        return Span(start, end)
    is_whole = start <= places.first_character(text, start)
    return Span(start, end - 1, linewise=is_whole)


def _whole_lines(scene: Scene, span: Span) -> Span:
    """Return whole lines where a deletion of several would leave nothing but blanks of the first and the last one."""
    text = scene.text
    if scene.command.key != "d" or span.linewise or "\n" not in text[span.start : span.end]:
        return span
    before = text[places.line_start(text, span.start) : span.start]
    behind = text[span.end : places.line_end(text, span.end)]
    if before.strip(BLANKS) or behind.strip(BLANKS):
        return span
    return replace(span, linewise=True)


def lines_of(text: str, span: Span) -> tuple[int, int]:
    """Return the beginning of the first and the end of the last line that a part touches."""
    return places.line_start(text, span.start), places.line_end(text, span.end)


def taken(text: str, span: Span) -> str:
    """Return the part of the text; of whole lines, without the last one's end."""
    start, end = lines_of(text, span) if span.linewise else (span.start, span.end)
    return text[start:end]


# ---- deleting and changing ---------------------------------------------------------------------------------


def delete(scene: Scene, span: Span) -> Scene:
    """Delete it, and keep it in a register."""
    text = scene.text
    if not text or (not span.linewise and span.start == span.end):
        return replace(scene, at=span.start)
    scene = registers.deleted(scene, taken(text, span), span.linewise)
    if not span.linewise:
        return replace(scene, text=text[: span.start] + text[span.end :], at=span.start)
    start, end = lines_of(text, span)
    if end < len(text):
        text = text[:start] + text[end + 1 :]
    else:
        text, start = text[: max(start - 1, 0)], max(start - 1, 0)
    return replace(scene, text=text, at=places.first_character(text, start))


def change(scene: Scene, span: Span) -> Scene:
    """Delete it, and begin an insertion there; of whole lines, one with the same indentation is left."""
    if not span.linewise:
        return inserting(delete(scene, span))
    start, end = lines_of(scene.text, span)
    indent = places.indentation(scene.text, start)
    scene = registers.deleted(scene, scene.text[start:end], True)
    text = scene.text[:start] + indent + scene.text[end:]
    return inserting(replace(scene, text=text, at=start + len(indent)))


def inserting(scene: Scene) -> Scene:
    """Begin an insertion at the cursor."""
    begun = Insertion(scene.command, scene.text, scene.at)
    return replace(scene, goal=None, vi=replace(scene.vi, mode="insert", insertion=begun))


def yank(scene: Scene, span: Span) -> Scene:
    """Keep it in a register."""
    return registers.yanked(replace(scene, at=span.start), taken(scene.text, span), span.linewise)


# ---- lines -------------------------------------------------------------------------------------------------


def _on_lines(edit: Callable[[Scene, list[str]], list[str]]) -> Apply:
    """Change lines; the cursor goes to the first character of the first one."""

    def apply(scene: Scene, span: Span) -> Scene:
        start, end = lines_of(scene.text, span)
        lines = edit(scene, scene.text[start:end].split("\n"))
        text = scene.text[:start] + "\n".join(lines) + scene.text[end:]
        return replace(scene, text=text, at=places.first_character(text, start))

    return apply


def shifted(line: str, columns: int) -> str:
    """Return a line with so many more or less columns of indentation."""
    return " " * (_width(line) + columns) + line.lstrip(BLANKS) if line else line


def _shift(step: int) -> Apply:
    def edit(scene: Scene, lines: list[str]) -> list[str]:
        # the count of a selection says how far; that of a motion is the motion's
        times = 1 if scene.command.motion else min(scene.command.times, _LEVELS)
        width = language_of(scene.context.lexer).width
        return [shifted(line, step * width * times) for line in lines]

    return _on_lines(edit)


def _indent(scene: Scene, span: Span) -> Scene:
    """Indent for what is above: as deep as that asks for, or less deep by whole levels, as a block may have ended."""
    first, last = (places.row_of(scene.text, at) for at in (span.start, span.end))
    lines = scene.text.split("\n")
    for row in range(first, last + 1):
        lines[row] = _indented(scene, lines, row)
    text = "\n".join(lines)
    return replace(scene, text=text, at=places.first_character(text, places.row_start(text, first)))


def _indented(scene: Scene, lines: list[str], row: int) -> str:
    bare = lines[row].lstrip(BLANKS)
    above = next((number for number in range(row - 1, -1, -1) if lines[number].strip()), None)
    if not bare or above is None:
        return bare
    deepest, before = _width(indent_below(scene, lines, above)), _width(lines[above])
    level = language_of(scene.context.lexer).width
    return " " * (deepest if deepest > before else min(round(_width(lines[row]) / level) * level, deepest)) + bare


def _width(line: str) -> int:
    """Return the columns of a line's indentation."""
    return len(line[: len(line) - len(line.lstrip(BLANKS))].expandtabs(INDENT))


def indent_below(scene: Scene, lines: Sequence[str], row: int) -> str:
    """Return the indentation for a line below another one, as the language has it."""
    line, lexer = lines[row], scene.context.lexer
    if is_python(lexer):
        return indent_after(lines, row, len(line))
    return other_indent_after(line, len(line), language_of(lexer))


def _comment(scene: Scene, lines: list[str]) -> list[str]:
    """Make comments of lines; if all of them are, make them none."""
    sign = language_of(scene.context.lexer).comment or "#"
    return list(toggle_comment(Buffer(tuple(lines)).select_all(), sign).lines)


# ---- characters --------------------------------------------------------------------------------------------


def _cased(case: Callable[[str], str]) -> Apply:
    def apply(scene: Scene, span: Span) -> Scene:
        start, end = lines_of(scene.text, span) if span.linewise else (span.start, span.end)
        text = scene.text[:start] + case(scene.text[start:end]) + scene.text[end:]
        return replace(scene, text=text, at=span.start)

    return apply


OPERATORS: Final = (
    Operator("d", delete, "delete"),
    Operator("c", change, "change: delete, then insert"),
    Operator("y", yank, "yank: keep in a register"),
    Operator(">", _shift(1), "indent"),
    Operator("<", _shift(-1), "indent less"),
    Operator("=", _indent, "indent for what is above"),
    Operator("g~", _cased(str.swapcase), "swap case"),
    Operator("gu", _cased(str.lower), "lower case"),
    Operator("gU", _cased(str.upper), "upper case"),
    Operator("gc", _on_lines(_comment), "make comments of lines, or none of comments"),
)
BY_KEY: Final = {operator.key: operator for operator in OPERATORS}
