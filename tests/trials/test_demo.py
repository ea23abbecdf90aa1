"""The demo's clients: all different, the same in every run, with the difficulties that a story needs."""

import base64
import re
from pathlib import Path

from service.demo import names
from service.demo.clients import CLAIMED, EXPIRED, clients, is_reachable
from service.demo.logins import AT_CLIENTS, AT_OFFICE, LOGINS, app_secret, as_table
from service.sandbox.outcomes import by_address
from service.story.codes import AHEAD, STEP_S, CodeApp
from service.story.controllers import who_decide
from tenants.identity.totp import STEP_S as STEP_OF_THE_SERVICE
from tenants.identity.totp import WINDOW
from tests.commands import run_command
from workflows.roles import PEOPLE_OF_A_DECISION, may

SECRET = re.compile(r"[A-Z2-7]{32}")
"""A secret as an app reads it."""


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


def test_wherever_somebody_logs_in_three_people_can_decide_together() -> None:
    for people in (AT_OFFICE, *AT_CLIENTS):
        assert len(people) == PEOPLE_OF_A_DECISION
        preparer, approver, sender = people
        assert may(preparer.role, "draft") and may(approver.role, "approve") and may(sender.role, "submit")
        assert any(may(person.role, "see_to_people") for person in people)
    assert len({login.email for login in LOGINS}) == len({login.name for login in LOGINS}) == len(LOGINS)
    assert len(as_table()) == len(LOGINS)


def test_the_codes_of_the_demo_follow_from_the_installations_own_key() -> None:
    secrets = {app_secret(key, login.email) for key in ("this one", "another") for login in LOGINS}
    assert len(secrets) == 2 * len(LOGINS) and all(SECRET.fullmatch(secret) for secret in secrets)
    assert app_secret("this one", LOGINS[0].email) == app_secret("this one", LOGINS[0].email)


def test_an_app_gives_no_code_twice_and_none_that_is_too_early() -> None:
    app = CodeApp(base64.b32encode(b"twenty bytes, a seed").decode())
    codes = [app.next_code() for _ in range(1 + AHEAD)]
    assert len(set(codes)) == len(codes)
    assert STEP_S == STEP_OF_THE_SERVICE and max(WINDOW) == AHEAD


def test_asking_for_an_unknown_persons_code_is_refused_in_one_line(tmp_path: Path) -> None:
    for words, said in (
        (("nobody@example.nl",), "nobody of the demo is nobody@example.nl; there are: fenna@"),
        ((LOGINS[0].email, "--data", str(tmp_path)), f"no installation in {tmp_path}"),
    ):
        asked = run_command("demo", "code", *words, settings={})
        assert asked.returncode == 2 and asked.stdout == ""
        assert asked.stderr.count("\n") == 1 and said in asked.stderr
