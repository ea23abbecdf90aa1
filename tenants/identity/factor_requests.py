"""Somebody lost their second factor: who asked that it is taken away, who agreed, and how it ended.

Two kinds: an owner asks (`asked_in`), or the person does by a mailed link, which counts 72 hours after it was opened.
It is about a person, so it stands outside the organisations, as the person does.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import Record, db
from tenants.identity.sessions import hash_of_token
from tenants.isolation import database_now

AN_OWNERS_LASTS = timedelta(days=7)
A_LINK_LASTS = timedelta(hours=1)
AFTER_ASKING, AFTER_A_STOP = timedelta(days=1), timedelta(days=7)
A_STOP_COUNTS = timedelta(days=30)
"""How long an organisation that stopped one may stop no other of the same person: it may end their seat there."""
AGREE = text("""
    insert into factor_agreement (request_id, organisation_id, agreed_by) values (:request, :organisation, :by)
    on conflict do nothing returning request_id""")
LOCK = text("select pg_advisory_xact_lock(hashtextextended(:user, 20))")
AGREED = text("select organisation_id from factor_agreement where request_id = :request")
AGREEMENTS = text("""
    select a.request_id, a.organisation_id, u.name, a.agreed_at
      from factor_agreement a join app_user u on u.id = a.agreed_by where a.request_id = any (:requests)""")


@dataclass(frozen=True)
class Agreement:
    """An organisation agreed to one request: which owner of it, and when."""

    organisation_id: UUID
    by: str
    at: datetime


class FactorRequest(Record):
    """One request about one person."""

    __tablename__ = "factor_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    user_id: Mapped[UUID]
    asked_in: Mapped[UUID | None]
    asked_by: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    counts_at: Mapped[datetime | None]
    token_hash: Mapped[bytes | None]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None]
    stopped_in: Mapped[UUID | None]
    stopped_by: Mapped[UUID | None]

    @property
    def ends_at(self) -> datetime | None:
        """Until when the organisations may agree; None for what the person asked, which counts from `counts_at`."""
        return self.asked_at + AN_OWNERS_LASTS if self.asked_in is not None else None

    @property
    def is_asked(self) -> bool:
        """Whether people can see and stop this request. A mailed link that was not opened yet changes nothing."""
        return self.asked_in is not None or self.counts_at is not None


def asked_by_owner(user_id: UUID, organisation_id: UUID, by: UUID) -> FactorRequest:
    """Return the open request of an owner about this person, locked; make a new one where there is none."""
    open_one = open_of_owner(user_id)
    return open_one or _add(FactorRequest(user_id=user_id, asked_in=organisation_id, asked_by=by))


def open_of_owner(user_id: UUID) -> FactorRequest | None:
    """Return the open request of an owner about this person, locked, so that another change of it waits."""
    _one_at_a_time(user_id)
    _lapse(user_id, FactorRequest.asked_in.is_not(None), AN_OWNERS_LASTS)
    return _open(user_id, FactorRequest.asked_in.is_not(None))


def asks_again_from(user_id: UUID, organisation_id: UUID) -> datetime | None:
    """Return from when this organisation may ask about this person again: a day after it asked, a week after a stop.

    None when it may ask now, and when a request of an owner is open: agreeing with that one is not a new request.
    """
    _one_at_a_time(user_id)
    if any(request.asked_in for request in open_requests([user_id])):
        return None
    asked = (FactorRequest.user_id == user_id) & (FactorRequest.asked_in == organisation_id)
    stopped = FactorRequest.ended_how == "stopped"
    after = case((stopped, FactorRequest.ended_at + AFTER_A_STOP), else_=FactorRequest.asked_at + AFTER_ASKING)
    moment = db.session.scalar(select(func.max(after)).where(asked, after > func.now()))
    return moment if isinstance(moment, datetime) else None


def stops_again_from(user_id: UUID, organisation_id: UUID) -> datetime | None:
    """Return from when this organisation, which stopped a request about this person, may stop another; None for now.

    An organisation that ends its own request has not stopped one.
    """
    _one_at_a_time(user_id)
    of_another = FactorRequest.asked_in.is_distinct_from(organisation_id)
    stopped = (FactorRequest.user_id == user_id) & (FactorRequest.stopped_in == organisation_id) & of_another
    moment = db.session.scalar(select(func.max(FactorRequest.ended_at)).where(stopped))
    again = moment + A_STOP_COUNTS if isinstance(moment, datetime) else None
    return again if again is not None and again > database_now() else None


def new_link(user_id: UUID) -> str | None:
    """Return the token of a link for the person; None when one was opened already and the wait has begun."""
    _one_at_a_time(user_id)
    token, asked = secrets.token_urlsafe(32), _open(user_id, FactorRequest.asked_in.is_(None))
    if asked is None:
        _add(FactorRequest(user_id=user_id, token_hash=hash_of_token(token)))
    elif asked.counts_at is None:
        asked.token_hash, asked.asked_at = hash_of_token(token), func.now()
        db.session.flush()
    else:
        return None
    return token


def of_link(user_id: UUID, token: str) -> FactorRequest | None:
    """Return the person's own request with this link, locked; None once the link lapsed before it was opened."""
    mine = (FactorRequest.user_id == user_id) & (FactorRequest.token_hash == hash_of_token(token))
    good = FactorRequest.counts_at.is_not(None) | (FactorRequest.asked_at > func.now() - A_LINK_LASTS)
    asked = select(FactorRequest).where(mine & FactorRequest.ended_at.is_(None) & good)
    return db.session.scalar(asked.with_for_update())


