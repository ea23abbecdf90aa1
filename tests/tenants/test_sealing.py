"""Sealing: who was mailed is readable with the organisation's own key only."""

from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag

from tenants.isolation import acting_for
from tenants.sealing import MasterKey, Seal, seal_of_acting_organisation
from tests.conftest import Database
from tests.factories import an_organisation

JAN = {"name": "Jan Ünal", "address": "jan@example.nl"}
KEY = b"k" * 32


def test_what_is_sealed_can_be_opened_and_says_nothing_closed():
    sealed = Seal(KEY).close(JAN)
    assert Seal(KEY).open(sealed) == JAN
    assert b"Jan" not in sealed and b"example" not in sealed


def test_the_same_value_is_sealed_differently_each_time():
    assert Seal(KEY).close(JAN) != Seal(KEY).close(JAN)


def test_what_was_altered_does_not_open():
    sealed = bytearray(Seal(KEY).close(JAN))
    sealed[-1] ^= 1
    with pytest.raises(InvalidTag):
        Seal(KEY).open(bytes(sealed))


def test_another_key_opens_nothing():
    with pytest.raises(InvalidTag):
        Seal(b"x" * 32).open(Seal(KEY).close(JAN))


def test_a_fingerprint_finds_doubles_only_with_its_key():
    mine = Seal(KEY).fingerprint
    assert mine("Jan@Example.nl ") == mine("jan@example.nl") != mine("piet@example.nl")
    assert mine("jan@example.nl") != Seal(b"x" * 32).fingerprint("jan@example.nl")


def test_a_wrapped_key_is_for_one_organisation_and_one_installation():
    organisation, master = uuid4(), MasterKey(b"m" * 32)
    wrapped = master.wrap(KEY, organisation)
    assert master.unwrap(wrapped, organisation) == KEY
    for other, whose in ((master, uuid4()), (MasterKey(b"n" * 32), organisation)):
        with pytest.raises(InvalidTag):
            other.unwrap(wrapped, whose)


def test_an_organisation_keeps_its_key_and_has_no_others(database: Database):
    first, other = an_organisation(), an_organisation()
    keys = []
    for organisation in (first, first, other):
        with acting_for(organisation):
            keys.append(seal_of_acting_organisation().key)
    assert keys[0] == keys[1] != keys[2]


def test_only_the_wrapped_key_is_in_the_database(database: Database):
    organisation = an_organisation()
    with acting_for(organisation):
        key = seal_of_acting_organisation().key
    kept = database.outside("select wrapped_key from organisation_key where organisation_id = :o", o=organisation)
    assert key not in bytes(kept[0]["wrapped_key"])


def test_a_renewed_key_cannot_open_what_was_sealed_before(database: Database):
    organisation = an_organisation()
    with acting_for(organisation):
        sealed = seal_of_acting_organisation().close(JAN)
    database.outside("delete from organisation_key where organisation_id = :o", o=organisation)
    with acting_for(organisation), pytest.raises(InvalidTag):
        seal_of_acting_organisation().open(sealed)


def test_what_is_sealed_says_with_which_key():
    first, second = Seal(KEY), Seal(b"x" * 32, 2, {1: KEY})
    assert second.open(first.close(JAN)) == JAN and second.close(JAN).startswith(second.label)
    assert second.earlier_fingerprint("jan@example.nl") == first.fingerprint("jan@example.nl")
    with pytest.raises(InvalidTag):
        first.open(second.close(JAN))
