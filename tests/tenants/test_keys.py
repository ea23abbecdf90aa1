"""Keys that are renewed and destroyed, on a real database: nothing is lost on the way, and nothing is left after it."""

import base64
from collections.abc import Iterator
from itertools import islice
from uuid import UUID, uuid4

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tenants.database import db
from tenants.errors import AlreadyDone, KeyDestroyed, NotFound
from tenants.history.entries import SYSTEM, Entry, of_subject, record
from tenants.history.witness import verify
from tenants.identity.identity_providers import provider, secret_of, set_provider
from tenants.identity.totp import begin_totp, enrol_totp, has_totp
from tenants.isolation import acting_for, acting_for_nobody
from tenants.keys import resealing
from tenants.keys.master_keys import can_open_what_is_stored, rewrap
from tenants.keys.renewing import _begin, destroy_key, renew_key
from tenants.sealing import MasterKeyUnknown, seal_of_acting_organisation, use_master_key
from tests.conftest import Database
from tests.factories import FENNA, a_user, an_organisation
from workflows.mail.batches import Addressee, plan, sums
from workflows.mail.listing import add_recipients
from workflows.mail.outbox import Outbox
from workflows.mail.sending import send_planned

NEW = b"n" * 32
COMMON = {"organisation": "Kantoor", "count": "1", "what": "x", "soonest": "maandag",
          "closed": "", "link": "https://x.nl/1"}  # fmt: skip
PROVIDER = {"name": "Entra", "issuer": "https://idp.example", "client_id": "us", "proof_acr": [], "client_secret": "s3"}


@pytest.fixture
def house(own_database: Database) -> Iterator[Database]:
    yield own_database
    use_master_key(old_key(own_database))


def old_key(house: Database) -> bytes:
    return base64.b64decode(house.config.master_key)


def people(count: int) -> list[Addressee]:
    return [Addressee(f"Lezer {n}", f"lezer{n}@example.nl") for n in range(count)]


def names(organisation: UUID) -> list[str]:
    """Of all its recipients, opened."""
    with acting_for(organisation):
        seal = seal_of_acting_organisation()
        rows = db.session.scalars(text("select sealed from recipient where organisation_id = :o"), {"o": organisation})
        return sorted(seal.open(bytes(sealed))["name"] for sealed in rows)


def a_full_organisation(readers: int = 3) -> tuple[UUID, UUID]:
    """With readers of a notice, a provider, and an entry that has personal values; and the notice."""
    organisation, notice = an_organisation(), uuid4()
    with acting_for(organisation):
        add_recipients(notice, people(readers))
        set_provider(PROVIDER)
        record([Entry("notice", notice, "notice.begun", FENNA, {"n": 1}, personal={"note": "Jan belde"})])
    return organisation, notice


def labels(house: Database) -> set[bytes]:
    rows = house.outside("""
        select substr(wrapped_key, 1, 8) as label from organisation_key where wrapped_key is not null
         union select substr(sealed, 1, 8) from user_totp""")
    return {bytes(row["label"]) for row in rows}


def test_a_renewed_master_key_opens_all_also_when_the_first_half_was_interrupted(house: Database):
    full = [a_full_organisation()[0] for _ in range(3)]
    users = [a_user().id for _ in range(3)]
    with acting_for_nobody():
        for user in users:
            enrol_totp(user, "A" * 32)
        begin_totp(users[0])
    use_master_key(NEW, old_key(house))
    assert can_open_what_is_stored() and names(full[0]) == ["Lezer 0", "Lezer 1", "Lezer 2"]
    list(islice(rewrap(lot=1), 2))  # and then the machine stopped
    assert len(labels(house)) == 2

    use_master_key(NEW)
    assert not can_open_what_is_stored()
    use_master_key(old_key(house))
    assert not can_open_what_is_stored()

    use_master_key(NEW, old_key(house))
    *_, done = rewrap(lot=2)
    assert (done.organisations, done.users) == (1, 3)
    assert list(rewrap()) == []
    use_master_key(NEW)
    assert len(labels(house)) == 1 and can_open_what_is_stored()
    assert all(len(names(organisation)) == 3 for organisation in full)
    with acting_for_nobody():
        assert all(has_totp(user) for user in users)
    use_master_key(old_key(house))
    with pytest.raises(MasterKeyUnknown):
        names(full[0])


def test_a_key_that_was_wrapped_before_keys_had_labels_is_found_and_gets_one(house: Database):
    organisation, _ = a_full_organisation()
    house.outside("update organisation_key set wrapped_key = substr(wrapped_key, 9)")
    assert names(organisation) and can_open_what_is_stored()
    assert [done.organisations for done in rewrap()] == [1] and names(organisation)
    house.outside("update organisation_key set wrapped_key = substr(wrapped_key, 9)")
    use_master_key(NEW)
    assert not can_open_what_is_stored()


def test_an_organisation_gets_a_new_key_and_everything_opens_under_it_alone(house: Database):
    organisation, notice = a_full_organisation(1_201)
    other, _ = a_full_organisation()
    before = house.outside("select organisation_id, sealed, address_hash from recipient")
    with acting_for(organisation):
        earlier = seal_of_acting_organisation()
    done = renew_key(organisation, SYSTEM)
    assert (done.recipients, done.personal, done.secrets) == (1_201, 1, 1)
    assert len(names(organisation)) == 1_201 and len(names(other)) == 3
    with acting_for(organisation):
        now = seal_of_acting_organisation()
        assert (now.number, now.older) == (2, {}) and now.key != earlier.key
        assert add_recipients(notice, [*people(3), Addressee("Nieuw", "nieuw@example.nl")]) == 1
        stored = provider()
        assert stored and secret_of(stored) == "s3"
        assert of_subject(notice)[0].details["note"] == "Jan belde"
        assert of_subject(organisation)[-1].what == "key.renewed"
    assert verify(organisation).ok
    after = house.outside("select sealed, address_hash from recipient where organisation_id = :o", o=organisation)
    for value in ("sealed", "address_hash"):
        assert not {bytes(row[value]) for row in before} & {bytes(row[value]) for row in after}
    with pytest.raises(InvalidTag):
        earlier.open(bytes(after[0]["sealed"]))