def own_request(user_id: UUID) -> FactorRequest | None:
    """Return the person's own request, once the link was opened; locked."""
    return _open(user_id, FactorRequest.asked_in.is_(None) & FactorRequest.counts_at.is_not(None))


def open_requests(user_ids: list[UUID]) -> list[FactorRequest]:
    """Return the open requests about these people, oldest first."""
    still = FactorRequest.ended_at.is_(None) & FactorRequest.user_id.in_(user_ids)
    young = FactorRequest.counts_at.is_not(None) | (FactorRequest.asked_at > func.now() - AN_OWNERS_LASTS)
    requests = db.session.scalars(select(FactorRequest).where(still & young).order_by(FactorRequest.id))
    return [request for request in requests if request.is_asked]


def agree(request: FactorRequest, organisation_id: UUID, by: UUID) -> bool:
    """Record that an owner of this organisation agrees. Returns False when the organisation agreed before."""
    values = {"request": request.id, "organisation": organisation_id, "by": by}
    return db.session.execute(AGREE, values).first() is not None


def agreed(request: FactorRequest) -> set[UUID]:
    """Return the ids of the organisations that agreed."""
    return set(db.session.scalars(AGREED, {"request": request.id}))


def agreements(requests: Iterable[UUID]) -> dict[UUID, list[Agreement]]:
    """Return who agreed to each of these requests, in one query."""
    listed: dict[UUID, list[Agreement]] = defaultdict(list)
    for request_id, *agreement in db.session.execute(AGREEMENTS, {"requests": list(requests)}):
        listed[request_id].append(Agreement(*agreement))
    return listed


def end_requests(user_id: UUID, how: str, stopped_in: UUID | None = None, stopped_by: UUID | None = None) -> int:
    """End every request about this person, as done, stopped or has_factor; return how many."""
    still = (FactorRequest.user_id == user_id) & FactorRequest.ended_at.is_(None)
    values = {"ended_at": func.now(), "ended_how": how, "stopped_in": stopped_in, "stopped_by": stopped_by}
    return len(db.session.execute(update(FactorRequest).where(still).values(values).returning(FactorRequest.id)).all())


def _open(user_id: UUID, which: ColumnElement[bool]) -> FactorRequest | None:
    still = (FactorRequest.user_id == user_id) & FactorRequest.ended_at.is_(None) & which
    return db.session.scalar(select(FactorRequest).where(still).with_for_update())


def _one_at_a_time(user_id: UUID) -> None:
    """Lock all requests about this person until the transaction ends; a second transaction then finds the first one's
    request."""
    db.session.execute(LOCK, {"user": str(user_id)})


def _lapse(user_id: UUID, which: ColumnElement[bool], lasts: timedelta) -> None:
    old = (FactorRequest.user_id == user_id) & FactorRequest.ended_at.is_(None) & which
    lapsed = update(FactorRequest).where(old & (FactorRequest.asked_at <= func.now() - lasts))
    db.session.execute(lapsed.values(ended_at=func.now(), ended_how="lapsed"))


def _add(request: FactorRequest) -> FactorRequest:
    db.session.add(request)
    db.session.flush()
    return request
