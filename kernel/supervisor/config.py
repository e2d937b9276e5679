"""What the user's configuration file says about the kernel, and which interpreter runs code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# variables that an activated environment sets, and where its interpreter is
_ENVIRONMENTS = ("VIRTUAL_ENV", "CONDA_PREFIX")


class ConfigError(Exception):
    """The configuration cannot be used; the text is one sentence for the user."""


@dataclass(frozen=True)
class Config:
    """The table ``[kernel]`` of the file ``config.toml``.

    `preload` names modules that are imported before a kernel is asked for, `profile` IPython's profile, and `python`
    the interpreter that runs code unless an environment is active.
    """

    preload: tuple[str, ...] = ()
    profile: str = "default"
    python: str | None = None


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
        table = tomllib.loads(data.decode()).get("kernel", {})
    except ValueError as error:
        raise ConfigError(f"{path} is not used: {error}; correct it, or move it away") from None
    return _checked(table, path)


def _checked(table: Any, path: str) -> Config:
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: kernel is to be a table: [kernel]")
    for name in table:
        if name not in Config.__dataclass_fields__:
            known = ", ".join(Config.__dataclass_fields__)
            raise ConfigError(f"{path}: [kernel] has no setting {name}; it has {known}")
    preload = table.get("preload", [])
    if not isinstance(preload, list) or not all(isinstance(name, str) for name in preload):
        raise ConfigError(f'{path}: preload is to be a list of modules, such as ["numpy", "pandas"]')
    for name in ("profile", "python"):
        if not isinstance(table.get(name, ""), str):
            raise ConfigError(f"{path}: {name} is to be a text")
    return Config(tuple(preload), table.get("profile", "default"), table.get("python"))


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
