"""Cells: what is published while they run, and what is replied."""

import base64
import contextlib
from unittest.mock import ANY

from tests.kernel.conformance.support import Client, Exchange, Json, Kernel, Said, around, but, plain
from tests.kernel.conformance.table import Outcome, case, case_of_its_own


def ran(code: str, count: int = 1) -> Said:
    """The message that tells everybody what runs."""
    return "execute_input", {"code": code, "execution_count": count}


def printed(text: str, name: str = "stdout") -> Said:
    return "stream", {"name": name, "text": text}


def gave(text: str, count: int = 1, metadata: Json | None = None, **data: str) -> Said:
    bundle = {"text/plain": text} | {f"text/{kind}": value for kind, value in data.items()}
    return "execute_result", {"execution_count": count, "data": bundle, "metadata": metadata or {}}


def displayed(text: str, transient: Json | None = None, kind: str = "display_data") -> Said:
    return kind, {"data": {"text/plain": text}, "metadata": {}, "transient": transient or {}}


def done(count: int = 1, **fields: object) -> Json:
    """The reply of a cell that went well."""
    return {"status": "ok", "execution_count": count, "user_expressions": {}, "payload": []} | fields


def raised(ename: str, evalue: str = "") -> Said:
    return "error", {"ename": ename, "evalue": evalue or ANY, "traceback": ANY}


def failed(ename: str, evalue: str = "", count: int = 1) -> Json:
    """The reply of a cell that raised."""
    return {
        "status": "error",
        "execution_count": count,
        "user_expressions": {},
        "payload": [],
        "ename": ename,
        "evalue": evalue or ANY,
        "traceback": ANY,
    }


def whole(exchange: Exchange) -> tuple[Json, list[Said]]:
    """All that was said about a request."""
    return exchange.reply, exchange.published


@case
def a_cell_prints_and_has_a_value(kernel: Kernel) -> Outcome:
    code = "print('out')\n6 * 7"
    said = whole(kernel.client.run(code))
    return said, (done(), around(ran(code), printed("out\n"), gave("42")))


@case
def both_streams_are_told_apart(kernel: Kernel) -> Outcome:
    code = "import sys\nprint('out', flush=True)\nprint('error', file=sys.stderr)"
    said = whole(kernel.client.run(code))
    return said, (done(), around(ran(code), printed("out\n"), printed("error\n", "stderr")))


@case
def code_is_all_that_a_request_needs(kernel: Kernel) -> Outcome:
    said = whole(kernel.client.ask("execute_request", {"code": "1"}))
    return said, (done(), around(ran("1"), gave("1")))


@case
def counts_go_up_by_one(kernel: Kernel) -> Outcome:
    replies = [kernel.client.run(code).reply for code in ("1", "1 / 0", "2")]
    return [reply["execution_count"] for reply in replies], [1, 2, 3]


@case
def an_empty_cell_is_not_counted(kernel: Kernel) -> Outcome:
    said = whole(kernel.client.run(""))
    return said, (done(0), around(ran("", ANY)))


