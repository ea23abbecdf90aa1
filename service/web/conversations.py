"""One client of an incident: who is calling it, what came of each call, and its contacts."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.admission.access import actor, allowed, may, place, unattended
from service.admission.sent_forms import makes_new
from service.admission.viewer import viewer
from service.schemas.agreement import ReachableContactSchema
from service.schemas.escalation import ConversationSchema, TakeBackSchema
from service.web.actor_names import know_names
from service.web.call_list import blueprint
from service.web.forms import Form
from service.web.live_parts import answer, version_of
from service.words.printed import Typed
from service.words.texts import locale, t
from service.words.whole_numbers import MOST_IN_A_COLUMN, whole_of
from tenants.agreements.clients import client_of, refuse_test_client
from tenants.agreements.contact_states import states_of
from tenants.agreements.processing_agreements import MOST_CONTACTS
from tenants.errors import NotFound
from tenants.isolation import database_now
from tenants.register.escalations import Escalation
from workflows.dossiers.escalation import EscalationDossier, escalation_dossier_of
from workflows.engine.progress import is_fresh
from workflows.escalation.calling import let_go, take
from workflows.escalation.conversations import OUTCOMES, Conversation, conversation, record_conversation, take_back
from workflows.escalation.correcting_contacts import (
    CHANGED_MEANWHILE,
    contact_at,
    correct_contact,
    newest_change,
)
from workflows.mail.mails_about import NOT_SENT, mails_about

CLIENT = "/escalations/<uuid:escalation_id>"
"""The address of one client, within that of the incident."""
ADDS = "adds"
"""The field of a form that adds a contact, and replaces none."""
OF_THE_DOSSIER = (
    "escalation", "incident", "standing", "history", "now", "stuck", "unknown_definition", "conversations", "caller",
)  # fmt: skip


@blueprint.get(CLIENT)
@may("read")
def shown(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """Show one client: its contacts, what was sent, its conversations, and the form for the next one."""
    return _page(_dossier(incident_id, escalation_id), Form.beginning_with({}))


@blueprint.post(CLIENT)
@may("call")
@makes_new
def record(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """Record what came of a call or letter."""
    dossier, form = _dossier(incident_id, escalation_id), Form.posted()
    name = form.value("contact_name") or form.value("other_name").strip() or None
    schema = ConversationSchema({"became_aware_at": dossier.escalation.became_aware_at})
    made: Conversation | None = form.load(schema, contact_name=name)
    by, seen = actor(), _seen(form)
    called = form.attempt(lambda: record_conversation(escalation_id, made, by, seen)) if made else None
    if called is None or made is None:
        return _page(dossier, form), form.status
    flash(_recorded(called, made))
    return _to(incident_id, escalation_id)


@blueprint.post(f"{CLIENT}/caller")
@may("call")
def take_or_let_go(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """Say that this user is calling this client, or is not any more."""
    dossier, form = _dossier(incident_id, escalation_id), Form.posted()
    if "let_go" in form.typed:
        let_go(escalation_id, actor())
        return _to(incident_id, escalation_id)
    with form.showing_refusals():
        take(escalation_id, _seen(form), actor())
    return (_page(dossier, form), form.status) if form.faults else _to(incident_id, escalation_id)


@blueprint.get(f"{CLIENT}/caller.json")
@may("read")
@unattended
def caller(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    """Return who is calling this client now as HTML, for a page that stays open."""
    dossier = _dossier(incident_id, escalation_id)
    return answer(_calling(dossier), _version(dossier))


@blueprint.get(f"{CLIENT}/conversations/<int:seq>")
@may("call")
def ask_why(incident_id: UUID, escalation_id: UUID, seq: int) -> ResponseReturnValue:
    """Ask why a conversation is taken back, and say what that does."""
    return _why_page(_dossier(incident_id, escalation_id), seq, Form.beginning_with({}))


@blueprint.post(f"{CLIENT}/conversations/<int:seq>")
@may("call")
def undo(incident_id: UUID, escalation_id: UUID, seq: int) -> ResponseReturnValue:
    """Take the conversation back."""
    dossier, form = _dossier(incident_id, escalation_id), Form.posted()
    values = form.load(TakeBackSchema())
    if values:
        with form.showing_refusals():
            take_back(escalation_id, seq, values["reason"], actor())
    if form.faults:
        return _why_page(dossier, seq, form)
    flash(t("calls.taken_back.done"))
    return _to(incident_id, escalation_id)


@blueprint.get(f"{CLIENT}/contacts/<int:nth>")
@may("register_clients")
def ask_contact(incident_id: UUID, escalation_id: UUID, nth: int) -> ResponseReturnValue:
    """Ask for the right contact; the place after the last one adds one."""
    about = _dossier(incident_id, escalation_id).escalation
    refuse_test_client(client_of(about.agreement_id))
    contact = contact_at(about, nth) or {}
    known = {name: contact.get(name) for name in ("name", "email", "phone")}
    return _contact_page(about, nth, Form.beginning_with(known))


@blueprint.post(f"{CLIENT}/contacts/<int:nth>")
@may("register_clients")
def correct(incident_id: UUID, escalation_id: UUID, nth: int) -> ResponseReturnValue:
    """Correct or add the contact, and mail the link to its register there."""
    about, form = _dossier(incident_id, escalation_id).escalation, Form.posted()
    contact: dict[str, Any] | None = form.load(ReachableContactSchema())
    # A form that adds one adds it at the end, also when a colleague added one there meanwhile.
    at = len(about.contacts) + 1 if ADDS in form.typed else nth
    outcome = form.attempt(
        lambda: correct_contact(escalation_id, at, contact, form.version_seen("seen"), actor())
    ) if contact else None  # fmt: skip
    if outcome is None:
        return _contact_page(about, nth, form)
    flash(t(f"calls.contact.{outcome}"))
    return _to(incident_id, escalation_id)


def _recorded(called: Escalation, made: Conversation) -> str:
    """Return what was recorded, and from when the client's term runs where this informs it or did not move it."""
    if not made.informs:
        return t("calls.recorded", name=called.controller_name)
    is_first = called.informed_at == made.called_at
    key = "calls.informed_now" if is_first else "calls.informed_before"
    return t(key, name=called.controller_name, moment=called.informed_at)


