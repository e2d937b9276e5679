"""Looking where the running cell stands: keys and replies in, requests and screen out."""

import pytest

from curses_client.events import Control, Expired, ReadFile, Replied, SetTimer
from kernel.protocol.messages import Content, InterruptRequest, OkReply, StackReply
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.support import Client, Journal

CODE = "for epoch in range(40):\n    loss = train(epoch)\n    print(loss)"
PANDAS = "/venv/lib/python3.12/site-packages/pandas/core/frame.py"


def looking(cols: int = 80, rows: int = 24) -> Client:
    """A client that looks where a cell stands."""
    journal = Journal().session().submit("c", CODE).start("c")
    return Client(cols=cols, rows=rows, journal=journal).press("meta ?")


def stack(line: int, *above: tuple[str, int, str, str]) -> StackReply:
    """Make a reply: the line of the cell, and what it calls."""
    calls = [("<ipython-input-1-ab>", line, "<module>", ""), *above]
    keys = ("file", "line", "name", "source")
    return StackReply([dict(zip(keys, call, strict=True)) for call in reversed(calls)])


def answer(user: Client, reply: Content) -> Client:
    """Answer the newest request."""
    asked = [effect for effect in user.effects if isinstance(effect, Control)][-1]
    return user.send(Replied(asked.tag, reply))


def asked(user: Client) -> list[str]:
    """Take out what was asked on the control channel."""
    return [effect.msg_type for effect in user.took(Control)]


def pane(user: Client) -> list[str]:
    """Return the rows of the pane without those that are empty."""
    rows = lines(user)
    first = next((number for number, row in enumerate(rows) if row.startswith(" Where cell")), None)
    return [] if first is None else [row for row in rows[first : len(rows) - 4] if row]


def test_it_shows_the_calls_with_their_lines() -> None:
    user = looking()
    file = ("/home/user/rides.py", 12, "train", "return model.fit(x)")
    answer(user, stack(2, file, (PANDAS, 5, "fit", ""), (PANDAS, 6, "inner", "")))
    assert pane(user) == [
        " Where cell [1] stands · 1 sample                                F12 goes there",
        " 100% In [1]:2     loss = train(epoch)",
        " 100% rides.py:12  return model.fit(x)                                    train",
        "      … 2 frames in pandas: inner",
    ]
    assert "  ▸     loss = train(epoch)" in lines(user)
    check(user)


def test_it_asks_again_a_while_after_the_answer() -> None:
    user = looking()
    assert asked(user) == ["stack_request"]
    user.press("a", "b")
    assert asked(user) == []
    user = looking()
    answer(user, stack(2)).took(Control)
    (timer,) = user.took(SetTimer)
    user.press("a")
    assert asked(user) == []
    user.send(Expired(timer.tag))
    assert asked(user) == ["stack_request"]


def test_hot_lines_are_told() -> None:
    user = looking()
    for line in (2, 2, 2, 3):
        answer(user, stack(line))
        user.send(Expired(user.took(SetTimer)[-1].tag))
    assert pane(user) == [
        " Where cell [1] stands · 4 samples                               F12 goes there",
        "  25% In [1]:3  print(loss)",
        "      hot, by the innermost of the user's lines:",
        "  75% In [1]:2  loss = train(epoch)",
        "  25% In [1]:3  print(loss)",
    ]
    check(user)


def test_the_last_sample_stays_when_the_cell_has_ended_and_nothing_is_asked() -> None:
    user = looking()
    answer(user, stack(2)).took(Control)
    user.journal.end("c")
    user.read().send(Expired(user.took(SetTimer)[-1].tag))
    assert asked(user) == []
    assert pane(user)[0].startswith(" Where cell [1] stood last · 1 sample")
    assert not any("▸" in row for row in lines(user))


def test_an_answer_that_comes_after_the_end_is_no_sample() -> None:
    user = looking()
    user.journal.end("c")
    answer(user.read(), stack(2))
    assert user.state.standing.samples == ()


def test_the_key_closes_it_and_another_look_begins_anew() -> None:
    user = looking()
    answer(user, stack(2)).press("meta ?").took(Control)
    assert pane(user) == []
    user.send(Expired(user.took(SetTimer)[-1].tag))
    assert asked(user) == []
    user.press("meta ?")
    assert asked(user) == ["stack_request"]
    assert user.state.standing.samples == ()


def test_keys_in_it() -> None:
    user = looking().press("f12", "f12")
    assert user.state.panes.focus == "where"
    user.took(Control)
    user.press("ctrl c")
    assert [effect.content for effect in user.took(Control)] == [InterruptRequest()]
    assert pane(user.press("esc")) == []


FILE = ("/home/user/rides.py", 12, "train", "return model.fit(x)")


def chosen(user: Client) -> list[str]:
    """Return the rows of the pane that are drawn as selected."""
    return ["".join(text for _, text in row) for row in (attributes(user, n) for n in range(24)) if selected(row)]


def selected(row: list[tuple[object, str]]) -> bool:
    return row[0][0] == "popup selected"


def test_a_line_is_selected_and_its_file_opened() -> None:
    user = looking()
    answer(user, stack(2, FILE, (PANDAS, 5, "fit", ""))).press("f12", "f12")
    assert pane(user)[0].endswith("Enter open  Esc close")
    assert ["rides.py:12" in row for row in chosen(user)] == [True]
    check(user)
    assert ["In [1]:2" in row for row in chosen(user.press("up", "up"))] == [True]
    user.press("down", "down", "enter")
    assert user.took(ReadFile) == [ReadFile("/home/user/rides.py", 12)]
    assert (user.state.panes.focus, user.state.panes.open) == (None, ("where",))


