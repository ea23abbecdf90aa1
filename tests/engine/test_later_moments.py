"""A controller's own moment that is later than the one that counts: a second person, the earliest moment, own acts."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tenants.database import db
from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import Actor, of_subject
from tenants.identity.users import APPROVER, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import Breach, breach
from tenants.register.broken_glass import done_alone
from tenants.register.escalations import acknowledge_receipt
from tests.conftest import Database
from tests.factories import a_member, an_assessment
from tests.worlds.informed_client import RISK, InformedClient
from workflows.decisions.breaking_glass import notify_alone
from workflows.engine.advance import complete
from workflows.law import gdpr
from workflows.mail.outbox import Outbox
from workflows.notification.ap_clock import asks_reasons
from workflows.notification.ap_notification import AP_NOTIFICATION

NOTIFIES = {"decision": "notify", "reason": "Er is een risico"}
REASON = "Er is hier niemand anders die dit kan doen"


class Later(InformedClient):
    """Ninety hours ago the office found it; eighty hours ago it told this client by telephone, as it states."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        super().__init__(database, outbox, hours_ago=90)
        self.stated = self.called(80)
        self.about = self.escalation["breach_id"]
        self.owner = a_member(self.client, OWNER, name="Olga")
        self.approver = a_member(self.client, APPROVER, name="Anna")

    @property
    def breach(self) -> Breach:
        with acting_for(self.client):
            return breach(self.about)

    def does(self, who: Actor, role: str, step: str, **values: Any) -> None:
        with acting_for(self.client):
            complete(AP_NOTIFICATION, self.about, step, who, role, values)

    def prepared(self, drafter: Actor | None = None) -> None:
        self.does(self.by, PRIVACY_OFFICER, "assess", **RISK)
        self.does(drafter or self.by, PRIVACY_OFFICER, "draft", **NOTIFIES)

    def submitted(self, **more: Any) -> None:
        with acting_for(self.client):
            now = database_now()
        sender = a_member(self.client, HANDLER, name="Hugo")
        self.does(sender, HANDLER, "submit", submitted_at=now, authority_number="AP-1", **more)

    def entry(self, what: str) -> Any:
        with acting_for(self.client):
            return next(entry for entry in of_subject(self.about) if entry.what == what).details


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Later:
    return Later(own_database, outbox)


def ends(moment: datetime) -> datetime:
    return gdpr.authority_period(moment).due_at


def test_it_waits_and_the_earlier_moment_counts_until_a_second_person_agrees(house: Later):
    own = house.states(10)
    assert (house.breach.became_aware_at, house.breach.later_aware_at) == (house.stated, own)
    assert house.clock["due_at"] == house.breach.due_at == ends(house.stated)
    entry = house.entry("breach.later_awareness")
    assert entry["reason"] and {"later_aware_at", "counts", "stated_by_processor"} <= set(entry)
    house.prepared()
    assert house.breach.became_aware_at == house.stated
    house.does(house.approver, APPROVER, "approve", agrees=True)
    own_breach = house.breach
    assert (own_breach.became_aware_at, own_breach.aware_how, own_breach.later_aware_at) == (own, "stated", None)
    assert (own_breach.earliest_aware_at, own_breach.stated_aware_at) == (house.stated, house.stated)
    assert house.clock["due_at"] == own_breach.due_at == ends(own)
    agreed = house.entry("ap_notification.approve")["later_moment"]
    assert datetime.fromisoformat(agreed["became_aware_at"]) == own and agreed["before"]["how"] == "phone"


def test_a_second_person_who_sends_it_back_leaves_the_earlier_moment(house: Later):
    house.states(10)
    house.prepared()
    house.does(house.approver, APPROVER, "approve", agrees=False, reason="Ik las de mail al eerder")
    assert house.breach.became_aware_at == house.stated and house.breach.later_aware_at is not None


