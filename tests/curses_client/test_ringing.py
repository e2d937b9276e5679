"""The user's own command, which tells that a cell has ended."""

import os
import time
from pathlib import Path

from curses_client.ringing import run_command


def test_the_command_gets_the_text_and_nothing_of_the_terminal(tmp_path: Path) -> None:
    target = tmp_path / "said"
    command = f'printf "%s|%s|" "$CSHELL_TITLE" "$CSHELL_TEXT" > {target}.part; echo noise; cat >> {target}.part; mv {target}.part {target}'
    run_command(command, "cell 1 finished", "'; rm -rf $HOME `x`\n漢")
    deadline = time.monotonic() + 10
    while not target.exists() and time.monotonic() < deadline:
        os.sched_yield()
    assert target.read_text() == "cell 1 finished|'; rm -rf $HOME `x`\n漢|"
