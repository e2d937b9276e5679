"""Libraries are told how wide the output is shown, unless the user has told them otherwise."""

import importlib
import os
import sys
import threading
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from kernel.worker.width import Width
from tests.kernel.support import wait_for


class Numpy(ModuleType):
    """As much of numpy as is told."""

    def __init__(self) -> None:
        super().__init__("numpy")
        self.options = {"linewidth": 75}

    def get_printoptions(self) -> dict[str, int]:
        return self.options

    def set_printoptions(self, **options: int) -> None:
        self.options.update(options)


class Rich(ModuleType):
    """As much of rich as is told."""

    def __init__(self) -> None:
        super().__init__("rich")
        self._console: Any = None

    def use(self) -> Any:
        """Have the shared console, which takes its width from the environment when it is made."""
        if self._console is None:
            self._console = SimpleNamespace(width=int(os.environ.get("JUPYTER_COLUMNS", "115")))
        return self._console


@pytest.fixture
def text(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COLUMNS", "1")
    # put back even if it was not there
    monkeypatch.setenv("JUPYTER_COLUMNS", "1")
    monkeypatch.delenv("JUPYTER_COLUMNS")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    return SimpleNamespace(max_width=79)


@pytest.fixture
def width(text: Any) -> Width:
    return Width(SimpleNamespace(display_formatter=SimpleNamespace(formatters={"text/plain": text})))  # type: ignore[arg-type]


def test_everybody_is_told(width: Width, text: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    numpy = Numpy()
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    for columns in (200, 100):
        width.follow(b'{"cshell":{"columns":%d}}' % columns)
        assert (os.environ["COLUMNS"], text.max_width) == (str(columns), columns - 1)
        assert numpy.options == {"linewidth": columns}


def test_what_the_user_said_stays(width: Width, monkeypatch: pytest.MonkeyPatch) -> None:
    numpy = Numpy()
    numpy.options["linewidth"] = 50
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    width.follow(b'{"cshell":{"columns":200}}')
    assert numpy.options == {"linewidth": 50}


def test_a_change_beside_the_main_thread(width: Width, text: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []

    class Told(Numpy):
        def set_printoptions(self, **options: int) -> None:
            told.append(threading.get_ident())
            super().set_printoptions(**options)

    numpy = Told()
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    seen: list[tuple[str, int]] = []

    def change() -> None:
        width.change(133)
        seen.append((os.environ["COLUMNS"], text.max_width))

    thread = threading.Thread(target=change)
    thread.start()
    thread.join()
    assert seen == [("133", 132)]
    wait_for(lambda: told, "the main thread's turn")
    assert told == [threading.main_thread().ident]
    assert numpy.options == {"linewidth": 133}


def test_a_change_that_was_lost_with_its_context(width: Width, monkeypatch: pytest.MonkeyPatch) -> None:
    numpy = Numpy()
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    width.follow(b'{"cshell":{"columns":200}}')
    width.change(100)
    wait_for(lambda: numpy.options == {"linewidth": 100}, "the main thread's turn")
    # numpy has its options by context, and that of an asynchronous cell ends with it
    numpy.options["linewidth"] = 200
    width.follow(b'{"cshell":{"columns":120}}')
    assert numpy.options == {"linewidth": 120}


@pytest.mark.parametrize("own", [100, 200])
def test_what_the_user_said_stays_whatever_it_is(width: Width, monkeypatch: pytest.MonkeyPatch, own: int) -> None:
    numpy = Numpy()
    monkeypatch.setitem(sys.modules, "numpy", numpy)
    for columns in (own, 90):
        width.follow(b'{"cshell":{"columns":%d}}' % columns)
    numpy.options["linewidth"] = own
    for columns in (own, 120):
        width.follow(b'{"cshell":{"columns":%d}}' % columns)
    assert numpy.options == {"linewidth": own}


@pytest.mark.parametrize(
    "metadata", [b"{}", b"", b"[]", b'{"cshell":1}', b'{"cshell":{}}', b'{"cshell":{"columns":"wide"}}']
)
def test_without_a_width_nothing_changes(width: Width, text: Any, metadata: bytes) -> None:
    width.follow(metadata)
    assert (os.environ["COLUMNS"], text.max_width) == ("1", 79)


@pytest.mark.parametrize(("columns", "told"), [(1, 20), (10**9, 1000)])
def test_a_width_that_makes_no_sense_is_bounded(width: Width, columns: int, told: int) -> None:
    width.follow(b'{"cshell":{"columns":%d}}' % columns)
    assert os.environ["COLUMNS"] == str(told)


def test_a_library_is_told_when_it_is_imported(width: Width, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "pandas", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "pandas.py").write_text(
        "options = {'display.width': 80}\nget_option = options.get\nset_option = options.__setitem__\n"
    )
    width.watch()
    width.follow(b'{"cshell":{"columns":200}}')
    try:
        library = importlib.import_module("pandas")
        assert library.options == {"display.width": 200}
        width.follow(b'{"cshell":{"columns":120}}')
        assert library.options == {"display.width": 120}
    finally:
        sys.modules.pop("pandas", None)


def test_rich_is_told_before_and_after_its_console_is_made(width: Width, monkeypatch: pytest.MonkeyPatch) -> None:
    rich = Rich()
    monkeypatch.setitem(sys.modules, "rich", rich)
    for columns in (200, 100):
        width.follow(b'{"cshell":{"columns":%d}}' % columns)
        assert rich.use().width == columns
        assert os.environ["JUPYTER_COLUMNS"] == str(columns)
    width.change(133)
    wait_for(lambda: rich.use().width == 133, "the main thread's turn")


@pytest.mark.parametrize("variable", [True, False])
def test_what_the_user_told_rich_stays(width: Width, monkeypatch: pytest.MonkeyPatch, variable: bool) -> None:
    rich = Rich()
    monkeypatch.setitem(sys.modules, "rich", rich)
    width.follow(b'{"cshell":{"columns":200}}')
    if variable:
        monkeypatch.setenv("JUPYTER_COLUMNS", "50")
    rich.use().width = 50
    for columns in (100, 50, 120):
        width.follow(b'{"cshell":{"columns":%d}}' % columns)
    assert rich.use().width == 50
    assert os.environ["JUPYTER_COLUMNS"] == ("50" if variable else "120")
