"""A kernel started from a connection file, as Jupyter starts it, driven by jupyter_client."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager
from zmq.utils.monitor import recv_monitor_message

from tests.kernel.support import DEADLINE, is_running, wait_for

_HANDSHAKE = (
    zmq.EVENT_HANDSHAKE_SUCCEEDED
    | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
    | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
    | zmq.EVENT_HANDSHAKE_FAILED_AUTH
)
KERNELSPEC = Path(__file__).parents[2] / "kernel" / "kernelspec" / "kernel.json"


def install_kernelspec(directory: Path) -> None:
    """Install our kernelspec, for the Python that runs the tests, where `directory` is in JUPYTER_PATH."""
    spec = json.loads(KERNELSPEC.read_text())
    spec["argv"][0] = sys.executable
    target = directory / "kernels" / "cshell"
    target.mkdir(parents=True)
    (target / "kernel.json").write_text(json.dumps(spec))


def managed(
    environ: dict[str, str], extra: dict[str, str] | None = None, **traits: Any
) -> tuple[KernelManager, BlockingKernelClient]:
    specs = Path(environ["HOME"]) / "specs"
    if not specs.exists():
        install_kernelspec(specs)
    manager = KernelManager(
        kernel_name="cshell",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(specs / "kernels")]),
        **traits,
    )
    manager.start_kernel(env=environ | (extra or {}), cwd=environ["HOME"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=DEADLINE)
    return manager, client


@pytest.fixture
def kernel(environ: dict[str, str]) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    manager, client = managed(environ)
    yield manager, client
    client.stop_channels()
    if manager.has_kernel:
        manager.shutdown_kernel(now=True)


def run(client: BlockingKernelClient, code: str, **options: Any) -> tuple[dict[str, Any], list[Any]]:
    """Run a cell; return its reply's content, and the contents of its output by type."""
    outputs = []

    def take(message: dict[str, Any]) -> None:
        outputs.append((message["msg_type"], message["content"]))

    reply = client.execute_interactive(code, output_hook=take, timeout=DEADLINE, **options)
    return reply["content"], outputs


def value(client: BlockingKernelClient, code: str) -> str:
    """Run a cell; return the text of its value."""
    _, outputs = run(client, code)
    return next(str(c["data"]["text/plain"]) for kind, c in outputs if kind == "execute_result")


def supervisor_pid(manager: KernelManager) -> int:
    assert manager.provisioner is not None
    return int(manager.provisioner.pid)


