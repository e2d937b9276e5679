"""The modes of vi in the client: keys in, the text with its mode and what is asked for out."""

from dataclasses import replace

import pytest

from curses_client.cursor_shape import shape_of
from curses_client.events import (
    Ask,
    Control,
    Copy,
    FileRead,
    Leave,
    MouseDragged,
    MousePressed,
    Pasted,
    Save,
    Saved,
    Submit,
    TabChosen,
    WriteFile,
)
from curses_client.layout import layout
from curses_client.options import Options
from tests.curses_client.drawing import drawn, lines
from tests.curses_client.files.support import document
from tests.curses_client.support import Client, Journal


def client(text: str = "", journal: Journal | None = None) -> Client:
    """Return a client with the keys of vi, in the normal mode if there is a text."""
    result = Client(journal=journal).set(options=Options(keys="vi"))
    return result.send(Pasted(text)).press("esc") if text else result


def type_line(user: Client, line: str) -> Client:
    return user.press(*line, "enter")


def mode(user: Client) -> str:
    return user.state.editor.vi.mode


def busy(*codes: str) -> Journal:
    """Return a session in which the first cell runs and the others wait."""
    journal = Journal().session()
    for number, code in enumerate(codes):
        journal.submit(str(number), code)
    return journal.start("0")


# ---- typing text -------------------------------------------------------------------------------------------


def test_one_begins_by_typing() -> None:
    user = client().write("abc")
    assert (user.marked, mode(user)) == ("abc|", "insert")
    assert (user.press("esc").marked, mode(user)) == ("ab|c", "normal")


def test_the_keys_of_readline_are_there_while_one_types() -> None:
    assert client().write("ab").press("ctrl a", "x", "ctrl e", "y").marked == "xaby|"
    assert client().write("if x:").press("meta enter").took(Submit) == [Submit("if x:", 76, row=0)]


@pytest.mark.parametrize("key", ["tab", "ctrl n", "ctrl p"])
def test_completion_is_there_while_one_types(key: str) -> None:
    user = client().write("ab").press(key).offer("abc", "abd")
    assert user.state.completion is not None
    user.press("esc")
    assert (user.state.completion, mode(user)) == (None, "insert")


def test_what_was_completed_is_repeated() -> None:
    user = client("x\nx").press("k", "A").write(".a").press("tab").offer("abc", start=2)
    assert user.text == "x.abc\nx"
    assert user.press("esc", "j", ".").text == "x.abc\nx.abc"


def test_alt_and_a_letter_are_esc_and_the_letter() -> None:
    assert client().write("a b").press("meta b").marked == "|a b"
    assert client("a\nb").press("A", "meta O").write("x").text == "a\nx\nb"


@pytest.mark.parametrize("keys", [("ctrl w",), ("ctrl u", "ctrl u")])
def test_keys_that_delete(keys: tuple[str, ...]) -> None:
    assert client("one two").press("A", *keys).marked == ("one |" if keys == ("ctrl w",) else "|")


# ---- undo --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("a", ["A", *"bc de", "esc", "u"], "|a"),
        ("a b", [*"cwxyz", "esc", "u"], "a |b"),
        ("a b", [*"xx", "u"], "a| "),
        ("a b", [*"xx", *"2u"], "a |b"),
        ("a b", [*"xxuu", "ctrl r"], "a| "),
        ("a", ["A", "b", "left", "c", "esc", "u"], "a|b"),
        ("a", ["O", "b", "enter", "c", "esc", "u"], "|a"),
        ("ab", [*"3", "i", "x", "esc", "u"], "a|b"),
        ("a\nb", ["V", "k", "d", "u"], "|a\nb"),
        ("a", ["A", "b", "ctrl o", "0", "c", "esc", "u", "u"], "|a"),
    ],
)
def test_an_insertion_is_one_step(before: str, keys: list[str], after: str) -> None:
    assert client(before).press(*keys).marked == after


# ---- running and history -----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["1+1", "for x in y:\n    f(x)\n    g(x)", "x = (1,\n     2)"])
def test_enter_runs_the_cell_from_wherever_the_cursor_is(text: str) -> None:
    user = client(text).press("g", "g", "enter")
    assert user.took(Submit) == [Submit(text, 76, row=0)]
    assert (user.marked, mode(user)) == ("|", "insert")


def test_enter_goes_on_where_the_cell_is_not_complete() -> None:
    user = client("for x in y:").press("enter")
    assert (user.marked, mode(user)) == ("for x in y:\n    |", "insert")


def test_the_kernel_of_another_language_is_asked() -> None:
    user = client("f(", Journal().session(lexer="r")).press("enter")
    assert len(user.took(Ask)) == 1


