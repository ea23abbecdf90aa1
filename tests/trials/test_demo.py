"""The demo's clients: all different, the same every time, with the troubles that a story needs."""

from service.demo import names
from service.demo.clients import CLAIMED, EXPIRED, clients, is_reachable
from service.sandbox.outcomes import by_address
from service.trials.controllers import who_decide


def test_every_client_is_another_one_and_the_same_every_time() -> None:
    count = 5000
    made = clients(count)
    assert made == clients(count) and len(made) == count + EXPIRED
    for field in ("name", "slug", "kvk_number", "client_number"):
        assert len({client[field] for client in made}) == len(made)  # type: ignore[literal-required]
    assert count + EXPIRED <= names.MOST


def test_the_office_is_controller_itself_for_forty_of_three_hundred() -> None:
    made = clients(300)
    own = [client for client in made if "controller" in client["services"].values()]
    assert len(own) == 40
    assert all("processor" in client["services"].values() for client in made)
    assert {client["financial_undertaking"] for client in made} == {True, False, None}
    assert {client["hours_to_notify"] for client in made} == {24, 36, 48, 72, None}


def test_only_whom_we_call_unreachable_cannot_be_reached() -> None:
    for number, client in enumerate(clients(300)[:300]):
        reached = [by_address(contact["email"]).end == "delivered" for contact in client["contacts"]]
        assert any(reached) == is_reachable(number)


def test_ended_agreements_are_there_beside_those_in_force() -> None:
    ended = [client for client in clients(20) if client["in_force_to"] is not None]
    assert len(ended) == EXPIRED


def test_at_least_ten_go_all_the_way_and_all_of_them_can_be_reached() -> None:
    for count in (12, 20, 300):
        deciding = who_decide(count)
        assert 10 <= len(deciding) <= count and all(map(is_reachable, deciding))
        assert deciding[:CLAIMED] == list(range(CLAIMED))
