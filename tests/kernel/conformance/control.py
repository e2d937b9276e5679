"""The control channel, the heartbeat, and what else works while the kernel computes: subshells (JEP 91)."""

import contextlib
import sys
from unittest.mock import ANY

import zmq
from jupyter_client.session import Session

from tests.kernel.conformance.execution import done, failed, gave, printed, raised, ran, whole
from tests.kernel.conformance.support import PATIENCE, Client, Exchange, Json, Kernel, around, but
from tests.kernel.conformance.table import Outcome, case, case_of_its_own

LANGUAGE = {
    "name": "python",
    "version": ".".join(map(str, sys.version_info[:3])),
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": 3},
    "pygments_lexer": "ipython3",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}
INFO = {
    "status": "ok",
    "protocol_version": ANY,
    "implementation": ANY,
    "implementation_version": ANY,
    "language_info": LANGUAGE,
    "banner": ANY,
    "help_links": ANY,
    "supported_features": ANY,
}


def ask(kernel: Kernel, msg_type: str, content: Json | None = None) -> Exchange:
    return kernel.client.ask(msg_type, content, channel="control")


# ---- what the kernel is ----------------------------------------------------------------------------------


@case
def the_kernel_says_what_it_is(kernel: Kernel) -> Outcome:
    exchange = kernel.client.ask("kernel_info_request")
    # a field of 5.4 that supported_features took the place of
    return (but(exchange.reply, "debugger"), exchange.published), (INFO, around())


@case
def the_kernel_names_its_features(kernel: Kernel) -> Outcome:
    return set(kernel.client.ask("kernel_info_request").reply["supported_features"]), {"kernel subshells", "debugger"}


@case
def its_texts_are_texts(kernel: Kernel) -> Outcome:
    reply = kernel.client.ask("kernel_info_request").reply
    names = ("protocol_version", "implementation", "implementation_version", "banner")
    links = [(type(link["text"]), type(link["url"])) for link in reply["help_links"]]
    return ([type(reply[name]) for name in names], set(links)), ([str] * 4, {(str, str)})


@case
def protocol_5_is_spoken(kernel: Kernel) -> Outcome:
    return kernel.client.ask("kernel_info_request").reply["protocol_version"].partition(".")[0], "5"


@case
def the_control_channel_says_the_same(kernel: Kernel) -> Outcome:
    exchange = ask(kernel, "kernel_info_request")
    return (but(exchange.reply, "debugger"), exchange.published), (INFO, around())


@case
def an_unknown_request_is_refused(kernel: Kernel) -> Outcome:
    client = kernel.client
    exchange = client.finished(client.send("shell", "nonsense_request"), reply=False)
    client.ask("kernel_info_request")
    refusal = {"status": "error", "ename": ANY, "evalue": ANY, "traceback": []}
    return (exchange.replies, exchange.published), ([refusal], around())


# ---- subscribers and heartbeat ---------------------------------------------------------------------------


def _welcomes(client: Client) -> list[Json]:
    """What a client was welcomed with, which may come behind the answer to what it asked at the same time."""
    with contextlib.suppress(AssertionError):
        client.until(lambda: client.so_far("").contents("iopub_welcome"), "a welcome", within=2.0)
    return client.so_far("").contents("iopub_welcome")


@case
def every_subscriber_is_welcomed(kernel: Kernel) -> Outcome:
    with kernel.client.another() as other:
        # the first one hears the welcomes of later ones too
        heard = [_welcomes(client)[:1] for client in (kernel.client, other)]
    return heard, [[{"subscription": ""}]] * 2


