"""The side that computes: a supervisor that speaks Jupyter's protocol, and the worker it looks after.

``python -m kernel -f CONNECTION_FILE`` is what Jupyter calls the kernel.  It starts the *supervisor*
(`kernel.supervisor`), which owns the sockets, the journal and the queue and runs no user code.  The
supervisor has a *fork server* (`kernel.forkserver`) make *workers* (`kernel.worker`), processes that hold
IPython's engine and know neither zmq nor the key.  What both sides and every client say to each other is
in `kernel.protocol`, the only part that a client imports.

A program can have a session in itself with `kernel.embed()` (`kernel.embedding`), or use the engine without any
process and socket (`kernel.inprocess`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.embedding import embed as embed

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "embed":
        # IPython comes with it, which no client needs
        from kernel.embedding import embed

        return embed
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
