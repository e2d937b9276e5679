"""Windows of the user's: their event loop runs while the main thread waits for a request."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from socket import socket
from typing import Any, Final

from IPython.core.error import UsageError

# no event loop is needed for these
_WITHOUT: Final = (None, "inline", "agg", "none", "asyncio")
# what X11 and Wayland clients look for
_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY")


class InputContext:
    """What IPython's input hooks ask: a descriptor that is ready, or will be, when they should return."""

    def __init__(self, sock: socket) -> None:
        self._socket = sock

    def fileno(self) -> int:
        """Return the descriptor."""
        return self._socket.fileno()

    def input_is_ready(self) -> bool:
        """Whether there is something to read."""
        return bool(select.select([self._socket], [], [], 0)[0])


class Windows:
    """The event loop that `%gui` or `%matplotlib` chose."""

    def __init__(self) -> None:
        self._hook: Callable[[Any], None] | None = None

    @property
    def are_open(self) -> bool:
        """Whether there is an event loop to run."""
        return self._hook is not None

    def choose(self, gui: str | None) -> None:
        """Run this event loop from now on.  Raises UsageError when it cannot run here."""
        if gui in _WITHOUT:
            self._hook = None
            return
        assert gui is not None
        # takes the libraries of the event loop with it
        from IPython.terminal.pt_inputhooks import UnknownBackend, backends, get_inputhook_name_and_func, registered

        if gui not in backends and gui not in registered:
            raise UsageError(str(UnknownBackend(gui)))
        if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
            raise UsageError(
                f"the {gui} event loop needs a display, and DISPLAY is not set; %matplotlib inline needs none"
            )
        try:
            _, self._hook = get_inputhook_name_and_func(gui)
        except ImportError as error:
            raise UsageError(f"the {gui} event loop is not installed: {error}") from None

    def wait(self, sock: socket) -> None:
        """Run the event loop until there is something to read."""
        assert self._hook is not None
        self._hook(InputContext(sock))
