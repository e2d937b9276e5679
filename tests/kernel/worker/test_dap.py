"""The connection to debugpy's core, with a peer of the test's own."""

from __future__ import annotations

import json
import queue
import socket
import threading

import pytest

from kernel.worker import dap

# seconds
WITHIN = 30


def test_a_stranger_at_the_port_is_turned_away() -> None:
    def introduce(token: str, client: socket.socket) -> None:
        file = client.makefile("rb")
        length = int(file.readline().split(b":")[1])
        request = json.loads(file.read(length + 2))
        body = json.dumps({"type": "event", "event": "stopped"}).encode()
        client.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        answer = {
            "type": "response",
            "request_seq": request["seq"],
            "success": True,
            "body": {"clientAccessToken": token},
        }
        body = json.dumps(answer).encode()
        client.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    ended: queue.SimpleQueue[dap.Link] = queue.SimpleQueue()
    with socket.create_server(("127.0.0.1", 0), backlog=2) as listener:
        clients = []
        for token in ("wrong", "right"):
            client = socket.create_connection(listener.getsockname())
            threading.Thread(target=introduce, args=[token, client], daemon=True).start()
            clients.append(client)
        link = dap.accept(listener, "right", ended.put)
    assert ended.get(timeout=WITHIN) is not link
    clients[0].settimeout(WITHIN)
    assert clients[0].recv(1) == b""
    link.close()
    assert ended.get(timeout=WITHIN) is link
    with pytest.raises(dap.DebuggerError, match="can begin again"):
        link.request("threads")
    for client in clients:
        client.close()
