"""Finding text in the editor while it is being typed, and putting something else in its place."""

from dataclasses import replace
from typing import Final, Literal

from curses_client.commanding import Command, Result, edited, say, tell
from curses_client.state import Asking, Choice, Find, Question, State
from curses_client.text.ansi import in_place
from curses_client.text.buffer import Buffer
from curses_client.text.hits import Hit, hits, nearest, replaced, replacement_for
from curses_client.text.patience import TooSlow
from curses_client.text.pattern import SPECIAL, compiled
from curses_client.text.width import fit

# columns of a pattern that a question shows
_SHOWN: Final = 20


def _begin(purpose: Literal["find", "replace"]) -> Command:
    """Ask what to look for; what is selected in one line is offered, and in several lines it is replaced only there."""

    def command(state: State) -> Result:
        buffer = state.editor.buffer
        text = buffer.selected_text
        chosen = "" if "\n" in text else text
        asking = Asking(purpose, Buffer.of(""))
        rows = buffer.touched()
        within = (rows.start, rows.stop) if purpose == "replace" and len(rows) > 1 else None
        find = Find("", buffer, within=within)
        state = replace(state, asking=asking, find=find, completion=None, message=None)
        return (find_typed(state, Buffer.of(chosen)) if chosen else state), ()

    return command


# ---- while it is typed -------------------------------------------------------------------------------------


def find_typed(state: State, buffer: Buffer) -> State:
    """Take in what is typed for the pattern: the first hit from where it began is shown at once."""
    asking, find = state.asking, state.find
    if asking is None or find is None:
        return state
    state = replace(state, asking=replace(asking, buffer=buffer))
    if buffer.text == asking.buffer.text:
        return state
    find = replace(find, pattern=buffer.text, number=0, count=0)
    origin = find.origin.selection[0] if find.origin.selection is not None else find.origin.position
    state = _put(replace(state, find=find), find.origin)
    return _shown(state, _hits(state), origin, +1) if buffer.text else state


def _put(state: State, buffer: Buffer) -> State:
    return replace(state, editor=replace(state.editor, buffer=buffer, is_marking=False))


def _hits(state: State) -> list[Hit] | None:
    """Return all hits; None if finding them takes too long."""
    assert state.find is not None
    try:
        found = hits(state.editor.buffer.lines, compiled(state.find.pattern))
    except TooSlow:
        return None
    within = state.find.within
    return found if within is None else [hit for hit in found if within[0] <= hit[0] < within[1]]


def _shown(state: State, found: list[Hit] | None, place: tuple[int, int], step: int) -> State:
    """Put the cursor behind the hit that is nearest in a direction."""
    assert state.find is not None
    if found is None:
        return say(state, "this expression takes too long · try a simpler one", alarming=True)
    index = nearest(found, place, step)
    if index is None:
        return replace(state, find=replace(state.find, number=0, count=0))
    row, _, end = found[index]
    state = replace(state, find=replace(state.find, number=index + 1, count=len(found)))
    return _put(state, state.editor.buffer.to((row, end)))


def _next(step: Literal[1, -1]) -> Command:
    """Go to another hit; where nothing was typed yet, look for what was looked for last."""

    def command(state: State) -> Result:
        find = state.find
        if find is None:
            if not state.sought_here:
                return tell(state, "nothing was looked for yet")
            find = Find(state.sought_here, state.editor.buffer)
            state = replace(state, find=find)
        if not find.pattern:
            return (find_typed(state, Buffer.of(state.sought_here)) if state.sought_here else state), ()
        state = _shown(state, _hits(state), state.editor.buffer.position, step)
        return (state if state.asking is not None else say(state, hits_here(state))), ()

    return command


def hits_here(state: State) -> str:
    """Return which hit in the editor is shown, of how many."""
    find = state.find
    if find is None or not find.pattern:
        return ""
    literal = " · as plain text" if compiled(find.pattern).is_literal and SPECIAL.search(find.pattern) else ""
    if not find.count:
        return f"no hits{literal}"
    return f"{find.number:,} of {find.count:,}{literal}"


