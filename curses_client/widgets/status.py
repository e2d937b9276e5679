"""The status line, the rule above the editor, and the questions that are asked."""

from socket import gethostname
from typing import Final

from curses_client.debugging import is_debuggers
from curses_client.editing.find import hits_here
from curses_client.files.filing import tab_titles
from curses_client.keymap import key_name, keys_of
from curses_client.layout import WIDE, Layout, Rule, layout
from curses_client.measuring import told
from curses_client.quantities import duration
from curses_client.scrolling import line_at
from curses_client.state import Cursor, Message, State
from curses_client.text.ansi import in_place, sanitise
from curses_client.text.pattern import SPECIAL
from curses_client.text.width import columns, fit
from curses_client.text.wrapping import rows_of
from curses_client.transcript import Cell
from curses_client.widgets.rows import Row, Run, padded, with_right

_SIGNS: Final = {
    "starting": ("idle", "status starting"),
    "restarting": ("idle", "status starting"),
    "idle": ("idle", "status idle"),
    "busy": ("running", "status busy"),
    "dead": ("error", "status dead"),
    "ended": ("error", "status dead"),
}
# the longest that fits is shown
_HINTS: Final = ("F9 restart  ^D leave  F1 help ", "^D leave  F1 help ", "F1 help ")
_BUSY: Final = ("^C interrupt  F9 restart  ^D leave  F1 help ", "^C interrupt  F1 help ", "^C interrupt ", "F1 help ")
_DEAD: Final = ("F9 restart  ^D leave  F1 help ", "F9 restart  F1 help ", "F9 restart ")
_LOOKING: Final = ("^D leave  F1 help ", "F1 help ")
_READING_KEYS: Final = "/ search  y copy  Enter opens  q leaves"
_FEWER_KEYS: Final = "Enter opens  q leaves"
# seconds after which one may want to know where a cell stands
_LONG: Final = 10.0
# what is left out for a message: the names, and the number of the cell
_GIVES_WAY: Final = frozenset({"status", "status dim"})
# columns in which the beginning of a question says anything
_WORD: Final = 8
# stands for the titles of all that is open
_TABS: Final = ""
_ASKED: Final = {
    "search": " /",
    "cell": " go to cell ",
    "save": " save to ",
    "export": " export to (.ipynb .py .html .txt) ",
    "open": " open ",
    "write": " save as ",
    "line": " go to line ",
    "find": " find ",
    "replace": " replace ",
    "replacement": " by ",
    "vi": " ",
    "variables": " name or type ",
    "rows": " rows with ",
    "condition": " stop here if ",
    "evaluate": " evaluate ",
}
_HOST: Final = sanitise(gethostname().partition(".")[0])


def status_row(state: State, where: Layout) -> Row:
    """Return the status line: what matters most at the left; what does not fit is left out from the right."""
    if state.question is not None:
        return _question_row(state, where)
    if state.asking is not None:
        return asking_row(state, where)[0]
    if state.picture is not None:
        return with_right([("status", " picture")], [("status dim", "s save  Esc close ")], where.cols, "status")
    left = _left(state, where)
    # what is said now, or the key that matters now, comes before the names
    wanted = columns(state.message.text) + 3 if state.message is not None else _least_hint(state)
    used = columns(left[0][1])
    for part in _parts(state, where):
        if used + columns(part[1]) > where.cols - (wanted if part[0] in _GIVES_WAY else 0):
            break
        left.append(part)
        used += columns(part[1])
    if state.message is not None:
        if used + wanted > where.cols:
            left, used = left[:1], columns(left[0][1])
        said = state.signs.said(fit(state.message.text, max(where.cols - used - 3, 0)))
        left.append((_attr_of(state.message), f"   {said}"))
        return padded(left, where.cols, "status")
    hint = next((text for text in _hints(state) if len(text) <= where.cols - used - 2), "")
    return with_right(left, [("status dim", hint)], where.cols, "status")


