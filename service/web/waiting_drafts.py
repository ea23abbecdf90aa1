"""A long form whose sender must first show who they are waits as their own draft, on the page of that form.

So it stands there as it was typed once they have logged in, however large it is. The page then says that it came while
they were not logged in, and from which kind of browser. A form that keeps no draft waits in hidden fields
(service/web/kept_forms.py), and so does each form of a login that somebody ended, or that is used in another browser:
whoever has its token may not put words among the drafts of its person.
"""

from contextlib import suppress
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from service.admission.access import session_token
from service.admission.admission import admission
from service.admission.browsers import browser_words
from service.admission.sent_forms import DRAFT_OF
from service.web.drafts import AFTER_LOGIN, ASKED, draft_about, page_of_form, page_typed, to_keep
from tenants.errors import Refused
from tenants.form_drafts import DraftEnded, DraftsFull, save_draft
from tenants.identity.sessions import lapsed_session, person_of_session
from tenants.identity.users import Place, places_of
from tenants.isolation import Acting, acting_for_nobody, acting_for_whom

SAVES = "web.form_drafts.save"


class Sender(NamedTuple):
    """Who sent a form, by a login that runs or ended lately, and the organisations in which that login counts."""

    user_id: UUID
    places: list[Place]
    is_logged_in: bool


def kept_as_draft() -> str | None:
    """Keep the long form of this request as its sender's draft; return the address of its page, with that draft.

    None where the form keeps no draft or was sent in before, and where nobody knows whose it is. No transaction is
    open. The caller knows that a page of ours sent the form.
    """
    address = _draft_of(request.form.get(DRAFT_OF, ""))
    sender = _sender() if address else None
    if address is None or sender is None:
        return None
    slug, form, subject_id = address
    here = next((place for place in sender.places if place.slug == slug), None)
    if here is None:
        return None
    acting = acting_for_whom(lambda: Acting(here.organisation_id, sender.user_id, None))
    with suppress(Refused, DraftEnded, DraftsFull), acting:
        about = draft_about(sender.user_id, form, subject_id)
        typed = to_keep(request.form) | ({} if sender.is_logged_in else {AFTER_LOGIN: [browser_words()]})
        saved = save_draft(about, page_typed(request.form), typed, most=None)
        return page_of_form(about, saved.draft_id, slug)
    return None


def leads_to_draft(address: str) -> bool:
    """Return whether this is the address of a form with a draft in it."""
    return ASKED in parse_qs(urlsplit(address).query)


def _draft_of(address: str) -> tuple[str, str, UUID | None] | None:
    """Return the organisation, the form and the subject of a draft, by the address that keeps it."""
    try:
        endpoint, parts = current_app.url_map.bind("").match(address, "POST")
    except HTTPException:
        return None
    return (parts["organisation"], parts["form"], parts["subject_id"]) if endpoint == SAVES else None


def _sender() -> Sender | None:
    token = session_token()
    if admission().stolen or not token:
        return None
    with acting_for_nobody():
        person = person_of_session(token)
        if person is not None:
            return Sender(person.id, list(person.places), True) if _is_in(person.browser) else None
        lapsed = lapsed_session(token)
        if lapsed is None or not lapsed.ended_by_time or not _is_in(lapsed.browser):
            return None
        counts = (place for place in places_of(lapsed.user_id)
                  if lapsed.only_organisation in (None, place.organisation_id))  # fmt: skip
        return Sender(lapsed.user_id, list(counts), False)


def _is_in(browser: str) -> bool:
    return browser in ("", browser_words())
