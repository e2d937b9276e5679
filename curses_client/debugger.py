"""Breakpoints, and where the kernel has stopped, as values."""

import os
import re
from dataclasses import field
from typing import Any, Final, Literal

from curses_client.events import Submit
from curses_client.origin import Origin
from curses_client.text.ansi import in_place, sanitise
from curses_client.text.later import later
from kernel.protocol.value import Value

# how debuggers name the file that stands for a cell (JEP 47: tmpFilePrefix, hash, tmpFileSuffix)
CELL_FILE: Final = later(r"(?:ipykernel|xpython)_\d+[/\\]\d+\.\w+$")
# what a request is sent for
Purpose = Literal["begin", "set", "cell", "end", "look", "go", "evaluate"]


class Breakpoint(Value):
    """A row of the editor, from 0, before which the kernel stops: always, or if an expression is true there."""

    row: int
    condition: str = ""


# of a client that is gone: the file, empty for the scratch buffer, the row, and the condition
KeptBreakpoint = tuple[str, int, str]


class Spot(Value):
    """A breakpoint as the kernel is told of it: a line, from 1, and a condition, if any."""

    line: int
    condition: str = ""


class Source(Value):
    """A cell that the debugger knows: the file that stands for it there, its code, and where it came from.

    `origin` has the line of the file, from 1, in which the code begins.
    """

    path: str
    code: str
    origin: Origin | None = None


class Frame(Value):
    """A call that goes on: its number for the debugger, and the line, from 1, of the file that it stands in.

    Of a cell, `count` is its number and `origin` the line of the file that it came from, as far as they are known.
    """

    id: int
    name: str
    file: str
    line: int
    count: int | None = None
    origin: Origin | None = None

    @property
    def path(self) -> str:
        """The user's file that it stands in; empty for a cell that came from none."""
        if self.origin is not None:
            return self.origin.path
        return "" if CELL_FILE.search(self.file) or not os.path.isabs(self.file) else self.file

    @property
    def place(self) -> str:
        """Where it stands, as users call it."""
        if self.origin is not None:
            return f"{_base(self.origin.path)}:{self.origin.line}"
        named = f"In [{self.count}]" if self.count is not None else _base(self.file)
        return f"{named}:{self.line}"


def _base(path: str) -> str:
    return in_place(sanitise(re.split(r"[/\\]", path)[-1]))


class Branch(Value):
    """A variable of a frame, or a part of one that is opened, in as many steps as `depth`.

    `reference` is the debugger's number for what is in it, 0 if that is nothing.
    """

    name: str
    type: str
    value: str
    reference: int = 0
    depth: int = 0
    is_open: bool = False


class Step(Value):
    """A request to the debugger (DAP: `command` and `arguments`), and what it is for.

    For `cell`, it makes `code` known that came from `origin` with `spots` in it; for `look`, `reference` is what is
    looked into.
    """

    purpose: Purpose
    command: str
    arguments: dict[str, Any] = field(default_factory=dict)
    code: str = ""
    origin: Origin | None = None
    spots: tuple[Spot, ...] = ()
    reference: int = 0


class Debugger(Value):
    """What this client knows of the kernel's debugger."""

    # whether it has begun, as far as this client knows
    is_on: bool = False
    # what is still to be asked, the first of which is under way with this tag, or 0
    steps: tuple[Step, ...] = ()
    tag: int = 0
    # cells that run as soon as their breakpoints are set
    held: tuple[Submit, ...] = ()
    # the cells that it knows, and what is set in which file
    sources: tuple[Source, ...] = ()
    placed: tuple[tuple[str, tuple[Spot, ...]], ...] = ()
    # which of the kernel's stops the frames are of
    seen: int = 0
    frames: tuple[Frame, ...] = ()
    # the frame that is looked at, and its variables
    frame: int = 0
    branches: tuple[Branch, ...] = ()
    # which of the pane's rows is selected
    selected: int = 0
    # when the last key came before the kernel went on: who has pressed none since is there when it stops
    key: float | None = None

    @property
    def rows(self) -> tuple[Frame | Branch, ...]:
        """What the pane shows: the frames, the innermost first, the variables below the one that is looked at."""
        return (*self.frames[: self.frame + 1], *self.branches, *self.frames[self.frame + 1 :])

    @property
    def here(self) -> Frame | None:
        """The frame that is looked at."""
        return self.frames[self.frame] if self.frame < len(self.frames) else None

    def spots_in(self, path: str) -> tuple[Spot, ...]:
        """Return what is set in a file."""
        return dict(self.placed).get(path, ())

    def source(self, path: str) -> Source | None:
        """Return the cell that a file stands for."""
        return next((source for source in self.sources if source.path == path), None)
