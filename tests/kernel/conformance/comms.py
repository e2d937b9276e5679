"""Comms: opened from either side, with binary buffers, through the `comm` package."""

from typing import Any
from unittest.mock import ANY

from tests.kernel.conformance.execution import done, gave, printed, ran
from tests.kernel.conformance.support import Exchange, Json, Kernel, around
from tests.kernel.conformance.table import Outcome, case

ECHO = """\
from comm import create_comm, get_comm_manager
def opened(comm, message):
    def echo(message):
        buffers = [bytes(buffer)[::-1] for buffer in message['buffers']]
        comm.send({'echo': message['content']['data']}, metadata={'m': 1}, buffers=buffers)
    comm.on_msg(echo)
    comm.on_close(lambda message: print('closed', message['content']['data']))
    comm.send({'welcome': message['content']['data']})
get_comm_manager().register_target('echo', opened)
"""


def say(kernel: Kernel, kind: str, comm: str, data: Json, *, buffers: tuple[bytes, ...] = (), **more: Any) -> Exchange:
    """Send a message of a comm, which has no reply."""
    content = {"comm_id": comm, "data": data} | more
    return kernel.client.finished(kernel.client.send("shell", kind, content, buffers=buffers), reply=False)


def echo(kernel: Kernel, comm: str) -> Exchange:
    """Have the client open a comm that echoes."""
    assert kernel.client.run(ECHO).reply["status"] == "ok"
    return say(kernel, "comm_open", comm, {"a": 1}, target_name="echo")


def told(comm: str, data: Json) -> tuple[str, Json]:
    return "comm_msg", {"comm_id": comm, "data": data}


def closed(comm: str) -> tuple[str, Json]:
    return "comm_close", {"comm_id": comm, "data": {}}


def opened_comms(kernel: Kernel, **asked: str) -> Json:
    exchange = kernel.client.ask("comm_info_request", asked)
    assert exchange.published == around()
    assert exchange.reply["status"] == "ok"
    comms: Json = exchange.reply["comms"]
    return comms


@case
def a_client_opens_a_comm(kernel: Kernel) -> Outcome:
    return echo(kernel, "opened").published, around(told("opened", {"welcome": {"a": 1}}))


@case
def a_comm_has_buffers_and_metadata(kernel: Kernel) -> Outcome:
    echo(kernel, "buffered")
    buffers = bytes(range(256)), b"", b"\0\n\r"
    exchange = say(kernel, "comm_msg", "buffered", {"b": [2, None]}, buffers=buffers)
    metadata = [message["metadata"] for message in exchange.messages if message["msg_type"] == "comm_msg"]
    return (exchange.published, exchange.buffers, metadata), (
        around(told("buffered", {"echo": {"b": [2, None]}})),
        [buffer[::-1] for buffer in buffers],
        [{"m": 1}],
    )


@case
def open_comms_are_named(kernel: Kernel) -> Outcome:
    echo(kernel, "named")
    found = opened_comms(kernel).get("named"), opened_comms(kernel, target_name="echo").get("named")
    return (found, opened_comms(kernel, target_name="another")), (({"target_name": "echo"},) * 2, {})


@case
def a_client_closes_a_comm(kernel: Kernel) -> Outcome:
    echo(kernel, "closed")
    exchange = say(kernel, "comm_close", "closed", {"c": 3})
    return (exchange.published, "closed" in opened_comms(kernel)), (
        around(printed("closed {'c': 3}\n")),
        False,
    )


@case
def a_comm_for_an_unknown_target_is_closed(kernel: Kernel) -> Outcome:
    exchange = say(kernel, "comm_open", "unwanted", {}, target_name="nobody")
    said = [message for message in exchange.published if message[0] != "stream"]
    return (said, "unwanted" in opened_comms(kernel)), (around(closed("unwanted")), False)


