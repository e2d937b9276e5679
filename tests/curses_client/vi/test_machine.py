"""The modes of vi one key after the other: (text with the cursor, keys) -> text with the cursor."""

from typing import Final

import pytest

from curses_client.vi import actions, block, inserting, motions, objects, operators
from curses_client.vi.selection import selected_span
from curses_client.vi.values import Register, Run, Say, Span, Type, Yank
from tests.curses_client.vi.typist import Typist

THREE: Final = "one two\n  three\nfour"

# ---- each row of each table --------------------------------------------------------------------------------

MOTIONS: Final = {
    "h": ("ab|c", "h", "a|bc"),
    "l": ("|abc", "l", "a|bc"),
    "backspace": ("ab\n|cd", "<BS>", "a|b\ncd"),
    " ": ("a|b\ncd", " ", "ab\n|cd"),
    "k": ("abc\nde|f", "k", "ab|c\ndef"),
    "j": ("ab|c\nd\nefg", "jj", "abc\nd\nef|g"),
    "gk": ("abc\nde|f", "gk", "ab|c\ndef"),
    "gj": ("ab|c\ndef", "gj", "abc\nde|f"),
    "0": ("  ab|c", "0", "|  abc"),
    "^": ("  ab|c", "^", "  |abc"),
    "$": ("|abc\nlonger", "$j", "abc\nlonge|r"),
    "|": ("|abc", "3|", "ab|c"),
    "w": ("|foo.bar", "w", "foo|.bar"),
    "W": ("|foo.bar x", "W", "foo.bar |x"),
    "b": ("foo.ba|r", "b", "foo.|bar"),
    "B": ("foo.ba|r", "B", "|foo.bar"),
    "e": ("|foo bar", "ee", "foo ba|r"),
    "E": ("|f.o bar", "E", "f.|o bar"),
    "ge": ("foo |bar", "ge", "fo|o bar"),
    "gE": ("f.o |bar", "gE", "f.|o bar"),
    "f": ("|a.b.c", "2f.", "a.b|.c"),
    "F": ("a.b.|c", "F.", "a.b|.c"),
    "t": ("|abc.d", "t.", "ab|c.d"),
    "T": ("a.bc|d", "T.", "a.|bcd"),
    ";": ("|a.b.c", "f.;", "a.b|.c"),
    ",": ("|a.b.c", "f.;,", "a|.b.c"),
    "_": ("|a\n  b", "2_", "a\n  |b"),
    "+": ("|a\n  b", "+", "a\n  |b"),
    "enter": ("|a\n  b\nc", "d<CR>", "|c"),
    "-": ("  a\n|b", "-", "  |a\nb"),
    "G": ("|a\nb\n  c", "G", "a\nb\n  |c"),
    "gg": ("a\nb\n|c", "2gg", "a\n|b\nc"),
    "H": ("a\n|b\nc", "H", "|a\nb\nc"),
    "M": ("a\n|b\nc", "M", "|a\nb\nc"),
    "L": ("a\n|b\nc", "dL", "|c"),
    "ctrl d": ("|a\nb\nc", "2<C-d>", "a\nb\n|c"),
    "ctrl u": ("a\nb\n|c", "<C-u>", "|a\nb\nc"),
    ")": ("|One. Two.", ")", "One. |Two."),
    "(": ("One. Tw|o.", "(", "One. |Two."),
    "}": ("|a\nb\n\nc", "}", "a\nb\n|\nc"),
    "{": ("a\n\nb\n|c", "{", "a\n|\nb\nc"),
    "%": ("|f(a, (b))", "%", "f(a, (b)|)"),
    "/": ("|one two one", "/one<CR>", "one two |one"),
    "?": ("one |two one", "?one<CR>", "|one two one"),
    "n": ("|a b a b a", "/a<CR>n", "a b a b |a"),
    "N": ("|a b a b a", "/a<CR>N", "|a b a b a"),
    "*": ("|foo food foo", "*", "foo food |foo"),
    "#": ("foo food |foo", "#", "|foo food foo"),
    "'": ("a|b\ncd", "majj'a", "|ab\ncd"),
    "`": ("a|b\ncd", "maj`a", "a|b\ncd"),
}
OPERATORS: Final = {
    "d": ("|foo bar", "dw", "|bar"),
    "c": ("|foo bar", "cwx", "x| bar"),
    "y": ("|foo bar", "ywP", "foo| foo bar"),
    ">": ("|a\nb", ">j", "    |a\n    b"),
    "<": ("    |a", "<<", "|a"),
    "=": ("if x:\n|y", "==", "if x:\n    |y"),
    "g~": ("|aBc", "g~~", "|AbC"),
    "gu": ("|ABC d", "guw", "|abc d"),
    "gU": ("|abc d", "gUiw", "|ABC d"),
    "gc": ("  |a\n    b", "gcj", "  |# a\n  #   b"),
}
OBJECTS: Final = {
    "iw": ("foo b|ar", "diw", "foo| "),
    "aw": ("foo b|ar", "daw", "fo|o"),
    "iW": ("foo b|.r x", "diW", "foo | x"),
    "aW": ("foo b|.r x", "daW", "foo |x"),
    "is": ("One. T|wo. Six.", "dis", "One. | Six."),
    "as": ("One. T|wo. Six.", "das", "One. |Six."),
    "ip": ("a\n|b\n\nc", "dip", "|\nc"),
    "ap": ("a\n|b\n\nc", "dap", "|c"),
    'i"': ('x = "a|b" + "c"', 'di"', 'x = "|" + "c"'),
    'a"': ('x = "a|b" + "c"', 'da"', 'x = |+ "c"'),
    "i'": ("'a\\'|b'", "di'", "'|'"),
    "a'": ("x 'a|b'", "da'", "|x"),
    "i`": ("`a|b`", "di`", "`|`"),
    "a`": ("`a|b`", "da`", "|"),
    "i(": ("f(a, (b|))", "2di(", "f(|)"),
    "i)": ("f(a|b)", "di)", "f(|)"),
    "ib": ("f(a|b)", "dib", "f(|)"),
    "a(": ("f(a|b)", "da(", "|f"),
    "a)": ("f(a|b)", "da)", "|f"),
    "ab": ("f(a|b)", "dab", "|f"),
    "i[": ("x[a|b]", "di[", "x[|]"),
    "i]": ("x[a|b]", "di]", "x[|]"),
    "a[": ("x[a|b]", "da[", "|x"),
    "a]": ("x[a|b]", "da]", "|x"),
    "i{": ("{\n  a|b\n}", "di{", "{\n|}"),
    "i}": ("{a|b}", "di}", "{|}"),
    "iB": ("{a|b}", "diB", "{|}"),
    "a{": ("x{a|b}", "da{", "|x"),
    "a}": ("x{a|b}", "da}", "|x"),
    "aB": ("x{a|b}", "daB", "|x"),
    "i<": ("x<a|b>", "di<lt>", "x<|>"),
    "i>": ("x<a|b>", "di>", "x<|>"),
    "a<": ("x<a|b>", "da<lt>", "|x"),
    "a>": ("x<a|b>", "da>", "|x"),
}
ACTIONS: Final = {
    "i": ("a|b", "ix", "ax|b"),
    "a": ("a|b", "ax", "abx|"),
    "I": ("  a|b", "Ix", "  x|ab"),
    "A": ("|ab", "Ax", "abx|"),
    "gI": ("  a|b", "gIx", "x|  ab"),
    "gi": ("|ab\ncd", "Ax<Esc>jgiy", "abxy|\ncd"),
    "o": ("|if x:\ny", "oz", "if x:\n    z|\ny"),
    "O": ("a\n  |b", "Oz", "a\n  z|\n  b"),
    "R": ("|abc", "Rxy<BS>", "x|bc"),
    "r": ("|abc", "2rx", "x|xc"),
    "~": ("|abC", "3~", "AB|c"),
    "J": ("|a\n  b\nc", "3J", "a b| c"),
    "gJ": ("|a\n  b", "gJ", "a|  b"),
    "p": ("|ab", "xp", "b|a"),
    "P": ("|ab", "xP", "|ab"),
    "gp": ("|ab cd", "ywgp", "aab |b cd"),
    "gP": ("|ab\ncd", "yygP", "ab\n|ab\ncd"),
    "ctrl a": ("|x9", "3<C-a>", "x1|2"),
    "ctrl x": ("|a 1", "2<C-x>", "a -|1"),
    "v": ("|abc", "vld", "|c"),
    "V": ("a\n|b\nc", "Vd", "a\n|c"),
    "ctrl v": ("|abc\ndef", "<C-v>jld", "|c\nf"),
    "gv": ("|ab cd", "ve<Esc>wgvd", "| cd"),
    "q": ("|a\nb\nc", "qzA;<Esc>jq@z", "a;\nb;\n|c"),
    "@": ("|a\nb\nc\nd", "qzA;<Esc>jq@z@@", "a;\nb;\nc;\n|d"),
    "m": ("|ab", "mxl`x", "|ab"),
    "x": ("|ab", "x", "|b"),
    "X": ("a|b", "X", "|b"),
    "D": ("a|bc", "D", "|a"),
    "C": ("a|bc", "Cx", "ax|"),
    "Y": ("|ab", "Yp", "ab\n|ab"),
    "s": ("|abc", "2sx", "x|c"),
    "S": ("  a|b", "Sx", "  x|"),
    "delete": ("|ab", "x", "|b"),
    "insert": ("|ab", "ix", "x|ab"),
}
SELECTING: Final = {
    "d": ("|abc", "vld", "|c"),
    "x": ("|abc", "vlx", "|c"),
    "D": ("a|b\nc", "vD", "|c"),
    "X": ("a|b\nc", "vX", "|c"),
    "c": ("|abc", "vlcx", "x|c"),
    "s": ("|abc", "vlsx", "x|c"),
    "C": ("  a|b\nc", "vCx", "  x|\nc"),
    "S": ("  a|b\nc", "vSx", "  x|\nc"),
    "R": ("  a|b\nc", "vRx", "  x|\nc"),
    "y": ("|abc", "vlyP", "a|babc"),
    "Y": ("a|b\nc", "vYp", "ab\n|ab\nc"),
    ">": ("|a\nb", "Vj2>", "        |a\n        b"),
    "<": ("    |a", "V<lt>", "|a"),
    "=": ("if x:\n|y", "V=", "if x:\n    |y"),
    "~": ("|aB", "vl~", "|Ab"),
    "g~": ("|aB", "vlg~", "|Ab"),
    "u": ("|AB", "vlu", "|ab"),
    "gu": ("|AB", "vlgu", "|ab"),
    "U": ("|ab", "vlU", "|AB"),
    "gU": ("|ab", "vlgU", "|AB"),
    "gc": ("|a\nb", "Vjgc", "|# a\n# b"),
    "J": ("|a\nb\nc", "VjjJ", "a b| c"),
    "gJ": ("|a\n b", "VgJ", "a| b"),
    "r": ("|ab\nc", "Vjrx", "|xx\nx"),
    "p": ("|ab cd", "yiwwviwp", "ab a|b"),
    "P": ("|ab cd", "yiwwviwPp", "ab aba|b"),
    "I": ("a|bc", "vlIx", "ax|bc"),
    "A": ("|abc", "vlAx", "abx|c"),
    "o": ("a|bcd", "vlohd", "|d"),
    "O": ("a|bcd", "vlOhd", "|d"),
}
BLOCKS: Final = {
    "d": ("a|bc\nde\nfgh", "<C-v>jjd", "a|c\nd\nfh"),
    "x": ("a|bc\nde\nfgh", "<C-v>jx", "a|c\nd\nfgh"),
    "X": ("a|bc\nde", "<C-v>jX", "a|c\nd"),
    "D": ("a|bc\ndef", "<C-v>jD", "|a\nd"),
    "c": ("a|bc\ndef", "<C-v>jcxy<Esc>", "ax|yc\ndxyf"),
    "s": ("a|bc\ndef", "<C-v>jsx<Esc>", "a|xc\ndxf"),
    "C": ("a|bc\ndef", "<C-v>jCx<Esc>", "a|x\ndx"),
    "y": ("a|bc\ndef", "<C-v>jyP", "a|bbc\ndeef"),
    "Y": ("a|bc\ndef", "<C-v>jYP", "a|bbc\ndeef"),
    "I": ("a|bc\nd\n\nefg", "<C-v>jjjIx<Esc>", "a|xbc\ndx\n\nexfg"),
    "A": ("a|bc\nd\nefg", "<C-v>jjAx<Esc>", "a|bxc\nd x\nefxg"),
    "r": ("a|bc\ndef", "<C-v>jlrx", "a|xx\ndxx"),
    "~": ("a|bc\ndef", "<C-v>j~", "a|Bc\ndEf"),
    "g~": ("a|bc\ndef", "<C-v>jg~", "a|Bc\ndEf"),
    "u": ("A|BC\nDEF", "<C-v>ju", "A|bC\nDeF"),
    "gu": ("A|BC\nDEF", "<C-v>jgu", "A|bC\nDeF"),
    "U": ("a|bc\ndef", "<C-v>jU", "a|Bc\ndEf"),
    "gU": ("a|bc\ndef", "<C-v>jgU", "a|Bc\ndEf"),
    "p": ("|abc\ndef", "yll<C-v>jp", "a|ac\ndaf"),
    "P": ("|abc\ndef", "yll<C-v>jPP", "a|aac\ndaf"),
    "O": ("a|bcd\nefgh", "<C-v>jlOhd", "|d\nh"),
}
INSERTS: Final = {
    "esc": ("|ab", "ax<Esc>", "a|xb"),
    "ctrl o": ("|ab", "A<C-o>0x", "x|ab"),
    "ctrl r": ("|ab", "yiwA<C-r>0", "abab|"),
    "ctrl w": ("|", "ione two<C-w>", "one |"),
    "ctrl u": ("a|b", "ixy<C-u>", "a|b"),
    "ctrl t": ("|ab", "i<C-t>", "    |ab"),
    "ctrl d": ("     |ab", "i<C-d>", "    |ab"),
}
# what has no effect on the text is tested below
ASKING: Final = {"enter", "u", "ctrl r", ":", "ctrl f", "ctrl b", "ctrl e", "ctrl y", "ctrl n", "ctrl p", "ZZ", "ZQ"}
TABLES: Final = {
    "motions": (MOTIONS, set(motions.BY_KEY)),
    "operators": (OPERATORS, set(operators.BY_KEY)),
    "objects": (OBJECTS, set(objects.BY_KEY)),
    "actions": (ACTIONS, set(actions.ACTION_BY_KEY) | set(actions.SHORT)),
    "selecting": (SELECTING, set(actions.SELECTING_BY_KEY) - {"delete"}),
    "blocks": (BLOCKS, set(block.BY_KEY) - {"delete"}),
    "inserts": (INSERTS, set(inserting.BY_KEY)),
}


