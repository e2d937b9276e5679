"""The tabs: the scratch buffer, and the files that are open beside it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, say
from curses_client.document import Document
from curses_client.state import Editor, Kills, State, Tab
from curses_client.text.buffer import Buffer, Undo


def all_tabs(state: State) -> tuple[Tab, ...]:
    """Return what is open, each as it is now; the first is the scratch buffer."""
    shown = Tab(state.editor, state.document)
    return (*state.tabs[: state.tab], shown, *state.tabs[state.tab + 1 :])


def switched(state: State, index: int) -> State:
    """Show another tab."""
    tabs = all_tabs(state)
    if index == state.tab or not 0 <= index < len(tabs):
        return state
    editor, document = _beside(tabs[index].editor, state.editor), tabs[index].document
    return replace(state, tabs=tabs, tab=index, editor=editor, document=document, completion=None, waiting=None)


def _beside(editor: Editor, other: Editor) -> Editor:
    """Return an editor with what goes from one text to the other: what was cut, and what the vi keys remember."""
    return replace(editor, kills=Kills(other.kills.texts), vi=editor.vi.remembering(other.vi))


def to_scratch(state: State) -> State:
    """Show the scratch buffer."""
    return switched(state, 0)


def scratch(state: State) -> Editor:
    """Return the scratch buffer's editor."""
    return all_tabs(state)[0].editor


def documents(state: State) -> list[Document]:
    """Return the files that are open."""
    return [tab.document for tab in all_tabs(state) if tab.document is not None]


def index_of(state: State, path: str) -> int | None:
    """Return which tab has a file."""
    tabs = enumerate(all_tabs(state))
    return next((index for index, tab in tabs if tab.document is not None and tab.document.path == path), None)


def is_unsaved(tab: Tab) -> bool:
    """Whether a tab has a file with changes that are not on disk."""
    return tab.document is not None and not tab.document.has(tab.editor.buffer.lines)


def unsaved(state: State) -> list[Tab]:
    """Return the tabs whose files have such changes."""
    return [tab for tab in all_tabs(state) if is_unsaved(tab)]


def added(state: State, document: Document, lines: tuple[str, ...]) -> State:
    """Open a file in a tab of its own behind the others, and show it; with the keys of vi, in the normal mode."""
    editor = Editor(Buffer(lines), Undo())
    vi = replace(state.editor.vi.fresh(), mode="normal")
    tabs = (*all_tabs(state), Tab(replace(editor, vi=vi), document))
    return switched(replace(state, tabs=tabs), len(tabs) - 1)


def with_tab(state: State, index: int, change: Callable[[Tab], Tab]) -> State:
    """Change a tab, whether it is shown or not."""
    if index == state.tab:
        tab = change(Tab(state.editor, state.document))
        return replace(state, editor=tab.editor, document=tab.document)
    tabs = all_tabs(state)
    return replace(state, tabs=(*tabs[:index], change(tabs[index]), *tabs[index + 1 :]))


def closed(state: State, index: int) -> State:
    """Close a file's tab, and show the one before it."""
    before = switched(state, index - 1) if index == state.tab else state
    tabs = all_tabs(before)
    tab = before.tab if before.tab < index else before.tab - 1
    tabs = (*tabs[:index], *tabs[index + 1 :])
    return replace(before, tabs=tabs if len(tabs) > 1 else (), tab=tab)


def _step(step: int) -> Command:
    def command(state: State) -> Result:
        tabs = all_tabs(state)
        if len(tabs) < 2:
            return say(state, "no file is open · Alt-O opens one"), ()
        return switched(state, (state.tab + step) % len(tabs)), ()

    return command


def _to(number: int) -> Command:
    return lambda state: (switched(state, number - 1), ())


TABS_COMMANDS: Final[dict[str, Command]] = {
    "tab-next": _step(+1),
    "tab-previous": _step(-1),
    **{f"tab-{number}": _to(number) for number in range(1, 10)},
}
