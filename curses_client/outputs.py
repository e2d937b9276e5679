"""The parts of a cell as lines: its source and runs of output, long ones folded until somebody opens them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from curses_client.bundle import PICTURES, VIEW, data_of, text_of
from curses_client.shown import ALL_COLUMNS, EVERYTHING, Fold, Line, Look, Rendered, Target, Transmission
from curses_client.text.ansi import plain
from curses_client.text.lines import BLOCK, LineStore
from curses_client.tracebacks import Traceback

OutputKind = Literal["stdout", "stderr", "result", "display", "error", "page"]
PartKind = Literal["source"] | OutputKind

# a part of more lines is folded to its first and its last ones
LONG: Final = 100
HEAD: Final = 10
TAIL: Final = 40
_LONG_SOURCE: Final = 60
_SOURCE_TAIL: Final = 5
# blank lines up to which the line before them is looked for
_BLANK: Final = 100
# the key of what folds a long part away
_MIDDLE: Final = Fold("middle")


Render = Callable[[Mapping[str, Any], Mapping[str, Any], Look, frozenset[str]], Rendered]
"""Makes lines of a MIME bundle and its metadata, with the folds of these keys open."""


def _as_text(bundle: Mapping[str, Any], metadata: Mapping[str, Any], look: Look, opened: frozenset[str]) -> Rendered:
    """Return the text of a value, and a word about its picture."""
    store = _stored(text_of(bundle))
    return Rendered(tuple(map(Line, store.slice(0, len(store)))))


class Pane:
    """What all outputs of a session are shown in: how they are to look, and whether the pane follows the end.

    While somebody reads further up, nothing is folded away: the lines being read would move.
    """

    def __init__(self, render: Render | None = None, *, folds: bool = True) -> None:
        """Take what renders rich values, or show their text; without `folds`, long parts are shown whole."""
        self.look = Look()
        self.render = render or _as_text
        # another one whenever lines may have become more or fewer without any new output
        self.stamp = object()
        self.folds = folds
        self.follows = True
        # how often an output, of any cell, was made to show something else
        self.refilled = 0
        # what was not folded meanwhile
        self._overgrown: list[Part] = []

    def leave_open(self, part: "Part") -> None:
        """Take in that a part has grown, and is to be folded later."""
        if not self._overgrown or self._overgrown[-1] is not part:
            self._overgrown.append(part)

    def fit(self, look: Look) -> bool:
        """Take in how outputs are to look; return whether that is new."""
        is_new = look != self.look
        if is_new:
            self.look = look
            self.stamp = object()
        return is_new

    def follow(self, follows: bool) -> bool:
        """Follow the end from now on, or do not; return whether parts were folded for it."""
        self.follows = follows
        if not follows or not self._overgrown:
            return False
        for part in self._overgrown:
            part.grown(self)
        self._overgrown = []
        self.stamp = object()
        return True


class Source:
    """The lines of a cell's source."""

    ends_open = True

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines

    def __len__(self) -> int:
        return len(self.lines)

    def line(self, index: int) -> str:
        """Return a line: printable text without styles."""
        return self.lines[index]

    def slice(self, start: int, stop: int) -> list[str]:
        """Return lines."""
        return list(self.lines[max(start, 0) : max(stop, 0)])

    def whole(self) -> Sequence[str]:
        """Return all lines."""
        return self.lines


class Rich:
    """A value in several forms, rendered for the pane when it is looked at, and anew when the pane changes."""

    ends_open = True

    def __init__(self, bundle: dict[str, Any], metadata: dict[str, Any], pane: Pane) -> None:
        self.bundle = bundle
        self.metadata = metadata
        self._pane = pane
        self._opened: frozenset[str] = frozenset()
        self._rendered: Rendered | None = None
        self._rendered_for: tuple[Look, frozenset[str]] | None = None
        self._whole: tuple[Look, list[str]] | None = None

    @property
    def version(self) -> int:
        """Changes with what it is fitted to."""
        return hash(self._pane.look)

    @property
    def rendered(self) -> Rendered:
        """The value as lines that fit the pane."""
        wanted = self._pane.look, self._opened
        if self._rendered is None or wanted != self._rendered_for:
            self._rendered = self._render(self._opened)
            self._rendered_for = wanted
        return self._rendered

    def _render(self, opened: frozenset[str]) -> Rendered:
        return self._pane.render(self.bundle, self.metadata, self._pane.look, opened)

    def __len__(self) -> int:
        return len(self.rendered.lines)

    def line(self, index: int) -> str:
        """Return a stored line."""
        return self.rendered.lines[index].text

    def slice(self, start: int, stop: int) -> list[str]:
        """Return lines."""
        return [line.text for line in self.rendered.lines[max(start, 0) : max(stop, 0)]]

    def target(self, index: int) -> Target | None:
        """Return what opens from a line."""
        return self.rendered.lines[index].target

    def toggle(self, key: str) -> None:
        """Open what is folded under a key, or fold it."""
        self._opened ^= {key}

    def open_all(self) -> None:
        """Open everything that is folded."""
        self._opened = EVERYTHING

    def close_all(self) -> None:
        """Fold everything as it is at first."""
        self._opened = frozenset()

    def whole(self) -> Sequence[str]:
        """Return all lines, what is folded included."""
        look = self._pane.look
        if self._whole is None or self._whole[0] is not look:
            rendered = self._render(EVERYTHING)
            self._whole = look, [line.text for line in rendered.lines]
        return self._whole[1]


