"""Searching the output while the pattern is being typed, and going from hit to hit."""

from dataclasses import replace
from os.path import abspath, expanduser
from typing import Final, Literal

from curses_client.browsing import go_to, go_to_count
from curses_client.commanding import Command, Result, say
from curses_client.copying import export, save
from curses_client.files.filing import opened, save_as
from curses_client.finding import Finder, Over, Spot
from curses_client.layout import layout
from curses_client.output_cursor import enter, in_sight
from curses_client.scrolling import top_anchor
from curses_client.state import Asking, Cursor, Search, State
from curses_client.text.buffer import Buffer
from curses_client.text.patience import Moment, TooSlow, limited
from curses_client.transcript import Cell

# seconds for which is searched before the next key or frame has its turn
AT_ONCE: Final = 0.005


# ---- places ------------------------------------------------------------------------------------------------


def spot_of(state: State, cursor: Cursor) -> Spot:
    """Return where the cursor is, whatever is folded."""
    item = state.transcript.items[cursor.item]
    if not isinstance(item, Cell):
        return Spot(cursor.item, 0, cursor.line, cursor.col)
    part, shown = item.at(cursor.line)
    if part is None:
        return Spot(cursor.item, len(item.parts), 0, 0)
    index = part.index(shown)
    place = next(place for place, one in enumerate(item.parts) if one is part)
    # of what is folded away, what is behind the line that stands for it comes next
    return Spot(cursor.item, place, shown if index is None else index, cursor.col)


def show_spot(state: State, spot: Spot) -> State:
    """Put the cursor on a place, and open what it is folded in, for as long as the search is there."""
    item = state.transcript.items[spot.item]
    if not isinstance(item, Cell):
        if spot.line and not item.is_open:
            item.is_open = True
            state.transcript.changed()
        return go_to(state, spot.item, spot.line, spot.col)
    part = item.parts[spot.part]
    if state.search is not None and state.search.revealed is not None and state.search.revealed[1] is not part:
        state = _concealed(state)
    before = part.height
    part.reveal(spot.line, state.transcript.pane)
    if part.height != before:
        _refolded(state, item)
        if state.search is not None:
            state = replace(state, search=replace(state.search, revealed=(item, part)))
    return go_to(state, spot.item, item.begin(part) + part.shown(spot.line), spot.col)


def _concealed(state: State) -> State:
    """Fold again what the search has opened."""
    search = state.search
    if search is None or search.revealed is None:
        return state
    cell, part = search.revealed
    part.conceal(state.transcript.pane)
    _refolded(state, cell)
    return replace(state, search=replace(search, revealed=None))


def _refolded(state: State, cell: Cell) -> None:
    cell.parts_changed()
    state.transcript.changed()


# ---- a line in the status line -----------------------------------------------------------------------------


def _asking(purpose: Literal["search", "cell", "save"], step: Literal[1, -1] = 1) -> Command:
    def command(state: State) -> Result:
        state, _ = enter(state)
        if state.cursor is None:
            return state, ()
        if purpose == "search" and state.search is not None:
            # the next search begins here; what the last one has opened stays so
            here = replace(state.search, origin=state.cursor, scroll=top_anchor(state, layout(state)), revealed=None)
            state = replace(state, search=here)
        return replace(state, asking=Asking(purpose, Buffer.of(""), step), completion=None, message=None), ()

    return command


def typed(state: State, buffer: Buffer) -> State:
    """Take in what is typed into the status line; a search follows at once."""
    assert state.asking is not None
    is_new = buffer.text != state.asking.buffer.text
    state = replace(state, asking=replace(state.asking, buffer=buffer, offered=()))
    if state.asking is None or state.asking.purpose != "search" or not is_new:
        return state
    if not buffer.text:
        return _back(replace(_concealed(state), search=None), state.search)
    return _begin(state, buffer.text, state.asking.step)


def _back(state: State, search: Search | None) -> State:
    """Show again what was shown before a search."""
    return in_sight(replace(state, cursor=search.origin, scroll=search.scroll)) if search is not None else state


