"""Memory and processor time: what is asked while a cell runs, what the status line says, and the limit."""

from typing import Any

import pytest

from curses_client.events import Control, LineLost, Replied, Ring, Ticked
from curses_client.options import Options
from curses_client.transcript import Notice
from kernel.protocol.messages import Content, InterruptRequest, OkReply, UsageReply, UsageRequest
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import NOON, Client, Journal

GB = 1_000_000_000


def running(cols: int = 80, **options: Any) -> Client:
    """A client in whose session a cell has begun."""
    journal = Journal().session().submit("c", "run()").start("c")
    user = Client(cols=cols, journal=journal)
    return user.set(options=Options(**options))


def reply(memory: int | None = 2 * GB, cpu: float = 98.0, **known: Any) -> UsageReply:
    known = {"host_virtual_memory": {"total": 10 * GB}, **known}
    return UsageReply("host", 2, cpu, memory, **known)


def tell(user: Client, content: Content) -> Client:
    """Let time pass until something is asked, and answer it."""
    user.send(Ticked(user.state.now + 2))
    questions = user.took(Control)
    assert [question.content for question in questions] == [UsageRequest()]
    return user.send(Replied(questions[0].tag, content))


def notices(user: Client) -> list[str]:
    return [item.text for item in user.state.transcript.items if isinstance(item, Notice)]


def ended(user: Client) -> Client:
    """Have the cell end."""
    user.journal.now = user.state.now
    user.journal.end("c")
    return user.read()


def test_it_is_asked_while_a_cell_runs_and_once_when_it_ends() -> None:
    user, asked = running(), []
    for seconds in (0.4, 1, 2, 3, 4, 5):
        user.send(Ticked(NOON + seconds))
        for question in user.took(Control):
            asked.append(seconds)
            user.send(Replied(question.tag, reply()))
    assert asked == [1, 3, 5]
    assert [effect.content for effect in ended(user).took(Control)] == [UsageRequest()]
    assert user.send(Ticked(NOON + 60)).took(Control) == []


def test_a_cell_that_takes_no_time_is_not_worth_a_question() -> None:
    assert ended(running()).took(Control) == []


def test_a_short_cell_may_free_much() -> None:
    user = tell(running(memory_limit="8 GB"), reply(9 * GB))
    ended(user).send(Replied(user.took(Control)[0].tag, reply(9 * GB)))
    user.journal.cell("d", "del a", count=2)
    assert [effect.content for effect in user.read().took(Control)] == [UsageRequest()]


def test_a_slow_answer_is_waited_for() -> None:
    user = running().send(*map(Ticked, (NOON + 2, NOON + 4, NOON + 6)))
    assert len(ended(user).took(Control)) == 1


def test_the_status_line_says_it_while_a_cell_runs() -> None:
    user = tell(running(), reply())
    # a percentage of the time before the cell says nothing of it
    assert "2.0 GB" in lines(user)[-1]
    assert "98%" not in lines(user)[-1]
    assert "2.0 GB  98%" in lines(tell(user, reply()))[-1]
    check(user)


@pytest.mark.parametrize(("memory", "said"), [(80_000_000, ""), (GB, "1.0 GB")])
def test_when_nothing_runs_only_much_is_worth_a_word(memory: int, said: str) -> None:
    user = tell(running(), reply(memory))
    question = ended(user).took(Control)[0]
    user.send(Replied(question.tag, reply(memory)))
    status = lines(user)[-1]
    assert (said in status, "B" in status.replace("F9", ""), "%" in status) == (True, bool(said), False)


def test_a_kernel_of_which_nothing_is_known_is_not_asked_again() -> None:
    for content in (OkReply("error", "NoReply", "no"), reply(None)):
        user = tell(running(), content)
        assert user.message == ""
        assert user.send(Ticked(NOON + 60)).took(Control) == []


def test_a_lost_line_is_not_asked() -> None:
    user = running().send(LineLost("line lost"), Ticked(NOON + 60))
    assert user.took(Control) == []


def test_who_only_looks_sees_it_too() -> None:
    user = running().set(read_only=True)
    assert "2.0 GB" in lines(tell(user, reply()))[-1]
    assert user.message == ""


class TestLimit:
    @pytest.mark.parametrize(
        ("limit", "known", "passes"),
        [
            ("80%", {}, True),
            ("95%", {}, False),
            ("8 GB", {}, True),
            ("", {}, False),
            ("95%", {"memory_limit": 9 * GB}, True),
            ("50%", {"host_virtual_memory": None}, False),
        ],
    )
    def test_a_notice_and_a_ring_say_that_it_is_passed(self, limit: str, known: dict[str, Any], passes: bool) -> None:
        user = tell(running(memory_limit=limit), reply(9 * GB, **known))
        assert len(notices(user)) == len(user.took(Ring)) == passes
        assert user.took(Control) == []

    def test_it_says_so_once(self) -> None:
        user = running(memory_limit="8 GB")
        for memory in (9, 9.5):
            tell(user, reply(int(memory * GB)))
        assert notices(user) == ["the kernel has 9.0 GB of memory, the limit is 8.0 GB"]
        for memory in (7, 9):
            tell(user, reply(memory * GB))
        assert len(notices(user)) == 2

    def test_the_cell_is_interrupted_once(self) -> None:
        user = running(memory_limit="8 GB", memory_action="interrupt")
        tell(user, reply(9 * GB))
        assert [effect.content for effect in user.took(Control)] == [InterruptRequest()]
        assert notices(user)[-1].endswith("its cell was interrupted")
        tell(user, reply(10 * GB))
        assert user.took(Control) == []

    def test_what_frees_memory_is_not_interrupted(self) -> None:
        user = running(memory_limit="8 GB")
        tell(user, reply(10 * GB))
        user.set(options=Options(memory_limit="8 GB", memory_action="interrupt"))
        tell(user, reply(9 * GB))
        assert user.took(Control) == []

    def test_who_only_looks_interrupts_nothing(self) -> None:
        user = running(memory_limit="8 GB", memory_action="interrupt").set(read_only=True)
        tell(user, reply(9 * GB))
        assert (user.took(Control), len(notices(user))) == ([], 1)

    def test_the_status_line_has_it_before_the_names(self) -> None:
        user = tell(running(memory_limit="8 GB"), reply(9 * GB))
        status = lines(user)[-1]
        assert status.index("9.0 GB") < status.index("main")
