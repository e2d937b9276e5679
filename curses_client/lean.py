"""Imports urwid without what this program does not use, which is two thirds of the time that it takes.

``import urwid`` loads every widget, asyncio and each optional event loop whose package is installed.  Here its
packages are made without running their ``__init__``, so that only the modules asked for are loaded.  A name that
is looked up in such a package nevertheless loads the real one.  So does the first use of wcwidth, which urwid imports.
This holds for the urwid that is pinned; with another one, urwid is imported as usual.
"""

import importlib
import importlib.util
import os
import platform
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_PACKAGES: Final = ("urwid", "urwid.widget", "urwid.event_loop")
_NEEDED: Final = (
    "urwid.canvas",
    "urwid.display.raw",
    "urwid.widget.widget",
    "urwid.event_loop.main_loop",
)
# urwid needs it for text that is not ASCII; it has a function of the name of one of its modules
_LATER: Final = "wcwidth"
# urwid's main loop imports it for pop-ups of urwid's own, which this program has none of
_UNUSED: Final = ("urwid.widget", "PopUpTarget")


def import_urwid() -> None:
    """Load what this program uses of urwid."""
    if "urwid" not in sys.modules:
        before = set(sys.modules)
        try:
            _make_packages()
            _delay(_LATER)
            with _cheap_platform():
                for name in _NEEDED:
                    importlib.import_module(name)
        except (ImportError, AttributeError):
            loaded = [name for name in sys.modules if name.split(".")[0] in ("urwid", _LATER)]
            for name in [name for name in loaded if name not in before]:
                del sys.modules[name]
    importlib.import_module("urwid")


@contextmanager
def _cheap_platform() -> Iterator[None]:
    """Let urwid find out whether this is WSL without `uname -p`, a process that takes 10 ms."""
    original = platform.platform
    # the release names Microsoft there; the processor, which needs the process, does not matter
    platform.platform = lambda *_args, **_kwargs: os.uname().release
    try:
        yield
    finally:
        platform.platform = original


def _root(name: str) -> Path:
    """Return where a package is.  Raises ImportError."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError
    return Path(spec.submodule_search_locations[0])


def _delay(name: str) -> None:
    """Have a package be loaded when something of it is used; one that is loaded already stays."""
    if name not in sys.modules:
        package = types.ModuleType(name)
        package.__path__ = [str(_root(name))]
        package.__package__ = name
        package.__getattr__ = _real_attribute(name, package, has_modules=False)  # type: ignore[method-assign]
        sys.modules[name] = package


def _make_packages() -> None:
    root = _root("urwid")
    for name in _PACKAGES:
        package = types.ModuleType(name)
        package.__path__ = [str(root.joinpath(*name.split(".")[1:]))]
        package.__package__ = name
        package.__getattr__ = _real_attribute(name, package)  # type: ignore[method-assign]
        sys.modules[name] = package
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, package)
    package_name, attribute = _UNUSED
    setattr(sys.modules[package_name], attribute, None)


def _real_attribute(name: str, package: types.ModuleType, *, has_modules: bool = True) -> Any:
    def attribute(wanted: str) -> Any:
        if wanted in ("__path__", "__spec__", "__file__", "__wrapped__"):
            # what Python's own machinery looks for
            raise AttributeError(wanted)
        root = Path(package.__path__[0])
        if has_modules and ((root / f"{wanted}.py").exists() or (root / wanted).is_dir()):
            return importlib.import_module(f"{name}.{wanted}")
        # run the package's own __init__ in place, once
        path = root / "__init__.py"
        spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=[str(root)])
        assert spec is not None
        assert spec.loader is not None
        package.__spec__ = spec
        package.__file__ = str(path)
        del package.__getattr__
        spec.loader.exec_module(package)
        return getattr(package, wanted)

    return attribute
