"""Formulas of LaTeX in Unicode: Greek, operators, fractions on one line, small digits above and below."""

import re
from functools import cache
from typing import Any, Final

LARGEST: Final = 20_000
"""Characters of a formula up to which it is converted."""

_DEPTH: Final = 40
_SUPER: Final = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθιφχ′*∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᶥᵠᵡ′*°",
        strict=True,
    )
)
_SUB: Final = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
_SCRIPT: Final = re.compile(r"[_^]")
_SMALL: Final = "".join({*_SUPER.values(), *_SUB.values()})
_MARKS: Final = r"\u0300-\u036f\u20d0-\u20ff′'"
# what needs no parentheses above a stroke: a product; and below one or under a root: a single factor
_PRODUCT: Final = re.compile(rf"[+−-]?(?:[\w.∂∞√∇!{_MARKS}{_SMALL}]|\^?\([^()]*\)|[_]\{{[^{{}}]*\}})+|[^\w\s]")
_FACTOR: Final = re.compile(
    rf"√?(?:[0-9.]+|[∂d]?[^\W\d_{_SMALL}][{_MARKS}]*|[^\W\d_]{{3,}}\([^()]*\)|\([^()]*\))[{_SMALL}]*|[^\w\s]"
)
_SPACES: Final = re.compile(r"[ \t\u2000-\u200a]{2,}")
_INSIDE: Final = re.compile(r"(?<=[(\[{]) +| +(?=[)\]},])")
# a sign is written with a blank after it, and is no operator at the beginning
_SIGN: Final = re.compile(r"(?<=[(\[{=^])([-−]) (?=\S)|^([-−]) (?=\S)")


def converted(source: str) -> str | None:
    """Return the text of an untrusted formula or of text with formulas, None if it cannot be converted.

    Raises ImportError where pylatexenc is missing.
    """
    if len(source) > LARGEST or _nesting(source) > _DEPTH:
        return None
    convert, context = _converter()
    try:
        text = convert.latex_to_text(source, tolerant_parsing=True, latex_context=context)
    except (ValueError, IndexError, TypeError, AttributeError, KeyError, RecursionError):
        # its parser fails in many ways at what is no LaTeX
        return None
    text = _SIGN.sub(r"\1\2", _INSIDE.sub("", _SPACES.sub(" ", text)))
    lines = (line.strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line) or None


def _nesting(source: str) -> int:
    depth = deepest = 0
    for found in re.findall(r"\\(?:begin|end|left|right)\b|[{}]", source):
        depth += 1 if found in ("{", "\\begin", "\\left") else -1
        deepest = max(deepest, depth)
    return deepest


def script(mark: str, text: str) -> str:
    """Return text above (`^`) or below (`_`) the line, in small characters if there are such."""
    text = text.strip()
    small = _SUPER if mark == "^" else _SUB
    tight = text.replace(" ", "")
    if tight and all(character in small for character in tight):
        return "".join(small[character] for character in tight)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}" if mark == "_" else f"^({text})"


def part(text: str, pattern: re.Pattern[str] = _FACTOR) -> str:
    """Return text as a part of a fraction or the like, in parentheses if it needs them."""
    text = _INSIDE.sub("", text.strip())
    return text if pattern.fullmatch(text) else f"({text})"


