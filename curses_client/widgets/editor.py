"""The editor pane: the text being written, highlighted, with its cursor and selection."""

from typing import Final

from curses_client.document import Document
from curses_client.files.sections import is_mark
from curses_client.layout import Layout, editor_top_line
from curses_client.state import State
from curses_client.text.ansi import in_place
from curses_client.text.buffer import Buffer
from curses_client.text.highlight import Highlighter
from curses_client.text.width import column_of, columns, cut
from curses_client.widgets.rows import Row, Run, padded

# lines that are coloured at most before a frame is drawn without: 10 ms of work
LINES_A_FRAME: Final = 200


class EditorView:
    """Draws the editor; its highlighter keeps what it knows from one key to the next."""

    def __init__(self) -> None:
        # by the language of the session, or the path of a file
        self._highlighters: dict[str, Highlighter] | None = None
        self._language = ""
        # whether colours are still missing: another frame brings more of them
        self.is_unfinished = False

    def use(self, language: str) -> None:
        """Colour source from now on, in the language of the session where a file has no other."""
        self._language = language
        self._highlighters = {}

    def draw(self, state: State, where: Layout) -> tuple[list[Row], tuple[int, int]]:
        """Return the rows, and the place of the cursor (column, row)."""
        buffer = state.editor.buffer
        top = editor_top_line(buffer, where.editor.rows)
        width = max(where.editor.cols - where.margin, 1)
        cursor_col = column_of(in_place(buffer.lines[buffer.row]), buffer.col)
        # a long line moves under the cursor; all lines move alike, so that columns stay aligned
        shift = max(cursor_col - width + 1, 0)
        last = min(top + where.editor.rows, len(buffer.lines))
        rows: list[Row] = []
        for number, runs in zip(range(top, last), self._runs(buffer, state.document, top, last), strict=True):
            selected = _selected(buffer, number, runs)
            shown = _shifted(selected, shift) if shift else selected
            if state.document is not None and is_mark(buffer.lines[number]):
                shown = _ruled(shown, width)
            rows.append(padded([(None, " " * where.margin), *shown], where.editor.cols))
        rows.extend([(None, " " * where.editor.cols)] for _ in range(where.editor.rows - len(rows)))
        return rows, (where.margin + cursor_col - shift, buffer.row - top)

    def _highlighter(self, document: Document | None) -> Highlighter | None:
        if self._highlighters is None:
            return None
        name = document.path if document is not None else ""
        if name not in self._highlighters:
            self._highlighters[name] = Highlighter(document.lexer if document is not None else self._language)
        return self._highlighters[name]

    def _runs(self, buffer: Buffer, document: Document | None, top: int, last: int) -> list[list[Run]]:
        highlighter = self._highlighter(document)
        self.is_unfinished = highlighter is not None and not highlighter.advance(buffer.lines, last, LINES_A_FRAME)
        if highlighter is None or self.is_unfinished:
            return [[("text", in_place(line))] for line in buffer.lines[top:last]]
        rows = highlighter.tokens(buffer.lines, top, last)
        return [[(kind, in_place(text)) for kind, text in row] for row in rows]


def _ruled(runs: list[Run], width: int) -> list[Run]:
    """Return a line that begins a cell with a rule behind it."""
    rest = width - sum(columns(text) for _, text in runs) - 1
    return [*runs, ("rule", f" {'─' * rest}")] if rest > 0 else runs


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
