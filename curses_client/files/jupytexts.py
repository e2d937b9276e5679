"""``python -m curses_client.files.jupytexts``: converts one notebook, from a request in JSON to an answer in JSON."""

import json
import sys
from typing import Any

from kernel.protocol.installing import pip_install


def main() -> int:
    """Answer what is asked on the standard input; return the exit status."""
    request = json.loads(sys.stdin.buffer.read())
    try:
        import jupytext
        import nbformat
    except ModuleNotFoundError as error:
        print(f"notebooks need {error.name}; get it: {pip_install('jupytext', 'nbformat')}", file=sys.stderr)
        return 1
    try:
        answer = _read(request["notebook"]) if request["do"] == "read" else _write(request)
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        text = " ".join(str(error).split())[:200]
        print(f"it is no notebook that can be read: {type(error).__name__}: {text}", file=sys.stderr)
        return 1
    assert jupytext
    sys.stdout.write(json.dumps(answer))
    return 0


def _read(text: str) -> dict[str, str]:
    import jupytext
    import nbformat

    notebook = nbformat.reads(text, as_version=4)
    return {"text": _header_less(jupytext.writes(notebook, fmt=_format(notebook))), "lexer": _language(notebook)}


def _format(notebook: Any) -> str:
    extension = {"python": "py", "r": "R", "julia": "jl", "bash": "sh", "javascript": "js"}
    return f"{extension.get(_language(notebook).lower(), 'py')}:percent"


def _language(notebook: Any) -> str:
    metadata = notebook.metadata
    info = metadata.get("language_info") or {}
    name = info.get("name") or (metadata.get("kernelspec") or {}).get("language") or "python"
    return str(name)


def _header_less(text: str) -> str:
    """Return a script without Jupytext's header: what it says is in the notebook that was read."""
    if not text.startswith("# ---"):
        return text
    _, found, rest = text.partition("\n# ---\n")
    return rest.lstrip("\n") if found else text


def _write(request: dict[str, Any]) -> dict[str, str]:
    import jupytext
    import nbformat
    from jupytext.combine import combine_inputs_with_outputs

    before = nbformat.reads(request["notebook"], as_version=4) if request["notebook"] else nbformat.v4.new_notebook()
    notebook = jupytext.reads(request["text"], fmt=_format(before))
    notebook = combine_inputs_with_outputs(notebook, before)
    # all of it that is no cell is as it was
    notebook.metadata = before.metadata
    notebook.nbformat, notebook.nbformat_minor = before.nbformat, before.nbformat_minor
    _take_identifiers(notebook, before)
    for source, count, outputs in request["outputs"]:
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.source.strip() == source.strip():
                cell.execution_count = count
                cell.outputs = [nbformat.from_dict(output) for output in outputs]
    return {"notebook": nbformat.writes(notebook) + ("\n" if request["notebook"][-1:] == "\n" else "")}


def _take_identifiers(notebook: Any, before: Any) -> None:
    """Give each cell the identifier of the one that it was; older notebooks have none."""
    has_identifiers = (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
    left = list(before.cells)
    for cell in notebook.cells:
        same = next((other for other in left if (other.cell_type, other.source) == (cell.cell_type, cell.source)), None)
        if same is not None:
            left.remove(same)
        if not has_identifiers:
            cell.pop("id", None)
        elif same is not None and "id" in same:
            cell["id"] = same["id"]


if __name__ == "__main__":
    sys.exit(main())
