"""``python -m kernel.supervisor.foreign_keeper``: starts the kernels of a kernelspec, and waits for their ends.

A process of its own, because Jupyter's way to start a kernel needs asyncio and takes long to import; because of two who
wait for the same child one does not learn how it ended; and because it outlives a supervisor that is killed by the
moment that it takes to end the kernel as well.  Datagrams of JSON come and go through a socket: commands have the key
`do`, answers the key `said`.
"""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from typing import Any, Final

from kernel.protocol.installing import pip_install

LIMIT: Final = 1 << 16
# characters of a reason: in JSON, one may take twelve bytes of those that the supervisor reads at once
_WORDS: Final = LIMIT // 16
# seconds between two questions to a kernel that is no child of this process
_ASK_AGAIN: Final = 1.0
_MISSING: Final = (
    f"jupyter_client, which starts such kernels, is not installed; get it: {pip_install('jupyter_client')}"
)


class NoSpec(Exception):
    """There is no such kernelspec; the text is one sentence."""


class Keeper:
    """The kernel that runs, if any, and the other end of the socket."""

    def __init__(self, sock: socket.socket, name: str) -> None:
        """Find the kernelspec.  Raises NoSpec, and whatever one that is broken makes of it."""
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

        self._socket = sock
        self._name = name
        self._specs = KernelSpecManager()
        try:
            self._spec: Any = self._specs.get_kernel_spec(name)
        except NoSuchKernel:
            known = ", ".join(sorted(self._specs.find_kernel_specs())) or "none"
            raise NoSpec(f"there is no kernelspec {name!r}; there are: {known}") from None
        self._manager: Any = None
        self._pid: int | None = None
        self._commands: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    def tell(self, said: str, **values: object) -> None:
        """Say something to the supervisor, if it is still there."""
        _say(self._socket, said, **values)

    async def serve(self) -> None:
        """Do what is asked until the supervisor is gone, then end the kernel."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGCHLD, self._look)
        loop.add_reader(self._socket, self._read)
        spec = self._spec
        self.tell("spec", language=spec.language, by_message=spec.interrupt_mode == "message", encrypts=_encrypts(spec))
        while (command := await self._commands.get()) is not None:
            await self._do(command)
        await self._signal(signal.SIGKILL)

    def _read(self) -> None:
        try:
            data = self._socket.recv(LIMIT)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            asyncio.get_running_loop().remove_reader(self._socket)
        self._commands.put_nowait(json.loads(data) if data else None)

    async def _do(self, command: dict[str, Any]) -> None:
        if command["do"] == "signal":
            await self._signal(int(command["number"]))
            return
        try:
            await self._launch(command["transport"], command["directory"], command["log"])
        except Exception as error:
            # a provisioner is anybody's code
            self._manager = None
            self.tell("failed", reason=f"the kernel {self._name!r} cannot be started: {error}"[:_WORDS])

    async def _launch(self, transport: str, directory: str, log: str) -> None:
        from jupyter_client.manager import AsyncKernelManager

        if self._manager is not None:
            await self._manager.cleanup_resources()
        options: dict[str, Any] = {"transport": "tcp"}
        if transport == "ipc":
            options = {"transport": "ipc", "ip": os.path.join(directory, "k")}
        elif transport == "curve":
            options["transport_encryption"] = "required"
        manager: Any = AsyncKernelManager(
            kernel_name=self._name,
            kernel_spec_manager=self._specs,
            connection_file=os.path.join(directory, "kernel.json"),
            **options,
        )
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_NOFOLLOW
        with open(os.open(log, flags, 0o600), "wb") as output:
            await manager.start_kernel(stdout=output, stderr=output, env=dict(os.environ), cwd=os.getcwd())
        self._manager = manager
        self._pid = getattr(manager.provisioner, "pid", None)
        self.tell("launched", pid=self._pid, file=manager.connection_file)
        if self._pid is None:
            self._remote = asyncio.create_task(self._ask(manager.provisioner))
        self._look()

    async def _ask(self, provisioner: Any) -> None:
        """Wait for the end of a kernel on another machine."""
        while await provisioner.poll() is None:
            await asyncio.sleep(_ASK_AGAIN)
        self.tell("ended", status=None, peak=None)

    def _look(self) -> None:
        """Tell the kernel's end, after that of what it started."""
        pid = self._pid
        if pid is None:
            return
        try:
            # it is left a zombie meanwhile: no other process can get its number
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                return
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            _, status, used = os.wait4(pid, 0)
        except ChildProcessError:
            # the provisioner's own code has waited for it
            self.tell("ended", status=None, peak=None)
        else:
            self.tell("ended", status=status, peak=used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
        self._pid = None

    async def _signal(self, number: int) -> None:
        """Send a signal to the kernel and what it started."""
        provisioner = self._manager.provisioner if self._manager is not None else None
        if provisioner is None or (self._pid is None and getattr(provisioner, "pid", None) is not None):
            return
        with contextlib.suppress(OSError):
            if number == signal.SIGKILL:
                await provisioner.kill()
            else:
                await provisioner.send_signal(number)


def _say(sock: socket.socket, said: str, **values: object) -> None:
    with contextlib.suppress(OSError):
        sock.send(json.dumps({"said": said, **values}).encode())


def _encrypts(spec: Any) -> bool:
    """Whether a kernel can have ports that are closed to others (CURVE), as far as it and all else know how."""
    import zmq
    from jupyter_client.manager import KernelManager

    names = (spec.metadata or {}).get("supported_encryption") or ()
    declared = "curve" in ([names] if isinstance(names, str) else names)
    return declared and "transport_encryption" in KernelManager.class_trait_names() and zmq.has("curve")


def main(descriptor: int, name: str) -> None:
    """Serve the supervisor at the other end of a socket, for the kernelspec `name`."""
    sock = socket.socket(fileno=descriptor)
    sock.setblocking(False)
    sock.set_inheritable(False)
    # not ignored, which the kernel would inherit: nothing of it is meant for this process
    signal.signal(signal.SIGINT, lambda *_: None)
    try:
        keeper = Keeper(sock, name)
    except ImportError as error:
        missing = (error.name or "").partition(".")[0] == "jupyter_client"
        reason = _MISSING if missing else f"jupyter_client cannot be used: {error}"
    except NoSpec as error:
        reason = str(error)
    # a kernelspec is anybody's file: it may be no JSON, or lack what it should have
    except Exception as error:
        reason = f"the kernelspec {name!r} cannot be used: {error or type(error).__name__}"
    else:
        asyncio.run(keeper.serve())
        return
    _say(sock, "failed", reason=reason[:_WORDS])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
