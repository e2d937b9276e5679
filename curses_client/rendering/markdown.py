"""Markdown, by way of HTML: CommonMark with tables, strikethrough, lists of tasks and formulas."""

import re
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final

from curses_client.rendering.html import html_rows
from curses_client.rendering.latex import converted
from curses_client.rendering.tree import parsed

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

LARGEST: Final = 60_000
"""Characters of Markdown up to which it is laid out: half a second, or two if it is made to take long."""

# Pandoc's rule: a dollar sign before a blank opens nothing, one after a blank or before a digit closes nothing
_INLINE: Final = re.compile(r"\$(?![\s$])((?:[^$\\\n]|\\.){1,2000}?)(?<![\s\\])\$(?!\d)")
_DISPLAY: Final = re.compile(r"\$\$((?:[^$\\]|\\.){1,4000})\$\$", re.DOTALL)
_ENVIRONMENT: Final = re.compile(r"\\begin\{([a-z]{1,20}\*?)\}.{0,4000}?\\end\{\1\}", re.DOTALL)
_TASK: Final = re.compile(r"\[([ xX])\] ")


def markdown_rows(text: str, cols: int, colors: int) -> list[str]:
    """Return untrusted Markdown as stored lines; raises ImportError where markdown-it-py is missing."""
    return html_rows(parsed(_parser().render(text)), cols, colors)


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 20}).enable(["table", "strikethrough"])
    parser.inline.ruler.before("escape", "formula", _formula)
    parser.core.ruler.push("tasks", _tasks)
    parser.add_render_rule("formula", _rendered_formula)
    return parser


def _formula(state: Any, silent: bool) -> bool:
    """Take in a formula (a rule of markdown-it for what is within paragraphs)."""
    start = state.src[state.pos]
    if start == "$":
        found = _DISPLAY.match(state.src, state.pos) or _INLINE.match(state.src, state.pos)
    elif start == "\\":
        found = _ENVIRONMENT.match(state.src, state.pos)
    else:
        return False
    if not found:
        return False
    if not silent:
        token = state.push("formula", "", 0)
        token.content = found[0]
        token.block = found[0].startswith("$$") or start == "\\"
    state.pos = found.end()
    return True


def _rendered_formula(_: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    source = tokens[index].content
    try:
        text = converted(source) or source
    except ImportError:
        text = source
    lines = escape(text).replace("\n", "<br>")
    if not tokens[index].block:
        return lines
    # on lines of its own, even where it is written within a paragraph
    return "<br>" * (index > 0) + lines + "<br>" * (index + 1 < len(tokens))


def _tasks(state: Any) -> None:
    """Turn `[ ]` and `[x]` at the beginning of items into boxes (a rule of markdown-it for all of the text)."""
    tokens = state.tokens
    for number, token in enumerate(tokens):
        is_item = number > 1 and token.type == "inline" and tokens[number - 2].type == "list_item_open"
        if is_item and token.children and (found := _TASK.match(token.children[0].content)):
            first = token.children[0]
            first.content = ("☐ " if found[1] == " " else "☑ ") + first.content[found.end() :]
