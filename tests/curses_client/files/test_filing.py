"""Opening, saving and closing: keys in, what is asked for out."""

import pytest

from curses_client.events import (
    CompletePath,
    Discard,
    FileRead,
    FileWritten,
    Leave,
    PathsFound,
    ReadFile,
    Recovery,
    WriteFile,
)
from tests.curses_client.drawing import check, lines
from tests.curses_client.files.support import document, opened, save
from tests.curses_client.support import NOON, Client


def test_a_file_is_asked_for_and_read() -> None:
    client = Client().press("meta o").write("/w/x.py").press("enter")
    assert client.took(ReadFile) == [ReadFile("/w/x.py", typed="/w/x.py")]
    client.send(FileRead("/w/x.py", document("x", "/w/x.py")))
    assert client.text == "x"


def test_one_that_is_open_is_shown() -> None:
    client = opened().press("meta 1", "meta o").write("/w/a.py").press("enter")
    assert (client.took(ReadFile), client.state.tab) == ([], 1)


def test_a_path_is_completed() -> None:
    client = Client().press("meta o").write("/w/x").press("tab")
    assert client.took(CompletePath) == [CompletePath("/w/x")]
    client.send(PathsFound("/w/x", "/w/xa", ("xab.py", "xac\x1b.py")))
    assert client.state.asking is not None
    assert client.state.asking.buffer.text == "/w/xa"
    assert lines(client)[-2].startswith(" xab.py  xac")
    check(client)
    assert not client.write("b").state.asking.offered  # type: ignore[union-attr]


def test_an_answer_that_comes_late_completes_nothing() -> None:
    client = Client().press("meta o").write("/w").press("tab").write("/")
    client.send(PathsFound("/w", "/work", ("work/",)))
    assert client.state.asking is not None
    assert client.state.asking.buffer.text == "/w/"


def test_a_file_that_cannot_be_read() -> None:
    client = Client().send(FileRead("/w/\x1b[2Jx", failure="Permission denied"))
    assert client.message.startswith("cannot open /w/")
    assert client.message.endswith(": Permission denied")
    check(client)


def test_of_several_files_that_cannot_be_read_each_is_told() -> None:
    client = Client()
    for path in ("/w/x", "/w/y"):
        client.send(FileRead(path, failure="Permission denied"))
    assert client.message == "cannot open /w/y: Permission denied"
    assert any("cannot open /w/x: Permission denied" in line for line in lines(client))


def test_a_notebook_is_typed_into_below_its_first_mark_and_saved_with_its_outputs() -> None:
    notebook = document("# %%\nx", "/w/a.ipynb")
    client = Client().send(FileRead("/w/a.ipynb", notebook))
    assert client.state.editor.buffer.position == (1, 0)
    assert client.press("meta s").took(WriteFile) == [WriteFile(notebook, ("# %%", "x"))]


def test_a_notebook_is_said_to_be_read_and_saved_as_long_as_that_takes() -> None:
    client = Client().press("meta o").write("/w/a.ipynb").press("enter")
    assert client.message == "reading a.ipynb …"
    assert client.send(FileRead("/w/a.ipynb", document("# %%\nx", "/w/a.ipynb"))).message == ""
    assert client.press("meta s").message == "saving a.ipynb …"
    assert save(client).message == "saved a.ipynb"
    assert Client().press("meta o").write("/w/a.py").press("enter").message == ""


def test_who_comes_back_has_the_changes_again() -> None:
    kept = Recovery("/w/a.py", ("a", "b"), 1, NOON)
    client = Client().send(FileRead("/w/a.py", document("a"), kept=kept, comes_back=True))
    assert (client.text, client.state.question) == ("a\nb", None)
    assert client.press("ctrl _").text == "a"


def test_saving() -> None:
    client = opened("a").write("x").press("meta s")
    wanted = WriteFile(document("a"), ("xa",))
    assert client.took(WriteFile) == [wanted]
    client.effects.append(wanted)
    assert save(client).message == "saved a.py"
    assert client.press("meta s").message == "a.py has no changes"
    assert client.took(WriteFile) == [wanted]


def test_what_is_typed_while_it_is_written_is_not_saved() -> None:
    client = opened("a").write("x").press("meta s").write("y")
    assert lines(save(client))[-4].startswith("──── 1 scratch │ [a.py +]")


def test_a_file_that_somebody_else_has_changed_is_not_written_over_unasked() -> None:
    client = opened("a").write("x").press("meta s")
    wanted = client.took(WriteFile)[0]
    client.send(FileWritten(wanted, is_changed=True))
    assert client.state.question is not None
    assert client.state.question.text == "a.py was changed by somebody else."
    check(client)
    assert client.press("esc").took(WriteFile) == []
    client.send(FileWritten(wanted, is_changed=True)).press("o")
    assert [(effect.lines, effect.over) for effect in client.took(WriteFile)] == [(("xa",), True)]


def test_a_file_that_is_read_only_is_written_when_the_user_says_so() -> None:
    client = opened("a").write("x").press("meta s")
    wanted = client.took(WriteFile)[0]
    client.send(FileWritten(wanted, is_read_only=True))
    assert lines(client)[-1].strip() == "a.py is read-only. Write it anyway?  y yes  Esc no"
    assert client.press("esc").took(WriteFile) == []
    assert client.message == ""
    client.send(FileWritten(wanted, is_read_only=True)).press("y")
    assert [(effect.lines, effect.over) for effect in client.took(WriteFile)] == [(("xa",), True)]


