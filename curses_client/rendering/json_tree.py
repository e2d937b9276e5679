"""JSON as a tree: what is deep or long is folded, and opens."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from curses_client.rendering.colours import BOLD, DIM, code_style
from curses_client.rendering.folds import is_open
from curses_client.rendering.plain import note
from curses_client.rendering.wrapping import row_columns, stored, wrapped
from curses_client.shown import Fold, Line
from curses_client.text.ansi import PLAIN, Style, sanitise
from curses_client.text.width import Row, columns, fit

# closed by default: what is deeper, or has more children
_DEPTH: Final = 2
_CHILDREN: Final = 20
# an open one with more children has them in groups of this many, and these in groups
_GROUP: Final = 100
_LINES: Final = 20_000
_DEEPEST: Final = 100
_KEY: Final = 60
_STRING: Final = 200
_LONGEST: Final = 20_000
_PREVIEW: Final = 60

_OPEN: Final = "▾ "
_CLOSED: Final = "▸ "
_LEAF: Final = "  "


class _Node(NamedTuple):
    key: str
    label: Row
    value: Any
    depth: int
    # how deep it is seen to be: groups count here only
    indent: int


def tree_lines(value: Any, cols: int, colors: int, opened: frozenset[str], expanded: bool = False) -> list[Line]:
    """Return a JSON value as lines of at most `cols` columns; keys of folds are JSON pointers (RFC 6901).

    A fold is open or closed by default, and the other one if its key is in `opened`; `expanded` has all that are
    not too long open by default.
    """
    tree = _Tree(max(cols, 8), colors, opened, expanded)
    lines: list[Line] = []
    for line in tree.lines(_Node("", [], value, 0, 0)):
        if len(lines) >= _LINES:
            lines.append(note("… more lines: close some folds"))
            break
        lines.append(line)
    return lines


class _Tree:
    def __init__(self, cols: int, colors: int, opened: frozenset[str], expanded: bool) -> None:
        self._cols = cols
        self._opened = opened
        self._expanded = expanded
        self._key = code_style("key", colors)
        self._number = code_style("number", colors)
        self._string = code_style("string", colors)
        self._constant = code_style("decorator", colors)

    def lines(self, node: _Node) -> Iterator[Line]:
        """Yield the lines of a value and of all that is open below it."""
        value = node.value
        if isinstance(value, dict | list) and value and not self._fits(node):
            yield from self._container(node)
        elif isinstance(value, str) and len(value) > _STRING:
            yield from self._text(node)
        else:
            yield self._line(node, _LEAF, self._short(value, self._room(node)), None)

    def _container(self, node: _Node) -> Iterator[Line]:
        count = len(node.value)
        by_default = count <= _CHILDREN and (self._expanded or node.depth < _DEPTH)
        opens = is_open(node.key, self._opened, by_default)
        fold = Fold(node.key)
        if not opens or node.indent >= _DEEPEST:
            yield self._line(node, _CLOSED, self._preview(node.value, self._room(node)), fold)
            return
        brackets = "{}" if isinstance(node.value, dict) else "[]"
        yield self._line(node, _OPEN, [(DIM, f"{brackets[0]}{count:,}{brackets[1]}")], fold)
        yield from self._members(node, range(count))

    def _members(self, node: _Node, which: range) -> Iterator[Line]:
        """Yield the lines of children, in groups if they are many."""
        size = 1
        while len(which) > _GROUP * size:
            size *= _GROUP
        if size > 1:
            for start in range(which.start, which.stop, size):
                yield from self._group(node, range(start, min(start + size, which.stop)))
            return
        names: Sequence[Any] = list(node.value)[which.start : which.stop] if isinstance(node.value, dict) else which
        for name in names:
            label = self._label(name, isinstance(node.value, dict))
            yield from self.lines(
                _Node(f"{node.key}/{_escaped(name)}", label, node.value[name], node.depth + 1, node.indent + 1)
            )

    def _group(self, node: _Node, which: range) -> Iterator[Line]:
        # no JSON pointer has an empty name before a range
        key = f"{node.key}//{which.start}-{which.stop}"
        opens = is_open(key, self._opened)
        head = node._replace(label=[(DIM, f"{which.start:,}…{which.stop - 1:,}")], indent=node.indent + 1)
        yield self._line(head, _OPEN if opens else _CLOSED, [], Fold(key))
        if opens:
            yield from self._members(node._replace(indent=node.indent + 1), which)

    def _text(self, node: _Node) -> Iterator[Line]:
        """Yield the lines of a long string: its beginning, or all of it below."""
        fold = Fold(node.key)
        text = node.value
        size = f" {len(text):,} characters"
        if not is_open(node.key, self._opened):
            head = fit(sanitise(text[:_STRING]), max(self._room(node) - len(size) - 2, 4))
            yield self._line(node, _CLOSED, [(self._string, f'"{head.rstrip("…")}…"'), (DIM, size)], fold)
            return
        yield self._line(node, _OPEN, [(DIM, size.strip())], fold)
        margin = " " * min(2 * node.indent + 4, self._cols // 2)
        for line in text[:_LONGEST].split("\n"):
            for row in wrapped([(self._string, sanitise(line))], self._cols - len(margin)):
                yield Line(stored([(PLAIN, margin), *row]))
        if len(text) > _LONGEST:
            yield note(f"{margin}… {len(text) - _LONGEST:,} more characters")

    def _line(self, node: _Node, mark: str, row: Row, fold: Fold | None) -> Line:
        between: Row = [(DIM, ": ")] if node.label and row else []
        whole = [(PLAIN, " " * self._indent(node)), (DIM, mark), *node.label, *between, *row]
        if row_columns(whole) > self._cols:
            whole = _cut(whole, self._cols)
        return Line(stored(whole), fold)

    def _indent(self, node: _Node) -> int:
        return min(2 * node.indent, self._cols // 2)

    def _room(self, node: _Node) -> int:
        return max(self._cols - self._indent(node) - 4 - row_columns(node.label), 8)

    def _label(self, name: str | int, is_key: bool) -> Row:
        return [(self._key, fit(sanitise(str(name)[: 2 * _KEY]), _KEY))] if is_key else [(DIM, str(name))]

    def _fits(self, node: _Node) -> bool:
        """Whether an array of numbers and the like fits on its line."""
        value = node.value
        if not isinstance(value, list) or len(value) > _PREVIEW or node.depth == 0:
            return False
        if any(isinstance(item, dict | list) and item for item in value):
            return False
        return row_columns(self._preview(value, 1 << 16)) <= min(self._room(node), 2 * _PREVIEW)

    def _short(self, value: Any, room: int) -> Row:
        """Return a value on one line."""
        if isinstance(value, dict | list):
            return self._preview(value, room)
        if isinstance(value, str):
            text = json.dumps(value[: _STRING + 1], ensure_ascii=False)
            return [(self._string, fit(sanitise(text), room))]
        style, text = self._scalar(value)
        return [(style, fit(text, room))]

    def _scalar(self, value: Any) -> tuple[Style, str]:
        if value is None or isinstance(value, bool):
            return self._constant, json.dumps(value)
        if isinstance(value, int) and value.bit_length() > 1000:
            return self._number, "a number of more than 300 digits"
        return (self._number if isinstance(value, int | float) else BOLD), sanitise(str(value))

    def _preview(self, value: Any, room: int) -> Row:
        """Return the beginning of a container on one line, and how much there is of it."""
        is_dict = isinstance(value, dict)
        if not value:
            return [(PLAIN, "{}" if is_dict else "[]")]
        row: Row = [(DIM, "{" if is_dict else "[")]
        used = 1
        for number, name in enumerate(value):
            item = value[name] if is_dict else name
            piece: Row = [(DIM, ", ")] if number else []
            piece += [(self._key, fit(sanitise(str(name)[:_KEY]), _KEY // 2)), (DIM, ": ")] if is_dict else []
            if isinstance(item, dict | list) and item:
                piece.append((DIM, f"{{{len(item):,}}}" if isinstance(item, dict) else f"[{len(item):,}]"))
            else:
                piece += self._short(item, _PREVIEW // 2)
            width = row_columns(piece)
            if used + width > room - 12:
                row.append((DIM, f"{', ' if number else ''}…{'}' if is_dict else ']'} {len(value):,}"))
                return row
            row += piece
            used += width
        return [*row, (DIM, "}" if is_dict else "]")]


def _escaped(name: str | int) -> str:
    return str(name).replace("~", "~0").replace("/", "~1")


def _cut(row: Row, cols: int) -> Row:
    found: Row = []
    for style, text in row:
        shown = fit(text, cols)
        found.append((style, shown))
        cols -= columns(shown)
        if cols <= 0:
            break
    return found
