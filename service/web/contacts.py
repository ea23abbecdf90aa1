"""Contacts whose mail led to somebody else: the list, and the page where the office says what is right."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.schemas.agreement import ReachableContactSchema
from service.schemas.paging import token_after
from service.web.forms import Form
from service.web.layout import after
from service.words.texts import t
from tenants.agreements.asked_contacts import said_no, who_said_no, whose_mail_returned
from tenants.agreements.contact_standing import ContactStanding
from tenants.agreements.doubted_contacts import doubted_contact, doubted_contacts
from tenants.agreements.processing_agreements import MOST_CONTACTS
from tenants.isolation import database_now
from workflows.engine.progress import is_fresh
from workflows.escalation.bounced_contacts import address_is_right
from workflows.escalation.confirming_contacts import confirm_contact
from workflows.escalation.taking_over_contacts import clients_of, clients_of_each, take_over

blueprint = Blueprint("contacts", __name__, url_prefix="/o/<organisation>/agreements/contacts")

SAID_NO, BOUNCED = "said_no", "bounced"
LISTS = {SAID_NO: who_said_no, BOUNCED: whose_mail_returned}
KEYS = {SAID_NO: "says_no_at", BOUNCED: "bounced_at"}
"""The lists that have pages of their own, and by which moment each is ordered."""
PAGE = 50


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List the contacts that wait for the office's confirmation, those that said no, and those whose mail returned.

    `of` in the address of the page: one of the last two lists alone, from the place in `after`.
    """
    of = next((name for name in LISTS if name == request.args.get("of")), None)
    rows = {name: LISTS[name](PAGE + 1, after() if of else None) for name in LISTS if of in (None, name)}
    return render_template(
        "contacts.html", of=of, doubted=[] if of else doubted_contacts(), page=PAGE,
        more={name: _following(name, each) if len(each) > PAGE else None for name, each in rows.items()},
        refused=rows.get(SAID_NO, []), returned=rows.get(BOUNCED, []),
        places=clients_of_each([row for each in rows.values() for row in each]),
    )  # fmt: skip


@blueprint.post("/address-right/<uuid:contact_id>")
@may("register_clients")
def keep_address(contact_id: UUID) -> ResponseReturnValue:
    """Say that an address to which mail returned is right after all."""
    address = address_is_right(contact_id, actor())
    flash(t("contacts.returned.done", email=address))
    return redirect(url_for(".listed", organisation=place().slug), 303)


@blueprint.get("/said-no/<uuid:contact_id>")
@may("register_clients")
def ask_successor(contact_id: UUID) -> ResponseReturnValue:
    """Ask who is the contact now. Whom the contact named stands in the form, as a statement to be checked."""
    return _successor_page(contact_id, Form.beginning_with(said_no(contact_id).successor or {}))


@blueprint.post("/said-no/<uuid:contact_id>")
@may("register_clients")
def set_successor(contact_id: UUID) -> ResponseReturnValue:
    """Put another contact in the place of the one that said no, at all clients that had it."""
    form = Form.posted()
    values = form.load(ReachableContactSchema())
    clients = form.attempt(lambda: take_over(contact_id, values, actor())) if values else None
    if clients is None:
        return _successor_page(contact_id, form), form.status
    flash(t("contacts.successor.done", count=clients))
    return redirect(url_for(".listed", organisation=place().slug), 303)


@blueprint.get("/<uuid:agreement_id>")
@may("register_clients")
def ask(agreement_id: UUID) -> ResponseReturnValue:
    """Ask whether this is still the address. `place` in the address of the page says which contact is meant."""
    _, contact = doubted_contact(agreement_id, _nth())
    values = {name: contact.get(name) or "" for name in ("name", "email", "phone")}
    return _page(agreement_id, Form.beginning_with(values))


@blueprint.post("/<uuid:agreement_id>")
@may("register_clients")
def confirm(agreement_id: UUID) -> ResponseReturnValue:
    """Confirm or replace the contact; messages that were held back are sent there."""
    form = Form.posted()
    values = form.load(ReachableContactSchema())
    outcome = form.attempt(lambda: confirm_contact(agreement_id, _nth(), values, actor())) if values else None
    if outcome is None:
        return _page(agreement_id, form), form.status
    flash(t(f"contacts.{outcome}"))
    return redirect(url_for(".listed", organisation=place().slug), 303)


def _following(name: str, rows: list[ContactStanding]) -> str:
    """Return the address of the page of this list that comes after the first PAGE rows."""
    last = rows[PAGE - 1]
    after_it = token_after(getattr(last, KEYS[name]), last.id)
    return url_for(".listed", organisation=place().slug, of=name, after=after_it)


def _nth() -> int:
    """Return which contact of the agreement is meant, from 1, as the address of the page says; 0 when it says none."""
    return next((nth for nth in range(1, MOST_CONTACTS + 1) if str(nth) == request.args.get("place")), 0)


def _successor_page(contact_id: UUID, form: Form) -> str:
    row = said_no(contact_id)
    back = url_for(".ask_successor", organisation=place().slug, contact_id=contact_id)
    return render_template(
        "contact_taken_over.html", row=row, places=clients_of(row), form=form, back=back,
        fresh=is_fresh(actor(), database_now()),
    )  # fmt: skip


def _page(agreement_id: UUID, form: Form) -> str:
    agreement, contact = doubted_contact(agreement_id, _nth())
    back = url_for(".ask", organisation=place().slug, agreement_id=agreement_id, place=_nth())
    return render_template(
        "contact.html", agreement=agreement, contact=contact, form=form, back=back,
        fresh=is_fresh(actor(), database_now()),
    )  # fmt: skip
