"""Whoever proves its number after a breach is mailed about each one that waits (Art. 33(1): 72 hours)."""

from collections.abc import Iterator

import pytest

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.escalations import acknowledge_receipt
from tests.conftest import Database
from tests.factories import an_incident, verified
from tests.worlds.asked_controller import AskedController
from workflows.mail.outbox import Outbox


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def test_who_is_verified_after_the_breach_hears_of_each_that_waits_and_nobody_confirmed(house: AskedController):
    house.database.outside("update organisation set verified_at = null, verified_how = null where id = :o", o=house.id)
    for title in ("Eerste lek", "Tweede lek", "Gelezen lek"):
        an_incident(house.office, title=title)
    [read] = house.database.outside("""
        select b.organisation_id, b.id from breach b where b.title = 'Gelezen lek'""")  # fmt: skip
    with acting_for(read["organisation_id"]):
        acknowledge_receipt(read["id"], Actor(None, "Wie de link heeft"))
    house.work()
    house.database.outside("delete from step using run where run.id = step.run_id and workflow = 'asked'")
    house.database.outside("delete from run where workflow = 'asked'")
    before = len(house.outbox.mails)
    verified(house.database.config.owner_url(), house.id)
    house.work()
    texts = [mail.text for mail in house.outbox.mails[before:] if "72 uur" in mail.text]
    titles = [title for text in texts for title in ("Eerste lek", "Tweede lek", "Gelezen lek") if title in text]
    assert sorted(titles) == ["Eerste lek", "Tweede lek"]
    assert all("ontdekte dit op" in text and "72 uur" in text for text in texts)
    keys = house.database.outside("""
        select text_key from mail_batch where organisation_id = :o and text_key like 'processor%' order by text_key""",
        o=house.id)  # fmt: skip
    assert [row["text_key"] for row in keys] == ["processor_asks", "processor_writes", "processor_writes"]
