"""What an organisation says of itself stands in its notices: a change of it is put before a second person again.

A notice whose mail is planned stays as it was planned.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import text

from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation, database_now
from tenants.register.notices import notice, notices_by_id
from workflows.engine.progress import settle
from workflows.engine.runs import runs_about
from workflows.notice.bulk_notice import BULK_NOTICE
from workflows.notice.notice_mail import filling_of

CHANGED = "notice.sender_changed"
NOT_PLANNED = text("""
    select n.id from notice n
      join run r on r.organisation_id = n.organisation_id and r.subject_id = n.id and r.workflow = 'bulk_notice'
     where n.organisation_id = :me and r.state = 'running' and n.sent_at is null and n.subject is not null
       and not exists (select from mail_batch m where m.organisation_id = n.organisation_id and m.about_id = n.id
                          and m.purpose = 'notice' and m.state <> 'listed')""")


def fillings() -> dict[UUID, dict[str, str]]:
    """Return what fills the text of each notice that has a text and whose mail is not planned, by its id."""
    ids = db.session.scalars(NOT_PLANNED, {"me": acting_organisation()})
    return {row.id: filling_of(row) for row in notices_by_id(ids).values()}


def put_notices_before_a_second_person(
    before: Mapping[UUID, Mapping[str, str]], by: Actor, also: Iterable[UUID] = ()
) -> int:  # fmt: skip
    """Art. 5(2), 24: note on each notice that another mail would be sent, and undo its approval.

    `before` is what `fillings` returned before the change. Whoever is about to approve or release the notice has looked
    at another one, so it has another version. `by` and `also` these people prepared it from now on. Returns how many
    notices changed.
    """
    count, now = 0, database_now()
    runs = runs_about(BULK_NOTICE.name, before, lock=True)
    still = set(db.session.scalars(NOT_PLANNED, {"me": acting_organisation()}))
    for run in (run for run in runs if run.subject_id in still):
        row = notice(run.subject_id)
        db.session.refresh(row, with_for_update=True)
        values, earlier = filling_of(row), before[row.id]
        parts = sorted(name for name in {*values, *earlier} if values.get(name) != earlier.get(name))
        if not parts:
            continue
        undone = {"to_be_approved_again": True} if row.approved_at is not None else {}
        row.approved_at = row.approved_on = None
        row.note_preparer(by.id, by.for_id, *also)
        settle(BULK_NOTICE.as_of(run.version), run, row, now)
        record([Entry("notice", row.id, CHANGED, by, {"parts": parts, **undone}, {}, row.version)])
        row.version += 1
        count += 1
    return count
