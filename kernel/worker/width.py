"""How wide the output is shown: the client says it with each cell, and when that changes while one runs.

Libraries that format tables are told.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from IPython.core.interactiveshell import InteractiveShell

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import decode
from kernel.worker.imports import when_imported

_LIMITS: Final = (20, 1000)
# what a library uses unless it is told otherwise
_DEFAULTS: Final = {"numpy": 75, "pandas": 80, "rich": 115}
# what consoles of rich take their width from when they are made: in Jupyter they do not look at COLUMNS
_JUPYTER: Final = "JUPYTER_COLUMNS"
# what the main thread is asked to call (Python/C API: Py_AddPendingCall)
_PENDING: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class Width:
    """Tells libraries the width in columns, unless the user has told them another."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        # what a library has if the user has not told it another one: beside what it was told with the cell, or its
        # default, what it was told since, whose context may be gone
        self._told = {name: {columns} for name, columns in _DEFAULTS.items()}
        # what libraries are to be told
        self._columns = 0
        # what was put into the environment for consoles of rich that are made later
        self._jupyter = ""
        # kept for as long as the main thread may call it
        self._pending = _PENDING(self._tell_between)

    def follow(self, raw_metadata: bytes) -> None:
        """Take the width from an execute request's metadata, ``{"cshell": {"columns": ...}}``, if it is there."""
        try:
            columns = decode(raw_metadata).get("cshell", {}).get("columns")
        except (RemoteProtocolError, AttributeError):
            return
        if isinstance(columns, int):
            self.take(columns)

    def watch(self) -> None:
        """Have libraries told as soon as they are imported: a cell may show something in the next line."""
        for name in self._told:
            when_imported(name, partial(self._tell_imported, name))

    def take(self, columns: int) -> None:
        """Take another width in the main thread, for what runs next."""
        self._change(columns)
        for name in self._tell_all():
            self._told[name] = {self._columns}

    def change(self, columns: int) -> None:
        """Take another width beside the main thread, for the cell that runs there.

        Libraries are told by the main thread, between two steps of the cell: numpy has its options by thread.
        """
        self._change(columns)
        ctypes.pythonapi.Py_AddPendingCall(self._pending, None)

    def _change(self, columns: int) -> None:
        self._columns = columns = min(max(columns, _LIMITS[0]), _LIMITS[1])
        # what shutil.get_terminal_size and with it tqdm and argparse look at
        os.environ["COLUMNS"] = str(columns)
        if os.environ.get(_JUPYTER) in (None, self._jupyter):
            os.environ[_JUPYTER] = self._jupyter = str(columns)
        self._shell.display_formatter.formatters["text/plain"].max_width = columns - 1

    def _tell_between(self, _: int | None) -> int:
        for name in self._tell_all():
            self._told[name].add(self._columns)
        return 0

    def _tell_imported(self, name: str, library: Any) -> None:
        if self._columns and self._tell(name, library):
            self._told[name].add(self._columns)

    def _tell_all(self) -> list[str]:
        """Tell the libraries there are; return which have taken it."""
        return [name for name in self._told if name in sys.modules and self._tell(name, sys.modules[name])]

    def _tell(self, name: str, library: Any) -> bool:
        try:
            has, tell = _WIDTHS[name]
            if has(library) not in (None, *self._told[name]):
                return False
            tell(library, self._columns)
        # a library that is only half imported, or another one of that name
        except Exception:
            return False
        return True


def _rich_width(library: Any) -> int | None:
    # the console that all functions of rich share is made when it is first used, as wide as the environment says
    return library._console and library._console.width  # type: ignore[no-any-return]


def _tell_rich(library: Any, columns: int) -> None:
    if library._console is not None:
        library._console.width = columns


# how a library's width is asked for, None where it does not matter yet, and how it is set
_WIDTHS: Final[Mapping[str, tuple[Callable[[Any], int | None], Callable[[Any, int], None]]]] = {
    "numpy": (
        lambda library: library.get_printoptions()["linewidth"],
        lambda library, columns: library.set_printoptions(linewidth=columns),
    ),
    "pandas": (
        lambda library: library.get_option("display.width"),
        lambda library, columns: library.set_option("display.width", columns),
    ),
    "rich": (_rich_width, _tell_rich),
}
