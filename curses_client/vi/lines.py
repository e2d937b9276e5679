"""The commands that are typed behind a colon."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.text.patience import TooSlow, limited
from curses_client.text.pattern import compiled
from curses_client.vi import operators, places, registers
from curses_client.vi.machine import settled
from curses_client.vi.values import Command, Named, Open, Run, Say, Scene, Span, Write
from kernel.protocol.value import Value

_PLACE: Final = r"(?:\d+|[.$]|'[a-z<>])(?:[+-]\d*)*|(?:[+-]\d*)+"
_LINE: Final = re.compile(
    rf"\s*:*\s*(?P<range>%|(?:{_PLACE})?(?:,(?:{_PLACE})?)?)\s*(?P<name>[a-z]+!?|[<>]|)(?P<rest>.*)",
    re.DOTALL,
)
# the name of a command of the client
_NAME: Final = re.compile(r"[a-z]+(?:-[a-z]+)+")
_OFFSET: Final = re.compile(r"([+-])(\d*)")


class Line(Value):
    """A row of the table: names, what is done with a range of rows and the rest of the line, and its help."""

    names: tuple[str, ...]
    apply: Callable[[Scene, range, str], Scene]
    usage: str
    help: str


def carried_out(scene: Scene, line: str) -> Scene:
    """Do what a line says."""
    found = _LINE.fullmatch(line)
    if found is None or not line.strip(" :"):
        return scene
    if len(found["range"]) > 40:
        return _said(scene, "that is too long a range")
    if _NAME.fullmatch(line.strip(" :")):
        return _named(scene, line)
    rows = _rows(scene, found["range"])
    if rows is None:
        return _said(scene, f"there are no such lines: {found['range']}")
    if not found["name"] and not found["rest"]:
        return settled(replace(scene, at=_first(scene.text, rows[-1]), goal=None))
    row = BY_NAME.get(found["name"])
    if row is None:
        return _named(scene, line)
    after = row.apply(replace(scene, command=Command(":")), rows, found["rest"])
    marks = places.moved_marks(after.vi.marks, scene.text, after.text)
    return settled(replace(after, goal=None, vi=replace(after.vi, marks=marks)))


def _named(scene: Scene, line: str) -> Scene:
    return replace(scene, asked=(*scene.asked, Named(line.strip(" :"))))


def _said(scene: Scene, text: str) -> Scene:
    return replace(scene, asked=(*scene.asked, Say(text)))


def _first(text: str, row: int) -> int:
    return places.first_character(text, places.row_start(text, row))


# ---- ranges ------------------------------------------------------------------------------------------------


def _rows(scene: Scene, text: str) -> range | None:
    """Return the rows of a range; None if there are none such."""
    last = scene.text.count("\n")
    if text == "%":
        return range(last + 1)
    ends = [_row(scene, part) for part in text.split(",")] if text else [_row(scene, "")]
    found = [row for row in ends if row is not None]
    if len(found) < len(ends):
        return None
    first, end = min(found), max(found)
    # a line that is gone to may be behind the end, as G's
    return range(min(max(first, 0), last), min(max(end, 0), last) + 1)


def _row(scene: Scene, text: str) -> int | None:
    offsets = sum(int(sign + (digits or "1")) for sign, digits in _OFFSET.findall(text))
    place = _OFFSET.sub("", text)
    if place.isdecimal():
        return int(place) - 1 + offsets
    if place == "$":
        return scene.text.count("\n") + offsets
    at = _marked(scene, place[1:]) if place.startswith("'") else scene.at
    return None if at is None else places.row_of(scene.text, min(at, len(scene.text))) + offsets


def _marked(scene: Scene, name: str) -> int | None:
    if name not in "<>":
        return scene.vi.marks.get(name)
    selected = scene.vi.selected
    ends = sorted((selected.anchor, selected.at)) if selected is not None else None
    return None if ends is None else ends[name == ">"]


def _span(scene: Scene, rows: range) -> Span:
    return Span(places.row_start(scene.text, rows[0]), places.row_start(scene.text, rows[-1]), linewise=True)


# ---- commands ----------------------------------------------------------------------------------------------


def _substitute(scene: Scene, rows: range, rest: str) -> Scene:
    parts = _parts(rest)
    if parts is None:
        return _said(scene, ":s/pattern/replacement/ puts one text in the place of another, with g in all places")
    sought, put, flags = parts
    if set(flags) - set("gi"):
        return _said(scene, f"s has the flags g and i, and not {flags}")
    pattern = compiled(sought or scene.vi.sought).regex
    if "i" in flags:
        pattern = re.compile(pattern.pattern, pattern.flags | re.IGNORECASE)
    start, end = operators.lines_of(scene.text, _span(scene, rows))
    try:
        with limited():
            lines, count, last = _replaced(scene.text[start:end].split("\n"), pattern, put, 0 if "g" in flags else 1)
    except TooSlow:
        return _said(scene, "this expression takes too long · try a simpler one")
    except (re.error, IndexError) as error:
        return _said(scene, f"the replacement cannot be used: {error}")
    vi = replace(scene.vi, sought=sought or scene.vi.sought, towards=1, shows_hits=True)
    if not count:
        return _said(replace(scene, vi=vi), f"not found: {vi.sought}")
    text = scene.text[:start] + "\n".join(lines) + scene.text[end:]
    scene = replace(scene, vi=vi, text=text, at=places.row_start(text, rows[0] + last))
    return _said(scene, f"{count} replaced") if count > 1 else scene


def _parts(rest: str) -> tuple[str, str, str] | None:
    """Return pattern, replacement and flags; what separates them is the first character."""
    if not rest or rest[0].isalnum() or rest[0] in ' \\"':
        return None
    mark = re.escape(rest[0])
    found = re.fullmatch(rf"{mark}((?:\\.|(?!{mark}).)*){mark}((?:\\.|(?!{mark}).)*)(?:{mark}(.*))?", rest)
    if found is None:
        return None
    pattern, put = (part.replace("\\" + rest[0], rest[0]) for part in found.group(1, 2))
    return pattern, _template(put), (found[3] or "").strip()


def _template(text: str) -> str:
    """Return a replacement as `re` has it: & is what was found, and so is \\0."""
    return re.sub(r"\\?&|\\0", lambda found: r"\g<0>" if found.group() != r"\&" else "&", text)


def _replaced(lines: list[str], pattern: re.Pattern[str], put: str, most: int) -> tuple[list[str], int, int]:
    """Return the lines with what was found replaced, how often, and the last row of them where it was."""
    total, last, result, height = 0, 0, [], 0
    for line in lines:
        changed, count = pattern.subn(put, line, count=most)
        result.append(changed)
        height += changed.count("\n") + 1
        if count:
            total, last = total + count, height - 1
    return result, total, last


def _delete(scene: Scene, rows: range, rest: str) -> Scene:
    return _with_register(scene, rest, lambda scene: operators.delete(scene, _span(scene, rows)))


def _yank(scene: Scene, rows: range, rest: str) -> Scene:
    at = scene.at
    return _with_register(scene, rest, lambda scene: replace(operators.yank(scene, _span(scene, rows)), at=at))


def _with_register(scene: Scene, rest: str, apply: Callable[[Scene], Scene]) -> Scene:
    name = rest.strip()
    if name and name not in registers.NAMES:
        return _said(scene, f"there is no register {name}")
    return apply(replace(scene, command=Command(":", register=name)))


def _of(key: str) -> Callable[[Scene, range, str], Scene]:
    return lambda scene, rows, rest: operators.BY_KEY[key].apply(scene, _span(scene, rows))


def _write(scene: Scene, rows: range, rest: str) -> Scene:
    if not rest.strip():
        return replace(scene, asked=(*scene.asked, Run("file-save")))
    return replace(scene, asked=(*scene.asked, Write(rest.strip())))


def _edit(scene: Scene, rows: range, rest: str) -> Scene:
    if not rest.strip():
        return replace(scene, asked=(*scene.asked, Run("file-open")))
    return replace(scene, asked=(*scene.asked, Open(rest.strip())))


def _asking(command: str) -> Callable[[Scene, range, str], Scene]:
    return lambda scene, rows, rest: replace(scene, asked=(*scene.asked, Run(command)))


def _no_hits(scene: Scene, rows: range, rest: str) -> Scene:
    return replace(scene, vi=replace(scene.vi, shows_hits=False))


# options that can be set: what is asked of the client to turn each on, and off
_OPTIONS: Final = {"wrap": ("vi-wrap", "vi-no-wrap")}
_HITS: Final = frozenset({"hlsearch", "hls"})


def _set(scene: Scene, rows: range, rest: str) -> Scene:
    """Turn an option on or off."""
    given = rest.strip()
    name = given.removeprefix("no")
    if name in _HITS:
        return replace(scene, vi=replace(scene.vi, shows_hits=name == given))
    if name in _OPTIONS:
        return replace(scene, asked=(*scene.asked, Run(_OPTIONS[name][name != given])))
    what = f"no option {given}" if given else "few options"
    return _said(scene, f"{what} · :set has wrap and hlsearch, config.toml others")


LINES: Final = (
    Line(("w", "write", "w!"), _write, ":w", "save the file; with a name, write the text to another one"),
    Line(("wq", "x", "wq!", "xit"), _asking("vi-save-and-leave"), ":wq, :x", "save the file and close it"),
    Line(("e", "edit"), _edit, ":e FILE", "open a file"),
    Line(("q", "quit", "q!", "qa", "quit!"), _asking("vi-leave"), ":q", "leave, after asking"),
    Line(("s", "substitute"), _substitute, ":s/a/b/, :%s/a/b/g", "replace in the line; all, everywhere"),
    Line(("d", "delete"), _delete, ":d, :2,5d", "delete lines"),
    Line(("y", "yank"), _yank, ":y, :%y+", "yank lines; + is the clipboard"),
    Line((">",), _of(">"), ":>", "indent lines"),
    Line(("<",), _of("<"), ":<", "indent lines less"),
    Line(("noh", "nohlsearch"), _no_hits, ":noh", "mark what was searched for no longer"),
    Line(("se", "set"), _set, ":set nowrap, :set nohls", "move long lines under the cursor; mark no hits"),
    Line(("h", "help"), _asking("help"), ":help", "show this help"),
)
BY_NAME: Final = {name: row for row in LINES for name in row.names}
