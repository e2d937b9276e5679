"""Every setting of ``config.toml`` as a row: its table and name, what it is to be, and the option that it sets."""

import math
from collections.abc import Callable
from typing import Any, Final

from curses_client.options import Options
from curses_client.themes.choice import CHOICES
from curses_client.usage import limit_of
from kernel.protocol.settings import KERNEL_SETTINGS, Setting

_DEFAULTS: Final = Options()
Row = tuple[Setting, str]


# ---- what values are to be ---------------------------------------------------------------------------------


def flag(value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def choice(*names: str) -> Callable[[object], str]:
    """Return what reads one of some names."""

    def read(value: object) -> str:
        if not isinstance(value, str) or value not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return value

    return read


def number(low: float, high: float = math.inf, what: str = "a number") -> Callable[[object], float]:
    """Return what reads a number between two others."""
    bounds = f"of at least {low}" if math.isinf(high) else f"from {low} to {high}"

    def read(value: object) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"{what} {bounds}")
        return value

    return read


def count(value: object) -> int:
    """Read how many there may be."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("a number of at least 0")
    return value


def text(value: object) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise ValueError("a text")
    return value


def shell_command(value: object) -> str:
    """Read a command."""
    if not isinstance(value, str):
        raise ValueError("a shell command")
    return value


def memory(value: object) -> str:
    """Read a part of the memory that there is, or a size."""
    if not isinstance(value, str) or (value and limit_of(value, 1) is None):
        raise ValueError('a part such as "80%", a size such as "8 GB", or ""')
    return value


# ---- the rows ----------------------------------------------------------------------------------------------


def _row(table: str, name: str, option: str, read: Callable[[Any], Any], told: str, example: Any = None) -> Row:
    default = getattr(_DEFAULTS, option)
    return Setting(table, name, read, list(default) if isinstance(default, tuple) else default, told, example), option


ROWS: Final[tuple[Row, ...]] = (
    _row("editor", "keys", "keys", choice("emacs", "vi", "modern"), 'which keys edit: "emacs", "vi" or "modern"'),
    _row("editor", "pairs", "pairs", flag, "brackets and quotes are typed in pairs"),
    _row(
        "editor",
        "wrap",
        "wrap",
        flag,
        "long lines in the editor are broken at its edge; else they move under the cursor",
    ),
    _row(
        "editor",
        "completion",
        "completion",
        choice("tab", "typing"),
        'the pop-up waits for Tab, "tab", or also opens by itself, "typing"',
    ),
    _row("editor", "signatures", "signatures", flag, "show the parameters of the call that is typed"),
    _row("editor", "suggestions", "suggestions", flag, "show in grey how an earlier entry went on"),
    _row("history", "size", "history_size", count, "so many entries are kept and offered; with 0 none is written"),
    _row(
        "look",
        "theme",
        "theme",
        choice(*CHOICES),
        "the colours: auto, high-contrast and solarized follow the terminal's background",
    ),
    _row("look", "code", "code_style", text, "a style of Pygments for code; without one, the theme's own", "monokai"),
    _row("look", "signs", "signs", choice("auto", "unicode", "ascii"), "what is drawn beside text"),
    _row("look", "flat", "flat", flag, "print lines one below the other, for screen readers"),
    _row(
        "panes",
        "editor",
        "panes",
        choice("auto", "beside", "below"),
        'the editor is "beside" the output or "below" it; "auto": beside it on wide screens, once a file is open',
    ),
    _row("panes", "remember", "remembers_panes", flag, "the next client divides the screen as you did last"),
    _row("behaviour", "source", "debugger_source", flag, "show the source around where a debugger stands"),
    _row("behaviour", "hints", "hints", flag, "say what may have been meant after a mistake that many make"),
    _row(
        "notify",
        "after",
        "notify_after",
        number(0, what="a number of seconds"),
        "a cell that took so many seconds tells that it has ended, when you look elsewhere",
    ),
    _row(
        "notify",
        "how",
        "notify_how",
        choice("bell", "notification", "command", "none"),
        'the "bell", a "notification" of the terminal (OSC 9 and OSC 777), the "command", or "none" at all',
    ),
    _row(
        "notify",
        "command",
        "notify_command",
        shell_command,
        "a shell command; it finds the text in CSHELL_TITLE and CSHELL_TEXT",
        'notify-send "$CSHELL_TITLE" "$CSHELL_TEXT"',
    ),
    _row(
        "memory",
        "limit",
        "memory_limit",
        memory,
        'a notice says when the kernel has more: a part of all memory, or a size such as "8 GB"; "" for never',
        "80%",
    ),
    _row(
        "memory",
        "action",
        "memory_action",
        choice("warn", "interrupt"),
        'only "warn", or also "interrupt" the cell that goes on taking more, once',
    ),
)
CLIENT_SETTINGS: Final = tuple(setting for setting, _ in ROWS)
SETTINGS: Final = (*CLIENT_SETTINGS, *KERNEL_SETTINGS)
OPTIONS: Final = {(setting.table, setting.name): option for setting, option in ROWS}
# their tables, and the one for keys, which has no settings but keys
TABLES: Final = (*dict.fromkeys(setting.table for setting in SETTINGS), "keys")
KERNEL_TABLES: Final = frozenset(setting.table for setting in KERNEL_SETTINGS)
