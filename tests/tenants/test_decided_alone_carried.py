"""An upgrade of a database with decisions in it: those that one person took alone are marked, the others are not."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, text

from service.embedded.servers import Embedded
from service.release import release
from tests.conftest import BASE_URL, SANDBOX_URL
from tests.tenants.carried import database_at, insert

NAME = "decided_before"
MOMENT = "2026-11-20T10:00Z"


@pytest.fixture
def before(servers: Embedded) -> Iterator[Engine]:
    """A database at the version before; its superuser."""
    with database_at(servers, NAME, "0029") as carried:
        yield carried.superuser


def a_decision(
    there: Connection, decision: str | None, workflow: str = "ap_notification", state: str = "done",
    alone: str = "approve", **more: Any,
) -> UUID:  # fmt: skip
    """An escalation that was decided so, and a run in which somebody did a step alone; the escalation."""
    office, register, breach, escalation = (uuid4() for _ in range(4))
    insert(
        there, "escalation", id=escalation, processor_id=office, controller_id=register, incident_id=uuid4(),
        agreement_id=uuid4(), breach_id=breach, controller_name="Klant", became_aware_at=MOMENT, alarm_at=MOMENT,
        contacts="[]", decision=decision, decided_at=MOMENT if decision else None, **more,
    )  # fmt: skip
    run = insert(
        there, "run", organisation_id=register, workflow=workflow, version=2, subject_id=breach, state=state
    )  # fmt: skip
    insert(there, "step", organisation_id=register, run_id=run, name="approve", kind="human", state="done",
           done_at=MOMENT)  # fmt: skip
    insert(there, "broken_glass", organisation_id=register, run_id=run, step=alone, by_user=uuid4(), by_name="Wim",
           reason="Er was niemand anders hier", created_at=MOMENT)  # fmt: skip
    return escalation


def test_what_was_decided_alone_before_is_marked(before: Engine, servers: Embedded):
    with before.begin() as there:
        there.execute(text("set local session_replication_role = replica"))  # rows without all that they refer to
        wanted = {
            a_decision(there, "notified"): True,
            a_decision(there, "notified", state="cancelled"): False,  # the register went back to its office
            a_decision(there, "not_notified", workflow="bulk_notice"): False,  # the notice to people, not the decision
            a_decision(there, None): None,
        }
    release(servers.config(BASE_URL, SANDBOX_URL, NAME))
    with before.begin() as there:
        rows = there.execute(text("select id, decided_alone from escalation")).all()
    assert {row.id: row.decided_alone for row in rows} == wanted


def test_what_somebody_else_approved_is_marked_no_more(servers: Embedded):
    with database_at(servers, "sent_alone_before", "0032") as carried:
        with carried.superuser.begin() as there:
            there.execute(text("set local session_replication_role = replica"))
            marked = {"decided_alone": True}
            wanted = {
                a_decision(there, "notified", alone="submit", **marked): False,
                a_decision(there, "notified", **marked): True,
            }
        release(servers.config(BASE_URL, SANDBOX_URL, "sent_alone_before"))
        with carried.superuser.begin() as there:
            rows = there.execute(text("select id, decided_alone from escalation")).all()
        assert {row.id: row.decided_alone for row in rows} == wanted
