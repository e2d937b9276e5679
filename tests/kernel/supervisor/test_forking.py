"""Which process workers come from, and what it says when it cannot."""

import json
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import kernel
from kernel.supervisor.forking import _BOOT, ForkServer, Host
from tests.kernel.support import DEADLINE, wait_for


@pytest.fixture
def servers() -> Iterator[list[ForkServer]]:
    """Servers to be ended after the test."""
    before = children()
    found: list[ForkServer] = []
    yield found
    for server in found:
        if server.socket is not None:
            server.socket.close()
    for child in children() - before:
        os.waitpid(child, 0)


def children() -> set[int]:
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def program(path: Path, text: str) -> str:
    path.write_text(f"#!{sys.executable}\n{textwrap.dedent(text)}")
    path.chmod(0o755)
    return str(path)


class TestMode:
    def test_linux_forks(self) -> None:
        server = ForkServer()
        assert server._command(5)[-2] == "fork"
        assert server.notice is None

    def test_elsewhere_there_is_a_process_for_each(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "platform", "darwin")
        server = ForkServer(preload=["torch"])
        assert server._command(5)[-2] == "spare"
        assert server.notice is None

    @pytest.mark.parametrize("preload", [["numpy", "torch"], ["torch.nn"], ["torch", "torch.nn"]])
    def test_what_cannot_be_forked_is_not(self, preload: list[str]) -> None:
        server = ForkServer(preload=preload)
        assert server._command(5)[-2] == "spare"
        assert server.notice is not None
        assert server.notice.startswith("preload: torch")
        assert "\n" not in server.notice

    def test_a_name_that_only_begins_like_one(self) -> None:
        assert ForkServer(preload=["torchlike"]).notice is None

    def test_what_is_preloaded_is_told(self) -> None:
        command = ForkServer(preload=["numpy"], profile="mine")._command(5)
        assert json.loads(command[-1]) == {"preload": ["numpy"], "profile": "mine"}


class TestInterpreter:
    def test_our_own(self) -> None:
        server = ForkServer()
        assert server.is_own
        assert server._command(5)[:4] == [sys.executable, "-P", "-m", "kernel.forkserver"]

    def test_another_gets_our_package_and_nothing_beside_it(self) -> None:
        server = ForkServer("/usr/bin/another")
        assert not server.is_own
        python, option, boot, directory, *_ = server._command(5)
        assert (python, option, boot) == ("/usr/bin/another", "-c", _BOOT)
        assert Path(directory) == Path(kernel.__file__).parent

    @pytest.mark.parametrize("path", ["/no/such/python", "/etc/passwd", "/tmp"])
    def test_one_that_cannot_be_run(self, path: str) -> None:
        server = ForkServer(path)
        before = len(os.listdir("/proc/self/fd"))
        with pytest.raises(OSError, match=r"No such file|Permission denied"):
            server.start()
        assert server.socket is None
        assert len(os.listdir("/proc/self/fd")) == before

    def test_the_boot_code_makes_the_package_alone(self, tmp_path: Path) -> None:
        """As another interpreter runs it, in a directory full of traps."""
        for name in ("kernel", "json", "socket"):
            (tmp_path / f"{name}.py").write_text("raise SystemExit('a module of the working directory was imported')")
        script = _BOOT.replace(
            "from kernel.forkserver import main\nmain()\n", "import kernel\nprint(kernel.__file__)\n"
        )
        script += "print(sys.argv[1:], [p for p in sys.path if p in ('', sys.argv[0])])"
        done = subprocess.run(
            [sys.executable, "-c", script, str(Path(kernel.__file__).parent), "5", "fork", "{}"],
            cwd=tmp_path,
            env={name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")},
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert (done.stdout, done.stderr) == (f"{kernel.__file__}\n['5', 'fork', '{{}}'] []\n", "")


class TestComplaints:
    def test_none_while_it_runs(self, servers: list[ForkServer], tmp_path: Path) -> None:
        server = ForkServer(program(tmp_path / "waits", "import sys; sys.stdin.read(); import time; time.sleep(60)"))
        assert server.complaint() is None
        before = children()
        server.start()
        assert server.complaint() is None
        (process,) = children() - before
        os.kill(process, 9)
        assert "which may be no Python, ended without a word" in wait_for(server.complaint)
        servers.append(server)

    def said(self, servers: list[ForkServer], path: Path, words: bytes) -> ForkServer:
        """A server that says something and ends."""
        code = f"import socket, sys; socket.socket(fileno=int(sys.argv[4])).send({words!r})"
        server = ForkServer(program(path, code))
        servers.append(server)
        server.start()
        return server

    def test_its_last_words(self, servers: list[ForkServer], tmp_path: Path) -> None:
        server = self.said(servers, tmp_path / "says", "IPython is gone – sorry".encode())
        assert wait_for(server.complaint) == "IPython is gone – sorry"
        assert server.complaint() is None
        assert server.notice is None

    def test_a_remark_is_no_complaint_and_told_once(self, servers: list[ForkServer], tmp_path: Path) -> None:
        words = "sock = socket.socket(fileno=int(sys.argv[4])); sock.send(b'?a'); sock.send(b'?a'); sock.recv(1)"
        server = ForkServer(program(tmp_path / "says", f"import socket, sys; {words}"))
        servers.append(server)
        server.start()
        wait_for(lambda: server.complaint() is None and server.notice is not None)
        assert server.notice == "a"
        server.notice = None
        assert server.complaint() is None
        assert (server.notice, server.runs) == (None, True)

    def test_what_must_not_be_forked_is_started_again_without(self, servers: list[ForkServer], tmp_path: Path) -> None:
        server = self.said(servers, tmp_path / "says", b"!broken starts a thread, which a fork would not copy")
        assert wait_for(server.complaint) == "broken starts a thread, which a fork would not copy"
        assert server.notice == (
            "preload: broken starts a thread, which a fork would not copy;"
            " kernels come from a process that was started for each instead"
        )
        assert server._command(5)[-2] == "spare"
        assert server.socket is not None


class TestHost:
    def test_a_program_is_the_worker_once(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        host = Host(ours.detach())
        reader, writer = os.pipe()
        host.start()
        assert not host.is_own
        host.launch({"token": "x"}, [reader, writer])
        data, descriptors, _, _ = socket.recv_fds(theirs, 1 << 16, 5)
        assert json.loads(data) == {"token": "x"}
        assert len(descriptors) == 2
        with pytest.raises(OSError, match="has ended it"):
            host.launch({}, [])
        theirs.close()
        for descriptor in (reader, writer, *descriptors):
            os.close(descriptor)
