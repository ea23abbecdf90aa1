"""Who may do what: every route for every role, and for deputies, against the one table in workflows/roles.py."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.admission.access import COOKIE, mark_of
from service.words.texts import LOCALES, catalogue
from tenants.identity.deputies import add_deputy
from tenants.identity.sessions import begin_session
from tenants.identity.users import APPROVER, AUDITOR, FG, HANDLER, OWNER, PRIVACY_OFFICER, ROLES, User
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.organisations import the_acting_organisation
from tests.factories import a_member, an_organisation
from tests.house.routes import filled, routes
from tests.operating import admit
from workflows.catalogue import CATALOGUE
from workflows.engine.steps import Human
from workflows.roles import EVERYBODY, MAY, may

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
STANDS_IN = {"an auditor for the owner": (AUDITOR, OWNER), "a handler for an approver": (HANDLER, APPROVER)}


@dataclass(frozen=True)
class Visitor:
    """Somebody with these roles, with a browser and a bearer's token."""

    roles: tuple[str, ...]
    client: FlaskClient
    bearer: dict[str, str]
    csrf: str

    def may(self, act: str) -> bool:
        """What the table says."""
        return any(may(role, act) for role in self.roles)

    def is_refused(self, method: str, path: str) -> bool:
        """Whether the answer is that this role may not; what is not there, or filled in badly, is no such refusal."""
        if path.startswith("/api/"):
            answer = self.client.open(path, method=method, headers=self.bearer, json={} if method != "GET" else None)
            return answer.status_code == 403 and answer.json["key"] == "role.not_enough"
        form = {"csrf_token": self.csrf} if method != "GET" else None
        answer = self.client.open(path, method=method, data=form)
        assert answer.status_code != 400, (method, path)
        return answer.status_code == 403 and "Dit mag u niet doen" in answer.get_data(as_text=True)


@dataclass(frozen=True)
class Workplace:
    """Where they all are."""

    id: UUID
    slug: str


@pytest.fixture(scope="module")
def firm(app: Flask) -> Workplace:
    """One organisation."""
    organisation = an_organisation()
    admit(organisation)
    with acting_for(organisation):
        return Workplace(organisation, the_acting_organisation().slug)


@pytest.fixture(scope="module", params=[*ROLES, *STANDS_IN])
def visitor(app: Flask, firm: Workplace, request: pytest.FixtureRequest) -> Visitor:
    """In each role, and as a deputy."""
    roles = STANDS_IN.get(request.param, (request.param,))
    who = a_member(firm.id, roles[0])
    for role in roles[1:]:
        away = a_member(firm.id, role)
        assert who.id and away.id
        with acting_for(firm.id):
            now = database_now()
            add_deputy(away.id, who.id, now, now + timedelta(hours=1), "Vakantie", away.id)
    with acting_for_nobody():
        token = begin_session(User(id=who.id), proven=True)
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    match = TOKEN.search(client.get(f"/o/{firm.slug}/register").get_data(as_text=True))
    assert match
    return Visitor(roles, client, {"Authorization": f"Bearer {token}"}, match[1])


def acting_routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Every route of an organisation: its method, its address with ids that are nobody's, and what it does."""
    for method, rule in routes(app):
        if "organisation" in rule.arguments:
            act = mark_of(app.view_functions[rule.endpoint], method.lower(), "does")
            argument, steps = mark_of(app.view_functions[rule.endpoint], method.lower(), "steps_in_address") or ("", ())
            if not argument:
                yield method, rule.rule, act
            for step in sorted(steps):
                yield method, rule.rule.replace(f"<{argument}>", step), step if act == f"<{argument}>" else act


def test_every_route_of_an_organisation_says_what_it_does(app: Flask) -> None:
    silent = [(method, rule) for method, rule, act in acting_routes(app) if act not in MAY]
    assert silent == []
    assert len(list(acting_routes(app))) > 60


def test_who_may_not_is_refused_and_who_may_is_not(app: Flask, firm: Workplace, visitor: Visitor) -> None:
    wrong = []
    for method, rule, act in acting_routes(app):
        path = filled(rule.replace("<organisation>", firm.slug))
        if visitor.is_refused(method, path) == visitor.may(act):
            wrong.append((visitor.roles, method, rule, act))
    assert wrong == []


def test_a_step_is_done_by_whom_the_table_says() -> None:
    for workflow in CATALOGUE.values():
        for definition in (workflow, *workflow.earlier):
            for step in definition.steps:
                if isinstance(step, Human):
                    assert step.by == MAY[step.name], (workflow.name, step.name)


def test_the_table_is_of_the_six_roles() -> None:
    assert set(ROLES) == {OWNER, PRIVACY_OFFICER, APPROVER, HANDLER, AUDITOR, FG} == EVERYBODY
    assert all(roles and roles <= EVERYBODY for roles in MAY.values())


def test_only_deciders_may_approve_and_witnesses_only_read_and_review() -> None:
    assert MAY["approve"] == {OWNER, APPROVER}
    for witness in (AUDITOR, FG):
        assert {act for act in MAY if may(witness, act)} <= {"read", "leave", "export", "review_broken_glass"}


@pytest.mark.parametrize("language", LOCALES)
def test_every_act_has_its_words(language: str) -> None:
    """The page of keys and the page of people name acts; an act without words would break both pages."""
    named = {key.removeprefix("tokens.scope.") for key in catalogue(language) if key.startswith("tokens.scope.")}
    assert named == set(MAY)
