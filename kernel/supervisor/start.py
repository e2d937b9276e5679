"""How a supervisor begins: under a manager's connection file, or by making a session; it imports little."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kernel.protocol.connection import Connection, ConnectionFileError
from kernel.protocol.session import Session, SessionError, create

DISPLAY_NAME: Final = "Python 3 (cshell)"


class StartError(Exception):
    """The supervisor cannot start; the text is one sentence for the user."""


def managed_connection(path: str) -> Connection:
    """Read the connection file that a manager of Jupyter's wrote.  Raises StartError."""
    try:
        return Connection.read(Path(path))
    except ConnectionFileError as error:
        raise StartError(str(error)) from None


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session of cshell's that this process is to make.

    On the descriptor `report` its name is told, or why there is none.  The file `log`, to which this process
    prints, is moved to the session.  Without a `name` one is made from the working directory.
    """

    report: int
    log: str
    name: str | None = None

    def make(self, environ: Mapping[str, str], failure: str | None = None) -> Session:
        """Make the session, unless a `failure` is known already.

        Its lock stays open for as long as this process lives.  Raises StartError.
        """
        try:
            if failure is not None:
                raise SessionError(failure)
            session, _ = create(self.name, environ, os.getcwd())
            session.hold()
            Connection.local(session.runtime, os.urandom(16).hex(), DISPLAY_NAME).write(session.connection_file)
            os.replace(self.log, session.log)
        except (SessionError, ConnectionFileError) as error:
            self._tell({"error": str(error)})
            raise StartError(str(error)) from None
        except OSError as error:
            self._tell({"error": f"the session cannot be made: {error}"})
            raise StartError(f"the session cannot be made: {error}") from None
        self._tell({"name": session.name})
        return session

    def _tell(self, told: dict[str, str]) -> None:
        try:
            os.write(self.report, json.dumps(told).encode() + b"\n")
            os.close(self.report)
        except OSError:
            # nobody waits any more
            pass
