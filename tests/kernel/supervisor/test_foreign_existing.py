"""Connection files found as Jupyter finds them."""

import json
import os
from pathlib import Path

import pytest

from kernel.protocol.connection import CHANNELS, Connection
from kernel.supervisor.foreign import Launched
from kernel.supervisor.foreign_existing import ExistingKernel, find_connection_file, jupyter_runtime
from kernel.supervisor.start import StartError


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    directory = tmp_path / "runtime"
    directory.mkdir()
    for age, name in enumerate(("kernel-1.json", "kernel-12.json", "kernel-3.json")):
        (directory / name).write_text("{}")
        os.utime(directory / name, (1000 - age, 1000 - age))
    return directory


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("kernel-3.json", "kernel-3.json"),
        ("kernel-1.json", "kernel-1.json"),
        ("12", "kernel-12.json"),
        ("1", "kernel-1.json"),
        ("kernel-*.json", "kernel-1.json"),
    ],
)
def test_a_name_is_looked_for_where_jupyter_keeps_them(runtime: Path, given: str, found: str) -> None:
    environ = {"JUPYTER_RUNTIME_DIR": str(runtime)}
    assert find_connection_file(given, environ) == runtime / found


def test_a_file_here_comes_first(runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kernel-3.json").write_text("{}")
    environ = {"JUPYTER_RUNTIME_DIR": str(runtime)}
    assert find_connection_file("kernel-3.json", environ) == tmp_path / "kernel-3.json"


def test_what_is_nowhere(runtime: Path) -> None:
    with pytest.raises(StartError, match=r"there is no connection file 'nosuch', neither here nor in .*runtime"):
        find_connection_file("nosuch", {"JUPYTER_RUNTIME_DIR": str(runtime)})


@pytest.mark.parametrize(
    ("environ", "directory"),
    [
        ({"JUPYTER_RUNTIME_DIR": "/r", "JUPYTER_DATA_DIR": "/d"}, "/r"),
        ({"JUPYTER_DATA_DIR": "/d", "HOME": "/h"}, "/d/runtime"),
    ],
)
def test_where_jupyter_keeps_them(environ: dict[str, str], directory: str) -> None:
    assert jupyter_runtime(environ) == Path(directory)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"ip": 1}', "\0"])
def test_a_file_that_is_none_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "kernel-x.json"
    file.write_text(text)
    with pytest.raises(StartError, match=r"the connection file .*kernel-x.json") as raised:
        ExistingKernel(str(file), {})
    assert "\n" not in str(raised.value)


def test_it_is_known_by_its_name_or_its_file(tmp_path: Path) -> None:
    for name, shown in (("python3", "python3"), ("", "kernel-7")):
        Connection.local(tmp_path, "key", name).write(tmp_path / "kernel-7.json")
        kernel = ExistingKernel(str(tmp_path / "kernel-7.json"), {})
        assert kernel.name == shown
        kernel.start()
        (launched,) = kernel.serve()
        assert isinstance(launched, Launched)
        assert kernel.serve() == []


@pytest.mark.parametrize(
    "broken",
    [
        {"signature_scheme": "hmac-foo"},
        {"ip": "no such host !"},
        {"transport": "ipc", "ip": "/tmp/" + "x" * 150},
        {"curve_publickey": "é" * 40},
    ],
)
def test_a_file_that_cannot_be_used_is_refused_before_there_is_a_session(
    tmp_path: Path, broken: dict[str, str]
) -> None:
    ports = {f"{channel}_port": 5001 + number for number, channel in enumerate(CHANNELS)}
    file = tmp_path / "kernel.json"
    values = {"transport": "tcp", "ip": "127.0.0.1", "key": "k", "signature_scheme": "hmac-sha256", **ports, **broken}
    file.write_text(json.dumps(values))
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(StartError, match=r"the kernel of .*kernel.json cannot be reached: "):
        ExistingKernel(str(file), {})
    assert len(os.listdir("/proc/self/fd")) == before
