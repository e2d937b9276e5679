"""What puts text back, joins lines and changes characters in place."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.text.width import columns, index_at
from curses_client.vi import places, registers
from curses_client.vi.operators import lines_of
from curses_client.vi.places import BLANKS
from curses_client.vi.values import Register, Scene, Span

# code points that a count makes at most
_MOST: Final = 1_000_000
_NUMBER: Final = re.compile(r"-?\d+")


def bounded(times: int, text: str) -> int:
    """Return how often a text may be repeated."""
    return min(times, max(_MOST // max(len(text), 1), 1))


# ---- put ---------------------------------------------------------------------------------------------------


def put(behind: bool, stay: bool) -> Callable[[Scene], Scene]:
    """Put a register's text behind the cursor or before it; the cursor ends on it, or without `stay` behind it."""

    def apply(scene: Scene) -> Scene:
        value = registers.register(scene.vi, scene.command.register)
        if value is None or not (value.text or value.linewise):
            return replace(scene, failed=True)
        return put_value(scene, value, behind, stay)

    return apply


def put_value(scene: Scene, value: Register, behind: bool, stay: bool) -> Scene:
    """Put what a register has, as often as the count says."""
    times = bounded(scene.command.times, value.text)
    if value.linewise:
        return _put_lines(scene, "\n".join([value.text] * times), behind, stay)
    if value.is_block:
        return _put_block(scene, value.text.split("\n"), times, behind, stay)
    at = places.after(scene.text, scene.at) if behind else scene.at
    put = value.text * times
    text = scene.text[:at] + put + scene.text[at:]
    if not stay:
        return replace(scene, text=text, at=at + len(put))
    return replace(scene, text=text, at=at if "\n" in put else places.before(text, at + len(put)))


def _put_block(scene: Scene, parts: list[str], times: int, behind: bool, stay: bool) -> Scene:
    """Put a part into each line from the cursor's on, all at one column and equally wide where a line goes on."""
    lines, row = scene.text.split("\n"), places.row_of(scene.text, scene.at)
    at = places.after(scene.text, scene.at) if behind else scene.at
    column, width = places.column(scene.text, at), max(map(columns, parts))
    lines += [""] * (row + len(parts) - len(lines))
    for number, part in enumerate(parts, row):
        line = lines[number] + " " * (column - columns(lines[number]))
        index = index_at(line, column)
        whole = part + " " * (width - columns(part))
        put = whole * (times - 1) + (whole if line[index:] else part)
        lines[number] = line[:index] + put + line[index:]
    text = "\n".join(lines)
    corner = places.row_start(text, row) + index_at(lines[row], column)
    if stay:
        return replace(scene, text=text, at=corner)
    last = row + len(parts) - 1
    return replace(scene, text=text, at=places.row_start(text, last) + index_at(lines[last], column + width * times))


def _put_lines(scene: Scene, lines: str, behind: bool, stay: bool) -> Scene:
    if behind:
        end = places.line_end(scene.text, scene.at)
        text, at = scene.text[:end] + "\n" + lines + scene.text[end:], end + 1
    else:
        at = places.line_start(scene.text, scene.at)
        text = scene.text[:at] + lines + "\n" + scene.text[at:]
    end = at + len(lines) + 1
    if stay:
        return replace(scene, text=text, at=places.first_character(text, at))
    return replace(scene, text=text, at=end if end <= len(text) else places.line_start(text, len(text)))


def put_over(keep: bool) -> Callable[[Scene, Span], Scene]:
    """Put a register's text in the place of what is selected, which goes to a register unless it is not to be kept."""

    def apply(scene: Scene, span: Span) -> Scene:
        value = registers.register(scene.vi, scene.command.register) or Register("")
        start, end = lines_of(scene.text, span) if span.linewise else (span.start, span.end)
        old = scene.text[start:end]
        if keep:
            unnamed = replace(scene, command=replace(scene.command, register=""))
            scene = replace(registers.deleted(unnamed, old, span.linewise), command=scene.command)
        repeated = "\n".join if value.linewise else "".join
        put = repeated([value.text] * bounded(scene.command.times, value.text))
        inner = f"\n{put}\n" if value.linewise and not span.linewise else put
        text = scene.text[:start] + inner + scene.text[end:]
        if value.linewise or span.linewise:
            at = places.first_character(text, start + (inner is not put))
        else:
            at = start if "\n" in put else places.before(text, start + len(put))
        return replace(scene, text=text, at=at)

    return apply


