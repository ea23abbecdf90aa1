"""The law's advice: on any facts, and on one breach as it is known now. It decides nothing and stores nothing."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import may
from service.api.answers import json_answer
from service.api.routes import OF_ORGANISATION, Resource, only_asks
from service.schemas.advice import AdviceAnswer, BreachAdviceAnswer
from service.schemas.facts import DRAFT, AdviceSchema, LanguageSchema
from service.words.advice_json import advice_json, draft_json
from service.words.texts import locale
from tenants.isolation import database_now
from tenants.register.breaches import breach
from workflows.law import gdpr
from workflows.law.advice import advise
from workflows.law.advice.questions import open_questions, questions
from workflows.law.periods import AMSTERDAM
from workflows.notification.advising import advice_about, facts_changed_since_decision, facts_of

blueprint: Blueprint = Resource("advice", __name__, url_prefix=OF_ORGANISATION)


@blueprint.route("/advice", methods=["POST"])
@only_asks
@blueprint.arguments(AdviceSchema)
@blueprint.response(200, AdviceAnswer)
@may("read")
def advise_on(asked: dict[str, Any]) -> Response:
    """Return what these facts require, under the terms of the day of awareness, or of today."""
    facts, language = asked["facts"], asked["lang"] or locale()
    terms = gdpr.terms_on((asked["aware_at"] or database_now()).astimezone(AMSTERDAM).date())
    advice = advise(facts, terms)
    answer = advice_json(advice, language) | _questions(facts)
    if asked["terms"] == DRAFT:
        answer["draft"] = [draft_json(advice, terms, advise(facts, draft), draft) for draft in gdpr.drafts()]
    return json_answer(answer)


@blueprint.route("/breaches/<uuid:breach_id>/advice")
@blueprint.arguments(LanguageSchema, location="query")
@blueprint.response(200, BreachAdviceAnswer)
@may("read")
def show_advice(asked: dict[str, Any], breach_id: UUID) -> Response:
    """Return what the facts of this breach require, what to ask next, and whether a decision rests on other facts."""
    breach_row = breach(breach_id)
    facts = facts_of(breach_row)
    changed = {"facts": facts, "facts_changed": facts_changed_since_decision(breach_row)}
    return json_answer(advice_json(advice_about(breach_row), asked["lang"] or locale()) | _questions(facts) | changed)


def _questions(facts: dict[str, Any]) -> dict[str, Any]:
    return {"questions": questions(facts), "open_questions": open_questions(facts)}
