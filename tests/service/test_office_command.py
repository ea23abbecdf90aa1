"""``meldketen office``: the operator admits, limits and suspends, and closes a register that a stranger opened."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from service.cli import main
from service.config import Config
from service.running.operator import as_operator, close_register
from tenants.agreements.processing_agreements import ProcessingAgreement
from tenants.database import db
from tenants.history.entries import of_subject
from tenants.history.witness import verify_acting_organisation
from tenants.identity.api_tokens import add_token
from tenants.identity.deputies import add_deputy
from tenants.identity.users import OWNER, places_of
from tenants.isolation import acting_for, acting_for_nobody, database_now
from tenants.organisations.admission import (
    ADMITTED,
    SUSPENDED,
    Decision,
    decide,
    end_grip,
    release_claim,
    the_admission,
)
from tenants.organisations.organisations import claim_acting_organisation, the_acting_organisation
from tests.commands import run_command
from tests.conftest import Database
from tests.factories import a_member, an_incident, an_office, an_organisation
from workflows.mail.outbox import Outbox
from workflows.running import jobs


def slug_of(organisation: UUID) -> str:
    with acting_for(organisation):
        return the_acting_organisation().slug


def register_of(office: UUID) -> UUID:
    with acting_for(office):
        return db.session.scalars(select(ProcessingAgreement.controller_id)).one()


def test_the_operator_lets_go_of_a_register_that_a_stranger_opened(database: Database, outbox: Outbox):
    office = an_office(clients=1)
    a_member(office.id, OWNER, "Sanne")
    register = register_of(office.id)
    an_incident(office)
    stranger = a_member(register, OWNER, "Mal")
    with acting_for(register):
        claim_acting_organisation()
    while jobs.drain(str(office.id)):
        pass
    mails = [mail for mail in outbox.mails if "register geopend" in mail.subject]
    assert mails and len([person for mail in mails for person in mail.people]) == 2
    with as_operator(database.config) as operator:
        assert release_claim(operator, slug_of(register), "De link kwam bij een ander") == register
    with acting_for_nobody():
        assert stranger.id and places_of(stranger.id) == []
    for organisation in (office.id, register):
        with acting_for(organisation):
            assert "register.claim_released" in [entry.what for entry in of_subject(organisation)]
            assert verify_acting_organisation().ok
    an_incident(office)
    with acting_for(register):
        assert db.session.scalar(text("select count(*) from breach")) == 2 and claim_acting_organisation()


def test_nothing_of_the_stranger_stays(database: Database):
    office = an_office(clients=1)
    register = register_of(office.id)
    stranger, other = a_member(register, OWNER, "Mal"), a_member(register, OWNER, "Mee")
    assert stranger.id and other.id
    with acting_for(register):
        claim_acting_organisation()
        add_token("sleutel", ["read"], 90, stranger.id)
        add_deputy(stranger.id, other.id, database_now(), database_now() + timedelta(days=7), "weg", stranger.id)
    database.outside("""
        insert into identity_provider (organisation_id, name, issuer, client_id, sealed_secret)
        values (:r, 'Mal', 'https://mal.example', 'x', '\\x00')""", r=register)
    database.outside("""
        insert into invitation (token_hash, organisation_id, email, role, expires_at)
        values ('\\x01', :r, 'nog@mal.example', 'owner', now() + interval '7 days')""", r=register)
    with as_operator(database.config) as operator:
        assert release_claim(operator, slug_of(register), "Een vreemde") == register
    with acting_for(register):
        end_grip()
    open_still = {
        "identity_provider": "true", "api_token": "revoked_at is null", "deputy": "ended_at is null",
        "invitation": "expires_at > now()", "membership": "true",
    }  # fmt: skip
    for table, still in open_still.items():
        rows = database.outside(f"select 1 from {table} where organisation_id = :r and {still}", r=register)
        assert rows == [], table


WAYS_IN = {
    "membership": "(organisation_id, user_id, role) values (:o, :u, 'owner')",
    "linked_identity": "(organisation_id, issuer, subject, user_id) values (:o, 'https://mal.example', 'mal', :u)",
    "identity_provider": """(organisation_id, name, issuer, client_id, sealed_secret)
                            values (:o, 'Mal', 'https://mal.example', 'x', 'x')""",
    "provider_errand": "(token_hash, organisation_id, purpose) values ('mal', :o, 'login')",
    "invitation": """(token_hash, organisation_id, email, role, expires_at, invited_by, used_at)
                     values ('mal', :o, 'mal2@x.nl', 'owner', now() + interval '7 days', :u, null),
                            ('used', :o, 'mal3@x.nl', 'owner', now() + interval '7 days', :u, now())""",
    "api_token": """(organisation_id, name, prefix, token_hash, scopes, made_by, expires_at)
                    values (:o, 'Mal', 'meld_abcdef', sha256('mal'), '{read}', :u, now() + interval '7 days')""",
    "deputy": """(organisation_id, of_user, deputy_id, starts_at, ends_at, reason, appointed_by)
                 values (:o, :u, :v, now(), now() + interval '7 days', 'weg', :u)""",
    "verification_letter": "(organisation_id, code_hash) values (:o, sha256('mal'))",
    "login_session": """(token_hash, user_id, expires_at, only_organisation)
                        values ('mal', :u, now() + interval '7 days', :o)""",
}
"""By table, how a stranger's way in is written."""
COUNTS = {
    "provider_errand": "used_at is null", "invitation": "expires_at > now()",
    "api_token": "revoked_at is null", "deputy": "ended_at is null", "verification_letter": "replaced_at is null",
    "login_session": "revoked_at is null",
}  # fmt: skip
"""Of those that stay as a record: when one still lets somebody in."""
RECORDS = {"broken_glass", "factor_request", "factor_agreement", "form_draft", "history_seen", "refusal"}
"""What else knows people: what was done or seen, by whom, and what one person typed, which ends after 30 days."""


