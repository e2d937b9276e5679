"""Variables of a namespace while no thread is stopped, as debugpy shows those of a stopped one."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

from kernel.worker.dap import Json


class Explorer:
    """Variables of a namespace while no thread is stopped, as pydevd shows them."""

    def __init__(self) -> None:
        self._frames = importlib.import_module("_pydevd_bundle.pydevd_suspended_frames")
        api = importlib.import_module("_pydevd_bundle.pydevd_api")
        self._options = SimpleNamespace(variable_presentation=api.PyDevdAPI.VariablePresentation())
        self._variables: dict[int, Any] = {}

    def __contains__(self, reference: object) -> bool:
        return reference in self._variables

    def _register(self, variable: Any) -> None:
        self._variables[variable.get_variable_reference()] = variable

    def show_namespace(self, namespace: Json) -> list[Json]:
        """Return the variables in a namespace."""
        frame = SimpleNamespace(f_code=SimpleNamespace(co_name="<module>"), f_locals=namespace, f_globals=namespace)
        variable = self._frames._FrameVariable(self._options, frame, self._register)
        return [child.get_var_data() for child in variable.get_children_variables()]

    def show_value(self, name: str, value: object) -> Json:
        """Return a value as a variable."""
        variable = self._frames._ObjectVariable(self._options, name, value, self._register, evaluate_name=name)
        return dict(variable.get_var_data())

    def show_children(self, reference: int) -> list[Json]:
        """Return what a variable consists of."""
        return [child.get_var_data() for child in self._variables[reference].get_children_variables()]
