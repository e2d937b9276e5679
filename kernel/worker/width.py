"""How wide the output is shown: the client says it with each cell, and libraries that format tables are told."""

from __future__ import annotations

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


class Width:
    """Tells libraries the width in columns, unless the user has told them another."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._told: dict[str, int] = {"numpy": _NUMPY_DEFAULT, "pandas": _PANDAS_DEFAULT}

    def follow(self, raw_metadata: bytes) -> None:
        """Take the width from an execute request's metadata, ``{"cshell": {"columns": ...}}``, if it is there."""
        try:
            columns = decode(raw_metadata).get("cshell", {}).get("columns")
        except (RemoteProtocolError, AttributeError):
            return
        if not isinstance(columns, int):
            return
        columns = min(max(columns, _LIMITS[0]), _LIMITS[1])
        # what shutil.get_terminal_size and with it rich, tqdm and argparse look at
        os.environ["COLUMNS"] = str(columns)
        self._shell.display_formatter.formatters["text/plain"].max_width = columns - 1
        for name in self._told:
            if name in sys.modules:
                self._tell(name, sys.modules[name], columns)

    def _tell(self, name: str, library: Any, columns: int) -> None:
        try:
            if name == "numpy":
                current = library.get_printoptions()["linewidth"]
                if current == self._told[name]:
                    library.set_printoptions(linewidth=columns)
            else:
                current = library.get_option("display.width")
                if current == self._told[name]:
                    library.set_option("display.width", columns)
            if current == self._told[name]:
                self._told[name] = columns
        # a library that is only half imported, or another one of that name
        except Exception:
            pass
