"""What lies over the panes: the completion pop-up and the help."""

from curses_client.keymap import help_rows, keys_width
from curses_client.layout import MATCHES_SHOWN, Layout
from curses_client.state import Completion, State
from curses_client.text.width import column_of, columns, fit
from curses_client.widgets.rows import Row, overlaid, padded

_WIDEST = 60


def with_completion(
    rows: list[Row], state: State, completion: Completion, where: Layout, cursor: tuple[int, int]
) -> list[Row]:
    """Return the rows with the pop-up next to the cursor, below it or above, never over the line being typed."""
    col, row = cursor
    below = len(rows) - row - 1
    count = min(len(completion.matches), MATCHES_SHOWN, max(below, row))
    if count < 1:
        return rows
    first = min(max(completion.selected - count // 2, 0), len(completion.matches) - count)
    popup = _popup_rows(completion, first, count, where.cols)
    top = row + 1 if below >= count else row - count
    width = sum(columns(text) for _, text in popup[0])
    hidden = columns(_common_path(completion))
    start = state.editor.buffer.at(completion.start)
    left = col - column_of(state.editor.buffer.lines[state.editor.buffer.row], state.editor.buffer.col)
    left += column_of(start.lines[start.row], start.col) + hidden - 1
    left = min(max(left, 0), max(where.cols - width, 0))
    result = list(rows)
    for offset, over in enumerate(popup):
        result[top + offset] = overlaid(result[top + offset], over, left, where.cols)
    return result


def _common_path(completion: Completion) -> str:
    """Return what all matches begin with up to a dot or a slash: it stands in the line already."""
    first = completion.matches[0].text
    path = first[: max(first.rfind("."), first.rfind("/", 0, -1)) + 1]
    return path if all(match.text.startswith(path) for match in completion.matches) else ""


def _popup_rows(completion: Completion, first: int, count: int, cols: int) -> list[Row]:
    shown = completion.matches[first : first + count]
    hidden = len(_common_path(completion))
    widest = max(columns(match.text[hidden:]) for match in shown)
    kinds = max(columns(match.kind) for match in shown)
    width = min(widest + (kinds + 2 if kinds else 0) + 2, _WIDEST, cols)
    more = len(completion.matches) - count
    result: list[Row] = []
    for number, match in enumerate(shown, first):
        chosen = number == completion.selected
        attr, dim = ("popup selected", "popup selected") if chosen else ("popup", "popup dim")
        room = max(width - 2 - (kinds + 2 if kinds else 0), 1)
        text = f" {fit(match.text[hidden:], room)}"
        gap = " " * max(width - columns(text) - columns(match.kind) - 1, 0)
        row: Row = [(attr, text + gap), (dim, f"{match.kind} ")]
        row = padded(row, width, attr)
        if more:
            row.append(("popup dim", _bar(first, count, len(completion.matches), number - first)))
        result.append(row)
    return result


def _bar(first: int, count: int, total: int, row: int) -> str:
    """Return one row of the scroll bar."""
    size = max(1, count * count // total)
    start = first * (count - size) // max(total - count, 1)
    return "█" if start <= row < start + size else "│"


def help_screen(state: State, where: Layout, height: int) -> list[Row]:
    """Return the help: all keys, in sections."""
    lines = help_rows(where.cols, state.session.links, state.options)
    top = min(state.help_top or 0, max(len(lines) - height + 1, 0))
    title = " Keys" if where.cols < 50 else " Keys: arrows and PageDown scroll, Esc closes"
    rows: list[Row] = [padded([("title", title)], where.cols)]
    for keys, text in lines[top : top + height - 1]:
        if text:
            shown = f"  {keys:<{keys_width(where.cols)}}  "
            rows.append(padded([("magic", shown), ("text", text)], where.cols))
        else:
            rows.append(padded([("title", f" {keys}")], where.cols))
    rows.extend(padded([], where.cols) for _ in range(height - len(rows)))
    return rows
