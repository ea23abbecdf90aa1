"""Every route needs a login, or is on this list."""

from dataclasses import MISSING, fields, replace

import pytest
from flask import Flask
from marshmallow import missing

from service.config import ConfigError
from tests.conftest import Database
from tests.house.reading import ROOT
from tests.house.routes import is_public, path_of, routes
from workflows.catalogue import CATALOGUE, steps_of_people
from workflows.engine.hints import NoHints, use_hints
from workflows.engine.steps import Human, Workflow

PUBLIC = {
    ("GET", "/api/docs"),
    ("GET", "/api/genuine/<code>"),
    ("GET", "/api/invitations/<token>"),
    ("GET", "/api/openapi.json"),
    ("GET", "/contact/<token>"),
    ("GET", "/genuine"),
    ("GET", "/healthz"),
    ("GET", "/invitation/<token>"),
    ("GET", "/language/<language>"),
    ("GET", "/login"),
    ("GET", "/login/<slug>"),
    ("GET", "/login/<slug>/provider"),
    ("GET", "/login/oidc/callback"),
    ("GET", "/login/oidc/go"),
    ("GET", "/metrics"),
    ("GET", "/readyz"),
    ("GET", "/receipt/<token>"),
    ("GET", "/set-up/<token>"),
    ("GET", "/reply-address/<token>"),
    ("POST", "/api/invitations/<token>"),
    ("POST", "/api/receipts/<token>"),
    ("POST", "/api/session"),
    ("POST", "/api/session/passkey"),
    ("POST", "/api/session/passkey/options"),
    ("POST", "/invitation/<token>"),
    ("POST", "/invitation/<token>/provider"),
    ("POST", "/login"),
    ("POST", "/passkey-login"),
    ("GET", "/password-reset"),
    ("GET", "/password-reset/<token>"),
    ("POST", "/password-reset"),
    ("POST", "/password-reset/<token>"),
    ("POST", "/contact/<token>"),
    ("POST", "/receipt/<token>"),
    ("POST", "/set-up/<token>"),
    ("POST", "/reply-address/<token>"),
    ("POST", "/webhooks/sendgrid"),
}
NOUNS = {"assess": "assessment", "approve": "approval", "submit": "submission"}


def test_what_is_public_is_on_the_list(app: Flask):
    assert {(method, rule.rule) for method, rule in routes(app) if is_public(app, method, rule)} == PUBLIC


def test_no_list_is_longer_than_what_it_lists(app: Flask):
    assert {(method, rule.rule) for method, rule in routes(app)} >= PUBLIC


def test_every_page_asks_for_a_login(app: Flask):
    """Also with the wrong kind of login: a cookie for the API, a bearer for a page."""
    stranger = app.test_client()
    for method, rule in routes(app):
        if (method, rule.rule) not in PUBLIC:
            status = stranger.open(path_of(rule), method=method).status_code
            page = 303 if method == "GET" else 400  # a form without its token goes no further
            assert status == (401 if rule.rule.startswith("/api") else page), (method, rule.rule, status)


def test_a_made_up_login_is_nobodys(app: Flask):
    forger = app.test_client()
    forger.set_cookie("meldketen_session", "made-up")
    headers = {"Authorization": "Bearer made-up"}
    for method, rule in routes(app):
        if (method, rule.rule) not in PUBLIC and method == "GET":
            status = forger.get(path_of(rule), headers=headers).status_code
            assert status == (401 if rule.rule.startswith("/api") else 303), (rule.rule, status)


def test_a_link_that_was_never_mailed_opens_nothing(app: Flask):
    stranger = app.test_client()
    for rule in ("/receipt/guess", "/invitation/guess", "/api/invitations/guess", "/set-up/guess"):
        assert stranger.get(rule).status_code == 404, rule
    assert stranger.post("/api/receipts/guess", json={"name": "x"}).status_code == 404


def test_each_route_that_acts_for_an_organisation_says_so_in_its_path(app: Flask):
    for _, rule in routes(app):
        within = rule.rule.startswith(("/o/<organisation>/", "/api/o/<organisation>/"))
        assert within == ("organisation" in rule.arguments), rule.rule


