"""The client's sockets against a supervisor that says what a test wants it to."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zmq

from curses_client.events import Event, Record, RecordsRead, Replied
from curses_client.link import READ_LIMIT, Link, record_of
from curses_client.reading import TAIL
from curses_client.transport import ZmqTransport
from kernel.protocol.connection import Connection
from kernel.protocol.messages import (
    CompleteReply,
    CompleteRequest,
    Content,
    DropRequest,
    ExecuteRequest,
    InputReply,
    InterruptRequest,
    OkReply,
    ReadReply,
    ReadRequest,
    Stream,
    encode,
)
from kernel.protocol.wire import Author, Message, Wire
from tests.home import DEADLINE, Home


class Supervisor:
    """The other ends of the sockets."""

    def __init__(self, directory: Path) -> None:
        self.connection = Connection.local(directory, "a key", "")
        self.wire = Wire("a key")
        self.author = Author("supervisor")
        self.context = zmq.Context()
        self.sockets = {}
        for channel in ("shell", "control", "stdin", "feed"):
            sock = self.sockets[channel] = self.context.socket(zmq.ROUTER)
            sock.linger = 0
            sock.bind(self.connection.endpoint(channel))

    def next(self, channel: str) -> Message:
        """Wait for a message of the client's."""
        assert self.sockets[channel].poll(int(DEADLINE * 1000)), f"nothing came on {channel}"
        return self.wire.message(self.sockets[channel].recv_multipart())

    def frames(self, to: Message, msg_type: str, content: Content | dict[str, Any]) -> list[bytes]:
        parts = self.author.parts(msg_type, OkReply(), to.raw_header)[1]
        parts[3] = encode(content if isinstance(content, dict) else content.as_dict())
        return self.wire.frames(to.identities, parts)

    def reply(self, channel: str, to: Message, msg_type: str, content: Content | dict[str, Any]) -> None:
        self.sockets[channel].send_multipart(self.frames(to, msg_type, content))

    def close(self) -> None:
        for sock in self.sockets.values():
            sock.close()
        self.context.term()


class Events:
    """A link, and what it says."""

    def __init__(self, connection: Connection) -> None:
        self.all: list[Event] = []
        author = Author("ada")
        transport = ZmqTransport(connection, author.session)
        self.link = Link(transport, Wire(connection.key), author, self.all.append)

    def wait(self, condition: Callable[[], object]) -> None:
        """Serve until the condition holds."""
        end = time.monotonic() + DEADLINE
        while not condition():
            assert time.monotonic() < end, f"only this came: {self.all}"
            if not any([self.serve(source) for source in self.link.sources]):
                time.sleep(0.001)

    @staticmethod
    def serve(source: Any) -> bool:
        if not source.pending():
            return False
        source.serve()
        return True


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    with Home() as home:
        made = Supervisor(home.runtime)
        yield made
        made.close()


@pytest.fixture
def events(supervisor: Supervisor) -> Iterator[Events]:
    made = Events(supervisor.connection)
    yield made
    made.link.close()


def test_a_cell_is_submitted(supervisor: Supervisor, events: Events) -> None:
    events.link.submit("6*7", 76)
    message = supervisor.next("shell")
    assert message.content == ExecuteRequest("6*7")
    assert message.header.username == "ada"
    assert message.header.session == events.link.session


def test_one_identity_on_all_channels(supervisor: Supervisor, events: Events) -> None:
    events.link.submit("1", 76)
    events.link.ask("control", "interrupt_request", InterruptRequest(), 0)
    events.link.answer_input("r", "x")
    events.link.start_reading()
    identities = {supervisor.next(channel).identities for channel in ("shell", "control", "stdin", "feed")}
    assert identities == {(events.link.session.encode(),)}


