"""Rules that stand in SQL and in Python: each pair is compared here, or in the test that README.md names for it."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import literal_column, select, text
from sqlalchemy.exc import IntegrityError

from migrations.schema import FUNCTIONS
from tenants.agreements.contact_standing import failing, has_working_contact, works
from tenants.agreements.searched_phones import has_phone, holds_phone
from tenants.database import db
from tenants.errors import ManyInvalid
from tenants.identity.colleagues import HERE
from tenants.identity.factor_requests import A_STOP_COUNTS
from tenants.identity.users import MEMBERSHIPS, WAITS
from tenants.isolation import acting_for, acting_for_nobody
from tenants.organisations.verification import MOST_TRIES
from tenants.register.references import next_reference
from tests.conftest import Database
from tests.factories import Office, an_incident, an_office, an_own_breach
from tests.house.reading import ROOT
from tests.worlds.waiting_approvals import WaitingApprovals
from workflows.accounts.factor_removal import AN_OWNERS_DAY
from workflows.accounts.seating import A_DAY
from workflows.accounts.tokens import MOST_DAYS, NEEDS_A_PERSON
from workflows.catalogue import CATALOGUE
from workflows.decisions.breaking_glass import SHORTEST_REASON
from workflows.engine.claims import MOST_ATTEMPTS
from workflows.engine.steps import PROOF_LASTS, Job
from workflows.roles import MAY

NIGHT = datetime(2026, 1, 14, 23, 30, tzinfo=UTC)
"""In Amsterdam it is the fifteenth already."""
TERMS = [
    ({"in_force_from": "2026-01-15"}, True), ({"in_force_from": "2026-01-16"}, False),
    ({"in_force_to": "2026-01-15"}, True), ({"in_force_to": "2026-01-14"}, False),
    ({"services": {"payroll_bare": "processor"}}, True), ({"services": {"hr_advice": "processor"}}, False),
]  # fmt: skip
BEGUN_BY_FUNCTIONS = {"asked", "begun_anew", "news", "opened_register", "own_people", "proven_elsewhere"}
TIMES = {
    "factor_waits": PROOF_LASTS, "keep_a_day_to_object": A_DAY, "keep_who_asked": A_DAY, "review_waits": A_DAY,
    "keep_an_owners_factor_for_a_day": AN_OWNERS_DAY, "keep_a_stop_to_once": A_STOP_COUNTS,
}  # fmt: skip
"""Functions, and the length of time in the code that each of them holds to."""
TIMES_IN_SQL_ALONE = {
    "chain_entries": "when the end of a chain is signed at the latest",
    "end_lapsed": "how long rows stay after they lapsed",
    "end_lapsed_files": "how long uploaded files and chosen columns stay",
    "engine_state": "over how long the delay of events is counted",
    "holder_of_token": "how often the last use of a token is noted",
    "note_receipt": "when a contact that confirmed a message is asked again",
    "take_heads_to_carry": "when an end that was not carried is tried again",
    "take_heads_to_sign": "when an end that was not signed is tried again",
    "take_up": "how soon an act of the operator is carried out, in the same command",
    "verify_by_provider": "how soon a proof follows the return from a provider, in the same request",
}
"""Functions with a length of time that no code knows, and what it is for."""


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
        rows = behind.execute(text("select controllers_hit(i, cast(:terms as jsonb)) from incident i where i.id = :i"),
                               {"terms": terms, "i": incident})  # fmt: skip
        return len(rows.all()) == 1


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


@pytest.mark.parametrize("function", sorted(TIMES))
def test_the_database_waits_as_long_as_the_code_says(database: Database, function: str) -> None:
    assert times_in(database, function) == {TIMES[function]}


def times_in(database: Database, function: str) -> set[timedelta]:
    """Each length of time that the text of this function names."""
    sql = (FUNCTIONS / f"{function}.sql").read_text("utf-8")
    written = re.findall(r"interval ('[^']+')", sql)
    return {row["t"] for words in written for row in database.outside(f"select interval {words} as t")}


def test_a_time_in_a_function_is_compared_or_stands_in_sql_alone() -> None:
    with_times = {file.stem for file in FUNCTIONS.iterdir() if re.search(r"interval '[1-9]", file.read_text("utf-8"))}
    assert with_times == TIMES.keys() | TIMES_IN_SQL_ALONE.keys()
    assert not TIMES.keys() & TIMES_IN_SQL_ALONE.keys()


def test_the_database_takes_as_many_tries_of_a_letters_code_as_the_code_says() -> None:
    letter = (FUNCTIONS / "verify_by_letter.sql").read_text("utf-8")
    assert re.findall(r"tries(?: \+ 1)? >= (\d+)", letter) == [str(MOST_TRIES)] * 2


def test_a_token_lives_as_long_in_the_database_as_the_code_says(database: Database) -> None:
    [row] = database.outside("""
        select pg_get_constraintdef(oid) as rule from pg_constraint
         where conrelid = 'api_token'::regclass and pg_get_constraintdef(oid) like '%expires_at <=%'""")
    assert re.findall(r"'(\d+) days'", row["rule"]) == [str(MOST_DAYS)]


PERIODS = [
    ("now()", "now() + interval '1 hour'", "null", True),
    ("now() - interval '1 hour'", "now() + interval '1 microsecond'", "null", True),
    ("now() - interval '1 hour'", "now()", "null", False),
    ("now() + interval '1 microsecond'", "now() + interval '1 hour'", "null", False),
    ("now() - interval '1 hour'", "now() + interval '1 hour'", "now()", False),
    ("now() - interval '1 hour'", "now() + interval '1 hour'", "now() - interval '1 minute'", False),
]
GLASS = """insert into broken_glass (organisation_id, run_id, step, by_user, by_for, by_name, reason)
           values (:organisation, :run, 'approve', :who, :whom, 'x', 'Iedereen is met vakantie vandaag')"""


@pytest.mark.parametrize(("starts", "ends", "ended", "stands_in"), PERIODS)
def test_everybody_knows_alike_who_stands_in_now(
    database: Database, starts: str, ends: str, ended: str, stands_in: bool
) -> None:
    """At both ends of the period to the microsecond, in one transaction, which has one now."""
    house = WaitingApprovals()
    ids = {"organisation": house.id, "who": house.handler.id, "whom": house.owner.id}
    with database.superuser.connect() as there:
        there.execute(text(f"""
            insert into deputy (organisation_id, of_user, deputy_id, starts_at, ends_at, ended_at, reason, appointed_by,
                                counts_from)
            values (:organisation, :whom, :who, {starts}, {ends}, {ended}, 'Ziek', :whom, now() + interval '1 day')"""),
            ids)  # fmt: skip
        places = there.execute(MEMBERSHIPS, {"user": house.handler.id}).all()
        assert (house.owner.id in {place.for_id for place in places}) == stands_in
        [here] = [row for row in there.execute(HERE, ids) if row.id == house.handler.id]
        assert (house.owner.id in here.of_users) == stands_in
        assert (there.scalar(WAITS, ids) is not None) == stands_in
        assert there.scalar(text("select seat_waits(:organisation, :who, :whom)"), ids) == stands_in
        with pytest.raises(IntegrityError) as refused:
            there.execute(text(GLASS), ids | {"run": house.runs["ap_notification"]})
    why = refused.value.orig.diag.constraint_name  # type: ignore[union-attr]
    assert why == ("seat_counts" if stands_in else "glass_is_an_owners")


PHONES = ["06 - 12345678", "+31 (6) 12.34.56.78", "0031/612345678", "+31 (0)6 12345678", "020-1234567", "", "06+12"]
SEARCHED = [
    "0612345678", "+31 6 12345678", "(0031) 6-1234.5678", "+31(0)612345678", "+31 (0) 6 12345678",
    "1234567", "123", "06 12", "élan",
]  # fmt: skip


def test_a_search_by_telephone_finds_the_same_in_the_database_and_in_a_row(database: Database) -> None:
    listed = text(
        "(select contact_phones(jsonb_build_array(jsonb_build_object('phone', cast(:phone as text)))) as phones) client"
    )
    held: dict[str, list[bool]] = {}
    for search in SEARCHED:
        has = has_phone(literal_column("phones"), search)
        with acting_for_nobody():
            held[search] = [
                has is not None and bool(db.session.scalar(select(has).select_from(listed.bindparams(phone=phone))))
                for phone in PHONES
            ]
        assert held[search] == [holds_phone(phone, search) for phone in PHONES], search
    assert held["0612345678"] == held["+31(0)612345678"] == held["+31 (0) 6 12345678"] == [True] * 4 + [False] * 3
    assert held["1234567"][4] and not any(held["123"] + held["élan"])


def test_a_contact_works_for_the_database_as_for_a_page(database: Database) -> None:
    """Each way in which a contact can be reached, or cannot, at an office with addresses that work and that do not."""
    doubted = {"led_elsewhere_at": "2026-11-01T10:00:00+00:00"}
    contacts: list[dict[str, Any]] = [
        {"email": email, "phone": phone} | doubt
        for email in ("", "  ", "good@x.example", "Back@X.example", " no@x.example ") for phone in ("", " ", "010 1")
        for doubt in ({}, doubted)
    ]  # fmt: skip
    contacts += [{"name": "Nobody"}, {"email": "good@x.example"}, {"phone": "010 1"}, {"email": "back@x.example"}]
    office = an_office(1, contacts=contacts[:-4])
    database.outside("""
        update contact_standing set bounced_at = case when address like 'back%' then now() end,
                                    says_no_at = case when address like 'no%' then now() end
         where organisation_id = :o""", o=office.id)
    listed = text("(select cast(:contacts as jsonb) as contacts) client")
    query = select(has_working_contact("client")).select_from(listed)
    with acting_for(office.id):
        failed = failing()
        assert failed == {"back@x.example", "no@x.example"}
        for pair in [[each] for each in contacts] + [contacts[:2], contacts[2:5], []]:
            in_both = (db.session.scalar(query, {"contacts": json.dumps(pair)}), any(works(c, failed) for c in pair))
            assert in_both in ((True, True), (False, False)), pair
    assert [works(c, failed) for c in contacts[-4:]] == [False, True, True, False]


def test_the_readme_names_a_test_for_each_rule_in_both() -> None:
    table = (ROOT / "README.md").read_text("utf-8").split("### Rules in SQL and Python both")[1].split("\n#")[0]
    named = re.findall(r"`(tests/[a-z_/]+\.py)(?:::(\w+))?`", table)
    assert len(named) >= 12
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text("utf-8"), (file, test)
