"""A notice is followed until its last reader is accounted for, also when the last two events come at the same time."""

from concurrent.futures import Future
from threading import Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.identity.users import APPROVER, HANDLER, PRIVACY_OFFICER
from tenants.isolation import acting_for, acting_for_nobody
from tenants.register.breaches import breach
from tests.conftest import Database, until
from tests.factories import (
    BRAM,
    FENNA,
    JORIS,
    NOTICE_TEXT,
    an_organisation,
    an_own_breach,
    delivery_events,
    proven,
    sendgrid_tells,
)
from tests.mail.telling import COMMON
from workflows.catalogue import CATALOGUE
from workflows.engine.advance import complete
from workflows.engine.drain import drain_steps
from workflows.mail.batches import Addressee, plan
from workflows.mail.events import record
from workflows.mail.outbox import Outbox
from workflows.mail.states import ON_THE_WAY
from workflows.notice.bulk_notice import BULK_NOTICE, begin, upload_recipients
from workflows.running import jobs

HELD_S = 3
BLOCKED = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture
def told(database: Database, outbox: Outbox) -> UUID:
    """A notice that was sent to two people; nobody knows yet how it fared."""
    organisation = an_organisation()
    breach_id = an_own_breach(organisation)
    with acting_for(organisation):
        new = begin(breach(breach_id))
        upload_recipients(new.id, [Addressee("A", "a@x.nl"), Addressee("B", "b@x.nl")], FENNA, PRIVACY_OFFICER)
        complete(BULK_NOTICE, new.id, "text", FENNA, PRIVACY_OFFICER, dict(NOTICE_TEXT))
        complete(BULK_NOTICE, new.id, "approve", proven(BRAM), APPROVER, {"agrees": True})
        complete(BULK_NOTICE, new.id, "release", proven(JORIS), HANDLER, {})
    jobs.drain(str(organisation))
    return organisation


def test_the_notice_is_woken_by_the_later_of_the_two(database: Database, told: UUID, outbox: Outbox):
    first, second = delivery_events(outbox.mails)
    recorded, go_on = Event(), Event()

    def post(event: dict[str, Any], hold: bool) -> None:
        with acting_for_nobody():
            record([event])
            recorded.set()
            if hold:
                go_on.wait(HELD_S)

    early: Future[None] = database.elsewhere(post, first, True)
    assert recorded.wait(HELD_S)
    late = database.elsewhere(post, second, False)
    until(lambda: late.done() or database.outside(BLOCKED))
    go_on.set()
    early.result(HELD_S)
    late.result(HELD_S)
    jobs.drain(str(told))
    assert run_state(database, told) == "done"


def test_a_reminder_on_its_way_to_a_colleague_is_no_reader_of_the_notice(
    database: Database, told: UUID, outbox: Outbox
):
    [notice] = database.outside("select id from notice where organisation_id = :o", o=told)
    with acting_for(told):
        plan("reminder", "mail_unheard", COMMON, [(notice["id"], Addressee("Fenna", "fenna@x.nl"))])
    sendgrid_tells(outbox.mails)
    jobs.drain(str(told))
    assert run_state(database, told) == "done"


@pytest.mark.parametrize("state", ON_THE_WAY)
def test_one_who_is_still_on_the_way_keeps_it_open(database: Database, told: UUID, outbox: Outbox, state: str):
    with acting_for_nobody():
        record(delivery_events(outbox.mails)[:1])
    stand = "update recipient set state = :state where organisation_id = :o and state <> 'delivered'"
    look = "update step set state = 'ready' where organisation_id = :o and kind = 'job' and state = 'waiting'"
    for now, then in ((state, "running"), ("bounced", "done")):
        database.outside(stand, o=told, state=now)
        database.outside(look, o=told)
        drain_steps(told, CATALOGUE, uuid4())
        assert run_state(database, told) == then


def run_state(database: Database, organisation: UUID) -> str:
    query = "select state from run where organisation_id = :o and workflow = 'bulk_notice'"
    [row] = database.outside(query, o=organisation)
    return str(row["state"])
