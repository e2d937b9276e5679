"""Completion, inspection, completeness and history: questions about code that is not run."""

from typing import Any
from unittest.mock import ANY

from tests.kernel.conformance.support import Exchange, Json, Kernel, around, but, plain
from tests.kernel.conformance.table import Outcome, case

NAMES = (
    "def conformance_function(a, b):\n    'What it does.'\n    return a\n"
    "class Thing:\n    colour = 'red'\n    def paint(self): pass\n"
    "conformance_thing = Thing()"
)


def complete(kernel: Kernel, code: str, position: int | None = None) -> Exchange:
    kernel.client.run(NAMES)
    asked = {"code": code, "cursor_pos": len(code) if position is None else position}
    return kernel.client.ask("complete_request", asked)


def completed(code: str, reply: Json) -> set[str]:
    """What the code becomes with each of the matches."""
    return {code[: reply["cursor_start"]] + match + code[reply["cursor_end"] :] for match in reply["matches"]}


@case
def a_name_is_completed(kernel: Kernel) -> Outcome:
    exchange = complete(kernel, "conformance_f")
    return (but(exchange.reply, "metadata"), exchange.published), (
        {"status": "ok", "matches": ["conformance_function"], "cursor_start": 0, "cursor_end": 13},
        around(),
    )


@case
def completion_counts_code_points(kernel: Kernel) -> Outcome:
    reply = complete(kernel, "x = '😀𝒳'; conformance_f").reply
    return (reply["matches"], reply["cursor_start"], reply["cursor_end"]), (["conformance_function"], 10, 23)


@case
def completion_is_in_the_middle_of_a_cell(kernel: Kernel) -> Outcome:
    code = "a = 1\nconformance_t + 1\nb = 2"
    return completed(code, complete(kernel, code, 19).reply), {"a = 1\nconformance_thing + 1\nb = 2"}


@case
def an_attribute_is_completed(kernel: Kernel) -> Outcome:
    code = "conformance_thing.p"
    return completed(code, complete(kernel, code).reply), {"conformance_thing.paint"}


@case
def a_magic_is_completed(kernel: Kernel) -> Outcome:
    code = "%%timei"
    return completed(code, complete(kernel, code).reply), {"%%timeit"}


@case
def a_file_is_completed(kernel: Kernel) -> Outcome:
    (kernel.home / "some-unusual-file").touch()
    code = "open('some-unus"
    return completed(code, complete(kernel, code).reply), {"open('some-unusual-file"}


@case
def nothing_to_complete(kernel: Kernel) -> Outcome:
    reply = complete(kernel, "xyzzy_nothing").reply
    return but(reply, "metadata"), {"status": "ok", "matches": [], "cursor_start": 13, "cursor_end": 13}


@case
def completions_have_types(kernel: Kernel) -> Outcome:
    kinds = complete(kernel, "conformance_f").reply["metadata"]["_jupyter_types_experimental"]
    return kinds, [{"start": 0, "end": 13, "text": "conformance_function", "type": ANY, "signature": ANY}]


@case
def completions_know_signatures(kernel: Kernel) -> Outcome:
    kinds = complete(kernel, "conformance_f").reply["metadata"]["_jupyter_types_experimental"]
    return [(kind["type"], kind["signature"]) for kind in kinds], [("function", "(a, b)")]


# ---- inspection ------------------------------------------------------------------------------------------


def inspect(kernel: Kernel, code: str, level: int = 0) -> Exchange:
    kernel.client.run(NAMES)
    return kernel.client.ask("inspect_request", {"code": code, "cursor_pos": len(code), "detail_level": level})


@case
def a_function_is_inspected(kernel: Kernel) -> Outcome:
    exchange = inspect(kernel, "conformance_function")
    text = plain(exchange.reply["data"]["text/plain"])
    parts = ["conformance_function(a, b)" in text, "What it does." in text, "return a" in text]
    return (but(exchange.reply, "data"), list(exchange.reply["data"]), parts, exchange.published), (
        {"status": "ok", "found": True, "metadata": {}},
        ["text/plain"],
        [True, True, False],
        around(),
    )


@case
def more_detail_is_the_source(kernel: Kernel) -> Outcome:
    text = plain(inspect(kernel, "conformance_function", level=1).reply["data"]["text/plain"])
    return "def conformance_function(a, b):" in text and "return a" in text, True


