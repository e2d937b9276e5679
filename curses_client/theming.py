"""Another theme while the client runs: when the user wants one, or the terminal tells its background."""

from dataclasses import replace
from typing import Final

from curses_client.commanding import Command, Result, say
from curses_client.events import GroundFound, Paint, StyleUnknown
from curses_client.state import State
from curses_client.text.ansi import sanitise
from curses_client.themes.choice import CHOICES, after, chosen


def ground_found(event: GroundFound, state: State) -> Result:
    """Take the theme that suits the terminal's background."""
    before = chosen(state.options.theme, is_light=state.is_light)
    state = replace(state, is_light=event.is_light)
    now = chosen(state.options.theme, is_light=state.is_light)
    return state, () if now == before else (Paint(),)


def style_unknown(event: StyleUnknown, state: State) -> Result:
    """Say that the theme's own colours are used for code."""
    state.transcript.add_notice(sanitise(event.text), alarming=True)
    state.transcript.changed()
    return replace(state, options=replace(state.options, code_style="")), ()


def next_theme(state: State) -> Result:
    """Show the colours of the theme that comes next."""
    return shown(state, after(state.options.theme))


def shown(state: State, name: str) -> Result:
    """Show the colours of a theme."""
    state = replace(state, options=replace(state.options, theme=name))
    here = chosen(name, is_light=state.is_light).name
    also = f", {here} on this terminal" if here != name else ""
    return say(state, f"theme {name}{also}"), (Paint(),)


def _show(name: str) -> Command:
    return lambda state: shown(state, name)


THEMING_COMMANDS: Final[dict[str, Command]] = {
    "next-theme": next_theme,
    **{f"theme-{name}": _show(name) for name in CHOICES},
}
