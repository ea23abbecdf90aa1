"""What all pages share: templates, assets, the menu, and the words for values."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from werkzeug.wrappers import Response

from service.admission.access import Place, actor, actor_for, allowed, is_logged_in, public, user
from service.admission.admission import admission
from service.admission.form_limits import LARGEST_FILE
from service.admission.sent_forms import form_key
from service.schemas.paging import PageSchema, token_after
from service.typed.document import MOST_ROWS
from service.typed.moments import PARTS
from service.web.actor_names import by_whom, who_did
from service.web.field_labels import ITEM, ITEMS_END, name_at
from service.web.session_end import end_of_page
from service.web.whose_turn import roles_for, turn_words
from service.words.old_registers import day_of
from service.words.texts import LOCALES, has_text, locale, number, t
from service.words.whole_numbers import whole_of
from tenants.agreements.own_standing import OwnStanding, own_standing
from tenants.identity.passwords import SHORTEST
from tenants.organisations.proofs import Proof
from tenants.register.broken_glass import Glass
from workflows.accounts import own_account
from workflows.law.periods import AMSTERDAM
from workflows.law.vocabulary import MANY_OF, ONE_OF, is_known
from workflows.mail.proof_words import proof_words

blueprint = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
A_YEAR = 365 * 24 * 3600
MENU = ("overview", "incidents", "register", "notices", "agreements", "processors", "people", "settings")
PART_OF = {
    "call_list": "incidents", "incident_ending": "incidents", "board": "incidents", "sent_mails": "incidents",
    "clients": "agreements", "client_forms": "agreements", "contacts": "agreements",
    "files": "notices", "file_columns": "notices", "file_proposals": "notices",
    "ap_form": "breaches", "assessment": "breaches", "facts_and_term": "breaches",
    "open_decisions": "home", "failed_steps": "home", "deputies": "people", "broken_glass": "home",
    "tokens": "people", "joining": "processors", "provider": "people", "verification": "breaches",
}  # fmt: skip
OFFICE_ONLY = ("incidents", "agreements")
ENDPOINTS = {
    "overview": "web.home.overview", "incidents": "web.incidents.listed", "register": "web.breaches.listed",
    "notices": "web.notices.listed", "agreements": "web.agreements.listed",
    "processors": "web.processors.listed", "people": "web.people.listed", "settings": "web.settings.shown",
}  # fmt: skip


@blueprint.get("/language/<language>")
@public
def choose_language(language: str) -> ResponseReturnValue:
    """Show the same page in the other language, and remember the choice in this browser alone: any site can link
    here."""
    answer = make_response(redirect(own_path(request.args.get("next")), 303))
    if language in LOCALES:
        keep_language(answer, language)
    return answer


@blueprint.post("/language/<language>")
def choose_own_language(language: str) -> ResponseReturnValue:
    """Do the same, and remember the choice with the person who is logged in, for their mails and other browsers."""
    if language in LOCALES:
        own_account.choose_language(user(), language)
    return choose_language(language)


def keep_language(answer: Response, language: str) -> None:
    """Remember in this browser that its pages are read in this language."""
    answer.set_cookie("language", language, max_age=A_YEAR, samesite="Lax", httponly=True)


def own_path(target: str | None) -> str:
    """Return the path if it is on this site; the first page for anything that could lead elsewhere."""
    path = target or "/"
    inside = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if inside else "/"


def here() -> Place | None:
    """Return the organisation of this page; None where it has none."""
    return admission().place


def menu() -> list[tuple[str, str, bool, int]]:
    """Return for each entry its name and endpoint, whether it is the current page, and how many requests wait there.

    Whoever is admitted as an office, or has clients, sees the clients too.
    """
    area = (request.blueprint or "").rpartition(".")[2]
    shown = [name for name in MENU if standing().is_office or name not in OFFICE_ONLY]
    waiting = {"processors": standing().requests_waiting}
    return [(name, ENDPOINTS[name], _is_in(area, ENDPOINTS[name]), waiting.get(name, 0)) for name in shown]


def standing() -> OwnStanding:
    """Return how the organisation of this page stands, asked once for each page."""
    known = admission()
    if known.standing is None:
        known.standing = own_standing()
    return known.standing


def is_about_test(*shown: object) -> bool:
    """Return whether this page is of a test client, or shows one or its incident: then it says so."""
    return (here() is not None and standing().is_test) or any(getattr(each, "is_test", False) for each in shown)


def _is_in(area: str, endpoint: str) -> bool:
    return PART_OF.get(area, area) == endpoint.split(".")[1]


def label(kind: str, value: object) -> str:
    """Return the word for a value. An unknown value has a word too."""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return t(f"labels.{kind}.{'unknown' if value is None else value}")


def field_name(path: str) -> str:
    """Return the name of a field that stands apart from its label; in a row: "regel 2: geïnformeerd op".

    It is blank when there are no words for it, because the technical name tells a reader nothing.
    """
    path = next((path.removesuffix(part) for part in PARTS if path.endswith(part)), path)
    parts = [(part, whole_of(part, MOST_ROWS)) for part in path.split(".")]
    rows = [t("forms.line", line=place + 1) for _, place in parts if place is not None]
    names = [part for part, place in parts if place is None]
    key = f"labels.field.{names[-1]}" if names else ""
    said = t(key) if has_text(key) else ""
    return ": ".join(part for part in [*rows, _within(said) if rows else said] if part)


def _within(words: str) -> str:
    """Return the words in the form for the middle of a sentence; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def happened(what: str) -> str:
    """Return the words for an entry of the history."""
    key = f"labels.history.{what.replace('.', '_')}"
    return t(key) if has_text(key) else what


