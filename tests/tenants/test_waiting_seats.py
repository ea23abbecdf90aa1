"""A seat that waits changes nothing of the organisation itself: the database refuses it, table by table.

What the doors of owners change must be on this list: tests/service/test_what_owners_change.py walks them.
"""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tenants.database import db
from tenants.identity.invitations import new_invitation
from tenants.identity.passkeys import Passkey
from tenants.identity.recovery import new_recovery_codes
from tenants.identity.sessions import begin_session
from tenants.identity.totp import enrol_totp
from tenants.identity.users import HANDLER, OWNER, PRIVACY_OFFICER, User
from tenants.isolation import Acting, acting_for, acting_for_nobody, acting_for_whom
from tests.conftest import Database
from tests.factories import a_member
from tests.tenants.conftest import Scene
from tests.tenants.tables import REFUSED_TO_WAITING_SEATS

OWN = {"app_user": "id"} | dict.fromkeys(("user_totp", "recovery_code", "passkey", "login_session"), "user_id")
"""Where a row of who acts is their own business: the column that says whose it is."""
TRIGGERS = """
    select tgrelid::regclass::text as name, substring(pg_get_triggerdef(oid) from 'BEFORE (.*) ON ') as events
      from pg_trigger where tgfoid = 'refuse_waiting_seat'::regproc and tgenabled = 'O'"""
SEAT = "update membership set counts_from = now() + :after * interval '1 day' where user_id = :who"
COLUMN = {
    "organisation": "joined_into", "app_user": "id", "consent": "state", "factor_agreement": "agreed_by",
    "invitation": "role", "deputy": "of_user", "api_token": "name", "identity_provider": "name",
    "verification_letter": "tries",
}  # fmt: skip
"""By table, a column that is written again as it is; elsewhere that of the person."""
ANSWERED = "update consent set state = 'accepted', answered_at = now() where controller_id = :here"


class Waiting:
    """An owner of the scene's controller whose seat waits."""

    def __init__(self, scene: Scene) -> None:
        self.database, self.here = scene.database, scene.controller
        who = a_member(self.here, OWNER, "Nieuw").id
        assert who
        self.who = who
        self.counts_after(1)

    def counts_after(self, days: int) -> None:
        self.database.outside(SEAT, after=days, who=self.who)

    def changes(self, table: str, where: str = "true", whom: UUID | None = None) -> int:
        """Some row of this table is written again, as the owner of the tables: no grant stands in the way."""
        column = COLUMN.get(table, "user_id")
        row = f"select ctid from {table} where {where} limit 1"
        change = text(f"update {table} set {column} = {column} where ctid = ({row})")
        with self.database.superuser.begin() as connection:
            acts = "select set_config('app.organisation', :here, true), set_config('app.person', :who, true)"
            connection.execute(text(acts), {"here": str(self.here), "who": str(self.who)})
            connection.execute(text("select set_config('app.person_for', :whom, true)"), {"whom": str(whom or "")})
            return connection.execute(change).rowcount


@pytest.fixture(scope="module")
def waiting(scene: Scene) -> Iterator[Waiting]:
    scene.database.outside(ANSWERED, here=scene.controller)
    waiting = Waiting(scene)
    with acting_for_nobody():
        _, invitation = new_invitation(scene.controller, "nieuw@example.nl", HANDLER)
        key = Passkey(user_id=waiting.who, credential_id=b"mine", public_key=b"key", sign_count=0, name="Laptop")
        db.session.add_all([invitation, key])
        begin_session(User(id=waiting.who))
        enrol_totp(waiting.who, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
        new_recovery_codes(waiting.who)
    yield waiting


def where_of(table: str, waiting: Waiting) -> str:
    """A row that is not the own account of who waits, and that the database keeps from them."""
    here = {"consent": f"controller_id = '{waiting.here}'", "organisation": f"id = '{waiting.here}'"}
    own = f"{OWN[table]} <> '{waiting.who}'" if table in OWN else "true"
    return {"invitation": "breach_id is null"}.get(table) or here.get(table, own)


def test_the_database_refuses_on_these_tables(database: Database):
    assert {row["name"]: row["events"] for row in database.outside(TRIGGERS)} == REFUSED_TO_WAITING_SEATS


@pytest.mark.parametrize("table", REFUSED_TO_WAITING_SEATS)
def test_a_seat_that_waits_changes_nothing_of_the_house(waiting: Waiting, table: str):
    where = where_of(table, waiting)
    with pytest.raises(IntegrityError, match="this seat does not count yet"):
        waiting.changes(table, where)
    waiting.counts_after(0)
    assert waiting.changes(table, where) == 1
    waiting.counts_after(1)


@pytest.mark.parametrize("table", REFUSED_TO_WAITING_SEATS)
def test_a_deputy_of_a_seat_that_waits_changes_nothing_either(waiting: Waiting, table: str):
    waiting.counts_after(0)
    other = a_member(waiting.here, OWNER).id
    assert other
    waiting.database.outside(SEAT, after=1, who=other)
    with pytest.raises(IntegrityError, match="this seat does not count yet"):
        waiting.changes(table, where_of(table, waiting), other)
    waiting.counts_after(1)


@pytest.mark.parametrize("table", OWN)
def test_an_account_is_changed_by_its_own_person_alone(waiting: Waiting, table: str):
    mine = f"{OWN[table]} = '{waiting.who}'"
    assert waiting.changes(table, mine) == 1


def test_who_acts_is_told_to_the_database_for_one_transaction(waiting: Waiting):
    """As a request does: the app's own role meets the same refusal; machines and the operator say nobody."""
    change = text("update membership set role = role where organisation_id = :here and user_id <> :who")
    values = {"here": waiting.here, "who": waiting.who}
    acting = Acting(waiting.here, waiting.who)
    with pytest.raises(IntegrityError, match="does not count"), acting_for_whom(lambda: acting):
        db.session.execute(change, values)
    with acting_for(waiting.here):
        db.session.execute(change, values)


@pytest.mark.parametrize("column", ["verified_at", "name_checked"])
def test_a_waiting_seat_cannot_change_the_proof_of_the_organisation(waiting: Waiting, column: str):
    change = text(f"update organisation set {column} = {column} where id = :here")
    with waiting.database.superuser.begin() as connection:
        acts = "select set_config('app.organisation', :here, true), set_config('app.person', :who, true)"
        connection.execute(text(acts), {"here": str(waiting.here), "who": str(waiting.who)})
        with pytest.raises(IntegrityError, match="this seat does not count yet"), connection.begin_nested():
            connection.execute(change, {"here": waiting.here})


def test_an_offices_links_to_its_clients_are_its_daily_work(waiting: Waiting):
    assert waiting.changes("invitation", "breach_id is not null") == 1


def test_a_seat_without_decisions_counts_at_once(waiting: Waiting):
    officer = a_member(waiting.here, PRIVACY_OFFICER).id
    with acting_for_whom(lambda: Acting(waiting.here, officer)):
        db.session.execute(text("update membership set role = role where user_id = :who"), {"who": waiting.who})
