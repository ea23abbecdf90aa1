"""For how many people mail waits for a decision: of one incident, or of all, and what is read for it."""

from tenants.isolation import acting_for
from tests.conftest import Database
from tests.counting import statements_of
from tests.factories import an_incident, an_office
from workflows.decisions.open_decisions import people_asked, people_asked_in
from workflows.mail.outbox import Outbox
from workflows.mail.sender import Stopped
from workflows.running.jobs import drain


def test_an_incident_asks_about_the_mail_of_its_own_escalations(database: Database, outbox: Outbox) -> None:
    office = an_office(3)
    outbox.answer_next(Stopped(401, "the key is wrong"))
    asked = []
    for hits in (office.hits[:2], office.hits[2:]):
        asked.append(an_incident(office, hits).id)
        while drain(str(office.id)):
            pass
    with acting_for(office.id):
        assert [people_asked_in(incident) for incident in asked] == [people_asked(), 0]
        assert people_asked() > 0
        assert people_asked_in(office.id) == 0
        with statements_of(database.app) as seen:
            people_asked_in(asked[0])
    assert len(seen) == 1 and "about" in seen[0]