def test_j_and_k_browse_the_history_at_the_edges() -> None:
    user = client().write("one").press("meta enter").write("two").press("meta enter").write("draft").press("esc")
    assert user.press("k").marked == "tw|o"
    assert user.press("k").marked == "on|e"
    assert user.press("2", "j").marked == "draf|t"


def test_registers_live_longer_than_a_cell() -> None:
    user = client("one two").press("y", "y").press("meta enter", "esc", "p")
    assert user.text == "\none two"


# ---- what else keys mean -----------------------------------------------------------------------------------


def test_ctrl_c_ends_the_insertion_and_takes_nothing_away() -> None:
    user = client().write("abc").press("ctrl c")
    assert (user.marked, mode(user)) == ("ab|c", "normal")
    assert user.press("ctrl c", "ctrl c").text == "abc"
    assert user.message == "nothing runs"


def test_ctrl_c_interrupts_what_runs() -> None:
    user = client("abc", busy("while 1: pass")).press("A", "ctrl c")
    assert [control.msg_type for control in user.took(Control)] == ["interrupt_request"]
    assert mode(user) == "insert"


def test_ctrl_d_leaves_where_there_is_no_text() -> None:
    assert client().press("ctrl d").state.question is not None
    assert client().press("esc", "ctrl d").state.question is not None
    assert client("a\nb\nc").press("g", "g", "ctrl d").state.question is None


@pytest.mark.parametrize("keys", [["f1"], ["esc", "f1"], ["v", "f1"]])
def test_keys_that_work_everywhere(keys: list[str]) -> None:
    assert client("abc").press(*keys).state.palette is not None


@pytest.mark.parametrize("key", ["ctrl k", "ctrl t", "tab", "shift tab", "ctrl ]", "shift left", "Q", "é", "ctrl w"])
def test_keys_that_edit_elsewhere_do_nothing_in_the_normal_mode(key: str) -> None:
    user = client("abc").press(key)
    assert (user.marked, mode(user)) == ("ab|c", "normal")


def test_esc_goes_back_to_the_end_of_the_output() -> None:
    user = client("abc").set(message=None)
    user.state = replace(user.state, scroll=None)
    assert user.press("/").write("c").press("enter", "esc").state.editor.vi.shows_hits is False


def test_a_cell_of_the_queue_is_left_with_a_colon_only() -> None:
    user = client(journal=busy("a", "b")).press("f3", "enter")
    assert user.text == "b"
    user.press("esc", "esc", "esc")
    assert (user.text, user.state.replacing) == ("b", "1")
    type_line(user, ":q")
    assert (user.text, user.state.replacing) == ("", None)


def test_input_is_answered_with_its_own_keys() -> None:
    user = client("abc", busy("input()"))
    user.journal.add("input_wanted", "0", request="r", prompt="?")
    assert user.read().press("f2").write("dd").answer == "dd"
    assert user.press("esc").text == "abc"
    assert user.press("x", "f2").answer == "dd"
    assert user.text == "ab"


def test_a_client_that_only_looks_has_no_modes() -> None:
    user = client("abc").set(read_only=True).press("x")
    assert user.text == "abc"
    assert not user.state.is_modal


# ---- lines in the status line ------------------------------------------------------------------------------


def test_a_search_and_an_operator() -> None:
    user = client("one two three").press("0", "d", "/")
    assert lines(user)[-1].startswith(" /")
    assert type_line(user, "th").marked == "|three"


def test_a_search_that_is_left() -> None:
    user = client("one two").press("0", "d", "/", "t", "esc", "x")
    assert user.marked == "|ne two"
    assert client("one").press("/", "backspace").state.asking is None


def test_a_file_is_written() -> None:
    user = type_line(client("one\ntwo"), ":w out.py")
    assert user.took(Save) == [Save("out.py", b"one\ntwo\n", over=False)]
    user.send(Saved("out.py", exists=True)).press("y")
    assert user.took(Save) == [Save("out.py", b"one\ntwo\n", over=True)]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (":nope", "no command: nope · :help has all of them"),
        (":quit-everything", "no command: quit-everything · :help has all of them"),
        ("/zz", "not found: zz"),
        ("/(a+)+$", "not found: (a+)+$"),
    ],
)
def test_what_is_wrong_is_said(line: str, message: str) -> None:
    assert type_line(client("b"), line).message == message


def test_commands_have_names() -> None:
    assert type_line(client("b"), ":ask-restart").state.question is not None
    user = type_line(client("b"), ":q").press("d")
    assert user.took(Leave) == [Leave("detach")]


def test_text_goes_to_the_clipboard() -> None:
    user = client("one two").press("0", *'"+yw')
    assert user.took(Copy) == [Copy("one ")]
    assert user.press(*'$"+p').text == "one twoone "


