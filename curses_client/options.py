"""What the user has chosen for this client: a value with a default for each setting of ``config.toml``."""

from typing import Literal

from curses_client.binding import Binding, KeySet
from kernel.protocol.value import Value

# a notification outside of the window is asked for with OSC 9 and OSC 777
Way = Literal["bell", "notification", "command", "none"]


class Options(Value):
    """The user's choices, all of them with their defaults."""

    # which keys edit
    keys: KeySet = "emacs"
    # brackets and quotes are typed in pairs
    pairs: bool = False
    # long lines in the editor are broken at its edge; else they move under the cursor
    wrap: bool = True
    # the user's own keys, one in each row
    bound: tuple[Binding, ...] = ()
    # whether mistakes that many make get a hint
    hints: bool = True
    # how a cell that took so many seconds tells the user, who looks elsewhere, that it has ended
    notify_after: float = 30.0
    notify_how: Way = "bell"
    # a shell command; it finds the text in CSHELL_TITLE and CSHELL_TEXT
    notify_command: str = ""

    @property
    def rings_after(self) -> float | None:
        """Seconds after which a cell that ends is made known; None for never."""
        return self.notify_after if self.notify_how != "none" else None
