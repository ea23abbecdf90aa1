"""A mailed link lets one person in, once, as long as nobody took it back; a processor's link is not its register's."""

from uuid import UUID

import pytest

from tenants.database import db
from tenants.errors import Invalid, NotFound
from tenants.identity.invitations import invitation_of, new_invitation, pending, use_up, withdraw
from tenants.identity.users import APPROVER, OWNER
from tenants.isolation import acting_for, acting_for_nobody
from tests.conftest import Database
from tests.factories import a_member, an_organisation, an_own_breach


@pytest.fixture
def place(database: Database) -> UUID:
    here = an_organisation()
    a_member(here, OWNER, "Wim")
    return here


def link_to(place: UUID, breach_id: UUID | None = None) -> tuple[str, UUID]:
    """A new link's token, and its id."""
    with acting_for_nobody():
        token, row = new_invitation(place, "bo@example.nl", APPROVER, breach_id)
        db.session.add(row)
        db.session.flush()
        db.session.refresh(row)
        return token, row.id


@pytest.mark.parametrize(("column", "refusal"), [("used_at", "used"), ("withdrawn_at", "withdrawn")])
def test_what_ended_after_it_was_looked_up_lets_nobody_in(
    place: UUID, database: Database, column: str, refusal: str
) -> None:
    token, link = link_to(place)
    with acting_for(place), pytest.raises(Invalid, match=rf"invitation\.{refusal}"):
        invitation = invitation_of(token)
        database.outside(f"update invitation set {column} = now() where id = :id", id=link)
        use_up(invitation)


def test_a_link_of_a_processor_is_not_its_register_s_to_see_or_withdraw(place: UUID) -> None:
    own = a_member(place, OWNER, "Olga")
    _, link = link_to(place, an_own_breach(place, own))
    with acting_for(place):
        assert pending() == []
    with acting_for(place), pytest.raises(NotFound, match=r"invitation\.not_here"):
        withdraw(link, None)
