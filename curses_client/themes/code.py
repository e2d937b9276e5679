"""The colours of source in a style of Pygments, which is imported when there is one."""

from typing import TYPE_CHECKING, Final

from curses_client.themes.choice import unknown
from curses_client.themes.theme import Tint

if TYPE_CHECKING:
    from pygments.style import Style

# the token of Pygments that stands for a kind of ours
_TOKENS: Final = {
    "text": "Token.Text",
    "keyword": "Token.Keyword",
    "builtin": "Token.Name.Builtin",
    "name": "Token.Name",
    "function": "Token.Name.Function",
    "class": "Token.Name.Class",
    "decorator": "Token.Name.Decorator",
    "string": "Token.Literal.String",
    "escape": "Token.Literal.String.Escape",
    "number": "Token.Literal.Number",
    "operator": "Token.Operator",
    "comment": "Token.Comment",
    "magic": "Token.Comment.Preproc",
    "error": "Token.Error",
    "constant": "Token.Keyword.Constant",
}


class UnknownStyleError(Exception):
    """Pygments has no style of this name; the text is one sentence."""


def tints(name: str, theme_tints: dict[str, Tint]) -> dict[str, Tint]:
    """Return the looks of all kinds of source in a style; without colours they are the theme's.

    Raises UnknownStyleError.
    """
    from pygments.styles import get_all_styles, get_style_by_name
    from pygments.util import ClassNotFound

    try:
        style = get_style_by_name(name)
    # what else goes wrong is a module of this name that is no style
    except (ClassNotFound, ImportError, AttributeError, ValueError):
        known = tuple(sorted(get_all_styles()))
        raise UnknownStyleError(unknown("style of code", name, known, "the theme's")) from None
    return {kind: _tint(style, token, theme_tints[kind].mono) for kind, token in _TOKENS.items()}


def _tint(style: "type[Style]", token: str, mono: str) -> Tint:
    from pygments.token import string_to_tokentype

    found = style.style_for_token(string_to_tokentype(token))
    colour = f"#{found['color']}" if found["color"] else ""
    wanted = (("bold", found["bold"]), ("italics", found["italic"]), ("underline", found["underline"]))
    settings = ",".join(name for name, is_wanted in wanted if is_wanted)
    # the nearest of the basic ones
    return Tint(colour, colour, settings, mono)