def _dossier(incident_id: UUID, escalation_id: UUID) -> EscalationDossier:
    """Return the dossier. Raises NotFound, also when the escalation is of another incident than the address names."""
    dossier = escalation_dossier_of(escalation_id, viewer())
    if dossier.escalation.incident_id != incident_id:
        raise NotFound("escalation.unknown")
    return dossier


def _seen(form: Form) -> int | None:
    """Return the newest entry that the page showed; None when the form does not say."""
    return whole_of(form.value("seen"), MOST_IN_A_COLUMN)


def _to(incident_id: UUID, escalation_id: UUID) -> ResponseReturnValue:
    return redirect(_address(incident_id, escalation_id), 303)


def _address(incident_id: UUID, escalation_id: UUID) -> str:
    """Return the address of the page of one client."""
    return url_for(".shown", organisation=place().slug, incident_id=incident_id, escalation_id=escalation_id)


def _calling(dossier: EscalationDossier) -> dict[str, str]:
    """Return the parts of the page about the call that goes on now; only who may call has a button."""
    shown_as = {
        "caller": dossier.caller, "me": actor().id, "seen": _newest(dossier),
        "client": _address(dossier.escalation.incident_id, dossier.escalation.id),
    }  # fmt: skip
    names = ("who", "form") if allowed("call") else ("who",)
    return {name: render_template(f"calling_{name}.html", **shown_as) for name in names}


def _newest(dossier: EscalationDossier) -> int:
    """Return the newest entry of the client's history, which a form says that its sender has seen."""
    return max((entry.seq for entry in dossier.history), default=0)


def _version(dossier: EscalationDossier) -> str:
    """Return a value that differs when somebody else is calling. The form holds a token that differs every time."""
    return version_of(repr(dossier.caller), str(actor().id), locale())


def _page(dossier: EscalationDossier, form: Form) -> str:
    know_names(dossier.history)
    shown_as = {name: getattr(dossier, name) for name in OF_THE_DOSSIER}
    about = dossier.escalation
    mails = {mail.address.casefold(): mail for mail in mails_about(about.id, "escalation")}
    present = {c["email"].casefold() for c in about.contacts if c.get("email")}
    sent = {mail.outcome for mail in mails.values()} - {NOT_SENT}
    return render_template(
        "escalation.html", form=form, outcomes=OUTCOMES, retry_form=Form.beginning_with({}), me=actor().id,
        mails={address: mail.outcome for address, mail in mails.items() if address in present},
        before=[mail for address, mail in mails.items() if address not in present], unreached=sent == {"failed"},
        contact_states=states_of([about.contacts])[0],
        is_full=len(about.contacts) >= MOST_CONTACTS, most=MOST_CONTACTS,
        names=[(Typed(c["name"]), c.get("phone")) for c in about.contacts if c.get("name")],
        seen=_newest(dossier), version=_version(dossier), **shown_as,
    )  # fmt: skip


def _why_page(dossier: EscalationDossier, seq: int, form: Form) -> ResponseReturnValue:
    made, about = conversation(dossier.escalation.id, seq), dossier.escalation
    return render_template(
        "call_taken_back.html", form=form, made=made, escalation=about, incident=dossier.incident,
        informs=made.informs and about.informed_at == made.called_at,
    ), form.status  # fmt: skip


def _contact_page(about: Escalation, nth: int, form: Form) -> ResponseReturnValue:
    is_told = any(fault["key"] == CHANGED_MEANWHILE for fault in form.faults)
    seen = newest_change(about) if is_told or not form.is_posted else form.value("seen")
    return render_template(
        "contact_corrected.html", form=form, escalation=about, back=request.full_path.rstrip("?"), seen=seen,
        adds=ADDS, is_new=ADDS in form.typed or contact_at(about, nth) is None, fresh=is_fresh(actor(), database_now()),
    ), form.status  # fmt: skip
