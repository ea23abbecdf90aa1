"""How a request comes in: who sends it, where, and whether they may do what the view does; then its one transaction."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NoReturn
from urllib.parse import quote
from uuid import UUID

from flask import redirect, request
from werkzeug.exceptions import HTTPException, Unauthorized

from service.admission.access import (
    Seat,
    actor,
    comes_with_key,
    is_api,
    looked_up,
    mark_of,
    places,
    refusal_of,
    seat,
    seat_at,
    seat_for,
    seen,
    session_token,
    user,
)
from service.admission.admission import admission
from service.admission.browsers import browser_mark, browser_words, caller
from service.admission.proving import LoggedOut, LoginNeeded, ProofNeeded
from service.words.own_register import own_register
from service.words.sender_contact import contact_of_sender, refusal_of_ended
from tenants.errors import NotAllowed, NotFound
from tenants.identity.attempts import begin_attempt
from tenants.identity.invitations import Invitation, invitation_of
from tenants.identity.sessions import lapsed_user, note_browser, see_session
from tenants.identity.users import Person, Place
from tenants.isolation import Acting, acting_for, acting_for_nobody, acting_for_whom, asking_for_nobody, database_now
from workflows.accounts.denied_access import remember_refusal
from workflows.accounts.signing_in import end_stolen, must_have_second_factor
from workflows.accounts.tokens import refuse
from workflows.engine.advance import refuse_while_seat_waits
from workflows.engine.progress import refuse_unless_proven
from workflows.escalation.answering_contacts import office_that_asks
from workflows.roles import NEEDS_FRESH_PROOF


@contextmanager
def admitted() -> Iterator[None]:
    """Open the one transaction of this request: for its organisation, or for none."""
    if request.routing_exception is not None or _needs_no_transaction():
        yield
        return
    try:
        with _transaction():
            _refuse_new_seats()
            yield
    finally:
        _note_what_stays()


def admit_to_address() -> Place:
    """Return the organisation of the address, for a view that opens its transactions itself. The user is admitted as
    anywhere else: by the act of the view, with a second factor. No transaction is open.

    Raises NotFound, NotAllowed and ProofNeeded.
    """
    return _admitted_to()


def admit_also(organisation_id: UUID) -> tuple[Place, Seat]:
    """Return another organisation in which the user may do what the view does as well, and the seat that may.

    Raises NotFound where the user has no seat, NotAllowed where their role is not enough, and ProofNeeded.
    """
    there = next((seat for seat in places() if seat.organisation_id == organisation_id), None)
    if there is None:
        raise NotFound("organisation.unknown")
    act = _mark("does")
    taken = seat_at(there, act)
    if taken is None:
        raise refusal_of(there, act)
    _demand_second_factor(there)
    return there, taken


def _transaction() -> AbstractContextManager[object]:
    if _marked("is_by_token"):
        return acting_for(_invitation().organisation_id)
    if _marked("is_by_contact_link"):
        return acting_for(office_that_asks(_args()["token"]))
    if _marked("is_step_by_step"):
        _ask_who_it_is()
        return nullcontext()
    # The use or refusal is stored in a transaction of its own, so it stays and no other request waits for it.
    if comes_with_key():
        _ask_who_it_is()
        who = _whose()
        return acting_for_whom(lambda: who)
    return acting_for_whom(_whose)


def _refuse_new_seats() -> None:
    """Refuse acts on the organisation by a seat that does not count yet. On pages, the acts refuse by themselves."""
    if is_api() and _mark("does") in NEEDS_FRESH_PROOF and request.method != "GET" and not _marked("is_step_by_step"):
        refuse_while_seat_waits(actor())


def _ask_who_it_is() -> None:
    with asking_for_nobody():
        _see_who_it_is()


def _whose() -> Acting | None:
    _see_who_it_is()
    if "organisation" not in _args():
        return None
    here = _admitted_to().organisation_id
    # Whoever leaves a seat changes only their own seat, even when that seat does not count yet.
    return Acting(here) if _mark("does") == "leave" else Acting(here, user().id, seat().for_id)


def _note_what_stays() -> None:
    """Store what must stay even when the request failed: a sign of the user, a refusal, or a stolen session."""
    who = seen()
    if who and who.session_id and who.is_unseen and not _marked("is_unattended"):
        with asking_for_nobody():
            see_session(who.session_id)
    mark = browser_mark() if who and who.session_id else None
    if who and who.session_id and mark is not None and mark != who.browser_mark:
        with asking_for_nobody():
            note_browser(who.session_id, mark)
    known = admission()
    if known.refused:
        with acting_for(known.refused.organisation_id):
            _remember_refusal(known.refused.act)
    if known.stolen:
        end_stolen(known.stolen)


def _remember_refusal(act: str) -> None:
    """Record that a person tried an act, or an API token one outside its scopes, so that its owner sees the attempt."""
    key = admission().key
    if key and act not in key.scopes:
        refuse(key.token_id, act, actor())
    else:
        remember_refusal(act, actor())


def _needs_no_transaction() -> bool:
    is_static = (request.endpoint or "").rpartition(".")[2] == "static"
    return request.method == "OPTIONS" or is_static or _marked("is_watching")


def _args() -> dict[str, Any]:
    return request.view_args if request.view_args is not None else {}


def _see_who_it_is() -> None:
    known = looked_up()
    if known.person and _is_stolen(known.person):
        known.stolen, known.person = known.person, None
    if known.person is None and not _marked("is_public"):
        _send_to_login()
    if known.key and not _marked("is_public") and "organisation" not in _args():
        raise NotAllowed("token.scope")


def _is_stolen(who: Person) -> bool:
    """Return whether a page's session is used in another browser. Several programs may share one token."""
    return not is_api() and who.browser not in ("", browser_words())


