"""What kernels sent for widgets: messages of ipykernel 7.4 with ipywidgets 8.1, tqdm 4.70 and dask 2026.8.

One message begins at each line that is not indented: its type, for comms the identifier of the comm and what its
data hold, else its content.  Identifiers are shortened, and of the states what every widget has and what is null
is left out.  The cell that was run is `c`.
"""

import json
from typing import Any


def messages(recording: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the messages of a recording as (msg_type, content)."""
    found = []
    for line in recording.strip().replace("\n  ", " ").split("\n"):
        msg_type, _, rest = line.partition(" ")
        if msg_type.startswith("comm_"):
            comm_id, _, data = rest.partition(" ")
            target = {"target_name": "jupyter.widget"} if msg_type == "comm_open" else {}
            found.append((msg_type, {"comm_id": comm_id, "data": json.loads(data), **target}))
        else:
            found.append((msg_type, json.loads(rest)))
    return found


TQDM = r"""
comm_open layout-1 {"state": {"_model_name": "LayoutModel"}}
comm_open progressstyle-1 {"state": {"_model_name": "ProgressStyleModel"}}
comm_open floatprogress-1 {"state": {"_model_name": "FloatProgressModel", "bar_style": "", "description": "",
  "layout": "IPY_MODEL_layout-1", "max": 10.0, "min": 0.0, "style": "IPY_MODEL_progressstyle-1", "value": 0.0}}
comm_open layout-2 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-1 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-1 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-2",
  "style": "IPY_MODEL_htmlstyle-1", "value": ""}}
comm_open layout-3 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-2 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-2 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-3",
  "style": "IPY_MODEL_htmlstyle-2", "value": ""}}
comm_msg html-1 {"method": "update", "state": {"value": "Loading"}}
comm_open layout-4 {"state": {"_model_name": "LayoutModel"}}
comm_open hbox-1 {"state": {"_model_name": "HBoxModel", "children": ["IPY_MODEL_html-1",
  "IPY_MODEL_floatprogress-1", "IPY_MODEL_html-2"], "layout": "IPY_MODEL_layout-4"}}
display_data {"data": {"text/plain": "Loading:   0%|          | 0/10 [00:00<?, ?it/s]",
  "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "hbox-1"}}}
comm_msg html-1 {"method": "update", "state": {"value": "Loading:\u2007\u2007\u20070%"}}
comm_msg html-2 {"method": "update", "state": {"value": "\u20070/10\u2007[00:00&lt;?,\u2007?it/s]"}}
comm_msg floatprogress-1 {"method": "update", "state": {"value": 1.0}}
comm_msg html-1 {"method": "update", "state": {"value": "Loading:\u2007\u200710%"}}
comm_msg html-2 {"method": "update", "state": {"value": "\u20071/10\u2007[00:00&lt;00:00,\u200717.73it/s]"}}
comm_msg floatprogress-1 {"method": "update", "state": {"value": 2.0}}
comm_msg html-1 {"method": "update", "state": {"value": "Loading:\u2007\u200720%"}}
comm_msg html-2 {"method": "update", "state": {"value": "\u20072/10\u2007[00:00&lt;00:00,\u200718.75it/s]"}}
comm_msg floatprogress-1 {"method": "update", "state": {"value": 3.0}}
comm_msg html-1 {"method": "update", "state": {"value": "Loading:\u2007\u200730%"}}
comm_msg html-2 {"method": "update", "state": {"value": "\u20073/10\u2007[00:00&lt;00:00,\u200719.07it/s]"}}
comm_msg floatprogress-1 {"method": "update", "state": {"value": 4.0}}
comm_msg html-1 {"method": "update", "state": {"value": "Loading:\u2007\u200740%"}}
comm_msg html-2 {"method": "update", "state": {"value": "\u20074/10\u2007[00:00&lt;00:00,\u200719.22it/s]"}}
"""

TQDM_END = r"""
comm_msg floatprogress-1 {"method": "update", "state": {"value": 10.0}}
comm_msg html-1 {"method": "update", "state": {"value": "Loading:\u2007100%"}}
comm_msg html-2 {"method": "update", "state": {"value": "\u200710/10\u2007[00:00&lt;00:00,\u200776.96it/s]"}}
comm_msg floatprogress-1 {"method": "update", "state": {"bar_style": "success"}}
"""

TQDM_NO_LEAVE = r"""
comm_open layout-5 {"state": {"_model_name": "LayoutModel"}}
comm_open progressstyle-2 {"state": {"_model_name": "ProgressStyleModel"}}
comm_open floatprogress-2 {"state": {"_model_name": "FloatProgressModel", "bar_style": "", "description": "",
  "layout": "IPY_MODEL_layout-5", "max": 2.0, "min": 0.0, "style": "IPY_MODEL_progressstyle-2", "value": 0.0}}
comm_open layout-6 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-3 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-3 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-6",
  "style": "IPY_MODEL_htmlstyle-3", "value": ""}}
