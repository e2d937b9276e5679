"""The lean import of urwid gives what the plain one gives, each in a process of its own."""

import json
import subprocess
import sys
from typing import Any

import pytest

LEAN = "from curses_client import lean; lean.import_urwid()"
PLAIN = "import urwid"

# everything that the program takes from urwid
_CLASSES = """
from urwid.canvas import Canvas
from urwid.display.common import AttrSpec
from urwid.display.raw import Screen
from urwid.event_loop.abstract_loop import EventLoop, ExitMainLoop
from urwid.event_loop.main_loop import MainLoop
from urwid.widget.constants import Sizing
from urwid.widget.widget import Widget
import urwid.util
classes = [Canvas, AttrSpec, Screen, EventLoop, ExitMainLoop, MainLoop, Sizing, Widget]
result = [[f"{c.__module__}.{c.__qualname__}" for c in kind.__mro__] + sorted(vars(kind)) for kind in classes]
result.append(sorted(urwid.util.__dict__))
"""


def run(*code: str) -> Any:
    """Run code in a new interpreter and return its `result`."""
    source = "\n".join(["import sys, json", *code, "print(json.dumps(result))"])
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_classes_are_the_same() -> None:
    lean, plain = run(LEAN, _CLASSES), run(PLAIN, _CLASSES)
    # what classes are registered with depends on who else was loaded
    assert [[name for name in names if not name.startswith("_abc")] for names in lean] == [
        [name for name in names if not name.startswith("_abc")] for names in plain
    ]


def test_wcwidth_is_loaded_when_it_is_used() -> None:
    loaded = "any(name.startswith('wcwidth.') for name in sys.modules)"
    assert run(LEAN, "import wcwidth", f"result = {loaded}") is False
    assert run(LEAN, "import wcwidth", f"result = [wcwidth.wcwidth('中'), wcwidth.width('é'), {loaded}]") == [
        2,
        1,
        True,
    ]
    assert run("import wcwidth; before = wcwidth", LEAN, "result = sys.modules['wcwidth'] is before") is True


def test_it_is_lean() -> None:
    modules = set(run(LEAN, "result = sorted(sys.modules)"))
    assert "urwid.display.raw" in modules
    assert modules & {"asyncio", "tornado", "trio", "twisted", "urwid.widget.listbox", "urwid.vterm"} == set()


@pytest.mark.parametrize(
    "expression",
    [
        "urwid.Text('found').render((5,)).decoded_text[0]",
        "urwid.AsyncioEventLoop.__name__",
        "urwid.widget.listbox.ListBox.__name__",
        "urwid.widget.PopUpTarget is None or urwid.widget.PopUpTarget.__name__ == 'PopUpTarget'",
        "urwid.event_loop.SelectEventLoop.__name__",
        "urwid.__version__ != ''",
        "urwid.Widget is urwid.widget.widget.Widget",
        "issubclass(urwid.Text, urwid.widget.widget.Widget)",
        "urwid.MainLoop is urwid.event_loop.main_loop.MainLoop",
        "urwid.ExitMainLoop is urwid.event_loop.abstract_loop.ExitMainLoop",
    ],
)
def test_a_name_that_was_not_loaded_is_found(expression: str) -> None:
    assert run(LEAN, "import urwid", f"result = {expression}") == run(
        PLAIN, "import urwid.vterm", f"result = {expression}"
    )


def test_a_name_that_does_not_exist_is_not_found() -> None:
    assert run(LEAN, "import urwid", "result = hasattr(urwid, 'nonsense')") is False


def test_urwid_that_was_imported_before_is_left_alone() -> None:
    assert run(PLAIN, "before = urwid.Text", LEAN, "result = urwid.Text is before and urwid.__file__ != ''")


def test_another_urwid_is_imported_as_usual(tmp_path: Any) -> None:
    (tmp_path / "urwid.py").write_text("name = 'another'\n")
    assert run(f"sys.path.insert(0, {str(tmp_path)!r})", LEAN, "import urwid", "result = urwid.name") == "another"


def test_a_urwid_without_what_is_needed_is_imported_as_usual(tmp_path: Any) -> None:
    package = tmp_path / "urwid"
    package.mkdir()
    (package / "__init__.py").write_text("name = 'older'\n")
    assert run(f"sys.path.insert(0, {str(tmp_path)!r})", LEAN, "import urwid", "result = urwid.name") == "older"
