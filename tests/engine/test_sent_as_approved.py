"""What is sent is what was approved, on a real database: answers, a moved term, later facts, text and list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tenants.database import db
from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import Actor, of_subject
from tenants.identity.users import APPROVER, HANDLER, OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.register.breaches import Breach, breach, newest_breaches
from tenants.register.broken_glass import break_it
from tenants.register.notices import notice
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member
from tests.worlds.waiting_approvals import WaitingApprovals, refused
from workflows.decisions.breaking_glass import break_glass
from workflows.engine.advance import complete
from workflows.engine.runs import run_about
from workflows.evidence.exporting import export_register
from workflows.mail.batches import Addressee
from workflows.notice.bulk_notice import BULK_NOTICE, upload_recipients
from workflows.notification.ap_notification import AP_NOTIFICATION
from workflows.notification.approved import rests_on
from workflows.notification.form_answers import write_answers
from workflows.notification.moved_term import move_term
from workflows.notification.supplement import look_at_changes, supplement_facts

WHY = "Iedereen is ziek en de termijn loopt vannacht af"


@pytest.fixture
def house(database: Database) -> WaitingApprovals:
    """Its decision and its notice are approved."""
    return WaitingApprovals().approved()


def turn(house: WaitingApprovals) -> str | None:
    opened = run_about("ap_notification", house.breach).open_step()
    return opened.name if opened else None


def submit(house: WaitingApprovals, by: Actor | None = None) -> None:
    sent = {"submitted_at": database_now(), "authority_number": "AP-1"}
    complete(AP_NOTIFICATION, house.breach, "submit", by or house.handler, HANDLER, sent)


def test_an_answer_after_the_approval_is_approved_again(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        write_answers(house.breach, {"summary": "Geschreven NA de goedkeuring"}, house.handler)
        assert turn(house) == "approve" and breach(house.breach).decided_at is None
        with pytest.raises(Exception, match="already_done"):
            submit(house)
        complete(AP_NOTIFICATION, house.breach, "approve", house.approver, APPROVER, {"agrees": True})
        write_answers(house.breach, {"summary": "Geschreven NA de goedkeuring"}, house.other)
        assert turn(house) == "submit", "the same answer changes nothing"
        submit(house)
        entries = {entry.what: entry.details for entry in of_subject(house.breach)}
    assert entries["ap_notification.submit"]["changed_since_approval"] == []
    assert entries["ap_notification.approve"]["rests_on"] == entries["ap_notification.submit"]["sent_as"]


def test_who_wrote_an_answer_since_the_draft_does_not_approve_it(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        write_answers(house.breach, {"summary": "Van de eigenaar"}, house.owner)
        with pytest.raises(NotAllowed) as refusal:
            complete(AP_NOTIFICATION, house.breach, "approve", house.owner, OWNER, {"agrees": True})
        assert refusal.value.key == "step.four_eyes"
    refused("four_eyes", lambda: house.does("ap_notification", "approve", house.owner))
    assert house.does("ap_notification", "approve", house.approver) == 1


BY_A_TOKEN: dict[str, Callable[[Breach, Actor], Any]] = {
    "answers": lambda row, by: write_answers(row.id, {"summary": "Door een sleutel"}, by),
    "measures": lambda row, by: supplement_facts(row.id, row.facts, row.people_min, row.people_max, by, measures="Weg"),
    "term": lambda row, by: move_term(row.id, row.due_at + timedelta(hours=24), "Storing", "ap.nl", by),
}


@pytest.mark.parametrize("is_approved", [False, True])
@pytest.mark.parametrize("change", BY_A_TOKEN)
def test_a_token_changes_nothing_that_is_approved(database: Database, change: str, is_approved: bool) -> None:
    """It acts for its maker: whoever holds that of a colleague could approve what they wrote by it themselves."""
    house = WaitingApprovals().approved() if is_approved else WaitingApprovals()
    with acting_for(house.id):
        before = rests_on(breach(house.breach))
    with pytest.raises(NotAllowed) as refusal, acting_for(house.id):
        BY_A_TOKEN[change](breach(house.breach), replace(house.owner, name="API-sleutel koppeling", is_token=True))
    assert refusal.value.key == "decision.needs_a_person"
    with acting_for(house.id):
        assert rests_on(breach(house.breach)) == before and turn(house) == ("submit" if is_approved else "approve")


def test_a_moved_term_is_approved_by_another(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        until = breach(house.breach).due_at + timedelta(hours=24)  # type: ignore[operator]
        move_term(house.breach, until, "Storing bij de AP", "autoriteitpersoonsgegevens.nl", house.owner)
        assert turn(house) == "approve"
        with pytest.raises(NotAllowed):
            complete(AP_NOTIFICATION, house.breach, "approve", house.owner, OWNER, {"agrees": True})
        complete(AP_NOTIFICATION, house.breach, "approve", house.approver, APPROVER, {"agrees": True})
        submit(house)


def test_facts_that_come_later_are_seen_before_it_is_sent_and_that_stands_with_it(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        supplement_facts(house.breach, {"data": ["name", "bsn"]}, 7, 9, house.officer)
        assert turn(house) == "submit", "facts are never held up"
        with pytest.raises(Invalid) as refusal:
            submit(house)
        assert refusal.value.key == "submission.see_changes_first"
    with acting_for(house.id):
        look_at_changes(house.breach, house.handler)
        submit(house)
        assert breach(house.breach).changed_after_approval
        last = of_subject(house.breach)[-1]
        assert last.details["changed_since_approval"] == ["facts"]


def test_facts_that_came_after_the_approval_are_marked_in_the_list_and_in_the_file(house: WaitingApprovals) -> None:
    def marks() -> list[bool]:
        exported: list[bool] = []
        export_register(house.officer, lambda row: exported.append(row["changed_after_approval"]))
        [listed] = [row for row in newest_breaches(50).rows if row["id"] == house.breach]
        return [breach(house.breach).changed_after_approval, listed["changed_after_approval"], any(exported)]

    with acting_for(house.id):
        assert marks() == [False] * 3, "approved, and nothing was sent yet"
        supplement_facts(house.breach, {"data": ["name", "bsn"]}, 7, 9, house.officer)
    with acting_for(house.id):
        look_at_changes(house.breach, house.handler)
        submit(house)
    with acting_for(house.id):
        assert marks() == [True] * 3


def test_what_was_sent_as_it_was_approved_bears_no_mark(house: WaitingApprovals) -> None:
    with acting_for(house.id):
        submit(house)
    with acting_for(house.id):
        [listed] = [row for row in newest_breaches(50).rows if row["id"] == house.breach]
        assert not listed["changed_after_approval"] and not breach(house.breach).changed_after_approval


def release(house: WaitingApprovals) -> None:
    complete(BULK_NOTICE, house.notice, "release", house.handler, HANDLER, {})


def test_a_list_that_changed_is_not_sent_and_can_be_approved_again(house: WaitingApprovals, database: Database) -> None:
    added = """insert into recipient (organisation_id, purpose, about_id, sealed, address_hash)
               values (:o, 'notice', :n, 'x', 'y')"""
    database.outside(added, o=house.id, n=house.notice)
    with pytest.raises(Invalid) as refusal, acting_for(house.id):
        release(house)
    assert refusal.value.key == "notice.not_as_approved"
    with acting_for(house.id):
        upload_recipients(house.notice, [Addressee("B", "b@x.nl")], house.other, PRIVACY_OFFICER)
        complete(BULK_NOTICE, house.notice, "approve", house.approver, APPROVER, {"agrees": True})
        release(house)


@pytest.mark.parametrize("change", ["text", "recipients"])
def test_what_was_approved_for_people_stays_as_it_is(house: WaitingApprovals, change: str) -> None:
    with pytest.raises(Invalid) as refusal, acting_for(house.id):
        if change == "text":
            changed = dict(NOTICE_TEXT, subject="Anders")
            complete(BULK_NOTICE, house.notice, "text", house.officer, PRIVACY_OFFICER, changed)
        else:
            upload_recipients(house.notice, [Addressee("B", "b@x.nl")], house.other, PRIVACY_OFFICER)
    assert refusal.value.key == "notice.already_approved"
    with acting_for(house.id):
        assert notice(house.notice).approved_at is not None


def a_notice_of_the_owner(house: WaitingApprovals) -> None:
    """The owner prepares text and list, and approves alone."""
    with acting_for(house.id):
        upload_recipients(house.notice, [Addressee("A", "a@x.nl")], house.owner, OWNER)
        complete(BULK_NOTICE, house.notice, "text", house.owner, OWNER, dict(NOTICE_TEXT))


def glass(house: WaitingApprovals, step: str, by: Actor, **values: Any) -> None:
    break_glass(BULK_NOTICE, house.notice, step, by, WHY, values)


def test_of_a_notice_to_people_one_act_at_most_is_done_alone(database: Database) -> None:
    house = WaitingApprovals()
    a_notice_of_the_owner(house)
    with acting_for(house.id):
        glass(house, "approve", house.owner, agrees=True)
    with pytest.raises(Invalid) as refusal, acting_for(house.id):
        glass(house, "release", house.owner)
    assert refusal.value.key == "glass.second_person"
    assert house.owner.id

    def past_our_code(who: Actor, step: str) -> None:
        with acting_for(house.id):
            assert who.id
            break_it(house.runs["bulk_notice"], step, (who.id, None, who.name), WHY)

    refused("second_person", lambda: past_our_code(house.owner, "release"))
    with acting_for(house.id):
        release(house)


def test_what_one_owner_approved_alone_another_does_not_release_alone(database: Database) -> None:
    """Both prepared it, so each needs the glass: somebody who had no part in it is asked all the same."""
    house = WaitingApprovals()
    second = a_member(house.id, OWNER, "Tweede")
    with acting_for(house.id):
        upload_recipients(house.notice, [Addressee("A", "a@x.nl")], second, OWNER)
        complete(BULK_NOTICE, house.notice, "text", house.owner, OWNER, dict(NOTICE_TEXT))
        glass(house, "approve", house.owner, agrees=True)
    with pytest.raises(Invalid) as refusal, acting_for(house.id):
        glass(house, "release", second)
    assert refusal.value.key == "glass.second_person"

    def past_our_code() -> None:
        with acting_for(house.id):
            assert second.id
            break_it(house.runs["bulk_notice"], "release", (second.id, None, "x"), WHY)

    refused("second_person", past_our_code)


def test_who_approved_a_notice_does_not_release_it_alone(database: Database) -> None:
    house = WaitingApprovals()
    with acting_for(house.id):
        complete(BULK_NOTICE, house.notice, "approve", house.owner, OWNER, {"agrees": True})
    with pytest.raises(Invalid) as refusal, acting_for(house.id):
        glass(house, "release", house.owner)
    assert refusal.value.key == "glass.second_person"

    def past_our_code() -> None:
        with acting_for(house.id):
            assert house.owner.id
            break_it(house.runs["bulk_notice"], "release", (house.owner.id, None, "x"), WHY)

    refused("second_person", past_our_code)


def test_a_draft_that_changed_while_the_approver_waited_is_not_approved(database: Database) -> None:
    """The version is read anew behind the lock: what this session read before counts for nothing."""
    house = WaitingApprovals()
    with acting_for(house.id):
        looked = breach(house.breach).version
        db.session.execute(text("select 1"))
        database.outside("update breach set version = version + 1 where id = :id", id=house.breach)
        with pytest.raises(Exception, match="out_of_date"):
            complete(AP_NOTIFICATION, house.breach, "approve", house.approver, APPROVER, {"agrees": True}, looked)
