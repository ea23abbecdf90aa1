"""What only a person settles: mail whose fate is unknown, and a step that failed for good."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.api.doors import OF_ORGANISATION, Resource, officer
from service.idempotency import idempotent
from service.schemas.run import RunAnswer
from service.schemas.settling import MailQuestionsAnswer, RetrySchema, SettlementAnswer, SettlementSchema
from workflows.catalogue import CATALOGUE
from workflows.engine.runs import Run, runs_by_id
from workflows.failures import try_again
from workflows.mail.decisions import Question
from workflows.settling import settle
from workflows.stuck import Subject, asked, kind_of_mail_fault

blueprint: Blueprint = Resource("settling", __name__, url_prefix=OF_ORGANISATION)


@blueprint.route("/mail-questions")
@blueprint.response(200, MailQuestionsAnswer)
def list_mail_questions() -> dict[str, Any]:
    """Mail that was stopped or whose fate is unknown, with the evidence and what can be chosen."""
    return {"items": [_whole(question, about) for question, about in asked()]}


@blueprint.route("/mail-questions/<uuid:batch_id>/settlement", methods=["POST"])
@idempotent
@blueprint.arguments(SettlementSchema)
@blueprint.response(200, SettlementAnswer)
def settle_mail(given: dict[str, Any], batch_id: UUID) -> dict[str, int]:
    """Send it again, let it go, or give it up for the next channel; with the reason, which stays in the history."""
    return {"people": settle(batch_id, by=officer(), **given)}


@blueprint.route("/runs/<uuid:run_id>/retry", methods=["POST"])
@idempotent
@blueprint.arguments(RetrySchema)
@blueprint.response(200, RunAnswer)
def try_step_again(given: dict[str, Any], run_id: UUID) -> Run:
    """What made a step fail was mended: it is opened anew, and the failed one stays as it was."""
    try_again(run_id, CATALOGUE, officer(), given["reason"])
    return runs_by_id([run_id])[0]


def _whole(question: Question, about: Subject | None) -> dict[str, Any]:
    follows = {"choices": question.choices, "evidence_until": question.evidence_until}
    return vars(question) | follows | {"about": about, "wrong": kind_of_mail_fault(question)}