comm_open layout-7 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-4 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-4 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-7",
  "style": "IPY_MODEL_htmlstyle-4", "value": ""}}
comm_open layout-8 {"state": {"_model_name": "LayoutModel"}}
comm_open hbox-2 {"state": {"_model_name": "HBoxModel", "children": ["IPY_MODEL_html-3",
  "IPY_MODEL_floatprogress-2", "IPY_MODEL_html-4"], "layout": "IPY_MODEL_layout-8"}}
display_data {"data": {"text/plain": "  0%|          | 0/2 [00:00<?, ?it/s]",
  "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "hbox-2"}}}
comm_msg html-3 {"method": "update", "state": {"value": "\u2007\u20070%"}}
comm_msg html-4 {"method": "update", "state": {"value": "\u20070/2\u2007[00:00&lt;?,\u2007?it/s]"}}
comm_msg floatprogress-2 {"method": "update", "state": {"value": 2.0}}
comm_close hbox-2 {}
comm_msg layout-8 {"method": "update", "state": {"visibility": "hidden"}}
"""

TQDM_NO_TOTAL = r"""
comm_open layout-9 {"state": {"_model_name": "LayoutModel"}}
comm_open progressstyle-3 {"state": {"_model_name": "ProgressStyleModel"}}
comm_open floatprogress-3 {"state": {"_model_name": "FloatProgressModel", "bar_style": "", "description": "",
  "layout": "IPY_MODEL_layout-9", "max": 1.0, "min": 0.0, "style": "IPY_MODEL_progressstyle-3", "value": 0.0}}
comm_msg floatprogress-3 {"method": "update", "state": {"value": 1.0}}
comm_msg floatprogress-3 {"method": "update", "state": {"bar_style": "info"}}
comm_msg layout-9 {"method": "update", "state": {"width": "20px"}}
comm_open layout-10 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-5 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-5 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-10",
  "style": "IPY_MODEL_htmlstyle-5", "value": ""}}
comm_open layout-11 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-6 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-6 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-11",
  "style": "IPY_MODEL_htmlstyle-6", "value": ""}}
comm_msg html-5 {"method": "update", "state": {"value": "gen"}}
comm_open layout-12 {"state": {"_model_name": "LayoutModel"}}
comm_open hbox-3 {"state": {"_model_name": "HBoxModel", "children": ["IPY_MODEL_html-5",
  "IPY_MODEL_floatprogress-3", "IPY_MODEL_html-6"], "layout": "IPY_MODEL_layout-12"}}
