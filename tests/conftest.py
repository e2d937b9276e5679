"""What holds for all tests, in whichever process of the runner they are."""

import os
import signal
import socket
from itertools import count

import pytest

# below the ports that the system gives to outgoing connections (ip_local_port_range), a range for each process
_FIRST_PORT = 20_000
_PORTS = 4_000


def pytest_configure(config: pytest.Config) -> None:
    """Begin as a program in a terminal does, and keep kernels from taking each other's ports."""
    # the runner's processes ignore it, and so does a shell for what it runs in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        from jupyter_client.connect import LocalPortCache
    except ImportError:
        return
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    first = _FIRST_PORT + int(worker) % 3 * _PORTS
    numbers = count()

    def find_available_port(self: object, ip: str) -> int:
        """Return a port that no other test uses: Jupyter's way to find one lets two kernels find the same."""
        while True:
            port = first + next(numbers) % _PORTS
            with socket.socket() as probe:
                try:
                    probe.bind((ip or "127.0.0.1", port))
                except OSError:
                    continue
            return port

    LocalPortCache.find_available_port = find_available_port
