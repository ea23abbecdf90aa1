"""Mail about one subject, such as a person or a client, that is gathered: what was mailed about it in the last day, and
what waits for its moment to go together. How long it waits, its workflow says.

A reader whose mail waits in a batch may have left meanwhile: the mail goes to those who are still members when it is
sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text as sql

from tenants.database import db
from tenants.identity.users import members_of
from tenants.isolation import acting_organisation

TO_MEMBERS = frozenset({"decider_changed", "your_turn", "your_turns", "contacts_changed"})
"""Texts of mail that goes to those alone who are members when it is sent."""
LATELY = sql("""
select common, not_before from mail_batch
 where organisation_id = :organisation and about_id = :about and text_key = any(:text_keys)
   and state <> 'rejected' and not_before > now() - interval '1 day' and not_before <= now()
 order by not_before, id
""")
# A batch that was tried already is said, though it is tried again later.
WITHDRAW = sql("""
with waiting as materialized (
  select id from mail_batch
   where organisation_id = :organisation and about_id = :about and text_key = any(:text_keys)
     and state = 'planned' and attempt = 0 and not_before > now() for update),
gone as (
  delete from recipient r using waiting w where r.organisation_id = :organisation and r.batch_id = w.id)
update mail_batch b set state = 'rejected', error = 'what it said is no longer so', answered_at = now()
  from waiting w where b.organisation_id = :organisation and b.id = w.id
returning b.common
""")
LEAVE_OUT = sql("""
update recipient set state = 'dropped', state_at = now(), reason = 'no member any more'
 where organisation_id = :organisation and id = any(:gone)
""")


@dataclass(frozen=True)
class Said:
    """A mail that was sent or is about to be: the values that are the same for all readers, and its moment."""

    common: dict[str, str]
    at: datetime


def said_lately(about_id: UUID, *text_keys: str) -> list[Said]:
    """Return the mails of the last day to the acting organisation's people about this subject, oldest first."""
    values = {"organisation": acting_organisation(), "about": about_id, "text_keys": list(text_keys)}
    return [Said(*row) for row in db.session.execute(LATELY, values)]


def withdraw_waiting(about_id: UUID, *text_keys: str) -> list[dict[str, str]]:
    """Withdraw the mail about this subject that waits for its moment. Returns what it said to all its readers; empty
    when there was none."""
    values = {"organisation": acting_organisation(), "about": about_id, "text_keys": list(text_keys)}
    return list(db.session.scalars(WITHDRAW, values))


def leave_out_who_left(readers: Sequence[tuple[UUID, str]]) -> set[UUID]:
    """Reject those of these recipients (id and address) who are no longer members: no mail goes to them."""
    members = {user.email.casefold() for user, _ in members_of(acting_organisation())}
    gone = {recipient for recipient, address in readers if address.casefold() not in members}
    if gone:
        db.session.execute(LEAVE_OUT, {"organisation": acting_organisation(), "gone": list(gone)})
    return gone
