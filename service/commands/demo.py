"""``meldketen demo``: the demo office with its clients. What is there already is left as it is."""

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from service import create_app
from service.config import Config
from service.demo import names
from service.demo.clients import CLAIMED, client_number, clients, domain
from tenants.database import db
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations import claim_acting_organisation, found_organisation
from tenants.processing_agreements import ProcessingAgreement, register_clients
from tenants.users import APPROVER, PRIVACY_OFFICER, User, add_user, make_member, places_of

OFFICE = ("de-linde", "De Linde Accountants", "00999999")
DEMO_PASSWORD = "welkom-bij-de-linde"  # printed for everybody to read: only this command gives it to anybody
CONTROLLERS = 300


@dataclass(frozen=True)
class Login:
    """Somebody of the demo."""

    name: str
    email: str
    role: str
    of: str

    def __str__(self) -> str:
        return f"{self.email}   {DEMO_PASSWORD}   ({self.name}, {self.role.replace('_', ' ')} of {self.of})"


def _at_client(number: int) -> tuple[Login, Login]:
    where, company = domain(number), names.company(number)
    return (
        Login(names.person(4 * number + 5), f"directie@{where}", PRIVACY_OFFICER, company),
        Login(names.person(4 * number + 8), f"tweede@{where}", APPROVER, company),
    )


AT_OFFICE = (
    Login("Fenna de Wit", "fenna@delinde.example", PRIVACY_OFFICER, OFFICE[1]),
    Login("Joris Mulder", "joris@delinde.example", APPROVER, OFFICE[1]),
)
AT_CLIENTS = tuple(_at_client(number) for number in range(CLAIMED))
LOGINS = tuple(map(str, (*AT_OFFICE, *(login for pair in AT_CLIENTS for login in pair))))


def add_arguments(parser: ArgumentParser) -> None:
    """How large the office is."""
    parser.add_argument("--controllers", type=int, default=CONTROLLERS, help="how many clients (default: 300)")


def run(arguments: Namespace) -> int:
    """Load it into the database that the environment names, and print who can log in."""
    load_demo(Config.from_environment(), arguments.controllers)
    print("\n".join(LOGINS))
    return 0


def load_demo(config: Config, controllers: int = CONTROLLERS) -> None:
    """The office, its clients and the people who log in. An interrupted load is finished by the next one."""
    with create_app(config).app_context():
        office = _office()
        with acting_for(office):
            if _controller(office, 0) is None:
                register_clients(clients(controllers))
        for number, people in enumerate(AT_CLIENTS[:controllers]):
            _claim(office, number, people)
        db.engine.dispose()


def _office() -> UUID:
    with acting_for_nobody():
        first = _user_id(AT_OFFICE[0])
        if first is not None:
            return places_of(first)[0].organisation_id
        office = found_organisation(*OFFICE)
        _seat(office, AT_OFFICE)
        return office


def _claim(office: UUID, number: int, people: tuple[Login, ...]) -> None:
    with acting_for(office):
        controller = _controller(office, number)
    with acting_for_nobody():
        if controller is None or _user_id(people[0]) is not None:
            return
        _seat(controller, people)
    with acting_for(controller):
        claim_acting_organisation()


def _controller(office: UUID, number: int) -> UUID | None:
    mine = ProcessingAgreement.processor_id == office
    this = mine & (ProcessingAgreement.client_number == client_number(number))
    found: UUID | None = db.session.scalar(select(ProcessingAgreement.controller_id).where(this))
    return found


def _seat(organisation: UUID, people: tuple[Login, ...]) -> None:
    for person in people:
        user = add_user(person.email, person.name, DEMO_PASSWORD)
        make_member(user.id, organisation, person.role)


def _user_id(login: Login) -> UUID | None:
    found: UUID | None = db.session.scalar(select(User.id).where(User.email == login.email))
    return found
