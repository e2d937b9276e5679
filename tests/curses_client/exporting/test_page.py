"""Pages: what is on them, and that nothing on them was written by a kernel as HTML."""

import re
from base64 import b64decode, b64encode
from html.parser import HTMLParser
from typing import Any

import pytest

from curses_client.exporting.spans import line_html
from curses_client.exporting.stylesheet import stylesheet
from curses_client.exporting.tables import table_html
from tests.curses_client.exporting.given import exported, result
from tests.curses_client.recorded import TQDM, messages
from tests.curses_client.support import Journal

_VOID = {"meta", "img"}
_TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "h1", "p", "section", "a", "pre", "div", "span"),
    *("details", "summary", "img", "table", "caption", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {
    *("lang", "charset", "http-equiv", "content", "name", "id", "class", "href", "rel", "title", "style", "src"),
    *("alt", "width", "height", "colspan"),
}


class Page(HTMLParser):
    """Reads a page; whatever is in it that cshell does not write is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        assert tag in _TAGS
        assert set(found) <= _ATTRIBUTES
        assert len(found) == len(attrs)
        assert re.fullmatch(r"((color|background):(#[0-9a-f]{6}|var\(--(page|text)\));?)*", found.get("style") or "")
        assert re.match(r"(https?|file|mailto):|#cell-", (found.get("href") or "#cell-").lower())
        assert re.fullmatch(
            r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+", found.get("src", "data:image/png;base64,x") or ""
        )
        self.tags.append((tag, found))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [found for name, found in self.tags if name == tag]


def page(journal: Journal, **options: Any) -> Page:
    text = exported("html", journal, **options)
    # but for newlines, no control characters and none that reorder or hide text
    assert not set(map(chr, (*range(10), *range(11, 32), 0x7F, 0x200B, 0x202E, 0x2066, 0xFEFF))) & set(text)
    return Page(text)


def cell(code: str = "x") -> Journal:
    return Journal().session().submit("a", code).start("a", 1)


def test_a_session() -> None:
    journal = cell("print(1)").print("a", "1\n").end("a").submit("b", "x").start("b", 2)
    found = page(result(journal, "b", 2, text="42").end("b"))
    assert "main\nPython 3 · / · " in found.text
    assert "In [1]:\nprint(1)\n1\n" in found.text
    assert "In [2]:\nx\nOut[2]:\n42\n" in found.text
    assert [one["id"] for one in found.all("section")] == ["cell-1", "cell-2"]
    assert [one["href"] for one in found.all("a")] == ["#cell-1", "#cell-2"]


def test_it_loads_nothing_and_runs_nothing() -> None:
    text = exported("html", cell().end("a"))
    assert "default-src &#x27;none&#x27;; img-src data:; style-src &#x27;unsafe-inline&#x27;" in text
    assert "url(" not in text
    assert "@import" not in text
    assert "<script" not in text
    assert "<" not in stylesheet()


HOSTILE = "</pre></style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;\x1b[2J\x1b]0;t\x07\u202e\0\u200b"


def test_nothing_that_is_sent_is_html() -> None:
    journal = Journal().add("session_started", name=HOSTILE, kernel=HOSTILE, language="python", cwd=HOSTILE, pid=1)
    journal.submit("a", HOSTILE).start("a", 1).print("a", HOSTILE).print("a", HOSTILE, "stderr")
    for mime in (
        "text/plain",
        "text/html",
        "text/markdown",
        "text/latex",
        "application/json",
        "image/svg+xml",
        HOSTILE,
    ):
        journal.add("display_data", "a", data={mime: HOSTILE}, metadata={mime: {"width": HOSTILE, "height": True}})
    journal.add("display_data", "a", data={"image/png": HOSTILE, "text/plain": HOSTILE})
    journal.add("display_data", "a", data={"image/jpeg": "aGk=", "text/plain": HOSTILE})
    journal.add("display_data", "a", data={"text/html": f"<table><tr><td>1</td><td>{HOSTILE}</td></tr></table>"})
    journal.add("error", "a", ename=HOSTILE, evalue=HOSTILE, traceback=[HOSTILE, HOSTILE])
    journal.add("input_wanted", "a", request="q", prompt=HOSTILE)
    journal.end("a", "error").add("kernel_died", reason=HOSTILE, signal=HOSTILE, stack=HOSTILE)
    journal.submit("b", f"%%unknown\n{HOSTILE}")
    found = page(journal)
    assert found.text.count("<script>alert(1)</script>") > 10
    assert len(found.all("img")) == 2


def test_colours() -> None:
    assert line_html("a<b") == "a&lt;b"
    assert line_html("\x1b[1;31mx\x1b[0my") == '<span class="b f1">x</span>y'
    assert line_html("\x1b[94;103mx") == '<span class="f12 g11">x</span>'
    assert line_html("\x1b[38;5;208mx") == '<span style="color:#ff8700">x</span>'
    assert line_html("\x1b[48;5;244mx") == '<span style="background:#808080">x</span>'
    assert line_html("\x1b[38;2;1;2;3;48;2;4;5;6mx") == '<span style="color:#010203;background:#040506">x</span>'
    assert line_html("\x1b[7mx") == '<span style="color:var(--page);background:var(--text)">x</span>'
    assert line_html("\x1b[7;31mx") == '<span class="g1" style="color:var(--page)">x</span>'
    assert line_html("\x1b[2;3;4;9mx") == '<span class="d i u s">x</span>'
    assert line_html("") == ""


def test_colours_are_light_or_dark() -> None:
    text = stylesheet()
    light, _, dark = text.partition("prefers-color-scheme: dark")
    for number in range(16):
        assert f"--c{number}: #" in light
        assert f"--c{number}: #" in dark
        assert f".f{number} {{ color: var(--c{number}) }}" in text


@pytest.mark.parametrize(
    "address",
    [
        "http://x.org/?a=1&b='",
        'http://x/"onclick="alert(1)',
        "https://x/?a=1&lt=2",
        "https://x.org",
        "mailto:a@x.org",
        "file:///tmp/x",
        "HTTPS://x",
    ],
)
def test_links(address: str) -> None:
    found = page(cell().print("a", f"\x1b]8;;{address}\x1b\\text\x1b]8;;\x1b\\\n").end("a"))
    assert found.all("a")[1] == {"href": address, "rel": "noopener noreferrer"}


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "//x.org", "ftp://x"])
def test_what_is_no_link(address: str) -> None:
    assert line_html(f"\x1b]8;;{address}\x1b\\text") == "text"
    assert len(page(cell().print("a", f"\x1b]8;;{address}\x1b\\text\n").end("a")).all("a")) == 1


def test_pictures_are_data() -> None:
    png = b64encode(b"\x89PNG\r\n").decode()
    journal = cell().add(
        "display_data",
        "a",
        data={"image/png": f"{png[:4]}\n{png[4:]}\n", "text/plain": "<Figure>"},
        metadata={"image/png": {"width": 640, "height": 99999}},
    )
    journal.add("display_data", "a", data={"image/svg+xml": "<svg><script>alert(1)</script></svg>"})
    first, second = page(journal.end("a")).all("img")
    assert first == {"src": f"data:image/png;base64,{png}", "alt": "<Figure>", "width": "640"}
    kind, _, data = (second["src"] or "").partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b64decode(data) == b"<svg><script>alert(1)</script></svg>"


def test_html_is_its_text() -> None:
    journal = result(
        cell(), "a", html="<b onclick=x>bold</b><script>no</script>", text="<IPython.core.display.HTML object>"
    )
    journal = result(journal, "a", html="<i>html</i>", text="plain text")
    text = page(journal.end("a")).text
    assert "bold" in text
    assert "no" not in text.split("bold")[1].split("Out")[0]
    assert "plain text" in text


FRAME = """<div><style scoped>.dataframe { color: red }</style>
<table border="1" class="dataframe" onclick="x"><thead><tr style="text-align: right;"><th></th><th>a</th><th>b&lt;</th></tr></thead>
<tbody><tr><th>0</th><td>1.5</td><td><a href="javascript:x">text</a></td></tr>
<tr><th>1</th><td>NaN</td><td colspan="1" style="background:url(x)">t</td></tr></tbody></table></div>"""


def test_a_table_is_one_of_ours() -> None:
    assert table_html(FRAME) == (
        '<table><thead>\n<tr><th class="right"></th><th class="right">a</th><th>b&lt;</th></tr>\n</thead><tbody>\n'
        '<tr><th class="right">0</th><td class="right">1.5</td><td>text</td></tr>\n'
        '<tr><th class="right">1</th><td class="right">NaN</td><td>t</td></tr>\n</tbody></table>\n'
    )
    found = page(result(cell(), "a", html=FRAME, text="   a b").end("a"))
    assert len(found.all("td")) == 4
    for html in (
        "",
        "<table></table>",
        "<p>text</p>",
        "<table><tr><td>1</td></tr></table>" * 2,
        f"{FRAME}<form></form>",
    ):
        assert table_html(html) == ""


def test_the_text_of_a_table_is_harmless() -> None:
    text = "a\u202e\x1b[2J\x07&lt;script&gt;&quot;"
    harmless = "a&lt;U+202E&gt;␇&lt;script&gt;&quot;"
    html = f"<p>{text}</p><table><caption>{text}</caption><tr><th>{text}</th></tr><tr><td>{text}</td></tr></table><p>{text}</p>"
    found = table_html(html)
    assert found.count(harmless) == 5
    assert not set("\u202e\x1b\x07") & set(found)
    assert len(page(result(cell(), "a", html=html).end("a")).all("td")) == 1


def test_frames_of_libraries_are_not_folded() -> None:
    frames = [
        "File ~/a.py:1, in f()\n----> 1 g()",
        "File /lib/site-packages/lib/b.py:2, in g()\n----> 2 deep()",
        "E: v",
    ]
    journal = cell().add("error", "a", ename="E", evalue="v", traceback=frames).end("a", "error")
    assert "----> 2 deep()" in page(journal).text


def test_source_is_highlighted_and_whole() -> None:
    code = "def f(x):\n\treturn '''<b>\n</b>'''\n%time f(1)\n!ls"
    text = exported("html", cell(code).end("a"))
    assert '<span class="k-keyword">def</span> <span class="k-function">f</span>' in text
    assert '<span class="k-magic">%time</span>' in text
    assert code.expandtabs(4) in Page(text).text


def test_an_empty_first_line_of_source_counts() -> None:
    assert "<pre>\n\nx" in exported("html", cell("\nx").end("a")).replace(' class="code"', "")


def test_output_is_as_the_screen_shows_it_and_whole() -> None:
    journal = cell().print("a", "\r 10%").print("a", "\r100%\n", "stdout").print("a", "E\n", "stderr")
    journal.print("a", "".join(f"{number}\n" for number in range(2500))).end("a")
    found = page(journal)
    assert "\n100%\n" in found.text
    assert " 10%" not in found.text
    assert "".join(f"{number}\n" for number in range(2500)) in found.text
    assert [one["class"] for one in found.all("pre")] == ["code", "out", "out stderr", "out"]


def test_widgets_are_text() -> None:
    journal = cell()
    for msg_type, content in messages(TQDM):
        journal.add(msg_type, "a", **content)
    assert "40%" in page(journal.end("a")).text


def test_what_did_not_end_well() -> None:
    journal = Journal().session().submit("a", "1/0").submit("b", "y").start("a")
    journal.add("error", "a", ename="E", evalue="v", traceback=["\x1b[32mframe\x1b[0m"]).end("a", "error")
    journal.end("b", "aborted").submit("c", "slow").start("c", 2)
    found = page(journal)
    assert [one["class"] for one in found.all("section")] == ["failed", "skipped", "runs"]
    assert "E: v\nframe\n" in found.text
    assert "not run" in found.text


def test_what_happened_is_a_rule() -> None:
    journal = cell().end("a").add("kernel_died", reason="r", signal="SIGSEGV", stack="File f")
    journal.add("kernel_started", pid=3, restarted=True).cell("b", "y")
    found = page(journal, words=("gone", 1.0))
    rules = [one["class"] for one in found.all("div") if (one["class"] or "").startswith("rule")]
    assert rules == ["rule alarming", "rule", "rule alarming"]
    assert "kernel died: SIGSEGV\nDetailsFile f" in found.text
    assert [one["id"] for one in found.all("section")] == ["cell-1", "cell-1-2"]
    assert ": gone\n" in found.text
