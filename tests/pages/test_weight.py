"""What a page costs: as many queries for sixty controllers as for two, and bounds on what is sent in."""

from collections.abc import Callable

from tenants.history.entries import Actor
from tenants.isolation import acting_for
from tenants.register.escalations import board
from tests.counting import statements_of
from tests.factories import Office, a_member, an_incident, an_office, an_organisation, an_own_breach
from tests.pages.conftest import Reader, slug_of

Login = Callable[[Actor], Reader]
MOST_QUERIES = 20


def cost(reader: Reader, path: str) -> int:
    """How many queries a page asks, once the menu's own are in place."""
    with statements_of() as statements:
        reader.see(path)
    return len(statements)


def test_the_office_pages_cost_the_same_for_two_as_for_sixty(reader: Login, app: object) -> None:
    costs = []
    for clients in (2, 60):
        office = an_office(clients)
        incident = an_incident(office)
        with acting_for(office.id):
            escalation = board(incident.id, 1)[0]
        there, base = reader(office.officer), f"/o/{slug_of(office.id)}"
        pages = ("/", "/incidents", f"/incidents/{incident.id}", f"/incidents/{incident.id}/calls", "/agreements")
        pages += (f"/incidents/{incident.id}/escalations/{escalation.id}", f"/incidents/{incident.id}/board.json")
        costs.append([cost(there, base + page) for page in pages])
    assert costs[0] == costs[1] and max(costs[0]) <= MOST_QUERIES


def test_the_register_pages_cost_the_same_for_one_as_for_thirty(reader: Login, app: object) -> None:
    costs = []
    for breaches in (1, 30):
        controller = an_organisation("Bakkerij")
        officer = a_member(controller)
        ids = [an_own_breach(controller, officer) for _ in range(breaches)]
        there, base = reader(officer), f"/o/{slug_of(controller)}"
        for breach_id in ids[:10]:
            there.done(f"{base}/breaches/{breach_id}/notice", {}, seen=f"{base}/breaches/{breach_id}")
        pages = ("/", "/register", f"/breaches/{ids[0]}", "/notices", "/people")
        costs.append([cost(there, base + page) for page in pages])
    assert costs[0] == costs[1] and max(costs[0]) <= MOST_QUERIES


def test_what_people_type_is_only_text(reader: Login, office: Office, path: Callable[..., str]) -> None:
    incident = an_incident(office, title="<script>alert(1)</script>", description='"><img src=x>')
    page = reader(office.officer).see(path(f"/incidents/{incident.id}"))
    assert "<script>alert" not in page and "<img src=x>" not in page and "&lt;script&gt;" in page