@pytest.mark.parametrize("name", TABLES)
def test_each_row_has_an_example(name: str) -> None:
    examples, rows = TABLES[name]
    assert rows - ASKING <= set(examples) <= rows


@pytest.mark.parametrize(
    ("before", "keys", "after"), [example for examples, _ in TABLES.values() for example in examples.values()]
)
def test_rows(before: str, keys: str, after: str) -> None:
    assert Typist(before).type(keys).marked == after


# ---- what several of them do together ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        # counts are multiplied
        ("|a b c d e f g", "2d3w", "|g"),
        ("|abc", "99x", "|"),
        ("|a", "3ix<Esc>", "xx|xa"),
        ("|a", "2ob<Esc>", "a\nb\n|b"),
        # the last change again
        ("|a b c", "dw.", "|c"),
        ("|a b c d", "dw2.", "|d"),
        ("|a b", "cwxy<Esc>w.", "xy x|y"),
        ("|a\nb", "A;<Esc>j.", "a;\nb|;"),
        ("|a\nb", "A<BS>x<Esc>j.", "x\n|x"),
        ("|a b c", "vld.", "|c"),
        ("|a\nb\nc", "Vcx<Esc>j.", "x\n|x\nc"),
        ("|abcd", "Rxy<Esc>l.", "xyx|y"),
        ("|foo(a) foo(b)", "ci(x<Esc>/b<CR>.", "foo(x) foo(|x)"),
        # a new line keeps no blanks in which nothing was typed
        ("if x:|", "o<Esc>", "if x:\n|"),
        ("  |a", "cc<Esc>", "|"),
        # r makes a new line
        ("a| b", "r<CR>", "a\n|b"),
        # several registers
        ("|a b", '"xdw"ydiw"xP"yp', "a |b"),
        ("|a b", '"xyw"Xyw"xp', "aa a|  b"),
        ("|a\nb\nc", 'dddd"2p', "c\n|a"),
        ("|a b", 'yw"_dw"0P', "a| b"),
        # keys of the keyboard's other half
        ("|abc", "v$y", "|abc"),
        ("|a", "V9999>", f"{' ' * 400}|a"),
        ("漢|字", "x", "|漢"),
        ("e\u0301|e\u0301", "x", "|e\u0301"),
        ("|e\u0301x", "l", "e\u0301|x"),
    ],
)
def test_together(before: str, keys: str, after: str) -> None:
    assert Typist(before).type(keys).marked == after


