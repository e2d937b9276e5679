"""What vim itself makes of keys: many cases in one run of it."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from tests.curses_client.vi.typist import keys_of

_SETTINGS: Final = "set nocompatible whichwrap& shiftwidth=4 expandtab encoding=utf-8 autoindent ignorecase smartcase nojoinspaces backspace=indent,eol,start"
_VIM: Final = {"esc": "\\<Esc>", "enter": "\\<CR>", "backspace": "\\<BS>", "<": "\\<lt>", "tab": "\\<Tab>"}


class Outcome(NamedTuple):
    """The text, the cursor in it as a count of code points, and the unnamed register."""

    text: str
    at: int
    register: str


def outcomes(cases: Sequence[tuple[str, str]], directory: Path, *, goes_on: bool = True) -> list[Outcome]:
    """Return what vim makes of each marked text and its keys; whether it `goes_on` behind one that does nothing."""
    answers = directory / "answers"
    script = directory / "script.vim"
    lines = [
        _SETTINGS,
        _FUNCTION if goes_on else _FUNCTION.replace("silent!", "silent"),
        *(_call(marked, keys) for marked, keys in cases),
    ]
    lines += [f"call writefile(map(g:found, 'json_encode(v:val)'), '{answers}')", "qall!"]
    script.write_text("\n".join(lines), encoding="utf-8")
    command = ["vim", "-u", "NONE", "-i", "NONE", "-N", "-n", "-es", "-S", str(script)]
    subprocess.run(command, check=False, timeout=60, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return [_outcome(line) for line in answers.read_text(encoding="utf-8").splitlines()]


_FUNCTION: Final = r"""
let g:found = []
func! Case(lines, row, col, keys)
  enew!
  set undolevels=-1
  call setline(1, a:lines)
  set undolevels=1000
  call setreg('"', '')
  call cursor(a:row, a:col)
  silent! execute "normal! " . a:keys . "\<Esc>"
  let place = getcurpos()
  call add(g:found, [getline(1, '$'), place[1], charcol('.'), getreg('"')])
endfunc"""


def _call(marked: str, keys: str) -> str:
    before, _, after = marked.partition("|")
    lines = json.dumps((before + after).split("\n"), ensure_ascii=False)
    row, col = before.count("\n") + 1, len(before.rpartition("\n")[2].encode()) + 1
    return f'call Case({lines}, {row}, {col}, "{"".join(map(_vim_key, keys_of(keys)))}")'


def _vim_key(key: str) -> str:
    if key.startswith("ctrl "):
        return f"\\<C-{key[5:]}>"
    return _VIM.get(key) or key.replace("\\", "\\\\").replace('"', '\\"')


def _outcome(line: str) -> Outcome:
    lines, row, col, register = json.loads(line)
    at = sum(len(line) + 1 for line in lines[: row - 1]) + col - 1
    return Outcome("\n".join(lines), at, register)
