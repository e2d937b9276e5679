"""The connection file: where a kernel listens, and the key that its messages are signed with."""

import json
import os
from dataclasses import field
from pathlib import Path
from typing import Any, Final, Literal, Self

from kernel.protocol.value import Value

CURVE_KEYS: Final = ("curve_publickey", "curve_secretkey")
# 32 bytes in Z85 (ZeroMQ RFC 32)
_CURVE_LENGTH: Final = 40
CHANNELS: Final = ("shell", "iopub", "stdin", "control", "hb")
# a socket's path may have 107 bytes (unix(7): sun_path holds 108 with its end)
SOCKET_PATH_LIMIT: Final = 107


class ConnectionFileError(Exception):
    """A connection file cannot be used; the text is one sentence for the user."""


class Connection(Value):
    """What a connection file says (jupyter_client: Connection files).

    With the transport ipc, `ip` is the beginning of the sockets' path and each port is a number behind it.
    `feed_port` is cshell's own: the channel that the journal is read from; 0 where there is none.
    """

    transport: Literal["tcp", "ipc"]
    ip: str
    shell_port: int
    iopub_port: int
    stdin_port: int
    control_port: int
    hb_port: int
    key: str = field(repr=False)
    signature_scheme: str = "hmac-sha256"
    kernel_name: str = ""
    feed_port: int = 0
    # the kernel's keys where the transport is encrypted (CURVE), in Z85; clients make their own
    curve_publickey: str = ""
    curve_secretkey: str = field(default="", repr=False)

    def endpoint(self, channel: str) -> str:
        """Return the zmq endpoint of a channel: one of `CHANNELS`, or feed."""
        port = getattr(self, f"{channel}_port")
        separator = ":" if self.transport == "tcp" else "-"
        return f"{self.transport}://{self.ip}{separator}{port}"

    @classmethod
    def local(cls, directory: Path, key: str, kernel_name: str) -> Self:
        """Return a connection through sockets in `directory`, which must be the user's own and 0700.

        Raises:
            ConnectionFileError: the directory's path is too long for a socket.
        """
        prefix = str(directory / "s")
        if len(os.fsencode(prefix)) + 2 > SOCKET_PATH_LIMIT:
            raise ConnectionFileError(
                f"the path {directory} is too long for sockets; set XDG_RUNTIME_DIR to a shorter one"
            )
        return cls("ipc", prefix, 1, 2, 3, 4, 5, key, kernel_name=kernel_name, feed_port=6)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a connection file.

        Raises:
            ConnectionFileError: it cannot be read, is no JSON, or lacks something.
        """
        try:
            values = json.loads(path.read_bytes())
        except OSError as error:
            raise ConnectionFileError(f"cannot read the connection file {path}: {error.strerror}") from None
        except (ValueError, RecursionError):
            raise ConnectionFileError(f"the connection file {path} is not JSON") from None
        if not isinstance(values, dict):
            raise ConnectionFileError(f"the connection file {path} holds no JSON object")
        return cls._from_values(values, path)

    @classmethod
    def _from_values(cls, values: dict[str, Any], path: Path) -> Self:
        transport = values.get("transport", "tcp")
        if transport not in ("tcp", "ipc"):
            raise ConnectionFileError(f"the connection file {path} has an unknown transport: {transport!r}")
        ports: dict[str, Any] = {f"{channel}_port": values.get(f"{channel}_port") for channel in CHANNELS}
        for name, port in ports.items():
            if type(port) is not int or not 0 < port < 65536:
                raise ConnectionFileError(f"the connection file {path} has no valid {name}")
        texts: dict[str, Any] = {name: values.get(name) for name in ("ip", "key")}
        for name, text in texts.items():
            if not isinstance(text, str):
                raise ConnectionFileError(f"the connection file {path} has no valid {name}")
        feed = values.get("feed_port", 0)
        keys: dict[str, Any] = {name: values.get(name) or "" for name in CURVE_KEYS}
        for name, text in keys.items():
            if not isinstance(text, str) or len(text) not in (0, _CURVE_LENGTH):
                raise ConnectionFileError(f"the connection file {path} has no valid {name}")
        return cls(
            transport=transport,
            signature_scheme=str(values.get("signature_scheme") or "hmac-sha256"),
            kernel_name=str(values.get("kernel_name", "")),
            feed_port=feed if type(feed) is int and 0 < feed < 65536 else 0,
            **ports,
            **texts,
            **keys,
        )

    def write(self, path: Path) -> None:
        """Write the file so that nobody else can ever read it (0600 from its creation on).

        Raises:
            OSError: it cannot be written.
        """
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in ("feed_port", *CURVE_KEYS):
            if not values[name]:
                del values[name]
        # in one step: a client may look for it at any moment
        part = path.with_name(f"{path.name}.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            os.fchmod(descriptor, 0o600)
            json.dump(values, file, indent=1)
        part.replace(path)
