"""``cshell ls``: which sessions there are, and how each of them is; nobody is asked, so nobody can keep it waiting."""

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from curses_client.quantities import age, size
from curses_client.text.ansi import sanitise
from curses_client.text.width import columns, fit
from kernel.protocol.records import JournalFiles
from kernel.protocol.session import Session, SessionStatus, running
from kernel.protocol.value import Value

_GAP: Final = "  "
# what names of ours are made of
_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")


class Row(Value):
    """One session, as `--json` shows it; times are in seconds since the epoch, memory and size in bytes."""

    name: str
    # starting, idle, busy, dead, ended or lost
    state: str
    kernel: str
    # the supervisor's and the kernel's processes
    pid: int | None
    kernel_pid: int | None
    started: float | None
    ended: float | None
    # the execution count, if it is known; the first line of the cell that runs, and since when it does
    execution_count: int | None
    cell: str
    since: float | None
    queue: int
    asks: bool
    clients: int
    memory: int | None
    recording: bool
    directory: str
    connection_file: str | None
    journal: str
    # of a session that has ended: what is kept of it, and why it ended
    size: int | None = None
    reason: str = ""


class Column(Value):
    """A column of the table: what does not fit goes, the highest `rank` first; numbers stand to the right."""

    title: str
    rank: int
    is_number: bool = False


COLUMNS: Final = (
    Column("NAME", 0),
    Column("KERNEL", 7),
    Column("STATE", 1),
    Column("AGE", 2, is_number=True),
    Column("RUNNING", 3),
    Column("QUEUE", 4, is_number=True),
    Column("CLIENTS", 6, is_number=True),
    Column("MEMORY", 5, is_number=True),
    Column("DIRECTORY", 8),
)
_RUNNING: Final = 4
# columns that the running cell is given before others go
_CELL: Final = 16


def rows(environ: Mapping[str, str], *, with_ended: bool) -> list[Row]:
    """Return the sessions in the order of their beginning, those that have ended first.  Raises SessionError."""
    alive = [_alive(session) for session in running(environ)]
    if not with_ended:
        return alive
    known = {row.name for row in alive}
    return [*(row for row in _ended(environ) if row.name not in known), *alive]


def names(environ: Mapping[str, str], which: str) -> list[str]:
    """Return names of sessions, `running`, `ended` or `all`, for shells.  Raises SessionError."""
    found = [session.name for session in running(environ)] if which != "ended" else []
    if which != "running":
        from kernel.protocol.ended import ended

        found += [session.name for session in ended(environ)]
    # a shell may take others apart
    return [name for name in found if set(name) <= _PLAIN]


def _alive(session: Session) -> Row:
    info = session.info()
    status = session.status() or SessionStatus("starting" if info is None else "running")
    return Row(
        name=session.name,
        state=status.state,
        kernel=info.kernel if info else "",
        pid=info.pid if info else None,
        kernel_pid=status.pid,
        started=info.started if info else None,
        ended=None,
        execution_count=status.count,
        cell=status.cell,
        since=status.since,
        queue=status.waiting,
        asks=status.asks,
        clients=status.clients,
        memory=memory(status.pid),
        recording=status.recording,
        directory=info.cwd if info else "",
        connection_file=str(session.connection_file),
        journal=str(session.journal),
        size=JournalFiles(session.state).size,
    )


def _ended(environ: Mapping[str, str]) -> list[Row]:
    # the journals are not looked at when only what runs is listed
    from kernel.protocol.ended import ended

    found = []
    for session in ended(environ):
        report = session.report()
        row = Row(
            name=session.name,
            state=report.state,
            kernel=report.kernel,
            pid=None,
            kernel_pid=None,
            started=report.started,
            ended=report.ended,
            execution_count=report.count,
            cell="",
            since=None,
            queue=0,
            asks=False,
            clients=0,
            memory=None,
            recording=False,
            directory=report.cwd,
            connection_file=None,
            journal=str(session.journal),
            size=report.size,
            reason=report.reason,
        )
        found.append(row)
    return found


