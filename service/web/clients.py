"""A client's own page for its office: what was agreed, whom to tell, what was escalated, and what to do next."""

from uuid import UUID

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from service.admission.access import may
from service.web.actor_names import know_names
from tenants.history.entries import of_subjects
from workflows.agreements.contacts import messages_to
from workflows.dossiers.client import client_dossier_of

blueprint = Blueprint("clients", __name__, url_prefix="/o/<organisation>/clients")


@blueprint.get("/<uuid:agreement_id>")
@may("read")
def shown(agreement_id: UUID) -> ResponseReturnValue:
    """Show the client of this agreement."""
    dossier = client_dossier_of(agreement_id)
    history = of_subjects(agreement.id for agreement in dossier.client.agreements)
    know_names(history)
    return render_template(
        "client.html", dossier=dossier, client=dossier.client, current=dossier.current, standing=dossier.standing,
        escalated=dossier.escalated, now=dossier.now, history=history, written_to=messages_to(dossier.client),
        contact_states=dossier.contact_states,
    )  # fmt: skip