display_data {"data": {"text/plain": "gen: 0it [00:00, ?it/s]",
  "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "hbox-3"}}}
comm_msg floatprogress-3 {"method": "update", "state": {"value": 0.0}}
comm_msg html-5 {"method": "update", "state": {"value": "gen:\u2007"}}
comm_msg html-6 {"method": "update", "state": {"value": "\u20070/?\u2007[00:00&lt;?,\u2007?it/s]"}}
comm_msg floatprogress-3 {"method": "update", "state": {"value": 1.0}}
comm_msg html-6 {"method": "update", "state": {"value": "\u20073/?\u2007[00:00&lt;00:00,\u2007469.27it/s]"}}
comm_msg floatprogress-3 {"method": "update", "state": {"bar_style": "success"}}
"""

FORMS = r"""
comm_open intslider-1 {"state": {"_model_name": "IntSliderModel", "description": "n", "max": 100, "min": 0,
  "readout": true, "step": 1, "value": 3}}
comm_open text-1 {"state": {"_model_name": "TextModel", "description": "name", "value": "hi"}}
comm_open checkbox-1 {"state": {"_model_name": "CheckboxModel", "description": "ok", "indent": true, "value": true}}
comm_open dropdown-1 {"state": {"_model_name": "DropdownModel", "_options_labels": ["a", "b"],
  "description": "pick", "index": 1}}
comm_open button-1 {"state": {"_model_name": "ButtonModel", "button_style": "", "description": "Go", "icon": ""}}
comm_open selectmultiple-1 {"state": {"_model_name": "SelectMultipleModel", "_options_labels": ["x", "y", "z"],
  "description": "many", "index": [0, 2], "rows": 5}}
comm_open intrangeslider-1 {"state": {"_model_name": "IntRangeSliderModel", "description": "range", "max": 100,
  "min": 0, "readout": true, "step": 1, "value": [2, 5]}}
comm_open password-1 {"state": {"_model_name": "PasswordModel", "description": "pw", "value": "secret"}}
comm_open datepicker-1 {"state": {"_model_name": "DatePickerModel", "description": "day", "step": 1,
  "value": {"year": 2026, "month": 0, "date": 2}}}
comm_open html-7 {"state": {"_model_name": "HTMLModel", "description": "h", "value": "<b>bold</b> &amp; <i>it</i>"}}
comm_open label-1 {"state": {"_model_name": "LabelModel", "description": "", "value": "x < y"}}
comm_open textarea-1 {"state": {"_model_name": "TextareaModel", "description": "ta", "value": "l1\nl2"}}
comm_open floatprogress-4 {"state": {"_model_name": "FloatProgressModel", "bar_style": "", "description": "p:",
  "max": 10.0, "min": 0.0, "value": 2.5}}
comm_open colorpicker-1 {"state": {"_model_name": "ColorPickerModel", "concise": false, "description": "",
  "value": "red"}}
comm_open togglebutton-1 {"state": {"_model_name": "ToggleButtonModel", "button_style": "", "description": "tb",
  "icon": "", "value": false}}
comm_open valid-1 {"state": {"_model_name": "ValidModel", "description": "", "readout": "Invalid", "value": true}}
comm_open radiobuttons-1 {"state": {"_model_name": "RadioButtonsModel", "_options_labels": ["one", "two"],
  "description": "", "index": 0}}
comm_open play-1 {"state": {"_model_name": "PlayModel", "description": "", "interval": 100, "max": 100, "min": 0,
  "playing": false, "repeat": false, "show_repeat": true, "step": 1, "value": 0}}
comm_open tagsinput-1 {"state": {"_model_name": "TagsInputModel", "allow_duplicates": true, "allowed_tags": [],
  "description": "", "tag_style": "", "value": ["q", "r"]}}
comm_open image-1 {"state": {"_model_name": "ImageModel", "format": "png", "height": "", "width": ""},
  "buffer_paths": [["value"]]}
comm_open vbox-1 {"state": {"_model_name": "VBoxModel", "children": ["IPY_MODEL_intslider-1", "IPY_MODEL_text-1",
  "IPY_MODEL_checkbox-1", "IPY_MODEL_dropdown-1", "IPY_MODEL_button-1", "IPY_MODEL_selectmultiple-1",
  "IPY_MODEL_intrangeslider-1", "IPY_MODEL_password-1", "IPY_MODEL_datepicker-1", "IPY_MODEL_html-7",
  "IPY_MODEL_label-1", "IPY_MODEL_textarea-1", "IPY_MODEL_floatprogress-4", "IPY_MODEL_colorpicker-1",
  "IPY_MODEL_togglebutton-1", "IPY_MODEL_valid-1", "IPY_MODEL_radiobuttons-1", "IPY_MODEL_play-1",
  "IPY_MODEL_tagsinput-1", "IPY_MODEL_image-1"]}}
execute_result {"data": {"text/plain": "VBox(children=(IntSlider(value=3, description='n'), Text(value='hi',
  description='name'), Checkbox(value=True,\u2026", "application/vnd.jupyter.widget-view+json": {"version_major": 2,
  "version_minor": 0, "model_id": "vbox-1"}}, "execution_count": 5}
"""

TABS = r"""
comm_open layout-34 {"state": {"_model_name": "LayoutModel"}}
comm_open labelstyle-2 {"state": {"_model_name": "LabelStyleModel"}}
comm_open label-2 {"state": {"_model_name": "LabelModel", "description": "", "layout": "IPY_MODEL_layout-34",
  "style": "IPY_MODEL_labelstyle-2", "value": "one"}}
comm_open layout-35 {"state": {"_model_name": "LayoutModel"}}
comm_open labelstyle-3 {"state": {"_model_name": "LabelStyleModel"}}
comm_open label-3 {"state": {"_model_name": "LabelModel", "description": "", "layout": "IPY_MODEL_layout-35",
  "style": "IPY_MODEL_labelstyle-3", "value": "two"}}
comm_open layout-36 {"state": {"_model_name": "LayoutModel"}}
comm_open tab-1 {"state": {"_model_name": "TabModel", "children": ["IPY_MODEL_label-2", "IPY_MODEL_label-3"],
  "layout": "IPY_MODEL_layout-36", "selected_index": 0, "titles": ["First", "Second"]}}
display_data {"data": {"text/plain": "Tab(children=(Label(value='one'), Label(value='two')), selected_index=0,
  titles=('First', 'Second'))", "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0,
  "model_id": "tab-1"}}}
