"""Whose seat or factor does not count yet, and who prepared: refused by our code, and by the database past it."""

from uuid import UUID

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.errors import NotAllowed
from tenants.history.entries import Actor
from tenants.identity.deputies import add_deputy
from tenants.identity.sessions import begin_session
from tenants.identity.users import APPROVER, OWNER, User
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.register.broken_glass import break_it
from tests.conftest import Database
from tests.factories import a_member, an_assessment, an_organisation, proven
from tests.worlds.waiting_approvals import STEP_DONE, WaitingApprovals, broken, refused
from workflows.catalogue import CATALOGUE
from workflows.decisions.overview import before_of
from workflows.decisions.turn import who_is
from workflows.engine.advance import complete
from workflows.engine.runs import run_about
from workflows.notification.ap_notification import AP_NOTIFICATION

WAITS = "update membership set counts_from = now() + interval '1 day' where organisation_id = :o and user_id = :who"
YOUNG = "update app_user set proof_counts_from = now() + interval '1 day' where id = :who"
WHY = "Iedereen is ziek en de termijn loopt vannacht af"
SENT_IN = {"authority_number": "AP-1"}


@pytest.fixture
def house(database: Database) -> WaitingApprovals:
    """Of this test alone."""
    return WaitingApprovals()


@pytest.mark.parametrize(("workflow", "step"), [
    ("ap_notification", "approve"), ("ap_notification", "submit"), ("bulk_notice", "approve"),
    ("bulk_notice", "release"),
])  # fmt: skip
def test_whose_seat_or_factor_waits_decides_and_sends_nothing(
    house: WaitingApprovals, database: Database, workflow: str, step: str
):
    """Our code says so in words before the database does."""
    if step != "approve":
        house.approved()
    who = house.approver if step == "approve" else house.handler
    subject = house.breach if workflow == "ap_notification" else house.notice
    database.outside(WAITS, o=house.id, who=who.id)
    refused("seat_counts", lambda: house.does(workflow, step, who))
    with pytest.raises(NotAllowed, match=r"seat\.not_yet"), acting_for(house.id):
        complete(CATALOGUE[workflow], subject, step, proven(who), who.role or "", {"agrees": True} | SENT_IN)
    database.outside("update membership set counts_from = now() where user_id = :who", who=who.id)
    database.outside(YOUNG, who=who.id)
    refused("factor_counts", lambda: house.does(workflow, step, who))
    database.outside("update app_user set proof_counts_from = now() where id = :who", who=who.id)
    assert house.does(workflow, step, who) == 1


def test_whose_seat_or_factor_waits_breaks_no_glass(house: WaitingApprovals, database: Database):
    """Straight into the table too, for the owner and for who stands in for the owner."""
    assert house.owner.id and house.approver.id

    def break_glass_as(who: Actor, whom: UUID | None = None) -> None:
        with acting_for(house.id):
            broken(house, who, whom)

    with acting_for(house.id):
        now = database_now()
        ends = now.replace(year=now.year + 1)
        add_deputy(house.owner.id, house.approver.id, now, ends, "Ziek", house.owner.id, ends)
    refused("seat_counts", lambda: break_glass_as(house.approver, house.owner.id))
    database.outside("update deputy set counts_from = null where organisation_id = :o", o=house.id)
    database.outside(WAITS, o=house.id, who=house.owner.id)
    refused("seat_counts", lambda: break_glass_as(house.owner))
    refused("seat_counts", lambda: break_glass_as(house.approver, house.owner.id))
    database.outside("update membership set counts_from = null where organisation_id = :o", o=house.id)
    database.outside(YOUNG, who=house.owner.id)
    refused("factor_counts", lambda: break_glass_as(house.owner))
    break_glass_as(house.approver, house.owner.id)
    database.outside("update app_user set proof_counts_from = null where id = :who", who=house.owner.id)
    break_glass_as(house.owner)


@pytest.mark.parametrize("of_session", [
    "only_organisation = null", "proof_by_provider = false", "only_organisation = :elsewhere", "revoked_at = now()",
    "proof_at = now() - interval '5 minutes 1 second'", "proof_at = null",
])  # fmt: skip
def test_only_a_fresh_login_by_this_organisations_provider_stands_beside_a_young_factor(
    house: WaitingApprovals, database: Database, of_session: str
):
    who, elsewhere = house.approver, an_organisation("Elders")
    assert who.id
    database.outside(YOUNG, who=who.id)
    with acting_for_nobody():
        begin_session(User(id=who.id), True, house.id)
    kept = "select proof_at, revoked_at, proof_by_provider from login_session where user_id = :who"
    [row] = database.outside(kept, who=who.id)
    change = f"update login_session set {of_session} where user_id = :who"
    database.outside(change, who=who.id, **({"elsewhere": elsewhere} if ":elsewhere" in change else {}))
    refused("factor_counts", lambda: house.does("ap_notification", "approve", who))
    back = """update login_session set only_organisation = :o, proof_at = :proof_at, revoked_at = :revoked_at,
                  proof_by_provider = :proof_by_provider
               where user_id = :who"""
    database.outside(back, who=who.id, o=house.id, **row)
    assert house.does("ap_notification", "approve", who) == 1


