"""The motions: each row is a key, how an operator takes it, and the function that finds the place it leads to."""

import re
from collections.abc import Callable
from typing import Final, Literal

from curses_client.text.width import index_at
from curses_client.vi import places, words
from curses_client.vi.finding import look_for, word_pattern
from curses_client.vi.places import FAR
from curses_client.vi.values import Command, Scene
from kernel.protocol.value import Value

# with "inclusive" an operator takes the character that the motion leads to as well
Kind = Literal["exclusive", "inclusive", "lines"]


class Target(Value):
    """Where a motion leads; `goal` is the screen column that a vertical one aims at."""

    at: int
    goal: int | None = None
    # where it differs from the motion's row in the table
    kind: Kind | None = None


# None: there is nothing to go to, and an operator does nothing
Find = Callable[[Scene, Command], Target | None]


class Motion(Value):
    """A row of the table; `jumps` says that '' leads back from where it leads."""

    keys: tuple[str, ...]
    kind: Kind
    find: Find
    help: str
    jumps: bool = False


def _times(step: Callable[[Scene, int], int], *, strictly: bool = False) -> Find:
    """Take a step as often as the count says, or as can be; a motion that cannot take the first one fails.

    One that is done `strictly` fails where it cannot take all of them.
    """

    def find(scene: Scene, command: Command) -> Target | None:
        at = scene.at
        for _ in range(min(command.times, len(scene.text) + 1)):
            found = step(scene, at)
            if found == at:
                return None if strictly or at == scene.at else Target(at)
            at = found
        return Target(at)

    return find


# ---- in the line -------------------------------------------------------------------------------------------


def _right(scene: Scene, command: Command) -> Target | None:
    at = scene.at
    for _ in range(min(command.times, len(scene.text))):
        at = places.after(scene.text, at)
    return Target(at)


def _left(scene: Scene, command: Command) -> Target | None:
    at = scene.at
    for _ in range(min(command.times, len(scene.text))):
        at = places.before(scene.text, at)
    return Target(at)


def _forward(scene: Scene, at: int) -> int:
    """Return the next character, that of the next line behind the last one of a line."""
    found = places.after(scene.text, at)
    at_end = scene.text[found : found + 1] == "\n"
    return found + 1 if at_end and not _takes_ends(scene) else found if found > at else min(at + 1, len(scene.text))


def _takes_ends(scene: Scene) -> bool:
    """Whether the end of a line is a place of its own: for an operator or a selection."""
    return bool(scene.command.motion) or scene.vi.mode.startswith("visual")


def _backward(scene: Scene, at: int) -> int:
    if at == places.line_start(scene.text, at):
        return max(at - 1, 0) if _takes_ends(scene) else places.on_character(scene.text, max(at - 1, 0))
    return places.before(scene.text, at)


def _line_end(scene: Scene, command: Command) -> Target | None:
    start = _rows_on(scene, command.times - 1)
    return None if start is None else Target(_in_column(scene, start, FAR), FAR)


def _in_column(scene: Scene, start: int, column: int) -> int:
    """Return the place in a column of the line that begins at `start`; a selection may take its end too."""
    if scene.vi.mode == "visual":
        return start + index_at(places.line_at(scene.text, start), column)
    return places.at_column(scene.text, start, column)


def _column(scene: Scene, command: Command) -> Target | None:
    start = places.line_start(scene.text, scene.at)
    return Target(places.at_column(scene.text, start, command.times - 1), command.times - 1)


def _seek(scene: Scene, command: Command) -> Target | None:
    """Find a character in the line: f, F, t and T."""
    return _sought(scene, command, command, again=False)


def _seek_again(turn: bool) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        found = scene.vi.found
        if found is None:
            return None
        key = found.key.swapcase() if turn else found.key
        return _sought(scene, Command(key, command.count, argument=found.argument), command, again=True)

    return find


def _sought(scene: Scene, seek: Command, command: Command, *, again: bool) -> Target | None:
    line, start = places.line_at(scene.text, scene.at), places.line_start(scene.text, scene.at)
    step = 1 if seek.key in "ft" else -1
    col = scene.at - start
    if again and seek.key in "tT" and command.times == 1 and line[col + step : col + step + 1] == seek.argument:
        # it would stay where it is
        col += step
    for _ in range(command.times):
        col = line.find(seek.argument, col + 1) if step > 0 else line.rfind(seek.argument, 0, max(col, 0))
        if col < 0:
            return None
    at = start + col - (step if seek.key in "tT" else 0)
    return Target(at, kind="inclusive" if step > 0 else "exclusive")


# ---- lines -------------------------------------------------------------------------------------------------


