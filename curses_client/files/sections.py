"""The cells of a script: from one line ``# %%`` to the next, in whatever way the language marks a comment."""

from collections.abc import Sequence
from typing import Final

from curses_client.text.later import later
from kernel.protocol.value import Value

# as of VS Code, Spyder and Jupytext's percent format: `# %% title [markdown] key="value"`
_MARK: Final = later(r"^\s*(?:#|//|--|%|;)\s?%%(?!%)(?P<title>.*)$")
_KIND: Final = later(r"\[(markdown|md|raw)\]")


class Section(Value):
    """A cell: its rows, from `first` to `last` (excluded); `mark` tells whether the first one is its mark."""

    first: int
    last: int
    mark: bool
    title: str = ""
    # whether its lines are text and nothing to run
    is_text: bool = False

    @property
    def body(self) -> int:
        """The first row below the mark."""
        return self.first + self.mark


def is_mark(line: str) -> bool:
    """Whether a line begins a cell."""
    return "%%" in line and _MARK.match(line) is not None


def sections(lines: Sequence[str]) -> list[Section]:
    """Return all cells; a script without a mark is one."""
    marks = [row for row, line in enumerate(lines) if is_mark(line)]
    starts = marks if marks[:1] == [0] else [0, *marks]
    ends = [*starts[1:], len(lines)]
    found = [_section(lines, first, last) for first, last in zip(starts, ends, strict=True)]
    # what stands above the first mark is a cell only if there is something
    is_empty = len(found) > 1 and not found[0].mark and not "".join(lines[: found[0].last]).strip()
    return found[1:] if is_empty else found


def section_at(lines: Sequence[str], row: int) -> Section:
    """Return the cell that a row is in, without looking at the others."""
    first = row
    while first > 0 and not is_mark(lines[first]):
        first -= 1
    last = row + 1
    while last < len(lines) and not is_mark(lines[last]):
        last += 1
    return _section(lines, first, last)


def _section(lines: Sequence[str], first: int, last: int) -> Section:
    found = _MARK.match(lines[first]) if first < len(lines) else None
    if found is None:
        return Section(first, last, mark=False)
    kind = _KIND.search(found["title"])
    title = _KIND.sub("", found["title"]).strip()
    return Section(first, last, mark=True, title=title, is_text=kind is not None)


def code_row(lines: Sequence[str], section: Section) -> int:
    """Return the row in which what is run of a cell begins."""
    return next((row for row in range(section.body, section.last) if lines[row]), section.body)


def code_of(lines: Sequence[str], section: Section) -> str:
    """Return what is run of a cell: its lines without the mark, and without empty ones around them."""
    return "\n".join(lines[section.body : section.last]).strip("\n").rstrip()
