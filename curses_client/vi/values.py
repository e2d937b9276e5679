"""What the vi keys know, what a command is made of, and what is asked of the client."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Literal, Self

from kernel.protocol.value import Value

Mode = Literal["insert", "normal", "visual", "visual line", "visual block", "replace"]


class Register(Value):
    """A text that was deleted or yanked; of whole lines, without the last line's end; or a block of columns."""

    text: str
    linewise: bool = False
    is_block: bool = False


class Command(Value):
    """One whole command: ``"a2d3fx`` has all of it.

    The motion of an operator is the operator itself where it is doubled; `argument` is what f, t, r, m, / and the
    like are given.
    """

    key: str
    count: int | None = None
    register: str = ""
    motion: str = ""
    argument: str = ""

    @property
    def times(self) -> int:
        """The count, 1 where none was given."""
        return self.count or 1


class Span(Value):
    """A part of a text, from `start` to before `end`, or the whole lines that it touches."""

    start: int
    end: int
    linewise: bool = False


class Block(Value):
    """Columns of the screen from `left` to `right`, both of them too, in rows of a text from `first` to `last`."""

    first: int
    last: int
    left: int
    right: int


class Extent(Value):
    """How much was selected: lines below the first one, and code points in the last of them, or columns of a block."""

    lines: int
    columns: int
    linewise: bool
    is_block: bool = False


class Typed(Value):
    """What was done in an insertion: code points deleted to the left, then a text put there."""

    text: str
    deleted: int = 0


class Change(Value):
    """What ``.`` repeats: a command, how much was selected for it, and what was typed then."""

    command: Command
    extent: Extent | None = None
    typed: Typed | None = None


class Insertion(Value):
    """An insertion that goes on: what it was begun with, and the text and the cursor when it began."""

    command: Command = Command("i")
    text: str = ""
    at: int = 0
    extent: Extent | None = None
    # what R has written over, a grapheme each; empty where a line became longer
    covered: tuple[str, ...] = ()
    # of a block: the other rows that get what is typed, the column where they get it, and where the cursor goes then
    rows: tuple[int, ...] = ()
    column: int = 0
    corner: int | None = None


class Selected(Value):
    """A selection: its mode, where it began, and the cursor."""

    mode: Mode
    anchor: int
    at: int


class Vi(Value):
    """The mode, and what is remembered from one command to the next; places are counts of code points."""

    mode: Mode = "insert"
    # the keys of a command that is not complete
    pending: tuple[str, ...] = ()
    insertion: Insertion = Insertion()
    # where the selection began
    anchor: int = 0
    # where a single command was asked for in an insertion (Ctrl-O)
    once: Literal["", "here", "at the end"] = ""
    registers: Mapping[str, Register] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    last: Change | None = None
    # the last f, F, t or T
    found: Command | None = None
    sought: str = ""
    towards: Literal[1, -1] = 1
    # whether what was searched for is marked
    shows_hits: bool = False
    selected: Selected | None = None
    # the register that keys are recorded into, and those keys
    recording: str = ""
    recorded: tuple[str, ...] = ()
    # the macro that was run last, and the keys of the one that runs which are still to be pressed
    played: str = ""
    playing: tuple[str, ...] | None = None

    @property
    def is_inserting(self) -> bool:
        """Whether what is typed is text."""
        return self.mode in ("insert", "replace")

    @property
    def is_selecting(self) -> bool:
        """Whether something is selected."""
        return self.mode in ("visual", "visual line", "visual block")

    def fresh(self, text: str = "", at: int = 0) -> "Vi":
        """Return what is kept for another text, which is inserted into."""
        return Vi(insertion=Insertion(Command("i"), text, at)).remembering(self)

    def remembering(self, other: "Vi") -> "Vi":
        """Return these places and this mode with what is remembered for all texts, as it is after another one."""
        return replace(
            self,
            registers=other.registers,
            last=other.last,
            found=other.found,
            sought=other.sought,
            towards=other.towards,
            recording=other.recording,
            recorded=other.recorded,
            played=other.played,
            playing=other.playing,
        )


class Context(Value):
    """What the keys need to know: the language of the text, the lines of half a page, and the rows that are seen."""

    lexer: str = "python"
    half_page: int = 5
    top: int = 0
    bottom: int = 0


class Run(Value):
    """Run a command of the client so many times."""

    command: str
    times: int = 1


class Named(Value):
    """Run the command that the user has named."""

    command: str


class Yank(Value):
    """Give text to the clipboard."""

    text: str


class Type(Value):
    """Have a line typed, for ``:``, ``/`` or ``?``; `text` is there already."""

    sign: Literal[":", "/", "?"]
    text: str = ""


class Say(Value):
    """Tell the user something."""

    text: str


class Write(Value):
    """Write the text to a file."""

    path: str


class Open(Value):
    """Show a file."""

    path: str


Asked = Run | Named | Yank | Type | Say | Write | Open


class Scene(Value):
    """A text with its cursor while a command acts on it.

    `goal` is the screen column that vertical moves aim at, as in `Buffer`.
    """

    vi: Vi
    text: str
    at: int
    goal: int | None = None
    context: Context = Context()
    command: Command = Command("")
    asked: tuple[Asked, ...] = ()
    # whether the command could not do what it is for, which ends a macro
    failed: bool = False

    def saying(self, text: str) -> Self:
        """Return the scene with something that the user is told."""
        return replace(self, asked=(*self.asked, Say(text)))