def _hints(state: State) -> tuple[str, ...]:
    """Return the keys that matter, the longest list first."""
    if state.session.state == "ended" or state.read_only:
        return _LOOKING
    if _runs_long(state) and (keys := keys_of("where", state.options, "output")):
        where = f"{keys[0]} where  "
        return (where + _BUSY[0], _BUSY[0], where + _BUSY[1], *_BUSY[1:])
    return {"busy": _BUSY, "dead": _DEAD}.get(state.session.state, _HINTS)


def _runs_long(state: State) -> bool:
    """Whether one may ask where a cell stands, and nobody does."""
    cell = state.transcript.cell(state.session.running) if state.session.running else None
    is_asked = "where" in state.panes.open or not state.session.is_native or state.session.prompt is not None
    return cell is not None and cell.started is not None and state.now - cell.started >= _LONG and not is_asked


def _least_hint(state: State) -> int:
    """Return how many columns the key takes that matters now."""
    return len(_DEAD[-1]) + 2 if state.session.state == "dead" and not state.read_only else 0


def asking_row(state: State, where: Layout) -> tuple[Row, int]:
    """Return the line that is typed into the status line, and the column of its cursor."""
    assert state.asking is not None
    buffer, label = state.asking.buffer, _ASKED[state.asking.purpose]
    if state.asking.purpose == "search":
        label = " /" if state.asking.step > 0 else " ?"
    elif state.asking.purpose == "vi":
        label += state.asking.sign
    hits = ""
    if state.asking.purpose == "search":
        hits = state.signs.said(hits_text(state))
    elif state.asking.purpose in ("find", "replace"):
        hits = hits_here(state)
    room = max(where.cols - columns(label) - columns(hits) - 3, 4)
    # what is at the cursor stays in sight
    before = columns(buffer.text[: buffer.col])
    text = buffer.text
    while before >= room:
        text = text[1:]
        before = columns(text[: buffer.col - (len(buffer.text) - len(text))])
    left: list[Run] = [("status", label), ("status", fit(in_place(text), room, state.signs.more))]
    return with_right(left, [("status dim", f"{hits} ")], where.cols, "status"), columns(label) + before


def row_above_line(state: State, where: Layout) -> Row | None:
    """Return what a path that is typed could be completed to, or what is said meanwhile, as much as fits."""
    if state.asking is not None and state.asking.offered:
        names = "  ".join(map(sanitise, state.asking.offered))
        return padded([("popup", fit(f" {names}", where.cols))], where.cols, "popup")
    if state.message is None:
        return None
    said = fit(f" {state.signs.said(state.message.text)}", where.cols, state.signs.more)
    return padded([(_attr_of(state.message), said)], where.cols, "status")


def _attr_of(message: Message) -> str:
    return "status dead" if message.alarming else "status starting"


def hits_text(state: State) -> str:
    """Return which hit of how many is shown."""
    search = state.search
    if search is None:
        return ""
    finder = search.finder
    more = "" if finder.is_complete else "+"
    literal = " · as plain text" if finder.is_literal and SPECIAL.search(finder.pattern) else ""
    if not finder.count:
        searching = search.is_busy
        return ("searching …" if searching else "no hits") + literal
    number = finder.number(state.transcript, search.hit) if search.hit is not None else 0
    return f"{number:,} of {finder.count:,}{more}{literal}" if number else f"{finder.count:,}{more} hits{literal}"


