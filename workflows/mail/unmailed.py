"""People on a notice's list whom no mail goes to: the list keeps them, so that somebody tells them in another way."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import text as sql

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.lines import one_line
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.batches import LONGEST_NAME
from workflows.mail.states import NO_ADDRESS

# They have no batch, so nothing sends to them.
ADD = sql("""
insert into recipient (organisation_id, purpose, about_id, sealed, address_hash, state)
select :organisation, 'notice', :notice, sealed, address_hash, :state
  from unnest(cast(:sealed as bytea[]), cast(:hashes as bytea[])) as given(sealed, address_hash)
""")


@dataclass(frozen=True)
class Unmailed:
    """A person without an address, or with that of somebody else on the list.

    `fingerprint_of`: in place of the address, which others on the list may have too.
    """

    name: str
    address: str
    fingerprint_of: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", one_line(self.name)[:LONGEST_NAME])


def add_unmailed(notice_id: UUID, people: Iterable[Unmailed]) -> None:
    """Put these people on a notice's list. They count as not reached from the start."""
    seal, listed = seal_of_acting_organisation(), list(people)
    values = {
        "organisation": acting_organisation(), "notice": notice_id, "state": NO_ADDRESS,
        "sealed": [seal.close(asdict(person)) for person in listed],
        "hashes": [seal.fingerprint(person.fingerprint_of) for person in listed],
    }  # fmt: skip
    if listed:
        db.session.execute(ADD, values)
