"""Reading ``config.toml``: what is right in it holds, and what is wrong keeps its default and is said."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final

from curses_client.binding import Binding
from curses_client.options import Options
from curses_client.text.ansi import sanitise
from kernel.protocol.settings import KERNEL_SETTINGS, Problem, check, config_path, nearest, sentence, syntax_problem
from kernel.protocol.value import Value

NAME: Final = "config.toml"


class Configuration(Value):
    """What the file says: the options, a sentence for each thing that is wrong, and the values that are right.

    `given` has the values as they stand in the file, by table and name; `text` is the whole file.
    """

    options: Options = Options()
    problems: tuple[str, ...] = ()
    given: Mapping[tuple[str, str], Any] = field(default_factory=dict)
    text: str = ""

    def table(self, name: str) -> dict[str, Any]:
        """Return what is right in a table, as it stands in the file."""
        return {setting: value for (table, setting), value in self.given.items() if table == name}


def read(environ: Mapping[str, str], called: str = "") -> Configuration:
    """Read the user's configuration; the sentences name the file by its path, unless it is `called` otherwise."""
    path = config_path(environ)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Configuration()
    except OSError as error:
        return Configuration(problems=(f"cannot read {path}: {error.strerror}",))

    import tomllib  # only who has a configuration waits for it

    try:
        text = data.decode()
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Configuration(problems=(syntax_problem(error, called or str(path), data),))
    return _checked(tables, text, called or str(path))


def _checked(tables: dict[str, Any], text: str, path: str) -> Configuration:
    """Return what is right in the tables of a file, and say what is wrong."""
    # only who has a configuration waits for the schema
    from curses_client.configuration.schema import CLIENT_SETTINGS, OPTIONS, SETTINGS

    values, problems = check(tables, CLIENT_SETTINGS)
    _, of_kernel = check(tables, KERNEL_SETTINGS)
    bound, of_keys = _keys(tables)
    problems += [replace(problem, instead="no new session starts with it") for problem in of_kernel]
    problems += [*_unknown(tables), *of_keys]
    wrong = {problem.key for problem in problems}
    given = {
        (row.table, row.name): tables[row.table][row.name]
        for row in SETTINGS
        if (row.table, row.name) not in wrong and row.name in _table(tables, row.table)
    }
    options = Options(**{option: values[place] for place, option in OPTIONS.items()}, bound=bound)
    if options.notify_command and ("notify", "how") not in given:
        options = replace(options, notify_how="command")
    sentences = [sanitise(sentence(problem, path, text)) for problem in problems]
    return Configuration(options, tuple(sentences), given, text)


def _table(tables: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a table; one that is none is empty."""
    found = tables.get(name, {})
    return found if isinstance(found, dict) else {}


def _unknown(tables: dict[str, Any]) -> list[Problem]:
    """Say which tables nobody knows."""
    from curses_client.configuration.schema import TABLES

    every = ", ".join(f"[{table}]" for table in TABLES)
    return [
        Problem(
            (name,), f"there is no table [{name}]; {nearest(name, TABLES) or f'there are {every}'}", "it is left out"
        )
        for name in tables
        if name not in TABLES
    ]


def _keys(tables: dict[str, Any]) -> tuple[tuple[Binding, ...], list[Problem]]:
    """Return the user's keys, and what is wrong with them."""
    from curses_client.configuration.keys import own_keys

    if isinstance(tables.get("keys", {}), dict):
        return own_keys(_table(tables, "keys"))
    return (), [Problem(("keys",), "keys is to be a table: [keys]", "it is left out")]
