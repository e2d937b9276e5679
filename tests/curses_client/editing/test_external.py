"""The text in the user's own editor: what is asked for, and what comes back."""

import pytest

from curses_client.events import EditText, TextEdited
from tests.curses_client.editing.typed import editing
from tests.curses_client.support import shown


def test_the_text_the_line_and_what_the_file_is() -> None:
    assert editing("a\nb|\nc").press("meta e").took(EditText) == [EditText("a\nb\nc", 2, ".py")]
    assert editing("|", "r").press("meta e").took(EditText) == [EditText("", 1, ".R")]
    assert editing("%%bash\nls|").press("meta e").took(EditText)[0].suffix == ".sh"


@pytest.mark.parametrize(
    ("text", "after"),
    [("x\ny\nz\n", "x\ny|\nz"), ("x", "x|"), ("", "|"), ("é\r\n\ttab\n", "é\n   | tab"), ("x\n\n\n", "x\n|\n")],
)
def test_what_comes_back_is_one_step(text: str, after: str) -> None:
    user = editing("aa\nbbb|\nc").send(TextEdited(text))
    assert user.marked == after
    assert user.press("ctrl _").text == "aa\nbbb\nc"


def test_what_did_not_change_is_no_step() -> None:
    user = editing("a|").send(TextEdited("a\n"))
    assert user.message == "the text is as it was"
    assert user.press("ctrl _").text == ""


def test_a_failure_changes_nothing() -> None:
    user = editing("a|").send(TextEdited("", "the editor vi ended with status 1\x1b[2J"))
    assert user.text == "a"
    assert "status 1" in user.message
    assert "\x1b" not in user.message
    user.send(TextEdited("", "it failed", "/tmp/cshell-x.py"))
    assert "what the editor saved is in /tmp/cshell-x.py" in shown(user.state.transcript)[-1]
