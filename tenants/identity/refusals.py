"""What people of an organisation tried to do there without the right to it, for its owner to see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.isolation import acting_organisation

# At most once a minute, so that repeated tries do not fill the table.
NOTE = text("""
    insert into refusal as r (organisation_id, user_id, act) values (:organisation, :user, :act)
    on conflict (organisation_id, user_id, act) do update set minutes = r.minutes + 1, last_at = now()
     where r.last_at < now() - interval '1 minute'
    returning r.act""")
LATEST = text("""
    select u.name, r.act, r.minutes, r.last_at from refusal r join app_user u on u.id = r.user_id
     where r.organisation_id = :organisation and r.last_at > now() - interval '30 days'
     order by r.last_at desc limit :most""")


@dataclass(frozen=True)
class Refusal:
    """A person tried this act in `minutes` different minutes, the last time at `last_at`."""

    name: str
    act: str
    minutes: int
    last_at: datetime


def note_refusal(user_id: UUID, act: str) -> bool:
    """Note that this user tried this act here. Returns whether it is the first time within a minute."""
    values = {"organisation": acting_organisation(), "user": user_id, "act": act}
    return db.session.execute(NOTE, values).first() is not None


def latest_refusals(most: int = 10) -> list[Refusal]:
    """Return the refusals here of the last thirty days, the latest first."""
    values = {"organisation": acting_organisation(), "most": most}
    return [Refusal(*row) for row in db.session.execute(LATEST, values)]
