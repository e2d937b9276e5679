"""Markdown laid out."""

import pytest

from curses_client.text.ansi import plain

pytest.importorskip("markdown_it", reason="Markdown is laid out by markdown-it-py")

from curses_client.rendering.markdown import markdown_rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n\nA *b* **c** `d` ~~e~~\nf", ["Title", "", "A b c d e f"]),
        ("- a\n- b\n  1. c\n  2. d", ["• a", "• b", "  1. c", "  2. d"]),
        ("- [ ] a\n- [x] b", ["☐ a", "☑ b"]),
        ("> a\n> > b", ["│ a", "│ ", "│ │ b"]),
        ("|a|b|\n|-|-:|\n|x|1|", ["a  b", "─  ─", "x  1"]),
        ("```python\nx = 1\n\n  y\n```", ["  x = 1", "", "    y"]),
        ("[a](https://b.c) <https://d.e>", ["a (https://b.c) https://d.e"]),
        ("![alt](x.png)", ["[image: alt]"]),
        ("<b>a</b>\n\n<div>b</div>", ["a", "", "b"]),
        ("---", ["─" * 60]),
        ("costs $5 and $6", ["costs $5 and $6"]),
        (r"so $E = mc^2$ and \$x$", ["so E = mc² and $x$"]),
        ("text\n$$\\frac{a}{b}$$\nmore", ["text", "a/b", "more"]),
        ("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}", ["a = b", "c = d"]),
        ("a_b*c `$x$`", ["a_b*c $x$"]),
    ],
)
def test_lines(text: str, expected: list[str]) -> None:
    pytest.importorskip("pylatexenc", reason="formulas are converted by pylatexenc")
    assert [plain(row) for row in markdown_rows(text, 60, 256)] == expected
