"""The forms of a client: other terms from a day, the last day, the contacts, and the name and number."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.admission.sent_forms import makes_new
from service.schemas.agreement import OFFICE_ROLES
from service.schemas.client import EndSchema, NameSchema, PlacedContactsSchema, TermsSchema
from service.web.forms import Form
from service.web.merged_contacts import begin_with_contacts, bring_contacts_together, contacts_known
from service.words.texts import t
from tenants.agreements.clients import Agreement, Client, client_of, refuse_test_client
from tenants.agreements.processing_agreements import MOST_CONTACTS, SERVICES
from tenants.isolation import database_now
from tenants.organisations.admission import refuse_unless_admitted
from workflows.agreements.changing import change_terms
from workflows.agreements.contacts import messages_to, set_contacts
from workflows.agreements.ending import end_agreement
from workflows.agreements.renaming import rename_client
from workflows.engine.progress import is_fresh

blueprint = Blueprint("client_forms", __name__, url_prefix="/o/<organisation>/clients/<uuid:agreement_id>")
BLANK_ROWS = 1
A_DAY = timedelta(days=1)


@blueprint.get("/terms")
@may("change_clients")
def ask_terms(agreement_id: UUID) -> ResponseReturnValue:
    """Ask what is agreed, and from which day. An agreement that has an end is renewed from the day after."""
    client = _changeable(agreement_id)
    following, values = _follows(client), {}
    if following.in_force_to is not None:
        values = {"in_force_from": _after_end(following)}
    services = {f"services.{service}": role for service, role in following.services.items()}
    return _terms_page(client, Form.beginning_with(values | {"hours_to_notify": following.hours_to_notify} | services))


@blueprint.post("/terms")
@may("change_clients")
def change(agreement_id: UUID) -> ResponseReturnValue:
    """Agree these terms from that day."""
    form = Form.posted()
    terms = form.load(TermsSchema())
    seen = form.version_seen()
    changed = form.attempt(lambda: change_terms(agreement_id, terms, seen, actor())) if terms else None
    if changed is None:
        return _terms_page(client_of(agreement_id), form)
    flash(t("clients.terms.done"))
    return _to(changed)


@blueprint.get("/end")
@may("change_clients")
def ask_end(agreement_id: UUID) -> ResponseReturnValue:
    """Ask for the last day."""
    client = _changeable(agreement_id)
    return _end_page(client, Form.beginning_with({"last_day": client.last.in_force_to}))


@blueprint.post("/end")
@may("change_clients")
@makes_new
def end(agreement_id: UUID) -> ResponseReturnValue:
    """Let this be the last day."""
    form = Form.posted()
    values, seen = form.load(EndSchema()), form.version_seen()
    with form.showing_refusals():
        if values:
            end_agreement(agreement_id, values["last_day"], values["reason"], seen, actor())
    if form.faults:
        return _end_page(client_of(agreement_id), form)
    flash(t("clients.end.done"))
    return _to(agreement_id)


@blueprint.get("/contacts")
@may("change_clients")
def ask_contacts(agreement_id: UUID) -> ResponseReturnValue:
    """Ask who is written to, and in which order."""
    client = _changeable(agreement_id)
    return _contacts_page(client, Form.beginning_with(contacts_known(client.current.contacts)))


@blueprint.post("/contacts")
@may("change_clients")
def put_contacts(agreement_id: UUID) -> ResponseReturnValue:
    """Let these be the contacts, in this order. What others changed meanwhile in other rows stands too."""
    form, client = Form.posted(rows="contacts", by="place"), client_of(agreement_id)
    others = bring_contacts_together(form, client.current.contacts)
    values, seen = form.load(PlacedContactsSchema()), form.version_seen()
    with form.showing_refusals():
        if values and not form.beside:
            set_contacts(agreement_id, values["contacts"], seen if others is None else client.version, actor())
    if form.faults or form.beside:
        return _contacts_page(client_of(agreement_id), form)
    flash(t("clients.contacts.done"))
    if others:
        flash(t("merging.others", count=others))
    return _to(agreement_id)


@blueprint.get("/name")
@may("change_clients")
def ask_name(agreement_id: UUID) -> ResponseReturnValue:
    """Ask for the name and the number."""
    client = _changeable(agreement_id)
    values = {"name": client.current.controller_name, "client_number": client.current.client_number}
    return _name_page(client, Form.beginning_with(values))


@blueprint.post("/name")
@may("change_clients")
def put_name(agreement_id: UUID) -> ResponseReturnValue:
    """Write the name and the number so."""
    form = Form.posted()
    values, seen = form.load(NameSchema()), form.version_seen()
    with form.showing_refusals():
        if values:
            rename_client(agreement_id, values["name"], values["client_number"], seen, actor())
    if form.faults:
        return _name_page(client_of(agreement_id), form)
    flash(t("clients.name.done"))
    return _to(agreement_id)


def _changeable(agreement_id: UUID) -> Client:
    """Return the client. Raises NotAllowed when the office is not admitted, and for the test client."""
    refuse_unless_admitted()
    client = client_of(agreement_id)
    refuse_test_client(client)
    return client


def _follows(client: Client) -> Agreement:
    """Return the agreement that the form begins with: the one in force, or the last one."""
    return client.current if client.after(client.current) is None else client.last


def _after_end(agreement: Agreement) -> date | None:
    """Return the day after its last day; None where it has no end, or none that a day follows."""
    return agreement.in_force_to + A_DAY if agreement.in_force_to and agreement.in_force_to < date.max else None


def _terms_page(client: Client, form: Form) -> ResponseReturnValue:
    return _page("client_terms.html", client, form, services=SERVICES, roles=OFFICE_ROLES)


def _end_page(client: Client, form: Form) -> ResponseReturnValue:
    planned = [agreement for agreement in client.agreements if agreement.in_force_from > client.today]
    return _page("client_end.html", client, form, planned=planned)


def _contacts_page(client: Client, form: Form) -> ResponseReturnValue:
    back = url_for(".ask_contacts", organisation=place().slug, agreement_id=client.current.id)
    begin_with_contacts(form, client.current.contacts)
    return _page(
        "client_contacts.html", client, form, written_to=messages_to(client), blank_rows=BLANK_ROWS,
        most=MOST_CONTACTS, back=back, fresh=is_fresh(actor(), database_now()),
    )  # fmt: skip


def _name_page(client: Client, form: Form) -> ResponseReturnValue:
    back = url_for(".ask_name", organisation=place().slug, agreement_id=client.current.id)
    return _page("client_name.html", client, form, back=back, fresh=is_fresh(actor(), database_now()))


def _page(template: str, client: Client, form: Form, **more: Any) -> ResponseReturnValue:
    """Return the page, with the version that is shown: the newest, or the one that was looked at when it is shown
    again for another fault."""
    version = form.carried(client.version)
    return render_template(
        template, client=client, current=client.current, form=form, version=version, **more
    ), form.status  # fmt: skip


def _to(agreement_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("web.clients.shown", organisation=place().slug, agreement_id=agreement_id), 303)
