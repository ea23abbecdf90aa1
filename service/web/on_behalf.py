"""Who did it, as a page says it: a deputy with the name of the colleague, an erased name as such."""

from uuid import UUID

from flask import g

from service.texts import t
from tenants.deputies import names_of


def by_whom(name: str | None, for_id: UUID | None = None) -> str:
    """Joris Mulder; Joris Mulder (namens Fenna de Wit)."""
    said = name or t("labels.erased")
    return t("deputies.on_behalf", name=said, of=_name_of(for_id)) if for_id else said


def _name_of(user_id: UUID) -> str:
    """Asked once a page."""
    known: dict[UUID, str] = g.setdefault("names_on_behalf", {})
    if user_id not in known:
        known[user_id] = names_of([user_id]).get(user_id, t("labels.erased"))
    return known[user_id]
