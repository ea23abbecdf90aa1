"""A register that was released before 0043 kept the moment and clock of a delivery to the stranger: carried over."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tenants.agreements.doubted_contacts import doubted_contacts
from tenants.isolation import acting_for, database_now
from tenants.register.escalations import LED_ELSEWHERE
from tests.conftest import Database
from tests.house.reading import ROOT
from tests.operating import released
from tests.worlds.asked_controller import AskedController
from tests.worlds.calls import record_call
from tests.worlds.led_elsewhere import NO_MOMENT, ToldOneWay, acts_about, clock
from tests.worlds.strangers import work
from workflows.escalation.incident_board import call_list
from workflows.mail.outbox import Outbox

CARRIED = (ROOT / "migrations" / "sql" / "0051_released_before.sql").read_text("utf-8")
DOUBTED = (ROOT / "migrations" / "sql" / "0055_doubted_before.sql").read_text("utf-8")
MOMENT = "stated_aware_at, stated_aware_how, stated_by, became_aware_at, aware_how, alarm_at, due_at"
KEPT = f"select {MOMENT} from breach where id = :b"
PUT_BACK = f"update breach set ({MOMENT}) = (:{MOMENT.replace(', ', ', :')}) where id = :b"
CLOCK = "select started_at, alarm_at, due_at, moments, next_at from clock where organisation_id = :o"
RUNS = """
    update clock set state = 'running', started_at = :started_at, alarm_at = :alarm_at, due_at = :due_at,
                     moments = :moments, next_at = :next_at where organisation_id = :o and state = 'waiting'"""


@pytest.fixture
def house(own_database: Database, outbox: Outbox) -> Iterator[AskedController]:
    yield AskedController(own_database, outbox)


def as_released_then(house: AskedController, called: bool = False) -> ToldOneWay:
    """As the release of that version left it: the moment by mail and its clock stayed; perhaps the office called."""
    led = ToldOneWay(house, "mail")
    [kept] = house.database.outside(KEPT, b=led.breach)
    [ran] = house.database.outside(CLOCK, o=led.register)
    released(led.register)
    work(house, led.register)
    house.database.outside(PUT_BACK, b=led.breach, **kept)
    house.database.outside(RUNS, o=led.register, **ran)
    if called:
        with acting_for(led.office):
            record_call(led.escalation, database_now(), "phone", house.office.officer)
    assert (clock(led)["state"], clock(led)["stated_aware_how"]) == ("running", "mail")
    return led


def carried_over(house: AskedController, led: ToldOneWay) -> None:
    with house.database.superuser.begin() as there:
        there.execution_options(no_parameters=True).exec_driver_sql(CARRIED)
    work(house, led.register)


def test_its_moment_and_clock_fall_away_and_its_history_says_so(house: AskedController):
    led = as_released_then(house)
    carried_over(house, led)
    assert clock(led) == NO_MOMENT and "breach.delivery_led_elsewhere" in acts_about(led.register, led.breach)
    with acting_for(led.office):
        assert [called.id for called in call_list(led.row()["incident_id"])] == [led.escalation]


def test_what_the_office_told_since_counts_in_its_place(house: AskedController):
    led = as_released_then(house, called=True)
    carried_over(house, led)
    assert (clock(led)["state"], clock(led)["aware_how"], led.row()["informed_how"]) == ("running", "phone", "phone")


def test_a_register_that_somebody_opened_since_keeps_what_it_has(house: AskedController):
    led = as_released_then(house)
    house.database.outside("update organisation set claimed_at = now() where id = :o", o=led.register)
    before = clock(led)
    carried_over(house, led)
    assert clock(led) == before


def test_a_delivery_since_the_release_stays(house: AskedController):
    led = as_released_then(house)
    house.database.outside("update breach set stated_aware_at = now() + interval '1 minute' where id = :b",
                           b=led.breach)  # fmt: skip
    before = clock(led)
    carried_over(house, led)
    assert clock(led) == before


UNMARKED = (
    "update {table} set contacts = (select jsonb_agg(c.contact - 'led_elsewhere_at' order by c.nth) "
    "from jsonb_array_elements(contacts) with ordinality as c(contact, nth))"
)


@pytest.mark.parametrize("was_marked", [False, True])
def test_the_contact_that_the_stranger_came_through_waits_where_no_mark_was_known_then(
    house: AskedController, was_marked: bool
):  # fmt: skip
    led = as_released_then(house)
    with house.database.superuser.begin() as then:
        then.execute(text("set local session_replication_role = replica"))
        for table in ("processing_agreement", "escalation"):
            then.execute(text(UNMARKED.format(table=table)))
        if not was_marked:
            then.execute(text("update history set what = 'x' where what = 'agreement.contacts_led_elsewhere'"))
    with house.database.superuser.begin() as there:
        there.execution_options(no_parameters=True).exec_driver_sql(DOUBTED)
    with acting_for(led.office):
        assert [each.contact["email"] for each in doubted_contacts()] == ([] if was_marked else [led.anna])
    assert [LED_ELSEWHERE in contact for contact in led.row()["contacts"]] == [not was_marked, False]
