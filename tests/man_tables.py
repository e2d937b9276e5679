"""The tables of the manual page, made from the client's own; ``python -m tests.man_tables`` writes them into it."""

from pathlib import Path
from typing import Final

from curses_client.commandline import COMMANDS, Argument
from curses_client.keymap import KEY_SETS, SECTIONS, help_lines, key_name

PAGE: Final = Path(__file__).parent.parent / "man" / "cshell.1"
BEGIN: Final = '.\\" begin {}: made by python -m tests.man_tables\n'
END: Final = '.\\" end {}\n'


def key_table() -> str:
    """Return the section KEYS in roff."""
    lines = [".SH KEYS"]
    for keys, text in help_lines():
        if keys and not text:
            lines.append(f".SS {_escaped(keys)}")
        elif keys:
            lines += [".TP", f".B {_escaped(keys)}", _escaped(text)]
    for name, rows in KEY_SETS.items():
        if rows:
            lines.append(f".SS With keys = {name}")
        for row in rows:
            lines += [".TP", f".B {_escaped(', '.join(map(key_name, row.keys)))}"]
            where = "" if row.context == "editor" else f"{SECTIONS[row.context]}: "
            lines.append(_escaped(where + row.help))
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
    return {"?": f"[{name}]", "+": f"{name} ..."}.get(argument.number or "", name)


def _flags(option: Argument) -> str:
    return f"{', '.join(option.flags)} {option.metavar}".rstrip()


TABLES: Final = {"commands": command_table, "keys": key_table}


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text[:1] in (".", "'") else text


def with_tables(page: str) -> str:
    """Return a page with its tables as the code has them now."""
    for name, table in TABLES.items():
        begin, end = BEGIN.format(name), END.format(name)
        head, _, rest = page.partition(begin)
        page = head + begin + table() + end + rest.partition(end)[2]
    return page


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
