"""A selection of columns: what it takes of each line, and what is done with that."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.text.width import column_of, columns, index_at, next_grapheme
from curses_client.vi import places, putting, registers
from curses_client.vi.operators import inserting
from curses_client.vi.places import FAR
from curses_client.vi.values import Block, Extent, Register, Scene, Vi
from kernel.protocol.value import Value

Apply = Callable[[Scene, Block], Scene]


class Blocked(Value):
    """A row of the table: keys, what they do with a block, and their help."""

    keys: tuple[str, ...]
    apply: Apply
    help: str


# ---- which columns -----------------------------------------------------------------------------------------


def block_of(vi: Vi, text: str, at: int, goal: int | None) -> Block:
    """Return the block between where the selection began and the cursor; behind $ it goes on to the lines' ends."""
    ends = (min(vi.anchor, len(text)), at)
    first, last = sorted(places.row_of(text, end) for end in ends)
    left = min(places.column(text, end) for end in ends)
    right = max(max(places.column(text, places.after(text, end)) - 1, places.column(text, end)) for end in ends)
    return Block(first, last, left, FAR if goal == FAR else right)


def part_of(line: str, block: Block) -> tuple[int, int]:
    """Return the part of a line that is in a block; in a shorter one it is empty, at its end."""
    start = index_at(line, block.left)
    end = len(line) if block.right == FAR else next_grapheme(line, index_at(line, block.right))
    return start, max(end, start)


def parts_of(vi: Vi, text: str, at: int, goal: int | None) -> dict[int, tuple[int, int]]:
    """Return what is selected in each row."""
    block = block_of(vi, text, at, goal)
    lines = text.split("\n")
    return {row: part_of(lines[row], block) for row in range(block.first, block.last + 1)}


def extent_of(block: Block) -> Extent:
    """Return how much a block is."""
    width = FAR if block.right == FAR else block.right - block.left + 1
    return Extent(block.last - block.first, width, linewise=False, is_block=True)


def extended(scene: Scene, extent: Extent) -> Block:
    """Return a block as large as one that was selected before, from the cursor on."""
    row, left = places.row_of(scene.text, scene.at), places.column(scene.text, scene.at)
    last = min(row + extent.lines, scene.text.count("\n"))
    return Block(row, last, left, FAR if extent.columns == FAR else left + extent.columns - 1)


# ---- what is done with them --------------------------------------------------------------------------------


def _edited(scene: Scene, block: Block, edit: Callable[[str, int, int], str]) -> Scene:
    """Change the part of each line that is in a block; the cursor goes to its first column."""
    lines = scene.text.split("\n")
    for row in range(block.first, block.last + 1):
        lines[row] = edit(lines[row], *part_of(lines[row], block))
    return _at_corner(replace(scene, text="\n".join(lines)), block)


def _at_corner(scene: Scene, block: Block) -> Scene:
    start = places.row_start(scene.text, block.first)
    return replace(scene, at=start + index_at(places.line_at(scene.text, start), block.left))


def _taken(scene: Scene, block: Block) -> str:
    """Return the parts of all lines; lines that do not reach the block are blanks, as in vim."""
    lines = scene.text.split("\n")[block.first : block.last + 1]
    right = max(map(columns, lines)) - 1 if block.right == FAR else block.right
    blank = " " * (right - block.left + 1)
    return "\n".join(line[slice(*part_of(line, block))] if _reaches(line, block) else blank for line in lines)


def _reaches(line: str, block: Block) -> bool:
    return columns(line) >= block.left


def _yank(scene: Scene, block: Block) -> Scene:
    return registers.yanked(_at_corner(scene, block), _taken(scene, block), False, is_block=True)


def _delete(scene: Scene, block: Block) -> Scene:
    scene = registers.deleted(scene, _taken(scene, block), False, is_block=True)
    return _edited(scene, block, lambda line, start, end: line[:start] + line[end:])


def _to_ends(apply: Apply) -> Apply:
    return lambda scene, block: apply(scene, replace(block, right=FAR))


def _change(scene: Scene, block: Block) -> Scene:
    return _inserting(_delete(scene, block), _reached(scene, block), block.left)


def _insert(scene: Scene, block: Block) -> Scene:
    return _inserting(_at_corner(scene, block), _reached(scene, block), block.left, block.left)


def _append(scene: Scene, block: Block) -> Scene:
    """Insert behind the block, in shorter lines behind as many blanks; or at the ends of all lines."""
    rows = tuple(range(block.first, block.last + 1))
    if block.right == FAR:
        end = places.line_end(scene.text, places.row_start(scene.text, block.first))
        return _inserting(replace(scene, at=end), rows, FAR, block.left)
    lines = scene.text.split("\n")
    left = block.right + 1
    lines[block.first] += " " * (left - columns(lines[block.first]))
    scene = _at_corner(replace(scene, text="\n".join(lines)), replace(block, left=left))
    return _inserting(scene, rows, left, block.left)


