"""The output pane: gutter, times, notices, and when it is drawn again."""

import time

import pytest
from urwid.display.common import AttrSpec

from curses_client.events import Record, RecordsRead, Resized, SearchGoesOn, Ticked
from curses_client.layout import layout
from curses_client.quantities import duration
from curses_client.text.ansi import plain
from curses_client.widgets.gutter import SIGNS
from curses_client.widgets.output import OutputView
from curses_client.widgets.root import Root
from kernel.protocol.messages import parse
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.support import NOON, Client, Journal


def with_cell(journal: Journal, **size: int) -> Client:
    return Client(journal=journal, **size)  # type: ignore[arg-type]


def ran(*printed: str, count: int = 1) -> Journal:
    return Journal().session().cell("c", "source", *printed, count=count)


@pytest.mark.parametrize(
    ("journal", "sign"),
    [
        (Journal().session().submit("c", "x"), "┊"),
        (Journal().session().submit("c", "x").start("c"), "●"),
        (ran(), "│"),
        (Journal().session().submit("c", "x").start("c").end("c", "error"), "✗"),
        (Journal().session().submit("c", "x").end("c", "aborted"), "┊"),
        (ran().add("kernel_starting").add("kernel_started", pid=3, restarted=True), "╳"),
    ],
    ids=list(SIGNS),
)
def test_the_gutter_tells_the_state_without_colour(journal: Journal, sign: str) -> None:
    for size in ((80, 24), (120, 40), (20, 6)):
        gutter = lines(with_cell(journal).send(Resized(*size)))[0]
        assert sign in gutter[:6]


@pytest.mark.parametrize(
    ("cols", "count", "first"),
    [
        (80, 1, " 1│ source"),
        (80, 12, "12│ source"),
        (80, 1234, "1234│ source"),
        (120, 7, "  7 │ source"),
        (20, 7, "│ source"),
    ],
)
def test_the_count(cols: int, count: int, first: str) -> None:
    assert lines(with_cell(ran(count=count), cols=cols))[0].startswith(first)


def test_output_stands_in_the_same_column_as_code() -> None:
    rows = lines(with_cell(ran("a\nb\n")))
    assert [row[4:] for row in rows[:3]] == ["source", "a", "b"]
    assert [row[2:3] for row in rows[1:3]] == ["╰", " "]


def test_errors_printed_have_a_sign_of_their_own() -> None:
    journal = Journal().session().submit("c", "x").start("c").print("c", "e1\ne2\n", "stderr").end("c")
    user = with_cell(journal)
    assert [row[2:] for row in lines(user)[1:3]] == ["! e1", "! e2"]
    assert ("stderr", "e1") in attributes(user, 1)


def test_a_long_line_is_wrapped_beside_the_gutter() -> None:
    rows = lines(with_cell(ran("x" * 50 + "\n"), cols=34, rows=12))
    assert rows[1:3] == ["  ╰ " + "x" * 30, "    " + "x" * 20]


def test_wide_characters_are_not_cut_in_half() -> None:
    rows = lines(with_cell(ran("漢" * 20 + "\n"), cols=35, rows=12))
    assert rows[1:3] == ["  ╰ " + "漢" * 15, "    " + "漢" * 5]


def test_colours_of_output_are_kept() -> None:
    runs = attributes(with_cell(ran("\x1b[31mred\x1b[0m plain\n")), 1)
    attr = next(attr for attr, text in runs if text == "red")
    assert isinstance(attr, AttrSpec)
    assert attr.foreground == "dark red"
    assert (None, " plain") in [(attr, text.rstrip()) for attr, text in runs]


@pytest.mark.parametrize("keys", [[], ["f5", "/", *"secret", "enter"]])
def test_text_in_the_colour_of_its_background_is_seen(keys: list[str]) -> None:
    user = with_cell(ran("\x1b[31;41ma secret\x1b[0m\n")).press(*keys)
    attr = next(attr for attr, text in attributes(user, 1) if text.startswith("a "))
    assert isinstance(attr, AttrSpec)
    assert (attr.foreground, attr.background) == ("inherit,standout", "inherit")


