"""Does what is asked for with files: reads, writes, watches them, and keeps what is not saved."""

from collections.abc import Callable, Mapping

from curses_client.document import Document
from curses_client.events import FileChanged, FileRead, FileWritten, PathsFound, WriteFile
from curses_client.files import disk
from curses_client.files.notebooks import Outputs
from curses_client.files.outputs import outputs_of
from curses_client.files.swaps import Swaps
from curses_client.files.tabs import all_tabs, documents, is_unsaved
from curses_client.state import State


class Filer:
    """The files of one client."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._swaps = Swaps(environ)
        # the lines of each file that were kept last
        self._kept: dict[str, tuple[str, ...]] = {}

    def read(self, path: str, line: int) -> FileRead:
        """Read a file, and what is kept of changes that were not saved."""
        found = disk.read(path, line)
        kept = self._swaps.find(path)
        if found.document is None or kept is None:
            return found
        if not kept.is_held and kept.lines == found.document.saved:
            # it was saved after all
            self._swaps.forget(path)
            return found
        return FileRead(path, found.document, line=line, kept=kept)

    def writing(self, wanted: WriteFile, state: State) -> Callable[[], FileWritten]:
        """Return what writes a file, with the outputs of a notebook as they are now, in any thread."""
        outputs = _outputs(state, wanted.document) if wanted.document.is_notebook else ()
        return lambda: disk.write(wanted, outputs)

    def wrote(self, done: FileWritten) -> None:
        """Keep nothing more of a file that was written."""
        if done.document is not None:
            self.forget(done.wanted.document.path)

    def take_over(self, path: str) -> None:
        """Take in that the changes that were kept are in the editor."""
        self._swaps.take_over(path)

    def forget(self, path: str) -> None:
        """Keep nothing of a file."""
        self._kept.pop(path, None)
        self._swaps.forget(path)

    def keep(self, state: State) -> None:
        """Keep what is not saved.  Raises OSError."""
        for tab in all_tabs(state):
            document, buffer = tab.document, tab.editor.buffer
            if document is None:
                continue
            if is_unsaved(tab) and self._kept.get(document.path) is not buffer.lines:
                self._swaps.keep(document.path, buffer.lines, buffer.row)
                self._kept[document.path] = buffer.lines
            elif not is_unsaved(tab) and document.path in self._kept:
                self.forget(document.path)

    def close(self) -> None:
        """Leave what is not saved to whoever comes."""
        self._swaps.close()

    def changed(self, state: State) -> list[Document]:
        """Return the files that somebody else has changed since they were read."""
        return disk.changed(documents(state))

    def reread(self, path: str) -> list[FileChanged]:
        """Read a file that somebody else has changed, if that can be done now."""
        return disk.reread(path)

    def complete(self, text: str) -> PathsFound:
        """Complete a path."""
        return disk.complete(text)


def _outputs(state: State, document: Document) -> Outputs:
    """Return what the cells of a notebook have shown in this session, the newest last."""
    cells = (cell for cell in state.transcript.cells() if cell.origin is not None)
    return [
        (cell.code, cell.count, outputs_of(cell))
        for cell in cells
        if cell.origin is not None and cell.origin.path == document.path and cell.finished is not None
    ]
