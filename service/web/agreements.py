"""The office's clients: the hours that were agreed with each, and whom to tell in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, may, place
from service.admission.sent_forms import makes_new
from service.schemas.agreement import OFFICE_ROLES, ClientSchema
from service.web.drafts import with_draft
from service.web.forms import Form
from service.web.layout import after
from service.words.texts import t
from tenants.agreements.client_filters import STATES, Filters
from tenants.agreements.client_list import ATTENTION, LONGEST_SEARCH, NAME, NEWEST, NUMBER, agreements
from tenants.agreements.contact_states import LACKING, contact_counts
from tenants.agreements.doubted_contacts import count_doubted
from tenants.agreements.likely_doubles import LikelyDouble, likely_doubles
from tenants.agreements.processing_agreements import SERVICES
from tenants.lines import one_line
from tenants.organisations.admission import refuse_unless_admitted
from workflows.agreements.registering import register as register_with_agreements

blueprint = Blueprint("agreements", __name__, url_prefix="/o/<organisation>/agreements")
PAGE = 50
BLANK_ROWS, CONFIRMED = 2, "confirmed_doubles"
ON_PAGE = (NAME, NUMBER, NEWEST, ATTENTION)
YES_NO = {"true": True, "false": False}
CHOICES = {
    "state": STATES, "contact": LACKING, "hours": tuple(YES_NO), "accepted": tuple(YES_NO), "service": SERVICES,
}  # fmt: skip
"""What the list is narrowed by, in the address of the page."""


@blueprint.get("")
@may("read")
def listed() -> ResponseReturnValue:
    """List one page of clients: all, or those that match a search; by name, or those that need attention first."""
    asked, seen = asked_clients(), after()
    form = Form.beginning_with(asked.typed)
    rows = form.attempt(lambda: agreements(PAGE + 1, seen, asked.search, asked.order, asked.chosen)) or []
    return render_template(
        "agreements.html", agreements=rows[:PAGE], more=len(rows) > PAGE, orders=ON_PAGE, choices=CHOICES,
        is_narrowed=bool(asked.search) or asked.chosen.is_any, doubted=count_doubted(), contacts=contact_counts(),
        most=LONGEST_SEARCH, form=form, chosen={name: value for name, value in asked.typed.items() if value},
    ), form.status  # fmt: skip


@blueprint.get("/new")
@may("register_clients")
def ask() -> ResponseReturnValue:
    """Show the form for a client and its agreement.

    An organisation that is not admitted as an office reads what to do.
    """
    refuse_unless_admitted()
    return _form(Form.beginning_with({}))


@blueprint.post("/new")
@may("register_clients")
@makes_new
def register() -> ResponseReturnValue:
    """Register one client with its agreement; then show the list."""
    refuse_unless_admitted()
    form = Form.posted(rows="contacts")
    client = form.load(ClientSchema())
    confirmed = form.has(CONFIRMED, "true")
    registered = form.attempt(
        lambda: register_with_agreements([client], confirmed, actor()), of="clients.0."
    ) if client else None  # fmt: skip
    if client is None or registered is None:
        return _form(form, likely_doubles([client]) if client else []), form.status
    flash(t("agreements.registered", name=client["name"]))
    return redirect(url_for(".listed", organisation=place().slug), 303)


@dataclass(frozen=True)
class AskedClients:
    """Which clients the address of the list asks for, and in which order. `typed`: the same, as its form shows it."""

    search: str
    order: str
    chosen: Filters
    typed: dict[str, Any]


def asked_clients() -> AskedClients:
    """Return what this request asks of the list of clients. What does not exist is not asked."""
    search = one_line(request.args.get("search", ""))[:LONGEST_SEARCH]
    order = _asked("sort", ON_PAGE) or NAME
    asked = {name: _asked(name, values) for name, values in CHOICES.items()}
    hours, accepted = (YES_NO.get(asked[name] or "") for name in ("hours", "accepted"))
    chosen = Filters(asked["state"], asked["contact"], hours, accepted, asked["service"], current=True)
    return AskedClients(search, order, chosen, {"search": search, "sort": order, **asked})


def _asked(name: str, values: tuple[str, ...]) -> str | None:
    """Return the choice in the address of the page; None for none, and for one that does not exist."""
    asked = request.args.get(name)
    return asked if asked in values else None


def _form(form: Form, doubles: Sequence[LikelyDouble] = ()) -> str:
    return render_template(
        "agreement_new.html", form=with_draft(form, "client"), services=SERVICES, roles=OFFICE_ROLES,
        blank_rows=BLANK_ROWS, doubles=doubles, confirmed=CONFIRMED, fresh=not form.asks_for_proof(),
        back=url_for(".ask", organisation=place().slug),
    )
