"""The stdin channel: input(), getpass() and debuggers that ask in the cell."""

from tests.kernel.conformance.execution import done, gave, ran
from tests.kernel.conformance.support import Json, Kernel, around
from tests.kernel.conformance.table import Outcome, case


def ask(kernel: Kernel, code: str, *answers: str) -> tuple[list[Json], str, object]:
    """Run a cell and answer its questions; return them, the text and the reply."""
    msg_id = kernel.client.submit(code)
    questions = []
    for answer in answers:
        question = kernel.client.question()
        questions.append(question)
        kernel.client.answer(answer, question)
    exchange = kernel.client.finished(msg_id)
    assert all(question["parent_header"]["msg_id"] == msg_id for question in questions)
    return questions, exchange.text(), exchange.reply


@case
def input_asks_the_client(kernel: Kernel) -> Outcome:
    code = "input('name? ')"
    msg_id = kernel.client.submit(code)
    question = kernel.client.question()
    kernel.client.answer("Ada", question)
    exchange = kernel.client.finished(msg_id)
    parent = question["parent_header"]["msg_id"]
    return (question["msg_type"], question["content"], parent, exchange.reply, exchange.published), (
        "input_request",
        {"prompt": "name? ", "password": False},
        msg_id,
        done(),
        around(ran(code), gave("'Ada'")),
    )


@case
def an_answer_needs_no_parent(kernel: Kernel) -> Outcome:
    # as jupyter_client's own input() sends it
    msg_id = kernel.client.submit("input()")
    kernel.client.question()
    kernel.client.jupyter.input("from nobody")
    return kernel.client.finished(msg_id).value, "'from nobody'"


@case
def what_was_printed_comes_before_the_question(kernel: Kernel) -> Outcome:
    msg_id = kernel.client.submit("print('before', end='')\ninput()")
    question = kernel.client.question()
    kernel.client.said(msg_id, "before")
    kernel.client.answer("", question)
    return kernel.client.finished(msg_id).text(), "before"


@case
def a_password_is_asked_for_as_one(kernel: Kernel) -> Outcome:
    code = "import getpass\nlen(getpass.getpass('secret: '))"
    msg_id = kernel.client.submit(code)
    question = kernel.client.question()
    kernel.client.answer("swordfish", question)
    exchange = kernel.client.finished(msg_id)
    said = str(exchange.published)
    return (question["content"], exchange.value, "swordfish" in said), (
        {"prompt": "secret: ", "password": True},
        "9",
        False,
    )


@case
def answers_may_be_any_text(kernel: Kernel) -> Outcome:
    texts = ["", "  spaces  ", "😀 é", "two\nlines"]
    code = f"[input() for _ in range({len(texts)})]"
    msg_id = kernel.client.submit(code)
    for text in texts:
        kernel.client.answer(text, kernel.client.question())
    return kernel.client.finished(msg_id).value, repr(texts)


@case
def only_the_client_that_runs_the_cell_is_asked(kernel: Kernel) -> Outcome:
    client = kernel.client
    with client.another() as other:
        msg_id = other.submit("input('other? ')")
        other.answer("here", other.question())
        value = other.finished(msg_id).value
        client.ask("kernel_info_request")
    return (value, client.questions.empty()), ("'here'", True)


@case
def an_interrupt_ends_the_wait(kernel: Kernel) -> Outcome:
    client = kernel.client
    msg_id = client.submit("input('interrupted? ')")
    client.question()
    client.ask("interrupt_request", channel="control")
    exchange = client.finished(msg_id)
    return (exchange.reply["ename"], exchange.kinds), ("KeyboardInterrupt", ["execute_input", "error"])


@case
def an_answer_that_comes_late_answers_nothing_else(kernel: Kernel) -> Outcome:
    client = kernel.client
    first = client.submit("input('one ')")
    question = client.question()
    client.ask("interrupt_request", channel="control")
    client.finished(first)
    client.answer("late", question)
    client.ask("kernel_info_request", channel="control")
    second = client.submit("input('two ')")
    question = client.question()
    client.answer("right", question)
    return (question["content"]["prompt"], client.finished(second).value), ("two ", "'right'")


@case
def an_answer_that_nobody_asked_for_does_nothing(kernel: Kernel) -> Outcome:
    kernel.client.answer("nobody asked")
    exchange = kernel.client.run("1")
    return (exchange.reply, exchange.published), (done(), around(ran("1"), gave("1")))


@case
def the_debugger_of_python_asks(kernel: Kernel) -> Outcome:
    code = "import pdb\ndef f(value):\n    pdb.set_trace()\n    return value\nf(6)"
    questions, text, reply = ask(kernel, code, "p value * 7", "c")
    return (len(questions), "42\n" in text, reply), (2, True, done())


@case
def the_debugger_looks_at_the_last_error(kernel: Kernel) -> Outcome:
    kernel.client.run("def g(inner):\n    1 / 0\ng(5)")
    questions, text, _ = ask(kernel, "%debug", "p inner + 1", "q")
    return (len(questions), "6\n" in text), (2, True)


@case
def a_breakpoint_asks(kernel: Kernel) -> Outcome:
    client = kernel.client
    msg_id = client.submit("def f(value):\n    breakpoint()\n    return value\nf(6)")
    client.until(lambda: not client.questions.empty() or client.so_far(msg_id).is_idle, "a question or the end")
    asked = not client.questions.empty()
    if asked:
        client.answer("c", client.question())
    return (asked, client.finished(msg_id).value), (True, "6")
