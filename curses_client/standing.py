"""Where the running cell stands: its calls, from the outermost to the innermost, sampled while somebody looks."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

from curses_client.text.ansi import sanitise
from curses_client.text.later import later
from curses_client.tracebacks import package_of
from kernel.protocol.value import Value

# samples that are kept, and the seconds between two of them: half a minute
SAMPLES: Final = 60
SAMPLE_SECONDS: Final = 0.5
# rows of the pane below its title, unless the user wants more
STANDING_ROWS: Final = 9
# lines that are told as hot
_HOT: Final = 5
# characters of a line of source that are kept
_LONGEST: Final = 500

# how IPython names what it compiles, and what in this program stands between a cell and what it calls
_CELL: Final = later(r"<ipython-input-(\d{1,9})-[0-9a-f]*>")
_ENGINE: Final = later(r"[/\\]kernel[/\\]worker[/\\]")


class Spot(Value):
    """A line of the user's code, from 1: of the cell with a count, or of a file."""

    line: int
    count: int | None = None
    file: str = ""

    @property
    def place(self) -> str:
        """What users call it."""
        named = f"In [{self.count}]" if self.count is not None else re.split(r"[/\\]", self.file)[-1]
        return f"{named}:{self.line}"


class Frame(Value):
    """A call that goes on: what runs, and the line that it is in; `package` is its library, if it is one's."""

    name: str
    spot: Spot
    source: str = ""
    package: str = ""


class Standing(Value):
    """The last sample of a cell, and the user's calls of this and the earlier ones, the innermost last."""

    cell: str = ""
    frames: tuple[Frame, ...] = ()
    samples: tuple[tuple[Frame, ...], ...] = ()
    # the tags of the request that is under way, and of the timer that runs; 0 for none
    asked: int = 0
    timer: int = 0
    # which of the choices is selected; None for the innermost call
    selected: int | None = None

    @property
    def shares(self) -> dict[Spot, float]:
        """In which part of the samples a line was being executed, or waited for what it called."""
        counts = Counter(spot for sample in self.samples for spot in {frame.spot for frame in sample})
        return {spot: count / len(self.samples) for spot, count in counts.items()}

    @property
    def hottest(self) -> list[tuple[Frame, float]]:
        """The lines that were innermost most often, and in which part of the samples."""
        counts = Counter(sample[-1] for sample in self.samples if sample)
        return [(frame, count / len(self.samples)) for frame, count in counts.most_common(_HOT)]

    @property
    def choices(self) -> list[Frame]:
        """The lines that can be gone to: those of the user's calls, then those that are hot, if there are several."""
        hot = [frame for frame, _ in self.hottest]
        return [*self._own, *(hot if len(hot) > 1 else [])]

    @property
    def _own(self) -> list[Frame]:
        return [frame for frame in self.frames if not frame.package]

    @property
    def place(self) -> int:
        """Which of the choices is selected, from 0."""
        innermost = max(len(self._own) - 1, 0)
        return innermost if self.selected is None else min(self.selected, len(self.choices) - 1)

    def line_of(self, count: int | None) -> int | None:
        """Return the line, from 1, in which the cell with a count stands now."""
        lines = (frame.spot.line for frame in reversed(self.frames) if count is not None and frame.spot.count == count)
        return next(lines, None)


def frames_of(found: Sequence[Any], source: Callable[[int, int], str]) -> tuple[Frame, ...]:
    """Return the frames of a reply, the outermost first; `source` has the lines of cells, by count and line.

    What makes no sense is left out.
    """
    frames = (_frame(values, source) for values in reversed(found) if isinstance(values, dict))
    return tuple(frame for frame in frames if frame is not None)


def _frame(values: dict[str, Any], source: Callable[[int, int], str]) -> Frame | None:
    file, line, name, text = (values.get(key) for key in ("file", "line", "name", "source"))
    if not isinstance(file, str) or not isinstance(name, str) or not file:
        return None
    number = line if isinstance(line, int) else 0
    cell = _CELL.fullmatch(file)
    if cell is not None:
        count = int(cell[1])
        return Frame(sanitise(name), Spot(number, count), _shown(source(count, number)))
    package = "cshell" if _ENGINE.search(file) else package_of(file)
    text = text if isinstance(text, str) else ""
    return Frame(sanitise(name), Spot(number, file=sanitise(file)), _shown(text), sanitise(package))


def _shown(line: str) -> str:
    return sanitise(line.strip()[:_LONGEST])


def sampled_by(standing: Standing, cell: str, frames: tuple[Frame, ...]) -> Standing:
    """Take in where a cell stands now; what was known of another one is forgotten."""
    is_same = standing.cell == cell
    own = tuple(frame for frame in frames if not frame.package)
    samples = (*(standing.samples if is_same else ()), own)[-SAMPLES:]
    return Standing(cell, frames, samples, selected=standing.selected if is_same else None)


def folded(frames: Sequence[Frame]) -> list[Frame | str]:
    """Return frames with those of libraries as a text for all that stand together."""
    rows: list[Frame | str] = []
    for is_library, group in groupby(frames, lambda frame: bool(frame.package)):
        if not is_library:
            rows += group
            continue
        together = list(group)
        packages = list(dict.fromkeys(frame.package for frame in together))
        named = ", ".join(packages[:3]) + (" and others" if len(packages) > 3 else "")
        rows.append(f"{len(together)} frame{'s' if len(together) > 1 else ''} in {named}: {together[-1].name}")
    return rows