def memory(pid: int | None) -> int | None:
    """Return how many bytes of memory a process has, what it shares included; None where that is not to be known."""
    if pid is None:
        return None
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def as_json(sessions: Sequence[Row]) -> str:
    """Return a JSON list of objects."""
    return json.dumps([_fields(row) for row in sessions], indent=2, ensure_ascii=True)


def _fields(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


def table(sessions: Sequence[Row], now: float, home: str, cols: int | None) -> list[str]:
    """Return the lines of a table that fits in `cols` columns; None means any width."""
    cells = [[column.title for column in COLUMNS], *(_cells(row, now, home) for row in sessions)]
    widths = [max(columns(line[index]) for line in cells) for index in range(len(COLUMNS))]
    shown = list(range(len(COLUMNS)))
    if cols is not None:
        shown, widths = _fitted(widths, cols)
    return [_line(line, shown, widths, cut=cols is not None) for line in cells]


def _fitted(widths: list[int], cols: int) -> tuple[list[int], list[int]]:
    """Return the columns that have room, and their widths: the running cell is cut before another column goes."""
    widths = [*widths]
    wanted = widths[_RUNNING]
    for rank in range(len(COLUMNS), 0, -1):
        shown = [index for index, column in enumerate(COLUMNS) if column.rank < rank]
        others = sum(widths[index] + len(_GAP) for index in shown if index != _RUNNING)
        room = cols - others if _RUNNING in shown else cols + len(_GAP) - others
        if _RUNNING in shown and room >= min(wanted, _CELL):
            widths[_RUNNING] = min(wanted, room)
            return shown, widths
        if _RUNNING not in shown and room >= 0:
            return shown, widths
    widths[0] = min(widths[0], cols)
    return [0], widths


def _line(cells: list[str], shown: list[int], widths: list[int], *, cut: bool) -> str:
    parts = []
    for index in shown:
        text = fit(cells[index], widths[index]) if cut else cells[index]
        blanks = " " * (widths[index] - columns(text))
        parts.append(blanks + text if COLUMNS[index].is_number else text + blanks)
    return _GAP.join(parts).rstrip()


def _cells(row: Row, now: float, home: str) -> list[str]:
    has_ended = row.ended is not None
    age_text = f"{age(now - row.ended)} ago" if row.ended is not None else ""
    if row.ended is None and row.started is not None:
        age_text = age(now - row.started)
    cells = [
        row.name,
        row.kernel,
        _state(row),
        age_text,
        _running(row, now),
        "" if has_ended or not row.queue else str(row.queue),
        "" if has_ended else str(row.clients),
        size(row.memory) if row.memory is not None else "",
        _tilde(row.directory, home),
    ]
    return [sanitise(cell) for cell in cells]


def _state(row: Row) -> str:
    state = "asks" if row.asks else row.state
    return state if row.recording or row.ended is not None else f"{state}, not recorded"


def _running(row: Row, now: float) -> str:
    if row.ended is not None:
        kept = f"{size(row.size or 0)} kept"
        return f"{kept}; {row.reason}" if row.state == "lost" else kept
    if row.since is None:
        return ""
    return f"[{row.execution_count}] {age(now - row.since)}: {row.cell.strip()}"


def _tilde(directory: str, home: str) -> str:
    if directory == home or directory.startswith(f"{home}/"):
        return "~" + directory[len(home) :]
    return directory


def show(environ: Mapping[str, str], *, with_ended: bool, is_json: bool) -> None:
    """Print the list.  Raises SessionError."""
    found = rows(environ, with_ended=with_ended)
    if is_json:
        print(as_json(found))
        return
    if not found:
        print("no session is running" if not with_ended else "no session is running, and nothing is kept of others")
        return
    for line in table(found, time.time(), environ.get("HOME", ""), _cols()):
        print(line)


def _cols() -> int | None:
    try:
        return os.get_terminal_size(1).columns or None
    except OSError:
        return None
