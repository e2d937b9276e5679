"""The tables of the manual page in roff."""

from typing import Final

from curses_client.binding import Binding
from curses_client.commandline import COMMANDS, Argument
from curses_client.configuration.schema import SETTINGS
from curses_client.keymap import KEY_SETS, SECTIONS, bindings, key_name, vi_lines
from kernel.protocol.settings import toml


def key_table() -> str:
    """Return the section KEYS in roff: keys, what they do, and the command's name."""
    lines = [".SH KEYS"]
    for context, title in SECTIONS.items():
        lines.append(f".SS {_escaped(title)}")
        lines += [line for row in bindings() if row.context == context for line in _key_lines(row)]
    for keys, text in vi_lines():
        if keys and not text:
            lines.append(f".SS {_escaped(keys)} (keys = vi)")
        elif keys:
            lines += [".TP", f".B {_escaped(keys)}", _escaped(text)]
    for name, rows in KEY_SETS.items():
        if rows:
            lines.append(f".SS With keys = {name}")
        for row in rows:
            where = "" if row.context == "editor" else f"{SECTIONS[row.context]}: "
            lines += _key_lines(row, where)
    return "\n".join(lines) + "\n"


def _key_lines(row: Binding, where: str = "") -> list[str]:
    keys = ", ".join(map(key_name, row.keys)) or "(no key)"
    return [".TP", f".B {_escaped(keys)}", _escaped(where + row.help), f".RI ( {_escaped(row.command)} )"]


def setting_table() -> str:
    """Return the settings of the section CONFIGURATION in roff."""
    lines: list[str] = []
    for table in dict.fromkeys(setting.table for setting in SETTINGS):
        lines.append(f".SS [{table}]")
        for setting in SETTINGS:
            if setting.table == table:
                default = (
                    "It is not set by default" if setting.default is None else f"The default is {toml(setting.default)}"
                )
                text = f"{setting.help[:1].upper()}{setting.help[1:]}."
                lines += [".TP", f".B {_escaped(setting.name)}", _escaped(text), _escaped(f"{default}.")]
    return "\n".join(lines) + "\n"


def command_table() -> str:
    """Return the section COMMANDS in roff."""
    lines = [".SH COMMANDS"]
    for command in COMMANDS:
        shown = [argument for argument in command.arguments if not argument.hidden]
        usage = " ".join(["cshell", command.name, *map(_usage, shown)])
        lines += [".TP", f".B {_escaped(usage)}", _escaped(f"{command.help[:1].upper()}{command.help[1:]}.")]
        for option in shown:
            if option.is_option and command.name != "new":
                lines += [".RS", ".TP", f".B {_escaped(_flags(option))}", _escaped(option.help), ".RE"]
    return "\n".join(lines) + "\n"


def _usage(argument: Argument) -> str:
    if argument.is_option:
        return f"[{argument.flags[0]} {argument.metavar}".rstrip() + "]"
    name = "|".join(argument.choices) or argument.metavar
    return {"?": f"[{name}]", "+": f"{name} ...", "*": f"[{name} ...]"}.get(argument.number or "", name)


def _flags(option: Argument) -> str:
    return f"{', '.join(option.flags)} {option.metavar}".rstrip()


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text


TABLES: Final = {"commands": command_table, "keys": key_table, "settings": setting_table}
