"""What is to be done once a library is imported is done then, and importing is as it was."""

import importlib
import importlib.util
import inspect
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from kernel.worker.imports import when_imported
from tests.kernel.support import DEADLINE


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory of modules; what watches for them is gone afterwards."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = set(sys.modules)
    (tmp_path / "watched.py").write_text("value = 1\n")
    (tmp_path / "other.py").write_text("import watched\nvalue = watched.value\n")
    importlib.invalidate_caches()
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def told(library: Path) -> list[ModuleType]:
    """The modules that were told of."""
    return []


def test_it_is_told_with_the_module_when_that_is_complete(told: list[ModuleType]) -> None:
    values: list[int] = []
    when_imported("watched", told.append)
    when_imported("watched", lambda module: values.append(module.value))
    assert told == []
    module = importlib.import_module("watched")
    assert told == [module]
    assert values == [1]


def test_it_is_told_at_once_of_what_is_there(told: list[ModuleType]) -> None:
    module = importlib.import_module("watched")
    when_imported("watched", told.append)
    assert told == [module]


def test_it_is_told_once(told: list[ModuleType]) -> None:
    when_imported("watched", told.append)
    module = importlib.import_module("watched")
    importlib.import_module("watched")
    importlib.reload(module)
    assert len(told) == 1


def test_it_is_told_when_another_module_imports_it(told: list[ModuleType]) -> None:
    when_imported("watched", told.append)
    importlib.import_module("other")
    assert [module.__name__ for module in told] == ["watched"]


def test_the_module_has_its_own_loader(told: list[ModuleType]) -> None:
    when_imported("watched", told.append)
    module = importlib.import_module("watched")
    other = importlib.import_module("other")
    assert type(module.__loader__) is type(other.__loader__)
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert inspect.getsource(module) == "value = 1\n"


def test_a_package_is_one(library: Path, told: list[ModuleType]) -> None:
    (library / "bundled").mkdir()
    (library / "bundled" / "__init__.py").write_text("from bundled.part import value")
    (library / "bundled" / "part.py").write_text("value = 2")
    when_imported("bundled", told.append)
    importlib.import_module("bundled.part")
    assert [module.value for module in told] == [2]


def test_a_module_that_is_not_installed_is_missing_as_ever(library: Path, told: list[ModuleType]) -> None:
    when_imported("comes_later", told.append)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("comes_later")
    (library / "comes_later.py").write_text("")
    importlib.invalidate_caches()
    importlib.import_module("comes_later")
    assert [module.__name__ for module in told] == ["comes_later"]


def test_an_import_that_failed_is_told_when_it_succeeds(library: Path, told: list[ModuleType]) -> None:
    (library / "broken.py").write_text("1 / 0")
    when_imported("broken", told.append)
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("broken")
    (library / "broken.py").write_text("value = 'mended'")
    importlib.invalidate_caches()
    importlib.import_module("broken")
    assert [module.value for module in told] == ["mended"]


def test_a_look_whether_it_is_installed_is_no_import(told: list[ModuleType]) -> None:
    when_imported("watched", told.append)
    assert importlib.util.find_spec("watched") is not None
    assert told == []
    importlib.import_module("watched")
    assert len(told) == 1


def test_threads_that_import_it_together(told: list[ModuleType]) -> None:
    when_imported("watched", told.append)
    found: list[int] = []
    together = threading.Barrier(8)

    def use() -> None:
        together.wait(DEADLINE)
        found.append(importlib.import_module("watched").value)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    assert found == [1] * 8
    assert len(told) == 1
