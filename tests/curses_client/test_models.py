"""Widget messages in, text out."""

import json
import random
from time import perf_counter
from typing import Any

import pytest

from curses_client import models as module
from curses_client.models import Models
from curses_client.text.ansi import plain
from kernel.protocol import messages as m
from tests.curses_client import recorded


def opened(**states: dict[str, Any]) -> Models:
    """Return models of these states by their names."""
    models = Models()
    for name, state in states.items():
        models.open(m.CommOpen(name, "jupyter.widget", {"state": state}))
    return models


def of(kind: str, **state: Any) -> dict[str, Any]:
    return {"_model_name": f"{kind}Model", **state}


def box(kind: str, *children: str, **state: Any) -> dict[str, Any]:
    return of(kind, children=[f"IPY_MODEL_{child}" for child in children], **state)


def update(models: Models, model_id: str, method: str = "update", **state: Any) -> None:
    models.update(m.CommMsg(model_id, {"method": method, "state": state}))


def drawn(kind: str, **state: Any) -> str:
    """Return the text of a single widget."""
    return opened(w=of(kind, **state)).text("w")


def played(recording: str, models: Models | None = None) -> Models:
    """Return models after the messages of a recording."""
    models = models or Models()
    for msg_type, values in recorded.messages(recording):
        content = m.parse(msg_type, values)
        if models.capture("c", content):
            continue
        match content:
            case m.CommOpen():
                models.open(content)
            case m.CommMsg():
                models.update(content)
            case m.CommClose():
                models.close(content.comm_id)
    return models


# ---- what kernels send -----------------------------------------------------------------------------------------


def test_a_bar_of_tqdm_looks_as_in_a_terminal() -> None:
    models = played(recorded.TQDM)
    assert models.text("hbox-1") == "Loading:  40%|████      | 4/10 [00:00<00:00, 19.22it/s]"
    played(recorded.TQDM_END, models)
    assert plain(models.text("hbox-1")) == "Loading: 100%|██████████| 10/10 [00:00<00:00, 76.96it/s]"
    assert models.text("hbox-1").startswith("Loading: 100%|\x1b[0;32m██████████\x1b[0m|")


def test_a_bar_of_tqdm_that_shall_not_stay_is_gone() -> None:
    head, _, _ = recorded.TQDM_NO_LEAVE.partition("comm_close")
    models = played(head)
    assert models.text("hbox-2") == "  0%|██████████| 0/2 [00:00<?, ?it/s]"
    update(models, "layout-8", visibility="hidden")
    assert models.text("hbox-2") == ""
    assert played(recorded.TQDM_NO_LEAVE).text("hbox-2") == ""


def test_a_bar_of_tqdm_without_an_end_has_no_bar() -> None:
    assert played(recorded.TQDM_NO_TOTAL).text("hbox-3") == "gen: 3/? [00:00<00:00, 469.27it/s]"


def test_a_form() -> None:
    assert plain(played(recorded.FORMS).text("vbox-1")).split("\n") == [
        "n: 3",
        "name: hi",
        "ok: True",
        "pick: b",
        "[ Go ]",
        "many: x, z",
        "range: 2 – 5",
        "pw: ••••••••",
        "day: 2026-01-02",
        "h: bold & it",
        "x < y",
        "ta: l1",
        "    l2",
        "p:  25%|███████▌                      | 2.5/10",
        "ColorPicker: red",
        "[ tb ]",
        "Valid: True",
        "RadioButtons: one",
        "Play: 0",
        "TagsInput: q, r",
        "Image",
    ]


@pytest.mark.parametrize("name", ["tab-1", "accordion-1"])
def test_tabs_stand_one_below_the_other(name: str) -> None:
    assert plain(played(recorded.TABS).text(name)).split("\n") == ["First", "  one", "Second", "  two"]


def test_output_widgets_take_what_is_printed() -> None:
    head, _, _ = recorded.OUTPUT.partition('comm_msg output-1 {"method": "update", "state": {"outputs"')
    assert plain(played(head).text("output-1")).split("\n") == [
        "inside",
        "nested",
        "ZeroDivisionError: division by zero",
        "frame",
    ]
    assert played(recorded.OUTPUT).text("output-1") == "more\nlater"


def test_interact() -> None:
    models = played(recorded.INTERACT)
    assert models.text("vbox-2") == "x: 3\nx is 3\n6"


