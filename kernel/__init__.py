"""The side that computes: a supervisor that speaks Jupyter's protocol, and the worker it looks after.

``python -m kernel -f CONNECTION_FILE`` is what Jupyter calls the kernel.  It starts the *supervisor*
(`kernel.supervisor`), which owns the sockets, the journal and the queue and runs no user code.  The
supervisor has a *fork server* (`kernel.forkserver`) make *workers* (`kernel.worker`), processes that hold
IPython's engine and know neither zmq nor the key.  What both sides and every client say to each other is
in `kernel.protocol`, the only part that a client imports.
"""

__version__ = "0.1.0"