def _rows_on(scene: Scene, rows: int) -> int | None:
    """Return where the line begins that is so many rows below, the last one at most; None without any below."""
    row = places.row_of(scene.text, scene.at)
    last = scene.text.count("\n")
    if rows and not 0 <= row + (1 if rows > 0 else -1) <= last:
        return None
    return places.row_start(scene.text, min(max(row + rows, 0), last))


def _vertically(step: Literal[1, -1]) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        return _vertical(scene, step * command.times)

    return find


def _half_page(step: Literal[1, -1]) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        return _vertical(scene, step * (command.count or scene.context.half_page))

    return find


def _vertical(scene: Scene, rows: int) -> Target | None:
    start = _rows_on(scene, rows)
    if start is None:
        return None
    goal = places.column(scene.text, scene.at) if scene.goal is None else scene.goal
    return Target(_in_column(scene, start, goal), goal)


def _to_line(rows: Callable[[int], int]) -> Find:
    """Go to the first character of a line below or above."""

    def find(scene: Scene, command: Command) -> Target | None:
        start = _rows_on(scene, rows(command.times))
        return None if start is None else Target(_first(scene.text, start))

    return find


def _first(text: str, at: int) -> int:
    """Return the first character of the line; the last blank where there are only such."""
    return places.on_character(text, places.first_character(text, at))


def _to_row(default: int) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        row = default if command.count is None else command.count - 1
        return Target(_first(scene.text, places.row_start(scene.text, row)))

    return find


# ---- words, sentences, paragraphs --------------------------------------------------------------------------


def _word(big: bool) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        at, times = scene.at, min(command.times, len(scene.text) + 1)
        for left in range(times, 0, -1):
            # an operator does not take the line's end with the last word
            at = words.next_start(scene.text, at, big, in_line=left == 1 and bool(scene.command.motion))
        return Target(at)

    return find


def _word_end(big: bool) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        at = scene.at
        for _ in range(min(command.times, len(scene.text) + 1)):
            at = words.next_end(scene.text, at, big)
        return Target(at)

    return find


def _next_sentence(scene: Scene, at: int) -> int:
    return words.next_sentence(scene.text, at)


def _previous_sentence(scene: Scene, at: int) -> int:
    return words.previous_sentence(scene.text, at)


def _paragraph(step: Literal[1, -1]) -> Find:
    """Go to the next empty line, or the one before; the last one that the count asks for may be the end of the text."""

    def find(scene: Scene, command: Command) -> Target | None:
        at, end = scene.at, len(scene.text) if step > 0 else 0
        for left in range(command.times, 0, -1):
            found = _empty_line(scene.text, at, step)
            if found is None:
                return Target(end) if left == 1 else None
            at = found
        return Target(at)

    return find


def _empty_line(text: str, at: int, step: int) -> int | None:
    """Return the next empty line beyond those around a place."""
    at = places.line_start(text, at)
    while 0 <= at < len(text) and places.is_empty_line(text, at):
        at += step
    if step < 0:
        found = text.rfind("\n\n", 0, max(at, 0))
        return found + 1 if found >= 0 else None
    found = text.find("\n\n", at)
    return found + 1 if found >= 0 else len(text) if text[at:].endswith("\n") else None


_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_BACK: Final = {close: opening for opening, close in _PAIRS.items()}
_BRACKET: Final = re.compile(r"[][(){}]")


def _match(scene: Scene, command: Command) -> Target | None:
    """Go to the bracket that belongs to this one or the next in the line; with a count, to so many per cent."""
    text = scene.text
    if command.count is not None:
        if command.count > 100:
            return None
        row = (command.count * (text.count("\n") + 1) + 99) // 100 - 1
        return Target(_first(text, places.row_start(text, row)), kind="lines")
    found = _BRACKET.search(text, scene.at, places.line_end(text, scene.at))
    at = bracket_of(text, found.start()) if found else None
    return None if at is None else Target(at)


def bracket_of(text: str, at: int) -> int | None:
    """Return the bracket that belongs to the one at a place."""
    bracket = text[at]
    other, step = (_PAIRS[bracket], 1) if bracket in _PAIRS else (_BACK[bracket], -1)
    depth = 0
    while 0 <= at < len(text):
        depth += (text[at] == bracket) - (text[at] == other)
        if not depth:
            return at
        at += step
    return None


# ---- search and marks --------------------------------------------------------------------------------------


def _search(scene: Scene, command: Command) -> Target | None:
    step = 1 if command.key == "/" else -1
    at = look_for(scene.text, command.argument or scene.vi.sought, scene.at, step, command.times)
    return None if at is None else Target(at)


def _search_again(turn: Literal[1, -1]) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        at = look_for(scene.text, scene.vi.sought, scene.at, turn * scene.vi.towards, command.times)
        return None if at is None else Target(at)

    return find