def test_replies_find_their_questions_in_any_order(supervisor: Supervisor, events: Events) -> None:
    for tag in (7, 8):
        events.link.ask("shell", "complete_request", CompleteRequest("a", tag), tag)
    first, second = supervisor.next("shell"), supervisor.next("shell")
    supervisor.reply("shell", second, "complete_reply", CompleteReply(["b"]))
    supervisor.reply("shell", first, "complete_reply", CompleteReply(["a"]))
    events.wait(lambda: len(events.all) == 2)
    assert events.all == [Replied(8, CompleteReply(["b"])), Replied(7, CompleteReply(["a"]))]


def test_a_reply_is_taken_once(supervisor: Supervisor, events: Events) -> None:
    events.link.ask("shell", "complete_request", CompleteRequest("a", 1), 1)
    message = supervisor.next("shell")
    for _ in range(3):
        supervisor.reply("shell", message, "complete_reply", CompleteReply())
    events.link.ask("control", "restart_request", InterruptRequest(), 2)
    supervisor.reply("control", supervisor.next("control"), "restart_reply", OkReply())
    events.wait(lambda: len(events.all) >= 2)
    assert sorted(event.tag for event in events.all if isinstance(event, Replied)) == [1, 2]


def test_a_refusal_says_why(supervisor: Supervisor, events: Events) -> None:
    events.link.ask("shell", "complete_request", CompleteRequest("a", 1), 3)
    refusal = {"status": "error", "ename": "DeadKernelError", "evalue": "the kernel is dead", "traceback": []}
    supervisor.reply("shell", supervisor.next("shell"), "complete_reply", refusal)
    events.wait(lambda: events.all)
    assert events.all == [Replied(3, OkReply("error", "DeadKernelError", "the kernel is dead", []))]


def _wrong_key(supervisor: Supervisor, to: Message) -> list[bytes]:
    parts = supervisor.author.parts("complete_reply", CompleteReply(), to.raw_header)[1]
    return Wire("another key").frames(to.identities, parts)


@pytest.mark.parametrize(
    "frames",
    [
        _wrong_key,
        lambda supervisor, to: [*to.identities, b"garbage"],
        lambda supervisor, to: [*to.identities, b"<IDS|MSG>", b"sig", b"{}", b"{}", b"{}", b"{}"],
        lambda supervisor, to: supervisor.frames(to, "complete_reply", {"matches": 5}),
        lambda supervisor, to: supervisor.frames(to, "nonsense_reply", {}),
    ],
    ids=["wrong key", "no message", "no header", "wrong content", "unknown type"],
)
def test_what_makes_no_sense_is_dropped(
    supervisor: Supervisor, events: Events, frames: Callable[[Supervisor, Message], list[bytes]]
) -> None:
    events.link.ask("shell", "complete_request", CompleteRequest("a", 1), 1)
    supervisor.sockets["shell"].send_multipart(frames(supervisor, supervisor.next("shell")))
    events.link.ask("shell", "complete_request", CompleteRequest("b", 1), 2)
    supervisor.reply("shell", supervisor.next("shell"), "complete_reply", CompleteReply())
    events.wait(lambda: events.all)
    assert events.all == [Replied(2, CompleteReply())]


def test_an_answer_names_the_question(supervisor: Supervisor, events: Events) -> None:
    events.link.answer_input("request-5", "Ada")
    message = supervisor.next("stdin")
    assert message.content == InputReply("Ada")
    assert message.parent is not None
    assert message.parent.msg_id == "request-5"


def test_a_question_on_the_stdin_channel_is_dropped(supervisor: Supervisor, events: Events) -> None:
    events.link.answer_input("r", "x")
    supervisor.reply("stdin", supervisor.next("stdin"), "input_request", {"prompt": "?", "password": False})
    events.link.ask("shell", "complete_request", CompleteRequest("b", 1), 2)
    supervisor.reply("shell", supervisor.next("shell"), "complete_reply", CompleteReply())
    events.wait(lambda: events.all)
    assert events.all == [Replied(2, CompleteReply())]


