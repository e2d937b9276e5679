"""Blocks of lines: put side by side, labelled, and bars in eighths of a column."""

from collections.abc import Iterator
from typing import Final

from curses_client.text.ansi import PLAIN, Style, encode, plain
from curses_client.text.width import columns

_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
# blocks that would be wider than this side by side stand one below the other
_SIDE_BY_SIDE: Final = 200


def styled(*pieces: tuple[Style, str]) -> str:
    """Return a line that leaves no style behind for what is put next to it."""
    return encode([*pieces, (PLAIN, "")])


def bar(fraction: float, width: int) -> str:
    """Return a bar of `width` columns of which a fraction (0 to 1) is filled."""
    full, eighths = divmod(int(fraction * width * 8), 8)
    return "█" * full + (_EIGHTHS[eighths] + " " * (width - full - 1) if full < width else "")


def labelled(label: str, found: list[str]) -> list[str]:
    """Return lines with a label before the first one, or the label alone."""
    if not found:
        return [label.rstrip()] if label else []
    return [label + found[0], *found[1:]]


def beside(left: list[str], right: list[str]) -> list[str]:
    """Return two blocks of lines side by side; what comes with a blank or is a bar needs none between."""
    if not left or not right:
        return left or right
    begins, ends = plain(right[0])[:1], plain(left[0])[-1:]
    gap = "" if begins in ("", " ", "|") or ends in ("", " ") else " "
    if len(left) == len(right) == 1:
        head = left[0][:-1] if begins == " " and left[0].endswith(" ") else left[0]
        return [f"{head}{gap}{right[0]}"]
    widths = [columns(plain(line)) for line in left]
    width = max(widths)
    if width > _SIDE_BY_SIDE:
        return left + right
    return list(_joined(left, widths, width + 1, right))


def _joined(left: list[str], widths: list[int], start: int, right: list[str]) -> Iterator[str]:
    for number in range(max(len(left), len(right))):
        line, width = (left[number], widths[number]) if number < len(left) else ("", 0)
        yield line + " " * (start - width) + right[number] if number < len(right) else line
