"""``python -m kernel``: start a supervisor; the fork server warms up while the rest is imported."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kernel.supervisor.foreign import Foreign
    from kernel.supervisor.forking import ForkServer

USAGE = """\
usage: python -m kernel -f CONNECTION_FILE [--python PATH]
       python -m kernel --report DESCRIPTOR --log FILE [--session NAME]
                        [--python PATH | --embed DESCRIPTOR | --kernel NAME | --existing FILE]
       python -m kernel install [--user | --prefix DIRECTORY] [--name NAME] [--display-name TEXT]

Start a Jupyter kernel that listens where the connection file says.  The second form
is how cshell starts a session: its name, or why there is none, is reported as JSON.
Code is run by the interpreter PATH, which needs IPython and nothing else of cshell's,
by the program at the other end of a socket, by a kernel that Jupyter knows by this NAME,
or by one that runs already and listens where this connection FILE says.
The third form lets Jupyter's clients find the kernel.
"""

# what each form needs, and what it may have
_FORMS = (
    ({"-f"}, {"--python"}),
    ({"--report", "--log"}, {"--session", "--python"}),
    ({"--report", "--log", "--embed"}, {"--session"}),
    ({"--report", "--log", "--kernel"}, {"--session"}),
    ({"--report", "--log", "--existing"}, {"--session"}),
)


def main(arguments: list[str]) -> int:
    """Run the kernel; return the exit status."""
    if arguments in (["-h"], ["--help"]):
        print(USAGE, end="")
        return 0
    if arguments[:1] == ["install"]:
        from kernel.install import main as install

        return install(arguments[1:], os.environ)
    values = dict(zip(arguments[::2], arguments[1::2], strict=False))
    if len(arguments) % 2 or not any(needs <= set(values) <= needs | may for needs, may in _FORMS):
        print(USAGE, end="", file=sys.stderr)
        return 2
    for option in ("--report", "--embed"):
        if option in values and not _keep(values[option]):
            print(f"{option} {values[option]}: this is no open file of this process", file=sys.stderr)
            return 2

    # first things first: the longest wait is for IPython, in the fork server
    kernel, failure = _begin_kernel(values)

    from kernel.supervisor.start import NewSession, StartError, managed_connection

    session = None
    try:
        if "--report" not in values:
            if failure is not None:
                raise StartError(failure)
            connection = managed_connection(values["-f"])
        else:
            new = NewSession(int(values["--report"]), values["--log"], values.get("--session"))
            session = new.make(os.environ, failure)
            connection = session.connection()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1

    from kernel.supervisor.main import supervise

    assert kernel is not None
    return supervise(connection, session, kernel, embedded="--embed" in values)


def _begin_kernel(values: dict[str, str]) -> tuple[ForkServer | Foreign | None, str | None]:
    """Begin with what is to be the kernel; return it, or why it cannot be."""
    if not {"--kernel", "--existing"} & values.keys():
        return _begin_worker(values)

    from kernel.supervisor.config import ConfigError, read_config
    from kernel.supervisor.foreign_existing import ExistingKernel
    from kernel.supervisor.foreign_spec import SpecKernel
    from kernel.supervisor.start import StartError

    try:
        read_config(os.environ)
        if "--existing" in values:
            return ExistingKernel(values["--existing"], os.environ), None
        foreign = SpecKernel(values["--kernel"])
        _import_while_another_process_reads_the_kernelspec()
        foreign.wait_for_spec()
    except (ConfigError, StartError) as error:
        return None, str(error)
    except OSError as error:
        return None, f"cannot run {sys.executable}: {error.strerror}"
    return foreign, None


def _import_while_another_process_reads_the_kernelspec() -> None:
    import kernel.supervisor.broker
    import kernel.supervisor.main  # noqa: F401


def _begin_worker(values: dict[str, str]) -> tuple[ForkServer, str | None]:
    """Start what will be the worker; return it, and why it cannot be."""
    from kernel.supervisor.config import Config, ConfigError, interpreter, read_config
    from kernel.supervisor.forking import ForkServer, Host

    if "--embed" in values:
        return Host(int(values["--embed"])), None
    failure = None
    config = Config()
    try:
        config = read_config(os.environ)
    except ConfigError as error:
        failure = str(error)
    # a kernelspec names its interpreter; a session has the one of the environment that it was started in
    python = sys.executable
    if "--report" in values or "--python" in values:
        python = interpreter(values.get("--python"), config, os.environ)
    fork_server = ForkServer(python, config.preload, config.profile)
    try:
        if failure is None:
            fork_server.start()
    except OSError as error:
        failure = f"cannot run {python}: {error.strerror}"
    return fork_server, failure


def _keep(descriptor: str) -> bool:
    """Keep a descriptor from children: whoever has it makes the client wait."""
    try:
        os.set_inheritable(int(descriptor), False)
    except (ValueError, OSError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
