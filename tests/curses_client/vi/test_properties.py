"""What holds for any keys: nothing is raised, the cursor is in the text, and undo has all of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.options import Options
from curses_client.text.buffer import Buffer
from curses_client.vi.inserting import BY_KEY
from curses_client.vi.places import after, before, common_start, on_character
from curses_client.vi.selection import selected_span
from curses_client.vi.values import Type
from tests.curses_client.support import Client
from tests.curses_client.vi.typist import Typist

TEXTS = st.text(st.sampled_from("ab_ .\n\n(){}[]\"'#é漢\u0301"), max_size=40)
KEYS = st.sampled_from(
    [
        *"hjklwbeWBE0^$GfFtT;,%{}()|nN*#/?'`+-_dcyxXDCYsSJpPuraiIAoORvV~<>=.\"g123b+&:am",
        *"qq@ZHML",
        "ctrl v",
        "ctrl v",
        "gg",
        "gU",
        "esc",
        "esc",
        "esc",
        "enter",
        "backspace",
        "delete",
        "ctrl r",
        "meta b",
        "left",
        "up",
        *BY_KEY,
    ]
)


@given(TEXTS, st.lists(KEYS, max_size=25))
@settings(max_examples=300, deadline=None)
def test_no_keys_raise_and_the_cursor_stays_in_the_text(text: str, keys: list[str]) -> None:
    typist = Typist(f"|{text}")
    for key in keys:
        typist.press(key)
        scene = typist.scene
        assert 0 <= scene.at <= len(scene.text)
        span = selected_span(scene.vi, scene.text, scene.at)
        assert span is None or 0 <= span.start <= span.end <= len(scene.text)
        if scene.vi.mode == "normal" and not scene.vi.once:
            assert scene.at == on_character(scene.text, scene.at)


@given(TEXTS, st.lists(KEYS, max_size=25))
@settings(max_examples=200, deadline=None)
def test_undo_brings_back_the_text(text: str, keys: list[str]) -> None:
    client = Client()
    client.set(options=Options(keys="vi"))
    client.set(editor=_with(client, Buffer.of(text)))
    client.press("esc").press(*(key for key in keys if key not in ("enter", "u", "ctrl r")))
    state = client.set(asking=None, completion=None, question=None, help_top=None, cursor=None).state
    assert state.editor.buffer.lines
    client.press("esc", "esc", "esc", "9", "9", "9", "u")
    assert client.text == text


def _with(client: Client, buffer: Buffer):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    vi = client.state.editor.vi.fresh(buffer.text, buffer.offset)
    return replace(client.state.editor, buffer=buffer, vi=vi)


@given(TEXTS, TEXTS)
def test_what_texts_begin_with_alike(one: str, other: str) -> None:
    length = common_start(one, other)
    assert one[:length] == other[:length]
    assert one[length : length + 1] != other[length : length + 1] or length == min(len(one), len(other))


@given(TEXTS, st.integers(0, 40))
def test_graphemes_stay_in_their_line(text: str, at: int) -> None:
    at = min(at, len(text))
    assert "\n" not in text[at : after(text, at)]
    assert "\n" not in text[before(text, at) : at]


def test_a_line_that_is_asked_for_takes_the_keys() -> None:
    typist = Typist("|a").type("/")
    assert typist.asked == [Type("/")]
