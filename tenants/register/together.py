"""A breach or a notice with the rows that its page shows beside it, in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, column, literal_column, select, table
from sqlalchemy.dialects.postgresql import JSONB

from tenants.database import db
from tenants.errors import NotFound
from tenants.form_drafts import BY_QUESTION, FormDraft, Typed, opened
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import Organisation
from tenants.register.breaches import Breach
from tenants.register.notices import NOT_ENDED, Notice

READERS = literal_column(
    """(select coalesce(jsonb_object_agg(state, people), '{}') from (
          select r.state, count(*) as people from recipient r
           where r.organisation_id = notice.organisation_id and r.about_id = notice.id and r.purpose = 'notice'
           group by r.state) by_state)""", JSONB,
)  # fmt: skip

PERSON = table("app_user", column("id"), column("function"), column("phone"))
"""What a person says of themselves for the authority's form."""


@dataclass(frozen=True)
class BreachWithNotice:
    """A breach, the organisation whose register it is in, and its notice, if there is one that was not ended.

    `readers` is how many of its readers are in each state of a mail; None while the notice was not sent. `draft` is
    what the viewer answered to an assessment that is not recorded; None when nothing is kept. `viewer_function` and
    `viewer_phone` are what the viewer says of themselves for the authority's form; None where that is not known.
    """

    breach: Breach
    organisation: Organisation
    notice: Notice | None
    readers: dict[str, int] | None
    draft: Typed | None
    viewer_function: str | None = None
    viewer_phone: str | None = None

    @property
    def viewer_contact(self) -> dict[str, str | None]:
        """The function and the telephone number of the viewer, by the names of the form's contact parts."""
        return {"function": self.viewer_function, "phone": self.viewer_phone}


def breach_with_notice(breach_id: UUID, viewer_id: UUID | None) -> BreachWithNotice:
    """Return the acting organisation's breach with its notice, and with this person's draft. Raises NotFound;
    OfOldRegister for a breach of an old register."""
    row = db.session.execute(_with_notice([breach_id], viewer_id)).first()
    if row is None:
        raise NotFound("breach.unknown")
    breach, organisation, notice, readers, sealed, function, phone = row
    breach.refuse_old()
    return BreachWithNotice(breach, organisation, notice, readers, opened(sealed), function, phone)


def breaches_with_notices(breach_ids: Iterable[UUID]) -> list[BreachWithNotice]:
    """Return the acting organisation's breaches with these ids, each with its notice and without a draft, in one query.
    """
    return [BreachWithNotice(*row) for row in db.session.execute(_with_notice(breach_ids, None))]


def _with_notice(breach_ids: Iterable[UUID], viewer_id: UUID | None) -> Select[Any]:
    of_breach = and_(Notice.organisation_id == Breach.organisation_id, Notice.breach_id == Breach.id, NOT_ENDED)
    of_viewer = and_(
        FormDraft.organisation_id == Breach.organisation_id, FormDraft.user_id == viewer_id,
        FormDraft.id == Breach.id, FormDraft.form == BY_QUESTION,
    )  # fmt: skip
    return (
        select(
            Breach, Organisation, Notice, case((Notice.sent_at.is_not(None), READERS)), FormDraft.sealed,
            PERSON.c.function, PERSON.c.phone,
        )
        .join(Organisation, Organisation.id == Breach.organisation_id).outerjoin(Notice, of_breach)
        .outerjoin(FormDraft, of_viewer).outerjoin(PERSON, PERSON.c.id == viewer_id)
        .where(Breach.organisation_id == acting_organisation(), Breach.id.in_(list(breach_ids)))
    )  # fmt: skip


@dataclass(frozen=True)
class NoticeWithBreach:
    """A notice, the breach that it is about, and the organisation that sends it."""

    notice: Notice
    breach: Breach
    organisation: Organisation


def notice_with_breach(notice_id: UUID) -> NoticeWithBreach:
    """Return the acting organisation's notice with its breach. Raises NotFound."""
    query = (
        select(Notice, Breach, Organisation)
        .join(Breach, and_(Breach.organisation_id == Notice.organisation_id, Breach.id == Notice.breach_id))
        .join(Organisation, Organisation.id == Notice.organisation_id)
        .where(Notice.organisation_id == acting_organisation(), Notice.id == notice_id)
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound("notice.unknown")
    return NoticeWithBreach(*row)
