"""Processing agreements (Art. 28(3)) of the acting office."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest import Blueprint

from service.admission.access import actor, may
from service.admission.idempotency import idempotent
from service.api.answers import page
from service.api.routes import OF_ORGANISATION, Resource
from service.schemas.agreement import (
    AgreementRow,
    CheckedContactSchema,
    ClientsAskedSchema,
    ClientsSchema,
    ReachableContactSchema,
    RegisteredAnswer,
    RightAddressAnswer,
    SettledContactAnswer,
    SuccessorAnswer,
)
from service.schemas.paging import page_of
from tenants.agreements.client_filters import FILTERS, Filters
from tenants.agreements.client_list import agreements
from workflows.agreements.registering import register
from workflows.escalation.bounced_contacts import address_is_right
from workflows.escalation.confirming_contacts import confirm_contact
from workflows.escalation.taking_over_contacts import take_over

blueprint: Blueprint = Resource("agreements", __name__, url_prefix=f"{OF_ORGANISATION}/agreements")


@blueprint.route("")
@blueprint.arguments(ClientsAskedSchema, location="query")
@blueprint.response(200, page_of(AgreementRow))
@may("read")
def list_agreements(asked: dict[str, Any]) -> Response:
    """List the agreements of this office: all, or those that `search` and the filters find, in the order of `sort`.

    `search`: words of the name or of the contacts' names, without regard to accents or capitals; a client number; a
    part of a telephone number; or the KvK number that this office typed, or that is proven. `contact` none: only
    clients in force without a contact that works; unconfirmed: only those with a contact that did not answer whether
    it still is.
    """
    chosen = Filters(**{name: asked[name] for name in FILTERS})
    rows = agreements(asked["limit"] + 1, asked["after"], asked["search"], asked["sort"], chosen)
    return page(rows, asked["limit"], "created_at")


@blueprint.route("", methods=["POST"])
@idempotent
@blueprint.arguments(ClientsSchema)
@blueprint.response(201, RegisteredAnswer)
@may("register_clients")
def register_agreements(payload: dict[str, Any]) -> dict[str, int]:
    """Register clients with their agreements, all or none. A new client gets a register of its own.

    403 `office.not_admitted`: the operator of this installation must admit the office first. 422
    `client.likely_double_...`: the office, or this list, has a client with that KvK number, with a like name, or with
    contacts of the same domain. Send it again with `confirmed_doubles` when it is another one. 403
    `contact.not_by_token`, 403 `step.prove_again` and 422 `contact.addresses_too_often`: another agreement with a
    client that the office has brings other addresses (`PUT agreements/{id}/contacts`).
    """
    return {"registered": register(payload["clients"], payload["confirmed_doubles"], actor())}


@blueprint.route("/<uuid:agreement_id>/contacts", methods=["POST"])
@idempotent
@blueprint.arguments(CheckedContactSchema)
@blueprint.response(200, SettledContactAnswer)
@may("register_clients")
def settle_contact(payload: dict[str, Any], agreement_id: UUID) -> dict[str, str]:
    """Confirm or replace a contact whose mail led to somebody else (the contact has `led_elsewhere_at`).

    The messages that were held back from this client are then mailed to that contact.
    """
    return {"outcome": confirm_contact(agreement_id, payload.pop("place"), payload, actor())}


@blueprint.route("/contacts/<uuid:contact_id>/address-right", methods=["POST"])
@idempotent
@blueprint.response(200, RightAddressAnswer)
@may("register_clients")
def keep_address(contact_id: UUID) -> dict[str, str]:
    """Say that an address to which mail returned is right after all: its mark goes, and its holder is asked anew.

    `contact_id`: the `id` in `contacts_standing`, where its state is `bounced`.
    """
    return {"address": address_is_right(contact_id, actor())}


@blueprint.route("/contacts/<uuid:contact_id>/successor", methods=["POST"])
@idempotent
@blueprint.arguments(ReachableContactSchema)
@blueprint.response(200, SuccessorAnswer)
@may("register_clients")
def put_successor(payload: dict[str, Any], contact_id: UUID) -> dict[str, int]:
    """Put this contact in the place of one that said that it is not them any more, at all clients that have it.

    `contact_id`: the `id` in `contacts_standing`. What those clients do not know yet is mailed to the new contact.
    """
    return {"clients": take_over(contact_id, payload, actor())}