def test_whoever_stated_it_does_not_agree_to_it_whoever_drafted_after(house: Later):
    by, house.by = house.by, house.owner
    house.states(10)
    house.by = by
    house.prepared(drafter=by)
    with pytest.raises(NotAllowed) as refusal:
        house.does(house.owner, OWNER, "approve", agrees=True)
    assert refusal.value.key == "step.four_eyes" and house.breach.became_aware_at == house.stated


@pytest.mark.parametrize("hours_ago", [10, 85], ids=["later", "earlier"])
def test_a_token_states_no_moment(house: Later, hours_ago: float):
    house.by = replace(house.by, name="API-sleutel koppeling", is_token=True)
    with pytest.raises(NotAllowed) as refusal:
        house.states(hours_ago)
    assert refusal.value.key == "decision.needs_a_person"
    assert (house.breach.became_aware_at, house.breach.later_aware_at) == (house.stated, None)


def test_an_approval_of_before_is_asked_again(house: Later):
    house.prepared()
    house.does(house.approver, APPROVER, "approve", agrees=True)
    house.states(10)
    assert house.breach.decided_at is None and house.entry("breach.later_awareness")["to_be_approved_again"] is True
    house.does(house.approver, APPROVER, "approve", agrees=True)
    assert house.breach.became_aware_at != house.stated


def test_it_is_refused_where_not_to_notify_was_approved_because_nobody_approves_after_that(house: Later):
    house.does(house.by, PRIVACY_OFFICER, "assess", **an_assessment("unlikely"))
    house.does(house.by, PRIVACY_OFFICER, "draft", decision="do_not_notify", reason="De tape was versleuteld.")
    house.does(house.approver, APPROVER, "approve", agrees=True)
    with pytest.raises(Invalid) as refusal:
        house.states(10)
    assert refusal.value.key == "awareness.decided" and house.breach.later_aware_at is None
    assert house.states(85) == house.breach.became_aware_at


def test_an_earlier_moment_counts_at_once_and_withdraws_a_later_one(house: Later):
    later, own = house.states(10), house.states(85)
    own_breach = house.breach
    assert (own_breach.became_aware_at, own_breach.later_aware_at, own_breach.earliest_aware_at) == (own, None, own)
    withdrawn = house.entry("breach.own_awareness")["withdrawn"]
    assert datetime.fromisoformat(withdrawn) == later
    house.states(82)
    assert house.breach.became_aware_at == own, "later than its own earlier word"


def test_reasons_are_asked_while_the_earliest_moment_has_passed_its_term(house: Later):
    house.states(10)
    house.prepared()
    house.does(house.approver, APPROVER, "approve", agrees=True)
    with acting_for(house.client):
        own_breach, now = breach(house.about), database_now()
        assert own_breach.due_at is not None and now < own_breach.due_at and asks_reasons(own_breach, now)
    with pytest.raises(Invalid) as refusal:
        house.submitted()
    assert (refusal.value.key, refusal.value.field) == ("submission.late_reason_required", "late_reason")
    house.submitted(late_reason="De mail is pas later gelezen")
    assert house.breach.late_reason == "De mail is pas later gelezen"


def test_who_is_alone_has_it_counted_as_done_alone(house: Later):
    house.database.outside("delete from membership where organisation_id = :o and user_id <> :u",
                           o=house.client, u=house.owner.id)  # fmt: skip
    house.by = house.owner
    own = house.states(10)
    house.does(house.owner, OWNER, "assess", **RISK)
    house.does(house.owner, OWNER, "draft", **NOTIFIES)
    with acting_for(house.client):
        sent = {"submitted_at": database_now(), "authority_number": "AP-1", "late_reason": "Ik las het pas later"}
        notify_alone(house.about, house.owner, REASON, sent, breach(house.about).version)
    assert house.breach.became_aware_at == own and house.breach.late_reason == "Ik las het pas later"
    with acting_for(house.client):
        [act] = done_alone([house.about])[house.about]
    assert act.steps == ["approve", "submit"]
    assert house.database.outside("select decided_alone from escalation")[0]["decided_alone"] is True


