"""The palette: what is found by what is typed, what is run and where, and what is said of the rest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.binding import Binding, KeySet
from curses_client.commands import COMMANDS
from curses_client.events import Control, Leave, MousePressed, Paint, Pasted, ReadConfiguration, Submit
from curses_client.keymap import SECTIONS, commands
from curses_client.offers import Documentation
from curses_client.options import Options
from curses_client.palette import _ELSEWHERE, LESSONS, entries, listed, place, why_not
from curses_client.state import Palette
from curses_client.text.buffer import Buffer
from curses_client.themes.choice import CHOICES
from kernel.protocol.messages import DropRequest, InspectRequest
from tests.curses_client.drawing import attributes, check, drawn, lines
from tests.curses_client.support import Client, Journal


def names(user: Client) -> list[str]:
    return [entry.name for entry in entries(user.state)]


def opened(typed: str = "", text: str = "", **sizes: int) -> Client:
    return Client(text, **sizes).press("f1").write(typed)


def queued() -> Client:
    """Return a client that looks at a queue of two."""
    user = Client()
    user.journal.submit("c", "1").start("c").submit("w0", "2").submit("w1", "3")
    return user.read().press("f3")


def reading() -> Client:
    user = Client()
    user.journal.cell("c", "print(1)", "1\n")
    return user.read().press("f5")


def asked() -> Client:
    user = Client()
    user.journal.submit("c", "input()").start("c")
    user.journal.add("input_wanted", "c", request="r1", prompt="Name: ", password=False)
    return user.read()


def ended() -> Client:
    user = Client("x")
    user.journal.add("session_ended", reason="shutdown")
    return user.read()


def test_every_command_that_can_be_run_from_it_is_in_it_and_no_other() -> None:
    left_out = set(COMMANDS) - set(names(opened()))
    assert left_out >= {"file-save-over", "save-over", "file-recover", "file-forget", "recall-forget"}
    assert left_out >= {"replace-one", "match-accept", "palette-run", "help-close", "line-accept", "picture-save"}
    rows = [commands()[name] for name in left_out]
    over_all = {"completion", "signature", "line", "find", "picture", "history", "palette", "help"}
    assert all(row.is_answer or row.context in over_all for row in rows)
    assert not any(row.keys for row in rows if row.is_answer)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("transp", "transpose"),
        ("swap", "transpose"),
        ("ctrl-t", "transpose"),
        ("restart", "restart"),
        ("ask rest", "ask-restart"),
        ("two swap", "transpose"),
        ("RESTART ASK", "ask-restart"),
        ("trsps", "transpose"),
        ("detach", "detach"),
        ("split", "pane-arrange"),
        ("zoom", "pane-zoom"),
        ("debug", "breakpoint"),
        ("vi", "keys-vi"),
        ("emacs", "keys-emacs"),
        ("theme", "theme-auto"),
        ("theme solarized-light", "theme-solarized-light"),
        *((name, f"theme-{name}") for name in CHOICES if name.startswith(("high", "solar"))),
        ("rldcnf", "reload-configuration"),
        ("config", "reload-configuration"),
    ],
)
def test_what_is_typed_finds(typed: str, first: str) -> None:
    assert names(opened(typed))[0] == first


def test_nothing_is_found() -> None:
    user = opened("zzzz")
    assert names(user) == []
    assert "no command fits" in lines(user)[1]
    assert user.press("enter").message == "no command fits"
    assert user.press("down", "up", "page down").state.palette is not None


def test_a_command_is_run_where_it_was_opened() -> None:
    user = opened("transpose", "ab").press("enter")
    assert user.state.palette is None
    assert user.marked == "ba|"
    assert opened("reload").press("enter").took(ReadConfiguration) == [ReadConfiguration()]
    assert opened("detach").press("enter").took(Leave) == [Leave("detach")]


def test_it_is_run_in_the_output_that_is_read() -> None:
    user = reading().press("f1").write("read-top").press("enter")
    assert user.state.cursor is not None
    assert user.state.cursor.line == 0


def test_it_is_run_in_the_queue() -> None:
    user = queued().press("f1").write("queue-drop").press("enter")
    assert user.took(Control) == [Control("drop_request", DropRequest("w0"))]
    assert user.state.panes.focus == "queue"


def test_keys_go_to_the_line_that_is_typed_and_nowhere_else() -> None:
    user = opened("swop", "ab").press("left", "backspace", "a", "end", "!", "backspace")
    assert user.state.palette is not None
    assert user.state.palette.query.text == "swap"
    assert user.send(Pasted(" two")).state.palette.query.text == "swap two"  # type: ignore[union-attr]
    assert user.press("esc").text == "ab"
    assert user.state.palette is None


@pytest.mark.parametrize("key", ["esc", "ctrl c", "ctrl g"])
def test_it_is_closed(key: str) -> None:
    user = reading().press("f1", key)
    assert user.state.palette is None
    assert user.state.cursor is not None
    assert user.effects == []


def test_moving_selects() -> None:
    user = opened()
    every = names(user)
    user.press("down", "ctrl n", "up").press("enter")
    assert user.state.recent == (every[1],)
    user = opened().press("up")
    assert user.state.palette is not None
    assert user.state.palette.selected == len(every) - 1
    assert user.press("page down", "down").state.palette.selected == 0  # type: ignore[union-attr]
    assert user.press("page down").state.palette.selected == 10  # type: ignore[union-attr]
    assert user.write("a").state.palette.selected == 0  # type: ignore[union-attr]


def test_what_was_run_last_comes_first() -> None:
    user = opened("transpose", "ab").press("enter", "f1").write("undo").press("enter", "f1")
    assert names(user)[:2] == ["undo", "transpose"]
    user.write("redraw").press("enter", "f1")
    assert names(user)[:3] == ["redraw", "undo", "transpose"]


def test_the_keys_are_one_key_away() -> None:
    user = opened("x").press("f1")
    assert user.state.palette is None
    assert "Keys" in lines(user)[0]
    assert user.press("esc").state.help_top is None


@pytest.mark.parametrize(
    ("user", "typed", "why"),
    [
        (Client(), "read-next-error", "that is for reading the output · F5"),
        (Client(), "queue-drop", "the queue is not shown · F3"),
        (Client(), "answer-enter", "no input() waits"),
        (Client(), "queue", "no cell waits"),
        (Client(), "yank", "nothing was cut or copied"),
        (Client(), "details", "nothing more is known"),
        (Client(), "document-page-down", "no documentation is shown"),
        (reading(), "transpose", "that is for the editor"),
        (ended(), "run", "the session has ended"),
        (ended(), "ask-restart", "the session has ended"),
        (Client().set(read_only=True), "transpose", "this client only looks"),
        (Client().set(read_only=True), "quit", "this client only looks"),
    ],
)
def test_what_makes_no_sense_is_dim_and_says_why(user: Client, typed: str, why: str) -> None:
    user.press("f1").write(typed)
    entry = next(entry for entry in entries(user.state) if entry.name == typed)
    assert entry.why == why
    assert user.press(*["down"] * names(user).index(typed)).press("enter").message == why
    assert user.state.palette is not None
    assert user.took(Submit) == user.took(Control) == []


def test_what_makes_sense_comes_before_what_makes_none() -> None:
    found = entries(opened().state)
    assert sorted(found, key=lambda entry: bool(entry.why)) == found
    assert any(entry.why for entry in found)


def test_a_reason_is_known_for_every_place() -> None:
    assert {row.context for row in listed()} == _ELSEWHERE.keys() | {"output"}


def test_what_is_for_the_documentation_can_be_run_while_that_is_shown() -> None:
    user = (
        Client()
        .set(documentation=Documentation("x", InspectRequest("x", 1), ("one", "two")))
        .press("f1")
        .write("document-close")
    )
    assert entries(user.state)[0].why == ""
    assert user.press("enter").state.documentation is None


@pytest.mark.parametrize("keys", ["vi", "modern", "emacs"])
def test_other_keys_are_chosen(keys: KeySet) -> None:
    user = opened(f"keys-{keys}").press("enter")
    assert user.state.options.keys == keys
    assert user.message == f'keys {keys} · keys = "{keys}" keeps them'


def test_a_theme_is_chosen_by_its_name() -> None:
    user = opened("theme solarized-light").press("enter")
    assert user.state.options.theme == "solarized-light"
    assert user.took(Paint) == [Paint()]


@pytest.mark.parametrize("make", [Client, reading, queued, asked, ended, lambda: Client("ab\ncd")])
def test_every_command_can_be_run_from_it(make: type[Client]) -> None:
    for number, entry in enumerate(entries(make().press("f1").state)):
        user = make().press("f1")
        assert place(user.state) in SECTIONS
        check(user.set(palette=Palette(Buffer.of(""), number)).press("enter"))
        assert (user.state.palette is not None) is (bool(entry.why) or entry.name == "palette")


def test_what_an_empty_session_shows_can_be_shown_again() -> None:
    user = opened("first-steps").press("enter")
    assert user.message == "that is what stands above, until a cell has run"
    user.journal.cell("c", "print(1)", "1\n")
    user.read()
    assert not any(LESSONS[0][1] in line for line in lines(user))
    user.press("f1").write("first").press("enter")
    shown = lines(user)
    place = next(number for number, line in enumerate(shown) if line.startswith("── first steps"))
    assert [text in row for row, (_, text) in zip(shown[place + 1 :], LESSONS, strict=False)] == [True] * 5
    check(user)
    assert user.press("f4").message == "nothing more is known"


# ---- what is seen of it ------------------------------------------------------------------------------------


def test_the_lessons_stand_above_the_commands_until_something_is_typed() -> None:
    rows = lines(opened())
    assert [text in row for row, (_, text) in zip(rows[1:6], LESSONS, strict=True)] == [True] * 5
    assert rows[7].startswith(" interrupt the running cell")
    assert LESSONS[0][1] not in "\n".join(lines(opened("x")))


def test_a_row_has_the_help_the_name_and_the_keys() -> None:
    assert lines(opened("transpose"))[1] == f"{' swap two characters  transpose':<73}Ctrl-T"
    runs = attributes(opened("transpose"), 1)
    assert [attr for attr, _ in runs] == ["popup selected"] * len(runs)


def test_it_shows_the_users_own_keys() -> None:
    own = (Binding(("f7",), "transpose", "editor", "swap two characters"),)
    user = Client().set(options=Options(bound=own)).press("f1").write("transpose")
    assert lines(user)[1].endswith("  Ctrl-T, F7")


def test_the_cursor_is_where_is_typed() -> None:
    assert drawn(opened("ab")).cursor == (12, 0)
    assert drawn(opened("ab").press("home")).cursor == (10, 0)
    long = opened("漢" * 60)
    assert drawn(long).cursor == (78, 0)
    check(long)
    assert drawn(queued().press("f1")).cursor == (10, 0)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (5, 3), (20, 5), (39, 12), (40, 12), (80, 24), (250, 70)])
def test_it_fits_on_every_screen(size: tuple[int, int]) -> None:
    user = opened(cols=size[0], rows=size[1])
    check(user)
    check(user.press("up"))
    check(user.write("e"))
    check(user.press("page down"))


def test_what_is_selected_is_seen() -> None:
    user = opened(rows=12)
    for _ in names(user)[::10]:
        chosen = [row for row in drawn(user).content() if row[0][0] == "popup selected"]
        assert len(chosen) == 1
        user.press("page down")


def test_the_mouse_runs_what_is_clicked_on() -> None:
    user = opened(text="ab").write("transpose")
    user.send(MousePressed(1, 5, 1))
    assert user.marked == "ba|"
    user = opened()
    number, name = 2, names(user)[2]
    user.send(MousePressed(5, 5, 5), MousePressed(5, 5, 5), MousePressed(4, 5, 5))
    assert user.state.palette is not None
    assert user.state.palette.selected == 1
    user.send(MousePressed(1, 5, 7 + number))
    assert user.state.recent == (name,)
    assert opened().send(MousePressed(1, 5, 3)).state.palette is not None


def test_what_arrives_meanwhile_is_taken_in() -> None:
    user = opened("tr")
    user.journal.cell("c", "print(1)", "1\n")
    assert user.read().press("esc").state.session.count == 1
    user = opened("tr", journal=Journal().session())  # type: ignore[arg-type]
    user.journal.submit("c", "input()").start("c")
    user.journal.add("input_wanted", "c", request="r1", prompt="Name: ", password=False)
    user.read().write("a")
    assert user.answer == ""
    assert user.state.palette is not None
    assert user.state.palette.query.text == "tra"


KEYS = st.sampled_from(
    ["f1", "down", "up", "enter", "esc", "page down", "a", "r", "e", "backspace", "ctrl c", "f5", "f3"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(KEYS, max_size=12), st.sampled_from([Client, reading, queued, asked]))
def test_no_keys_lose_what_is_typed(keys: list[str], make: type[Client]) -> None:
    user = make().press("f1").press(*keys)
    check(user)
    assert why_not(user.state, Binding((), "transpose", "editor", "")) in ("", "that is for the editor")
