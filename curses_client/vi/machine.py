"""The one door to the modes: a key goes in, and out comes the scene that it leaves, or None where it means nothing.

A key that means nothing here may mean something to the client.  Text that is inserted is the client's as well: its
keys edit, complete and indent in an insertion as they do without modes, and `typed_in` sees afterwards what came of it.
"""

from dataclasses import replace
from typing import Final

from curses_client.vi import block, inserting, macros, objects, operators, places
from curses_client.vi import motions as table
from curses_client.vi.actions import ACTION_BY_KEY, SELECTING_BY_KEY, SILENT, operated, remember_selection
from curses_client.vi.finding import word_pattern
from curses_client.vi.grammar import AGAIN, TYPED, read
from curses_client.vi.places import FAR
from curses_client.vi.selection import extended, extent_of, selected_span
from curses_client.vi.values import Change, Command, Extent, Insertion, Mode, Run, Say, Scene, Span, Type

# keys that have another name in vi
_ALIASES: Final = {
    "left": "h",
    "right": "l",
    "up": "k",
    "down": "j",
    "home": "0",
    "end": "$",
    "ctrl h": "backspace",
    "ctrl j": "j",
    "ctrl n": "j",
    "ctrl p": "k",
    "ctrl home": "gg",
    "ctrl end": "G",
    "ctrl left": "b",
    "ctrl right": "w",
}
_MODES: Final[dict[str, Mode]] = {"v": "visual", "V": "visual line", "ctrl v": "visual block"}
_EDGES: Final = {"j": "down", "k": "up"}
# a character that is no command
_NO_KEY: Final = "\u2400"
# motions that fail where they lead nowhere
_STOPPING: Final = frozenset({"h", "l", "w", "W", "e", "E"})
_NOT_FOUND: Final = frozenset("/?nN*#")


def press(scene: Scene, key: str) -> Scene | None:
    """Take a key."""
    if scene.vi.is_inserting:
        return _insert(scene, key)
    if key in ("esc", "ctrl c"):
        return _escaped(scene)
    scene = _not_waiting(scene)
    pending = scene.vi.pending
    if key == "q" and scene.vi.recording and not _is_given(pending):
        return macros.end(dropped(scene))
    keys = (*pending, *([_ALIASES[key]] if key in _ALIASES and not _is_given(pending) else [key]))
    command = read(keys, scene.vi.is_selecting)
    if command == "more":
        scene = replace(scene, vi=replace(scene.vi, pending=keys))
        return replace(scene, asked=(Type(key),)) if key in TYPED and not _is_given(pending) else scene  # type: ignore[arg-type]
    if command == "wrong":
        return replace(scene, vi=replace(scene.vi, pending=())) if pending else None
    return _carried_out(scene, command)


def given(scene: Scene, text: str) -> Scene:
    """Take the line that was typed for ``/`` or ``?``."""
    keys = (*scene.vi.pending, text)
    command = read(keys, scene.vi.is_selecting)
    if not isinstance(command, Command) or keys[-2:-1] not in (("/",), ("?",)):
        return dropped(scene)
    return _carried_out(scene, command)


def dropped(scene: Scene) -> Scene:
    """Forget the keys of a command that is not complete."""
    return replace(scene, vi=replace(scene.vi, pending=()))


def _is_given(pending: tuple[str, ...]) -> bool:
    """Whether the next key is a character that is given to a command."""
    return bool(pending) and (pending[-1] == '"' or isinstance(read((*pending, _NO_KEY), False), Command))


def _not_waiting(scene: Scene) -> Scene:
    """Forget a search whose line was left."""
    return dropped(scene) if scene.vi.pending[-1:] in (("/",), ("?",)) else scene


def _escaped(scene: Scene) -> Scene | None:
    if scene.vi.pending:
        return dropped(scene)
    if scene.vi.is_selecting:
        return _unselected(scene)
    return _inserting_on(scene) if scene.vi.once else None


def _unselected(scene: Scene) -> Scene:
    scene = remember_selection(scene)
    return settled(replace(scene, vi=replace(scene.vi, mode="normal")))


def settled(scene: Scene) -> Scene:
    """Put the cursor on a character, as the normal mode has it."""
    if scene.vi.mode != "normal" or scene.vi.once == "here":
        return replace(scene, at=min(max(scene.at, 0), len(scene.text)))
    return replace(scene, at=places.on_character(scene.text, scene.at))


