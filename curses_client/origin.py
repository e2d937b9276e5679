"""Where in a file a cell came from."""

from kernel.protocol.value import Value


class Origin(Value):
    """A file, and the line in it at which the cell begins, from 1."""

    path: str
    line: int
