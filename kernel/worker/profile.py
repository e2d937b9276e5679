"""IPython's configuration, profiles and startup files, honoured as in IPython.

Its application classes take 17 ms to import, so they are used only where there is something for them to find.
"""

from __future__ import annotations

import glob
import os
import sys
from pathlib import Path
from typing import Any, Final

from traitlets.config import Config

_CONFIG_FILES: Final = ("ipython_config", "ipython_kernel_config")


class Profile:
    """The user's profile of IPython, if there is anything in it."""

    def __init__(self, ipython_dir: str, name: str = "default") -> None:
        """Read the configuration; what is wrong with it is told by `run`, where the user sees it."""
        self._application: Any = None
        self._complaint = ""
        if name == "default" and not _is_used(Path(ipython_dir) / f"profile_{name}"):
            return
        try:
            self._application = _application(name)
        # the files are Python and may raise anything; a missing profile is a SystemExit
        except (Exception, SystemExit) as error:
            reason = "there is none" if isinstance(error, SystemExit) else f"{type(error).__name__}: {error}"
            self._complaint = f"IPython's profile {name} in {ipython_dir} is not used: {reason}"

    @property
    def config(self) -> Config:
        """What the configuration files say."""
        return self._application.config.copy() if self._application is not None else Config()

    @property
    def directory(self) -> Any:
        """The profile's directory as IPython's shell takes it; None for its default."""
        return self._application.profile_dir if self._application is not None else None

    def run(self, shell: Any) -> None:
        """Load the extensions and run the startup files and lines that the profile names."""
        if self._complaint:
            print(self._complaint, file=sys.stderr)
        application = self._application
        if application is None:
            return
        application.shell = shell
        application.init_gui_pylab()
        application.init_extensions()
        application.init_code()


def _is_used(profile: Path) -> bool:
    """Whether the profile, the system or the environment has configuration or startup files."""
    if os.environ.get("PYTHONSTARTUP"):
        return True
    # as IPython.core.application has it, whose import is what is to be saved
    directories = [str(profile), os.path.join(sys.prefix, "etc", "ipython"), "/usr/local/etc/ipython", "/etc/ipython"]
    for directory in directories:
        configured = (
            os.path.exists(os.path.join(directory, name + end)) for name in _CONFIG_FILES for end in (".py", ".json")
        )
        if any(configured) or any(glob.glob(os.path.join(directory, "startup", end)) for end in ("*.py", "*.ipy")):
            return True
    return False


def _application(name: str) -> Any:
    from IPython.core.application import BaseIPythonApplication
    from IPython.core.shellapp import InteractiveShellApp

    class KernelApplication(BaseIPythonApplication, InteractiveShellApp):  # type: ignore[misc]
        """Finds and reads the files; it has no command line of its own."""

        name = "ipython-kernel"
        config_file_name = "ipython_kernel_config.py"
        raise_config_file_errors = True

    application = KernelApplication(profile=name)
    try:
        application.initialize([])
    finally:
        # it would write a report of a crash that is none
        sys.excepthook = sys.__excepthook__
    return application
