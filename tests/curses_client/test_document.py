"""A file's bytes become lines, and the same bytes again."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curses_client.document import Document, NotText, decoded, encoded


def read(data: bytes, path: str = "/a.py") -> Document:
    return decoded(path, data, None)


@pytest.mark.parametrize(
    ("data", "lines", "encoding", "ending", "is_ended"),
    [
        (b"", ("",), "utf-8", "\n", True),
        (b"\n", ("", ""), "utf-8", "\n", False),
        (b"a", ("a",), "utf-8", "\n", False),
        (b"a\n", ("a",), "utf-8", "\n", True),
        (b"a\n\n", ("a", ""), "utf-8", "\n", True),
        (b"a\r\nb\r\n", ("a", "b"), "utf-8", "\r\n", True),
        (b"a\rb", ("a", "b"), "utf-8", "\r", False),
        (b"a\r\nb\nc\rd\n", ("a\r", "b", "c\rd"), "utf-8", "\n", True),
        (b"\ta\x0c\n", ("\ta\x0c",), "utf-8", "\n", True),
        ("é\n".encode(), ("é",), "utf-8", "\n", True),
        (b"\xe9\n", ("é",), "latin-1", "\n", True),
        (codecs.BOM_UTF8 + b"a\n", ("a",), "utf-8-sig", "\n", True),
        (codecs.BOM_UTF16_LE + "aé\n".encode("utf-16-le"), ("aé",), "utf-16-le", "\n", True),
        (codecs.BOM_UTF16_BE + "aé\r\n".encode("utf-16-be"), ("aé",), "utf-16-be", "\r\n", True),
        (b"# -*- coding: koi8-r -*-\n\xc1\n", ("# -*- coding: koi8-r -*-", "а"), "koi8-r", "\n", True),
        (b"#!x\n# vim: fileencoding=cp1252\n\x80\n", ("#!x", "# vim: fileencoding=cp1252", "€"), "cp1252", "\n", True),
        (b"# coding: no-such\n\xe9", ("# coding: no-such", "é"), "latin-1", "\n", False),
    ],
)
def test_what_is_read(data: bytes, lines: tuple[str, ...], encoding: str, ending: str, is_ended: bool) -> None:
    document = read(data)
    assert (document.saved, document.encoding, document.ending, document.is_ended) == (
        lines,
        encoding,
        ending,
        is_ended,
    )
    assert encoded(document, document.saved) == data


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_come_back(data: bytes) -> None:
    try:
        document = read(data)
    except NotText:
        assert b"\0" in data
        return
    assert encoded(document, document.saved) == data


def test_a_new_file_gets_an_end_of_its_last_line() -> None:
    assert encoded(Document("/a.py"), ("a", "b")) == b"a\nb\n"
    assert encoded(Document("/a.py"), ("",)) == b""


def test_an_end_that_was_missing_stays_missing() -> None:
    assert encoded(read(b"a"), ("a", "b")) == b"a\nb"


def test_what_an_encoding_lacks_is_named() -> None:
    with pytest.raises(NotText, match="latin-1 has no '→', which is in line 2"):
        encoded(read(b"\xe9\r\nb\r\n"), ("é", "→"))


@pytest.mark.parametrize(
    ("path", "lexer", "notebook"),
    [("/a.py", "python", False), ("/a.R", "r", False), ("/x/a.b.jl", "julia", False), ("/.bashrc", "", False),
     ("/Makefile", "", False), ("/a.ipynb", "", True)],
)  # fmt: skip
def test_what_it_is(path: str, lexer: str, notebook: bool) -> None:
    document = Document(path)
    assert (document.lexer, document.is_notebook, document.name) == (lexer, notebook, path.rpartition("/")[2])
