"""News: messages to an organisation's people about another organisation's act, and about changes for a person with
seats elsewhere.

A message is written in the transaction of the act, through a door (remember_elsewhere). The acting organisation reads
nothing there, and a process that is killed loses nothing.
"""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped

from tenants.database import Owned, Record, db
from tenants.history.entries import Actor, crossed
from tenants.isolation import acting_organisation

ELSEWHERE = text("select remember_elsewhere(:who, :what, :by, :name, :to_owners)")


class News(Owned, Record):
    """One message to the people of the acting organisation, which the worker mails.

    `what` is a word of the history about a person (`user.…`), or about another organisation (`verified`), whose
    `name` stands beside it then; `before` is the name that it had, when it has another one.
    """

    __tablename__ = "news"

    what: Mapped[str]
    about_id: Mapped[UUID]
    name: Mapped[str | None]
    how: Mapped[str | None]
    before: Mapped[str | None]


def remember_elsewhere(user_id: UUID, what: str, by: Actor, to_owners: bool) -> None:
    """Record an act in the history of the person's other organisations; with `to_owners` their owners are mailed too.

    Raises DBAPIError when the person has no seat at the acting organisation.
    """
    values = {"who": user_id, "what": what, "by": by.id, "name": by.name, "to_owners": to_owners}
    db.session.flush()
    db.session.execute(ELSEWHERE, values)
    crossed()


def news_by_id(ids: Iterable[UUID]) -> dict[UUID, News]:
    """Return the acting organisation's news with these ids, in one query."""
    mine = News.organisation_id == acting_organisation()
    return {news.id: news for news in db.session.scalars(select(News).where(mine, News.id.in_(list(ids))))}