@case
def the_function_that_is_called_is_inspected(kernel: Kernel) -> Outcome:
    reply = inspect(kernel, "x = '😀'; conformance_function(1, ").reply
    return "What it does." in plain(reply["data"]["text/plain"]), True


@case
def nothing_to_inspect(kernel: Kernel) -> Outcome:
    exchange = inspect(kernel, "xyzzy_nothing")
    return (exchange.reply, exchange.published), (
        {"status": "ok", "found": False, "data": {}, "metadata": {}},
        around(),
    )


# ---- completeness ----------------------------------------------------------------------------------------

CODE: dict[str, Json] = {
    "a = 1": {"status": "complete"},
    "for x in y:": {"status": "incomplete", "indent": "    "},
    "def f():\n    if x:": {"status": "incomplete", "indent": "        "},
    "def f():\n    return 1": {"status": "incomplete", "indent": "    "},
    "'''begun": {"status": "incomplete", "indent": ""},
    "f(1,": {"status": "incomplete", "indent": ""},
    "%%time": {"status": "incomplete", "indent": ""},
    "x = = 1": {"status": "invalid"},
    "!ls": {"status": "complete"},
    "": {"status": "complete"},
}


@case
def code_is_complete_or_not(kernel: Kernel) -> Outcome:
    exchanges = {code: kernel.client.ask("is_complete_request", {"code": code}) for code in CODE}
    assert all(exchange.published == around() for exchange in exchanges.values())
    return {code: exchange.reply for code, exchange in exchanges.items()}, CODE


# ---- history ---------------------------------------------------------------------------------------------


def history(kernel: Kernel, access: str, **options: Any) -> list[list[Any]]:
    """Ask for history; line numbers are counted from the first of the cells that are run here."""
    client = kernel.client
    client.begin()
    for code in ("here = 1", "'value'", "here = 1", "here = 2"):
        client.run(code)
    numbers = client.run("", user_expressions={"next": "get_ipython().execution_count"}).reply["user_expressions"]
    first = int(numbers["next"]["data"]["text/plain"]) - 4
    for name in ("start", "stop"):
        if name in options:
            options[name] += first - 1
    asked = {"hist_access_type": access, "output": False, "raw": True} | options
    exchange = client.ask("history_request", asked)
    assert exchange.published == around()
    assert exchange.reply["status"] == "ok", exchange.reply
    return [[line - first + 1, entry] for _, line, entry in exchange.reply["history"]]


@case
def the_tail_of_history(kernel: Kernel) -> Outcome:
    return history(kernel, "tail", n=3), [[2, "'value'"], [3, "here = 1"], [4, "here = 2"]]


@case
def the_tail_of_history_with_output(kernel: Kernel) -> Outcome:
    return history(kernel, "tail", n=1, output=True), [[4, ["here = 2", None]]]


@case
def a_range_of_history(kernel: Kernel) -> Outcome:
    return history(kernel, "range", session=0, start=1, stop=3), [[1, "here = 1"], [2, "'value'"]]


@case
def a_range_of_history_with_output(kernel: Kernel) -> Outcome:
    return history(kernel, "range", session=0, start=2, stop=3, output=True), [[2, ["'value'", "'value'"]]]


@case
def history_is_searched(kernel: Kernel) -> Outcome:
    return history(kernel, "search", pattern="here*", n=3), [[1, "here = 1"], [3, "here = 1"], [4, "here = 2"]]


@case
def history_is_searched_without_duplicates(kernel: Kernel) -> Outcome:
    return history(kernel, "search", pattern="here*", n=2, unique=True), [[3, "here = 1"], [4, "here = 2"]]


@case
def nothing_in_history(kernel: Kernel) -> Outcome:
    return history(kernel, "search", pattern="xyzzy*nothing", n=5), []


@case
def the_running_session_has_one_number(kernel: Kernel) -> Outcome:
    kernel.client.run("'numbered'")
    asked: Json = {"output": False, "raw": True}
    tail = kernel.client.ask("history_request", asked | {"hist_access_type": "tail", "n": 1}).reply["history"]
    whole = kernel.client.ask("history_request", asked | {"hist_access_type": "range", "session": 0, "start": 1})
    return whole.reply["history"][-1], tail[0]
