"""Groups of exceptions (PEP 654), as Python formats them in text -> exceptions one by one, the outermost first.

Python draws a margin: what belongs to a group stands behind ``|``, and ``+---- 1 ----`` begins its first exception.
Frames become those that IPython writes, with the number of the line and that of the cell.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from curses_client.text.later import later
from kernel.protocol.value import Value

_FIRST: Final = later(r"^ *\+-\+-+ 1 -+$", re.MULTILINE)
_HEADING: Final = later(r"(?:Exception Group )?Traceback \(most recent call last\):")
_MARGIN: Final = later(
    r"(?P<indent> *)(?:\| ?(?P<text>.*)|\+ (?P<heading>.*)|\+(?P<deeper>-\+)?-+ (?P<name>\S+) -+|\+-+)"
)
_FRAME: Final = later(r'  File "(?P<path>.+)", line (?P<line>[0-9]+)(?:, in (?P<function>.*))?')
_CELL: Final = later(r"<ipython-input-([0-9]+)-[0-9a-f]*>")


class Raised(Value):
    """One exception: which it is of its group, the lines of its message, its frames, and how the next follows from it.

    The number is as that of a section, `2.1`, and empty for the group itself.
    """

    number: str
    message: tuple[str, ...]
    frames: tuple[str, ...]
    link: str = ""


class _Node:
    def __init__(self, number: str = "") -> None:
        self.number = number
        self.lines: list[str] = []
        self.below: list[_Node] = []


def is_group(text: str) -> bool:
    """Whether plain text is of a group, or has one in it."""
    return _FIRST.search(text) is not None


def raised(text: str, links: Iterable[str]) -> list[Raised]:
    """Return the exceptions in plain text: a group, those in it, then what led to it; `links` say how that did."""
    return list(_flattened(_tree(text), frozenset(links)))


def _tree(text: str) -> _Node:
    """Return the groups in text as a tree."""
    path = [_Node()]
    # pieces that end with a newline have an empty line behind it
    for line in filter(None, text.split("\n")):
        found = _MARGIN.fullmatch(line)
        if found is None:
            del path[1:]
            path[0].lines.append(line)
            continue
        # a group's own lines are two columns in, those of what is in it four
        depth = max(len(found["indent"]) // 2 - 1, 0)
        if found["name"]:
            depth += found["deeper"] is not None
            del path[max(depth, 1) :]
            above = path[-1].number
            path[-1].below.append(_Node(f"{above}.{found['name']}" if above else found["name"]))
            path.append(path[-1].below[-1])
        elif (own := found["text"] or found["heading"]) is not None:
            del path[depth + 1 :]
            path[-1].lines.append(own)
    return path[0]


def _flattened(node: _Node, links: frozenset[str]) -> Iterator[Raised]:
    *older, newest = _chain(node, links)
    yield newest
    for below in node.below:
        yield from _flattened(below, links)
    yield from reversed(older)


def _chain(node: _Node, links: frozenset[str]) -> list[Raised]:
    """Return the exceptions of a node, the oldest first; each but the last one has its link to the next."""
    found = []
    for is_link, group in groupby(node.lines, lambda line: line.strip() in links):
        lines = list(group)
        if not is_link:
            found.append(_raised(node.number, lines))
        elif found:
            found[-1] = Raised(found[-1].number, found[-1].message, found[-1].frames, lines[0].strip())
    return found or [Raised(node.number, (), ())]


def _raised(number: str, lines: list[str]) -> Raised:
    frames: list[list[str]] = []
    message: list[str] = []
    for line in lines:
        if _FRAME.fullmatch(line):
            frames.append([line])
        elif line.startswith("  ") and frames and not message:
            frames[-1].append(line)
        elif line.strip() and not _HEADING.fullmatch(line):
            message.append(line)
    return Raised(number, tuple(message), tuple(map(_frame, frames)))


def _frame(lines: list[str]) -> str:
    """Return a frame as IPython writes it."""
    found = _FRAME.fullmatch(lines[0])
    assert found is not None
    cell = _CELL.fullmatch(found["path"])
    heading = f"Cell In[{cell[1]}], line {found['line']}" if cell else f"File {found['path']}:{found['line']}"
    function = found["function"]
    if function and function != "<module>":
        heading = f"{heading}, in {function}"
    mark = f"----> {found['line']} "
    marks = (mark, *[" " * len(mark)] * len(lines))
    return "\n".join((heading, *(before + line[4:] for before, line in zip(marks, lines[1:], strict=False))))
