"""What the user's configuration file says about this client; the rest of the file is the supervisor's."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from curses_client.options import Options
from kernel.protocol.value import Value

# a notification outside of the window is asked for with OSC 9 and OSC 777
Way = Literal["bell", "notification", "command", "none"]
_WAYS: Final = ("bell", "notification", "command", "none")


class Notify(Value):
    """How a cell that took so many seconds tells the user, who looks elsewhere, that it has ended."""

    after: float = 30.0
    how: Way = "bell"
    # a shell command; it finds the text in CSHELL_TITLE and CSHELL_TEXT
    command: str = ""


class Settings(Value):
    """The tables of ``config.toml`` that this client knows, and what is wrong in them: a sentence each."""

    notify: Notify = Notify()
    options: Options = Options()
    problems: tuple[str, ...] = ()


def config_path(environ: Mapping[str, str]) -> Path:
    """Return where the user's configuration is (XDG base directory specification)."""
    home = environ.get("XDG_CONFIG_HOME", "")
    base = Path(home) if home.startswith("/") else Path(environ.get("HOME") or Path.home()) / ".config"
    return base / "cshell" / "config.toml"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read them; what is wrong keeps its default, and is said."""
    path = config_path(environ)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        return Settings(problems=(f"cannot read {path}: {error.strerror}",))

    import tomllib  # only who has a configuration waits for it

    try:
        table = tomllib.loads(data.decode()).get("notify", {})
    except (ValueError, RecursionError) as error:
        return Settings(problems=(f"{path}: {error}",))
    if not isinstance(table, dict):
        return Settings(problems=(f"{path}: notify is no table; the defaults are used",))
    return _notify(table, path)


def _notify(table: dict[str, Any], path: Path) -> Settings:
    found, problems = Notify(), []
    for name, value in table.items():
        check = _CHECKS.get(name)
        if check is None:
            problems.append(f"{path}: [notify] has no setting {name}; it knows {', '.join(_CHECKS)}")
        elif not check[0](value):
            problems.append(f"{path}: [notify] {name} is to be {check[1]}; {getattr(Notify(), name)!r} is used")
        else:
            found = replace(found, **{name: value})
    if found.command and "how" not in table:
        found = replace(found, how="command")
    return Settings(notify=found, problems=tuple(problems))


def _is_seconds(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


_CHECKS: Final[dict[str, tuple[Callable[[Any], bool], str]]] = {
    "after": (_is_seconds, "a number of seconds"),
    "how": (lambda value: value in _WAYS, f"one of {', '.join(_WAYS)}"),
    "command": (lambda value: isinstance(value, str), "a shell command"),
}


def run_command(command: str, title: str, text: str) -> None:
    """Start the user's command; nobody waits for it, and nothing of it reaches the screen.  Raises OSError."""
    # rarely needed
    from subprocess import DEVNULL, Popen

    environ = {**os.environ, "CSHELL_TITLE": title, "CSHELL_TEXT": text}
    Popen(command, shell=True, env=environ, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
