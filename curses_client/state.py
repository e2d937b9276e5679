"""Everything the client knows, as one frozen value."""

from dataclasses import field
from typing import Final, Literal

from curses_client.events import KeyPressed, Pasted
from curses_client.finding import Finder, Spot
from curses_client.outputs import Pane, Part
from curses_client.shown import Look, Target
from curses_client.text.buffer import Buffer, Undo
from curses_client.transcript import Cell, Prompt, Transcript, client_of
from kernel.protocol.value import Value

# what Jupyter's clients sign with that were told no name
_PLACEHOLDER: Final = "username"
_ANOTHER: Final = "another client"

KernelState = Literal["starting", "idle", "busy", "restarting", "dead", "ended"]


class Death(Value):
    """When a kernel died, in seconds since the epoch, and what of, if that is known."""

    time: float
    of: str = ""


class SessionView(Value):
    """The session as the records tell it."""

    name: str = ""
    kernel: str = ""
    cwd: str = ""
    lexer: str = "python"
    # where the kernel is documented: names and addresses
    links: tuple[tuple[str, str], ...] = ()
    state: KernelState = "starting"
    # the count of the cell that runs or ran last
    count: int = 0
    running: str | None = None
    waiting: tuple[str, ...] = ()
    prompt: Prompt | None = None
    seq: int = 0
    # there are records that were not read yet
    behind: bool = True
    failure: str | None = None
    # whether the kernel was ever ready
    was_ready: bool = False
    # whether the kernel is somebody else's, and lives on when the session ends
    kernel_stays: bool = False
    # the cell in which it died last, and what of
    died_in: str = ""
    died_of: str = ""
    # the last death of any of its kernels
    died: Death | None = None
    # why nothing reaches the disk now
    unrecorded: str = ""


class Editor(Value):
    """The text being written, and what undo, yank and history need."""

    buffer: Buffer
    undo: Undo
    killed: str = ""
    # the history entry that is shown, and what was being written before
    browsing: int | None = None
    draft: str = ""


class Match(Value):
    """One thing that could be completed to."""

    text: str
    kind: str = ""


class Completion(Value):
    """The pop-up: `matches` fit the text between `start` and the cursor (offsets in code points)."""

    start: int
    matches: tuple[Match, ...]
    # all that the kernel offered, for when typed text is taken back
    offered: tuple[Match, ...]
    selected: int = 0


class Choice(Value):
    """An answer to a question: one key, what it means, and the command that it runs."""

    key: str
    label: str
    command: str


class Question(Value):
    """A question in the status line; any key that is no choice means no."""

    text: str
    choices: tuple[Choice, ...]


class Anchor(Value):
    """The place in the transcript at the top of the pane: item, line in it, screen row of that line."""

    item: int
    line: int
    row: int = 0


class Cursor(Value):
    """The cursor in the output: item, line in it, index in that line's text; and where a selection began."""

    item: int
    line: int
    col: int = 0
    # the column that moving up and down aims at
    goal: int | None = None
    mark: tuple[int, int, int] | None = None
    unit: Literal["character", "line", "cell"] = "character"


class Search(Value):
    """What is searched for in the output, and how far that is."""

    # grows in place, as the transcript does: compare its version
    finder: Finder
    # whether it goes on or back; and what is looked for now, which may be the other way
    step: Literal[1, -1]
    towards: Literal[1, -1]
    # where it began, and what was shown there
    origin: Cursor
    scroll: Anchor | None
    # the hit that is shown
    hit: Spot | None = None
    # the place from which the next one is still looked for
    pending: Spot | None = None
    # what was opened because the hit is in it
    revealed: tuple[Cell, Part] | None = None
    # whether it has gone on at the other end
    wrapped: bool = False
    version: int = 0

    @property
    def is_busy(self) -> bool:
        """Whether there is more to look through."""
        return self.pending is not None or not self.finder.is_complete


class Asking(Value):
    """A line that is typed into the status line, and what for."""

    purpose: Literal["search", "cell", "save", "export"]
    buffer: Buffer
    # of a search: whether it goes on, or back
    step: Literal[1, -1] = 1


class Inquiry(Value):
    """A question for the values behind an error: the request's tag, the traceback, and where it failed."""

    tag: int
    part: Part
    target: Target


class Saving(Value):
    """What is to be written to a file; no data stand for the whole session."""

    path: str
    data: bytes | None


