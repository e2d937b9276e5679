"""Changes of whole lines, and of words: each takes a `Buffer` and returns another one, or the same."""

from collections.abc import Callable
from dataclasses import replace

from curses_client.text.buffer import Buffer, Position


def duplicate(buffer: Buffer) -> Buffer:
    """Put the touched lines there a second time, below; the cursor is in the copy."""
    rows = buffer.touched()
    lines = buffer.lines[: rows.stop] + buffer.lines[rows.start :]
    return _shifted(buffer, lines, len(rows))


def move_lines(buffer: Buffer, step: int) -> Buffer:
    """Move the touched lines one line up (-1) or down (+1), and the cursor with them."""
    rows, lines = buffer.touched(), buffer.lines
    if not (rows.start if step < 0 else len(lines) - rows.stop):
        return buffer
    low, high = (rows.start - 1, rows.stop) if step < 0 else (rows.start, rows.stop + 1)
    part = lines[low:high]
    turned = part[1:] + part[:1] if step < 0 else part[-1:] + part[:-1]
    return _shifted(buffer, lines[:low] + turned + lines[high:], step)


def _shifted(buffer: Buffer, lines: tuple[str, ...], by: int) -> Buffer:
    """Put cursor and mark into the same columns of other lines."""

    def shifted(position: Position) -> Position:
        row = position[0] + by
        # a selection may end at the start of a line that is none any more
        return (row, position[1]) if row < len(lines) else (len(lines) - 1, len(lines[-1]))

    row, col = shifted(buffer.position)
    return Buffer(lines, row, col, mark=buffer.mark and shifted(buffer.mark))


def join(buffer: Buffer) -> Buffer:
    """Make one line of the touched ones, or of the cursor's and the next; the cursor is where the last one begins."""
    rows = buffer.touched()
    stop = max(rows.stop, rows.start + 2)
    if stop > len(buffer.lines):
        return buffer
    joined = buffer.lines[rows.start]
    col = len(joined)
    for line in buffer.lines[rows.start + 1 : stop]:
        joined, rest = joined.rstrip(), line.lstrip()
        is_close = not joined.strip() or joined.endswith(("(", "[", "{")) or rest.startswith((")", "]", "}", ",", ";"))
        col = len(joined)
        joined += rest if is_close or not rest else f" {rest}"
    return Buffer((*buffer.lines[: rows.start], joined, *buffer.lines[stop:]), rows.start, col)


def toggle_comment(buffer: Buffer, comment: str) -> Buffer:
    """Make comments of the touched lines, at the least of their indentations; where all are, code of them again."""
    rows = buffer.touched()
    lines = [line for line in buffer.lines[rows.start : rows.stop] if line.strip()]
    if not lines:
        return buffer.edit_rows(rows, lambda line: f"{line}{comment} ") if len(rows) == 1 else buffer
    if all(line.lstrip().startswith(comment) for line in lines):
        return buffer.edit_rows(rows, lambda line: _uncommented(line, comment))
    at = min(len(line) - len(line.lstrip()) for line in lines)
    return buffer.edit_rows(rows, lambda line: f"{line[:at]}{comment} {line[at:]}" if line.strip() else line)


def _uncommented(line: str, comment: str) -> str:
    blank, mark, rest = line.partition(comment)
    return blank + rest.removeprefix(" ") if mark else line


def change_case(buffer: Buffer, change: Callable[[str], str]) -> Buffer:
    """Write what is selected, or the word to the right, in other letters; the cursor is behind it."""
    chosen = buffer if buffer.selection is not None else buffer.word_right(select=True)
    text = chosen.selected_text
    changed = change(text)
    return buffer if changed == text else chosen.insert(changed)


def block_up(buffer: Buffer, select: bool = False) -> Buffer:
    """Move to the beginning of this block of lines, or of the one before."""
    row = buffer.row if buffer.col > _indent(buffer.lines[buffer.row]) else buffer.row - 1
    while row > 0 and not _begins(buffer.lines, row):
        row -= 1
    return _to_line(buffer, max(row, 0), select)


def block_down(buffer: Buffer, select: bool = False) -> Buffer:
    """Move to the beginning of the next block of lines, or to the end of the text."""
    for row in range(buffer.row + 1, len(buffer.lines)):
        if _begins(buffer.lines, row):
            return _to_line(buffer, row, select)
    return buffer.bottom(select)


def _begins(lines: tuple[str, ...], row: int) -> bool:
    """Whether a block begins: a line with text below one without, or behind lines that are indented more."""
    line, above = lines[row], lines[row - 1]
    return bool(line.strip()) and (not above.strip() or _indent(line) < _indent(above))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _to_line(buffer: Buffer, row: int, select: bool) -> Buffer:
    return buffer.to((row, _indent(buffer.lines[row])), select)


def to_line(buffer: Buffer, number: int) -> Buffer:
    """Move to the first character of a line, counted from 1; to the last line if there are not so many."""
    return replace(_to_line(buffer, min(max(number, 1), len(buffer.lines)) - 1, False), mark=None)
