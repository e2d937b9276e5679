"""The status line, the rule above the editor, and the questions that are asked."""

from socket import gethostname
from typing import Final

from curses_client.layout import Layout
from curses_client.state import State
from curses_client.text.ansi import sanitise
from curses_client.text.width import columns, fit
from curses_client.widgets.output import duration
from curses_client.widgets.rows import Row, Run, padded, with_right

_SIGNS: Final = {
    "starting": ("○", "status starting"),
    "restarting": ("○", "status starting"),
    "idle": ("○", "status idle"),
    "busy": ("●", "status busy"),
    "dead": ("✗", "status dead"),
    "ended": ("✗", "status dead"),
}
# the longest that fits is shown
_HINTS: Final = ("^C interrupt  F9 restart  ^D leave  F1 help ", "^C interrupt  F1 help ", "F1 help ")
_LOOKING: Final = ("^D leave  F1 help ", "F1 help ")
# columns in which the beginning of a question says anything
_WORD: Final = 8
_HOST: Final = sanitise(gethostname().partition(".")[0])


def status_row(state: State, where: Layout) -> Row:
    """Return the status line: what matters most at the left; what does not fit is left out from the right."""
    if state.question is not None:
        return _question_row(state, where)
    left = _left(state, where)
    for part in _parts(state, where):
        if sum(columns(text) for _, text in left) + columns(part[1]) > where.cols:
            break
        left.append(part)
    if state.message is not None:
        attr = "status dead" if state.message.alarming else "status starting"
        used = sum(columns(text) for _, text in left)
        room = where.cols - used - 3
        if room < min(columns(state.message.text), 20):
            left, room = left[:1], where.cols - columns(left[0][1]) - 2
        left.append((attr, "   " + fit(state.message.text, max(room, 0))))
        return padded(left, where.cols, "status")
    room = where.cols - sum(columns(text) for _, text in left) - 2
    hints = _HINTS if state.session.state != "ended" and not state.read_only else _LOOKING
    hint = next((text for text in hints if len(text) <= room), "")
    return with_right(left, [("status dim", hint)], where.cols, "status")


def _left(state: State, where: Layout) -> list[Run]:
    session = state.session
    if state.line:
        return [("status dead", fit(f" ✗ {_line(state)}", where.cols))]
    sign, attr = _SIGNS[session.state]
    text = f" {sign} {session.state}"
    cell = state.transcript.cell(session.running) if session.running else None
    if session.state == "busy" and cell is not None and cell.started is not None:
        seconds = max(state.now - cell.started, 0)
        if seconds >= 1:
            text += f" {duration(seconds, whole=True)}"
    if session.prompt is not None:
        text += " · asks for input"
    return [(attr, text)]


def _line(state: State) -> str:
    """Return what is wrong with the line, and what waits for it; the rest gives way to an alarm."""
    what, *more = state.line.split(" · ")
    if state.unsent:
        what = f"{what} · {len(state.unsent)} cell{'s' if len(state.unsent) > 1 else ''} to send"
    is_short = state.message is not None and state.message.alarming
    return what if is_short else " · ".join((what, *more))


def _parts(state: State, where: Layout) -> list[Run]:
    session = state.session
    parts: list[Run] = [("status", f"  [{session.count or ' '}]")]
    if session.unrecorded:
        parts.append(("status dead", f"  not recorded: {session.unrecorded}"))
    if state.read_only:
        parts.append(("status starting", "  read-only"))
    if session.waiting:
        parts.append(("status busy", f"  queue {len(session.waiting)}"))
    if state.scroll is not None:
        parts.append(("status starting", "  scrolled · Esc follows"))
    if session.name:
        name = f"{session.name}@{state.host or _HOST}" if where.cols >= 60 else session.name
        parts.append(("status", f"  {name}"))
    if session.kernel:
        parts.append(("status dim", f" · {session.kernel}"))
    return parts


def _question_row(state: State, where: Layout) -> Row:
    assert state.question is not None
    text = f" {state.question.text}  "
    labels = [f"{choice.key} {choice.label}" for choice in state.question.choices]
    answers = "  ".join([*labels, "Esc no "])
    if columns(text) + columns(answers) > where.cols:
        # what an answer means, without what follows from it
        answers = "  ".join([*(label.partition(",")[0] for label in labels), "Esc no "])
        room = where.cols - columns(answers)
        text = fit(text, room) if room >= _WORD else " "
    return padded([("question", text + answers)], where.cols, "question")


def _title(state: State) -> tuple[str, str]:
    """Return what the editor is for, and which key matters."""
    session = state.session
    if state.read_only:
        return "read-only", "Ctrl-D leaves"
    if state.answer is not None:
        return "input() is answered above", "Esc comes back here"
    if state.replacing is not None and state.replacing in session.waiting:
        place = session.waiting.index(state.replacing) + 1
        return f"queued cell {place}", "Alt-Enter puts it back, Esc leaves it as it was"
    if session.prompt is not None:
        return "the kernel asks for input", "F2 answers"
    many = len(state.editor.buffer.lines) > 1
    return f"In [{session.count + len(session.waiting) + 1}]", "Alt-Enter runs" if many else ""


def rule_row(state: State, where: Layout) -> Row:
    """Return the rule above the editor, which says what the editor is for now."""
    title, hint = _title(state)
    left: list[Run] = [("rule", "──── "), ("title", title), ("rule", " ")]
    right: list[Run] = [("rule", " "), ("dim", hint), ("rule", " ────")] if hint else []
    used = sum(columns(text) for _, text in left + right)
    if used > where.cols:
        return [("rule", "─" * where.cols)]
    return [*left, ("rule", "─" * (where.cols - used)), *right]