@case
def a_welcome_names_the_topic(kernel: Kernel) -> Outcome:
    # a session of its own: the other one hears the welcome too, and takes it for a replayed message
    session = Session(key=kernel.client.session.key)
    sock = kernel.client.jupyter.connect_iopub()
    try:
        sock.subscribe(b"a topic")
        welcomes: list[Json] = []
        while not welcomes or welcomes[-1]["content"]["subscription"] != "a topic":
            assert sock.poll(PATIENCE * 1000), welcomes
            _, parts = session.feed_identities(sock.recv_multipart())
            message = session.deserialize(parts)
            if message["msg_type"] == "iopub_welcome":
                welcomes.append(message)
    finally:
        sock.close(0)
    return (welcomes[-1]["content"], welcomes[-1]["parent_header"]), ({"subscription": "a topic"}, {})


@case
def the_heart_beats_while_the_kernel_computes(kernel: Kernel) -> Outcome:
    sock = kernel.client.jupyter.connect_hb()
    sock.linger = 0
    beats = [b"ping", b"", bytes(range(256))]
    answers = []
    with kernel.client.computing():
        for beat in beats:
            sock.send(beat)
            answers.append(sock.recv() if sock.poll(PATIENCE * 1000, zmq.POLLIN) else None)
    sock.close()
    return answers, beats


# ---- while the kernel computes ---------------------------------------------------------------------------


@case
def info_is_given_while_the_kernel_computes(kernel: Kernel) -> Outcome:
    with kernel.client.computing():
        exchange = ask(kernel, "kernel_info_request")
    return (exchange.reply["status"], exchange.published), ("ok", around())


@case
def an_interrupt_ends_the_cell(kernel: Kernel) -> Outcome:
    client = kernel.client
    code = "import time\nprint('begun')\nwhile True: time.sleep(0.002)"
    msg_id = client.submit(code)
    client.said(msg_id, "begun")
    interrupt = ask(kernel, "interrupt_request")
    exchange = client.finished(msg_id)
    return (whole(interrupt), whole(exchange), client.run("1").reply), (
        ({"status": "ok"}, around()),
        (failed("KeyboardInterrupt"), around(ran(code), printed("begun\n"), raised("KeyboardInterrupt"))),
        done(2),
    )


@case
def an_interrupt_of_an_idle_kernel_does_nothing(kernel: Kernel) -> Outcome:
    interrupt = ask(kernel, "interrupt_request")
    return (whole(interrupt), whole(kernel.client.run("1"))), (
        ({"status": "ok"}, around()),
        (done(), around(ran("1"), gave("1"))),
    )


@case
def an_interrupt_aborts_what_waits(kernel: Kernel) -> Outcome:
    client = kernel.client
    with client.computing():
        waiting = client.submit("print('waiting')")
        client.received()
    return client.finished(waiting).reply["status"], "aborted"


@case
def usage_is_told_while_the_kernel_computes(kernel: Kernel) -> Outcome:
    with kernel.client.computing():
        exchange = ask(kernel, "usage_request")
    usage = exchange.reply
    numbers = ("pid", "kernel_cpu", "kernel_memory", "cpu_count")
    memory = {name: type(usage["host_virtual_memory"][name]) for name in ("total", "available", "used", "free")}
    return (
        type(usage["hostname"]),
        all(isinstance(usage[name], int | float) for name in numbers),
        usage["kernel_memory"] > 1 << 20,
        memory,
        exchange.published,
    ), (str, True, True, dict.fromkeys(memory, int), around())


@case
def usage_is_that_of_the_process_that_runs_the_code(kernel: Kernel) -> Outcome:
    return str(ask(kernel, "usage_request").reply["pid"]), kernel.client.run("import os\nos.getpid()").value


# ---- subshells -------------------------------------------------------------------------------------------


def subshell(kernel: Kernel) -> str:
    created: str = ask(kernel, "create_subshell_request").reply["subshell_id"]
    return created


def delete(kernel: Kernel, *subshells: str) -> list[Json]:
    return [ask(kernel, "delete_subshell_request", {"subshell_id": name}).reply for name in subshells]


def listed(kernel: Kernel) -> list[str]:
    found: list[str] = ask(kernel, "list_subshell_request").reply["subshell_id"]
    return found


