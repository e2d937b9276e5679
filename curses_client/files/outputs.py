"""What a cell has shown, as notebooks keep it (nbformat 4)."""

from typing import Any, Final

from curses_client.bundle import VIEW
from curses_client.outputs import Part, Rich
from curses_client.text.lines import LineStore
from curses_client.tracebacks import Traceback
from curses_client.transcript import Cell

# what is said to this client only
_OURS: Final = "application/vnd.cshell."


def outputs_of(cell: Cell) -> list[dict[str, Any]]:
    """Return the outputs of a cell; of a widget its text, because nothing else of it can be shown again."""
    return [output for part in cell.outputs if (output := _output(part, cell.count)) is not None]


def _output(part: Part, count: int | None) -> dict[str, Any] | None:
    match part.body:
        case LineStore() as store if part.kind in ("stdout", "stderr"):
            return {"output_type": "stream", "name": part.kind, "text": _text(store)}
        case LineStore() as store if part.kind in ("display", "result"):
            return _value(part, {"text/plain": _text(store).removesuffix("\n")}, {}, count)
        case Rich(bundle=bundle, metadata=metadata):
            data = {mime: value for mime, value in bundle.items() if mime != VIEW and not mime.startswith(_OURS)}
            return _value(part, data, metadata, count)
        case Traceback(ename=ename, evalue=evalue, traceback=traceback):
            return {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": traceback}
    return None


def _value(part: Part, data: dict[str, Any], metadata: dict[str, Any], count: int | None) -> dict[str, Any]:
    found = {"data": data, "metadata": metadata}
    if part.kind == "result":
        return {"output_type": "execute_result", "execution_count": count, **found}
    return {"output_type": "display_data", **found}


def _text(store: LineStore) -> str:
    return "".join(f"{line}\n" for line in store.slice(0, len(store)))
