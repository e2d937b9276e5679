"""The terminal: its type, colours and size, the locale, a multiplexer around it, and ssh."""

import curses
import locale
import os
import re
from collections.abc import Iterator, Mapping
from shutil import which
from typing import Final

from curses_client.doctor.finding import Finding, answer, doubtful, ok

_USUAL_SIZE: Final = (80, 24)
# milliseconds for which Esc may be held back before it is a nuisance
_ESCAPE_TIME: Final = 100
# what tmux answers, and what is better
_TMUX: Final = (
    (
        "extended-keys",
        ("on", "always"),
        "Ctrl-Enter and Shift-Enter do not pass tmux (Alt-Enter does)",
        "set -s extended-keys on",
    ),
    ("set-clipboard", ("on", "external"), "what is copied does not reach the clipboard", "set -s set-clipboard on"),
)
# the first tmux that passes on what it is given to copy, whatever its settings
_PASSES_COPIES: Final = (3, 2)


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is found."""
    if not environ.get("TERM") and not (os.isatty(0) or os.isatty(1)):
        # as through ssh, where cshell draws nothing
        yield ok("this is not run on a terminal: none is looked at")
        yield _locale(environ)
        yield _ssh(environ)
        return
    yield _type(environ)
    yield _locale(environ)
    yield _colours(environ)
    yield _size()
    if environ.get("TMUX"):
        yield from _tmux()
    elif environ.get("STY"):
        yield doubtful(
            "GNU screen: Ctrl-Enter, Shift-Enter and the clipboard do not pass it",
            "Alt-Enter does; tmux and a bare terminal pass all",
        )
    yield _ssh(environ)


def _type(environ: Mapping[str, str]) -> Finding:
    name = environ.get("TERM", "")
    if name in ("", "dumb", "unknown"):
        return doubtful(
            f"the terminal type TERM={name!r} cannot show a screen: lines are printed one below the other",
            "set it to your terminal's, such as xterm, if it is another one",
        )
    if _number(name, "cols") is None:
        return doubtful(
            f"the terminal type {name} is not known on this machine",
            f"from the machine that knows it: infocmp -x {name} | ssh HOST tic -x -",
        )
    if not (os.isatty(0) and os.isatty(1)):
        return doubtful(f"the terminal type is {name}, but this is not run on a terminal")
    return ok(f"the terminal type is {name}")


def _number(name: str, capability: str) -> int | None:
    """Return a number from terminfo; None where the terminal is not known."""
    try:
        with open(os.devnull, "wb") as nowhere:
            curses.setupterm(name, nowhere.fileno())
        return curses.tigetnum(capability)
    except curses.error:
        return None


def _locale(environ: Mapping[str, str]) -> Finding:
    named = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or "C"
    try:
        locale.setlocale(locale.LC_CTYPE, "")
    except locale.Error:
        return doubtful(f"the locale {named} is not installed on this machine", "export LC_ALL=C.UTF-8")
    encoding = locale.nl_langinfo(locale.CODESET)
    if encoding.upper().replace("-", "") != "UTF8":
        return doubtful(f"the locale {named} has the encoding {encoding}; cshell writes UTF-8", "export LC_ALL=C.UTF-8")
    return ok(f"the locale {named} is of UTF-8")


def _colours(environ: Mapping[str, str]) -> Finding:
    if environ.get("NO_COLOR"):
        return ok("nothing is coloured, as NO_COLOR says")
    if environ.get("COLORTERM") in ("truecolor", "24bit"):
        return ok(f"all colours (COLORTERM={environ['COLORTERM']})")
    number = max(_number(environ.get("TERM", ""), "colors") or 0, 0)
    if number >= 256:
        return ok(f"{number} colours; for all of them, if the terminal has them: export COLORTERM=truecolor")
    return doubtful(
        f"{number or 'no'} colours", "export TERM=xterm-256color, or tmux-256color in tmux, if the terminal has more"
    )


def _size() -> Finding:
    for descriptor in (1, 0, 2):
        try:
            cols, rows = os.get_terminal_size(descriptor)
        except OSError:
            continue
        if cols < _USUAL_SIZE[0] or rows < _USUAL_SIZE[1]:
            return doubtful(f"the terminal has {cols} columns and {rows} rows", "80 by 24 show everything that matters")
        return ok(f"the terminal has {cols} columns and {rows} rows")
    return doubtful("the size of the terminal is not known, for this is not run on one")


def _tmux() -> Iterator[Finding]:
    status, version = answer(["tmux", "-V"])
    if status:
        yield doubtful(f"tmux is around this, and does not answer: {version}")
        return
    good = True
    status, delay = answer(["tmux", "show-options", "-sv", "escape-time"])
    if not status and delay.isdigit() and int(delay) > _ESCAPE_TIME:
        good = False
        yield doubtful(f"{version} holds Esc back for {delay} ms", _tmux_mend("set -s escape-time 10"))
    number = re.search(r"(\d+)\.(\d+)", version)
    passes_copies = number is None or tuple(map(int, number.groups())) >= _PASSES_COPIES
    for option, wanted, what, mend in _TMUX:
        is_late = option == "set-clipboard" and not passes_copies
        status, value = answer(["tmux", "show-options", "-sv", option])
        if status or value not in wanted or (is_late and value != "on"):
            good = False
            yield doubtful(f"{version}, {option} {value or 'unknown'}: {what}", _tmux_mend(mend))
    if good:
        yield ok(f"{version} passes keys and the clipboard")


def _tmux_mend(line: str) -> str:
    return f"in ~/.tmux.conf: {line}"


def _ssh(environ: Mapping[str, str]) -> Finding:
    program = (environ.get("CSHELL_SSH", "").split() or ["ssh"])[0]
    if which(program) is None:
        return doubtful(f"there is no {program}, so that --ssh cannot be used", "install an OpenSSH client")
    _, said = answer([program, "-V"])
    match = re.match(r"[\w.]+", said)
    return ok(f"ssh: {program}, {match[0]}" if match else f"ssh: {program}")
