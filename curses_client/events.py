"""What happens to the client, and what it asks for in return."""

from dataclasses import field
from typing import Any, Literal

from curses_client.arrangement import Panes
from curses_client.document import Document
from curses_client.history.entries import Item
from curses_client.options import Options
from curses_client.origin import Origin
from kernel.protocol.messages import Content
from kernel.protocol.value import Value


class KeyPressed(Value):
    """A key, named as urwid names it: ``a``, ``enter``, ``ctrl left``, ``meta f``."""

    key: str


class Pasted(Value):
    """Text from the clipboard, all of it at once."""

    text: str


class MousePressed(Value):
    """A mouse button at a place of the screen, from 0; 4 and 5 are the wheel."""

    button: int
    col: int
    row: int


class Resized(Value):
    """The screen has a new size."""

    cols: int
    rows: int


class Record(Value):
    """A record of the journal (see `kernel.protocol.messages`); `time` is in seconds since the epoch."""

    seq: int
    time: float
    msg_type: str
    msg_id: str
    # the identifier of the request that it belongs to
    parent: str
    username: str
    content: Content
    metadata: dict[str, Any] = field(default_factory=dict)
    # who sent that request, and for which subshell, if for one
    by: str = ""
    subshell: str = ""


class RecordsRead(Value):
    """Records came from the feed; `head` is the newest there is.

    A `preface` comes with records that do not follow those that were read: what one needs to understand them.
    `dropped` is how many older ones are gone for good.  While the newest ones are shown, the others are read
    as well, from the oldest on: these are `older`, and `complete` once they have reached the newest.
    """

    records: tuple[Record, ...]
    head: int
    preface: tuple[Record, ...] | None = None
    dropped: int = 0
    older: bool = False
    complete: bool = False


class Replied(Value):
    """The answer to the request that was asked for with `tag`."""

    tag: int
    content: Content


class Ticked(Value):
    """Time went by; `now` is in seconds since the epoch."""

    now: float


class Expired(Value):
    """The time set with `SetTimer` for `tag` is over."""

    tag: int


class Edited(Value):
    """The user's editor has ended: the file and its text, and what went wrong if anything did."""

    path: str
    text: str
    failure: str | None = None


class TextEdited(Value):
    """The user's editor has ended: the text of the editor pane as it is now, and what went wrong if anything did.

    What an editor saved that failed is `kept` in a file.
    """

    text: str
    failure: str | None = None
    kept: str = ""


class MouseDragged(Value):
    """The mouse was moved with its first button pressed, to a place of the screen."""

    col: int
    row: int


class FocusChanged(Value):
    """The terminal's window has the user's attention, or has it no longer."""

    has_focus: bool


class TabChosen(Value):
    """A tab is to be shown, counted from the scratch buffer at 0."""

    index: int


class GroundFound(Value):
    """The terminal has told its background."""

    is_light: bool


class StyleUnknown(Value):
    """Pygments has no such style for the colours of code, as the sentence says."""

    text: str


class SixelsFound(Value):
    """The terminal says that it shows sixels."""


class SearchGoesOn(Value):
    """There is time to search on."""


class Copied(Value):
    """The text was given to the terminal's clipboard, or is more than the terminal takes; so much for tmux.

    What a terminal does with it nobody knows, while tmux says whether it has it; None is without tmux.
    """

    lines: int
    ok: bool
    by_tmux: bool | None = None


class Saved(Value):
    """The file was written, or it was not: it `exists`, or the reason says why."""

    path: str
    failure: str = ""
    exists: bool = False


class Recovery(Value):
    """What was kept of a file's changes: lines, the cursor's row, and when; `is_held` while another client has it."""

    path: str
    lines: tuple[str, ...]
    row: int
    time: float
    is_held: bool = False


class FileRead(Value):
    """A file was read, or it was not, for a reason; one that is not there is read as empty."""

    path: str
    document: Document | None = None
    failure: str = ""
    # where to go in it, from 1; 0 for nowhere
    line: int = 0
    # changes of it that were never saved
    kept: Recovery | None = None
    # it was open when its user left, who has these changes again unasked
    comes_back: bool = False
    # its path as it was typed, if it was
    typed: str = ""


class FileWritten(Value):
    """A file was written, or it was not, for a reason, or because it is another one on disk than was read."""

    wanted: "WriteFile"
    document: Document | None = None
    failure: str = ""
    is_changed: bool = False
    # nothing was known of it
    is_new: bool = False
    # or because nobody is to write it
    is_read_only: bool = False


class FileChanged(Value):
    """Somebody else has changed a file that is open; without a document it is no longer there."""

    path: str
    document: Document | None = None


class PathsFound(Value):
    """What a path could be completed to."""

    text: str
    completed: str
    names: tuple[str, ...]


class NotKept(Value):
    """What is typed cannot be kept on disk, for a reason of a few words."""

    reason: str


class HistoryRead(Value):
    """Entries of the history were read, and what says that some are deleted; `is_whole` when these are all."""

    items: tuple[Item, ...]
    is_whole: bool = False


