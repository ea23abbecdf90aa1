"""Rules that stand in SQL and in Python: each pair is compared here, or in the test that README.md names for it."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from migrations.schema import FUNCTIONS
from tenants.errors import ManyInvalid
from tenants.isolation import acting_for
from tenants.register.references import next_reference
from tests.conftest import Database
from tests.factories import Office, an_incident, an_office, an_own_breach
from tests.house.reading import ROOT
from workflows.accounts.tokens import NEEDS_A_PERSON
from workflows.catalogue import CATALOGUE
from workflows.decisions.breaking_glass import SHORTEST_REASON
from workflows.engine.claims import MOST_ATTEMPTS
from workflows.engine.steps import Job
from workflows.roles import MAY

NIGHT = datetime(2026, 1, 14, 23, 30, tzinfo=UTC)
"""In Amsterdam it is the fifteenth already."""
TERMS = [
    ({"in_force_from": "2026-01-15"}, True), ({"in_force_from": "2026-01-16"}, False),
    ({"in_force_to": "2026-01-15"}, True), ({"in_force_to": "2026-01-14"}, False),
    ({"services": {"payroll_bare": "processor"}}, True), ({"services": {"hr_advice": "processor"}}, False),
]  # fmt: skip
BEGUN_BY_FUNCTIONS = {"asked", "begun_anew", "news", "opened_register", "own_people", "proven_elsewhere"}


def client_of(database: Database, office: Office) -> UUID:
    """The register of this office's one client."""
    [row] = database.outside("select controller_id from processing_agreement where processor_id = :o", o=office.id)
    return UUID(str(row["controller_id"]))


def test_a_breach_of_an_incident_has_the_number_that_comes_next(database: Database) -> None:
    office = an_office()
    client = client_of(database, office)
    with acting_for(client):
        before = next_reference("breach")
    an_incident(office)
    [breach] = database.outside("select reference from breach where organisation_id = :c", c=client)
    with acting_for(client):
        after = next_reference("breach")
    numbers = [int(reference.partition("-")[2]) for reference in (before, breach["reference"], after)]
    assert numbers == [1, 2, 3] and len({reference[:5] for reference in (before, breach["reference"], after)}) == 1
    assert len(breach["reference"]) == len(before)


def hit_by_the_database(database: Database, office: Office) -> bool:
    """Whether controllers_hit opens at this office's client, with nothing that refused it before."""
    terms = """[{"hours": 24, "alarm_at": "2026-01-15T12:00Z", "moments": []}]"""
    with database.superuser.begin() as behind:
        behind.execute(text("set local session_replication_role = replica"))
        incident = behind.execute(text("""
            insert into incident (organisation_id, reference, title, services, found_at, became_aware_at, description,
                                  contact_name, contact_email, created_by)
            values (:o, :reference, 't', '{payroll_bare}', :at, :at, 'd', 'n', 'e@x.nl', :o) returning id"""),
            {"o": office.id, "at": NIGHT, "reference": f"x-{uuid4().hex[:6]}"}).scalar()  # fmt: skip
        behind.execute(text("""
            insert into incident_client (organisation_id, incident_id, agreement_id)
            select processor_id, :i, id from processing_agreement where processor_id = :o"""),
            {"o": office.id, "i": incident})  # fmt: skip
        found = behind.execute(text("select controllers_hit(i, cast(:terms as jsonb)) from incident i where i.id = :i"),
                               {"terms": terms, "i": incident})  # fmt: skip
        return len(found.all()) == 1


@pytest.mark.parametrize(("terms", "is_hit"), TERMS, ids=[str(terms) for terms, _ in TERMS])
def test_an_agreement_binds_on_the_local_day_and_in_a_service_of_the_processor(
    database: Database, terms: dict[str, Any], is_hit: bool
) -> None:
    office = an_office(clients=1, **terms)
    assert hit_by_the_database(database, office) == is_hit
    try:
        an_incident(office, found_at=NIGHT, became_aware_at=NIGHT)
        accepted = True
    except ManyInvalid:
        accepted = False
    assert accepted == is_hit


def test_the_office_that_is_itself_controller_escalates_to_nobody(database: Database) -> None:
    office = an_office(clients=1, services={"payroll_bare": "controller"})
    an_incident(office, found_at=NIGHT, became_aware_at=NIGHT)
    assert database.outside("select from escalation where processor_id = :o", o=office.id) == []
    assert not hit_by_the_database(database, office)


def dossier(database: Database, register: UUID) -> list[list[Any]]:
    """The run, the steps and the clocks of the one breach in this register, as they were opened."""
    return [database.outside(query, r=register) for query in (
        "select workflow, version, state from run where organisation_id = :r",
        "select name, kind, state, round, attempt from step where organisation_id = :r",
        "select name from clock where organisation_id = :r",
    )]  # fmt: skip


def test_a_dossier_begins_alike_at_a_controller_and_in_an_own_register(database: Database) -> None:
    office, own = an_office(), an_office()
    an_own_breach(own.id, own.officer)
    an_incident(office)
    begun = dossier(database, own.id)
    assert dossier(database, client_of(database, office)) == begun and all(len(rows) == 1 for rows in begun)


def test_what_functions_begin_by_name_is_in_the_catalogue_with_that_version_and_first_step() -> None:
    texts = [file.read_text("utf-8") for file in FUNCTIONS.iterdir()]
    begun = {(name, int(version), sql) for sql in texts for name, version in re.findall(r"'([a-z_]+)', (\d+)\b", sql)
             if name in CATALOGUE}  # fmt: skip
    for name, version, sql in begun:
        step = CATALOGUE[name].steps[0]
        assert CATALOGUE[name].version == version and isinstance(step, Job) and f"'{step.name}'" in sql, name
    assert {name for name, _, _ in begun} == BEGUN_BY_FUNCTIONS


def test_a_step_whose_worker_is_killed_is_tried_as_often_as_one_that_fails() -> None:
    lapsed = (FUNCTIONS / "free_lapsed.sql").read_text("utf-8")
    assert re.findall(r"attempt >= (\d+)", lapsed) == [str(MOST_ATTEMPTS)]


def test_the_database_asks_the_same_length_of_a_reason(database: Database) -> None:
    rules = database.outside("""
        select pg_get_constraintdef(oid) as rule from pg_constraint
         where conrelid = 'broken_glass'::regclass and pg_get_constraintdef(oid) like '%length(%reason)%>=%'""")
    assert [re.findall(r"reason\)\) >= (\d+)", row["rule"]) for row in rules] == [[str(SHORTEST_REASON)]]


def test_the_database_knows_what_no_key_may(database: Database) -> None:
    """Each is refused in tests/tenants/test_api_tokens.py; here that everything else may be a scope."""
    scopes = {row["act"] for row in database.outside("select act from token_scope")}
    assert scopes == set(MAY) - NEEDS_A_PERSON


def test_the_readme_names_a_test_for_each_rule_in_both() -> None:
    table = (ROOT / "README.md").read_text("utf-8").split("### Rules in SQL and Python both")[1].split("\n#")[0]
    named = re.findall(r"`(tests/[a-z_/]+\.py)(?:::(\w+))?`", table)
    assert len(named) >= 12
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text("utf-8"), (file, test)
