"""What is there for a user who comes back: the text that was not run, and what has happened meanwhile."""

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Self

from curses_client.commanding import say
from curses_client.debugger import KeptBreakpoint
from curses_client.files.marks import put_back
from curses_client.quantities import age
from curses_client.state import Left, State
from curses_client.text.buffer import Buffer, editable
from curses_client.transcript import Cell
from kernel.protocol.value import Value

# seconds of an absence in which nothing happened that are not worth a line
_SHORT = 60.0


class Kept(Value):
    """What a client leaves: the editor's text and cursor, what it showed, which files, and whose heir it is."""

    text: str = ""
    row: int = 0
    col: int = 0
    seen: int = 0
    # seconds since the epoch
    time: float = 0.0
    # the identifiers of the clients whose file this was
    clients: tuple[str, ...] = ()
    # the paths of the files that were open, and which tab was shown
    files: tuple[str, ...] = ()
    tab: int = 0
    # path (empty for the scratch buffer), row from 0, and condition of each
    breakpoints: tuple[KeptBreakpoint, ...] = ()

    @classmethod
    def read(cls, data: bytes) -> Self | None:
        """Read a file; None for what is none."""
        try:
            # a write that was cut short may have left the end of a longer text behind
            values, _ = json.JSONDecoder().raw_decode(data.decode())
            kept = cls(
                text=str(values["text"]),
                row=int(values["row"]),
                col=int(values["col"]),
                seen=int(values["seen"]),
                time=float(values["time"]),
                clients=tuple(str(client) for client in values["clients"]),
                files=tuple(str(path) for path in values.get("files", ())),
                tab=int(values.get("tab", 0)),
                breakpoints=tuple(
                    (str(path), int(row), str(condition)) for path, row, condition in values.get("breakpoints", ())
                ),
            )
        # Python reads infinities, and lists in lists without end
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
        return kept if math.isfinite(kept.time) else None


def came_back(state: State, kept: Kept | None, *, was_away: bool = True) -> State:
    """Put back what was typed and not run; a user who is there in another terminal was not away."""
    if kept is None:
        return state
    buffer = Buffer.of(editable(kept.text))
    row = min(max(kept.row, 0), len(buffer.lines) - 1)
    buffer = replace(buffer, row=row, col=min(max(kept.col, 0), len(buffer.lines[row])))
    left = Left(kept.seen, kept.time) if was_away else None
    editor = replace(state.editor, buffer=buffer, vi=state.editor.vi.fresh(buffer.text, buffer.offset))
    state = replace(state, editor=editor, left=left, former=frozenset(kept.clients), marked=kept.breakpoints)
    return put_back(state)


def welcome_back(state: State) -> State:
    """Say once what has happened since the user left, when all of it is read."""
    left = state.left
    if left is None or state.session.behind or state.older is not None or not state.session.seq:
        return state
    state = replace(state, left=None)
    away = max(state.now - left.time, 0.0)
    happened = ", ".join(_happened(state.transcript.cells(), left))
    if state.session.died is not None and state.session.died.time > left.time:
        of = f" of {state.session.died.of}" if state.session.died.of else ""
        happened = "; ".join(filter(None, (happened, f"the kernel died{of}")))
    if not happened and away < _SHORT:
        return state
    running = state.transcript.cell(state.session.running) if state.session.running else None
    if running is not None and running.count is not None:
        happened = ", ".join(filter(None, (happened, f"cell {running.count} still runs")))
    text = f"you were away {age(away)}: {happened or 'nothing happened'}"
    state.transcript.add_notice(text)
    state.transcript.changed()
    # where the rule is out of sight
    return say(state, text) if state.scroll is not None else state


def _happened(cells: Iterable[Cell], left: Left) -> list[str]:
    finished = [cell for cell in cells if cell.finished is not None and cell.finished > left.time]
    ran = [cell for cell in finished if cell.state != "skipped"]
    failed = sum(cell.failed for cell in ran)
    well = len(ran) - failed
    counts = (
        (well, "cell finished", "cells finished"),
        (failed, "failed" if well else "cell failed", "failed" if well else "cells failed"),
        (len(finished) - len(ran), "skipped", "skipped"),
    )
    return [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
