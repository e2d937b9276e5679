"""Writing a file that the user has named."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE

from curses_client.events import Saved


def write(name: str, data: bytes, *, over: bool) -> Saved:
    """Write a file, over one that is there only if told so; what is only half written does not stay."""
    try:
        path = Path(name).expanduser()
        if path.is_dir():
            return Saved(name, "it is a directory")
        # a link stays one
        path = path.resolve() if over else path
        # in the place of another file when it is whole
        written = path.with_name(f".{path.name}.{os.getpid()}") if over else path
        with written.open("xb") as file:
            try:
                file.write(data)
                file.flush()
                if over:
                    _take_mode(path, written)
                    written.replace(path)
            except OSError:
                written.unlink(missing_ok=True)
                raise
    except FileExistsError:
        return Saved(name, exists=not over, failure="its temporary file is in the way" if over else "")
    except (OSError, ValueError, RuntimeError) as error:
        return Saved(name, getattr(error, "strerror", None) or str(error))
    return Saved(name)


def _take_mode(old: Path, new: Path) -> None:
    """Let the same people read and write the new file as the old one, if that is still there."""
    with suppress(FileNotFoundError):
        new.chmod(S_IMODE(old.stat().st_mode))
