"""What can go wrong on one machine, in one line."""

from service.words.one_line import ToldInOneLine


class EmbeddedError(ToldInOneLine):
    """A server, folder or port is not as it should be; the message is one line that says what to do."""
