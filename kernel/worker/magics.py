"""Magics that do another thing here than in IPython's own terminal: what they open, the client opens."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from IPython.core import page
from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_magic, magics_class


@magics_class
class ClientMagics(Magics):  # type: ignore[misc]
    """%edit, %less, %more, %man and %clear."""

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        # what %edit was given before, for %edit -p
        self._last_edit = ["", ""]

    @line_magic
    def edit(self, parameter_s: str = "") -> None:
        """Open a file, or the source of an object or of a range of input, in the client's editor.

        It takes what IPython's %edit takes; nothing is run afterwards, the client has the file.
        """
        # IPython loads it when a magic of it is used
        from IPython.core.magics.code import CodeMagics, InteractivelyDefined, MacroToEdit

        options, arguments = self.parse_options(parameter_s, "prxn:")
        try:
            target = CodeMagics._find_edit_target(self.shell, arguments, options, self._last_edit)
        except MacroToEdit as error:
            path = self.shell.mktempfile(error.args[0].value)
            target = (path, 0, True)
        except InteractivelyDefined as error:
            target = CodeMagics._find_edit_target(self.shell, str(error.index), options, self._last_edit)
        name, line, _ = target
        if name is None:
            return
        payload = {
            "source": "edit_magic",
            "filename": os.path.abspath(name),
            "line_number": int(line) if line else None,
        }
        self.shell.payload_manager.write_payload(payload)

    @line_magic
    def less(self, parameter_s: str = "") -> None:
        """Show a file in the client's pager."""
        name = os.path.expanduser(parameter_s.strip())
        if not name:
            raise UsageError("which file? %less FILE")
        try:
            text = Path(name).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise UsageError(f"cannot read {name}: {error.strerror}") from None
        if name.endswith(".py"):
            text = self.shell.pycolorize(text)
        page.page(text)

    more = line_magic("more")(less)

    @line_magic
    def man(self, parameter_s: str = "") -> None:
        """Show a manual page in the client's pager."""
        command = ["man", *parameter_s.split()]
        try:
            found = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        except OSError:
            raise UsageError("man is not installed") from None
        page.page(found.stdout or found.stderr)

    @line_magic
    def clear(self, parameter_s: str = "") -> None:
        """Clear the cell's output."""
        self.shell.display_pub.clear_output()
