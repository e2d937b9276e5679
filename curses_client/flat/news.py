"""What cells print and how they end, as lines to be read once."""

from dataclasses import dataclass, field
from typing import Final

from curses_client.outputs import Body, Part
from curses_client.quantities import duration, many
from curses_client.state import State, is_own
from curses_client.text.ansi import plain
from curses_client.text.lines import LineStore
from curses_client.transcript import Cell, Notice, Transcript

# of more lines at once the last ones are read
_MOST: Final = 60
_LAST: Final = 40
# seconds after which it is worth a line that a cell has ended
_LONG: Final = 1.0
_OVER: Final = frozenset({"done", "error", "skipped", "lost"})


@dataclass(slots=True)
class _Said:
    """How much of an item was said."""

    item: Cell | Notice
    waited: bool = False
    started: bool = False
    ended: bool = False
    details: bool = False
    # the outputs, and how many lines of each
    bodies: list[tuple[Body, int]] = field(default_factory=list)


class News:
    """Keeps account of what was said."""

    def __init__(self) -> None:
        self._transcript: Transcript | None = None
        self._said: dict[int, _Said] = {}
        # so many items at the beginning are said for good
        self._settled = 0
        self._version: object = None
        # the source that was typed last and can still be read where it was
        self._typed = ""

    def leave(self, source: str) -> None:
        """Take in that a source stays where it was typed, so that it needs not be said when it runs."""
        self._typed = source.rstrip()

    def of(self, state: State) -> list[str]:
        """Return the lines that were not said yet."""
        transcript = state.transcript
        version = transcript, transcript.version, state.session.running, state.session.waiting
        if version == self._version:
            return []
        self._version = version
        if transcript is not self._transcript:
            # what is in place of another one was said there
            is_first = self._transcript is None
            self._transcript, self._said, self._settled = transcript, {}, 0 if is_first else len(transcript)
        found: list[str] = []
        for item in transcript.items[self._settled :]:
            said = self._said.setdefault(id(item), _Said(item))
            if isinstance(item, Notice):
                found += _notice_lines(item, said)
            else:
                found += _cell_lines(item, said, state, self._typed)
        self._settle(transcript)
        return _cut(found)

    def _settle(self, transcript: Transcript) -> None:
        while self._settled < len(transcript):
            said = self._said.get(id(transcript.items[self._settled]))
            if said is None or not said.ended or (isinstance(said.item, Notice) and said.item.details):
                return
            del self._said[id(said.item)]
            self._settled += 1


def _cut(lines: list[str]) -> list[str]:
    if len(lines) <= _MOST:
        return lines
    return [_left_out(len(lines) - _LAST), *lines[-_LAST:]]


def _left_out(count: int) -> str:
    verb, them = ("is", "it") if count == 1 else ("are", "them")
    return f"{many(count, 'line')} {verb} left out here, F5 reads {them}"


def _notice_lines(notice: Notice, said: _Said) -> list[str]:
    found = [] if said.ended else [notice.text]
    said.ended = True
    if notice.is_open and not said.details:
        found += map(plain, notice.details)
    said.details = notice.is_open
    return found


def _cell_lines(cell: Cell, said: _Said, state: State, typed: str) -> list[str]:
    found = _beginning(cell, said, state, typed)
    for number, part in enumerate(cell.outputs):
        is_open = number == len(cell.outputs) - 1 and cell.state == "running" and cell.prompt is None
        found += _part_lines(cell, part, number, said, is_open=is_open)
    if cell.state in _OVER and not said.ended:
        said.ended = True
        found += _end(cell)
    return found


def _beginning(cell: Cell, said: _Said, state: State, typed: str) -> list[str]:
    """Return what a cell is, where the user does not know it from having typed it last."""
    waiting = state.session.waiting
    if cell.state == "queued":
        if said.waited or cell.msg_id not in waiting or state.session.running in (None, cell.msg_id):
            return []
        said.waited = True
        return [f"queued {waiting.index(cell.msg_id) + 1} of {len(waiting)}: {_source(cell)}"]
    is_numbered = cell.count is not None or cell.state in _OVER or bool(cell.outputs)
    if said.started or cell.state == "skipped" or not is_numbered:
        return []
    said.started = True
    is_of_user = is_own(state, cell.msg_id, cell.by)
    if not said.waited and is_of_user and cell.code.rstrip() == typed:
        return []
    by = "" if is_of_user or not cell.by else f" by {cell.by}"
    return [f"In {cell.count or '?'}{by}: {_source(cell)}"]


def _part_lines(cell: Cell, part: Part, number: int, said: _Said, *, is_open: bool) -> list[str]:
    body = part.body
    del said.bodies[number + 1 :]
    if number < len(said.bodies) and said.bodies[number][0] is not body:
        # the output was cleared
        del said.bodies[number:]
    if number == len(said.bodies):
        said.bodies.append((body, 0))
    begin = said.bodies[number][1]
    # a line that goes on is said when it is whole
    end = len(body) - (is_open and isinstance(body, LineStore) and body.ends_open)
    if end <= begin:
        return []
    said.bodies[number] = body, end
    # of a flood no more is looked at than is said
    lines = [plain(line) for line in body.slice(max(begin, end - _MOST), end)]
    if begin == 0 and end <= _MOST:
        lines[0] = _label(cell, part) + lines[0]
    left_out = end - begin - len(lines)
    return [_left_out(left_out), *lines] if left_out else lines


def _label(cell: Cell, part: Part) -> str:
    """Return what the first line of an output says of itself."""
    labels = {"result": f"Out {cell.count or '?'}: ", "stderr": "stderr: ", "error": f"error in {cell.count or '?'}: "}
    return labels.get(part.kind, "")


def _end(cell: Cell) -> list[str]:
    number = cell.count or "?"
    if cell.state == "lost":
        return [f"lost {number}: its kernel is gone"]
    if cell.state == "skipped":
        return [f"{'dropped' if cell.dropped else 'skipped'}: {_source(cell)}"]
    took = cell.finished - cell.started if cell.finished is not None and cell.started is not None else 0
    if cell.state == "error":
        return [] if any(part.kind == "error" for part in cell.outputs) else [f"error in {number}"]
    return [f"done {number} in {duration(took)}"] if took >= _LONG else []


def _source(cell: Cell) -> str:
    lines = [line for line in cell.source if line.strip()]
    more = f" and {many(len(lines) - 1, 'more line')}" if len(lines) > 1 else ""
    return f"{lines[0].strip() if lines else ''}{more}"
