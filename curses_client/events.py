"""What happens to the client, and what it asks for in return."""

from dataclasses import field
from typing import Any, Literal

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
    # who sent that request
    by: str = ""


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


class MouseDragged(Value):
    """The mouse was moved with its first button pressed, to a place of the screen."""

    col: int
    row: int


class FocusChanged(Value):
    """The terminal's window has the user's attention, or has it no longer."""

    has_focus: bool


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


class NotKept(Value):
    """What is typed cannot be kept on disk, for a reason of a few words."""

    reason: str


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
    | MouseDragged
    | FocusChanged
    | SixelsFound
    | SearchGoesOn
    | Copied
    | Saved
    | SupervisorEnded
    | NotKept
    | LineLost
    | LineBack
)


class Submit(Value):
    """Run a cell whose output is shown in so many columns."""

    source: str
    columns: int


class Ask(Value):
    """Send a request on the shell channel; its reply comes as `Replied` with the same tag."""

    tag: int
    msg_type: str
    content: Content


class Control(Value):
    """Send a request on the control channel."""

    msg_type: str
    content: Content


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


class Suspend(Value):
    """Stop this process as Ctrl-Z does, the terminal restored meanwhile."""


class Edit(Value):
    """Run the user's editor on a file, at a line if it is not 0; `Edited` comes when it has ended."""

    path: str
    line: int = 0


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


class Redraw(Value):
    """Paint the whole screen anew."""


Effect = Submit | Ask | Control | AnswerInput | SetTimer | Leave | Suspend | Edit | Redraw | Copy | Save | Show | Ring