def test_source_is_coloured_when_the_lexer_is_there() -> None:
    user = Client()
    user.journal.cell("c", "def f(): return 'x'")
    user.read()
    assert ("text", "def f(): return 'x'") in attributes(user, 0)
    coloured = attributes(user, 0, lexer="python")
    assert ("keyword", "def") in coloured
    assert ("string", "'x'") in coloured


def test_lost_cells_are_grey_altogether() -> None:
    journal = ran("out\n").add("kernel_starting").add("kernel_started", pid=3, restarted=True)
    user = with_cell(journal)
    assert ("lost", "source") in attributes(user, 0, lexer="python")
    assert ("lost", "out") in attributes(user, 1, lexer="python")


@pytest.mark.parametrize(
    ("took", "cols", "right"),
    [(0.05, 80, ""), (0.2, 80, "0.2s"), (9.96, 80, "10s"), (75, 80, "1m15s"), (2, 120, "2.0s  ")],
)
def test_how_long_a_cell_took(took: float, cols: int, right: str) -> None:
    journal = Journal().session().submit("c", "x").start("c")
    journal.now += took
    row = lines(with_cell(journal.end("c"), cols=cols))[0]
    assert right in row
    assert row.endswith(right) or cols == 120


@pytest.mark.parametrize(
    ("seconds", "whole", "text"),
    [
        (0, False, "0.0s"),
        (0.84, False, "0.8s"),
        (0, True, "0s"),
        (12.9, False, "12s"),
        (59.99, True, "59s"),
        (60, True, "1m00s"),
        (72, False, "1m12s"),
        (3599, True, "59m59s"),
        (3600, True, "1h00m"),
        (11100, False, "3h05m"),
        (360000, True, "100h00m"),
    ],
)
def test_lengths_of_time(seconds: float, whole: bool, text: str) -> None:
    assert duration(seconds, whole=whole) == text


def test_ten_seconds() -> None:
    assert duration(9.97) == "10s"


def test_a_notice_is_a_rule_across_the_pane() -> None:
    journal = ran().add("kernel_died", reason="x", signal="SIGKILL", cell="c")
    user = with_cell(journal)
    assert lines(user)[1].startswith("── kernel died: SIGKILL in cell 1")
    assert lines(user)[1].endswith("───")
    assert attributes(user, 1)[0][0] == "alarm"


def test_a_welcome_while_there_is_nothing() -> None:
    assert "run what is typed below" in lines(Client())[0]
    assert lines(Client(cols=30))[0] == ""
    assert lines(Client(rows=7))[0] == ""
    assert "run what is typed" not in lines(with_cell(ran()))[0]


def test_places_in_the_queue() -> None:
    journal = Journal().session().submit("a", "1").start("a").submit("b", "2").submit("c", "3")
    rows = lines(with_cell(journal))
    assert [row.rpartition("  ")[2] for row in rows[1:3]] == ["queued 1 of 2", "queued 2 of 2"]


def test_it_is_drawn_again_only_when_something_changed() -> None:
    user = with_cell(Journal().session().submit("c", "x").start("c").print("c", "1\n"))
    view = OutputView(256)
    where = layout(user.state)
    first = view.draw(user.state, where)
    assert view.draw(user.write("typing").state, where) is first
    assert view.draw(user.send(Ticked(NOON + 0.5)).state, where) is first
    ticked = view.draw(user.send(Ticked(NOON + 1.5)).state, where)
    assert ticked is not first
    user.journal.print("c", "2\n")
    assert view.draw(user.read().state, where) is not ticked


def test_an_idle_pane_is_not_drawn_for_the_time() -> None:
    user = with_cell(ran("1\n"))
    view = OutputView(256)
    first = view.draw(user.state, layout(user.state))
    assert view.draw(user.send(Ticked(NOON + 3600)).state, layout(user.state)) is first


def test_a_cell_that_was_edited_is_drawn_anew() -> None:
    user = Client(journal=Journal().session().submit("a", "run()").start("a").submit("b", "x = 1"))
    root = Root(user.state, 256)
    root.use_lexer("python")
    root.render((80, 24))
    user.journal.add("cell_edited", "b", code="x = 2")
    root.show(user.read().state)
    rows = [b"".join(part for _, _, part in row).decode() for row in root.render((80, 24)).content()]
    assert rows[1].lstrip().startswith("┊ x = 2")