def journal_record(seq: int, text: str = "x", **changes: Any) -> dict[str, Any]:
    record: dict[str, Any] = {
        "seq": seq,
        "time": 12.5,
        "channel": "iopub",
        "header": {"msg_id": f"m{seq}", "msg_type": "stream", "username": "u"},
        "parent_header": {"msg_id": "p"},
        "metadata": {"k": 1},
        "content": {"name": "stdout", "text": text},
    }
    return {**record, **changes}


def test_the_journal_is_read_from_its_beginning_and_on(supervisor: Supervisor, events: Events) -> None:
    events.link.start_reading()
    request = supervisor.next("feed")
    assert request.content == ReadRequest(0, READ_LIMIT, TAIL)
    supervisor.reply("feed", request, "read_reply", ReadReply(9, [journal_record(1, "a"), journal_record(5, "b")]))
    events.wait(lambda: events.all)
    assert events.all == [
        RecordsRead(
            (
                Record(1, 12.5, "stream", "m1", "p", "u", Stream("stdout", "a"), {"k": 1}),
                Record(5, 12.5, "stream", "m5", "p", "u", Stream("stdout", "b"), {"k": 1}),
            ),
            9,
        )
    ]
    # asked for before the records were handled: the next ones are on their way meanwhile
    request = supervisor.next("feed")
    assert request.content == ReadRequest(5, READ_LIMIT)
    supervisor.reply("feed", request, "read_reply", ReadReply(5, []))
    events.wait(lambda: len(events.all) == 2)
    assert supervisor.next("feed").content == ReadRequest(5, READ_LIMIT)


def test_a_record_of_a_later_version_is_passed_over(supervisor: Supervisor, events: Events) -> None:
    events.link.start_reading()
    strange = journal_record(2, header={"msg_id": "m", "msg_type": "from the future"})
    request = supervisor.next("feed")
    supervisor.reply("feed", request, "read_reply", ReadReply(2, [journal_record(1), strange]))
    events.wait(lambda: events.all)
    (event,) = events.all
    assert isinstance(event, RecordsRead)
    assert [record.seq for record in event.records] == [1]
    assert supervisor.next("feed").content == ReadRequest(2, READ_LIMIT)


@pytest.mark.parametrize(
    "changes",
    [
        {"seq": None},
        {"time": "noon"},
        {"header": None},
        {"header": {}},
        {"parent_header": None},
        {"content": {"name": "stdout"}},
        {"content": "x"},
        {"header": {"msg_type": "unknown", "msg_id": "m"}},
    ],
)
def test_a_record_that_is_not_understood(changes: dict[str, Any]) -> None:
    assert record_of({**journal_record(1), **changes}) is None


def test_a_record_without_metadata() -> None:
    record = journal_record(1)
    del record["metadata"]
    assert record_of(record) is None


def test_what_was_sent_last_still_goes_out(supervisor: Supervisor) -> None:
    events = Events(supervisor.connection)
    events.link.submit("last", 76)
    events.link.close()
    assert supervisor.next("shell").content == ExecuteRequest("last")


def test_a_supervisor_that_is_not_there_yet() -> None:
    with Home() as home:
        connection = Connection.local(home.runtime, "a key", "")
        events = Events(connection)
        events.link.submit("early", 76)
        supervisor = Supervisor(home.runtime)
        assert supervisor.next("shell").content == ExecuteRequest("early")
        events.link.close()
        supervisor.close()


def test_a_supervisor_that_is_gone_does_not_keep_the_client(supervisor: Supervisor) -> None:
    events = Events(supervisor.connection)
    events.link.submit("1", 76)
    supervisor.next("shell")
    for sock in supervisor.sockets.values():
        sock.close()
    events.link.submit("2", 76)
    begin = time.monotonic()
    events.link.close()
    assert time.monotonic() - begin < 5