def test_a_line_of_a_cell_is_gone_to_in_the_output() -> None:
    user = looking()
    answer(user, stack(2, FILE)).press("f12", "f12", "up", "enter")
    assert user.state.cursor is not None
    assert user.state.cursor.line == 1
    assert user.press("q").write("x").text == "x"


def test_a_sample_leaves_the_selection_where_it_is() -> None:
    user = looking()
    answer(user, stack(2, FILE)).press("f12", "f12", "up")
    user.send(Expired(user.took(SetTimer)[-1].tag))
    answer(user, stack(3, FILE))
    assert ["In [1]:3" in row for row in chosen(user)] == [True]


def test_what_is_hot_can_be_gone_to_and_is_scrolled_to() -> None:
    user = looking()
    for number in range(8):
        answer(
            user,
            stack(2, *(("/w/deep.py", line, "f", "f()") for line in range(1, 20)), (f"/w/{number}.py", 1, "g", "")),
        )
        user.send(Expired(user.took(SetTimer)[-1].tag))
    user.press("f12", "f12", *["down"] * 9)
    check(user)
    assert len(chosen(user)) == 1
    user.press("enter")
    (wanted,) = user.took(ReadFile)
    assert wanted.path in [f"/w/{number}.py" for number in range(8)]


def test_what_is_no_file_and_what_is_elsewhere() -> None:
    user = looking()
    answer(user, stack(2, ("<string>", 1, "f", ""))).press("f12", "f12", "enter")
    assert user.message == "<string> is no file"
    user = looking()
    answer(user, stack(2, FILE)).set(host="gpu").press("f12", "f12", "enter")
    assert user.message == "the file is on gpu: edit it there"
    assert looking().press("f12", "f12", "enter").message == "it is not known yet where the cell stands"


def test_with_nothing_that_runs_there_is_nothing_to_show() -> None:
    user = Client().press("meta ?")
    assert (user.message, pane(user)) == ("no cell runs", [])


@pytest.mark.parametrize("about", [{"language": "R", "lexer": "r"}, {"embedded": True}])
def test_kernels_that_do_not_tell(about: dict[str, object]) -> None:
    journal = Journal()
    journal.add("session_started", name="main", kernel="R", language="R", cwd="/", pid=1, lexer="r")
    journal.add("kernel_started", pid=2, **about).submit("c", "1").start("c")
    user = Client(journal=journal).press("meta ?")
    assert user.message == "only a kernel of cshell's own tells where it stands"
    assert asked(user) == []


def test_a_kernel_that_refuses_is_not_asked_again() -> None:
    user = answer(looking(), OkReply("error", "NotSupported", "no \x1b[31mstacks\x07", []))
    assert (user.message, pane(user)) == ("no stacks␇", [])


def test_a_kernel_that_is_not_there_now_is_asked_again() -> None:
    user = answer(looking(), OkReply("error", "NoStack", "the kernel does not tell", []))
    user.took(Control)
    user.send(Expired(user.took(SetTimer)[-1].tag))
    assert (user.message, asked(user)) == ("", ["stack_request"])


def test_who_only_looks_may_look_here_too() -> None:
    journal = Journal().session().submit("c", CODE).start("c")
    user = Client(journal=journal).set(read_only=True).press("meta ?")
    assert asked(user) == ["stack_request"]


def test_a_line_that_is_lost_carries_no_questions() -> None:
    journal = Journal().session().submit("c", CODE).start("c")
    user = Client(journal=journal).set(line="the line is lost").press("meta ?")
    assert asked(user) == []


def test_a_deep_stack_shows_its_innermost_calls() -> None:
    user = looking()
    answer(user, stack(2, *((f"/a{number}.py", 1, "f", f"line {number}") for number in range(50))))
    shown = pane(user)
    assert shown[1].endswith("… 43 calls above")
    assert shown[-1].startswith(" 100% a49.py:1  line 49")
    check(user)


def test_a_screen_without_room_for_it_says_so() -> None:
    user = looking(20, 5)
    assert (user.message, asked(user)) == ("there is no room to show it", [])
    check(user)


@pytest.mark.parametrize(("cols", "rows"), [(20, 10), (40, 10), (120, 40), (250, 70)])
def test_it_fits_any_screen(cols: int, rows: int) -> None:
    user = looking(cols, rows)
    check(user)
    for line in (2, 3):
        answer(user, stack(line, ("/home/user/数据.py", 12, "größe" * 20, "x" * 300), (PANDAS, 5, "fit", "")))
        timers = user.took(SetTimer)
        user.send(*(Expired(timer.tag) for timer in timers))
    check(user)
    check(user.press("f12", "f12", "meta m"))


@pytest.mark.parametrize("cols", [80, 120])
@pytest.mark.parametrize(("seconds", "is_offered"), [(9, False), (11, True)])
def test_it_is_offered_when_a_cell_takes_long(cols: int, seconds: int, is_offered: bool) -> None:
    journal = Journal().session().submit("c", CODE).start("c")
    user = Client(cols=cols, journal=journal)
    user.set(now=user.state.now + seconds)
    assert ("Alt-? where" in lines(user)[-1]) is is_offered
