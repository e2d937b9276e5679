"""A client without a terminal and without a kernel: events in, state and effects out."""

from dataclasses import replace
from typing import Any

from curses_client.events import (
    Ask,
    Effect,
    Event,
    Expired,
    KeyPressed,
    MousePressed,
    Pasted,
    Record,
    RecordsRead,
    Replied,
    SetTimer,
)
from curses_client.session import fold
from curses_client.state import State, new_state
from curses_client.transcript import Cell, Transcript
from curses_client.update import update
from kernel.protocol.messages import CompleteReply, IsCompleteReply, parse

# Thursday 2026-01-01 12:00:00 UTC
NOON = 1767268800.0


def record(seq: int, msg_type: str, parent: str = "", time: float = NOON, **content: Any) -> Record:
    """Make a record of the journal."""
    return Record(seq, time, msg_type, f"m{seq}", parent, "user", parse(msg_type, content))


class Journal:
    """Writes the records that a supervisor would."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.now = NOON
        self._taken = 0

    def add(self, msg_type: str, parent: str = "", **content: Any) -> "Journal":
        """Add one record."""
        self.records.append(record(len(self.records) + 1, msg_type, parent, self.now, **content))
        return self

    def session(self, name: str = "main", kernel: str = "Python 3", lexer: str = "python") -> "Journal":
        """Begin a session whose kernel is ready."""
        self.add("session_started", name=name, kernel=kernel, language="python", cwd="/", pid=1, lexer=lexer)
        self.add("kernel_starting")
        return self.add("kernel_started", pid=2)

    def submit(self, cell: str, code: str) -> "Journal":
        """Put a cell into the queue."""
        return self.add("submitted", cell, code=code)

    def start(self, cell: str, count: int = 1) -> "Journal":
        """Have a waiting cell run."""
        self.add("status", cell, execution_state="busy")
        return self.add("execute_input", cell, code="", execution_count=count)

    def print(self, cell: str, text: str, name: str = "stdout") -> "Journal":
        """Have a cell print."""
        return self.add("stream", cell, name=name, text=text)

    def end(self, cell: str, status: str = "ok", **content: Any) -> "Journal":
        """End a cell."""
        self.add("execute_reply", cell, status=status, **content)
        return self.add("status", cell, execution_state="idle")

    def cell(self, cell: str, code: str, *texts: str, count: int = 1) -> "Journal":
        """Have a whole cell run."""
        self.submit(cell, code).start(cell, count)
        for text in texts:
            self.print(cell, text)
        return self.end(cell)

    def read(self, again: bool = False) -> RecordsRead:
        """Take out everything that was written since, or all of it."""
        taken = 0 if again else self._taken
        self._taken = len(self.records)
        return RecordsRead(tuple(self.records[taken:]), len(self.records))


class Client:
    """The pure half of a client and everything that it asked for."""

    def __init__(self, text: str = "", cols: int = 80, rows: int = 24, journal: Journal | None = None) -> None:
        self.state: State = new_state(cols, rows, NOON)
        self.effects: list[Effect] = []
        self.journal = journal or Journal().session()
        self.send(self.journal.read(again=True))
        if text:
            self.send(Pasted(text))

    def send(self, *events: Event) -> "Client":
        """Have events happen."""
        for event in events:
            self.state, effects = update(self.state, event)
            self.effects += effects
        return self

    def press(self, *keys: str) -> "Client":
        """Press keys, named as urwid names them."""
        return self.send(*map(KeyPressed, keys))

    def write(self, text: str) -> "Client":
        """Type text character by character."""
        return self.press(*text)

    def click(self, button: int, col: int, row: int) -> "Client":
        """Press a mouse button."""
        return self.send(MousePressed(button, col, row))

    def read(self) -> "Client":
        """Read what the journal has."""
        return self.send(self.journal.read())

    def set(self, **values: Any) -> "Client":
        """Change the state from outside."""
        self.state = replace(self.state, **values)
        return self

    # ---- answers -------------------------------------------------------------------------------------------

    @property
    def asked(self) -> Ask:
        """The newest request that waits for an answer."""
        return next(effect for effect in reversed(self.effects) if isinstance(effect, Ask))

    def complete(self, status: str = "complete", indent: str | None = None) -> "Client":
        """Answer whether the cell is complete."""
        return self.send(Replied(self.asked.tag, IsCompleteReply(status, indent)))  # type: ignore[arg-type]

    def offer(self, *matches: str, start: int = 0, types: tuple[str, ...] = ()) -> "Client":
        """Answer what could be completed to."""
        kinds = {"_jupyter_types_experimental": [{"type": kind} for kind in types]} if types else {}
        return self.send(Replied(self.asked.tag, CompleteReply(list(matches), start, 0, kinds)))

    def expire(self) -> "Client":
        """Let the time that was set last be over."""
        timer = next(effect for effect in reversed(self.effects) if isinstance(effect, SetTimer))
        return self.send(Expired(timer.tag))

    # ---- what is there -------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """What is in the editor."""
        return self.state.editor.buffer.text

    @property
    def marked(self) -> str:
        """What is in the editor, with the cursor as a bar."""
        text, at = self.text, self.state.editor.buffer.offset
        return f"{text[:at]}|{text[at:]}"

    @property
    def answer(self) -> str | None:
        """What is typed into `input()`, or None while the editor has the keys."""
        return None if self.state.answer is None else self.state.answer.text

    @property
    def message(self) -> str:
        """What the status line says."""
        return self.state.message.text if self.state.message else ""

    def took(self, kind: type[Effect]) -> list[Any]:
        """Take out the effects of one kind that were asked for."""
        found = [effect for effect in self.effects if isinstance(effect, kind)]
        self.effects = [effect for effect in self.effects if not isinstance(effect, kind)]
        return found


def folded(journal: Journal) -> tuple[Any, Transcript]:
    """Return the view of a session and its transcript."""
    transcript = Transcript()
    view = fold(new_state(80, 24, NOON).session, transcript, journal.records)
    return view, transcript


def shown(transcript: Transcript) -> list[str]:
    """Return a transcript as lines, each with a letter for what it is."""
    lines = []
    for item in transcript.items:
        if isinstance(item, Cell):
            lines.append(f"[{item.count or ' '}] {item.state}")
        lines += ["  {}: {}".format(*item.line(index)) for index in range(item.height)]
    return lines
