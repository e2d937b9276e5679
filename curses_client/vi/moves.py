"""Where motions lead: each function takes the text and the command, and finds the place."""

from collections.abc import Callable
from typing import Literal

from curses_client.text.width import index_at
from curses_client.vi import places, words
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


def times(step: Callable[[Scene, int], int], *, strictly: bool = False) -> Find:
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


def right(scene: Scene, command: Command) -> Target | None:
    """Go so many characters to the right; an operator or a selection may take the last one."""
    at = scene.at
    for _ in range(min(command.times, len(scene.text))):
        at = places.after(scene.text, at)
    return Target(at)


def left(scene: Scene, command: Command) -> Target | None:
    """Go so many characters to the left."""
    at = scene.at
    for _ in range(min(command.times, len(scene.text))):
        at = places.before(scene.text, at)
    return Target(at)


def forward(scene: Scene, at: int) -> int:
    """Return the next character, that of the next line behind the last one of a line."""
    found = places.after(scene.text, at)
    at_end = scene.text[found : found + 1] == "\n"
    return found + 1 if at_end and not _takes_ends(scene) else found if found > at else min(at + 1, len(scene.text))


def _takes_ends(scene: Scene) -> bool:
    """Whether the end of a line is a place of its own: for an operator or a selection."""
    return bool(scene.command.motion) or scene.vi.mode.startswith("visual")


def backward(scene: Scene, at: int) -> int:
    """Return the character before, that of the line above before the first one of a line."""
    if at == places.line_start(scene.text, at):
        return max(at - 1, 0) if _takes_ends(scene) else places.on_character(scene.text, max(at - 1, 0))
    return places.before(scene.text, at)


def line_end(scene: Scene, command: Command) -> Target | None:
    """Go to the end of the line, or of one below."""
    start = _rows_on(scene, command.times - 1)
    return None if start is None else Target(_in_column(scene, start, FAR), FAR)


def _in_column(scene: Scene, start: int, column: int) -> int:
    """Return the place in a column of the line that begins at `start`; a selection may take its end too."""
    if scene.vi.mode in ("visual", "visual block"):
        return start + index_at(places.line_at(scene.text, start), column)
    return places.at_column(scene.text, start, column)


def column(scene: Scene, command: Command) -> Target | None:
    """Go to the screen column that the count says."""
    start = places.line_start(scene.text, scene.at)
    return Target(places.at_column(scene.text, start, command.times - 1), command.times - 1)


# ---- lines -------------------------------------------------------------------------------------------------


def _rows_on(scene: Scene, rows: int) -> int | None:
    """Return where the line begins that is so many rows below, the last one at most; None without any below."""
    row = places.row_of(scene.text, scene.at)
    last = scene.text.count("\n")
    if rows and not 0 <= row + (1 if rows > 0 else -1) <= last:
        return None
    return places.row_start(scene.text, min(max(row + rows, 0), last))


def vertically(step: Literal[1, -1]) -> Find:
    """Go lines up or down, in the same screen column."""

    def find(scene: Scene, command: Command) -> Target | None:
        return _vertical(scene, step * command.times)

    return find


def half_page(step: Literal[1, -1]) -> Find:
    """Go half a page up or down, or as many lines as the count says."""

    def find(scene: Scene, command: Command) -> Target | None:
        return _vertical(scene, step * (command.count or scene.context.half_page))

    return find


def _vertical(scene: Scene, rows: int) -> Target | None:
    start = _rows_on(scene, rows)
    if start is None:
        return None
    goal = places.column(scene.text, scene.at) if scene.goal is None else scene.goal
    return Target(_in_column(scene, start, goal), goal)


def to_line(rows: Callable[[int], int]) -> Find:
    """Go to the first character of a line below or above."""

    def find(scene: Scene, command: Command) -> Target | None:
        start = _rows_on(scene, rows(command.times))
        return None if start is None else Target(places.landing(scene.text, start))

    return find


def to_row(default: int) -> Find:
    """Go to the first character of the line that the count says."""

    def find(scene: Scene, command: Command) -> Target | None:
        row = default if command.count is None else command.count - 1
        return Target(places.landing(scene.text, places.row_start(scene.text, row)))

    return find


def in_sight(row: Callable[[int, int, int], int]) -> Find:
    """Go to the first character of a row that is seen; `row` has it from the count, the first and the last of them."""

    def find(scene: Scene, command: Command) -> Target | None:
        last = scene.text.count("\n")
        top, bottom = (min(each, last) for each in (scene.context.top, scene.context.bottom))
        wanted = min(max(row(command.times - 1, top, bottom), top), bottom)
        return Target(places.landing(scene.text, places.row_start(scene.text, wanted)))

    return find


# ---- words, sentences, paragraphs --------------------------------------------------------------------------


def word(big: bool) -> Find:
    """Go to the start of the next word."""

    def find(scene: Scene, command: Command) -> Target | None:
        at, times = scene.at, min(command.times, len(scene.text) + 1)
        for left in range(times, 0, -1):
            # an operator does not take the line's end with the last word
            at = words.next_start(scene.text, at, big, in_line=left == 1 and bool(scene.command.motion))
        return Target(at)

    return find


def word_end(big: bool) -> Find:
    """Go to the end of this word or of the next one."""

    def find(scene: Scene, command: Command) -> Target | None:
        at = scene.at
        for _ in range(min(command.times, len(scene.text) + 1)):
            at = words.next_end(scene.text, at, big)
        return Target(at)

    return find


def back(step: Callable[[str, int, bool], int], big: bool) -> Find:
    """Go back by words: to the start of this one or the one before, or to the end of the one before."""
    return times(lambda scene, at: step(scene.text, at, big))


def next_sentence(scene: Scene, at: int) -> int:
    """Return the start of the next sentence."""
    return words.next_sentence(scene.text, at)


def previous_sentence(scene: Scene, at: int) -> int:
    """Return the start of this sentence, or of the one before."""
    return words.previous_sentence(scene.text, at)


def paragraph(step: Literal[1, -1]) -> Find:
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