def test_a_bar_like_that_of_distributed() -> None:
    head, _, _ = recorded.DISTRIBUTED.partition("comm_msg")
    assert plain(played(head).text("vbox-3")) == "Finished: 1.2s\n 30%|███       | 3 / 10"
    end, _, _ = recorded.DISTRIBUTED.partition('comm_msg layout-50 {"method": "update", "state": {"visibility"')
    assert "100%|\x1b[0;38;2;0;255;128m██████████\x1b[0m| 3 / 10" in played(end).text("vbox-3")
    assert played(recorded.DISTRIBUTED).text("vbox-3") == ""


# ---- one widget ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"value": 0, "min": 0, "max": 8}, "  0%|          | 0/8"),
        ({"value": 8, "min": 0, "max": 8}, "100%|██████████| 8/8"),
        ({"value": 1, "min": 0, "max": 80}, "  1%|▏         | 1/80"),
        ({"value": 5, "min": 0, "max": 80}, "  6%|▋         | 5/80"),
        ({"value": 7, "min": 0, "max": 80}, "  9%|▉         | 7/80"),
        ({"value": 15, "min": 10, "max": 20}, " 50%|█████     | 15/20"),
        ({"value": 99, "min": 0, "max": 9}, "100%|██████████| 99/9"),
        ({"value": -3, "min": 0, "max": 9}, "  0%|          | -3/9"),
        ({"value": 1, "min": 1, "max": 1}, "  0%|          | 1/1"),
        ({"value": 0.1 + 0.2, "max": 1.0}, " 30%|███       | 0.3/1"),
        ({"value": "x", "max": None}, "  0%|          | 0/0"),
        ({"value": float("nan"), "max": float("inf")}, "  0%|          | 0/0"),
        ({"value": True, "max": [1]}, "  0%|          | 0/0"),
        ({"value": 1e308, "min": -1e308, "max": 1e308}, "  0%|          | 1e+308/1e+308"),
        ({"value": 10**400, "min": -(10**400), "max": 3}, "  0%|          | 0/3"),
        ({"value": 1, "max": 4, "description": "a:"}, "a:  25%|██▌       | 1/4"),
        ({"value": 1, "max": 4, "description": "a"}, "a:  25%|██▌       | 1/4"),
        ({"value": 1, "max": 4, "description": "a\nb\x1b[2J"}, "a⏎b:  25%|██▌       | 1/4"),
    ],
)
def test_progress(state: dict[str, Any], text: str) -> None:
    models = opened(l=of("Layout", width="80px"), w=of("IntProgress", layout="IPY_MODEL_l", **state))
    assert models.text("w") == text


@pytest.mark.parametrize(
    ("width", "columns"),
    [("80px", 10), ("80.5px", 10), ("9999px", 60), ("50%", 30), ("auto", 30), (None, 30), (7, 30), ("20px", 0)],
)
def test_how_wide_a_bar_is(width: object, columns: int) -> None:
    models = opened(l=of("Layout", width=width), w=of("FloatProgress", layout="IPY_MODEL_l", value=1, max=1))
    assert models.text("w") == ("100%|" + "█" * columns + "| 1/1" if columns else "100% 1/1")


@pytest.mark.parametrize(
    ("bar_style", "bar_color", "code"),
    [
        ("", None, None),
        ("success", None, "32"),
        ("danger", None, "31"),
        ("info", "", "36"),
        ("danger", "#010203", "38;2;1;2;3"),
        ("danger", "Blue", "34"),
        ("odd", "#12", None),
        (["x"], {"y": 1}, None),
    ],
)
def test_the_colour_of_a_bar(bar_style: object, bar_color: object, code: str | None) -> None:
    style = of("ProgressStyle", bar_color=bar_color)
    models = opened(s=style, w=of("IntProgress", style="IPY_MODEL_s", bar_style=bar_style, value=1, max=1))
    bar = models.text("w").split("|")[1]
    assert bar == ("█" * 30 if code is None else f"\x1b[0;{code}m{'█' * 30}\x1b[0m")