def _reached(scene: Scene, block: Block) -> tuple[int, ...]:
    """Return the rows that are long enough for a block."""
    lines = scene.text.split("\n")
    return tuple(row for row in range(block.first, block.last + 1) if _reaches(lines[row], block))


def _inserting(scene: Scene, rows: tuple[int, ...], column: int, corner: int | None = None) -> Scene:
    """Begin an insertion in the first line, which its end repeats in other rows."""
    scene = inserting(scene)
    others = tuple(row for row in rows if row > places.row_of(scene.text, scene.at))
    insertion = replace(scene.vi.insertion, rows=others, column=column, corner=corner)
    return replace(scene, vi=replace(scene.vi, insertion=insertion))


def _replaced(scene: Scene, block: Block) -> Scene:
    put = scene.command.argument
    return _edited(scene, block, lambda line, start, end: line[:start] + put * (end - start) + line[end:])


def _cased(case: Callable[[str], str]) -> Apply:
    def edit(line: str, start: int, end: int) -> str:
        return line[:start] + case(line[start:end]) + line[end:]

    return lambda scene, block: _edited(scene, block, edit)


def _put_over(keep: bool) -> Apply:
    """Put a register's text in the place of a block: a block there, a part of a line in each line."""

    def apply(scene: Scene, block: Block) -> Scene:
        value = registers.register(scene.vi, scene.command.register) or Register("")
        before, unnamed = scene.vi, replace(scene, command=replace(scene.command, register=""))
        scene = replace(_delete(unnamed, block), command=scene.command)
        scene = scene if keep else replace(scene, vi=before)
        if value.linewise:
            return putting.put_value(replace(scene, at=places.row_start(scene.text, block.last)), value, True, True)
        if not value.is_block and "\n" not in value.text:
            return _put_into_each(scene, block, value.text * putting.bounded(scene.command.times, value.text))
        column = column_of(places.line_at(scene.text, scene.at), scene.at - places.line_start(scene.text, scene.at))
        return putting.put_value(scene, value, column < block.left, True)

    return apply


def _put_into_each(scene: Scene, block: Block, text: str) -> Scene:
    """Put a part of a line into each line that is long enough; the cursor goes to the end of the first one."""
    lines = scene.text.split("\n")
    for row in _reached(scene, block):
        at = index_at(lines[row], block.left)
        lines[row] = lines[row][:at] + text + lines[row][at:]
    scene = _at_corner(replace(scene, text="\n".join(lines)), block)
    return replace(scene, at=places.before(scene.text, scene.at + len(text))) if text else scene


def other_corner(scene: Scene, block: Block) -> Scene:
    """Go to the other corner in the same line, as far as that is long enough."""
    text, right = scene.text, max(places.column(scene.text, at) for at in (scene.vi.anchor, scene.at))
    begun, start = places.line_start(text, scene.vi.anchor), places.line_start(text, scene.at)
    left, at = block.left, start + index_at(places.line_at(text, start), right)
    if at == scene.at:
        left, at = right, start + index_at(places.line_at(text, start), block.left)
    vi = replace(scene.vi, anchor=begun + index_at(places.line_at(text, begun), left))
    return replace(scene, vi=vi, at=at, goal=None)


def _b(keys: str, apply: Apply, text: str) -> Blocked:
    return Blocked(tuple(keys.split(", ")), apply, text)


BLOCKS: Final = (
    _b("d, x, X, delete", _delete, "delete the columns"),
    _b("D", _to_ends(_delete), "delete them, and all that is right of them"),
    _b("c, s", _change, "change them in all lines alike"),
    _b("C", _to_ends(_change), "change them, and all that is right of them"),
    _b("y, Y", _yank, "yank the columns"),
    _b("I", _insert, "insert before them in each line"),
    _b("A", _append, "insert behind them in each line; behind $, at the ends of the lines"),
    _b("r", _replaced, "put a character in the place of each"),
    _b("~, g~", _cased(str.swapcase), "swap case"),
    _b("u, gu", _cased(str.lower), "lower case"),
    _b("U, gU", _cased(str.upper), "upper case"),
    _b("p", _put_over(True), "put a register's text in their place"),
    _b("P", _put_over(False), "the same, and keep the registers"),
    _b("O", other_corner, "go to the other corner in the line"),
)
BY_KEY: Final = {key: row for row in BLOCKS for key in row.keys}
