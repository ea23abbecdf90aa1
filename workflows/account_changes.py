"""What changes in how somebody logs in: in the history of each of their organisations, and told to them by mail.

A person belongs to no organisation: their mail leaves through the first of theirs, and somebody without one gets none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import UUID

from tenants.database import db
from tenants.history import Actor, Entry, record
from tenants.isolation import acting_for, acting_for_nobody, after_commit
from tenants.users import Place, User, places_of
from workflows.engine.bell import ring_after_commit
from workflows.links import overview_link
from workflows.mail.batches import addressee, plan
from workflows.mail.words import word


@contextmanager
def changing(user_id: UUID, what: str, mailed: bool = True) -> Iterator[User]:
    """One transaction that changes how this user logs in, and remembers it. Only where none is open."""
    with acting_for_nobody():
        own = places_of(user_id)
    with acting_for(own[0].organisation_id) if own else acting_for_nobody():
        user = db.session.get_one(User, user_id)
        yield user
        if own:
            remember(user, what, Actor(user.id, user.name), own[0], mailed)
            remember_elsewhere(user, what, Actor(user.id, user.name), own[1:])


def remember(user: User, what: str, by: Actor, here: Place, mailed: bool) -> None:
    """In the history of the acting organisation; and a mail, so that a change by somebody else does not go unseen."""
    record([Entry("user", user.id, what, by)])
    if mailed:
        told = {"what": word(f"security.{what}", user.locale)}
        to = addressee(user.name, user.email, {"link": overview_link()})
        plan("security", "security", told, [(user.id, to)] if to else [], user.locale)
        ring_after_commit(here.organisation_id)


def remember_elsewhere(user: User, what: str, by: Actor, others: list[Place]) -> None:
    """In the history of the user's other organisations, once this transaction stands."""

    def there(place: Place) -> None:
        with acting_for(place.organisation_id):
            record([Entry("user", user_id, what, by)])

    user_id = user.id
    for place in others:  # each apart: what fails at one keeps no other from hearing it
        after_commit(partial(there, place))
