"""Data frames, as pandas and polars write them in HTML, and as data resources."""

from typing import Any

import pytest

from curses_client.rendering import render
from curses_client.rendering.frames import frame_of
from curses_client.rendering.tree import parsed
from curses_client.shown import Rendered
from curses_client.text.ansi import runs
from tests.curses_client.rendering.shared import BLOCKS, folds, texts


def row(*cells: str, head: int = 0) -> str:
    return (
        "<tr>"
        + "".join(f"<th>{c}</th>" for c in cells[:head])
        + "".join(f"<td>{c}</td>" for c in cells[head:])
        + "</tr>"
    )


PANDAS = f"""<div>
<style scoped>
    .dataframe tbody tr th {{ vertical-align: top; }}
</style>
<table border="1" class="dataframe">
  <thead>{row("", "station", "rides", "share", head=4)}</thead>
  <tbody>
    {row("0", "Amstel", "18204", "0.351", head=1)}
    {row("1", "Dam", "17730", "NaN", head=1)}
    {row("10", "Zuid &amp; co", "921", "-0.300", head=1)}
  </tbody>
</table>
<p>1000 rows × 3 columns</p>
</div>"""


def frame(html: str, *opened: str, **more: Any) -> Rendered:
    return render({"text/html": html, "text/plain": "text", **more}, {}, BLOCKS, frozenset(opened))


def test_pandas() -> None:
    result = frame(PANDAS)
    assert texts(result) == [
        "    station    rides   share",
        " 0  Amstel     18204   0.351",
        " 1  Dam        17730     NaN",
        "10  Zuid & co    921  -0.300",
        "1000 rows × 3 columns",
    ]
    assert (result.wraps, result.held_cols, result.header) == (False, 4, (0, 1))


def test_headings_are_bold_a_counting_index_and_what_is_missing_dim() -> None:
    lines = [runs(line.text) for line in frame(PANDAS).lines]
    assert all(style.bold for style, text in lines[0] if text.strip())
    assert [text for style, text in lines[2] if style.faint] == ["1", "NaN"]
    named = frame(PANDAS.replace("<th>0", "<th>a")).lines[1].text
    assert [text for style, text in runs(named) if style.bold] == ["a"]


def test_the_types_of_the_columns_if_they_are_known() -> None:
    fields = [
        {"name": "index", "type": "integer"},
        {"name": "station", "type": "string"},
        {"name": "rides", "type": "integer"},
    ]
    result = frame(PANDAS, **{"application/vnd.dataresource+json": {"schema": {"fields": fields}, "data": []}})
    assert texts(result)[1] == "    string     integer"
    assert result.header == (0, 2)


def test_polars() -> None:
    html = (
        "<div><style>.dataframe {}</style><small>shape: (2, 2)</small><table><thead>"
        f"{row('a', 'b', head=2)}{row('i64', 'list[str]')}</thead><tbody>{row('1', '&quot;x&quot;')}{row('22', 'null')}</tbody></table></div>"
    )
    result = frame(html)
    assert texts(result) == ["shape: (2, 2)", "  a  b", "i64  list[str]", '  1  "x"', " 22  null"]
    assert (result.held_cols, result.header) == (0, (1, 3))
    assert all(style.faint for style, text in runs(result.lines[2].text) if text.strip())


def test_several_levels_of_rows_and_columns() -> None:
    html = (
        "<table><thead><tr><th></th><th>L</th><th colspan='2' halign='left'>mean value</th></tr>"
        f"{row('', 'M', 'x', 'y', head=4)}{row('side', 'n', '', '', head=4)}</thead><tbody>"
        f"<tr><th rowspan='2'>north</th><th>1</th><td>0</td><td>1</td></tr>{row('2', '4', '50', head=1)}</tbody></table>"
    )
    result = frame(html)
    assert texts(result) == [
        "       L  mean value",
        "       M    x      y",
        "side   n",
        "north  1    0      1",
        "       2    4     50",
    ]
    assert (result.held_cols, result.header) == (10, (0, 3))


def test_the_colours_of_a_styled_table() -> None:
    html = (
        "<style>#T_1_row0_col0, #T_2 { background-color: #ff0000; color: #f1f1f1 }</style><table id='T_1'><caption>Cap</caption>"
        "<thead><tr><th>&nbsp;</th><th>a</th></tr></thead><tbody><tr><th>0</th><td id='T_1_row0_col0'>7</td></tr></tbody></table>"
    )
    result = frame(html)
    assert texts(result) == ["Cap", "   a", "0  7"]
    assert result.header == (1, 2)
    assert [(style.fg, style.bg) for style, text in runs(result.lines[2].text) if text == "7"] == [(255, 196)]


