"""What ``config.toml`` may say: settings as rows of a table, how a file is checked against them, and the kernel's own.

The file is the supervisor's and the client's; each has rows of its own, and leaves the tables of the other alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from kernel.protocol.session import xdg_directory
from kernel.protocol.value import Value

# a table, the tables in it, and a name
Key = tuple[str, ...]

_DAY = 86400.0
_SIZES = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_AGES = {"minute": 60.0, "hour": 3600.0, "day": _DAY, "week": 7 * _DAY, "month": 30 * _DAY, "year": 365 * _DAY}
# compiled when it is needed: a start waits for no pattern
_QUANTITY = r"([0-9]+(?:\.[0-9]+)?) *([A-Za-z]+)"
# less could not hold what one screen shows
_LEAST_SIZE = 1_000_000
# what JSON leaves as it is, and a terminal would act upon or hide
_UNSEEN = "[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]"
# where tomllib says that a file is wrong
_PLACE = r" \(at (?:line (\d+), column (\d+)|end of document)\)$"


class Setting(Value):
    """A setting: its table and name, what reads its value, its default as it stands in a file, and what it is for.

    `read` raises ValueError with what a value is to be.  The default may be None: then there is none, and `example`
    shows what one looks like.
    """

    table: str
    name: str
    read: Callable[[Any], Any]
    default: Any
    help: str
    example: Any = None


class Problem(Value):
    """What is wrong at a key of the file, and what is used instead if anything is."""

    key: Key
    text: str
    instead: str = ""


# ---- what values are to be ---------------------------------------------------------------------------------


def size_of(text: object) -> int:
    """Read a size such as ``500 MB``, in bytes."""
    value, unit = _quantity(text)
    if unit.upper() not in _SIZES or value * _SIZES[unit.upper()] < _LEAST_SIZE:
        raise ValueError('a size of at least 1 MB, such as "500 MB" or "2 GB"')
    return int(value * _SIZES[unit.upper()])


def age_of(text: object) -> float:
    """Read a length of time such as ``90 days``, in seconds."""
    value, unit = _quantity(text)
    unit = unit.lower()
    unit = unit[:-1] if unit.endswith("s") else unit
    if unit not in _AGES or not value:
        raise ValueError('a length of time in minutes, hours, days, weeks, months or years, such as "90 days"')
    return value * _AGES[unit]


def _quantity(text: object) -> tuple[float, str]:
    found = re.fullmatch(_QUANTITY, text.strip()) if isinstance(text, str) else None
    return (float(found[1]), found[2]) if found is not None else (0.0, "")


def text_of(value: object) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise ValueError('a text, such as "this"')
    return value


def modules_of(value: object) -> tuple[str, ...]:
    """Read a list of modules."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError('a list of modules, such as ["numpy", "pandas"]')
    return tuple(value)


# what a session and its kernel know; the rows of the client are its own (`curses_client.configuration.schema`)
KERNEL_SETTINGS = (
    Setting(
        "kernel",
        "preload",
        modules_of,
        [],
        "modules that are imported before a kernel is asked for, so that a restart has them in milliseconds",
        ["numpy", "pandas"],
    ),
    Setting("kernel", "profile", text_of, "default", "IPython's profile"),
    Setting(
        "kernel",
        "python",
        text_of,
        None,
        "the interpreter that runs code when no environment is active",
        "~/envs/work/bin/python",
    ),
    Setting(
        "journal", "size", size_of, "1 GB", 'how much is kept of one session, such as "500 MB"; the oldest goes first'
    ),
    Setting(
        "journal",
        "age",
        age_of,
        None,
        'records older than this go too, and sessions that ended before, such as "90 days"; without it, none does',
        "1 year",
    ),
    Setting(
        "session",
        "idle",
        age_of,
        None,
        'end a session that nobody has used for so long, such as "30 days"; without it, none ends by itself',
        "30 days",
    ),
)


def config_path(environ: Mapping[str, str]) -> Path:
    """Return where the user's configuration is."""
    return xdg_directory("XDG_CONFIG_HOME", ".config", environ) / "cshell" / "config.toml"


# ---- checking a file ---------------------------------------------------------------------------------------

# tables and names of settings -> their values, as they are used
Values = Mapping["tuple[str, str]", Any]


def check(tables: Mapping[str, Any], settings: Iterable[Setting]) -> tuple[Values, list[Problem]]:
    """Return a value for each setting, the default where the file has none or a wrong one, and what is wrong."""
    by_table: dict[str, dict[str, Setting]] = {}
    for setting in settings:
        by_table.setdefault(setting.table, {})[setting.name] = setting
    values: dict[tuple[str, str], Any] = {}
    problems: list[Problem] = []
    for table, rows in by_table.items():
        found = tables.get(table, {})
        if not isinstance(found, dict):
            problems.append(Problem((table,), f"{table} is to be a table: [{table}]", "the defaults are used"))
            found = {}
        problems += [_unknown(table, name, rows) for name in found if name not in rows]
        for name, setting in rows.items():
            values[table, name] = default_of(setting)
            if name not in found:
                continue
            try:
                values[table, name] = setting.read(found[name])
            except ValueError as error:
                used = f"{toml(setting.default)} is used" if setting.default is not None else "it is left out"
                problems.append(Problem((table, name), f"[{table}] {name} is to be {error}", used))
    return values, problems


def _unknown(table: str, name: str, known: Collection[str]) -> Problem:
    text = f"[{table}] has no setting {name}; {nearest(name, known) or 'it has ' + ', '.join(known)}"
    return Problem((table, name), text)


def default_of(setting: Setting) -> Any:
    """Return the default of a setting, as it is used."""
    return setting.read(setting.default) if setting.default is not None else None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a question for what was meant; empty where nothing is near."""
    # it takes a while to import, and is for mistakes only
    from difflib import get_close_matches

    found = get_close_matches(name, list(known), 1)
    return f"did you mean {found[0]}?" if found else ""


def sentence(problem: Problem, path: str, text: str) -> str:
    """Return a problem as one sentence that names the file and, where it is certain, the line."""
    # it takes a while to import, and is for mistakes only
    from kernel.protocol.toml_lines import line_of

    line = line_of(text, problem.key)
    where = f"{path}, line {line}" if line is not None else path
    end = "" if not problem.instead else f" {problem.instead}" if problem.text.endswith("?") else f"; {problem.instead}"
    return f"{where}: {problem.text}{end}"


def syntax_problem(error: Exception, path: str, data: bytes) -> str:
    """Return what is wrong with a file that is no TOML."""
    before, what = data, str(error)
    if isinstance(error, UnicodeDecodeError):
        before, what = data[: error.start], "this is no UTF-8"
    elif isinstance(error, RecursionError):
        before, what = b"", "it is nested too deep"
    found = re.search(_PLACE, what)
    line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2]) + 1
    if found is not None:
        what = what[: found.start()]
        line, column = (int(found[1]), int(found[2])) if found[1] else (line, column)
    what = f"{what[:1].lower()}{what[1:]}"
    return f"{path}, line {line}, column {column}: {what}; nothing of the file is used, all is as by default"


def toml(value: Any) -> str:
    """Return a value as it stands in a file."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return re.sub(_UNSEEN, lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
