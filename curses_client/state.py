"""Everything the client knows, as one frozen value."""

from dataclasses import field
from typing import Final, Literal

from curses_client.arrangement import Panes
from curses_client.debugger import Breakpoint, Debugger, KeptBreakpoint
from curses_client.debugging import Debugging
from curses_client.document import Document
from curses_client.events import KeyPressed, Pasted, Recovery, Submit, WriteFile
from curses_client.finding import Finder, Spot
from curses_client.history import matching
from curses_client.history.entries import Entry, History
from curses_client.inspected import Inspected
from curses_client.offers import NO_QUERIES, Completion, Documentation, Queries, Signature
from curses_client.options import Options
from curses_client.outputs import Pane, Part
from curses_client.shown import Look, Target
from curses_client.signs import UNICODE, Signs
from curses_client.standing import Standing
from curses_client.text.buffer import Buffer, Position, Undo
from curses_client.transcript import Cell, Prompt, Transcript, client_of
from curses_client.usage import Usage
from curses_client.vi.values import Vi
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
    # when it began, in seconds since the epoch
    started: float = 0.0
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
    # whether it is one of this program's own, and not a program or a kernel that is only connected to
    is_native: bool = True
    # whether the kernel is somebody else's, and lives on when the session ends
    kernel_stays: bool = False
    # the cell in which it died last, and what of
    died_in: str = ""
    died_of: str = ""
    # the last death of any of its kernels
    died: Death | None = None
    # why nothing reaches the disk now
    unrecorded: str = ""
    # how often the kernel's debugger has stopped it, and how often the debugger has ended
    stops: int = 0
    debugs_ended: int = 0
    # the thread that stands at a breakpoint, and why it does
    stopped: int | None = None
    stopped_of: str = ""


class Kills(Value):
    """What was cut or copied, the newest last; and the text as it was right after that."""

    texts: tuple[str, ...] = ()
    # after a cut: one that follows at once joins it
    cut: Buffer | None = None
    # after one of them was put back: where that begins, and which it is, from the newest on
    yanked: tuple[Buffer, Position, int] | None = None


class Browsing(Value):
    """Going through the history from entry to entry: those that begin with `prefix`, in a language, each text once."""

    prefix: str
    # what was being written
    draft: Buffer
    # as the history was when it began, and at how many of it was looked
    entries: tuple[Entry, ...]
    seen: int = 0
    # the texts that were met, the draft first, and which of them is shown
    texts: tuple[str, ...] = ()
    place: int = 0


class Editor(Value):
    """The text being written, and what undo, yank and history need."""

    buffer: Buffer
    undo: Undo
    kills: Kills = Kills()
    # the mode and what else the vi keys remember
    vi: Vi = Vi()
    # a selection was begun that all moves extend
    is_marking: bool = False
    # the first row shown: a line, and which of the rows that it is broken into
    top: tuple[int, int] = (0, 0)
    # while an entry of the history is shown as it is
    browsing: Browsing | None = None
    # in the order of their rows
    breakpoints: tuple[Breakpoint, ...] = ()


class Tab(Value):
    """The scratch buffer, or a file that is open, with its editor."""

    editor: Editor
    document: Document | None = None


class Find(Value):
    """What is looked for in the editor, and what is put in its place."""

    pattern: str
    # the text and the cursor as they were when it began
    origin: Buffer
    # which hit is shown, of how many
    number: int = 0
    count: int = 0
    template: str = ""
    # only in these lines, from the first to before the last
    within: tuple[int, int] | None = None
    # hits that were replaced, and those that are still to be asked about
    done: int = 0
    left: int = 0


class Press(Value):
    """Where and when a mouse button was pressed in the editor, and how often there at once."""

    line: int
    col: int
    time: float
    times: int = 1


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


Scope = Literal["everywhere", "session", "directory"]


class Recall(Value):
    """The panel of the history: what is typed, what it finds, and which of that is selected."""

    buffer: Buffer
    # grows in place: compare its version
    finder: matching.Finder
    scope: Scope = "everywhere"
    selected: int = 0
    # to be selected again once it is found
    wanted: Entry | None = None
    version: int = 0


class Asking(Value):
    """A line that is typed into the status line, and what for."""

    purpose: Literal[
        "search",
        "cell",
        "save",
        "export",
        "open",
        "write",
        "line",
        "find",
        "replace",
        "replacement",
        "vi",
        "variables",
        "rows",
        "condition",
        "evaluate",
    ]
    buffer: Buffer
    # of a search: whether it goes on, or back
    step: Literal[1, -1] = 1
    # what a path could be completed to
    offered: tuple[str, ...] = ()
    # of the vi keys: what the line was asked for with
    sign: Literal[":", "/", "?"] = ":"


