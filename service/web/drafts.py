"""What somebody typed into a long form is there again when they come back to it, on any device.

A page of such a form carries four fields: the draft that it continues, the number of that draft when the page was made,
a mark of the page itself, and the address that keeps the draft, which says of which form it is. `static/drafts.js`
saves while somebody types; a button does the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from flask import request, url_for
from werkzeug.datastructures import MultiDict

from service.admission.access import place, user
from service.admission.admission import admission
from service.admission.sent_forms import DRAFT_ID, DRAFT_NUMBER, DRAFT_OF, DRAFT_TAB, FORM_KEY, MEANT
from service.web.changed_since import changed_since
from service.web.forms import Form
from service.web.kept_forms import OF_THIS_PAGE, SECRET
from service.words.whole_numbers import MOST_IN_A_COLUMN, whole_of
from tenants.errors import NotFound, OutOfDate
from tenants.form_drafts import About, Draft, Page, Typed, drafts_of, typed_in
from tenants.register.breaches import breach
from tenants.register.notices import notice

FIELDS = frozenset({DRAFT_ID, DRAFT_NUMBER, DRAFT_TAB, DRAFT_OF})
AFTER_LOGIN = "came_after_login"
"""Beside the values of a draft that came when its person's login was over: the kind of browser that sent it."""
NEVER_KEPT = SECRET | OF_THIS_PAGE | FIELDS | {FORM_KEY, MEANT, AFTER_LOGIN}
ASKED = "draft"
"""The part of an address that asks for another draft than the newest one."""
MADE = {"incident": "web.incidents.ask", "own_breach": "web.breaches.ask", "client": "web.agreements.ask"}
"""Forms that make something new, with the page of each."""
ABOUT_A_BREACH = {
    "facts": "web.facts_and_term.ask_facts", "ap_form": "web.ap_form.shown", "judgement": "web.assessment.shown",
    "assess": "web.breaches.shown", "draft": "web.breaches.shown",
}  # fmt: skip
ABOUT_A_NOTICE = {"recipients": "web.notices.shown", "text": "web.notices.shown"}
"""Forms about a breach or a notice that is there. A step of a person is named after the step."""
FORMS = {*MADE, *ABOUT_A_BREACH, *ABOUT_A_NOTICE}


@dataclass
class NotKept:
    """What was typed into a page and could not be kept as a draft, with the reason in words, so it is shown again.

    `page`: the draft that the page goes on with. `is_shown`: whether its form stands on the page with it.
    """

    about: About
    page: Page
    typed: MultiDict[str, str]
    words: str
    is_shown: bool = False


@dataclass(frozen=True)
class DraftOnPage:
    """The draft that a page of a form continues.

    `saved_at`: when the draft that the page shows was saved; None when it shows none. `others`: further drafts of the
    same form, newest first. `is_lost`: the organisation's key was destroyed, so nobody can read the draft any more.
    `not_kept`: why what stands on the page could not be kept, in words; blank when nothing was refused.
    `came_from`: the kind of browser that sent it when its person's login was over; None where they were logged in.
    """

    about: About
    page: Page
    saved_at: datetime | None = None
    others: tuple[Draft, ...] = ()
    is_lost: bool = False
    not_kept: str = ""
    came_from: str | None = None

    @property
    def shows_typed(self) -> bool:
        """Return whether the page shows what somebody typed before, and not only what is stored."""
        return self.saved_at is not None or bool(self.not_kept)

    @property
    def save_at(self) -> str:
        """Return the address that keeps what this page holds."""
        return url_for("web.form_drafts.save", **address_of(self.about))

    @property
    def throw_away_at(self) -> str:
        """Return the address of the page that asks whether this draft may go."""
        return url_for("web.form_drafts.ask_removal", draft_id=self.page.draft_id, **address_of(self.about))

    def at(self, draft: Draft) -> str:
        """Return the address of the form with this draft in it."""
        return page_of_form(self.about, draft.id)


def address_of(about: About) -> dict[str, Any]:
    """Return the parts of an address about the drafts of this form."""
    subject = {"subject_id": about.subject_id} if about.subject_id else {}
    return {"organisation": place().slug, "form": about.form, **subject}