def did(act: Glass) -> bool:
    """Return whether the reader did this act alone, or a deputy did it for them. Then they may not review it."""
    return bool(readers() & act.people)


def readers() -> set[UUID]:
    """Return the reader of this page, and the people for whom they would review."""
    reviewer = actor_for("review_broken_glass") or actor()
    return {who for who in (actor().id, reviewer.id, reviewer.for_id) if who is not None}


def step_words(workflow: str, step: str) -> str:
    """Return the name of a step. A step of a definition that this build lacks has words too."""
    key = f"steps.{workflow}.{step}.title"
    return t(key) if has_text(key) else t("questions.failed.a_step")


def article(law: str) -> str:
    """Return how the reader names an article: "Art. 33(1)" or "33(1)" is "AVG art. 33 lid 1" in Dutch."""
    law = f"Art. {law}" if law[:1].isdigit() else law
    return t(f"labels.articles.{''.join(c for c in law.lower() if c.isalnum())}")


def proven(proof: Proof | Mapping[str, Any]) -> str:
    """Return in words what was proven of an organisation. A row of a list has the proof as separate values."""
    return proof_words(Proof(**proof) if isinstance(proof, Mapping) else proof, locale())


def standing_words(proof: Proof | Mapping[str, Any] | None, is_confirmed: bool) -> str:
    """Return in few words how a client of the acting office stands: what was proven of it, and whether it confirmed
    the office. A refusal is never shown: such a client only "did not confirm yet", and of it nothing else is said.

    How it was proven, and who gave the name, say `proof_words`, for which a row of a board has no room.
    """
    confirmed = t("verification.confirmed" if is_confirmed else "verification.not_confirmed")
    if proof is None and not is_confirmed:
        return confirmed
    return f"{what_is_proven(proof) if proof else t('verification.not_verified')}, {confirmed}"


def what_is_proven(proof: Proof | Mapping[str, Any]) -> str:
    """Return in few words what was proven: the KvK number, or the name too."""
    of = Proof(**proof) if isinstance(proof, Mapping) else proof
    what = ("number" if of.kvk_number else "organisation") + ("_and_name" if of.name_checked else "")
    return t(f"verification.proven.{what}")


