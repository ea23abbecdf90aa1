"""The overview: what the reader can do first, what goes on until somebody ends it, what changed, what ends soon."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest

from service.web.waiting import Waiting, in_order
from tenants.history.changes import changes_since_seen
from tenants.history.entries import SYSTEM, Actor, Entry, of_subject, record
from tenants.identity.users import AUDITOR, FG, PRIVACY_OFFICER
from tenants.isolation import acting_for, database_now
from tenants.register.escalations import board
from tests.conftest import Database
from tests.factories import Office, a_member, an_incident, an_office
from tests.pages.conftest import Reader, slug_of, typed_assessment
from tests.pages.forms import visible
from tests.pages.worlds import Controller, OneOwner, a_begun_notice
from tests.worlds.calls import record_call
from workflows.decisions.next_ends import part_after, part_of
from workflows.escalation.conversations import conversations, take_back
from workflows.law.periods import AMSTERDAM

Login = Callable[[Actor], Reader]
NOON = datetime(2026, 10, 25, 11, tzinfo=UTC)


class House:
    """An office with one incident that hits two clients, its officer, and her browser."""

    def __init__(self, reader: Login) -> None:
        self.office: Office = an_office(2)
        self.incident = an_incident(self.office)
        self.officer, self.fenna = self.office.officer, reader(self.office.officer)
        self.base = f"/o/{slug_of(self.office.id)}"
        self.end = f"{self.base}/incidents/{self.incident.id}/end"

    def see(self) -> str:
        """Her overview, in one line."""
        return " ".join(self.fenna.see(f"{self.base}/").partition("<main")[2].split())

    def inform(self, *places: int) -> None:
        """Somebody speaks to these of its clients, counted from 0."""
        with acting_for(self.office.id):
            clients = board(self.incident.id, 2)
            for place in places:
                record_call(clients[place].id, database_now(), "phone", self.officer)


@pytest.fixture
def house(reader: Login, app: object) -> House:
    """Of this test alone."""
    return House(reader)


@pytest.mark.parametrize("hours", range(0, 49, 3))
def test_a_part_of_the_day_begins_at_six_hours_by_dutch_time(hours: int) -> None:
    moment = NOON - timedelta(days=1) + timedelta(hours=hours)
    begins = part_of(moment)
    assert moment - timedelta(hours=7) < begins <= moment
    assert begins.astimezone(AMSTERDAM).hour in (0, 6, 12, 18)


@pytest.mark.parametrize("day", ["2026-10-24", "2026-10-25", "2027-03-27", "2027-03-28", "2026-11-27"])
def test_the_parts_of_a_day_follow_each_other_also_when_the_clock_is_changed(day: str) -> None:
    begins = part_of(datetime.fromisoformat(f"{day}T01:30:00+00:00"))
    following = [begins]
    for _ in range(12):
        following.append(part_after(following[-1]))
    assert [at.astimezone(AMSTERDAM).hour for at in following] == [0, 6, 12, 18] * 3 + [0]
    assert {after - before for before, after in pairwise(following)} <= {timedelta(hours=h) for h in (5, 6, 7)}


def test_what_ends_first_stands_first_and_what_has_no_end_last() -> None:
    late, soon = Waiting("task", 1, NOON), Waiting("call", 2, NOON + timedelta(hours=1))
    asked, alone = Waiting("asked", 3), Waiting("alone", 4)
    assert in_order([asked, soon, alone, late]) == [late, soon, asked, alone]


def test_an_incident_goes_on_until_a_person_ends_it(house: House) -> None:
    page = house.see()
    assert "1 incident loopt, 2 opdrachtgevers" in page and "0 van 2 opdrachtgevers geïnformeerd" in page
    assert "2 nog niet geïnformeerd" in page and "Incident afsluiten" not in page
    refused = house.fenna.see(house.end)
    assert "2 opdrachtgevers zijn nog niet geïnformeerd" in refused and "Dit incident is klaar" not in refused
    house.inform(0)
    assert "1 opdrachtgever is nog niet geïnformeerd" in house.fenna.see(house.end)
    house.inform(1)
    page = house.see()
    assert "2 zonder bevestiging" in page and "2 zonder besluit" in page
    assert house.end in page and "Toch afsluiten" in page
    silent = house.fenna.send(house.end, {"reason": " "})
    assert silent.status_code == 422 and 'href="#f-reason"' in silent.get_data(as_text=True)
    page = house.fenna.done(house.end, {"reason": "Iedereen is gebeld"})
    assert f"{house.incident.reference} is afgesloten" in page and "incident loopt" not in page
    again = house.fenna.client.get(house.end).get_data(as_text=True)
    assert "Dit incident is afgesloten op" in again and "Iedereen is gebeld" not in page
    board_page = f"{house.base}/incidents/{house.incident.id}"
    assert "Afgesloten op" in house.fenna.see(f"{house.base}/incidents") and 'id="ended"' in house.fenna.see(board_page)


def test_an_ended_incident_comes_back_when_a_client_is_not_informed(house: House, database: Database) -> None:
    house.inform(0, 1)
    house.fenna.done(house.end, {"reason": "Iedereen is gebeld"})
    database.outside(
        "update escalation set informed_at = null, informed_how = null where incident_id = :incident",
        incident=house.incident.id,
    )
    assert "1 incident loopt" in house.see() and "2 nog niet geïnformeerd" in house.see()


def test_an_incident_is_open_again_when_a_call_is_taken_back_and_is_ended_anew(house: House) -> None:
    house.inform(0, 1)
    house.fenna.done(house.end, {"reason": "Iedereen is gebeld"})
    with acting_for(house.office.id):
        client = board(house.incident.id, 1)[0]
        [made] = conversations([client.id])[client.id]
        take_back(client.id, made.seq, "Verkeerde klant", house.officer)
    page = house.fenna.see(house.end)
    assert "weer open" in page and "is afgesloten op" not in page
    assert "1 opdrachtgever is nog niet geïnformeerd" in page
    assert house.fenna.send(house.end, {"reason": "Toch klaar"}).status_code == 422
    house.inform(0)
    assert "1 incident loopt" in house.see(), "an end that was undone does not come back by itself"
    assert "weer open" in house.fenna.see(house.end)
    assert "is afgesloten" in house.fenna.done(house.end, {"reason": "Nu echt"}) and "incident loopt" not in house.see()
    assert "Dit incident is afgesloten op" in house.fenna.see(house.end)
    with acting_for(house.office.id):
        told = [entry for entry in of_subject(house.incident.id) if entry.what.startswith("incident.")]
    ends = [(entry.what, entry.details.get("reason")) for entry in told if entry.what != "incident.recorded"]
    assert [end for end in ends if end[0] in ("incident.ended", "incident.open_again")] == [
        ("incident.ended", "Iedereen is gebeld"), ("incident.open_again", None), ("incident.ended", "Nu echt"),
    ]  # fmt: skip


def test_each_client_is_counted_in_the_totals_also_of_incidents_that_are_not_listed(house: House) -> None:
    for _ in range(21):
        an_incident(house.office)
    page = house.see()
    assert "22 incidenten lopen, samen 44 berichten aan opdrachtgevers" in page and "44 nog niet geïnformeerd" in page
    assert "Nog 2 lopende incidenten" in page


def test_what_others_did_stays_until_the_reader_has_seen_it(house: House) -> None:
    sanne = a_member(house.office.id, name="Sanne")
    with acting_for(house.office.id):
        record_call(board(house.incident.id, 1)[0].id, database_now(), "phone", sanne)
    page = house.see()
    changes = page[page.index('id="changes"') :]
    assert "Sanne" in changes and "Sinds u hier meedoet" in changes
    newest = re.search(r'name="newest" value="(\d+)"', changes)
    assert newest
    page = house.fenna.done(f"{house.base}/seen", {"newest": newest[1]}, seen=f"{house.base}/")
    assert "Er is niets nieuws" in page and "Sinds u op" in page
    assert "Sanne" not in page[page.index('id="changes"') :]
    house.fenna.client.post(f"{house.base}/seen", data={"newest": "x"})
    assert house.fenna.done(f"{house.base}/seen", {"newest": "0"}, seen=f"{house.base}/people").count("niets nieuws")


@pytest.mark.parametrize("role", [AUDITOR, FG])
def test_who_only_reads_is_told_who_can_act_and_asked_for_nothing(role: str, reader: Login) -> None:
    bakery = Controller(reader)
    page = reader(a_member(bakery.id, role)).see(f"{bakery.base}/")
    assert "Van u wordt niets gevraagd" in page and "Olga" in page[page.index("Wie aan zet is") :]
    assert "Hier is een collega aan zet" not in page and "Er wacht niets op u" not in page


def test_others_are_named_and_the_first_thing_alone_has_the_primary_button(reader: Login) -> None:
    bakery = Controller(reader)
    bakery.do(bakery.olga, "assess", **typed_assessment())
    page = bakery.adam.see(f"{bakery.base}/")
    assert "Olga" in page[page.index("Hier is een collega aan zet") :]
    page = bakery.olga.see(f"{bakery.base}/").partition("<main")[2].partition("</main>")[0]
    assert page.count('class="button"') == 1 and page.index('id="now"') < page.index('class="button"')


def test_the_strip_tells_what_ends_when(reader: Login) -> None:
    bakery = Controller(reader)
    page = bakery.olga.see(f"{bakery.base}/")
    strip = page[page.index('id="ends"') :]
    strip = strip[: strip.index("</ol>")]
    assert strip.count('class="when"') == 1 and f'href="{bakery.page}"' in strip
    assert "1 keer beslissen over melden aan de AP" in strip
    assert strip.count('<li class="idle" aria-hidden="true"') == strip.count("<li") - 1 >= 11
    assert "datalek 2026-" in strip and "Al voorbij" not in strip


def test_the_strip_names_each_kind_of_term(house: House) -> None:
    page = house.see()
    strip = page[page.index('id="ends"') :]
    board_page = f"{house.base}/incidents/{house.incident.id}"
    assert "2 opdrachtgevers informeren" in strip and f"incident {house.incident.reference}" in strip
    assert f'href="{board_page}#list"' in strip[: strip.index("</ol>")]
    house.inform(0, 1)
    assert "opdrachtgevers informeren" not in house.see(), "whoever was told waits for nothing"


def test_what_is_past_its_term_stands_before_the_strip(reader: Login) -> None:
    bakery = Controller(reader, hours_ago=80)
    page = bakery.olga.see(f"{bakery.base}/")
    past = page[page.index('id="ends-late"') : page.index('class="idle"')]
    assert "Al voorbij" in past and "1 keer beslissen over melden aan de AP" in past and f'href="{bakery.page}"' in past


def test_who_was_informed_late_is_told_as_that(house: House, database: Database) -> None:
    late = "update escalation set alarm_at = informed_at - interval '1 day' where incident_id = :incident"
    assert "te laat geïnformeerd" not in house.see() and "0 nog te laat" in house.see()
    house.inform(0, 1)
    database.outside(late, incident=house.incident.id)
    assert "2 te laat geïnformeerd" in house.see() and "0 nog te laat" in house.see()
    database.outside(
        "update escalation set acknowledged_at = now(), decision = 'notified', decided_at = now(), "
        "decided_alone = false where incident_id = :incident",
        incident=house.incident.id,
    )
    assert "2 te laat geïnformeerd" in house.see() and "hebben besloten" in house.see()


def test_a_breach_that_is_notified_is_not_ready_while_its_notice_is_not_sent(reader: Login) -> None:
    bakery = a_begun_notice(reader)
    page = bakery.olga.see(f"{bakery.base}/")
    assert "1 datalek is nog niet klaar" in page and "1 mededeling nog niet verstuurd" in page


def test_an_open_page_is_sent_only_what_changed(house: House) -> None:
    address = f"{house.base}/overview.json"
    first = house.fenna.client.get(address).get_json()
    assert "0 van 2" in first["fragments"]["going_on"] and set(first["fragments"]) == {
        "now", "first_steps", "others", "going_on", "ends", "changes",
    }  # fmt: skip
    same = house.fenna.client.get(f"{address}?version={first['version']}").get_json()
    assert same == {"version": first["version"]}
    house.inform(0)
    other = house.fenna.client.get(f"{address}?version={first['version']}").get_json()
    assert "1 van 2" in other["fragments"]["going_on"]


def test_whoever_switched_the_mails_off_reads_that_none_comes(reader: Login, database: Database) -> None:
    here = Controller(reader)
    assert "U krijgt dan ook een e-mail." in here.adam.see(f"{here.base}/")
    database.outside("update app_user set mail_turn = false where id = :who", who=here.approver.id)
    page = here.adam.see(f"{here.base}/")
    assert "U krijgt dan ook een e-mail." not in page and "U hebt de e-mail daarover uitgezet" in page
    assert 'href="/account#mails"' in page


def test_what_an_owner_can_do_alone_names_the_owner(reader: Login) -> None:
    shop = OneOwner(reader)
    officer = a_member(shop.id, PRIVACY_OFFICER, "Olga")
    page = reader(officer).see(f"{shop.base}/")
    others = page[page.index('id="others"') :]
    assert "Dit kan een eigenaar nu doen, alleen en met een reden: " in others and 'id="stuck"' not in page
    assert "Wim" in others[: others.index("</section>")]


def test_an_act_in_two_histories_is_counted_once(reader: Login) -> None:
    bakery = a_begun_notice(reader)
    page = visible(bakery.adam.see(f"{bakery.base}/"))
    assert "Mededeling begonnen" in page and "Mededeling begonnen 2 keer" not in page


def test_what_happened_to_subjects_of_two_kinds_is_counted_together(house: House) -> None:
    kinds = ("breach",) * 3 + ("notice",) * 2
    with acting_for(house.office.id):
        record([Entry(kind, uuid4(), "step.failed", SYSTEM, {"step": "exempt", "attempts": 1}) for kind in kinds])
    with acting_for(house.office.id):
        counted = {change.what: change.count for change in changes_since_seen(uuid4())}
    assert counted["step.failed"] == 5


def test_an_act_of_one_person_is_not_counted_with_what_machines_did(house: House) -> None:
    with acting_for(house.office.id):
        board_ids = [row.id for row in board(house.incident.id, 2)]
        sanne = Actor(uuid4(), "Sanne", "handler")
        record([Entry("escalation", board_ids[0], "escalation.called", sanne)])
    assert "Sanne" in house.see()
    with acting_for(house.office.id):
        record([Entry("escalation", board_ids[1], "escalation.called", SYSTEM)])
    page = house.see()
    assert "2 keer" in page and "Sanne" not in page[page.index('id="changes"') :]
