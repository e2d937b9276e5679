"""What is copied, saved and shown elsewhere: keys in, text out."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.copying import CLIPBOARD
from curses_client.events import Copied, Copy, MouseDragged, Save, Saved, Show
from curses_client.osc import copying
from curses_client.state import Cursor
from curses_client.text.ansi import plain, runs
from curses_client.text.lines import BLOCK, LineStore
from tests.curses_client.drawing import attributes, check, lines
from tests.curses_client.reading import NUMBERS, TRACEBACK, fail, line_of, session
from tests.curses_client.support import Client, Journal


def reading(journal: Journal, keys: str = "g", **size: int) -> Client:
    return pressed(Client("draft", journal=journal, **size).press("f5"), keys)  # type: ignore[arg-type]


def pressed(user: Client, keys: str) -> Client:
    return user.press(*(" " if key == "space" else key for key in keys.split(", "))) if keys else user


def copied(user: Client) -> str:
    """Return what was given to the clipboard, once."""
    (effect,) = user.took(Copy)
    text: str = effect.text
    return text


# ---- the clipboard -----------------------------------------------------------------------------------------

TEXTS = ("one\n\x1b[31mtwo\x1b[0m words\n", "漢字\n\n")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        # the line
        ("g, y", "cell 0\n"),
        ("g, j, j, meta w", "two words\n"),
        ("g, j, V, y", "one\n"),
        ("g, j, V, j, y", "one\ntwo words\n"),
        ("g, j, j, V, k, y", "one\ntwo words\n"),
        ("g, V, j, j, j, y", "cell 0\none\ntwo words\ncell 1\n"),
        ("g, j, v, y", "o"),
        ("g, j, v, l, y", "on"),
        ("g, j, l, v, h, y", "on"),
        ("g, j, v, $, y", "one"),
        ("g, j, l, v, j, y", "ne\ntw"),
        ("g, j, j, $, v, k, 0, l, y", "ne\ntwo words"),
        ("G, k, v, l, y", "漢字"),
        ("G, k, v, $, j, y", "漢字\n"),
        ("G, y", "\n"),
        # what was selected one way is selected another way
        ("g, j, l, v, V, y", "one\n"),
        ("g, j, l, v, V, v, y", "n"),
        ("g, j, v, v, y", "one\n"),
        ("g, j, V, V, j, y", "two words\n"),
        ("g, C, y", "cell 0\none\ntwo words\n"),
        ("g, j, C, }, y", "cell 0\none\ntwo words\ncell 1\n漢字\n\n"),
        ("G, C, g, y", "cell 0\none\ntwo words\ncell 1\n漢字\n\n"),
        ("g, j, Y", "one\ntwo words\n"),
        ("g, Y", "cell 0\n"),
        ("G, V, k, Y", "漢字\n\n"),
        ("g, j, v, esc, y", "one\n"),
    ],
)
def test_copying(keys: str, text: str) -> None:
    user = reading(session(*TEXTS), keys)
    assert copied(user) == text
    assert user.text == "draft"


def test_after_copying_nothing_is_selected() -> None:
    user = reading(session(*TEXTS), "V, j, y")
    assert user.state.cursor is not None
    assert user.state.cursor.mark is None


@pytest.mark.parametrize("keys", ["V, G, y", "C, y", "v, G, $, y"])
def test_what_is_folded_is_copied_too(keys: str) -> None:
    text = copied(reading(session(NUMBERS), f"g, {keys}"))
    assert text.rstrip("\n") == f"cell 0\n{NUMBERS}".rstrip("\n")


def test_the_line_of_a_fold_is_what_it_stands_for() -> None:
    user = reading(session(NUMBERS), "g, " + "j, " * 10 + "j")
    assert line_of(user.state) == "… 950 lines"
    assert copied(user.press("y")) == "".join(f"{number}\n" for number in range(10, 960))


def test_cells_with_an_error_are_copied_whole() -> None:
    text = copied(reading(fail(session("x\n"), "f", 2), "G, C, y"))
    assert [
        part for part in ("boom()", "core.py:5", "core.py:7", "own.py:12", "ValueError: why") if part not in text
    ] == []


def test_clusters_are_copied_whole() -> None:
    user = reading(session("ae\u0301👩\u200d👩\u200d👧b\n"), "g, j, l, v")
    assert copied(user.press("y")) == "e\u0301"
    assert copied(user.press("v", "l", "y")) == "e\u0301👩\u200d👩\u200d👧"


def test_what_is_selected_is_marked() -> None:
    user = reading(session("abc\ndef\nghi\n"), "g, j, l, v, j")
    marks = [[text for attr, text in attributes(user, row) if attr == "selection"] for row in range(4)]
    assert marks == [[], ["bc"], ["de"], []]
    assert "selecting by characters" in lines(user)[20]
    assert "selecting by lines" in lines(user.press("V"))[20]


def test_with_the_mouse() -> None:
    user = Client(journal=session("abcdef\nghi\n")).click(1, 6, 1).send(MouseDragged(5, 2))
    assert copied(user.press("y")) == "cdef\ngh"


@pytest.mark.parametrize("keys", ["v, k, k", "V, k, k", "C, k", "V, g"])
def test_a_selection_whose_end_is_cleared(keys: str) -> None:
    user = Client()
    user.journal.submit("c", "source").start("c").print("c", "1\n2\n3\n4\n5\n")
    pressed(user.read().press("f5"), keys)
    user.journal.add("clear_output", "c").print("c", "new\n")
    check(user.read())
    assert "new" in copied(user.press("y"))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Copied(1, True), "copied 1 line to the terminal"),
        (Copied(1200, True), "copied 1,200 lines to the terminal"),
        (Copied(1, True, by_tmux=True), "copied 1 line to tmux"),
        (Copied(90_000, False, by_tmux=True), "copied 90,000 lines to tmux"),
        (Copied(2, True, by_tmux=False), "copied 2 lines to the terminal, but tmux did not take it: see cshell doctor"),
        (Copied(9, False, by_tmux=False), "more than a terminal's clipboard takes"),
        (Copied(9, False), "more than a terminal's clipboard takes"),
    ],
)
def test_what_is_said(event: Copied, message: str) -> None:
    assert message in reading(session("x\n")).send(event).message


pieces = st.sampled_from(["a", "bc", "漢", "e\u0301", "👩\u200d👩", " ", "\x1b[1mx\x1b[0m", "\n", "\n", "y" * 30])
texts = st.lists(pieces, max_size=12).map("".join)
moves = st.lists(st.sampled_from(["h", "l", "j", "k", "$", "0", "g", "G", "}", "{"]), max_size=8)


@given(st.lists(texts, min_size=1, max_size=3), moves, moves, st.sampled_from("vVC"))
@settings(max_examples=80, deadline=None)
def test_what_is_copied_is_what_is_between_the_ends(
    printed: list[str], first: list[str], then: list[str], unit: str
) -> None:
    """It is the same from either end, a part of all the text, and as long as what is marked on the screen."""
    user = reading(session(*printed)).press(*first)
    begin = user.state.cursor
    user.press(unit, *then)
    cursor = user.state.cursor
    assert begin is not None
    assert cursor is not None
    check(user)
    items = user.state.transcript.items
    whole = [[plain(item.line(line)[1]) for line in range(item.height)] for item in items]
    start, stop = sorted([(begin.item, begin.line, begin.col), (cursor.item, cursor.line, cursor.col)])
    text = copied(user.press("y"))
    assert text == _between(whole, start, stop, unit)
    # and the same the other way round
    turned = Cursor(begin.item, begin.line, begin.col, mark=(cursor.item, cursor.line, cursor.col), unit=cursor.unit)
    assert copied(user.set(cursor=turned).press("y")) == text


def _between(whole: list[list[str]], start: tuple[int, int, int], stop: tuple[int, int, int], unit: str) -> str:
    from curses_client.text.clusters import graphemes

    if unit == "C":
        return "".join(f"{line}\n" for item in whole[start[0] : stop[0] + 1] for line in item)
    places = [(item, line) for item in range(len(whole)) for line in range(len(whole[item]))]
    rows = [whole[item][line] for item, line in places if start[:2] <= (item, line) <= stop[:2]]
    if unit == "V":
        return "".join(f"{row}\n" for row in rows)
    last = rows[-1]
    end = stop[2] + len(next(graphemes(last[stop[2] :], 0), ""))
    rows[-1] = last[:end]
    rows[0] = rows[0][start[2] :]
    return "\n".join(rows)


# ---- files -------------------------------------------------------------------------------------------------


def asked(user: Client) -> str:
    assert user.state.asking is not None
    return user.state.asking.buffer.text


def test_an_output_is_saved() -> None:
    user = reading(session("one\n\x1b[31mtwo\x1b[0m\n"), "g, j, s")
    assert asked(user) == "output.txt"
    assert lines(user)[-1].startswith(" save to output.txt")
    user.press("ctrl u").write("a b.txt").press("enter")
    assert user.took(Save) == [Save("a b.txt", b"one\ntwo\n", over=False)]
    assert user.send(Saved("a b.txt")).message == "saved a b.txt"
    assert user.state.saving is None


def test_a_folded_output_is_saved_whole() -> None:
    user = reading(session(NUMBERS), "g, j, s, enter")
    assert user.took(Save) == [Save("output.txt", NUMBERS.encode(), over=False)]


def test_an_error_is_saved_whole() -> None:
    user = reading(fail(session("x\n"), "f", 2), "G, s, enter")
    (effect,) = user.took(Save)
    assert b"core.py:5" in effect.data


@pytest.mark.parametrize("keys", ["esc", "ctrl u, enter", "ctrl u, space, enter"])
def test_nothing_is_saved(keys: str) -> None:
    user = pressed(reading(session("x\n"), "g, j, s"), keys)
    assert (user.took(Save), user.state.asking) == ([], None)


def test_a_file_that_is_there_is_asked_about() -> None:
    user = reading(session("x\n"), "g, j, s, enter")
    user.took(Save)
    user.send(Saved("output.txt", exists=True))
    assert "output.txt is there already. Write over it?" in lines(user)[-1]
    assert user.press("n").took(Save) == []
    user.send(Saved("output.txt", exists=True)).press("y")
    assert user.took(Save) == [Save("output.txt", b"x\n", over=True)]


def test_what_went_wrong_is_said() -> None:
    user = reading(session("x\n"), "g, j, s, enter").send(Saved("x\x1b[2J", "No space left\x1b[2J on device"))
    assert user.message == "not saved: No space left on device"
    assert user.state.message is not None
    assert user.state.message.alarming
    check(user)


@pytest.mark.parametrize(("keys", "label"), [("g, j, s, enter", "save to"), ("f6, enter", "export to")])
def test_a_name_that_leads_to_nothing_is_typed_on(keys: str, label: str) -> None:
    user = reading(session("x\n"), keys)
    (wanted,) = user.took(Save)
    user.send(Saved(wanted.path, "Permission denied"))
    assert label in lines(user)[-1]
    assert wanted.path in lines(user)[-1]
    assert lines(user)[-2].startswith(" not saved: Permission denied")
    assert pressed(user, "backspace, enter").took(Save)[0].path == wanted.path[:-1]


def test_a_name_cannot_command_the_terminal() -> None:
    check(reading(session("x\n"), "g, j, s, enter").send(Saved("a\u202eb\x1b]0;t\x07", exists=True)))
    check(reading(session("x\n"), "g, j, s, enter").send(Saved("a\u202eb\x1b]0;t\x07")))


PNG = b"\x89PNG not really"
SVG = "<svg/>"


@pytest.mark.parametrize(
    ("bundle", "suggested", "name", "data"),
    [
        ({"image/png": base64.b64encode(PNG).decode()}, "output.png", "a.png", PNG),
        ({"image/png": base64.b64encode(PNG).decode(), "text/plain": "<Figure>"}, "output.png", "A.PNG", PNG),
        ({"image/svg+xml": SVG}, "output.svg", "a.svg", SVG.encode()),
        ({"image/jpeg": ["/9j/\n", "AAAA"]}, "output.jpg", "a.jpg", base64.b64decode("/9j/AAAA")),
        ({"image/png": base64.b64encode(PNG).decode(), "image/svg+xml": SVG}, "output.png", "a.svg", SVG.encode()),
        # another form than there is: the text
        ({"image/png": "AAAA", "text/plain": "<Figure>"}, "output.png", "a.txt", None),
        ({"image/png": "not base64!", "text/plain": "<Figure>"}, "output.png", "a.png", None),
    ],
)
def test_a_picture_is_saved_in_the_form_that_the_name_asks_for(
    bundle: dict[str, Any], suggested: str, name: str, data: bytes | None
) -> None:
    journal = session("x\n").submit("p", "plot()").start("p", 2)
    user = reading(journal.add("display_data", "p", data=bundle, metadata={}).end("p"), "G, s")
    assert asked(user) == suggested
    user.press("ctrl u").write(name).press("enter")
    (effect,) = user.took(Save)
    assert (effect.path, effect.data) == (name, data) if data is not None else effect.data.startswith(b"<Figure>")


# ---- pager and editor --------------------------------------------------------------------------------------


def test_the_pager_gets_colours_and_the_editor_text() -> None:
    user = reading(session("\x1b[31mone\n\x1b]8;;http://x.org\x1b\\two\nthree\n"), "g, j, p")
    (shown,) = user.took(Show)
    assert shown.how == "pager"
    rows = shown.text.split("\n")
    # each line ends all that it began
    assert [runs(row)[0][0].link for row in rows[:3]] == ["", "http://x.org", "http://x.org"]
    assert all(row.endswith("\x1b[0m\x1b]8;;\x1b\\") for row in rows[:3])
    assert user.press("x").took(Show) == [Show("one\ntwo\nthree\n", "editor")]
    assert user.state.cursor is not None


def test_all_of_a_folded_output_is_shown() -> None:
    assert reading(session(NUMBERS), "g, j, x").took(Show) == [Show(NUMBERS, "editor")]
    (shown,) = reading(fail(session("x\n"), "f", 2, TRACEBACK), "G, x").took(Show)
    assert "core.py:5" in shown.text


@pytest.mark.parametrize("key", ["Y", "s", "p", "x"])
def test_there_is_nothing_of_a_notice(key: str) -> None:
    user = reading(session("x\n").add("kernel_died", reason="x", signal="SIGKILL"), "G").press(key)
    assert user.message == "there is nothing here"
    assert (user.state.asking, user.took(Show), user.took(Copy)) == (None, [], [])


@pytest.mark.parametrize("keys", ["g, j, Y", "g, V, G, y", "g, C, y", "g, V, j, j, j, j, j, j, j, j, j, j, j, j, y"])
def test_of_what_is_too_much_little_is_put_together(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    user = reading(session("123456789\n" * BLOCK * 100), keys.rpartition(",")[0])
    asked: list[int] = []
    for name in ("block", "slice"):
        original = getattr(LineStore, name)
        monkeypatch.setattr(LineStore, name, lambda self, *args, was=original: asked.append(1) or was(self, *args))
    user.press(keys.rpartition(",")[2].strip())
    assert user.state.message is not None
    assert "s saves it" in user.state.message.text
    assert not user.took(Copy)
    assert len(asked) < 200


def test_what_is_too_much_is_what_terminals_do_not_take() -> None:
    assert copying("a" * CLIPBOARD, {}) is not None
    assert copying("a" * (CLIPBOARD + 1), {}) is None
