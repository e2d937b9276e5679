"""Libraries are told how wide the output is shown, unless the user has told them otherwise."""

import os
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from kernel.worker.width import Width


class Numpy(ModuleType):
    """As much of numpy as is told."""

    def __init__(self) -> None:
        super().__init__("numpy")
        self.options = {"linewidth": 75}

    def get_printoptions(self) -> dict[str, int]:
        return self.options

    def set_printoptions(self, **options: int) -> None:
        self.options.update(options)


@pytest.fixture
def text(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("COLUMNS", "1")
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
