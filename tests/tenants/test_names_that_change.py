"""After a proof the name changes by the operator alone. Every door that could change a name is walked."""

from collections.abc import Callable
from contextlib import nullcontext
from itertools import count
from uuid import UUID, uuid4

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tenants.agreements.consents import ACCEPTED, ENDED
from tenants.agreements.processing_agreements import register_clients
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.admission import release_claim
from tenants.organisations.organisations import claim_acting_organisation, found_organisation, the_acting_organisation
from tenants.organisations.proofs import Proof, my_proof
from tenants.organisations.verification import check_name_by_operator, rename_by_operator
from tests.conftest import Database
from tests.factories import a_client, a_member, an_office, an_organisation, let, verified
from tests.operating import admit, operator
from workflows.settings.renaming import rename
from workflows.trust.consenting import answer
from workflows.trust.verifying import prove_name_by_operator, take_proof_back

NAME = "Bakkerij Jansen"
WRITES_NAMES = r"update\s+organisation\s[^;]*\mname\s*=|into\s+organisation\M[^;]*do\s+update[^;]*\mname\s*="
DOORS = ("rename_by_operator",)
"""The functions of the database that write a name that stands already."""
_number = count(71_350_110)


class ComparedName:
    """An organisation of which the name was compared too, and an office that says that it works for it."""

    def __init__(self, database: Database) -> None:
        self.url, self.number = database.config.owner_url(), str(next(_number))
        self.database, self.office = database, an_office(clients=1)
        self.register_again()
        with acting_for_nobody():
            self.id = found_organisation(f"bakkerij-{self.number}", NAME, self.number)
        let(self.url, self.id, "check_name", "Uittreksel", prove_name_by_operator)
        self.by = a_member(self.id)

    def register_again(self) -> None:
        """The office registers the number once more, by another name each time."""
        with acting_for(self.office.id):
            client = a_client(next(_number), kvk_number=self.number) | {"name": f"Ander {next(_number)}"}
            register_clients([client])

    def answers(self, answered: str) -> None:
        with acting_for(self.id):
            answer(self.office.id, answered, self.by)

    def called(self) -> tuple[str, bool]:
        """Its name, and whether it was compared."""
        [row] = self.database.outside("select name, name_checked from organisation where id = :o", o=self.id)
        return row["name"], row["name_checked"]


@pytest.fixture
def house(database: Database) -> ComparedName:
    return ComparedName(database)


def accepted(house: ComparedName) -> None:
    house.answers(ACCEPTED)


def accepted_and_registered_again(house: ComparedName) -> None:
    house.answers(ACCEPTED)
    house.register_again()


def accepted_and_ended(house: ComparedName) -> None:
    house.answers(ACCEPTED)
    house.answers(ENDED)
    house.register_again()


def claimed_again(house: ComparedName) -> None:
    with acting_for(house.id):
        claim_acting_organisation()


def released(house: ComparedName) -> None:
    [row] = house.database.outside("select slug from organisation where id = :o", o=house.id)
    with operator().begin() as connection:
        assert release_claim(connection, row["slug"], "Geen link") is None


@pytest.mark.parametrize("door", [
    ComparedName.register_again, accepted, accepted_and_registered_again, accepted_and_ended, claimed_again, released,
])  # fmt: skip
def test_no_act_of_an_office_or_its_own_changes_a_proven_name(
    house: ComparedName, door: Callable[[ComparedName], None]
):
    door(house)
    assert house.called() == (NAME, True)


def test_the_functions_that_write_a_name_are_the_operator_s(database: Database):
    """A new one is seen here: it takes up an act of the operator, or writes no name."""
    rows = database.outside("""
        select proname from pg_proc where pronamespace = 'public'::regnamespace and prosrc ~* :writes""",
        writes=WRITES_NAMES)  # fmt: skip
    assert sorted(row["proname"] for row in rows) == sorted(DOORS)


@pytest.mark.parametrize("role", ["meldketen_door", None])
def test_nobody_changes_it_in_the_database_without_the_operator_s_act(house: ComparedName, role: str | None):
    """Not a door that forgot it, and not the owner by hand."""
    with pytest.raises(IntegrityError) as fault, operator().begin() as connection:
        if role:
            connection.execute(text(f"set local role {role}"))
        connection.execute(text("update organisation set name = 'Bank' where id = :o"), {"o": house.id})
    assert isinstance(fault.value.orig, CheckViolation) and house.called() == (NAME, True)


