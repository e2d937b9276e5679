"""Kernels started by their kernelspecs: which transport they get, when they are given up, and who ends them."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from kernel.protocol.session import Session
from kernel.supervisor.foreign import Ended, Event, Failed, Launched
from kernel.supervisor.foreign_spec import SpecKernel, _said
from kernel.supervisor.process import Death
from kernel.supervisor.start import StartError
from tests.kernel.support import is_running, wait_for

pytest.importorskip("jupyter_client", reason="jupyter_client, which starts kernels, is not installed")


class Home:
    """A directory with kernelspecs, and a session in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.session = Session("s", path / "run", path / "state")
        for directory in (self.session.runtime, self.session.state):
            directory.mkdir(mode=0o700)
        self.kernels: list[SpecKernel] = []

    def kernel(self, *argv: str, **more: object) -> SpecKernel:
        directory = self.path / "kernels" / "made"
        directory.mkdir(parents=True)
        spec = {"argv": [*argv, "{connection_file}"], "display_name": "made", "language": "none", **more}
        (directory / "kernel.json").write_text(json.dumps(spec))
        kernel = SpecKernel("made")
        kernel.live_in(lambda: self.session)
        kernel.wait_for_spec()
        self.kernels.append(kernel)
        return kernel

    def log(self) -> str:
        return (self.session.state / "kernel.log").read_text()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    made = Home(tmp_path)
    before = set(psutil.Process().children(recursive=True))
    yield made
    # what other tests have running is none of this one's business
    children = [child for child in psutil.Process().children(recursive=True) if child not in before]
    for kernel in made.kernels:
        kernel.close()
    wait_for(lambda: not any(is_running(child.pid) for child in children), "the end of all processes")
    for child in children:
        try:
            os.waitpid(child.pid, 0)
        except ChildProcessError:
            continue


def event(kernel: SpecKernel) -> Event:
    """The next thing that happens."""
    events: list[Event] = []

    def look() -> bool:
        events.extend(kernel.serve())
        return bool(events)

    wait_for(look, "an event")
    assert len(events) == 1
    return events[0]


def test_what_the_kernelspec_says(home: Home) -> None:
    kernel = home.kernel("sh", "-c", "exec sleep 600", language="R", interrupt_mode="message")
    assert (kernel.name, kernel.language, kernel.by_message) == ("made", "R", True)


def test_an_unknown_one(home: Home) -> None:
    kernel = SpecKernel("nosuch")
    with pytest.raises(StartError, match="there is no kernelspec 'nosuch'; there are: "):
        kernel.wait_for_spec()


def test_one_that_ends_at_once_is_tried_with_both_transports(home: Home) -> None:
    kernel = home.kernel("sh", "-c", 'grep -o \'"transport": "..."\' $0; exit 3')
    kernel.start()
    launched = event(kernel)
    assert isinstance(launched, Launched)
    assert launched.connection.transport == "ipc"
    again = event(kernel)
    assert isinstance(again, Launched)
    assert again.connection.transport == "tcp"
    assert event(kernel) == Ended(Death(None, 3))
    assert kernel.output() == '"transport": "tcp"\n'


def test_one_that_declares_encryption_gets_it(home: Home) -> None:
    kernel = home.kernel("sh", "-c", "exec sleep 600", metadata={"supported_encryption": ["curve"]})
    kernel.start()
    launched = event(kernel)
    assert isinstance(launched, Launched)
    manager = pytest.importorskip("jupyter_client.manager").KernelManager
    expected = "tcp" if "transport_encryption" in manager.class_trait_names() else "ipc"
    assert launched.connection.transport == expected
    assert bool(launched.connection.curve_publickey) == (expected == "tcp")
    assert Path(home.session.runtime / "kernel.json").stat().st_mode & 0o077 == 0


def test_one_that_answered_is_not_tried_again(home: Home) -> None:
    kernel = home.kernel("sh", "-c", "read line < $0.go; exit 4")
    os.mkfifo(home.session.runtime / "kernel.json.go")
    kernel.start()
    assert isinstance(event(kernel), Launched)
    kernel.answered()
    (home.session.runtime / "kernel.json.go").write_text("go\n")
    ended = event(kernel)
    assert isinstance(ended, Ended)
    assert ended.death.exit_status == 4


def test_one_that_never_listens_is_given_up(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = home.kernel("sh", "-c", "exec sleep 600")
    monkeypatch.setattr("kernel.supervisor.foreign_spec._BIND", 0.1)
    monkeypatch.setattr("kernel.supervisor.foreign_spec._ANSWER", 0.2)
    kernel.start()
    assert isinstance(event(kernel), Launched)
    first = kernel.pid
    again = event(kernel)
    assert isinstance(again, Launched)
    assert again.connection.transport == "tcp"
    failed = event(kernel)
    assert isinstance(failed, Failed)
    assert "has not answered in" in failed.reason
    assert first is not None
    assert not is_running(first)


def test_a_reason_of_any_length_is_read(home: Home) -> None:
    # the program that cannot be run is named in the reason
    kernel = home.kernel("/nonexistent/" + "☃" * 100_000)
    kernel.start()
    failed = event(kernel)
    assert isinstance(failed, Failed)
    assert failed.reason.startswith("the kernel 'made' cannot be started: ")


@pytest.mark.parametrize("said", [b"", b'{"said": "fai', b"[]", b"5", b"\xff"])
def test_nonsense_of_the_keeper_is_like_its_end(said: bytes) -> None:
    assert _said(said) == {}


def test_a_signal_reaches_it(home: Home) -> None:
    kernel = home.kernel(sys.executable, "-c", "import time\nprint('up', flush=True)\ntime.sleep(600)")
    kernel.start()
    assert isinstance(event(kernel), Launched)
    kernel.answered()
    wait_for(lambda: "up" in home.log())
    kernel.signal(signal.SIGINT)
    ended = event(kernel)
    assert isinstance(ended, Ended)
    assert "KeyboardInterrupt" in kernel.output()
    assert ended.death.peak


def test_it_does_not_outlive_who_keeps_it(home: Home) -> None:
    kernel = home.kernel("sh", "-c", "exec sleep 600")
    kernel.start()
    assert isinstance(event(kernel), Launched)
    kernel.answered()
    # other tests may have left children of theirs that nobody has waited for
    living = [child for child in psutil.Process().children() if is_running(child.pid)]
    (keeper,) = [child for child in living if "foreign_keeper" in " ".join(child.cmdline())]
    pid = kernel.pid
    assert pid is not None
    keeper.kill()
    assert event(kernel) == Ended(Death(None, None))
    wait_for(lambda: not is_running(pid), "the end of the kernel")
    # and the next one has another keeper
    kernel.start()
    assert isinstance(event(kernel), Launched)
    assert kernel.pid not in (None, pid)


def test_nothing_of_it_is_left_when_it_is_closed(home: Home) -> None:
    kernel = home.kernel("sh", "-c", "sleep 601 & sleep 600")
    kernel.start()
    assert isinstance(event(kernel), Launched)
    assert kernel.pid is not None
    family = wait_for(lambda: len(found := psutil.Process(kernel.pid).children()) == 2 and found)
    assert family
    kernel.close()
    wait_for(lambda: not any(is_running(pid) for pid in (kernel.pid, *(f.pid for f in family)) if pid), "the end")
