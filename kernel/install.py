"""``python -m kernel install``: let Jupyter's clients find this kernel, for this interpreter."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kernel.supervisor.start import DISPLAY_NAME

USAGE: Final = """\
usage: python -m kernel install [--user | --prefix DIRECTORY] [--name NAME] [--display-name TEXT]

Write the kernelspec that Jupyter's clients start this kernel by: for the user (the default),
or below a prefix such as an environment's.
"""
_OPTIONS: Final = ("--prefix", "--name", "--display-name")


def kernelspec(display_name: str) -> dict[str, Any]:
    """Return the kernelspec for this interpreter (jupyter_client: Kernel specs)."""
    return {
        # -P: a module of the user's in the working directory must not take the place of ours
        "argv": [sys.executable, "-P", "-m", "kernel", "-f", "{connection_file}"],
        "display_name": display_name,
        "language": "python",
        "interrupt_mode": "message",
        "metadata": {"debugger": True, "supported_encryption": "curve"},
    }


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """Install it; return the exit status."""
    if {"-h", "--help"} & set(arguments):
        print(USAGE, end="")
        return 0
    values: dict[str, str] = {}
    rest = list(arguments)
    while rest:
        option = rest.pop(0)
        if option == "--user":
            values[option] = ""
        elif option in _OPTIONS and rest:
            values[option] = rest.pop(0)
        else:
            print(USAGE, end="", file=sys.stderr)
            return 2
    name = values.get("--name", "cshell")
    if ("--user" in values and "--prefix" in values) or not _is_name(name):
        print(USAGE, end="", file=sys.stderr)
        return 2
    prefix = values.get("--prefix")
    base = Path(prefix) / "share" / "jupyter" if prefix is not None else _user_directory(environ)
    directory = base.absolute() / "kernels" / name
    try:
        directory.mkdir(parents=True, exist_ok=True)
        text = json.dumps(kernelspec(values.get("--display-name", DISPLAY_NAME)), indent=1)
        (directory / "kernel.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        print(f"cannot write the kernelspec in {directory}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"installed the kernelspec {name} in {directory}")
    return 0


def _is_name(name: str) -> bool:
    """Whether Jupyter takes this for the name of a kernel."""
    return name.isascii() and name.replace("-", "").replace("_", "").replace(".", "").isalnum()


def _user_directory(environ: Mapping[str, str]) -> Path:
    """Return where Jupyter keeps the user's data (jupyter_core: jupyter_data_dir)."""
    if given := environ.get("JUPYTER_DATA_DIR"):
        return Path(given)
    home = Path(os.path.expanduser("~"))
    if sys.platform == "darwin":
        return home / "Library" / "Jupyter"
    return Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "jupyter"