class TestManager:
    def test_cells(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        _, client = kernel
        reply, outputs = run(client, "print('hello'); 6 * 7")
        assert reply["status"] == "ok"
        shown = [(kind, content) for kind, content in outputs if kind != "status"]
        assert [kind for kind, _ in shown] == ["execute_input", "stream", "execute_result"]
        assert run(client, "1 / 0")[0]["ename"] == "ZeroDivisionError"

    def test_input(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        _, client = kernel
        _, outputs = run(
            client, "print(input('? ') * 2)", stdin_hook=lambda message: client.input("ab"), allow_stdin=True
        )
        assert ("stream", {"name": "stdout", "text": "abab\n"}) in outputs
        assert run(client, "input()", allow_stdin=False)[0]["ename"] == "StdinNotImplementedError"

    def test_interrupt(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        manager, client = kernel
        msg_id = client.execute("print('begun', flush=True)\nwhile True: pass")
        while client.get_iopub_msg(timeout=DEADLINE)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=DEADLINE))["parent_header"].get("msg_id") != msg_id:
            pass
        assert reply["content"]["ename"] == "KeyboardInterrupt"

    def test_restart(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        manager, client = kernel
        run(client, "x = 1")
        before = supervisor_pid(manager)
        manager.restart_kernel()
        client.wait_for_ready(timeout=DEADLINE)
        assert run(client, "x")[0]["ename"] == "NameError"
        assert supervisor_pid(manager) != before
        assert not is_running(before)

    def test_shutdown(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        manager, client = kernel
        pids = [process.pid for process in psutil.Process(supervisor_pid(manager)).children(recursive=True)]
        manager.shutdown_kernel()
        assert not manager.is_alive()
        assert not client.is_alive()
        wait_for(lambda: not any(map(is_running, pids)), "the end of all processes")

    def test_a_dead_worker_is_replaced_by_itself(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        manager, client = kernel
        reply, outputs = run(client, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
        assert reply["ename"] == "DeadKernelError"
        assert "SIGKILL" in reply["evalue"]
        assert "error" in [kind for kind, _ in outputs]
        assert manager.is_alive()
        assert value(client, "'new'") == "'new'"
        os.kill(int(value(client, "os = __import__('os'); os.getpid()")), signal.SIGKILL)
        wait_for(lambda: run(client, "'again'")[0]["status"] == "ok")

    def test_states_that_are_published(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        _, client = kernel
        client.execute("import os; os._exit(1)")
        states = []
        while "starting" not in states:
            message = client.get_iopub_msg(timeout=DEADLINE)
            if message["msg_type"] == "status":
                states.append(message["content"]["execution_state"])
        assert states[-3:] == ["dead", "restarting", "starting"]

    def test_ipc(self, environ: dict[str, str]) -> None:
        manager, client = managed(environ, transport="ipc", ip=f"{environ['XDG_RUNTIME_DIR']}/k")
        assert value(client, "6 * 7") == "42"
        client.stop_channels()
        manager.shutdown_kernel()
        assert list(Path(environ["XDG_RUNTIME_DIR"]).glob("k*")) == []

    def test_it_ends_with_its_manager(self, environ: dict[str, str], tmp_path: Path) -> None:
        install_kernelspec(Path(environ["HOME"]) / "specs")
        script = tmp_path / "manager.py"
        script.write_text(
            "import sys, time\nfrom jupyter_client.manager import start_new_kernel\n"
            "manager, client = start_new_kernel(kernel_name='cshell')\n"
            "print(manager.provisioner.pid, flush=True)\ntime.sleep(600)"
        )
        environ["JUPYTER_PATH"] = str(Path(environ["HOME"]) / "specs")
        manager = subprocess.Popen([sys.executable, script], env=environ, stdout=subprocess.PIPE, text=True)
        assert manager.stdout is not None
        pid = int(manager.stdout.readline())
        children = [process.pid for process in psutil.Process(pid).children(recursive=True)]
        manager.kill()
        manager.wait(DEADLINE)
        wait_for(lambda: not any(map(is_running, [pid, *children])), "the end of the kernel")

    def test_a_worker_that_hangs_at_its_end_does_not_outlive_its_manager(
        self, environ: dict[str, str], tmp_path: Path
    ) -> None:
        file, _ = write_connection_file(str(tmp_path / "connection.json"))
        manager = subprocess.Popen(["sleep", "600"])
        kernel = subprocess.Popen(
            [sys.executable, "-m", "kernel", "-f", file], env=environ | {"JPY_PARENT_PID": str(manager.pid)}
        )
        client = BlockingKernelClient(connection_file=file)
        client.load_connection_file()
        client.start_channels()
        try:
            client.wait_for_ready(DEADLINE)
            reply, _ = run(client, "import atexit, time; atexit.register(time.sleep, 600)")
            assert reply["status"] == "ok"
            times = psutil.Process(kernel.pid).cpu_times()
            manager.kill()
            manager.wait(DEADLINE)
            _, status, used = wait_for(lambda: (ended := os.wait4(kernel.pid, os.WNOHANG))[0] and ended, "its end")
            kernel.returncode = os.waitstatus_to_exitcode(status)
            assert kernel.returncode == 0
            # it has waited, and not looked all the time
            assert used.ru_utime + used.ru_stime - times.user - times.system < 1.0
        finally:
            client.stop_channels()
            for process in (manager, kernel):
                process.kill()
                process.wait(DEADLINE)

    def test_modules_of_the_users_do_not_shadow_ours(self, environ: dict[str, str]) -> None:
        home = Path(environ["HOME"])
        for name in ("kernel", "zmq", "json", "IPython"):
            (home / f"{name}.py").write_text("raise SystemExit('shadowed')")
        (home / "mine.py").write_text("answer = 42")
        manager, client = managed(environ)
        try:
            assert value(client, "import mine; mine.answer") == "42"
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


class TestHeartbeat:
    def test_it_beats_while_the_kernel_is_busy(self, kernel: tuple[KernelManager, BlockingKernelClient]) -> None:
        manager, client = kernel
        client.execute("while True: pass")
        client.hb_channel.unpause()
        wait_for(client.hb_channel.is_beating)
        assert client.is_alive()
        started = time.monotonic()
        client.kernel_info()
        while client.get_shell_msg(timeout=DEADLINE)["msg_type"] != "kernel_info_reply":
            pass
        assert time.monotonic() - started < 10
        manager.interrupt_kernel()


class TestBadConnectionFiles:
    def start(self, environ: dict[str, str], path: Path) -> str:
        """Start a kernel that must fail; return what it says."""
        command = [sys.executable, "-P", "-m", "kernel", "-f", str(path)]
        result = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=DEADLINE)
        assert result.returncode == 1
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1, result.stderr
        assert list(Path(environ["XDG_RUNTIME_DIR"]).iterdir()) == []
        return result.stderr

    def test_missing(self, environ: dict[str, str], tmp_path: Path) -> None:
        assert "No such file" in self.start(environ, tmp_path / "none")

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", "{}", '{"transport": "udp"}', "\udcff", '{"shell_port": true}', "[" * 100_000]
    )
    def test_malformed(self, environ: dict[str, str], tmp_path: Path, text: str) -> None:
        file = tmp_path / "connection.json"
        file.write_bytes(text.encode("utf-8", "surrogateescape"))
        assert str(file) in self.start(environ, file)

    def test_unreadable(self, environ: dict[str, str], tmp_path: Path) -> None:
        assert "cannot read" in self.start(environ, tmp_path)

    def test_an_unknown_signature_scheme(self, environ: dict[str, str], tmp_path: Path) -> None:
        file, _ = write_connection_file(str(tmp_path / "c.json"), signature_scheme="hmac-rot13")
        assert "signature scheme" in self.start(environ, Path(file))

    @pytest.mark.parametrize("channel", ["shell", "hb"])
    def test_a_port_in_use(self, environ: dict[str, str], tmp_path: Path, channel: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            file, _ = write_connection_file(str(tmp_path / "c.json"), **{f"{channel}_port": port})
            said = self.start(environ, Path(file))
        assert said == f"cannot listen on tcp://127.0.0.1:{port}: Address already in use\n"

    def test_an_address_that_is_not_ours(self, environ: dict[str, str], tmp_path: Path) -> None:
        file, values = write_connection_file(str(tmp_path / "c.json"))
        Path(file).write_text(json.dumps(values | {"ip": "nonsense"}, default=bytes.decode))
        assert "cannot listen on tcp://nonsense" in self.start(environ, Path(file))

    def test_without_ipython(self, environ: dict[str, str], tmp_path: Path) -> None:
        (tmp_path / "IPython.py").write_text("raise ModuleNotFoundError('gone', name='IPython')")
        file, _ = write_connection_file(str(tmp_path / "c.json"))
        said = self.start(environ | {"PYTHONPATH": str(tmp_path)}, Path(file))
        assert said.startswith(f"IPython is not installed for {sys.executable}; install it with:")

    def test_a_home_that_cannot_be_written(self, environ: dict[str, str]) -> None:
        nowhere = dict.fromkeys(("XDG_STATE_HOME", "IPYTHONDIR", "XDG_CONFIG_HOME"), "/proc/nowhere")
        manager, client = managed(environ, extra=nowhere)
        try:
            assert value(client, "6 * 7") == "42"
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def test_the_kernelspec_names_this_kernel() -> None:
    spec = json.loads(KERNELSPEC.read_text())
    assert spec["argv"][1:] == ["-P", "-m", "kernel", "-f", "{connection_file}"]
    assert spec["interrupt_mode"] == "message"
    assert shutil.which(spec["argv"][0]) or spec["argv"][0] == "python"


def test_a_manager_that_wants_encryption(environ: dict[str, str]) -> None:
    """CURVE on TCP: the kernelspec says that the kernel knows it, and who lacks the key hears nothing."""
    if not hasattr(KernelManager, "transport_encryption"):
        pytest.skip("this jupyter_client has no transport encryption")
    manager, client = managed(environ, transport_encryption="required")
    try:
        assert client.execute_interactive("6 * 7", timeout=DEADLINE)["content"]["status"] == "ok"
        assert client.hb_channel.is_beating()
        with zmq.Context() as context, context.socket(zmq.DEALER) as stranger:
            stranger.linger = 0
            with stranger.get_monitor_socket(_HANDSHAKE) as events:
                stranger.connect(f"tcp://127.0.0.1:{manager.shell_port}")
                stranger.send_multipart([b"hello"])
                assert events.poll(DEADLINE * 1000), "the end of the handshake"
                assert recv_monitor_message(events)["event"] != zmq.EVENT_HANDSHAKE_SUCCEEDED
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
