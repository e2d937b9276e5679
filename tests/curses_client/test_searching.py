"""Searching while the pattern is typed: keys in; cursor, hits and what is open out."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.events import MouseDragged, Pasted, Record, RecordsRead, Resized, SearchGoesOn
from curses_client.text.lines import BLOCK
from tests.curses_client.drawing import attributes, check, drawn, lines
from tests.curses_client.reading import LIBRARY, NUMBERS, check_cursor, fail, line_of, session, under_cursor
from tests.curses_client.support import Client, Journal
from tests.curses_client.test_finding import naive

# more lines than are looked through before keys have their turn
FAR = "x\n" * BLOCK * 128
POEM = "one fish\ntwo fish\nred Fish\nblue fish\n"


@pytest.fixture
def short_moments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let keys have their turn after each piece of work, whatever the machine."""
    monkeypatch.setattr("curses_client.searching.AT_ONCE", 0.0)


def reading(journal: Journal, keys: str = "g", **size: int) -> Client:
    user = Client("draft", journal=journal, **size).press("f5")  # type: ignore[arg-type]
    return pressed(user, keys)


def pressed(user: Client, keys: str) -> Client:
    return user.press(*(" " if key == "space" else key for key in keys.split(", "))) if keys else user


def typed(user: Client, pattern: str, key: str = "/") -> Client:
    return user.press(key).write(pattern)


def settled(user: Client) -> Client:
    """Let the search come to its end."""
    for _ in range(10_000):
        if user.state.search is None or not user.state.search.is_busy:
            return user
        user.send(SearchGoesOn())
    raise AssertionError("it does not end")


def search(user: Client, pattern: str, keys: str = "", key: str = "/") -> Client:
    return settled(pressed(settled(typed(user, pattern, key).press("enter")), keys))


# ---- while it is typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "line", "hits"),
    [
        ("f", "one fish", "1 of 4"),
        ("fish", "one fish", "1 of 4"),
        ("Fish", "red Fish", "1 of 1"),
        ("^b", "blue fish", "1 of 1"),
        ("o", "one fish", "1 of 2"),
        ("o f", "two fish", "1 of 1"),
        ("cell", "cell 0", "1 of 1"),
        ("[ob]", "one fish", "1 of 3"),
        ("(o|b)", "one fish", "1 of 3"),
        ("x", "cell 0", "no hits"),
        ("(b", "cell 0", "no hits · as plain text"),
    ],
)
def test_the_first_hit_is_shown_at_once(pattern: str, line: str, hits: str) -> None:
    user = settled(typed(reading(session(POEM)), pattern))
    assert line_of(user.state) == line
    # while it is typed in the status line, then above the editor
    assert lines(user)[-1].startswith(f" /{pattern}")
    assert lines(user)[-1].endswith(hits)
    assert f"/{pattern}  {hits} " in lines(user.press("enter"))[20]
    assert user.text == "draft"


def test_each_letter_narrows_it_and_backspace_takes_it_back() -> None:
    user = reading(session("ab\nabc\nabcd\n"))
    seen = []
    for key in ("/", "a", "b", "c", "d", "x", "backspace", "backspace", "backspace", "backspace", "backspace"):
        seen.append(line_of(settled(user.press(key)).state))
    assert seen == ["cell 0", "ab", "ab", "abc", "abcd", "cell 0", "abcd", "abc", "ab", "ab", "cell 0"]


@pytest.mark.parametrize("key", ["esc", "ctrl c", "ctrl g"])
def test_cancelled_everything_is_as_it_was(key: str) -> None:
    user = reading(session(POEM, NUMBERS, POEM), "g, j, l")
    before = user.state.cursor, user.state.scroll, lines(user)
    settled(typed(user, "blue")).press(key)
    assert (user.state.cursor, user.state.scroll, lines(user)) == before
    assert (user.state.search, user.state.asking) == (None, None)


def test_a_folded_line_is_shown_while_it_is_the_hit() -> None:
    user = reading(session(NUMBERS))
    before = lines(user)
    settled(typed(user, "50"))
    assert line_of(user.state) == "50"
    assert user.state.transcript.items[0].height == 1001
    check_cursor(user)
    user.press("x")
    assert user.state.transcript.items[0].height == 52
    user.press("esc")
    assert lines(user) == before


def test_what_is_found_is_marked() -> None:
    user = search(reading(session(POEM)), "fish")
    marks = [
        [(attr, text) for attr, text in attributes(user, row) if attr in ("hit", "hit current")] for row in range(5)
    ]
    assert marks == [[], [("hit current", "fish")], [("hit", "fish")], [("hit", "Fish")], [("hit", "fish")]]