Body = LineStore | Source | Rich | Traceback


@dataclass(slots=True)
class Part:
    """The source of a cell, or a run of output of one kind."""

    kind: PartKind
    body: Body = field(default_factory=LineStore)
    # not any more when it was cleared
    is_shown: bool = True
    # the widget model whose text it shows
    model_id: str = ""
    # whether it is shown whole, however long it is
    is_open: bool = False
    # the lines that are folded away: from the first of these numbers to before the second
    _hidden: tuple[int, int] = (0, 0)
    # nobody has read in it yet
    _was_empty: bool = True

    @property
    def hidden(self) -> int:
        """How many lines are folded away."""
        start, stop = self._hidden
        return stop - start

    @property
    def height(self) -> int:
        """How many lines are shown, with the one that stands for those that are not."""
        hidden = self.hidden
        return len(self.body) - hidden + 1 if hidden else len(self.body)

    def index(self, shown: int) -> int | None:
        """Return the number in the body of a line that is shown; None is the fold's own."""
        start, stop = self._hidden
        if shown < start or start == stop:
            return shown
        return None if shown == start else shown - 1 + stop - start

    def shown(self, index: int) -> int:
        """Return where a line of the body is shown, or the fold that it is in."""
        start, stop = self._hidden
        if index < start or start == stop:
            return index
        return start if index < stop else index + 1 - (stop - start)

    def line(self, shown: int) -> str:
        """Return a stored line."""
        index = self.index(shown)
        return self.body.line(index) if index is not None else f"… {self.hidden:,} lines"

    def wraps(self) -> bool:
        """Whether its lines are broken at the pane's edge: those of tables never are."""
        return not isinstance(self.body, Rich) or self.body.rendered.wraps

    def transmission(self) -> Transmission | None:
        """Return the picture that the terminal is to be given for its lines, if they are placeholders."""
        return self.body.rendered.transmission if isinstance(self.body, Rich) else None

    def held_cols(self, shown: int) -> int:
        """Return how many columns of a line stay where they are when lines are moved to the side: a table's index."""
        if not isinstance(self.body, Rich):
            return 0
        rendered = self.body.rendered
        return ALL_COLUMNS if rendered.lines[shown].stays else rendered.held_cols

    def header(self, shown: int) -> list[str]:
        """Return the stored lines of a table's header that are above one of its lines."""
        if not isinstance(self.body, Rich):
            return []
        start, stop = self.body.rendered.header
        return self.body.slice(start, stop) if stop <= shown else []

    def last_line(self) -> str:
        """Return the stored line that says how far a program is: the first that it rewrites, or its last with text."""
        count = len(self.body)
        current = self.body.current if isinstance(self.body, LineStore) else max(count - 1, 0)
        lines = [*self.body.slice(max(current - _BLANK, 0), current), *reversed(self.body.slice(current, count))]
        return next((line for line in reversed(lines) if plain(line).strip()), "")

    def target(self, shown: int) -> Target | None:
        """Return what opens from a line."""
        index = self.index(shown)
        if index is None:
            return _MIDDLE
        return self.body.target(index) if isinstance(self.body, (Rich, Traceback)) else None

    def frame(self, shown: int) -> Fold | None:
        """Return what folds the frame of a traceback that a line belongs to."""
        index = self.index(shown)
        return self.body.fold(index) if isinstance(self.body, Traceback) and index is not None else None

    @property
    def is_long(self) -> bool:
        """Whether it has more lines than are shown unasked."""
        # the others have folds of their own, and are not rendered before they are looked at
        return isinstance(self.body, (LineStore, Source)) and len(self.body) > self._bounds[0]

    @property
    def _bounds(self) -> tuple[int, int, int]:
        return (_LONG_SOURCE, HEAD, _SOURCE_TAIL) if self.kind == "source" else (LONG, HEAD, TAIL)

    def all_lines(self) -> Sequence[str]:
        """Return all stored lines, those that are folded away included."""
        return self.body.slice(0, len(self.body)) if isinstance(self.body, LineStore) else self.body.whole()

    def hidden_lines(self) -> Iterator[str]:
        """Yield the stored lines that the fold stands for."""
        start, stop = self._hidden
        for begin in range(start, stop, BLOCK):
            yield from self.body.slice(begin, min(begin + BLOCK, stop))

    @property
    def bundle(self) -> Mapping[str, Any]:
        """The value as it came; empty for what is no value."""
        return self.body.bundle if isinstance(self.body, Rich) else {}

    @property
    def picture_suffix(self) -> str:
        """The ending of a file with the picture that it shows; empty if it shows none."""
        mimes = self.body.bundle if isinstance(self.body, Rich) else ()
        return next((suffix for mime, suffix in PICTURES.items() if mime in mimes), "")

    def picture_data(self, path: str) -> bytes | None:
        """Return the picture for a file of this name, if it is one's: that in the form that the name asks for."""
        if not isinstance(self.body, Rich):
            return None
        wanted = [mime for mime, suffix in PICTURES.items() if path.lower().endswith(suffix)]
        return next((data for mime in wanted if (data := data_of(self.body.bundle, mime)) is not None), None)

    @property
    def removed(self) -> int:
        """How many control codes and invisible characters the terminal was spared."""
        return self.body.removed if isinstance(self.body, LineStore) else 0

    # ---- to be searched ----------------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """Changes when the lines do; what is folded counts as well."""
        return self.body.version if isinstance(self.body, (LineStore, Rich)) else 0

    @property
    def blocks(self) -> int:
        """How many blocks of lines there are, those of what is folded included."""
        return self.body.blocks if isinstance(self.body, LineStore) else -(-len(self.body.whole()) // BLOCK)

    @property
    def settled_blocks(self) -> int:
        """How many of them, from the first, cannot change any more."""
        if isinstance(self.body, Rich):
            return 0
        return self.body.frozen_blocks if isinstance(self.body, LineStore) else self.blocks

    def block(self, number: int) -> str:
        """Return the lines of a block without styles."""
        if isinstance(self.body, LineStore):
            return self.body.block(number)
        return "\n".join(map(plain, self.body.whole()[number * BLOCK : (number + 1) * BLOCK]))

    # ---- folding -----------------------------------------------------------------------------------------

    def toggle(self, fold: Fold, pane: Pane) -> None:
        """Open what is folded, or fold it."""
        if fold == _MIDDLE:
            self.fold(pane, opened=not self.is_open)
        elif isinstance(self.body, (Rich, Traceback)):
            self.body.toggle(fold.key)

    def fold(self, pane: Pane, *, opened: bool) -> None:
        """Show all of a long part, or its first and last lines."""
        self.is_open = opened
        self.grown(pane, again=True)

    def reveal(self, index: int, pane: Pane) -> None:
        """Show one of all its lines, whatever has to be opened for it: `shown` then tells where it is."""
        if isinstance(self.body, (Rich, Traceback)):
            self.body.open_all()
            return
        start, stop = self._hidden
        if start <= index < stop:
            self.fold(pane, opened=True)

    def conceal(self, pane: Pane) -> None:
        """Fold again what was opened to show one of its lines."""
        if isinstance(self.body, (Rich, Traceback)):
            self.body.close_all()
        else:
            self.fold(pane, opened=False)

    def grown(self, pane: Pane, *, again: bool = False) -> None:
        """Take in that the body has changed: fold what is too long, unless somebody reads there."""
        start, stop = self._hidden
        was_empty, self._was_empty = self._was_empty, not len(self.body) if isinstance(self.body, LineStore) else False
        if self.is_open or not pane.folds or not self.is_long:
            self._hidden = (0, 0)
            return
        _, head, tail = self._bounds
        end = len(self.body) - tail
        if again or pane.follows or end < stop or (start == stop and was_empty):
            self._hidden = (head, end)
        else:
            pane.leave_open(self)


def part_of(kind: OutputKind, bundle: dict[str, Any], metadata: dict[str, Any], pane: Pane) -> Part:
    """Return a value as an output."""
    part = Part(kind)
    _fill(part, bundle, metadata, pane)
    return part


def fill(part: Part, bundle: dict[str, Any], metadata: dict[str, Any], pane: Pane) -> None:
    """Have an output show a value in place of what it showed."""
    pane.refilled += 1
    _fill(part, bundle, metadata, pane)


def _fill(part: Part, bundle: dict[str, Any], metadata: dict[str, Any], pane: Pane) -> None:
    """Have an output show a value: as text where that is all there is."""
    if bundle.keys() <= _AS_TEXT:
        part.body = _stored(text_of(bundle))
    else:
        part.body = Rich(bundle, metadata, pane)
    part.grown(pane)


def show_text(part: Part, text: str, pane: Pane) -> None:
    """Have an output show text in place of what it showed."""
    pane.refilled += 1
    part.body = _stored(text)
    part.grown(pane)


def _stored(text: str) -> LineStore:
    store = LineStore()
    store.feed(text)
    store.end()
    return store


# what is shown as its text; a widget's view is what its model is made of later
_AS_TEXT: Final = frozenset({"text/plain", VIEW})
