"""Four eyes held by the database: as the app's own role, by SQL, past every line of our code."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.history.entries import Actor
from tenants.identity.deputies import add_deputy
from tenants.identity.users import OWNER
from tenants.isolation import acting_for, database_now
from tenants.register.broken_glass import break_it
from tenants.register.notices import notice_of_breach
from tests.conftest import Database
from tests.worlds.waiting_approvals import STEP_DONE, WaitingApprovals, broken, refused
from workflows.engine.advance import complete
from workflows.notification.ap_notification import AP_NOTIFICATION


@pytest.fixture
def house(database: Database) -> WaitingApprovals:
    """Of this test alone."""
    return WaitingApprovals()


def forbidden(house: WaitingApprovals, sql: str, **values: Any) -> None:
    """The app's role may not even try."""
    with pytest.raises(DBAPIError) as fault, acting_for(house.id):
        db.session.execute(text(sql), values)
    assert isinstance(fault.value.orig, InsufficientPrivilege), fault.value.orig


def test_who_prepared_cannot_approve(house: WaitingApprovals):
    refused("four_eyes", lambda: house.does("ap_notification", "approve", house.officer))
    for who in (house.officer, house.other):
        refused("four_eyes", lambda who=who: house.does("bulk_notice", "approve", who))
    assert house.does("ap_notification", "approve", house.approver) == 1
    assert house.does("bulk_notice", "approve", house.approver) == 1


def test_who_prepared_or_approved_cannot_send(house: WaitingApprovals):
    house.approved()
    for who in (house.officer, house.approver):
        refused("four_eyes", lambda who=who: house.does("ap_notification", "submit", who))
    for who in (house.officer, house.other, house.approver):
        refused("four_eyes", lambda who=who: house.does("bulk_notice", "release", who))
    assert house.does("ap_notification", "submit", house.handler) == 1
    assert house.does("bulk_notice", "release", house.handler) == 1


def test_a_deputy_counts_for_two(house: WaitingApprovals):
    refused("four_eyes", lambda: house.does("ap_notification", "approve", house.approver, house.officer.id))
    refused("four_eyes", lambda: house.does("ap_notification", "approve", house.officer, house.approver.id))
    house.does("ap_notification", "approve", house.handler, house.approver.id)
    with acting_for(house.id):
        add_next = """insert into step (organisation_id, run_id, name, kind, state)
                      select organisation_id, id, 'submit', 'human', 'waiting' from run where id = :run"""
        db.session.execute(text(add_next), {"run": house.runs["ap_notification"]})
    for who in (house.handler, house.approver):
        refused("four_eyes", lambda who=who: house.does("ap_notification", "submit", who))


def test_an_approval_without_a_person_is_refused(house: WaitingApprovals):
    refused("done_by_somebody", lambda: house.does("ap_notification", "approve", Actor(None, "x")))


@pytest.mark.parametrize(
    "change", ["done_by = :other", "done_for = :other", "state = 'cancelled'", "done_by = null"]
)
def test_who_did_it_cannot_be_changed_afterwards(house: WaitingApprovals, change: str):
    def rewrite() -> None:
        with acting_for(house.id):
            update = f"update step set {change} where run_id = :run and name = 'draft' and state = 'done'"
            db.session.execute(text(update), {"other": uuid4(), "run": house.runs["ap_notification"]})

    refused("done_is_final", rewrite)


@pytest.mark.parametrize(
    ("what", "mark"),
    [
        ("breach", "decided_at = now()"), ("breach", "submitted_at = now(), authority_number = '1'"),
        ("notice", "approved_at = now()"), ("notice", "sent_at = now()"),
    ],
)
def test_only_what_a_person_approved_is_in_force(house: WaitingApprovals, what: str, mark: str):
    def pretend() -> None:
        with acting_for(house.id):
            db.session.execute(text(f"update {what} set {mark} where id = :id"), {"id": getattr(house, what)})

    refused("approved_by_a_person", pretend)
    house.approved()
    pretend()


def test_what_the_rule_rests_on_cannot_be_changed(house: WaitingApprovals):
    run = house.runs["ap_notification"]
    for change in ("version = 1", "workflow = 'escalation'", "subject_id = uuidv7()"):
        forbidden(house, f"update run set {change} where id = :run", run=run)
    for change in ("name = 'note'", "kind = 'job'", "round = 9", "run_id = uuidv7()"):
        forbidden(house, f"update step set {change} where run_id = :run", run=run)
    forbidden(house, "delete from step where run_id = :run", run=run)
    forbidden(house, "delete from human_step")
    forbidden(house, "update human_step set other_than = '{}'")
    forbidden(house, "insert into human_step values ('x', 1, 'a', '{}', false)")
    forbidden(house, "insert into token_scope values ('approve')")


def test_a_machine_does_no_persons_step(house: WaitingApprovals):
    def forge() -> None:
        with acting_for(house.id):
            forged = """insert into step (organisation_id, run_id, name, kind, state, round)
                        select organisation_id, id, 'approve', 'job', 'done', 7 from run where id = :run"""
            db.session.execute(text(forged), {"run": house.runs["ap_notification"]})

    refused("step_of_a_person", forge)


def test_a_persons_step_of_another_workflow_or_version_says_nothing_about_a_machines(own_database: Database):
    house = WaitingApprovals()
    own_database.outside("insert into human_step values ('ap_notification', 99, 'send', '{}', true)")
    with acting_for(house.id):
        for step in ("send", "text"):
            add = """insert into step (organisation_id, run_id, name, kind, state)
                     values (:organisation, :run, :step, 'job', 'ready')"""
            run = house.runs["ap_notification"]
            db.session.execute(text(add), {"organisation": house.id, "run": run, "step": step})


