"""The environment: Python and packages, the interpreter that runs code, the configuration, kernels, the manual."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from shutil import which
from typing import Final

from curses_client.configuration.reading import read
from curses_client.doctor.finding import Finding, answer, broken, doubtful, ok
from curses_client.kernelspecs import KernelSpec, kernelspecs
from kernel.protocol.installing import pip_install
from kernel.protocol.session import xdg_directory

_REQUIREMENT: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*[>~]=\s*(?P<version>[0-9.]+)")
# the kernel's side decides it, and is asked in a process of its own
_WHICH_INTERPRETER: Final = """\
import json, os
from kernel.supervisor.config import ConfigError, interpreter, read_config
try:
    config = read_config(os.environ)
    print(json.dumps([interpreter(None, config, os.environ), config.preload, config.profile]))
except ConfigError as error:
    raise SystemExit(str(error))
"""
# as the kernel does it, which says the same
_WHICH_FAIL: Final = """\
import importlib, os, sys
from IPython.core.profiledir import ProfileDir
from IPython.paths import get_ipython_dir
profile, *preload = sys.argv[1:]
directory = get_ipython_dir()
found = []
try:
    if profile != "default":
        ProfileDir.find_profile_dir_by_name(directory, profile)
except Exception:
    found.append("IPython has no profile %s in %s" % (profile, directory))
for name in preload:
    try:
        importlib.import_module(name)
    except (Exception, SystemExit) as error:
        found.append("preload: %s cannot be imported: %s: %s" % (name, type(error).__name__, error))
sys.__stdout__.write("".join("\\n:" + " ".join(text.split()) for text in found))
sys.__stdout__.flush()
os._exit(0)
"""
_WHICH_IPYTHON: Final = """\
import sys
print("%d.%d" % sys.version_info[:2])
try:
    from importlib.metadata import version
    print(version("ipython"))
except Exception:
    print("")
"""
_OLDEST_PYTHON: Final = (3, 9)


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is found."""
    yield _packages()
    yield from _interpreter(environ)
    yield from _kernels(environ)
    yield _manual()


def _packages() -> Finding:
    """Look for what cshell itself needs, in the environment that it is installed in."""
    python = ".".join(map(str, sys.version_info[:3]))
    try:
        required = metadata.requires("cshell") or []
        found = [f"cshell {metadata.version('cshell')}", f"Python {python}"]
    except metadata.PackageNotFoundError:
        return doubtful(f"cshell is not installed in {sys.prefix} (Python {python})", "install it with: pip install .")
    wrong = []
    for match in filter(None, map(_REQUIREMENT.fullmatch, required)):
        name, least = match["name"], match["version"]
        version = _version(name)
        if version is None or _numbers(version) < _numbers(least):
            wrong.append(f"'{name}>={least}'")
        else:
            found.append(f"{name} {version}")
    if wrong:
        return broken(f"{sys.prefix} lacks {', '.join(wrong)}", f"install: {pip_install(*wrong)}")
    return ok(f"{', '.join(found)} in {sys.prefix}")


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _interpreter(environ: Mapping[str, str]) -> Iterator[Finding]:
    path = xdg_directory("XDG_CONFIG_HOME", ".config", environ) / "cshell" / "config.toml"
    status, said = answer([sys.executable, "-P", "-c", _WHICH_INTERPRETER])
    if status:
        yield broken(said.splitlines()[-1] if said else "the configuration cannot be read")
        return
    said, preload, profile = json.loads(said)
    problems = read(environ).problems
    for problem in problems:
        yield doubtful(problem)
    if not problems:
        yield ok(f"configuration: {path}" if path.exists() else f"no configuration ({path}), so all is as by default")
    # from a directory without modules of anybody's
    status, told = answer([said, "-c", _WHICH_IPYTHON], cwd="/")
    version, _, ipython = told.partition("\n")
    if status:
        yield broken(
            f"{said} should run code, but cannot be run: {told}", "name another one with: cshell --python PATH"
        )
    elif _numbers(version) < _OLDEST_PYTHON:
        yield broken(f"{said} should run code, but is Python {version}", "Python 3.9 or newer is needed")
    elif not ipython:
        yield broken(
            f"{said} should run code, but has no IPython", f"install it with: {pip_install('ipython', python=said)}"
        )
    else:
        yield ok(f"code is run by {said}: Python {version}, IPython {ipython}")
        yield from _configured(said, preload, profile, path)


def _configured(python: str, preload: list[str], profile: str, path: Path) -> Iterator[Finding]:
    """Look whether what the configuration names is there."""
    if not preload and profile == "default":
        return
    _, told = answer([python, "-c", _WHICH_FAIL, profile, *preload], cwd="/")
    for line in told.splitlines():
        if line.startswith(":"):
            yield doubtful(line[1:], f"correct {path}, or install what is missing for {python}")


def _kernels(environ: Mapping[str, str]) -> Iterator[Finding]:
    specs = kernelspecs(environ)
    good = [spec for spec in specs if not spec.problem]
    if good:
        shown = ", ".join(f"{spec.name} ({spec.display_name})" for spec in good)
        client = _version("jupyter_client")
        if client is None:
            yield doubtful(
                f"kernels of Jupyter's cannot be started: {shown}",
                f"install jupyter_client with: {pip_install('jupyter_client')}",
            )
        else:
            yield ok(f"kernels of Jupyter's: {shown}; jupyter_client {client}")
    else:
        yield ok("Jupyter has no kernels here; cshell's own needs none")
    for spec in specs:
        if spec.problem:
            yield doubtful(f"the kernel {spec.name} cannot be started: {spec.problem}", _mended(spec))


def _mended(spec: KernelSpec) -> str:
    return f"install it again, or remove {spec.directory}"


def _manual() -> Finding:
    page = Path(sys.prefix) / "share" / "man" / "man1" / "cshell.1"
    if which("man") is None:
        return ok(f"the manual is {page}; there is no man to show it") if page.exists() else doubtful("no man is here")
    status, found = answer(["man", "-w", "cshell"])
    if not status:
        return ok(f"the manual: {found}")
    if page.exists():
        return doubtful("man does not find the manual", f'export MANPATH="{page.parents[1]}:$MANPATH"')
    return doubtful("the manual is not installed", "pip install puts it where man looks")
