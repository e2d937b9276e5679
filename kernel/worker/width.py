"""How wide the output is shown: the client says it with each cell, and when that changes while one runs.

Libraries that format tables are told.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import Any, Final

from IPython.core.interactiveshell import InteractiveShell

from kernel.protocol.errors import RemoteProtocolError
from kernel.protocol.messages import decode

_LIMITS: Final = (20, 1000)
# what numpy and pandas use unless they are told otherwise
_NUMPY_DEFAULT: Final = 75
_PANDAS_DEFAULT: Final = 80
# what the main thread is asked to call (Python/C API: Py_AddPendingCall)
_PENDING: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class Width:
    """Tells libraries the width in columns, unless the user has told them another."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        # what a library has if the user has not told it another one: beside what it was told with the cell, or its
        # default, what it was told since, whose context may be gone
        self._told: dict[str, set[int]] = {"numpy": {_NUMPY_DEFAULT}, "pandas": {_PANDAS_DEFAULT}}
        # what libraries are to be told
        self._columns = 0
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
        # what shutil.get_terminal_size and with it rich, tqdm and argparse look at
        os.environ["COLUMNS"] = str(columns)
        self._shell.display_formatter.formatters["text/plain"].max_width = columns - 1

    def _tell_between(self, _: int | None) -> int:
        for name in self._tell_all():
            self._told[name].add(self._columns)
        return 0

    def _tell_all(self) -> list[str]:
        """Tell the libraries there are; return which have taken it."""
        return [name for name in self._told if name in sys.modules and self._tell(name, sys.modules[name])]

    def _tell(self, name: str, library: Any) -> bool:
        try:
            if name == "numpy":
                if library.get_printoptions()["linewidth"] not in self._told[name]:
                    return False
                library.set_printoptions(linewidth=self._columns)
            else:
                if library.get_option("display.width") not in self._told[name]:
                    return False
                library.set_option("display.width", self._columns)
        # a library that is only half imported, or another one of that name
        except Exception:
            return False
        return True
