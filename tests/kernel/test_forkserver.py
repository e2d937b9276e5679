"""The fork server as a process, talked to as the supervisor does."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel.forkserver import receive_launch
from kernel.supervisor.forking import ForkServer
from kernel.supervisor.process import Launch, Worker
from kernel.supervisor.streams import Frame
from kernel.worker.channel import HELLO, READY
from tests.kernel.support import is_running, wait_for

LAUNCH = Launch("/", "user", str(Path(tempfile.gettempdir(), "no such directory", "history.sqlite")))


@pytest.fixture
def server(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[ForkServer]:
    for name in ("HOME", "IPYTHONDIR", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, environ[name])
    found = ForkServer()
    found.start()
    yield found
    if found.socket is not None:
        found.socket.close()
    wait_for(lambda: not _servers(), "the end of the fork server")


def _servers() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        try:
            if "kernel.forkserver" in child.cmdline():
                found.append(child)
        except psutil.ZombieProcess:
            os.waitpid(child.pid, 0)
        except psutil.NoSuchProcess:
            pass
    return found


def launched(server: ForkServer) -> Worker:
    """Have a worker made; wait until it is ready."""
    worker = Worker.launched(server, LAUNCH)
    kinds: list[bytes] = []

    def ready() -> bool:
        for frame in worker.receive(worker.sockets[0]):
            if frame[0] == HELLO:
                worker.hello(int(frame[2]), frame[3])
            else:
                worker.add(frame)
        worker.read_pipes()
        kinds.extend(item.parts[0] for item in worker.take() if isinstance(item, Frame))
        return READY in kinds

    wait_for(ready, "a worker that is ready")
    return worker


def test_workers_of_one_server(server: ForkServer) -> None:
    workers = [launched(server) for _ in range(3)]
    pids = [worker.pid for worker in workers]
    assert len(set(pids)) == 3
    for worker in workers:
        assert worker.pid is not None
        process = psutil.Process(worker.pid)
        assert os.getsid(worker.pid) == worker.pid
        # no other file than its own: not the server's socket, not another worker's channels
        names = {os.readlink(f"/proc/{worker.pid}/fd/{fd}") for fd in range(3)}
        assert "/dev/null" in names
        assert process.num_threads() >= 1
        worker.shut_down()
    for worker, pid in zip(workers, pids, strict=True):
        assert pid is not None
        wait_for(lambda pid=pid: not is_running(pid), "the worker's end")
        worker.close()


def test_a_worker_ends_with_its_channel(server: ForkServer) -> None:
    worker = launched(server)
    assert worker.pid is not None
    worker.close()
    wait_for(lambda: not is_running(worker.pid or 0), "the worker's end")


def test_sigint_is_not_its_end(server: ForkServer) -> None:
    launched(server).close()
    (process,) = _servers()
    process.send_signal(signal.SIGINT)
    launched(server).close()


def test_one_thread(server: ForkServer) -> None:
    launched(server).close()
    (process,) = _servers()
    assert process.num_threads() == 1


def test_the_other_mode(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where forking is not safe, the process becomes the worker, and the next one warms up."""
    for name in ("HOME", "IPYTHONDIR", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, environ[name])
    monkeypatch.setattr(sys, "platform", "darwin")
    server = ForkServer()
    monkeypatch.undo()
    server.start()
    (process,) = _servers()
    worker = launched(server)
    assert worker.pid == process.pid
    assert len(_servers()) == 2
    worker.close()
    assert server.socket is not None
    server.socket.close()
    wait_for(lambda: not _servers(), "the end of both")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ("raise ModuleNotFoundError('x', name='IPython.core')", "IPython is not installed for"),
        ("raise RuntimeError('broken')", "the kernel's worker cannot start: RuntimeError: broken"),
        ("raise SystemExit", "the fork server ended without a word"),
    ],
)
def test_complaints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, words: str) -> None:
    (tmp_path / "IPython.py").write_text(module)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    server = ForkServer()
    server.start()
    worker = Worker.launched(server, LAUNCH)
    assert wait_for(server.complaint).startswith(words)
    assert server.complaint() is None
    worker.close()
    wait_for(lambda: not _servers(), "the end of the fork server")


def test_descriptors_are_not_for_the_users_children() -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    reader, writer = os.pipe()
    os.set_inheritable(reader, True)
    socket.send_fds(ours, [b'{"a": "b"}'], [reader, writer])
    received = receive_launch(theirs)
    assert received is not None
    values, descriptors = received
    assert values == {"a": "b"}
    assert [os.get_inheritable(descriptor) for descriptor in descriptors] == [False, False]
    ours.close()
    assert receive_launch(theirs) is None
    theirs.close()
    for descriptor in (reader, writer, *descriptors):
        os.close(descriptor)


def test_nothing_heavy_is_imported_before_it_is_started() -> None:
    code = (
        "import sys, kernel.__main__, kernel.supervisor.forking\n"
        "print({'zmq', 'IPython', 'asyncio', 'dataclasses', 'hashlib'} & set(sys.modules))\n"
        "import kernel.supervisor.main\n"
        "print({'IPython', 'asyncio', 'tornado', 'jedi', 'jupyter_client', 'traitlets'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "set()\nset()\n"
