"""The command that installs a package where it is missing: into one interpreter, however cshell itself came there."""

from __future__ import annotations

import sys


def pip_install(*packages: str, python: str = "") -> str:
    """Return the command that installs packages for an interpreter, by default the one that runs this.

    An extra of cshell's own would be looked for in an index of packages, and cshell may be from a directory.
    """
    return f"{python or sys.executable} -m pip install {' '.join(packages)}"
