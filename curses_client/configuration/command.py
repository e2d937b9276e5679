"""``cshell config``: print the configuration, its defaults or its path, check it, or edit it."""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from curses_client.configuration.printing import defaults, effective
from curses_client.configuration.reading import read
from kernel.protocol.session import SessionError
from kernel.protocol.settings import config_path


def show(environ: Mapping[str, str]) -> int:
    """Print the configuration as it is used."""
    print(effective(read(environ), str(config_path(environ))), end="")
    return 0


def show_defaults(environ: Mapping[str, str]) -> int:
    """Print a file to begin with."""
    print(defaults(), end="")
    return 0


def show_path(environ: Mapping[str, str]) -> int:
    """Print where the file is, or would be."""
    print(config_path(environ))
    return 0


def check(environ: Mapping[str, str]) -> int:
    """Say what is wrong in the file; return 1 if anything is."""
    path = config_path(environ)
    problems = read(environ).problems
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{path}: nothing is wrong" if path.exists() else f"there is no {path}, so all is as by default")
    return 1 if problems else 0


def edit(environ: Mapping[str, str]) -> int:
    """Open the file in the user's editor, a new one with all defaults in it; say what is wrong in it afterwards."""
    # rarely needed
    from curses_client import editors

    if not os.isatty(0) or not os.isatty(1):
        raise SessionError("an editor needs a terminal; the file is printed by: cshell config --path")
    path = config_path(environ)
    _begin(path)
    failure = editors.edit(str(path), 0, (0, 1), environ)
    if failure is not None:
        print(f"cshell: {failure}", file=sys.stderr)
        return 1
    return check(environ)


def _begin(path: Path) -> None:
    """Make the file if there is none; nobody else can read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(defaults())


WAYS: Final[Mapping[str, Callable[[Mapping[str, str]], int]]] = {
    "": show,
    "defaults": show_defaults,
    "path": show_path,
    "check": check,
    "edit": edit,
}