def _left(state: State, where: Layout) -> list[Run]:
    session = state.session
    if state.line:
        return [
            ("status dead", fit(f" {state.signs.error} {state.signs.said(_line(state))}", where.cols, state.signs.more))
        ]
    sign, attr = _SIGNS[session.state]
    word = "stopped" if session.state == "busy" and session.stopped is not None else session.state
    text = f" {state.signs.of(sign)} {word}"
    if session.state == "dead" and session.died_of:
        text += f": {session.died_of}"
    cell = state.transcript.cell(session.running) if session.running else None
    if session.state == "busy" and cell is not None and cell.started is not None:
        seconds = max(state.now - cell.started, 0)
        if seconds >= 1:
            text += f" {duration(seconds, whole=True)}"
    if session.prompt is not None:
        text += f" {state.signs.between} asks for input"
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
    if state.unwritten:
        parts.append(("status dead", f"  history not written: {state.unwritten}"))
    if state.read_only:
        parts.append(("status starting", "  read-only"))
    if session.waiting:
        parts.append(("status busy", f"  queue {len(session.waiting)}"))
    uses = told(state)
    if uses and state.usage.is_over:
        parts.append(("status dead", f"  {uses}"))
    if state.scroll is not None and state.cursor is None:
        parts.append(("status starting", f"  scrolled {state.signs.between} Esc follows"))
    if session.name:
        name = f"{session.name}@{state.host or _HOST}" if where.cols >= 60 else session.name
        parts.append(("status", f"  {name}"))
    if session.kernel:
        parts.append(("status dim", f" {state.signs.between} {session.kernel}"))
    if uses and not state.usage.is_over:
        parts.append(("status dim", f"  {uses}"))
    return parts


def _question_row(state: State, where: Layout) -> Row:
    assert state.question is not None
    text = f" {state.signs.said(state.question.text)}  "
    labels = [f"{choice.key} {choice.label}" for choice in state.question.choices]
    answers = "  ".join([*labels, "Esc no "])
    if columns(text) + columns(answers) > where.cols:
        # what an answer means, without what follows from it; or only the keys
        answers = "  ".join([*(label.partition(",")[0] for label in labels), "Esc no "])
        if columns(answers) + 1 > where.cols:
            answers = "  ".join([*(label.partition(",")[0] for label in labels), "Esc"])
        if columns(answers) + 1 > where.cols:
            answers = " ".join([*(choice.key for choice in state.question.choices), "Esc "])
        room = where.cols - columns(answers)
        text = fit(text, room, state.signs.more) if room >= _WORD else " "
    return padded([("question", text + answers)], where.cols, "question")


def _tabs(state: State, title: str) -> list[Run]:
    """Return the titles of what is open, if that is more than the scratch buffer and it is the editor's turn."""
    titles = tab_titles(state)
    if len(titles) < 2 or title != _TABS:
        return [("title", title)]
    runs: list[Run] = []
    for number, (name, is_shown) in enumerate(titles, 1):
        runs += [("rule", f" {state.signs.track} ")] if runs else []
        # the one that is shown is told by more than its colour
        runs.append(("title", f"[{name}]") if is_shown else ("dim", f"{number} {name}"))
    return runs


def tab_at(state: State, cols: int, col: int) -> int | None:
    """Return which tab is named in a column of the rule above the editor, which has so many columns."""
    title, _ = _title(state)
    tabs, row = _tabs(state, title), _titled_rule(state, cols)
    # where there is no room for the names, there are none
    if len(tabs) < 2 or row[1 : len(tabs) + 1] != tabs:
        return None
    at = columns(row[0][1])
    for place, (_, text) in enumerate(tabs):
        if at <= col < at + columns(text):
            # a sign stands between two names
            return place // 2 if place % 2 == 0 else None
        at += columns(text)
    return None