def test_every_way_in_of_a_stranger_ends(own_database: Database):
    office = an_office(clients=1)
    register = register_of(office.id)
    stranger, other = a_member(register, OWNER), a_member(register, OWNER)
    with acting_for(register):
        claim_acting_organisation()
    own_database.outside("update organisation set web_domains = '{mal.example}' where id = :o", o=register)
    for table, row in WAYS_IN.items():
        if table != "membership":
            own_database.outside(f"insert into {table} {row}", **{
                name: value for name, value in {"o": register, "u": stranger.id, "v": other.id}.items()
                if f":{name}" in row
            })  # fmt: skip
    with as_operator(own_database.config) as operator:
        assert release_claim(operator, slug_of(register), "De link kwam bij een ander") == register
    with acting_for(register):
        end_grip()
    for table in WAYS_IN:
        mine = "only_organisation" if table == "login_session" else "organisation_id"
        query = f"select 1 from {table} where {mine} = :o and {COUNTS.get(table, 'true')}"
        assert own_database.outside(query, o=register) == [], table
    [row] = own_database.outside("select web_domains, verified_at from organisation where id = :o", o=register)
    assert row == {"web_domains": [], "verified_at": None}


def test_a_release_that_fails_half_way_is_done_again(own_database: Database):
    register = register_of(an_office(clients=1).id)
    stranger = a_member(register, OWNER, "Mal")
    with acting_for(register):
        claim_acting_organisation()
        assert stranger.id
        add_token("sleutel", ["read"], 9, stranger.id)
    own_database.outside("revoke update on api_token from meldketen_app")
    with pytest.raises(DBAPIError, match="permission denied"):
        close_register(own_database.config, slug_of(register), "Een vreemde")
    left = """
        select claimed_at is not null as open, (select count(*) from membership where organisation_id = o.id) as seats
          from organisation o where id = :o"""
    [row] = own_database.outside(left, o=register)
    assert (row["seats"], row["open"]) == (1, True)
    own_database.outside("grant update on api_token to meldketen_app")
    assert close_register(own_database.config, slug_of(register), "Een vreemde") == register
    [row] = own_database.outside(left, o=register)
    assert (row["seats"], row["open"]) == (0, False)
    assert not own_database.outside("select from api_token where revoked_at is null")


