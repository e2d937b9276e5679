"""What a kernel may send to harm, hang or crash the client."""

from time import perf_counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from curses_client.rendering import render
from curses_client.shown import EVERYTHING, Look
from curses_client.text.ansi import plain
from tests.curses_client.rendering.shared import (
    BLOCKS,
    HOSTILE,
    NOTHING,
    base64,
    check,
    check_everything,
    is_stored,
    png,
    shown,
    with_chunk,
)

MIMES = (
    *("text/plain", "text/html", "text/markdown", "text/latex", "application/json", "image/png", "image/jpeg"),
    *("image/gif", "image/webp", "image/svg+xml", "application/vnd.dataresource+json", "a/b+json", "a/b"),
)
SVG = (
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='80' height='80'>{}</svg>"
)


@pytest.mark.parametrize("mime", MIMES)
def test_escape_sequences(mime: str) -> None:
    check_everything({mime: HOSTILE * 2})
    check_everything({mime: [HOSTILE, 1, None]})
    check_everything({mime: HOSTILE, HOSTILE: HOSTILE, "text/plain": HOSTILE})


@pytest.mark.parametrize(
    "bundle",
    [
        {"application/json": {HOSTILE: HOSTILE, "a": [HOSTILE * 100, {HOSTILE: {}}]}},
        {
            "text/html": f"<a href='{HOSTILE}'>{HOSTILE}</a><img alt='{HOSTILE}'><pre>{HOSTILE}</pre>{HOSTILE}"
            f"<a href='https://x/{HOSTILE}'>y</a><iframe src='http://a/{HOSTILE}'></iframe><li>{HOSTILE}"
            f"<b title='{HOSTILE}' style='color:{HOSTILE}'>&#27;[2J&#x9b;31m&#x202e;&#7;</b><code class='language-{HOSTILE}'>"
        },
        {"text/html": f"<table><caption>{HOSTILE}</caption><tr><th>{HOSTILE}<td>&#27;[2J</table>{HOSTILE}"},
        {
            "text/markdown": f"# {HOSTILE}\n\n[{HOSTILE}](<http://a/{HOSTILE}>)\n\n```{HOSTILE}\n{HOSTILE}\n```\n\n&#27;[2J"
        },
        {
            "text/markdown": f"```python\n{HOSTILE}\n```\n\n|{HOSTILE}|\n|-|\n|{HOSTILE}|\n\n${HOSTILE}$ <b>{HOSTILE}</b>"
        },
        {"text/latex": f"$\\frac{{{HOSTILE}}}{{\\foo {HOSTILE}}}$ \\text{{{HOSTILE}}} \\char27"},
        {
            "application/vnd.dataresource+json": {
                "schema": {"fields": [{"name": HOSTILE, "type": HOSTILE}, {"name": "b", "type": "datetime"}]},
                "data": [{HOSTILE: HOSTILE, "b": HOSTILE}, {HOSTILE: [HOSTILE], "b": 3}],
            }
        },
        {"image/svg+xml": SVG.format(f"<text>&#27;{HOSTILE}</text>")},
    ],
)
def test_escape_sequences_within(bundle: dict[str, Any]) -> None:
    check_everything(bundle)


def test_a_link_cannot_end_its_sequence() -> None:
    result = render({"text/html": "<a href='https://a/\x1b\\\x07 \u202e\"é'>x</a>"}, {}, BLOCKS)
    assert is_stored(result.lines[0].text)
    assert "\x1b]8;;https://a/%1B%5C%07%20%E2%80%AE%22%C3%A9\x1b\\" in result.lines[0].text


@pytest.mark.parametrize(
    "scheme", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "vbscript:x", "//a.b"]
)
def test_what_a_terminal_should_not_open_is_no_link(scheme: str) -> None:
    result = render({"text/html": f"<a href='{scheme}'>x</a>"}, {}, BLOCKS)
    assert "\x1b]8" not in result.lines[0].text
    assert plain(result.lines[0].text) == f"x ({scheme})"


# ---- too much of something ---------------------------------------------------------------------------------

