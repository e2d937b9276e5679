"""Notebooks through Jupytext: shown as a script, written back with all that is not shown."""

from pathlib import Path
from typing import Any

import pytest

from curses_client.document import Document
from curses_client.events import WriteFile
from curses_client.files import disk, notebooks

pytest.importorskip("jupytext", reason="jupytext is not installed")
nbformat: Any = pytest.importorskip("nbformat", reason="nbformat is not installed")
v4 = nbformat.v4

STREAM = {"output_type": "stream", "name": "stdout", "text": "old\n"}


def made(**metadata: Any) -> Any:
    """A notebook with outputs, metadata and an attachment."""
    markdown = v4.new_markdown_cell("# Title\n\n![x](attachment:x.png)", attachments={"x.png": {"image/png": "aGk="}})
    code = v4.new_code_cell("a = 1\nprint(a)", execution_count=7, outputs=[nbformat.from_dict(STREAM)])
    code.metadata = {"tags": ["keep"], "collapsed": True}
    info = {"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}, "own": {"x": [1]}, **metadata}
    return v4.new_notebook(cells=[markdown, code, v4.new_raw_cell("raw")], metadata=info)


def read(path: Path, notebook: Any) -> Document:
    path.write_text(nbformat.writes(notebook) + "\n")
    found = disk.read(str(path))
    assert found.document is not None, found.failure
    return found.document


def test_it_is_shown_as_cells(tmp_path: Path) -> None:
    document = read(tmp_path / "a.ipynb", made())
    assert document.saved[:3] == ("# %% [markdown]", "# # Title", "#")
    assert "a = 1" in document.saved
    assert "old" not in "\n".join(document.saved)
    assert document.lexer == "python"


def test_unchanged_it_is_the_same_notebook(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    document = read(path, made())
    before = nbformat.reads(path.read_text(), as_version=4)
    done = disk.write(WriteFile(document, document.saved))
    assert done.failure == ""
    assert nbformat.reads(path.read_text(), as_version=4) == before


def test_a_changed_cell_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    document = read(path, made())
    lines = (*document.saved, "", "# %%", "new = 2")
    assert disk.write(WriteFile(document, lines)).failure == ""
    after = nbformat.reads(path.read_text(), as_version=4)
    assert [cell.source for cell in after.cells] == [
        "# Title\n\n![x](attachment:x.png)",
        "a = 1\nprint(a)",
        "raw",
        "new = 2",
    ]
    assert after.cells[0].attachments == {"x.png": {"image/png": "aGk="}}
    assert (after.cells[1].outputs, after.cells[1].execution_count) == ([STREAM], 7)
    assert after.cells[1].metadata == {"tags": ["keep"], "collapsed": True}
    assert after.metadata.own == {"x": [1]}
    nbformat.validate(after)


def test_what_has_run_gets_its_new_outputs(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    document = read(path, made())
    new = [{"output_type": "stream", "name": "stdout", "text": "new\n"}]
    assert disk.write(WriteFile(document, document.saved), [("a = 1\nprint(a)", 3, new)]).failure == ""
    cell = nbformat.reads(path.read_text(), as_version=4).cells[1]
    assert (cell.execution_count, cell.outputs) == (3, new)


def test_what_ran_of_a_cell_with_a_line_like_a_mark_gets_its_outputs(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    notebook = made()
    notebook.cells = [v4.new_code_cell("# %% trap\nx")]
    document = read(path, notebook)
    ran = "\n".join(document.saved[1:])
    assert disk.write(WriteFile(document, document.saved), [(ran, 3, [])]).failure == ""
    assert nbformat.reads(path.read_text(), as_version=4).cells[0].execution_count == 3


@pytest.mark.parametrize(("language", "lexer"), [("R", "R"), ("julia", "julia")])
def test_other_languages(tmp_path: Path, language: str, lexer: str) -> None:
    path = tmp_path / "a.ipynb"
    notebook = made(kernelspec={"name": "x", "display_name": "X", "language": language})
    document = read(path, notebook)
    before = nbformat.reads(path.read_text(), as_version=4)
    assert document.lexer == lexer
    assert disk.write(WriteFile(document, document.saved)).failure == ""
    assert nbformat.reads(path.read_text(), as_version=4) == before


MAGICS = ["%time x = 3", "y = !echo hey\nprint(y)", "%%bash\necho hi", "!ls", "x?"]
LOOKALIKES = [
    "# %% trap\nx = 1",
    "a\n#%%",
    "# In[3]:\nb",
    "if a:\n    # %%\n    b",
    "# # %%",
    "# # # %% x\n# %%",
    "%% text",
    's = """\n# %% in a string\n"""',
]


@pytest.mark.parametrize("source", MAGICS)
def test_magics_stay_what_they_are(tmp_path: Path, source: str) -> None:
    path = tmp_path / "a.ipynb"
    notebook = made()
    notebook.cells = [v4.new_code_cell("first = 1"), v4.new_code_cell(source)]
    document = read(path, notebook)
    assert source in "\n".join(document.saved)
    assert disk.write(WriteFile(document, ("# %%", "new", "", *document.saved))).failure == ""
    after = nbformat.reads(path.read_text(), as_version=4)
    assert [cell.source for cell in after.cells] == ["new", "first = 1", source]


@pytest.mark.parametrize("kind", ["code", "markdown"])
@pytest.mark.parametrize("source", LOOKALIKES)
@pytest.mark.parametrize("language", ["python", "javascript"])
def test_lines_that_look_like_the_beginning_of_a_cell(tmp_path: Path, kind: str, source: str, language: str) -> None:
    path = tmp_path / "a.ipynb"
    notebook = made(kernelspec={"name": "x", "display_name": "X", "language": language})
    if language == "javascript":
        source = source.replace("#", "//")
    notebook.cells = [getattr(v4, f"new_{kind}_cell")(source), v4.new_code_cell("last = 1")]
    document = read(path, notebook)
    assert disk.write(WriteFile(document, (*document.saved, "", "more"))).failure == ""
    after = nbformat.reads(path.read_text(), as_version=4)
    assert [cell.source for cell in after.cells] == [source, "last = 1\n\nmore"]
    assert all(not cell.metadata for cell in after.cells)


def test_an_older_notebook_keeps_its_format(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    notebook = made()
    notebook.nbformat_minor = 2
    for cell in notebook.cells:
        del cell["id"]
    document = read(path, notebook)
    assert disk.write(WriteFile(document, (*document.saved, "# %%", "x"))).failure == ""
    after = nbformat.reads(path.read_text(), as_version=4)
    assert (after.nbformat_minor, "id" in after.cells[0]) == (2, False)
    nbformat.validate(after)


def test_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "new.ipynb"
    found = disk.read(str(path))
    assert found.document is not None
    assert disk.write(WriteFile(found.document, ("# %%", "x = 1"))).failure == ""
    notebook = nbformat.reads(path.read_text(), as_version=4)
    (cell,) = notebook.cells
    assert (cell.cell_type, cell.source, cell.metadata) == ("code", "x = 1", {})
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("data", ["", "{}", "[]", "no json", '{"nbformat": 4}'])
def test_what_is_no_notebook(tmp_path: Path, data: str) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(data)
    found = disk.read(str(path))
    assert found.document is None
    assert found.failure.startswith("it is no notebook that can be read: ")
    assert "\n" not in found.failure


def test_without_jupytext_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "jupytext.py").write_text("raise ModuleNotFoundError('hidden', name='jupytext')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=":")
    with pytest.raises(
        notebooks.NoNotebook, match=r"notebooks need jupytext; get it: .* -m pip install jupytext nbformat"
    ):
        notebooks.read("/a.ipynb", nbformat.writes(made()).encode(), None)
