"""What is offered to who is typing, as values: completions, a signature, documentation; and what is asked for them."""

from typing import Final, Literal

from curses_client.text.buffer import Buffer
from kernel.protocol.messages import CompleteRequest, InspectRequest
from kernel.protocol.value import Value

# what a request is for: the pop-up by a key, for its words at their beginning, again for text that was taken back, or
# by itself; the documentation of a match, or for the pane; the signature line
Purpose = Literal["complete", "loose", "again", "typing", "match", "document", "signature", "dropped"]


class Match(Value):
    """One thing that could be completed to."""

    text: str
    kind: str = ""
    signature: str = ""
    # which characters of the text are those that were typed
    marks: tuple[int, ...] = ()


class Completion(Value):
    """The pop-up: `matches` fit the text between `start` and the cursor (offsets in code points)."""

    start: int
    matches: tuple[Match, ...]
    # all that the kernel offered, for when typed text is taken back
    offered: tuple[Match, ...]
    # None: it has opened by itself, and takes no key but those that select
    selected: int | None = 0
    # what stood behind `start` when the kernel was asked: it knows of nothing that begins otherwise
    asked: str = ""
    # the match whose documentation is known, and its lines
    documented: str | None = None
    documentation: tuple[str, ...] = ()

    @property
    def match(self) -> Match | None:
        """The selected match."""
        return self.matches[self.selected] if self.selected is not None else None


class Parameter(Value):
    """A parameter of a signature; `name` is without the stars, which are in `kind`."""

    name: str
    kind: Literal["", "*", "**"] = ""
    # only by position, or only by name
    only: Literal["", "position", "name"] = ""
    annotation: str = ""
    default: str = ""


class Signature(Value):
    """What the kernel says of the parameters of a call: of the function `name` whose bracket is at offset `open`."""

    name: str
    open: int
    parameters: tuple[Parameter, ...] = ()
    # whether there is something to show: the kernel may know nothing, and the user may have closed it
    is_shown: bool = False


class Documentation(Value):
    """The pane with what the kernel says of a name; lines are stored lines (see `text.ansi`)."""

    name: str
    request: InspectRequest
    lines: tuple[str, ...] = ()
    top: int = 0
    # whether it stays open and follows the cursor
    follows: bool = False
    # the name at the cursor of which the kernel knows nothing
    unknown: str | None = None


class Query(Value):
    """A request that is under way or is to be: its tag, what it is for, the text then, and what it is about."""

    purpose: Purpose
    buffer: Buffer
    msg_type: Literal["complete_request", "inspect_request"]
    content: CompleteRequest | InspectRequest
    subject: str = ""
    tag: int = 0


class Queries(Value):
    """What is under way: one request that a key asked for, with the newest that waits for it, and one by itself."""

    by_key: Query | None = None
    following: Query | None = None
    by_itself: Query | None = None
    # the timer that runs, and whether something was typed since it was set
    timer: int = 0
    is_stirred: bool = False
    # the last text for which the pop-up was asked for by itself
    tried: Buffer | None = None


NO_QUERIES: Final = Queries()
