"""Admission: who was not admitted registers nobody and escalates nothing; a number that is typed in reveals nothing."""

import itertools
from typing import Any
from uuid import UUID

import pytest
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tenants.agreements.client_list import agreements
from tenants.agreements.processing_agreements import ProcessingAgreement, register_clients
from tenants.database import db
from tenants.errors import Invalid, NotAllowed
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.isolation import acting_for
from tenants.organisations.admission import SUSPENDED, Decision, decide, is_admitted
from tenants.organisations.organisations import claim_acting_organisation
from tests.conftest import Database
from tests.factories import a_client, a_member, an_incident, an_office, an_organisation
from tests.operating import admit, operator
from tests.tenants.escalating import an_own_incident, register_of

NUMBER = "33031431"


def an_admitted(name: str) -> UUID:
    office = an_organisation(name)
    admit(office)
    return office


def rows_of(database: Database, organisation: UUID) -> list[dict[str, Any]]:
    return database.outside("select * from organisation where id = :id", id=organisation)


def test_an_office_without_admission_is_refused_and_told_what_to_do(database: Database):
    someone = an_organisation()
    before = database.outside("select count(*) as n from organisation")
    with pytest.raises(NotAllowed) as refused, acting_for(someone):
        register_clients([a_client(1)])
    assert refused.value.key == "office.not_admitted"
    assert database.outside("select count(*) as n from organisation") == before


def test_the_app_admits_nobody(database: Database):
    office = an_organisation()
    for act in (
        "select decide_admission((select slug from organisation), 'admitted', null, 'Ik zelf')",
        "insert into admission (organisation_id, state, note) select id, 'admitted', 'Ik zelf' from organisation",
    ):
        with pytest.raises(DBAPIError) as fault, acting_for(office):
            db.session.execute(text(act))
        assert isinstance(fault.value.orig, InsufficientPrivilege)


def test_a_suspended_office_records_no_incident_and_its_earlier_ones_go_on(database: Database):
    office = an_office(clients=1)
    an_incident(office)
    admit(office.id, SUSPENDED)
    with pytest.raises(NotAllowed):
        an_incident(office)
    again = an_own_incident(office)
    with pytest.raises(DBAPIError, match="not admitted"), acting_for(office.id):
        db.session.execute(text("""
            insert into incident_client (organisation_id, incident_id, agreement_id)
            select processor_id, :incident, id from processing_agreement"""), {"incident": again})  # fmt: skip
    with acting_for(office.id):
        assert db.session.scalar(text("select count(*) from run where state = 'running'")) == 1


def test_each_decision_stands_in_the_history_of_the_office(database: Database):
    office = an_admitted("De Linde")
    admit(office, None, most_clients=5)
    admit(office, SUSPENDED)
    with acting_for(office):
        entries = [(e.what, e.role, e.details["most_clients"]) for e in of_subject(office)]
        assert entries == [
            ("office.admitted", "operator", None),
            ("office.limited", "operator", 5),
            ("office.suspended", "operator", 5),
        ]
        assert verify_acting_organisation().ok and not is_admitted()


def test_a_limit_for_an_unadmitted_office_is_refused(database: Database):
    an_organisation()
    with operator().begin() as connection:
        assert decide(connection, Decision("er-is-geen", "admitted", "Een vergissing")) is None
        assert decide(connection, Decision("o-nooit", None, "Een vergissing", 5)) is None


def test_an_office_has_no_more_clients_than_the_operator_allows(database: Database):
    office = an_admitted("Klein")
    admit(office, None, most_clients=2)
    with acting_for(office):
        register_clients([a_client(1), a_client(2, kvk_number="33031511", in_force_to="2025-12-31")])
        register_clients([a_client(2, kvk_number="33031511", in_force_from="2026-01-01")])
    with pytest.raises(Invalid) as refused, acting_for(office):
        register_clients([a_client(3)])
    assert refused.value.key == "office.too_many_clients"
    admit(office, None, most_clients=0)
    with acting_for(office):
        assert register_clients([a_client(3)]) == 1


def test_two_offices_with_one_number_have_a_register_each(database: Database):
    first, other = an_admitted("Een"), an_admitted("Ander")
    for office in (first, other):
        with acting_for(office):
            register_clients([a_client(1, kvk_number=NUMBER), a_client(2, kvk_number=NUMBER)])
    assert register_of(first) != register_of(other)
    for office in (first, other):
        register = database.outside("select controller_id from processing_agreement where processor_id = :o", o=office)
        assert len({row["controller_id"] for row in register}) == 1
        assert rows_of(database, register[0]["controller_id"])[0]["made_by"] == office


