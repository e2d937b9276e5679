"""Parts of a cell as lines: what is folded, what is shown of it, what is searched."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.outputs import HEAD, LONG, TAIL, Pane, Part, Rich, Source, fill, part_of, show_text
from curses_client.shown import EVERYTHING, Figure, Fold, Line, Look, Place, Rendered
from curses_client.text.lines import BLOCK, LineStore
from curses_client.tracebacks import Traceback
from tests.curses_client.reading import TRACEBACK


def numbers(start: int, stop: int) -> str:
    return "".join(f"{number}\n" for number in range(start, stop))


def printing(part: Part, text: str, pane: Pane) -> None:
    assert isinstance(part.body, LineStore)
    part.body.feed(text)
    part.grown(pane)


def printed(count: int, pane: Pane) -> Part:
    part = Part("stdout")
    printing(part, numbers(0, count), pane)
    return part


def shown(part: Part) -> list[str]:
    return [part.line(index) for index in range(part.height)]


MIDDLE = Fold("middle")


# ---- folding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, LONG - 1, LONG])
def test_a_short_part_is_shown_whole(count: int) -> None:
    part = printed(count, Pane())
    assert shown(part) == [str(number) for number in range(count)]
    assert (part.hidden, part.is_long) == (0, False)


@pytest.mark.parametrize("count", [LONG + 1, 1000])
def test_of_a_long_one_the_first_and_the_last_lines(count: int) -> None:
    part = printed(count, Pane())
    lines = [str(number) for number in range(count)]
    assert shown(part) == [*lines[:HEAD], f"… {count - HEAD - TAIL:,} lines", *lines[-TAIL:]]
    assert list(part.hidden_lines()) == lines[HEAD:-TAIL]
    assert list(part.all_lines()) == lines
    assert [index for index in range(part.height) if part.target(index)] == [HEAD]
    assert part.target(HEAD) == MIDDLE


@pytest.mark.parametrize(("count", "height"), [(60, 60), (61, 16), (500, 16)])
def test_a_long_source(count: int, height: int) -> None:
    part = Part("source", Source(tuple(map(str, range(count)))))
    part.grown(Pane())
    assert part.height == height
    assert part.line(part.height - 1) == str(count - 1)


def test_it_opens_and_stays_open_while_it_grows() -> None:
    pane = Pane()
    part = printed(1000, pane)
    part.toggle(MIDDLE, pane)
    assert part.height == 1000
    printing(part, numbers(1000, 2000), pane)
    assert part.height == 2000
    part.toggle(MIDDLE, pane)
    assert part.height == HEAD + 1 + TAIL


def test_while_it_is_followed_the_fold_grows() -> None:
    pane = Pane()
    part = printed(90, pane)
    for stop in range(100, 1000, 10):
        printing(part, numbers(stop - 10, stop), pane)
        assert part.height == (stop if stop <= LONG else HEAD + 1 + TAIL)
        assert part.line(part.height - 1) == str(stop - 1)


def test_while_somebody_reads_no_line_moves() -> None:
    pane = Pane()
    part, folded, new = printed(90, pane), printed(200, pane), Part("stdout")
    before = shown(part), shown(folded)
    pane.follow(False)
    for one in (part, folded):
        for start in range(0, 500, 50):
            printing(one, numbers(start, start + 50), pane)
    # a part that nobody can have read is folded
    printing(new, numbers(0, 500), pane)
    assert new.height == HEAD + 1 + TAIL
    assert (shown(part)[:90], shown(folded)[: HEAD + 1 + TAIL]) == before
    assert (part.height, folded.hidden) == (590, 150)
    stamp = pane.stamp
    assert pane.follow(True)
    assert pane.stamp is not stamp
    assert [one.height for one in (part, folded, new)] == [HEAD + 1 + TAIL] * 3
    assert not pane.follow(True)


def test_what_was_opened_meanwhile_stays_open() -> None:
    pane = Pane()
    part = printed(90, pane)
    pane.follow(False)
    printing(part, numbers(0, 500), pane)
    part.fold(pane, opened=True)
    pane.follow(True)
    assert part.height == 590


def test_lines_that_are_taken_back() -> None:
    pane = Pane()
    part = printed(200, pane)
    pane.follow(False)
    show_text(part, numbers(0, 120), pane)
    assert [part.height, part.hidden] == [HEAD + 1 + TAIL, 120 - HEAD - TAIL]
    show_text(part, numbers(0, 50), pane)
    assert [part.height, part.hidden] == [50, 0]


def test_without_folds_everything_is_shown() -> None:
    pane = Pane(folds=False)
    assert printed(1000, pane).height == 1000


@given(st.integers(0, 300), st.booleans(), st.integers(0, 300))
def test_shown_and_stored_lines_belong_together(count: int, opened: bool, index: int) -> None:
    pane = Pane()
    part = printed(count, pane)
    part.fold(pane, opened=opened)
    for line in range(part.height):
        stored = part.index(line)
        if stored is None:
            assert part.line(line).startswith("…")
        else:
            assert (part.shown(stored), part.line(line)) == (line, str(stored))
    if index < count:
        assert part.index(part.shown(index)) in (index, None)
        part.reveal(index, pane)
        assert part.line(part.shown(index)) == str(index)


def test_what_a_search_opened_is_folded_again() -> None:
    pane = Pane()
    part = printed(1000, pane)
    part.reveal(5, pane)
    assert part.hidden
    part.reveal(500, pane)
    assert not part.hidden
    part.conceal(pane)
    assert part.hidden


# ---- values ------------------------------------------------------------------------------------------------


class Renderer:
    """Counts how often values are rendered."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, frozenset[str]]] = []

    def __call__(self, bundle: Any, metadata: Any, look: Look, opened: frozenset[str]) -> Rendered:
        self.calls.append((look.cols, opened))
        is_open = (opened >= EVERYTHING) != ("k" in opened)
        body = [Line(f"{look.cols} {bundle['text/html']}"), Line("▾" if is_open else "…", Fold("k"))]
        inside = [Line("\x1b[1minside\x1b[0m", Place("/x", 1)), Line("end", Figure("image/png"))]
        return Rendered((*body, *inside) if is_open else tuple(body), wraps=False, held_cols=3)