# ---- lines -------------------------------------------------------------------------------------------------


def join(bare: bool) -> Callable[[Scene], Scene]:
    """Join as many lines as the count says, at least two; `bare` leaves their blanks as they are."""
    return lambda scene: joined(scene, places.row_of(scene.text, scene.at), max(scene.command.times, 2), bare)


def join_selected(bare: bool) -> Callable[[Scene, Span], Scene]:
    """Join the selected lines, at least two."""

    def apply(scene: Scene, span: Span) -> Scene:
        end = span.end if span.linewise else max(span.end - 1, span.start)
        first, last = places.row_of(scene.text, span.start), places.row_of(scene.text, end)
        return joined(scene, first, max(last - first + 1, 2), bare)

    return apply


def joined(scene: Scene, row: int, count: int, bare: bool) -> Scene:
    """Join lines from a row on; the cursor goes to where the last one was joined."""
    start = places.row_start(scene.text, row)
    line, *more = scene.text[start:].split("\n", count)
    rest, behind = more[: count - 1], more[count - 1 :]
    if not rest:
        return scene
    col = 0
    for text in rest:
        added = text if bare else text.lstrip(BLANKS)
        space = " " if not bare and _wants_blank(line, added) else ""
        # the blank itself, where there is one
        col = len(line)
        line += space + added
    text = "\n".join((scene.text[:start] + line, *behind))
    return replace(scene, text=text, at=start + col)


def _wants_blank(line: str, added: str) -> bool:
    return bool(line and added) and line[-1] not in BLANKS and not added.startswith(")")


# ---- characters --------------------------------------------------------------------------------------------


def replace_characters(scene: Scene) -> Scene:
    """Put a character in the place of as many as the count says; a new line in the place of all of them."""
    end = scene.at
    for _ in range(scene.command.times):
        before, end = end, places.after(scene.text, end)
        if end == before:
            return scene
    character = scene.command.argument
    if character == "\n":
        indent = places.indentation(scene.text, scene.at)
        text = scene.text[: scene.at] + "\n" + indent + scene.text[end:].lstrip(BLANKS)
        return replace(scene, text=text, at=scene.at + 1 + len(indent))
    put = character * scene.command.times
    return replace(
        scene,
        text=scene.text[: scene.at] + put + scene.text[end:],
        at=scene.at + len(put) - len(character),
    )


def replace_selected(scene: Scene, span: Span) -> Scene:
    """Put a character in the place of every one that is selected."""
    start, end = lines_of(scene.text, span) if span.linewise else (span.start, span.end)
    old = scene.text[start:end]
    new = "".join(one if one == "\n" else scene.command.argument for one in old)
    return replace(scene, text=scene.text[:start] + new + scene.text[end:], at=start)


def swap_case(scene: Scene) -> Scene:
    """Swap the case of as many characters as the count says, and go behind them."""
    end = scene.at
    for _ in range(min(scene.command.times, len(scene.text))):
        end = places.after(scene.text, end)
    swapped = scene.text[scene.at : end].swapcase()
    return replace(scene, text=scene.text[: scene.at] + swapped + scene.text[end:], at=scene.at + len(swapped))


def add(sign: int) -> Callable[[Scene], Scene]:
    """Add the count to the number under the cursor or behind it in the line."""

    def apply(scene: Scene) -> Scene:
        start, line = places.line_start(scene.text, scene.at), places.line_at(scene.text, scene.at)
        col = scene.at - start
        found = next((found for found in _NUMBER.finditer(line) if found.end() > col), None)
        if found is None or len(found.group()) > 300:
            return scene
        number = str(int(found.group()) + sign * scene.command.times)
        text = scene.text[: start + found.start()] + number + scene.text[start + found.end() :]
        return replace(scene, text=text, at=start + found.start() + len(number) - 1)

    return apply
