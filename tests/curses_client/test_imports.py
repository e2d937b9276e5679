"""Who may import whom, read from the source, and what the first moments load."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def modules(package: str) -> dict[str, Path]:
    """Return the modules of a package by name."""
    found = {}
    for path in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


CLIENT = modules("curses_client")
KERNEL = modules("kernel")
OURS = {**CLIENT, **KERNEL}


@cache
def imports(name: str) -> frozenset[str]:
    """Return what a module imports anywhere in it: modules of ours in full, of others the package."""
    path = OURS[name]
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            # `from package import module` names a module, all else something in one
            found |= {full if (full := f"{source}.{alias.name}") in OURS else source for alias in node.names}
    return frozenset(module if module in OURS else module.partition(".")[0] for module in found)


PURE = (
    "binding",
    "modern_keys",
    "options",
    "offers",
    "signs",
    "theming",
    "ground",
    "palette",
    "configuring",
    "hints",
    "state",
    "events",
    "session",
    "commands",
    "keymap",
    "modal",
    "cursor_shape",
    "places",
    "pointing",
    "mouse",
    "arrivals",
    "update",
    "transcript",
    "bundle",
    "models",
    "model_text",
    "groups",
    "tracebacks",
    "outputs",
    "finding",
    "selection",
    "output_cursor",
    "browsing",
    "opening",
    "searching",
    "copying",
    "values",
    "usage",
    "measuring",
    "commanding",
    "arrangement",
    "document",
    "documentation",
    "origin",
    "queued",
    "inspected",
    "viewed",
    *(name.removeprefix("curses_client.") for name in CLIENT if name.startswith("curses_client.variables")),
    *(name.removeprefix("curses_client.") for name in CLIENT if name.startswith("curses_client.breakpoints")),
    "files.sections",
    "files.tabs",
    "files.filing",
    "files.filed",
    "files.running",
    "files.marks",
    "files.foreign",
    "panes",
    *(name.removeprefix("curses_client.") for name in CLIENT if name.startswith("curses_client.helping")),
    "panel",
    "stray",
    "standing",
    "peeking",
    "beside",
    "debugging",
    "debugger",
    "stepping",
    "history.entries",
    "history.matching",
    "remembering",
    "recall",
    "coming_back",
    "reading",
    "layout",
    "scrolling",
    "osc",
    "in_flight",
    "shift",
    "cells",
    "drawing",
    "pastes",
    *(
        name.removeprefix("curses_client.")
        for name in CLIENT
        if name.startswith(("curses_client.text", "curses_client.vi", "curses_client.themes", "curses_client.flat."))
    ),
    *(name.removeprefix("curses_client.") for name in CLIENT if name.startswith("curses_client.editing")),
)
WIDGETS = [name for name in CLIENT if name.startswith("curses_client.widgets")]


def users(package: str) -> set[str]:
    return {name.removeprefix("curses_client.").partition(".")[0] for name in CLIENT if package in imports(name)}


@pytest.mark.parametrize("name", PURE)
def test_a_pure_module_knows_neither_screen_nor_sockets(name: str) -> None:
    reached = {f"curses_client.{name}"}
    while more := {new for old in reached for new in imports(old) if new in OURS} - reached:
        reached |= more
    used = {module for old in reached for module in imports(old)}
    assert used & {"urwid", "zmq", "select", "socket", "asyncio", "subprocess", "threading", "IPython"} == set()


def test_one_module_knows_zmq() -> None:
    assert users("zmq") == {"transport"}


def test_the_screen_side_knows_urwid() -> None:
    assert users("urwid") <= {"screen", "loop", "lean", "app", "widgets"}


@pytest.mark.parametrize("name", CLIENT)
def test_of_the_kernel_the_client_knows_the_protocol(name: str) -> None:
    foreign = {module for module in imports(name) if module.partition(".")[0] == "kernel"}
    assert {module for module in foreign if not module.startswith("kernel.protocol.")} == set()


@pytest.mark.parametrize("name", KERNEL)
def test_the_kernel_does_not_know_the_client(name: str) -> None:
    assert {module for module in imports(name) if module.startswith("curses_client")} == set()


@pytest.mark.parametrize("name", [name for name in KERNEL if name.startswith("kernel.protocol")])
def test_the_protocol_needs_the_standard_library_only(name: str) -> None:
    foreign = {module for module in imports(name) if module not in sys.stdlib_module_names}
    assert {module for module in foreign if not module.startswith("kernel.protocol")} == set()


def test_what_the_client_needs_is_installed_with_it() -> None:
    foreign = {module for name in CLIENT for module in imports(name)} - sys.stdlib_module_names - OURS.keys()
    assert foreign <= {"urwid", "zmq", "pygments", "wcwidth"} | EXTRAS


# of `pip install cshell[rich]`, imported where a value needs them
EXTRAS = {"PIL", "markdown_it", "mdit_py_plugins", "pylatexenc", "unicodeitplus", "resvg_py"}
# of `pip install cshell[notebooks]`
EXTRAS |= {"jupytext", "nbformat"}
# what may import what: `state, events <- session, commands <- update <- app`, `state, text <- widgets <- app`
ORDER = [
    "text",
    "given",
    "commandline",
    "shells",
    "quantities",
    "usage",
    "kernelspecs",
    "binding",
    "modern_keys",
    "options",
    "history",
    "themes",
    "signs",
    "vi",
    "keymap",
    "editors",
    "configuration",
    "listing",
    "doctor",
    "bundle",
    "shown",
    "cells",
    "groups",
    "origin",
    "tracebacks",
    "model_text",
    "models",
    "outputs",
    "transcript",
    "finding",
    "standing",
    "debugging",
    "arrangement",
    "document",
    "events",
    "debugger",
    "offers",
    "inspected",
    "state",
    "documentation",
    "queued",
    "viewed",
    "cursor_shape",
    "layout",
    "scrolling",
    "session",
    "commanding",
    "measuring",
    "helping",
    "places",
    "remembering",
    "recall",
    "configuring",
    "hints",
    "palette",
    "selection",
    "output_cursor",
    "files",
    "coming_back",
    "panes",
    "panel",
    "peeking",
    "stepping",
    "breakpoints",
    "beside",
    "browsing",
    "opening",
    "copying",
    "searching",
    "variables",
    "editing",
    "values",
    "theming",
    "flat",
    "commands",
    "modal",
    "pointing",
    "mouse",
    "stray",
    "arrivals",
    "update",
    "rendering",
    "widgets",
    "capabilities",
    "panes_kept",
    "ringing",
    "saving",
    "pictures",
    "background",
    "terminal",
    "spawn",
    "transport",
    "launcher",
    "ended",
    "editors",
    "continued",
    "keeping",
    "reading",
    "link",
    "control",
    "printout",
    "kept",
    "log",
    "framing",
    "pace",
    "osc",
    "ground",
    "in_flight",
    "shift",
    "drawing",
    "pastes",
    "ssh",
    "exporting",
    "call",
    "line",
    "place",
    "relay",
    "loop",
    "output_line",
    "screen",
    "flat_screen",
    "lean",
    "memory",
    "desk",
    "app",
    "boot",
    "remote",
    "cli",
    "__main__",
]


@pytest.mark.parametrize("name", [name for name in CLIENT if name != "curses_client"])
def test_imports_point_one_way(name: str) -> None:
    own = name.split(".")[1]
    assert own in ORDER, "a new module: say where it stands"
    used = {module.split(".")[1] for module in imports(name) if module.startswith("curses_client.")} - {own}
    assert {module for module in used if ORDER.index(module) > ORDER.index(own)} == set()


@pytest.mark.parametrize(
    "package",
    [
        "text",
        "vi",
        "breakpoints",
        "widgets",
        "exporting",
        "files",
        "helping",
        "themes",
        "flat",
        "configuration",
        "variables",
    ],
)
def test_a_package_has_no_cycle(package: str) -> None:
    graph = {name: {to for to in imports(name) if to in CLIENT} for name in CLIENT if f".{package}." in name}
    while leaves := [name for name, needs in graph.items() if not needs & graph.keys()]:
        for name in leaves:
            del graph[name]
    assert graph == {}


def test_widgets_know_the_state_and_nothing_that_changes_it() -> None:
    known = {module for name in WIDGETS for module in imports(name)}
    assert known & {"curses_client.update", "curses_client.commands", "curses_client.session"} == set()


# ---- what is loaded when -----------------------------------------------------------------------------------


def loaded(code: str) -> set[str]:
    """Return the modules of a new interpreter after it ran code."""
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return set(done.stdout.split())


BARE = "import os, signal, termios, types"


def test_the_first_frame_needs_what_python_has_loaded_anyway() -> None:
    assert loaded("import curses_client.terminal") - loaded(BARE) == {"curses_client", "curses_client.terminal"}


def test_the_first_moments_load_nothing_large() -> None:
    new = loaded("import curses_client.boot") - loaded(BARE)
    packages = {name.partition(".")[0] for name in new}
    assert packages & {"urwid", "zmq", "IPython", "asyncio", "dataclasses", "json", "argparse", "pygments"} == set()


def test_the_client_never_loads_what_it_does_not_use() -> None:
    new = loaded("from curses_client import lean; lean.import_urwid(); import curses_client.app")
    packages = {name.partition(".")[0] for name in new}
    assert packages & {"IPython", "asyncio", "tornado", "jedi", "jupyter_client", "pygments"} == set()
