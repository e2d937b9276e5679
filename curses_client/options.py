"""What the user has chosen for this client: a value with a default for each setting of ``config.toml``."""

from curses_client.binding import KeySet
from kernel.protocol.value import Value


class Options(Value):
    """The user's choices, all of them with their defaults."""

    # which keys edit
    keys: KeySet = "emacs"
