"""A configuration that is read again: what changes, and what is said."""

import pytest

from curses_client.binding import Binding
from curses_client.configuring import configured
from curses_client.events import ConfigurationRead, ReadConfiguration, RecordsRead
from curses_client.options import Options
from curses_client.state import new_state
from tests.curses_client.drawing import lines
from tests.curses_client.support import NOON, Client, Journal


def test_it_is_asked_for_by_a_command() -> None:
    user = Client().press("f1").write("reload-configuration").press("enter")
    assert user.effects == [ReadConfiguration()]


@pytest.mark.parametrize(
    ("options", "for_kernels", "said"),
    [
        (Options(), False, "config.toml is read again: all is as it was"),
        (Options(hints=False), False, "config.toml is read again: hints changed"),
        (Options(notify_after=5, keys="modern"), False, "config.toml is read again: keys, notify after changed"),
        (Options(), True, "config.toml is read again: kernels and journal, for the next session changed"),
        (
            Options(bound=(Binding(("f7",), "undo", "editor", "undo"),)),
            False,
            "config.toml is read again: keys of your own changed",
        ),
    ],
)
def test_it_says_what_has_changed(options: Options, for_kernels: bool, said: str) -> None:
    user = Client("ab").send(ConfigurationRead(options, for_kernels=for_kernels))
    assert user.message == said
    assert user.state.options == options
    assert user.text == "ab"


def test_a_key_holds_at_once() -> None:
    own = (Binding(("f7",), "transpose", "editor", "swap two characters"),)
    user = Client("ab").send(ConfigurationRead(Options(bound=own))).press("f7")
    assert user.marked == "ba|"


@pytest.mark.parametrize(("how", "after"), [("bell", 7.0), ("none", None)])
def test_when_a_cell_rings_follows(how: str, after: float | None) -> None:
    options = Options(notify_how=how, notify_after=7.0)  # type: ignore[arg-type]
    assert Client().send(ConfigurationRead(options)).state.rings_after == after


def test_what_is_wrong_is_shown_and_said() -> None:
    user = Client().send(ConfigurationRead(Options(), ("f, line 3: one", "f, line 4: two\x1b[2J")))
    assert user.message == "f, line 3: one · 2 things are wrong"
    assert user.state.message is not None
    assert user.state.message.alarming
    rows = lines(user)
    assert rows[0].startswith("── f, line 3: one ──")
    assert rows[1].startswith("── f, line 4: two")
    # what teaches a new user is there until the first cell
    assert "run what is typed below" in rows[2]


@pytest.mark.parametrize("cells", [0, 3])
def test_what_is_wrong_at_the_start_is_shown_below_what_was_read(cells: int) -> None:
    user = Client()
    user.state = configured(new_state(80, 24, NOON), Options(), ["f, line 3: one"])
    assert not any("one" in row for row in lines(user))
    journal = Journal().session()
    for number in range(cells):
        journal.cell(f"c{number}", "1", "1\n", count=number + 1)
    user.send(journal.read())
    assert lines(user)[2 * cells].startswith("── f, line 3: one ──")
    assert user.send(journal.read(again=True)).state.mistakes == ()


def test_the_newest_records_come_first_and_it_is_shown_with_all_of_them() -> None:
    journal = Journal().session().cell("c", "1", "1\n")
    newest, preface = journal.records[-2:], tuple(journal.records[:3])
    user = Client()
    user.state = configured(new_state(80, 24, NOON), Options(), ["f, line 3: one"])
    user.send(RecordsRead(tuple(newest), len(journal.records), preface=preface))
    assert user.state.mistakes
    user.send(RecordsRead(tuple(journal.records), len(journal.records), older=True, complete=True))
    assert any(row.startswith("── f, line 3: one") for row in lines(user))


def test_the_lessons_go_with_the_first_cell() -> None:
    user = Client().send(ConfigurationRead(Options(), ("wrong",)))
    assert "run what is typed below" in lines(user)[1]
    user.journal.cell("c", "1")
    assert not any("run what is typed below" in row for row in lines(user.read()))
