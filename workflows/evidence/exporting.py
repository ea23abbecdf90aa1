"""Files that people take away: the register (Art. 33(5)), and the people whom a notice's mail did not reach.

Each is one transaction, with the history entry that says who took how many rows; no byte leaves without that entry.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text

from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.register.breaches import BREACH, CHANGED_AFTER_APPROVAL, columns_shown
from tenants.register.broken_glass import done_alone
from tenants.register.notices import Notice, notice
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.states import NOT_REACHED

PAGE = 500
Row = Mapping[str, Any]
EXPORTED = tuple(column.name for column in columns_shown("exported"))
TOLD = (
    select(func.min(Notice.sent_at))
    .where(Notice.organisation_id == BREACH.organisation_id, Notice.breach_id == BREACH.id).scalar_subquery()
)  # fmt: skip
NEWEST = (
    select(
        BREACH.id, BREACH.created_at, *(BREACH[name] for name in EXPORTED), TOLD.label("people_told_at"),
        CHANGED_AFTER_APPROVAL,
    )
    .where(BREACH.organisation_id == bindparam("organisation"))
    .order_by(BREACH.created_at.desc(), BREACH.id.desc()).limit(PAGE)
)  # fmt: skip
AFTER = NEWEST.where(func.row(BREACH.created_at, BREACH.id) < func.row(bindparam("moment"), bindparam("breach")))
# The next channel has them: what bounced, was dropped or refused, what a person gave up or counted as not reached.
UNREACHED = text("""
    select sealed, state, reason, state_at from recipient
     where organisation_id = :organisation and about_id = :notice and purpose = 'notice' and state = any(:not_reached)
     order by id""")


def export_register(by: Actor, write: Callable[[Row], None]) -> int:
    """Write every breach of the acting organisation, newest first, and record it. Returns how many."""
    count, after = 0, None
    while rows := _page(after):
        for row in rows:
            write(row)
        count, after = count + len(rows), (rows[-1]["created_at"], rows[-1]["id"])
    details = {"rows": count, "filter": "all"}
    record([Entry("organisation", acting_organisation(), "register.exported", by, details)])
    return count


def export_unreached(notice_id: UUID, by: Actor, write: Callable[[Row], None]) -> int:
    """Write the name, address and reason of each reader whom the notice's mail did not reach, and record it. Returns
    how many.

    Raises NotFound, KeyDestroyed.
    """
    notice(notice_id)
    seal, count = seal_of_acting_organisation(), 0
    asked = {"organisation": acting_organisation(), "notice": notice_id, "not_reached": list(NOT_REACHED)}
    for row in db.session.execute(UNREACHED, asked, execution_options={"yield_per": PAGE}).mappings():
        write({**row, **seal.open(bytes(row["sealed"]))})
        count += 1
    details = {"rows": count, "filter": list(NOT_REACHED)}
    record([Entry("notice", notice_id, "notice.unreached_read", by, details)])
    return count


def _page(after: tuple[datetime, UUID] | None) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"organisation": acting_organisation()}
    if after:
        asked |= {"moment": after[0], "breach": after[1]}
    rows = db.session.execute(AFTER if after else NEWEST, asked).mappings().all()
    alone = done_alone(row["id"] for row in rows)
    return [{**row, "done_alone": alone.get(row["id"], [])} for row in rows]
