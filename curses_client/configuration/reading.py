"""Reading ``config.toml``: what is right in it holds, and what is wrong keeps its default and is said."""

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any, Final

from curses_client.options import Options
from curses_client.text.ansi import sanitise
from kernel.protocol.session import xdg_directory
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
    path = xdg_directory("XDG_CONFIG_HOME", ".config", environ) / "cshell" / NAME
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Configuration()
    except OSError as error:
        return Configuration(problems=(f"cannot read {path}: {error.strerror}",))

    import tomllib  # only who has a configuration waits for it

    from kernel.protocol.settings import syntax_problem

    try:
        text = data.decode()
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Configuration(problems=(syntax_problem(error, called or str(path), data),))
    return _checked(tables, text, called or str(path))


def _checked(tables: dict[str, Any], text: str, path: str) -> Configuration:
    # with all its rows, the schema takes as long to import as tomllib
    from curses_client.configuration.keys import own_keys
    from curses_client.configuration.schema import CLIENT_SETTINGS, OPTIONS, SETTINGS, TABLES
    from kernel.protocol.settings import KERNEL_SETTINGS, Problem, check, nearest, sentence

    unknown = [name for name in tables if name not in TABLES]
    values, problems = check(tables, CLIENT_SETTINGS)
    _, of_kernel = check(tables, KERNEL_SETTINGS)
    problems += [replace(problem, instead="no new session starts with it") for problem in of_kernel]
    for name in unknown:
        known = nearest(name, TABLES) or f"there are {', '.join(f'[{table}]' for table in TABLES)}"
        problems.append(Problem((name,), f"there is no table [{name}]; {known}", "it is left out"))
    options = Options(**{option: values[place] for place, option in OPTIONS.items()})
    keys = tables.get("keys", {})
    if isinstance(keys, dict):
        bound, wrong = own_keys(keys)
        options = replace(options, bound=bound)
        problems += wrong
    else:
        problems.append(Problem(("keys",), "keys is to be a table: [keys]", "it is left out"))
    bad = {problem.key for problem in problems}
    rows = [(row.table, row.name) for row in SETTINGS]
    given = {
        (table, name): tables[table][name]
        for table, name in rows
        if isinstance(tables.get(table), dict) and name in tables[table] and (table, name) not in bad
    }
    if options.notify_command and ("notify", "how") not in given:
        options = replace(options, notify_how="command")
    sentences = [sanitise(sentence(problem, path, text)) for problem in problems]
    return Configuration(options, tuple(sentences), given, text)
