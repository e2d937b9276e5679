"""Cells of a file in another language than the kernel's: they run when the user says so, who is asked once a file."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result
from curses_client.document import Document
from curses_client.events import Effect, Submit
from curses_client.files.tabs import documents
from curses_client.state import Choice, Question, State
from curses_client.text.ansi import sanitise
from curses_client.text.languages import title_of


def asked_first(state: State, effects: tuple[Effect, ...]) -> Result:
    """Hold cells back whose language the kernel does not run, and ask whether they are to run anyway."""
    held = tuple(effect for effect in effects if isinstance(effect, Submit) and _file_of(state, effect) is not None)
    if not held or state.read_only:
        return state, effects
    document = _file_of(state, held[0])
    assert document is not None
    text = (
        f"{sanitise(document.name)} is {title_of(document.lexer)}, the kernel runs {title_of(state.session.lexer)}."
        " Run it anyway?"
    )
    state = replace(state, held=held, question=Question(text, (Choice("y", "yes", "file-run-anyway"),)))
    return state, tuple(effect for effect in effects if effect not in held)


def _file_of(state: State, cell: Submit) -> Document | None:
    """Return the file of a cell if that is in another language, and the user has not said that it runs anyway."""
    if cell.origin is None or cell.origin.path in state.run_anyway:
        return None
    document = next((each for each in documents(state) if each.path == cell.origin.path), None)
    is_other = document is not None and document.lexer and title_of(document.lexer) != title_of(state.session.lexer)
    return document if is_other else None


def run_held(state: State) -> Result:
    """Run the cells that were held back, and from now on those of their file unasked."""
    paths = {cell.origin.path for cell in state.held if cell.origin is not None}
    return replace(state, held=(), run_anyway=state.run_anyway | paths), state.held


FOREIGN_COMMANDS: Final[dict[str, Command]] = {"file-run-anyway": run_held}