class Waiting(Value):
    """A request whose answer decides what happens next, and the keys that came meanwhile."""

    tag: int
    purpose: Literal["run", "complete"]
    buffer: Buffer
    held: tuple[KeyPressed | Pasted, ...] = ()


class Message(Value):
    """A short text in the status line, until `expires`."""

    text: str
    expires: float
    alarming: bool = False


class Left(Value):
    """Where and when this user left the session: the last record that was shown, seconds since the epoch."""

    seq: int
    time: float


class Older(Value):
    """The session as it is read from its oldest record on, while the newest ones are shown."""

    session: SessionView
    transcript: Transcript
    # whether the first line of all is wanted at the top of the pane
    to_top: bool = False


class State(Value):
    """The whole client."""

    cols: int
    rows: int
    editor: Editor
    # grows in place: compare its version, not the object
    transcript: Transcript = field(default_factory=Transcript)
    session: SessionView = field(default_factory=SessionView)
    # None: the pane follows the end
    scroll: Anchor | None = None
    # the cursor in the output, while the keys are for reading it
    cursor: Cursor | None = None
    # where the reader was before
    # where the cursor was last, or was marked
    bookmark: Cursor | None = None
    search: Search | None = None
    # what was searched for last
    sought: str = ""
    asking: Asking | None = None
    inquiry: Inquiry | None = None
    # the output whose picture fills the screen
    picture: Part | None = None
    saving: Saving | None = None
    # what rich output is fitted to, but for the columns, which are the pane's
    look: Look = Look()
    # lines of the output are broken at the pane's edge; else, and tables always, they are shown from this column on
    wraps: bool = True
    left_col: int = 0
    completion: Completion | None = None
    question: Question | None = None
    # while the newest records are shown and the older ones still read
    older: Older | None = None
    # until it is said what has happened since
    left: Left | None = None
    # the cell that is selected in the panel of the queue; None: it is closed
    panel: str | None = None
    # the waiting cell whose code is in the editor, to be put back
    replacing: str | None = None
    # first line of the help that is shown
    help_top: int | None = None
    # the answer to input() being typed; None while the editor has the keys
    answer: Buffer | None = None
    # the timer of the pause until which what is typed is meant for a question that somebody else has answered
    stray: int | None = None
    # what was typed for it before the user went to the editor
    unanswered: Buffer | None = None
    history: tuple[str, ...] = ()
    waiting: Waiting | None = None
    message: Message | None = None
    tags: int = 0
    # what the identifiers of this client's own requests begin with, and those of this user's former ones
    client: str = ""
    former: frozenset[str] = frozenset()
    # the machine on which the session is, if it is another one, and what is wrong with the line to it
    host: str = ""
    line: str = ""
    # the cells that were submitted, and of which the session has not said yet that it has them
    unsent: tuple[str, ...] = ()
    # the name that its requests are signed with
    username: str = ""
    # whether it only looks
    read_only: bool = False
    # whether the terminal's window has the user's attention, whether it ever told that, and when the last key came
    has_focus: bool = True
    tells_focus: bool = False
    last_key: float = 0.0
    # seconds after which a cell that ends is made known to a user who looks elsewhere
    rings_after: float | None = None
    now: float = 0.0


def new_state(cols: int, rows: int, now: float, client: str = "", pane: Pane | None = None) -> State:
    """Return the state of a client that has just started."""
    return State(cols, rows, Editor(Buffer.of(""), Undo()), transcript=Transcript(pane), now=now, client=client)


def sender(state: State, cell: Cell) -> str:
    """Return who submitted a cell at another place; empty if that was this user's, or nobody knows.

    Clients of one name are numbered, in the order in which they came.
    """
    if is_own(state, cell.msg_id, cell.by) or not cell.by:
        return ""
    clients = [client for client in state.transcript.senders[cell.by] if not is_own(state, f"{client}_", cell.by)]
    name = _ANOTHER if cell.by == _PLACEHOLDER else cell.by
    return f"{name} {clients.index(client_of(cell.msg_id)) + 1}" if len(clients) > 1 else name


def is_own(state: State, msg_id: str, by: str) -> bool:
    """Whether a request was this user's at this place: this client's, or one's that it took over from.

    In a session that has ended nobody is at another place.
    """
    if not state.client or msg_id.startswith(state.client) or client_of(msg_id) in state.former:
        return True
    return state.session.state == "ended" and by == state.username