def test_types_of_columns_with_several_levels_stand_in_the_row_of_the_index() -> None:
    fields = [{"name": "mean\tx", "type": "int64"}, {"name": "mean\ty", "type": "string"}]
    head = "<table><thead><tr><th></th><th colspan='2'>mean</th></tr>" + row("", "x", "y", head=3)
    body = f"</thead><tbody>{row('0', '1', 'a', head=1)}</tbody></table>"
    types = {"application/vnd.cshell.types+json": {"schema": {"fields": fields}}}
    assert texts(frame(head + body, **types)) == ["   mean", "       x  y", "   int64  string", "0      1  a"]
    named = head + row("side", "", "", head=3) + body
    assert texts(frame(named, **types))[2:] == ["side  int64  string", "   0      1  a"]
    named = head.replace("<th></th><th>x", "<th>L</th><th>x") + row("side", "z", "", head=3) + body
    assert len(texts(frame(named, **types))) == 5


def test_what_is_around_a_table_is_not_moved_with_it() -> None:
    result = frame(f"<p>before</p><table>{row('a', 'b') * 100}</table><p>100 rows × 2 columns</p>")
    assert [line.stays for line in result.lines] == [True, *[False] * 20, True, *[False] * 10, True]


def test_a_long_table_is_folded() -> None:
    html = (
        f"<table><thead>{row('', 'a', head=2)}</thead>"
        + "".join(row(str(n), "x", head=1) for n in range(500))
        + "</table>"
    )
    result = frame(html)
    assert texts(result)[19:24] == [" 18  x", " 19  x", "… 470 rows", "490  x", "491  x"]
    assert (folds(result), len(result.lines)) == (["rows"], 32)
    assert len(frame(html, "rows").lines) == 502


@pytest.mark.parametrize(
    "html",
    [
        "<p>no table",
        "<table><tr><td>a</table><table><tr><td>b</table>",
        "<table><tr><td><table><tr><td>b</table></table>",
        f"<p>{'long text ' * 50}</p><table><tr><td>a</table>",
        "<table><tr><td>a</table>" + "<p>line" * 9,
        "<details><summary>Parameters</summary><table><tr><td>a</table></details>",
        "<table><tr><td><input></table>",
    ],
)
def test_html_that_is_more_than_a_table(html: str) -> None:
    assert frame_of(parsed(html)) is None


def test_a_table_without_rows_is_left_to_text() -> None:
    assert texts(frame(f"<table><thead>{row('', 'a', head=2)}</thead><tbody></tbody></table>"))[0] == "text"


def test_a_cell_of_several_lines() -> None:
    assert texts(frame("<table><tr><td>a<br>b\n c<td>d</table>")) == ["a ⏎ b c  d"]


# ---- data resources ----------------------------------------------------------------------------------------


def resource(data: list[Any], *fields: str, key: Any = None) -> Rendered:
    pairs = (field.split(":") for field in fields)
    schema = {"fields": [{"name": name, "type": kind} for name, kind in pairs], "primaryKey": key}
    return render({"application/vnd.dataresource+json": {"schema": schema, "data": data}}, {}, BLOCKS, frozenset())


def test_a_data_resource() -> None:
    data = [
        {"index": 0, "day": "2024-01-01T00:00:00.000", "n": 1, "x": 0.5, "s": "a"},
        {"index": 1, "day": None, "n": 20, "x": 10.25, "s": None},
    ]
    result = resource(data, "index:integer", "day:datetime", "n:integer", "x:number", "s:string", key=["index"])
    assert texts(result) == [
        "   day               n       x  s",
        "   datetime    integer  number  string",
        "0  2024-01-01        1    0.50  a",
        "1  –                20   10.25  –",
        "2 rows × 4 columns",
    ]
    assert (result.wraps, result.held_cols, result.header) == (False, 3, (0, 2))


def test_numbers_of_very_different_sizes() -> None:
    assert texts(resource([{"x": 1e-12}, {"x": 3.0}, {"x": 12345678.9}], "x:number"))[2:5] == [
        "      1e-12",
        "          3",
        "1.23457e+07",
    ]


def test_an_index_with_a_name() -> None:
    result = resource([{"k": "a", "v": 1}], "v:integer", "k:string", key="k")
    assert texts(result)[0] == "k             v"
    assert result.held_cols == 8


@pytest.mark.parametrize("value", [None, [], {"schema": 1}, {"schema": {"fields": []}, "data": []}, {"data": [1]}])
def test_what_is_no_data_resource(value: Any) -> None:
    result = render({"application/vnd.dataresource+json": value, "text/plain": "text"}, {}, BLOCKS, frozenset())
    assert texts(result) == ["text"]


def test_where_links_in_and_around_a_table_lead_is_seen() -> None:
    html = (
        "<a href='http://evil/'>http://good</a><table><tr><td><a href='http://evil2/'>http://good</a></td></tr></table>"
    )
    assert texts(render({"text/html": html}, {}, BLOCKS)) == [
        "http://good (http://evil/)",
        "http://good (http://evil2/)",
    ]
    html = "<table><tr><td>a<br><a href='http://b/'>b</a> <a href='http://c'>http://c/</a></td></tr></table>"
    assert texts(render({"text/html": html}, {}, BLOCKS)) == ["a ⏎ b (http://b/) http://c/"]