# ---- insertions --------------------------------------------------------------------------------------------


def _insert(scene: Scene, key: str) -> Scene | None:
    if scene.vi.pending:
        scene = replace(dropped(scene), command=Command("ctrl r", argument=key))
        return inserting.insert_register(scene) if len(key) == 1 else scene
    if key == "ctrl r":
        return replace(scene, vi=replace(scene.vi, pending=(key,)))
    if row := inserting.BY_KEY.get("esc" if key == "ctrl c" else key):
        return row.apply(replace(scene, command=Command(key)))
    if scene.vi.mode == "replace" and len(key) == 1 and key.isprintable():
        return inserting.typed_over(scene, key)
    if scene.vi.mode == "replace" and key in ("backspace", "ctrl h"):
        return inserting.uncovered(scene)
    return None


def _inserting_on(scene: Scene) -> Scene:
    """Go back to inserting after the one command that was asked for."""
    end = places.line_end(scene.text, scene.at)
    # one that began behind the last character and ends on it
    if scene.goal == FAR or (scene.vi.once == "at the end" and places.after(scene.text, scene.at) == end):
        scene = replace(scene, at=end, goal=None)
    return begun_anew(replace(scene, vi=replace(scene.vi, mode="insert", once="")))


def begun_anew(scene: Scene) -> Scene:
    """Begin the insertion here: the cursor was moved, or the text is another one."""
    return replace(scene, vi=replace(scene.vi, insertion=Insertion(Command("i"), scene.text, scene.at)))


# ---- commands ----------------------------------------------------------------------------------------------


def _carried_out(scene: Scene, command: Command) -> Scene:
    scene = replace(dropped(scene), command=command, failed=False)
    before = scene.text
    scene = _select(scene) if scene.vi.is_selecting else _repeated(scene) if command.key == AGAIN else _do(scene, None)
    marks = places.moved_marks(scene.vi.marks, before, scene.text)
    scene = settled(replace(scene, vi=replace(scene.vi, marks=marks)))
    return _inserting_on(scene) if scene.vi.once and scene.vi.mode == "normal" else scene


def _do(scene: Scene, extent: Extent | None) -> Scene:
    """Carry out a command of the normal mode, or with an extent one for what was selected."""
    command = operated(scene.command) if extent is None else scene.command
    scene = replace(scene, command=command)
    if extent is not None and extent.is_block:
        return _changed(scene, block.BY_KEY[command.key].apply(scene, block.extended(scene, extent)), extent)
    if extent is not None:
        return _changed(scene, SELECTING_BY_KEY[command.key].apply(scene, extended(scene, extent)), extent)
    if command.key in operators.BY_KEY:
        return _operate(scene)
    row = ACTION_BY_KEY.get(command.key)
    if row is None:
        return _move(scene)
    after = row.apply(scene)
    if after.text == scene.text and after.at == scene.at and after.vi.mode == scene.vi.mode:
        return after
    return _changed(scene, after, None) if row.changes else replace(after, goal=None)


def _changed(scene: Scene, after: Scene, extent: Extent | None) -> Scene:
    """KeepPanes a change for ``.``; one that inserts is remembered when that ends."""
    if after.vi.mode == "insert":
        insertion = replace(after.vi.insertion, command=scene.command, extent=extent)
        return replace(after, goal=None, vi=replace(after.vi, insertion=insertion))
    return replace(after, goal=None, vi=replace(after.vi, last=Change(scene.command, extent)))


def _operate(scene: Scene) -> Scene:
    command = scene.command
    motion = Command(command.motion, command.count, argument=command.argument)
    found = operators.span_of(scene)
    scene = _remembered(scene, motion)
    if found is None:
        return replace(_said_not_found(scene, motion), failed=True)
    placed, span = found
    after = operators.BY_KEY[command.key].apply(replace(scene, at=placed.at), span)
    if command.key == "y":
        return replace(after, goal=None)
    return _changed(scene, after, None)


def _repeated(scene: Scene) -> Scene:
    """Make the last change again, with the count that is given now if there is one."""
    last = scene.vi.last
    if last is None:
        return replace(scene, failed=True)
    command = last.command if scene.command.count is None else replace(last.command, count=scene.command.count)
    after = _do(replace(scene, command=command), last.extent)
    return inserting.retyped(after, last.typed) if after.vi.is_inserting else after


