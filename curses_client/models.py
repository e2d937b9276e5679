"""The widget models of a session: what the kernel's comms of ipywidgets say of them.

Source: the widget messaging protocol 2.1 (ipywidgets, `packages/schema/messages.md`).  A model is a state of named
values; `layout`, `style` and `children` refer to other models.  Only the values that its text needs are kept, and
of these no more than a screen could show.
"""

from typing import Any, Final

from curses_client.bundle import model_of, text_of
from curses_client.tracebacks import error_text
from kernel.protocol import messages as m

Piece = tuple[str, str]
"""Of the outputs of an Output widget: ("stream" or "block", text), or ("view", model)."""

REFERENCE: Final = "IPY_MODEL_"

_LINKS: Final = frozenset({"children", "layout", "style", "outputs"})
_KEPT: Final = _LINKS | {
    *("_model_name", "_options_labels", "_titles", "bar_color", "bar_style", "button_style", "description"),
    *("display", "flex_flow", "icon", "index", "max", "min", "msg_id", "selected_index", "titles", "tooltip"),
    *("value", "visibility", "width"),
}
_MODELS: Final = 50_000
_CHARACTERS: Final = 20_000
_ITEMS: Final = 1000
_DEPTH: Final = 4
# of what was printed into an Output widget the end is shown; all of it is in the journal
_PIECES: Final = 200
_TAIL: Final = 1 << 16


class Models:
    """All models by the identifier of their comm.  Malformed messages change nothing."""

    def __init__(self) -> None:
        self.captures: dict[str, list[str]] = {}
        """The requests whose output Output widgets take, and those; the last one has it."""
        # a model that was referred to and not opened yet has an empty state
        self._states: dict[str, dict[str, Any]] = {}
        self._parents: dict[str, set[str]] = {}
        # what nothing refers to any more, in that order
        self._orphans: dict[str, None] = {}
        self._changed: set[str] = set()

    def __contains__(self, model_id: str) -> bool:
        """Whether the model was opened and not closed."""
        return "_model_name" in self._states.get(model_id, ())

    def open(self, content: m.CommOpen) -> None:
        """Take in a new model; other comms than widgets are none of ours."""
        state = content.data.get("state")
        if content.target_name != "jupyter.widget" or not isinstance(state, dict):
            return
        self._add(content.comm_id)
        self._merge(content.comm_id, {"_model_name": "", **state})

    def update(self, content: m.CommMsg) -> None:
        """Take in new values of a model."""
        state = content.data.get("state")
        is_update = content.data.get("method") in ("update", "echo_update")
        if is_update and isinstance(state, dict) and content.comm_id in self:
            self._merge(content.comm_id, state)

    def close(self, model_id: str) -> None:
        """Forget a model."""
        if model_id in self:
            self.touch(model_id)
            self._remove(model_id)

    def touch(self, model_id: str) -> None:
        """Have a model counted as changed, and now: what is removed is no longer part of what it was in."""
        todo = [model_id]
        while todo:
            changed = todo.pop()
            if changed not in self._changed:
                self._changed.add(changed)
                todo += self._parents.get(changed, ())

    def take_changed(self) -> set[str]:
        """Return the models whose text may have changed since this was asked last: they, and what they are in."""
        changed, self._changed = self._changed, set()
        return changed

    def text(self, model_id: str) -> str:
        """Return a model as text with colours (`curses_client.text.ansi`); empty if it is hidden or unknown."""
        # most sessions have no widgets
        from curses_client.model_text import lines

        return "\n".join(lines(self._states, model_id))

    # ---- Output widgets --------------------------------------------------------------------------------------

    def capture(self, parent: str, content: m.Content) -> bool:
        """Give output of a request to the Output widget that captures it; return whether there is one."""
        owners = self.captures.get(parent)
        if not owners:
            return False
        state = self._states[owners[-1]]
        if isinstance(content, m.ClearOutput):
            if content.wait:
                state["clears"] = True
            else:
                self._set_outputs(owners[-1], [])
            return True
        piece = self._captured(content)
        if piece is None:
            return False
        outputs = [] if state.pop("clears", False) else state.get("outputs", [])
        self._set_outputs(owners[-1], _appended(outputs, piece))
        return True

    def end_captures(self) -> None:
        """Let all output be shown where it belongs: the kernel that redirected it is gone."""
        self.captures.clear()

    def _captured(self, content: m.Content) -> Piece | None:
        match content:
            case m.Stream():
                return "stream", content.text
            case m.UpdateDisplayData():
                return None
            case m.DisplayData() | m.ExecuteResult():
                return self._shown(content.data)
            case m.Error():
                return "block", error_text(content.ename, content.evalue, content.traceback)
        return None

    def _stored(self, output: Any) -> Piece | None:
        """Read an output in the form of a notebook."""
        if not isinstance(output, dict):
            return None
        match output:
            case {"output_type": "stream", "text": str(text)}:
                return "stream", text
            case {"output_type": "display_data" | "execute_result", "data": dict(bundle)}:
                return self._shown(bundle)
            case {"output_type": "error", "ename": str(ename), "evalue": str(evalue)}:
                frames = output.get("traceback")
                return "block", error_text(ename, evalue, list(map(str, frames)) if isinstance(frames, list) else [])
        return None

    def _shown(self, bundle: dict[str, Any]) -> Piece:
        model_id = model_of(bundle)
        return ("view", model_id) if model_id in self else ("block", text_of(bundle))

    def _set_outputs(self, model_id: str, outputs: list[Piece]) -> None:
        state = self._states[model_id]
        before = _references(state)
        state["outputs"] = outputs
        self._link(model_id, before)
        self.touch(model_id)

    def _redirect(self, model_id: str, before: object, after: object) -> None:
        """Take in that an Output widget captures the output of another request than before, or of none."""
        if isinstance(before, str) and model_id in self.captures.get(before, ()):
            self.captures[before].remove(model_id)
            if not self.captures[before]:
                del self.captures[before]
        if isinstance(after, str) and after:
            self.captures.setdefault(after, []).append(model_id)

    # ---- states and references -------------------------------------------------------------------------------

    def _add(self, model_id: str) -> None:
        if model_id in self._states:
            return
        self._states[model_id] = {}
        self._parents[model_id] = set()
        while len(self._states) > _MODELS:
            # parts of closed bars first: an outer bar is older than all of its inner ones
            self._remove(next(iter(self._orphans or self._states)))

    def _remove(self, model_id: str) -> None:
        state = self._states.pop(model_id)
        self._redirect(model_id, state.get("msg_id"), None)
        self._orphans.pop(model_id, None)
        del self._parents[model_id]
        self._unlink(model_id, _references(state))

    def _merge(self, model_id: str, values: dict[str, Any]) -> None:
        state = self._states[model_id]
        before = None if _LINKS.isdisjoint(values) else _references(state)
        if "msg_id" in values:
            self._redirect(model_id, state.get("msg_id"), values["msg_id"])
        for name in _KEPT & values.keys():
            state[name] = self._outputs(values[name]) if name == "outputs" else _pruned(values[name], _DEPTH)
            if state[name] is None:
                del state[name]
        if before is not None:
            self._link(model_id, before)
        self.touch(model_id)

    def _outputs(self, values: Any) -> list[Piece]:
        outputs: list[Piece] = []
        for value in values[-_PIECES:] if isinstance(values, list) else ():
            piece = self._stored(value)
            if piece is not None:
                outputs = _appended(outputs, piece)
        return outputs

    def _link(self, model_id: str, before: set[str]) -> None:
        """Take in that a model refers to other ones than before."""
        after = _references(self._states[model_id])
        for child in sorted(after - before):
            self._add(child)
            self._orphans.pop(child, None)
            # making room for the child may have cost the model itself
            if model_id in self._states and child in self._states:
                self._parents[child].add(model_id)
        self._unlink(model_id, before - after)

    def _unlink(self, model_id: str, children: set[str]) -> None:
        for child in sorted(children & self._parents.keys()):
            self._parents[child].discard(model_id)
            if not self._parents[child]:
                self._orphans[child] = None


