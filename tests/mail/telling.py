"""What the stories about sending are told with."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from workflows.mail.batches import Addressee, plan, sums
from workflows.mail.events import record
from workflows.mail.rows import MailBatch
from workflows.mail.sender import Answer, Mail

COMMON = {
    "organisation": "Kantoor",
    "whose": "Kantoor is geverifieerd.",
    "count": "1",
    "what": "beoordelen",
    "soonest": "maandag",
    "closed": "",
    "link": "https://x.nl/1",
}

WAITING_STEP = """
with made as (insert into run (organisation_id, workflow, version, subject_id)
              values (:organisation, 'escalation', 1, :about) returning organisation_id, id)
insert into step (organisation_id, run_id, name, kind, state) select *, 'told', 'job', 'waiting' from made
"""


class Meanwhile:
    """A sender during whose request something happens."""

    def __init__(self, happens: Callable[[Mail], Any], answer: Answer) -> None:
        self.happens, self.answer = happens, answer

    def send(self, mail: Mail) -> Answer:
        self.happens(mail)
        return self.answer


def planned(organisation: UUID, count: int = 3, purpose: str = "reminder") -> UUID:
    about = uuid4()
    with acting_for(organisation):
        plan(purpose, "reminder_clock", COMMON, [(about, Addressee("L", f"l{n}@x.nl")) for n in range(count)])
    return about


def a_step_waits_for(organisation: UUID, about: UUID) -> None:
    """A machine's step that goes on when it is known what became of the mail."""
    with acting_for(organisation):
        db.session.execute(text(WAITING_STEP), {"organisation": organisation, "about": about})


def batches(organisation: UUID) -> list[dict[str, Any]]:
    with acting_for(organisation):
        batches = db.session.execute(select(MailBatch.__table__).order_by(MailBatch.created_at, MailBatch.id))
        return [dict(row) for row in batches.mappings() if row["organisation_id"] == organisation]


def states(organisation: UUID, about: UUID) -> dict[str, int]:
    with acting_for(organisation):
        return {state: count for state, count in sums(about).items() if count}


def let_the_lease_lapse(organisation: UUID) -> None:
    with acting_for(organisation):
        db.session.execute(text("update mail_batch set lease_until = now() - interval '1 s' where state = 'sending'"))
    with acting_for_nobody():
        db.session.execute(text("select * from sweep(10)"))


def due_again(organisation: UUID) -> None:
    with acting_for(organisation):
        db.session.execute(text("update mail_batch set not_before = now() where state = 'planned'"))


def event(mail: Mail, place: int, kind: str) -> dict[str, Any]:
    own = mail.people[place].custom
    return {**own, "event": kind, "sg_event_id": uuid4().hex, "timestamp": 1_790_000_000, "reason": "250 OK"}


def tell(*events: dict[str, Any]) -> None:
    with acting_for_nobody():
        record(list(events))
