"""The file of an office's agreements, which people take away: one transaction, with the history entry that says who
took how many rows."""

from sqlalchemy import func, select

from tenants.agreements.client_filters import ALL, Filters
from tenants.agreements.client_list import NAME, agreements
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import Actor, Entry, record
from tenants.isolation import acting_organisation
from workflows.evidence.exporting import PAGE, Write, filter_said


def export_agreements(
    by: Actor, write: Write, search: str = "", order: str = NAME, chosen: Filters = ALL
) -> int:
    """Write the acting office's agreements that a list finds, with their contacts, and record it. Returns how many.

    `search`, `order` and `chosen` as in `agreements`. Raises Invalid for a search of too many words.
    """
    count, after = 0, None
    while rows := agreements(PAGE, after, search, order, chosen):
        for row in rows:
            write(row)
        count, after = count + len(rows), (rows[-1]["created_at"], rows[-1]["id"])
    details = {"rows": count, "filter": filter_said({"search": search, **vars(chosen), "current": None})}
    record([Entry("organisation", acting_organisation(), "agreements.exported", by, details)])
    return count


def most_contacts() -> int:
    """Return how many contacts the acting office's agreement with the most contacts has."""
    most = func.max(func.jsonb_array_length(ProcessingAgreement.contacts))
    mine = ProcessingAgreement.processor_id == acting_organisation()
    return db.session.scalar(select(most).where(mine)) or 0
