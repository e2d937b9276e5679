"""Makes workers: a warm process that forks one at each request, or becomes one where forking is not safe.

It is started as ``python -m kernel.forkserver DESCRIPTOR MODE``.  On the socket come launch requests, an
assignment in JSON with five descriptors; the only thing sent back is one sentence if it cannot serve.
In the mode ``fork`` a worker is forked twice, so that its parent becomes the supervisor (a child subreaper,
prctl(2)), which then knows how it died.  In the mode ``spare`` the process turns itself into the worker.
It has one thread, no zmq and no user code.
"""

import gc
import json
import os
import signal
import socket
import sys
from typing import Final

ASSIGNMENT_LIMIT: Final = 1 << 16
DESCRIPTORS: Final = 5


def main() -> None:
    """Warm up, then serve until the supervisor closes the socket."""
    # nothing of what is imported is garbage, and looking for it takes a tenth of the time
    gc.disable()
    control = socket.socket(fileno=int(sys.argv[1]))
    # Ctrl-C in the supervisor's terminal is meant for user code, of which there is none here
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        # the imports are what this process is for; a missing one must reach the user as a sentence
        from kernel.worker.main import Assignment, become_worker, warm_up, warm_up_further

        warm = warm_up()
    except Exception as error:
        control.send(_sentence(error))
        sys.exit(1)
    gc.freeze()
    launch = receive_launch(control)
    while launch is not None:
        values, descriptors = launch
        if sys.argv[2] == "spare" or _fork_worker():
            control.close()
            gc.enable()
            become_worker(warm, Assignment(descriptors=(*descriptors,), **values))  # type: ignore[arg-type]
        for descriptor in descriptors:
            os.close(descriptor)
        # the first worker did not wait for this; the ones after it have it
        warm_up_further()
        gc.freeze()
        launch = receive_launch(control)


def receive_launch(control: socket.socket) -> tuple[dict[str, str], list[int]] | None:
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
        remedy = f"install it with: {python} -m pip install {package}"
        return f"{package} is not installed for {python}; {remedy}".encode()
    return f"the kernel's worker cannot start: {type(error).__name__}: {error}".encode()


if __name__ == "__main__":
    main()
