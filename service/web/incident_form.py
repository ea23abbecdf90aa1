"""The form of a new incident: clients are picked from a list, and a check page comes before anything is sent.

The service stores nothing of a form that was not sent: the check page carries every value in hidden fields. A signature
says what was checked, so that what is sent is what was checked.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import current_app, render_template
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from service.admission.access import actor
from service.admission.sent_forms import FORM_KEY
from service.files.purposes import HITS, PURPOSES
from service.schemas.incident import INFORMED_HOW
from service.typed.document import rows_typed
from service.web.drafts import with_draft
from service.web.forms import Form
from service.web.incident_list import DROP, LIST, LIST_FILE, lead_to_waiting, lists_on_page
from service.web.incident_picker import FIELDS, LOOK, MORE, MOST_AT_ONCE, TAKE, picker_of
from service.web.passing_on import message_at
from service.words.printed import Typed
from service.words.whole_numbers import whole_of
from tenants.agreements.client_list import LONGEST_SEARCH, names_by_number
from tenants.agreements.processing_agreements import SERVICES
from tenants.errors import Refused
from tenants.isolation import acting_organisation
from tenants.lines import one_line
from workflows.escalation.checking import Check, check_incident, to_whom_of
from workflows.escalation.incident import NewIncident, refuse_unknown
from workflows.escalation.passing_on import FIELD
from workflows.law import vocabulary

BLANK_ROWS, LONGEST_NUMBER = 3, 40
LINES = 100
"""How many clients the check page lists at once."""
FORM_ID, CHECKED, LISTED, SEND, FROM, WHOLE = "form_id", "checked", "listed", "send", "from", "whole"
OF_FORM, OF_CHECK, OF_LIST = "the form of an incident", "an incident that was checked", "who gets a message"
"""What a signature of ours says something about."""
TO_THE_FORM = ("back", LOOK, TAKE, MORE, DROP)
"""The buttons that send the form to be filled in further."""
OF_ONE_PAGE = frozenset({
    "csrf_token", FORM_KEY, CHECKED, LISTED, SEND, FROM, WHOLE, LIST, LIST_FILE, *FIELDS, *TO_THE_FORM,
})  # fmt: skip
"""Fields that the next page does not carry."""


@dataclass(frozen=True)
class Checked:
    """What the sender saw on the check page: the id that the incident will have, and what was checked."""

    incident_id: UUID
    digest: str


def with_form_id(form: Form) -> Form:
    """Give the form the id that its incident will have, so that a form that is sent twice is recorded once."""
    form.typed[FORM_ID] = _signer(OF_FORM).dumps([str(form_id(form) or uuid4()), *_whose()])
    return form


def form_id(form: Form) -> UUID | None:
    """Return the id that the incident of this form will have; None when we gave this user none at this organisation.

    The sender cannot choose it: the id of another subject would put the incident into the history of that one.
    """
    try:
        incident_id, *whose = _signer(OF_FORM).loads(form.value(FORM_ID))
    except BadData:
        return None
    return UUID(incident_id) if whose == _whose() else None


def checked_before(form: Form) -> Checked | None:
    """Return what this sender checked for this organisation, by our own signature; None for a form not checked yet."""
    if SEND not in form.typed:
        return None
    try:
        incident_id, digest, *whose = _signer(OF_CHECK).loads(form.value(CHECKED))
    except BadData:
        return None
    is_theirs = whose == _whose() and UUID(incident_id) == form_id(form)
    return Checked(UUID(incident_id), digest) if is_theirs else None


def is_to_be_filled_in(form: Form) -> bool:
    """Return whether the sender goes on with the form: back from the check page, or with the list of clients."""
    return any(name in form.typed for name in TO_THE_FORM)


def form_page(form: Form, first_new: int | None = None) -> str:
    """Return the page with the form and a part of the list of clients. `first_new`: as `take_picked` returned it."""
    form = with_form_id(with_draft(form, "incident", anew=form.value(FIELD) != ""))
    lists = lists_on_page(form)
    lead_to_waiting(form, lists)
    return render_template(
        "incident_new.html", form=form, services=SERVICES, vocabulary=vocabulary, how=INFORMED_HOW,
        blank_rows=BLANK_ROWS, most=LONGEST_SEARCH, picker=picker_of(form, first_new), most_at_once=MOST_AT_ONCE,
        names=_names_beside(form), form_id=FORM_ID, lists=lists, most_clients=PURPOSES[HITS].most,
        message=message_at(form.value(FIELD)),
    )  # fmt: skip


def _names_beside(form: Form) -> dict[str, str]:
    """Return the name of the client of each row that has a number."""
    numbers = {form.value(f"clients.{n}.client_number").strip() for n in range(rows_typed(form.typed, "clients"))}
    return names_by_number(numbers - {""})


def name_unknown_clients(form: Form) -> None:
    """Add the client numbers that no client has to the other faults of a form, so that all are told at once."""
    with form.showing_refusals():
        refuse_unknown(_numbers_typed(form))
    at_their_rows(form)


def _numbers_typed(form: Form) -> list[tuple[int, str]]:
    """Return the client number of each row that can be read, with its row."""
    typed = range(rows_typed(form.typed, "clients"))
    rows = [(n + 1, one_line(form.value(f"clients.{n}.client_number"))) for n in typed]
    return [(line, number) for line, number in rows if 0 < len(number) <= LONGEST_NUMBER]


def check_page(form: Form, new: NewIncident) -> ResponseReturnValue:
    """Return the page that shows what will be sent to whom. Nothing is recorded.

    A client that cannot be told is a fault of the form, which is shown again.
    """
    check = form.attempt(lambda: check_incident(new, actor()))
    if check is None:
        at_their_rows(form)
        return form_page(form), form.status
    checked = _signer(OF_CHECK).dumps([str(form_id(with_form_id(form))), check.digest, *_whose()])
    return render_template(
        "incident_check.html", form=form, new=new, check=check, checked=checked, typed=_carried(form),
        lists=lists_on_page(form),
        listed=_listed(check), first=0, lines=check.to_whom[:LINES], most=LINES, all_lines=len(check.to_whom),
    ), form.status  # fmt: skip


def part_page(form: Form, new: NewIncident) -> ResponseReturnValue:
    """Return the page with the part of the list of the check page that starts at FROM.

    It looks at LINES clients alone. When the list is not ours, or a client in it cannot be told any more, it is the
    check page.
    """
    try:
        order, clients, *whose = _signer(OF_LIST).loads(form.value(LISTED))
        first = min(whole_of(form.value(FROM), len(order)) or 0, len(order) - 1)
        lines = to_whom_of(new, order[first:first + LINES], actor()) if whose == _whose() else None
    except (BadData, Refused):
        lines = None
    if lines is None:
        return check_page(form, new)
    return render_template(
        "incident_check_part.html", form=form, new=new, checked=form.value(CHECKED), listed=form.value(LISTED),
        typed=_carried(form), first=first, lines=lines, most=LINES, all_lines=len(order), clients=clients,
    )  # fmt: skip


def is_about_a_part(form: Form) -> bool:
    """Return whether the sender turned a page of the list on the check page."""
    return FROM in form.typed


def _listed(check: Check) -> str:
    """Return the order of a list too long for one page, and how many clients get a message, with our signature."""
    if len(check.to_whom) <= LINES:
        return ""
    return _signer(OF_LIST).dumps([[to.client_number for to in check.to_whom], check.clients, *_whose()])


def at_their_rows(form: Form) -> None:
    """Move each fault of a client that was typed to its field in its row."""
    for fault in form.faults:
        if fault["field"] == "clients" and fault["line"]:
            column = "client_number" if fault["key"].startswith("client.") else "informed_at"
            fault |= {"field": f"clients.{fault['line'] - 1}.{column}", "line": None}


def _carried(form: Form) -> list[tuple[str, Any]]:
    return [(name, Typed(value)) for name, value in form.typed.items(multi=True) if name not in OF_ONE_PAGE]


def _whose() -> list[str]:
    return [str(acting_organisation()), str(actor().id)]


def _signer(of: str) -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt=of)
