"""How the page looks: the 16 colours and those of code as variables, light or dark as its reader has it."""

from typing import Final

from curses_client.text.highlight import KINDS

_LIGHT: Final = (
    *("#24292f", "#b3202c", "#1a7f37", "#8a5d00", "#0a58c2", "#8a3fb0", "#0b7a88", "#6e7781"),
    *("#57606a", "#cf222e", "#2da44e", "#a87100", "#218bff", "#a475f9", "#1b96a5", "#8c959f"),
)
_DARK: Final = (
    *("#484f58", "#ff7b72", "#56d364", "#e3b341", "#79b8ff", "#d2a8ff", "#56d4dd", "#c9d1d9"),
    *("#8b949e", "#ffa198", "#7ee787", "#f2cc60", "#a5d6ff", "#e2c5ff", "#b3f0ff", "#f0f6fc"),
)
# by the kind of code: the number of its colour, and whether it is bold
_CODE: Final = {
    "keyword": (4, True),
    "builtin": (6, False),
    "function": (4, False),
    "class": (6, True),
    "decorator": (5, False),
    "string": (2, False),
    "escape": (3, False),
    "number": (3, False),
    "constant": (3, False),
    "operator": (8, False),
    "comment": (8, False),
    "magic": (5, True),
    "error": (1, False),
}
_PAGE: Final = """\
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 75rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif }
h1 { font-size: 1.3rem; margin: 0 }
header p { margin: 0 0 1rem; color: var(--c8) }
pre, .in, td, th { font: 13px/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate }
pre.wide { white-space: pre; overflow-x: auto }
section { margin: .6rem 0; padding-left: .6rem; border-left: 3px solid var(--rule); scroll-margin: 1rem }
section:target { border-color: var(--c12) }
section.failed, section.lost { border-color: var(--c1) }
section.skipped, section.waits { border-left-style: dotted; opacity: .75 }
section > * { margin-bottom: .3rem }
.in { color: var(--c8); text-decoration: none }
.code { background: var(--code); padding: .4rem .6rem; border-radius: 4px }
.out { padding: 0 .6rem; overflow-x: auto }
.stderr { border-left: 2px solid var(--c3) }
.note, .d { opacity: .65 }
.rule { display: flex; gap: .6rem; align-items: center; margin: 1rem 0 .3rem; color: var(--c8) }
.rule::before, .rule::after { content: ""; flex: 1; border-top: 1px solid var(--rule) }
.alarming { color: var(--c1) }
img { max-width: 100%; height: auto; background: #fff }
table { border-collapse: collapse }
th, td { padding: .15rem .6rem; text-align: left; white-space: pre }
thead { border-bottom: 1px solid var(--rule) }
tbody tr:nth-child(even) { background: var(--code) }
.right { text-align: right } .center { text-align: center }
.b { font-weight: bold } .i { font-style: italic } .u { text-decoration: underline }
.s { text-decoration: line-through } .u.s { text-decoration: underline line-through }
@media print { section { break-inside: avoid-page } }
"""


def stylesheet() -> str:
    """Return the style sheet of every page."""
    light = _variables(_LIGHT, "#ffffff", "#1f2328", "#d0d7de", "#f6f8fa")
    dark = _variables(_DARK, "#0d1117", "#e6edf3", "#30363d", "#161b22")
    colours = [f".f{number} {{ color: var(--c{number}) }}" for number in range(16)]
    colours += [f".g{number} {{ background: var(--c{number}) }}" for number in range(16)]
    code = [
        f".k-{kind} {{ color: var(--c{_CODE[kind][0]}){'; font-weight: bold' if _CODE[kind][1] else ''} }}"
        for kind in KINDS
        if kind in _CODE
    ]
    return "\n".join(
        [
            f":root {{ color-scheme: light dark; {light} }}",
            f"@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}",
            _PAGE.rstrip(),
            *colours,
            *code,
        ]
    )


def _variables(palette: tuple[str, ...], page: str, text: str, rule: str, code: str) -> str:
    named = {"page": page, "text": text, "rule": rule, "code": code}
    named |= {f"c{number}": colour for number, colour in enumerate(palette)}
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())
