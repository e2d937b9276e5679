"""The tables of the README in Markdown; each is folded until somebody opens it."""

import re
from collections.abc import Iterable
from typing import Final

from curses_client.binding import Binding, Context
from curses_client.configuration.schema import SETTINGS
from curses_client.keymap import KEY_SETS, SECTIONS, bindings, key_name, vi_lines
from kernel.protocol.settings import Setting, toml

# what is more than text in a cell of a table
_SPECIAL: Final = re.compile(r"[\\|<>*_`~\[\]]")
# names of keys that need not be told from text
_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9-]*[A-Za-z0-9]")


def key_tables() -> str:
    """Return the keys of each place, then those of the other sets."""
    folds = [
        _fold(
            f"{title}: <code>{_table_of(context)}</code>",
            ("key", "what it does", "command"),
            (_key_row(row) for row in bindings() if row.context == context),
        )
        for context, title in SECTIONS.items()
    ]
    folds += [
        _fold(f'{title} (<code>keys = "vi"</code>)', ("key", "what it does"), rows)
        for title, rows in _vi_tables().items()
    ]
    for name, own in KEY_SETS.items():
        if own:
            lines = (_key_row(row, "" if row.context == "editor" else f"{SECTIONS[row.context]}: ") for row in own)
            folds.append(_fold(f'With <code>keys = "{name}"</code>', ("key", "what it does", "command"), lines))
    return "\n".join(folds)


def _vi_tables() -> dict[str, list[tuple[str, str]]]:
    """Return the rows of vi's modes by their heading."""
    found: dict[str, list[tuple[str, str]]] = {}
    title = ""
    for keys, text in vi_lines():
        title = title if text else keys
        if text:
            # a key may be a comma
            found.setdefault(title, []).append((_keys(re.split(", (?=.)", keys)), _text(text)))
    return found


def setting_table() -> str:
    """Return all settings with their defaults and what they mean."""
    names = ("setting", "default", "what it is")
    return _fold("Settings of <code>config.toml</code>", names, map(_setting_row, SETTINGS))


def _fold(summary: str, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table that is opened by a click on its summary."""
    lines = [f"| {' | '.join(row)} |" for row in (names, *rows)]
    lines.insert(1, "|---" * len(names) + "|")
    # without the empty lines it would be no Markdown
    return "\n".join(["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>", ""])


def _table_of(context: Context) -> str:
    return "[keys]" if context == "editor" else f"[keys.{context}]"


def _key_row(row: Binding, where: str = "") -> tuple[str, str, str]:
    keys = _keys(map(key_name, row.keys)) if row.keys else "(no key)"
    return keys, _text(where + row.help), f"`{row.command}`"


def _setting_row(setting: Setting) -> tuple[str, str, str]:
    default = "(not set)" if setting.default is None else _code(toml(setting.default))
    return f"`{setting.table}.{setting.name}`", default, _text(f"{setting.help[:1].upper()}{setting.help[1:]}")


def _keys(names: Iterable[str]) -> str:
    return ", ".join(name if _NAME.fullmatch(name) else _code(name) for name in names)


def _code(text: str) -> str:
    """Return text as it is; in a table only the bar has to be marked."""
    shown = text.replace("|", "\\|")
    return f"`` {shown} ``" if "`" in text else f"`{shown}`"


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)


TABLES: Final = {"keys": key_tables, "settings": setting_table}