def test_or_it_is_read_instead_which_can_be_undone() -> None:
    client = opened("a").write("x").press("meta s")
    client.send(FileWritten(client.took(WriteFile)[0], is_changed=True)).press("r")
    assert client.took(ReadFile) == [ReadFile("/w/a.py", again=True)]
    client.send(FileRead("/w/a.py", document("theirs")))
    assert client.text == "theirs"
    assert client.press("ctrl _").text == "xa"


def test_a_failure_is_said_and_nothing_is_lost() -> None:
    client = opened("a").write("x").press("meta s")
    client.send(FileWritten(client.took(WriteFile)[0], failure="No space left on device"))
    assert client.message == "a.py is not saved: No space left on device"
    assert client.press("meta s").took(WriteFile)


def test_under_another_name() -> None:
    client = opened("a").write("x").press("meta S", "ctrl u").write("/w/new.py").press("enter")
    wanted = client.effects[-1]
    assert isinstance(wanted, WriteFile)
    assert (wanted.document.path, wanted.document.stamp, wanted.lines) == ("/w/new.py", None, ("xa",))
    save(client)
    assert client.message == "saved /w/new.py"
    assert lines(client)[-4].startswith("──── 1 scratch │ [new.py] ──")


def test_a_name_under_which_it_cannot_be_saved_is_typed_on() -> None:
    client = opened("a").press("meta S", "ctrl u").write("no/new.py").press("enter")
    client.send(FileWritten(client.took(WriteFile)[0], failure="No such file or directory"))
    assert lines(client)[-1].startswith(" save as no/new.py")
    assert lines(client)[-2].startswith(" new.py is not saved: No such file or directory")
    check(client)
    assert client.press("home", "delete", "delete", "delete", "enter").took(WriteFile)[0].typed == "new.py"
    assert client.state.asking is None


def test_a_name_that_another_tab_has_is_typed_on_too() -> None:
    client = opened("a").press("meta 1").write("x").press("meta s").write("/w/a.py").press("enter")
    assert lines(client)[-1].startswith(" save as /w/a.py")
    assert client.message == "/w/a.py is open in another tab"


def test_what_is_typed_meanwhile_stays() -> None:
    client = opened("a").press("meta S", "ctrl u").write("no/x").press("enter", "meta o").write("y")
    client.send(FileWritten(client.took(WriteFile)[0], failure="No such file or directory"))
    assert lines(client)[-1].startswith(" open y")


def test_one_that_is_there_already_is_asked_about() -> None:
    client = opened("a").press("meta S", "ctrl u").write("/w/new.py").press("enter")
    client.send(FileWritten(client.took(WriteFile)[0], is_changed=True, is_new=True))
    assert client.state.question is not None
    assert client.state.question.text == "new.py is there already."
    assert [choice.key for choice in client.state.question.choices] == ["o"]


def test_the_scratch_buffer_under_a_name() -> None:
    client = Client("x = 1").press("meta s").write("/w/x.py").press("enter")
    save(client)
    assert (client.text, client.state.tab) == ("x = 1", 1)
    assert client.press("meta 1").text == ""
    assert client.press("ctrl _").text == "x = 1"


@pytest.mark.parametrize(
    ("key", "effect"), [("s", WriteFile(document("a"), ("xa",), closes=True)), ("d", Discard("/w/a.py")), ("esc", None)]
)
def test_closing_one_that_is_not_saved(key: str, effect: object) -> None:
    client = opened("a").write("x").press("meta k")
    assert client.state.question is not None
    assert client.state.question.text == "a.py is not saved. Close it?"
    client.effects.clear()
    client.press(key)
    assert client.effects == ([effect] if effect is not None else [])
    if key == "s":
        save(client)
    assert (client.state.document is None) == (key != "esc")


def test_leaving_says_that_files_are_not_saved() -> None:
    client = opened("a").write("x").press("f10")
    assert client.state.question is not None
    assert client.state.question.text == "1 file is not saved, but kept. Leave?"
    assert client.press("s").took(WriteFile)
    assert client.took(Leave) == []
    assert client.press("f10", "d").took(Leave) == [Leave("detach")]


def test_what_was_never_saved_is_recovered() -> None:
    kept = Recovery("/w/a.py", ("mine", "here"), 1, NOON - 300)
    client = Client().send(FileRead("/w/a.py", document("a"), kept=kept))
    assert client.state.question is not None
    assert client.state.question.text == "a.py has changes that were not saved, 5 min old."
    check(client)
    assert client.press("r").marked == "mine\n|here"
    assert client.press("ctrl _").text == "a"


def test_or_dropped_or_left_for_later() -> None:
    kept = Recovery("/w/a.py", ("mine",), 0, NOON)
    client = Client().send(FileRead("/w/a.py", document("a"), kept=kept)).press("d")
    assert (client.text, client.took(Discard)) == ("a", [Discard("/w/a.py")])
    client = Client().send(FileRead("/w/a.py", document("a"), kept=kept)).press("esc")
    assert (client.text, client.took(Discard)) == ("a", [])


def test_what_another_client_is_changing_is_said() -> None:
    kept = Recovery("/w/a.py", ("theirs",), 0, NOON, is_held=True)
    client = Client().send(FileRead("/w/a.py", document("a"), kept=kept))
    assert client.message == "a.py is being changed in another cshell"


def test_a_name_under_which_nothing_can_be_read_is_typed_on() -> None:
    client = Client().press("meta o").write("no/x.py").press("enter")
    (wanted,) = client.took(ReadFile)
    assert wanted.typed == "no/x.py"
    client.send(FileRead(wanted.path, failure="its directory is not there", typed=wanted.typed))
    assert client.state.asking is not None
    assert client.state.asking.buffer.text == "no/x.py"
    assert "its directory is not there" in client.message
    check(client)
