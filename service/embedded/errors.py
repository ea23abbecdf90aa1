"""What can go wrong on one machine, in one line."""


class EmbeddedError(Exception):
    """A server, folder or port is not as it should be; the message is one line that says what to do."""
