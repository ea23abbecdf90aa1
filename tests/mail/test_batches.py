"""Who is planned: sealed, at most 500 in a batch, each address once in it, nobody twice."""

from collections import Counter
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from tenants.database import db
from tenants.errors import Invalid
from tenants.isolation import acting_for
from workflows.mail.batches import Addressee, clear_recipients, plan, plan_notice, sums
from workflows.mail.listing import add_recipients
from workflows.mail.outbox import Outbox
from workflows.mail.rows import MailBatch, Recipient
from workflows.mail.sending import send_planned

COMMON = {
    "organisation": "Kantoor",
    "count": "1",
    "what": "beoordelen",
    "soonest": "maandag",
    "closed": "",
    "link": "https://x.nl/1",
}
NOTICE = {name: f"[{name}]" for name in ("subject", "nature", "contact", "consequences", "measures", "organisation")}
NOTICE |= {"check_code": "ABCD", "check_url": "https://x.nl/echt"}


def people(count: int) -> list[Addressee]:
    return [Addressee(f"Lezer {n}", f"lezer{n}@example.nl") for n in range(count)]


def batches_of(organisation: UUID) -> list[MailBatch]:
    return list(db.session.scalars(select(MailBatch).where(MailBatch.organisation_id == organisation)))


def recipients_of(organisation: UUID) -> list[Recipient]:
    return list(db.session.scalars(select(Recipient).where(Recipient.organisation_id == organisation)))


def test_a_plan_is_batches_of_five_hundred(organisation: UUID) -> None:
    about = uuid4()
    with acting_for(organisation):
        ids = plan("reminder", "reminder_clock", COMMON, [(about, person) for person in people(1201)])
    with acting_for(organisation):
        sizes = Counter(recipient.batch_id for recipient in recipients_of(organisation))
        assert [sizes[batch] for batch in ids] == [500, 500, 201]
        assert {batch.state for batch in batches_of(organisation)} == {"planned"}
        assert sums(about) == dict.fromkeys(sums(about), 0) | {"planned": 1201}


def test_one_address_for_three_controllers_gets_three_mails_in_three_batches(organisation: UUID) -> None:
    abouts = [uuid4() for _ in range(3)]
    pairs = [(about, Addressee("Jan", address)) for about in abouts for address in ("jan@x.nl", f"{about}@x.nl")]
    with acting_for(organisation):
        plan("reminder", "reminder_clock", COMMON, [*pairs, (abouts[0], Addressee("J.", "JAN@x.nl"))])
    outbox = Outbox()
    assert send_planned(organisation, outbox) == 3
    for mail in outbox.mails:
        assert len({person.address.lower() for person in mail.people}) == len(mail.people)
    sent = [(person.custom["n"], person.address.lower()) for mail in outbox.mails for person in mail.people]
    assert sorted(sent) == sorted((str(about), person.address.lower()) for about, person in pairs)


def test_a_plan_without_readers_makes_no_batch(organisation: UUID) -> None:
    with acting_for(organisation):
        assert plan("reminder", "reminder_clock", COMMON, []) == []
        assert plan_notice(uuid4(), "notice", NOTICE, "nl") == 0


def test_a_plan_that_could_not_be_written_is_refused_whole(organisation: UUID) -> None:
    with acting_for(organisation), pytest.raises(Invalid) as refusal:
        plan("reminder", "reminder_clock", COMMON | {"link": "mailto:x"}, [(uuid4(), people(1)[0])])
    assert refusal.value.field == "link"
    with acting_for(organisation):
        assert batches_of(organisation) == [] == recipients_of(organisation)


