"""Where things are that lie over the panes, and the editor's cursor: from the state alone, as `layout`."""

from curses_client.layout import MATCHES_SHOWN, Layout, editor_top_line
from curses_client.state import Completion, State
from curses_client.text.ansi import in_place
from curses_client.text.width import column_of, columns
from kernel.protocol.value import Value


class Place(Value):
    """Where the pop-up of completions is: its first row and column, its first match, and how many it shows."""

    top: int
    left: int
    first: int
    count: int


def editor_cursor(state: State, where: Layout) -> tuple[int, int]:
    """Return column and row of the cursor in the editor; a long line moves under it."""
    buffer = state.editor.buffer
    col = column_of(in_place(buffer.lines[buffer.row]), buffer.col)
    shift = max(col - max(where.cols - where.margin, 1) + 1, 0)
    return where.margin + col - shift, where.editor_top + buffer.row - editor_top_line(buffer, where.editor)


def common_path(completion: Completion) -> str:
    """Return what all matches begin with up to a dot or a slash: it stands in the line already."""
    first = completion.matches[0].text
    path = first[: max(first.rfind("."), first.rfind("/", 0, -1)) + 1]
    return path if all(match.text.startswith(path) for match in completion.matches) else ""


def popup_place(state: State, completion: Completion, cursor: tuple[int, int], rows: int) -> Place | None:
    """Return the place next to the cursor, below it or above, never over the line being typed.

    There are so many rows; the pop-up may have to go further to the left when it is known how wide it is.
    """
    col, row = cursor
    below = rows - row - 1
    count = min(len(completion.matches), MATCHES_SHOWN, max(below, row))
    if count < 1:
        return None
    first = min(max(completion.selected - count // 2, 0), len(completion.matches) - count)
    start = state.editor.buffer.at(completion.start)
    buffer = state.editor.buffer
    left = col - column_of(buffer.lines[buffer.row], buffer.col)
    left += column_of(start.lines[start.row], start.col) + columns(common_path(completion)) - 1
    return Place(row + 1 if below >= count else row - count, left, first, count)
