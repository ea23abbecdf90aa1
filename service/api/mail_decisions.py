"""What only a person settles: mail whose fate is unknown or never told, and steps that failed for good."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.machine_failures import (
    FailedKindsAnswer,
    HeardAnswer,
    MailQuestionsAnswer,
    RetriedAnswer,
    RetryAllSchema,
    RetrySchema,
    SettlementAnswer,
    SettlementSchema,
    SilenceSettlementSchema,
    UnheardClocksAnswer,
)
from service.schemas.run import RunAnswer
from workflows.catalogue import CATALOGUE
from workflows.decisions.failures import try_again, try_all_again
from workflows.decisions.mail_decisions import settle, settle_unconfirmed
from workflows.decisions.open_decisions import Subject, kind_of_mail_fault, mail_to_decide, unconfirmed_to_decide
from workflows.decisions.unheard_clocks import UnheardClock, hear_at_once, unheard_clocks
from workflows.engine.failed import FailedKind, failed_kinds
from workflows.engine.runs import Run, runs_by_id
from workflows.mail.decisions import Question

blueprint: Blueprint = Resource("settling", __name__, url_prefix=OF_ORGANISATION)


@blueprint.route("/mail-questions")
@blueprint.response(200, MailQuestionsAnswer)
@may("read")
def list_mail_questions() -> dict[str, Any]:
    """Mail that was stopped, whose fate is unknown, or whose last event never came; the evidence, and the choices."""
    return {
        "items": [_whole(question, about) for question, about in mail_to_decide()],
        "unheard": [vars(notice) | {"about": about} for notice, about in unconfirmed_to_decide()],
    }


@blueprint.route("/mail-questions/<uuid:batch_id>/settlement", methods=["POST"])
@idempotent
@blueprint.arguments(SettlementSchema)
@blueprint.response(200, SettlementAnswer)
@may("settle")
def settle_mail(payload: dict[str, Any], batch_id: UUID) -> dict[str, int]:
    """Send it again, let it go, or give it up for the next channel; with the reason, which stays in the history."""
    return {"people": settle(batch_id, by=actor(), **payload)}


@blueprint.route("/mail-questions/notices/<uuid:notice_id>/settlement", methods=["POST"])
@idempotent
@blueprint.arguments(SilenceSettlementSchema)
@blueprint.response(200, SettlementAnswer)
@may("settle")
def settle_unheard(payload: dict[str, Any], notice_id: UUID) -> dict[str, int]:
    """Wait for events for another while, or count these people as not reached; the reason stays in the history."""
    return {"people": settle_unconfirmed(notice_id, by=actor(), **payload)}


@blueprint.route("/unheard-clocks")
@blueprint.response(200, UnheardClocksAnswer)
@may("read")
def list_unheard_clocks() -> dict[str, list[UnheardClock]]:
    """Which terms the machine cannot watch, although it was tried several times."""
    return {"items": unheard_clocks()}


@blueprint.route("/unheard-clocks/retry", methods=["POST"])
@idempotent
@blueprint.arguments(RetrySchema)
@blueprint.response(200, HeardAnswer)
@may("try_again")
def hear_clocks_at_once(payload: dict[str, Any]) -> dict[str, int]:
    """What made them fail was mended: all are heard at once, each with the reason in its history."""
    return {"clocks": hear_at_once(actor(), payload["reason"])}


@blueprint.route("/failed-steps")
@blueprint.response(200, FailedKindsAnswer)
@may("read")
def list_failed_steps() -> dict[str, list[FailedKind]]:
    """How many steps failed for good, by kind: the same step, and the same kind of fault."""
    return {"items": failed_kinds(CATALOGUE)}


@blueprint.route("/failed-steps/retry", methods=["POST"])
@idempotent
@blueprint.arguments(RetryAllSchema)
@blueprint.response(200, RetriedAnswer)
@may("try_again")
def try_kind_again(payload: dict[str, Any]) -> dict[str, int]:
    """What made a kind of steps fail was mended: up to 5,000 of them are opened anew, each in its own history."""
    return {"steps": try_all_again(catalogue=CATALOGUE, by=actor(), **payload)}


@blueprint.route("/runs/<uuid:run_id>/retry", methods=["POST"])
@idempotent
@blueprint.arguments(RetrySchema)
@blueprint.response(200, RunAnswer)
@may("try_again")
def try_step_again(payload: dict[str, Any], run_id: UUID) -> Run:
    """What made a step fail was mended: it is opened anew, and the failed one stays as it was."""
    try_again(run_id, CATALOGUE, actor(), payload["reason"])
    return runs_by_id([run_id])[0]


def _whole(question: Question, about: Subject | None) -> dict[str, Any]:
    follows = {"choices": question.choices, "evidence_until": question.evidence_until}
    return vars(question) | follows | {"about": about, "wrong": kind_of_mail_fault(question)}
