"""Each question waits for its own answer, whatever thread asks."""

import threading
from collections.abc import Callable

import pytest

from kernel.worker.questions import Questions
from tests.kernel.support import DEADLINE, wait_for


class Asking:
    """A thread that asks one question."""

    def __init__(self, questions: Questions, name: str) -> None:
        self.sent = threading.Event()
        self.line: str | None = None
        self._name = name
        self._questions = questions
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        assert self.sent.wait(DEADLINE)

    def _ask(self) -> None:
        self.line = self._questions.ask(self._send)

    def _send(self, asked: Callable[[str], None]) -> None:
        asked(self._name)
        self.sent.set()

    @property
    def waits(self) -> bool:
        return self._thread.is_alive()

    def join(self) -> str | None:
        self._thread.join(DEADLINE)
        return self.line


def answering(questions: Questions, value: object) -> Callable[[Callable[[str], None]], None]:
    """What sends a question that is answered before anybody waits for it."""

    def send(asked: Callable[[str], None]) -> None:
        asked("q")
        questions.answer("q", {"value": value})

    return send


def test_an_answer_that_comes_at_once_is_not_lost() -> None:
    questions = Questions()
    assert questions.ask(answering(questions, "line")) == "line"


def test_an_answer_is_a_text_whatever_the_client_sent() -> None:
    questions = Questions()
    assert questions.ask(answering(questions, 5)) == "5"


def test_an_answer_without_a_value_is_an_empty_line() -> None:
    questions = Questions()

    def send(asked: Callable[[str], None]) -> None:
        asked("q")
        questions.answer("q", {})

    assert questions.ask(send) == ""


def test_the_end_of_input_is_an_error() -> None:
    questions = Questions()
    with pytest.raises(EOFError):
        questions.ask(answering(questions, "\x04"))


def test_two_threads_get_their_own_answers_in_any_order() -> None:
    questions = Questions()
    one, two = Asking(questions, "one"), Asking(questions, "two")
    questions.answer("two", {"value": "for two"})
    assert two.join() == "for two"
    assert one.waits
    questions.answer("one", {"value": "for one"})
    assert one.join() == "for one"


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    questions = Questions()
    questions.answer("nobody", {"value": "lost"})
    asking = Asking(questions, "one")
    questions.answer("another", {"value": "lost"})
    questions.answer("one", {"value": "first"})
    assert asking.join() == "first"
    questions.answer("one", {"value": "late"})
    assert questions.ask(answering(questions, "next")) == "next"


def test_a_question_that_was_interrupted_is_open_no_more() -> None:
    questions = Questions()

    def send(asked: Callable[[str], None]) -> None:
        asked("q")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        questions.ask(send)
    questions.answer("q", {"value": "late"})
    assert not questions._open


def test_a_question_that_could_not_be_sent_is_none() -> None:
    questions = Questions()
    with pytest.raises(ZeroDivisionError):
        questions.ask(lambda asked: 1 / 0)  # type: ignore[arg-type, return-value]
    wait_for(lambda: not questions._open)
