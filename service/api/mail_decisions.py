"""What only a person can decide: mail whose outcome is unknown, and steps that failed for good."""

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
    UnconfirmedSettlementSchema,
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
    """List mail that was stopped, has an unknown outcome, or never got its last event, with evidence and choices."""
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
    """Send the mail again, leave it, or give it up for the next channel. The reason stays in the history."""
    return {"people": settle(batch_id, by=actor(), **payload)}


@blueprint.route("/mail-questions/notices/<uuid:notice_id>/settlement", methods=["POST"])
@idempotent
@blueprint.arguments(UnconfirmedSettlementSchema)
@blueprint.response(200, SettlementAnswer)
@may("settle")
def settle_unheard(payload: dict[str, Any], notice_id: UUID) -> dict[str, int]:
    """Wait longer for events, or count these people as not reached. The reason stays in the history."""
    return {"people": settle_unconfirmed(notice_id, by=actor(), **payload)}


@blueprint.route("/unheard-clocks")
@blueprint.response(200, UnheardClocksAnswer)
@may("read")
def list_unheard_clocks() -> dict[str, list[UnheardClock]]:
    """List the terms that the machine cannot watch, although it tried several times."""
    return {"items": unheard_clocks()}


@blueprint.route("/unheard-clocks/retry", methods=["POST"])
@idempotent
@blueprint.arguments(RetrySchema)
@blueprint.response(200, HeardAnswer)
@may("try_again")
def hear_clocks_at_once(payload: dict[str, Any]) -> dict[str, int]:
    """Try these clocks again at once, after somebody mended the cause. Each keeps the reason in its history."""
    return {"clocks": hear_at_once(actor(), payload["reason"])}


@blueprint.route("/failed-steps")
@blueprint.response(200, FailedKindsAnswer)
@may("read")
def list_failed_steps() -> dict[str, list[FailedKind]]:
    """List how many steps failed for good, by kind: the same step with the same kind of fault."""
    return {"items": failed_kinds(CATALOGUE)}


@blueprint.route("/failed-steps/retry", methods=["POST"])
@idempotent
@blueprint.arguments(RetryAllSchema)
@blueprint.response(200, RetriedAnswer)
@may("try_again")
def try_kind_again(payload: dict[str, Any]) -> dict[str, int]:
    """Try a kind of failed steps again, after somebody mended the cause: at most 5,000, each in its own history."""
    return {"steps": try_all_again(catalogue=CATALOGUE, by=actor(), **payload)}


@blueprint.route("/runs/<uuid:run_id>/retry", methods=["POST"])
@idempotent
@blueprint.arguments(RetrySchema)
@blueprint.response(200, RunAnswer)
@may("try_again")
def try_step_again(payload: dict[str, Any], run_id: UUID) -> Run:
    """Try one failed step again, after somebody mended the cause. The failed step stays in the history."""
    try_again(run_id, CATALOGUE, actor(), payload["reason"])
    return runs_by_id([run_id])[0]


def _whole(question: Question, about: Subject | None) -> dict[str, Any]:
    follows = {"choices": question.choices, "evidence_until": question.evidence_until}
    return vars(question) | follows | {"about": about, "wrong": kind_of_mail_fault(question)}
