"""A step that no workflow declares: nobody is refused it, and nothing is remembered."""

from uuid import uuid4

import pytest
from flask import Flask

from service.admission.access import COOKIE
from service.steps import names_of
from tenants.identity.users import AUDITOR, OWNER, PRIVACY_OFFICER
from tests.conftest import Database
from tests.pages.conftest import TOKEN
from tests.service.worlds import EveryRole
from workflows.roles import MAY

WORKFLOWS = {"breaches": "ap_notification", "notices": "bulk_notice"}
REMEMBERED = "select act from refusal where user_id = :who"
HISTORY = "select details from history where subject_id = :who and what = 'access.refused'"


@pytest.mark.parametrize("role", [AUDITOR, OWNER])
def test_a_step_that_is_none_is_unknown_to_everybody(app: Flask, database: Database, role: str) -> None:
    there = EveryRole(app, database)
    there.drafted(by=OWNER)
    notice = f"notices/{there.callers[PRIVACY_OFFICER].post(f'{there.path}/notice').json['id']}"
    caller, who = there.callers[role], there.people[role].id
    client = app.test_client()
    client.set_cookie(COOKIE, caller.token)
    found = TOKEN.search(client.get(f"/o/{caller.slug}/register").get_data(as_text=True))
    assert found
    wrong = []
    for about in (there.path, notice):
        names = names_of(WORKFLOWS[about.partition("/")[0]])
        for way in ("steps", "alone"):
            for name in sorted({*MAY, "notify", "send", "x"} - names):
                answer = client.post(f"/o/{caller.slug}/{about}/{way}/{name}", data={"csrf_token": found[1]})
                wrong += [(about, way, name, answer.status_code)] * (answer.status_code != 404)
    assert wrong == []
    assert database.outside(REMEMBERED, who=who) == database.outside(HISTORY, who=who) == []


def test_a_step_of_a_subject_that_is_none_is_unknown(app: Flask, database: Database) -> None:
    """Of every step, done in the usual way and alone, also where the form's schema reads the subject first."""
    caller = EveryRole(app, database).callers[OWNER]
    client = app.test_client()
    client.set_cookie(COOKIE, caller.token)
    token = TOKEN.search(client.get(f"/o/{caller.slug}/register").get_data(as_text=True))
    assert token
    steps = [(of, f"{way}/{name}") for of, workflow in WORKFLOWS.items() for way in ("steps", "alone")
             for name in sorted(names_of(workflow))]  # fmt: skip
    wrong = []
    for of, step in [*steps, ("breaches", "alone")]:
        answer = client.post(f"/o/{caller.slug}/{of}/{uuid4()}/{step}", data={"csrf_token": token[1]})
        wrong += [(of, step, answer.status_code)] * (answer.status_code not in (403, 404))
    assert wrong == [] and len(steps) > 10


def test_a_step_of_another_role_is_remembered(app: Flask, database: Database) -> None:
    there = EveryRole(app, database)
    caller, who = there.callers[AUDITOR], there.people[AUDITOR].id
    client = app.test_client()
    client.set_cookie(COOKIE, caller.token)
    found = TOKEN.search(client.get(f"/o/{caller.slug}/register").get_data(as_text=True))
    assert found
    for address in ("steps/draft", "alone/approve"):
        answer = client.post(f"/o/{caller.slug}/{there.path}/{address}", data={"csrf_token": found[1]})
        assert answer.status_code == 403
    assert sorted(row["act"] for row in database.outside(REMEMBERED, who=who)) == ["break_glass", "draft"]
