"""An error as it is shown: the last line first, then the user's frames; those of libraries are folded.

A kernel sends a traceback as pieces of text.  IPython's begin with a rule and a heading; then each frame is a piece
of its own, and the last one is the line that comes first here.  Of exceptions that were raised while others were
handled the newest comes first, and behind it what led to it; of a group (`groups`) each exception has its number.
What is none of this is shown as it is.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from curses_client import groups
from curses_client.shown import EVERYTHING, CellLine, Fold, Line, Place, Target
from curses_client.text.ansi import plain, sanitise
from curses_client.text.later import later
from curses_client.text.lines import LineStore
from kernel.protocol.value import Value

# lines of a traceback up to which the message is not repeated below it: the pane shows the end of a longer one
_SHORT: Final = 12
# characters of all pieces that are taken apart; a traceback that is longer is one of hostile or endless text
_LONGEST: Final = 1 << 20

_HEADING: Final = later(r"\S+ +Traceback \(most recent call last\)\s*")
_LINKS: Final = {
    "The above exception was the direct cause of the following exception:": "caused by ",
    "During handling of the above exception, another exception occurred:": "while handling ",
}
_FRAME: Final = later(
    r"(?:File (?P<path>.+?):(?P<line>[0-9]{1,9})|Cell In ?\[(?P<count>[0-9]{1,9})\], line (?P<of_cell>[0-9]{1,9}))"
    r"(?:, in (?P<function>.*))?"
)
# a line of source with its number, that of the failing one behind an arrow
_NUMBERED: Final = later(r"(?:-*> ?| *)([0-9]{1,9})(?: |$)")
_INSTALLED: Final = later(r"/(?:site|dist)-packages/(?P<package>[^/]+?)(?:\.py)?(?:/|$)")
_STANDARD: Final = later(r"/lib(?:64|32)?/(?:python|pypy)3[.0-9]*t?/(?P<package>[^/]+?)(?:\.py)?(?:/|$)")
# what the key of a single frame's fold begins with
_ONE: Final = "frame "
_HEAD: Final = "\x1b[1;31m{}\x1b[0m"
_VALUES: Final = "\x1b[36m      ↳ {}\x1b[0m"
_DIM: Final = "\x1b[2m{}\x1b[0m"


class _Frame:
    def __init__(self, lines: list[Line], package: str = "", failing: Target | None = None) -> None:
        """Take its lines, of which library it is (none for the user's own code), and where it failed."""
        self.lines = lines
        self.package = package
        self.failing = failing
        # what is known of the values there
        self.values = ""
        # what folds it to its first line, if it has more
        self.fold: Fold | None = None

    def shown(self, *, is_folded: bool) -> list[Line]:
        """Return its lines, with the values behind the failing one."""
        if is_folded:
            values = [Line(self.values, self.fold)] if self.values else []
            return [Line(_DIM.format(f"… {plain(self.lines[0].text)}"), self.fold), *values]
        if not self.values:
            return self.lines
        place = max((n for n, line in enumerate(self.lines) if line.target == self.failing), default=0)
        return [*self.lines[: place + 1], Line(self.values, self.failing), *self.lines[place + 1 :]]


class _Raised(Value):
    """One exception: its last line, where it was raised, and how the one before in the list follows from it."""

    head: list[str]
    frames: list[_Frame]
    link: str = ""


class Traceback:
    """An error of a cell."""

    ends_open = True

    def __init__(self, ename: str, evalue: str, traceback: Sequence[str], *, folds: bool = True) -> None:
        """Take an error message's content; with `folds` off, all frames are shown."""
        last = f"{ename}: {evalue}" if evalue else ename
        self.ename, self.evalue, self.traceback = ename, evalue, list(traceback)
        self._raised = _parsed(last, list(traceback))
        self._folds = folds
        self._opened: frozenset[str] = frozenset()
        # single frames that were folded
        self._closed: frozenset[str] = frozenset()
        for number, raised in enumerate(self._raised):
            for place, frame in enumerate(raised.frames):
                frame.fold = Fold(f"{_ONE}{number} {place}") if len(frame.lines) > 1 else None
        self._lines = list(self._all_lines())

    def __len__(self) -> int:
        return len(self._lines)

    def line(self, index: int) -> str:
        """Return a stored line."""
        return self._lines[index][0].text

    def slice(self, start: int, stop: int) -> list[str]:
        """Return lines."""
        return [line.text for line, _ in self._lines[max(start, 0) : max(stop, 0)]]

    def target(self, index: int) -> Target | None:
        """Return the frames that a line stands for, or the place in the code that it names."""
        return self._lines[index][0].target

    def failing(self, index: int) -> Target | None:
        """Return where the frame failed that a line belongs to."""
        frame = self._lines[index][1]
        return frame.failing if frame is not None else None

    def fold(self, index: int) -> Fold | None:
        """Return what folds the frame that a line belongs to."""
        frame = self._lines[index][1]
        return frame.fold if frame is not None else None

    def annotate(self, failing: Target, values: str) -> None:
        """Show the values behind the line in which a frame failed."""
        for frame in (frame for raised in self._raised for frame in raised.frames if frame.failing == failing):
            frame.values = _VALUES.format(values)
        self._lines = list(self._all_lines())

    def toggle(self, key: str) -> None:
        """Show the frames of a library, or a single one, or fold them."""
        if key.startswith(_ONE):
            self._closed ^= {key}
        else:
            # with everything open, one of them is closed by closing all
            self._opened = frozenset() if self._opened is EVERYTHING else self._opened ^ {key}
        self._lines = list(self._all_lines())

    def open_all(self) -> None:
        """Show all frames."""
        self._opened, self._closed = EVERYTHING, frozenset()
        self._lines = list(self._all_lines())

    def close_all(self) -> None:
        """Fold the frames of all libraries."""
        self._opened = self._closed = frozenset()
        self._lines = list(self._all_lines())

    def whole(self) -> list[str]:
        """Return all lines, those of folded frames included."""
        return [line.text for line, _ in self._all_lines(is_whole=True)]

    def _all_lines(self, *, is_whole: bool = False) -> Iterator[tuple[Line, _Frame | None]]:
        """Yield every line that is shown, or with `is_whole` could be, and the frame that it belongs to."""
        count = 0
        for number, raised in enumerate(self._raised):
            if number:
                yield Line(""), None
            link = _DIM.format(raised.link) if raised.link else ""
            for place, text in enumerate(raised.head):
                yield Line((link if not place else "") + _HEAD.format(text)), None
            for found in self._frame_lines(number, raised, is_whole=is_whole):
                count += 1
                yield found
        if count > _SHORT and self._raised[0].head:
            yield Line(_HEAD.format(self._raised[0].head[0])), None

    def _frame_lines(self, number: int, raised: _Raised, *, is_whole: bool) -> Iterator[tuple[Line, _Frame | None]]:
        is_mine = any(not frame.package for frame in raised.frames)
        start = 0
        for is_library, group in groupby(raised.frames, lambda frame: bool(frame.package)):
            frames = list(group)
            start += len(frames)
            # the innermost one is better than nothing
            shown = frames[-1:] if is_library and not is_mine and start == len(raised.frames) else []
            if is_library and self._folds and len(frames) > len(shown):
                key = f"frames {number} {start}"
                folded = frames[: len(frames) - len(shown)]
                is_open = is_whole or key in self._opened or self._opened is EVERYTHING
                yield Line(_DIM.format(f"{'▾' if is_open else '…'} {_summary(folded)}"), Fold(key)), None
                frames = frames if is_open else shown
            for frame in frames:
                is_folded = not is_whole and frame.fold is not None and frame.fold.key in self._closed
                yield from ((line, frame) for line in frame.shown(is_folded=is_folded))


def error_text(ename: str, evalue: str, traceback: Sequence[str]) -> str:
    """Return all of an error as text with colours."""
    whole = Traceback(ename, evalue, traceback, folds=False)
    return "\n".join(whole.slice(0, len(whole)))


def _summary(frames: list[_Frame]) -> str:
    packages = list(dict.fromkeys(frame.package for frame in frames))
    named = ", ".join(packages[:3]) + (" and others" if len(packages) > 3 else "")
    return f"{len(frames)} frame{'s' if len(frames) > 1 else ''} in {named}"


# ---- taking pieces apart -------------------------------------------------------------------------------------


def _parsed(last: str, pieces: list[str]) -> list[_Raised]:
    """Return the exceptions of a traceback, the newest first."""
    if sum(map(len, pieces)) > _LONGEST:
        pieces = [_shortened(pieces)]
    text = "\n".join(map(plain, pieces))
    if groups.is_group(text):
        return [_of_group(found) for found in groups.raised(text, _LINKS)]
    parts: list[tuple[list[str], str]] = []
    part: list[str] = []
    for piece in pieces:
        link = _LINKS.get(plain(piece).strip())
        if link is None:
            part.append(piece)
        else:
            parts.append((part, link))
            part = []
    newest = _raised(part, last)
    return [newest, *(_raised(part, link=link) for part, link in reversed(parts))]


def _of_group(found: groups.Raised) -> _Raised:
    label = (f"{found.number}. " if found.number else "") + _LINKS.get(found.link, "")
    return _Raised([sanitise(line) for line in found.message], list(map(_frame, found.frames)), label)


def _shortened(pieces: list[str]) -> str:
    text = "\n".join(pieces)
    return f"{text[: _LONGEST // 2]}\n…\n{text[-_LONGEST // 2 :]}"


def _raised(pieces: list[str], last: str | None = None, link: str = "") -> _Raised:
    """Return one exception; `last` is its last line where that is known."""
    rule = plain(pieces[0]).strip() if len(pieces) > 1 else ""
    if rule and not rule.strip("-"):
        del pieces[: 2 if "Traceback" in plain(pieces[1]) else 1]
    elif pieces and _HEADING.fullmatch(plain(pieces[0]).rstrip("\n")):
        del pieces[0]
    if last is None:
        last = _bare(pieces.pop()) if pieces else ""
    elif last and pieces and plain(pieces[-1]).startswith(last.split("\n")[0]):
        pieces.pop()
    elif len(pieces) == 1 and plain(pieces[0]).rstrip().split("\n")[-1].startswith(last.partition(":")[0]):
        # a syntax error is one piece: place and message together
        pieces = ["\n".join(pieces[0].rstrip().split("\n")[:-1])]
    frames = [_frame(piece) for piece in pieces if plain(piece).strip()]
    return _Raised([sanitise(line) for line in last.split("\n")], frames, link)


def _bare(piece: str) -> str:
    return "\n".join(plain(line) for line in _stored(piece))


def _stored(piece: str) -> list[str]:
    """Return untrusted text as stored lines."""
    store = LineStore()
    store.feed(piece.rstrip("\n"))
    store.end()
    return store.slice(0, len(store))


def _frame(piece: str) -> _Frame:
    lines = _stored(piece)
    found = _FRAME.fullmatch(plain(lines[0]).strip()) if lines else None
    if found is None:
        return _Frame([Line(text) for text in lines])
    path, count = found["path"], found["count"]
    if path is not None and path.startswith("<"):
        # code that is in no file: <string>, <frozen runpy>
        return _Frame([Line(text) for text in lines], package_of(path))
    here = int(found["line"] or found["of_cell"])
    shown = []
    for text in lines:
        numbered = _NUMBERED.match(plain(text))
        line = int(numbered[1]) if numbered and text is not lines[0] else here
        shown.append(Line(text, Place(path, line) if path is not None else CellLine(int(count), line)))
    failing = Place(path, here) if path is not None else CellLine(int(count), here)
    return _Frame(shown, package_of(path) if path is not None else "", failing)


def package_of(path: str) -> str:
    """Return the library that a file belongs to, empty for the user's own."""
    library = _INSTALLED.search(path) or _STANDARD.search(path)
    if library is not None:
        return library["package"]
    if path.startswith("<frozen "):
        return path[len("<frozen ") :].rstrip(">").partition(".")[0]
    # compiled from Cython, whose files are named as they were in its source tree
    return path.partition("/")[0] if path.endswith((".pyx", ".pxi", ".pxd")) and path[0] not in "/~" else ""