@pytest.mark.parametrize(
    ("kind", "state", "text"),
    [
        ("Text", {"description": "name", "value": ""}, "name:"),
        ("Text", {"description": "name:", "value": "x"}, "name: x"),
        ("Text", {"value": "a\x1b[31mb\u202e"}, "Text: ab<U+202E>"),
        ("FloatSlider", {"description": "f", "value": 2.50}, "f: 2.5"),
        ("IntSlider", {"description": "n", "value": 2**70}, f"n: {2**70}"),
        ("Checkbox", {"description": "c", "value": False}, "c: False"),
        ("FloatRangeSlider", {"description": "r", "value": [0.5, 1.0]}, "r: 0.5 – 1"),
        ("SelectionRangeSlider", {"_options_labels": ["a", "b", "c"], "index": [0, 2]}, "SelectionRangeSlider: a – c"),
        ("Dropdown", {"description": "d", "_options_labels": ["a"], "index": None}, "d:"),
        ("Dropdown", {"description": "d", "_options_labels": ["a"], "index": 5}, "d:"),
        ("Dropdown", {"description": "d", "_options_labels": ["a"], "index": "x"}, "d:"),
        ("TimePicker", {"description": "t", "value": {"hours": 7, "minutes": 5, "seconds": 0}}, "t: 07:05:00"),
        (
            "Datetime",
            {"description": "t", "value": {"year": 2026, "month": 11, "date": 9, "hours": 1, "minutes": 2}},
            "t: 2026-12-09 01:02",
        ),
        ("DatePicker", {"value": None}, "DatePicker"),
        ("Password", {"description": "p", "value": ""}, "p:"),
        ("Label", {"value": "<b>&amp;</b>"}, "<b>&amp;</b>"),
        ("Label", {"value": "x", "description": "l"}, "l: x"),
        ("HTML", {"value": "", "description": "l"}, "l:"),
        ("HTML", {"value": ""}, ""),
        ("HTML", {"value": 7}, ""),
        ("HTMLMath", {"value": "<p>$x^2$</p><p>y</p>"}, "$x^2$\ny"),
        ("Button", {"icon": "check"}, "[ check ]"),
        ("Button", {"description": "Go", "button_style": "danger"}, "\x1b[0;31m[ Go ]\x1b[0m"),
        ("ToggleButton", {"description": "on", "value": True}, "\x1b[0;7m[ on ]\x1b[0m"),
        ("Figure", {"value": {"x": [1, 2.0], "y": None}}, "Figure: x: 1, 2, y: "),
        ("", {}, "widget"),
        ("Odd\x1b[2J\n", {}, "Odd⏎"),
    ],
)
def test_one_widget(kind: str, state: dict[str, Any], text: str) -> None:
    assert drawn(kind, **state) == text


# ---- boxes -----------------------------------------------------------------------------------------------------


def test_boxes() -> None:
    parts = {name: of("Label", value=name) for name in "abcd"} | {"t": of("Label", value="1\n22\n3")}
    models = opened(**parts, h=box("HBox", "a", "b"), v=box("VBox", "c", "h", "d"))
    assert models.text("v") == "c\na b\nd"
    for layout, text in (({"flex_flow": "column"}, "a\nb"), ({"flex_flow": "row wrap"}, "a b"), ({}, "a b")):
        models = opened(**parts, l=of("Layout", **layout), x=box("Box", "a", "b", layout="IPY_MODEL_l"))
        assert models.text("x") == text
    assert opened(**parts, x=box("HBox", "a", "t", "b")).text("x") == "a 1  b\n  22\n  3"
    assert opened(**parts, x=box("HBox", "t", "t")).text("x") == "1  1\n22 22\n3  3"
    assert opened(**parts, x=box("Stack", "a", "b", selected_index=1)).text("x") == "b"
    assert opened(**parts, x=box("Stack", "a", "b")).text("x") == ""
    assert opened(**parts, x=box("Stack", "a", selected_index=7)).text("x") == ""
    assert opened(**parts, x=box("Unheard", "a", "b")).text("x") == "a\nb"
    old = box("Tab", "a", "b", "c", _titles={"0": "A", "x": "B", "2": 3})
    assert plain(opened(**parts, x=old).text("x")) == "A\n  a\n2\n  b\n3\n  c"


def test_a_style_does_not_reach_what_stands_beside() -> None:
    models = opened(o=of("Output", msg_id="c"), a=of("Label", value="a\nb"), h=box("HBox", "o", "a"))
    captured(models, m.Stream("stdout", "\x1b[31mred\nmore"))
    assert models.text("h") == "\x1b[0;31mred\x1b[0m  a\n\x1b[0;31mmore\x1b[0m b"


