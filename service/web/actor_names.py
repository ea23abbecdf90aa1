"""The name of the actor on a page.

A deputy has the colleague's name too, and an erased name or a link's holder has words.
"""

from uuid import UUID

from service.admission.admission import admission
from service.words.link_holder import LINK_TO, holder_words
from service.words.texts import catalogue, locale, t
from tenants.history.entries import History
from tenants.identity.deputies import names_of


def by_whom(name: str | None, for_id: UUID | None = None) -> str:
    """Return the actor's name, and for whom they acted: Joris Mulder (namens Fenna de Wit)."""
    said = name or t("labels.erased")
    return t("deputies.on_behalf", name=said, of=_name_of(for_id)) if for_id else said


def who_did(entry: History, link_to: str | None = None) -> str:
    """Return who did what an entry describes.

    `link_to`: where the link went, for an entry of the office, which lacks it.
    """
    name = entry.actor_name or t("labels.erased")
    details = {**({LINK_TO: link_to} if link_to else {}), **entry.details}
    return holder_words(name, details, catalogue(locale())) or by_whom(entry.actor_name, entry.for_id)


def know_names(history: list[History]) -> None:
    """Load the names of colleagues for whom somebody acted; the steps and marks of the same page use them too."""
    admission().names.update({entry.for_id: entry.for_name for entry in history if entry.for_id and entry.for_name})


def _name_of(user_id: UUID) -> str:
    known = admission().names
    if user_id not in known:
        known[user_id] = names_of([user_id]).get(user_id, t("labels.erased"))
    return known[user_id]
