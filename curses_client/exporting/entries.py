"""The cells of a session with what they showed, as formats are written from them."""

from dataclasses import dataclass, field
from typing import Final, Literal

from curses_client.exporting.spool import Place
from curses_client.transcript import Cell

Verdict = Literal["done", "failed", "skipped", "waits", "runs", "lost"]
"""How a cell went: ``lost`` is one that nobody saw the end of."""

WORDS: Final[dict[Verdict, str]] = {
    "done": "",
    "failed": "failed",
    "skipped": "not run",
    "waits": "waits",
    "runs": "runs",
    "lost": "had not ended",
}


@dataclass(slots=True)
class Stream:
    """What was printed to a stream, by the places of its text."""

    name: str
    places: list[Place] = field(default_factory=list)
    # not any more when it was cleared
    is_shown: bool = True


@dataclass(slots=True)
class Shown:
    """A value by the place of its MIME bundle and metadata."""

    kind: Literal["display", "result", "page"]
    place: Place
    count: int | None = None
    is_shown: bool = True
    # the widget model that it is a view of, and the place of what that looks like
    model_id: str = ""
    model_text: Place | None = None


@dataclass(slots=True)
class Failure:
    """An error by the place of its name, its text and its traceback."""

    place: Place
    is_shown: bool = True


Output = Stream | Shown | Failure


@dataclass(slots=True)
class Entry:
    """A cell: a name that no other one has, how it went, and what it showed."""

    name: str
    cell: Cell
    verdict: Verdict
    # the last line of its error
    failure: str = ""
    outputs: list[Output] = field(default_factory=list)