def test_what_is_too_wide_to_stand_beside_stands_below() -> None:
    parts = {"a": of("Label", value="x" * 300 + "\ny"), "b": of("Label", value="1")}
    assert opened(**parts, h=box("HBox", "a", "b")).text("h").split("\n")[1:] == ["y", "1"]


def test_wide_characters_keep_columns_straight() -> None:
    models = opened(a=of("Label", value="漢字\nx"), b=of("Label", value="1\n2"), h=box("HBox", "a", "b"))
    assert models.text("h") == "漢字 1\nx    2"


@pytest.mark.parametrize(
    ("layout", "shown"),
    [({"display": "none"}, False), ({"visibility": "hidden"}, False), ({"display": "flex"}, True), ({}, True)],
)
def test_what_is_hidden_is_not_shown(layout: dict[str, str], shown: bool) -> None:
    hidden = of("Label", value="x", layout="IPY_MODEL_l")
    models = opened(l=of("Layout", **layout), x=hidden, y=of("Label", value="y"), h=box("HBox", "x", "y"))
    assert models.text("x") == ("x" if shown else "")
    assert models.text("h") == ("x y" if shown else "y")
    update(models, "l", visibility=None, display=None)
    assert models.text("h") == "x y"


def test_a_bar_says_what_its_neighbours_do_not() -> None:
    parts = {"a": of("Label", value="a"), "b": of("Label", value="b"), "p": of("IntProgress", value=1, max=4)}
    texts = {"ap": "a|██▌       | 1/4", "pb": " 25%|██▌       | b", "apb": "a|██▌       | b"}
    for names, text in texts.items():
        assert opened(**parts, h=box("HBox", *names)).text("h") == text


# ---- the course of things --------------------------------------------------------------------------------------


def test_models_are_opened_updated_and_closed() -> None:
    models = opened(a=of("Label", value="1"))
    assert "a" in models
    update(models, "a", value="2")
    assert models.text("a") == "2"
    update(models, "a", "echo_update", value="3")
    assert models.text("a") == "3"
    update(models, "a", "custom", value="4")
    models.update(m.CommMsg("a", {"method": "update", "state": [1]}))
    update(models, "unknown", value="4")
    assert models.text("a") == "3"
    models.close("a")
    models.close("a")
    assert "a" not in models
    assert models.text("a") == ""
    assert "unknown" not in models


def test_other_comms_are_none_of_ours() -> None:
    models = Models()
    models.open(m.CommOpen("a", "matplotlib", {"state": of("Label")}))
    models.open(m.CommOpen("b", "jupyter.widget", {"state": "x"}))
    models.open(m.CommOpen("c", "jupyter.widget", {}))
    assert [name in models for name in "abc"] == [False, False, False]


def test_a_change_is_one_of_all_that_contain_it() -> None:
    label = of("Label", value="x", layout="IPY_MODEL_l")
    models = opened(
        l=of("Layout"), a=label, b=of("Label"), h=box("HBox", "a"), v=box("VBox", "h", "b"), w=box("VBox", "late")
    )
    models.take_changed()
    assert models.take_changed() == set()
    for model_id, changed in (("l", "lahv"), ("a", "ahv"), ("b", "bv"), ("h", "hv"), ("v", "v")):
        update(models, model_id, value="y")
        assert models.take_changed() == set(changed)
    update(models, "v", children=["IPY_MODEL_b"])
    models.take_changed()
    update(models, "a", value="z")
    assert models.take_changed() == set("ah")
    models.close("h")
    assert models.take_changed() == {"h"}
    models.open(m.CommOpen("late", "jupyter.widget", {"state": of("Label", value="late")}))
    assert models.take_changed() == {"late", "w"}
    assert models.text("w") == "late"


def captured(models: Models, content: m.Content, parent: str = "c") -> bool:
    return models.capture(parent, content)


def test_capturing() -> None:
    models = opened(o=of("Output", msg_id="", outputs=[]), p=of("Output"), box=box("VBox", "o"))
    out = m.Stream("stdout", "1\n")
    assert not captured(models, out)
    update(models, "o", msg_id="c")
    models.take_changed()
    assert captured(models, out)
    assert models.take_changed() == {"o", "box"}
    assert captured(models, m.Stream("stderr", "\r2"))
    assert captured(models, m.ExecuteResult(1, {"text/plain": "3"}))
    assert not captured(models, out, "another")
    assert not captured(models, m.UpdateDisplayData({"text/plain": "x"}))
    assert not captured(models, m.Status("busy"))
    assert models.text("box") == "1\n2\n3"
    update(models, "p", msg_id="c")
    captured(models, m.DisplayData({"image/png": "A" * 400}))
    assert plain(models.text("p")) == "image/png, 300 B"
    update(models, "p", msg_id="")
    captured(models, m.ClearOutput(wait=True))
    assert models.text("o") == "1\n2\n3"
    captured(models, m.Stream("stdout", "new"))
    assert models.text("o") == "new"
    captured(models, m.ClearOutput())
    assert models.text("o") == ""
    captured(models, m.Stream("stdout", "last"))
    models.close("o")
    assert not captured(models, out)
    assert models.captures == {}


