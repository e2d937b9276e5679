"""How the user has divided the screen, kept for the clients to come; what cannot be read or written is forgotten."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from curses_client.arrangement import Panes
from kernel.protocol.session import xdg_directory

_SHARES: Final = ("editor_cols", "editor_rows", "side_cols", "side_rows")


def _path(environ: Mapping[str, str]) -> Path:
    return xdg_directory("XDG_STATE_HOME", ".local/state", environ) / "cshell" / "panes.json"


def keep_panes(panes: Panes, environ: Mapping[str, str]) -> None:
    """Keep sizes and arrangement, but not which panes are open."""
    kept = {name: getattr(panes, name) for name in ("beside", *_SHARES)}
    path = _path(environ)
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(kept), encoding="utf-8")
        # another client finds the old ones or the new ones
        beside.replace(path)


def kept_panes(environ: Mapping[str, str]) -> Panes:
    """Return what was kept, as far as it makes sense."""
    try:
        found: Any = json.loads(_path(environ).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return Panes()
    if not isinstance(found, dict):
        return Panes()
    shares = {name: found[name] for name in _SHARES if _is_share(found.get(name))}
    beside = found.get("beside")
    return replace(Panes(beside=beside if isinstance(beside, bool) else None), **shares)


def _is_share(value: object) -> bool:
    return isinstance(value, float) and 0 < value < 1