def test_who_registers_learns_nothing_of_who_has_that_number(database: Database):
    """Every answer that an office gets about its clients is the same, whether the number is known or not."""
    known = an_office(clients=1)
    register = register_of(known.id)
    with acting_for(register):
        claim_acting_organisation()
    a_member(register)
    number = rows_of(database, register)[0]["kvk_number"]
    seen = []
    for n, kvk in enumerate((number, "87654399")):
        office = an_admitted(f"Nieuwsgierig {n}")
        with acting_for(office):
            register_clients([a_client(1, slug="bakkerij", name="Bakkerij", kvk_number=kvk, contacts=[])])
        with acting_for(office):
            rows = agreements(10)
            readable = {
                table: db.session.scalar(text(f"select count(*) from {table}"))
                for table in ("organisation", "consent", "escalation", "breach", "history")
            }
        made = rows_of(database, register_of(office))[0]
        assert made["id"] != register and made["slug"].startswith("bakkerij-") and len(made["slug"]) == 17
        seen.append(([(row["controller_name"], row["client_number"]) for row in rows], readable))
    assert seen[0] == seen[1]


def test_what_one_office_writes_never_changes_who_reads_what_another_wrote(database: Database):
    first, other = an_admitted("Een"), an_office(clients=0)
    with acting_for(other.id):
        register_clients([a_client(1, kvk_number="33031499")])
    readers = who_reads(database, register_of(other.id))
    with acting_for(first):
        register_clients([a_client(1, kvk_number="33031499", name="Overgenomen")])
    for stolen in (register_of(first),):
        a_member(stolen, "owner")
        with acting_for(stolen):
            assert claim_acting_organisation()
    assert who_reads(database, register_of(other.id)) == readers
    with acting_for(first):
        assert register_clients([a_client(2, kvk_number="33031499")]) == 1
    assert who_reads(database, register_of(other.id)) == readers


def who_reads(database: Database, register: UUID) -> list[Any]:
    """The people, links and processors of one register, and whether somebody opened it."""
    asked = (
        "select user_id::text, role from membership where organisation_id = :r",
        "select email, role from invitation where organisation_id = :r",
        "select processor_id::text, state from consent where controller_id = :r",
        "select processor_id::text, id::text from processing_agreement where controller_id = :r",
        "select claimed_at::text, name from organisation where id = :r",
    )
    rows = itertools.chain.from_iterable(database.outside(question, r=register) for question in asked)
    return sorted(tuple(map(str, row.values())) for row in rows)


@pytest.mark.parametrize("moved_by", ["insert", "update"])
def test_an_agreement_leads_only_to_a_register_that_accepted_this_office(database: Database, moved_by: str):
    """The invariant is held by the database, whoever writes: here its superuser."""
    mine, theirs = an_office(clients=1), an_office(clients=1)
    insert = """
        insert into processing_agreement (processor_id, controller_id, client_number, controller_name, in_force_from)
        values (:me, :register, 'X1', 'X', '2020-01-01')"""
    update = "update processing_agreement set controller_id = :register where processor_id = :me"
    with pytest.raises(DBAPIError, match="did not accept"):
        database.outside(insert if moved_by == "insert" else update, me=mine.id, register=register_of(theirs.id))


def test_registering_is_told_in_both_histories(database: Database):
    office = an_office(clients=0)
    with acting_for(office.id):
        register_clients([a_client(1)], office.officer)
    with acting_for(office.id):
        agreement = db.session.scalars(select(ProcessingAgreement)).one()
        [entry] = of_subject(agreement.id)
        assert (entry.what, entry.actor_name, entry.details["client_number"]) == (
            "agreement.registered", "Fenna de Wit", "K0001",
        )  # fmt: skip
        assert entry.details["contacts"][0]["name"] == "Anna"
    with acting_for(agreement.controller_id):
        [entry] = of_subject(agreement.id)
        assert (entry.what, entry.actor_name) == ("agreement.registered", "De Linde Accountants")
        assert verify_acting_organisation().ok


def test_who_opens_a_register_by_the_link_of_an_office_accepts_that_office_and_both_know(database: Database):
    office = an_office(clients=1)
    register = register_of(office.id)
    with acting_for(register):
        assert claim_acting_organisation() and not claim_acting_organisation()
    with acting_for(register):
        assert [e.what for e in of_subject(register)] == ["consent.accepted"]
    with acting_for(office.id):
        assert [e.details["clients"] for e in of_subject(office.id) if e.what == "register.claimed"] == [["K0001"]]
        assert register_clients([a_client(2, kvk_number=rows_of(database, register)[0]["kvk_number"])]) == 1
        assert set(db.session.scalars(select(ProcessingAgreement.controller_id))) == {register}