def _send_to_login() -> NoReturn:
    if is_api():
        raise Unauthorized()
    if request.method == "POST" and request.accept_mimetypes.best != "application/json":
        _keep_form()
    raise HTTPException(response=redirect(f"/login?next={quote(_own_target())}", 303))


def _keep_form() -> NoReturn:
    """Raise LoggedOut for a form whose sender is unknown. Else keep the form until its sender has logged in."""
    token = None if admission().stolen else session_token()
    lapsed = lapsed_user(token) if token else None
    raise LoggedOut(_own_target()) if lapsed is None else LoginNeeded(lapsed)


def _own_target() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _admitted_to() -> Place:
    """Return the organisation of the address, after checking that this user may do there what the view does."""
    place_here = _place()
    act = _mark("does")
    if act is None:
        raise RuntimeError(f"{request.endpoint} does not say what it does: mark it with @may")
    _refuse_unknown_step()
    act = str(_args()[act[1:-1]]) if act.startswith("<") else act
    taken = seat_for(act)
    if taken is None:
        raise refusal_of(place_here, act)
    admission().seat = taken
    _demand_second_factor(place_here)
    if is_api() and act in NEEDS_FRESH_PROOF and request.method not in ("GET", "HEAD"):
        refuse_unless_proven(actor(), database_now())
    return place_here


def _refuse_unknown_step() -> None:
    """Refuse a step that is none, before anybody's role is looked at: it is no act that somebody tried."""
    argument, names = _mark("steps_in_address") or ("", frozenset())
    if argument and _args()[argument] not in names:
        raise NotFound("step.unknown")


def _demand_second_factor(here: Place) -> None:
    """Demand a second factor in this session before anything of the organisation is shown.

    It is demanded of whoever can approve, and of whoever has set up a second factor.
    """
    who = user()
    if admission().key or who.proof_at is not None or not (who.owes_proof or must_have_second_factor([here])):
        return
    if is_api():
        raise NotAllowed("second_factor.required")
    raise ProofNeeded("/proof", _own_target())


def _place() -> Place:
    slug = _args().pop("organisation")
    for candidate in places():
        if candidate.slug == slug:
            admission().place = candidate
            return candidate
    raise NotFound("organisation.unknown")


def _invitation() -> Invitation:
    token = _args().pop("token")
    try:
        with acting_for_nobody():
            invitation = invitation_of(token)
            if request.method == "POST":
                begin_attempt("link", invitation.email, caller(invitation.email))
    except NotFound as refusal:
        raise refusal_of_ended(token) or refusal from None
    _args()["invitation"] = invitation
    if _marked("gets_sender"):
        _args()["contact"] = contact_of_sender(invitation)
    if _marked("gets_own_register"):
        _args()["own"] = own_register(invitation)
    return invitation


def _marked(mark: str) -> bool:
    return bool(_mark(mark))


def _mark(mark: str) -> Any:
    known = admission()
    return mark_of(known.view, known.method, mark)
