"""What makes a terminal that only prints show lines, and below them the one being typed.

Carriage return and backspace are all that it is asked to do, and erasing to the end of the line where it can.  A line
feed begins a line, as the terminal's own mode has it (ONLCR).
"""

from collections.abc import Sequence
from typing import NamedTuple

from curses_client.flat.bottom import Bottom
from curses_client.text.width import columns, cut


class Shown(NamedTuple):
    """The last line as it is on the terminal: its text, and the column of the cursor."""

    text: str = ""
    col: int = 0


def shown(line: Bottom, cols: int) -> Shown:
    """Return as much of a line as fits into so many columns, the cursor in sight."""
    whole = line.prompt + line.text
    col = columns(line.prompt + line.text[: line.col])
    room = max(cols - 1, 1)
    if columns(whole) <= room:
        return Shown(whole, col)
    # half a line at once, so that it does not move with each key
    step = max(room // 2, 1)
    skipped = max(-(-(col - room) // step), 0) * step
    head, rest = cut(whole, skipped)
    return Shown(cut(rest, room)[0], min(max(col - columns(head), 0), room))


def written(old: Shown, lines: Sequence[str], new: Shown, *, leaves: bool, erases: bool) -> str:
    """Return what is to be written, given the last line that is shown, which perhaps stays where it is."""
    if leaves:
        end = _forward(old, columns(old.text)) + "\n"
    elif not lines:
        return _changed(old, new)
    else:
        end = ("\r\x1b[K" if erases else f"\r{' ' * columns(old.text)}\r") if old.text else ""
    return end + "".join(f"{line}\n" for line in lines) + new.text + "\b" * (columns(new.text) - new.col)


def _changed(old: Shown, new: Shown) -> str:
    """Return what makes the new line of the old one, from the first difference on."""
    if old.text == new.text:
        return _forward(old, new.col)
    same = next((at for at, (a, b) in enumerate(zip(old.text, new.text, strict=False)) if a != b), None)
    same = min(len(old.text), len(new.text)) if same is None else same
    rest = new.text[same:]
    over = max(columns(old.text) - columns(new.text), 0)
    there = _forward(old, columns(new.text[:same]))
    return there + rest + " " * over + "\b" * (over + columns(new.text) - new.col)


def _forward(line: Shown, col: int) -> str:
    """Return what moves the cursor in a line."""
    if col <= line.col:
        return "\b" * (line.col - col)
    return cut(cut(line.text, line.col)[1], col - line.col)[0]