def test_the_app_writes_the_name_of_an_unproven_organisation_alone(house: ComparedName):
    """Not that of an office which the operator admitted under its name, and not that of another organisation."""
    admitted, unproven = an_organisation(is_verified=False), an_organisation(is_verified=False)
    admit(admitted)
    renaming = text("update organisation set name = 'Bank' where id = :o returning id")
    for organisation in (house.id, admitted):
        with acting_for(organisation), pytest.raises(DBAPIError) as fault:
            db.session.execute(renaming, {"o": organisation})
        assert isinstance(fault.value.orig, CheckViolation)
    with acting_for(unproven):
        assert db.session.execute(renaming, {"o": house.id}).all() == []
        assert db.session.execute(renaming, {"o": unproven}).scalar() == unproven


def test_the_operator_changes_it_and_then_it_was_compared_by_nobody(house: ComparedName):
    let(house.url, house.id, "rename", "Statuten gezien", lambda act: rename(act, "Bakkerij Jansen B.V."))
    assert house.called() == ("Bakkerij Jansen B.V.", False)
    with acting_for(house.id):
        assert my_proof() == Proof(house.number, "operator", False, "operator", None)
        [last] = [entry for entry in of_subject(house.id) if entry.what == "organisation.renamed"]
    assert last.details == {"note": "Statuten gezien", "before": NAME, "after": "Bakkerij Jansen B.V."}
    let(house.url, house.id, "check_name", "Uittreksel", prove_name_by_operator)
    assert house.called() == ("Bakkerij Jansen B.V.", True)


@pytest.mark.parametrize("verb", [
    lambda act: rename_by_operator(act, "Bank"), check_name_by_operator,
], ids=["rename", "check_name"])  # fmt: skip
def test_each_act_is_of_its_kind_and_organisation(house: ComparedName, verb: Callable[[UUID], None]):
    acts: list[UUID] = [uuid4()]
    other = an_organisation(is_verified=False)
    let(house.url, house.id, "verify", "gezien", acts.append)
    for kind in ("rename", "check_name"):
        let(house.url, other, kind, "van een ander", acts.append)
    for act in acts:
        with pytest.raises(DBAPIError), acting_for(house.id):
            verb(act)
    assert house.called() == (NAME, True)


def test_what_was_compared_ends_with_the_proof(house: ComparedName):
    let(house.url, house.id, "withdraw", "Vals", take_proof_back)
    assert house.called() == (NAME, False)
    with acting_for(house.id):
        assert my_proof() is None
    verified(house.url, house.id)
    assert house.called() == (NAME, False), "a new proof compared no name"


def test_a_released_register_keeps_its_name_and_loses_its_proof(database: Database):
    [row] = database.outside(
        """
        select controller_id, slug from processing_agreement a join organisation o on o.id = a.controller_id
         where a.processor_id = :office""",
        office=an_office(clients=1).id,
    )
    register = row["controller_id"]
    with acting_for(register):
        claim_acting_organisation()
        before = the_acting_organisation().name
    let(database.config.owner_url(), register, "check_name", "Uittreksel", prove_name_by_operator)
    with operator().begin() as connection:
        assert release_claim(connection, row["slug"], "Door een vreemde geopend") == register
    with acting_for(register):
        after = the_acting_organisation()
        assert (after.name, after.name_checked, my_proof()) == (before, False, None)


@pytest.mark.parametrize(("act", "whose", "used", "may"), [
    ("rename", "own", "now()", True), ("check_name", "own", "now()", False), ("rename", "office's", "now()", False),
    ("rename", "own", "now() - interval '1 minute'", False), ("rename", "own", "null", False),
], ids=["this", "another act", "of another", "used before", "not taken up"])  # fmt: skip
def test_the_database_changes_it_for_an_act_of_this_kind_and_this_moment(
    house: ComparedName, act: str, whose: str, used: str, may: bool
):
    """As the owner of the tables, past every door."""
    organisation = house.id if whose == "own" else house.office.id
    before = house.called()
    refused = nullcontext() if may else pytest.raises(IntegrityError, match="the name stands beside a proof")
    with refused, house.database.superuser.begin() as connection:
        made = f"insert into operator_act (organisation_id, act, note, used_at) values (:o, :act, 'Statuten', {used})"
        connection.execute(text(made), {"o": organisation, "act": act})
        connection.execute(text("update organisation set name = 'Bank N.V.' where id = :o"), {"o": house.id})
    assert house.called() == (("Bank N.V.", False) if may else before)
