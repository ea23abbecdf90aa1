"""What becomes known of a breach after it was opened (Art. 33(4)): its facts, its form, a term that was moved."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.admission.viewer import viewer
from service.api.answers import etag, expected_version, json_answer
from service.api.breaches import Answer, whole
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.breach import AwarenessSchema, FormAnswersSchema, MovedTermSchema
from service.schemas.facts import LanguageSchema, SupplementSchema
from service.schemas.form import FormAnswer
from service.schemas.register import BreachAnswer
from service.words.texts import locale
from workflows.dossiers.breach import dossier_of
from workflows.law.ap_form.plain import as_json, changes_as_json
from workflows.notification.form_answers import write_answers
from workflows.notification.moved_term import move_term
from workflows.notification.own_awareness import state_awareness
from workflows.notification.supplement import look_at_changes, supplement_facts

blueprint: Blueprint = Resource("facts", __name__, url_prefix=f"{OF_ORGANISATION}/breaches/<uuid:breach_id>")


@blueprint.route("/facts", methods=["PUT"])
@idempotent
@blueprint.arguments(SupplementSchema)
@blueprint.response(200, BreachAnswer)
@may("supplement")
def put_facts(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """Store the facts as they are known now, as a whole. A decision stays as it is, and is flagged.

    Other `measures` than those that were approved take another approval, until the form was sent in; only a person
    changes them.
    """
    supplement_facts(breach_id, by=actor(), version=expected_version(), **payload)
    return whole(breach_id)


@blueprint.route("/facts/seen", methods=["POST"])
@idempotent
@blueprint.response(200, BreachAnswer)
@may("see_changes")
def look_at_facts(breach_id: UUID) -> Answer:
    """Record that somebody saw that the facts changed after the decision. The decision stays as it is."""
    look_at_changes(breach_id, actor(), expected_version())
    return whole(breach_id)


@blueprint.route("/form")
@blueprint.arguments(LanguageSchema, location="query")
@blueprint.response(200, FormAnswer)
@may("read")
def show_form(asked: dict[str, Any], breach_id: UUID) -> Response:
    """Return the authority's form, filled with what is known; whoever asks is shown as the person who reports.

    Once its submission was recorded it is the form as it was then, with what was answered otherwise since in `later`.
    """
    return _form(breach_id, asked["lang"] or locale())


@blueprint.route("/form", methods=["PUT"])
@idempotent
@blueprint.arguments(FormAnswersSchema)
@blueprint.response(200, FormAnswer)
@may("answer_form")
def put_form(payload: dict[str, Any], breach_id: UUID) -> Response:
    """Store answers to the authority's form, by question. Earlier answers stay. It ends when the form was sent in."""
    write_answers(breach_id, payload["answers"], actor(), expected_version())
    return _form(breach_id, locale())


@blueprint.route("/moved-term", methods=["POST"])
@idempotent
@blueprint.arguments(MovedTermSchema)
@blueprint.response(200, BreachAnswer)
@may("move_term")
def put_off(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """Store a later term that the authority announced. The clock runs until that moment."""
    move_term(breach_id, by=actor(), version=expected_version(), **payload)
    return whole(breach_id)


@blueprint.route("/awareness", methods=["POST"])
@idempotent
@blueprint.arguments(AwarenessSchema)
@blueprint.response(200, BreachAnswer)
@may("state_awareness")
def put_awareness(payload: dict[str, Any], breach_id: UUID) -> Answer:
    """Store when this organisation itself was aware. That moment decides its clock.

    The moment that its processor stated stays beside it.
    """
    payload["before_found"] = bool(payload["before_found"])
    state_awareness(breach_id, by=actor(), version=expected_version(), **payload)
    return whole(breach_id)


def _form(breach_id: UUID, language: str) -> Response:
    dossier = dossier_of(breach_id, viewer())
    sent = dossier.sent
    later = changes_as_json(sent.form, dossier.form, language) if sent else []
    form = as_json(dossier.form_as_sent, language) | {
        "kept_at": sent.at if sent else None, "later": later, "beside": dossier.beside_answers,
    }  # fmt: skip
    answer = json_answer(form)
    answer.headers.update(etag(dossier.breach.version))
    return answer
