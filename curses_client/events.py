"""What happens to the client, and what it asks for in return."""

from dataclasses import dataclass, field
from typing import Any, Literal

from kernel.protocol.messages import Content


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key, named as urwid names it: ``a``, ``enter``, ``ctrl left``, ``meta f``."""

    key: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text from the clipboard, all of it at once."""

    text: str


@dataclass(frozen=True, slots=True)
class MousePressed:
    """A mouse button at a place of the screen, from 0; 4 and 5 are the wheel."""

    button: int
    col: int
    row: int


@dataclass(frozen=True, slots=True)
class Resized:
    """The screen has a new size."""

    cols: int
    rows: int


@dataclass(frozen=True, slots=True)
class Record:
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


@dataclass(frozen=True, slots=True)
class RecordsRead:
    """Records came from the feed; `head` is the newest there is."""

    records: tuple[Record, ...]
    head: int


@dataclass(frozen=True, slots=True)
class Replied:
    """The answer to the request that was asked for with `tag`."""

    tag: int
    content: Content


@dataclass(frozen=True, slots=True)
class Ticked:
    """Time went by; `now` is in seconds since the epoch."""

    now: float


@dataclass(frozen=True, slots=True)
class Expired:
    """The time set with `SetTimer` for `tag` is over."""

    tag: int


@dataclass(frozen=True, slots=True)
class SupervisorEnded:
    """The supervisor's process is gone."""


Event = (
    KeyPressed
    | Pasted
    | MousePressed
    | Resized
    | RecordsRead
    | Replied
    | Ticked
    | Expired
    | SupervisorEnded
)


@dataclass(frozen=True, slots=True)
class Submit:
    """Run a cell."""

    source: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Send a request on the shell channel; its reply comes as `Replied` with the same tag."""

    tag: int
    msg_type: str
    content: Content


@dataclass(frozen=True, slots=True)
class Control:
    """Send a request on the control channel."""

    msg_type: str
    content: Content


@dataclass(frozen=True, slots=True)
class AnswerInput:
    """Give the running cell the line that it asked for with `request`."""

    request: str
    value: str


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send `Expired` with `tag` after `seconds`."""

    tag: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Leave:
    """End this client; with `quit` the session ends too."""

    how: Literal["detach", "quit", "ended"]


@dataclass(frozen=True, slots=True)
class Suspend:
    """Stop this process as Ctrl-Z does, the terminal restored meanwhile."""


@dataclass(frozen=True, slots=True)
class Redraw:
    """Paint the whole screen anew."""


Effect = Submit | Ask | Control | AnswerInput | SetTimer | Leave | Suspend | Redraw
