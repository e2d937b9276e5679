"""The user's variables as values: what the kernel has told of them, what is opened, and what is still to be asked."""

from typing import Literal

from kernel.protocol.value import Value

Sort = Literal["name", "type", "size"]


class Variable(Value):
    """A row of the list; all of it fits in one line."""

    name: str
    type: str
    # its shape or its length
    shape: str = ""
    # bytes; None for what nobody can tell without running code of its own
    size: int | None = None
    value: str = ""


class Look(Value):
    """A question for what is in a variable: the way into it by places, and of a table which part, in which order."""

    name: str
    path: tuple[int, ...] = ()
    # the part of a table that is wanted, and how many rows and columns of it
    first: int = 0
    first_col: int = 0
    rows: int = 1
    cols: int = 1
    # the column by which it is sorted
    sort: int | None = None
    descending: bool = False
    # an expression that chooses rows
    where: str = ""


class Grid(Value):
    """A part of a table: rows and columns with their names, and how many there are of both."""

    index: tuple[str, ...]
    columns: tuple[str, ...]
    dtypes: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    # rows that were chosen, and all; columns
    count: int
    total: int
    cols: int


class Node(Value):
    """A row of a tree: the way to it, its key, what it is."""

    path: tuple[int, ...]
    key: str
    type: str
    value: str
    # whether there is more in it that is shown in the tree
    is_box: bool = False
    is_open: bool = False


class Tree(Value):
    """A container: its rows, those of what is open in it among them."""

    nodes: tuple[Node, ...]


class Text(Value):
    """What anything else says of itself."""

    lines: tuple[str, ...]


class View(Value):
    """What is opened: where it is, what is in it, and what is selected there."""

    look: Look
    title: str
    about: str = ""
    body: Grid | Tree | Text | None = None
    # the row of a tree, the first line of a text, the column of a table
    selected: int = 0
    failure: str = ""


class Question(Value):
    """What was asked of the kernel, with the tag of its answer; None for the list."""

    tag: int
    look: Look | None = None
    # whether the answer is put into the tree that is shown
    unfolds: bool = False
    # whether it is for a subshell, which is still to be made when it `makes` one
    subshell: str | None = None
    makes: bool = False


class Inspected(Value):
    """The pane of the variables."""

    # None: the kernel has not told yet
    variables: tuple[Variable, ...] | None = None
    # how many there are; not all of very many are told
    count: int = 0
    # why there is nothing to show
    failure: str = ""
    selected: str = ""
    sort: Sort = "name"
    filter: str = ""
    # modules, functions, classes and IPython's own among them
    shows_all: bool = False
    # what is opened, one in the other
    views: tuple[View, ...] = ()
    # the list is not what it was any more; and what is wanted next
    is_stale: bool = False
    wanted: Question | None = None
    asked: Question | None = None
    # the timer of the pause before the list is asked for
    timer: int = 0
    # where questions are answered while a cell runs, and whether the kernel has no such place
    subshell: str | None = None
    is_refused: bool = False

    @property
    def view(self) -> View | None:
        """What is opened and shown."""
        return self.views[-1] if self.views else None
