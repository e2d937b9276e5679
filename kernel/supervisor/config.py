"""What the user's configuration file says about the kernel, and which interpreter runs code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kernel.supervisor.bounds import Bounds, age_of, size_of

T = TypeVar("T")

# variables that an activated environment sets, and where its interpreter is
_ENVIRONMENTS = ("VIRTUAL_ENV", "CONDA_PREFIX")


class ConfigError(Exception):
    """The configuration cannot be used; the text is one sentence for the user."""


@dataclass(frozen=True)
class Config:
    """The tables ``[kernel]``, ``[journal]`` and ``[session]`` of the file ``config.toml``.

    `preload` names modules that are imported before a kernel is asked for, `profile` IPython's profile, and `python`
    the interpreter that runs code unless an environment is active.  `journal` says how much of a session is kept.
    A session that nobody has used for `idle` seconds ends; without it, none ever does by itself.
    """

    preload: tuple[str, ...] = ()
    profile: str = "default"
    python: str | None = None
    journal: Bounds = field(default_factory=Bounds)
    idle: float | None = None


# the settings of each table
_SETTINGS = {"kernel": ("preload", "profile", "python"), "journal": ("size", "age"), "session": ("idle",)}
# the last one is the client's, which reads it (`curses_client.settings`)
_TABLES = (*_SETTINGS, "notify")


def read_config(environ: Mapping[str, str]) -> Config:
    """Read the user's configuration, if there is any.  Raises ConfigError."""
    home = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(home):
        home = os.path.join(environ.get("HOME") or os.path.expanduser("~"), ".config")
    path = os.path.join(home, "cshell", "config.toml")
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None

    import tomllib  # only who has a configuration waits for it

    try:
        tables = tomllib.loads(data.decode())
    except ValueError as error:
        raise ConfigError(f"{path} is not used: {error}; correct it, or move it away") from None
    return _checked(tables, path)


def _checked(tables: dict[str, Any], path: str) -> Config:
    for name in tables:
        if name not in _TABLES:
            known = ", ".join(f"[{table}]" for table in _TABLES)
            raise ConfigError(f"{path}: there is no table [{name}]; there are {known}")
    kernel, journal, session = (_table(tables, name, path) for name in _SETTINGS)
    preload = kernel.get("preload", [])
    if not isinstance(preload, list) or not all(isinstance(name, str) for name in preload):
        raise ConfigError(f'{path}: preload is to be a list of modules, such as ["numpy", "pandas"]')
    for name in ("profile", "python"):
        if not isinstance(kernel.get(name, ""), str):
            raise ConfigError(f"{path}: {name} is to be a text")
    bounds = Bounds(_read(journal, "size", size_of, path) or Bounds().size, _read(journal, "age", age_of, path))
    idle = _read(session, "idle", age_of, path)
    return Config(tuple(preload), kernel.get("profile", "default"), kernel.get("python"), bounds, idle)


def _table(tables: dict[str, Any], name: str, path: str) -> dict[str, Any]:
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: {name} is to be a table: [{name}]")
    for setting in table:
        if setting not in _SETTINGS[name]:
            known = ", ".join(_SETTINGS[name])
            raise ConfigError(f"{path}: [{name}] has no setting {setting}; it has {known}")
    return table


def _read(table: dict[str, Any], name: str, read: Callable[[object], T], path: str) -> T | None:
    """Read a setting that may be there.  Raises ConfigError."""
    if name not in table:
        return None
    try:
        return read(table[name])
    except ValueError as error:
        raise ConfigError(f"{path}: {name} is to be {error}") from None


def interpreter(given: str | None, config: Config, environ: Mapping[str, str]) -> str:
    """Return the interpreter to run code with: the one given, the active environment's, the configured one, or ours."""
    if given is not None:
        return _found(given, environ)
    for name in _ENVIRONMENTS:
        prefix = environ.get(name)
        if prefix and os.path.realpath(prefix) == os.path.realpath(sys.prefix):
            return sys.executable
        if prefix and os.access(python := os.path.join(prefix, "bin", "python"), os.X_OK):
            return python
    return _found(config.python, environ) if config.python else sys.executable


def _found(name: str, environ: Mapping[str, str]) -> str:
    """Return the program that a shell would run for a name or a path; the name itself where there is none."""
    if os.sep in name:
        return os.path.abspath(os.path.expanduser(name))
    for directory in environ.get("PATH", os.defpath).split(os.pathsep):
        program = os.path.join(directory, name)
        if os.access(program, os.X_OK) and not os.path.isdir(program):
            return program
    return name