@pytest.mark.parametrize(
    "address", ["", "jan", "jan@", "@x.nl", "jan@x", "a b@x.nl", "jan@x.nl\nBcc: y@z.nl", "a,b@x.nl"]
)
def test_an_address_that_cannot_be_one_is_refused(address: str) -> None:
    with pytest.raises(Invalid) as refusal:
        Addressee("Jan", address)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("name", "kept"),
    [("Jan\r\nBcc: x@y.nl", "Jan Bcc: x@y.nl"), ("Rob\u2028Pol", "Rob Pol"), ("\u200b", ""), ("x" * 201, "x" * 200)],
)
def test_a_name_never_stops_a_mail(name: str, kept: str) -> None:
    assert Addressee(name, "jan@x.nl").name == kept


def test_a_list_holds_an_address_once_and_can_be_cleared_until_it_is_planned(organisation: UUID) -> None:
    notice = uuid4()
    with acting_for(organisation):
        assert add_recipients(notice, iter([*people(1100), Addressee("lezer 3", "LEZER3@example.nl")])) == 1100
        assert add_recipients(notice, people(3)) == 0
        assert clear_recipients(notice) == 1100
        assert add_recipients(notice, people(1100)) == 1100
    with acting_for(organisation):
        assert plan_notice(notice, "notice", NOTICE, "nl") == 1100
        assert plan_notice(notice, "notice", NOTICE, "nl") == 0
        assert clear_recipients(notice) == 0
        sizes = Counter(recipient.batch_id for recipient in recipients_of(organisation))
        assert sorted(sizes.values()) == [100, 500, 500]
        assert {batch.about_id for batch in batches_of(organisation)} == {notice}


def test_who_comes_later_gets_the_notice_too(organisation: UUID) -> None:
    notice = uuid4()
    for added in (2, 1):
        with acting_for(organisation):
            assert add_recipients(notice, people(3)[: 2 if added == 2 else 3]) == added
            assert plan_notice(notice, "notice", NOTICE, "nl") == added
    outbox = Outbox()
    assert send_planned(organisation, outbox) == 2
    assert sorted(p.address for mail in outbox.mails for p in mail.people) == [p.address for p in people(3)]


def test_a_list_goes_nowhere_before_it_is_planned_and_what_was_cleared_never(organisation: UUID) -> None:
    notice, outbox = uuid4(), Outbox()
    with acting_for(organisation):
        add_recipients(notice, people(3))
        assert {batch.state for batch in batches_of(organisation)} == {"listed"}
    assert send_planned(organisation, outbox) == 0
    with acting_for(organisation):
        clear_recipients(notice)
        add_recipients(notice, people(2))
        assert plan_notice(notice, "notice", NOTICE, "nl") == 2
    assert send_planned(organisation, outbox) == 1
    assert [person.address for mail in outbox.mails for person in mail.people] == [p.address for p in people(2)]


def test_who_was_on_the_list_before_lists_were_in_batches_gets_the_notice(organisation: UUID) -> None:
    notice, outbox = uuid4(), Outbox()
    with acting_for(organisation):
        add_recipients(notice, people(501))
        db.session.execute(update(Recipient).where(Recipient.organisation_id == organisation).values(batch_id=None))
    with acting_for(organisation):
        assert plan_notice(notice, "notice", NOTICE, "nl") == 501
    assert send_planned(organisation, outbox) == 2
    assert sorted(len(mail.people) for mail in outbox.mails) == [1, 500]


def test_names_and_addresses_lie_sealed(organisation: UUID) -> None:
    with acting_for(organisation):
        plan("reminder", "reminder_clock", COMMON, [(uuid4(), Addressee("Geheim", "geheim@example.nl"))])
    with acting_for(organisation):
        (kept,) = recipients_of(organisation)
        assert b"eheim" not in bytes(kept.sealed) + bytes(kept.address_hash)


def test_another_organisation_sees_nothing_of_it(organisation: UUID, another: UUID) -> None:
    about = uuid4()
    with acting_for(organisation):
        plan("reminder", "reminder_clock", COMMON, [(about, people(1)[0])])
    with acting_for(another):
        assert sum(sums(about).values()) == 0
    assert send_planned(another, Outbox()) == 0