def test_what_is_copied_in_the_output_is_put_into_the_text() -> None:
    user = client("abc", Journal().session().cell("a", "1", "printed\n"))
    user.press("f5", "k", "y")
    copied = user.took(Copy)[0].text
    assert user.press("q", *'"+p').text == f"abc\n{copied}".rstrip("\n")


@pytest.mark.parametrize(("line", "wraps"), [(":set nowrap", False), (":set wrap", True)])
def test_long_lines_are_broken_or_not(line: str, wraps: bool) -> None:
    assert type_line(client("b"), line).state.options.wrap is wraps


# ---- files -------------------------------------------------------------------------------------------------


def with_file(text: str = "one\ntwo", rows: int = 24) -> Client:
    user = Client(rows=rows).set(options=Options(keys="vi"))
    return user.send(FileRead("/w/a.py", document(text)))


def test_a_file_begins_in_the_normal_mode_and_the_scratch_buffer_by_typing() -> None:
    user = with_file()
    assert mode(user) == "normal"
    assert user.press("x").text == "ne\ntwo"
    assert mode(user.send(TabChosen(0))) == "insert"


def test_a_file_is_saved_and_closed() -> None:
    user = with_file().press("x", "Z", "Z")
    assert [(wanted.lines, wanted.closes) for wanted in user.took(WriteFile)] == [(("ne", "two"), True)]


def test_a_file_is_closed_without_its_changes() -> None:
    user = with_file().press("x", "Z", "Q")
    assert (user.took(WriteFile), user.state.document) == ([], None)
    assert user.press("Z", "Q").state.question is None, "it is typed into the scratch buffer"
    assert client("b").press("Z", "Q").state.question is not None


@pytest.mark.parametrize(
    ("keys", "line"), [("H", 11), ("3H", 13), ("L", 22), ("2L", 21), ("M", 16), ("99H", 22), ("99L", 11)]
)
def test_lines_that_are_seen(keys: str, line: int) -> None:
    user = with_file("\n".join(f"{number:02}" for number in range(40)))
    user.press(*"23G")
    shown = [row for row in lines(user) if row.strip().isdecimal()]
    assert (int(shown[0]), int(shown[-1])) == (11, 22)
    assert user.press(*keys).state.editor.buffer.row == line
    assert user.state.editor.top[0] == 11


# ---- macros ------------------------------------------------------------------------------------------------


def test_keys_are_recorded_and_pressed_again() -> None:
    user = client("one\ntwo\nthree\nfour").press("g", "g", "q", "a")
    assert "NORMAL recording a" in lines(user)[layout(user.state).output.rows]
    user.press("A", ",", "left", "right", "esc", "j", "q")
    assert "recording" not in lines(user)[layout(user.state).output.rows]
    assert user.press("@", "a").text == "one,\ntwo,\nthree\nfour"
    assert user.press("9", "@", "@").text == "one,\ntwo,\nthree,\nfour,"


def test_a_macro_is_one_step_for_undo() -> None:
    user = client("one\ntwo\nthree").press(*"ggqaA,", "esc", *"jq2@a")
    assert user.text == "one,\ntwo,\nthree,"
    assert user.press("u").text == "one,\ntwo\nthree"
    assert user.press("ctrl r").text == "one,\ntwo,\nthree,"


def test_what_is_typed_behind_a_colon_is_recorded_too() -> None:
    user = client("a a\na a").press(*"ggqb:s/a/x/g", "enter", *"jq@b")
    assert user.text == "x x\nx x"


def test_one_goes_on_in_a_register_of_capitals_and_the_keys_are_text() -> None:
    user = client("abcdef").press(*"0qax", *"q", *"qAx", "q")
    assert user.text == "cdef"
    assert user.press("@", "a").text == "ef"
    assert user.press(*'"ap').text == "exxf"


def test_a_macro_within_another_and_one_without_end() -> None:
    user = client("abcdefgh").press(*"0qax", "q", *"qb@a", "q")
    assert user.text == "cdefgh"
    assert user.press(*"2@b").text == "efgh"
    endless = client("x").press(*"qd@d", "q", "@", "d")
    assert endless.message == "the macro is stopped after 10,000 keys"


def test_a_macro_can_run_a_cell() -> None:
    user = client("x = 1").press("q", "a", "enter", *"x = 2", "esc", "q")
    assert [cell.source for cell in user.took(Submit)] == ["x = 1"]
    user.press("@", "a")
    assert [cell.source for cell in user.took(Submit)] == ["x = 2"]
    assert user.text == "x = 2"


