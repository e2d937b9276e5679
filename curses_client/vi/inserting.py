"""Insertions: how they begin, what is typed in them, and what their end makes of them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.text.buffer import INDENT
from curses_client.text.languages import language_of
from curses_client.text.width import columns, index_at
from curses_client.vi import places, registers, words
from curses_client.vi.operators import indent_below, inserting
from curses_client.vi.places import BLANKS, FAR
from curses_client.vi.putting import bounded
from curses_client.vi.values import Change, Insertion, Run, Scene, Typed
from kernel.protocol.value import Value

# the commands whose count says how often what is typed is put in
_COUNTED: Final = frozenset({"i", "a", "I", "A", "gI", "gi", "o", "O", "R"})
_OPENING: Final = frozenset({"o", "O"})

# ---- beginning ---------------------------------------------------------------------------------------------


def insert_at(place: Callable[[Scene], int]) -> Callable[[Scene], Scene]:
    """Begin an insertion at a place."""
    return lambda scene: inserting(replace(scene, at=place(scene)))


def open_below(scene: Scene) -> Scene:
    """Open a line below, indented for what is above."""
    lines, row = scene.text.split("\n"), places.row_of(scene.text, scene.at)
    return _opened(scene, places.line_end(scene.text, scene.at), "\n" + indent_below(scene, lines, row), 0)


def open_above(scene: Scene) -> Scene:
    """Open a line above, indented as the one below."""
    indent = places.indentation(scene.text, scene.at)
    return _opened(scene, places.line_start(scene.text, scene.at), indent + "\n", 1)


def _opened(scene: Scene, at: int, text: str, behind: int) -> Scene:
    text, at = scene.text[:at] + text + scene.text[at:], at + len(text) - behind
    return inserting(replace(scene, text=text, at=at))


def overwrite(scene: Scene) -> Scene:
    """Begin to write over what is there."""
    scene = inserting(scene)
    return replace(scene, vi=replace(scene.vi, mode="replace"))


# ---- keys --------------------------------------------------------------------------------------------------


def typed_over(scene: Scene, text: str) -> Scene:
    """Write over what is at the cursor."""
    for character in text:
        end = scene.at if character == "\n" else places.after(scene.text, scene.at)
        insertion = scene.vi.insertion
        covered = (*insertion.covered, scene.text[scene.at : end])
        changed = scene.text[: scene.at] + character + scene.text[end:]
        vi = replace(scene.vi, insertion=replace(insertion, covered=covered))
        scene = replace(scene, vi=vi, text=changed, at=scene.at + len(character))
    return scene


def uncovered(scene: Scene) -> Scene:
    """Bring back what was written over last, or go left."""
    insertion, at = scene.vi.insertion, places.before(scene.text, scene.at)
    if not insertion.covered or at == scene.at:
        return replace(scene, at=at)
    vi = replace(scene.vi, insertion=replace(insertion, covered=insertion.covered[:-1]))
    text = scene.text[:at] + insertion.covered[-1] + scene.text[scene.at :]
    return replace(scene, vi=vi, text=text, at=at)


def _delete_word(scene: Scene) -> Scene:
    text, at = scene.text, scene.at
    start, begun = places.line_start(text, at), scene.vi.insertion.at
    begin = max(words.previous_start(text, at, False), start) if at > start else max(at - 1, 0)
    # what was there before is deleted by itself
    begin = begun if begin < begun < at else begin
    return replace(scene, text=text[:begin] + text[at:], at=begin)


def _delete_line(scene: Scene) -> Scene:
    """Delete what was typed in the line; then all that is left of the cursor, and the indentation at last."""
    start, first = places.line_start(scene.text, scene.at), places.first_character(scene.text, scene.at)
    begun = scene.vi.insertion.at
    begin = begun if start < begun < scene.at else first if first < scene.at else start
    if start == scene.at:
        begin = max(start - 1, 0)
    return replace(scene, text=scene.text[:begin] + scene.text[scene.at :], at=begin)


def _shift(step: int) -> Callable[[Scene], Scene]:
    def apply(scene: Scene) -> Scene:
        start, line = places.line_start(scene.text, scene.at), places.line_at(scene.text, scene.at)
        bare = line.lstrip(BLANKS)
        width = len(line[: len(line) - len(bare)].expandtabs(INDENT))
        level = language_of(scene.context.lexer).width
        # whole levels, as the indentation may be none
        levels = width // level + 1 if step > 0 else -(-width // level) - 1
        changed = " " * (max(levels, 0) * level) + bare
        text = scene.text[:start] + changed + scene.text[start + len(line) :]
        return replace(scene, text=text, at=max(scene.at + len(changed) - len(line), start))

    return apply


def insert_register(scene: Scene) -> Scene:
    """Insert what a register has."""
    value = registers.register(scene.vi, scene.command.argument)
    if value is None:
        return scene
    put = value.text + "\n" * value.linewise
    return replace(scene, text=scene.text[: scene.at] + put + scene.text[scene.at :], at=scene.at + len(put))


def once(scene: Scene) -> Scene:
    """Run one command, then go on inserting."""
    scene = ended(scene, moves=False)
    at = places.on_character(scene.text, scene.at)
    return replace(scene, at=at, vi=replace(scene.vi, once="here" if at == scene.at else "at the end"))


def _asking(command: str) -> Callable[[Scene], Scene]:
    return lambda scene: replace(scene, asked=(*scene.asked, Run(command)))


# ---- the end -----------------------------------------------------------------------------------------------


def typed_in(scene: Scene) -> Typed | None:
    """Return what was typed since the insertion began; None where more than that has changed."""
    begun = scene.vi.insertion
    if scene.vi.mode == "replace":
        kept = begun.at <= scene.at and scene.text[: begun.at] == begun.text[: begun.at]
        return Typed(scene.text[begun.at : scene.at]) if kept else None
    behind = len(scene.text) - scene.at
    if behind > len(begun.text) - begun.at or scene.text[scene.at :] != begun.text[len(begun.text) - behind :]:
        return None
    before = begun.text[: begun.at]
    start = places.common_start(before, scene.text[: scene.at])
    return Typed(scene.text[start : scene.at], len(before) - start)


def ended(scene: Scene, *, moves: bool = True) -> Scene:
    """End the insertion: put in again what the count asks for, and remember it for ``.`` and ``gi``."""
    begun, typed = scene.vi.insertion, typed_in(scene)
    last = scene.vi.last if typed is None else Change(begun.command, begun.extent, typed)
    if typed is not None and (begun.rows or begun.corner is not None):
        scene, moves = _in_all_rows(scene, typed), begun.corner is None
    elif typed is not None:
        scene = _without_indentation(_counted(scene, typed), typed)
    marks = {**places.moved_marks(scene.vi.marks, begun.text, scene.text), "^": scene.at}
    vi = replace(scene.vi, mode="normal", last=last, marks=marks, pending=(), insertion=Insertion())
    return replace(scene, vi=vi, at=places.before(scene.text, scene.at) if moves else scene.at, goal=None)


def _in_all_rows(scene: Scene, typed: Typed) -> Scene:
    """Put what was typed in the first line of a block into its others, unless that is more than a part of a line."""
    begun, lines = scene.vi.insertion, scene.text.split("\n")
    for row in begun.rows if typed.text and "\n" not in typed.text and not typed.deleted else ():
        line = lines[row]
        line += " " * (begun.column - columns(line) if begun.column < FAR else 0)
        at = index_at(line, begun.column)
        lines[row] = line[:at] + typed.text + line[at:]
    text, start = "\n".join(lines), places.line_start(scene.text, scene.at)
    at = scene.at if begun.corner is None else places.at_column(text, start, begun.corner)
    return replace(scene, text=text, at=at)


def _counted(scene: Scene, typed: Typed) -> Scene:
    command = scene.vi.insertion.command
    times = bounded(command.times, typed.text) - 1 if command.key in _COUNTED else 0
    if scene.vi.mode == "replace":
        return typed_over(scene, typed.text * times)
    again = typed.text
    if command.key in _OPENING:
        again = "\n" + places.indentation(scene.text, scene.vi.insertion.at) + again
    return replace(
        scene,
        text=scene.text[: scene.at] + again * times + scene.text[scene.at :],
        at=scene.at + len(again) * times,
    )


def _without_indentation(scene: Scene, typed: Typed) -> Scene:
    """Take the indentation of a new line away in which nothing was typed."""
    command, extent = scene.vi.insertion.command, scene.vi.insertion.extent
    opened = command.key in _OPENING or command.motion == command.key or (extent is not None and extent.linewise)
    is_new = typed.text.rstrip(BLANKS).endswith("\n") if typed.text else opened
    line, start = places.line_at(scene.text, scene.at), places.line_start(scene.text, scene.at)
    if not is_new or line.strip(BLANKS):
        return scene
    return replace(scene, text=scene.text[:start] + scene.text[start + len(line) :], at=start)


def retyped(scene: Scene, typed: Typed | None) -> Scene:
    """Type again what was typed when a change was made, and end the insertion."""
    if typed is None:
        return ended(scene)
    if scene.vi.mode == "replace":
        return ended(typed_over(scene, typed.text))
    begin = max(scene.at - typed.deleted, 0)
    text = scene.text[:begin] + typed.text + scene.text[scene.at :]
    return ended(replace(scene, text=text, at=begin + len(typed.text)))


# ---- the table ---------------------------------------------------------------------------------------------


class Insert(Value):
    """A row of the table: a key while one types; all others are those of readline."""

    key: str
    apply: Callable[[Scene], Scene]
    help: str


INSERTS: Final = (
    Insert("esc", ended, "normal mode; Ctrl-C too, when nothing runs"),
    Insert("ctrl o", once, "one command of the normal mode"),
    Insert("ctrl r", insert_register, "insert a register, whose name follows"),
    Insert("ctrl w", _delete_word, "delete the word to the left"),
    Insert("ctrl u", _delete_line, "delete what was typed in the line"),
    Insert("ctrl t", _shift(1), "indent the line"),
    Insert("ctrl d", _shift(-1), "indent it less; in an empty editor, leave"),
    Insert("ctrl n", _asking("complete-or-indent"), "complete"),
    Insert("ctrl p", _asking("complete-or-indent"), "complete"),
)
BY_KEY: Final = {row.key: row for row in INSERTS}