def people_count(least: int | None, most: int | None, estimate: bool) -> str:
    """Return how many people: a number, a range, about so many, at least about so many, or that it is not known yet."""
    if least is None and most is None:
        return t("labels.not_known_yet")
    known = " – ".join(dict.fromkeys(number(end) for end in (least, most) if end is not None))
    count = t("labels.people_about", count=known) if estimate else known
    if least is not None and most is not None:
        return count
    return t("labels.people_least" if most is None else "labels.people_most", count=count)


def fact_words(name: str, value: Any) -> str:
    """Return the words for a fact of workflows/law/vocabulary.py with this value."""
    if not is_known(name, value):
        return t("labels.not_known_yet")
    if name in MANY_OF:
        return ", ".join(label(name, word) for word in value)
    if name in ONE_OF:
        return label(name, value)
    return label("yes_no", value) if isinstance(value, bool) else format_decimal(value, locale=locale())


def local_input(moment: datetime | None) -> str:
    """Return a moment as the fields of a form begin with it: local time, in minutes."""
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M") if moment else ""


def moment_known(name: str, moment: datetime) -> dict[str, str]:
    """Return a moment for the field with this name.

    In an hour that the clock passes twice it says which pass is meant.
    """
    local = moment.astimezone(AMSTERDAM)
    was_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return {name: local_input(moment)} | ({f"{name}_fold": str(local.fold)} if was_twice else {})


def day_words(day: date) -> str:
    """Return a day as people read it: 4 mrt 2026."""
    return format_date(day, "d MMM y", locale()).replace(".", "")


def after() -> tuple[datetime, UUID] | None:
    """Return the last row that the reader saw; None for a damaged token, which shows the first page."""
    token = request.args.get("after")
    try:
        read: tuple[datetime, UUID] | None = PageSchema().load({"after": token})["after"] if token else None
    except ValidationError:
        return None
    return read


def next_page(row: Any, moment: str) -> str:
    """Return the address of the page that follows this row."""
    columns = row if isinstance(row, Mapping) else vars(row)
    return page_after((columns[moment], columns["id"]))


def page_after(key: tuple[datetime, UUID]) -> str:
    """Return the address of the page that follows the row with this key."""
    kept = {name: value for name, value in request.args.items() if name != "after"}
    return f"{request.path}?{urlencode(kept | {'after': token_after(*key)})}"


def first_page() -> str:
    """Return the address of the first page of the same list, with the reader's search."""
    kept = {name: value for name, value in request.args.items() if name != "after"}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


GLOBALS = {
    "here": here, "menu": menu, "label": label, "happened": happened, "field_name": field_name, "article": article,
    "languages": LOCALES, "is_logged_in": is_logged_in, "language": locale, "people_count": people_count,
    "name_at": name_at, "fault_item": ITEM, "faults_end": ITEMS_END, "next_page": next_page,
    "page_after": page_after, "first_page": first_page,
    "is_admitted": lambda: standing().is_admitted, "is_office": lambda: standing().is_office,
    "is_about_test": is_about_test,
    "my_proof": lambda: standing().proof,
    "standing_words": standing_words, "what_is_proven": what_is_proven,
    "proof_words": proven, "fact_words": fact_words, "step_words": step_words, "did": did, "may": allowed,
    "session_end": end_of_page, "form_key": form_key, "by_whom": by_whom, "who_did": who_did, "turn_words": turn_words,
    "roles_for": roles_for,
    "alike_words": lambda why: ", ".join(t(f"steps.alike_by.{likeness}") for likeness in why),
    "shortest_password": SHORTEST,
    "largest_upload_mb": LARGEST_FILE // 1024**2, "day_words": day_words,
    "day_in": date.fromisoformat, "old_day": day_of,
}  # fmt: skip
