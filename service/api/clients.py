"""A client of the acting office: its agreements over time, and how they are changed, ended and renewed."""

from typing import Any
from uuid import UUID

from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.answers import etag, version_looked_at
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.client import ClientAnswer, ContactsSchema, EndSchema, NameSchema, TermsSchema
from tenants.agreements.changed_agreements import Terms
from workflows.agreements.changing import change_terms
from workflows.agreements.contacts import set_contacts
from workflows.agreements.ending import end_agreement
from workflows.agreements.renaming import rename_client
from workflows.dossiers.client import client_dossier_of

blueprint: Blueprint = Resource("clients", __name__, url_prefix=f"{OF_ORGANISATION}/agreements/<uuid:agreement_id>")


@blueprint.route("")
@blueprint.response(200, ClientAnswer)
@may("read")
def show_client(agreement_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the client of this agreement: what was agreed over time, what was escalated, and what to do next.

    The ETag is the version of the client: it grows with each change of one of its agreements.
    """
    return _whole(agreement_id)


@blueprint.route("/terms", methods=["POST"])
@idempotent
@blueprint.arguments(TermsSchema)
@blueprint.response(200, ClientAnswer)
@may("change_clients")
def change_agreement(terms: Terms, agreement_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Agree these terms from a day on: the agreement ends the day before. After its last day they renew it.

    From the first day of an agreement, that agreement itself is corrected. A message that is open keeps its hours: 422
    `agreement.relied_on` for a day on or before that of its incident.
    """
    return _whole(change_terms(agreement_id, terms, version_looked_at(), actor()))


@blueprint.route("/end", methods=["POST"])
@idempotent
@blueprint.arguments(EndSchema)
@blueprint.response(200, ClientAnswer)
@may("change_clients")
def end_client(payload: dict[str, Any], agreement_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Say on which day the agreement is in force for the last time. The client keeps its register."""
    end_agreement(agreement_id, payload["last_day"], payload["reason"], version_looked_at(), actor())
    return _whole(agreement_id)


@blueprint.route("/contacts", methods=["PUT"])
@idempotent
@blueprint.arguments(ContactsSchema)
@blueprint.response(200, ClientAnswer)
@may("change_clients")
def set_client_contacts(payload: dict[str, Any], agreement_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Replace the contacts of the client, in the order in which they are written to.

    A contact of a message that is open stays: it is corrected at that message (`escalations/{id}/contacts`). Behind the
    addresses that stand, contacts may be added. To take an address away, replace it, or put another one before it:

    403 `contact.not_by_token`: a person does that, in a session. 403 `step.prove_again`: with a second factor of at
    most five minutes ago (`POST /api/session/proof`). 422 `contact.addresses_too_often`: more than a day allows. Who
    had an address that worked gets a mail, and so do the owners of the office.
    """
    set_contacts(agreement_id, payload["contacts"], version_looked_at(), actor())
    return _whole(agreement_id)


@blueprint.route("/name", methods=["PUT"])
@idempotent
@blueprint.arguments(NameSchema)
@blueprint.response(200, ClientAnswer)
@may("change_clients")
def set_client_name(payload: dict[str, Any], agreement_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    """Write the name and the number of the client otherwise, in all agreements with it.

    An incident is recorded by them, so they say whose register it opens. 403 `client.name_not_by_token`: a person does
    that, in a session. 403 `step.prove_again`: with a second factor of at most five minutes ago
    (`POST /api/session/proof`).
    """
    rename_client(agreement_id, payload["name"], payload["client_number"], version_looked_at(), actor())
    return _whole(agreement_id)


def _whole(agreement_id: UUID) -> tuple[dict[str, Any], dict[str, str]]:
    dossier = client_dossier_of(agreement_id)
    escalated = dossier.escalated
    shown = {
        "agreements": dossier.client.agreements, "escalations": escalated, "next": dossier.next,
        "contacts_standing": dossier.contact_states, "uninformed": any(sent.informed_at is None for sent in escalated),
        "is_test": dossier.client.is_test,
    }  # fmt: skip
    return vars(dossier.current) | dossier.standing | shown, etag(dossier.client.version)
