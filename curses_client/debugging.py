"""Where a debugger stands: what its prompt looks like, the place that it prints, and the source around that."""

import re
from collections.abc import Iterable
from typing import Final

from curses_client.text.ansi import plain, sanitise
from curses_client.text.later import later
from curses_client.transcript import Prompt
from kernel.protocol.value import Value

# rows of the pane below its title, unless the user wants more
SOURCE_ROWS: Final = 9
# columns of a tab, and characters of a line that are shown
_TAB: Final = 8
_LONGEST: Final = 500

# those of Python's debugger, of IPython's, of others made from them, and of one in another (`debug`)
_PROMPT: Final = later(r"\(*(?:i?pdb(?:\+\+)?(?: ?[\[(]\d+[\])])?>?|com)\)*>? ?", re.IGNORECASE)
_PLACE: Final = later(r"> (?P<file>\S.*?)\((?P<line>\d{1,9})\)(?P<name>[\w<][\w<>.]*)\(")
_CELL: Final = later(r"<ipython-input-(\d{1,9})-[0-9a-f]*>")


class Stop(Value):
    """The line, from 1, at which a debugger stands: of a file as the kernel names it, in a function."""

    file: str
    line: int
    name: str = ""
    # the cell that the file is known to stand for
    cell: int | None = None

    @property
    def count(self) -> int | None:
        """The count of the cell that stands for the file, if one does."""
        if self.cell is not None:
            return self.cell
        cell = _CELL.fullmatch(self.file)
        return int(cell[1]) if cell is not None else None

    @property
    def place(self) -> str:
        """What users call it."""
        count = self.count
        named = f"In [{count}]" if count is not None else re.split(r"[/\\]", self.file)[-1]
        where = "" if self.name in ("", "<module>") else f" in {sanitise(self.name)}"
        # what joins at the end of a name joins nothing in front of the line
        return sanitise(f"{sanitise(named)}:{self.line}{where}")


class Debugging(Value):
    """The question that was looked at last, where its debugger stands, and the lines around that, as far as known."""

    request: str = ""
    cell: str = ""
    stop: Stop | None = None
    # of which file there are lines, and the number of the first one, from 1
    file: str = ""
    first: int = 1
    lines: tuple[str, ...] = ()
    # the tag of the request for them that is under way, or 0
    asked: int = 0
    is_hidden: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether there is source to be seen."""
        return not self.is_hidden and self.knows(self.stop)

    def knows(self, stop: Stop | None) -> bool:
        """Whether the lines around a stop are there."""
        return stop is not None and self.file == stop.file and 0 <= stop.line - self.first < len(self.lines)


def is_debuggers(prompt: Prompt | None) -> bool:
    """Whether a question is a debugger's."""
    return prompt is not None and not prompt.password and _PROMPT.fullmatch(prompt.text) is not None


def stop_of(lines: Iterable[str]) -> Stop | None:
    """Return the last place that a debugger has printed, of stored lines with the newest first."""
    found = (match for line in lines if (match := _PLACE.match(plain(line))) is not None)
    match = next(found, None)
    return Stop(match["file"], int(match["line"]), match["name"]) if match is not None else None


def source_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Return untrusted lines of source as they are shown."""
    return tuple(sanitise(line[:_LONGEST].expandtabs(_TAB)) for line in lines)