HUMAN = [
    (workflow.subject_kind, workflow.name, step.name)
    for workflow in CATALOGUE.values() for step in workflow.steps if isinstance(step, Human)
]  # fmt: skip


@pytest.mark.parametrize(("kind", "workflow", "step"), HUMAN)
def test_every_persons_step_has_a_form_a_page_and_a_resource(app: Flask, kind: str, workflow: str, step: str):
    resource = {"breach": "breaches", "notice": "notices"}[kind]
    posted = {rule.rule for method, rule in routes(app) if method in ("POST", "PUT")}
    assert (ROOT / "service/web/templates/steps" / workflow / f"{step}.html").exists()
    assert f"/o/<organisation>/{resource}/<uuid:{kind}_id>/steps/<name>" in posted
    assert f"/api/o/<organisation>/{resource}/<uuid:{kind}_id>/{NOUNS.get(step, step)}" in posted


def test_every_form_belongs_to_a_step_of_a_person():
    from service.steps import STEPS

    declared = [(step.workflow, step.name) for step in STEPS]
    assert sorted(declared) == sorted((workflow, step) for _, workflow, step in HUMAN)


@pytest.mark.parametrize(
    ("workflow", "rule"), [pytest.param(workflow, rule, id=f"{workflow.name}@{workflow.version}.{rule.name}")
                           for workflow, rule in steps_of_people()]
)  # fmt: skip
def test_the_rule_of_a_step_reads_each_field_of_its_form(workflow: Workflow, rule: Human):
    """In every version. A field that is only typed to confirm the others (`load_only`) goes no further; a prepared
    list is counted. What the rule cannot do without, the form demands or fills in."""
    from service.steps import step_of

    step = step_of(workflow.name, rule.name)
    sent = {name: field for name, field in step.schema().fields.items() if not field.load_only}
    reads = {field.name: field.default is MISSING and field.default_factory is MISSING for field in fields(rule.values)}
    is_counted = step.name == "recipients"
    assert set(reads) == ({"count", "is_taken_back"} if is_counted else set(sent))
    always = {name for name, field in sent.items() if field.required or field.load_default is not missing}
    assert {name for name, is_needed in reads.items() if is_needed} <= ({"count"} if is_counted else always)


def test_the_acts_alone_send_the_steps_as_they_are_declared():
    """By its noun and its schema, in the API: one of those that may be done alone, and the submission with an
    approval."""
    from service.api.broken_glass import AloneWithBreachSchema, AloneWithNoticeSchema
    from service.schemas.broken_glass import NotifyAloneSchema
    from service.steps import step_of

    acts = {
        AloneWithBreachSchema: [("ap_notification", "approve"), ("ap_notification", "submit")],
        AloneWithNoticeSchema: [("bulk_notice", "approve"), ("bulk_notice", "release")],
        NotifyAloneSchema: [("ap_notification", "submit")],
    }
    for schema, names in acts.items():
        steps = [step_of(*name) for name in names]
        parts = {name: type(field.schema) for name, field in schema().fields.items() if name != "alone_reason"}
        assert parts == {step.noun: step.schema for step in steps}, schema.__name__


@pytest.mark.parametrize("whose", ["owner", "superuser"])
def test_the_service_refuses_to_start_where_it_could_look_over_the_walls(database: Database, whose: str):
    from service import create_app

    urls = {
        "owner": database.config.owner_url(),
        "superuser": database.superuser.url.render_as_string(hide_password=False),
    }
    with pytest.raises(ConfigError, match="can bypass row-level security"):
        create_app(replace(database.config, database_url=urls[whose]))
    use_hints(NoHints())


def test_a_fixed_path_is_no_word_of_a_pattern_beside_it(app: Flask) -> None:
    """`POST /links/anew` beside `GET /links/<token>` would show "anew" as a token to whoever opens it in a browser."""
    served = {rule.rule: set() for _, rule in routes(app) if "<" not in rule.rule}
    for method, rule in routes(app):
        if rule.rule in served:
            served[rule.rule].add(method)
    adapter = app.url_map.bind("localhost")
    captured = {
        (method, path, adapter.match(path, method, return_rule=True)[0].rule)
        for path, methods in served.items()
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods
        if method in set(adapter.allowed_methods(path))
    }
    assert captured == set()
