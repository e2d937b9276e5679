"""A configuration as a file: every setting with what it is for, its default, and where it was set."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from curses_client.configuration.keys import SAME
from curses_client.configuration.reading import Configuration
from curses_client.configuration.schema import SETTINGS
from curses_client.keymap import SECTIONS, bindings, key_name
from kernel.protocol.settings import Setting, toml
from kernel.protocol.toml_lines import line_of

_COLS: Final = 100
_ABOUT_KEYS: Final = (
    'A key and the command that it runs, or "none"; F1 and the manual have the commands. [keys] is for the editor, '
    "[keys.output] for everywhere, [keys.reading] and so on for other places"
)


def effective(configuration: Configuration, path: str) -> str:
    """Return all settings as they are now; what is wrong in the file stands above them."""
    lines = [f"# {path}"]
    lines += [f"# wrong: {problem}" for problem in configuration.problems]
    for table, rows in _tables():
        lines += ["", f"[{table}]"]
        for row in rows:
            lines += [*_comment(row.help), _effective(row, configuration)]
    lines += ["", *_comment(_ABOUT_KEYS), *_own_keys(configuration)]
    return "\n".join(lines) + "\n"


def defaults() -> str:
    """Return all settings with their defaults, commented out: a file to begin with."""
    lines = ["# The configuration of cshell. What begins with # is as by default: take the # away to change it."]
    for table, rows in _tables():
        lines += ["", f"[{table}]"]
        for row in rows:
            value = row.default if row.default not in (None, "", []) else row.example
            what = "" if value == row.default else f"  # for example; the default is {_shown(row)}"
            lines += [*_comment(row.help), f"# {row.name} = {toml(value)}{what}"]
    lines += ["", *_comment(_ABOUT_KEYS)]
    for context in SECTIONS:
        lines += ["[keys]"] if context == "editor" else ["", f"# {SECTIONS[context]}", f"[keys.{context}]"]
        rows_here = [row for row in bindings() if row.context == context]
        lines += [
            f"# {toml(key_name(key))} = {toml(row.command)}  # {row.help}"
            for row in rows_here
            for key in row.keys
            if key not in SAME
        ]
    return "\n".join(lines) + "\n"


def _tables() -> Iterator[tuple[str, list[Setting]]]:
    for table in dict.fromkeys(row.table for row in SETTINGS):
        yield table, [row for row in SETTINGS if row.table == table]


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in wrap(f"{text[:1].upper()}{text[1:]}.", _COLS - 2)]


def _shown(row: Setting) -> str:
    """Return the default of a setting; without one it is not set."""
    return "none" if row.default is None else toml(row.default)


def _effective(row: Setting, configuration: Configuration) -> str:
    key = (row.table, row.name)
    if key in configuration.given:
        line = line_of(configuration.text, key)
        where = f"line {line}" if line is not None else "the file"
        return f"{row.name} = {toml(configuration.given[key])}  # {where}; the default is {_shown(row)}"
    if key == ("notify", "how") and configuration.options.notify_how != row.default:
        return f"{row.name} = {toml(configuration.options.notify_how)}  # because there is a command"
    if row.default is None:
        return f"# {row.name} = {toml(row.example)}  # not set; for example"
    return f"{row.name} = {toml(row.default)}  # the default"


def _own_keys(configuration: Configuration) -> list[str]:
    """Return the user's keys, by where they are for."""
    lines: list[str] = ["[keys]"]
    for context in SECTIONS:
        rows = [row for row in configuration.options.bound if row.context == context]
        if rows and context != "editor":
            lines.append(f"[keys.{context}]")
        for row in rows:
            help_text = f"  # {row.help}" if row.help else ""
            lines.append(f"{toml(key_name(row.keys[0]))} = {toml(row.command or 'none')}{help_text}")
    return lines