def test_a_renewal_that_was_interrupted_goes_on_and_nobody_is_on_a_list_twice_meanwhile(house: Database):
    organisation, notice = a_full_organisation(5)
    with acting_for(organisation):
        assert _begin() == 2
    with acting_for(organisation):
        resealing._some_recipients(resealing.FIRST, 2)  # and then the machine stopped
    with acting_for(organisation):
        assert add_recipients(notice, [*people(7), *people(2)]) == 2
    assert len(names(organisation)) == 7
    assert renew_key(organisation, SYSTEM, lot=2).recipients == 3
    assert len(names(organisation)) == 7
    with acting_for(organisation):
        assert seal_of_acting_organisation().number == 2


def test_who_began_before_the_new_key_finishes_before_anything_is_sealed_anew(house: Database):
    organisation, notice = a_full_organisation(2)
    with acting_for(organisation):
        seal_of_acting_organisation()  # one that seals with the key that was there
        renewal = house.elsewhere(renew_key, organisation, SYSTEM)
        house_has_two = "select count(*) as n from organisation_key where organisation_id = :o"
        while house.outside(house_has_two, o=organisation)[0]["n"] < 2:
            pass
        add_recipients(notice, [Addressee("Laat", "laat@example.nl")])
        assert not renewal.done()
    assert renewal.result(30).recipients in (2, 3)
    assert names(organisation) == ["Laat", "Lezer 0", "Lezer 1"]


def test_mail_goes_out_while_the_key_is_renewed(house: Database):
    organisation, outbox = an_organisation(), Outbox()
    with acting_for(organisation):
        plan("reminder", "reminder_clock", COMMON, [(uuid4(), person) for person in people(1_500)])
    renewal = house.elsewhere(renew_key, organisation, SYSTEM, 50)
    while send_planned(organisation, outbox, most=1):
        pass
    assert renewal.result(60).recipients >= 1_500
    assert sorted(person.name for mail in outbox.mails for person in mail.people) == names(organisation)


def test_a_destroyed_key_leaves_the_sums_and_the_history_and_no_name(house: Database):
    organisation, notice = a_full_organisation()
    renew_key(organisation, SYSTEM)
    with acting_for(organisation):
        earlier, before = seal_of_acting_organisation(), sums(notice)
    entries = verify(organisation).entries
    with acting_for(organisation):
        assert destroy_key(FENNA) == 3
    kept = house.outside("select wrapped_key from organisation_key where organisation_id = :o", o=organisation)
    assert [row["wrapped_key"] for row in kept] == [None, None]
    for again in (names, lambda one: renew_key(one, SYSTEM)):
        with pytest.raises(KeyDestroyed):
            again(organisation)
    with acting_for(organisation):
        assert sums(notice) == before and earlier
        assert [(entry.what, entry.details) for entry in of_subject(notice)] == [("notice.begun", {"n": 1})]
        assert of_subject(organisation)[-1].details == {"recipients": 3}
        for sealing in (lambda: add_recipients(notice, people(1)), lambda: destroy_key(FENNA)):
            with pytest.raises(KeyDestroyed):
                sealing()
    verified = verify(organisation)
    assert verified.ok and (verified.entries, verified.erased) == (entries + 1, 1)


def test_a_key_that_was_destroyed_unrecorded_is_found(house: Database):
    organisation, _ = a_full_organisation()
    house.outside("update organisation_key set wrapped_key = null, destroyed_at = now() where organisation_id = :o",
                  o=organisation)  # fmt: skip
    assert (verify(organisation).why, verify(organisation).seq) == ("erased_unrecorded", 1)


@pytest.mark.parametrize("act", [
    "update organisation_key set wrapped_key = '\\x00', destroyed_at = null where organisation_id = :o",
    "insert into organisation_key (organisation_id, number, wrapped_key) values (:o, 9, '\\x00')",
])  # fmt: skip
def test_what_was_destroyed_stays_so(house: Database, act: str):
    organisation, _ = a_full_organisation()
    with acting_for(organisation):
        destroy_key(FENNA)
    with pytest.raises(DBAPIError, match=r"destroyed|stays as it was done"), acting_for(organisation):
        db.session.execute(text(act), {"o": organisation})


def test_a_key_is_destroyed_only_where_there_is_one_and_no_mail_waits(house: Database):
    organisation, outbox = an_organisation(), Outbox()
    with acting_for(organisation), pytest.raises(NotFound, match=r"key\.none"):
        destroy_key(FENNA)
    with acting_for(organisation):
        plan("reminder", "reminder_clock", COMMON, [(uuid4(), person) for person in people(1)])
    with acting_for(organisation), pytest.raises(AlreadyDone, match=r"key\.mail_waits"):
        destroy_key(FENNA)
    house.outside("update organisation_key set wrapped_key = null, destroyed_at = now()")  # behind everybody's back
    assert send_planned(organisation, outbox) == 0 and outbox.mails == []
    assert house.outside("select state, error from mail_batch") == [{"state": "stopped", "error": "0 key.destroyed"}]
