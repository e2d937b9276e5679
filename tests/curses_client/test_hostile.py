"""Whatever a kernel says, wherever it is shown: the terminal is asked for nothing but text and colours."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from curses_client.events import Edited, NotKept, RecordsRead, Replied, Saved
from curses_client.outputs import Pane
from curses_client.rendering import render
from curses_client.shown import Look
from curses_client.state import new_state
from curses_client.update import update
from kernel.protocol.messages import ExecuteReply, OkReply
from tests.curses_client.drawing import check, lines
from tests.curses_client.support import NOON, Client, Journal

MARK = "harmless"

VECTORS = {
    "clipboard write": "\x1b]52;c;aGFja2Vk\x07",
    "clipboard read": "\x1b]52;c;?\x07",
    "title": "\x1b]0;pwned\x07",
    "title, string terminator": "\x1b]2;pwned\x1b\\",
    "title report": "\x1b[21t",
    "status report": "\x1b[5n\x1b[6n",
    "device attributes": "\x1b[c\x1b[>c\x1b[=c",
    "setting report": '\x1bP$q"p\x1b\\',
    "keys as an answer": "\x1bP1$r;echo pwned\n\x1b\\",
    "device control, unended": "\x1bP" + "A" * 500,
    "application command, unended": "\x1b_" + "A" * 500,
    "privacy message, unended": "\x1b^" + "A" * 500,
    "start of string, unended": "\x1bX" + "A" * 500,
    "operating system command, unended": "\x1b]8;;http://x",
    "kitty picture": "\x1b_Gf=100,a=T;AAAA\x1b\\",
    "sixel": "\x1bPq#0;2;0;0;0~~@@\x1b\\",
    "eight-bit control": "\x9b2J\x9d0;pwned\x9c\x90q\x9c",
    "mouse": "\x1b[?1000h\x1b[?1003h\x1b[?1006h",
    "focus and paste": "\x1b[?1004h\x1b[?2004h",
    "kitty keyboard": "\x1b[>31u\x1b[=1;1u",
    "alternate screen": "\x1b[?1049h",
    "clear": "\x1b[2J\x1b[3J\x1b[H",
    "reset": "\x1bc\x1b[!p",
    "scroll region": "\x1b[5;10r\x1b[10S\x1bM",
    "character set": "\x1b(0\x0e\x1b)0",
    "conceal": "\x1b[8m",
    "notification": "\x1b]9;pwned\x07\x1b]777;notify;a;b\x07",
    "working directory": "\x1b]7;file://x/\x07",
    "palette": "\x1b]4;1;rgb:ff/ff/ff\x07\x1b]10;#fff\x07",
    "iTerm2": "\x1b]1337;File=inline=1:AAAA\x07",
    "tmux passthrough": "\x1bPtmux;\x1b\x1b]52;c;aGFja2Vk\x07\x1b\\",
    "hidden link": "\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x1b\\",
    "bidirectional override": "\u202egnp.exe\u202c",
    "bidirectional isolate": "\u2066a\u2069\u2067b\u2069",
    "marks of direction": "\u200e\u200f\u061c",
    "nothing to see": "a\u200bb\u2060c\ufeffd\u180e",
    "tags": "\U000e0041\U000e0042",
    "lines": "a\rb\x0bc\x0cd\x85e\u2028f\u2029g",
    "bells": "\x07\x07\x07",
    "backspaces": "secret\b\b\b\b\b\b",
    "null and delete": "a\x00b\x7fc",
    "surrogate": "a\ud800b",
    "combining": "e" + "\u0301" * 200,
}

Place = Callable[[Journal, str], Journal]


def shown(journal: Journal, kind: str, **content: Any) -> Journal:
    return journal.submit("c", "x").start("c").add(kind, "c", **content).end("c")


def value(mime: str, wrap: Callable[[str], Any] = str) -> Place:
    return lambda journal, text: shown(journal, "display_data", data={mime: wrap(text), "text/plain": "<X at 0x1>"})


def named(journal: Journal, text: str) -> Journal:
    return journal.session(text, text)


def died(journal: Journal, text: str) -> Journal:
    journal.submit("c", "x").start("c")
    return journal.add("kernel_died", reason=text, signal=text, cell="c", stack=text, memory=text)


def asked(journal: Journal, text: str) -> Journal:
    return journal.submit("c", "x").start("c").add("input_wanted", "c", request="r", prompt=text, password=False)


def widget(journal: Journal, text: str) -> Journal:
    state = {"_model_name": "HBoxModel", "children": ["IPY_MODEL_t"]}
    label = {"_model_name": "LabelModel", "value": text, "description": text}
    journal.submit("c", "x").start("c")
    journal.add("comm_open", "c", comm_id="t", target_name="jupyter.widget", data={"state": label})
    journal.add("comm_open", "c", comm_id="m", target_name="jupyter.widget", data={"state": state})
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "HBox()"}
    return journal.add("display_data", "c", data=view).end("c")


PLACES: dict[str, Place] = {
    "stream": lambda journal, text: shown(journal, "stream", name="stdout", text=text),
    "stderr": lambda journal, text: shown(journal, "stream", name="stderr", text=text),
    "result": lambda journal, text: shown(journal, "execute_result", execution_count=1, data={"text/plain": text}),
    "markdown": value(
        "text/markdown", lambda text: f"# {text}\n*{text}* `{text}` [{text}](http://x/{text})\n\n    {text}"
    ),
    "html": value("text/html", lambda text: f"<h1>{text}</h1><a href='{text}'>{text}</a><pre>{text}</pre>"),
    "table": value("text/html", lambda t: f"<table><thead><tr><th>{t}</th></tr></thead><tr><td>{t}</td></tr></table>"),
    "latex": value("text/latex", lambda text: f"$\\text{{{text}}}$"),
    "json": value("application/json", lambda text: {text: [text, {text: text}]}),
    "svg": value("image/svg+xml", lambda text: f"<svg><text>{text}</text></svg>"),
    "picture": value("image/png"),
    "another type": lambda journal, text: shown(journal, "display_data", data={f"x/{text}": text}),
    "metadata": lambda journal, text: shown(
        journal, "display_data", data={"text/markdown": "x"}, metadata={"text/markdown": {text: text}, text: text}
    ),
    "error": lambda journal, text: shown(
        journal, "error", ename=text, evalue=text, traceback=["---", text, f"File {text}:1, in {text}", text]
    ),
    "pager": lambda journal, text: (
        journal.submit("c", "x")
        .start("c")
        .end("c", payload=[{"source": "page", "data": {"text/plain": text}, "start": 0}])
    ),
    "next input": lambda journal, text: (
        journal.submit("c", "x").start("c").end("c", payload=[{"source": "set_next_input", "text": text}])
    ),
    "source": lambda journal, text: journal.submit("c", text).start("c").end("c"),
    "sender": lambda journal, text: journal.add("submitted", "c", code="x").start("c").end("c"),
    "question": asked,
    "names": named,
    "death": died,
    "no start": lambda journal, text: journal.add("kernel_failed", reason=text),
    "gap": lambda journal, text: journal.add("records_lost", first=1, last=2, reason=text),
    "disk": lambda journal, text: journal.add("recording", ok=False, reason=text),
    "end": lambda journal, text: journal.add("session_ended", reason=text),
    "rename": lambda journal, text: journal.add("session_renamed", name=text),
    "links": lambda journal, text: journal.add("kernel_started", pid=1, help_links=[{"text": text, "url": text}]),
    "widget": widget,
}
LOOKS = (Look(colors=256, pictures="blocks"), Look(colors=1 << 24, pictures="kitty"), Look(colors=1))
# a picture's placeholders of kitty's, and what shows that something was taken out
_ALLOWED = re.compile("[\U0010eeee]")


def seen_by(place: Place, vector: str, look: Look) -> Client:
    journal = place(Journal().session(), f"{MARK}{vector}{MARK}")
    user = Client(journal=Journal())
    user.state = replace(new_state(60, 30, NOON, pane=Pane(render)), look=look)
    # as it comes through a file and a socket
    assert json.dumps([record.content.as_dict() for record in journal.records])
    return user.send(RecordsRead(tuple(journal.records), len(journal.records)))


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_nothing_but_text_and_colours(place: Place, vector: str) -> None:
    for look in LOOKS[: 1 if place is PLACES["stream"] else 3]:
        user = seen_by(place, vector, look)
        check(user, look.colors)
        check(user.press("f5", "g", "tab", "enter", "j", "enter", "d"), look.colors)
        check(user.press("q", "f1", "f1", "G"), look.colors)


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_what_is_around_it_is_still_there(vector: str) -> None:
    user = seen_by(PLACES["result"], vector, LOOKS[0])
    assert MARK in "".join(lines(user))


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_what_is_said_of_files_and_answers(vector: str) -> None:
    user = Client(journal=Journal().session().cell("c", "x", "text\n"))
    for event in (
        Saved(vector, vector),
        Saved(vector, exists=True),
        NotKept(vector),
        Edited(vector, "", vector),
        Replied(0, OkReply("error", vector, vector, [])),
        Replied(0, ExecuteReply("ok", user_expressions={"cshell_values": {"data": {"text/plain": vector}}})),
    ):
        check(user.send(event))
        user.press("esc")


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS)
def test_what_is_copied_is_what_is_seen(vector: str) -> None:
    """The clipboard is a way out of the screen as well: a newline that was not seen must not be in it."""
    user = seen_by(PLACES["stream"], vector, LOOKS[0]).press("f5", "Y")
    for effect in user.effects:
        text = getattr(effect, "text", "")
        assert re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text) is None


def test_the_vectors_are_ones() -> None:
    """Each of them is harmful, if nothing is done about it."""
    for name, vector in VECTORS.items():
        assert not vector.isprintable() or name == "combining", name
    state, _ = update(new_state(10, 3, NOON), NotKept("x"))
    assert state.message is not None
