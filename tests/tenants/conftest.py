"""A scene with a row in every table: an office, two clients that it told, one that decided, and a third party."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from tenants.database import db
from tenants.escalations import acknowledge_receipt
from tenants.idempotency import earlier_answer, keep_answer
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register import breach
from tenants.sessions import begin_session
from tenants.users import User
from tests.conftest import Database
from tests.factories import (
    Office,
    a_member,
    an_assessment,
    an_incident,
    an_office,
    an_organisation,
    an_own_breach,
    sendgrid_tells,
)
from workflows import jobs
from workflows.ap_notification import AP_NOTIFICATION
from workflows.bulk_notice import begin_by_choice, upload_recipients
from workflows.engine import pulse
from workflows.engine.advance import complete
from workflows.mail.batches import Addressee
from workflows.mail.outbox import Outbox


@dataclass(frozen=True)
class Scene:
    """Who is in it, and what they have."""

    database: Database
    office: Office
    incident: UUID
    escalation: UUID
    controller: UUID
    breach: UUID
    notice: UUID
    other_controller: UUID
    stranger: UUID


@pytest.fixture(scope="module")
def scene(database: Database) -> Iterator[Scene]:
    outbox = Outbox()
    jobs.use_mail_sender(outbox)
    office, stranger = an_office(clients=2), an_organisation("Een derde")
    an_own_breach(stranger)
    incident = an_incident(office)
    jobs.drain(str(office.id))
    sendgrid_tells(outbox.mails)
    jobs.drain(str(office.id))
    pulse.beat("worker")
    one, other = database.outside("select * from escalation order by id")
    notice = _decides(one["controller_id"], one["breach_id"])
    yield Scene(
        database, office, incident.id, one["id"], one["controller_id"], one["breach_id"], notice,
        other["controller_id"], stranger,
    )  # fmt: skip


def _decides(controller: UUID, breach_id: UUID) -> UUID:
    someone = a_member(controller)
    with acting_for_nobody():
        begin_session(db.session.get_one(User, someone.id))
    with acting_for(controller):
        acknowledge_receipt(breach_id, someone.name)
        complete(AP_NOTIFICATION, breach_id, "assess", someone, "privacy_officer", an_assessment())
        notice = begin_by_choice(breach(breach_id), someone)
        upload_recipients(notice.id, [Addressee("Jan", "jan@example.nl")], someone, "privacy_officer")
        assert earlier_answer("a-key", b"hash") is None
        keep_answer("a-key", 201, {"id": str(notice.id)})
        return notice.id
