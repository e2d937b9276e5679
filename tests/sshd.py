"""A machine of one test's own behind OpenSSH: a server on the loopback with its own keys, and a home to live in."""

import contextlib
import getpass
import itertools
import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.home import DEADLINE, Home

HOST = "far"
# another name of the same machine
JUMP = "near"
_SERVER = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
# where the server wants an empty directory when root runs it
_FIRST_PORT = 19_000
_PRIVILEGE_SEPARATION = Path("/run/sshd")

needs_sshd = pytest.mark.skipif(
    _SERVER is None or shutil.which("ssh") is None, reason="OpenSSH's server and client are needed"
)

_SERVER_CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey {directory}/host_key
AuthorizedKeysFile {directory}/user_key.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin yes
"""
_CLIENT_CONFIG = """
Host {host} {jump}
    HostName 127.0.0.1
    Port {port}
    User {user}
    IdentityFile {directory}/user_key
    IdentitiesOnly yes
    UserKnownHostsFile {directory}/known_hosts
    StrictHostKeyChecking yes
    GlobalKnownHostsFile none
"""
# the command `cshell` over there
_COMMAND = """#!/bin/sh
{environ}
cd {work}
exec {python} -P -m curses_client "$@"
"""


class Sshd:
    """A server that runs, what lives behind it in a home of its own, and how a client gets there."""

    def __init__(self, near: Home) -> None:
        self.far = Home()
        self._directory = near.path / "ssh"
        self._directory.mkdir(mode=0o700)
        for name in ("host_key", "user_key"):
            path = self._directory / name
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
        if os.getuid() == 0:
            _PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _free_port()
        self._write_files()
        self.start()
        # what the client's environment needs
        self.environ = {
            "CSHELL_SSH": f"ssh -F {self.config}",
            "CSHELL_REMOTE": str(self.command),
        }

    @property
    def config(self) -> Path:
        """The configuration of the client's ssh."""
        return self._directory / "ssh_config"

    def _write_files(self) -> None:
        values = {
            "directory": self._directory,
            "port": self._port,
            "host": HOST,
            "jump": JUMP,
            "user": getpass.getuser(),
        }
        (self._directory / "sshd_config").write_text(_SERVER_CONFIG.format(**values))
        self.config.write_text(_CLIENT_CONFIG.format(**values))
        key = (self._directory / "host_key.pub").read_text()
        (self._directory / "known_hosts").write_text(f"[127.0.0.1]:{self._port} {key}")
        environ = "\n".join(
            f"export {name}={shlex.quote(value)}"
            for name, value in self.far.environ.items()
            if name in ("HOME", "LANG") or name.startswith("XDG_")
        )
        self.command = self.far.path / "cshell"
        self.command.write_text(
            _COMMAND.format(
                environ=environ,
                work=shlex.quote(str(self.far.work)),
                python=shlex.quote(sys.executable),
            )
        )
        self.command.chmod(0o755)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self.shut()
        self.far.__exit__(kind, error, trace)

    # ---- the server ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Let people in."""
        assert _SERVER is not None
        config = self._directory / "sshd_config"
        log = self._directory / "sshd.log"
        self._process = subprocess.Popen([_SERVER, "-D", "-f", config, "-E", log])
        end = time.monotonic() + DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self._port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, log.read_text()
                assert time.monotonic() < end
                time.sleep(0.01)

    def stop(self) -> None:
        """Let nobody in any more; who is in stays."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def shut(self) -> None:
        """End all connections, and let nobody in any more."""
        assert self._process is not None
        listener = self._process.pid
        # a client that comes back while its connection is ended is not let in
        os.kill(listener, signal.SIGSTOP)
        _wait(lambda: _state(listener) == "T", "the server to stand still")
        self.cut()
        self.stop()

    def cut(self) -> None:
        """End the server's side of all connections that there are."""
        for pid in self.connections():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def configure(self, *lines: str) -> None:
        """Add lines to the client's configuration of the host."""
        with self.config.open("a") as file:
            file.write("\n    ".join((f"Host {HOST}", *lines)) + "\n")

    def lock_key(self, passphrase: str) -> None:
        """Protect the client's key with a passphrase."""
        key = self._directory / "user_key"
        subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", passphrase, "-f", key], check=True)

    def refuse(self) -> None:
        """Let nobody in with the key that the client has."""
        (self._directory / "user_key.pub").write_text("")

    def relays(self) -> list[int]:
        """Return the relays that live behind the server."""
        return [pid for pid in self.far.processes() if b"\0relay\0" in _arguments(pid)]

    def wait_for_no_relays(self) -> None:
        """Wait until they have ended by themselves."""
        _wait(lambda: not self.relays(), "the end of the relays")

    def wait_for_no_connections(self) -> None:
        """Wait until nobody is connected."""
        _wait(lambda: not self.connections(), "the end of the connections")

    def connections(self) -> list[int]:
        """Return the processes of the server that serve somebody."""
        return list(self._descendants(self._process.pid)) if self._process is not None else []

    def sessions(self) -> list[int]:
        """Return those of them that have one connection each."""
        return list(children(self._process.pid)) if self._process is not None else []

    def _descendants(self, pid: int) -> Iterator[int]:
        for child in children(pid):
            if _arguments(child).startswith(b"sshd"):
                yield from self._descendants(child)
                yield child


def _arguments(pid: int) -> bytes:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes()
    except OSError:
        # it has ended
        return b""


def _state(pid: int) -> str:
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0]


def _wait(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def children(parent: int) -> Iterator[int]:
    """Yield the processes that a process has started and that live."""
    for directory in Path("/proc").iterdir():
        try:
            if directory.name.isdigit() and (directory / "stat").read_text().rpartition(")")[2].split()[1] == str(
                parent
            ):
                yield int(directory.name)
        except OSError:
            # it ended meanwhile
            continue


def _free_port() -> int:
    """Return a port that stays free while the server is stopped: below those of outgoing connections."""
    for port in itertools.count(_FIRST_PORT + os.getpid() % 500):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError
