"""Mail that waited goes on when it may: for a proven organisation, within its limits, and with its step done."""

from threading import Barrier
from uuid import UUID, uuid4

from sqlalchemy import text

from tenants.database import db
from tenants.identity.attempts import Caller, begin_attempt, succeeded
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation, verified
from tests.mail.released_notice import a_released_notice, sent_to_strangers
from workflows.accounts.own_account import count_reset, mail_reset
from workflows.mail.batches import Addressee, plan
from workflows.mail.limits import DROPPED, LIMITS, held, let_mail_of_today_go
from workflows.mail.outbox import Outbox
from workflows.running import jobs

FILLED = {"what": "x"}
UNPROVEN = "update organisation set verified_at = null, verified_how = null where id = :o"
ITS_DAY = "update mail_batch set held_until = now() where organisation_id = :o and held_until is not null"
SENT = "select count(*) as n from notice where organisation_id = :o and sent_at is not null and look_at is not null"
STATES = "select state, held_for from mail_batch where organisation_id = :o and purpose = 'notice' order by id"
RESETS = "select state from mail_batch where organisation_id = :o and purpose = 'reset'"


def one_more_than_the_limit(organisation: UUID) -> list[UUID]:
    return [a_released_notice(organisation) for _ in range(LIMITS["notice"].of_organisation + 1)]


def the_day_comes(database: Database, organisation: UUID) -> None:
    database.outside(ITS_DAY, o=organisation)
    with acting_for_nobody():
        let_mail_of_today_go()
    jobs.drain(str(organisation))


def sent(database: Database, organisation: UUID) -> int:
    return int(database.outside(SENT, o=organisation)[0]["n"])


def test_a_notice_that_waited_for_its_day_is_sent_and_says_so(own_database: Database, outbox: Outbox):
    organisation = an_organisation()
    *_, last = one_more_than_the_limit(organisation)
    assert sent(own_database, organisation) == LIMITS["notice"].of_organisation
    the_day_comes(own_database, organisation)
    assert sent(own_database, organisation) == LIMITS["notice"].of_organisation + 1 == sent_to_strangers(outbox)
    with acting_for(organisation):
        assert held("notice", last) is None


def test_a_notice_that_waited_for_its_day_waits_for_the_proof_once_that_is_gone(
    own_database: Database, outbox: Outbox
):  # fmt: skip
    organisation = an_organisation()
    *_, last = one_more_than_the_limit(organisation)
    own_database.outside(UNPROVEN, o=organisation)
    the_day_comes(own_database, organisation)
    assert sent_to_strangers(outbox) == LIMITS["notice"].of_organisation
    with acting_for(organisation):
        why = held("notice", last)
        assert why is not None and (why.held_for, why.until) == ("not_verified", None)


def test_what_is_planned_waits_from_the_moment_that_the_proof_is_gone(own_database: Database, outbox: Outbox):
    organisation = an_organisation()
    a_released_notice(organisation)
    own_database.outside("update mail_batch set state = 'planned' where organisation_id = :o", o=organisation)
    own_database.outside(UNPROVEN, o=organisation)
    [batch] = own_database.outside(STATES, o=organisation)
    assert tuple(batch.values()) == ("held", "not_verified")


def test_the_first_proof_lets_go_no_more_notices_than_a_day_has(own_database: Database, outbox: Outbox):
    organisation, most = an_organisation(is_verified=False), LIMITS["notice"].of_organisation
    a_member(organisation, "owner")
    one_more_than_the_limit(organisation)
    assert sent_to_strangers(outbox) == 0
    verified(own_database.config.owner_url(), organisation)
    jobs.drain(str(organisation))
    assert sent_to_strangers(outbox) == most == sent(own_database, organisation)
    waiting = own_database.outside("""
        select held_for, held_until > now() as has_day from mail_batch
         where organisation_id = :o and state = 'held'""", o=organisation)
    assert [tuple(row.values()) for row in waiting] == [("organisation", True)]
    the_day_comes(own_database, organisation)
    assert sent_to_strangers(outbox) == most + 1


def test_a_proof_lets_nothing_go_where_nobody_has_a_seat(own_database: Database, outbox: Outbox):
    organisation = an_organisation(is_verified=False)
    a_released_notice(organisation)
    own_database.outside("delete from membership where organisation_id = :o", o=organisation)
    verified(own_database.config.owner_url(), organisation)
    [batch] = own_database.outside(STATES, o=organisation)
    assert tuple(batch.values()) == ("held", "not_verified")
    assert sent_to_strangers(outbox) == 0


def test_two_that_mail_the_same_people_in_another_order_do_not_stop_each_other(database: Database):
    ann, bob, both = f"{uuid4()}@example.nl", f"{uuid4()}@example.nl", Barrier(2)

    def mails(organisation: UUID, addresses: list[str]) -> None:
        with acting_for(organisation):
            for nth, address in enumerate(addresses):
                to = Addressee("A", address, {"link": "https://m.example"})
                plan("invitation", "invitation", {"organisation": "x", "whose": "x", "role": "x"}, [(uuid4(), to)])
                if nth == 0:
                    both.wait(10)

    orders = ([ann, bob], [bob, ann])
    both_organisations = [an_organisation(), an_organisation()]
    for future in [database.elsewhere(mails, *work) for work in zip(both_organisations, orders, strict=True)]:
        future.result(20)
    for organisation in both_organisations:
        assert len(database.outside("select from mail_batch where organisation_id = :o", o=organisation)) == 2


def test_a_plan_counts_each_address_of_itself(database: Database):
    organisation, address = an_organisation(), f"{uuid4()}@example.nl"
    common = {"organisation": "x", "whose": "x"}
    people = [(uuid4(), Addressee("A", address, {"link": "https://m.example"})) for _ in range(7)]
    with acting_for(organisation):
        plan("invitation", "invitation", common | {"role": "x"}, people)
        rows = db.session.execute(text("""
            select b.state, count(*) from mail_batch b join recipient r on r.batch_id = b.id group by 1 order by 1"""))
        assert rows.all() == [("held", 4), ("planned", 3)]


def test_resets_that_others_ask_for_are_dropped_and_the_persons_own_browser_gets_its_link(database: Database):
    organisation, most = an_organisation(), DROPPED["reset"].to_address
    who = a_member(organisation)
    email = database.outside("select email from app_user where id = :id", id=who.id)[0]["email"]
    for _ in range(most + 3):
        mail_reset(email, is_counted=True)
    assert [row["state"] for row in database.outside(RESETS, o=organisation)] == ["planned"] * most
    mine = Caller("192.0.2.1", "my browser")
    with acting_for_nobody():
        succeeded(begin_attempt("password", email, mine))
    assert count_reset(email, mine) is False and count_reset(email, Caller("192.0.2.2")) is True
    mail_reset(email, is_counted=False)
    assert [row["state"] for row in database.outside(RESETS, o=organisation)] == ["planned"] * (most + 1)