# ---- motions -----------------------------------------------------------------------------------------------


def _move(scene: Scene) -> Scene:
    command = scene.command
    motion = table.BY_KEY[command.key]
    target = motion.find(scene, command)
    scene = _remembered(scene, command)
    if target is None:
        scene = replace(scene, failed=True)
        if command.key in _EDGES and not scene.vi.is_selecting:
            return replace(scene, asked=(*scene.asked, Run(_EDGES[command.key], min(command.times, 1000))))
        return _said_not_found(scene, command)
    if motion.jumps and target.at != scene.at:
        scene = replace(scene, vi=replace(scene.vi, marks={**scene.vi.marks, "'": scene.at}))
    stays = command.key in _STOPPING and places.on_character(scene.text, target.at) == scene.at
    return replace(scene, at=target.at, goal=target.goal, failed=stays and not scene.vi.is_selecting)


def _remembered(scene: Scene, motion: Command) -> Scene:
    """Keep what is searched for, for the motions that do it again."""
    vi = scene.vi
    if motion.key in ("f", "F", "t", "T"):
        vi = replace(vi, found=motion)
    elif motion.key in ("/", "?"):
        vi = replace(vi, sought=motion.argument or vi.sought, towards=1 if motion.key == "/" else -1, shows_hits=True)
    elif motion.key in ("*", "#"):
        pattern = word_pattern(scene.text, scene.at)[0]
        vi = replace(vi, sought=pattern or vi.sought, towards=1 if motion.key == "*" else -1, shows_hits=True)
    elif motion.key in ("n", "N"):
        vi = replace(vi, shows_hits=True)
    return replace(scene, vi=vi)


def _said_not_found(scene: Scene, motion: Command) -> Scene:
    if motion.key not in _NOT_FOUND:
        return scene
    text = f"not found: {scene.vi.sought}" if scene.vi.sought else "nothing was searched for yet"
    return replace(scene, asked=(*scene.asked, Say(text)))


# ---- what is selected --------------------------------------------------------------------------------------


def _select(scene: Scene) -> Scene:
    command, vi = scene.command, scene.vi
    if command.key in objects.BY_KEY:
        return _select_object(scene)
    if command.key in _MODES:
        mode = _MODES[command.key]
        return _unselected(scene) if vi.mode == mode else replace(scene, vi=replace(vi, mode=mode))
    if vi.mode == "visual block" and command.key in block.BY_KEY:
        return _with_block(scene)
    row = SELECTING_BY_KEY.get(command.key)
    if row is None:
        return ACTION_BY_KEY[command.key].apply(scene) if command.key in ACTION_BY_KEY else _move(scene)
    span = selected_span(vi, scene.text, scene.at)
    assert span is not None
    if row.lines and not span.linewise:
        span = Span(min(vi.anchor, scene.at), max(vi.anchor, scene.at), linewise=True)
    if command.key in ("o", "O"):
        return row.apply(scene, span)
    scene = remember_selection(scene)
    if span.linewise and places.row_of(scene.text, vi.anchor) <= places.row_of(scene.text, scene.at):
        span = replace(span, start=places.line_start(scene.text, span.start))
    after = row.apply(replace(scene, vi=replace(scene.vi, mode="normal")), span)
    if command.key in SILENT:
        return replace(after, goal=None)
    return _changed(scene, after, extent_of(scene.text, span))


def _with_block(scene: Scene) -> Scene:
    command, chosen = scene.command, block.block_of(scene.vi, scene.text, scene.at, scene.goal)
    row = block.BY_KEY[command.key]
    if command.key == "O":
        return row.apply(scene, chosen)
    scene = remember_selection(scene)
    after = row.apply(replace(scene, vi=replace(scene.vi, mode="normal")), chosen)
    if command.key in SILENT:
        return replace(after, goal=None)
    return _changed(scene, after, block.extent_of(chosen))


def _select_object(scene: Scene) -> Scene:
    first, last = sorted((scene.vi.anchor, scene.at))
    selected = Span(first, last, scene.vi.mode == "visual line")
    span = objects.grown(scene.command.key, scene.text, selected, scene.command.times)
    if span is None:
        return scene
    mode = "visual line" if span.linewise else scene.vi.mode
    end = span.end if span.linewise else max(places.before(scene.text, span.end), span.start)
    return replace(scene, at=end, goal=None, vi=replace(scene.vi, mode=mode, anchor=span.start))
