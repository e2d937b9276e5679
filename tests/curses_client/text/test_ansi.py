"""Styles, runs and sanitised text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curses_client.text.ansi import (
    LIMIT,
    PLAIN,
    SEQUENCE,
    Style,
    encode,
    plain,
    runs,
    sanitise,
    shorten,
    switch,
    unfinished,
)

colours = st.one_of(st.none(), st.integers(0, 255), st.tuples(*[st.integers(0, 255)] * 3))
links = st.sampled_from(["", "http://x.org/a;b", "mailto:a@b"])
styles = st.builds(Style, colours, colours, *[st.booleans()] * 8, links)


@pytest.mark.parametrize(
    ("params", "style"),
    [
        ("", PLAIN),
        ("0", PLAIN),
        ("1;31", Style(fg=1, bold=True)),
        ("97;104", Style(fg=15, bg=12)),
        ("38;5;200", Style(fg=200)),
        ("38:5:200", Style(fg=200)),
        ("48;2;1;2;3", Style(bg=(1, 2, 3))),
        ("48:2:1:2:3", Style(bg=(1, 2, 3))),
        ("48:2::1:2:3", Style(bg=(1, 2, 3))),
        ("48:2:0:1:2:3:9:1", Style(bg=(1, 2, 3))),
        ("38;2;1;2;3;1", Style(fg=(1, 2, 3), bold=True)),
        ("38;5;9;48;5;10;4", Style(fg=9, bg=10, underline=True)),
        ("58;5;1;3", Style(italic=True)),
        ("58:2::1:1:1;3", Style(italic=True)),
        ("4:3", Style(underline=True)),
        ("4:0", PLAIN),
        ("21", Style(underline=True)),
        ("2;3;4;5;7;8;9", Style(None, None, False, *[True] * 7)),
        ("1;2;3;4;5;7;8;9;22;23;24;25;27;28;29", PLAIN),
        ("31;41;39;49", PLAIN),
        ("31;0;1", Style(bold=True)),
        ("31;;1", Style(bold=True)),
        ("38;5;256", PLAIN),
        ("38;2;1;2", PLAIN),
        ("38;5", PLAIN),
        ("38", PLAIN),
        ("1:2:3;:;9999999999;x;٣;31", Style(fg=1)),
        ("9" * 5000, PLAIN),
        (":" * 5000, PLAIN),
    ],
)
def test_sgr_parameters(params: str, style: Style) -> None:
    assert PLAIN.apply_sgr(params) == style


@pytest.mark.parametrize(
    ("style", "code"),
    [
        (PLAIN, ""),
        (Style(bold=True), "\x1b[0;1m"),
        (Style(fg=1, bg=12), "\x1b[0;31;104m"),
        (Style(fg=200, bg=(1, 2, 3)), "\x1b[0;38;5;200;48;2;1;2;3m"),
        (Style(link="http://x"), "\x1b]8;;http://x\x1b\\"),
    ],
)
def test_sequence_of_a_style(style: Style, code: str) -> None:
    assert style.sgr() == code


def test_reset_keeps_the_link() -> None:
    assert Style(fg=1, link="http://x").apply_sgr("0") == Style(link="http://x")


@settings(max_examples=100, deadline=None)
@given(styles, styles)
def test_switch_leads_from_any_style_to_any_other(before: Style, after: Style) -> None:
    assert runs(f"{before.sgr()}a{switch(before, after)}b") == (
        [(before, "a"), (after, "b")] if before != after else [(before, "ab")]
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(styles, st.text("aé漢", min_size=1)), max_size=4))
def test_encode_is_the_inverse_of_runs(styled: list[tuple[Style, str]]) -> None:
    line = encode(styled)
    assert runs(encode(runs(line))) == runs(line)
    assert "".join(text for _, text in runs(line)) == plain(line) == "".join(text for _, text in styled)


def test_runs() -> None:
    assert runs("") == []
    assert runs("abc") == [(PLAIN, "abc")]
    assert runs("\x1b[31m\x1b[0m") == []
    assert runs("a\x1b[31m\x1b[39mb\x1b[1mc") == [(PLAIN, "ab"), (Style(bold=True), "c")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("two\nlines\r\nand\rmore", "two⏎lines⏎and␍more"),
        ("a\tb", "a b"),
        ("\x00\x07\x08\x7f", "␀␇␈␡"),
        ("\x80\x9b31m", "<U+0080><U+009B>31m"),
        ("a\x1b[31mb\x1b[?1049hc\x1b[2", "abc␛["),
        ("a\x1b]0;title\x07b\x1b]52;c;?\x1b\\c\x1b]0;open", "abc␛]0;open"),
        ("a\x1bPq\x1b\\b\x1b_x\x1b\\c\x1b^x\x1b\\d\x1bXx\x1b\\e\x1bPopen\nf", "abcde␛Popen⏎f"),
        ("a\x1b(Bb\x1bcc\x1b7d\x1b\x1b[1me\x1b", "abcd␛e␛"),
        ("\x1b\x1b]0;x\x1b[31my", "␛␛]0;xy"),
        ("a\u202eb\u2066c\u200fd\u061c", "a<U+202E>b<U+2066>c<U+200F>d<U+061C>"),
        ("\u200b\u2060\ufeff\u2028\u2029", "<U+200B><U+2060><U+FEFF><U+2028><U+2029>"),
        ("\U000e0041", "<U+E0041>"),
        ("👩\u200d👩 ❤\ufe0f", "👩\u200d👩 ❤\ufe0f"),
        ("🏳\ufe0f\u200d🌈 👩🏽\u200d⚕\ufe0f 1\ufe0f\u20e3", "🏳\ufe0f\u200d🌈 👩🏽\u200d⚕\ufe0f 1\ufe0f\u20e3"),
        ("می\u200cخواهم क\u094d\u200dष 葛\U000e0100 ≨\ufe00", "می\u200cخواهم क\u094d\u200dष 葛\U000e0100 ≨\ufe00"),
        ("a\u200cb\u200d", "a<U+200C>b<U+200D>"),
        ("👩\u200da 👩\u200d\u200d👩", "👩<U+200D>a 👩<U+200D><U+200D>👩"),
        ("a\ufe0f❤\ufe0f\ufe0f1\ufe0f2", "a<U+FE0F>❤\ufe0f<U+FE0F>1<U+FE0F>2"),
        ("\ufe00a\U000e0101\u180b", "<U+FE00>a<U+E0101><U+180B>"),
        ("a\xadb\u034f\u115f\u1160\u17b4\u3164\uffa0", "a<U+00AD>b<U+034F><U+115F><U+1160><U+17B4><U+3164><U+FFA0>"),
        # a blank, of which graphs consist
        ("\u2800", "\u2800"),
        ("\ud800x\udfff", "\ufffdx\ufffd"),
    ],
)
def test_sanitise(text: str, shown: str) -> None:
    assert sanitise(text) == shown


@settings(max_examples=200, deadline=None)
@given(st.text(st.one_of(st.sampled_from("\x1b[]P;m\\\n\x07\u202e\ud800"), st.characters())))
def test_sanitised_text_is_harmless(text: str) -> None:
    shown = sanitise(text)
    assert sanitise(shown) == shown
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in shown)
    shown.encode()


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("abc", 3),
        ("abc\x1b", 3),
        ("abc\x1b[31", 3),
        ("abc\x1b[31m", 8),
        ("abc\x1b[31 ", 3),
        ("abc\x1b[31\n", 8),
        ("\x1b]0;abc", 0),
        ("\x1b]0;abc\x1b", 0),
        ("\x1b]0;abc\x1b\\", 9),
        ("\x1b]0;abc\n", 8),
        ("\x1b\\abc\x1b", 5),
        ("\x1b]0;a\x1b]0;b\x1b", 5),
        ("\x1b(", 0),
        ("\x1b(B", 3),
    ],
)
def test_where_an_unfinished_sequence_starts(text: str, end: int) -> None:
    assert unfinished(text) == end


@pytest.mark.parametrize("start", ["\x1b[", "\x1b[ ", "\x1b]8;;http:", "\x1bP", "\x1b("])
@pytest.mark.parametrize("end", ["m", "1m", " m", "\x07", "\x1b\\", "\nx", "8;;http://x\x07"])
def test_a_stand_in_goes_on_like_the_sequence(start: str, end: str) -> None:
    fill = " " if start in ("\x1b[ ", "\x1b(") else "1"
    long = start + fill * LIMIT
    assert len(shorten(long)) < 8
    assert SEQUENCE.sub("", shorten(long) + end) == SEQUENCE.sub("", long + end)
