"""What a table of data does not say of itself in HTML: the types of its columns, as a MIME type of our own."""

from __future__ import annotations

from typing import Any, Final

from IPython.core.formatters import JSONFormatter
from traitlets import ObjectName, Unicode

MIME: Final = "application/vnd.cshell.types+json"
# columns whose types are told: nobody sees more
_COLUMNS: Final = 500
# `pandas` from version 3 on
_FRAMES: Final = (("pandas", "DataFrame"), ("pandas.core.frame", "DataFrame"))


class TypesFormatter(JSONFormatter):  # type: ignore[misc]
    """Tells the types of a DataFrame's index and columns, as the schema of a data resource would."""

    format_type = Unicode(MIME)
    print_method = ObjectName("_repr_cshell_types_")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for module, name in _FRAMES:
            self.for_type_by_name(module, name, _types)


def _types(frame: Any) -> dict[str, Any] | None:
    """Return names and types of a frame's columns; of columns that share a name the last one counts.

    A name of several levels has tabs between them.
    """
    has_levels = getattr(frame.columns, "nlevels", 1) > 1
    types = frame.dtypes
    columns = enumerate(frame.columns[:_COLUMNS])
    names = ((place, "\t".join(map(str, name)) if has_levels else str(name)) for place, name in columns)
    return {"schema": {"fields": [{"name": name, "type": str(types.iloc[place])} for place, name in names]}}
