"""People on a notice's list whom no mail goes to: the list keeps them, so that somebody tells them in another way."""

from dataclasses import dataclass, field
from uuid import uuid4

from tenants.lines import one_line
from workflows.mail.batches import LONGEST_NAME


@dataclass(frozen=True)
class Unmailed:
    """A person without an address, or at one where a mail has no room for another name.

    `fingerprint_of`: in place of the address, which others on the list may have too.
    """

    name: str
    address: str = ""
    fingerprint_of: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name)[:LONGEST_NAME])
