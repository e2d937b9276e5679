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
    # whether the completion pop-up waits for Tab, or also opens by itself when typing pauses
    completion: Literal["tab", "typing"] = "tab"
    # whether the signature of the function whose arguments are typed is shown
    signatures: bool = True
    # whether the rest of an earlier entry is shown in grey behind what begins like it
    suggestions: bool = True
    # entries of the history that are kept and offered, the newest; with 0 nothing is written or read
    history_size: int = 100_000
    # the colours: a name of `curses_client.themes`; auto, high-contrast and solarized follow the terminal's background
    theme: str = "auto"
    # a style of Pygments for the colours of code; none: those of the theme
    code_style: str = ""
    # the signs beside text: auto is Unicode where the locale and the terminal have it
    signs: Literal["auto", "unicode", "ascii"] = "auto"
    # lines that are printed one below the other, for screen readers; so it is in any case where TERM is dumb
    flat: bool = False
    # where the editor is until the user moves it; auto is beside the output on wide screens, once a file is open
    panes: Literal["auto", "beside", "below"] = "auto"
    # whether the next client divides the screen as the user has divided it last
    remembers_panes: bool = True
    # the user's own keys, one in each row
    bound: tuple[Binding, ...] = ()
    # whether the source around the line where a debugger stands is shown
    debugger_source: bool = True
    # whether mistakes that many make get a hint
    hints: bool = True
    # how a cell that took so many seconds tells the user, who looks elsewhere, that it has ended
    notify_after: float = 30.0
    notify_how: Way = "bell"
    # a shell command; it finds the text in CSHELL_TITLE and CSHELL_TEXT
    notify_command: str = ""
    # how much the kernel may have before a notice says so: a part of what there is, or a size; empty for no limit
    memory_limit: str = ""
    # whether that also interrupts the cell that goes on taking more
    memory_action: Literal["warn", "interrupt"] = "warn"

    @property
    def rings_after(self) -> float | None:
        """Seconds after which a cell that ends is made known; None for never."""
        return self.notify_after if self.notify_how != "none" else None