def test_a_kernel_that_is_gone_captures_nothing() -> None:
    models = opened(o=of("Output", msg_id="c"))
    models.end_captures()
    assert not captured(models, m.Stream("stdout", "1\n"))
    update(models, "o", msg_id="")
    assert models.text("o") == ""


def test_of_what_is_printed_into_a_widget_the_end_is_kept() -> None:
    models = opened(o=of("Output", msg_id="c"))
    start = perf_counter()
    for number in range(2000):
        captured(models, m.Stream("stdout", f"{number:099d}\n"))
    captured(models, m.DisplayData({"text/plain": "shown"}))
    for number in range(1000):
        captured(models, m.DisplayData({"text/plain": str(number)}))
        captured(models, m.Stream("stdout", "x" if number < 999 else "last"))
    assert perf_counter() - start < 2
    lines = models.text("o").split("\n")
    assert lines[-2:] == ["999", "last"]
    assert len(lines) == 200
    captured(models, m.ClearOutput())
    for number in range(2000):
        captured(models, m.Stream("stdout", f"{number:099d}\n"))
    lines = models.text("o").split("\n")
    assert len(lines) < 1500
    assert [int(line) for line in lines[-500:]] == list(range(1500, 2000))


def test_what_an_output_widget_contains_may_change() -> None:
    models = opened(l=of("Layout"), a=of("Label", value="1"), o=of("Output", layout="IPY_MODEL_l", msg_id="c"))
    captured(models, m.DisplayData({"application/vnd.jupyter.widget-view+json": {"model_id": "a"}}))
    models.take_changed()
    update(models, "a", value="2")
    assert models.take_changed() == {"a", "o"}
    assert models.text("o") == "2"


def test_outputs_of_a_wrong_form_are_left_out() -> None:
    good = {"output_type": "stream", "name": "stdout", "text": "good"}
    bad = [5, {}, {"output_type": "stream"}, {"output_type": "display_data", "data": 5}, {"output_type": "error"}]
    models = opened(o=of("Output", outputs=[*bad, good, {"output_type": "error", "ename": "E", "evalue": "v"}]))
    assert plain(models.text("o")) == "good\nE: v"
    update(models, "o", outputs=7)
    assert models.text("o") == ""


# ---- malformed and large ---------------------------------------------------------------------------------------


def test_nothing_contains_itself() -> None:
    models = opened(a=of("Label", value="x"), v=box("VBox", "v", "a", "w"), w=box("HBox", "v", "a"))
    assert models.text("v") == "x\nx"
    models = opened(o=of("Output"))
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "o"}}
    update(models, "o", outputs=[{"output_type": "display_data", "data": view}], layout="IPY_MODEL_o")
    assert models.text("o") == ""
    models.take_changed()
    update(models, "o", value=1)
    assert models.take_changed() == {"o"}


def test_depth_is_bounded() -> None:
    chain = {f"b{number}": box("VBox", f"b{number + 1}") for number in range(5000)}
    models = opened(**chain, b5000=of("Label", value="end"))
    assert models.text("b0") == ""
    assert models.text("b4990") == "end"


@pytest.mark.parametrize("kind", ["VBox", "HBox", "Tab"])
@pytest.mark.parametrize("leaf", [of("Label", value="leaf " * 10 + "\n漢字"), of("VBox")])
def test_what_branches_without_end_is_bounded(kind: str, leaf: dict[str, Any]) -> None:
    tree = {f"b{number}": box(kind, *[f"b{number + 1}"] * 10) for number in range(15)}
    models = opened(**tree, b15=leaf)
    start = perf_counter()
    text = models.text("b0")
    assert perf_counter() - start < 3
    assert text.count("\n") < 1000
    assert len(text) < 1_000_000


