"""HTML laid out."""

import pytest

from curses_client.rendering import render
from curses_client.rendering.html import html_rows
from curses_client.rendering.tree import parsed
from curses_client.text.ansi import plain, runs
from tests.curses_client.rendering.shared import BLOCKS, folds


def lines(html: str, cols: int = 40) -> list[str]:
    return [plain(row) for row in html_rows(parsed(html), cols, 256)]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", []),
        ("a  b\n c", ["a b c"]),
        ("<p>a</p>\n<p>b</p>", ["a", "", "b"]),
        ("<div>a</div><div>b</div>", ["a", "b"]),
        ("a<br>b<br/>c", ["a", "b", "c"]),
        ("<h1>T</h1>text", ["T", "", "text"]),
        ("<span><div>a</div></span>b", ["a", "b"]),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", ["• a", "• b", "  • c"]),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", ["• a", "  • b"]),
        ("<ol start=9><li>a<li>b</ol>", ["9. a", "10. b"]),
        ("<ul><li><p>a</p><p>b</p></li><li><p>c</p></ul>", ["• a", "", "  b", "", "• c"]),
        ("<blockquote><p>a</p><p>b</p></blockquote>", ["│ a", "│ ", "│ b"]),
        ("<dl><dt>a<dd>b<dt>c</dl>", ["a", "    b", "c"]),
        ("<pre>\n a\n\n   b\n</pre>", ["   a", "", "     b"]),
        ("<pre>a &amp; b\nc</pre>", ["  a & b", "  c"]),
        ("<hr>", ["─" * 40]),
        ("<img alt='a plot'> <img src=x>", ["[image: a plot] [image]"]),
        ("<a href='https://a.b/c'>text</a>", ["text (https://a.b/c)"]),
        ("<a href='https://a.b/'>https://a.b</a> <a href='#x'>here</a> <a>no</a>", ["https://a.b here no"]),
        ("<a href='mailto:a@b.c'>a@b.c</a>", ["a@b.c"]),
        ("<iframe src='http://a.b'></iframe><video></video>", ["[page: http://a.b][video]"]),
        (
            "<video src='a.mp4'>x</video> <audio><source src='http://a.b'></audio>",
            ["[video: a.mp4] [audio: http://a.b]"],
        ),
        ("<iframe src='data:text/html,x'></iframe><object data='a.b'>x</object>", ["[page][object: a.b]"]),
        ("a<svg><text>b</text></svg>c<math><mi>x</mi></math>", ["a[drawing]c[formula]"]),
        ("<script>f()</script><style>p {}</style><title>t</title>a", ["a"]),
        (
            "<p hidden>a</p><p style='display: none'>b</p><script>c</script><style>d</style><svg><text>e</text></svg>f",
            ["[drawing]f"],
        ),
        ("<input type=checkbox checked>a <input type=text>b", ["☑ a b"]),
        ("<table><tr><th>k<th>v<tr><td>a<td>1<tr><td>b<td>22</table>", ["k   v", "─  ──", "a   1", "b  22"]),
        ("<table><tr><td style='text-align:right'>a<td>b<tr><td>ccc</table>", ["  a  b", "ccc"]),
        ("<p>unclosed <b>bold <p>next</i></div>", ["unclosed bold", "", "next"]),
    ],
)
def test_lines(html: str, expected: list[str]) -> None:
    assert lines(html) == expected


def test_words_are_wrapped_beside_their_mark() -> None:
    assert lines(f"<ul><li>{'word ' * 9}</ul>", 20) == ["• word word word", "  word word word", "  word word word"]


def test_what_is_deep_in_a_narrow_window_has_no_marks() -> None:
    assert all(len(line) <= 20 for line in lines("<blockquote>" * 30 + "word " * 20, 20))


@pytest.mark.parametrize(
    ("html", "style"),
    [
        ("<b>a</b>", {"bold": True}),
        ("<em>a</em>", {"italic": True}),
        ("<h1>a</h1>", {"bold": True, "underline": True}),
        ("<code>a</code>", {"fg": 37}),
        ("<font color='#f00'>a</font>", {"fg": 196}),
        ("<span style='font-weight:bold;color:blue'>a</span>", {"bold": True, "fg": 21}),
        ("<a href='http://x/'>a</a>", {"underline": True, "link": "http://x/"}),
    ],
)
def test_styles(html: str, style: dict[str, object]) -> None:
    (row,) = html_rows(parsed(html), 40, 256)
    found = runs(row)[0][0]
    assert {name: getattr(found, name) for name in style} == style


def test_code_of_a_known_language_is_highlighted() -> None:
    row, *_ = html_rows(parsed("<pre><code class='language-python'>return 1</code></pre>"), 40, 256)
    assert [text for style, text in runs(row) if style.fg == 68] == ["return"]


def test_a_long_page_is_folded() -> None:
    result = render({"text/html": "<div>a</div>" * 500}, {}, BLOCKS, frozenset())
    assert (folds(result), len(result.lines)) == (["lines"], 81)


def test_text_of_elements() -> None:
    root = parsed("a<b title='x>y' TITLE=z>b &amp; <i>c</i></b><br>d")
    assert root.text() == "ab & cd"
    assert [element.name for element in root.elements()] == ["b", "i", "br"]
    assert next(root.elements()).attributes == {"title": "x>y"}
