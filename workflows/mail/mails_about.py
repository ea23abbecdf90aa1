"""What became of the newest mail to each address about one subject, with those that were never sent."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.evidence import outcome_of
from workflows.mail.set_aside import SET_ASIDE_FOR
from workflows.mail.states import PLANNED

NOT_SENT, WAITS = "not_sent", "waits"
NEWEST = sql("""
select distinct on (r.address_hash) r.sealed, r.state, r.reason, b.state as batch
  from recipient r left join mail_batch b on b.organisation_id = r.organisation_id and b.id = r.batch_id
 where r.organisation_id = :organisation and r.about_id = :about and r.purpose = :purpose
 order by r.address_hash, r.created_at desc, r.id desc""")


@dataclass(frozen=True)
class MailAbout:
    """The newest mail to one address: "arrived", "failed" or "sent"; "waits" when it is planned and nobody sends it
    yet; "not_sent" when before it was sent the office replaced the address, or the contact came in doubt."""

    address: str
    outcome: str


def mails_about(about_id: UUID, purpose: str) -> list[MailAbout]:
    """Return the newest mail to each address about this subject of the acting organisation, in one query."""
    values = {"organisation": acting_organisation(), "about": about_id, "purpose": purpose}
    rows = db.session.execute(NEWEST, values).all()
    seal = seal_of_acting_organisation() if rows else None
    return [MailAbout(seal.open(bytes(row.sealed))["address"], _outcome(*row[1:])) for row in rows if seal]


def _outcome(state: str, reason: str | None, batch: str | None) -> str:
    if reason in SET_ASIDE_FOR:
        return NOT_SENT
    return WAITS if state == PLANNED and batch != "sending" else outcome_of(state)
