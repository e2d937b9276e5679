"""``python -m curses_client.files.jupytexts``: converts one notebook, from a request in JSON to an answer in JSON."""

import json
import re
import sys
from collections.abc import Callable
from typing import Any, Final

from kernel.protocol.installing import pip_install

_EXTENSIONS: Final = {"python": "py", "r": "R", "julia": "jl", "bash": "sh", "javascript": "js"}
# what Jupytext takes for the beginning of a cell, behind a comment's sign
_BEGINS: Final = r"(?:%%|<codecell>|In\[[0-9 ]*\])"
# keeps Jupytext from making a comment of a cell in another language: it stands before `%%bash` while it is converted
_GUARD: Final = "\ue000cshell\ue000"
# what Jupytext says of a script's blank lines in the metadata of a cell
_OF_SCRIPTS: Final = ("lines_to_next_cell", "lines_to_end_of_cell_marker")
_PYTHON: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


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
    _each_source(notebook, _hidden(notebook))
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.startswith("%%"):
            cell.source = _GUARD + cell.source
    script = jupytext.writes(notebook, fmt=_format(notebook)).replace(_GUARD, "")
    return {"text": _header_less(script), "lexer": _language(notebook)}


def _format(notebook: Any) -> dict[str, Any]:
    """Return Jupytext's format: magics stay what they are, so that they run as cells that are typed do."""
    extension = _EXTENSIONS.get(_language(notebook).lower(), "py")
    return {"extension": f".{extension}", "format_name": "percent", "comment_magics": False}


# ---- lines that look like the beginning of a cell ----------------------------------------------------------


def _each_source(notebook: Any, changed: Callable[[str, bool], str]) -> None:
    for cell in notebook.cells:
        cell.source = "\n".join(changed(line, cell.cell_type == "code") for line in cell.source.split("\n"))


def _hidden(notebook: Any) -> Callable[[str, bool], str]:
    """Return what has a line of a cell not begin another one: it becomes a comment, or text, of one more."""
    sign = _sign(notebook)
    in_code, in_text = (re.compile(rf"\s*(?:{sign}\s*){many}{_BEGINS}") for many in "+*")
    return lambda line, is_code: f"{sign} {line}" if (in_code if is_code else in_text).match(line) else line


def _shown(notebook: Any) -> Callable[[str, bool], str]:
    """Return what makes such a line what it was."""
    sign, hidden = _sign(notebook), _hidden(notebook)

    def shown(line: str, is_code: bool) -> str:
        inner = line.removeprefix(f"{sign} ")
        return inner if inner != line and hidden(inner, is_code) != inner else line

    return shown


def _sign(notebook: Any) -> str:
    """Return what begins a comment."""
    return "//" if _EXTENSIONS.get(_language(notebook).lower()) == "js" else "#"


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

    is_new = not request["notebook"]
    before = nbformat.v4.new_notebook(metadata=_PYTHON) if is_new else nbformat.reads(request["notebook"], as_version=4)
    notebook = jupytext.reads(request["text"], fmt=_format(before))
    _each_source(notebook, _shown(before))
    notebook = combine_inputs_with_outputs(notebook, before)
    # all of it that is no cell is as it was
    notebook.metadata = before.metadata
    notebook.nbformat, notebook.nbformat_minor = before.nbformat, before.nbformat_minor
    _take_identifiers(notebook, before)
    shown = _shown(before)
    for source, count, outputs in request["outputs"]:
        source = "\n".join(shown(line, True) for line in source.split("\n"))
        for cell in notebook.cells:
            if cell.cell_type == "code" and cell.source.strip() == source.strip():
                cell.execution_count = count
                cell.outputs = [nbformat.from_dict(output) for output in outputs]
    return {"notebook": nbformat.writes(notebook) + ("\n" if is_new or request["notebook"][-1:] == "\n" else "")}


def _take_identifiers(notebook: Any, before: Any) -> None:
    """Give each cell the identifier of the one that it was; older notebooks have none."""
    # Jupytext's remarks about a script are no part of a notebook
    has_identifiers = (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
    left = list(before.cells)
    for cell in notebook.cells:
        same = next((other for other in left if (other.cell_type, other.source) == (cell.cell_type, cell.source)), None)
        if same is not None:
            left.remove(same)
        for name in _OF_SCRIPTS:
            if same is None or name not in same.metadata:
                cell.metadata.pop(name, None)
        if not has_identifiers:
            cell.pop("id", None)
        elif same is not None and "id" in same:
            cell["id"] = same["id"]


if __name__ == "__main__":
    sys.exit(main())
