"""Motions that look for something: a character in the line, a bracket, a pattern, a mark."""

import re
from typing import Final, Literal

from curses_client.vi import places
from curses_client.vi.finding import look_for, word_pattern
from curses_client.vi.moves import Find, Target
from curses_client.vi.values import Command, Scene

# ---- characters and brackets -------------------------------------------------------------------------------


def seek(scene: Scene, command: Command) -> Target | None:
    """Find a character in the line: f, F, t and T."""
    return _sought(scene, command, command, again=False)


def seek_again(turn: bool) -> Find:
    """Do the last f, F, t or T again, or its opposite."""

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


_PAIRS: Final = {"(": ")", "[": "]", "{": "}"}
_BACK: Final = {close: opening for opening, close in _PAIRS.items()}
_BRACKET: Final = re.compile(r"[][(){}]")


def match(scene: Scene, command: Command) -> Target | None:
    """Go to the bracket that belongs to this one or the next in the line; with a count, to so many per cent."""
    text = scene.text
    if command.count is not None:
        if command.count > 100:
            return None
        row = (command.count * (text.count("\n") + 1) + 99) // 100 - 1
        return Target(places.landing(text, places.row_start(text, row)), kind="lines")
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


def search(scene: Scene, command: Command) -> Target | None:
    """Go to a hit of what was typed, or of what was searched for last."""
    step = 1 if command.key == "/" else -1
    at = look_for(scene.text, command.argument or scene.vi.sought, scene.at, step, command.times)
    return None if at is None else Target(at)


def search_again(turn: Literal[1, -1]) -> Find:
    """Go to the next hit of what was searched for last, or to the one before."""

    def find(scene: Scene, command: Command) -> Target | None:
        at = look_for(scene.text, scene.vi.sought, scene.at, turn * scene.vi.towards, command.times)
        return None if at is None else Target(at)

    return find


def word_here(step: Literal[1, -1]) -> Find:
    """Go to another place of the word under the cursor."""

    def find(scene: Scene, command: Command) -> Target | None:
        pattern, begin = word_pattern(scene.text, scene.at)
        at = look_for(scene.text, pattern, begin, step, command.times) if pattern else None
        return None if at is None else Target(at)

    return find


def mark(scene: Scene, command: Command) -> Target | None:
    """Go to a mark, or with ' to the first character of its line."""
    at = scene.vi.marks.get("'" if command.argument == "`" else command.argument)
    if at is None:
        return None
    at = places.on_character(scene.text, at)
    return Target(places.first_character(scene.text, at) if command.key == "'" else at)
