"""Mail to the acting organisation's own people: each in the language that is kept with the person."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from tenants.identity.users import User
from tenants.isolation import acting_organisation
from tenants.organisations.organisations import the_acting_organisation
from workflows.closed_days import ClosedDays, closed_days
from workflows.engine.hints import hint_after_commit
from workflows.mail.batches import Addressee, addressee, plan

Kind = Literal["mail_turn", "mail_reminder", "mail_browser"]
"""The kinds of mail that a person may switch off, by the column that says whether they want them."""
Reader = tuple[User, Mapping[str, str]]
"""A person, and the values for them alone, such as a name: they are sealed."""


def own_closed_days() -> ClosedDays:
    """Return the days on which nobody of the acting organisation is there."""
    organisation = the_acting_organisation()
    return closed_days(organisation.closed_weekdays, organisation.closed_periods)


def wanting(people: Sequence[User], kind: Kind) -> list[User]:
    """Return those of these people who want this kind of mail; all of them when nobody does.

    A setting of one person never leaves a legal term without a reader.
    """
    return [user for user in people if getattr(user, kind)] or list(people)


def plan_to_people(
    purpose: str, text_key: str, about: UUID, readers: Iterable[Reader], common: Callable[[str], dict[str, str]],
    not_before: datetime | None = None,
) -> bool:  # fmt: skip
    """Plan one mail to each of these people about this subject; `common` returns the values in a language.

    Returns whether anybody can be mailed: somebody with an impossible address is left out.
    """
    by_language: dict[str, list[tuple[UUID, Addressee]]] = {}
    for user, own in readers:
        if (to := addressee(user.name, user.email, dict(own))) is not None:
            by_language.setdefault(user.locale, []).append((about, to))
    for locale, pairs in by_language.items():
        plan(purpose, text_key, common(locale), pairs, locale, not_before)
    if by_language:
        hint_after_commit(acting_organisation())
    return bool(by_language)