def test_keys_wait_with_a_cell_of_which_nobody_knows_yet_whether_it_is_complete() -> None:
    user = client("def f():\n    1").press(*'"zyy', "q", "a", "A", "enter", "x", "esc", "q")
    assert user.state.waiting is not None
    user.complete("incomplete", "    ")
    assert user.text == "def f():\n    1\n    x"
    user.press("@", "a")
    assert user.state.waiting is not None
    assert user.complete("incomplete", "    ").text == "def f():\n    1\n    x\n    x"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ("@z", "there is no macro z"),
        ("@@", "no macro was run yet"),
        ("q!", "a macro is recorded into a register from a to z, and not !"),
    ],
)
def test_what_is_no_macro(keys: str, message: str) -> None:
    user = client("ab").press(*keys)
    assert (user.text, user.message) == ("ab", message)


# ---- columns -----------------------------------------------------------------------------------------------


def test_columns_are_selected_and_shown() -> None:
    user = client("abcd\nef\nghij").press("g", "g", "l", "ctrl v", "j", "j", "l")
    assert "VISUAL BLOCK" in lines(user)[layout(user.state).output.rows]
    assert selected_text(user) == "bcfhi"
    assert selected_text(user.press("$")) == "bcdfhij"
    assert user.press("d").text == "a\ne\ng"
    assert user.press("u").text == "abcd\nef\nghij"


def test_what_is_typed_before_columns_is_one_step_for_undo() -> None:
    user = client("abcd\nef\nghij").press("g", "g", "ctrl v", "j", "j", "I", "#", " ", "esc")
    assert user.text == "# abcd\n# ef\n# ghij"
    assert user.press("u").text == "abcd\nef\nghij"


# ---- the mouse ---------------------------------------------------------------------------------------------


def test_the_mouse_puts_the_cursor_on_a_character() -> None:
    user = client("abc\nde")
    top = layout(user.state).editor.row
    assert user.click(1, 40, top + 1).marked == "abc\nd|e"
    assert user.press("x").text == "abc\nd"


def test_what_the_mouse_selects_is_selected_in_vis_way() -> None:
    user = client("abcdef")
    top = layout(user.state).editor.row
    user.send(MousePressed(1, 2, top), MouseDragged(5, top))
    assert mode(user) == "visual"
    assert user.press("d").text == "aef"
    assert mode(user.click(1, 1, top)) == "normal"


def test_a_click_begins_another_insertion() -> None:
    user = client("ab").press("A", "x")
    top = layout(user.state).editor.row
    user.click(1, 1, top).press("y", "esc", "$", ".")
    assert user.text == "yabyx"
    assert user.press("u", "u").text == "abx"


def test_a_paste_ends_a_selection() -> None:
    user = client("abc").press("v").send(Pasted("x\ny"))
    assert mode(user) == "normal"


# ---- what is seen ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "title", "hint"),
    [
        ([], "In [1] · NORMAL", "Enter runs"),
        (["i"], "In [1] · INSERT", "─"),
        (["R"], "In [1] · REPLACE", "─"),
        (["v"], "In [1] · VISUAL ", "─"),
        (["V"], "In [1] · VISUAL LINE", "─"),
        (["2", "d"], "In [1] · NORMAL", "2d"),
        (["A", "ctrl r"], "In [1] · INSERT", "Ctrl-R"),
    ],
)
def test_the_rule_says_the_mode(keys: list[str], title: str, hint: str) -> None:
    user = client("abc").press(*keys)
    rule = lines(user)[layout(user.state).output.rows]
    assert title in rule
    assert rule.rstrip("─ ").endswith(hint.strip("─"))


@pytest.mark.parametrize(
    ("keys", "shape"),
    [([], "block"), (["i"], "bar"), (["R"], "underline"), (["v"], "block"), (["/"], "bar"), (["f5"], "block")],
)
def test_the_shape_of_the_cursor_says_it_too(keys: list[str], shape: str) -> None:
    user = client("abc", Journal().session().cell("a", "1", "2\n")).press(*keys)
    assert shape_of(user.state) == shape


def test_other_keys_leave_the_cursor_as_it_is() -> None:
    assert shape_of(Client("abc").state) == ""


def test_what_is_selected_is_shown_with_the_character_under_the_cursor() -> None:
    user = client("abc\nde").press("g", "g", "v", "l")
    assert selected_text(user) == "ab"
    assert selected_text(user.press("V")) == "abc "


def selected_text(user: Client) -> str:
    """Return what is drawn as selected."""
    content = drawn(user).content()
    return "".join(run.decode() for row in content for attr, _, run in row if attr == "selection")


def test_a_narrow_rule_says_the_mode_at_least() -> None:
    user = client("abc").set(cols=20, rows=5).press("V")
    assert lines(user)[layout(user.state).output.rows] == "──── VISUAL LINE ───"


@pytest.mark.parametrize("size", [(20, 5), (12, 3), (1, 1), (250, 70)])
def test_any_size_of_the_screen(size: tuple[int, int]) -> None:
    user = client("abc\ndef")
    user.set(cols=size[0], rows=size[1]).press("v", "k", "2", '"')
    assert len(lines(user)) == size[1]
