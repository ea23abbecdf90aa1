"""The demo office with its clients and the people who log in there. What exists already is left as it is."""

from uuid import UUID

from sqlalchemy import select

from service import create_app
from service.config import Config
from service.demo.clients import client_number, clients
from service.demo.logins import AT_CLIENTS, AT_OFFICE, DEMO_PASSWORD, OFFICE, Login, app_secret
from service.running.operator import as_operator, carry_out
from tenants.agreements.processing_agreements import ProcessingAgreement, register_clients
from tenants.database import db
from tenants.identity.totp import enrol_totp, has_totp
from tenants.identity.users import add_user, make_member, places_of, seats_of, user_at
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import ADMITTED, Decision, decide
from tenants.organisations.organisations import claim_acting_organisation, found_organisation, the_acting_organisation
from workflows.trust.verifying import prove_by_operator

CONTROLLERS = 300


def load_demo(config: Config, controllers: int = CONTROLLERS) -> None:
    """Load the office, its clients and the people who log in. The next load finishes one that was interrupted."""
    with create_app(config).app_context():
        office = _office(config.secret_key)
        _admit(config)
        with acting_for(office):
            if _controller(office, 0) is None:
                register_clients(clients(controllers))
        for number, people in enumerate(AT_CLIENTS[:controllers]):
            _claim(office, number, people, config)
        db.engine.dispose()


def _office(secret_key: str) -> UUID:
    with acting_for_nobody():
        office = _office_there_is() or found_organisation(*OFFICE)
        _seat(office, AT_OFFICE, secret_key)
        return office


def _office_there_is() -> UUID | None:
    """Return the office at its address, when one of its people has a seat there; else None.

    The people may have other seats too, or have left. The address alone is not enough, because another organisation
    may have it.
    """
    users = [user for login in AT_OFFICE if (user := user_at(login.email))]
    places = [place for user in users for place in places_of(user.id)]
    return next((place.organisation_id for place in places if place.slug == OFFICE[0]), None)


def _admit(config: Config) -> None:
    with as_operator(config) as operator:
        decide(operator, Decision(OFFICE[0], ADMITTED, "The office of the demo"))


def _claim(office: UUID, number: int, people: tuple[Login, ...], config: Config) -> None:
    with acting_for(office):
        controller = _controller(office, number)
    if controller is None:
        return
    with acting_for_nobody():
        if _have_left(people, controller):
            return
        _seat(controller, people, config.secret_key)
    with acting_for(controller):
        claim_acting_organisation()
        is_known = the_acting_organisation().verified_at is not None
    if not is_known:
        carry_out(config, controller, "verify", "A client of the demo", prove_by_operator)


def _have_left(people: tuple[Login, ...], controller: UUID) -> bool:
    """Return whether this client was loaded before and its people have no seat here any more.

    The people ended the office, so that its agreements lead to a register that waits, or the register was released.
    Such a register is left as it is.
    """
    users = [user for login in people if (user := user_at(login.email))]
    return bool(users) and not any(controller in seats_of(user.id) for user in users)


def _controller(office: UUID, number: int) -> UUID | None:
    mine = ProcessingAgreement.processor_id == office
    this = mine & (ProcessingAgreement.client_number == client_number(number))
    controller_id: UUID | None = db.session.scalar(select(ProcessingAgreement.controller_id).where(this))
    return controller_id


def _seat(organisation: UUID, people: tuple[Login, ...], secret_key: str) -> None:
    """Give each person an account, a role and an app. Whoever has them already keeps them."""
    for person in people:
        user = user_at(person.email)
        if user is None:
            user = add_user(person.email, person.name, DEMO_PASSWORD)
            make_member(user.id, organisation, person.role)
        if not has_totp(user.id):
            enrol_totp(user.id, app_secret(secret_key, person.email))