@cache
def _converter() -> tuple[Any, Any]:
    """Return pylatexenc's converter with notations of ours, and what macros it takes arguments of; 40 ms, once."""
    from pylatexenc import latex2text, latexwalker, macrospec  # type: ignore[import-untyped]

    def argument(node: Any, number: int) -> Any:
        return node.nodeargd.argnlist[number] if node.nodeargd and len(node.nodeargd.argnlist) > number else None

    class Converter(latex2text.LatexNodes2Text):  # type: ignore[misc]
        def nodelist_to_text(self, nodelist: Any) -> str:
            """Return nodes as text; what follows a `^` or `_` is one node, or one character of it."""
            pieces: list[str] = []
            waiting = ""
            for node in nodelist or ():
                if not isinstance(node, latexwalker.LatexCharsNode):
                    text = self.node_to_text(node)
                    # to TeX the blank after a name ends it and is no blank
                    blank = " " if getattr(node, "macro_post_space", "") and text not in ("∂", "∇") else ""
                    pieces.append((script(waiting, text) if waiting else text) + blank)
                    waiting = ""
                    continue
                chars = node.chars
                if waiting and chars.strip():
                    chars = chars.lstrip()
                    pieces.append(script(waiting, chars[0]))
                    chars, waiting = chars[1:], ""
                while found := _SCRIPT.search(chars):
                    pieces.append(chars[: found.start()])
                    rest = chars[found.end() :].lstrip()
                    if not rest:
                        waiting, chars = found[0], ""
                        break
                    pieces.append(script(found[0], rest[0]))
                    chars = rest[1:]
                pieces.append(chars)
            return "".join([*pieces, waiting])

    def fraction(node: Any, l2tobj: Any) -> str:
        above, below = (l2tobj.nodelist_to_text([argument(node, number)]) for number in (0, 1))
        return f"{part(above, _PRODUCT)}/{part(below)}"

    def binomial(node: Any, l2tobj: Any) -> str:
        above, below = (l2tobj.nodelist_to_text([argument(node, number)]) for number in (0, 1))
        return f"C({above}, {below})"

    def root(node: Any, l2tobj: Any) -> str:
        text = part(l2tobj.nodelist_to_text([argument(node, 1)]))
        degree = argument(node, 0)
        # a root takes the whole number or name after it
        text = text if len(text) == 1 or text.startswith("(") else f"({text})"
        return (script("^", l2tobj.nodelist_to_text([degree])) if degree is not None else "") + "√" + text

    def matrix(node: Any, l2tobj: Any) -> str:
        text = l2tobj.nodelist_to_text(node.nodelist)
        rows = [[cell.strip() for cell in row.split("&")] for row in text.split("\n") if row.strip()]
        return "; ".join("  ".join(row) for row in rows)

    context = latex2text.get_default_latex_context_db()
    macro, environment = latex2text.MacroTextSpec, latex2text.EnvironmentTextSpec
    fractions, binomials = ("frac", "dfrac", "tfrac", "nicefrac", "cfrac"), ("binom", "dbinom", "tbinom")
    nothing = ("displaystyle", "textstyle", "limits", "nolimits", "left", "right", "big", "Big", "bigg", "Bigg", "!")
    context.add_context_category(
        "cshell",
        prepend=True,
        macros=[
            *(macro(name, simplify_repl=fraction) for name in fractions),
            *(macro(name, simplify_repl=binomial) for name in binomials),
            macro("sqrt", simplify_repl=root),
            *(macro(name, simplify_repl="") for name in nothing),
            *(macro(name, simplify_repl=" ") for name in (",", ":", ";", "quad", "qquad", " ")),
            *(macro(name, simplify_repl=name) for name in ("lim", "max", "min", "sup", "inf", "log", "exp")),
            macro("operatorname", simplify_repl="%s"),
            macro("\\", simplify_repl="\n"),
        ],
        environments=[
            *(environment(name, simplify_repl=matrix) for name in ("matrix", "array", "smallmatrix")),
            environment("pmatrix", simplify_repl=lambda node, l2tobj: f"({matrix(node, l2tobj)})"),
            environment("bmatrix", simplify_repl=lambda node, l2tobj: f"[{matrix(node, l2tobj)}]"),
        ],
        specials=[],
    )
    context.set_unknown_macro_spec(macro("", simplify_repl=lambda node: f"\\{node.macroname} "))
    known = latexwalker.get_default_latex_context_db()
    of_two = [macrospec.std_macro(name, False, 2) for name in (*fractions, *binomials)]
    known.add_context_category("cshell", prepend=True, macros=of_two)
    return Converter(latex_context=context, math_mode="text"), known