def test_who_submitted_a_cell() -> None:
    user = Client().set(client="me")
    for seq, (msg_id, by) in enumerate((("me_1", "ada"), ("other_1", "bob")), 10):
        content = parse("submitted", {"code": "1"})
        user.send(RecordsRead((Record(seq, NOON, "submitted", f"m{seq}", msg_id, "s", content, {}, by),), seq))
    mine, theirs, *_ = lines(user)
    assert "ada" not in mine
    assert "bob" in theirs


def submitted_by(user: Client, *cells: tuple[str, str]) -> list[str]:
    for seq, (msg_id, by) in enumerate(cells, 10):
        content = parse("submitted", {"code": "1"})
        user.send(RecordsRead((Record(seq, NOON, "submitted", f"m{seq}", msg_id, "s", content, {}, by),), seq))
    return lines(user)[: len(cells)]


def test_clients_of_one_name_are_numbered() -> None:
    user = Client().set(client="me", username="ada")
    cells = (("me_1", "ada"), ("x_1", "ada"), ("y_1", "ada"), ("x_2", "ada"), ("z_1", "bob"))
    mine, first, second, again, other = submitted_by(user, *cells)
    assert "ada" not in mine
    assert ["ada 1" in first, "ada 2" in second, "ada 1" in again] == [True] * 3
    assert "bob  queued" in other


def test_a_client_that_was_told_no_name() -> None:
    (line,) = submitted_by(Client().set(client="me", username="ada"), ("x_1", "username"))
    assert "another client  queued" in line


def test_details_of_a_notice_are_dim_and_wrapped() -> None:
    journal = Journal().session().add("kernel_died", reason="it did", signal="SIGSEGV", stack="Fatal " + "x" * 100)
    user = Client(journal=journal).press("f4")
    rows = lines(user)
    assert rows[1].startswith("Fatal xxx")
    assert rows[2].startswith("xxx")
    check(user)


def test_in_an_ended_session_only_other_people_are_named() -> None:
    user = Client().set(client="me", username="ada")
    for seq, (msg_id, by) in enumerate((("former_1", "ada"), ("other_1", "bob")), 10):
        content = parse("submitted", {"code": "1"})
        user.send(RecordsRead((Record(seq, NOON, "submitted", f"m{seq}", msg_id, "s", content, {}, by),), seq))
    assert "ada" in lines(user)[0]
    user.send(
        RecordsRead((Record(20, NOON, "session_ended", "m", "", "s", parse("session_ended", {"reason": "x"})),), 20)
    )
    shown = "\n".join(lines(user))
    assert "ada" not in shown
    assert "bob" in shown


# ---- how far the running cell is, while something else is read ---------------------------------------------


def running(*printed: str, **size: int) -> Client:
    journal = Journal().session().cell("c", "source", "".join(f"{number}\n" for number in range(90)))
    journal.submit("r", "train()").start("r", 2)
    for text in printed:
        journal.print("r", text)
    return with_cell(journal, **size)


@pytest.mark.parametrize(
    ("printed", "row"),
    [
        (["1 %\n2 %\n"], " ● [2] 5s  2 %"),
        (["1 %\r2 %"], " ● [2] 5s  2 %"),
        (["2 %\n\n"], " ● [2] 5s  2 %"),
        (["\nEND" + "\n" * 90], " ● [2] 5s  END"),
        # of several bars the first, wherever the cursor rests
        (["\router\n\rinner 1\x1b[A", "\n\rinner 2\x1b[A"], " ● [2] 5s  outer"),
        (["one\ntwo", "\r\x1b[A1\n2"], " ● [2] 5s  1ne"),
        (["\router\n\rinner\x1b[A\n\nafter"], " ● [2] 5s  after"),
        (["one\n\x1b[A\x1b[K\n two"], " ● [2] 5s   two"),
        (["\x1b[32m 2 %\x1b[0m|\x1b]8;;http://x\x1b\\##"], " ● [2] 5s   2 %|##"),
        (["x" * 500], " ● [2] 5s  " + "x" * 68 + "…"),
        (["漢" * 500], " ● [2] 5s  " + "漢" * 34 + "…"),
    ],
)
def test_how_far_the_running_cell_is_stays_at_the_edge(printed: list[str], row: str) -> None:
    user = running(*printed).send(Ticked(NOON + 5.5))
    assert "●" not in lines(user)[19]
    for key in ("page up", "page up"):
        assert lines(user.press(key))[19] == row
        check(user)
    attrs = [attr for attr, _ in attributes(user, 19)]
    assert attrs[:2] == ["progress running", "progress"]
    # what is read begins where it did
    assert lines(user.press("esc"))[19] != row


