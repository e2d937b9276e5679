"""The panel of the history: keys in, text, effects and screen out."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import HistoryRead, Pasted, Remember, SearchGoesOn, Submit
from curses_client.history.entries import Entry, Forgotten
from curses_client.recall import ENTRIES_AT_ONCE
from curses_client.remembering import session_label
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.support import NOON, Client, Journal

PAST = (
    Entry("import numpy as np", NOON - 90_000, "old", "/home/ada", "here", "ipython3"),
    Entry("ls -l | wc", NOON - 7300, "shell", "/srv", "there", "bash"),
    Entry("def f(a):\n    total = a\n    return total", NOON - 3700, "old", "/home/ada", "here", "ipython3"),
    Entry("df.groupby('station').size()", NOON - 65, "rides", "/home/ada/rides", "here", "ipython3"),
    Entry("np.mean(x)", NOON - 4, "rides", "/", "here", "ipython3"),
)


def knowing(*entries: Entry, text: str = "", cols: int = 80, rows: int = 24) -> Client:
    user = Client(text, cols=cols, rows=rows).set(machine="here")
    return user.send(HistoryRead(entries or PAST, is_whole=True))


def panel(user: Client, lexer: str = "") -> list[str]:
    """Return the rows of the panel."""
    rows = lines(user, lexer)
    first = next((number for number, row in enumerate(rows) if row.startswith(" History:")), None)
    return [] if first is None else rows[first : len(rows) - 4]


def listed(user: Client) -> list[str]:
    """Return the beginnings of the entries that are shown."""
    rows = panel(user)[1:]
    end = next((number for number, row in enumerate(rows) if row.startswith("──")), len(rows))
    return [row.split("  ")[0].strip() for row in rows[:end] if row]


def test_it_shows_all_the_newest_first() -> None:
    user = knowing().press("ctrl r")
    assert panel(user) == [
        " History:                            5 · everywhere  Enter takes  Alt-S narrows",
        " np.mean(x)                                                          4 s  rides",
        " df.groupby('station').size()                                      1 min  rides",
        " def f(a):                                             … 3 lines     1 h  old",
        " ls -l | wc                                                          2 h  shell",
        " import numpy as np                                                  1 d  old",
        "",
        "",
        "",
        "",
        "── 2026-01-01 11:59 · rides · / ────────────────────────────────────────────────",
        " np.mean(x)",
        "",
        "",
        "",
        "",
    ]
    check(user)
    assert panel(user.press("esc")) == []


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curses_client.widgets.history.localtime", __import__("time").gmtime)


def test_on_a_wide_screen_the_directory_is_there_as_well() -> None:
    user = knowing(cols=120, rows=40).press("ctrl r")
    assert panel(user)[2].split() == ["df.groupby('station').size()", "1", "min", "rides", "/home/ada/rides"]
    assert "Alt-D deletes" in panel(user)[0]
    check(user)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("n u m", ["import numpy as np"]),
        ("t o t a l", ["def f(a):"]),
        ("s i z e space g r o u p", ["df.groupby('station').size()"]),
        # its letters in this order
        ("n p m x", ["np.mean(x)"]),
        ("n u m backspace backspace backspace backspace", ["np.mean(x)", "df.groupby('station').size()", "def f(a):"]),
        ("q q q", ["nothing like this in the history"]),
    ],
)
def test_what_is_typed_narrows_it(keys: str, expected: list[str]) -> None:
    user = knowing().press("ctrl r", *[" " if key == "space" else key for key in keys.split()])
    assert listed(user)[:3] == expected
    check(user)


@pytest.mark.parametrize("key", ["enter", "tab"])
def test_the_selected_entry_is_taken_whole(key: str) -> None:
    user = knowing().press("ctrl r", "down", "ctrl r", "down", "up", key)
    assert user.marked == "def f(a):\n    total = a\n    return total|"
    assert user.took(Submit) == []
    assert user.state.recall is None
    assert user.press("ctrl _").text == ""


def test_it_is_run_at_once() -> None:
    user = knowing().press("ctrl r", "down", "meta enter")
    assert [effect.source for effect in user.took(Submit)] == ["df.groupby('station').size()"]
    assert [effect.items[0].session for effect in user.took(Remember)] == ["main"]
    assert user.text == ""


def test_what_is_being_written_stays_when_another_entry_is_run() -> None:
    user = knowing(text="long\ndraft").press("ctrl r", "meta enter")
    assert len(user.took(Submit)) == 1
    assert user.marked == "long\ndraft|"


def test_what_is_typed_in_the_editor_is_what_is_looked_for() -> None:
    user = knowing(text="mean").press("ctrl r")
    assert listed(user) == ["np.mean(x)"]
    # and is there again when nothing was found to be right
    assert user.press("esc").text == "mean"


def test_with_nothing_selected_nothing_happens() -> None:
    user = knowing().press("ctrl r", *"qqq", "enter")
    assert user.message == "no entry is selected"
    assert user.press("meta enter").took(Submit) == []
    assert user.press("meta d").state.question is None
    assert user.state.recall is not None


def test_only_this_session_or_directory() -> None:
    user = knowing()
    mine = Entry("mine", NOON, session_label(user.state), "/", "here", "python")
    user.send(HistoryRead((mine, Entry("elsewhere", NOON, "main", "/", "there")))).press("ctrl r", "meta s")
    assert listed(user) == ["mine"]
    assert "1 · this session" in panel(user)[0]
    assert listed(user.press("meta s")) == ["elsewhere", "mine", "np.mean(x)"]
    assert listed(user.press(*"zzz")) == ["nothing like this in this directory · Alt-S looks elsewhere"]
    assert "everywhere" in panel(user.press("ctrl u", "meta s"))[0]
    assert len(listed(user)) == 7


def test_what_is_selected_stays_so_in_another_scope() -> None:
    user = knowing().press("ctrl r", "meta s", "meta s").press("meta s")
    user.press("down", "down").press("meta s", "meta s", "meta s", "enter")
    assert user.text.startswith("np.mean")


class TestDeleting:
    def test_it_asks_first(self) -> None:
        user = knowing().press("ctrl r", "meta d")
        assert lines(user)[-1].startswith(" Delete this entry from the history?")
        assert user.press("n").took(Remember) == []
        assert len(listed(user)) == 5

    def test_all_entries_of_the_text_go(self) -> None:
        user = knowing(*PAST, replace_time(PAST[0], NOON - 1)).press("ctrl r", "meta d", "y")
        assert user.took(Remember) == [Remember((Forgotten.of("import numpy as np", NOON),))]
        assert listed(user) == ["np.mean(x)", "df.groupby('station').size()", "def f(a):", "ls -l | wc"]
        assert user.press("enter").text == "np.mean(x)"

    def test_the_place_stays(self) -> None:
        user = knowing().press("ctrl r", "down", "meta d", "y", "enter")
        assert user.text.startswith("def f(a)")
        user = knowing().press("ctrl r", "page down", "meta d", "y", "enter")
        assert user.text == "ls -l | wc"

    def test_the_last_one(self) -> None:
        user = knowing(Entry("a", 1.0)).press("ctrl r", "meta d", "y")
        assert listed(user) == ["nothing is in the history yet"]
        check(user)


def replace_time(entry: Entry, time: float) -> Entry:
    return entry._replace(time=time)


class TestMeanwhile:
    def test_what_others_run_is_there_at_once(self) -> None:
        user = knowing().press("ctrl r").send(HistoryRead((Entry("new", NOON, "x"),)))
        assert listed(user)[:2] == ["new", "np.mean(x)"]
        assert user.press("enter").text == "new"

    def test_what_is_selected_stays_so(self) -> None:
        user = knowing().press("ctrl r", "down").send(HistoryRead((Entry("new", NOON, "x"),)))
        assert user.press("enter").text == "df.groupby('station').size()"

    def test_what_is_typed_stays_so(self) -> None:
        user = knowing().press("ctrl r", *"new").send(HistoryRead((Entry("new", NOON, "x"),)))
        assert listed(user) == ["new"]
        assert listed(user.press("backspace")) == ["new"]

    def test_it_is_open_before_anything_is_read(self) -> None:
        user = Client().press("ctrl r")
        assert listed(user) == ["the history is still read …"]
        assert listed(user.send(HistoryRead(PAST, is_whole=True)))[0] == "np.mean(x)"

    def test_many_are_looked_at_in_slices(self) -> None:
        many = [Entry(f"cell {number}", float(number)) for number in range(2 * ENTRIES_AT_ONCE + 10)]
        user = knowing(*many).press("ctrl r")
        assert f"{ENTRIES_AT_ONCE:,}+ · everywhere" in panel(user)[0]
        user.send(SearchGoesOn(), SearchGoesOn())
        assert f"{len(many):,} · everywhere" in panel(user)[0]
        assert user.press("enter").text == f"cell {len(many) - 1}"


def test_where_something_is_found_is_marked() -> None:
    user = knowing().press("ctrl r", *"np", "down")
    rows = lines(user)
    chosen = next(number for number, row in enumerate(rows) if "import numpy as" in row)
    assert ("hit", "np") not in attributes(user, chosen)
    assert [text for attr, text in attributes(user, chosen) if attr == "hit current"] == ["np"]
    assert [text for attr, text in attributes(user, chosen - 1) if attr == "hit"] == ["np"]


def test_of_a_long_entry_the_place_is_shown_where_something_is_found() -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    user = knowing(Entry(text, NOON)).press("ctrl r", *"line 77")
    assert " line 77" in panel(user)
    assert panel(user)[10].endswith("… 18 more ──")
    check(user, lexer="python")


def test_text_is_coloured() -> None:
    user = knowing().press("ctrl r", "down", "down")
    rows = lines(user, "ipython3")
    place = next(number for number, row in enumerate(rows) if "    total" in row) - 1
    assert ("keyword", "def") in attributes(user, place, "ipython3")
    check(user, lexer="ipython3")


HOSTILE = "a\x1b[31mb\u202e\x07c\rd\x9b2J\u200b"


@pytest.mark.parametrize("field", Entry._fields)
def test_nothing_harmful_reaches_the_screen(field: str) -> None:
    hostile = 5.0 if field == "time" else HOSTILE
    user = knowing(PAST[0]._replace(**{field: hostile}), cols=140).press("ctrl r")
    check(user)
    check(user.press("c"), lexer="ipython3")
    check(user.press("enter"))


@pytest.mark.parametrize(("cols", "rows"), [(1, 1), (5, 3), (20, 5), (40, 8), (80, 24), (120, 40), (250, 70)])
def test_it_fits_every_screen(cols: int, rows: int) -> None:
    user = knowing(cols=cols, rows=rows).press("ctrl r")
    for key in ("down", *"def some long pattern with 漢字", "ctrl a", "right", "meta s", "ctrl u", "meta s", "meta s"):
        check(user.press(key))
        check(user, lexer="ipython3")


def test_the_cursor_is_where_one_types() -> None:
    user = knowing(cols=20, rows=5).press("ctrl r", *"abcdefghijklmnop")
    check(user)
    assert lines(user)[0] == " History: ijklmnop"


def test_the_mouse_and_the_clipboard() -> None:
    user = knowing().press("ctrl r").click(5, 3, 3).click(1, 3, 3).press("enter")
    assert user.text == "df.groupby('station').size()"
    user = knowing().press("ctrl r").send(Pasted("numpy\nand more"))
    assert listed(user) == ["import numpy as np"]


def test_help_can_be_had() -> None:
    user = knowing().press("ctrl r", "f1", "f1")
    assert user.state.help_top is not None
    assert panel(user.press("esc")) != []


def test_other_keys_are_left_alone() -> None:
    user = knowing().press("ctrl r", "f3", "f9", "f10", "f5", "f6", "f2", "ctrl l")
    assert user.state.recall is not None
    assert user.state.question is user.state.panel is user.state.asking is user.state.cursor is None


def test_who_only_looks_has_no_use_for_it() -> None:
    assert knowing().set(read_only=True).press("ctrl r").state.recall is None


MOVES = ("down", "up", "page down", "page up", "ctrl r", "meta s", "left", "home")
EDITS = ("backspace", "ctrl u", "ctrl w", "delete", "a", "n", " ", "meta d", "y")
ENDS = ("enter", "meta enter", "tab", "esc", "f1", "meta p", "read")
KEYS = st.sampled_from((*MOVES, *EDITS, *ENDS))


@settings(deadline=None)
@given(st.lists(KEYS, max_size=40), st.sampled_from([(20, 5), (80, 24)]))
def test_whatever_is_pressed(keys: list[str], size: tuple[int, int]) -> None:
    user = knowing(cols=size[0], rows=size[1])
    for number, key in enumerate(keys):
        if key == "read":
            user.send(HistoryRead((Entry(f"a{number}", NOON + number, "x"),)))
        else:
            user.press(key)
    check(user)


def test_a_session_by_its_start() -> None:
    user = Client(journal=Journal().session("rides")).set(machine="here")
    state = replace(user.state, session=replace(user.state.session, started=100.0))
    user.state = state
    former, mine = (Entry(text, time, "rides", "/", "here") for text, time in (("former", 99.0), ("mine", 101.0)))
    user.send(HistoryRead((former, mine), is_whole=True)).press("ctrl r", "meta s")
    assert listed(user) == ["mine"]