def test_a_row_of_very_many_is_bounded() -> None:
    tree = {
        "l": of("HTML", value="<b>x</b>" * 10),
        "t": of("Label", value="1\n2"),
        "h": box("HBox", *["l"] * 5000, "t"),
    }
    start = perf_counter()
    assert opened(**tree).text("h").startswith("\x1b[0;1mx")
    assert perf_counter() - start < 2


@pytest.mark.parametrize("kind", ["Text", "Textarea", "HTML", "Label", "Button", "IntProgress", "Output", "Dropdown"])
def test_size_is_bounded(kind: str) -> None:
    long = "<div " * 1_000_000
    outputs = [{"output_type": "stream", "text": long}]
    text = drawn(kind, value=long, description=long, outputs=outputs, _options_labels=[long], index=0)
    assert len(text) < 200_000


def test_old_parts_of_what_was_closed_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MODELS", 10)
    models = opened(outer=of("Label", value="outer"), outerbox=box("HBox", "outer"))
    for number in range(100):
        models.open(m.CommOpen(f"p{number}", "jupyter.widget", {"state": of("Label")}))
        models.open(m.CommOpen(f"h{number}", "jupyter.widget", {"state": box("HBox", f"p{number}")}))
        models.close(f"h{number}")
    assert models.text("outerbox") == "outer"
    assert "p99" in models
    assert "p0" not in models
    for number in range(20):
        models.open(m.CommOpen(f"q{number}", "jupyter.widget", {"state": of("Label", value="q")}))
    assert "outer" not in models
    assert [number for number in range(20) if f"q{number}" in models] == list(range(10, 20))


def test_parts_that_are_used_again_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MODELS", 10)
    models = opened(old=of("Label"), a=of("Label", value="a"), b=of("Label"), h=box("HBox", "a", "b"))
    models.close("h")
    models.open(m.CommOpen("new", "jupyter.widget", {"state": box("VBox", "a")}))
    for number in range(7):
        models.open(m.CommOpen(f"q{number}", "jupyter.widget", {"state": of("Label")}))
    assert ["old" in models, "b" in models, models.text("new")] == [True, False, "a"]
    models.open(m.CommOpen("more", "jupyter.widget", {"state": of("Label")}))
    assert ["old" in models, models.text("new")] == [False, "a"]


JUNK: list[Any] = [None, True, -1, 10**400, 1e308, float("nan"), "", "x", "IPY_MODEL_b", "IPY_MODEL_", "\ud800\x00"]
JUNK += [[], {}, ["IPY_MODEL_a", 3, None, ["x"]], {"0": "t", "²": "u"}, {"year": 1, "month": -9, "date": 10**50}]
JUNK += [{"hours": "x"}, "#zzzzzz", "99999999px", "20px", "none", json.loads("[" * 500 + "]" * 500), [[[[[["x"]]]]]]]
JUNK += [[{"output_type": "stream", "text": "\x1b[2J\x1b[1A"}, {"output_type": "execute_result", "data": {}}]]
KINDS = [
    *("IntProgress", "FloatProgress", "HTML", "Label", "HBox", "Box", "VBox", "Tab", "Accordion", "Stack", "Output"),
    *("Button", "ToggleButton", "Dropdown", "IntRangeSlider", "DatePicker", "Password", "Layout", "Odd"),
]


@pytest.mark.parametrize("seed", range(20))
def test_no_message_is_an_error(seed: int) -> None:
    chance = random.Random(seed)
    models = Models()
    names = sorted(module._KEPT)
    for _ in range(150):
        model_id = chance.choice("abcd")
        state: dict[str, Any] = {name: chance.choice(JUNK) for name in chance.sample(names, chance.randrange(6))}
        match chance.randrange(6):
            case 0 | 1:
                kind = chance.choice([*(f"{kind}Model" for kind in KINDS), *JUNK])
                state = {"children": ["IPY_MODEL_c", "IPY_MODEL_d"], **state, "_model_name": kind}
                models.open(m.CommOpen(model_id, "jupyter.widget", {"state": state}))
            case 2 | 3:
                update(models, model_id, **state)
            case 4:
                models.close(model_id)
            case _:
                models.capture(str(chance.choice(JUNK)), m.Stream("stdout", "x\r\n"))
        assert models.take_changed() <= {*"abcd", "", "x"} | {str(value) for value in JUNK}
        for name in "abcd":
            assert "\x1b[2J" not in models.text(name)
