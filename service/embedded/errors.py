"""What can go wrong with servers on one machine, told in one line."""

from service.words.one_line import ToldInOneLine


class EmbeddedError(ToldInOneLine):
    """A server, folder or port is not as it should be. The message is one line that says what to do."""