def _references(state: dict[str, Any]) -> set[str]:
    children = state.get("children")
    values = [state.get("layout"), state.get("style"), *(children if isinstance(children, list) else ())]
    found = {value[len(REFERENCE) :] for value in values if isinstance(value, str) and value.startswith(REFERENCE)}
    return found | {text for kind, text in state.get("outputs", ()) if kind == "view"}


def _appended(outputs: list[Piece], piece: Piece) -> list[Piece]:
    """Return outputs with one more; text of streams goes on where it ended."""
    kind, text = piece
    if outputs and kind == outputs[-1][0] == "stream":
        outputs, text = outputs[:-1], outputs[-1][1] + text
    # room for as much again, or each line would have all of them copied
    if len(text) > 2 * _TAIL:
        text = "…\n" + text[-_TAIL:].partition("\n")[2]
    return [*outputs[-_PIECES + 1 :], (kind, text)]


def _pruned(value: Any, depth: int) -> Any:
    """Return a copy of a JSON value of bounded size; what is nested too deeply is None."""
    if isinstance(value, str):
        return value[:_CHARACTERS]
    if isinstance(value, int):
        return value if value.bit_length() <= 256 else None
    if isinstance(value, float):
        return value
    if isinstance(value, list) and depth:
        return [_pruned(item, depth - 1) for item in value[:_ITEMS]]
    if isinstance(value, dict) and depth:
        return {key[:100]: _pruned(value[key], depth - 1) for key in list(value)[:_ITEMS]}
    return None