def _word_here(step: Literal[1, -1]) -> Find:
    def find(scene: Scene, command: Command) -> Target | None:
        pattern, begin = word_pattern(scene.text, scene.at)
        at = look_for(scene.text, pattern, begin, step, command.times) if pattern else None
        return None if at is None else Target(at)

    return find


def _mark(scene: Scene, command: Command) -> Target | None:
    at = scene.vi.marks.get("'" if command.argument == "`" else command.argument)
    if at is None:
        return None
    at = places.on_character(scene.text, at)
    return Target(places.first_character(scene.text, at) if command.key == "'" else at)


def _m(keys: str, kind: Kind, find: Find, text: str, jumps: bool = False) -> Motion:
    return Motion(tuple(" " if key == "space" else key for key in keys.split(", ")), kind, find, text, jumps)


MOTIONS: Final = (
    _m("h", "exclusive", _left, "character left"),
    _m("l", "exclusive", _right, "character right"),
    _m("backspace", "exclusive", _times(_backward), "character left, also into the line above"),
    _m("space", "exclusive", _times(_forward), "character right, also into the line below"),
    _m("k", "lines", _vertically(-1), "line up; in the first line, the entry before"),
    _m("j", "lines", _vertically(1), "line down; in the last line, the entry after"),
    _m("gk", "lines", _vertically(-1), "line up"),
    _m("gj", "lines", _vertically(1), "line down"),
    _m("0", "exclusive", lambda scene, _: Target(places.line_start(scene.text, scene.at)), "column one"),
    _m("^", "exclusive", _to_line(lambda _: 0), "first character of the line"),
    _m("$", "inclusive", _line_end, "end of the line"),
    _m("|", "exclusive", _column, "the column that the count says"),
    _m("w", "exclusive", _word(False), "start of the next word"),
    _m("W", "exclusive", _word(True), "start of the next word between blanks"),
    _m("b", "exclusive", _times(lambda s, at: words.previous_start(s.text, at, False)), "start of the word"),
    _m("B", "exclusive", _times(lambda s, at: words.previous_start(s.text, at, True)), "start of it between blanks"),
    _m("e", "inclusive", _word_end(False), "end of the word"),
    _m("E", "inclusive", _word_end(True), "end of it between blanks"),
    _m("ge", "inclusive", _times(lambda s, at: words.previous_end(s.text, at, False)), "end of the word before"),
    _m("gE", "inclusive", _times(lambda s, at: words.previous_end(s.text, at, True)), "end of it between blanks"),
    _m("f", "inclusive", _seek, "next place of a character in the line"),
    _m("F", "exclusive", _seek, "place of a character before, in the line"),
    _m("t", "inclusive", _seek, "up to the next place of a character in the line"),
    _m("T", "exclusive", _seek, "back to behind a character in the line"),
    _m(";", "inclusive", _seek_again(False), "the last f, F, t or T again"),
    _m(",", "inclusive", _seek_again(True), "the last f, F, t or T the other way"),
    _m("_", "lines", _to_line(lambda times: times - 1), "first character, count - 1 lines below"),
    _m("+, enter", "lines", _to_line(lambda times: times), "first character of the next line"),
    _m("-", "lines", _to_line(lambda times: -times), "first character of the line before"),
    _m("G", "lines", _to_row(FAR), "last line, or the one that the count says", jumps=True),
    _m("gg", "lines", _to_row(0), "first line, or the one that the count says", jumps=True),
    _m("ctrl d", "lines", _half_page(1), "half a page down; in an empty editor, leave"),
    _m("ctrl u", "lines", _half_page(-1), "half a page up"),
    _m(")", "exclusive", _times(_next_sentence, strictly=True), "next sentence", jumps=True),
    _m("(", "exclusive", _times(_previous_sentence, strictly=True), "sentence back", jumps=True),
    _m("}", "exclusive", _paragraph(1), "next empty line", jumps=True),
    _m("{", "exclusive", _paragraph(-1), "empty line before", jumps=True),
    _m("%", "inclusive", _match, "the bracket that belongs to this one", jumps=True),
    _m("/", "exclusive", _search, "search: text, or a regular expression", jumps=True),
    _m("?", "exclusive", _search, "search back", jumps=True),
    _m("n", "exclusive", _search_again(1), "next hit", jumps=True),
    _m("N", "exclusive", _search_again(-1), "hit before", jumps=True),
    _m("*", "exclusive", _word_here(1), "next place of the word under the cursor", jumps=True),
    _m("#", "exclusive", _word_here(-1), "place before of the word under the cursor", jumps=True),
    _m("'", "lines", _mark, "the line of a mark; '' back to before a jump", jumps=True),
    _m("`", "exclusive", _mark, "a mark; `` back to before a jump", jumps=True),
)
BY_KEY: Final = {key: motion for motion in MOTIONS for key in motion.keys}
