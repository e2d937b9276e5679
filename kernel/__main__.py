"""``python -m kernel``: start a supervisor; the fork server warms up while the rest is imported."""

import os
import sys
from pathlib import Path

USAGE = """\
usage: python -m kernel -f CONNECTION_FILE
       python -m kernel --session NAME --lock DESCRIPTOR

Start a Jupyter kernel that listens where the connection file says.  The second form
is how cshell starts a session, whose directory and lock it has made.
"""


def main(arguments: list[str]) -> int:
    """Run the kernel; return the exit status."""
    values = dict(zip(arguments[::2], arguments[1::2], strict=False))
    known = set(values) <= {"-f", "--session", "--lock"} and len(arguments) % 2 == 0
    if arguments in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    if not known or ("-f" in values) == ("--session" in values):
        print(USAGE, end="", file=sys.stderr)
        return 2
    lock = values.get("--lock")
    if lock is not None:
        # whoever inherits it would keep the session alive
        os.set_inheritable(int(lock), False)

    # first things first: the longest wait is for IPython, in the fork server
    from kernel.supervisor.process import ForkServer

    fork_server = ForkServer()
    fork_server.start()

    from kernel.supervisor.main import Options
    from kernel.supervisor.main import main as supervise

    file = values.get("-f")
    options = Options(Path(file) if file else None, values.get("--session"), int(lock) if lock else None)
    return supervise(options, fork_server)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