comm_open layout-37 {"state": {"_model_name": "LayoutModel"}}
comm_open labelstyle-4 {"state": {"_model_name": "LabelStyleModel"}}
comm_open label-4 {"state": {"_model_name": "LabelModel", "description": "", "layout": "IPY_MODEL_layout-37",
  "style": "IPY_MODEL_labelstyle-4", "value": "one"}}
comm_open layout-38 {"state": {"_model_name": "LayoutModel"}}
comm_open labelstyle-5 {"state": {"_model_name": "LabelStyleModel"}}
comm_open label-5 {"state": {"_model_name": "LabelModel", "description": "", "layout": "IPY_MODEL_layout-38",
  "style": "IPY_MODEL_labelstyle-5", "value": "two"}}
comm_open layout-39 {"state": {"_model_name": "LayoutModel"}}
comm_open accordion-1 {"state": {"_model_name": "AccordionModel", "children": ["IPY_MODEL_label-4",
  "IPY_MODEL_label-5"], "layout": "IPY_MODEL_layout-39", "titles": ["First", "Second"]}}
display_data {"data": {"text/plain": "Accordion(children=(Label(value='one'), Label(value='two')), titles=('First',
  'Second'))", "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0,
  "model_id": "accordion-1"}}}
"""

OUTPUT = r"""
comm_open layout-40 {"state": {"_model_name": "LayoutModel"}}
comm_open output-1 {"state": {"_model_name": "OutputModel", "layout": "IPY_MODEL_layout-40", "msg_id": "",
  "outputs": []}}
display_data {"data": {"text/plain": "Output()", "application/vnd.jupyter.widget-view+json": {"version_major": 2,
  "version_minor": 0, "model_id": "output-1"}}}
comm_msg output-1 {"method": "update", "state": {"msg_id": "c"}}
comm_open layout-41 {"state": {"_model_name": "LayoutModel"}}
comm_open labelstyle-6 {"state": {"_model_name": "LabelStyleModel"}}
comm_open label-6 {"state": {"_model_name": "LabelModel", "description": "", "layout": "IPY_MODEL_layout-41",
  "style": "IPY_MODEL_labelstyle-6", "value": "nested"}}
