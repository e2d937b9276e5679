"""What the machine makes of keys is what vim makes of them: each sequence at many places of several texts."""

import random
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.curses_client.vi.typist import Typist
from tests.curses_client.vi.vim import outcomes

pytestmark = pytest.mark.skipif(shutil.which("vim") is None, reason="there is no vim here to compare with")

CODE: Final = """import os

def score(n, names=[]):
    \'\'\'Mean score. Of n runs!\'\'\'
    for i in range(n):
        x = f(a[i], "b c") + y.z
        print(x, "it's", {1: (2, 3)})

    return  x


class A:
    pass"""
PROSE: Final = """One two.  Three four five?  Six.
Seven eight
nine (ten. ) eleven.

  Indented line here. And
more.


Last word"""
# accents that are characters of their own, and characters of two columns
FOREIGN: Final = "naïve café — über\n  漢字 text\n\nx"
TEXTS: Final = {"code": (CODE, 6), "prose": (PROSE, 6), "foreign": (FOREIGN, 3)}

# fmt: off
KEYS: Final = (
    "dw", "d2w", "2dw", "dW", "db", "de", "dE", "d2e", "dge", "d$", "D", "d0", "d^", "dh", "dl", "x", "3x", "X", "dd",
    "2dd", "dj", "dk", "dG", "dgg", "d}", "d)", "d(", "d%", "dfe", "dFe", "dte", "dTe", "d_", "d+", "d-", "d/ex<CR>",
    "d*", "yw", "yy", "yj", "yk", "y}", "Y", "yiw", "y$", "cwX", "c2wX", "cWX", "ceX", "cbX", "c$X", "CX", "ccX",
    "cjX", "SX", "sX", "3sX", "cX", ">>", "2>>", ">j", "<<", ">}", "g~w", "g~~", "gUU", "gUj", "gUiw", "~", "3~",
    "rX", "3rX", "J", "gJ", "iX", "aX", "IX", "AX", "gIX", "3iX", "OX", "2OX", "RXYZ", "2RX", "RXYZ<BS><BS>", "xp",
    "xP", "x3p", "ddp", "ddP", "yyp", "yyP", "yy2p", "yyjP", "yjp", "ywP", "ywp", "ywgp", "yygp", "yygP", "dwP", "h",
    ")", "(", "}", "2}", "3}", "2{", "e", "2e", "1 ", "diw", "daw", "diW", "daW", "dip", "dap", "2dip", "2dap",
    "ciwX", "cawX", "cipX", 'di"', 'da"', 'ci"X', "di'", "da'", "di(", "da(", "dib", "di[", "da[", "di{", "da{",
    "diB", "yi(", "ya{", "vd", "vld", "v3ld", "vjd", "vkd", "v$d", "vwd", "ved", "vbd", "vey", "veyP", "vjy", "Vd",
    "Vjd", "Vky", "Vjyp", "VcX", "VjcX", "vecX", "vsX", "vX", "vC", "vJ", "vjJ", "vrX", "vjrX", "VrX", "v~", "vU",
    "vjU", "VU", "VgU", "v>", "V>", "Vj>", "Vj2>", "V<", "viwd", "vawd", "vi(d", "va(d", "vi(a(d", "vipd", "vapd",
    "vipipd", "voX", "vlohd", "vjohd", "yiwvep", "yiwVp", "yyvp", "yyVp", "yyVjp", "yiwveP", "vlygvd", "maw`ad",
    "mawd`a", "majd'a", "majjd`a", "wmbgg`bx", "dw.", "dwj.", "ddj.", "2dd.", "dd2.", "x.", "3x.", "x3.",
    "cwfoo<Esc>.", "cwfoo<Esc>w.", "cwfoo<Esc>w2.", "ifoo<Esc>.", "afoo<Esc>.", "afoo<Esc>3.", "Afoo<Esc>j.",
    "Ifoo<Esc>j.", "3ifo<Esc>.", "ccfoo<Esc>j.", ">>.", ">>2.", "rX.", "rXl2.", "RXY<Esc>w.", "~.", "J.", "vlld.",
    "vlldw.", "Vd.", "Vjd.", "vlcX<Esc>w.", "vlrX.", "VjU.", "v~.", "p", "xp.", "ywp.", "yyp.", "A<BS>X<Esc>j.",
    "AX<BS><BS>Y<Esc>j.", "df .", "ct,X<Esc>.", '"ayw"ap', '"ayw"Ayy"ap', '"ayy"Ayw"ap', 'yw"0p', 'ywdw"0P',
    'ddyw"1p', 'dddd"2p', '"_dwP', '"_ddP', "d3w", "y3w", "3d2w", "5<C-a>", "<C-x>", "VGd", "ggVGd", "yGP",
    "iX<C-w>", "ifoo bar<C-w>X", "A<C-w>", "A<C-w><C-w>", "Afoo<C-u>", "A<C-u>", "A<C-u><C-u>", "I<C-t>", "A<C-t>X",
    "A<C-d>X", "ywA<C-r>0", 'ywA<C-r>"', "ifoo<C-o>0X", "A<C-o>~X", "ggg~G", "gUG", "dgE", "yge", "cgeX", "g~e",
    "gu$", "gUip", ">ip", ">G", "<G", "yG", "dt,", "fid;", "fid,", "d2fe", "dT(", "v%d", "%d%", "f(d%", "f(%x",
    "f(y%P", "va{y", "50%x", "d3|", "gj", "gkx", "gix", "iX<Esc>jgiY", "iX<Esc>gggiY", "/e<CR>dw", "d/e<CR>",
    "d?e<CR>", "c/e<CR>X", "/e<CR>dn", "/e<CR>dN", "/e<CR>cwX<Esc>n.", "*x", "/nothere<CR>x", "fzx", "dfz", "cfzX",
    "dip.", "dap.", "daw.", "di(.", "yypVrX", "d5j", "d5k", "99x", "99dd", "99w", "y9yP",
)
# a selection of columns
BLOCKS: Final = (
    "d", "jd", "jjd", "jlld", "jjlly", "jllyP", "jllyp", "jly3p", "jlyjjp", "jly$p", "jlygp", "jlygP", "jjlx", "j$d",
    "jj$y", "jlD", "jjD", "jlX", "jlY", "jcX", "jjllcXY", "j$cX", "jCX", "jjlCX", "jIX", "jjIXY", "jlAX",
    "jjllAXY", "j$AX", "jj$AX", "jlrX", "jj$rX", "jl~", "jlU", "jlgu", "jlld.", "jlldj.", "jIX<Esc>j.", "jlAX<Esc>j.",
    "jlcX<Esc>w.", "jlrXj.", "jlod", "jlohd", "jlOd", "jlOhd", "joJ", "jlJ", "kd", "kly", "khd", "jhd", "jlvd", "jlVd",
    "jl<C-v>x", "jl<Esc>gvd", "jSX", "jRX", "3jly", "e3jd", "jewd",
)
PUT_OVER: Final = ("yw<C-v>jlp", "yw<C-v>jlP", "yw<C-v>jjllp", "yy<C-v>jlp", "<C-v>jlyw<C-v>jlp", "y2j<C-v>jp")
MACROS: Final = (
    ("|xw\none two three\nfour", '"ay$j@a'),
    ("|xw\none two three\nfour", '"ay$j2@a'),
    ("|dwj\none two three\nfour five\nsix seven", '"ay$j@a@@'),
    ("|dwj0\none two three\nfour five\nsix seven", '"ay$j9@a'),
    ("|A;\x1bj\none\ntwo\nthree", '"ay$j99@a'),
    ("|fxx\naxbxc\nd", '"ay$j@a'),
    ("|fxxfxxfxx\naxbxc\nd", '"ay$j@a'),
    ("|lx\nabcdef\nd", '"ay$jA<Esc>2@a'),
    ("|p\none two\nd", '"ay$jyw3@a'),
    ("|/e\rx\none the three\nbee", '"ay$j2@a'),
    ("|wx\none\n", '"ay$j5@a'),
    ("|ix\x1bl\nab", '"ay$j5@a'),
    ("|hx\nab", '"ay$j5@a'),
)
# fmt: on
# what is selected is measured in columns by vim, and in characters here
BY_COLUMN: Final = frozenset({"vlldw.", "vlcX<Esc>w.", "vlld.", "vlrX."})