def accept(state: State) -> Result:
    """Do what the line was typed for."""
    asking = state.asking
    if asking is None:
        return state, ()
    text = asking.buffer.text
    state = replace(state, asking=None)
    match asking.purpose:
        case "search" if not text:
            return _next(asking.step)(state)
        case "search":
            return replace(state, sought=text), ()
        case "cell" if text.strip().isdecimal():
            return go_to_count(state, int(text.strip()[:9]))
        case "cell":
            return (say(state, "that is not a number") if text.strip() else state), ()
        case "save":
            return save(state, text.strip())
        case "export":
            return export(state, text.strip())
        case "open" | "write" if not text.strip():
            return state, ()
        case "open":
            return opened(state, abspath(expanduser(text.strip())), typed=text.strip())
        case "write":
            return save_as(state, text.strip())
        case _:
            return state, ()


def cancel(state: State) -> Result:
    """Leave the line; a search goes back to where it began."""
    asking, search = state.asking, state.search
    state = replace(state, asking=None)
    if asking is not None and asking.purpose == "search" and asking.buffer.text:
        return _back(replace(_concealed(state), search=None), search), ()
    return state, ()


# ---- hits --------------------------------------------------------------------------------------------------


def _begin(state: State, pattern: str, step: Literal[1, -1], *, here: bool = True) -> State:
    """Look for a pattern from where the search began; a hit that is `here` counts when one looks ahead."""
    state = _concealed(state)
    assert state.cursor is not None
    origin, scroll = state.cursor, state.scroll
    if state.search is not None and state.asking is not None:
        origin, scroll = state.search.origin, state.search.scroll
    elif scroll is None:
        scroll = top_anchor(state, layout(state))
    start = spot_of(state, origin)
    start = start._replace(col=start.col - 1) if step > 0 and here else start
    search = Search(Finder(pattern), step, step, origin, scroll, pending=start)
    return search_on(_back(replace(state, search=search), search))


def search_on(state: State) -> State:
    """Go on with what is not found or counted yet, for a short time."""
    over = Moment(AT_ONCE)
    if state.search is None or state.search.finder.is_literal:
        return _searched_on(state, over)
    try:
        with limited():
            return _searched_on(state, over)
    except TooSlow:
        return say(replace(state, search=None), "this expression takes too long · try a simpler one", alarming=True)


def _searched_on(state: State, over: Over) -> State:
    search = state.search
    if search is None:
        return state
    if search.pending is not None:
        hit, pending = search.finder.seek(state.transcript, search.pending, search.towards, over)
        if hit is not None:
            state = replace(state, search=replace(search, hit=hit, pending=None, wrapped=False))
            return show_spot(state, hit)
        if pending is None and not search.wrapped:
            # go on at the other end
            pending = Spot(0, 0, 0, -1) if search.towards > 0 else Spot(len(state.transcript.items), 0, 0, 0)
            return _searched_on(replace(state, search=replace(search, pending=pending, wrapped=True)), over)
        return replace(state, search=replace(search, pending=pending, wrapped=search.wrapped and pending is not None))
    search.finder.work(state.transcript, over)
    return replace(state, search=replace(search, version=search.version + 1))


def transcript_changed(state: State, *, is_another: bool = False) -> State:
    """Take in that there is more to search, or `is_another` transcript in the place of the one that was searched."""
    search = state.search
    if search is None:
        return state
    if is_another:
        return replace(state, search=replace(search, finder=Finder(search.finder.pattern), hit=None, pending=None))
    search.finder.changed(state.transcript)
    return replace(state, search=replace(search, version=search.version + 1))


def _next(direction: Literal[1, -1]) -> Command:
    def command(state: State) -> Result:
        if state.cursor is None:
            return state, ()
        if state.search is None:
            if not state.sought:
                return say(state, "/ searches"), ()
            return _begin(state, state.sought, direction, here=False), ()
        search = state.search
        towards: Literal[1, -1] = 1 if search.step == direction else -1
        if state.search.finder.is_complete and not search.finder.count:
            return state, ()
        begun = replace(search, towards=towards, pending=spot_of(state, state.cursor), wrapped=False)
        return search_on(replace(state, search=begun)), ()

    return command


SEARCHING_COMMANDS: Final[dict[str, Command]] = {
    "read-search": _asking("search"),
    "read-search-back": _asking("search", -1),
    "read-go-to-cell": _asking("cell"),
    "read-next-hit": _next(1),
    "read-previous-hit": _next(-1),
}
