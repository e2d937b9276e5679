"""The kernels that Jupyter knows on this machine: their kernelspecs, found where jupyter_client would find them."""

import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from curses_client.text.ansi import sanitise

# jupyter_client: kernelspec._kernel_name_pat
_NAME: Final = re.compile(r"[a-z0-9._-]+", re.IGNORECASE)


class KernelSpec(NamedTuple):
    """A kernelspec: its directory, what it says, and in `problem` why it cannot be used, if so."""

    name: str
    language: str
    display_name: str
    directory: Path
    command: tuple[str, ...] = ()
    problem: str = ""


def directories(environ: Mapping[str, str]) -> list[Path]:
    """Return the directories in which kernelspecs are looked for, the one that matters most first."""
    user = Path(environ.get("HOME") or os.path.expanduser("~")) / ".local" / "share"
    given = environ.get("XDG_DATA_HOME", "")
    data = Path(given) if os.path.isabs(given) else user
    own = environ.get("JUPYTER_DATA_DIR")
    paths = [Path(path) for path in environ.get("JUPYTER_PATH", "").split(os.pathsep) if path]
    environment = Path(sys.prefix) / "share" / "jupyter"
    users = Path(own) if own else data / "jupyter"
    # jupyter_core: in a virtual environment its directory comes before the user's
    paths += [environment, users] if sys.prefix != sys.base_prefix else [users, environment]
    paths += [Path("/usr/local/share/jupyter"), Path("/usr/share/jupyter")]
    return list(dict.fromkeys(path / "kernels" for path in paths))


def kernelspecs(environ: Mapping[str, str]) -> list[KernelSpec]:
    """Return the kernelspecs by their names; where there are several of one name, the one that counts."""
    found: dict[str, KernelSpec] = {}
    for directory in directories(environ):
        try:
            entries = sorted(directory.iterdir())
        except OSError:
            continue
        for entry in entries:
            # jupyter_client has names in lower case
            name = entry.name.lower()
            if _NAME.fullmatch(name) and name not in found and (entry / "kernel.json").is_file():
                found[name] = _read(name, entry, environ)
    return [found[name] for name in sorted(found)]


def _read(name: str, directory: Path, environ: Mapping[str, str]) -> KernelSpec:
    path = directory / "kernel.json"
    try:
        values = json.loads(path.read_bytes())
        command = tuple(values["argv"])
        if not command or not all(isinstance(word, str) for word in command):
            raise TypeError("argv")
        language, shown = str(values.get("language", "")), str(values.get("display_name", name))
    except OSError as error:
        return KernelSpec(name, "", "", directory, problem=f"cannot read {path}: {error.strerror}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return KernelSpec(name, "", "", directory, problem=f"{path} is no kernelspec")
    problem = "" if _runs(command[0], environ) else f"there is no program {sanitise(command[0])}"
    return KernelSpec(name, sanitise(language), sanitise(shown), directory, command, problem)


def _runs(program: str, environ: Mapping[str, str]) -> bool:
    if program in ("python", f"python{sys.version_info[0]}", f"python{sys.version_info[0]}.{sys.version_info[1]}"):
        # jupyter_client takes its own interpreter for these
        return True
    places = [""] if os.sep in program else environ.get("PATH", os.defpath).split(os.pathsep)
    return any(os.access(os.path.join(place, program), os.X_OK) for place in places)


def show(environ: Mapping[str, str], *, only_names: bool) -> None:
    """Print a table of the kernelspecs, or their names."""
    specs = kernelspecs(environ)
    if only_names:
        for spec in specs:
            print(spec.name)
        return
    if not specs:
        print("Jupyter knows no kernel here; cshell's own needs none")
        return
    rows = [("NAME", "LANGUAGE", "DISPLAY NAME", "PATH")]
    rows += [(spec.name, spec.language, spec.display_name or spec.problem, str(spec.directory)) for spec in specs]
    widths = [max(len(row[index]) for row in rows) for index in range(3)]
    for row in rows:
        print("  ".join([*(text.ljust(width) for text, width in zip(row, widths, strict=False)), row[3]]))
