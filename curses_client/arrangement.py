"""How the screen is divided, as the user wants it."""

from typing import Literal

from kernel.protocol.value import Value

# what can be open beside the output and the editor
PaneName = Literal["queue", "variables", "documentation", "where", "debugger"]


class Panes(Value):
    """How the screen is divided; None stands for what fits the size of the window."""

    # the panes that are open, the last one opened last; and the one that has the keys
    open: tuple[PaneName, ...] = ()
    focus: PaneName | None = None
    # what has the screen for itself
    zoomed: Literal["output", "editor"] | PaneName | None = None
    # whether the editor is beside the output, and not below it
    beside: bool | None = None
    # the part that the editor has of the columns beside the output, and of the rows below it
    editor_cols: float | None = None
    editor_rows: float | None = None
    # the part that other panes have of the columns, or of the output's rows
    side_cols: float | None = None
    side_rows: float | None = None
