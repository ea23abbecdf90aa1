"""The answers of a person to an assessment that is not recorded yet, so that nothing typed is lost in between."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.isolation import acting_organisation, database_now

Typed = dict[str, list[str]]
"""The values that somebody typed, by the name of the field."""


class AssessmentDraft(Record):
    """What one person answered about one breach. A field with no value, or a blank one, was answered as not known."""

    __tablename__ = "assessment_draft"

    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    breach_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    typed: Mapped[Typed] = mapped_column(JSONB)
    saved_at: Mapped[datetime]


def keep_draft(breach_id: UUID, user_id: UUID, typed: Typed) -> None:
    """Keep these answers in place of what was kept of this person about this breach."""
    values = {"typed": typed, "saved_at": database_now()}
    key = {"organisation_id": acting_organisation(), "breach_id": breach_id, "user_id": user_id}
    kept = insert(AssessmentDraft).values(**key, **values)
    db.session.execute(kept.on_conflict_do_update(index_elements=list(key), set_=values))


def end_draft(breach_id: UUID, user_id: UUID) -> None:
    """Delete the answers of this person about this breach, which are recorded now."""
    mine = (
        AssessmentDraft.organisation_id == acting_organisation(), AssessmentDraft.breach_id == breach_id,
        AssessmentDraft.user_id == user_id,
    )  # fmt: skip
    db.session.execute(delete(AssessmentDraft).where(*mine))
