"""The register (Art. 33(5)): its breaches, one breach, its history."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.admission.viewer import viewer
from service.api.answers import all_columns, columns_of, etag, json_answer
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.breach import OwnBreachSchema
from service.schemas.filters import BreachesAskedSchema
from service.schemas.paging import page_of, token_after
from service.schemas.register import BreachAnswer, BreachRow, DoneAloneRow, HistoryAnswer
from tenants.errors import OfOldRegister
from tenants.history import entries as history
from tenants.register import breaches as register
from tenants.register.broken_glass import done_alone
from tenants.register.filtering import Wanted, filtered_breaches
from workflows.dossiers.breach import dossier_of
from workflows.notification.decision_state import decision_state
from workflows.notification.own_breach import NewBreach, open_breach

blueprint: Blueprint = Resource("breaches", __name__, url_prefix=f"{OF_ORGANISATION}/breaches")
Answer = tuple[dict[str, Any], dict[str, str]]
OF_OLD: dict[str, Any] = {
    "run": None, "notice_id": None, "facts_changed": False, "changed_after_approval": False, "turn": None,
    "decision_state": "taken_over", "still_due": (), "done_alone": (),
}  # fmt: skip
"""What follows from a breach that was taken over from an old register: nothing is due."""


@blueprint.route("")
@blueprint.arguments(BreachesAskedSchema, location="query")
@blueprint.response(200, page_of(BreachRow))
@may("read")
def list_breaches(asked: dict[str, Any]) -> Response:
    """List the breaches of the register, newest first: all, or those that are asked for."""
    limit, after = asked.pop("limit"), asked.pop("after")
    filtered = filtered_breaches(Wanted(**asked), limit, after)
    listed = filtered.page
    alone = done_alone(row["id"] for row in listed.rows) if listed.any_done_alone else {}
    for row in listed.rows:
        decided = (row["decision"], row["decided_at"], row["submitted_at"])
        row["decision_state"] = decision_state(*decided, row["taken_over"] is not None)
        row["done_alone"] = columns_of(alone[row["id"]], DoneAloneRow) if alone and row["id"] in alone else []
    return json_answer({"items": listed.rows, "next": token_after(*filtered.after) if filtered.after else None})


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(OwnBreachSchema)
@blueprint.response(201, BreachAnswer)
@may("record_breach")
def record_breach(new: NewBreach) -> Answer:
    """Record a breach that this organisation found itself. The organisation is aware of it, so its time runs."""
    return whole(open_breach(new, actor()).id)


@blueprint.route("/<uuid:breach_id>")
@blueprint.response(200, BreachAnswer)
@may("read")
def show_breach(breach_id: UUID) -> Answer:
    """Return one breach with its dossier. The ETag is its version."""
    return whole(breach_id)


@blueprint.route("/<uuid:breach_id>/history")
@blueprint.response(200, HistoryAnswer)
@may("read")
def show_history(breach_id: UUID) -> dict[str, Any]:
    """Return what was known, decided and sent about the breach: when and by whom."""
    return {"items": history.of_subject(register.breach_of_any_age(breach_id).id)}


def whole(breach_id: UUID) -> Answer:
    """Return a breach as it is now, with its version as ETag; one of an old register has no run."""
    try:
        dossier = dossier_of(breach_id, viewer())
    except OfOldRegister:
        row = register.breach_of_any_age(breach_id)
        return all_columns(row) | OF_OLD, etag(row.version)
    breach, notice = dossier.breach, dossier.notice
    follows = {
        "run": dossier.run, "notice_id": notice.id if notice else None, "facts_changed": dossier.facts_changed,
        "earliest_aware_at": breach.first_aware_at, "changed_after_approval": breach.changed_after_approval,
        "decision_state": decision_state(breach.decision, breach.decided_at, breach.submitted_at),
        "turn": dossier.coming, "still_due": dossier.still_due, "done_alone": columns_of(dossier.alone, DoneAloneRow),
    }  # fmt: skip
    return all_columns(breach) | follows, etag(breach.version)