def test_a_machine_that_did_the_approval_puts_nothing_in_force(house: WaitingApprovals, database: Database):
    """Also where the rows are missing by which the database knows that it is a person's."""
    database.outside(
        """insert into step (organisation_id, run_id, name, kind, state, round)
           select organisation_id, id, 'approval', 'job', 'done', 7 from run where id = :run""",
        run=house.runs["ap_notification"],
    )
    database.outside("update step set name = 'approve' where name = 'approval'")

    def pretend() -> None:
        with acting_for(house.id):
            db.session.execute(text("update breach set decided_at = now() where id = :id"), {"id": house.breach})

    refused("approved_by_a_person", pretend)


def test_a_step_that_nothing_declares_is_done_by_nobody(own_database: Database):
    house = WaitingApprovals()
    own_database.outside("delete from human_step")
    refused("step_is_declared", lambda: house.does("ap_notification", "approve", house.approver))
    own_database.outside("insert into human_step values ('ap_notification', 3, 'approve', '{}', true)")
    assert house.does("ap_notification", "approve", house.approver) == 1


def test_an_approval_without_a_draft_is_refused(house: WaitingApprovals):
    def forge() -> None:
        with acting_for(house.id):
            forged = """insert into run (organisation_id, workflow, version, subject_id)
                        values (:o, 'ap_notification', 2, uuidv7()) returning id"""
            run = db.session.scalar(text(forged), {"o": house.id})
            step = """insert into step (organisation_id, run_id, name, kind, state, done_by)
                      values (:o, :run, 'approve', 'human', 'done', :who)"""
            db.session.execute(text(step), {"o": house.id, "run": run, "who": house.approver.id})

    refused("four_eyes", forge)


@pytest.mark.parametrize("who", ["officer", "approver", "handler", "auditor"])
def test_only_an_owner_breaks_the_glass(house: WaitingApprovals, who: str):
    def try_it() -> None:
        with acting_for(house.id):
            broken(house, getattr(house, who))

    refused("glass_is_an_owners", try_it)


def test_who_stands_in_for_an_owner_may_too_while_it_lasts(house: WaitingApprovals, database: Database):
    assert house.owner.id and house.approver.id

    def try_it() -> None:
        with acting_for(house.id):
            broken(house, house.approver, house.owner.id)

    refused("glass_is_an_owners", try_it)
    with acting_for(house.id):
        now = database_now()
        add_deputy(house.owner.id, house.approver.id, now, now.replace(year=now.year + 1), "Ziek", house.owner.id)
    try_it()
    database.outside("update deputy set ends_at = now() where organisation_id = :o", o=house.id)
    refused("glass_is_an_owners", try_it)


def test_broken_glass_lets_one_act_through_and_not_the_next(house: WaitingApprovals):
    """Glass that was broken before counts for nothing now, nor for anybody else."""
    own = WaitingApprovals()
    with acting_for(own.id):
        draft = {"decision": "notify", "reason": "Zelf."}
        complete(AP_NOTIFICATION, own.breach, "draft", own.owner, OWNER, draft)
    refused("four_eyes", lambda: own.does("ap_notification", "approve", own.owner))
    with acting_for(own.id):
        broken(own, own.owner)
    refused("four_eyes", lambda: own.does("ap_notification", "approve", own.owner))
    with acting_for(own.id):
        broken(own, own.owner)
        asked = {"run": own.runs["ap_notification"], "step": "approve", "who": own.owner.id, "whom": None}
        assert db.session.execute(text(STEP_DONE), asked).rowcount == 1  # type: ignore[attr-defined]


REVIEWED = """update broken_glass set reviewed_by = :who, reviewed_for = :whom, reviewed_by_name = 'x',
              reviewed_at = now(), review = 'Goed' where organisation_id = :o"""


def test_who_broke_it_does_not_close_the_review_and_it_is_closed_once(house: WaitingApprovals):
    def review(who: Actor, whom: UUID | None = None) -> None:
        with acting_for(house.id):
            db.session.execute(text(REVIEWED), {"who": who.id, "whom": whom, "o": house.id})

    with acting_for(house.id):
        broken(house, house.owner)
    for who, whom in ((house.owner, None), (house.approver, house.owner.id), (house.owner, house.approver.id)):
        refused("broken_glass_check", lambda who=who, whom=whom: review(who, whom))
    review(house.approver)
    refused("done_is_final", lambda: review(house.handler))
    forbidden(house, "update broken_glass set reason = 'Toch een andere reden dan eerst'")
    forbidden(house, "delete from broken_glass")


def test_a_glass_is_not_broken_for_a_reason_of_one_word(house: WaitingApprovals):
    def try_it() -> None:
        with acting_for(house.id):
            assert house.owner.id
            break_it(house.runs["ap_notification"], "approve", (house.owner.id, None, "x"), "Haast" + " " * 40)

    refused("broken_glass_reason_check", try_it)


def test_a_period_that_was_ended_stays_ended(house: WaitingApprovals):
    assert house.officer.id and house.handler.id
    with acting_for(house.id):
        now = database_now()
        in_a_year = now.replace(year=now.year + 1)
        deputy = add_deputy(house.officer.id, house.handler.id, now, in_a_year, "x", house.officer.id)
        deputy.end(house.owner.id, now)

    def reopen() -> None:
        with acting_for(house.id):
            db.session.execute(text("update deputy set ended_at = null, ended_by = null"))

    refused("done_is_final", reopen)
    forbidden(house, "update deputy set ends_at = ends_at + interval '1 year'")
    with acting_for(house.id):
        assert notice_of_breach(house.breach) is not None