def test_a_record_that_cannot_be_read_is_passed_over(supervisor: Supervisor, events: Events) -> None:
    """A number of so many digits is no JSON to Python; the records beside it are."""

    def record(seq: int, content: bytes) -> bytes:
        header = b'"header":{"msg_id":"m","msg_type":"stream"},"parent_header":{},"metadata":{}'
        return b'{"seq":%d,"time":0,"channel":"iopub",%b,"content":%b}' % (seq, header, content)

    good = b'{"name":"stdout","text":"here"}'
    journal = [record(1, good), record(2, b'{"n":' + b"9" * 5000 + b"}"), record(3, good)]
    events.link.start_reading()
    for _ in range(5):
        asked = supervisor.next("feed")
        request = asked.content
        assert isinstance(request, ReadRequest)
        if request.after == 3:
            break
        count = 1 if request.limit == 1 else 3
        parts = supervisor.author.parts("read_reply", OkReply(), asked.raw_header)[1]
        parts[3] = b'{"head":3,"records":[%b]}' % b",".join(journal[request.after : request.after + count])
        supervisor.sockets["feed"].send_multipart(supervisor.wire.frames(asked.identities, parts))
        feed = events.link.sources[-1]
        end = time.monotonic() + DEADLINE
        while not events.serve(feed):
            assert time.monotonic() < end
    read = [found.seq for event in events.all if isinstance(event, RecordsRead) for found in event.records]
    assert read == [1, 3]


# ---- a line that is lost and comes back --------------------------------------------------------------------


class Lost:
    """A transport whose line a test loses and makes again; what is sent without it is gone."""

    def __init__(self, limit: int = READ_LIMIT) -> None:
        self.limit = limit
        self.is_up = True
        self.has_ended = False
        self.wire = Wire("a key")
        self.author = Author("supervisor")
        self.sent: list[tuple[str, list[bytes]]] = []

    def open(self, receive: Callable[[str, list[bytes]], None], resumed: Callable[[], None]) -> list[Any]:
        self.receive, self.resumed = receive, resumed
        return []

    def send(self, channel: str, frames: list[bytes]) -> None:
        if self.is_up:
            self.sent.append((channel, frames))

    def end(self) -> None:
        self.has_ended = True

    def close(self) -> None:
        self.is_up = False

    # ---- the other side ------------------------------------------------------------------------------------

    def lose(self) -> None:
        self.is_up = False
        self.sent.clear()

    def resume(self) -> None:
        self.is_up = True
        self.resumed()

    def took(self, channel: str) -> list[Message]:
        """Take out what was sent on a channel."""
        found = [self.wire.message(frames) for sent, frames in self.sent if sent == channel]
        self.sent = [(sent, frames) for sent, frames in self.sent if sent != channel]
        return found

    def reply(self, channel: str, to: Message, msg_type: str, content: Content) -> None:
        parts = self.author.parts(msg_type, content, to.raw_header)[1]
        self.receive(channel, self.wire.frames((), parts))

    def records(self, to: Message, *records: dict[str, Any], head: int = 0) -> None:
        self.reply("feed", to, "read_reply", ReadReply(head or records[-1]["seq"], list(records)))


def lossy(limit: int = READ_LIMIT) -> tuple[Lost, Link, list[Event]]:
    events: list[Event] = []
    transport = Lost(limit)
    return transport, Link(transport, transport.wire, Author("ada"), events.append), events


def seqs(events: list[Event]) -> list[int]:
    return [record.seq for event in events if isinstance(event, RecordsRead) for record in event.records]


def test_what_is_not_known_to_have_arrived_is_said_again_in_its_order() -> None:
    transport, link, _ = lossy()
    link.submit("1", 76)
    link.ask("control", "drop_request", DropRequest("2"), 0)
    before = [frames for _, frames in transport.sent]
    transport.lose()
    link.submit("2", 76)
    transport.resume()
    said = [frames for channel, frames in transport.sent if channel != "feed"]
    # the very same messages, which a supervisor that has them recognises by their signatures
    assert said[:2] == before
    assert [message.content for message in transport.took("shell")] == [ExecuteRequest("1"), ExecuteRequest("2")]


