"""A person against another person, or against the clock: exactly one wins, and the other is told."""

from threading import Barrier, Event
from typing import Any
from uuid import UUID, uuid4

import pytest

from tenants.errors import AlreadyDone, NotFound, OutOfDate, Refused
from tenants.history.entries import Actor, of_subject
from tenants.identity.users import APPROVER, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tests.conftest import Database
from tests.engine.toy import a_workflow, begun, catalogue_of, steps_of
from tests.factories import BRAM, FENNA, JORIS, an_assessment, an_organisation, an_own_breach, proven
from workflows.engine.advance import complete
from workflows.engine.drain import drain_steps
from workflows.engine.runs import run_about
from workflows.engine.steps import Act
from workflows.notification.ap_notification import AP_NOTIFICATION


def decide(organisation: UUID, breach: UUID, step: str, by: Actor = FENNA, role: str = PRIVACY_OFFICER, **more: Any):
    version = more.pop("version", None)
    with acting_for(organisation):
        return complete(AP_NOTIFICATION, breach, step, proven(by), role, more, version)


@pytest.fixture
def drafted(database: Database) -> tuple[UUID, UUID]:
    """A breach that waits for a second person."""
    organisation = an_organisation()
    breach = an_own_breach(organisation)
    decide(organisation, breach, "assess", **an_assessment())
    decide(organisation, breach, "draft", decision="notify", reason="BSN")
    return organisation, breach


def test_two_who_approve_at_the_same_time(database: Database, drafted: tuple[UUID, UUID]):
    together = Barrier(2)

    def approve() -> None:
        together.wait(10)
        decide(*drafted, "approve", Actor(uuid4(), "Een tweede"), APPROVER, agrees=True)

    faults = [answer.exception(10) for answer in [database.elsewhere(approve) for _ in range(2)]]
    assert sorted(type(fault).__name__ for fault in faults) == ["AlreadyDone", "NoneType"]
    approvals = [row for row in steps_of(database, drafted[0]) if row["name"] == "approve"]
    assert [row["state"] for row in approvals] == ["done"]


def test_one_approves_while_another_returns_it(database: Database, drafted: tuple[UUID, UUID]):
    together = Barrier(2)

    def look(agrees: bool) -> None:
        together.wait(10)
        decide(*drafted, "approve", Actor(uuid4(), "Een tweede"), APPROVER, agrees=agrees, reason="Zo.")

    answers = {agrees: database.elsewhere(look, agrees) for agrees in (True, False)}
    winners = [agrees for agrees, answer in answers.items() if answer.exception(10) is None]
    assert len(winners) == 1
    with acting_for(drafted[0]):
        opened = run_about("ap_notification", drafted[1]).open_step()
        assert opened is not None and opened.name == ("submit" if winners[0] else "draft")


def test_the_second_waits_for_the_first_and_is_then_told(database: Database):
    """Held open on purpose: the second person is really there before the first has finished."""
    organisation, inside, go_on = an_organisation(), Event(), Event()

    def think(toy: Any, act: Act) -> None:
        if act.by == FENNA:
            inside.set()
            go_on.wait(10)

    workflow = a_workflow(records=think)
    toy = begun(organisation, workflow)[0]
    drain_steps(organisation, catalogue_of(workflow), uuid4())

    def decide_as(who: Actor) -> None:
        with acting_for(organisation):
            complete(workflow, toy, "decide", who, PRIVACY_OFFICER, {})

    first = database.elsewhere(decide_as, FENNA)
    inside.wait(10)
    second = database.elsewhere(decide_as, BRAM)
    database.wait_until_blocked()
    go_on.set()
    assert first.exception(10) is None and isinstance(second.exception(10), AlreadyDone)
    done = [row for row in steps_of(database, organisation) if row["name"] == "decide"]
    assert [(row["state"], row["done_by_name"]) for row in done] == [("done", FENNA.name)]


def test_a_decision_on_an_older_version_is_refused(drafted: tuple[UUID, UUID]):
    with pytest.raises(OutOfDate):
        decide(*drafted, "approve", BRAM, APPROVER, agrees=True, version=1)
    decide(*drafted, "approve", BRAM, APPROVER, agrees=True, version=3)


@pytest.mark.parametrize("refused", ["four eyes", "no reason", "skipped"])
def test_what_is_refused_leaves_nothing_behind(database: Database, drafted: tuple[UUID, UUID], refused: str):
    before = steps_of(database, drafted[0])
    with pytest.raises(Refused):
        if refused == "four eyes":
            decide(*drafted, "approve", FENNA, OWNER, agrees=True)
        elif refused == "no reason":
            decide(*drafted, "approve", BRAM, APPROVER, agrees=False)
        else:
            decide(*drafted, "submit", submitted_at=None, authority_number="1")
    assert steps_of(database, drafted[0]) == before
    with acting_for(drafted[0]):
        assert len(of_subject(drafted[1])) == 3


def test_anothers_breach_cannot_be_decided_on(drafted: tuple[UUID, UUID]):
    with pytest.raises(NotFound):
        decide(an_organisation(), drafted[1], "approve", BRAM, APPROVER, agrees=True)


def test_everything_that_was_decided_is_in_the_history(drafted: tuple[UUID, UUID]):
    decide(*drafted, "approve", BRAM, APPROVER, agrees=False, reason="Welke mensen?")
    decide(*drafted, "draft", decision="notify", reason="Vijf.")
    decide(*drafted, "approve", BRAM, APPROVER, agrees=True)
    with acting_for(drafted[0]):
        now = database_now()
    decide(*drafted, "submit", JORIS, HANDLER, submitted_at=now, authority_number="AP-1")
    with acting_for(drafted[0]):
        story = [(entry.what, entry.actor_name) for entry in of_subject(drafted[1])]
    assert story == [
        ("breach.opened", FENNA.name), ("ap_notification.assess", FENNA.name), ("ap_notification.draft", FENNA.name),
        ("ap_notification.approve.returned", BRAM.name), ("ap_notification.draft", FENNA.name),
        ("ap_notification.approve", BRAM.name), ("ap_notification.submit", JORIS.name),
    ]  # fmt: skip
