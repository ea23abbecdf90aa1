"""The name of the actor on a page.

A deputy has the colleague's name too, and an erased name or a link's holder has words.
"""

from uuid import UUID

from service.admission.admission import admission
from service.words.link_holder import LINK_TO, holder_words
from service.words.texts import catalogue, locale, t
from tenants.history.entries import History
from tenants.identity.deputies import names_of
from tenants.identity.users import ROLES


def by_whom(name: str | None, for_id: UUID | None = None, role: str | None = None) -> str:
    """Return the actor's name, in which role and for whom: Joris Mulder (goedkeurder, namens Fenna de Wit).

    A role outside the organisation, as that of its processor, is said by what was done.
    """
    said = name or t("labels.erased")
    of = _name_of(for_id) if for_id else None
    if role not in ROLES:
        return t("deputies.on_behalf", name=said, of=of) if of else said
    key = "deputies.in_role_on_behalf" if of else "deputies.in_role"
    return t(key, name=said, role=t(f"labels.role.{role}"), of=of)


def for_whom(for_id: UUID) -> str:
    """Return that the reader acted in this colleague's place."""
    return t("deputies.you_for", of=_name_of(for_id))


def who_did(entry: History, link_to: str | None = None) -> str:
    """Return who did what an entry describes.

    `link_to`: where the link went, for an entry of the office, which lacks it.
    """
    name, acted = entry.actor_name or t("labels.erased"), (entry.actor_name, entry.for_id, entry.role)
    details = {**({LINK_TO: link_to} if link_to else {}), **entry.details}
    return holder_words(name, details, catalogue(locale())) or by_whom(*acted)


def know_names(history: list[History]) -> None:
    """Load the names of colleagues for whom somebody acted; the steps and marks of the same page use them too."""
    admission().names.update({entry.for_id: entry.for_name for entry in history if entry.for_id and entry.for_name})


def _name_of(user_id: UUID) -> str:
    known = admission().names
    if user_id not in known:
        known[user_id] = names_of([user_id]).get(user_id, t("labels.erased"))
    return known[user_id]