def test_a_value_is_rendered_when_it_is_looked_at_and_only_then() -> None:
    render = Renderer()
    pane = Pane(render)
    part = part_of("result", {"text/html": "x"}, {}, pane)
    assert render.calls == []
    assert shown(part) == ["80 x", "…"]
    assert len(render.calls) == 1
    assert pane.fit(Look(cols=40))
    assert not pane.fit(Look(cols=40))
    assert shown(part) == ["40 x", "…"]
    assert len(render.calls) == 2
    assert (part.wraps(), part.held_cols(0), part.is_long) == (False, 3, False)


def test_the_folds_of_a_value() -> None:
    pane = Pane(Renderer())
    part = part_of("result", {"text/html": "x"}, {}, pane)
    part.toggle(Fold("k"), pane)
    assert part.height == 4
    assert [part.target(index) for index in range(4)] == [None, Fold("k"), Place("/x", 1), Figure("image/png")]
    part.toggle(Fold("k"), pane)
    assert part.height == 2
    assert len(part.all_lines()) == 4
    part.reveal(3, pane)
    assert part.line(part.shown(3)) == "end"
    part.toggle(Fold("k"), pane)
    assert part.height == 2
    part.reveal(3, pane)
    part.conceal(pane)
    assert part.height == 2


@pytest.mark.parametrize(
    ("bundle", "kind"),
    [
        ({"text/plain": "a"}, LineStore),
        ({"text/plain": "a", "application/vnd.jupyter.widget-view+json": {"model_id": "m"}}, LineStore),
        ({}, LineStore),
        ({"text/plain": "a", "text/html": "b"}, Rich),
        ({"image/png": "AAAA"}, Rich),
    ],
)
def test_what_is_only_text_is_stored_as_text(bundle: dict[str, Any], kind: type) -> None:
    assert isinstance(part_of("result", bundle, {}, Pane()).body, kind)


def test_without_a_renderer_the_text_is_shown() -> None:
    part = part_of("result", {"text/plain": "a\nb", "text/html": "c"}, {}, Pane())
    assert shown(part) == ["a", "b"]


def test_a_display_becomes_something_else() -> None:
    pane = Pane(Renderer())
    part = part_of("display", {"text/plain": numbers(0, 500)}, {}, pane)
    before = pane.refilled
    fill(part, {"text/html": "x"}, {}, pane)
    assert shown(part) == ["80 x", "…"]
    fill(part, {"text/plain": "a"}, {}, pane)
    assert shown(part) == ["a"]
    assert pane.refilled == before + 2


def test_pictures() -> None:
    pane = Pane()
    part = part_of("display", {"image/svg+xml": "<svg/>", "image/png": "AAAA"}, {}, pane)
    assert part.picture_suffix == ".png"
    assert (part.picture_data("x.svg"), part.picture_data("X.PNG")) == (b"<svg/>", b"\0\0\0")
    assert (part.picture_data("x.jpg"), part.picture_data("x")) == (None, None)
    assert printed(1, pane).picture_suffix == ""
    assert printed(1, pane).picture_data("x.png") is None


# ---- the last line, searching ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("a\nb\n", "b"),
        ("a\n\n\n", "a"),
        ("a" + "\n" * 90, "a"),
        ("a" + "\n" * 900, ""),
        ("a\nb\nc\x1b[A\r1", "1"),
        ("a\n 10%\r 20%", " 20%"),
        ("a\n\x1b[1m \x1b[0m\n", "a"),
    ],
)
def test_where_a_program_says_how_far_it_is(text: str, line: str) -> None:
    pane, part = Pane(), Part("stdout")
    printing(part, text, pane)
    assert part.last_line() == line


BODIES = {
    "stdout": lambda pane: printed(BLOCK * 2 + 5, pane),
    "source": lambda pane: Part("source", Source(tuple(map(str, range(BLOCK + 1))))),
    "rich": lambda pane: part_of("result", {"text/html": "x"}, {}, pane),
    "error": lambda pane: Part("error", Traceback("ValueError", "why", TRACEBACK)),
}


@pytest.mark.parametrize("name", BODIES)
def test_blocks_are_all_lines_without_styles(name: str) -> None:
    from curses_client.text.ansi import plain

    part = BODIES[name](Pane(Renderer()))
    blocks = [part.block(number) for number in range(part.blocks)]
    assert "\n".join(blocks) == "\n".join(map(plain, part.all_lines()))
    assert [text.count("\n") + 1 for text in blocks[:-1]] == [BLOCK] * (part.blocks - 1)
    assert 0 <= part.settled_blocks <= part.blocks


def test_the_version_changes_with_the_lines() -> None:
    pane = Pane(Renderer())
    part = printed(5, pane)
    before = part.version
    printing(part, "x", pane)
    assert part.version != before
    value = part_of("result", {"text/html": "x"}, {}, pane)
    before = value.version
    value.toggle(Fold("k"), pane)
    assert value.version == before
    pane.fit(Look(cols=7))
    assert value.version != before