@pytest.mark.parametrize(
    "keys", ["zz", "dz", "gz", '"!', "d<Esc>", "r<Esc>", "fz", "2", "'q", "dfz", "di(", "p", ".", "n", "@"]
)
def test_what_means_nothing_changes_nothing(keys: str) -> None:
    typist = Typist("a|b").type(keys)
    assert typist.marked == "a|b"
    assert typist.scene.vi.mode == "normal"


@pytest.mark.parametrize(
    ("keys", "pending"), [("2d", "2d"), ('"a', '"a'), ("di", "di"), ("2d<Esc>", ""), ("g", "g"), ("dw", ""), ("zz", "")]
)
def test_keys_of_a_command_that_is_not_complete_wait(keys: str, pending: str) -> None:
    assert "".join(Typist("|a b").type(keys).scene.vi.pending) == pending


@pytest.mark.parametrize(
    ("keys", "mode"),
    [
        ("", "normal"),
        ("i", "insert"),
        ("R", "replace"),
        ("v", "visual"),
        ("V", "visual line"),
        ("vV", "visual line"),
        ("vv", "normal"),
        ("VV", "normal"),
        ("v<Esc>", "normal"),
        ("vip", "visual line"),
        ("i<C-o>", "normal"),
        ("i<C-o>l", "insert"),
        ("i<C-o>d", "normal"),
        ("i<C-o>dw", "insert"),
        ("vc", "insert"),
    ],
)
def test_modes(keys: str, mode: str) -> None:
    assert Typist("|one two").type(keys).scene.vi.mode == mode


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        ("u", Run("undo")),
        ("3u", Run("undo", 3)),
        ("<C-r>", Run("redo")),
        ("<CR>", Run("vi-run")),
        ("k", Run("up")),
        ("2j", Run("down", 2)),
        ("<C-f>", Run("page-down")),
        ("<C-b>", Run("page-up")),
        ("<C-e>", Run("line-down")),
        ("<C-y>", Run("line-up")),
        (":", Type(":")),
        ("3:", Type(":", ".,.+2")),
        ("v:", Type(":", "'<,'>")),
        ("/", Type("/")),
        ("d?", Type("?")),
        ('"+yy', Yank("one\n")),
        ('"*yiw', Yank("one")),
        ("i<C-n>", Run("complete-or-indent")),
        ("i<C-p>", Run("complete-or-indent")),
        ("mA", Say("a mark is a letter from a to z, and not A")),
        ("/zz<CR>", Say("not found: zz")),
        ("n", Say("nothing was searched for yet")),
    ],
)
def test_what_is_asked_of_the_client(keys: str, asked: object) -> None:
    assert Typist("|one").type(keys).asked[-1] == asked


