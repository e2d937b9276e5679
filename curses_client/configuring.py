"""What the user's configuration changes in the state, and what is said of it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final, get_args

from curses_client.binding import KeySet
from curses_client.commanding import Command, say
from curses_client.events import ConfigurationRead
from curses_client.options import Options
from curses_client.state import State
from curses_client.text.ansi import sanitise

# what options are called that are not called as in the file
_CALLED: Final = {"bound": "keys of your own", "panes": "the editor's place", "remembers_panes": "remembering panes"}


def configured(state: State, options: Options, problems: Iterable[str]) -> State:
    """Have the options hold from now on, and what is wrong in the file be shown."""
    return replace(state, options=options, rings_after=options.rings_after, mistakes=tuple(problems))


def with_mistakes(state: State) -> State:
    """Show what is wrong in the file, once, when all of the session is read: above it, nobody would see it."""
    if not state.mistakes or state.session.behind or state.older is not None or not state.session.seq:
        return state
    for mistake in state.mistakes:
        state.transcript.add_notice(mistake, alarming=True)
    state.transcript.changed()
    return replace(state, mistakes=())


def told_of_configuration(state: State, event: ConfigurationRead) -> State:
    """Take in what was read again, and say what has changed or how much is wrong."""
    before, after = state.options, event.options
    names = [name for name in Options.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]
    said = [_CALLED.get(name, name.replace("_", " ")) for name in names]
    if event.for_kernels:
        said.append("kernels and journal, for the next session")
    text = (
        f"config.toml is read again: {', '.join(said)} changed"
        if said
        else "config.toml is read again: all is as it was"
    )
    state = with_mistakes(configured(state, after, event.problems))
    if event.problems:
        more = f" · {len(event.problems)} things are wrong" if len(event.problems) > 1 else ""
        return say(state, sanitise(event.problems[0]) + more, alarming=True)
    return say(state, text)


def _with_keys(keys: KeySet) -> Command:
    """Edit with other keys as long as this client lives."""
    return lambda state: (
        say(replace(state, options=replace(state.options, keys=keys)), f'keys {keys} · keys = "{keys}" keeps them'),
        (),
    )


CONFIGURING_COMMANDS: Final[dict[str, Command]] = {f"keys-{keys}": _with_keys(keys) for keys in get_args(KeySet)}
