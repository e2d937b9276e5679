"""What can be wrong with a message, and whose fault it is."""


class ProtocolError(Exception):
    """A message does not follow the specification."""


class RemoteProtocolError(ProtocolError):
    """The other side sent something that the specification does not allow; the message is dropped."""