class Palette(Value):
    """The commands that fit what is typed, and the one that is selected."""

    query: Buffer
    selected: int = 0


class Inquiry(Value):
    """A question for the values behind an error: the request's tag, the traceback, and where it failed."""

    tag: int
    part: Part
    target: Target


class Saving(Value):
    """What is to be written to a file; no data stand for the whole session."""

    path: str
    data: bytes | None
    # the line that its name was typed into, if one asked for it
    purpose: Literal["save", "export", ""] = ""


class Waiting(Value):
    """The request whose answer decides what Enter does, and the keys that came meanwhile."""

    tag: int
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
    # the file that the editor has; None: it is the scratch buffer
    document: Document | None = None
    # all that is open, if anything is beside the scratch buffer, and which of them is shown: that one as it was
    tabs: tuple[Tab, ...] = ()
    tab: int = 0
    # what was asked to be written, while the user is asked about it
    writing: WriteFile | None = None
    # the cells of a file in another language, while the user is asked about them; the files whose cells run anyway
    held: tuple[Submit, ...] = ()
    run_anyway: frozenset[str] = frozenset()
    # changes that were never saved, while the user is asked about them
    recovery: Recovery | None = None
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
    # what is marked in the editor, and what was looked for there last
    find: Find | None = None
    sought_here: str = ""
    # the button is held down since it was pressed in the editor
    press: Press | None = None
    inquiry: Inquiry | None = None
    # what the kernel uses of the machine
    usage: Usage = Usage()
    # the output whose picture fills the screen
    picture: Part | None = None
    saving: Saving | None = None
    # what the user has chosen
    options: Options = Options()
    # whether the terminal's background is light, as far as it is known
    is_light: bool = False
    # what is drawn beside text
    signs: Signs = UNICODE
    # what is wrong in their file, until it is shown
    mistakes: tuple[str, ...] = ()
    # what rich output is fitted to, but for the columns, which are the pane's
    look: Look = Look()
    # lines of the output are broken at the pane's edge; else, and tables always, they are shown from this column on
    wraps: bool = True
    left_col: int = 0
    completion: Completion | None = None
    signature: Signature | None = None
    documentation: Documentation | None = None
    # what is asked of the kernel for who is typing
    queries: Queries = NO_QUERIES
    question: Question | None = None
    # while the newest records are shown and the older ones still read
    older: Older | None = None
    # until it is said what has happened since
    left: Left | None = None
    # the breakpoints that the user has left in files that are not open again yet
    marked: tuple[KeptBreakpoint, ...] = ()
    panes: Panes = Panes()
    # what the mouse moves while its button is down
    dragged: Literal["editor", "side"] | None = None
    # the subshell of this client, and the tag of the request for one
    subshell: str = ""
    subshell_asked: int = 0
    # where the running cell stands, and stood
    standing: Standing = Standing()
    # the cell that is selected in the pane of the queue
    panel: str | None = None
    # the pane of the variables
    inspected: Inspected = Inspected()
    # the waiting cell whose code is in the editor, to be put back
    replacing: str | None = None
    palette: Palette | None = None
    # the commands that were run from it, the newest first
    recent: tuple[str, ...] = ()
    # first line of the help that is shown
    help_top: int | None = None
    # the answer to input() being typed; None while the editor has the keys
    answer: Buffer | None = None
    # while what was typed to a debugger before is shown as it is
    answered: Browsing | None = None
    # where the debugger stands that was answered last
    debugging: Debugging = Debugging()
    # the debugger that sets breakpoints, and where it has stopped
    debugger: Debugger = Debugger()
    # the timer of the pause until which what is typed is meant for a question that somebody else has answered
    stray: int | None = None
    # what was typed for it before the user went to the editor
    unanswered: Buffer | None = None
    history: History = History()
    # why nothing of it reaches the disk now
    unwritten: str = ""
    # whether the kernel was asked for what it remembers, or need not be
    has_asked: bool = False
    # the panel of the history
    recall: Recall | None = None
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
    # the name that its requests are signed with, and the machine on which it runs
    username: str = ""
    machine: str = ""
    # whether it only looks
    read_only: bool = False
    # whether the terminal's window has the user's attention, whether it ever told that, and when the last key came
    has_focus: bool = True
    tells_focus: bool = False
    last_key: float = 0.0
    # seconds after which a cell that ends is made known to a user who looks elsewhere
    rings_after: float | None = None
    now: float = 0.0

    @property
    def is_modal(self) -> bool:
        """Whether the keys of the editor are those of vi now."""
        return self.options.keys == "vi" and self.answer is None and not self.read_only


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
