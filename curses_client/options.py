"""What the user has chosen for this client: a value with a default for each setting of ``config.toml``."""

from typing import Literal

from kernel.protocol.value import Value


class Options(Value):
    """The user's choices, all of them with their defaults."""

    # whether the completion pop-up waits for Tab, or also opens by itself when typing pauses
    completion: Literal["tab", "typing"] = "tab"
    # whether the signature of the function whose arguments are typed is shown
    signatures: bool = True
    # whether the rest of an earlier entry is shown in grey behind what begins like it
    suggestions: bool = True