def draft_about(user_id: UUID, form: str, subject_id: UUID | None) -> About:
    """Return whose draft of which form this is.

    Raises NotFound for a form that keeps none, and for a subject that is not here.
    """
    if form not in FORMS or (form in MADE) != (subject_id is None):
        raise NotFound("not_found")
    if subject_id is not None:
        breach(subject_id) if form in ABOUT_A_BREACH else notice(subject_id)
    return About(user_id, form, subject_id)


def page_of_form(about: About, draft_id: UUID | None = None, slug: str = "") -> str:
    """Return the address of the page of this form; with the draft that it is to show.

    `slug`: the organisation, where the request is not admitted to one.
    """
    endpoint, subject = view_of_form(about)
    asked: dict[str, Any] = {ASKED: draft_id} if draft_id else {}
    return url_for(endpoint, organisation=slug or place().slug, **subject, **asked)


def view_of_form(about: About) -> tuple[str, dict[str, Any]]:
    """Return the endpoint of the page of this form, and the parts of its address beside the organisation."""
    if about.form in MADE:
        return MADE[about.form], {}
    if about.form in ABOUT_A_BREACH:
        screen = {"screen": "last"} if about.form == "judgement" else {}
        return ABOUT_A_BREACH[about.form], {"breach_id": about.subject_id, **screen}
    return ABOUT_A_NOTICE[about.form], {"notice_id": about.subject_id}


def with_draft(
    form: Form, name: str, subject_id: UUID | None = None, version: int | None = None, only: Iterable[str] = (),
    anew: bool = False,
) -> Form:  # fmt: skip
    """Return the form of this name with its reader's own draft in it, when they have one and did not just send it.

    `version`: that of its subject. When the draft was typed on an earlier one, the page says what changed since, as it
    does for a form that was sent. `only`: the fields that the draft is about, where the form has others too. `anew`:
    the form stays as it is, unless the address asks for a draft; those that are kept are named beside it.
    """
    about = About(user().id, name, subject_id)
    if form.is_posted:
        form.own_draft = DraftOnPage(about, page_typed(form.typed))
        return form
    if (refused := admission().not_kept) is not None and refused.about == about:
        return _with_refused(form, refused, version, frozenset(only))
    drafts = drafts_of(about)
    shown = _asked_for(drafts) or next(iter([] if anew else drafts), None)
    if shown is None:
        form.own_draft = DraftOnPage(about, Page(uuid4(), 0, uuid4()), others=tuple(drafts))
        return form
    typed = typed_in(about.user_id, shown.id)
    others = tuple(draft for draft in drafts if draft is not shown)
    page, came = Page(shown.id, shown.number, uuid4()), (typed or {}).pop(AFTER_LOGIN, [None])
    form.own_draft = DraftOnPage(about, page, shown.saved_at, others, typed is None, came_from=came[0])
    _put(form, typed or {}, version, frozenset(only))
    return form


def _with_refused(form: Form, refused: NotKept, version: int | None, only: frozenset[str]) -> Form:
    refused.is_shown = True
    form.own_draft = DraftOnPage(refused.about, refused.page, not_kept=refused.words)
    _put(form, to_keep(refused.typed), version, only)
    return form


def _put(form: Form, typed: Typed, version: int | None, only: frozenset[str]) -> None:
    if typed and not only:
        form.typed = MultiDict()
    for name, values in typed.items():
        if not only or name in only:
            form.typed.setlist(name, values)
    on = whole_of(form.value("version"), MOST_IN_A_COLUMN)
    if version is not None and on is not None and on != version and "began" not in typed:
        form.refuse(OutOfDate())
        form.changed, form.status = changed_since(on), 200


def _asked_for(drafts: list[Draft]) -> Draft | None:
    asked = request.args.get(ASKED, "")
    return next((draft for draft in drafts if str(draft.id) == asked), None)


def page_typed(typed: MultiDict[str, str]) -> Page:
    """Return which draft the page of this form continues; a new one when it does not say."""
    number = whole_of(typed.get(DRAFT_NUMBER, ""), MOST_IN_A_COLUMN) or 0
    return Page(_id_of(typed, DRAFT_ID), number, _id_of(typed, DRAFT_TAB))


def _id_of(typed: MultiDict[str, str], name: str) -> UUID:
    try:
        return UUID(typed.get(name, ""))
    except ValueError:
        return uuid4()


def to_keep(typed: MultiDict[str, str]) -> Typed:
    """Return what is kept of a form: no secrets, and nothing that is of one page alone."""
    return {name: values for name, values in typed.lists() if name not in NEVER_KEPT}