@case
def a_message_for_an_unknown_comm_does_nothing(kernel: Kernel) -> Outcome:
    exchange = say(kernel, "comm_msg", "unknown", {})
    return [message for message in exchange.published if message[0] != "stream"], around()


@case
def a_target_that_raises_closes_its_comm(kernel: Kernel) -> Outcome:
    kernel.client.run(
        "from comm import get_comm_manager\ndef bad(comm, message): 1 / 0\n"
        "get_comm_manager().register_target('bad', bad)"
    )
    exchange = say(kernel, "comm_open", "raising", {}, target_name="bad")
    return (exchange.contents("comm_close"), "ZeroDivisionError" in str(exchange.published)), (
        [closed("raising")[1]],
        True,
    )


@case
def a_handler_that_raises_leaves_its_comm_open(kernel: Kernel) -> Outcome:
    echo(kernel, "handler")
    kernel.client.run("get_comm_manager().comms['handler'].on_msg(lambda message: 1 / 0)")
    exchange = say(kernel, "comm_msg", "handler", {})
    return ("ZeroDivisionError" in str(exchange.published), "handler" in opened_comms(kernel)), (True, True)


@case
def the_kernel_opens_a_comm(kernel: Kernel) -> Outcome:
    code = (
        "from comm import create_comm\n"
        "mine = create_comm(target_name='there', data={'d': 4}, metadata={'version': '2'}, buffers=[b'\\0buffer'])\n"
        "mine.on_msg(lambda message: print('heard', message['content']['data']))"
    )
    exchange = kernel.client.run(code)
    ((_, opening),) = [said for said in exchange.published if said[0] == "comm_open"]
    comm = opening["comm_id"]
    metadata = [message["metadata"] for message in exchange.messages if message["msg_type"] == "comm_open"]
    answer = say(kernel, "comm_msg", comm, {"e": 5})
    closing = kernel.client.run("mine.close({'f': 6})")
    return (exchange.published, exchange.buffers, metadata, answer.published, closing.contents("comm_close")), (
        around(
            ran(code),
            ("comm_open", {"comm_id": ANY, "target_name": "there", "target_module": None, "data": {"d": 4}}),
        ),
        [b"\0buffer"],
        [{"version": "2"}],
        around(printed("heard {'e': 5}\n")),
        [{"comm_id": comm, "data": {"f": 6}}],
    )


@case
def what_a_handler_prints_and_displays_belongs_to_its_message(kernel: Kernel) -> Outcome:
    echo(kernel, "output")
    kernel.client.run("get_comm_manager().comms['output'].on_msg(lambda m: (print('out'), display('shown')))")
    return say(kernel, "comm_msg", "output", {}).kinds, ["stream", "display_data"]


@case
def libraries_find_the_manager_in_the_kernel(kernel: Kernel) -> Outcome:
    code = "from comm import get_comm_manager\nget_ipython().kernel.comm_manager is get_comm_manager()"
    exchange = kernel.client.run(code)
    return (exchange.reply, exchange.published), (done(), around(ran(code), gave("True")))


@case
def an_awaiting_cell_hears_of_its_comm(kernel: Kernel) -> Outcome:
    client = kernel.client
    client.run(
        "import asyncio\nfrom comm import get_comm_manager\n"
        "def later(comm, message): comm.on_msg(lambda m: answer.set_result(m['content']['data']))\n"
        "get_comm_manager().register_target('later', later)"
    )
    say(kernel, "comm_open", "awaited", {}, target_name="later")
    msg_id = client.submit(
        "answer = asyncio.get_running_loop().create_future()\nprint('waiting')\nawait asyncio.wait_for(answer, 3)"
    )
    client.said(msg_id, "waiting")
    client.send("shell", "comm_msg", {"comm_id": "awaited", "data": {"g": 7}})
    exchange = client.finished(msg_id)
    return exchange.contents("execute_result"), [gave("{'g': 7}", 2)[1]]