@case
def subshells_are_made_and_deleted_while_the_kernel_computes(kernel: Kernel) -> Outcome:
    with kernel.client.computing():
        before = listed(kernel)
        created = ask(kernel, "create_subshell_request")
        name = created.reply["subshell_id"]
        during = listed(kernel)
        deleted = ask(kernel, "delete_subshell_request", {"subshell_id": name})
        after = listed(kernel)
    return (whole(created), during, whole(deleted), after), (
        ({"status": "ok", "subshell_id": name}, around()),
        [*before, name],
        ({"status": "ok"}, around()),
        before,
    )


@case
def an_unknown_subshell_is_not_deleted(kernel: Kernel) -> Outcome:
    return [reply["status"] for reply in delete(kernel, "no such subshell")], ["error"]


@case
def a_cell_runs_in_a_subshell_while_the_kernel_computes(kernel: Kernel) -> Outcome:
    name = subshell(kernel)
    code = "import threading\nprint('beside')\nthreading.current_thread() is threading.main_thread()"
    with kernel.client.computing():
        exchange = kernel.client.run(code, subshell=name)
    delete(kernel, name)
    return whole(exchange), (done(2), around(ran(code, 2), printed("beside\n"), gave("False", 2)))


@case
def subshells_share_the_names_of_the_user(kernel: Kernel) -> Outcome:
    name = subshell(kernel)
    kernel.client.run("shared_name = [1]")
    kernel.client.run("shared_name.append(2)", subshell=name)
    delete(kernel, name)
    return kernel.client.run("shared_name").value, "[1, 2]"


@case
def outputs_of_both_shells_are_kept_apart(kernel: Kernel) -> Outcome:
    client = kernel.client
    name = subshell(kernel)
    client.run(
        "import threading\nturn = threading.Barrier(2)\n"
        "def talk(name):\n    for n in range(20):\n        turn.wait(10)\n        print(name, n)\n        display(name)"
    )
    main, beside = client.submit("talk('main')"), client.submit("talk('beside')", subshell=name)
    exchanges = {"main": client.finished(main), "beside": client.finished(beside)}
    delete(kernel, name)
    found = {
        key: (e.text(), [c["data"]["text/plain"] for c in e.contents("display_data")]) for key, e in exchanges.items()
    }
    return found, {key: ("".join(f"{key} {n}\n" for n in range(20)), [f"'{key}'"] * 20) for key in ("main", "beside")}


@case
def an_error_in_a_subshell_is_an_error(kernel: Kernel) -> Outcome:
    name = subshell(kernel)
    with kernel.client.computing():
        exchange = kernel.client.run("1 / 0", subshell=name)
    delete(kernel, name)
    return whole(exchange), (
        failed("ZeroDivisionError", "division by zero", 2),
        around(ran("1 / 0", 2), raised("ZeroDivisionError", "division by zero")),
    )


@case
def an_error_aborts_what_waits_in_its_own_shell_only(kernel: Kernel) -> Outcome:
    client = kernel.client
    name = subshell(kernel)
    main = client.submit("input()\n'main'")
    question = client.question()
    waiting = client.submit("'waits in main'")
    first = client.submit("import threading\ngo = threading.Event()\nprint('begun')\ngo.wait()\n1 / 0", subshell=name)
    behind = client.submit("2", subshell=name)
    client.said(first, "begun")
    client.received()
    other = subshell(kernel)
    client.run("go.set()", subshell=other)
    statuses = [client.finished(msg_id).reply["status"] for msg_id in (first, behind)]
    client.answer("", question)
    statuses += [client.finished(msg_id).reply["status"] for msg_id in (main, waiting)]
    delete(kernel, name, other)
    return statuses, ["error", "aborted", "ok", "ok"]