def test_an_interrupt_is_not_said_again_when_something_else_may_run() -> None:
    transport, link, _ = lossy()
    link.ask("control", "interrupt_request", InterruptRequest(), 0)
    transport.lose()
    transport.resume()
    assert transport.took("control") == []


def test_what_was_said_again_and_lost_again_is_said_once_more() -> None:
    transport, link, _ = lossy()
    link.submit("1", 76)
    for _ in range(3):
        transport.lose()
        transport.resume()
    assert [message.content for message in transport.took("shell")] == [ExecuteRequest("1")]


def test_what_was_answered_is_not_said_again() -> None:
    transport, link, _ = lossy()
    link.ask("shell", "complete_request", CompleteRequest("a", 1), 1)
    transport.reply("shell", transport.took("shell")[0], "complete_reply", CompleteReply())
    transport.lose()
    transport.resume()
    assert transport.took("shell") == []


def test_a_cell_that_the_journal_has_is_not_said_again() -> None:
    transport, link, _ = lossy()
    link.start_reading()
    link.submit("1", 76)
    cell = transport.took("shell")[0].header.msg_id
    transport.records(transport.took("feed")[0], journal_record(1, parent_header={"msg_id": cell}))
    transport.lose()
    transport.resume()
    assert transport.took("shell") == []


def test_an_answer_is_said_again_until_the_journal_has_it() -> None:
    transport, link, _ = lossy()
    link.start_reading()
    link.answer_input("question", "Ada")
    for _ in range(2):
        transport.lose()
        transport.resume()
        assert [message.content for message in transport.took("stdin")] == [InputReply("Ada")]
    done = journal_record(
        1, header={"msg_id": "m", "msg_type": "input_done"}, content={"request": "question", "value": "Ada"}
    )
    transport.records(transport.took("feed")[0], done)
    transport.lose()
    transport.resume()
    assert transport.took("stdin") == []


def test_it_reads_on_where_it_was() -> None:
    transport, link, events = lossy()
    link.start_reading()
    transport.records(transport.took("feed")[0], journal_record(1), journal_record(2))
    transport.lose()
    transport.resume()
    (request,) = transport.took("feed")
    assert isinstance(request.content, ReadRequest)
    assert request.content.after == 2
    transport.records(request, journal_record(3))
    assert seqs(events) == [1, 2, 3]


def test_records_that_come_twice_are_taken_once() -> None:
    transport, link, events = lossy()
    link.start_reading()
    transport.records(transport.took("feed")[0], journal_record(1), journal_record(2))
    transport.records(transport.took("feed")[0], journal_record(2), journal_record(3))
    assert seqs(events) == [1, 2, 3]


def test_an_answer_to_what_was_asked_before_the_line_was_lost_is_dropped() -> None:
    """The session remembers the old question too; one question is answered at a time."""
    transport, link, events = lossy()
    link.start_reading()
    (former,) = transport.took("feed")
    transport.lose()
    transport.resume()
    (request,) = transport.took("feed")
    transport.records(former, journal_record(1), journal_record(2), journal_record(3))
    assert transport.took("feed") == []
    transport.records(request, journal_record(1), journal_record(2), head=3)
    transport.records(transport.took("feed")[0], journal_record(3))
    assert seqs(events) == [1, 2, 3]
    assert len(transport.took("feed")) == 1


# ---- much at once ------------------------------------------------------------------------------------------


def test_what_the_transport_takes_at_once_is_asked_for() -> None:
    transport, link, _ = lossy(1 << 19)
    link.start_reading()
    (request,) = transport.took("feed")
    assert isinstance(request.content, ReadRequest)
    assert request.content.limit == 1 << 19