def test_the_cursor_of_what_is_typed() -> None:
    user = typed(reading(session(POEM)), "abc").press("left")
    assert drawn(user).cursor == (4, 23)
    for cols in (1, 2, 5, 9, 20):
        user.send(Resized(cols, 24))
        check(user)


def test_a_paste_is_searched_for() -> None:
    user = reading(session(POEM)).press("/").send(Pasted("blue fish\nmore"))
    assert line_of(settled(user).state) == "blue fish"
    assert user.text == "draft"


def test_from_the_editor() -> None:
    user = Client("draft", journal=session(POEM)).press("meta /").write("two")
    assert line_of(settled(user).state) == "two fish"
    assert pressed(user, "enter, q").text == "draft"


def test_without_output_there_is_nothing_to_search() -> None:
    user = Client().press("meta /", "a")
    assert (user.state.asking, user.text) == (None, "a")


# ---- from hit to hit ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "key", "keys", "line", "hits"),
    [
        ("g", "/", "", "one fish", "1 of 4"),
        ("g", "/", "n", "two fish", "2 of 4"),
        ("g", "/", "n, n, n", "blue fish", "4 of 4"),
        ("g", "/", "n, n, n, n", "one fish", "1 of 4"),
        ("g", "/", "n, N", "one fish", "1 of 4"),
        ("g", "/", "N", "blue fish", "4 of 4"),
        ("g", "/", "N, n", "one fish", "1 of 4"),
        ("G", "/", "", "blue fish", "4 of 4"),
        ("G, k", "/", "", "red Fish", "3 of 4"),
        ("G", "?", "", "red Fish", "3 of 4"),
        ("G", "?", "n", "two fish", "2 of 4"),
        ("G", "?", "n, n, n", "blue fish", "4 of 4"),
        ("G", "?", "n, N", "red Fish", "3 of 4"),
        ("g", "?", "", "blue fish", "4 of 4"),
        # the cursor may go elsewhere in between
        ("g", "/", "G, N", "red Fish", "3 of 4"),
        ("g", "/", "j, n", "red Fish", "3 of 4"),
    ],
)
def test_next_and_previous(start: str, key: str, keys: str, line: str, hits: str) -> None:
    user = search(reading(session(POEM), start), "fish", keys, key)
    assert line_of(user.state) == line
    assert f"fish  {hits} " in lines(user)[20]
    assert (under_cursor(user) or "").lower().startswith("fish") or start == "G"


def test_the_hit_that_the_cursor_is_on_comes_first() -> None:
    user = reading(session("fish 1\nfish 2\n"), "g, j")
    assert line_of(settled(typed(user, "fish")).state) == "fish 1"


def test_two_hits_in_a_line() -> None:
    user = search(reading(session("aXbXc\nX\n")), "X")
    cols = [user.state.cursor.col]  # type: ignore[union-attr]
    for key in ("n", "n", "N", "N"):
        cols.append(settled(user.press(key)).state.cursor.col)  # type: ignore[union-attr]
    assert cols == [1, 3, 0, 3, 1]


def test_next_without_a_search() -> None:
    assert reading(session(POEM)).press("n").message == "/ searches"


@pytest.mark.parametrize("keys", ["n", "/, enter"])
def test_the_last_search_again(keys: str) -> None:
    user = search(reading(session(POEM)), "two").press("esc")
    assert user.state.search is None
    user = settled(pressed(user, f"g, {keys}"))
    assert line_of(user.state) == "two fish"


def test_another_search_begins_where_the_cursor_is() -> None:
    user = search(reading(session(POEM, POEM)), "one")
    user.press("G", "k", "k")
    before = line_of(user.state), lines(user)[:20]
    assert line_of(settled(typed(user, "fish")).state) == "two fish"
    assert user.state.cursor.item == 1  # type: ignore[union-attr]
    user.press("esc")
    assert (line_of(user.state), lines(user)[:20]) == before


def test_another_search_in_what_the_first_one_opened() -> None:
    user = search(reading(session(NUMBERS, POEM)), "^500$")
    assert line_of(user.state) == "500"
    settled(typed(user, "^49"))
    check_cursor(user)
    assert line_of(user.press("esc").state) == "500"
    check_cursor(user.press("j"))
    assert line_of(user.state) == "501"
    # and forward from there
    assert line_of(search(user, "^5.0$").state) == "510"


def test_frames_of_libraries_are_searched_and_opened() -> None:
    journal = session("x\n")
    fail(journal, "f", 2)
    user = search(reading(fail(journal, "g", 3)), "return x", "n")
    assert LIBRARY.format(7, 7).endswith(line_of(user.state))
    user = search(user, "", "n")
    assert user.state.cursor.item == 2  # type: ignore[union-attr]
    check_cursor(user)


