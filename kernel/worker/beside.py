"""What is done beside the main thread, in threads of its own, for requests that must not wait for the running cell."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import signal
import threading
from typing import Any

from kernel.protocol.messages import Content, ExecuteRequest, decode, read
from kernel.worker import requests
from kernel.worker.channel import (
    AWAITING,
    CLOSE_SUBSHELL,
    COLUMNS,
    INPUT,
    INTERRUPTED,
    OPEN_SUBSHELL,
    REQUEST,
    RETURNED,
    Channel,
    ChannelClosed,
)
from kernel.worker.comms import message_of
from kernel.worker.outbox import Outbox
from kernel.worker.owners import Owner, context_of, own_thread
from kernel.worker.questions import Questions
from kernel.worker.shell import ZMQInteractiveShell
from kernel.worker.streams import Streams, flush
from kernel.worker.subshells import Subshells
from kernel.worker.width import Width


class Beside:
    """The helper channel, and the threads that do what comes on it."""

    def __init__(
        self, channel: Channel, shell: ZMQInteractiveShell, outbox: Outbox, streams: Streams, width: Width
    ) -> None:
        self._channel = channel
        self._width = width
        self._shell = shell
        self._outbox = outbox
        self._streams = streams
        self._questions = Questions()
        self._subshells = Subshells(self._run_in_subshell)
        self._requests: queue.SimpleQueue[list[bytes]] = queue.SimpleQueue()
        # held while a request is answered
        self.answering = threading.Lock()
        # the debugger has a thread from its first request on
        self._debug: queue.SimpleQueue[list[bytes]] | None = None
        # the event loop that runs the cell in the main thread
        self._loop: Any = None
        self._looping = threading.Lock()

    def start(self) -> None:
        """Begin to serve."""
        for name, serve in (("helper", self._serve), ("aside", self._serve_requests)):
            threading.Thread(target=serve, name=f"cshell {name}", daemon=True).start()

    def close(self) -> None:
        """Let go of the channel, in a forked child."""
        self._channel.close()

    # ---- for the main thread -----------------------------------------------------------------------------

    def ask(self, prompt: str, password: bool) -> str:
        """Ask the client for a line.  Raises KeyboardInterrupt, and EOFError when the line is Ctrl-D."""
        content = {"prompt": prompt, "password": password}
        return self._questions.ask(lambda asked: self._outbox.ask(content, asked))

    def awaiting(self, loop: Any) -> None:
        """Take in the event loop that runs the cell in the main thread; None when it does not any more."""
        with self._looping:
            self._loop = loop
        with contextlib.suppress(ChannelClosed):
            self._channel.send([AWAITING, b"0", b"0" if loop is None else b"1"])

    def interrupted(self) -> None:
        """Tell the supervisor that the main thread takes interrupts."""
        with contextlib.suppress(ChannelClosed):
            self._channel.send([INTERRUPTED, b"0"])

    # ---- threads -----------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Take what comes; whatever takes long is another thread's."""
        with contextlib.suppress(ChannelClosed):
            while True:
                kind, *parts = self._channel.receive()
                if kind == INPUT:
                    self._questions.answer(parts[1].decode(), decode(parts[0]))
                elif kind == OPEN_SUBSHELL:
                    self._subshells.open(parts[0])
                elif kind == CLOSE_SUBSHELL:
                    self._subshells.close(parts[0])
                elif kind == COLUMNS:
                    self._width.change(int(parts[0]))
                elif kind == REQUEST:
                    self._hand_on(parts)
        # the supervisor is gone, and with it everybody who could see or stop this process
        os.killpg(os.getpgrp(), signal.SIGKILL)

    def _hand_on(self, parts: list[bytes]) -> None:
        header = decode(parts[1])
        if header["msg_type"] == "execute_request":
            self._subshells.ask(header["subshell_id"].encode(), parts)
        elif header["msg_type"] in requests.COMM_TYPES:
            self._hand_to_loop(parts)
        elif header["msg_type"] == "debug_request":
            self._hand_to_debugger(parts)
        else:
            self._requests.put(parts)

    def _serve_requests(self) -> None:
        """Answer completion, inspection and the like while the main thread is busy."""
        with contextlib.suppress(ChannelClosed):
            while True:
                _, raw_header, _, _, raw_content = self._requests.get()[:5]
                msg_type = decode(raw_header)["msg_type"]
                with self.answering:
                    reply_type, reply = requests.answer(self._shell, msg_type, read(msg_type, decode(raw_content)))
                self._outbox.reply_aside(self._channel, reply_type, raw_header, reply.as_dict())

    def _run_in_subshell(self, parts: list[bytes]) -> None:
        """Run a cell in a subshell's thread."""
        number, raw_header, _, _, raw_content = parts[:5]
        own_thread(Owner(number, raw_header))
        self._streams.share()
        request = read("execute_request", decode(raw_content))
        assert isinstance(request, ExecuteRequest)
        with contextlib.suppress(ChannelClosed):
            try:
                reply: Content = requests.execute_here(self._shell, request)
            # sys.exit in a thread, and what else IPython lets through
            except BaseException as error:
                reply = requests.failure(error)
            flush()
            requests.send(self._outbox, "execute_reply", raw_header, reply)

    # ---- comms for a cell that awaits ----------------------------------------------------------------------

    def _hand_to_loop(self, parts: list[bytes]) -> None:
        """Have a comm's callbacks run beside the cell that awaits; give the message back if none does any more."""
        with self._looping:
            if self._loop is not None:
                context = context_of(Owner(parts[0], parts[1]))
                self._loop.call_soon_threadsafe(self._handle_comm, parts, context=context)
                return
        self._channel.send([RETURNED, b"0", parts[1]])

    def _handle_comm(self, parts: list[bytes]) -> None:
        try:
            self._shell.comms.handle(message_of(parts))
        except Exception:
            self._shell.showtraceback()
        self._outbox.done(parts[1])

    # ---- the debugger --------------------------------------------------------------------------------------

    def _hand_to_debugger(self, parts: list[bytes]) -> None:
        if self._debug is None:
            self._debug = queue.SimpleQueue()
            name = "cshell debugger"
            threading.Thread(target=self._serve_debugger, args=[self._debug], name=name, daemon=True).start()
        self._debug.put(parts)

    def _serve_debugger(self, asked: queue.SimpleQueue[list[bytes]]) -> None:
        """Answer the debugger's requests one at a time, also while the main thread stands at a breakpoint."""
        from kernel.worker.debugger import Debugger  # nobody else needs it

        debugger = Debugger(self._shell, self._publish_debug_event)
        # the files of cells, which nobody else removes
        atexit.register(debugger.close)
        with contextlib.suppress(ChannelClosed):
            while True:
                _, raw_header, _, _, raw_content = asked.get()[:5]
                reply = debugger.answer(decode(raw_content))
                self._outbox.reply_aside(self._channel, "debug_reply", raw_header, reply)

    def _publish_debug_event(self, event: dict[str, Any]) -> None:
        with contextlib.suppress(ChannelClosed):
            self._outbox.publish("debug_event", event)