def test_much_at_once_is_told_in_pieces_between_which_a_key_is_served() -> None:
    transport, link, events = lossy(1 << 19)
    link.start_reading()
    records = [journal_record(seq, "x" * 1000) for seq in range(1, 401)]
    transport.records(transport.took("feed")[0], *records, head=500)
    # the next ones are on their way meanwhile, and not the ones behind those
    (request,) = transport.took("feed")
    transport.records(request, *(journal_record(seq, "x" * 1000) for seq in range(401, 501)))
    assert transport.took("feed") == []
    backlog = link.sources[0]
    pieces = 0
    while backlog.pending():
        backlog.serve()
        pieces += 1
    assert pieces >= 7
    assert seqs(events) == list(range(1, 501))
    sizes = [sum(len(record.content.text) for record in event.records) for event in events]  # type: ignore[union-attr]
    assert max(sizes) < 2 * READ_LIMIT
    assert {event.head for event in events if isinstance(event, RecordsRead)} == {500}
    assert len(transport.took("feed")) == 1


def test_a_line_that_is_lost_within_the_pieces() -> None:
    transport, link, events = lossy(1 << 19)
    link.start_reading()
    transport.records(transport.took("feed")[0], *(journal_record(seq, "x" * 1000) for seq in range(1, 201)), head=201)
    transport.lose()
    transport.resume()
    transport.records(transport.took("feed")[0], journal_record(201))
    while link.sources[0].pending():
        link.sources[0].serve()
    assert seqs(events) == list(range(1, 202))
    assert len(transport.took("feed")) == 1


# ---- the end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["record", "process"])
def test_who_has_ended_is_never_connected_to_again(how: str) -> None:
    """Another session may have the path by now; it would hear what it cannot read, and count another client."""
    with Home() as home:
        first = Supervisor(home.runtime)
        left = first.sockets["feed"].get_monitor_socket(zmq.EVENT_DISCONNECTED)
        ended, other = Events(first.connection), Events(first.connection)
        for client in (ended, other):
            client.link.start_reading()
        requests = {message.identities[0]: message for message in (first.next("feed"), first.next("feed"))}
        if how == "record":
            end = journal_record(1, header={"msg_id": "e", "msg_type": "session_ended"}, content={"reason": "."})
            first.reply("feed", requests[ended.link.session.encode()], "read_reply", ReadReply(1, [end]))
            ended.wait(lambda: ended.all)
        else:
            ended.link.end()
        ended.wait(lambda: left.poll(0))
        left.close()
        first.close()
        second = Supervisor(home.runtime)
        monitor = second.sockets["feed"].get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        ended.link.submit("nothing", 76)
        # the one that was not told is back in no time
        other.link.start_reading()
        second.next("feed")
        other.link.submit("something", 76)
        assert second.next("shell").content == ExecuteRequest("something")
        assert monitor.poll(0)
        monitor.recv_multipart()
        assert not monitor.poll(0)
        for client in (ended, other):
            client.link.close()
        monitor.close()
        second.close()


def test_what_is_older_than_the_end_is_still_read() -> None:
    transport, link, events = lossy()
    link.start_reading()
    (request,) = transport.took("feed")
    end = journal_record(9, header={"msg_id": "e", "msg_type": "session_ended"}, content={"reason": "."})
    transport.reply("feed", request, "read_reply", ReadReply(9, [end], preface=[]))
    (request,) = transport.took("feed")
    assert not transport.has_ended
    transport.records(request, journal_record(7), journal_record(8), end)
    assert transport.took("feed") == []
    assert transport.has_ended
    assert seqs(events) == [9, 7, 8, 9]


def test_a_record_says_for_which_subshell_its_request_was() -> None:
    values = journal_record(1)
    found = record_of({**values, "parent_header": {**values["parent_header"], "subshell_id": "s1"}})
    plain = record_of(values)
    assert found is not None
    assert plain is not None
    assert (found.subshell, plain.subshell) == ("s1", "")


def test_a_question_for_a_subshell_names_it() -> None:
    transport, link, _ = lossy()
    link.ask("shell", "execute_request", ExecuteRequest(""), 7, "sub")
    link.ask("shell", "execute_request", ExecuteRequest(""), 8)
    assert [message.header.subshell_id for message in transport.took("shell")] == ["sub", None]