def test_who_assessed_neither_approves_nor_sends(house: WaitingApprovals):
    """Also where somebody else wrote the draft on that assessment."""
    with acting_for(house.id):
        complete(AP_NOTIFICATION, house.breach, "assess", house.other, "privacy_officer", an_assessment())
        draft = {"decision": "notify", "reason": "Kans op fraude."}
        complete(AP_NOTIFICATION, house.breach, "draft", house.officer, "privacy_officer", draft)
    refused("four_eyes", lambda: house.does("ap_notification", "approve", house.other))
    with pytest.raises(NotAllowed, match=r"four_eyes"), acting_for(house.id):
        complete(AP_NOTIFICATION, house.breach, "approve", proven(house.other), OWNER, {"agrees": True})
    house.approved()
    refused("four_eyes", lambda: house.does("ap_notification", "submit", house.other))
    with pytest.raises(NotAllowed, match=r"four_eyes"), acting_for(house.id):
        now = database_now()
        complete(AP_NOTIFICATION, house.breach, "submit", proven(house.other), OWNER, SENT_IN | {"submitted_at": now})


def test_who_prepared_what_is_approved_does_not_approve_it(house: WaitingApprovals, database: Database):
    """Who wrote an answer after the draft, for instance: the step's own rows do not show it."""
    noted = "update breach set prepared_by = array[:who]::uuid[] where id = :id"
    database.outside(noted, who=house.approver.id, id=house.breach)
    refused("four_eyes", lambda: house.does("ap_notification", "approve", house.approver))
    refused("four_eyes", lambda: house.does("ap_notification", "approve", house.handler, house.approver.id))
    with pytest.raises(NotAllowed, match=r"four_eyes"), acting_for(house.id):
        complete(AP_NOTIFICATION, house.breach, "approve", proven(house.approver), APPROVER, {"agrees": True})
    assert house.does("ap_notification", "approve", house.handler) == 1


ONE_PERSON = [
    ("owner", None, "owner", None), ("approver", "owner", "owner", None), ("owner", None, "handler", "owner"),
    ("handler", None, "handler", "owner"), ("approver", "owner", "handler", "owner"),
]  # fmt: skip
"""Who approved and for whom, who would release it alone and for whom: somebody is in it twice."""


@pytest.mark.parametrize(("approver", "approved_for", "sender", "sent_for"), ONE_PERSON)
def test_who_approved_mail_to_people_or_had_it_approved_does_not_send_it_alone(
    house: WaitingApprovals, approver: str, approved_for: str | None, sender: str, sent_for: str | None
):
    """Whoever stands in for somebody is that person too, at either end; our code says so before the database does."""
    people = {name: getattr(house, name).id for name in ("owner", "approver", "handler")} | {None: None}
    assert house.does("bulk_notice", "approve", getattr(house, approver), people[approved_for]) == 1
    with acting_for(house.id):
        now = database_now()
        add_deputy(people["owner"], people["handler"], now, now.replace(year=now.year + 1), "Ziek", people["owner"])

    def break_glass(step_for: str | None) -> None:
        with acting_for(house.id):
            break_it(house.runs["bulk_notice"], "release", (people[sender], people[step_for], "x"), WHY)

    refused("second_person", lambda: break_glass(sent_for))
    with acting_for(house.id):
        run = run_about("bulk_notice", house.notice)
        alone = Actor(people[sender], "x", for_id=people[sent_for])
        stranger = Actor(house.officer.id, "x")
        before = before_of(run)
        assert not before.leaves_second_person("bulk_notice", "release", who_is(alone))
        assert before.leaves_second_person("bulk_notice", "release", who_is(stranger))


@pytest.mark.parametrize("glass", ["of another owner", "for another step"])
def test_a_glass_that_another_broke_or_for_another_step_does_not_count(house: WaitingApprovals, glass: str):
    """In the same transaction too: only who broke it, for this step, may do it alone."""
    second = a_member(house.id, OWNER)
    with acting_for(house.id):
        draft = {"decision": "notify", "reason": "Zelf."}
        complete(AP_NOTIFICATION, house.breach, "draft", house.owner, OWNER, draft)
    by, step = (second, "approve") if glass == "of another owner" else (house.owner, "submit")
    assert by.id
    asked = {"run": house.runs["ap_notification"], "step": "approve", "who": house.owner.id, "whom": None}

    def approve() -> None:
        with acting_for(house.id):
            break_it(house.runs["ap_notification"], step, (by.id, None, by.name), "Iedereen is met vakantie vandaag")
            db.session.execute(text(STEP_DONE), asked)

    refused("four_eyes", approve)
