"""Mail that could harm waits: n+1 of each kind to one address give n; notices of nobody in particular give none."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tenants.database import db
from tenants.errors import Invalid
from tenants.history.entries import of_subject
from tenants.identity.users import OWNER, PRIVACY_OFFICER
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.register.breaches import breach
from tests.conftest import Database
from tests.factories import NOTICE_TEXT, a_member, an_organisation, an_own_breach, let, verified
from tests.mail.released_notice import a_released_notice, sent_to_strangers
from workflows.mail.batches import Addressee, plan
from workflows.mail.limits import DROPPED, LIMITS, NEVER_HELD, held, hold_each, let_mail_of_today_go, release_verified
from workflows.mail.links_in_text import as_text_only
from workflows.mail.outbox import Outbox
from workflows.notice.bulk_notice import begin_by_choice, upload_recipients
from workflows.running import jobs
from workflows.trust.allowing import let_links_be, let_mail_go, widen_limit

PURPOSES = "select pg_get_constraintdef(oid) as c from pg_constraint where conname = 'mail_batch_purpose_check'"
FILLED = {"link": "https://m.example/1", "what": "x", "organisation": "x", "whose": "x"}
LINKS = [
    ("zie https://evil.example/a?b=c.d nu", "zie hxxps://evil[.]example/a?b=c[.]d nu"),
    ("HTTP://Evil.example", "hxxp://Evil[.]example"), ("www.evil.nl", "www[.]evil[.]nl"), ("evil.nl/x", "evil[.]nl/x"),
    ("fg@kantoor.example.nl", "fg@kantoor.example.nl"), ("salaris.xlsx", "salaris.xlsx"),
    ("B.V. en N.V.", "B.V. en N.V."),
    ("https://bank.nl/a", "https://bank.nl/a"), ("help.bank.nl", "help.bank.nl"),
    ("bank.nl.evil.nl", "bank[.]nl[.]evil[.]nl"),
    ("https://bank.nl:x@evil.nl", "hxxps://bank[.]nl:x@evil[.]nl"),
    ("https://evil.nl\\.bank.nl/", "hxxps://evil[.]nl\\[.]bank[.]nl/"),
    ("https://bank.nl:443/a", "https://bank.nl:443/a"),
    ("https://evil.nl/bank.nl", "hxxps://evil[.]nl/bank[.]nl"), ("om 08.40 uur, 1.234", "om 08.40 uur, 1.234"),
]  # fmt: skip


def test_every_kind_of_mail_has_a_limit_or_a_reason_to_have_none(database: Database):
    [row] = database.outside(PURPOSES)
    kinds = {word for word in row["c"].split("'")[1::2]}
    assert kinds == set(LIMITS) | set(DROPPED) | set(NEVER_HELD)
    assert len(kinds) == len(LIMITS) + len(DROPPED) + len(NEVER_HELD)
    assert all(len(reason) > 20 for reason in NEVER_HELD.values())


def mail(organisation: UUID, purpose: str, address: str) -> None:
    key = {"escalation": "security", "reminder": "security"}.get(purpose, purpose)
    with acting_for(organisation):
        plan(purpose, key, FILLED, [(uuid4(), Addressee("Ans", address))])


def states(database: Database, organisation: UUID) -> list[tuple[str, str | None]]:
    query = "select state, held_for from mail_batch where organisation_id = :o order by id"
    rows = database.outside(query, o=organisation)
    return [(row["state"], row["held_for"]) for row in rows]


@pytest.mark.parametrize("purpose", sorted(set(LIMITS) - {"notice"}))
def test_one_more_than_the_limit_to_one_address_from_anywhere_waits(database: Database, purpose: str):
    limit, address = LIMITS[purpose], f"{uuid4()}@example.nl"
    for _ in range(limit.of_all // limit.to_address):
        another = an_organisation()
        for _ in range(limit.to_address + 1):
            mail(another, purpose, address)
        assert states(database, another) == [*[("planned", None)] * limit.to_address, ("held", "address")]
    last = an_organisation()
    mail(last, purpose, address.upper())
    mail(last, purpose, address.upper())
    assert states(database, last) == [("planned", None), ("held", "address")], "its first of the day goes"
    mail(last, purpose, f"{uuid4()}@example.nl")
    assert states(database, last)[-1] == ("planned", None)


@pytest.mark.parametrize("purpose", sorted(LIMITS))
def test_what_another_organisation_uses_up_holds_nobody_elses_mail(database: Database, purpose: str):
    """One uses up its days and all that it can book ahead for an address, then another writes to that address."""
    limit, address = LIMITS[purpose], f"{uuid4()}@example.nl"
    greedy, other = an_organisation(), an_organisation()
    with acting_for(greedy):
        for _ in range(3):
            holds = hold_each(purpose, [address] * (limit.of_organisation * (limit.days_ahead + 1) + 1))
    assert None not in holds, "it has nothing left"
    with acting_for(other):
        assert [hold_each(purpose, [address]) for _ in range(limit.to_address)] == [[None]] * limit.to_address
        on_later_days = hold_each(purpose, [address] * limit.to_address * limit.days_ahead)
    assert all(why and why.until for why in on_later_days), "its later days are its own"


def test_a_first_mail_goes_within_a_wide_bound_over_all(database: Database):
    limit, address = LIMITS["invitation"], f"{uuid4()}@example.nl"
    for _ in range(limit.of_all * 10):
        with acting_for(an_organisation()):
            assert hold_each("invitation", [address]) == [None]
    with acting_for(an_organisation()):
        [why] = hold_each("invitation", [address])
    assert why and why.held_for == "address"


@pytest.mark.parametrize("purpose", sorted(NEVER_HELD))
def test_an_escalation_an_alarm_or_a_warning_never_waits(database: Database, purpose: str):
    organisation = an_organisation()
    for _ in range(30):
        mail(organisation, purpose, "fg@example.nl")
    assert states(database, organisation) == [("planned", None)] * 30


def test_many_at_the_same_moment_are_no_more_than_the_limit(database: Database):
    address = f"{uuid4()}@example.nl"
    house = an_organisation()
    for future in [database.elsewhere(mail, house, "invitation", address) for _ in range(8)]:
        future.result(10)
    assert sorted(state for state, _ in states(database, house)) == ["held"] * 5 + ["planned"] * 3


def test_what_waits_for_its_day_goes_by_itself_and_what_waits_for_longer_by_the_operator(database: Database):
    organisation, most = an_organisation(), LIMITS["invitation"].of_organisation
    for number in range(3 * most + 1):
        mail(organisation, "invitation", f"{organisation}-{number}@example.nl")
    assert states(database, organisation).count(("planned", None)) == most
    days = database.outside("""
        select held_until, count(*) as n from mail_batch where organisation_id = :o and state = 'held'
         group by 1 order by 1 nulls last""", o=organisation)
    assert [row["n"] for row in days] == [most, most, 1] and days[2]["held_until"] is None
    with acting_for_nobody():
        assert timedelta(0) < days[0]["held_until"] - database_now() <= timedelta(hours=25)
    today = "update mail_batch set held_until = now() where held_until = :at and organisation_id = :o"
    database.outside(today, at=days[0]["held_until"], o=organisation)
    with acting_for_nobody():
        assert let_mail_of_today_go() == most
    assert states(database, organisation).count(("planned", None)) == 2 * most


def test_a_mail_that_nobody_heard_of_is_sent_once_more(database: Database):
    """While SendGrid fails, three lost invitations keep no second person out until the next day."""
    organisation, address = an_organisation(), f"{uuid4()}@example.nl"
    for _ in range(LIMITS["invitation"].to_address):
        mail(organisation, "invitation", address)
    for table in ("mail_batch", "recipient"):
        database.outside(f"update {table} set state = 'unknown' where organisation_id = :o", o=organisation)
    for _ in range(LIMITS["invitation"].to_address + 1):
        mail(organisation, "invitation", address)
    assert [state for state, _ in states(database, organisation)] == ["unknown"] * 3 + ["planned"] * 3 + ["held"]


def test_no_more_than_twice_the_limit_is_sent_while_nobody_hears_what_arrives(database: Database):
    """A mail of unknown outcome may have arrived; 25 are asked for, and each that is sent stays unknown."""
    organisation, address = an_organisation(), f"{uuid4()}@example.nl"
    unknown = ("update recipient r set state = 'unknown' from mail_batch b where b.id = r.batch_id"
               " and b.organisation_id = :o and b.state = 'planned'",
               "update mail_batch set state = 'unknown' where organisation_id = :o and state = 'planned'")  # fmt: skip
    for _ in range(25):
        mail(organisation, "invitation", address)
        for change in unknown:
            database.outside(change, o=organisation)
    assert states(database, organisation) == [*[("unknown", None)] * 6, *[("held", "address")] * 19]
    later = database.outside("""
        select held_until, count(*) as n from mail_batch where organisation_id = :o and state = 'held'
         group by 1 order by 1 nulls last""", o=organisation)
    assert [row["n"] for row in later] == [3, 3, 13], "what is unknown today makes no room on another day"


def test_the_app_cannot_let_go_what_is_held(database: Database):
    organisation, address = an_organisation(), f"{uuid4()}@example.nl"
    for _ in range(LIMITS["invitation"].to_address + 1):
        mail(organisation, "invitation", address)
    with pytest.raises(IntegrityError), acting_for(organisation):
        db.session.execute(text("update mail_batch set state = 'planned', held_for = null where state = 'held'"))


def by_verifying(database: Database, organisation: UUID, notice: UUID) -> None:
    verified(database.config.owner_url(), organisation)


def by_releasing(database: Database, organisation: UUID, notice: UUID) -> None:
    assert let(database.config.owner_url(), organisation, "release_mail", "Bekend kantoor", let_mail_go, notice) == 1


@pytest.mark.parametrize("way", [by_verifying, by_releasing])
def test_a_notice_of_an_unverified_organisation_waits_and_its_clock_goes_on(
    database: Database, outbox: Outbox, way: Callable[..., None]
):
    organisation = an_organisation(is_verified=False)
    a_member(organisation, OWNER)
    notice = a_released_notice(organisation)
    jobs.drain(str(organisation))
    assert sent_to_strangers(outbox) == 0
    clock = "select state from clock where organisation_id = :o and name = 'tell-people'"
    assert database.outside(clock, o=organisation)[0]["state"] == "running"
    with acting_for(organisation):
        why = held("notice", notice)
        assert why is not None and (why.held_for, why.until) == ("not_verified", None)
        assert "notice.held" in [entry.what for entry in of_subject(notice)]
    way(database, organisation, notice)
    jobs.drain(str(organisation))
    assert sent_to_strangers(outbox) == 1
    [row] = database.outside("select sent_at from notice where id = :id", id=notice)
    assert row["sent_at"] is not None


@pytest.mark.parametrize("lacks", ["a proof", "people"])
def test_what_waits_for_a_proof_is_not_let_go_by_asking(database: Database, outbox: Outbox, lacks: str):
    """Without a proof, and in a register of which nobody who acts is a member (any more)."""
    organisation = an_organisation(is_verified=False)
    notice = a_released_notice(organisation)
    if lacks == "people":
        database.outside("delete from membership where organisation_id = :o", o=organisation)
        database.outside("update organisation set verified_at = now(), verified_how = 'letter' where id = :o",
                         o=organisation)  # fmt: skip
    with acting_for(organisation):
        assert release_verified() == 0 and held("notice", notice)


def test_the_database_plans_no_notice_of_an_unverified_organisation(database: Database):
    organisation = an_organisation(is_verified=False)
    officer = a_member(organisation)
    breach_id = an_own_breach(organisation, officer)
    with pytest.raises(IntegrityError), acting_for(organisation):
        notice = begin_by_choice(breach(breach_id), officer).id
        upload_recipients(notice, [Addressee("Ans", "ans@elders.example")], officer, PRIVACY_OFFICER)
        db.session.execute(text("update mail_batch set state = 'planned', text_key = 'notice' where state = 'listed'"))


@pytest.mark.parametrize(("typed", "shown"), LINKS)
def test_a_typed_link_is_text_unless_its_domain_is_allowed(typed: str, shown: str):
    assert as_text_only(typed, {"bank.nl"}) == shown


def test_a_link_in_a_notice_is_text_in_both_parts(database: Database, outbox: Outbox):
    organisation = an_organisation()
    a_released_notice(organisation, {part: f"Kijk op https://evil.example/{part}" for part in NOTICE_TEXT})
    [sent] = [mail for mail in outbox.mails if mail.purpose == "notice"]
    assert "https://evil" not in sent.subject + sent.text + sent.html and "hxxps://evil[.]example" in sent.text
    assert "http://127.0.0.1:8000/genuine" in sent.text, "our own stays"


def test_what_the_operator_allows_stands_in_the_history_with_its_reason(database: Database):
    url, organisation = database.config.owner_url(), an_organisation()
    let(url, organisation, "limit_mail", "Groot team", lambda act: widen_limit(act, "invitation", 21))
    let(url, organisation, "allow_links", "Eigen site", lambda act: let_links_be(act, ["bank.nl"]))
    for number in range(LIMITS["invitation"].of_organisation + 2):
        mail(organisation, "invitation", f"{organisation}-{number}@example.nl")
    assert states(database, organisation).count(("planned", None)) == LIMITS["invitation"].of_organisation + 1
    with acting_for(organisation):
        told = [(entry.what, entry.details) for entry in of_subject(organisation)]
    assert told == [
        ("mail.limited", {"kind": "invitation", "most": 21, "note": "Groot team"}),
        ("mail.links_allowed", {"domains": ["bank.nl"], "note": "Eigen site"}),
    ]


def test_links_are_for_who_is_verified(database: Database):
    url, nobody = database.config.owner_url(), an_organisation(is_verified=False)
    with pytest.raises(Invalid, match=r"links_of_verified"):
        let(url, nobody, "allow_links", "Eigen site", lambda act: let_links_be(act, ["bank.nl"]))
    with pytest.raises(DBAPIError):  # nor in the database
        let(url, nobody, "allow_links", "Eigen site", allow_past_the_rule)
    assert database.outside("select web_domains from organisation where id = :id", id=nobody)[0]["web_domains"] == []


def allow_past_the_rule(act: UUID) -> None:
    db.session.execute(text("select allow_links(:act, array['bank.nl'])"), {"act": act})