def find_accepted(state: State) -> State:
    """Stay at the hit; its like stay marked until Esc."""
    find = state.find
    assert find is not None
    if not find.pattern:
        return _next(1)(replace(state, find=None))[0] if state.sought_here else replace(state, find=None)
    return replace(state, sought_here=find.pattern)


def find_cancelled(state: State) -> State:
    """Go back to where it began."""
    assert state.find is not None
    return replace(_put(state, state.find.origin), find=None)


# ---- replacing ---------------------------------------------------------------------------------------------


def ask_replacement(state: State) -> State:
    """Ask what is to be put in the place of the pattern."""
    state = find_accepted(state)
    if state.find is None or not state.find.count:
        return say(replace(state, find=None), "no hits")
    return replace(state, asking=Asking("replacement", Buffer.of("")))


def begin_replacing(state: State, template: str) -> State:
    """Ask about the first hit."""
    assert state.find is not None
    find = replace(state.find, template=template, left=state.find.count)
    return _asked(replace(state, find=find), _hits(state))


def _asked(state: State, found: list[Hit] | None) -> State:
    """Ask about the hit that the cursor is behind."""
    find = state.find
    assert find is not None
    if not find.left or not found:
        many = f"replaced {find.done:,}" if find.done else "nothing was replaced"
        return say(replace(state, find=None), many)
    pattern, template = _short(find.pattern), _short(find.template)
    choices = [Choice("y", "yes", "replace-one"), Choice("n", "no", "replace-skip")]
    choices.append(Choice("a", f"all {find.left:,}" if find.left > 1 else "the last one", "replace-all"))
    return replace(state, question=Question(f"Replace {pattern} by {template or 'nothing'}?", tuple(choices)))


def _short(text: str) -> str:
    return fit(in_place(text), _SHOWN)


def _current(state: State, found: list[Hit]) -> int:
    """Return the index of the hit that the cursor is behind."""
    row, col = state.editor.buffer.position
    index = next((index for index, hit in enumerate(found) if (hit[0], hit[2]) == (row, col)), None)
    return nearest(found, (row, col), +1) or 0 if index is None else index


def _replace(*, every: bool) -> Command:
    def command(state: State) -> Result:
        found, find = _hits(state) if state.find is not None else None, state.find
        if find is None or not found:
            return replace(state, find=None), ()
        at = _current(state, found)
        chosen = (found[at:] + found[:at])[: find.left if every else 1]
        buffer = state.editor.buffer
        pattern, (row, start, end) = compiled(find.pattern), chosen[0]
        if every:
            after = Buffer(replaced(buffer.lines, chosen, pattern, find.template), row).to((row, start))
        else:
            # the cursor is behind what was put there, in which nothing is looked for
            put = replacement_for(buffer.lines[row], chosen[0], pattern, find.template)
            after = Buffer(buffer.lines, row).to((row, start)).to((row, end), select=True).insert(put)
        state = edited(state, after, "replace")
        find = replace(find, done=find.done + len(chosen), left=find.left - len(chosen))
        return _on(replace(state, find=find)), ()

    return command


def skip(state: State) -> Result:
    """Leave this hit as it is, and ask about the next one."""
    if state.find is None:
        return state, ()
    return _on(replace(state, find=replace(state.find, left=state.find.left - 1))), ()


def _on(state: State) -> State:
    """Go to the next hit and ask about it."""
    assert state.find is not None
    found = _hits(state) if state.find.left else []
    return _asked(_shown(state, found, state.editor.buffer.position, +1) if found else state, found)


FIND_COMMANDS: Final[dict[str, Command]] = {
    "find": _begin("find"),
    "find-next": _next(1),
    "find-previous": _next(-1),
    "replace": _begin("replace"),
    "replace-one": _replace(every=False),
    "replace-all": _replace(every=True),
    "replace-skip": skip,
}