def _title(state: State) -> tuple[str, str]:
    """Return what the editor is for, and which key matters."""
    session = state.session
    if state.cursor is not None:
        return _reading_title(state), _READING_KEYS if state.cols >= WIDE else _FEWER_KEYS
    if state.read_only:
        return "read-only", "Ctrl-D leaves"
    if state.answer is not None and is_debuggers(session.prompt):
        return "the debugger is answered above", "Tab completes  Esc comes back here"
    if state.answer is not None:
        return "input() is answered above", "Esc comes back here"
    if state.replacing is not None and state.replacing in session.waiting:
        place = session.waiting.index(state.replacing) + 1
        leaves = ":q" if state.is_modal else "Esc"
        return f"queued cell {place}", f"Alt-Enter puts it back, {leaves} leaves it as it was"
    if session.prompt is not None:
        return "the kernel asks for input", "F2 answers"
    if state.document is not None:
        return _TABS, "Alt-Enter runs the cell"
    many = len(state.editor.buffer.lines) > 1
    if len(state.tabs) > 1:
        return _TABS, "Alt-Enter runs" if many else ""
    return f"In [{session.count + len(session.waiting) + 1}]", "Alt-Enter runs" if many else ""


def _mode(state: State) -> tuple[str, str]:
    """Return the mode of the vi keys, and the keys of a command that is not complete, or the one that runs."""
    vi, buffer = state.editor.vi, state.editor.buffer
    runs = "Enter runs" if vi.mode == "normal" and not buffer.is_empty else ""
    mode = vi.mode.upper() + (f" recording {vi.recording}" if vi.recording else "")
    return mode, "".join(map(key_name, vi.pending)) or runs


def _reading_title(state: State) -> str:
    """Return where the cursor in the output is, and what is searched for."""
    assert state.cursor is not None
    if state.cursor.mark is not None:
        return f"selecting by {state.cursor.unit}s"
    if state.search is not None:
        return f"/{sanitise(state.search.finder.pattern)}  {hits_text(state)}"
    item = state.transcript.items[state.cursor.item]
    if not isinstance(item, Cell):
        return "reading"
    link = _link_at(state, state.cursor)
    if link:
        return f"→ {sanitise(link)}"
    where = f"cell {item.count}" if item.count is not None else "a cell"
    part, shown = item.at(state.cursor.line)
    index = part.index(shown) if part is not None else None
    if part is None or index is None or part.kind == "source":
        return f"reading · {where}"
    removed = f" · {part.removed:,} control codes taken out" if part.removed else ""
    return f"reading · {where} · line {index + 1:,} of {len(part.body):,}{removed}"


def _link_at(state: State, cursor: Cursor) -> str:
    """Return where the link leads that the cursor is on."""
    rows = rows_of(line_at(state, cursor.item, cursor.line)[1], layout(state).text)
    row = rows.row_of(cursor.col)
    at = rows.begin(row)
    for style, text in rows[row]:
        at += len(text)
        if cursor.col < at:
            link: str = style.link
            return link
    return ""


def drawn_rule(state: State, rule: Rule) -> list[Row]:
    """Return the rows of a rule; the one above the editor says what the editor is for now."""
    cols = rule.area.cols
    if cols == 1 and rule.area.rows > 1:
        return [[("rule", state.signs.track)] for _ in range(rule.area.rows)]
    return [_titled_rule(state, cols) if rule.titled else [("rule", state.signs.rule * cols)]]


def _titled_rule(state: State, cols: int) -> Row:
    """Return the rule above the editor: as much of what it says as fits."""
    title, hint = map(state.signs.said, _title(state))
    line = state.signs.rule
    said = _tabs(state, title)
    mode: list[Run] = []
    if state.is_modal and state.cursor is None:
        text, keys = _mode(state)
        mode, hint = [("title", text)], keys or hint
        said = [*said, ("title", f" {state.signs.between} {text}")]
    for middle, key in ((said, hint), (said, ""), (mode, "")):
        left: list[Run] = [("rule", f"{line * 4} "), *middle, ("rule", " ")]
        right: list[Run] = [("rule", " "), ("dim", key), ("rule", f" {line * 4}")] if key else []
        used = sum(columns(text) for _, text in (*left, *right))
        if middle and used <= cols:
            return [*left, ("rule", line * (cols - used)), *right]
    return [("rule", line * cols)]