class HistoryNotWritten(Value):
    """What is run cannot be written to the history, for a reason of a few words; with none it is written again."""

    reason: str


class ConfigurationRead(Value):
    """The configuration was read again: what the user chooses now, and a sentence for each thing that is wrong.

    What has changed in it may be `for_kernels`, that is for the next session.
    """

    options: Options
    problems: tuple[str, ...] = ()
    for_kernels: bool = False


class SupervisorEnded(Value):
    """The supervisor's process is gone."""


class LineLost(Value):
    """The line to another machine is lost, or says nothing; the text says what is done about it."""

    text: str


class LineBack(Value):
    """The line is there again."""


Event = (
    KeyPressed
    | Pasted
    | MousePressed
    | Resized
    | RecordsRead
    | Replied
    | Ticked
    | Expired
    | Edited
    | TextEdited
    | MouseDragged
    | FocusChanged
    | GroundFound
    | TabChosen
    | StyleUnknown
    | SixelsFound
    | SearchGoesOn
    | Copied
    | Saved
    | SupervisorEnded
    | NotKept
    | FileRead
    | FileWritten
    | FileChanged
    | PathsFound
    | HistoryRead
    | HistoryNotWritten
    | ConfigurationRead
    | LineLost
    | LineBack
)


class Submit(Value):
    """Run a cell whose output is shown in so many columns."""

    source: str
    columns: int
    # the file that it came from, if from one
    origin: Origin | None = None
    # the subshell that it runs in, beside the cell that runs
    subshell: str | None = None
    # the row of the editor that its first line is in, if it is still there
    row: int | None = None


class Ask(Value):
    """Send a request on the shell channel, perhaps to a subshell; its reply comes as `Replied` with the same tag."""

    tag: int
    msg_type: str
    content: Content
    subshell: str | None = None


class Control(Value):
    """Send a request on the control channel; its reply comes as `Replied` with the same tag."""

    msg_type: str
    content: Content
    tag: int = 0


class AnswerInput(Value):
    """Give the running cell the line that it asked for with `request`."""

    request: str
    value: str


class SetTimer(Value):
    """Send `Expired` with `tag` after `seconds`."""

    tag: int
    seconds: float


class Leave(Value):
    """End this client; with `quit` the session ends too."""

    how: Literal["detach", "quit", "ended"]


class ReadFile(Value):
    """Read a file, `FileRead` comes then; `again` one that is open."""

    path: str
    line: int = 0
    again: bool = False
    # its path as it was typed, if it was
    typed: str = ""


class WriteFile(Value):
    """Write lines to a file, if it is the one that was read or `over` whatever is there; `FileWritten` comes then."""

    document: Document
    lines: tuple[str, ...]
    over: bool = False
    # the tab that has the file from then on, and the name as it was typed; whether the tab is closed
    tab: int | None = None
    typed: str = ""
    closes: bool = False


class TakeOver(Value):
    """Take over what was kept of a file's changes: they are in the editor."""

    path: str


class Discard(Value):
    """Forget what was kept of a file's changes."""

    path: str


class CompletePath(Value):
    """Look for what a path could be completed to; `PathsFound` comes then."""

    text: str


class KeepPanes(Value):
    """Keep how the screen is divided for the clients to come."""

    panes: Panes


class Suspend(Value):
    """Stop this process as Ctrl-Z does, the terminal restored meanwhile."""


class Edit(Value):
    """Run the user's editor on a file, at a line if it is not 0; `Edited` comes when it has ended."""

    path: str
    line: int = 0


class EditText(Value):
    """Run the user's editor on a text, at a line, in a file with a name that ends so; `TextEdited` comes then."""

    text: str
    line: int
    suffix: str


class Copy(Value):
    """Give text to the terminal's clipboard."""

    text: str


class Save(Value):
    """Write a file, or with no data the whole session in the format that the name asks for.

    Only if it is not there, or `over` the one that is.
    """

    path: str
    data: bytes | None
    over: bool


class Show(Value):
    """Show text in the user's pager or editor."""

    text: str
    how: Literal["pager", "editor"]


class Ring(Value):
    """Tell the user, who looks elsewhere, that something is over."""

    title: str
    text: str


class Remember(Value):
    """Write entries to the history, or have some deleted."""

    items: tuple[Item, ...]


class ReadConfiguration(Value):
    """Read the user's configuration again; `ConfigurationRead` comes with it."""


class Redraw(Value):
    """Paint the whole screen anew."""


class Paint(Value):
    """Use the colours that the options name now."""


Effect = (
    Submit
    | Ask
    | Control
    | AnswerInput
    | SetTimer
    | Leave
    | Suspend
    | Edit
    | EditText
    | Redraw
    | Paint
    | Copy
    | Save
    | Show
    | Ring
    | KeepPanes
    | ReadFile
    | WriteFile
    | TakeOver
    | Discard
    | CompletePath
    | Remember
    | ReadConfiguration
)
