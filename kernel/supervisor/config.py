"""What the user's configuration file says about the kernel, and which interpreter runs code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from kernel.protocol.settings import KERNEL_SETTINGS, check, config_path, sentence
from kernel.supervisor.bounds import Bounds

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


def read_config(environ: Mapping[str, str]) -> Config:
    """Read the user's configuration, if there is any.  Raises ConfigError for what is wrong in these tables.

    A file that is no TOML may be wrong in what is the client's: it is as if there were none, and the client says so.
    """
    path = str(config_path(environ))
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}") from None

    import tomllib  # only who has a configuration waits for it

    try:
        text = data.decode()
        tables = tomllib.loads(text)
    except (ValueError, RecursionError):
        return Config()
    values, problems = check(tables, KERNEL_SETTINGS)
    for problem in problems:
        # what the session would be without it is not what its user wants
        raise ConfigError(sentence(replace(problem, instead="correct it, or take it out"), path, text))
    bounds = Bounds(values["journal", "size"], values["journal", "age"])
    preload, profile, python = (values["kernel", name] for name in ("preload", "profile", "python"))
    return Config(preload, profile, python, bounds, values["session", "idle"])


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