@case
def a_silent_cell_has_neither_input_nor_result(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("print('out')\n5", silent=True)
    after = kernel.client.run("6")
    return (whole(exchange), whole(after)), (
        (done(0), around(printed("out\n"))),
        (done(1), around(ran("6"), gave("6"))),
    )


@case
def an_error_in_a_silent_cell_is_told(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("1 / 0", silent=True)
    return (but(exchange.reply, "execution_count"), exchange.published), (
        but(failed("ZeroDivisionError", "division by zero"), "execution_count"),
        around(raised("ZeroDivisionError", "division by zero")),
    )


@case
def a_cell_that_is_not_stored_is_not_counted(kernel: Kernel) -> Outcome:
    client = kernel.client
    exchange = client.run("'not stored'", store_history=False)
    after = client.run("'stored'")
    asked = {"hist_access_type": "tail", "n": 1, "raw": True, "output": False}
    (entry,) = client.ask("history_request", asked).reply["history"]
    return (whole(exchange), whole(after), entry[2]), (
        (done(0), around(ran("'not stored'", ANY), gave("'not stored'", ANY))),
        (done(), around(ran("'stored'"), gave("'stored'"))),
        "'stored'",
    )


@case
def user_expressions_are_evaluated_one_by_one(kernel: Kernel) -> Outcome:
    reply = kernel.client.run("x = 5", user_expressions={"six": "x + 1", "bad": "1 / 0"}).reply
    six = {"status": "ok", "data": {"text/plain": "6"}, "metadata": {}}
    bad = {"status": "error", "ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": ANY}
    return reply, done(user_expressions={"six": six, "bad": bad})


@case
def user_expressions_are_not_evaluated_behind_an_error(kernel: Kernel) -> Outcome:
    reply = kernel.client.run("1 / 0", user_expressions={"one": "1"}).reply
    return reply, failed("ZeroDivisionError", "division by zero")


@case
def every_client_sees_what_another_one_runs(kernel: Kernel) -> Outcome:
    code = "print('for all')\n'value'"
    with kernel.client.another() as other:
        exchange = kernel.client.run(code)
        seen = other.so_far(exchange.messages[0]["parent_header"]["msg_id"])
        other.until(lambda: seen.is_idle, "idle")
        # the other client counts from another number
        kinds = [kind for kind, _ in seen.published]
        said = seen.contents("execute_input")[0]["code"], seen.text(), seen.value
    return (kinds, said, seen.replies), (
        [kind for kind, _ in exchange.published],
        (code, "for all\n", "'value'"),
        [],
    )


# ---- errors ----------------------------------------------------------------------------------------------


def error(exchange: Exchange) -> Outcome:
    """The one error message of a cell, and the reply that says the same; its traceback is lines of text."""
    reply = exchange.reply
    assert all(isinstance(line, str) for line in reply["traceback"])
    text = plain("\n".join(reply["traceback"]))
    return (exchange.kinds, exchange.contents("error"), reply["status"], reply["ename"] in text), (
        ["execute_input", "error"],
        [{name: reply[name] for name in ("ename", "evalue", "traceback")}],
        "error",
        True,
    )


@case
def an_error_is_published_once_and_replied(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("def f():\n    1 / 0\nf()")
    found, expected = error(exchange)
    return (found, whole(exchange)), (
        expected,
        (
            failed("ZeroDivisionError", "division by zero"),
            around(ran("def f():\n    1 / 0\nf()"), raised("ZeroDivisionError", "division by zero")),
        ),
    )


@case
def an_error_shows_the_line_and_no_frame_of_the_kernel(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("def f():\n    1 / 0\nf()")
    text = plain("\n".join(exchange.reply["traceback"]))
    return ("1 1 / 0" in " ".join(text.split()) or "2 1 / 0" in " ".join(text.split()), "site-packages" in text), (
        True,
        False,
    )


@case
def a_syntax_error_is_an_error(kernel: Kernel) -> Outcome:
    return error(kernel.client.run("if"))


@case
def an_exit_of_the_interpreter_is_an_error(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("import sys\nsys.exit(3)")
    return (exchange.reply, exchange.contents("error")), (failed("SystemExit", "3"), [raised("SystemExit", "3")[1]])


@case
def a_group_of_exceptions_is_one_error(kernel: Kernel) -> Outcome:
    return error(kernel.client.run("raise ExceptionGroup('many', [ValueError('first')])"))


@case
def an_error_in_a_repr_is_told(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("class Broken:\n    def __repr__(self): 1 / 0\nBroken()")
    return "ZeroDivisionError" in plain(str(exchange.published)), True


@case
def a_client_that_allows_no_questions_is_asked_none(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("input()", allow_stdin=False)
    return (whole(exchange), kernel.client.questions.empty()), (
        (failed("StdinNotImplementedError"), around(ran("input()"), raised("StdinNotImplementedError"))),
        True,
    )


# ---- the queue -------------------------------------------------------------------------------------------


def queued(client: Client, code: str, *behind: str, **options: bool) -> list[Exchange]:
    """Run a cell, with others waiting behind it by the time it goes on."""
    first = client.submit(f"input()\n{code}", **options)
    question = client.question()
    rest = [client.submit(cell) for cell in behind]
    client.received()
    client.answer("go on", question)
    return [client.finished(msg_id) for msg_id in (first, *rest)]


@case
def an_error_aborts_what_waits(kernel: Kernel) -> Outcome:
    exchanges = queued(kernel.client, "1 / 0", "print('second')", "print('third')")
    after = kernel.client.run("print('after')")
    return [(e.reply["status"], e.kinds) for e in (*exchanges, after)], [
        ("error", ["execute_input", "error"]),
        ("aborted", []),
        ("aborted", []),
        ("ok", ["execute_input", "stream"]),
    ]


@case
def an_aborted_cell_has_a_count(kernel: Kernel) -> Outcome:
    _, aborted = queued(kernel.client, "1 / 0", "2")
    return aborted.reply, {"status": "aborted", "execution_count": ANY}


@case
def an_error_aborts_no_other_request(kernel: Kernel) -> Outcome:
    client = kernel.client
    first = client.submit("input()\n1 / 0")
    question = client.question()
    asked = client.send("shell", "is_complete_request", {"code": "1"})
    client.received()
    client.answer("go on", question)
    return (client.finished(first).reply["status"], client.finished(asked).reply), ("error", {"status": "complete"})


@case
def an_error_that_is_not_to_stop_anything_does_not(kernel: Kernel) -> Outcome:
    exchanges = queued(kernel.client, "1 / 0", "print('second')", "print('third')", stop_on_error=False)
    return [(e.reply["status"], e.text()) for e in exchanges], [("error", ""), ("ok", "second\n"), ("ok", "third\n")]


@case
def an_error_in_a_silent_cell_aborts_nothing(kernel: Kernel) -> Outcome:
    exchanges = queued(kernel.client, "1 / 0", "print('second')", silent=True)
    return [e.reply["status"] for e in exchanges], ["error", "ok"]


# ---- payloads --------------------------------------------------------------------------------------------


@case
def help_is_a_page(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("len?")
    (payload,) = exchange.reply["payload"]
    text = plain(payload["data"]["text/plain"])
    return (exchange.kinds, but(payload, "data"), "Return the number of items in a container." in text), (
        ["execute_input"],
        {"source": "page", "start": 0},
        True,
    )


@case
def a_next_input_is_proposed(kernel: Kernel) -> Outcome:
    reply = kernel.client.run("get_ipython().set_next_input('x = 1')").reply
    return reply, done(payload=[{"source": "set_next_input", "text": "x = 1", "replace": False}])


@case
def a_loaded_file_takes_the_cell_s_place(kernel: Kernel) -> Outcome:
    (kernel.home / "loaded.py").write_text("a = 1\n")
    reply = kernel.client.run("%load loaded.py").reply
    text = "# %load loaded.py\na = 1\n"
    return reply, done(payload=[{"source": "set_next_input", "text": text, "replace": True}])


@case
def an_edited_file_is_named(kernel: Kernel) -> Outcome:
    file = kernel.home / "edited.py"
    file.write_text("a = 1\n")
    exchange = kernel.client.run("%edit edited.py")
    payload = {"source": "edit_magic", "filename": str(file), "line_number": ANY}
    return (exchange.reply, exchange.kinds), (done(payload=[payload]), ["execute_input"])


@case
def an_edited_function_is_found_in_its_file(kernel: Kernel) -> Outcome:
    (kernel.home / "editable.py").write_text("a = 1\n\ndef function():\n    return a\n")
    reply = kernel.client.run("import editable\n%edit editable.function").reply
    payload = {"source": "edit_magic", "filename": str(kernel.home / "editable.py"), "line_number": 3}
    return reply, done(payload=[payload])


@case
def a_payload_is_given_once_and_with_an_error_too(kernel: Kernel) -> Outcome:
    first = kernel.client.run("get_ipython().set_next_input('x')\n1 / 0").reply
    second = kernel.client.run("2").reply
    return (first["status"], [payload["source"] for payload in first["payload"]], second["payload"]), (
        "error",
        ["set_next_input"],
        [],
    )


@case_of_its_own
def exit_asks_the_client_and_ends_nothing(kernel: Kernel) -> Outcome:
    client = kernel.client
    reply = client.run("exit").reply
    # a kernel that ends does so a moment later, and may take its time
    answered = 0
    for _ in range(10):
        msg_id = client.submit("import time\ntime.sleep(0.05)")
        with contextlib.suppress(AssertionError):
            client.until(lambda asked=msg_id: client.so_far(asked).replies or kernel.ended(0) is not None, "a reply")
        if not client.so_far(msg_id).replies:
            break
        answered += 1
    return (reply, answered), (done(payload=[{"source": "ask_exit", "keepkernel": False}]), 10)


@case_of_its_own
def exit_can_keep_the_kernel(kernel: Kernel) -> Outcome:
    reply = kernel.client.run("exit(keep_kernel=True)").reply
    return reply, done(payload=[{"source": "ask_exit", "keepkernel": True}])


# ---- displays --------------------------------------------------------------------------------------------


@case
def a_display_has_every_representation(kernel: Kernel) -> Outcome:
    code = "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'), metadata={'text/html': {'a': 1}})"
    data = {"text/plain": "<IPython.core.display.HTML object>", "text/html": "<b>bold</b>"}
    shown = "display_data", {"data": data, "metadata": {"text/html": {"a": 1}}, "transient": {}}
    return whole(kernel.client.run(code)), (done(), around(ran(code), shown))


@case
def a_result_has_metadata(kernel: Kernel) -> Outcome:
    code = (
        "class Rich:\n    def _repr_html_(self): return '<b>', {'isolated': True}\n"
        "    def __repr__(self): return 'Rich'\nRich()"
    )
    shown = gave("Rich", metadata={"text/html": {"isolated": True}}, html="<b>")
    return whole(kernel.client.run(code)), (done(), around(ran(code), shown))


@case
def bytes_of_a_picture_are_base64(kernel: Kernel) -> Outcome:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    exchange = kernel.client.run(f"display({{'image/png': {picture!r}}}, raw=True)")
    (shown,) = exchange.contents("display_data")
    return base64.b64decode(shown["data"]["image/png"]), picture


@case
def json_is_not_written_twice(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("from IPython.display import JSON\nJSON({'a': [1, 2.5, None]})")
    (shown,) = exchange.contents("execute_result")
    return shown["data"]["application/json"], {"a": [1, 2.5, None]}


@case
def a_display_is_updated_from_a_later_cell(kernel: Kernel) -> Outcome:
    client = kernel.client
    first = client.run("handle = display(1, display_id='named')")
    second = client.run("handle.update(2)")
    other = client.run("from IPython.display import update_display\nupdate_display(3, display_id='named')")
    update = "update_display_data"
    return (first.published[2:], second.published[2:], other.published[2:]), (
        around(displayed("1", {"display_id": "named"}))[1:],
        around(displayed("2", {"display_id": "named"}, update))[1:],
        around(displayed("3", {"display_id": "named"}, update))[1:],
    )


@case
def a_display_without_a_name_gets_one(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run("handle = display(1, display_id=True)\nprint(handle.display_id)")
    (shown,) = exchange.contents("display_data")
    return shown["transient"]["display_id"], exchange.text().strip()


@case
def output_is_cleared_now_or_later(kernel: Kernel) -> Outcome:
    code = "from IPython.display import clear_output\nclear_output()\nclear_output(wait=True)"
    cleared = ("clear_output", {"wait": False}), ("clear_output", {"wait": True})
    return whole(kernel.client.run(code)), (done(), around(ran(code), *cleared))


@case
def text_and_displays_keep_their_order(kernel: Kernel) -> Outcome:
    code = "for n in range(3):\n    print(n)\n    display(n)"
    expected = [said for n in range(3) for said in (printed(f"{n}\n"), displayed(str(n)))]
    return whole(kernel.client.run(code)), (done(), around(ran(code), *expected))


# ---- outside of the cell's own thread --------------------------------------------------------------------


@case
def an_awaited_value_is_a_result(kernel: Kernel) -> Outcome:
    code = "import asyncio\nawait asyncio.sleep(0, 'awaited')"
    return whole(kernel.client.run(code)), (done(), around(ran(code), gave("'awaited'")))


@case
def a_task_is_made_by_a_cell_that_awaits_nothing(kernel: Kernel) -> Outcome:
    client = kernel.client
    made = client.run("import asyncio\nasync def work(): return 'worked'\ntask = asyncio.create_task(work())")
    assert made.reply["status"] == "ok", made.reply
    return client.run("await task").value, "'worked'"


@case
def what_a_thread_prints_later_belongs_to_its_cell(kernel: Kernel) -> Outcome:
    client = kernel.client
    first = client.run(
        "import threading\ngo = threading.Event()\n"
        "thread = threading.Thread(target=lambda: go.wait() and print('from the thread'))\nthread.start()"
    )
    second = client.run("go.set()\nthread.join()")
    # what a thread says may come behind idle
    client.until(lambda: first.text() or second.text(), "what the thread prints")
    return (first.text(), second.text()), ("from the thread\n", "")


@case
def what_a_task_prints_later_belongs_to_its_cell(kernel: Kernel) -> Outcome:
    client = kernel.client
    first = client.run(
        "import asyncio\nevent = asyncio.Event()\n"
        "async def work():\n    await event.wait()\n    print('from the task')\n"
        "task = asyncio.ensure_future(work())\nawait asyncio.sleep(0)"
    )
    second = client.run("event.set()\nawait task")
    client.until(lambda: first.text() or second.text(), "what the task prints")
    return (first.text(), second.text()), ("from the task\n", "")


@case
def what_a_thread_displays_is_published(kernel: Kernel) -> Outcome:
    exchange = kernel.client.run(
        "import threading\nthread = threading.Thread(target=display, args=['shown'])\nthread.start()\nthread.join()"
    )
    return [content["data"] for content in exchange.contents("display_data")], [{"text/plain": "'shown'"}]
