"""HTML in, lines out."""

import random
from time import perf_counter

import pytest

from curses_client.text.ansi import plain
from curses_client.text.markup import Tag, html_lines, pieces


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("", []),
        ("  \n ", []),
        ("text", ["text"]),
        (" a\n  b\tc ", ["a b c "]),
        ("a<br>b<br/><BR >c", ["a", "b", "", "c"]),
        ("<p>a</p><p>b</p>", ["a", "b"]),
        ("<div><div> a </div>\n</div>b", ["a ", "b"]),
        ("<ul><li>a<li>b</ul>", ["• a", "• b"]),
        ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", ["a  b  ", "c  "]),
        ("<pre> a\n\n  b</pre>c  d", [" a", "", "  b", "c d"]),
        ("a&lt;b&gt; &amp;amp; &eacute;&#8364;&nbsp;&nbsp;x", ["a<b> &amp; é€  x"]),
        ("&nbsp;&nbsp;a", ["  a"]),
        ("\u2007\u20071%\u2007", ["  1% "]),
        ("&bogus; & &#xffffffff;", ["&bogus; & \ufffd"]),
        ("&#10;a&#27;[2J", [" a[2J"]),
        ("1 < 2 > 0 <3 <", ["1 < 2 > 0 <3 <"]),
        ("a<!-- <b> -->b<!-- open", ["ab"]),
        ("<!DOCTYPE html><?xml?>a", ["a"]),
        ("a<script>if (a<b) {}</SCRIPT >b<style>x{}</style>c", ["abc"]),
        ("a<script>open", ["a"]),
        ("<a href=\"x>y\" title='>'>a</a>", ["a"]),
        ("<b", ["<b"]),
        ("<b class=", ["<b class="]),
        ("</p></b></li>a", ["a"]),
        ("a <b> b </b> c", ["a b c"]),
        ("a\u200b&#8203;b", ["ab"]),
        ("a\x1b[31m\x07\u202e", ["a␇<U+202E>"]),
    ],
)
def test_lines(html: str, lines: list[str]) -> None:
    assert [plain(line) for line in html_lines(html)] == lines


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<b>a</b>b", "\x1b[0;1ma\x1b[0mb"),
        ("<strong>a</strong>", "\x1b[0;1ma\x1b[0m"),
        ("<i>a<b>b</b></i>", "\x1b[0;3ma\x1b[0;1;3mb\x1b[0m"),
        ("<b><b>a</b>b</b>c", "\x1b[0;1mab\x1b[0mc"),
        ("<u>a", "\x1b[0;4ma\x1b[0m"),
        ("<h1>a</h1>", "\x1b[0;1ma\x1b[0m"),
        ("<b></b>a", "a"),
    ],
)
def test_styles(html: str, line: str) -> None:
    assert html_lines(html) == [line]


def test_a_style_goes_on_over_lines_and_each_line_stands_alone() -> None:
    assert html_lines("<b>a<br>b</b>") == ["\x1b[0;1ma\x1b[0m", "\x1b[0;1mb\x1b[0m"]


def test_pieces() -> None:
    found = list(pieces("a<B Class='x>y' id=z>b&amp;</b ><!-- <i> --><script>if (a<b) {}</script>c<br/>"))
    assert [piece for piece in found if piece] == [
        "a",
        Tag("b", False, " Class='x>y' id=z"),
        "b&amp;",
        Tag("b", True, " "),
        Tag("script", False, ""),
        Tag("script", True, ""),
        "c",
        Tag("br", False, "/"),
    ]


def test_what_is_no_html_is_left_out() -> None:
    assert [piece for piece in pieces("a<svg><b>c</b></svg>d", frozenset({"svg"})) if piece] == [
        "a",
        Tag("svg", False, ""),
        Tag("svg", True, ""),
        "d",
    ]


@pytest.mark.parametrize(
    ("written", "attributes"),
    [
        ("", {}),
        (" a=1 B='2 3' c=\"4'5\" d e = f /", {"a": "1", "b": "2 3", "c": "4'5", "d": "", "e": "f"}),
        (" a=1 A=2", {"a": "1"}),
        (" href='?a=1&amp;b=&#50;'", {"href": "?a=1&b=2"}),
        (" =x ''", {"x": ""}),
    ],
)
def test_attributes(written: str, attributes: dict[str, str]) -> None:
    assert Tag("a", False, written).attributes() == attributes


def test_time_for_attributes_is_linear() -> None:
    start = perf_counter()
    for piece in ("a ", "a=", "a='", "a  =  ", "''", "="):
        Tag("a", False, piece * 20_000).attributes()
    assert perf_counter() - start < 1


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<a",
        "<a ",
        '<a "',
        "<a '\"",
        "<!--",
        "<script>",
        "</script",
        "<b>",
        "<div>",
        "<a b=c ",
        "&",
        "&#",
        "<p><",
        "< ",
    ],
)
def test_time_is_linear(piece: str) -> None:
    start = perf_counter()
    html_lines(piece * (20_000 // len(piece)))
    assert perf_counter() - start < 1


@pytest.mark.parametrize("seed", range(10))
def test_no_text_is_an_error(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [
        "<",
        ">",
        "/",
        "!--",
        "-->",
        "b",
        "br",
        "pre",
        "script",
        " ",
        "\n",
        "&",
        ";",
        "#",
        '"',
        "'",
        "x1b",
        "\x1b",
        "ı",
        "İ",
    ]
    for _ in range(200):
        html = "".join(chance.choices(pieces, k=chance.randrange(40)))
        assert all(plain(line).isprintable() for line in html_lines(html))
