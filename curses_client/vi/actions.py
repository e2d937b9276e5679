"""The commands of the normal mode that take no motion, and those that take what is selected."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.vi import macros, operators, places, putting
from curses_client.vi.inserting import insert_at, open_above, open_below, overwrite
from curses_client.vi.operators import inserting
from curses_client.vi.values import Command, Mode, Run, Say, Scene, Selected, Span, Type
from kernel.protocol.value import Value


class Action(Value):
    """A row of the table; what `changes` the text is repeated by ``.``."""

    keys: tuple[str, ...]
    apply: Callable[[Scene], Scene]
    help: str
    changes: bool = False


class Selecting(Value):
    """A row of the table for what is selected; with `lines`, whole lines are taken in any case."""

    keys: tuple[str, ...]
    apply: Callable[[Scene, Span], Scene]
    help: str
    lines: bool = False


# what is short for an operator and its motion
SHORT: Final = {
    "x": ("d", "l"),
    "delete": ("d", "l"),
    "X": ("d", "h"),
    "D": ("d", "$"),
    "C": ("c", "$"),
    "Y": ("y", "y"),
    "s": ("c", "l"),
    "S": ("c", "c"),
}


def operated(command: Command) -> Command:
    """Return a command with what it is short for."""
    if command.key not in SHORT:
        return command
    key, motion = SHORT[command.key]
    return replace(command, key=key, motion=motion)


def _asking(command: str, *, counted: bool = True) -> Callable[[Scene], Scene]:
    """Ask for a command of the client."""

    def apply(scene: Scene) -> Scene:
        times = min(scene.command.times, 1000) if counted else 1
        return replace(scene, asked=(*scene.asked, Run(command, times)))

    return apply


def _select(mode: Mode) -> Callable[[Scene], Scene]:
    return lambda scene: replace(scene, vi=replace(scene.vi, mode=mode, anchor=scene.at))


def select_again(scene: Scene) -> Scene:
    """Select what was selected last; a selection that is there is remembered instead of it."""
    old = scene.vi.selected
    if old is None:
        return scene
    vi = remember_selection(scene).vi if scene.vi.mode.startswith("visual") else scene.vi
    vi = replace(vi, mode=old.mode, anchor=min(old.anchor, len(scene.text)))
    return replace(scene, vi=vi, at=min(old.at, len(scene.text)))


def remember_selection(scene: Scene) -> Scene:
    """Keep what is selected for ``gv``."""
    selected = Selected(scene.vi.mode, scene.vi.anchor, scene.at)
    return replace(scene, vi=replace(scene.vi, selected=selected))


def _mark(scene: Scene) -> Scene:
    name = "'" if scene.command.argument == "`" else scene.command.argument
    if not (name == "'" or "a" <= name <= "z"):
        return replace(scene, asked=(*scene.asked, Say(f"a mark is a letter from a to z, and not {name}")))
    marks = {**scene.vi.marks, name: scene.at}
    return replace(scene, vi=replace(scene.vi, marks=marks))


def _typing_command(scene: Scene) -> Scene:
    count = scene.command.count
    lines = "" if count is None else "." if count == 1 else f".,.+{count - 1}"
    return replace(scene, asked=(*scene.asked, Type(":", lines)))


def _a(keys: str, apply: Callable[[Scene], Scene], text: str, changes: bool = False) -> Action:
    return Action(tuple(keys.split(", ")), apply, text, changes)


ACTIONS: Final = (
    _a("enter", _asking("vi-run", counted=False), "run the cell; where it is not complete, write on"),
    _a("i, insert", inserting, "insert before the cursor"),
    _a("a", insert_at(lambda s: places.after(s.text, s.at)), "insert behind the cursor"),
    _a("I", insert_at(lambda s: places.first_character(s.text, s.at)), "insert before the first character"),
    _a("A", insert_at(lambda s: places.line_end(s.text, s.at)), "insert at the end of the line"),
    _a("gI", insert_at(lambda s: places.line_start(s.text, s.at)), "insert in column one"),
    _a("gi", insert_at(lambda s: min(s.vi.marks.get("^", s.at), len(s.text))), "insert where that ended last"),
    _a("o", open_below, "open a line below"),
    _a("O", open_above, "open a line above"),
    _a("R", overwrite, "write over what is there"),
    _a("r", putting.replace_characters, "put a character in the place of this one", True),
    _a("~", putting.swap_case, "swap case, and go right", True),
    _a("J", putting.join(False), "join this line and the next", True),
    _a("gJ", putting.join(True), "join them, blanks and all", True),
    _a("p", putting.put(True, True), "put a register's text behind the cursor", True),
    _a("P", putting.put(False, True), "put it before the cursor", True),
    _a("gp", putting.put(True, False), "put it behind the cursor, and go behind it", True),
    _a("gP", putting.put(False, False), "put it before the cursor, and go behind it", True),
    _a("ctrl a", putting.add(1), "add to the number", True),
    _a("ctrl x", putting.add(-1), "subtract from the number", True),
    _a("u", _asking("undo"), "undo"),
    _a("ctrl r", _asking("redo"), "redo"),
    _a("v", _select("visual"), "select by characters"),
    _a("V", _select("visual line"), "select by lines"),
    _a("ctrl v", _select("visual block"), "select by columns"),
    _a("gv", select_again, "select again what was selected last"),
    _a("m", _mark, "mark this place with a letter"),
    _a("q", macros.begin, "record keys into a register, whose name follows; q ends it"),
    _a("@", macros.play, "press the keys of a register; @@ those of the last one again"),
    _a("ZZ", _asking("vi-save-and-leave", counted=False), "save the file and close it"),
    _a("ZQ", _asking("vi-drop-and-leave", counted=False), "close the file without its changes"),
    _a(":", _typing_command, "type a command"),
    _a("ctrl f", _asking("page-down"), "output a page down"),
    _a("ctrl b", _asking("page-up"), "output a page up"),
    _a("ctrl e", _asking("line-down"), "output a line down"),
    _a("ctrl y", _asking("line-up"), "output a line up"),
)
ACTION_BY_KEY: Final = {key: row for row in ACTIONS for key in row.keys}


# ---- what is selected --------------------------------------------------------------------------------------


def _insert_before(scene: Scene, span: Span) -> Scene:
    at = places.first_character(scene.text, span.start) if span.linewise else span.start
    return inserting(replace(scene, at=at))


def _insert_behind(scene: Scene, span: Span) -> Scene:
    return inserting(replace(scene, at=places.line_end(scene.text, span.end) if span.linewise else span.end))


def _other_end(scene: Scene, span: Span) -> Scene:
    return replace(scene, at=scene.vi.anchor, vi=replace(scene.vi, anchor=scene.at))


def _typing_range(scene: Scene, span: Span) -> Scene:
    return replace(scene, asked=(*scene.asked, Type(":", "'<,'>")))


def _of(key: str) -> Callable[[Scene, Span], Scene]:
    return operators.BY_KEY[key].apply


def _s(keys: str, apply: Callable[[Scene, Span], Scene], text: str, lines: bool = False) -> Selecting:
    return Selecting(tuple(keys.split(", ")), apply, text, lines)


SELECTING: Final = (
    _s("d, x, delete", _of("d"), "delete"),
    _s("D, X", _of("d"), "delete the lines", True),
    _s("c, s", _of("c"), "change"),
    _s("C, S, R", _of("c"), "change the lines", True),
    _s("y", _of("y"), "yank"),
    _s("Y", _of("y"), "yank the lines", True),
    _s(">", _of(">"), "indent"),
    _s("<", _of("<"), "indent less"),
    _s("=", _of("="), "indent for what is above"),
    _s("~, g~", _of("g~"), "swap case"),
    _s("u, gu", _of("gu"), "lower case"),
    _s("U, gU", _of("gU"), "upper case"),
    _s("gc", _of("gc"), "make comments of the lines, or none of comments"),
    _s("J", putting.join_selected(False), "join the lines"),
    _s("gJ", putting.join_selected(True), "join them, blanks and all"),
    _s("r", putting.replace_selected, "put a character in the place of each"),
    _s("p", putting.put_over(True), "put a register's text in its place"),
    _s("P", putting.put_over(False), "the same, and keep the registers"),
    _s("I", _insert_before, "insert before it"),
    _s("A", _insert_behind, "insert behind it"),
    _s("o, O", _other_end, "go to its other end"),
    _s(":", _typing_range, "type a command for its lines"),
)
SELECTING_BY_KEY: Final = {key: row for row in SELECTING for key in row.keys}
# commands of the normal mode that a selection has too
SELECTED_TOO: Final = frozenset({"v", "V", "ctrl v", "gv", "m", "q", "@", "ctrl f", "ctrl b", "ctrl e", "ctrl y"})
# what changes nothing, and is not repeated
SILENT: Final = frozenset({"y", "Y", ":"})