@case
def a_subshell_completes_and_inspects_while_the_kernel_computes(kernel: Kernel) -> Outcome:
    client = kernel.client
    name = subshell(kernel)
    # jedi would take seconds
    client.run("completer = get_ipython().Completer\njedi, completer.use_jedi = completer.use_jedi, False")
    client.run("conformance_subject = 5")
    asked = {"code": "conformance_subj", "cursor_pos": 16}
    whole_name = {"code": "conformance_subject", "cursor_pos": 19, "detail_level": 0}
    with client.computing():
        completion = client.ask("complete_request", asked, subshell=name)
        inspection = client.ask("inspect_request", whole_name, subshell=name)
        completeness = client.ask("is_complete_request", {"code": "1"}, subshell=name)
    client.run("completer.use_jedi = jedi")
    delete(kernel, name)
    return (
        (completion.reply["matches"], completion.published),
        (inspection.reply["found"], inspection.published),
        completeness.reply,
    ), ((["conformance_subject"], around()), (True, around()), {"status": "complete"})


@case
def a_subshell_asks_for_a_line(kernel: Kernel) -> Outcome:
    client = kernel.client
    name = subshell(kernel)
    with client.computing():
        msg_id = client.submit("input('beside? ')", subshell=name)
        question = client.question()
        client.answer("yes", question)
        exchange = client.finished(msg_id)
    delete(kernel, name)
    return (question["content"], question["parent_header"]["msg_id"], exchange.value), (
        {"prompt": "beside? ", "password": False},
        msg_id,
        "'yes'",
    )


def refused(kernel: Kernel, msg_type: str, content: Json) -> Outcome:
    """Ask two subshells that are none, one of which was one."""
    gone = subshell(kernel)
    delete(kernel, gone)
    exchanges = [kernel.client.ask(msg_type, content, subshell=name) for name in (gone, "no such subshell")]
    # an execute_reply may have a count in any case
    replies = [but(exchange.reply, "execution_count") for exchange in exchanges]
    refusal = {"status": "error", "ename": ANY, "evalue": ANY, "traceback": ANY}
    return (replies, [exchange.published for exchange in exchanges]), ([refusal] * 2, [around()] * 2)


@case
def a_cell_for_a_subshell_that_is_none_is_refused(kernel: Kernel) -> Outcome:
    return refused(kernel, "execute_request", {"code": "1"})


@case
def a_completion_for_a_subshell_that_is_none_is_refused(kernel: Kernel) -> Outcome:
    return refused(kernel, "complete_request", {"code": "a", "cursor_pos": 1})


@case
def info_for_a_subshell_that_is_none_is_refused(kernel: Kernel) -> Outcome:
    return refused(kernel, "kernel_info_request", {})


# ---- the end ---------------------------------------------------------------------------------------------


def shut_down(kernel: Kernel, *, restart: bool, within: float = PATIENCE) -> Outcome:
    """Have the kernel end; return its reply, and its exit status if it has one in time."""
    client = kernel.client
    asked = client.send("control", "shutdown_request", {"restart": restart})
    client.until(lambda: client.so_far(asked).replies, "a reply")
    return (client.so_far(asked).reply, kernel.ended(within)), ({"status": "ok", "restart": restart}, 0)


@case_of_its_own
def a_shutdown_ends_the_process(kernel: Kernel) -> Outcome:
    return shut_down(kernel, restart=False)


@case_of_its_own
def a_shutdown_before_a_restart_ends_the_process(kernel: Kernel) -> Outcome:
    return shut_down(kernel, restart=True)


@case_of_its_own
def a_busy_kernel_is_shut_down(kernel: Kernel) -> Outcome:
    msg_id = kernel.client.submit("import time\nprint('begun')\nwhile True: time.sleep(0.002)")
    kernel.client.said(msg_id, "begun")
    return shut_down(kernel, restart=False, within=2.0)


@case_of_its_own
def a_restarted_kernel_is_a_new_one(kernel: Kernel) -> Outcome:
    kernel.client.run("x = 1")
    kernel.manager.restart_kernel()
    with Client(kernel.manager) as client:
        client.wait_until_ready()
        exchange = client.run("x")
    return (exchange.reply["ename"], exchange.reply["execution_count"]), ("NameError", 1)
