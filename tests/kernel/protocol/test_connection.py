"""Connection files that are written, read, and refused."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from kernel.protocol.connection import CHANNELS, Connection, ConnectionFileError

VALUES = {
    "transport": "tcp",
    "ip": "127.0.0.1",
    "shell_port": 1001,
    "iopub_port": 1002,
    "stdin_port": 1003,
    "control_port": 1004,
    "hb_port": 1005,
    "key": "secret",
    "signature_scheme": "hmac-sha256",
    "kernel_name": "cshell",
}


def read(directory: Path, values: Any) -> Connection:
    file = directory / "connection.json"
    file.write_text(json.dumps(values))
    return Connection.read(file)


class TestRead:
    def test_a_file_of_jupyters(self, tmp_path: Path) -> None:
        connection = read(tmp_path, VALUES | {"something": "else"})
        assert connection.endpoint("shell") == "tcp://127.0.0.1:1001"
        assert connection.endpoint("hb") == "tcp://127.0.0.1:1005"
        assert connection.key == "secret"
        assert connection.feed_port == 0

    def test_what_may_be_missing(self, tmp_path: Path) -> None:
        values = {name: value for name, value in VALUES.items() if name.endswith("_port") or name in ("ip", "key")}
        connection = read(tmp_path, values)
        assert (connection.transport, connection.signature_scheme) == ("tcp", "hmac-sha256")

    @pytest.mark.parametrize("name", [*(f"{channel}_port" for channel in CHANNELS), "ip", "key"])
    def test_what_must_be_there(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ConnectionFileError, match=name):
            read(tmp_path, {key: value for key, value in VALUES.items() if key != name})

    @pytest.mark.parametrize("port", [0, -1, 65536, "1001", 1.5, True, None, [1]])
    def test_ports_that_are_none(self, tmp_path: Path, port: Any) -> None:
        with pytest.raises(ConnectionFileError, match="shell_port"):
            read(tmp_path, VALUES | {"shell_port": port})

    @pytest.mark.parametrize("values", [[], 1, None, {}, VALUES | {"transport": "udp"}, VALUES | {"ip": 1}])
    def test_what_is_no_connection_file(self, tmp_path: Path, values: Any) -> None:
        with pytest.raises(ConnectionFileError, match=r"connection\.json"):
            read(tmp_path, values)

    @pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
    def test_what_is_no_json(self, tmp_path: Path, data: bytes) -> None:
        (tmp_path / "c").write_bytes(data)
        with pytest.raises(ConnectionFileError, match="is not JSON"):
            Connection.read(tmp_path / "c")

    def test_what_cannot_be_read(self, tmp_path: Path) -> None:
        for path in (tmp_path, tmp_path / "missing"):
            with pytest.raises(ConnectionFileError, match="cannot read"):
                Connection.read(path)

    def test_the_key_is_not_shown(self, tmp_path: Path) -> None:
        assert "secret" not in repr(read(tmp_path, VALUES))


class TestWrite:
    def test_there_and_back(self, tmp_path: Path) -> None:
        file = tmp_path / "c"
        for connection in (read(tmp_path, VALUES), Connection.local(tmp_path, "key", "name")):
            connection.write(file)
            assert Connection.read(file) == connection

    def test_nobody_else_reads_it(self, tmp_path: Path) -> None:
        file = tmp_path / "c"
        file.touch(mode=0o666)
        before = os.umask(0)
        try:
            Connection.local(tmp_path, "key", "").write(file)
        finally:
            os.umask(before)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_a_link_is_not_followed(self, tmp_path: Path) -> None:
        target = tmp_path / "target"
        (tmp_path / "c").symlink_to(target)
        Connection.local(tmp_path, "key", "").write(tmp_path / "c")
        assert not target.exists()
        assert not (tmp_path / "c").is_symlink()
        (tmp_path / "d.part").symlink_to(target)
        with pytest.raises(OSError, match="d"):
            Connection.local(tmp_path, "key", "").write(tmp_path / "d")
        assert not target.exists()

    def test_nobody_reads_half_of_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        connection = Connection.local(tmp_path, "key", "name")
        connection.write(tmp_path / "c")

        def fail(*_args: object, **_kwargs: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("json.dump", fail)
        with pytest.raises(OSError, match="No space"):
            Connection.local(tmp_path, "another", "name").write(tmp_path / "c")
        assert Connection.read(tmp_path / "c") == connection


class TestLocal:
    def test_sockets_in_the_directory(self) -> None:
        connection = Connection.local(Path("/run/x"), "key", "name")
        assert connection.endpoint("shell") == "ipc:///run/x/s-1"
        assert connection.endpoint("feed") == "ipc:///run/x/s-6"

    def test_a_path_that_is_too_long(self) -> None:
        longest = Path("/" + "d" * 102)
        assert len(Connection.local(longest, "", "").endpoint("feed").removeprefix("ipc://")) == 107
        with pytest.raises(ConnectionFileError, match="XDG_RUNTIME_DIR"):
            Connection.local(Path(f"{longest}d"), "", "")