def test_the_details_of_a_notice_are_searched_and_opened() -> None:
    journal = session("x\n").add("kernel_died", reason="x", signal="SIGKILL", stack="why\nit died")
    user = search(reading(journal), "it d")
    assert line_of(user.state) == "it died"
    check(user)


def test_a_hit_in_a_wide_line_is_shown() -> None:
    user = search(reading(session("x" * 300 + "HIT" + "y" * 300 + "\n"), "g, w"), "HIT")
    assert (under_cursor(user) or "").startswith("H")
    user.press("w")
    assert (under_cursor(user) or "").startswith("HIT")


# ---- in a long transcript, a little at a time --------------------------------------------------------------


@pytest.mark.usefixtures("short_moments")
def test_what_is_far_away_is_found_while_keys_have_their_turn() -> None:
    user = reading(session(FAR + "HIT\n"))
    typed(user, "HIT")
    assert line_of(user.state) == "cell 0"
    assert "searching" in lines(user)[-1]
    turns = 0
    while user.state.search is not None and user.state.search.pending is not None:
        user.send(SearchGoesOn())
        turns += 1
    # a block at each
    assert 100 <= turns <= 140
    assert line_of(user.state) == "HIT"
    settled(user)
    assert lines(user)[-1].endswith("1 of 1")


@pytest.mark.usefixtures("short_moments")
def test_keys_are_taken_while_it_searches() -> None:
    user = reading(session(FAR + "HIT\nHUT\n"))
    typed(user, "HI").send(SearchGoesOn()).press("backspace").write("U")
    assert line_of(settled(user).state) == "HUT"
    assert settled(typed(user.press("esc"), "HI")).press("esc").state.search is None


@pytest.mark.usefixtures("short_moments")
def test_from_far_away_to_the_other_end() -> None:
    user = search(reading(session("HIT\n" + FAR), "G"), "HIT")
    assert line_of(user.state) == "HIT"
    # also back, a step at a time
    user = search(reading(session("HIT\n" + FAR), "G"), "HIT", key="?")
    assert line_of(user.state) == "HIT"


@pytest.mark.usefixtures("short_moments")
def test_the_direction_is_kept_when_the_hit_before_is_far_away() -> None:
    user = reading(session("HIT 1\n" + FAR + "HIT 2\nHIT 3\n"), "G, k, k")
    typed(user, "HIT").press("enter", "N")
    assert line_of(settled(user).state) == "HIT 1"
    assert line_of(settled(user.press("n")).state) == "HIT 2"


# ---- while more comes --------------------------------------------------------------------------------------


def test_new_hits_are_counted_and_the_cursor_stays() -> None:
    user = reading(session(POEM))
    user.journal.submit("r", "loop()").start("r", 2)
    user = search(user.read(), "fish")
    for number in range(1, 4):
        user.journal.print("r", "a fish\n")
        settled(user.read())
        assert f"1 of {4 + number} " in lines(user)[20]
    assert line_of(user.state) == "one fish"


def test_a_hit_that_is_cleared() -> None:
    user = Client(journal=session(POEM))
    user.journal.submit("r", "loop()").start("r", 2).print("r", "a HIT\n" * 200)
    user = search(user.read().press("f5"), "HIT", "n, n")
    user.journal.add("clear_output", "r").print("r", "another HIT\n")
    settled(user.read())
    check(user)
    check_cursor(user)
    assert "1 hits" in lines(user)[20] or "1 of 1" in lines(user)[20]
    assert line_of(search(user, "", "n").state) == "another HIT"


def test_a_display_further_up_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    # however far up
    monkeypatch.setattr("curses_client.finding._PRINTING", 0)
    user = Client()
    user.journal.submit("d", "d").start("d")
    user.journal.add("display_data", "d", data={"text/plain": "old"}, metadata={}, transient={"display_id": "x"}).end(
        "d"
    )
    for number in range(5):
        user.journal.cell(f"c{number}", "pass", "x\n", count=number + 2)
    user = search(user.read().press("f5"), "new")
    assert "no hits" in lines(user)[20]
    user.journal.submit("u", "u").start("u", 9)
    settled(user.read())
    user.journal.add("update_display_data", "u", data={"text/plain": "new"}, metadata={}, transient={"display_id": "x"})
    user = settled(user.read())
    assert "1 hits" in lines(user)[20]
    assert line_of(settled(user.press("n")).state) == "new"