def differs(text: str, marked: str, keys: str) -> bool:
    """Whether vim is known to do something else, that is not worth having."""
    if text == FOREIGN and keys in BY_COLUMN:
        return True
    # a word around an empty line, and a sentence from within the indentation of a paragraph
    return ("aw" in keys.lower() and "\n|\n" in marked) or (keys in ("2(", "2)", "d)", ")") and "\n|" in marked)


def compared(
    cases: list[tuple[str, str]], directory: Path, *, but_blanks: bool = False, goes_on: bool = True
) -> list[tuple[object, ...]]:
    """Return the cases in which vim leaves something else; `but_blanks` at the ends of the lines in its register."""
    found = outcomes(cases, directory, goes_on=goes_on)
    assert len(found) == len(cases)
    wrong = []
    for (marked, one), vim in zip(cases, found, strict=True):
        expected, found = (f"{vim.text[: vim.at]}|{vim.text[vim.at :]}", vim.register), result(marked, one)
        same = [text.rstrip() for text in expected[1].split("\n")] == [text.rstrip() for text in found[1].split("\n")]
        if found[0] != expected[0] or not (same if but_blanks else found[1] == expected[1]):
            wrong.append((one, marked, found, expected))
    return wrong


def ends_first(marked: str, keys: str) -> bool:
    """Whether the line ends before what is selected, or the text: vim makes a block of its own of that."""
    line, more, _ = marked.partition("|")[2].partition("\n")
    return ("l" in keys and len(line) < 3) or ("J" in keys and not more)


