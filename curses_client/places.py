"""Where things are that lie over the panes, and the editor's cursor: from the state alone, as `layout`."""

from curses_client.commanding import typed_text
from curses_client.helping.calls import call_at
from curses_client.layout import MATCHES_SHOWN, Layout, editor_rows, editor_shift
from curses_client.offers import Completion
from curses_client.state import State
from curses_client.text.ansi import in_place
from curses_client.text.width import column_of
from curses_client.text.window import row_at, row_of
from kernel.protocol.value import Value


class Place(Value):
    """Where the pop-up of completions is: its first row and column, its first match, and how many it shows.

    `free` rows are there for it below the line being typed, or above if that is negative.
    """

    top: int
    left: int
    first: int
    count: int
    free: int


def editor_cursor(state: State, where: Layout) -> tuple[int, int]:
    """Return column and row of the cursor in the editor."""
    buffer, rows = state.editor.buffer, editor_rows(state, where)
    line = in_place(buffer.lines[buffer.row])
    if not state.options.wrap:
        shift = editor_shift(buffer, where)
        return where.margin + column_of(line, buffer.col) - shift, rows.index((buffer.row, 0))
    part = row_of(line, buffer.col, where.editor_cols)
    begin, shown = row_at(line, part, where.editor_cols)
    return where.margin + column_of(shown, buffer.col - begin), rows.index((buffer.row, part))


def signature_side(state: State, row: int, rows: int) -> int:
    """Return whether the signature is below the row of the cursor (1), above it (-1), or nowhere (0).

    It is below the last line, where it covers no text, else above.
    """
    signature, buffer = state.signature, state.editor.buffer
    if signature is None or not signature.is_shown or state.cols < 2:
        return 0
    call = call_at(buffer)
    if call is None or call.open != signature.open:
        return 0
    return 1 if row + 1 < rows and (buffer.at_last_line or not row) else -1 if row else 0


def popup_place(
    state: State, completion: Completion, cursor: tuple[int, int], rows: int, signature: int = 0
) -> Place | None:
    """Return the place next to the cursor, below it or above, never over the line being typed, nor its signature.

    There are so many rows; the pop-up may have to go further to the left when it is known how wide it is.
    """
    col, row = cursor
    below, above = rows - row - 1 - (signature > 0), row - (signature < 0)
    count = min(len(completion.matches), MATCHES_SHOWN, max(below, above))
    if count < 1:
        return None
    selected = completion.selected or 0
    first = min(max(selected - count // 2, 0), len(completion.matches) - count)
    is_below = below >= MATCHES_SHOWN or below > above
    buffer = typed_text(state)
    start = buffer.at(completion.start)
    # where its text begins with that of the line
    left = col - column_of(buffer.lines[buffer.row], buffer.col) + column_of(start.lines[start.row], start.col) - 1
    top = row + 1 + (signature > 0) if is_below else above - count
    return Place(top, left, first, count, below if is_below else -above)
