"""The office's board of one incident: sums whose parts always add up, and a tile per controller."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select

from tenants.database import db
from tenants.isolation import acting_organisation
from tenants.register.escalations import Escalation

SOON = timedelta(hours=6)
STATES = ("late", "soon", "waiting", "informed", "acknowledged", "decided")


def state() -> ColumnElement[str]:
    """Return the state of one escalation, the furthest first: decided, acknowledged, informed; else by its time."""
    return case(
        (Escalation.decision.is_not(None), "decided"),
        (Escalation.acknowledged_at.is_not(None), "acknowledged"),
        (Escalation.informed_at.is_not(None), "informed"),
        (Escalation.alarm_at <= func.now(), "late"),
        (Escalation.alarm_at <= func.now() + SOON, "soon"),
        else_="waiting",
    )


def sums(incident_id: UUID) -> dict[str, int]:
    """Return every state with its number, also 0; decided alone; total; informed and informed in time; how many to
    call."""
    informed = Escalation.informed_at.is_not(None)
    in_time = and_(informed, Escalation.informed_at < Escalation.alarm_at)
    query = select(
        *(func.count().filter(state() == name).label(name) for name in STATES),
        func.count().filter(Escalation.decided_alone.is_(True)).label("decided_alone"),
        func.count().label("total"),
        func.count().filter(informed).label("informed_in_all"),
        func.count().filter(in_time).label("informed_in_time"),
        func.count().filter(and_(Escalation.call_needed_at.is_not(None), ~informed)).label("call"),
        func.coalesce(func.sum(Escalation.people_max), 0).label("people"),
        func.count().filter(Escalation.people_max.is_(None)).label("people_not_known"),
    ).where(*_of(incident_id))
    return dict(db.session.execute(query).mappings().one())


def tiles(incident_id: UUID) -> list[tuple[UUID, str]]:
    """Return one tile per controller, the tightest time first: the escalation and where it stands."""
    query = select(Escalation.id, state()).where(*_of(incident_id)).order_by(Escalation.alarm_at, Escalation.id)
    return [(escalation_id, where) for escalation_id, where in db.session.execute(query)]


def call_list(incident_id: UUID) -> list[Escalation]:
    """Return the escalations to call about: not informed, and no contact left to write to, or the time has run out."""
    query = select(Escalation).where(
        *_of(incident_id), Escalation.call_needed_at.is_not(None), Escalation.informed_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Escalation.alarm_at, Escalation.id)))


def _of(incident_id: UUID) -> tuple[ColumnElement[Any], ...]:
    return Escalation.processor_id == acting_organisation(), Escalation.incident_id == incident_id