HTML = (
    *(
        "<div>",
        "<b>",
        "<table><tr><td>",
        "<ul><li>",
        "<blockquote>",
        "<",
        "<a href='",
        "<td colspan=1000 rowspan=1000>",
    ),
    *(
        "<tr><td colspan=99999 rowspan=99999>x",
        "&",
        "<p>",
        "</p>",
        "<pre>",
        "<style>",
        "<a href=http://x/>y</a>",
        "<br>",
    ),
    *("a ", "é", "<td>a", "<style>#a{", "</", "<table>", "<span style='color:red;'>x", "<li>", "<!--", "<tr>"),
)
MARKDOWN = (
    *("> ", "* ", "[", "![", "`", "**", "_", "a_", "$", "$$", "$a", "\\begin{a}", "|a", "|-|\n", "[a](", "<a", "&#"),
    *("1. ", " - ", "\n", "[x]: y\n", "~~", "- [ ] x\n", "```\n", "[a][b]", "<b>", "$x^2$ ", "* a\n"),
)


@pytest.mark.parametrize("piece", HTML)
def test_much_html(piece: str) -> None:
    start = perf_counter()
    check_everything({"text/html": piece * (20_000 // len(piece))}, [BLOCKS])
    check_everything({"text/html": f"<table><tr><td>{piece * (20_000 // len(piece))}", "text/plain": "x"}, [BLOCKS])
    assert perf_counter() - start < 10


@pytest.mark.parametrize("piece", MARKDOWN)
def test_much_markdown(piece: str) -> None:
    pytest.importorskip("markdown_it", reason="Markdown is laid out by markdown-it-py")
    start = perf_counter()
    check_everything({"text/markdown": piece * (4_000 // len(piece))}, [BLOCKS])
    assert perf_counter() - start < 10


@pytest.mark.parametrize("mime", ["text/html", "text/markdown", "text/latex"])
def test_what_is_too_long_to_be_laid_out_is_shown_as_text(mime: str) -> None:
    lines = shown({mime: "*a* " * 400_000, "text/plain": "<x object>"})
    assert lines[0][:10] in ("*a* *a* *a", "text/html,")


def deep(value: Any, count: int = 900) -> Any:
    for _ in range(count):
        value = [value] if count % 2 else {"a": value}
    return value


@pytest.mark.parametrize(
    "value",
    [
        deep(1),
        deep(1, 901),
        {f"k{number}": number for number in range(50_000)},
        [[1] * 100] * 10_000,
        ["x" * 1_000_000, "é\n" * 100_000],
        {"k" * 100_000: {"é" * 100_000: [1, 2, {}]}},
        10**5000,
        float("nan"),
    ],
    ids=["objects", "arrays", "keys", "rows", "strings", "long keys", "number", "nan"],
)
def test_much_json(value: Any) -> None:
    start = perf_counter()
    check_everything({"application/json": value, "text/plain": value}, [BLOCKS])
    assert perf_counter() - start < 10


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (png(30_000, 30_000, rows=b"\0"), "it is too large to be shown"),
        (png(8_000, 8_000, rows=b"\0"), "it is too large to be shown"),
        (png(640, 480, rows=b"\0" * 100), "it cannot be read"),
        (png(0, 0), "it cannot be read"),
        (with_chunk(png(1, 1), b"zTXt", b"a\0\0" + b"\xff" * 50), ""),
        (png(1, 20_000), ""),
        (png(20_000, 1), ""),
        (b"\x89PNG\r\n\x1a\nabc", "it cannot be read"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "it cannot be read"),
        (b"GIF89a\xff\xff\xff\xff", "it cannot be read"),
        (b"\xff\xd8\xff\xe0", "it cannot be read"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "it cannot be read"),
    ],
)
def test_broken_and_huge_pictures(data: bytes, says: str) -> None:
    pytest.importorskip("PIL", reason="pictures are shown by Pillow")
    start = perf_counter()
    last = shown({"image/png": base64(data)})[-1]
    assert last.endswith(says or "(image/png)")
    assert perf_counter() - start < 5


def test_a_picture_with_a_bomb_of_text() -> None:
    import zlib

    bomb = with_chunk(png(1, 1), b"zTXt", b"a\0\0" + zlib.compress(bytes(50_000_000)))
    start = perf_counter()
    assert shown({"image/png": base64(bomb)})
    assert perf_counter() - start < 5


USES = "".join(f"<g id='a{n}'>" + f"<use xlink:href='#a{n - 1}'/>" * 10 + "</g>" for n in range(1, 12))


@pytest.mark.parametrize(
    "drawing",
    [
        SVG.format(f"<defs><g id='a0'><rect width='9' height='9'/></g>{USES}</defs><use xlink:href='#a11'/>"),
        "<!DOCTYPE svg [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>" + SVG.format("<text>&b;</text>"),
        "<!DOCTYPE svg SYSTEM 'file:///etc/passwd'>" + SVG.format("<text y='20'>x</text>"),
        SVG.format("<filter id='f' width='1e6' height='1e6'><feGaussianBlur stdDeviation='1e5'/></filter>"),
        "<svg xmlns='http://www.w3.org/2000/svg' width='999999' height='999999'><rect width='5' height='5'/></svg>",
        "<svg xmlns='http://www.w3.org/2000/svg' width='1e9'><rect width='5e9' height='5e9'/></svg>",
        SVG.format("<g>" * 50_000 + "</g>" * 50_000),
        SVG.format("<g>" * 50_000),
        SVG.format("\ud800"),
        "<svg",
    ],
    ids=["references", "entities", "external", "filter", "size", "no size", "depth", "open", "surrogate", "cut"],
)
def test_drawings(drawing: str) -> None:
    start = perf_counter()
    check_everything({"image/svg+xml": drawing}, [BLOCKS])
    assert perf_counter() - start < 10


@pytest.mark.parametrize("opened", [frozenset[str](), EVERYTHING])
def test_a_long_table_of_a_data_resource(opened: frozenset[str]) -> None:
    fields = [{"name": f"c{number}", "type": "number"} for number in range(50)]
    data = [{f"c{number}": 0.5 for number in range(50)}] * 20_000
    start = perf_counter()
    check(
        render({"application/vnd.dataresource+json": {"schema": {"fields": fields}, "data": data}}, {}, BLOCKS, opened)
    )
    assert perf_counter() - start < 10


# ---- anything ----------------------------------------------------------------------------------------------

TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from([HOSTILE, *HTML, *MARKDOWN, "$\\frac{a}", "^", "\\sqrt", base64(png(2, 2)), SVG, "<x object>"]),
    st.lists(st.sampled_from([*HTML, *MARKDOWN, "\\frac", "{", "}", "a", "\n"]), max_size=12).map("".join),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(TEXT, inner, max_size=5)),
    max_leaves=15,
)
RESOURCE = st.fixed_dictionaries(
    {},
    optional={
        "schema": st.one_of(
            JSON,
            st.fixed_dictionaries(
                {"fields": st.lists(st.fixed_dictionaries({"name": TEXT, "type": TEXT}) | JSON, max_size=3)}
            ),
        ),
        "data": JSON,
    },
)
LOOKS = st.builds(
    Look,
    cols=st.integers(1, 120),
    colors=st.sampled_from([1, 16, 256, 1 << 24]),
    pictures=st.sampled_from(["none", "blocks", "kitty", "sixel"]),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])
@given(
    # without drawings: each one costs a process
    bundle=st.dictionaries(st.sampled_from([mime for mime in MIMES if "svg" not in mime]), JSON | TEXT, max_size=4),
    resource=st.none() | RESOURCE,
    metadata=JSON,
    look=LOOKS,
    is_open=st.booleans(),
)
def test_no_bundle_is_an_error(bundle: Any, resource: Any, metadata: Any, look: Look, is_open: bool) -> None:
    if resource is not None:
        bundle["application/vnd.dataresource+json"] = resource
    result = render(bundle, metadata, look, EVERYTHING if is_open else frozenset())
    check(result)
    assert len(result.lines) <= 60_000


def test_no_type_of_a_value_is_an_error() -> None:
    for mime in MIMES:
        for value in (None, 1, 1.5, True, [], {}, [1, None, "a"], {"a": 1}, "", float("nan"), "\ud800", 10**400):
            check_everything({mime: value}, [NOTHING])