def test_it_goes_on_while_one_reads() -> None:
    user = running("1 %\n").press("page up")
    above = lines(user)[:19]
    for number in range(2, 5):
        user.journal.print("r", f"{number} %\n")
        user.read().send(Ticked(NOON + number))
        assert lines(user)[19] == f" ● [2] {number}s  {number} %"
        assert lines(user)[:19] == above
    user.journal.end("r")
    assert "●" not in lines(user.read())[19]


@pytest.mark.parametrize(
    ("printed", "rows"),
    [
        # nothing was printed yet
        ([], 24),
        # too small to give up a row
        (["1 %\n"], 6),
    ],
)
def test_where_nothing_is_said_of_it(printed: list[str], rows: int) -> None:
    user = running(*printed, rows=rows).press("page up", "page up")
    shown = lines(user)[: layout(user.state).output.rows]
    assert not any("●" in line for line in shown)


@pytest.mark.parametrize("cols", [10, 20, 40, 80])
def test_a_rule_that_is_longer_than_the_pane_goes_on_below(cols: int) -> None:
    text = "config.toml, line 3: how is to be one of bell, notification, command, none; 漢字 is used"
    user = Client(cols=cols, rows=24)
    user.state.transcript.add_notice(text, alarming=True)
    user.state.transcript.changed()
    check(user)
    rows = [row for row in lines(user)[:20] if not row.startswith("──── In")]
    shown = "".join(row.strip(" ─").replace(" ", "") for row in rows if "Enter  run" not in row)
    assert shown.startswith(text.replace(" ", ""))
    assert rows[0].startswith("── config" if cols > 30 else "─ config")
    assert rows[1].startswith("  ")


# ---- a line of megabytes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("filling", ["x ", "漢", "e\u0301", "\x1b[31mred\x1b[0m "])
@pytest.mark.parametrize("wraps", [True, False])
def test_what_is_found_and_selected_far_in_a_long_line_is_marked(filling: str, wraps: bool) -> None:
    user = with_cell(ran(filling * 100_000 + "needle" + filling * 100_000)).set(wraps=wraps)
    user.press("f5", "/").write("needle").press("enter")
    while user.state.search is not None and user.state.search.is_busy:
        user.send(SearchGoesOn())
    assert user.state.cursor is not None
    assert user.state.cursor.col == len(plain(filling)) * 100_000
    check(user)
    found = [(attr, text) for row in range(20) for attr, text in attributes(user, row) if attr == "hit current"]
    # at the pane's edge there may be the beginning only
    marked = "".join(text for _, text in found).rstrip("…")
    assert marked
    assert "needle".startswith(marked)
    assert not wraps or marked == "needle"
    user.press("esc", "v").press(*["right"] * 8)
    check(user)
    chosen = "".join(text for row in range(20) for attr, text in attributes(user, row) if attr == "selection")
    assert chosen.startswith("needle")
    assert len(chosen) > len("needle")


@pytest.mark.parametrize("filling", ["x ", "漢", "\x1b[31mred\x1b[0m "])
@pytest.mark.parametrize("wraps", [True, False])
def test_a_key_in_a_line_of_megabytes_looks_at_little_of_it(filling: str, wraps: bool) -> None:
    user = with_cell(ran(filling * 300_000)).set(wraps=wraps)
    root = Root(user.state, 256)
    keys = ("f5", "end", "left", "up", "down", "end", "page up", "v", "right", "esc", "page down", "home")

    def press() -> float:
        began = time.process_time()
        for key in keys:
            user.press(key)
            root.show(user.state)
            root.render((80, 24))
        return time.process_time() - began

    press()
    # measured: 5 ms a key; looking at all of the line for each row took seconds
    assert press() < 0.1 * len(keys)