stream {"name": "stdout", "text": "inside\n"}
display_data {"data": {"text/plain": "Label(value='nested')",
  "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "label-6"}}}
error {"traceback": ["frame", "\u001b[31mZeroDivisionError\u001b[39m: division by zero"], "ename": "ZeroDivisionError", "evalue": "division by zero"}
comm_msg output-1 {"method": "update", "state": {"msg_id": ""}}
comm_msg output-1 {"method": "update", "state": {"outputs": [{"output_type": "stream", "name": "stdout",
  "text": "more\n"}]}}
stream {"name": "stdout", "text": "outside\n"}
comm_msg output-1 {"method": "update", "state": {"msg_id": "c"}}
clear_output {"wait": true}
comm_msg output-1 {"method": "update", "state": {"msg_id": ""}}
comm_open layout-42 {"state": {"_model_name": "LayoutModel"}}
comm_open labelstyle-7 {"state": {"_model_name": "LabelStyleModel"}}
comm_open label-7 {"state": {"_model_name": "LabelModel", "description": "", "layout": "IPY_MODEL_layout-42",
  "style": "IPY_MODEL_labelstyle-7", "value": "later"}}
comm_msg output-1 {"method": "update", "state": {"outputs": [{"output_type": "stream", "name": "stdout",
  "text": "more\n"}, {"output_type": "display_data", "data": {"text/plain": "Label(value='later')",
  "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "label-7"}},
  "metadata": {}}]}}
"""

INTERACT = r"""
comm_open layout-43 {"state": {"_model_name": "LayoutModel"}}
comm_open vbox-2 {"state": {"_model_name": "VBoxModel", "children": [], "layout": "IPY_MODEL_layout-43"}}
comm_open layout-44 {"state": {"_model_name": "LayoutModel"}}
comm_open sliderstyle-3 {"state": {"_model_name": "SliderStyleModel"}}
comm_open intslider-2 {"state": {"_model_name": "IntSliderModel", "description": "",
  "layout": "IPY_MODEL_layout-44", "max": 9, "min": -3, "readout": true, "step": 1,
  "style": "IPY_MODEL_sliderstyle-3", "value": 3}}
comm_msg intslider-2 {"method": "update", "state": {"description": "x"}}
comm_open layout-45 {"state": {"_model_name": "LayoutModel"}}
comm_open output-2 {"state": {"_model_name": "OutputModel", "layout": "IPY_MODEL_layout-45", "msg_id": "",
  "outputs": []}}
comm_msg vbox-2 {"method": "update", "state": {"children": ["IPY_MODEL_intslider-2", "IPY_MODEL_output-2"]}}
comm_msg output-2 {"method": "update", "state": {"msg_id": "c"}}
clear_output {"wait": true}
stream {"name": "stdout", "text": "x is 3\n"}
display_data {"data": {"text/plain": "6"}}
comm_msg output-2 {"method": "update", "state": {"msg_id": ""}}
display_data {"data": {"text/plain": "interactive(children=(IntSlider(value=3, description='x', max=9, min=-3),
  Output()), _dom_classes=('widget-int\u2026", "application/vnd.jupyter.widget-view+json": {"version_major": 2,
  "version_minor": 0, "model_id": "vbox-2"}}}
execute_result {"data": {"text/plain": "<function __main__.f(x)>"}, "execution_count": 8}
"""

DISTRIBUTED = r"""
comm_open layout-46 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-8 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-8 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-46",
  "style": "IPY_MODEL_htmlstyle-8", "value": "<div style=\"padding: 0px 10px 5px 10px\"><b>Finished:</b> 1.2s</div>"}}
comm_open layout-47 {"state": {"_model_name": "LayoutModel"}}
comm_open progressstyle-5 {"state": {"_model_name": "ProgressStyleModel"}}
comm_open floatprogress-5 {"state": {"_model_name": "FloatProgressModel", "bar_style": "", "description": "",
  "layout": "IPY_MODEL_layout-47", "max": 1.0, "min": 0.0, "style": "IPY_MODEL_progressstyle-5", "value": 0.3}}
comm_open layout-48 {"state": {"_model_name": "LayoutModel"}}
comm_open htmlstyle-9 {"state": {"_model_name": "HTMLStyleModel"}}
comm_open html-9 {"state": {"_model_name": "HTMLModel", "description": "", "layout": "IPY_MODEL_layout-48",
  "style": "IPY_MODEL_htmlstyle-9",
  "value": "<div style='padding: 0px 10px 0px 10px; text-align:right;'>3 / 10</div>"}}
comm_open layout-49 {"state": {"_model_name": "LayoutModel"}}
comm_open hbox-4 {"state": {"_model_name": "HBoxModel", "children": ["IPY_MODEL_floatprogress-5",
  "IPY_MODEL_html-9"], "layout": "IPY_MODEL_layout-49"}}
comm_open layout-50 {"state": {"_model_name": "LayoutModel"}}
comm_open vbox-3 {"state": {"_model_name": "VBoxModel", "children": ["IPY_MODEL_html-8", "IPY_MODEL_hbox-4"],
  "layout": "IPY_MODEL_layout-50"}}
display_data {"data": {"text/plain": "VBox(children=(HTML(value='<div style=\"padding: 0px 10px 5px 10px\"><b>Finished:</b> 1.2s</div>'), HBox(childre\u2026", "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "vbox-3"}}}
comm_msg floatprogress-5 {"method": "update", "state": {"value": 1.0}}
comm_msg floatprogress-5 {"method": "update", "state": {"bar_style": "success"}}
comm_msg progressstyle-5 {"method": "update", "state": {"bar_color": "#00ff80"}}
comm_msg layout-50 {"method": "update", "state": {"visibility": "hidden"}}
comm_close vbox-3 {}
"""

DASK = r"""
stream {"name": "stdout", "text": "\r[                                        ] | 0% Completed | 343.94 us"}
stream {"name": "stdout", "text": "\r[                                        ] | 0% Completed | 52.17 ms"}
stream {"name": "stdout", "text": "\r[####################                    ] | 50% Completed | 103.26 ms"}
stream {"name": "stdout", "text": "\r[########################################] | 100% Completed | 154.64 ms"}
stream {"name": "stdout", "text": "\n"}
"""
