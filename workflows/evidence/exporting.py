"""Files that people take away: the register (Art. 33(5)), and the people of a notice.

Each is one transaction, with the history entry that says who took how many rows; no byte leaves without that entry.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select, text

from tenants.database import db
from tenants.files.uploaded import UploadedFile
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from tenants.register.breaches import BREACH, CHANGED_AFTER_APPROVAL, columns_shown
from tenants.register.broken_glass import done_alone
from tenants.register.filtering import Wanted, filtered_breaches
from tenants.register.notices import Notice, notice
from tenants.sealing import seal_of_acting_organisation
from workflows.mail.states import NAMES, NOT_REACHED

PAGE = 500
ALL = "all"
EVERY = Wanted()
SEARCHES = ("q", "search")
Row = Mapping[str, Any]
Write = Callable[[Row], None]
EXPORTED = tuple(column.name for column in columns_shown("exported"))
TOLD = (
    select(func.min(Notice.sent_at))
    .where(Notice.organisation_id == BREACH.organisation_id, Notice.breach_id == BREACH.id).scalar_subquery()
)  # fmt: skip
AMONG = (
    select(BREACH.id, *(BREACH[name] for name in EXPORTED), TOLD.label("people_told_at"), CHANGED_AFTER_APPROVAL)
    .where(BREACH.organisation_id == bindparam("organisation"), BREACH.id == func.any(bindparam("ids")))
)  # fmt: skip
PEOPLE = text("""
    select sealed, state, reason, state_at from recipient
     where organisation_id = :organisation and about_id = :notice and purpose = 'notice' and state = any(:states)
     order by created_at, id""")


def filter_said(chosen: Mapping[str, object]) -> str | list[str]:
    """Return which rows a file has, as the history keeps it: "all", or what was chosen. Of a search it keeps that there
    was one: its words may name a person."""
    made = {name: value for name, value in chosen.items() if value not in (None, "")}
    return [name if name in SEARCHES else f"{name}: {value}" for name, value in made.items()] or ALL


def export_register(by: Actor, write: Write, wanted: Wanted = EVERY) -> int:
    """Write every breach of the acting organisation that is wanted, newest first, and record it. Returns how many.

    Raises Invalid for a search that is too long.
    """
    count, after, is_last = 0, None, False
    while not is_last:
        page = filtered_breaches(wanted, PAGE, after)
        for row in _whole(row["id"] for row in page.page.rows):
            write(row)
        count, after, is_last = count + len(page.page.rows), page.after, page.after is None
    details = {"rows": count, "filter": filter_said(vars(wanted))}
    record([Entry("organisation", acting_organisation(), "register.exported", by, details)])
    return count


def export_people(
    notice_id: UUID, by: Actor, write: Write, states: Collection[str] = NAMES, group: str | None = None
) -> int:
    """Write the name and address of everybody on the notice's list in these states, with what became of the mail, and
    record it. Returns how many.

    `group`: the name of these states. Raises NotFound, KeyDestroyed.
    """
    count = _write_people(notice_id, states, write)
    record([Entry("notice", notice_id, "notice.people_read", by, {"rows": count, "filter": group or ALL})])
    return count


def export_unreached(notice_id: UUID, by: Actor, write: Write) -> int:
    """Write the name, address and reason of each reader whom the notice's mail did not reach, and record it. Returns
    how many.

    The next channel has them: what bounced, was dropped or refused, what a person gave up or counted as not reached.
    Raises NotFound, KeyDestroyed.
    """
    count = _write_people(notice_id, NOT_REACHED, write)
    details = {"rows": count, "filter": list(NOT_REACHED)}
    record([Entry("notice", notice_id, "notice.unreached_read", by, details)])
    return count


def remember_faults(file: UploadedFile, rows: int, by: Actor) -> None:
    """Record that somebody takes along the rows of a file that do not fit, at the notice whose people they are to be.
    """
    subject = ("notice", file.about_id) if file.about_id else ("organisation", acting_organisation())
    details = {"rows": rows, "filter": file.purpose, "file": file.hash.hex()}
    record([Entry(*subject, "file.faults_read", by, details)])


def _write_people(notice_id: UUID, states: Collection[str], write: Write) -> int:
    notice(notice_id)
    seal, count = seal_of_acting_organisation(), 0
    asked = {"organisation": acting_organisation(), "notice": notice_id, "states": list(states)}
    for row in db.session.execute(PEOPLE, asked, execution_options={"yield_per": PAGE}).mappings():
        write({**row, **seal.open(bytes(row["sealed"]))})
        count += 1
    return count


def _whole(ids: Iterable[UUID]) -> list[dict[str, Any]]:
    """Return these breaches, in this order, with all that a file has of them."""
    order = {breach_id: place for place, breach_id in enumerate(ids)}
    asked = {"organisation": acting_organisation(), "ids": list(order)}
    rows = db.session.execute(AMONG, asked).mappings().all() if order else []
    alone = done_alone(order) if order else {}
    listed = sorted(rows, key=lambda row: order[row["id"]])
    return [{**row, "done_alone": alone.get(row["id"], [])} for row in listed]