@pytest.mark.parametrize(
    ("keys", "span"),
    [
        ("v", Span(1, 2)),
        ("vl", Span(1, 3)),
        ("vh", Span(0, 2)),
        ("v$", Span(1, 8)),
        ("Vj", Span(1, 9, True)),
        ("viw", Span(0, 3)),
    ],
)
def test_what_is_selected(keys: str, span: Span) -> None:
    scene = Typist("o|ne two\n  three").type(keys).scene
    assert selected_span(scene.vi, scene.text, scene.at) == span


@pytest.mark.parametrize(
    ("keys", "name", "text", "linewise"),
    [
        ("yw", "0", "one ", False),
        ("yw", '"', "one ", False),
        ("dw", "-", "one ", False),
        ("dd", "1", "one two", True),
        ('"ayw', "a", "one ", False),
        ('"ayw"Ayy', "a", "one \none two", True),
        ("dj", "1", "one two\n  three", True),
        ("y$", "0", "one two", False),
    ],
)
def test_registers(keys: str, name: str, text: str, linewise: bool) -> None:
    assert Typist(f"|{THREE}").type(keys).register(name) == Register(text, linewise)


def test_a_mark_goes_with_what_it_stands_on() -> None:
    assert Typist("a\n|b").type("mxggOnew<Esc>`x").marked == "new\na\n|b"
    assert Typist("a\n|b").type("mxggdd`x").marked == "|b"


def test_jumps_lead_back() -> None:
    assert Typist("a|b\nc\nd").type("G``").marked == "a|b\nc\nd"
    assert Typist("a|b\nc\nd").type("G''").marked == "|ab\nc\nd"


def test_an_object_is_taken_again_around_what_is_selected() -> None:
    scene = Typist("f(a, (b|c))").type("vi(i(").scene
    assert selected_span(scene.vi, scene.text, scene.at) == Span(2, 9)
    assert Typist("|one two three").type("viwawd").marked == "| three"