def test_what_was_before_is_read_while_it_is_searched() -> None:
    old = session(POEM).records
    new = session("x\n", "y\n").records
    user = Client(journal=Journal())
    user.send(RecordsRead(tuple(new), 50, preface=()))
    user.press("f5", "j")
    settled(typed(user, "x"))
    user.send(RecordsRead((*old, *map(_later, new)), 50, older=True, complete=True, preface=()))
    settled(user)
    check_cursor(user)
    for key in ("esc", "j", "k", "q"):
        check_cursor(user.press(key))


def _later(record: Record) -> Record:
    return Record(record.seq + 20, record.time, record.msg_type, record.msg_id, record.parent and f"n{record.parent}", "user", record.content)  # fmt: skip


# ---- a line in the status line -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("a, b, left, x", "axb"),
        ("a, b, home, x", "xab"),
        ("a, b, ctrl a, delete", "b"),
        ("a, b, ctrl h", "a"),
        ("a, b, space, c, ctrl w", "ab "),
        ("a, b, left, ctrl k", "a"),
        ("a, b, left, ctrl u", "b"),
        ("a, f5, page up, tab, up, ctrl l, b", "ab"),
        ("漢, 字, left, backspace", "字"),
    ],
)
def test_the_line_is_edited(keys: str, text: str) -> None:
    user = pressed(reading(session(POEM)).press("/"), keys)
    assert user.state.asking is not None
    assert user.state.asking.buffer.text == text
    check(user)


def test_a_click_elsewhere_while_it_is_typed() -> None:
    user = typed(reading(session(POEM)), "fi").click(1, 6, 3)
    check_cursor(user)
    assert line_of(settled(user.press("s")).state) in ("one fish", "red Fish")
    user.send(MouseDragged(9, 4)).press("esc")
    check_cursor(user)


# ---- against all lines -------------------------------------------------------------------------------------

outputs = st.lists(
    st.sampled_from(["ab\n", "b\n" * 200, "x\n", "aab ab\n", "\x1b[1mab\x1b[0m\n", "b" * 200 + "ab\n", NUMBERS]),
    max_size=6,
)


@given(
    st.lists(outputs, min_size=1, max_size=4),
    st.sampled_from(["ab", "b$", "^a", "9[05]", "AB", "cell"]),
    st.sampled_from("/?"),
    st.sampled_from("gG"),
    st.lists(st.tuples(st.sampled_from("nN"), outputs), max_size=8),
    st.sampled_from([(80, 24), (12, 6)]),
)
@settings(max_examples=30, deadline=None)
def test_every_hit_in_its_turn(
    cells: list[list[str]],
    pattern: str,
    key: str,
    start: str,
    then: list[tuple[str, list[str]]],
    size: tuple[int, int],
) -> None:
    """Whatever is folded, and while more is printed."""
    journal = session(*["".join(texts) for texts in cells])
    user = reading(journal, start, cols=size[0], rows=size[1])
    journal.submit("r", "loop()").start("r", 9)
    search(user.read(), pattern, key=key)
    for turn, texts in then:
        for text in texts:
            user.journal.print("r", text)
        settled(user.read())
        hits = naive(user.state.transcript, pattern)
        assert user.state.search is not None
        assert user.state.search.finder.count == len(hits)
        if not hits:
            assert settled(user.press(turn)).state.search is not None
            continue
        before = _spot(user)
        step = user.state.search.step if turn == "n" else -user.state.search.step
        settled(user.press(turn))
        after = [hit for hit in hits if hit > before] if step > 0 else [hit for hit in hits if hit < before][::-1]
        around = hits if step > 0 else hits[::-1]
        assert _spot(user) == (after or around)[0]
        assert user.state.search.hit == (after or around)[0]
        check_cursor(user)


def _spot(user: Client) -> Any:
    from curses_client.searching import spot_of

    assert user.state.cursor is not None
    return spot_of(user.state, user.state.cursor)


def test_an_expression_that_would_take_for_ever() -> None:
    user = Client(journal=Journal().session().cell("a", "x", "a" * 60 + "b\n")).press("f5")
    user.press("/", *"(a+)+$")
    assert "takes too long" in user.message
    assert user.state.search is None
    check(user.press("enter", "n"))


@pytest.mark.parametrize("keys", ["/, enter", "n"])
def test_the_same_again(keys: str) -> None:
    user = Client(journal=Journal().session().cell("a", "x", "one\ntwo\none\n")).press("f5", "g", "/", *"one", "enter")
    first = user.state.cursor
    user.press(*keys.split(", "))
    assert user.state.cursor is not None
    assert first is not None
    assert user.state.cursor.line == first.line + 2
