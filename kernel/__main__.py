"""``python -m kernel``: start a supervisor; the fork server warms up while the rest is imported."""

import os
import sys

USAGE = """\
usage: python -m kernel -f CONNECTION_FILE
       python -m kernel --report DESCRIPTOR --log FILE [--session NAME]

Start a Jupyter kernel that listens where the connection file says.  The second form
is how cshell starts a session: its name, or why there is none, is reported as JSON.
"""

_FORMS = ({"-f"}, {"--report", "--log"}, {"--report", "--log", "--session"})


def main(arguments: list[str]) -> int:
    """Run the kernel; return the exit status."""
    if arguments in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    values = dict(zip(arguments[::2], arguments[1::2], strict=False))
    if len(arguments) % 2 or set(values) not in _FORMS:
        print(USAGE, end="", file=sys.stderr)
        return 2
    report = values.get("--report")
    if report is not None and not _keep(report):
        print(f"--report {report}: this is no open file of this process", file=sys.stderr)
        return 2

    # first things first: the longest wait is for IPython, in the fork server
    from kernel.supervisor.forking import ForkServer

    fork_server = ForkServer()
    fork_server.start()

    from kernel.supervisor.start import NewSession, StartError, managed_connection

    session = None
    try:
        if report is None:
            connection = managed_connection(values["-f"])
        else:
            session = NewSession(int(report), values["--log"], values.get("--session")).make(os.environ)
            connection = session.connection()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1

    from kernel.supervisor.main import supervise

    return supervise(connection, session, fork_server)


def _keep(descriptor: str) -> bool:
    """Keep a descriptor from children: whoever has it makes the client wait."""
    try:
        os.set_inheritable(int(descriptor), False)
    except (ValueError, OSError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