def test_it_is_not_after_what_its_own_people_did(house: Later):
    with acting_for(house.client):
        acknowledge_receipt(house.about, house.by)
    house.database.outside("update escalation set acknowledged_at = now() - interval '20 hours'")
    with pytest.raises(Invalid) as refusal:
        house.states(10)
    assert (refusal.value.key, refusal.value.field) == ("awareness.after_receipt", "aware_at")
    assert refusal.value.values["earlier"] > refusal.value.values["later"]
    house.states(20.5)
    house.does(house.by, PRIVACY_OFFICER, "assess", **RISK)
    house.database.outside("set session_replication_role = replica;"
                           "update step set done_at = now() - interval '30 hours' where name = 'assess'")  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        house.states(25)
    assert (refusal.value.key, refusal.value.field) == ("awareness.after_assessment", "aware_at")


def test_a_receipt_of_who_held_a_mailed_link_is_no_act_of_its_own_people(house: Later):
    with acting_for(house.client):
        acknowledge_receipt(house.about, Actor(None, "Sanne"), "fg@client.example")
    house.database.outside("update escalation set acknowledged_at = now() - interval '20 hours'")
    own = house.states(10)
    assert house.breach.later_aware_at == own


AS_AGREED = """
    update breach set became_aware_at = later_aware_at, later_aware_at = null, later_aware_reason = null,
      later_aware_stated_at = null, later_aware_by = null"""
LATER = "later_aware_at = now() - interval '10 hours', later_aware_reason = 'x', later_aware_stated_at = now()"
BY = "later_aware_by = array[:by]::uuid[], prepared_by = array[:by]::uuid[]"


@pytest.mark.parametrize(("changes", "constraint"), [
    ("became_aware_at = became_aware_at + interval '1 hour'", "later_moment_is_agreed"),
    ("became_aware_at = now() - interval '10 hours', own_aware_reason = 'x', own_aware_stated_at = now()",
     "own_moment_before_own_acts"),
    (f"{LATER}, {BY}", "own_moment_before_own_acts"),
])  # fmt: skip
def test_the_database_refuses_it_as_well(house: Later, changes: str, constraint: str):
    with acting_for(house.client):
        acknowledge_receipt(house.about, house.by)
    house.database.outside("update escalation set acknowledged_at = now() - interval '20 hours'")
    with pytest.raises(IntegrityError) as refusal, acting_for(house.client):
        db.session.execute(text(f"update breach set {changes} where :by is not null"), {"by": house.by.id})
    assert refusal.value.orig.diag.constraint_name == constraint


def test_the_database_takes_no_yes_of_who_stated_it(house: Later):
    house.states(10)
    house.prepared()
    house.does(house.approver, APPROVER, "approve", agrees=True)
    house.states(5)
    with pytest.raises(IntegrityError, match="later_moment_is_agreed"), acting_for(house.client):
        db.session.execute(text(AS_AGREED))


def test_the_earliest_moment_is_not_made_later(house: Later):
    with acting_for(house.client):
        db.session.execute(text("update breach set earliest_aware_at = now()"))
    assert house.breach.earliest_aware_at == house.stated


def test_what_strangers_stated_goes_with_them(house: Later):
    """A register that the operator closes again: the office's statement is the earliest moment, and nothing waits."""
    house.states(85)
    house.states(10)
    slug = house.database.outside("select slug from organisation where id = :o", o=house.client)[0]["slug"]
    house.database.outside("select release_claim(:slug, 'Not the bakery')", slug=slug)
    [row] = house.database.outside("select * from breach where organisation_id = :o", o=house.client)
    assert (row["earliest_aware_at"], row["later_aware_at"]) == (house.stated, None)
