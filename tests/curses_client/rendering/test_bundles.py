"""Which form of a bundle is shown."""

import subprocess
import sys
from typing import Any

import pytest

from curses_client.rendering import bundles, frames, is_rich, render
from curses_client.shown import Figure, Look
from tests.curses_client.rendering.shared import BLOCKS, NOTHING, base64, png, shown, texts

TABLE = "<table><thead><tr><th></th><th>a</th></tr></thead><tbody><tr><th>0</th><td>1</td></tr></tbody></table>"
RED = base64(png(16, 16))


@pytest.mark.parametrize(
    ("bundle", "lines"),
    [
        ({"text/plain": "array([1, 2])"}, ["array([1, 2])"]),
        ({"text/plain": "a\n\x1b[31mb\x1b[0m\n"}, ["a", "b"]),
        ({"text/plain": ["a\n", "b"]}, ["a", "b"]),
        ({}, []),
        # of rich, when a display of its own ends
        ({"text/plain": "", "text/html": "<pre style='line-height:normal'></pre>\n"}, []),
        ({"text/plain": "\n", "text/html": "<pre>\n</pre>"}, [""]),
        ({"text/plain": "   a\n0  1", "text/html": TABLE}, ["   a", "0  1"]),
        # what most libraries print is made for terminals
        ({"text/plain": "made for terminals", "text/html": "<p>not"}, ["made for terminals", "also: text/html, 6 B"]),
        ({"text/plain": "<IPython.core.display.HTML object>", "text/html": "<p>shown"}, ["shown"]),
        ({"text/plain": "<a.b.Styler at 0x7f00>", "text/html": "<p>shown"}, ["shown"]),
        ({"text/html": "<p>shown"}, ["shown"]),
        ({"text/plain": "<x object>", "text/html": "<script>f()</script>"}, ["<x object>", "also: text/html, 20 B"]),
        ({"text/plain": "x", "text/markdown": "*shown*"}, ["shown"]),
        ({"text/plain": "x**2", "text/latex": "$x^2$"}, ["x²"]),
        ({"text/plain": " 2\nx ", "text/latex": "$x^2$"}, [" 2", "x "]),
        ({"text/plain": "x²", "text/latex": "$x^2$"}, ["x²"]),
        ({"text/plain": "<x object>", "application/json": [1, 2]}, ["▾ [2]", "    0: 1", "    1: 2"]),
        ({"text/plain": "<x object>", "application/geo+json": {}}, ["  {}"]),
        (
            {"text/plain": "Figure({})", "application/vnd.plotly.v1+json": {"data": []}},
            ["Figure({})", "also: application/vnd.plotly.v1+json"],
        ),
        ({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Button()"}, ["Button()"]),
        (
            {"text/plain": "<x object>", "application/javascript": "f()"},
            ["<x object>", "also: application/javascript, 3 B"],
        ),
        ({"text/plain": "vid", "video/mp4": "A" * 4096}, ["vid", "also: video/mp4, 3 KB"]),
        ({"text/plain": "x", "text/x-foo": ["a", "b"]}, ["x", "also: text/x-foo, 2 B"]),
        ({"text/plain": "x", **{f"a/{n}": 1 for n in range(6)}}, ["x", "also: a/0; a/1; a/2; a/3; 2 more"]),
        ({"text/html": "<p>shown", "a/b": 1}, ["shown", "also: a/b"]),
        ({"unknown/type": "x"}, ["unknown/type"]),
    ],
)
def test_the_form_that_is_shown(bundle: dict[str, Any], lines: list[str]) -> None:
    assert shown(bundle) == lines


def test_what_else_there_is_is_said_below_a_form_that_is_shown() -> None:
    bundle = {"text/plain": "x", "text/markdown": "a", "application/vnd.plotly.v1+json": {}, "text/html": "<p>b"}
    assert shown(bundle) == ["a", "also: application/vnd.plotly.v1+json; text/html, 4 B"]


@pytest.mark.parametrize(
    ("text", "html", "is_said"),
    [
        ("hello", "<pre style='x'>hello</pre>\n", False),
        ("\x1b[1mx \x1b[0m= 10px", "<pre><span style='color: #1'>x </span>= <b>10</b>px</pre>", False),
        ("a\nb", "<style>p {}</style><p>a<p>b", False),
        ("x <y>", "<code>x &lt;y&gt;</code>", False),
        ("a  b", "<table><tr><td>a<td>b</table><p>", False),
        ("a (http://b/)", "<a href='http://b/'>a</a>", False),
        ("\x1b]8;;http://b/\x1b\\a\x1b]8;;\x1b\\", "<a href='http://b/'>a</a>", False),
        ("a", "<a href='#top'>a</a>", False),
        ("a", "<a href='http://b/'>a</a>", True),
        ("a", "<p>a <img src='b'>", True),
        ("a", "a<svg></svg>", True),
        ("a", "<script>f()</script>a", True),
        ("a", "<p>a<p>b", True),
    ],
)
def test_html_is_named_where_it_is_more_than_the_text(text: str, html: str, is_said: bool) -> None:
    lines = shown({"text/plain": text, "text/html": html})
    assert any(line.startswith("also: text/html") for line in lines) == is_said


def test_what_is_too_long_to_be_laid_out_is_said() -> None:
    assert shown({"text/html": "<p>" * 300_000}) == ["text/html, 878 KB: it is too long to be laid out"]
    lines = shown({"text/plain": "<x object>", "text/markdown": "*a*\n" * 50_000})
    assert lines[-1] == "text/markdown, 195 KB: it is too long to be laid out"
    table = TABLE.replace("<tbody>", "<tbody>" + "<tr><th>0</th><td>1</td></tr>" * 20_000)
    assert len(table) < frames.LARGEST
    assert "… 19,971 rows" in shown({"text/plain": "a", "text/html": table})
    lines = shown({"text/plain": "a", "text/html": table + " " * frames.LARGEST})
    assert lines == ["a", "text/html, 1.5 MB: it is too long to be laid out"]


def test_a_picture_is_shown_instead_of_its_name() -> None:
    lines = shown(
        {"text/plain": "<Figure size 640x480 with 1 Axes>", "image/png": RED, "image/svg+xml": "<svg/>"}, NOTHING
    )
    assert lines == ["picture 16x16, 80 B (image/png)"]


def test_text_that_says_more_stays_above_its_picture() -> None:
    assert shown({"text/plain": "score: 3", "image/png": RED}, NOTHING)[0] == "score: 3"


def test_a_formula_is_not_shown_as_the_picture_of_one() -> None:
    assert shown({"text/plain": "x + 1", "text/latex": "$x + 1$", "image/png": RED}) == ["x + 1"]


def test_a_picture_can_be_opened() -> None:
    result = render({"image/png": RED}, {}, BLOCKS)
    assert result.lines[-1].target == Figure("image/png")


def test_only_text_is_not_rich() -> None:
    assert not is_rich({"text/plain": "a"})
    assert not is_rich({"text/plain": "a", bundles.VIEW: {}})
    assert is_rich({"text/plain": "a", "text/html": "a"})
    assert is_rich({"text/html": "a"})


def test_long_text_is_folded() -> None:
    bundle = {"text/plain": "\n".join(map(str, range(1000)))}
    result = render(bundle, {}, BLOCKS)
    assert texts(result)[58:63] == ["58", "59", "… 920 lines", "980", "981"]
    assert len(shown(bundle, BLOCKS, "text")) == 1001
    assert len(shown(bundle, BLOCKS, "*")) == 1001
    assert len(shown(bundle, BLOCKS, "*", "text")) == 81


def test_very_long_text_is_cut() -> None:
    lines = shown({"text/plain": "a" * 1_500_000})
    assert [len(lines[0]), lines[1]] == [1_000_000, "… 488 KB more"]


def test_a_form_that_fails_leaves_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("curses_client.rendering.html.html_rows", fail)
    assert shown({"text/plain": "<x object>", "text/html": "<p>a"})[0] == "<x object>"


@pytest.mark.parametrize(
    ("missing", "bundle", "hint"),
    [
        ("PIL", {"image/png": RED}, "picture 16x16, 80 B (image/png): pip install 'cshell[rich]' shows it"),
        ("markdown_it", {"text/markdown": "*a*"}, "Markdown: pip install 'cshell[rich]' lays it out"),
        ("pylatexenc", {"text/latex": "$a$"}, "LaTeX: pip install 'cshell[rich]' lays it out"),
    ],
)
def test_what_shows_a_form_is_said_where_it_is_missing(missing: str, bundle: dict[str, Any], hint: str) -> None:
    code = f"""
import sys
sys.modules[{missing!r}] = None
from curses_client.rendering import render
from curses_client.shown import Look
from curses_client.text.ansi import plain
for line in render({bundle!r}, {{}}, Look(pictures="blocks")).lines:
    print(plain(line.text))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == hint


def test_text_loads_no_library() -> None:
    code = """
import sys
from curses_client.rendering import render
from curses_client.shown import Look
before = set(sys.modules)
render({"text/plain": "a"}, {}, Look())
print(*set(sys.modules) - before)
print(*{"PIL", "markdown_it", "pygments", "pylatexenc", "html", "subprocess", "wcwidth"} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == []


def test_a_narrow_window() -> None:
    for cols in (1, 2, 5):
        assert shown({"text/html": f"<h1>Title</h1>{TABLE}<ul><li>a b c</ul>"}, Look(cols=cols))