def test_every_table_that_knows_people_of_an_organisation_is_a_way_in_that_ends_or_a_record(database: Database):
    know = {row["name"] for row in database.outside("""
        select c.conrelid::regclass::text as name from pg_constraint c
         where c.contype = 'f' and c.confrelid = 'app_user'::regclass and exists (
               select from pg_constraint o where o.conrelid = c.conrelid and o.contype = 'f'
                  and o.confrelid = 'organisation'::regclass)""")}  # fmt: skip
    assert {"membership", "deputy", "api_token"} <= know and know <= set(WAYS_IN) | RECORDS


def test_an_office_hears_each_time_that_its_register_is_opened(own_database: Database, outbox: Outbox):
    office = an_office(clients=1)
    register = register_of(office.id)
    for times in (1, 2):
        with acting_for(register):
            assert claim_acting_organisation()
        while jobs.drain(str(office.id)):
            pass
        assert len([mail for mail in outbox.mails if "register geopend" in mail.subject]) == times
        assert own_database.outside("select state from run where workflow = 'opened_register'") == [{"state": "done"}]
        with as_operator(own_database.config) as operator:
            assert release_claim(operator, slug_of(register), "De link kwam bij een ander") == register


def test_what_was_not_opened_by_a_link_stays_as_it_is(database: Database):
    office = an_office(clients=1)
    with as_operator(database.config) as operator:
        assert release_claim(operator, slug_of(office.id), "Een vergissing") is None
        assert release_claim(operator, slug_of(register_of(office.id)), "Een vergissing") is None


@pytest.mark.parametrize("words", [
    ["admit", "x"], ["admit", "--note", "y"], ["list", "x"], ["list", "--note", "y"],
    ["list", "--most-clients", "1"], ["admit", "x", "--note", " "], ["limits", "x", "--note", "y"],
    ["limits", "x", "--note", "y", "--most-clients", "-1"],
])  # fmt: skip
def test_wrong_arguments_are_one_line(words: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path):
    try:
        status = main(["office", *words, "--data", str(tmp_path)])
    except SystemExit as ended:
        status = int(str(ended.code))
    assert status == 2 and len(capsys.readouterr().err.splitlines()) == 1


def listed(config: Config, *words: str) -> list[list[str]]:
    """The cells of each line that the command says."""
    ran = run_command("office", "list", *words, settings=config.as_environment())
    assert ran.returncode == 0, ran.stderr
    return [line.split("\t") for line in ran.stdout.splitlines()]


def test_the_operator_sees_every_office_that_was_decided_about(own_database: Database):
    """Each with its clients, and since when and why; one line each, whatever was written as a reason."""
    [columns, none] = listed(own_database.config)
    assert columns[0] == "adres" and none[0].startswith("0 kantoren")
    busy, stopped, _other = an_office(clients=2), an_office(clients=0), an_organisation()
    with as_operator(own_database.config) as operator:
        decide(operator, Decision(slug_of(busy.id), ADMITTED, "Contract gezien\ndoor J. Mulder", 9))
        decide(operator, Decision(slug_of(stopped.id), SUSPENDED, "Is geen kantoor"))
    columns, *rows, summary = listed(own_database.config, "--lang", "en")
    assert columns == ["address", "name", "state", "since", "clients", "at most", "note"]
    name = "De Linde Accountants"
    assert [row[:3] + row[4:] for row in rows] == [
        [slug_of(busy.id), name, "admitted", "2", "9", "Contract gezien door J. Mulder"],
        [slug_of(stopped.id), name, "suspended", "0", "-", "Is geen kantoor"],
    ]
    assert summary[0].startswith("1 office has been admitted")
    assert all(datetime.fromisoformat(row[3]).tzinfo for row in rows)


def test_a_decision_is_read_by_the_office(database: Database):
    office = an_office(clients=0)
    with acting_for(office.id):
        decided = the_admission()
        assert decided and (decided.state, decided.most_clients) == ("admitted", None)
