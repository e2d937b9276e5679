"""The editor pane: the text being written, highlighted, with its cursor and selection."""

from typing import Final

from curses_client.helping.suggesting import suggestion
from curses_client.layout import Layout, editor_top_line
from curses_client.state import State
from curses_client.text.ansi import in_place, sanitise
from curses_client.text.buffer import Buffer
from curses_client.text.highlight import Highlighter
from curses_client.text.width import ELLIPSIS, column_of, columns, cut
from curses_client.widgets.rows import Row, Run, padded

# lines that are coloured at most before a frame is drawn without: 10 ms of work
LINES_A_FRAME: Final = 200


class EditorView:
    """Draws the editor; its highlighter keeps what it knows from one key to the next."""

    def __init__(self) -> None:
        self._highlighter: Highlighter | None = None
        # whether colours are still missing: another frame brings more of them
        self.is_unfinished = False

    def use(self, highlighter: Highlighter) -> None:
        """Colour source from now on."""
        self._highlighter = highlighter

    def draw(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int]]:
        """Return the rows, and the place of the cursor (column, row)."""
        buffer = state.editor.buffer
        top = editor_top_line(buffer, where.editor)
        width = max(where.cols - where.margin, 1)
        cursor_col = column_of(in_place(buffer.lines[buffer.row]), buffer.col)
        # a long line moves under the cursor; all lines move alike, so that columns stay aligned
        shift = max(cursor_col - width + 1, 0)
        last = min(top + where.editor, len(buffer.lines))
        rows: list[Row] = []
        for number, runs in zip(range(top, last), self._runs(buffer, top, last), strict=True):
            selected = _selected(buffer, number, runs)
            if number == buffer.row and (rest := suggestion(state)):
                selected = [*selected, ("dim", _first_line(rest))]
            shown = _shifted(selected, shift) if shift else selected
            rows.append(padded([(None, " " * where.margin), *shown], where.cols))
        rows.extend([(None, " " * where.cols)] for _ in range(where.editor - len(rows)))
        return rows, (where.margin + cursor_col - shift, buffer.row - top)

    def _runs(self, buffer: Buffer, top: int, last: int) -> list[list[Run]]:
        highlighter = self._highlighter
        self.is_unfinished = highlighter is not None and not highlighter.advance(buffer.lines, last, LINES_A_FRAME)
        if highlighter is None or self.is_unfinished:
            return [[("text", in_place(line))] for line in buffer.lines[top:last]]
        rows = highlighter.tokens(buffer.lines, top, last)
        return [[(kind, in_place(text)) for kind, text in row] for row in rows]


def _first_line(rest: str) -> str:
    """Return what is shown of a suggestion: its first line, and whether there are more."""
    line, more, _ = rest.partition("\n")
    return sanitise(line) + (f" {ELLIPSIS}" if more else "")


def _shifted(runs: list[Run], shift: int) -> list[Run]:
    """Return the runs without their first `shift` columns."""
    result: list[Run] = []
    for attr, text in runs:
        width = columns(text)
        if shift >= width:
            shift -= width
            continue
        head, kept = cut(text, shift)
        # a wide character that lies across the edge leaves a blank
        result.append((attr, " " * (shift - columns(head)) + kept))
        shift = 0
    return result


def _selected(buffer: Buffer, number: int, runs: list[Run]) -> list[Run]:
    """Return the runs of a line with the selected part marked; a selected line end shows as a blank."""
    selection = buffer.selection
    if selection is None:
        return runs
    (first_row, first_col), (last_row, last_col) = selection
    if not first_row <= number <= last_row:
        return runs
    line = buffer.lines[number]
    start = first_col if number == first_row else 0
    end = last_col if number == last_row else len(line)
    result: list[Run] = []
    at = 0
    for attr, text in runs:
        low, high = max(start - at, 0), max(end - at, 0)
        result += [(attr, text[:low]), ("selection", text[low:high]), (attr, text[max(low, high) :])]
        at += len(text)
    if number < last_row:
        result.append(("selection", " "))
    return [(attr, text) for attr, text in result if text]
