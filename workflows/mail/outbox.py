"""A sender of mail in memory, in place of SendGrid, for tests of what happens around the sending."""

from collections import deque

from workflows.mail.sender import Accepted, Answer, Mail


class Outbox:
    """Keeps every mail. It gives the answers that it was told to give, and accepts all other mails."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self._answers: deque[Answer] = deque()

    def answer_next(self, *answers: Answer) -> None:
        """Set the answers to the next mails, in order."""
        self._answers.extend(answers)

    def send(self, mail: Mail) -> Answer:
        """Keep the mail and return the next answer."""
        self.mails.append(mail)
        return self._answers.popleft() if self._answers else Accepted(f"outbox-{len(self.mails)}")
