"""A role that is set to and fro: all are told at once, and then once a day, of what it is by then."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from tenants.identity.users import APPROVER, AUDITOR, FG, OWNER, ROLES
from tenants.isolation import acting_for_nobody, database_now
from tests.conftest import Database
from tests.factories import a_member, an_organisation
from tests.service.caller import Caller, caller_for
from workflows.mail.outbox import Outbox
from workflows.running import jobs

A_DAY_LATER = "update mail_batch set not_before = not_before - interval '1 day' where organisation_id = :here"
ROLES_GIVEN = "select details->>'to' as role from history where organisation_id = :here and what = :what order by seq"


@dataclass
class OwnerAndAuditor:
    """Olga owns it; Nieuw is an auditor; Cor reads the mails."""

    database: Database
    outbox: Outbox
    id: UUID
    olga: Caller
    new: UUID
    reader: UUID

    def gives(self, role: str) -> None:
        assert self.olga.put(f"members/{self.new}/role", {"role": role}).status_code == 200

    def a_day_later(self) -> None:
        self.database.outside(A_DAY_LATER, here=self.id)

    def read(self) -> list[tuple[str, ...]]:
        """The mails that Cor has had by now: subject and text."""
        jobs.drain(str(self.id))
        return [mail.as_read_by(person) for mail in self.outbox.mails for person in mail.people if person.name == "Cor"]


@pytest.fixture
def house(app: Flask, database: Database, outbox: Outbox) -> OwnerAndAuditor:
    place = an_organisation("Bakkerij Zon")
    database.outside("update organisation set claimed_at = now() - interval '2 days' where id = :id", id=place)
    olga, new = a_member(place, OWNER, "Olga").id, a_member(place, AUDITOR, "Nieuw").id
    cor = a_member(place, AUDITOR, "Cor").id
    assert olga and new and cor
    return OwnerAndAuditor(database, outbox, place, caller_for(app, olga), new, cor)


def test_the_first_change_at_once_and_the_last_state_when_the_day_is_over(house: OwnerAndAuditor) -> None:
    house.gives(APPROVER)
    [first] = house.read()
    assert "nieuwe rol voor Nieuw" in first[0] and "heeft Nieuw deze rol: goedkeurder" in first[1]
    assert "mag Nieuw bij een datalek: goedkeuren, nakijken wat iemand alleen deed." in first[1]
    assert "versturen" not in first[1], "an approver sends nothing"
    for role in (AUDITOR, APPROVER, FG, AUDITOR, APPROVER, FG):
        house.gives(role)
    assert house.read() == [first]
    house.a_day_later()
    _, second = house.read()
    assert "de rol van Nieuw is nog eens veranderd" in second[0]
    assert "De rol is nu: FG" in second[1] and "Dit telt vanaf" in second[1]
    assert "mag bij een datalek: nakijken wat iemand alleen deed." in second[1], "an FG approves nothing"
    house.gives(AUDITOR)
    assert len(house.read()) == 2, "the second mail begins another day"
    house.a_day_later()
    third = house.read()[-1]
    assert "De rol is nu: auditor" in third[1] and "beslist niet mee" in third[1]
    changes = house.database.outside(ROLES_GIVEN, here=house.id, what="member.role_changed")
    assert len(changes) == 8


def test_what_was_mailed_already_is_not_mailed_again(house: OwnerAndAuditor) -> None:
    house.gives(APPROVER)
    house.gives(AUDITOR)
    house.gives(APPROVER)
    house.a_day_later()
    assert len(house.read()) == 1


def test_more_than_all_were_told_is_told_at_once(house: OwnerAndAuditor) -> None:
    """Gathered, it would be told a minute before it counts."""
    house.gives(FG)
    house.gives(OWNER)
    assert len(house.read()) == 2


def test_changing_roles_again_and_again_sends_few_mails(house: OwnerAndAuditor) -> None:
    """Each mail at once tells of something more that they may do: of all that there is, once a day."""
    for _ in range(3):
        for role in (*ROLES, *reversed(ROLES)):
            if role != OWNER:
                house.gives(role)
    assert len(house.read()) == 2, "a privacy officer sends, and an approver approves: the others do no more"
    house.a_day_later()
    assert "De rol is nu: privacy officer" in house.read()[-1][1] and len(house.read()) == 3


def test_a_day_later_it_is_new_again(house: OwnerAndAuditor) -> None:
    house.gives(APPROVER)
    house.gives(AUDITOR)
    house.a_day_later()
    assert len(house.read()) == 2
    house.a_day_later()
    house.gives(APPROVER)
    assert "nieuwe rol voor Nieuw" in house.read()[-1][0] and len(house.read()) == 3


def test_who_left_gets_no_mail_that_waited_and_the_others_hear_of_who_left(house: OwnerAndAuditor) -> None:
    house.gives(APPROVER)
    a_member(house.id, AUDITOR, "Dora")
    assert house.olga.call("DELETE", f"members/{house.new}").status_code == 204
    assert house.olga.call("DELETE", f"members/{house.reader}").status_code == 204
    house.a_day_later()
    assert len(house.read()) == 1
    [last] = [mail for mail in house.outbox.mails if "nog eens veranderd" in mail.subject]
    assert {person.name for person in last.people} == {"Olga", "Dora"}
    assert "geen, deze persoon hoort niet meer bij uw organisatie" in last.as_read_by(last.people[0])[1]


def test_a_deputy_to_and_fro_is_told_once(app: Flask, house: OwnerAndAuditor) -> None:
    of = a_member(house.id, APPROVER, "Adam").id
    with acting_for_nobody():
        now = database_now()
    period = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(days=7)).isoformat(), "reason": "Ziek"}
    asked = {"of_user": str(of), "deputy_id": str(house.new)} | period
    for _ in range(3):
        made = house.olga.post("deputies", asked)
        assert made.status_code == 201, made.text
        assert house.olga.post(f"deputies/{made.json['id']}/end").status_code == 200
    assert house.olga.post("deputies", asked).status_code == 201
    house.gives(FG)
    assert len(house.read()) == 1
    house.a_day_later()
    _, second = house.read()
    assert "De rol is nu: FG, en vervangt Adam" in second[1]