def places(text: str, count: int) -> list[str]:
    """Return the text with its cursor at so many places, the first and the last one among them."""
    on = [at for at in range(len(text)) if text[at] != "\n" or at == 0 or text[at - 1] == "\n"]
    chosen = {on[0], on[-1], *random.Random(5).sample(on, count)}
    return [f"{text[:at]}|{text[at:]}" for at in sorted(chosen)]


def result(marked: str, keys: str) -> tuple[str, str]:
    """Return the marked text that keys leave, and the unnamed register."""
    typist = Typist(marked).type(keys)
    for _ in range(2):
        if typist.scene.vi.mode != "normal" or typist.scene.vi.pending:
            typist.press("esc")
    register = typist.register()
    return typist.marked, "" if register is None else register.text + "\n" * register.linewise


@pytest.mark.parametrize("name", TEXTS)
def test_keys_do_what_they_do_in_vim(name: str, tmp_path: Path) -> None:
    text, count = TEXTS[name]
    cases = [(marked, one) for marked in places(text, count) for one in KEYS if not differs(text, marked, one)]
    assert compared(cases, tmp_path) == []


@pytest.mark.parametrize("name", ["code", "prose"])
def test_columns_are_selected_as_in_vim(name: str, tmp_path: Path) -> None:
    text, count = TEXTS[name]
    keys = (*(f"<C-v>{one}" for one in BLOCKS), *PUT_OVER)
    cases = [(marked, one) for marked in places(text, 3 * count) for one in keys if not ends_first(marked, one)]
    # vim has one blank more for a line that does not reach columns behind $
    assert compared(cases, tmp_path, but_blanks=True) == []


def test_macros_do_what_they_do_in_vim(tmp_path: Path) -> None:
    assert compared(list(MACROS), tmp_path, goes_on=False) == []
