"""The user's own command, which tells that a cell has ended."""

import os


def run_command(command: str, title: str, text: str) -> None:
    """Start the user's command; nobody waits for it, and nothing of it reaches the screen.  Raises OSError."""
    # rarely needed
    from subprocess import DEVNULL, Popen

    environ = {**os.environ, "CSHELL_TITLE": title, "CSHELL_TEXT": text}
    Popen(command, shell=True, env=environ, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
