"""Makes workers: a warm process that forks one at each request, or becomes one where forking is not safe.

It is started as ``python -m kernel.forkserver DESCRIPTOR MODE OPTIONS``.  On the socket come launch requests, an
assignment in JSON with five descriptors; what is sent back is one sentence if it cannot serve, and behind a question
mark another one if some of what it was to import cannot be.
In the mode ``fork`` a worker is forked twice, so that its parent becomes the supervisor (a child subreaper,
prctl(2)), which then knows how it died.  In the mode ``spare`` the process turns itself into the worker.
It has one thread, no zmq and no user code.  The options are JSON: IPython's profile, and the modules that are imported
while nobody waits for a worker.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import threading
from typing import Dict, Final, List, Tuple

from kernel.protocol.installing import pip_install

ASSIGNMENT_LIMIT: Final = 1 << 16
DESCRIPTORS: Final = 5

# an assignment, and the descriptors that come with it
Launch = Tuple[Dict[str, str], List[int]]


class Unforkable(Exception):
    """What was imported must not be forked; the text is a clause that says why."""


def main() -> None:
    """Warm up, then serve until the supervisor closes the socket."""
    # nothing of what is imported is garbage, and looking for it takes a tenth of the time
    gc.disable()
    control = socket.socket(fileno=int(sys.argv[1]))
    mode, options = sys.argv[2], json.loads(sys.argv[3])
    # Ctrl-C in the supervisor's terminal is meant for user code, of which there is none here
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        # the imports are what this process is for; a missing one must reach the user as a sentence
        from kernel.worker.main import Assignment, become_worker, warm_up

        warm = warm_up(options["profile"])
        launch = _serve(control, mode, options["preload"])
    except Unforkable as error:
        control.send(f"!{error}".encode())
        sys.exit(1)
    except Exception as error:
        control.send(_sentence(error))
        sys.exit(1)
    if launch is not None:
        values, descriptors = launch
        control.close()
        gc.enable()
        become_worker(warm, Assignment(descriptors=(*descriptors,), **values))  # type: ignore[arg-type]


def _serve(control: socket.socket, mode: str, preload: list[str]) -> Launch | None:
    """Make workers; return what this process is to become, or None when nobody is to be served.  Raises Unforkable."""
    gc.freeze()
    warmer = False
    # a spare is made ahead of who wants it; what is to fork is started by who wants a worker at once
    wanted = mode == "spare"
    while True:
        # who waits for a worker does not wait for what makes the next one faster
        if wanted and not warmer and not select.select([control], [], [], 0)[0]:
            failures = _warm_up_further(preload, mode)
            if failures:
                # who has closed the socket meanwhile will be told by the next one
                with contextlib.suppress(OSError):
                    control.send(f"?preload: {'; '.join(failures)}".encode()[:ASSIGNMENT_LIMIT])
            warmer = True
        launch = receive_launch(control)
        if launch is None or mode == "spare" or _fork_worker():
            return launch
        for descriptor in launch[1]:
            os.close(descriptor)
        wanted = True


def _warm_up_further(preload: list[str], mode: str) -> list[str]:
    """Import what the next workers will need; return a clause for each module that cannot be.  Raises Unforkable."""
    from kernel.worker.main import warm_up_further

    failures = []
    warm_up_further()
    for name in preload:
        try:
            importlib.import_module(name)
        # a module may raise anything; the user meets it again when they import it
        except (Exception, SystemExit) as error:
            failures.append(f"{name} cannot be imported: {type(error).__name__}: {error}")
            print(f"preload: {failures[-1]}", file=sys.stderr, flush=True)
        if mode == "fork" and threading.active_count() > 1:
            raise Unforkable(f"{name} starts a thread, which a fork would not copy")
    gc.freeze()
    return failures


def receive_launch(control: socket.socket) -> Launch | None:
    """Wait for the next launch request; None when there will be no more."""
    data, descriptors, _, _ = socket.recv_fds(control, ASSIGNMENT_LIMIT, DESCRIPTORS)
    for descriptor in descriptors:
        # what user code starts must not keep the channels of a dead worker open
        os.set_inheritable(descriptor, False)
    return (json.loads(data), descriptors) if data else None


def _fork_worker() -> bool:
    """Fork twice; return True in the worker, False here."""
    child = os.fork()
    if child == 0:
        between = os.getpid()
        if os.fork():
            os._exit(0)
        while os.getppid() == between:
            os.sched_yield()
        return True
    os.waitpid(child, 0)
    return False


def _sentence(error: Exception) -> bytes:
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        python = sys.executable
        return f"{package} is not installed for {python}; install it with: {pip_install(package)}".encode()
    return f"the kernel's worker cannot start: {type(error).__name__}: {error}".encode()


if __name__ == "__main__":
    main()
